"""The Medicaid portal's remittance pages list what was paid, give files by post-back, and make a ZIP in minutes."""

import io
import re
import zipfile
from collections.abc import Iterator
from typing import Any

import pikepdf
import pytest

from sandbox.portals.medicaid.controls import Target
from sandbox.portals.medicaid.layouts import LAYOUTS
from sandbox.portals.medicaid.paging import turned
from sandbox.portals.medicaid.payments_shown import METHOD_TEXTS
from sandbox.portals.medicaid.remittances import COMPLAINTS, NO_NUMBER, NOTHING
from tests.practice_portal import PracticePortal
from tests.sandbox.medicaid_visiting import NAME, MedicaidVisitor, us_date
from tests.sandbox.test_medicaid_eligibility import headings, rows

TODAY = "2026-11-20"
FIRST, LAST = "2026-10-20", TODAY


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(NAME, seed=7, claims=400, appointments=1, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def truth(portal: PracticePortal) -> dict[str, Any]:
    return portal.truth()


@pytest.fixture(scope="module")
def reader(portal: PracticePortal) -> Iterator[MedicaidVisitor]:
    with MedicaidVisitor(portal, seconds=30) as person:
        yield person.sign_in()


def payments(truth: dict[str, Any], first: str = FIRST, last: str = LAST, provider: int = 0) -> list[dict[str, Any]]:
    """What the portal may list of these days for one of the practice's providers, newest first."""
    npi = truth["practice"]["providers"][provider]["npi"]
    return [
        one
        for one in reversed(truth["remittances"])
        if one["payee_npi"] == npi and one["deliveries"] and first <= one["paid_on"] <= last
    ]


def search(visitor: MedicaidVisitor, first: str = FIRST, last: str = LAST) -> str:
    visitor.get("/RemittanceAdvice.aspx")
    visitor.choose("ddlSearchBy", "dates")
    days = {"txtFromCycle": first, "txtToCycle": last}
    return visitor.press("btnSearch", **{name: us_date(day) if day else "" for name, day in days.items()})


def all_rows(visitor: MedicaidVisitor) -> list[list[str]]:
    """The words of every row of the grid that the visitor stands on, over all its pages."""
    found = rows(visitor, "Remittance Advices Found")
    while following := visitor.post_backs("lnkNext"):
        visitor.follow(following[0][0])
        found += rows(visitor, "Remittance Advices Found")
    return found


def press(visitor: MedicaidVisitor, control: str, row: int) -> str:
    """What a row's link gives; the page stays before the visitor where that is a file."""
    before, listed = visitor.page, rows(visitor, "Remittance Advices Found")
    with_link = [at for at, cells in enumerate(listed) if cells[4 if control == "lnkRa" else 5] != "Not produced"]
    words = visitor.follow(visitor.post_backs(control)[with_link.index(row)][0])
    answer = visitor.page
    if not answer.headers["content-type"].startswith("text/html"):
        visitor.page = before
        return answer.content.decode("latin-1")
    return words


def test_a_list_holds_every_payment_of_its_cycles_over_its_pages_and_no_other(
    reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    expected = payments(truth)
    assert len(expected) > 10
    assert f"Records 1-10 of {len(expected)}" in search(reader)
    assert [row[:4] for row in all_rows(reader)] == [
        [one["trace"], one["paid_on"], METHOD_TEXTS[one["method"]], f"{float(one['amount']):,.2f}"] for one in expected
    ]
    assert f"Records 11-{len(expected)} of {len(expected)}" in reader.words
    assert "$" not in reader.words
    page_one = next(link for link in reader.post_backs("lnkPage") if link[1] == "Page$1")
    assert "Records 1-10 of" in reader.follow(*page_one[:2])


@pytest.mark.parametrize(
    ("target", "number"),
    [(Target("lnkNext"), 6), (Target("lnkPrevious"), 4), (Target("lnkPage", argument="Page$9"), 9)],
)
def test_a_link_under_a_grid_leads_to_its_page(target: Target, number: int) -> None:
    assert turned(5, target) == number


def test_a_payment_without_an_835_says_so(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    search(reader)
    offered = {row[0]: (row[4], row[5]) for row in all_rows(reader)}
    assert offered == {
        one["trace"]: ("View RA", "Download" if "835" in one["deliveries"] else "Not produced")
        for one in payments(truth)
    }


def test_an_835_comes_by_post_back_and_the_page_can_be_pressed_again(
    portal: PracticePortal, reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    search(reader)
    listed = rows(reader, "Remittance Advices Found")
    some = [at for at, row in enumerate(listed) if row[5] == "Download"][:2]
    for at in (*some, some[0]):
        trace = listed[at][0]
        assert press(reader, "lnkEra", at).encode("latin-1") == portal.document(trace, "835")
    assert "Records 11-" in reader.follow(reader.post_backs("lnkNext")[0][0])


def test_a_paper_form_opens_in_a_window_with_the_providers_number(
    portal: PracticePortal, reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    search(reader)
    first = next(one for one in payments(truth) if one["eob_form"] == "text")
    at = [row[0] for row in rows(reader, "Remittance Advices Found")].index(first["trace"])
    assert "Records 1-10 of" in press(reader, "lnkRa", at)
    shown = reader.http.get(reader.window())
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert first["payee_npi"] not in str(shown.url)
    with pytest.raises(pikepdf.PasswordError):
        pikepdf.open(io.BytesIO(shown.content))
    pikepdf.open(io.BytesIO(shown.content), password=first["payee_npi"]).close()


def test_a_payment_is_found_by_its_number_and_only_by_its_own_provider(
    reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    def by_number(trace: str) -> str:
        reader.get("/RemittanceAdvice.aspx")
        reader.choose("ddlSearchBy", "number")
        return reader.press("btnSearch", txtWarrant=trace)

    assert "Records 1-1 of 1" in by_number(payments(truth)[0]["trace"])
    others = payments(truth, "2026-01-01", TODAY, provider=1)
    assert NOTHING in by_number(others[0]["trace"])
    assert NO_NUMBER in by_number(" ")
    missing = next(one["trace"] for one in truth["remittances"] if not one["deliveries"])
    assert NOTHING in by_number(missing)


@pytest.mark.parametrize(
    ("first", "last", "message"),
    [
        ("", "", COMPLAINTS["no-dates"]),
        (FIRST, "", COMPLAINTS["no-dates"]),
        (LAST, FIRST, COMPLAINTS["dates-reversed"]),
        ("2026-10-01", TODAY, COMPLAINTS["span-too-long"]),
        ("2020-01-01", "2020-01-02", NOTHING),
    ],
)
def test_the_search_says_why_it_lists_nothing(reader: MedicaidVisitor, first: str, last: str, message: str) -> None:
    assert message in search(reader, first, last)


def test_a_switch_of_the_provider_forgets_the_list(reader: MedicaidVisitor, truth: dict[str, Any]) -> None:
    search(reader)
    try:
        reader.get("/ActingFor.aspx")
        reader.act_for(1)
        expected = payments(truth, provider=1)
        search(reader)
        listed = [row[0] for row in all_rows(reader)] if expected else []
        assert listed == [one["trace"] for one in expected]
    finally:
        reader.get("/ActingFor.aspx")
        reader.act_for(0)


def test_a_file_is_requested_built_fetched_whole_and_purged(
    portal: PracticePortal, reader: MedicaidVisitor, truth: dict[str, Any]
) -> None:
    def requests() -> list[list[str]]:
        reader.get("/FileRequests.aspx")
        return rows(reader, "Requested Files")

    assert requests() == [["No files were requested."]]
    for entries, message in (
        (("", ""), COMPLAINTS["no-dates"]),
        (("11/20/2026", "11/01/2026"), COMPLAINTS["dates-reversed"]),
        (("09/01/2026", "11/20/2026"), COMPLAINTS["span-too-long"]),
        (("9/1/2026", "11/20/2026"), "From cycle date must be entered as MM/DD/YYYY."),
    ):
        fields = dict(zip(("txtFromCycle", "txtToCycle"), entries, strict=True))
        assert message in reader.press("btnRequest", **fields)
    reader.press("btnRequest", txtFromCycle=us_date(FIRST), txtToCycle=us_date(LAST))
    (asked,) = rows(reader, "Requested Files")
    assert asked[1:3] == [us_date(FIRST), us_date(LAST)]
    assert asked[4] == "Submitted"
    assert re.fullmatch(r"11/2\d/2026 \d{1,2}:\d\d [AP]M", asked[5])
    portal.advance(120)
    assert requests()[0][4:] == ["Complete", "", "Download ZIP"]
    link = reader.post_backs("lnkFile")[0][0]
    page = reader.page
    reader.follow(link)
    with zipfile.ZipFile(io.BytesIO(reader.page.content)) as archive:
        assert archive.testzip() is None
        files = [archive.read(name) for name in archive.namelist()]
    remitted = b"".join(content for content in files if content.startswith(b"ISA")).decode()
    expected = payments(truth)
    assert all((f"TRN*1*{one['trace']}*" in remitted) == ("835" in one["deliveries"]) for one in expected)
    assert len([content for content in files if content.startswith(b"%PDF")]) == len(expected)
    reader.page = page
    for _ in range(5):
        portal.advance(14 * 60)
        reader.http.get("/Home.aspx")
    assert "The file is no longer available." in reader.follow(link)
    assert requests()[0][4:] == ["Purged", "", ""]


def test_quirks_prepare_documents_later_leave_paper_alone_and_open_windows_blank(truth: dict[str, Any]) -> None:
    quirks = {"report-later": 1.0, "pdf-only": 0.5, "popup-blank-first": 1.0}
    with (
        PracticePortal(NAME, seed=7, claims=400, appointments=1, today=TODAY, quirks=quirks) as portal,
        MedicaidVisitor(portal, seconds=30) as visitor,
    ):
        visitor.sign_in()
        search(visitor)
        listed = rows(visitor, "Remittance Advices Found")
        full = next(at for at, row in enumerate(listed) if row[5] == "Download")
        trace = listed[full][0]
        words = press(visitor, "lnkEra", full)
        assert re.search(r"being prepared\. Ask for it again after 11/20/2026 \d{1,2}:\d\d [AP]M\.", words)
        assert rows(visitor, "Remittance Advices Found") == listed
        assert "being prepared" not in press(visitor, "lnkRa", full)
        opened = re.search(r"openDetail\(.*?, (\d+)\)", visitor.page.text)
        assert opened
        assert int(opened[1]) > 0
        assert "Remittance Advice Document The document is being prepared." in visitor.get(visitor.window())
        portal.advance(16 * 60)
        search(visitor)
        assert press(visitor, "lnkEra", full).encode("latin-1") == portal.document(trace, "835")
        shapes = {event["trace"] for event in portal.events() if event.get("name") == "pdf-only"}
        assert shapes
        without = {one["trace"] for one in payments(truth) if "835" not in one["deliveries"]} | shapes
        assert {row[0] for row in listed if row[5] == "Not produced"} == {row[0] for row in listed} & without


def test_the_versions_of_the_pages_say_and_order_it_otherwise_and_list_the_same(
    portal: PracticePortal, reader: MedicaidVisitor
) -> None:
    pages: dict[int, str] = {}
    asked: dict[int, str] = {}
    try:
        for layout in LAYOUTS:
            portal.faults(layout=layout)
            reader.get("/RemittanceAdvice.aspx")
            calls = re.search(r'name="([^"]+)"[^>]*onchange', reader.page.text)
            assert calls
            reader.send({calls[1]: "dates", "__EVENTTARGET": calls[1]})
            asked[layout] = reader.page.text
            fields = re.findall(r'<input type="text" name="([^"]+)"', reader.page.text)
            button = next(iter(re.findall(r'<input type="submit" name="([^"]+)"', reader.page.text)))
            days = (us_date(FIRST), us_date(LAST))
            reader.send({**dict(zip(fields, days, strict=True)), button: "pressed"})
            pages[layout] = reader.page.text
        reader.follow(next(iter(reader.post_backs("lnkRa")))[0])
        assert reader.page.headers["Content-Disposition"].startswith("attachment")
    finally:
        portal.faults()
    facts = {
        layout: sorted(re.findall(r"<td[^>]*>(\d{4}-\d\d-\d\d|[\d,.]+|[A-Z]{3}\d+|\d{7})</td>", page))
        for layout, page in pages.items()
    }
    assert facts[1] == facts[2] == facts[3] == facts[4]
    assert len(facts[1]) >= 30
    assert sorted(headings(pages[3])) == sorted(headings(pages[1]))
    assert headings(pages[3]) != headings(pages[1])
    assert not {"Warrant/EFT No.", "Payment Amount"} & set(headings(pages[2]))
    assert "lnkEra" not in pages[3]
    assert "Next" not in re.sub(r"<[^>]+>", " ", pages[3])
    assert asked[4].index('value="List Advices"') < asked[4].index("<table", asked[4].index("<fieldset"))
