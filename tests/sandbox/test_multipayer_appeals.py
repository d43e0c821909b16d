"""Practice Exchange takes disputes from claim to worklist to receipt, refuses in its words, and follows them up."""

import re
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from sandbox.portals.multipayer.appeal_texts import (
    DECISION_TEXTS,
    FILE_COMPLAINTS,
    FORM_COMPLAINTS,
    NO_DISPUTES,
    NO_KIND,
    REFUSAL_TEXTS,
    SEARCH_LACKS,
    STATUS_TEXTS,
    TOLD_AT_ONCE,
    TOO_MUCH,
)
from sandbox.portals.multipayer.pages import VERSIONS
from sandbox.portals.multipayer.words import words
from tests.practice_portal import PracticePortal
from tests.sandbox.multipayer_disputes import PDF, Disputer, first_rights, pressed
from tests.sandbox.multipayer_visiting import PORTAL, us_date

TODAY = "2026-11-20"
DAY = 86_400


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=7, claims=60, appointments=1, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def rights(portal: PracticePortal) -> list[dict[str, Any]]:
    return first_rights(portal)


@pytest.fixture(scope="module")
def person(portal: PracticePortal) -> Iterator[Disputer]:
    with Disputer(portal) as visitor:
        visitor.sign_in()
        yield visitor


def taken(rights: list[dict[str, Any]], place: int, lines: int = 1) -> dict[str, Any]:
    """The nth claim that may be disputed, of those with so many denied lines; each test has one of its own."""
    return [one for one in rights if one["refused"] is None and len(one["lines"]) >= lines][place]


def refused(rights: list[dict[str, Any]], kind: str) -> dict[str, Any]:
    return next(one for one in rights if one["refused"] == kind and one["list"] == "denials")


def test_a_dispute_goes_from_the_claim_over_the_worklist_to_its_number_and_is_pressed_once(
    portal: PracticePortal, person: Disputer, rights: list[dict[str, Any]]
) -> None:
    right = taken(rights, 0, lines=2)
    number, before = right["payer_claim_number"], len(pressed(portal))
    person.open_claim(number)
    assert person.said["dispute"] == "Yes"
    work = person.begin(number)
    waiting = person.get("/appeals/worklist")["rows"]
    assert [row["claimNumber"] for row in waiting if row["reference"] == work["reference"]] == [number]
    person.lines(*right["lines"], amount=f"${float(right['amount']):,.2f}")
    person.reason("First line.\nSecond line.", reference="PW-0001")
    assert person.upload("notes.pdf")["files"] == [
        {"name": "notes.pdf", "kind": "Medical record", "size": "3.9 KB", "check": "No threats"}
    ]
    shown = person.get(f"/appeals/worklist/{work['reference']}/review")
    assert shown["dispute"] == {
        "level": "Claim appeal",
        "claimNumber": number,
        "lines": ", ".join(map(str, right["lines"])),
        "amount": f"{float(right['amount']):,.2f}",
        "reason": "Medical necessity",
        "ownReference": "PW-0001",
    }
    assert shown["argument"] == "First line.\nSecond line."
    assert len(pressed(portal)) == before
    person.step("submit")
    receipt = person.get("/appeals/receipt")
    filed = next(one for one in portal.appeals() if one["payer_claim_number"] == number)
    assert (receipt["number"], receipt["claimNumber"]) == (filed["number"], number)
    assert (filed["presses"], filed["filings"], filed["reference"]) == (1, 1, "PW-0001")
    assert (filed["lines"], filed["amount"], filed["filenames"]) == (right["lines"], right["amount"], "notes.pdf")
    assert work["reference"] not in [row["reference"] for row in person.get("/appeals/worklist")["rows"]]
    (row,) = person.listed(person.disputes("claim", claim_number=f" {number} "))
    assert (row["number"], row["lines"], row["submitted"]) == (filed["number"], shown["dispute"]["lines"], TODAY)
    assert (row["ownReference"], row["status"]) == ("PW-0001", STATUS_TEXTS["received"])


def test_what_is_not_appealable_or_too_late_is_told_at_the_claim(
    portal: PracticePortal, person: Disputer, rights: list[dict[str, Any]]
) -> None:
    for kind in TOLD_AT_ONCE:
        begun = len(portal.events(kind="appeal_begun"))
        assert person.dispute(refused(rights, kind)["payer_claim_number"]) == {"refused": REFUSAL_TEXTS[kind]}
        assert len(portal.events(kind="appeal_begun")) == begun
    pending = next(one for one in portal.truth()["claims"] if not one["appeal_allowed"] and one["category"] == "P1")
    reference = person.open_claim(pending["payer_claim_number"])
    assert person.said["dispute"] == "No"
    person.post(f"/claim-status/claims/{reference}/dispute")
    assert person.status == 404


def test_paid_lines_and_second_disputes_are_refused_after_the_lines(
    portal: PracticePortal, person: Disputer, rights: list[dict[str, Any]]
) -> None:
    before = len(pressed(portal))
    for kind in ("line-paid", "duplicate"):
        work = person.begin(refused(rights, kind)["payer_claim_number"])
        every = [int(line["number"]) for line in work["lines"]]
        assert person.lines(*every, amount="1.00") == {"refused": REFUSAL_TEXTS[kind]}
    assert len(pressed(portal)) == before
    assert len(set(REFUSAL_TEXTS.values())) == 4


def test_each_step_says_what_it_lacks(person: Disputer, rights: list[dict[str, Any]]) -> None:
    right = taken(rights, 1, lines=2)
    person.begin(right["payer_claim_number"])
    assert person.lines(amount="", level="")["messages"] == [
        FORM_COMPLAINTS[one] for one in ("no-level", "no-lines", "no-amount")
    ]
    first = right["lines"][0]
    for text in ("ten", "-1.00", "0.00", "1.005", "NaN"):
        assert person.lines(first, amount=text)["messages"] == [FORM_COMPLAINTS["no-amount"]]
    assert person.lines(first, amount="99999.00")["messages"] == [TOO_MUCH]
    assert person.step("submit")["messages"]
    person.lines(first, amount="1.00")
    assert person.step("reason", reason="", argument=" ")["messages"] == [
        FORM_COMPLAINTS["no-reason"],
        FORM_COMPLAINTS["no-argument"],
    ]
    assert person.reason("x" * 4001)["messages"] == [FORM_COMPLAINTS["argument-too-long"]]
    assert person.work["longest"] == 4000
    assert person.step("reason", reason="underpayment", argument="Too little.")["messages"] == [
        FORM_COMPLAINTS["no-reason"]
    ]


def test_documents_keep_to_the_rules_that_the_page_tells(person: Disputer, rights: list[dict[str, Any]]) -> None:
    work = person.begin(taken(rights, 1)["payer_claim_number"])
    assert work["rules"][:3] == [
        "Accepted types: PDF, JPG, PNG, TIF, DOCX.",
        "Each file must be larger than 3 KB and not larger than 60 MB.",
        "A dispute can have up to 10 files, 150 MB together.",
    ]
    for said, document in (
        (NO_KIND, person.upload("notes.pdf", kind="")),
        (FILE_COMPLAINTS["no-file"], person.upload("")),
        (FILE_COMPLAINTS["wrong-type"], person.upload("notes.txt", b"words " * 900, "text/plain")),
        (FILE_COMPLAINTS["wrong-type"], person.upload("notes.pdf", b"not what it says " * 900)),
        (FILE_COMPLAINTS["too-small"], person.upload("notes.pdf", PDF[: 3 * 1024])),
        (FILE_COMPLAINTS["too-large"], person.upload("notes.pdf", PDF + b" " * 60 * 1024 * 1024)),
    ):
        assert document["messages"] == [said]
    assert person.upload("0.pdf", PDF[: 3 * 1024 + 1])["files"][0]["name"] == "0.pdf"
    assert person.upload("0.pdf")["messages"] == [FILE_COMPLAINTS["same-name"]]
    for number in range(1, 10):
        person.upload(f"{number}.pdf")
    assert person.upload("10.pdf")["messages"] == [FILE_COMPLAINTS["too-many"]]
    left = person.step("documents/remove", name="4.pdf")["files"]
    assert [one["name"] for one in left] == [f"{number}.pdf" for number in range(10) if number != 4]


def test_a_press_that_is_sent_twice_is_taken_and_recorded_twice(
    portal: PracticePortal, person: Disputer, rights: list[dict[str, Any]]
) -> None:
    right = taken(rights, 2)
    first = person.file(right)
    person.step("submit")
    assert person.get("/appeals/receipt")["number"] != first
    filed = [one for one in portal.appeals() if one["payer_claim_number"] == right["payer_claim_number"]]
    assert {(one["presses"], one["filings"]) for one in filed} == {(2, 2)}


def test_the_list_has_all_that_payers_have_and_its_search_wants_what_it_asks_for(
    portal: PracticePortal, person: Disputer
) -> None:
    known = {one["payer_claim_number"]: one["number"] for one in portal.appeals() if one["channel"] == "portal"}
    assert known
    assert {row["claimNumber"] for row in person.every_dispute()} == set(known)
    assert person.disputes("claim")["messages"] == [SEARCH_LACKS]
    assert person.disputes("claim", claim_number="1")["empty"] == NO_DISPUTES
    one = next(iter(known.values()))
    assert [row["number"] for row in person.listed(person.disputes("dispute", dispute_id=one))] == [one]


def test_a_filter_that_is_set_to_begin_with_is_named_and_can_be_cleared(
    portal: PracticePortal, person: Disputer
) -> None:
    portal.quirks(default_filter=1.0)
    try:
        found = person.disputes()
    finally:
        portal.quirks()
    assert found["filter"]
    cleared = person.post(f"/appeals/searches/{found['reference']}/clear")
    assert cleared["total"] == len(person.every_dispute()) > found["total"]


def test_the_versions_of_the_pages_say_other_words_in_other_places_about_the_same_facts() -> None:
    versions = {version: words(version) for version in VERSIONS}
    parts = {version: versions[version]["layout"]["appeals"] for version in VERSIONS}
    for name in ("columns", "waiting", "lines", "files"):
        keys = {version: [key for _, key in parts[version][name]] for version in VERSIONS}
        assert {frozenset(each) for each in keys.values()} == {frozenset(keys[1])}
        assert keys[3] != keys[1]
    for name in ("columns", "files"):
        assert parts[1][name] != parts[2][name] or name == "files"
    for name in ("review", "detail"):
        assert sorted(parts[3][name]) == sorted(parts[1][name])
        assert parts[3][name] != parts[1][name]
    said = {name for name in versions[1]["text"] if versions[1]["text"][name] != versions[2]["text"][name]}
    assert {"disputeClaim", "submit", "amount", "explanation", "receiptHeading"} <= said


def test_select_all_is_a_button_beside_the_boxes_and_no_box_is_ticked_to_begin_with(
    person: Disputer, rights: list[dict[str, Any]]
) -> None:
    work = person.begin(taken(rights, 1, lines=2)["payer_claim_number"])
    assert work["entered"]["lines"] == []
    document = person.http.get("/apps/appeals/")
    address = re.search(r'src="(/assets/\w+/)appeals\.js"', document.text)
    assert address
    assert "button(text.selectAll, selectAll)" in person.http.get(f"{address[1]}dispute.js").text


def test_a_dispute_is_followed_to_its_decision_with_the_letter() -> None:
    with PracticePortal(PORTAL, seed=7, claims=60, appointments=1) as portal, Disputer(portal) as person:
        person.sign_in()
        rights = first_rights(portal)
        chosen = {one["decision"]: one for one in reversed(rights) if one["refused"] is None}
        asking = next(one for one in rights if one["refused"] is None and one["information"])
        numbers = {name: person.file(one, papers=0) for name, one in chosen.items()}
        if asking not in chosen.values():
            person.file(asking, papers=0)
        claim = asking["payer_claim_number"]
        asked = next(one for one in portal.appeals() if one["payer_claim_number"] == claim)
        ruling = next(one for one in portal.truth()["appeal_rights"] if one["payer_claim_number"] == claim)["ruling"]
        person.advance((ruling["information"]["after_days"] + 1) * DAY)
        person.sign_in()
        said = person.open_dispute(asked["number"])
        assert said["progress"]["status"] == STATUS_TEXTS["information-wanted"]
        assert said["wanted"][0]["what"] == asking["information"]
        assert (said["decision"], said["letter"]) == (None, False)
        person.advance(60 * DAY)
        person.sign_in()
        truth = {one["number"]: one for one in portal.appeals()}
        for decision in DECISION_TEXTS:
            one = truth[numbers[decision]]
            assert one["decision"] == decision
            said = person.open_dispute(one["number"])
            assert said["progress"]["status"] == STATUS_TEXTS[decision]
            assert said["decision"] == {
                "decision": DECISION_TEXTS[decision],
                "decided": us_date(one["decided_on"]),
                "recovered": f"{float(one['recovered']):,.2f}",
                "nextDue": us_date(one["next_level_due"]) if one["next_level_due"] else "--",
            }
            letter = person.http.get(person.post(f"/appeals/disputes/{said['reference']}/letter")["window"])
            assert letter.content.startswith(b"%PDF")
        upheld = truth[numbers["upheld"]]
        right = next(one for one in rights if one["payer_claim_number"] == upheld["payer_claim_number"])
        person.begin(right["payer_claim_number"])
        assert person.lines(*right["lines"], amount="1.00", level="second")["dispute"]["level"] == "Second-level appeal"


def test_quirks_refuse_at_the_lines_check_files_slowly_lose_the_receipt_and_open_tabs() -> None:
    with PracticePortal(PORTAL, seed=16, claims=60, appointments=1, today=TODAY) as portal, Disputer(portal) as person:
        person.sign_in()
        rights = first_rights(portal)
        portal.quirks(appeal_refused=1.0)
        person.begin(taken(rights, 0)["payer_claim_number"])
        said = person.lines(*taken(rights, 0)["lines"], amount="1.00")
        shape = next(one["shape"] for one in portal.events() if one.get("name") == "appeal-refused")
        assert said == {"refused": REFUSAL_TEXTS[shape]}
        portal.quirks()
        portal.faults(appeal_press=[{"kind": "lost-answer", "every": 1, "times": 1}])
        person.review(taken(rights, 1))
        with pytest.raises(httpx.TransportError):
            person.step("submit")
        portal.faults()
        number = taken(rights, 1)["payer_claim_number"]
        filed = next(one for one in portal.appeals() if one["payer_claim_number"] == number)
        assert (filed["presses"], filed["filings"]) == (1, 1)
        assert filed["number"] in [row["number"] for row in person.every_dispute()]
        portal.quirks(new_window=1.0)
        row = person.every_dispute()[0]
        tab = person.get(f"/appeals/disputes/{row['reference']}")["window"]
        assert person.document(tab) == "appeals.js"
        portal.quirks(upload_rules=1.0)
        person.begin(taken(rights, 2)["payer_claim_number"])
        for _ in range(8):
            person.begin(taken(rights, 2)["payer_claim_number"])
            person.lines(*taken(rights, 2)["lines"], amount="1.00")
            person.reason()
            said = person.upload("notes.pdf")
            if "files" in said:
                break
        assert said["files"][0]["check"] == "Checking"
        review = f"/appeals/worklist/{person.work['reference']}/review"
        assert person.get(review)["messages"] == [FORM_COMPLAINTS["scanning"]]
        person.advance(60)
        assert person.get(review)["files"][0]["check"] == "No threats"


def test_nobody_disputes_without_a_session_or_for_another_provider(
    portal: PracticePortal, person: Disputer, rights: list[dict[str, Any]]
) -> None:
    work = person.begin(taken(rights, 1)["payer_claim_number"])
    with Disputer(portal) as stranger:
        for path in ("/appeals/worklist", f"/appeals/worklist/{work['reference']}", "/appeals/receipt"):
            assert (stranger.get(path), stranger.status) == ({"reason": "not-signed-in"}, 401)
        stranger.post(f"/appeals/worklist/{work['reference']}/submit")
        assert stranger.status == 401
    person.search("number", {"claim_number": "1"}, provider=1)
    person.get(f"/appeals/worklist/{work['reference']}")
    assert person.status == 404
