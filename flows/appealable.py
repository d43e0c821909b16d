"""May this claim be appealed, which lines, and what should be done instead? Judged before anybody writes a draft.

Most denials are no matter for an appeal: they want a corrected claim, a new claim, or another payer. What each code
wants is data (`rules/appeals.toml`); what is judged here is the claim as the payer has decided it.
"""

import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from enum import IntEnum, StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from flows.appeal_rules import AppealRules
from flows.deadlines import Deadline
from flows.decided_claim import DecidedClaim, DecidedLine, denied
from flows.payer_types import PayerType
from flows.questions import AppealLevel, AppealReason
from flows.values import Frozen

_ZERO = Decimal("0.00")


class CarcRule(Frozen):
    """What an adjustment reason code wants. `first` says what to do before, or instead; `for_` the kinds of payer."""

    model_config = ConfigDict(strict=False, populate_by_name=True)

    code: Annotated[str, Field(pattern=r"^[A-Z]?[0-9]{1,3}$")]
    appeal: Literal["yes", "sometimes", "correct-first", "never"]
    reason: AppealReason
    first: str = ""
    for_: Annotated[tuple[PayerType, ...], Field(alias="for")] = ()


class AppealCodes(Frozen):
    """Everything that is known of codes: those that deny nothing, those that say "never taken up", and all others."""

    model_config = ConfigDict(strict=False)

    no_denial: frozenset[str]
    no_denial_why: str
    unprocessable: frozenset[str]
    carc: tuple[CarcRule, ...]

    def rule(self, carc: str, payer: PayerType) -> CarcRule | None:
        """What this code wants of this kind of payer; the rule for its own kind comes first. None: nobody knows."""
        its = [rule for rule in self.carc if rule.code == carc and payer in rule.for_]
        return next(iter((*its, *(rule for rule in self.carc if rule.code == carc and not rule.for_))), None)


@cache
def appeal_codes() -> AppealCodes:
    """The codes as they ship."""
    text = files("flows").joinpath("rules", "appeals.toml").read_text(encoding="utf-8")
    return AppealCodes.model_validate(tomllib.loads(text))


class Weight(IntEnum):
    """How much a finding weighs."""

    NOTE = 1
    """For whoever writes and approves."""
    WANTS_REASON = 2
    """Something else comes first; a draft is made only when a person says why all the same."""
    STOP = 3
    """There is nothing to appeal, or it would be refused; no draft is made."""


class Why(StrEnum):
    """What was found."""

    NOT_DECIDED = "not-decided"
    REJECTED = "rejected"
    UNPROCESSABLE = "unprocessable"
    NOTHING_DENIED = "nothing-denied"
    LINE_NOT_THERE = "line-not-there"
    LINE_PAID = "line-paid"
    LINE_PARTLY_PAID = "line-partly-paid"
    LINE_UNEXPLAINED = "line-unexplained"
    ONE_LINE = "one-line"
    REASON_CODE = "reason-code"
    REASON_UNKNOWN = "reason-unknown"
    LEVEL = "level"
    PORTAL_SAYS_NO = "portal-says-no"
    WINDOW_CLOSED = "window-closed"
    WINDOW_UNKNOWN = "window-unknown"


class Finding(Frozen):
    """One thing that speaks against an appeal, or that its writer should know: `what`, with what to do instead."""

    why: Why
    weight: Weight
    what: str


class Judgement(Frozen):
    """What an appeal of this claim would be about. `lines` none: the claim as a whole. `amount` in dollars.

    `carc` is the reason that most of the money was denied for; `carcs` and `rarcs` all that are contested.
    """

    lines: tuple[str, ...] = ()
    amount: Decimal = _ZERO
    carc: str | None = None
    carcs: tuple[str, ...] = ()
    rarcs: tuple[str, ...] = ()
    reason: AppealReason = AppealReason.OTHER
    findings: tuple[Finding, ...] = ()

    @property
    def weight(self) -> Weight | None:
        """That of the heaviest finding."""
        return max((finding.weight for finding in self.findings), default=None)


def judge(
    claim: DecidedClaim,
    payer: PayerType,
    rules: AppealRules,
    *,
    level: AppealLevel,
    deadline: Deadline | None,
    today: date,
    lines: Sequence[str] | None = None,
    codes: AppealCodes | None = None,
) -> Judgement:
    """Judge an appeal of these lines; without `lines`, of those that were denied (never simply of all).

    `deadline` is the last day for this level, as far as it is known. `rules` is what the payer's portal takes.
    """
    known = codes or appeal_codes()
    if not_decided := _not_decided(claim):
        return Judgement(findings=(not_decided,))
    chosen, findings = _lines(claim, lines, known)
    amounts = _by_carc(claim, chosen, known)
    carcs = tuple(sorted(amounts, key=lambda carc: (-amounts[carc], carc)))
    rarcs = tuple(dict.fromkeys((*claim.remark_codes, *(code for line in chosen for code in line.remark_codes))))
    findings += _of_codes(carcs, rarcs, payer, known)
    findings += _of_payer(claim, chosen, rules, level)
    findings += _of_time(deadline, today)
    return Judgement(
        lines=tuple(line.number for line in chosen),
        amount=_amount(claim, chosen, known),
        carc=carcs[0] if carcs else None,
        carcs=carcs,
        rarcs=rarcs,
        reason=_reason(claim, chosen, known.rule(carcs[0], payer) if carcs else None),
        findings=tuple(sorted(findings, key=lambda one: -one.weight)),
    )


def _not_decided(claim: DecidedClaim) -> Finding | None:
    if claim.category in ("A3", "A6", "A7", "A8"):
        what = (
            "The payer rejected the claim before it took it up, so there is no appeal right. Mend what it names, and "
            "send a new claim."
        )
        return Finding(why=Why.REJECTED, weight=Weight.STOP, what=what)
    if claim.category in ("F1", "F2", "F4"):
        return None
    if claim.category.startswith("R") or claim.category == "P3":
        what = "The payer waits for records or information. Send what it asked for; it decides after that."
    elif claim.category in ("F3F", "F3N"):
        what = "The payer has sent the claim on or wants it sent elsewhere. Ask whoever decides on it now."
    elif claim.category == "F3":
        what = "The payer has replaced this claim by another one. Look at the claim that took its place."
    else:
        what = "The payer has not decided on this claim. Ask for its status again when it has."
    return Finding(why=Why.NOT_DECIDED, weight=Weight.STOP, what=what)


def _denied_lines(claim: DecidedClaim, codes: AppealCodes) -> list[DecidedLine]:
    """Lines that got nothing: for a reason that denies, or without one where the claim as a whole was denied."""
    as_a_whole = claim.category.startswith("F2") or denied(claim.adjustments, codes.no_denial) > 0
    return [
        line
        for line in claim.lines
        if not line.paid and (line.denied_amount(codes.no_denial) > 0 or (as_a_whole and line.unexplained > 0))
    ]


def _lines(
    claim: DecidedClaim, wanted: Sequence[str] | None, codes: AppealCodes
) -> tuple[list[DecidedLine], list[Finding]]:
    if not claim.lines:
        return [], list(_without_lines(claim, wanted, codes))
    denied_lines = _denied_lines(claim, codes)
    if wanted is None:
        findings = [] if denied_lines else [_nothing_denied(claim, codes)]
        return denied_lines, findings
    by_number = {line.number: line for line in claim.lines}
    chosen = [line for line in claim.lines if line.number in wanted]
    findings = [
        Finding(
            why=Why.LINE_NOT_THERE,
            weight=Weight.STOP,
            what=f"The claim has no line {number}; it has {', '.join(by_number)}.",
        )
        for number in wanted
        if number not in by_number
    ]
    for line in chosen:
        if line not in denied_lines:
            findings.append(_not_denied(line, codes))
    return chosen, findings


def _without_lines(claim: DecidedClaim, wanted: Sequence[str] | None, codes: AppealCodes) -> Iterator[Finding]:
    if wanted:
        what = "The payer shows no lines of this claim; contest it as a whole (leave the lines out)."
        yield Finding(why=Why.LINE_NOT_THERE, weight=Weight.STOP, what=what)
    if not (claim.category.startswith("F2") or denied(claim.adjustments, codes.no_denial) > 0):
        yield _nothing_denied(claim, codes)


def _nothing_denied(claim: DecidedClaim, codes: AppealCodes) -> Finding:
    unexplained = [line.number for line in claim.lines if not line.paid and line.unexplained > 0]
    if unexplained:
        what = (
            f"Nobody says why line {', '.join(unexplained)} was not paid. Import the remittance first; if you know "
            f"that it was denied, name it (--lines {','.join(unexplained)})."
        )
        return Finding(why=Why.LINE_UNEXPLAINED, weight=Weight.STOP, what=what)
    because = f": what was not paid is {codes.no_denial_why}" if claim.says_why else ""
    what = (
        f"Nothing of this claim was denied{because}. Post it; where it was paid less than the contract says, ask for "
        "an underpayment review."
    )
    return Finding(why=Why.NOTHING_DENIED, weight=Weight.STOP, what=what)


def _not_denied(line: DecidedLine, codes: AppealCodes) -> Finding:
    if line.denied_amount(codes.no_denial) > 0:
        what = (
            f"Line {line.number} was paid in part; only what was cut off is contested, as a payment that is too small. "
            "Some payers take such disputes elsewhere."
        )
        return Finding(why=Why.LINE_PARTLY_PAID, weight=Weight.NOTE, what=what)
    if line.paid:
        what = f"Line {line.number} was paid. Leave it out: contesting a paid line can cost the right to appeal others."
        return Finding(why=Why.LINE_PAID, weight=Weight.STOP, what=what)
    if line.adjustments:
        what = f"Nothing of line {line.number} was denied: what was not paid is {codes.no_denial_why}. Leave it out."
        return Finding(why=Why.NOTHING_DENIED, weight=Weight.STOP, what=what)
    what = f"Nobody says why line {line.number} was not paid. Look at the remittance before you contest it."
    return Finding(why=Why.LINE_UNEXPLAINED, weight=Weight.WANTS_REASON, what=what)


def _whole_claim(claim: DecidedClaim, chosen: Sequence[DecidedLine], codes: AppealCodes) -> bool:
    """Do adjustments of the claim as a whole belong to what is contested: is everything contested that was denied?"""
    return {line.number for line in chosen} >= {line.number for line in _denied_lines(claim, codes)}


def _by_carc(claim: DecidedClaim, chosen: Iterable[DecidedLine], codes: AppealCodes) -> Mapping[str, Decimal]:
    """Dollars by reason. What is said of the whole claim holds for each of its lines."""
    amounts: dict[str, Decimal] = {}
    for one in (*claim.adjustments, *(one for line in chosen for one in line.adjustments)):
        if one.carc not in codes.no_denial:
            amounts[one.carc] = amounts.get(one.carc, _ZERO) + one.amount
    return {carc: amount for carc, amount in amounts.items() if amount > 0}


def _amount(claim: DecidedClaim, chosen: Sequence[DecidedLine], codes: AppealCodes) -> Decimal:
    of_claim = max(denied(claim.adjustments, codes.no_denial), _ZERO)
    if not chosen:
        explained = sum((one.amount for one in claim.adjustments), _ZERO)
        return of_claim or claim.billed - (claim.paid or _ZERO) - explained
    told = of_claim > 0 and _whole_claim(claim, chosen, codes)
    of_lines = sum((_line_amount(line, codes, told=told) for line in chosen), _ZERO)
    return of_lines + of_claim if told else of_lines


def _reason(claim: DecidedClaim, chosen: Sequence[DecidedLine], main: CarcRule | None) -> AppealReason:
    """Where something was paid for what is contested, it is the payment that is contested."""
    if any(line.paid for line in chosen) or (not chosen and claim.paid):
        return AppealReason.UNDERPAYMENT
    return main.reason if main is not None else AppealReason.OTHER


def _line_amount(line: DecidedLine, codes: AppealCodes, *, told: bool) -> Decimal:
    """What of a line is contested. `told`: the claim's own adjustments say what no adjustment of the line does."""
    named = max(line.denied_amount(codes.no_denial), _ZERO)
    return named if named or told else max(line.unexplained, _ZERO)


def _of_codes(carcs: Sequence[str], rarcs: Iterable[str], payer: PayerType, codes: AppealCodes) -> Iterator[Finding]:
    if never := [code for code in rarcs if code in codes.unprocessable]:
        what = (
            f"{' and '.join(never)}: the payer could not process the claim and never decided on it, so there is no "
            "appeal right. Mend it, and send a new claim."
        )
        yield Finding(why=Why.UNPROCESSABLE, weight=Weight.STOP, what=what)
    if not carcs:
        what = "Nobody says for which reason it was denied. Import the remittance, or read the payer's letter."
        yield Finding(why=Why.REASON_UNKNOWN, weight=Weight.NOTE, what=what)
    for carc in carcs:
        rule = codes.rule(carc, payer)
        if rule is None:
            what = f"What {carc} wants is not in our rules. Look it up before you write."
            yield Finding(why=Why.REASON_UNKNOWN, weight=Weight.NOTE, what=what)
        elif rule.first or rule.appeal != "yes":
            weight = {"never": Weight.STOP, "correct-first": Weight.WANTS_REASON}.get(rule.appeal, Weight.NOTE)
            yield Finding(why=Why.REASON_CODE, weight=weight, what=f"{carc}: {rule.first}")


def _of_payer(
    claim: DecidedClaim, chosen: Sequence[DecidedLine], rules: AppealRules, level: AppealLevel
) -> Iterator[Finding]:
    if claim.appeal_allowed is False:
        what = (
            "The portal says that this claim cannot be appealed there. Ask the payer why; what it takes by post only "
            "is sent by hand."
        )
        yield Finding(why=Why.PORTAL_SAYS_NO, weight=Weight.STOP, what=what)
    if level not in rules.levels:
        offered = ", ".join(rules.levels)
        what = (
            f"This level cannot be filed at the portal (it takes: {offered}). Send it the way the payer's letter says."
        )
        yield Finding(why=Why.LEVEL, weight=Weight.STOP, what=what)
    if rules.one_line and len(chosen) > 1:
        numbers = ", ".join(line.number for line in chosen)
        what = f"This payer takes one line with each appeal. Make a draft for each of {numbers} (--lines)."
        yield Finding(why=Why.ONE_LINE, weight=Weight.STOP, what=what)


def _of_time(deadline: Deadline | None, today: date) -> Iterator[Finding]:
    if deadline is None:
        what = (
            "No last day is known: no rule speaks of it, or the day of the payer's notice is missing. Give the day "
            "(--notice), or write a rule into deadlines.toml."
        )
        yield Finding(why=Why.WINDOW_UNKNOWN, weight=Weight.NOTE, what=what)
    elif deadline.days_left(today) < 0:
        if deadline.verified:
            what = (
                f"The last day was {deadline.day} ({deadline.rule_id}). The payer would refuse it; ask it by telephone."
            )
        else:
            what = (
                f"The last day may have been {deadline.day} ({deadline.rule_id}, not verified). Look into the "
                "contract; if another limit holds, verify its rule in deadlines.toml and draft again."
            )
        yield Finding(why=Why.WINDOW_CLOSED, weight=Weight.STOP, what=what)
