"""A payment is in the ledger once, whole and to the cent, in however many forms its papers come."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from flows.outcomes import Code
from flows.remittance import Party, ProviderAdjustment, Remittance
from ledger import cases, models
from ledger.accounts import Actor
from ledger.errors import NotThere
from ledger.remittances import keep
from ledger.remittances_listed import get, list_all
from tests.documents.remittance_values import remittances as written_by_payers
from tests.ledger.payments import PAID_ON, by_import, decided, payment, reversed_claim, sealed

MINUTE = timedelta(minutes=1)
WHOLE = payment(
    decided(1),
    reversed_claim(decided(1), 2),
    decided(1, place=3, paid="0.00", status="4"),
    decided(2, place=4, paid="100.00"),
    taken=(
        ProviderAdjustment(reason="WO", reference="2026000009", amount=Decimal("12.34")),
        ProviderAdjustment(reason="L6", amount=Decimal("-0.66")),
    ),
)


def said(actor: Actor, number: int = 1) -> Remittance:
    return get(actor.practice_id, [each.id for each in list_all(actor.practice_id)][-number]).said


def test_a_remittance_is_there_again_to_the_cent_with_all_its_parts(person: Actor) -> None:
    assert keep(sealed(WHOLE), by_import(person)).new == 1
    assert said(person).model_dump() == WHOLE.model_dump()
    (record,) = list_all(person.practice_id)
    assert (record.trace, record.amount, record.claims) == ("E7788", Decimal("88.32"), 4)
    assert record.balance.whole


@pytest.mark.django_db
@settings(max_examples=10, phases=[Phase.generate], suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(one=written_by_payers())
def test_whatever_a_payer_writes_is_there_again_as_it_was(person: Actor, one: Remittance) -> None:
    nobodys_copy = one.model_copy(update={"trace": ""})
    kept = keep(sealed(nobodys_copy, name=str(models.Document.objects.count())), by_import(person))
    assert not kept.unread
    assert get(person.practice_id, kept.ids[0]).said.model_dump() == nobodys_copy.model_dump()


def test_the_same_content_twice_changes_nothing_but_its_arrival(person: Actor) -> None:
    keep(sealed(WHOLE), by_import(person))
    before = counted()
    again = keep(sealed(WHOLE), by_import(person, after=MINUTE))
    assert (again.duplicate, again.new, again.again) == (True, 0, 0)
    after = counted()
    assert after.pop("DocumentArrival") - before.pop("DocumentArrival") == 1
    assert after == before


def test_another_file_with_the_same_payment_is_another_copy_and_no_second_payment(person: Actor) -> None:
    keep(sealed(WHOLE), by_import(person))
    later = WHOLE.model_copy(update={"production_date": None})
    kept = keep(sealed(later, name="resent"), by_import(person, after=MINUTE))
    assert (kept.new, kept.again, kept.differing) == (0, 1, 0)
    (record,) = list_all(person.practice_id)
    assert (record.copies, record.held_by) == (2, ())
    assert models.RemitClaim.objects.count() == 4


def test_the_835_leads_over_the_eob_whichever_came_first(person: Actor) -> None:
    era, form = payment(decided(1)), payment(decided(1), source="eob", originator=None)
    for name, first, second in (("a", era, form), ("b", form, era)):
        both = [one.model_copy(update={"trace": f"T{name}"}) for one in (first, second)]
        keep(sealed(both[0]), by_import(person))
        kept = keep(sealed(both[1]), by_import(person, after=MINUTE))
        assert (kept.new, kept.again, kept.differing) == (0, 1, 0)
    records = list(list_all(person.practice_id))
    assert [(record.source, record.copies, record.held_by) for record in records] == [("835", 2, ())] * 2


def test_papers_of_one_payment_that_contradict_each_other_are_a_case_and_hold_it_back(person: Actor) -> None:
    other = decided(1).model_copy(update={"patient_responsibility": Decimal("20.00")})
    mine = decided(1).model_copy(update={"patient_responsibility": Decimal("40.40")})
    keep(sealed(payment(other)), by_import(person))
    kept = keep(sealed(payment(mine, source="eob", originator=None)), by_import(person, after=MINUTE))
    assert kept.differing == 1
    (record,) = list_all(person.practice_id)
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, record.held_by, record.source) == (Code.DATA_CONFLICT, (case.id,), "835")
    assert [shown.text for shown in case.seen] == ["the patient responsibility of claim 1"]
    assert "20.00" not in case.what


def test_what_does_not_add_up_is_kept_flagged_and_held(person: Actor) -> None:
    kept = keep(sealed(payment(decided(1), off_by="0.01")), by_import(person))
    assert (kept.new, kept.unbalanced, kept.flagged) == (1, 1, True)
    (record,) = list_all(person.practice_id)
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, record.held_by, record.balance.transaction) == (Code.DATA_INCONSISTENT, (case.id,), False)


def test_a_corrected_copy_leads_where_the_first_did_not_add_up_and_the_case_stays_a_persons(person: Actor) -> None:
    wrong = payment(decided(1)).model_copy(update={"claims": (decided(1, paid="80.00"),)})
    wrong = wrong.model_copy(
        update={"balance": wrong.balance.model_copy(update={"transaction": False}), "unbalanced": ("the transaction",)}
    )
    keep(sealed(wrong), by_import(person))
    keep(sealed(payment(decided(1))), by_import(person, after=MINUTE))
    (record,) = list_all(person.practice_id)
    assert record.balance.whole
    assert len(record.held_by) == 2


def test_two_payments_of_one_amount_on_one_day_are_two(person: Actor) -> None:
    pair = (payment(decided(1), trace="A1"), payment(decided(1), trace="A2"))
    assert keep(sealed(*pair), by_import(person)).new == 2


@pytest.mark.parametrize(
    ("payer", "days", "again", "held"),
    [
        (("1111111111", "60054", "SOME OTHER"), 90, 0, 0),
        (("1111111111", "60054", "SOME OTHER"), 1, 0, 1),
        (("1111111111", "60054", "PRACTICE NATIONAL HEALTH PLAN"), 90, 1, 0),
        (("1111111111", "87726", "SOME OTHER"), 1, 1, 0),
        ((None, None, None), 1, 1, 0),
        ((None, None, None), 90, 0, 0),
    ],
)
def test_one_trace_and_amount_is_one_payment_where_the_payer_is_the_same(
    person: Actor, payer: tuple[str | None, str | None, str | None], days: int, again: int, held: int
) -> None:
    originator, identifier, name = payer
    theirs = payment(decided(1), originator=originator, paid_on=PAID_ON + timedelta(days=days))
    theirs = theirs.model_copy(update={"payer": Party(name=name, identifier=identifier)})
    keep(sealed(payment(decided(1))), by_import(person))
    kept = keep(sealed(theirs), by_import(person, after=MINUTE))
    newest = max(list_all(person.practice_id), key=lambda record: record.id)
    assert (kept.again, len(newest.held_by)) == (again, held + (again and kept.differing))


def test_one_trace_of_one_payer_with_two_amounts_is_a_case(person: Actor) -> None:
    keep(sealed(payment(decided(1))), by_import(person))
    keep(sealed(payment(decided(1, paid="80.00"), source="eob", originator=None)), by_import(person, after=MINUTE))
    (case,) = cases.list_open(person.practice_id)
    newest, oldest = sorted(list_all(person.practice_id), key=lambda record: -record.id)
    assert (case.code, newest.held_by, oldest.held_by) == (Code.DATA_CONFLICT, (case.id,), ())


def test_payments_without_a_trace_are_never_taken_for_one(person: Actor) -> None:
    nameless = payment(decided(1), trace="")
    assert keep(sealed(nameless, nameless), by_import(person)).new == 2


def test_a_trace_that_lost_its_leading_zeros_is_the_same(person: Actor) -> None:
    keep(sealed(payment(decided(1), trace="000123")), by_import(person))
    assert keep(sealed(payment(decided(1), trace="123", source="eob")), by_import(person, after=MINUTE)).again == 1


def test_a_payment_that_no_ledger_could_keep_is_told_and_the_others_are_taken(person: Actor) -> None:
    huge = payment(decided(1, paid="99999999999999.00", billed="99999999999999.00"), trace="HUGE")
    half = payment(decided(1, paid="1.005", billed="1.005"), trace="HALF")
    kept = keep(sealed(huge, half, payment(decided(2))), by_import(person))
    assert (kept.new, len(kept.unread), kept.flagged) == (1, 2, True)
    assert "99999" not in " ".join(kept.unread)
    assert [case.code for case in cases.list_open(person.practice_id)] == [Code.DATA_PARTIAL]


def test_what_only_a_person_can_read_is_kept_and_told(person: Actor) -> None:
    keep(sealed(kind="eob", name="scan", unread=("it has no text, only pictures",)), by_import(person))
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, case.seen[0].text) == (Code.DATA_PARTIAL, "it has no text, only pictures")
    assert models.Document.objects.get().kind == "eob"


@pytest.mark.parametrize(
    ("identifier", "tin", "ours"),
    [
        ("1234567893", None, True),
        ("1999999992", "123456789", True),
        ("1999999992", "12-3456789", True),
        ("PROV-77", None, True),
        (None, None, True),
        ("1999999992", None, False),
        ("PROV-77", "987654321", False),
    ],
)
def test_a_payment_to_another_payee_is_kept_told_and_held(
    person: Actor, identifier: str | None, tin: str | None, *, ours: bool
) -> None:
    one = payment(decided(1))
    payee = one.payee.model_copy(update={"identifier": identifier, "tin": tin})
    kept = keep(sealed(one.model_copy(update={"payee": payee})), by_import(person))
    (record,) = list_all(person.practice_id)
    assert (kept.new, kept.not_ours, kept.flagged) == (1, int(not ours), not ours)
    assert bool(record.held_by) is not ours


def test_a_form_that_was_not_read_surely_is_held_until_a_person_compared_it(person: Actor) -> None:
    form = payment(decided(1), source="eob", originator=None).model_copy(update={"confidence": {"claims[0].paid": 0.3}})
    unknown = payment(decided(2, status=""), source="eob", originator=None, trace="E2")
    sure = payment(decided(3), source="eob", originator=None, trace="E3")
    for number, one in enumerate((form, unknown, sure)):
        keep(sealed(one, kind="eob"), by_import(person, after=number * MINUTE))
    keep(sealed(sure.model_copy(update={"trace": "E4"}), kind="eob", unread=("page 2: no total",)), by_import(person))
    held = {record.trace: len(record.held_by) for record in list_all(person.practice_id)}
    assert held == {"E7788": 1, "E2": 1, "E3": 0, "E4": 1}
    assert {case.code for case in cases.list_open(person.practice_id)} == {Code.DATA_PARTIAL}
    assert len(cases.list_open(person.practice_id)) == 3


def test_a_file_that_breaks_off_while_it_is_read_leaves_nothing(person: Actor) -> None:
    def reading() -> Iterator[Remittance]:
        yield payment(decided(1))
        raise OSError("the file ended in the middle")

    before = counted()
    with pytest.raises(OSError, match="middle"):
        keep(sealed(name="long"), by_import(person), reading())
    assert counted() == before


def test_an_unknown_payment_is_told(person: Actor) -> None:
    with pytest.raises(NotThere):
        get(person.practice_id, 7)


def counted() -> dict[str, int]:
    tables = (
        models.Document, models.DocumentKey, models.DocumentArrival, models.Remittance, models.RemittanceReading,
        models.RemitClaim, models.RemitLine, models.RemitAdjustment, models.RemitPerson, models.RemarkCode,
        models.RemitReference, models.ProviderAdjustment, models.Case, models.RemittanceCase,
    )  # fmt: skip
    return {table.__name__: table._default_manager.count() for table in tables}
