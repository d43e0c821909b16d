"""When a portal is asked about a claim: on the days of the payer's rule, ever less often, until it is a person's."""

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from flows.outcomes import Code
from flows.payer_types import PayerType
from ledger.planning_values import Check, ClaimToAsk, HoldWhy, PrimaryPaid, Rank, Stop
from schedules.cadence import OfficeCadence, Stops, cadence_rules
from tests.schedules.cadence_cases import ACCEPTED, ZONE, after, claim, due_day, on, pending, plan, spoke


def looks(about: ClaimToAsk, payer: PayerType) -> tuple[list[int], Stop | None, list[str]]:
    """The days (after the acceptance) of every look at a claim that the payer never decides, how it ends, and what
    people are told on the way. Whatever the portal shows is a little different each time."""
    days, told, today = list[int](), list[str](), ACCEPTED
    for _ in range(40):
        found = plan(about, today, payer)
        if found.for_person is not None and (not told or told[-1] != found.for_person.topic):
            told.append(found.for_person.topic)
        if found.stop is not None:
            return days, found.stop, told
        due, review = due_day(found), found.review_at
        if due is not None and (review is None or due <= review.astimezone(ZONE).date()):
            today = max(today, due)
            days.append((today - ACCEPTED).days)
            about = replace(about, checks=(*about.checks, pending(today, text=f"step {len(days)}")))
        else:
            assert review is not None, "nothing would ever look at it again"
            today = review.astimezone(ZONE).date()
    raise AssertionError("it never ends")


@pytest.mark.parametrize(
    ("payer", "days", "people"),
    [
        (PayerType.MEDICARE, [15, 22, 30], [31]),
        (PayerType.COMMERCIAL, [14, 30, 45, 59, 73, 87], [60, 90]),
        (PayerType.MEDICARE_ADVANTAGE, [14, 30, 45, 59, 73, 87], [60, 90]),
        (PayerType.UNKNOWN, [14, 30, 45, 59, 73, 87], [60, 90]),
        (PayerType.MEDICAID, [10, 17, 31, 45], [60]),
        (PayerType.MEDICAID_MANAGED, [15, 30, 45], [60]),
        (PayerType.WORKERS_COMPENSATION, [30, 45, 75], [90]),
    ],
)
def test_each_kind_of_payer_is_asked_on_the_days_of_its_rule(
    payer: PayerType, days: list[int], people: list[int]
) -> None:
    """DOMAIN 3.1, row by row; after its last day the claim is a person's."""
    asked, stop, told = looks(claim(), payer)
    assert asked == days
    assert stop is Stop.OVERDUE
    assert told == [f"undecided after {day} since {ACCEPTED}" for day in people]


@pytest.mark.parametrize(("crossover", "first"), [(False, 21), (True, 30)])
def test_a_secondary_payer_is_asked_after_the_primary_has_paid(crossover: bool, first: int) -> None:
    paid = date(2026, 4, 1)
    about = claim(primary=PrimaryPaid(paid, crossover))
    found = plan(about, paid)
    assert due_day(found) == paid + timedelta(days=first)
    asked = replace(about, checks=(pending(paid + timedelta(days=first)),))
    assert due_day(plan(asked, paid + timedelta(days=first))) == paid + timedelta(days=45)


def test_days_count_from_the_acceptance_else_from_what_the_payer_shows_else_from_what_we_know() -> None:
    today, fresh = after(3), on(date(2026, 2, 22))
    assert due_day(plan(claim(), today)) == after(14)
    assert due_day(plan(claim(accepted_on=None, received_on=date(2026, 3, 1)), today)) == date(2026, 3, 15)
    # Three days after the last day of service, or when it came in, whichever is first.
    assert due_day(plan(claim(accepted_on=None), today)) == date(2026, 2, 20) + timedelta(days=17)
    assert due_day(plan(claim(accepted_on=None, imported_at=fresh), today)) == date(2026, 2, 22) + timedelta(days=14)


def test_an_old_claim_that_just_came_in_is_asked_about_at_once_and_no_person_is_bothered_before() -> None:
    old = claim(accepted_on=None, service_from=date(2025, 6, 1), service_to=date(2025, 6, 1))
    found = plan(old, after(0), tried=False)
    assert found.due_at is not None
    assert found.due_at < on(after(0))
    assert found.for_person is None


def test_a_day_begins_when_it_begins_at_the_portal() -> None:
    found = plan(claim(), after(0))
    assert found.due_at is not None
    assert found.due_at.isoformat() == "2026-03-16T05:00:00+00:00"  # midnight in Chicago, in summer time by then


def test_two_looks_are_never_near_each_other() -> None:
    """Somebody asked by hand on day 28: day 30 is left out."""
    assert due_day(plan(claim(checks=(pending(after(28)),)), after(28))) == after(45)


def test_looks_that_show_the_same_grow_rare_up_to_three_weeks() -> None:
    same = [pending(after(day)) for day in (14, 30, 45, 59, 73)]
    gaps = []
    for count in range(1, 6):
        found = plan(claim(checks=tuple(same[:count])), same[count - 1].at.astimezone(ZONE).date())
        day = due_day(found)
        assert day is not None
        gaps.append((day - same[count - 1].at.astimezone(ZONE).date()).days)
    assert gaps == [16, 15, 21, 21, 21]
    assert "unchanged" in spoke(found)


def test_the_first_three_looks_that_show_the_same_widen_by_half() -> None:
    checks = tuple(pending(after(day)) for day in (10, 17, 23))
    assert due_day(plan(claim(checks=checks), after(23), PayerType.MEDICAID)) == after(23 + 12)  # 31 would be 8 days


def test_a_claim_that_was_asked_about_eight_times_is_a_persons() -> None:
    checks = tuple(pending(after(3 * place), text=str(place)) for place in range(8))
    found = plan(claim(checks=checks), after(22))
    assert (found.stop, found.due_at) == (Stop.MOST_CHECKS, None)
    assert found.for_person is not None
    assert found.for_person.code is Code.BUS_DEADLINE


PAID = Check(on(after(14)), negative=False, category="F1", paid=Decimal("80.00"))
DENIED = Check(on(after(14)), negative=False, category="F2", paid=Decimal("0.00"))


@pytest.mark.parametrize(
    ("about", "stop"),
    [
        (claim(checks=(PAID,), remitted=True, posted=True), Stop.SETTLED),
        (claim(checks=(DENIED,)), Stop.SETTLED),
        (claim(checks=(replace(DENIED, paid=None),)), Stop.SETTLED),
        (claim(checks=(PAID,)), None),
        (claim(checks=(PAID,), remitted=True), None),
        (claim(checks=(replace(PAID, paid=None),)), None),
        (claim(checks=(pending(after(14), "A3"),)), Stop.REJECTED),
        (claim(accepted_on=None, rejected=True), Stop.REJECTED),
        (claim(hold=HoldWhy.LEGAL), Stop.HELD),
        (claim(checks=(pending(after(14)),)), None),
    ],
)
def test_asking_stops_when_the_payer_has_decided_and_no_money_is_missing(about: ClaimToAsk, stop: Stop | None) -> None:
    found = plan(about, after(15))
    assert found.stop is stop
    assert (found.due_at is None) == (stop is not None)


def test_money_that_is_here_but_not_posted_is_enough_where_the_office_says_so() -> None:
    rules = cadence_rules(OfficeCadence(stops=Stops(settled_by="remitted")))
    about = claim(checks=(PAID,), remitted=True)
    assert plan(about, after(15), rules=rules).stop is Stop.SETTLED


def test_a_decided_claim_whose_money_is_missing_can_wait_and_ends_without_a_person() -> None:
    found = plan(claim(checks=(PAID,)), after(15))
    assert (found.rank, due_day(found)) == (Rank.CAN_WAIT, after(28))
    often = tuple(replace(PAID, at=on(after(14 + place))) for place in range(8))
    found = plan(claim(checks=often), after(40))
    assert (found.stop, found.for_person) == (Stop.MOST_CHECKS, None)


def test_a_small_balance_is_left_alone_where_the_office_has_a_policy() -> None:
    rules = cadence_rules(OfficeCadence(stops=Stops(small_balance=Decimal("10.00"))))
    small = claim(billed=Decimal("9.99"))
    assert plan(small, after(1), rules=rules).stop is Stop.SMALL_BALANCE
    assert plan(small, after(1)).stop is None


def test_without_an_acceptance_the_clearinghouse_is_asked_and_not_the_portal() -> None:
    sent = on(after(0))
    waiting = claim(accepted_on=None, imported_at=sent, acceptances_come=True, service_to=after(-1))
    before = plan(waiting, after(2), tried=False)
    assert before.stop is None
    assert before.review_at == on(after(3), 0)
    found = plan(waiting, after(3), tried=False)
    assert (found.stop, found.due_at) == (Stop.NO_ACCEPTANCE, None)
    assert found.for_person is not None
    assert str(after(5)) in found.for_person.what
    # Where the office never has acceptances, their absence says nothing; and the payer's own page says more.
    assert plan(replace(waiting, acceptances_come=False), after(3)).stop is None
    assert plan(replace(waiting, checks=(pending(after(2)),)), after(3)).stop is None


@pytest.mark.parametrize(
    ("about", "rule"),
    [
        (claim(limit=after(43), limit_rule="some-rule"), "jump-limit"),
        (claim(billed=Decimal("5000.00")), "jump-balance"),
        (claim(checks=(pending(after(8)), pending(after(14), "P2"))), "jump-changed"),
        (claim(checks=(pending(after(14), "P3"),)), "jump-category"),
        (claim(checks=(pending(after(14), "R5"),)), "jump-category"),
    ],
)
def test_what_is_urgent_jumps_the_queue(about: ClaimToAsk, rule: str) -> None:
    found = plan(about, after(14))
    assert found.rank is Rank.JUMPS
    assert rule in spoke(found)


def test_what_is_not_urgent_keeps_its_turn_until_its_limit_comes_near() -> None:
    found = plan(claim(limit=after(200), limit_rule="some-rule"), after(1))
    assert found.rank is Rank.NORMAL
    assert found.review_at == on(after(170), 0)
    # The payer has the claim: its limit for filing is kept.
    assert plan(claim(limit=after(43), checks=(pending(after(14)),)), after(14)).rank is Rank.NORMAL


def test_every_plan_says_what_its_days_are_counted_from() -> None:
    found = plan(claim(), after(1))
    assert found.said[0].rule == "counted-from"
    assert str(ACCEPTED) in found.said[0].says
    assert "277CA" in found.said[0].says
