"""The contractor's remittance pages list what was paid, open whole documents in windows, and move old ones away."""

import re
from collections.abc import Iterator
from html import unescape
from typing import Any, get_args

import pytest

from sandbox.portals.contractor.layouts import LAYOUTS
from sandbox.portals.contractor.remittances_shown import METHOD_TEXTS
from sandbox.truth.remittance import PaymentMethod
from tests.practice_portal import PracticePortal
from tests.sandbox.contractor_visiting import ContractorVisitor, hyphen_date

NAME = "practice-contractor"
TODAY = "2026-11-20"
ARCHIVED_BEFORE = "2026-09-21"
"""Sixty days before the portal's day."""
CELL = re.compile(r"<td[^>]*>(.*?)</td>", re.DOTALL)


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(NAME, seed=7, claims=120, appointments=1, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def truth(portal: PracticePortal) -> dict[str, Any]:
    return portal.truth()


@pytest.fixture(scope="module")
def reader(portal: PracticePortal) -> Iterator[ContractorVisitor]:
    with ContractorVisitor(portal) as person:
        yield person.sign_in()


def payments(truth: dict[str, Any], first: str, last: str) -> list[dict[str, Any]]:
    """What the portal may list of these days for the billing location, newest first."""
    npi = truth["practice"]["providers"][0]["npi"]
    return [
        one
        for one in reversed(truth["remittances"])
        if one["payee_npi"] == npi and one["deliveries"] and first <= one["paid_on"] <= last
    ]


def search(visitor: ContractorVisitor, first: str = "", last: str = "", **fields: str) -> str:
    visitor.go("remittances")
    names = visitor.layout.payment_names
    asked = {
        "paid_from": hyphen_date(first) if first else "",
        "paid_to": hyphen_date(last) if last else "",
        "trace": "",
    }
    return visitor.press("remitInquiry", **{names[key]: text for key, text in {**asked, **fields}.items()})


def page_rows(visitor: ContractorVisitor) -> list[list[str]]:
    """The words of every row of the page, column by column."""
    found = [
        CELL.findall(row) for row in visitor.page.text.split("<tr><th>", 1)[1].split("</table>")[0].split("<tr>")[1:]
    ]
    return [[unescape(re.sub(r"<[^>]+>", "", cell)).strip() for cell in row] for row in found]


def all_rows(visitor: ContractorVisitor) -> list[list[str]]:
    """The rows of the list that the visitor stands on, over all its pages."""
    found = page_rows(visitor)
    while ">Next &gt;&gt;</a>" in visitor.page.text:
        visitor.get(visitor.link("Next &gt;&gt;"))
        found += page_rows(visitor)
    return found


def openers(visitor: ContractorVisitor) -> dict[tuple[str, str], str]:
    """Payment number and document -> the address that its link opens a window with."""
    found = {}
    for row in visitor.page.text.split("<tr>"):
        for reference, key, form in re.findall(r"viewRemit\('(\w+)', '(\w+)', '(\w+)', \d+\)", row):
            number = re.sub(r"<[^>]+>", "", CELL.findall(row)[0])
            found[number, form] = f"/pcs/remitFile.do?remit={reference}&wk={key}&form={form}"
    return found


def listed(one: dict[str, Any]) -> list[str]:
    amount = f"{float(one['amount']):,.2f}"
    return [one["trace"], hyphen_date(one["paid_on"]), METHOD_TEXTS[one["method"]], amount]


def test_a_list_holds_every_payment_of_its_days_and_no_other(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    expected = payments(truth, "2026-10-20", TODAY)
    assert f"Payments 1 - 10 of {len(expected)} " in search(reader, "2026-10-20", TODAY)
    rows = all_rows(reader)
    assert [row[:4] for row in rows] == [listed(one) for one in expected]
    assert [row[4:] for row in rows] == [
        ["835" if "835" in one["deliveries"] else "Not available", "PDF"] for one in expected
    ]


def test_a_payment_without_a_remittance_is_on_no_list(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    missing = next(one for one in truth["remittances"] if one["expect"] == "missing")
    assert "No remittance advice was found for your inquiry." in search(reader, trace=missing["trace"])
    search(reader, missing["paid_on"], missing["paid_on"])
    assert missing["trace"] not in reader.page.text


def test_both_documents_of_a_payment_come_whole_in_windows_of_their_own(
    portal: PracticePortal, reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    one = next(one for one in payments(truth, ARCHIVED_BEFORE, TODAY) if one["stories"] == ["plain"])
    search(reader, trace=one["trace"])
    for form, kind, how, begins in (("835", "835", "attachment", b"ISA"), ("pdf", "eob", "inline", b"%PDF")):
        answer = reader.http.get(openers(reader)[one["trace"], form])
        assert answer.content == portal.document(one["trace"], kind)
        assert answer.content.startswith(begins)
        assert answer.headers["Content-Disposition"].startswith(how)


def test_old_documents_are_in_edelivery_only(
    portal: PracticePortal, reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    old = payments(truth, "2026-01-01", "2026-09-20")
    assert old
    search(reader, "2026-08-21", "2026-09-20")
    assert {tuple(row[4:]) for row in all_rows(reader)} == {("In eDelivery", "In eDelivery")}
    assert not openers(reader)
    assert "You have no current letters." in reader.go("edelivery")
    reader.get(reader.link("Archived"))
    assert all_rows(reader) == [
        [*listed(one), "835" if "835" in one["deliveries"] else "Not available", "PDF"] for one in old
    ]
    trace, form = next(iter(openers(reader)))
    assert form == "835"
    assert reader.http.get(openers(reader)[trace, form]).content == portal.document(trace, "835")


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("", "", "From and to payment dates, or an EFT/check number, are required."),
        ("2026-10-01", "", "From and to payment dates are required."),
        ("2026-10-02", "2026-10-01", "The to payment date is before the from payment date."),
        ("2026-10-01", "2026-11-02", "The payment dates may not be more than 31 days apart."),
    ],
)
def test_the_form_says_what_it_lacks(reader: ContractorVisitor, first: str, last: str, message: str) -> None:
    assert f"Your inquiry was not submitted. Correct the following: {message}" in search(reader, first, last)
    assert "must be in the format MM-DD-YYYY." in search(reader, paid_from="10/01/2026", paid_to="10-02-2026")


def test_no_address_names_a_payment(reader: ContractorVisitor, truth: dict[str, Any]) -> None:
    one = payments(truth, ARCHIVED_BEFORE, TODAY)[0]
    search(reader, trace=one["trace"])
    addresses = " ".join(re.findall(r'(?:href|action|onclick)="([^"]*)"', reader.page.text)) + str(reader.page.url)
    assert one["trace"] in reader.page.text
    assert one["trace"] not in addresses


def test_every_way_of_paying_has_a_word() -> None:
    assert set(METHOD_TEXTS) == set(get_args(PaymentMethod))


def test_a_filter_hides_others_submissions_until_it_is_taken_off(
    portal: PracticePortal, reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    expected = [one["trace"] for one in payments(truth, "2026-10-20", TODAY)]
    try:
        portal.quirks(default_filter=1.0)
        assert "Filter: submissions under your own User ID." in search(reader, "2026-10-20", TODAY)
        mine = {row[0] for row in page_rows(reader)}
        assert mine < set(expected)
        reader.get(reader.link("Show all submissions"))
        assert "Filter:" not in reader.words
        assert [row[0] for row in all_rows(reader)] == expected
    finally:
        portal.quirks()


def test_windows_may_stay_blank_at_first(portal: PracticePortal, reader: ContractorVisitor) -> None:
    try:
        portal.quirks(popup_blank_first=1.0)
        search(reader, "2026-10-20", TODAY)
        waits = {int(wait) for wait in re.findall(r"viewRemit\([^)]*, (\d+)\)", reader.page.text)}
        assert len(waits) == 1
        assert waits <= {1200, 2000, 3500}
    finally:
        portal.quirks()


def test_layouts_say_other_words_in_another_order_and_show_the_same_facts(
    portal: PracticePortal, reader: ContractorVisitor
) -> None:
    facts: dict[int, list[tuple[str, ...]]] = {}
    try:
        for layout in (1, 2, 3, 4):
            portal.faults(layout=layout)
            reader.layout = LAYOUTS[layout]
            search(reader, "2026-10-20", TODAY)
            places = [LAYOUTS[layout].payment_columns.index(column) for column in LAYOUTS[1].payment_columns[:4]]
            facts[layout] = [tuple(row[place] for place in places) for row in page_rows(reader)]
            headings = re.findall(r"<th>([^<]+)</th>", reader.page.text)
            assert headings == [LAYOUTS[layout].labels[column] for column in LAYOUTS[layout].payment_columns]
            assert reader.page.text.count("viewRemit(") >= len(facts[layout])
    finally:
        portal.faults()
        reader.layout = LAYOUTS[1]
    assert facts[1] == facts[2] == facts[3] == facts[4]
    assert len(facts[1]) == 10
    assert LAYOUTS[2].labels["remit_trace"] != LAYOUTS[1].labels["remit_trace"]
    assert set(LAYOUTS[3].payment_names.values()).isdisjoint(LAYOUTS[1].payment_names.values())


def test_another_location_cannot_open_a_document_of_this_one(
    portal: PracticePortal, reader: ContractorVisitor, truth: dict[str, Any]
) -> None:
    search(reader, "2026-10-20", TODAY)
    address = next(iter(openers(reader).values()))
    assert reader.http.get(address).status_code == 200
    other = truth["practice"]["providers"][1]["npi"]
    reader.get(f"/pcs/accountSelection.do?wk={reader.window}")
    reader.choose_account(other)
    reader.window = reader.frames()["menu"].split("wk=")[1]
    renewed = re.sub(r"wk=\w+", f"wk={reader.window}", address)
    assert "Document Not Available" in reader.get(renewed)
    assert reader.page.status_code == 404
    assert "Page Cannot Be Displayed" in reader.get(address)
