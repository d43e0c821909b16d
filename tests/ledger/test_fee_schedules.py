"""A service has one price on a day; a new price ends the one before, and the same file twice changes nothing."""

from datetime import date
from decimal import Decimal

from flows.codes import CodeSet
from flows.underpayment import Fee
from ledger import code_texts, fee_schedules, models
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.fee_schedules import FeeBook
from tests.ledger.office import NOW, PORTAL
from tests.ledger.payments import by_import

NPI = "1234567893"


def fee(amount: str, begins: date = date(2026, 1, 1), ends: date | None = None, npi: str | None = None) -> Fee:
    return Fee(procedure="99213", amount=Decimal(amount), begins=begins, ends=ends, npi=npi)


def kept(person: Actor, *fees: Fee) -> tuple[int, int, int, list[int]]:
    result = fee_schedules.keep(fees, PORTAL, by_import(person))
    return result.created, result.changed, result.unchanged, [one.row for one in result.rejected]


def prices(person: Actor, npi: str = NPI) -> list[tuple[str, date, date | None]]:
    fees = FeeBook(person.practice_id, PORTAL).for_provider(npi)("99213")
    return [(str(one.amount), one.begins, one.ends) for one in fees]


def test_a_new_price_ends_the_one_before_and_an_older_list_does_not_open_it_again(person: Actor) -> None:
    first, second = fee("90.00"), fee("95.00", date(2026, 7, 1))
    assert kept(person, first, second) == (2, 0, 0, [])
    wanted = [("90.00", date(2026, 1, 1), date(2026, 6, 30)), ("95.00", date(2026, 7, 1), None)]
    assert prices(person) == wanted
    assert kept(person, first, second) == (0, 0, 2, [])
    assert kept(person, first) == (0, 0, 1, [])
    assert prices(person) == wanted
    assert kept(person, fee("91.00", ends=date(2026, 6, 30))) == (0, 1, 0, [])
    assert prices(person)[0] == ("91.00", date(2026, 1, 1), date(2026, 6, 30))


def test_two_prices_for_one_day_are_told_and_not_taken(person: Actor) -> None:
    assert kept(person, fee("90.00"), fee("91.00")) == (1, 0, 0, [2])
    assert kept(person, fee("80.00", date(2025, 6, 1), date(2026, 1, 1))) == (0, 0, 0, [1])
    assert kept(person, fee("80.00", date(2025, 6, 1))) == (1, 0, 0, [])
    assert prices(person)[0] == ("80.00", date(2025, 6, 1), date(2025, 12, 31))
    assert kept(person, fee("70.00", date(2025, 12, 31), date(2025, 12, 31))) == (0, 0, 0, [1])
    assert kept(person, fee("100.00", npi=NPI)) == (1, 0, 0, [])


def test_a_price_for_one_provider_goes_before_the_price_for_all(person: Actor) -> None:
    kept(person, fee("90.00"), fee("100.00", npi=NPI))
    assert [amount for amount, *_ in prices(person)] == ["100.00", "90.00"]
    assert [amount for amount, *_ in prices(person, "1999999984")] == ["90.00"]


def test_what_is_not_wanted_writes_nothing(person: Actor) -> None:
    result = fee_schedules.keep([fee("90.00")], PORTAL, by_import(person), keep=lambda _: False)
    assert (result.created, models.Fee.objects.count()) == (1, 0)


class Text:
    code_set, code = CodeSet.CARC, "50"

    def __init__(self, text: str) -> None:
        self.text = text


def test_licensed_texts_and_prices_are_a_practices_own(person: Actor) -> None:
    other = ensure_practice("Hillside Clinic", "987654321", ("1999999984",))
    stranger = ensure_account("lee", is_robot=False, practice=other, now=NOW)
    kept(person, fee("90.00"))
    assert prices(stranger) == []
    assert code_texts.keep([Text("one"), Text("two")], by_import(person)).created == 1
    assert code_texts.keep([Text("two")], by_import(person)).unchanged == 1
    assert code_texts.keep([Text("three")], by_import(person)).changed == 1
    assert code_texts.text_of(person.practice_id, CodeSet.CARC, "50") == "three"
    assert code_texts.text_of(other.id, CodeSet.CARC, "50") == ""
