"""What the practice payer makes of appeals: which denials may be appealed until when, and how each will be decided."""

import random
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from sandbox.truth.adjudication import ZERO, cents
from sandbox.truth.model import Claim, Frozen, ServiceLine

Level = Literal["reopening", "first", "second", "external"]
RefusalKind = Literal["not-appealable", "line-paid", "duplicate", "window-closed"]
DecisionKind = Literal["overturned", "partly", "upheld", "dismissed"]
Channel = Literal["portal", "paper"]

NO_DENIALS = frozenset({"45", "1", "2", "3", "23", "24", "253"})
"""Adjustment reasons by which nothing is denied: prices, shares of the patient, other payers, capitation."""
NO_APPEAL_RIGHT = frozenset({"MA130", "N704"})
"""Remark codes by which there was no decision that could be appealed: a new claim is wanted."""


@dataclass(frozen=True)
class LevelRule:
    """How one payer takes appeals of one level."""

    window_days: int
    """So long after the decision appealed against it may be filed, the last day included."""
    decision_days: tuple[int, int]
    """How long the payer takes to decide, from and to."""


@dataclass(frozen=True)
class AppealRule:
    """How one payer takes appeals."""

    levels: Mapping[Level, LevelRule]
    """By level, in the order in which they are filed."""
    not_appealable: frozenset[str] = frozenset({"16", "31", "109", "226", "252"})
    """Claim adjustment reason codes that are put right by other ways than an appeal."""


APPEAL_RULES: dict[str, AppealRule] = {
    "practice-multipayer": AppealRule({"first": LevelRule(180, (20, 45)), "second": LevelRule(60, (20, 45))}),
    "practice-national": AppealRule({"first": LevelRule(180, (15, 40)), "second": LevelRule(60, (20, 40))}),
    "practice-contractor": AppealRule(
        {"reopening": LevelRule(365, (10, 30)), "first": LevelRule(120, (25, 58))},
        # An untimely-filing denial of Medicare is no decision on the claim.
        frozenset({"16", "29", "31", "109", "226", "252"}),
    ),
    "practice-medicaid": AppealRule({"first": LevelRule(90, (15, 40))}),
}
FOLLOWS: dict[Level, Level] = {"second": "first", "external": "second"}
"""By level: the level whose decision it is against. The others are against the decision on the claim."""


class LinePayment(Frozen):
    """What a contested line is paid in the end; dollars."""

    number: int
    amount: Decimal


class InformationWanted(Frozen):
    """What the payer wants to see before it decides; days are counted from the filing."""

    what: str
    after_days: int
    due_days: int


class Ruling(Frozen):
    """How an appeal will be decided, `days` after it was filed."""

    decision: DecisionKind
    days: int
    payments: tuple[LinePayment, ...] = ()
    """What each line is paid, of those that were contested."""
    information: InformationWanted | None = None
    rationale: str
    """Why, in a sentence of the letter."""

    def recovered(self, lines: Iterable[int]) -> Decimal:
        """What is paid in the end, in dollars, when these lines were contested."""
        contested = set(lines)
        return sum((one.amount for one in self.payments if one.number in contested), ZERO)


class AppealRight(Frozen):
    """What the payer makes of appeals of one level about one claim."""

    payer_claim_number: str
    level: Level
    lines: tuple[int, ...]
    """The lines that were denied: only these can be appealed."""
    closes_on: date | None
    """The last day; None for a level that follows a decision on another one."""
    refused: RefusalKind | None
    """What the portal says whatever is contested, although it offers the form."""
    ruling: Ruling


class EarlierAppeal(Frozen):
    """An appeal that is with the payer already; the office filed it by hand, and its robot knows nothing of it."""

    payer_claim_number: str
    level: Level
    lines: tuple[int, ...]
    amount: Decimal
    filed_on: date
    channel: Channel
    """`portal`: the portal lists it. `paper`: only the form knows of it."""


class Special(Frozen):
    """How a claim stands out from what its numbers say."""

    refused: RefusalKind | None = None
    closes_on: date | None = None
    """The last day, where the payer counts a shorter window by a contract of its own."""
    decision: DecisionKind | None = None
    """The decision at the first level, instead of one by chance."""
    wants_information: bool = False


def denied_lines(claim: Claim) -> tuple[int, ...]:
    """The numbers of the lines that the payer refused to pay."""
    return tuple(line.number for line in claim.lines if _is_denied(line))


def _is_denied(line: ServiceLine) -> bool:
    return line.paid == ZERO and any(item.carc not in NO_DENIALS for item in line.adjustments)


def rights_of(claim: Claim, portal: str, seed: int, special: Special | None = None) -> tuple[AppealRight, ...]:
    """What may be appealed about one claim, a right for each level; none when nothing of it was denied.

    All chance comes from the seed and the claim's number.
    """
    lines = denied_lines(claim)
    if not lines or not claim.appeal_allowed or claim.finalised_date is None:
        return ()
    rule = APPEAL_RULES[portal]
    peculiar = special or Special()
    found = []
    for level in rule.levels:
        rng = random.Random(f"appeal:{portal}:{seed}:{claim.payer_claim_number}:{level}")
        closes_on = None
        if level not in FOLLOWS:
            closes_on = peculiar.closes_on or claim.finalised_date + timedelta(days=rule.levels[level].window_days)
        found.append(
            AppealRight(
                payer_claim_number=claim.payer_claim_number,
                level=level,
                lines=lines,
                closes_on=closes_on,
                refused=peculiar.refused or _refused(claim, lines, rule),
                ruling=_ruling(rng, claim, lines, rule.levels[level], peculiar if level == "first" else Special()),
            )
        )
    return tuple(found)


def _refused(claim: Claim, lines: tuple[int, ...], rule: AppealRule) -> RefusalKind | None:
    """What follows from the claim itself."""
    if claim.text_hint:
        # Replaced, voided or a reversal: another claim took its place.
        return "not-appealable"
    denied = [line for line in claim.lines if line.number in lines]
    reasons = {item.carc for line in denied for item in line.adjustments}
    remarks = {remark for line in denied for remark in line.remark_codes}
    return "not-appealable" if reasons & rule.not_appealable or remarks & NO_APPEAL_RIGHT else None


RATIONALES: dict[DecisionKind, tuple[str, ...]] = {
    "overturned": (
        "The records received support the services as billed.",
        "An authorization for these services was located.",
        "On review the services are covered under the member's plan.",
    ),
    "partly": (
        "The records support some of the services; for the rest they do not.",
        "The services are payable at a lower level than billed.",
    ),
    "upheld": (
        "The information received does not change the first determination.",
        "The services do not meet the payer's policy on the day they were rendered.",
    ),
    "dismissed": (
        "The request did not name the person who may file it.",
        "The request was not complete and could not be reviewed.",
    ),
}
CHANCES: dict[DecisionKind, int] = {"overturned": 40, "partly": 25, "upheld": 25, "dismissed": 10}
"""How many of a hundred appeals end so."""
WANTED = ("Office notes of the day of service", "Operative report", "Signed physician order", "Itemized statement")


def _ruling(rng: random.Random, claim: Claim, lines: tuple[int, ...], rule: LevelRule, special: Special) -> Ruling:
    drawn = rng.choices(tuple(CHANCES), tuple(CHANCES.values()))[0]
    decision = special.decision or drawn
    days = rng.randint(*rule.decision_days)
    what, wants = rng.choice(WANTED), rng.random() < 0.15
    information = None
    if special.wants_information or wants:
        after = max(3, days // 3)
        information = InformationWanted(what=what, after_days=after, due_days=max(after + 2, days - 4))
    payments = []
    for line in claim.lines:
        if line.number not in lines:
            continue
        share = Decimal(rng.randrange(520, 930)) / 1000
        if decision == "partly":
            share /= 2
        if decision in ("overturned", "partly"):
            payments.append(LinePayment(number=line.number, amount=cents(line.billed * share)))
    return Ruling(
        decision=decision,
        days=days,
        payments=tuple(payments),
        information=information,
        rationale=rng.choice(RATIONALES[decision]),
    )
