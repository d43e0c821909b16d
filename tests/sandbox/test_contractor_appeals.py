"""The contractor takes a request in four steps, files what the review showed when its button is pressed, and tells."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from html import unescape
from typing import Any

import pytest

from sandbox.portals.contractor.appeal_texts import (
    DECISIONS,
    KINDS,
    LEVELS,
    OVERPAYMENT,
    REASONS,
    REFUSALS,
    STANDINGS,
)
from sandbox.portals.contractor.appeals import read_amount
from sandbox.portals.contractor.layouts import LAYOUTS, AppealNames
from sandbox.truth.appeal_rights import Level, RefusalKind
from tests.practice_portal import PracticePortal
from tests.sandbox.contractor_visiting import ContractorVisitor, claim_of, hyphen_date, row_of, slash_date

NAME = "practice-contractor"
TODAY = "2026-11-20"
DAY = 86_400
PDF = b"%PDF-1.4 " + b"x" * 5000
THREE_LINES = "denial: medical necessity, three lines"


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(NAME, seed=7, claims=60, appointments=1, today=TODAY) as running:
        yield running


@pytest.fixture(scope="module")
def truth(portal: PracticePortal) -> dict[str, Any]:
    return portal.truth()


@pytest.fixture(scope="module")
def visitor(portal: PracticePortal) -> Iterator["Requester"]:
    with Requester(portal) as one:
        yield one.sign_in()


@pytest.fixture
def person(visitor: "Requester") -> "Requester":
    """Somebody who is signed in, at a portal whose faults and quirks are off; each asks about claims of their own."""
    visitor.portal.quirks()
    visitor.portal.faults()
    visitor.go("home")
    if visitor.heading != "Welcome":
        # A passcode is the same one for eight hours, and good once.
        visitor.portal.advance(9 * 3600)
        visitor.get("/")
        visitor.sign_in()
    visitor.since = len(visitor.portal.events())
    return visitor


class Requester(ContractorVisitor):
    """A visitor who makes a request in a claim's window."""

    def open_claim(self, truth: dict[str, Any], scenario: str) -> dict[str, Any]:
        """The claim of this denial, in its window."""
        place = next(number for number, ask in enumerate(truth["denial_asks"]) if ask["scenario"] == scenario)
        number = truth["denial_asks"][place]["payer_claim_number"]
        self.inquire_row(truth["denial_rows"][place])
        self.open(number)
        return claim_of(truth, number)

    def begin(self, truth: dict[str, Any], scenario: str) -> dict[str, Any]:
        """The first step of a request about the claim of this denial."""
        claim = self.open_claim(truth, scenario)
        self.start(self.hidden("claim"))
        return claim

    def start(self, reference: str) -> None:
        """The button in the claim's window."""
        self.page = self.http.post("/pcs/appealStart.do", data={"wk": self.window, "claim": reference})

    def step(self, path: str, files: dict[str, Any] | None = None, /, **fields: Any) -> str:
        """Send a step with its own key."""
        keys = {"wk": self.window, "stepKey": self.hidden("stepKey")}
        self.page = self.http.post(f"/pcs/{path}.do", data={**keys, **fields}, files=files)
        return self.words

    def choose(self, name: str, text: str) -> dict[str, str]:
        """A list of the page with this entry chosen."""
        found = re.search(rf'<option value="(\d+)"[^>]*>{re.escape(text)}</option>', self.page.text)
        assert found, text
        return {name: found[1]}

    @property
    def names(self) -> AppealNames:
        return self.layout.appeal_names

    def to_lines(self, level: Level = "first") -> str:
        names = self.names
        return self.step("appealType", **{names.overpayment: "N"}, **self.choose(names.level, LEVELS[level]))

    def to_explanation(self, *lines: int, amount: str = "10.00") -> str:
        names = self.names
        reason = self.choose(names.reason, REASONS["medical-necessity"])
        ticked = [str(line) for line in lines]
        return self.step("appealLines", **{names.lines: ticked, names.amount: amount}, **reason)

    def to_documents(self, argument: str = "The services were necessary.", reference: str = "APL-7") -> str:
        return self.step("appealReason", **{self.names.argument: argument, self.names.reference: reference})

    def attach(self, filename: str = "records.pdf", content: bytes = PDF, kind: str = "application/pdf") -> str:
        chosen = self.choose(self.names.kind, KINDS["medical-records"])
        return self.step("appealAttach", {self.names.file: (filename, content, kind)}, **chosen)

    def to_review(self, truth: dict[str, Any], scenario: str, *lines: int, level: Level = "first") -> dict[str, Any]:
        """All the way to the review."""
        claim = self.begin(truth, scenario)
        self.to_lines(level)
        self.to_explanation(*lines)
        self.to_documents()
        self.attach()
        self.step("appealReview")
        assert self.heading == self.layout.labels["review_title"]
        return claim

    def pair(self, caption: str) -> str:
        """The text beside a caption."""
        found = re.search(rf">{re.escape(caption)}:</td><td>(.*?)</td>", self.page.text)
        assert found, caption
        return unescape(found[1])

    def list_rows(self) -> list[list[str]]:
        """The portal's own list, over all its pages."""
        self.go("appeals")
        self.get(self.link("View Submitted Requests"))
        found = self.rows()
        while ">Next &gt;&gt;</a>" in self.page.text:
            self.get(self.link("Next &gt;&gt;"))
            found += self.rows()
        return found

    def rows(self) -> list[list[str]]:
        rows = [row for row in self.page.text.split("<tr>") if "viewRequest(" in row]
        return [[re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<td>(.*?)</td>", row)] for row in rows]

    def open_request(self, claim_number: str) -> str:
        """The window of the request about this claim; the list is before us."""
        row = next(row for row in self.page.text.split("<tr>") if "viewRequest(" in row and claim_number in row)
        reference, key = re.findall(r"viewRequest\('(\w+)', '(\w+)', \d+\)", row)[0]
        return self.get(f"/pcs/appealDetail.do?request={reference}&wk={key}")


def events(person: Requester, kind: str) -> list[dict[str, Any]]:
    return [event for event in person.portal.events(person.since) if event["kind"] == kind]


def right_of(truth: dict[str, Any], claim: dict[str, Any], level: str = "first") -> dict[str, Any]:
    found: dict[str, Any] = next(
        one
        for one in truth["appeal_rights"]
        if one["payer_claim_number"] == claim["payer_claim_number"] and one["level"] == level
    )
    return found


def test_the_review_shows_what_was_filled_in_and_one_press_files_it(person: Requester, truth: dict[str, Any]) -> None:
    claim = person.begin(truth, THREE_LINES)
    number = claim["payer_claim_number"]
    person.to_lines()
    person.to_explanation(1, 3, amount="$50.00")
    person.to_documents("First line.\r\n\r\nSecond line & more.", "APL-0001")
    person.attach("records-1.pdf")
    person.attach("records-2.pdf")
    person.step("appealReview")
    member = next(one for one in truth["members"] if one["patient"] == claim["patient"])
    shown = {caption: person.pair(caption) for caption in ("Medicare Beneficiary Identifier", "Date of Birth")}
    assert shown == {
        "Medicare Beneficiary Identifier": member["member_id"],
        "Date of Birth": slash_date(member["birth_date"]),
    }
    assert [person.pair(one) for one in ("ICN/DCN", "Request Type", "Lines in Dispute", "Reason")] == [
        number,
        "Redetermination",
        "1, 3",
        REASONS["medical-necessity"],
    ]
    assert [person.pair(one) for one in ("Amount in Dispute", "Provider Reference Number", "Electronic Signature")] == [
        "$50.00",
        "APL-0001",
        "Not signed",
    ]
    assert "First line.\n\nSecond line &amp; more." in person.page.text
    reviewed = person.page.text.split("Services in Dispute", 1)[1].split("</table>")[0]
    assert re.findall(r"<tr><td>(\d)</td>", reviewed) == ["1", "3"]
    assert "records-1.pdf Medical records" in person.words
    assert "records-2.pdf Medical records" in person.words
    assert not events(person, "appeal_pressed")
    person.step("appealSubmit")
    (pressed,), (filed,) = events(person, "appeal_pressed"), events(person, "appeal_filed")
    assert (pressed["lines"], pressed["amount"], pressed["reference"]) == ("1 3", "50.00", "APL-0001")
    assert person.pair("Appeal Number") == filed["number"]
    assert person.pair("ICN/DCN") == number
    row = next(row for row in person.list_rows() if row[1] == number)
    assert row == [filed["number"], number, "Redetermination", "1, 3", hyphen_date(filed["at"][:10]), "Received"]
    person.open_request(number)
    assert person.pair("Provider Reference Number") == "APL-0001"
    assert "No decision has been made." in person.words
    assert "No letter has been issued." in person.words


def test_a_press_that_is_sent_again_files_again_and_the_record_shows_it(
    person: Requester, truth: dict[str, Any]
) -> None:
    person.to_review(truth, "denial: medical necessity", 1, 2)
    keys = {"wk": person.window, "stepKey": person.hidden("stepKey")}
    for _ in range(2):
        person.page = person.http.post("/pcs/appealSubmit.do", data=keys)
        assert person.heading == "Request Submitted"
    assert len(events(person, "appeal_pressed")) == len(events(person, "appeal_filed")) == 2


@pytest.mark.parametrize(
    ("scenario", "refused"),
    [
        ("denial: no appeal by contract", "not-appealable"),
        ("denial: filed too late", "not-appealable"),
        ("denial: window closed early", "window-closed"),
    ],
)
def test_what_the_type_of_request_alone_forbids_is_told_at_the_first_step(
    person: Requester, truth: dict[str, Any], scenario: str, refused: RefusalKind
) -> None:
    person.begin(truth, scenario)
    assert f"Your request was not accepted: {REFUSALS[refused]}" in person.to_lines()
    assert person.heading == "Step 1 of 4: Request Type"
    assert [event["refused"] for event in events(person, "appeal_refused")] == [refused]


@pytest.mark.parametrize(
    ("scenario", "lines", "refused"),
    [
        ("denial: paid on another claim", (1,), "line-paid"),
        ("denial: bundled, the rest is paid", (1, 2), "line-paid"),
        ("denial: filed by hand on paper", (1,), "duplicate"),
        ("denial: filed by hand at the portal", (1,), "duplicate"),
    ],
)
def test_what_the_lines_forbid_is_told_at_the_second_step(
    person: Requester, truth: dict[str, Any], scenario: str, lines: tuple[int, ...], refused: RefusalKind
) -> None:
    person.begin(truth, scenario)
    person.to_lines()
    assert f"Your request was not accepted: {REFUSALS[refused]}" in person.to_explanation(*lines)
    assert person.heading == "Step 2 of 4: Services in Dispute"
    assert [event["refused"] for event in events(person, "appeal_refused")] == [refused]


def test_a_refusal_by_chance_is_told_with_the_lines_and_nothing_is_filed(
    person: Requester, truth: dict[str, Any]
) -> None:
    person.portal.quirks(appeal_refused=1.0)
    person.begin(truth, "denial: provider not eligible that day")
    person.to_lines()
    words = person.to_explanation(1)
    assert sum(text in words for text in REFUSALS.values()) == 1
    assert not events(person, "appeal_filed")


def test_an_answer_about_overpayment_ends_the_form(person: Requester, truth: dict[str, Any]) -> None:
    person.begin(truth, THREE_LINES)
    assert OVERPAYMENT in person.step("appealType", ovpInd="Y", reqType="1")
    assert "<form" not in person.page.text


def test_each_step_says_what_it_lacks(person: Requester, truth: dict[str, Any]) -> None:
    person.begin(truth, "denial: no authorization")
    assert "Answer both questions." in person.step("appealType", ovpInd="N")
    person.to_lines()
    words = person.step("appealLines")
    for lacking in ("Check at least one service line.", "Select a reason", "Enter the amount in dispute"):
        assert lacking in words
    assert "is more than the amount billed" in person.to_explanation(1, amount="99999.00")
    person.to_explanation(1)
    assert "Enter an explanation." in person.to_documents(" ")
    assert "The explanation is too long." in person.to_documents("x" * 1501)
    assert person.hidden("stepKey")
    person.to_documents()
    assert person.heading == "Step 4 of 4: Documents"


def test_documents_are_taken_one_by_one_by_the_rules_that_the_page_tells(
    person: Requester, truth: dict[str, Any]
) -> None:
    person.begin(truth, "denial: no authorization, two lines")
    person.to_lines()
    person.to_explanation(1)
    person.to_documents()
    assert "Accepted file type: PDF. Attach one document at a time, at most 5 documents." in person.words
    assert "The file type is not accepted." in person.attach("picture.png", b"\x89PNG\r\n\x1a\n", "image/png")
    assert "The file type is not accepted." in person.attach("picture.pdf", b"\x89PNG\r\n\x1a\n")
    assert "Select the document type and a file." in person.step("appealAttach", docType="1")
    for number in range(1, 6):
        assert f"{number}.pdf Medical records 4.9 KB Attached" in person.attach(f"{number}.pdf")
    assert "A document with this file name is attached already." in person.attach("5.pdf")
    assert "No more documents can be attached to this request." in person.attach("6.pdf")
    assert "3.pdf" not in person.step("appealRemove", place="3")
    assert [event["complaint"] for event in events(person, "appeal_document")].count(None) == 5


def test_a_slow_virus_check_keeps_the_request_where_it_is(person: Requester, truth: dict[str, Any]) -> None:
    person.portal.quirks(upload_rules=1.0)
    person.open_claim(truth, "denial: no authorization, two lines")
    reference = person.hidden("claim")
    for _ in range(20):
        person.start(reference)
        person.to_lines()
        person.to_explanation(1)
        person.to_documents()
        if "Virus check" in person.attach():
            break
    assert "A document is still being checked for viruses." in person.step("appealReview")
    person.portal.advance(61)
    assert "Review Your Request" in person.step("appealReview")


def test_a_claim_without_appeal_rights_has_no_button(person: Requester, truth: dict[str, Any]) -> None:
    row = row_of(truth, "pending")
    person.inquire_row(row)
    person.open(row["answer"])
    assert "Appeal may be filed: No" in person.words
    assert "Request Appeal or Reopening" not in person.page.text


def test_the_back_button_ends_the_session(person: Requester, truth: dict[str, Any]) -> None:
    person.begin(truth, THREE_LINES)
    first = person.hidden("stepKey")
    person.step("appealType")
    assert person.heading == "Step 1 of 4: Request Type"
    assert "Page Cannot Be Displayed" in person.step("appealType", stepKey=first, ovpInd="N", reqType="1")
    assert "Your session has expired." in person.step("appealType")


def test_a_number_that_comes_later_is_pending_until_then(person: Requester, truth: dict[str, Any]) -> None:
    person.portal.quirks(number_later=1.0)
    number = person.to_review(truth, "denial: authorization of one service of three", 2)["payer_claim_number"]
    assert "An appeal number will be assigned" in person.step("appealSubmit")
    assert person.pair("Appeal Number") == "Pending"
    assert next(row for row in person.list_rows() if row[1] == number)[0] == "Pending"
    (filed,) = events(person, "appeal_filed")
    person.portal.advance(48 * 3600)
    person.get("/")
    person.sign_in()
    assert next(row for row in person.list_rows() if row[1] == number)[0] == filed["number"]


def test_a_filter_hides_what_was_filed_by_hand_until_it_is_taken_off(person: Requester) -> None:
    person.portal.quirks(default_filter=1.0)
    before = len(person.list_rows())
    assert "Filter: requests submitted" in person.words
    person.get(person.link("Show all requests"))
    assert len(person.rows()) > before


def test_decision_money_next_level_and_letter_are_those_of_the_truth() -> None:
    with PracticePortal(NAME, seed=7, claims=60, appointments=1, today=TODAY) as portal:
        truth = portal.truth()
        with Requester(portal) as person:
            person.sign_in()
            claim = person.to_review(truth, THREE_LINES, 1, 3)
            person.step("appealSubmit")
        portal.advance(59 * DAY)
        portal.set_password(portal.password)
        portal.account(idle_days=0)
        with Requester(portal) as person:
            person.sign_in()
            ruling = right_of(truth, claim)["ruling"]
            row = next(row for row in person.list_rows() if row[1] == claim["payer_claim_number"])
            assert row[5] == "Closed - decision issued"
            person.open_request(claim["payer_claim_number"])
            recovered = sum(Decimal(one["amount"]) for one in ruling["payments"] if one["number"] in (1, 3))
            decided_on = date.fromisoformat(TODAY) + timedelta(days=ruling["days"])
            assert recovered
            assert person.pair("Decision") == DECISIONS[ruling["decision"]]
            assert person.pair("Decision Date") == slash_date(decided_on.isoformat())
            assert person.pair("Additional Payment") == f"${recovered:,.2f}"
            letter = person.http.get(person.link("View Letter"))
            assert letter.content.startswith(b"%PDF")
            assert letter.headers["Content-Disposition"].startswith("inline")


@pytest.mark.parametrize(
    ("number", "scenario"),
    [(2, "denial: medical necessity"), (3, "denial: no authorization, two lines"), (4, "denial: not covered")],
)
def test_a_redesign_moves_and_renames_and_files_the_same(
    person: Requester, truth: dict[str, Any], number: int, scenario: str
) -> None:
    claim = person.open_claim(truth, scenario)["payer_claim_number"]
    reference = person.hidden("claim")
    person.portal.faults(layout=number)
    person.layout = LAYOUTS[number]
    try:
        person.start(reference)
        person.to_lines("reopening")
        person.to_explanation(1)
        person.to_documents()
        person.attach()
        person.step("appealReview")
        person.step("appealSubmit")
        assert person.heading == person.layout.labels["receipt_title"]
        (filed,) = events(person, "appeal_filed")
        assert (filed["payer_claim_number"], filed["level"], filed["lines"]) == (claim, "reopening", "1")
        assert filed["number"] in person.words
        person.go("appeals")
        person.get(person.link(person.layout.labels["view_requests"]))
        assert filed["number"] in person.words
    finally:
        person.layout = LAYOUTS[1]


def test_every_standing_decision_and_kind_has_a_word() -> None:
    assert set(STANDINGS) == {"received", "in-review", "information-wanted", "decided"}
    assert set(DECISIONS) == {"overturned", "partly", "upheld", "dismissed"}
    assert len(set(REFUSALS.values())) == 4


@pytest.mark.parametrize(
    ("text", "amount"),
    [("$1,234.50", "1234.50"), ("12", "12"), ("12.345", None), ("", None), ("-3", None), ("NaN", None)],
)
def test_amounts_are_read_as_dollars_and_cents(text: str, amount: str | None) -> None:
    assert read_amount(text) == (None if amount is None else Decimal(amount))
