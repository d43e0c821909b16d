"""The list of exceptions is in the order of what has to be done first, and a page of it costs the same however long."""

import re
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest

from flows.outcomes import Code, Ending, Family
from flows.payer_types import PayerType
from flows.questions import Flow
from flows.routing_rules import OfficeRules, routing_rules
from flows.tasks import TaskOutcome
from ledger import (
    appeals,
    case_routing,
    case_work,
    cases_counted,
    cases_listed,
    claims,
    models,
    tasks,
    tasks_listed,
    work,
)
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.cases_values import INCIDENTS, CaseLine, Key, Order, Standing, Wanted
from ledger.errors import NotThere
from ledger.lanes import Lease
from ledger.states import CaseState, Resolution, Stops
from ledger.work_rules import adopt
from tests.ledger.appeals import drafted
from tests.ledger.office import NOW, PORTAL, bring_in, digest, ended, question
from tests.ledger.plans import statements, way_of
from tests.ledger.test_case_work import case_of
from tests.ledger.test_tasks import denied
from tests.ledger.visits import bring_visits, listed

DAY = timedelta(days=1)
TODAY = NOW.date()
CODES = (Code.BUS_MULTI, Code.DATA_UNMAPPED, Code.TECH_LAYOUT, Code.ACC_BADPW)


def many(actor: Actor, count: int = 40) -> None:
    """Open cases of several codes, with days, money and ages of all kinds."""
    rules = routing_rules().cases
    models.Case.objects.bulk_create(
        models.Case(
            practice_id=actor.practice_id, family=code.family, code=code, what="A sentence of ours.",
            portal=PORTAL if number % 2 else "another", flow=Flow.CLAIM_STATUS, seen="[]", candidates="[]",
            state=CaseState.OPEN, opened_at=NOW - number % 7 * DAY, last_at=NOW, queue=rules[code].queue,
            role=rules[code].role, due=TODAY + (number * 7 % 11 - 3) * DAY, money_cents=number * 37 % 5 * 10_000,
            stops=Stops.PORTAL if number == 6 else Stops.NOTHING,
            owner_id=actor.account_id if number % 9 == 0 else None,
            snoozed_until=TODAY + number * DAY if number % 10 == 3 else None,
        )
        for number, code in ((number, CODES[number % len(CODES)]) for number in range(count))
    )  # fmt: skip


def walk(practice_id: int, wanted: Wanted, most: int = 7) -> list[CaseLine]:
    """All pages, one after the other."""
    found: list[CaseLine] = []
    after: Key | None = None
    while True:
        page = cases_listed.page(practice_id, wanted, TODAY, after=after, most=most)
        found += page.rows
        if page.next is None:
            return found
        assert len(page.rows) == most
        after = page.next


@pytest.mark.parametrize("order", Order)
@pytest.mark.parametrize("standing", [Standing.OPEN, Standing.SNOOZED])
def test_the_pages_together_are_the_list_in_its_order(person: Actor, order: Order, standing: Standing) -> None:
    many(person)
    found = walk(person.practice_id, Wanted(order=order, standing=standing))
    put_off = models.Case.objects.filter(snoozed_until__gt=TODAY)
    assert len(found) == (put_off.count() if standing is Standing.SNOOZED else 40 - put_off.count())
    assert len({line.id for line in found}) == len(found)
    keys = {
        Order.DUE: lambda line: (line.due, -line.money, line.id),
        Order.MONEY: lambda line: (-line.money, line.id),
        Order.AGE: lambda line: (line.opened_at, line.id),
    }
    key = keys[order] if standing is Standing.OPEN else lambda line: (line.snoozed_until, line.id)
    assert found == sorted(found, key=key)
    for before, after in pairwise(found):
        wanted = Wanted(order=order, standing=standing)
        assert cases_listed.beside(person.practice_id, wanted, before.id, TODAY)[1] == after.id
        assert cases_listed.beside(person.practice_id, wanted, after.id, TODAY)[0] == before.id


FILTERS: dict[str, tuple[Wanted, Any]] = {
    "portal": (Wanted(portal=PORTAL), lambda line: line.portal == PORTAL),
    "family": (Wanted(family=Family.DATA), lambda line: line.family is Family.DATA),
    "code": (Wanted(code=Code.ACC_BADPW), lambda line: line.code is Code.ACC_BADPW),
    "queue": (Wanted(queue="follow-up"), lambda line: line.queue == "follow-up"),
    "role": (Wanted(role="analyst"), lambda line: line.role == "analyst"),
    "nobody's": (Wanted(nobodys=True), lambda line: line.owner is None),
    "stops": (Wanted(stops=True), lambda line: line.stops is Stops.PORTAL),
    "money": (Wanted(money_at_least=Decimal(300)), lambda line: line.money >= 300),
    "due": (Wanted(due_before=TODAY), lambda line: line.due < TODAY),
    "incidents": (Wanted(incidents_only=True), lambda line: line.family in INCIDENTS),
}


@pytest.mark.parametrize("name", FILTERS)
def test_a_filter_leaves_in_what_fits_and_nothing_else(person: Actor, name: str) -> None:
    many(person)
    wanted, fits = FILTERS[name]
    every = walk(person.practice_id, Wanted())
    expected = [line.id for line in every if fits(line)]
    assert expected
    assert [line.id for line in walk(person.practice_id, wanted)] == expected
    assert 0 < len(expected) < len(every)


def test_mine_are_those_that_i_have_taken(person: Actor) -> None:
    many(person)
    mine = walk(person.practice_id, Wanted(owner=person.account_id))
    assert mine
    assert {line.owner for line in mine} == {"dana"}


def test_of_one_cause_is_what_one_decision_does_for(person: Actor) -> None:
    many(person)
    first = walk(person.practice_id, Wanted())[0]
    alike = walk(person.practice_id, Wanted(like=first.id))
    assert first.id in {line.id for line in alike}
    assert {(line.portal, line.code) for line in alike} == {(first.portal, first.code)}


def test_closed_ones_stand_with_the_newest_first(lease: Lease, robot: Actor, person: Actor) -> None:
    bring_in([1, 2, 3], robot)
    ids = [case_of(lease) for _ in range(3)]
    for hours, case_id in enumerate(ids):
        case_work.close(case_id, person, Resolution.DONE_BY_HAND, 0, NOW + timedelta(hours=hours))
    closed = walk(person.practice_id, Wanted(standing=Standing.CLOSED), most=2)
    assert [line.id for line in closed] == ids[::-1]
    assert cases_listed.beside(person.practice_id, Wanted(standing=Standing.CLOSED), ids[1], TODAY) == (ids[2], ids[0])


def test_who_may_see_no_patient_gets_incidents_without_anybodys_number(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    bring_in([1, 2], robot)
    several, layout = case_of(lease), case_of(lease, ended(Ending.DRIFT, Code.TECH_LAYOUT, view="claim"))
    hidden = Wanted(incidents_only=True)
    assert [line.id for line in walk(person.practice_id, hidden)] == [layout]
    assert walk(person.practice_id, replace(hidden, family=Family.BUSINESS)) == []
    assert walk(person.practice_id, replace(hidden, code=Code.BUS_MULTI)) == []
    with pytest.raises(NotThere):
        cases_listed.one(person.practice_id, several, incidents_only=True)
    (alone,) = cases_listed.several(person.practice_id, [several, layout], incidents_only=True)
    assert (alone.id, alone.number, alone.patient) == (layout, None, None)
    seen = cases_listed.one(person.practice_id, several)
    assert (seen.number, bool(seen.patient)) == ("ACCT-000001", True)
    counted = cases_counted.counts(person.practice_id, person.account_id, ["follow-up"], TODAY, incidents_only=True)
    assert (counted.in_all, counted.by_code, counted.by_queue) == (1, {Code.TECH_LAYOUT: 1}, {"portals": 1})


def test_what_is_counted_is_what_the_list_shows_up_to_a_limit(person: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    many(person)
    shown = walk(person.practice_id, Wanted())
    queues = routing_rules().queues
    counted = cases_counted.counts(person.practice_id, person.account_id, queues, TODAY)
    assert counted.in_all == len(shown) == sum(counted.by_code.values()) == sum(counted.by_queue.values())
    assert counted.mine == len(walk(person.practice_id, Wanted(owner=person.account_id)))
    assert counted.nobodys == len(walk(person.practice_id, Wanted(nobodys=True)))
    assert counted.snoozed == 4
    monkeypatch.setattr(cases_counted, "MOST_COUNTED", 5)
    monkeypatch.setattr(cases_counted, "MOST_OF_A_PART", 2)
    capped = cases_counted.counts(person.practice_id, person.account_id, queues, TODAY)
    assert (capped.in_all, max(capped.by_code.values()), capped.snoozed) == (6, 3, 3)


def test_another_practices_stop_is_told_without_its_facts(person: Actor) -> None:
    second = ensure_practice("Hillside Pediatrics", "987654321", ("1999999984",))
    many(ensure_account("pat", is_robot=False, practice=second, now=NOW))
    assert cases_listed.stopped_by_others(person.practice_id) == (
        ("another", Stops.PORTAL, Code.TECH_LAYOUT, NOW - 6 * DAY),
    )
    assert cases_listed.stopped_by_others(second.id) == ()
    assert walk(person.practice_id, Wanted()) == []


# Whose work it is, by when, and how much money


def test_a_case_says_whose_work_it_is_and_by_when_from_the_moment_it_is_opened(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    bring_in([1], robot)
    line = cases_listed.one(person.practice_id, case_of(lease))
    assert (line.queue, line.role, line.money, line.limit) == ("follow-up", "follow-up", Decimal("120.50"), None)
    assert line.due == date(2026, 3, 3)  # one business day after Monday the 2nd


def test_the_last_day_of_the_claims_tasks_is_the_cases_and_follows_them(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    adopt(person, NOW, payers={PORTAL: PayerType.MEDICARE})
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    work.finish(lease, item, denied("CO-50 120.50"), NOW)
    work.again(PORTAL, Flow.CLAIM_STATUS, person, NOW)
    case_id = case_of(lease)
    (task,) = (one for one in tasks_listed.list_open(person.practice_id, TODAY) if one.what == "task")
    assert task.limit is not None
    assert cases_listed.one(person.practice_id, case_id).limit == task.limit
    models.Task.objects.update(limit=TODAY)
    case_routing.follow_claims(person.practice_id, [models.Claim.objects.get().pk], routing_rules().cases)
    line = cases_listed.one(person.practice_id, case_id)
    assert (line.limit, line.due, line.changes) == (TODAY, TODAY, 0)
    tasks.close(task.id, person, TaskOutcome.DONE, NOW)
    assert cases_listed.one(person.practice_id, case_id).limit is None


def test_a_task_that_comes_up_brings_its_last_day_to_the_open_case(lease: Lease, robot: Actor, person: Actor) -> None:
    bring_in([1], robot)
    case_id = case_of(lease)
    models.WorkItem.objects.update(state="ready", not_before=NOW, case=None)
    adopt(person, NOW, payers={PORTAL: PayerType.MEDICARE})
    item = work.next_item(lease, NOW)
    assert item is not None
    work.finish(lease, item, denied("CO-50 120.50"), NOW)
    assert cases_listed.one(person.practice_id, case_id).limit is not None


def test_an_appeal_that_is_begun_or_withdrawn_moves_the_last_day(lease: Lease, robot: Actor, person: Actor) -> None:
    bring_in([1], robot)
    case_id = case_of(lease)
    number = drafted(person, 1)
    deadline = models.Appeal.objects.get(pk=number).deadline
    assert deadline is not None
    assert cases_listed.one(person.practice_id, case_id).limit == deadline
    appeals.withdraw(number, person, NOW)
    assert cases_listed.one(person.practice_id, case_id).limit is None


def test_a_claim_that_is_imported_with_another_charge_changes_the_money(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    bring_in([1], robot)
    case_id = case_of(lease)
    claims.import_claims([question(1, billed="999.00")], robot, NOW, digest=digest)
    assert cases_listed.one(person.practice_id, case_id).money == Decimal("999.00")


def test_a_case_about_a_visit_is_due_before_it(person: Actor, robot: Actor) -> None:
    bring_visits(listed([1]), robot)
    visit = models.Appointment.objects.get()
    case = models.Case(
        practice_id=person.practice_id, code=Code.BUS_COB, family=Family.BUSINESS, portal=PORTAL,
        flow=Flow.ELIGIBILITY, what="x", seen="[]", candidates="[]", state=CaseState.OPEN,
        opened_at=NOW, last_at=NOW, appointment=visit,
    )  # fmt: skip
    models.Appointment.objects.update(service_from=TODAY + DAY)
    visit.refresh_from_db()
    case_routing.fill(case, routing_rules().cases)
    assert case.due == TODAY + DAY
    case.save()
    models.Appointment.objects.update(service_from=TODAY)
    case_routing.follow_appointments(person.practice_id, [visit.pk], routing_rules().cases)
    assert models.Case.objects.get(pk=case.pk).due == TODAY


def test_other_rules_of_the_office_hold_for_open_cases_but_not_over_a_persons_choice(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    bring_in([1, 2], robot)
    first, second = case_of(lease), case_of(lease)
    case_work.send(second, "posting", person, 0, NOW)
    own = OfficeRules.model_validate({"case": {"BUS-MULTI": {"queue": "denials", "role": "chief", "calendar_days": 9}}})
    adopt(person, NOW, routing=own)
    lines = [cases_listed.one(person.practice_id, case_id) for case_id in (first, second)]
    assert [(line.queue, line.role) for line in lines] == [("denials", "chief"), ("posting", "poster")]
    assert {line.due for line in lines} == {TODAY + 9 * DAY}


def test_the_work_list_has_the_cases_of_the_same_order_and_not_those_that_are_put_off(person: Actor) -> None:
    many(person)
    entries = list(tasks_listed.list_open(person.practice_id, TODAY))
    assert [one.id for one in entries] == [line.id for line in walk(person.practice_id, Wanted())]
    queue = [one.id for one in tasks_listed.list_open(person.practice_id, TODAY, tasks_listed.Wanted(queue="portals"))]
    assert queue == [line.id for line in walk(person.practice_id, Wanted(queue="portals"))]


# What it costs

INDEXES: dict[str, tuple[Wanted, str]] = {
    "by day": (Wanted(), "open_cases_by_day"),
    "by money": (Wanted(order=Order.MONEY), "open_cases_by_money"),
    "by age": (Wanted(order=Order.AGE), "open_cases_by_age"),
    "a family": (Wanted(family=Family.DATA), "open_cases_of_a_family"),
    "a code": (Wanted(code=Code.BUS_MULTI), "open_cases_of_a_code"),
    "a queue": (Wanted(queue="follow-up"), "open_cases_of_a_queue"),
    "somebody's": (Wanted(owner=1), "open_cases_of_an_owner"),
    "a portal": (Wanted(portal=PORTAL), "open_cases_at_a_portal"),
    "closed": (Wanted(standing=Standing.CLOSED), "cases_closed_lately"),
    "what stops something": (Wanted(stops=True), "cases_that_stop_something"),
    "put off": (Wanted(standing=Standing.SNOOZED), "cases_put_off"),
}


@pytest.mark.parametrize("name", INDEXES)
def test_a_page_is_read_in_its_order_and_not_sorted(person: Actor, name: str) -> None:
    many(person)
    wanted, index = INDEXES[name]
    after = cases_listed.page(person.practice_id, wanted, TODAY, most=3).next
    for place in (None, after):
        with statements() as sent:
            cases_listed.page(person.practice_id, wanted, TODAY, after=place)
        # After a place there are several parts, and a part of one day and one sum may be found by either.
        ways = [way_of(*one) for one in sent if re.search(r"LIMIT (?:[0-9]+|%s)$", one[0])]
        assert any(index in way for way in ways), ways
        assert not any("TEMP B-TREE" in way or "Sort" in way for way in ways), ways


def test_what_may_be_seen_of_incidents_is_found_without_the_others(person: Actor) -> None:
    many(person)
    with statements() as sent:
        cases_listed.page(person.practice_id, Wanted(incidents_only=True), TODAY)
    assert "incidents_by_day" in way_of(*sent[0])
    assert [family.value for family in INCIDENTS] == ["access", "technical", "policy"]


def test_what_others_stop_is_found_without_looking_at_all_that_is_open(person: Actor) -> None:
    many(person)
    with statements() as sent:
        cases_listed.stopped_by_others(person.practice_id)
    assert "cases_that_stop_something" in way_of(*sent[0])


def test_counting_reads_indexes_alone(person: Actor) -> None:
    many(person)
    with statements() as sent:
        cases_counted.counts(person.practice_id, person.account_id, ["follow-up", "posting"], TODAY)
    assert len(sent) == 2
    for one in sent:
        way = way_of(*one)
        assert "SCAN ledger_case" not in way
        assert "Seq Scan" not in way


def test_a_page_takes_as_many_statements_however_long_the_list_is(person: Actor) -> None:
    taken = []
    for count in (5, 60):
        many(person, count)
        with statements() as sent:
            cases_listed.page(person.practice_id, Wanted(), TODAY)
        taken.append(len(sent))
    assert taken == [2, 2]
