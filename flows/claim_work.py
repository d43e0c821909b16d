"""All that follows from what is known about one claim: its newest status, its remittances, its appeals, its coverage.

The remittance is the payer's word where there is one; a status that was finalised after it is newer. What somebody
contests already is no work for anybody else.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

from flows.answers import ClaimState
from flows.not_found import NotFoundFacts, finding_of_not_found
from flows.payer_types import PayerType
from flows.remittance import RemitClaim
from flows.routing import Circumstances, Contested, route
from flows.routing_findings import (
    Decided,
    decision_of_remittance,
    decision_of_state,
    findings_of_decision,
    findings_of_remitted,
    findings_of_status,
)
from flows.routing_rules import About, Finding, RoutingRules
from flows.tasks import WhatFollows
from flows.underpayment import FeesOf, underpaid

_ZERO = Decimal("0.00")
_PRIMARY = frozenset({"1", "19"})


@dataclass(frozen=True, slots=True)
class Remitted:
    """A claim of a payment that stands: nothing has taken it back. `came_on` is when it was known.

    `is_part`: the payer has split the claim, and this is one part. `corrects`: it was decided anew after a reversal.
    """

    claim: RemitClaim
    paid_on: date | None
    came_on: date
    posted: bool = False
    is_part: bool = False
    corrects: bool = False


@dataclass(frozen=True, slots=True)
class ClaimFacts:
    """What is known about one claim. `said_on` is the day of the status; `taken_back` what was paid and taken back
    without a new decision, in dollars; `findings` are further ones (appeals)."""

    service_from: date
    member_id: str
    last_name: str
    said: ClaimState | None = None
    said_on: date | None = None
    not_found: NotFoundFacts | None = None
    remitted: tuple[Remitted, ...] = ()
    taken_back: Decimal = _ZERO
    contested: tuple[Contested, ...] = ()
    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True)
class Surroundings:
    """What holds for every claim of a portal: the rules, the kind of payer, the contract's prices, today.

    `appeal_until` gives the last day for an appeal against a decision of this day on a service of that day.
    """

    rules: RoutingRules
    payer: PayerType
    today: date
    fees_of: FeesOf
    appeal_until: Callable[[date, date | None], date | None]


def follow_claim(facts: ClaimFacts, around: Surroundings) -> WhatFollows:
    """The tasks that follow, and the parts of the unpaid charge that raise none."""
    decisions, decided_on, newest = _decisions(facts)
    findings = [
        *_of_decisions(facts, decisions, around),
        *_beside(facts, around, stale=newest),
        *facts.findings,
    ]
    first = decisions[0] if decisions else None
    number = first.payer_claim_number if first is not None else None
    circumstances = Circumstances(
        as_of=decided_on or facts.said_on or around.today,
        payer=around.payer,
        payer_claim_number=number or (facts.said.payer_claim_number if facts.said is not None else None),
        appeal_until=lambda: around.appeal_until(facts.service_from, first.decided_on) if first is not None else None,
        decided_on=max((one.decided_on for one in decisions if one.decided_on is not None), default=None),
    )
    if not facts.contested:
        return route(findings, around.rules, circumstances)
    return route(findings, around.rules, replace(circumstances, contested=facts.contested)).model_copy(
        update={"without_appeals": route(findings, around.rules, circumstances).tasks}
    )


def _decisions(facts: ClaimFacts) -> tuple[Sequence[Decided], date | None, bool]:
    """What was decided last, of each part of the claim; when that was known; and whether the status is older."""
    shown = decision_of_state(facts.said) if facts.said is not None else None
    told = [(one, decided) for one in facts.remitted if (decided := decision_of_remittance(one.claim, one.paid_on))]
    if not told:
        return ([shown] if shown is not None else []), facts.said_on, False
    last, decided = told[-1]
    if shown is not None and shown.decided_on is not None and last.paid_on and shown.decided_on > last.paid_on:
        return [shown], facts.said_on, False
    parts = [part for one, part in told if one.is_part] if last.is_part else [decided]
    return parts, last.came_on, facts.said_on is None or last.came_on >= facts.said_on


def _of_decisions(facts: ClaimFacts, decisions: Sequence[Decided], around: Surroundings) -> Iterator[Finding]:
    posted = [one.claim.paid for one in facts.remitted if one.posted]
    for decided in decisions:
        yield from findings_of_decision(decided, posted=decided.paid in posted)
        yield from underpaid(decided.allowed, around.fees_of, facts.service_from)
    if (twice := _paid_twice(facts)) > 0:
        yield Finding(about=About.PAID_TWICE, amount=twice)
    if facts.taken_back > 0 and not decisions:
        yield Finding(about=About.REVERSED, amount=facts.taken_back)


def _beside(facts: ClaimFacts, around: Surroundings, *, stale: bool) -> Iterator[Finding]:
    if facts.remitted:
        yield from findings_of_remitted(facts.remitted[-1].claim, facts.member_id, facts.last_name)
    if stale:
        return
    if facts.said is not None:
        yield from findings_of_status(facts.said, around.today)
    elif facts.not_found is not None and not facts.remitted:
        yield finding_of_not_found(facts.not_found, around.today)


def _paid_twice(facts: ClaimFacts) -> Decimal:
    """What was paid beyond the largest payment, where the payer paid as the first payer more than once and never took
    one back, and it is the same once more or more than was charged."""
    paid = [
        one.claim
        for one in facts.remitted
        if one.claim.status in _PRIMARY and one.claim.paid > 0 and not one.is_part and not one.corrects
    ]
    if len(paid) < 2:
        return _ZERO
    total, most = sum((one.paid for one in paid), _ZERO), max(one.paid for one in paid)
    same = len({(one.billed, one.paid) for one in paid}) < len(paid)
    return total - most if same or total > paid[0].billed else _ZERO
