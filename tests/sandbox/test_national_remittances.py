"""The national portal's payment pages list what was paid, give whole files, keep an archive and build bundles later."""

import io
import re
import zipfile
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pikepdf
import pytest

from sandbox.portals.national.layouts import PAYMENTS
from sandbox.portals.national.payments_shown import ADJUSTMENT_TEXTS, CLAIM_TEXTS, METHOD_TEXTS
from tests.practice_portal import PracticePortal
from tests.sandbox.test_layouts import facts, headings
from tests.sandbox.visiting import Visitor, us_date

TODAY = "2026-11-20"
ARCHIVED_BEFORE = "2026-09-21"
"""Sixty days before the portal's day."""


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(seed=7, claims=120, appointments=1, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def truth(portal: PracticePortal) -> dict[str, Any]:
    return portal.truth()


@pytest.fixture(scope="module")
def reader(portal: PracticePortal) -> Iterator[Visitor]:
    with Visitor(portal) as person:
        yield person.sign_in()


def payments(truth: dict[str, Any], first: str, last: str, provider: int = 0) -> list[dict[str, Any]]:
    """What the portal may list of these days for one of the practice's providers, newest first."""
    npi = truth["practice"]["providers"][provider]["npi"]
    return [
        one
        for one in reversed(truth["remittances"])
        if one["payee_npi"] == npi and one["deliveries"] and first <= one["paid_on"] <= last
    ]


def search(visitor: Visitor, first: str = "", last: str = "", **fields: str) -> str:
    visitor.get("/payments")
    asked = {"pymtFrom": us_date(first) if first else "", "pymtTo": us_date(last) if last else ""}
    return visitor.post("/payments", **{**asked, **fields})


def all_rows(visitor: Visitor) -> list[list[str]]:
    """The words of every row of the list that the visitor stands on, over all its pages."""
    found = []
    while True:
        for row in visitor.page.text.split("<tbody>")[1].split("</tbody>")[0].split("</tr>")[:-1]:
            cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
            found.append([re.sub(r"<[^>]+>", "", cell).strip() for cell in cells])
        following = re.search(r'href="([^"]+)">Next</a>', visitor.page.text)
        if following is None:
            return found
        visitor.get(following[1])


def link(visitor: Visitor, trace: str, kind: str) -> str:
    """The address of a payment's document on this page."""
    row = visitor.page.text.split(f">{trace}</a>", 1)[1].split("</tr>", 1)[0]
    found = re.search(rf'href="(/payments/file\?ref=\w+&amp;kind={kind}[^"]*)"', row)
    assert found, "the row does not offer it"
    return found[1].replace("&amp;", "&")


def dollars(text: str) -> str:
    return f"${float(text):,.2f}"


def test_a_list_holds_every_payment_of_its_days_and_no_other(reader: Visitor, truth: dict[str, Any]) -> None:
    expected = payments(truth, "2026-09-21", TODAY)
    assert len(expected) > 10
    assert f"Showing 1-10 of {len(expected)}" in search(reader, "2026-09-21", TODAY)
    rows = all_rows(reader)
    assert [row[:4] for row in rows] == [
        [one["trace"], us_date(one["paid_on"]), METHOD_TEXTS[one["method"]], dollars(one["amount"])] for one in expected
    ]
    for row, one in zip(rows, expected, strict=True):
        assert row[4] == ("Download 835" if "835" in one["deliveries"] else "Not available")
        assert row[5] == "Download PDF"


def test_a_payment_without_a_remittance_is_on_no_list(reader: Visitor, truth: dict[str, Any]) -> None:
    missing = next(one for one in truth["remittances"] if one["expect"] == "missing")
    assert "No payments match your search." in search(reader, pymtNbr=missing["trace"])
    search(reader, missing["paid_on"], missing["paid_on"])
    assert missing["trace"] not in reader.page.text


def test_both_files_of_a_payment_come_whole_and_as_the_payer_made_them(
    portal: PracticePortal, reader: Visitor, truth: dict[str, Any]
) -> None:
    one = next(one for one in payments(truth, "2026-09-25", TODAY) if one["stories"] == ["plain"])
    search(reader, pymtNbr=one["trace"])
    for kind, begins in (("835", b"ISA"), ("eob", b"%PDF")):
        answer = reader.http.get(link(reader, one["trace"], kind))
        assert answer.content == portal.document(one["trace"], kind)
        assert answer.content.startswith(begins)
        assert answer.headers["Content-Disposition"].startswith("attachment")
        assert int(answer.headers["Content-Length"]) == len(answer.content)


def test_two_payments_of_one_day_and_amount_are_two(reader: Visitor, truth: dict[str, Any]) -> None:
    alike = [one for one in truth["remittances"] if "same amount" in one["stories"]][:2]
    assert alike[0]["amount"] == alike[1]["amount"]
    search(reader, alike[0]["paid_on"], alike[0]["paid_on"])
    assert {one["trace"] for one in alike} <= {row[0] for row in all_rows(reader)}


def test_documents_move_to_the_library_after_sixty_days(
    portal: PracticePortal, reader: Visitor, truth: dict[str, Any]
) -> None:
    old = payments(truth, "2026-08-30", "2026-09-20")
    assert old
    search(reader, "2026-08-30", "2026-09-20")
    assert {tuple(row[4:]) for row in all_rows(reader)} == {("In document library", "In document library")}
    assert "/payments/file" not in reader.page.text
    reader.get("/documents")
    reader.post("/documents", pymtFrom="08/30/2026", pymtTo=us_date(TODAY))
    assert [row[0] for row in all_rows(reader)] == [one["trace"] for one in old]
    trace = next(one["trace"] for one in old if "835" in one["deliveries"])
    reader.get("/documents/results")
    assert reader.http.get(link(reader, trace, "835")).content == portal.document(trace, "835")
    reader.get("/documents")
    assert "No documents match your search." in reader.post("/documents", pymtFrom="11/01/2026", pymtTo="11/02/2026")


def test_a_payments_page_shows_its_claims_and_adjustments(reader: Visitor, truth: dict[str, Any]) -> None:
    one = next(one for one in truth["remittances"] if "takeback" in one["stories"])
    search(reader, pymtNbr=one["trace"])
    opened = re.search(r'href="(/payments/detail\?ref=\w+)"', reader.page.text)
    assert opened
    words = reader.get(opened[1])
    assert f"Payment number {one['trace']} Payment date {us_date(one['paid_on'])}" in words
    for claim in one["claims"]:
        assert f"{claim['patient_account_number']} {claim['payer_claim_number']}" in words
    taken = next(item for item in one["provider_adjustments"] if item["reason"] == "WO")
    assert f"Overpayment recovery {taken['reference']} (${float(taken['amount']):,.2f})" in words


def test_every_way_of_paying_processing_and_adjusting_has_a_word(truth: dict[str, Any]) -> None:
    for one in truth["remittances"]:
        assert one["method"] in METHOD_TEXTS
        assert {claim["status"] for claim in one["claims"]} <= set(CLAIM_TEXTS)
        assert {item["reason"] for item in one["provider_adjustments"]} <= set(ADJUSTMENT_TEXTS)


def test_the_other_location_sees_its_own_payments_only(
    portal: PracticePortal, reader: Visitor, truth: dict[str, Any]
) -> None:
    providers = truth["practice"]["providers"]
    theirs = payments(truth, "2026-08-25", TODAY, provider=1)
    assert theirs
    search(reader, "2026-09-21", TODAY)
    own = link(reader, all_rows(reader)[-1][0], "eob")
    assert reader.http.get(own).status_code == 200
    reader.get("/provider")
    reader.post("/provider", actAs=providers[1]["npi"])
    search(reader, "2026-08-25", TODAY)
    assert [row[0] for row in all_rows(reader)] == [one["trace"] for one in theirs]
    assert "Document not available" in reader.get(own)
    assert reader.page.status_code == 404
    reader.get("/provider")
    reader.post("/provider", actAs=providers[0]["npi"])


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("", "", "Enter both payment dates, or a payment number."),
        ("2026-10-01", "", "Enter both payment dates, or a payment number."),
        ("2026-10-02", "2026-10-01", "may not be earlier"),
        ("2026-07-01", "2026-10-01", "may not exceed 90 days"),
    ],
)
def test_the_form_says_what_it_lacks(reader: Visitor, first: str, last: str, message: str) -> None:
    assert message in search(reader, first, last)
    assert "must be entered as MM/DD/YYYY" in search(reader, pymtFrom="2026-10-01", pymtTo="10/02/2026")


def test_no_address_names_a_payment(reader: Visitor, truth: dict[str, Any]) -> None:
    one = payments(truth, "2026-09-25", TODAY)[0]
    search(reader, pymtNbr=one["trace"])
    addresses = " ".join(re.findall(r'(?:href|action)="([^"]*)"', reader.page.text)) + str(reader.page.url)
    assert one["trace"] in reader.page.text
    assert one["trace"] not in addresses
    assert "Document not available" in reader.get("/payments/file?ref=0123456789&kind=835")


def test_a_bundle_is_built_later_holds_everything_and_expires(truth: dict[str, Any]) -> None:
    with PracticePortal(seed=7, claims=120, appointments=1, today=TODAY) as portal, Visitor(portal) as visitor:
        visitor.sign_in()
        visitor.get("/payments/bundles")
        assert "You have not created a data bundle yet." in visitor.words
        assert "Enter both payment dates." in visitor.post("/payments/bundles", pymtFrom="10/01/2026")
        words = visitor.post("/payments/bundles", pymtFrom="10/01/2026", pymtTo="10/31/2026")
        assert "10/01/2026 10/31/2026" in words
        assert "In preparation" in words
        assert "/payments/bundles/file" not in visitor.page.text
        visitor.advance(8 * 60)
        visitor.get("/home")
        visitor.advance(8 * 60)
        assert "Ready" in visitor.get("/payments/bundles")
        ready = re.search(r'href="(/payments/bundles/file\?ref=\w+)"', visitor.page.text)
        assert ready
        with zipfile.ZipFile(io.BytesIO(visitor.http.get(ready[1]).content)) as archive:
            assert archive.testzip() is None
            files = [(name, archive.read(name)) for name in archive.namelist()]
        remitted = b"".join(content for _, content in files if content.startswith(b"ISA")).decode()
        papers = [name for name, content in files if content.startswith(b"%PDF")]
        expected = payments(truth, "2026-10-01", "2026-10-31")
        for one in expected:
            assert (f"TRN*1*{one['trace']}*" in remitted) == ("835" in one["deliveries"])
            assert any(one["trace"] in name for name in papers)
        assert len(papers) == len(expected)
        assert remitted.count("ST*835*") == len([one for one in expected if "835" in one["deliveries"]])
        for _ in range(6):
            visitor.advance(13 * 60)
            visitor.get("/payments/bundles")
        assert "Expired" in visitor.words
        assert "Download data bundle" not in visitor.words
        assert "Document not available" in visitor.get(ready[1])


def test_quirks_leave_a_pdf_alone_open_it_in_a_tab_and_move_rows(truth: dict[str, Any]) -> None:
    quirks = {"pdf-only": 1.0, "new-window": 1.0, "unstable-sort": 1.0}
    expected = payments(truth, "2026-09-21", TODAY)
    with PracticePortal(seed=7, claims=120, appointments=1, today=TODAY, quirks=quirks) as portal:
        with Visitor(portal) as visitor:
            visitor.sign_in()
            search(visitor, "2026-09-21", TODAY)
            assert 'target="_blank"' in visitor.page.text
            address = link(visitor, expected[0]["trace"], "eob")
            assert "Download 835" not in visitor.words
            read = [row[0] for row in all_rows(visitor)]
            assert len(read) == len(expected)
            assert read != [one["trace"] for one in expected]
            shown = visitor.http.get(address)
            assert shown.headers["Content-Disposition"].startswith("inline")
        shapes = {event["trace"]: event["shape"] for event in portal.events() if event.get("name") == "pdf-only"}
        assert len(set(shapes.values())) > 1
        locked = next(trace for trace, shape in shapes.items() if shape == "protected")
        npi = next(one["payee_npi"] for one in truth["remittances"] if one["trace"] == locked)
        with pytest.raises(pikepdf.PasswordError):
            pikepdf.open(io.BytesIO(portal.document(locked, "eob")))
        pikepdf.open(io.BytesIO(portal.document(locked, "eob")), password=npi).close()


def test_the_versions_of_the_pages_say_other_words_and_show_the_same_facts(
    portal: PracticePortal, reader: Visitor
) -> None:
    entries = {1: ("pymtFrom", "pymtTo"), 3: ("inq_paifro", "inq_paito")}
    last = date.fromisoformat(TODAY)
    pages: dict[int, str] = {}
    words: dict[int, str] = {}
    try:
        for layout in (1, 2, 3, 4):
            portal.faults(layout=layout)
            names = entries.get(layout, entries[1])
            reader.get("/payments")
            days = (us_date((last - timedelta(60)).isoformat()), us_date(TODAY))
            words[layout] = reader.post("/payments", **dict(zip(names, days, strict=True)))
            pages[layout] = reader.page.text
    finally:
        portal.faults()
    assert len({frozenset(facts(page)) for page in pages.values()}) == 1
    assert len(facts(pages[1])) > 15
    assert sorted(headings(pages[3])) == sorted(headings(pages[1]))
    assert headings(pages[3]) != headings(pages[1])
    assert not set(headings(pages[2])) & set(headings(pages[1]))
    assert headings(pages[4])[-1] == "Files"
    assert "Get the 835" in words[2]
    assert "Download 835" not in words[2]
    assert set(PAYMENTS[1]) == set(PAYMENTS[3])
