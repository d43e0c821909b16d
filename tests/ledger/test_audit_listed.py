"""The audit log is read newest first, by practice; a page costs the same however long the log is."""

from collections.abc import Callable, Iterator
from datetime import date, timedelta

import pytest
from django.db import connection

from ledger import audit, audit_listed, audit_reviews, models
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.audit_listed import Wanted
from ledger.audit_reviews import ProofState
from ledger.errors import NotAPerson, NotThere, RecordWrong
from tests.ledger.office import NOW, PORTAL, bring_in
from tests.ledger.plans import statements, way_of

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
ANY = Wanted()
MONDAY = date(2026, 2, 23)
"""Of the week before NOW, which is a Monday."""


@pytest.fixture
def second() -> Actor:
    practice = ensure_practice("Hillside Pediatrics", "987654321", ("1999999984",))
    return ensure_account("hal", is_robot=False, practice=practice, now=NOW)


@pytest.fixture
def acts(robot: Actor, person: Actor, second: Actor) -> None:
    for number in range(1, 7):
        audit.append(robot, "item.finish", "item", number, NOW + number * HOUR, portal=PORTAL)
    audit.append(second, "case.close", "case", 1, NOW + 7 * HOUR)
    audit.append(person, "case.close", "case", 2, NOW + 8 * HOUR, result="resolved", fields=("note",))


def all_of(practice_id: int, wanted: Wanted = ANY, most: int = 3) -> list[int]:
    """The numbers of all entries, page by page."""
    found, before = [], None
    while True:
        page = audit_listed.page(practice_id, wanted, before=before, most=most)
        found += [line.sequence for line in page.lines]
        if page.older is None:
            return found
        before = page.older


@pytest.mark.usefixtures("acts")
def test_pages_join_newest_first_and_hold_only_what_is_the_practices_own(person: Actor, second: Actor) -> None:
    assert all_of(person.practice_id) == [8, 6, 5, 4, 3, 2, 1]
    assert all_of(second.practice_id) == [7]
    with pytest.raises(NotThere):
        audit_listed.page(second.practice_id, Wanted(), before=8)


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        (Wanted(since=NOW + 2 * HOUR, until=NOW + 4 * HOUR), [3, 2]),
        (Wanted(action="case.close"), [8]),
        (Wanted(actor="dana", object_type="case"), [8]),
        (Wanted(object_type="item", object_id="4"), [4]),
        (Wanted(portal=PORTAL, until=NOW + 3 * HOUR), [2, 1]),
        (Wanted(actor="nobody"), []),
    ],
)
@pytest.mark.usefixtures("acts")
def test_entries_are_found_by_what_they_say(person: Actor, wanted: Wanted, found: list[int]) -> None:
    assert all_of(person.practice_id, wanted) == found
    assert [line.sequence for line in audit_listed.export(person.practice_id, wanted)] == found[::-1]


@pytest.mark.usefixtures("acts")
def test_a_page_looks_through_so_many_entries_and_says_how_far(person: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_listed, "_WALK", 2)
    page = audit_listed.page(person.practice_id, Wanted(object_type="item", object_id="1"))
    assert (page.lines, page.older, page.looked_back_to) == ((), 5, NOW + 5 * HOUR)
    assert all_of(person.practice_id, Wanted(object_type="item", object_id="1")) == [1]
    assert all_of(person.practice_id, Wanted(object_type="item"), most=1) == [6, 5, 4, 3, 2, 1]


@pytest.mark.usefixtures("acts")
def test_a_file_goes_on_where_it_stopped(person: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit_listed, "_PAGE", 3)
    found: list[int] = []
    while lines := audit_listed.export(person.practice_id, Wanted(), after=found[-1] if found else None):
        found += [line.sequence for line in lines]
    assert found == [1, 2, 3, 4, 5, 6, 8]


@pytest.mark.usefixtures("acts")
def test_what_was_done_at_all_is_known_by_a_seek_for_each_act(person: Actor, second: Actor) -> None:
    with statements() as sent:
        assert audit_listed.acts(person.practice_id) == ("case.close", "item.finish")
    assert audit_listed.acts(second.practice_id) == ("case.close",)
    assert len(sent) == 1


@pytest.mark.usefixtures("acts")
def test_neither_a_page_nor_a_filter_reads_the_whole_log_or_sorts_it(person: Actor) -> None:
    def ways(look: Callable[[], object]) -> Iterator[str]:
        with statements() as sent:
            look()
        yield from (way_of(*one) for one in sent)

    def fits(plan: str, index: str) -> bool:
        if connection.vendor == "postgresql":
            # Which index it takes follows what it knows of the few rows of a test.
            return "Index" in plan and "Seq Scan" not in plan
        return index in plan and "USE TEMP B-TREE FOR ORDER BY" not in plan

    practice = person.practice_id
    for name, wanted in {
        "audit_by_time": Wanted(since=NOW, until=NOW + DAY),
        "audit_by_action": Wanted(action="case.close", since=NOW),
        "audit_of_a_patient": Wanted(patient_reference="f" * 64),
    }.items():
        (plan,) = ways(lambda wanted=wanted: audit_listed.page(practice, wanted))  # type: ignore[misc]  # bound at once
        assert fits(plan, name), plan
    for plan in list(ways(lambda: audit_listed.page(practice, Wanted(actor="dana"), before=8)))[1:]:
        assert fits(plan, "audit_by_time"), plan


def test_the_entries_about_a_patient_are_found_by_a_number_of_a_claim(robot: Actor, second: Actor) -> None:
    bring_in([1, 2], robot)
    (claim,) = models.Claim.objects.filter(patient_account_number="ACCT-000001")
    audit.append(robot, "claim.look", "claim", claim.pk, NOW, patient_reference=claim.patient.reference)
    found = audit_listed.claim_of(robot.practice_id, "ACCT-000001")
    assert found == claim.pk
    reference = audit_listed.reference_of(robot.practice_id, claim.pk)
    page = audit_listed.page(robot.practice_id, Wanted(patient_reference=reference))
    assert {line.patient_reference for line in page.lines} == {claim.patient.reference}
    assert audit_listed.claim_of(robot.practice_id, "ACCT-999999") is None
    assert audit_listed.claim_of(second.practice_id, "ACCT-000001") is None
    with pytest.raises(NotThere):
        audit_listed.reference_of(second.practice_id, claim.pk)


def test_a_week_is_signed_off_once_when_it_is_over_by_a_person(person: Actor, robot: Actor, second: Actor) -> None:
    audit.append(person, "case.close", "case", 1, NOW - 10 * DAY)
    today = NOW.date()
    over = audit_reviews.weeks(person.practice_id, today, most=9)
    assert [week.monday for week in over] == [MONDAY, MONDAY - 7 * DAY]
    assert len(audit_reviews.weeks(person.practice_id, today, most=1)) == 1
    with pytest.raises(NotAPerson):
        audit_reviews.sign_off(robot, MONDAY, NOW)
    for day in (MONDAY + DAY, NOW.date()):
        with pytest.raises(RecordWrong):
            audit_reviews.sign_off(person, day, NOW)
    audit_reviews.sign_off(person, MONDAY, NOW)
    with pytest.raises(RecordWrong, match="dana"):
        audit_reviews.sign_off(person, MONDAY, NOW + HOUR)
    assert [week.by for week in audit_reviews.weeks(person.practice_id, today, most=9)] == ["dana", ""]
    assert audit_reviews.week(person.practice_id, MONDAY, today).at == NOW
    assert audit_reviews.week(second.practice_id, MONDAY, today).by == ""
    assert audit_reviews.weeks(second.practice_id, today, most=9) == ()


@pytest.mark.usefixtures("acts")
def test_the_acts_of_people_in_a_week_are_counted(person: Actor) -> None:
    audit.append(person, "case.close", "case", 3, NOW + 9 * HOUR)
    audit.append(person, "case.close", "case", 4, NOW + 7 * DAY)
    found = audit_reviews.acts_in(person.practice_id, NOW.date())
    assert [(one.actor, one.action, one.times) for one in found] == [("dana", "case.close", 2)]


@pytest.mark.usefixtures("acts")
@pytest.mark.usefixtures("unguarded")
def test_a_proof_says_what_it_found_and_one_runs_at_a_time(person: Actor, second: Actor) -> None:
    practice = person.practice_id
    assert audit_reviews.latest_proof(practice, NOW) is None
    begun = audit_reviews.begin_proof(person, NOW)
    with pytest.raises(RecordWrong, match="dana"):
        audit_reviews.begin_proof(person, NOW + HOUR / 2)
    proof = audit_reviews.latest_proof(practice, NOW + HOUR / 2)
    assert proof is not None and proof.state is ProofState.RUNNING
    proof = audit_reviews.latest_proof(practice, NOW + 2 * HOUR)
    assert proof is not None and proof.state is ProofState.CUT_OFF
    audit_reviews.end_proof(person, begun, audit.verify(), NOW + HOUR)
    proof = audit_reviews.latest_proof(practice, NOW + HOUR)
    assert proof is not None and (proof.state, proof.entries) == (ProofState.WHOLE, begun)
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_auditentry SET result = 'other' WHERE sequence = 4")
    again = audit_reviews.begin_proof(person, NOW + 2 * HOUR)
    audit_reviews.end_proof(person, again, audit.verify(), NOW + 2 * HOUR)
    proof = audit_reviews.latest_proof(practice, NOW + 2 * HOUR)
    assert proof is not None and (proof.state, proof.first_bad) == (ProofState.CHANGED, 4)
    assert audit_reviews.latest_proof(second.practice_id, NOW) is None


@pytest.mark.usefixtures("acts")
@pytest.mark.usefixtures("unguarded")
def test_an_entry_that_is_moved_to_another_practice_is_found(second: Actor) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE ledger_auditentry SET practice_id = %s WHERE sequence = 8", [second.practice_id])
        assert audit.verify().first_bad == 8
        cursor.execute("UPDATE ledger_auditentry SET practice_id = NULL WHERE sequence = 8")
        assert audit.verify().first_bad == 8
