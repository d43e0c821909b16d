"""The Medicaid portal takes one line at a time, refuses in its own words, files what was pressed, and lists it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.portals.medicaid.layouts import LAYOUTS
from sandbox.portals.medicaid.reconsideration_texts import (
    DECISION_TEXTS,
    FILE_COMPLAINTS,
    FORM_COMPLAINTS,
    NO_KIND,
    REFUSAL_TEXTS,
    STATUS_TEXTS,
    TOO_MUCH,
    UNDECIDED,
)
from tests.practice_portal import PracticePortal
from tests.sandbox.medicaid_requests import DAY, Requester, number_on, pressed
from tests.sandbox.medicaid_visiting import NAME, us_date

TODAY = "2026-11-20"
MIB = 1024 * 1024


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(NAME, seed=7, claims=60, appointments=1, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def rights(portal: PracticePortal) -> list[dict[str, Any]]:
    return first_rights(portal)


def first_rights(portal: PracticePortal) -> list[dict[str, Any]]:
    """Of the provider for whom the visitor acts."""
    npi = portal.truth()["practice"]["providers"][0]["npi"]
    return [one for one in portal.appealable() if one["billing_npi"] == npi]


@pytest.fixture(scope="module")
def person(portal: PracticePortal) -> Iterator[Requester]:
    with Requester(portal) as visitor:
        yield visitor.sign_in()


def taken(rights: list[dict[str, Any]], place: int, lines: int = 1) -> dict[str, Any]:
    """The nth claim that may be appealed, of those with so many denied lines; each test has one of its own."""
    return [one for one in rights if one["refused"] is None and len(one["lines"]) >= lines][place]


def refused(rights: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(one for one in rights if one["refused"] == kind and one["list"] == "denials")


def claim_of(portal: PracticePortal, number: str) -> dict[str, Any]:
    claims: list[dict[str, Any]] = portal.truth()["claims"]
    return next(one for one in claims if one["payer_claim_number"] == number)


def appeal_of(portal: PracticePortal, right: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in portal.appeals() if one["payer_claim_number"] == right["payer_claim_number"])


def test_a_request_goes_from_the_claim_to_a_number_and_is_pressed_once(
    portal: PracticePortal, person: Requester, rights: list[dict[str, Any]]
) -> None:
    right = taken(rights, 0)
    number, line, before = right["payer_claim_number"], right["lines"][0], len(pressed(portal))
    assert f"ICN {number}" in person.begin(number)
    person.line(line, amount="1.50")
    person.statement("First line.\nSecond line.", reference="PW-0001")
    assert "The file was attached." in person.document("notes.pdf")
    assert "notes.pdf" not in person.words
    person.press("btnRefresh")
    assert "notes.pdf Medical Records 2.0 KB" in person.words
    person.press("btnContinue")
    for shown in (
        f"ICN: {number} Request Type: Reconsideration Line: {line} Amount Requested: 1.50",
        "Reason: Medical need documented Provider Reference: PW-0001",
        "Statement First line. Second line.",
        "notes.pdf Medical Records",
    ):
        assert shown in person.words
    assert len(pressed(portal)) == before
    receipt = person.press("btnSubmit")
    filed = appeal_of(portal, right)
    assert number_on(receipt) == filed["number"]
    assert (filed["presses"], filed["filings"], filed["reference"]) == (1, 1, "PW-0001")
    assert (filed["lines"], filed["amount"], filed["filenames"]) == ([line], "1.50", "notes.pdf")
    (row,) = person.listed("icn", txtIcn=number)
    assert row[:2] == [filed["number"], number]
    assert row[3:] == [str(line), "1.50", us_date(TODAY), "Received"]
    assert UNDECIDED in person.open_request(filed["number"])


def test_a_claim_that_cannot_be_appealed_has_no_button(portal: PracticePortal, person: Requester) -> None:
    npi = portal.truth()["practice"]["providers"][0]["npi"]
    claims = [one for one in portal.truth()["claims"] if one["billing_npi"] == npi]
    for allowed in (True, False):
        claim = next(one for one in claims if one["appeal_allowed"] is allowed and one["category"] in ("F2", "P1"))
        said = person.open_claim(claim["payer_claim_number"])
        assert f"Adjustment or appeal allowed: {'Y' if allowed else 'N'}" in said
        assert ('value="Request Reconsideration"' in person.page.text) is allowed


def test_each_refusal_is_told_after_the_line_in_words_of_its_own(
    portal: PracticePortal, person: Requester, rights: list[dict[str, Any]]
) -> None:
    before = len(pressed(portal))
    for kind, sentence in REFUSAL_TEXTS.items():
        right = refused(rights, kind)
        number = right["payer_claim_number"]
        person.begin(number)
        said = person.line(claim_of(portal, number)["lines"][0]["number"], amount="1.00")
        assert f"Request not accepted {sentence} Nothing was submitted." in said
    assert len(pressed(portal)) == before
    assert len(set(REFUSAL_TEXTS.values())) == 4


def test_each_step_says_what_it_lacks(person: Requester, rights: list[dict[str, Any]]) -> None:
    right = taken(rights, 1)
    person.begin(right["payer_claim_number"])
    lacking = person.line(amount="", reason="")
    for complaint in ("no-lines", "no-amount", "no-reason"):
        assert FORM_COMPLAINTS[complaint] in lacking
    for text in ("ten", "-1.00", "0.00", "1.005", "NaN"):
        assert FORM_COMPLAINTS["no-amount"] in person.line(right["lines"][0], amount=text)
    assert TOO_MUCH in person.line(right["lines"][0], amount="99999.00")
    assert "Step 2 of 3" in person.line(right["lines"][0], amount="1.00")
    assert FORM_COMPLAINTS["no-argument"] in person.statement(" ")
    assert FORM_COMPLAINTS["argument-too-long"] in person.statement("x" * 1001)
    assert "in 1000 characters at most" in person.words
    assert "Step 3 of 3" in person.statement("x" * 1000)
    assert "Step 2 of 3" in person.press("btnPrevious")
    assert "Nothing was submitted." in person.press("btnCancel")
    assert person.get("/Reconsideration.aspx").startswith("Practice State")
    assert person.path == "/ClaimSearch.aspx"


def test_one_line_goes_with_each_request_and_select_all_ticks_nothing_by_itself(
    portal: PracticePortal, person: Requester, rights: list[dict[str, Any]]
) -> None:
    right = next(
        one for one in rights if len(claim_of(portal, one["payer_claim_number"])["lines"]) > 1 and one["offered"]
    )
    numbers = [line["number"] for line in claim_of(portal, right["payer_claim_number"])["lines"]]
    person.begin(right["payer_claim_number"])
    assert re.search(r'<input type="button"[^>]*value="Select All"', person.page.text)
    assert " checked" not in person.page.text
    assert FORM_COMPLAINTS["one-line-only"] in person.line(*numbers, amount="1.00")


def test_attachments_keep_to_the_rules_that_the_page_tells(person: Requester, rights: list[dict[str, Any]]) -> None:
    right = taken(rights, 1)
    person.begin(right["payer_claim_number"])
    person.line(right["lines"][0], amount="1.00")
    person.statement()
    assert "PDF and TIFF files are accepted, 4 MB each at most." in person.words
    assert "A request can have 3 attachments, 10 MB together." in person.words
    assert FILE_COMPLAINTS["wrong-type"] in person.document("notes.txt", b"words", "text/plain")
    assert FILE_COMPLAINTS["wrong-type"] in person.document("notes.pdf", b"not what it says")
    assert FILE_COMPLAINTS["too-large"] in person.document("notes.pdf", b"%PDF-" + b" " * 4 * MIB)
    assert FILE_COMPLAINTS["no-file"] in person.document("")
    large = b"%PDF-" + b" " * (4 * MIB - 5)
    assert "The file was attached." in person.document("a.pdf", large)
    assert FILE_COMPLAINTS["same-name"] in person.document("a.pdf")
    person.document("b.pdf", large)
    assert FILE_COMPLAINTS["too-large-together"] in person.document("c.pdf", large)
    person.document("c.pdf")
    behind = person.page
    assert FILE_COMPLAINTS["too-many"] in person.document("d.pdf")
    opened = re.search(r"openAttachments\('([^']+)'", person.page.text.replace("&#39;", "'"))
    assert opened
    person.get(opened[1])
    assert NO_KIND in person.send_file("", "e.pdf", b"%PDF-", "application/pdf")
    person.follow(person.post_backs("lnkRemove")[0][0])
    assert "a.pdf" not in person.words
    assert "b.pdf" in person.words
    person.page = behind
    assert "Review Request" in person.press("btnContinue")


def test_the_list_has_what_was_filed_by_hand_and_pages_that_add_up(portal: PracticePortal, person: Requester) -> None:
    known = [one["number"] for one in portal.appeals() if one["channel"] == "portal"]
    assert known
    assert sorted(row[0] for row in person.listed()) == sorted(known)
    assert "No reconsiderations were found" in person.find("icn", txtIcn="1")
    assert "ICN is required." in person.find("icn")
    assert "Reconsideration No. is required." in person.find("number")


def test_a_press_that_is_sent_twice_is_taken_and_recorded_twice(
    portal: PracticePortal, person: Requester, rights: list[dict[str, Any]]
) -> None:
    right = taken(rights, 2)
    person.review(right)
    review = person.page
    first = number_on(person.press("btnSubmit"))
    person.page = review
    assert number_on(person.press("btnSubmit")) != first
    filed = [one for one in portal.appeals() if one["payer_claim_number"] == right["payer_claim_number"]]
    assert {(one["presses"], one["filings"]) for one in filed} == {(2, 2)}


def test_a_step_that_is_sent_twice_ends_the_session(portal: PracticePortal, rights: list[dict[str, Any]]) -> None:
    right = taken(rights, 1)
    before = len(pressed(portal))
    portal.expire_sessions()
    with Requester(portal) as visitor:
        visitor.sign_in()
        visitor.begin(right["payer_claim_number"])
        step = visitor.page
        visitor.line(right["lines"][0], amount="1.00")
        visitor.page = step
        assert "Page cannot be refreshed" in visitor.line(right["lines"][0], amount="1.00")
        visitor.get("/Home.aspx")
        assert visitor.path != "/Home.aspx" or "Log In" in visitor.words
    assert len(pressed(portal)) == before


def test_nobody_makes_a_request_without_a_session(portal: PracticePortal) -> None:
    with Requester(portal) as stranger:
        for page in (
            "Reconsideration",
            "ReconsiderationAttachment",
            "ReconsiderationReceipt",
            "Reconsiderations",
            "ReconsiderationDetail",
        ):
            assert "Provider Log In" in stranger.get(f"/{page}.aspx")


def headings(page: httpx.Response) -> list[str]:
    return [re.sub(r"<[^>]+>", "", one).strip() for one in re.findall(r"<th[^>]*>(.*?)</th>", page.text, re.DOTALL)]


def test_the_versions_of_the_pages_say_other_words_and_show_the_same_facts(portal: PracticePortal) -> None:
    portal.expire_sessions()
    seen: dict[int, dict[str, httpx.Response]] = {}
    try:
        with Requester(portal) as visitor:
            visitor.sign_in()
            right = taken(first_rights(portal), 1)
            for layout in LAYOUTS:
                portal.faults()
                pages = seen[layout] = {}
                visitor.begin(right["payer_claim_number"])
                portal.faults(layout=layout)
                visitor.get("/Reconsideration.aspx")
                pages["lines"] = visitor.page
                portal.faults()
                visitor.get("/Reconsideration.aspx")
                visitor.line(right["lines"][0], amount="1.00")
                visitor.statement("What the records say.")
                visitor.document("notes.pdf")
                portal.faults(layout=layout)
                visitor.press("btnContinue")
                pages["review"] = visitor.page
                portal.faults()
                visitor.get("/Reconsiderations.aspx")
                visitor.choose("ddlSearchBy", "all")
                portal.faults(layout=layout)
                visitor.press("btnSearch")
                pages["list"] = visitor.page
                portal.faults()
                visitor.find("all")
                visitor.follow(visitor.post_backs("lnkNumber")[0][0])
                portal.faults(layout=layout)
                visitor.get(visitor.window())
                pages["detail"] = visitor.page
    finally:
        portal.faults()
    for name in ("lines", "list"):
        assert sorted(headings(seen[3][name])) == sorted(headings(seen[1][name]))
        assert headings(seen[3][name]) != headings(seen[1][name])
        assert not set(headings(seen[2]["list"])) & {"Reconsideration No.", "Date Submitted"}
    for page in (seen[layout]["review"].text for layout in LAYOUTS):
        assert "What the records say." in page
        assert "notes.pdf" in page
        assert right["payer_claim_number"] in page
    assert seen[3]["detail"].text.index("Result of Review<") < seen[3]["detail"].text.index("Member<")
    assert seen[1]["detail"].text.index("Result of Review<") > seen[1]["detail"].text.index("Member<")
    assert "What Was Decided" in seen[2]["detail"].text
    assert "Check Your Request" in seen[2]["review"].text
    assert 'role="presentation"><tr><td' not in seen[4]["review"].text.split("<h1>")[1]


def test_a_request_is_followed_to_its_decision_with_the_letter() -> None:
    with PracticePortal(NAME, seed=7, claims=60, appointments=1) as portal, Requester(portal) as person:
        person.sign_in()
        rights = first_rights(portal)
        chosen = {one["decision"]: one for one in reversed(rights) if one["refused"] is None}
        assert set(chosen) == set(DECISION_TEXTS)
        asking = next(one for one in rights if one["refused"] is None and one["information"])
        numbers = {name: person.file(one, papers=0) for name, one in chosen.items()}
        if asking not in chosen.values():
            person.file(asking, papers=0)
        asked = appeal_of(portal, asking)
        ruling = next(
            one for one in portal.truth()["appeal_rights"] if one["payer_claim_number"] == asking["payer_claim_number"]
        )["ruling"]
        person.advance((ruling["information"]["after_days"] + 1) * DAY)
        said = person.open_request(asked["number"])
        assert STATUS_TEXTS["information-wanted"] in said
        assert asking["information"] in said
        person.advance(60 * DAY)
        truth = {one["number"]: one for one in portal.appeals()}
        for decision, words in DECISION_TEXTS.items():
            one = truth[numbers[decision]]
            said = person.open_request(one["number"])
            assert one["decision"] == decision
            assert f"Reconsideration Status: {STATUS_TEXTS[decision]}" in said
            assert f"Decision: {words} Decision Date: {us_date(one['decided_on'])}" in said
            assert f"Additional Amount Paid: {float(one['recovered']):,.2f}" in said
            answer = person.letter()
            assert answer.content.startswith(b"%PDF")
            assert answer.headers["Content-Disposition"].startswith("attachment")


def test_an_answer_that_is_lost_was_filed_and_is_on_the_list(portal: PracticePortal) -> None:
    portal.expire_sessions()
    with Requester(portal) as person:
        person.sign_in()
        right = taken(first_rights(portal), 1)
        portal.faults(appeal_press=[{"kind": "lost-answer", "every": 1, "times": 1}])
        person.review(right)
        with pytest.raises(httpx.TransportError):
            person.press("btnSubmit")
        portal.faults()
        filed = appeal_of(portal, right)
        assert (filed["presses"], filed["filings"]) == (1, 1)
        assert filed["number"] in [row[0] for row in person.listed()]


def test_strict_upload_rules_scan_slowly_or_refuse(portal: PracticePortal) -> None:
    portal.expire_sessions()
    portal.quirks(upload_rules=1.0)
    told: set[str] = set()
    try:
        with Requester(portal) as person:
            person.sign_in()
            right = taken(first_rights(portal), 1)
            while len(told) < 2:
                person.begin(right["payer_claim_number"])
                person.line(right["lines"][0], amount="1.00")
                person.statement()
                said = person.document("notes.pdf")
                scanned = "Scanning" in said
                told.add("scanned" if scanned else "refused")
                if scanned:
                    assert FORM_COMPLAINTS["scanning"] in person.press("btnContinue")
                    portal.advance(60)
                    assert "Review Request" in person.press("btnContinue")
                else:
                    assert any(text in said for text in FILE_COMPLAINTS.values())
    finally:
        portal.quirks()
