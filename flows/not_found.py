"""The not-found ladder, step by step: what was tried, what is next, and what must not be done (DOMAIN 3.2).

Right payer? Then every way to search, which the portal was asked already. Then: did the payer accept the claim? An
accepted claim is never billed again, it would be denied as a duplicate.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum

from flows.coverage import Coverage, CoverageStatus, MemberNotFound
from flows.routing_rules import About, CoverageFound, Finding, Rung
from flows.values import Frozen

_PAYER_IS_RIGHT = frozenset({CoverageFound.ACTIVE, CoverageFound.BY_HAND})


class NotFoundFacts(Frozen):
    """What is known about a claim that the payer does not have.

    `searched` names each search of the portal that found nothing. `accepted_on` is the day of the 277CA acceptance;
    `since` the day on which the office had the claim on its list.
    """

    searched: tuple[str, ...]
    coverage: CoverageFound
    accepted_on: date | None
    rejected: bool
    since: date
    billed: Decimal


class Stand(StrEnum):
    """Where a step of the ladder stands."""

    PASSED = "passed"
    HERE = "here"
    NOT_YET = "not yet"


class Step(Frozen):
    """One step of the ladder, with what is known of it in words of ours."""

    number: int
    what: str
    stand: Stand
    known: str


def coverage_found(said: Coverage | MemberNotFound | None) -> CoverageFound:
    """What an eligibility answer for the day of service says to the question "is it the right payer?"."""
    match said:
        case None:
            return CoverageFound.NOT_ASKED
        case MemberNotFound():
            return CoverageFound.MEMBER_NOT_FOUND
        case Coverage():
            if said.payer_to_bill is not None:
                return CoverageFound.OTHER_PAYER
            if said.status in _NOT_COVERED:
                return CoverageFound.INACTIVE
            if any(one.field in _IDENTITY for one in said.differences):
                return CoverageFound.CORRECTED
            if said.status in _NOT_TOLD:
                return CoverageFound.NOT_ASKED
            return CoverageFound.ACTIVE


_IDENTITY = frozenset({"member_id", "last_name", "first_name", "birth_date"})
_NOT_COVERED = frozenset(
    {
        CoverageStatus.INACTIVE,
        CoverageStatus.INACTIVE_PENDING_ELIGIBILITY,
        CoverageStatus.INACTIVE_PENDING_INVESTIGATION,
    }
)
_NOT_TOLD = frozenset({CoverageStatus.UNKNOWN})


def finding_of_not_found(facts: NotFoundFacts, today: date) -> Finding:
    """The step that is next, as a finding for the routing rules; the charge is at stake."""
    rung = Rung.ACCEPTANCE if facts.coverage in _PAYER_IS_RIGHT else Rung.RIGHT_PAYER
    return Finding(
        about=About.NOT_FOUND,
        amount=facts.billed,
        rung=rung,
        coverage=facts.coverage,
        accepted=facts.accepted_on is not None,
        rejected=facts.rejected,
        days=(today - (facts.accepted_on or facts.since)).days,
        says=_searched(facts),
    )


def ladder(facts: NotFoundFacts, today: date) -> tuple[Step, ...]:
    """Every step with where it stands, for a person."""
    right_payer = facts.coverage in _PAYER_IS_RIGHT
    days = (today - (facts.accepted_on or facts.since)).days
    if facts.rejected:
        acceptance = "rejected when it came in (277CA)"
    elif facts.accepted_on is not None:
        acceptance = f"accepted on {facts.accepted_on} (277CA), {days} days ago"
    else:
        acceptance = f"no acceptance (277CA); on the office's list for {days} days"
    return (
        Step(
            number=1,
            what="Is it the right payer? (coverage on the day of service)",
            stand=Stand.PASSED if right_payer else Stand.HERE,
            known=_COVERAGE_WORDS[facts.coverage],
        ),
        Step(number=2, what="Every way to search", stand=Stand.PASSED, known=_searched(facts)),
        Step(
            number=3,
            what="Did the payer accept the claim?",
            stand=Stand.HERE if right_payer else Stand.NOT_YET,
            known=acceptance,
        ),
    )


def _searched(facts: NotFoundFacts) -> str:
    return f"Searched without success: {', '.join(facts.searched)}."


_COVERAGE_WORDS = {
    CoverageFound.ACTIVE: "covered by this payer",
    CoverageFound.INACTIVE: "not covered on that day",
    CoverageFound.OTHER_PAYER: "another plan has to be billed",
    CoverageFound.CORRECTED: "the payer holds the patient under another id or name",
    CoverageFound.MEMBER_NOT_FOUND: "the payer does not know the patient",
    CoverageFound.NOT_ASKED: "not asked for that day",
    CoverageFound.BY_HAND: "a person has looked",
}
