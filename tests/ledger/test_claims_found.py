"""What somebody types is found by an index on both databases, and capped; a claim is asked about again at once."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from flows.outcomes import Code, Ending
from flows.values import Frozen
from ledger import claim_asked, claims_found, models, planning, work
from ledger.accounts import Actor
from ledger.claims_found import By, Sought
from ledger.errors import NotAPerson, RecordWrong
from ledger.lanes import Lease
from ledger.planning_values import Plan, ToAsk
from ledger.states import ItemState
from tests.ledger.appeals import drafted
from tests.ledger.office import NOW, bring_in, digest, ended, paid, question
from tests.ledger.payments import by_import, decided, payment, sealed
from tests.ledger.test_tasks import ask
from tests.ledger.visits import bring_visits, listed
from tests.query_plans import whole_tables_read

DAY = timedelta(days=1)


def found(person: Actor, by: By, text: str, **more: object) -> list[str]:
    """The account numbers of the claims that fit."""
    results = claims_found.search(person.practice_id, Sought.model_validate({"by": by, "text": text, **more}))
    return [one.number for one in claims_found.claim_lines(person.practice_id, results.claims)]


def test_a_payers_number_is_known_from_the_portal_a_remittance_or_an_appeal(person: Actor, lease: Lease) -> None:
    from ledger.remittances import keep

    bring_in([1, 2, 3], person)
    ask(lease, paid())
    keep(sealed(payment(decided(2, payer_claim_number="ERA-2-7"))), by_import(person))
    drafted(person, 3)
    assert found(person, By.PAYER, "2026012345") == ["ACCT-000001"]
    assert found(person, By.PAYER, "era 2 7") == ["ACCT-000002"]
    assert found(person, By.PAYER, "2026-000003") == ["ACCT-000003"]
    assert found(person, By.PAYER, "2026") == []


def test_a_longer_number_than_the_index_holds_is_still_told_apart(person: Actor, lease: Lease) -> None:
    bring_in([1, 2], person)
    for ending in "12":
        answer = paid()
        assert answer.answer is not None
        said = answer.answer.normalised.model_copy(update={"payer_claim_number": "9" * 60 + ending})
        ask(lease, answer.model_copy(update={"answer": answer.answer.model_copy(update={"normalised": said})}))
    assert found(person, By.PAYER, "9" * 60 + "2") == ["ACCT-000002"]


def test_more_than_are_shown_are_told_of(person: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claims_found, "MOST", 2)
    bring_in([1, 2, 3], person)
    results = claims_found.search(person.practice_id, Sought(by=By.NAME, text="quillfeather"))
    assert (len(results.claims), results.more) == (2, True)


def test_nothing_typed_finds_nothing_and_no_sign_is_more_than_itself(person: Actor) -> None:
    bring_in([1], person)
    for by in By:
        for text in (" ", "%", "\0", "_" * 6, "' OR 1=1 --"):
            assert found(person, by, text) == [], (by, text)
    assert found(person, By.NAME, "Quillfeather", first_name="%") == []


def test_one_person_has_all_claims_whatever_was_corrected(person: Actor) -> None:
    corrected = question(2).model_copy(update={"patient": question(1).patient.model_copy(update={"member_id": "X9"})})
    work.import_claims([question(1), corrected, question(3, last_name="Other")], person, NOW, digest=digest)
    (claim,) = claims_found.search(person.practice_id, Sought(by=By.MEMBER, text="x9")).claims
    head = claims_found.patient(person.practice_id, claims_found.claim(person.practice_id, claim).patient_id)
    assert len(head.rows) == 2
    numbers = [
        one.number
        for one in claims_found.claim_lines(
            person.practice_id, claims_found.of_patient(person.practice_id, head).claims
        )
    ]
    assert sorted(numbers) == ["ACCT-000001", "ACCT-000002"]


@pytest.mark.parametrize("by", By)
def test_a_search_reads_no_table_from_end_to_end(person: Actor, by: By) -> None:
    bring_in([1], person)
    bring_visits(listed([1]), person)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        results = claims_found.search(person.practice_id, Sought(by=by, text="X1", first_name="O"))
        claims_found.claim_lines(person.practice_id, (1, 2))
        claims_found.visit_lines(person.practice_id, (1, 2))
    assert isinstance(results, Frozen)
    assert whole_tables_read(asked.captured_queries) == []


def test_what_a_person_wants_asked_now_is_asked_before_what_is_due_and_no_plan_moves_it(
    person: Actor, robot: Actor, lease: Lease
) -> None:
    bring_in([1, 2], person)
    ask(lease, paid())
    planning.plan_changed(robot, _in_a_week, "rules", NOW)
    claim = models.Claim.objects.get(patient_account_number="ACCT-000001").pk
    claim_asked.ask_claim(claim, person, NOW + DAY)
    planning.plan_changed(robot, _in_a_week, "rules", NOW + DAY)
    item = work.next_item(lease, NOW + DAY)
    assert item is not None
    assert item.question == question(1)
    with pytest.raises(RecordWrong, match="at this moment"):
        claim_asked.ask_claim(claim, person, NOW + DAY)
    finished = work.finish(lease, item, ended(Ending.NEEDS_STAFF, Code.BUS_MULTI), NOW + DAY)
    with pytest.raises(RecordWrong, match=f"case {finished.case_id}"):
        claim_asked.ask_claim(claim, person, NOW + DAY)
    with pytest.raises(NotAPerson):
        claim_asked.ask_claim(claim, robot, NOW + DAY)


def test_what_nobody_has_asked_yet_may_be_asked_now_too(person: Actor, robot: Actor, lease: Lease) -> None:
    bring_visits(listed([1]), person)
    planning.plan_changed(robot, _in_a_week, "rules", NOW)
    visit = models.Appointment.objects.get().pk
    claim_asked.ask_visit(visit, person, NOW)
    planning.plan_changed(robot, _in_a_week, "rules", NOW)
    item = models.WorkItem.objects.get(appointment=visit)
    assert (item.state, item.not_before) == (ItemState.READY, NOW)


def _in_a_week(_item: ToAsk) -> Plan:
    return Plan(due_at=NOW + 7 * DAY)
