"""The figures of reports are those of a plain count over the same small ledger, of one practice alone."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from flows.answers import Adjustment, ClaimState, Line
from flows.outcomes import Code, Ending, Outcome
from flows.questions import Flow
from flows.remittance import RemitAdjustment
from ledger import reports, work
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.lanes import Lease
from ledger.remittances import keep
from ledger.reports import Range
from tests.ledger.office import NOW, PORTAL, bring_in, ended, not_found, paid
from tests.ledger.payments import by_import, decided, payment, reversed_claim, sealed

ALWAYS = Range()
NO_DENIAL = frozenset({"45", "1"})
TODAY = NOW.date()


def said(**changed: object) -> Outcome:
    """The portal's answer with these facts."""
    outcome = paid()
    assert outcome.answer is not None
    state = outcome.answer.normalised
    assert isinstance(state, ClaimState)
    answer = outcome.answer.model_copy(update={"normalised": state.model_copy(update=changed)})
    return outcome.model_copy(update={"answer": answer})


def denied(*carcs: str) -> Outcome:
    """Denied line by line, each line's 60.25 for one of these reasons."""
    lines = tuple(
        Line(
            number=number,
            procedure="99213",
            billed=Decimal("60.25"),
            paid=Decimal(0),
            adjustments=(Adjustment(group="CO", carc=carc, amount=Decimal("60.25")),),
        )
        for number, carc in enumerate(carcs, 1)
    )
    return said(category="F2", paid=Decimal("0.00"), lines=lines, payment=None)


def ask_all(lease: Lease, outcomes: Iterable[Outcome]) -> None:
    for outcome in outcomes:
        item = work.next_item(lease, NOW)
        assert item is not None
        work.finish(lease, item, outcome, NOW)


@pytest.fixture
def asked(lease: Lease, robot: Actor) -> Actor:
    """Six claims: paid, denied twice, pending, not found, and one for a person; a seventh that nobody asked about."""
    bring_in(range(1, 8), robot)
    ask_all(
        lease,
        [
            paid(),
            denied("50", "97"),
            denied("50", "45"),
            said(category="P1", paid=None, payment=None, finalised_date=None),
            not_found(),
            ended(Ending.NEEDS_STAFF, Code.BUS_MULTI),
        ],
    )
    return robot


def test_denials_are_counted_by_payer_and_reason(asked: Actor) -> None:
    found = reports.denials(asked.practice_id, NO_DENIAL, ALWAYS)
    assert [(row.portal, row.group, row.carc, row.claims, row.amount) for row in found] == [
        (PORTAL, "CO", "50", 2, Decimal("120.50")),
        (PORTAL, "CO", "97", 1, Decimal("60.25")),
    ]
    assert reports.denials(asked.practice_id, NO_DENIAL, Range(since=date(2026, 2, 2))) == []
    assert reports.denials(asked.practice_id, NO_DENIAL, ALWAYS, "another-portal") == []


def test_a_payment_says_more_than_the_portal_and_what_was_taken_back_says_nothing(asked: Actor, person: Actor) -> None:
    said_of_two = decided(2, paid="0.00", status="4").model_copy(update={"adjustments": ()})
    line = said_of_two.lines[0].model_copy(
        update={"adjustments": (RemitAdjustment(group="CO", carc="197", amount=Decimal("120.50")),)}
    )
    first = said_of_two.model_copy(update={"lines": (line,)})
    keep(sealed(payment(first)), by_import(person))
    by_code = {row.carc: row.amount for row in reports.denials(asked.practice_id, NO_DENIAL, ALWAYS)}
    assert by_code == {"197": Decimal("120.50"), "50": Decimal("60.25")}
    keep(sealed(payment(reversed_claim(first, 1), trace="BACK")), by_import(person))
    by_code = {row.carc: row.amount for row in reports.denials(asked.practice_id, NO_DENIAL, ALWAYS)}
    assert by_code == {"50": Decimal("120.50"), "97": Decimal("60.25")}


def test_claims_that_nobody_decided_are_counted_by_age(asked: Actor) -> None:
    (young,) = reports.pending(asked.practice_id, TODAY)
    # Nobody has accepted them, so that they are as old as their service (49 days), though they came in today.
    assert (young.days, young.claims, young.billed) == (30, 4, Decimal("482.00"))
    (old,) = reports.pending(asked.practice_id, TODAY + timedelta(days=11))
    assert (old.days, old.claims) == (60, 4)


def test_a_payer_is_scored_by_the_newest_answers(asked: Actor) -> None:
    (score,) = reports.scores(asked.practice_id, ALWAYS)
    assert (score.asked, score.paid, score.denied, score.pending, score.not_found) == (5, 1, 2, 1, 1)
    assert score.days_to_pay == (date(2026, 2, 3) - date(2026, 1, 12)).days
    assert (score.attempts, score.failed_attempts) == (6, 0)
    assert reports.scores(asked.practice_id, Range(until=TODAY - timedelta(days=1))) == []


def test_open_cases_are_counted_by_kind_and_age(asked: Actor) -> None:
    found = {row.code: row for row in reports.open_cases(asked.practice_id, NOW + timedelta(days=3))}
    assert (found[Code.BUS_MULTI].cases, found[Code.BUS_MULTI].days) == (1, 2)
    assert found[Code.BUS_MULTI].billed == Decimal("120.50")


def test_what_the_robot_answered_alone_is_told_from_what_needed_a_person(asked: Actor) -> None:
    (row,) = reports.finished(asked.practice_id, ALWAYS)
    assert (row.flow, row.by_robot, row.by_person) == (Flow.CLAIM_STATUS, 5, 1)


def test_no_report_counts_another_practices_rows(asked: Actor) -> None:
    other = ensure_practice("Another Practice", "987654321", ())
    stranger = ensure_account("stranger", is_robot=False, practice=other, now=NOW)
    there = stranger.practice_id
    assert there != asked.practice_id
    assert reports.denials(there, NO_DENIAL, ALWAYS) == []
    assert reports.pending(there, TODAY) == []
    assert reports.scores(there, ALWAYS) == []
    assert reports.appeals(there, ALWAYS) == []
    assert reports.open_cases(there, NOW) == []
    assert reports.finished(there, ALWAYS) == []
