"""What a payer decided is matched with our claims, the bank and earlier payments: by rule, else by a person."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from flows.answers import Answer, ListedDocument, ListedPayment, RemittancesListed
from flows.business_days import business_days_after
from flows.deposits import Deposit
from flows.outcomes import Code, Ending, Outcome
from flows.questions import Flow, Provider
from flows.remittance import Method, ProviderAdjustment, Reference, RemitPerson
from ledger import cases, deposits, matching, models, periods, posting, runs, work
from ledger.accounts import Actor
from ledger.lanes import Lease
from ledger.matching_claims import Fit
from ledger.remittances import keep
from ledger.remittances_listed import RemittanceRecord, RemittanceWhole, get, list_all, of_claim
from ledger.remittances_missing import Lacks, missing
from tests.ledger.office import NOW, PORTAL, bring_in, digest, paid, question
from tests.ledger.payments import PAID_ON, by_import, decided, payment, reversed_claim, sealed

MINUTE = timedelta(minutes=1)


def only(actor: Actor) -> RemittanceWhole:
    (record,) = list_all(actor.practice_id)
    return get(actor.practice_id, record.id)


def fits(actor: Actor) -> list[str]:
    return [link.fit.value for link in only(actor).links]


def test_a_decision_is_matched_by_account_number_days_and_charge(person: Actor) -> None:
    bring_in([1, 2], person)
    keep(sealed(payment(decided(1), decided(2, place=2), decided(3, place=3))), by_import(person))
    assert fits(person) == ["account number", "account number", ""]
    ((record, link, amount),) = of_claim(person.practice_id, PORTAL, "ACCT-000002")
    assert (record.trace, link.number, amount) == ("E7788", 2, Decimal("80.10"))


@pytest.mark.parametrize(
    "changed",
    [
        {"billed": Decimal("120.49"), "paid": Decimal("80.09")},
        {"service_from": date(2026, 1, 13), "service_to": date(2026, 1, 13)},
        {"patient": RemitPerson(last_name="SOMEBODY", first_name="ELSE", identifier="OTHER1")},
    ],
)
def test_a_decision_that_differs_in_charge_days_or_patient_is_no_match(
    person: Actor, changed: dict[str, object]
) -> None:
    bring_in([1], person)
    keep(sealed(payment(decided(1).model_copy(update=changed))), by_import(person))
    assert fits(person) == [""]


def test_another_provider_s_payment_is_no_match(person: Actor) -> None:
    bring_in([1], person)
    one = payment(decided(1))
    payee = one.payee.model_copy(update={"identifier": "1999999992", "tin": "987654321"})
    keep(sealed(one.model_copy(update={"payee": payee})), by_import(person))
    assert fits(person) == [""]


def test_a_garbled_account_number_is_found_by_the_payer_s_number(lease: Lease, robot: Actor, person: Actor) -> None:
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    work.finish(lease, item, paid(), NOW)
    garbled = decided(1, payer_claim_number="2026012345").model_copy(update={"patient_account_number": "0"})
    keep(sealed(payment(garbled)), by_import(person))
    assert fits(person) == ["payer claim number"]


def test_both_numbers_of_ours_on_another_charge_are_a_case(person: Actor) -> None:
    ours = question(1).model_copy(
        update={"claim": question(1).claim.model_copy(update={"payer_claim_number": "2026000001"})}
    )
    work.import_claims([ours], person, NOW, digest=digest)
    keep(sealed(payment(decided(1, billed="120.51"))), by_import(person))
    assert fits(person) == ["differs"]
    assert [case.code for case in cases.list_open(person.practice_id)] == [Code.DATA_CONFLICT]


def test_two_of_ours_that_fit_are_a_persons(person: Actor) -> None:
    elsewhere = question(1).model_copy(update={"portal": "elsewhere"})
    work.import_claims([question(1), elsewhere], person, NOW, digest=digest)
    keep(sealed(payment(decided(1))), by_import(person))
    assert fits(person) == ["several"]
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, only(person).record.held_by) == (Code.BUS_MULTI, (case.id,))
    keep(sealed(payment(decided(1), trace="PORTALS")), by_import(person, portal=PORTAL))
    (newest, *_) = (record for record in list_all(person.practice_id) if record.trace == "PORTALS")
    assert newest.matched == 1


def test_the_parts_of_a_split_claim_are_matched_together(person: Actor) -> None:
    bring_in([1], person)
    parts = (decided(1, billed="100.50", paid="80.10"), decided(1, place=2, billed="20.00", paid="0.00"))
    keep(sealed(payment(*parts)), by_import(person))
    assert fits(person) == ["split", "split"]


def test_the_parts_of_a_split_claim_are_matched_in_different_payments_too(person: Actor) -> None:
    bring_in([1], person)
    keep(sealed(payment(decided(1, billed="100.50"))), by_import(person))
    assert fits(person) == [""]
    keep(sealed(payment(decided(1, billed="20.00", paid="0.00"), trace="E2")), by_import(person, after=MINUTE))
    assert [record.matched for record in list_all(person.practice_id)] == [1, 1]


def test_claims_that_come_after_their_payment_are_matched_then(person: Actor) -> None:
    keep(sealed(payment(decided(1))), by_import(person))
    bring_in([1], person)
    assert fits(person) == [""]
    matching.settle(person, NOW)
    assert fits(person) == ["account number"]


def test_a_reversal_is_linked_with_what_it_takes_back_and_its_correction(person: Actor) -> None:
    keep(sealed(payment(decided(1))), by_import(person))
    anew = decided(
        1,
        place=2,
        paid="60.00",
        payer_claim_number="2026999",
        references=(Reference(qualifier="F8", number="2026000001"),),
    )
    second = payment(reversed_claim(decided(1), 1), anew, trace="E7799", paid_on=date(2026, 2, 10))
    keep(sealed(second), by_import(person, after=MINUTE))
    newest, oldest = (get(person.practice_id, record.id) for record in list_all(person.practice_id))
    place = f"payment {newest.record.id}, claim "
    assert oldest.links[0].reversed_by == f"{place}1"
    assert newest.links[0].reverses == f"payment {oldest.record.id}, claim 1"
    assert (newest.links[0].corrected_by, newest.links[1].corrects) == (f"{place}2", f"{place}1")


def test_a_reversal_that_fits_two_payments_is_not_linked(person: Actor) -> None:
    keep(sealed(payment(decided(1)), payment(decided(1), trace="E2")), by_import(person))
    keep(
        sealed(payment(reversed_claim(decided(1), 1), decided(2, place=2), trace="E3")), by_import(person, after=MINUTE)
    )
    newest = get(person.practice_id, max(record.id for record in list_all(person.practice_id)))
    assert newest.links[0].reverses is None


def test_a_reversal_of_another_amount_is_not_linked(person: Actor) -> None:
    keep(sealed(payment(decided(1))), by_import(person))
    other = payment(reversed_claim(decided(1, paid="80.00"), 1), decided(2, place=2), trace="E2")
    keep(sealed(other), by_import(person, after=MINUTE))
    newest = get(person.practice_id, max(record.id for record in list_all(person.practice_id)))
    assert newest.links[0].reverses is None


def test_money_taken_back_is_linked_by_its_reference_or_is_work(person: Actor) -> None:
    keep(sealed(payment(decided(1))), by_import(person))
    taken = (
        ProviderAdjustment(reason="WO", reference="2026-000001", amount=Decimal("10.00")),
        ProviderAdjustment(reason="WO", reference="E7788", amount=Decimal("10.00")),
        ProviderAdjustment(reason="WO", reference="NOWHERE", amount=Decimal("10.00")),
        ProviderAdjustment(reason="L6", reference="2026000001", amount=Decimal("-1.00")),
    )
    keep(sealed(payment(decided(2), taken=taken, trace="E3")), by_import(person, after=MINUTE))
    newest = get(person.practice_id, max(record.id for record in list_all(person.practice_id)))
    first = newest.record.id - 1
    assert [(one.number, one.about) for one in newest.takebacks] == [
        (1, f"payment {first}, claim 1"),
        (2, f"payment {first}"),
    ]
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, newest.record.held_by) == (Code.DATA_PARTIAL, ())
    assert [one.trace for one in missing(person.practice_id, PAID_ON) if one.lacks is Lacks.TAKEN_BACK] == ["NOWHERE"]


def deposit(
    amount: str = "80.10", *, on: date = PAID_ON, trace: str | None = "E7788", payer: str | None = "PRACTICE NATIONA"
) -> Deposit:
    return Deposit(deposited_on=on, amount=Decimal(amount), trace=trace, payer=payer)


def deposited(actor: Actor) -> list[RemittanceRecord]:
    return [record for record in list_all(actor.practice_id) if record.deposited_on is not None]


@pytest.mark.parametrize(
    ("known", "fit"),
    [
        (deposit(), "trace"),
        (deposit(trace="0E7788", on=date(2026, 2, 6)), "trace"),
        (deposit(on=date(2026, 2, 9)), "other day"),
        (deposit("80.11"), "other amount"),
        (deposit(trace=None), "amount and day"),
        (deposit(trace=None, payer=None), "amount and day"),
        (deposit(trace=None, payer="SOME OTHER BANK"), ""),
        (deposit("80.11", trace=None), ""),
        (deposit(trace="ANOTHER"), ""),
    ],
)
def test_a_deposit_is_its_payment_by_trace_amount_and_three_business_days(
    person: Actor, known: Deposit, fit: str
) -> None:
    keep(sealed(payment(decided(1))), by_import(person))
    kept = deposits.keep([known], by_import(person))
    row = models.Deposit.objects.get()
    matched = int(fit in ("trace", "amount and day"))
    assert (kept.created, row.fit, len(deposited(person))) == (1, fit, matched)
    assert deposits.matched(person.practice_id) == (matched, 1)
    assert bool(cases.list_open(person.practice_id)) == (fit == "other amount")


@pytest.mark.parametrize(("day", "fit"), [(2, ""), (3, "amount and day"), (17, "amount and day"), (26, "")])
def test_a_check_takes_its_time_to_the_bank(person: Actor, day: int, fit: str) -> None:
    check = payment(decided(1)).model_copy(update={"method": Method.CHECK})
    keep(sealed(check), by_import(person))
    deposits.keep([deposit(trace=None, payer=None, on=date(2026, 2, day))], by_import(person))
    assert models.Deposit.objects.get().fit == fit


def test_a_deposit_without_a_trace_that_fits_two_payments_is_left(person: Actor) -> None:
    keep(sealed(payment(decided(1)), payment(decided(2), trace="E2")), by_import(person))
    deposits.keep([deposit(trace=None)], by_import(person))
    assert (models.Deposit.objects.get().fit, deposited(person)) == ("several", [])


def test_the_same_list_of_deposits_twice_changes_nothing_and_equal_rows_are_two(person: Actor) -> None:
    rows = [deposit(), deposit(trace=None), deposit(trace=None)]
    assert deposits.keep(rows, by_import(person)).created == 3
    again = deposits.keep(rows, by_import(person, after=MINUTE))
    assert (again.created, again.unchanged) == (0, 3)


def test_a_dry_run_of_deposits_keeps_none(person: Actor) -> None:
    assert deposits.keep([deposit()], by_import(person), keep=lambda _: False).created == 1
    assert not models.Deposit.objects.exists()


def test_a_deposit_before_its_remittance_is_matched_when_that_comes(person: Actor) -> None:
    deposits.keep([deposit()], by_import(person))
    keep(sealed(payment(decided(1))), by_import(person, after=MINUTE))
    assert len(deposited(person)) == 1


def test_what_the_portal_said_of_a_claim_is_compared_with_its_payment(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    work.finish(lease, item, paid(), NOW)
    keep(sealed(payment(decided(1), decided(2, place=2, billed="500.00", paid="431.90"))), by_import(person))
    assert [link.portal_says for link in only(person).links] == ["agrees", ""]
    keep(sealed(payment(decided(1, paid="80.09"), trace="other")), by_import(person, after=MINUTE))
    assert not cases.list_open(person.practice_id)
    # The same number with another amount is another payment by its key, and the portal's word is against it.
    keep(sealed(payment(decided(1))), by_import(person, after=2 * MINUTE))
    opened = cases.list_open(person.practice_id)
    assert [case.code for case in opened] == [Code.DATA_CONFLICT] * 2
    assert [case.what for case in opened if "what the portal said" in case.what]


def test_a_portal_that_shows_the_claims_own_part_of_a_payment_agrees_too(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    work.finish(lease, item, paid(in_all="80.10"), NOW)
    keep(sealed(payment(decided(1), decided(2, place=2, billed="500.00", paid="431.90"))), by_import(person))
    assert [link.portal_says for link in only(person).links] == ["agrees", ""]
    assert not cases.list_open(person.practice_id)


def test_money_without_its_remittance_and_remittances_without_their_money_are_found_after_four_business_days(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    work.finish(lease, item, paid(), NOW)
    keep(sealed(payment(decided(2), trace="LONELY")), by_import(person))
    deposits.keep([deposit(trace="FORGOTTEN"), deposit(trace="LATER", on=date(2026, 2, 20))], by_import(person))
    found = {(one.lacks, one.trace) for one in missing(person.practice_id, date(2026, 2, 9))}
    assert found == {
        (Lacks.REMITTANCE_OF_DEPOSIT, "FORGOTTEN"),
        (Lacks.REMITTANCE_OF_STATUS, "E7788"),
        (Lacks.DEPOSIT, "LONELY"),
    }
    assert list(missing(person.practice_id, date(2026, 2, 6))) == []


def test_payments_that_a_portal_listed_without_a_document_are_missing_until_it_came(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    runs.start(lease, Flow.REMITTANCES, NOW)
    periods.ask_for(PORTAL, Provider(tin="123456789", npi="1234567893"), PAID_ON, PAID_ON, actor=robot, now=NOW)
    item = work.next_item(lease, NOW)
    assert item is not None
    there = ListedDocument(kind="835", sha256="0" * 64, size=1)
    listed = RemittancesListed(
        payments=(
            ListedPayment(trace="E7788", paid_on=PAID_ON, amount=Decimal("80.10")),
            ListedPayment(trace="NONE", paid_on=PAID_ON, amount=Decimal("7.00")),
            ListedPayment(trace="THERE", paid_on=PAID_ON, amount=Decimal("8.00"), documents=(there,)),
        )
    )
    said = Answer(portal=PORTAL, pack_version="1", observed_at=NOW, normalised=listed, extracted=())
    work.finish(lease, item, Outcome(ending=Ending.ANSWERED, answer=said), NOW)
    early, late = (
        [one.trace for one in missing(person.practice_id, day)] for day in (date(2026, 2, 6), date(2026, 2, 10))
    )
    assert (early, late) == ([], ["E7788", "NONE"])
    keep(sealed(payment(decided(1))), by_import(person))
    assert [one.trace for one in missing(person.practice_id, date(2026, 2, 10))] == ["NONE"]


def test_business_days_pass_over_weekends_and_bank_holidays() -> None:
    friday_before_presidents_day = date(2026, 2, 13)
    assert business_days_after(friday_before_presidents_day, 1) == date(2026, 2, 17)
    assert business_days_after(date(2026, 2, 17), -1) == friday_before_presidents_day


def given(actor: Actor, *, again: bool = False) -> tuple[list[tuple[str, str]], posting.Given]:
    taken: list[tuple[str, str]] = []
    told = posting.give(
        actor, NOW, "csv", lambda payments: taken.extend((said.trace, state) for said, state in payments), again=again
    )
    return taken, told


def test_a_payment_is_posted_once_unless_asked_for_again(person: Actor) -> None:
    keep(sealed(payment(decided(1)), payment(decided(2), trace="E2")), by_import(person))
    assert given(person)[0] == [("E7788", "new"), ("E2", "new")]
    assert given(person) == ([], posting.Given(0, 0, 0))
    keep(sealed(payment(decided(3), trace="E3")), by_import(person, after=MINUTE))
    assert given(person, again=True)[0] == [("E7788", "again"), ("E2", "again"), ("E3", "new")]


def test_what_does_not_add_up_or_is_held_is_not_posted_and_told(person: Actor) -> None:
    keep(sealed(payment(decided(1), off_by="0.01", trace="OFF"), payment(decided(2))), by_import(person))
    conflicting = decided(2).model_copy(update={"billed": Decimal("120.51")})
    keep(sealed(payment(conflicting, source="eob", originator=None)), by_import(person, after=MINUTE))
    assert given(person) == ([], posting.Given(0, unbalanced=1, held=1))


def test_a_file_that_could_not_be_written_posted_nothing(person: Actor) -> None:
    keep(sealed(payment(decided(1))), by_import(person))

    def full(payments: object) -> None:
        raise OSError("no room")

    with pytest.raises(OSError, match="no room"):
        posting.give(person, NOW, "csv", full)
    assert given(person)[0] == [("E7788", "new")]


def test_a_posted_copy_goes_on_leading(person: Actor) -> None:
    keep(sealed(payment(decided(1), source="eob", originator=None)), by_import(person))
    given(person)
    keep(sealed(payment(decided(1))), by_import(person, after=MINUTE))
    assert only(person).record.source == "eob"
    assert {Fit(link.fit) for link in only(person).links} == {Fit.NONE}
