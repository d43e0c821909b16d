"""Figures over time are those of a plain count over a small ledger, whose sums are written out here."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from flows.outcomes import Code, Ending, Outcome
from flows.questions import Flow
from ledger import cases, models, report_figures_money, report_figures_portals, report_figures_work, work
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.lanes import Lease
from ledger.remittances import keep
from ledger.report_figures_work import rank
from ledger.reports import Range
from ledger.states import Resolution
from tests.ledger.office import ALIAS, NOW, PORTAL, bring_in, ended, not_found, paid
from tests.ledger.payments import by_import, decided, payment, sealed
from tests.ledger.test_reports import NO_DENIAL, ask_all, denied, said

ALWAYS = Range()
TODAY = NOW.date()
MONDAY = date(2026, 3, 2)
"""NOW is a Monday, one hour after midnight UTC: the week of the tests begins with it."""


@pytest.fixture
def asked(lease: Lease, robot: Actor) -> Actor:
    """Eight claims of 120.50: paid, two denied, one not found, pending, one for a person, one down; one never asked."""
    bring_in(range(1, 9), robot)
    ask_all(
        lease,
        [
            paid(),
            denied("50", "97"),
            denied("50", "45"),
            not_found(),
            said(category="P1", paid=None, payment=None, finalised_date=None),
            ended(Ending.NEEDS_STAFF, Code.BUS_MULTI),
            ended(Ending.TRANSIENT, Code.TECH_TIMEOUT),
        ],
    )
    return robot


def close_all(actor: Actor, at: datetime) -> None:
    for row in models.Case.objects.filter(state="open"):
        cases.close(row.pk, actor, Resolution.DONE_BY_HAND, at)


def test_touchless_is_what_ended_with_an_answer_of_all_that_ended(asked: Actor) -> None:
    (week,) = report_figures_work.touchless(asked.practice_id, ALWAYS)
    # Paid, twice denied, not found and pending are answers; the sixth needed a person; the seventh is tried again.
    assert (week.week, week.flow, week.ended, week.alone) == (MONDAY, Flow.CLAIM_STATUS, 6, 5)
    assert report_figures_work.touchless(asked.practice_id, Range(until=TODAY - timedelta(days=1))) == []
    assert report_figures_work.touchless(asked.practice_id, ALWAYS, "another-portal") == []


def test_cases_are_counted_in_the_week_of_their_opening(asked: Actor) -> None:
    (week,) = report_figures_work.opened(asked.practice_id, ALWAYS)
    assert (week.week, week.family, week.code, week.cases) == (MONDAY, "business", Code.BUS_MULTI, 1)
    models.Case.objects.update(opened_at=datetime(2026, 3, 1, 23, 59, tzinfo=UTC))
    (week,) = report_figures_work.opened(asked.practice_id, ALWAYS)
    assert week.week == date(2026, 2, 23), "a minute before midnight is the week before"


def test_the_ninth_of_ten_is_the_ninetieth_percentile() -> None:
    assert rank([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 90) == 9
    assert rank([10, 9, 8, 7, 6, 5, 4, 3, 2, 1], 50) == 5
    assert rank([4], 90) == 4


def test_time_to_resolve_runs_from_opening_to_closing(asked: Actor, person: Actor) -> None:
    close_all(person, NOW + timedelta(hours=30))
    (family,) = report_figures_work.resolved(asked.practice_id, ALWAYS)
    assert (family.family, family.closed, family.median_hours, family.p90_hours) == ("business", 1, 30.0, 30.0)
    models.Case.objects.update(due=TODAY)
    (family,) = report_figures_work.resolved(asked.practice_id, ALWAYS)
    assert family.late == 1, "closed on the day after its day"
    models.Case.objects.update(due=TODAY + timedelta(days=1))
    assert report_figures_work.resolved(asked.practice_id, ALWAYS)[0].late == 0


def test_open_cases_are_counted_by_who_has_taken_them(asked: Actor, person: Actor) -> None:
    later = NOW + timedelta(days=3)
    models.Case.objects.update(due=TODAY, money_cents=12050)
    (nobody,) = report_figures_work.owned(asked.practice_id, later)
    assert (nobody.owner, nobody.days, nobody.cases, nobody.late, nobody.money) == ("", 2, 1, 1, Decimal("120.50"))
    models.Case.objects.update(owner=person.account_id)
    (owned,) = report_figures_work.owned(asked.practice_id, NOW)
    assert (owned.owner, owned.days, owned.late) == (person.name, 0, 0)


def test_people_are_credited_with_what_they_closed_and_the_robot_is_not_one(asked: Actor, person: Actor) -> None:
    models.Case.objects.update(money_cents=12050)
    assert report_figures_work.people(asked.practice_id, ALWAYS) == []
    close_all(person, NOW + timedelta(hours=1))
    (one,) = report_figures_work.people(asked.practice_id, ALWAYS)
    assert (one.name, one.cases, one.tasks, one.money) == (person.name, 1, 0, Decimal("120.50"))
    models.Case.objects.update(closed_by=asked.account_id)
    assert report_figures_work.people(asked.practice_id, ALWAYS) == []


def test_a_claim_is_covered_until_it_is_more_than_a_day_behind_its_cadence(asked: Actor) -> None:
    items = models.WorkItem.objects.order_by("id")
    items.update(due_at=None)
    first, second, third = items.values_list("pk", flat=True)[:3]
    models.WorkItem.objects.filter(pk=first).update(due_at=NOW + timedelta(days=7))
    models.WorkItem.objects.filter(pk=second).update(due_at=NOW - timedelta(hours=23))
    models.WorkItem.objects.filter(pk=third).update(due_at=NOW - timedelta(hours=25))
    (row,) = report_figures_work.coverage(asked.practice_id, NOW)
    assert (row.portal, row.claims, row.in_time) == (PORTAL, 3, 2)


def test_a_limit_is_missed_when_it_passed_before_the_case_was_closed(asked: Actor, person: Actor) -> None:
    models.Case.objects.update(limit=TODAY, money_cents=12050)
    assert report_figures_work.missed(asked.practice_id, ALWAYS, TODAY) == [], "its last day is not over yet"
    (row,) = report_figures_work.missed(asked.practice_id, ALWAYS, TODAY + timedelta(days=1))
    assert (row.what, row.times, row.money) == (Code.BUS_MULTI, 1, Decimal("120.50"))
    close_all(person, NOW + timedelta(hours=1))
    assert report_figures_work.missed(asked.practice_id, ALWAYS, TODAY + timedelta(days=1)) == []


def test_money_of_a_week_is_what_was_asked_about_and_first_known_denied(asked: Actor) -> None:
    (week,) = report_figures_money.weeks_of_money(asked.practice_id, ALWAYS)
    # Five answers: 5 x 120.50 = 602.50. Two denials, nothing paid: 2 x 120.50 = 241.00.
    assert (week.week, week.claims, week.billed) == (MONDAY, 5, Decimal("602.50"))
    assert (week.denials, week.denied, week.recovered) == (2, Decimal("241.00"), Decimal("0.00"))


def ask_again(lease: Lease, outcomes: Iterable[Outcome], at: datetime) -> None:
    models.WorkItem.objects.filter(answer__category="F2").update(state="ready", not_before=at)
    for outcome in outcomes:
        item = work.next_item(lease, at)
        assert item is not None
        work.finish(lease, item, outcome, at)


def test_a_denial_is_newly_known_once(asked: Actor, lease: Lease) -> None:
    models.WorkItem.objects.exclude(answer__category="F2").update(state="done")
    soon = NOW + timedelta(seconds=1)
    outcome = denied("50")
    assert outcome.answer is not None
    again = outcome.model_copy(update={"answer": outcome.answer.model_copy(update={"observed_at": soon})})
    ask_again(lease, [again, again], soon)
    (week,) = report_figures_money.weeks_of_money(asked.practice_id, ALWAYS)
    assert (week.claims, week.denials) == (5, 2), "the same claims and the same denials, told twice"


def test_days_in_receivables_are_what_is_open_by_what_a_day_was_billed(asked: Actor, person: Actor) -> None:
    # All eight claims are of 12 January. Decided: paid (finalised on 1 February) and two denied (same day); open: five.
    found = report_figures_money.receivables(asked.practice_id, TODAY, weeks=6)
    assert [row.day for row in found] == [TODAY - timedelta(days=7 * back) for back in (5, 4, 3, 2, 1, 0)]
    assert [row.open for row in found] == [Decimal("964.00")] * 1 + [Decimal("602.50")] * 5
    newest = found[-1]
    assert newest.a_day == Decimal("964.00") / 90
    assert newest.days == pytest.approx(Decimal("56.25")), "602.50 / (964.00 / 90)"
    keep(sealed(payment(decided(4))), by_import(person))
    (after,) = report_figures_money.receivables(asked.practice_id, TODAY, weeks=1)
    assert after.open == Decimal("482.00"), "the payment of 3 February decided about a fourth"


def test_a_claim_that_two_payers_decided_leaves_the_receivables_once(asked: Actor, person: Actor) -> None:
    keep(sealed(payment(decided(4))), by_import(person))
    keep(sealed(payment(decided(4, status="2", billed="120.50", paid="5.00"), trace="SECOND")), by_import(person))
    (row,) = report_figures_money.receivables(asked.practice_id, TODAY, weeks=1)
    assert row.open == Decimal("482.00")
    (decision,) = report_figures_money.decisions(asked.practice_id, ALWAYS)
    assert (decision.week, decision.decided, decision.denied) == (date(2026, 2, 2), 1, 0)


def test_the_denial_rate_counts_first_decisions_whose_status_is_denied(asked: Actor, person: Actor) -> None:
    keep(sealed(payment(decided(4), decided(5, place=2, paid="0.00", status="4"))), by_import(person))
    (week,) = report_figures_money.decisions(asked.practice_id, ALWAYS)
    assert (week.decided, week.denied) == (2, 1)


def test_what_is_open_is_told_by_age_since_the_service(asked: Actor) -> None:
    (row,) = report_figures_money.open_by_age(asked.practice_id, date(2026, 1, 12) + timedelta(days=90))
    assert (row.claims, row.open, row.over) == (5, Decimal("602.50"), (Decimal("0.00"), Decimal("0.00")))
    models.Claim.objects.filter(patient_account_number="ACCT-000008").update(service_to=date(2025, 12, 1))
    (row,) = report_figures_money.open_by_age(asked.practice_id, date(2026, 1, 12) + timedelta(days=91))
    assert row.over == (Decimal("602.50"), Decimal("120.50")), "all over 90 days, one over 120"


def test_denials_by_provider_come_to_the_same_as_by_reason(asked: Actor) -> None:
    (row,) = report_figures_money.denied_by_provider(asked.practice_id, NO_DENIAL, ALWAYS)
    # 60.25 x 2 of the first (50, 97), 60.25 of the second (50; 45 is a contract's).
    assert (row.portal, row.npi, row.claims, row.amount) == (PORTAL, "1234567893", 2, Decimal("180.75"))


def test_sign_ins_are_told_by_what_was_seen_after_their_presses(asked: Actor, lease: Lease) -> None:
    credential = models.Credential.objects.get(portal=PORTAL, alias=ALIAS)
    lane = credential.lanes.get(pk=lease.lane_id)

    def press(token: int, result: str, hours: int, kind: str = "password") -> None:
        models.Press.objects.create(
            credential=credential, credential_version=1, kind=kind, lane=lane, token=token,
            account_id=asked.account_id, pressed_at=NOW + timedelta(hours=hours), result=result,
        )  # fmt: skip

    press(1, "proved", 0)
    press(1, "proved", 1, "code")
    press(2, "rejected", 2)
    press(2, "proved", 3)
    press(3, "", 4)
    (row,) = report_figures_portals.sign_ins(asked.practice_id, ALWAYS)
    assert (row.portal, row.alias, row.presses, row.proved, row.rejected, row.unproved) == (PORTAL, ALIAS, 4, 2, 1, 1)
    assert (row.sessions, row.at_once) == (3, 1)
    assert row.proved_at == NOW + timedelta(hours=3)


def test_no_figure_counts_another_practices_rows(asked: Actor, person: Actor) -> None:
    keep(sealed(payment(decided(4))), by_import(person))
    other = ensure_practice("Another Practice", "987654321", ())
    there = ensure_account("stranger", is_robot=False, practice=other, now=NOW).practice_id
    assert there != asked.practice_id
    assert report_figures_work.touchless(there, ALWAYS) == []
    assert report_figures_work.owned(there, NOW) == []
    assert report_figures_money.weeks_of_money(there, ALWAYS) == []
    assert {row.open for row in report_figures_money.receivables(there, TODAY)} == {Decimal("0.00")}
    assert report_figures_money.receivables(there, TODAY)[0].days is None
    assert report_figures_money.decisions(there, ALWAYS) == []
    assert report_figures_portals.sign_ins(there, ALWAYS) == []
