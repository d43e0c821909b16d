"""What a claim's status, a payer's decision, an appeal or a takeback says, put into the words of the routing rules."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from flows.answers import Adjustment, AppealState, ClaimState, Decision
from flows.coverage import MemberNotFound
from flows.remittance import ProviderAdjustment, RemitAdjustment, RemitClaim
from flows.routing_rules import About, Finding
from flows.underpayment import Allowed

_ZERO = Decimal("0.00")
_FORWARDED = frozenset({"19", "20", "21", "23"})
"""CLP02: processed and forwarded to another payer, or not ours and forwarded."""

_FORWARDED_BY_REMARK = frozenset({"MA07", "MA18", "N89"})
"""The payer says with a remark that it has sent the claim on to the supplemental insurer or to Medicaid."""

_DECIDED = frozenset({"F1", "F2", "F4"})
"""Categories that money and adjustments explain."""


@dataclass(frozen=True, slots=True)
class Part:
    """A service line as it was decided, or what was decided of the claim as a whole (`line` None); dollars."""

    line: int | None
    adjustments: tuple[tuple[str, str, Decimal], ...]
    rarcs: frozenset[str]
    modifiers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Decided:
    """A payer's decision about a claim, wherever it stands: in a claim's status, or in a remittance."""

    billed: Decimal
    paid: Decimal
    parts: tuple[Part, ...]
    allowed: tuple[Allowed, ...]
    payer_claim_number: str | None
    decided_on: date | None
    category: str = ""
    claim_status: str = ""
    forwarded: bool = False

    @property
    def unpaid(self) -> Decimal:
        """What was charged and not paid, in dollars; below zero where more was paid than charged."""
        return self.billed - self.paid


def decision_of_state(state: ClaimState) -> Decided | None:
    """The decision that a claim's status shows; None while there is none."""
    shows = state.category in _DECIDED or (state.category == "F3" and state.paid is not None)
    if not shows or (state.paid is None and state.category == "F1"):
        return None
    parts = _parts(state)
    return Decided(
        billed=state.billed,
        paid=state.paid or _ZERO,
        parts=parts,
        allowed=tuple(
            Allowed(line.number, line.procedure, line.modifiers, line.units, line.billed, line.allowed)
            for line in state.lines
        ),
        payer_claim_number=state.payer_claim_number,
        decided_on=state.finalised_date,
        category=state.category,
        forwarded=_forwarded_by_remark(parts),
    )


def decision_of_remittance(claim: RemitClaim, paid_on: date | None) -> Decided | None:
    """The decision that a remittance holds; None for a reversal and for a predetermination, which decide nothing."""
    if claim.is_reversal or claim.is_predetermination:
        return None
    parts = _parts(claim)
    return Decided(
        billed=claim.billed,
        paid=claim.paid,
        parts=parts,
        allowed=tuple(
            Allowed(
                line.number,
                line.procedure,
                line.modifiers,
                line.units,
                line.billed or _ZERO,
                line.allowed,
                line.service_from,
            )
            for line in claim.lines
        ),
        payer_claim_number=claim.payer_claim_number,
        decided_on=paid_on,
        claim_status=claim.status,
        forwarded=claim.status in _FORWARDED or _forwarded_by_remark(parts),
    )


def _parts(decided: ClaimState | RemitClaim) -> tuple[Part, ...]:
    """What was decided of the claim as a whole, and then of each line."""
    whole = frozenset(decided.remark_codes)
    lines = (
        Part(line.number, _adjusted(line.adjustments), whole | frozenset(line.remark_codes), frozenset(line.modifiers))
        for line in decided.lines
    )
    return Part(None, _adjusted(decided.adjustments), whole), *lines


def _adjusted(adjustments: Iterable[Adjustment | RemitAdjustment]) -> tuple[tuple[str, str, Decimal], ...]:
    return tuple((one.group, one.carc, one.amount) for one in adjustments)


def _forwarded_by_remark(parts: Iterable[Part]) -> bool:
    return any(not part.rarcs.isdisjoint(_FORWARDED_BY_REMARK) for part in parts)


def findings_of_decision(decided: Decided, *, posted: bool = False) -> Iterator[Finding]:
    """Each adjustment, what no adjustment explains, and the payment, where it is not `posted`.

    What they explain adds up to charge less payment, to the cent.
    """
    remarks: frozenset[str] = frozenset().union(*(part.rarcs for part in decided.parts))
    rest = decided.unpaid
    for part in decided.parts:
        for group, carc, amount in part.adjustments:
            if not amount:
                continue
            rest -= amount
            yield _about_claim(
                decided,
                About.ADJUSTMENT,
                amount,
                explains=amount,
                group=group,
                carc=carc,
                rarcs=part.rarcs,
                modifiers=part.modifiers,
                line=part.line,
            )
    if rest:
        yield _about_claim(decided, About.UNEXPLAINED, rest, explains=rest, rarcs=remarks)
    if decided.paid > 0 and not posted:
        yield _about_claim(decided, About.PAYMENT, decided.paid, rarcs=remarks)


def _about_claim(
    decided: Decided,
    about: About,
    amount: Decimal,
    *,
    explains: Decimal = _ZERO,
    group: str = "",
    carc: str = "",
    rarcs: frozenset[str] = frozenset(),
    modifiers: frozenset[str] = frozenset(),
    line: int | None = None,
) -> Finding:
    return Finding(
        about=about,
        amount=amount,
        explains=explains,
        category=decided.category,
        claim_status=decided.claim_status,
        group=group,
        carc=carc,
        rarcs=rarcs,
        modifiers=modifiers,
        paid=decided.paid > 0,
        forwarded=decided.forwarded,
        line=line,
    )


def findings_of_status(state: ClaimState, today: date) -> Iterator[Finding]:
    """What the status itself asks for, where no decision explains it; and everything that the payer waits for."""
    decided = decision_of_state(state) is not None
    at_stake = _ZERO if decided else state.billed
    for number, request in enumerate(state.requests):
        yield Finding(
            about=About.REQUEST,
            # Once for the claim, however many things are asked for.
            amount=at_stake if number == 0 else _ZERO,
            category=state.category,
            rarcs=frozenset(state.remark_codes),
            paid=bool(state.paid and state.paid > 0),
            due=request.due,
        )
    asked_for = bool(state.requests) and (state.category == "P3" or state.category.startswith("R"))
    if decided or asked_for:
        return
    yield Finding(
        about=About.STATUS,
        amount=state.billed,
        category=state.category,
        rarcs=frozenset(state.remark_codes),
        paid=bool(state.paid and state.paid > 0),
        days=None if state.received_date is None else (today - state.received_date).days,
    )


def findings_of_remitted(claim: RemitClaim, member_id: str, last_name: str) -> Iterator[Finding]:
    """What a remittance says beside the decision: the patient named otherwise, another payer that comes first."""
    corrected = claim.corrected_insured
    if corrected is not None and (
        (corrected.identifier is not None and _plain(corrected.identifier) != _plain(member_id))
        or (corrected.last_name is not None and _plain(corrected.last_name) != _plain(last_name))
    ):
        yield Finding(about=About.CORRECTED_INSURED, amount=_ZERO)
    if claim.corrected_payer is not None:
        yield Finding(about=About.CORRECTED_PAYER, amount=_ZERO)


def _plain(text: str) -> str:
    return "".join(letter for letter in text.upper() if letter.isalnum())


def findings_of_takebacks(taken: Iterable[tuple[ProviderAdjustment, int, bool]]) -> Iterator[Finding]:
    """Money that a payment takes away beside its claims: each with its number in the payment, and whether the payment
    that it was taken back for is known. Money that it adds (interest, a balance brought along) is no work."""
    for one, number, known in taken:
        if one.amount > 0:
            yield Finding(
                about=About.TAKEBACK, amount=one.amount, reason=one.reason, known=known, own=f"adjustment-{number}"
            )


def finding_of_appeal(state: AppealState, contested: Decimal, number: int) -> Finding:
    """Where an appeal stands; `contested` is in dollars, `number` the appeal's."""
    amount = contested
    says = ""
    if state.decision in (Decision.OVERTURNED, Decision.PARTLY) and state.recovered is not None:
        amount = state.recovered if state.decision is Decision.OVERTURNED else contested
        says = f"The payer says that it pays {state.recovered:,.2f}."
    asked = min((request.due for request in state.requests if request.due is not None), default=None)
    return Finding(
        about=About.APPEAL,
        amount=amount,
        standing=state.standing,
        decision=state.decision,
        next_level=state.next_level_due is not None,
        due=asked if state.decision is None else state.next_level_due,
        own=f"appeal-{number}",
        says=says,
    )


def finding_of_unknown_member(said: MemberNotFound) -> Finding:
    """The payer does not know the patient; its first reason says how."""
    return Finding(about=About.MEMBER_NOT_FOUND, amount=_ZERO, reason=next(iter(said.rejected), ""))
