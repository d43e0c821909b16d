"""The national portal takes requests step by step, refuses in its own words, files what was pressed, and tracks it."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.portals.national.appeal_texts import (
    DECISION_TEXTS,
    FILE_COMPLAINTS,
    FORM_COMPLAINTS,
    REFUSAL_TEXTS,
    STATUS_TEXTS,
    TOO_MUCH,
)
from sandbox.portals.national.layouts import DISPUTED_LINES, REQUEST_SECTIONS, THIRD_NAMES, TRACKED
from tests.practice_portal import PracticePortal
from tests.sandbox.national_requests import MEDICAL, PDF, Disputer, letter, lines_of, pressed, ticket
from tests.sandbox.test_layouts import facts, headings
from tests.sandbox.visiting import us_date

TODAY = "2026-11-20"
DAY = 86_400


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(seed=7, claims=60, appointments=1, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def rights(portal: PracticePortal) -> list[dict[str, Any]]:
    return first_rights(portal)


def first_rights(portal: PracticePortal) -> list[dict[str, Any]]:
    """Of the provider for whom the visitor acts, at the first level."""
    npi = portal.truth()["practice"]["providers"][0]["npi"]
    return [one for one in portal.appealable() if one["level"] == "first" and one["billing_npi"] == npi]


@pytest.fixture(scope="module")
def person(portal: PracticePortal) -> Iterator[Disputer]:
    with Disputer(portal) as visitor:
        visitor.sign_in()
        yield visitor


def taken(rights: list[dict[str, Any]], place: int, lines: int = 1) -> dict[str, Any]:
    """The nth claim that may be appealed, of those with so many denied lines; each test has one of its own."""
    return [one for one in rights if one["refused"] is None and len(one["lines"]) >= lines][place]


def refused(rights: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(one for one in rights if one["refused"] == kind and one["list"] == "denials")


def test_a_request_goes_from_the_claim_to_a_ticket_and_is_pressed_once(
    portal: PracticePortal, person: Disputer, rights: list[dict[str, Any]]
) -> None:
    right = taken(rights, 0, lines=2)
    number, before = right["payer_claim_number"], len(pressed(portal))
    assert "Act on claim" in person.open_claim(number)
    assert f"Claim number {number}" in person.act(number)
    person.begin(number)
    assert f"Claim {number}" in person.words
    person.lines(*lines_of(right), amount=f"${float(right['amount']):,.2f}")
    person.reason("First line.\nSecond line.", reference="PW-0001")
    person.document("notes.pdf")
    assert "notes.pdf Clinical records 2.0 KB Clean" in person.words
    person.post("/disputes/documents/done")
    for shown in (
        f"Request Reconsideration request Claim number {number}",
        f"Lines {', '.join(lines_of(right))} Amount in dispute ${float(right['amount']):,.2f}",
        "Reason for dispute The service was clinically appropriate Your reference PW-0001",
        "Explanation First line. Second line.",
        "notes.pdf Clinical records",
    ):
        assert shown in person.words
    assert len(pressed(portal)) == before
    receipt = person.post("/disputes/submit")
    filed = next(one for one in portal.appeals() if one["payer_claim_number"] == number)
    assert ticket(receipt) == filed["number"]
    assert (filed["presses"], filed["filings"], filed["reference"]) == (1, 1, "PW-0001")
    assert (filed["lines"], filed["amount"], filed["filenames"]) == (right["lines"], right["amount"], "notes.pdf")
    row = next(row for row in person.tracked() if filed["number"] in row)
    assert row[1] == number
    assert row[3:] == ["Reconsideration request", ", ".join(lines_of(right)), us_date(TODAY), "PW-0001", "Ticket open"]


def test_what_cannot_be_disputed_is_grey_with_the_reason_beside_it(
    portal: PracticePortal, person: Disputer, rights: list[dict[str, Any]]
) -> None:
    for kind in ("not-appealable", "window-closed"):
        right = refused(rights, kind)
        assert REFUSAL_TEXTS[kind] in person.act(right["payer_claim_number"])
        assert len(re.findall(r'<input type="radio"[^>]* disabled>', person.page.text)) == 4
        assert re.search(r'<button[^>]*type="submit" disabled>Continue', person.page.text)
        assert "Choose what" in person.post(str(person.page.url.raw_path, "ascii"), reqType="first")
    pending = next(one for one in portal.truth()["claims"] if not one["appeal_allowed"] and one["category"] == "P1")
    person.open_claim(pending["payer_claim_number"])
    assert "/claims/act" not in person.page.text
    assert re.search(r'aria-disabled="true">Act on claim', person.page.text)


def test_paid_lines_and_second_requests_are_refused_after_the_lines(
    portal: PracticePortal, person: Disputer, rights: list[dict[str, Any]]
) -> None:
    before = len(pressed(portal))
    for kind in ("line-paid", "duplicate"):
        right = refused(rights, kind)
        claim = next(
            one for one in portal.truth()["claims"] if one["payer_claim_number"] == right["payer_claim_number"]
        )
        person.begin(right["payer_claim_number"])
        said = person.lines(*(str(line["number"]) for line in claim["lines"]), amount="1.00")
        assert said.startswith("This request cannot be submitted")
        assert REFUSAL_TEXTS[kind] in said
        assert "Nothing was submitted." in said
    assert len(pressed(portal)) == before
    assert len(set(REFUSAL_TEXTS.values())) == 4


def test_each_step_says_what_it_lacks(person: Disputer, rights: list[dict[str, Any]]) -> None:
    right = taken(rights, 1, lines=2)
    person.begin(right["payer_claim_number"])
    lacking = person.lines(amount="")
    assert FORM_COMPLAINTS["no-lines"] in lacking
    assert FORM_COMPLAINTS["no-amount"] in lacking
    first = lines_of(right)[0]
    for text in ("ten", "-1.00", "0.00", "1.005", "NaN"):
        assert FORM_COMPLAINTS["no-amount"] in person.lines(first, amount=text)
    assert TOO_MUCH in person.lines(first, amount="99999.00")
    person.lines(first, amount="1.00")
    lacking = person.post("/disputes/reason", dispRsn="", rsnText=" ")
    assert FORM_COMPLAINTS["no-reason"] in lacking
    assert FORM_COMPLAINTS["no-argument"] in lacking
    assert FORM_COMPLAINTS["argument-too-long"] in person.reason("x" * 2001)
    assert "Up to 2000 characters." in person.words
    person.get("/disputes/review")
    assert person.path == "/disputes/lines"


def test_documents_keep_to_the_rules_that_the_page_tells(person: Disputer, rights: list[dict[str, Any]]) -> None:
    right = taken(rights, 1)
    person.begin(right["payer_claim_number"])
    person.lines(*lines_of(right), amount="1.00")
    person.reason()
    assert "PDF, JPEG or TIFF files, at least 1 KB and at most 25 MB each." in person.words
    assert "Up to 5 documents, 50 MB together." in person.words
    assert FILE_COMPLAINTS["wrong-type"] in person.document("notes.txt", b"words " * 500, "text/plain")
    assert FILE_COMPLAINTS["wrong-type"] in person.document("notes.pdf", b"not what it says " * 500)
    assert FILE_COMPLAINTS["too-small"] in person.document("notes.pdf", PDF[:900])
    assert FILE_COMPLAINTS["too-large"] in person.document("notes.pdf", PDF + b" " * 25 * 1024 * 1024)
    assert FILE_COMPLAINTS["no-file"] in person.send("/disputes/documents", {"docType": "letter"})
    assert "Clinical records" not in person.document("a.pdf").split("Documents with this request")[0].split("Add")[0]
    assert FILE_COMPLAINTS["same-name"] in person.document("a.pdf")
    for name in "bcde":
        person.document(f"{name}.pdf")
    assert FILE_COMPLAINTS["too-many"] in person.document("f.pdf")
    person.post("/disputes/documents/remove")
    assert "e.pdf" not in person.words
    assert "d.pdf" in person.words


def test_select_all_stands_beside_the_boxes_and_ticks_nothing_by_itself(
    person: Disputer, rights: list[dict[str, Any]]
) -> None:
    person.begin(taken(rights, 1, lines=2)["payer_claim_number"])
    assert re.search(r'<button[^>]*type="button"[^>]*>Select all</button>', person.page.text)
    assert "checked" not in person.page.text
    script = person.http.get(re.findall(r'src="(/assets/[^"]+)"', person.page.text)[0]).text
    assert "dataset.every" in script


def test_a_list_shows_what_needs_action_until_all_is_asked_for(
    portal: PracticePortal, person: Disputer, rights: list[dict[str, Any]]
) -> None:
    person.get("/tracker")
    assert "There are no requests to show." in person.words
    known = [one["number"] for one in portal.appeals() if one["channel"] == "portal"]
    assert known
    assert sorted(row[0] for row in person.tracked()) == sorted(known)
    open_now = [one["number"] for one in portal.appeals() if one["channel"] == "portal" and one["decision"] is None]
    assert sorted(row[0] for row in person.tracked("open")) == sorted(open_now)
    links = " ".join(re.findall(r'(?:href|action)="([^"]*)"', person.page.text)) + str(person.page.url)
    assert not [one for one in rights if one["payer_claim_number"] in links]


def test_a_press_that_is_sent_twice_is_taken_and_recorded_twice(
    portal: PracticePortal, person: Disputer, rights: list[dict[str, Any]]
) -> None:
    right = taken(rights, 2)
    person.review(right)
    review = person.page
    first = ticket(person.post("/disputes/submit"))
    person.page = review
    assert ticket(person.post("/disputes/submit")) != first
    filed = [one for one in portal.appeals() if one["payer_claim_number"] == right["payer_claim_number"]]
    assert {(one["presses"], one["filings"]) for one in filed} == {(2, 2)}


def test_the_versions_of_the_pages_say_other_words_and_show_the_same_facts(
    portal: PracticePortal, person: Disputer, rights: list[dict[str, Any]]
) -> None:
    right = taken(rights, 3, lines=2)
    pages: dict[int, dict[str, str]] = {}
    try:
        for layout in (1, 2, 3, 4):
            seen = pages[layout] = {}
            portal.faults()
            person.act(right["payer_claim_number"])
            portal.faults(layout=layout)
            seen["act"] = person.get(str(person.page.url.raw_path, "ascii")) and person.page.text
            level = THIRD_NAMES["request_type"] if layout == 3 else "reqType"
            person.post(str(person.page.url.raw_path, "ascii"), **{level: "first"})
            seen["lines"] = person.page.text
            portal.faults()
            person.lines(*lines_of(right), amount="2.00")
            person.reason(reference="PW-0002")
            person.document("notes.pdf")
            portal.faults(layout=layout)
            person.get("/disputes/documents")
            seen["documents"] = person.page.text
            person.get("/disputes/review")
            seen["review"] = person.page.text
            person.get("/tracker?page=1")
            seen["tracker"] = person.page.text
    finally:
        portal.faults()
    for name in ("act", "lines", "documents", "review", "tracker"):
        assert len({frozenset(facts(pages[layout][name])) for layout in pages}) == 1
        assert facts(pages[1][name])
    for name in ("lines", "tracker", "documents"):
        assert sorted(headings(pages[3][name])) == sorted(headings(pages[1][name]))
        assert headings(pages[3][name]) != headings(pages[1][name])
    assert not set(headings(pages[2]["tracker"])) & {"Ticket number", "Submitted", "Request"}
    assert headings(pages[4]["tracker"])[-1] == "Open"
    assert "<dl" not in pages[4]["review"]
    for kinds in (DISPUTED_LINES, TRACKED, REQUEST_SECTIONS):
        assert all(set(kinds[1]) <= set(order) for order in kinds.values())


def test_a_request_is_followed_to_its_decision_with_the_letter() -> None:
    with PracticePortal(seed=7, claims=60, appointments=1) as portal, Disputer(portal) as person:
        person.sign_in()
        rights = first_rights(portal)
        chosen = {one["decision"]: one for one in reversed(rights) if one["refused"] is None}
        asking = next(one for one in rights if one["refused"] is None and one["information"])
        tickets = {name: person.file(one, papers=0) for name, one in chosen.items()}
        if asking not in chosen.values():
            person.file(asking, papers=0)
        number = asking["payer_claim_number"]
        asked = next(one for one in portal.appeals() if one["payer_claim_number"] == number)
        ruling = next(one for one in portal.truth()["appeal_rights"] if one["payer_claim_number"] == number)["ruling"]
        person.advance((ruling["information"]["after_days"] + 1) * DAY)
        person.sign_in()
        person.get("/tracker")
        assert asked["number"] in person.words
        assert STATUS_TEXTS["information-wanted"] in person.words
        assert asking["information"] in person.open_request(asked["number"])
        person.advance(60 * DAY)
        person.sign_in()
        truth = {one["number"]: one for one in portal.appeals()}
        for decision in DECISION_TEXTS:
            one = truth[tickets[decision]]
            said = person.open_request(one["number"])
            assert one["decision"] == decision
            assert f"Status {STATUS_TEXTS[decision]}" in said
            assert f"Decision {DECISION_TEXTS[decision]} Decision date {us_date(one['decided_on'])}" in said
            assert f"Additional payment ${float(one['recovered']):,.2f}" in said
            due = us_date(one["next_level_due"]) if one["next_level_due"] else "N/A"
            assert f"Next level due {due}" in said
            answer = letter(person)
            assert answer.content.startswith(b"%PDF")
            assert answer.headers["Content-Disposition"].startswith("attachment")
        upheld = next(
            one for one in rights if one["payer_claim_number"] == truth[tickets["upheld"]]["payer_claim_number"]
        )
        assert "Formal appeal" in person.begin(upheld["payer_claim_number"], "second")
        person.lines(*lines_of(upheld), amount="1.00")
        assert person.path == "/disputes/reason"


def test_quirks_refuse_at_the_lines_scan_slowly_and_lose_the_receipt() -> None:
    # With this seed the first document is scanned slowly, and the second is refused though it keeps to the rules.
    with PracticePortal(seed=16, claims=60, appointments=1, today=TODAY) as portal, Disputer(portal) as person:
        person.sign_in()
        rights = first_rights(portal)
        portal.quirks(appeal_refused=1.0)
        person.begin(taken(rights, 0)["payer_claim_number"])
        assert person.lines(*lines_of(taken(rights, 0)), amount="1.00").startswith("This request cannot be submitted")
        shape = next(one["shape"] for one in portal.events() if one.get("name") == "appeal-refused")
        assert REFUSAL_TEXTS[shape] in person.words
        portal.quirks()
        portal.faults(appeal_press=[{"kind": "lost-answer", "every": 1, "times": 1}])
        person.review(taken(rights, 1))
        with pytest.raises(httpx.TransportError):
            person.post("/disputes/submit")
        portal.faults()
        filed = next(
            one for one in portal.appeals() if one["payer_claim_number"] == taken(rights, 1)["payer_claim_number"]
        )
        assert (filed["presses"], filed["filings"]) == (1, 1)
        assert filed["number"] in [row[0] for row in person.tracked()]
        portal.quirks(upload_rules=1.0)
        scanned = FORM_COMPLAINTS["scanning"]
        told: set[str] = set()
        for right in (taken(rights, place) for place in (2, 3)):
            person.begin(right["payer_claim_number"])
            person.lines(*lines_of(right), amount="1.00")
            person.reason()
            if "In progress" in person.document("notes.pdf"):
                assert scanned in person.post("/disputes/documents/done")
                person.advance(60)
                person.post("/disputes/documents/done")
                assert person.path == "/disputes/review"
                told.add(scanned)
            else:
                told.update(text for text in FILE_COMPLAINTS.values() if text in person.words)
        assert scanned in told
        assert len(told) > 1


def test_nobody_makes_a_request_without_a_session_or_without_the_entitlement(portal: PracticePortal) -> None:
    with Disputer(portal) as stranger:
        for path in ("/tracker", "/disputes/lines", "/disputes/review", "/disputes/receipt", "/tracker/letter?ref=1"):
            assert stranger.get(path).startswith("Sign in")
        before = len(pressed(portal))
        stranger.post("/disputes/submit", dispRsn=MEDICAL)
        assert len(pressed(portal)) == before
