"""What was taken in is known with its first day; what was rejected is a person's to mend and send anew."""

from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal

from flows.acknowledgement import AcknowledgedStatus, Acknowledgement, SyntaxFault
from flows.outcomes import Code
from ledger import cases, matching, models
from ledger.accounts import Actor
from ledger.acknowledgements import KeptAcknowledgements, accepted_on, keep, of_claim
from tests.ledger.office import NOW, PORTAL, bring_in
from tests.ledger.payments import by_import, sealed

MINUTE = timedelta(minutes=1)


def taken_in(number: int, day: int = 14, *, accepted: bool | None = True, amount: str = "120.50") -> Acknowledgement:
    category = {True: "A2", False: "A7", None: "A1"}[accepted]
    return Acknowledgement(
        kind="277CA",
        level="claim",
        accepted=accepted,
        statuses=(AcknowledgedStatus(category=category, status="20", entity="PR"),),
        patient_account_number=f"ACCT-{number:06}",
        payer_claim_number="ICN1",
        trace="BATCH1",
        effective_date=date(2026, 1, day),
        received_date=date(2026, 1, day),
        service_from=date(2026, 1, 12),
        service_to=date(2026, 1, 12),
        amount=Decimal(amount),
    )


SYNTAX = Acknowledgement(
    kind="999",
    level="transaction",
    accepted=False,
    codes=("5",),
    faults=(SyntaxFault(segment="CLM", position=31, code="8", element=2),),
    trace="1",
    transaction="0001",
)


def kept(
    actor: Actor, said: Iterable[Acknowledgement], name: str = "ack", after: timedelta = timedelta()
) -> KeptAcknowledgements:
    return keep(sealed(name=name, kind="277CA"), said, (), by_import(actor, after=after))


def test_a_claim_was_accepted_on_the_first_day_that_anybody_said_so(person: Actor) -> None:
    bring_in([1, 2], person)
    said = [taken_in(1, 15), taken_in(1, 14), taken_in(1, 13, accepted=None), taken_in(2, 14, accepted=None)]
    assert kept(person, said) == KeptAcknowledgements(accepted=2, others=2)
    assert accepted_on(person.practice_id, PORTAL, "ACCT-000001") == date(2026, 1, 14)
    assert accepted_on(person.practice_id, PORTAL, "ACCT-000002") is None
    assert [record.said for record in of_claim(person.practice_id, PORTAL, "ACCT-000001")] == [
        said[2],
        said[1],
        said[0],
    ]


def test_an_acknowledgement_of_another_charge_is_of_another_claim(person: Actor) -> None:
    bring_in([1], person)
    kept(person, [taken_in(1, amount="120.51")])
    assert accepted_on(person.practice_id, PORTAL, "ACCT-000001") is None


def test_acknowledgements_that_come_before_the_work_list_are_matched_then(person: Actor) -> None:
    kept(person, [taken_in(1)])
    bring_in([1], person)
    matching.settle(person, NOW)
    assert accepted_on(person.practice_id, PORTAL, "ACCT-000001") == date(2026, 1, 14)


def test_each_rejected_claim_is_a_case_of_its_own_and_a_rejected_file_one(person: Actor) -> None:
    bring_in([1], person)
    assert kept(person, [taken_in(1, accepted=False), taken_in(9, accepted=False), SYNTAX]).rejected == 3
    opened = {case.number: case for case in cases.list_open(person.practice_id)}
    assert {case.code for case in opened.values()} == {Code.DATA_INPUT}
    assert set(opened) == {"ACCT-000001", None}
    assert "A7 20 PR" in [shown.text for shown in opened["ACCT-000001"].seen]
    assert "ACCT" not in opened["ACCT-000001"].what
    assert accepted_on(person.practice_id, PORTAL, "ACCT-000001") is None


def test_the_same_file_twice_changes_nothing(person: Actor) -> None:
    bring_in([1], person)
    kept(person, [taken_in(1, accepted=False)])
    assert kept(person, [taken_in(1, accepted=False)], after=MINUTE).duplicate
    assert models.Acknowledgement.objects.count() == 1
    assert [case.times for case in cases.list_open(person.practice_id)] == [1]


def test_an_acknowledgement_that_no_ledger_could_keep_is_told(person: Actor) -> None:
    told = kept(person, [taken_in(1, amount="1.005"), taken_in(2)])
    assert (told.accepted, len(told.unread)) == (1, 1)
