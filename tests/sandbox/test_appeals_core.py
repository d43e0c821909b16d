"""Appeals at the practice payers: who may file, the documents, the press and its record, the list, and the decision."""

import csv
import io
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from hashlib import sha256
from typing import Any

import httpx
import pdfplumber
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from sandbox.appeal_oracle import STANDING, pressed_appeals
from sandbox.appeal_terms import LISTED_WITHIN_HOURS, MIB, TERMS
from sandbox.quirks import CONTRACTOR, EVERYWHERE, MEDICAID, MULTIPAYER, NATIONAL
from sandbox.serve import Listener
from sandbox.switches import Switches
from sandbox.truth.appeal_rights import RefusalKind
from sandbox.visitors import Visitors
from tests.practice_portal import PracticePortal
from tests.sandbox.appeal_desk import DAY, HOUR, PDF, TODAY, Desk

# What may be appealed


STORIES: dict[str, RefusalKind | None] = {
    "medical necessity": None,
    "bundled, the rest is paid": None,
    "unprocessable": "not-appealable",
    "no appeal by contract": "not-appealable",
    "window closed early": "window-closed",
    "paid on another claim": "line-paid",
    "filed by hand at the portal": "duplicate",
    "filed by hand on paper": "duplicate",
}


@pytest.mark.parametrize("portal", EVERYWHERE)
def test_refusals_are_told_apart_and_nothing_is_filed(portal: str) -> None:
    desk = Desk(portal)
    for story, kind in STORIES.items():
        entry = desk.entry(story)
        claim = next(one for one in desk.side.truth.claims if one.payer_claim_number == entry["payer_claim_number"])
        assert desk.appeals.offered(claim)
        assert entry["refused"] == kind
        draft = desk.filled(entry)
        assert desk.appeals.check(draft) == kind
        submission = desk.appeals.submit(desk.session, draft)
        assert (submission.refused, submission.appeal is None) == (kind, kind is not None)
    assert [one["refused"] for one in desk.events("appeal_refused")] == [kind for kind in STORIES.values() if kind]
    assert len(desk.events("appeal_pressed")) == len(STORIES)
    assert len(desk.events("appeal_filed")) == 2


def test_a_late_denial_can_be_appealed_everywhere_but_at_the_contractor() -> None:
    found = {portal: Desk(portal).entry("filed too late")["refused"] for portal in EVERYWHERE}
    assert found == {MULTIPAYER: None, NATIONAL: None, CONTRACTOR: "not-appealable", MEDICAID: None}


def test_a_paid_line_cannot_be_contested_and_no_lines_mean_the_whole_claim() -> None:
    desk = Desk()
    entry = desk.entry("bundled, the rest is paid")
    number = entry["payer_claim_number"]
    assert entry["lines"] == [2]
    said = [desk.appeals.refusal(number, "first", lines, desk.npi) for lines in ((2,), (1,), (1, 2), ())]
    assert said == [None, "line-paid", "line-paid", "line-paid"]
    paid = next(one for one in desk.side.truth.claims if one.category == "F1" and not one.related)
    assert desk.appeals.refusal(paid.payer_claim_number, "first", (1,), paid.billing_npi) == "line-paid"


def test_another_location_and_an_unknown_level_have_no_right() -> None:
    desk = Desk()
    number = desk.entry("medical necessity")["payer_claim_number"]
    other = desk.side.truth.practice.providers[1].npi
    assert desk.appeals.refusal(number, "first", (1,), other) == "not-appealable"
    assert desk.appeals.refusal(number, "external", (1,), desk.npi) == "not-appealable"
    assert desk.appeals.refusal("0", "first", (1,), desk.npi) == "not-appealable"


def test_the_window_closes_on_its_last_day() -> None:
    desk = Desk(MEDICAID)
    entry = desk.entry("medical necessity")
    desk.later((date.fromisoformat(entry["closes_on"]) - TODAY).days * DAY)
    assert desk.entry("medical necessity")["refused"] is None
    desk.later(DAY)
    assert desk.entry("medical necessity")["refused"] == "window-closed"


def test_what_is_filed_is_a_duplicate_from_then_on_line_by_line() -> None:
    desk = Desk(MEDICAID)
    entry = desk.entry("medical necessity")
    first, second = entry["lines"]
    desk.file(entry, lines=(first,))
    number = entry["payer_claim_number"]
    assert desk.appeals.refusal(number, "first", (first,), desk.npi) == "duplicate"
    assert desk.appeals.refusal(number, "first", (second,), desk.npi) is None
    desk.side.switches.now = Switches(takes_duplicates=True)
    assert desk.appeals.refusal(number, "first", (first,), desk.npi) is None


def test_the_second_level_opens_with_a_decision_that_is_not_in_our_favour() -> None:
    desk = Desk(NATIONAL)
    entry = desk.entry("authorization of one service of three")
    number = entry["payer_claim_number"]
    assert desk.appeals.refusal(number, "second", entry["lines"], desk.npi) == "not-appealable"
    appeal = desk.file(entry)
    desk.later(entry["decision_days"] * DAY)
    state = desk.book.state(appeal)
    assert (state.decision, state.next_level) == ("upheld", "second")
    assert state.next_level_due == state.decided_on + timedelta(days=60)  # type: ignore[operator] # it is decided
    assert desk.appeals.refusal(number, "second", entry["lines"], desk.npi) is None
    desk.later(61 * DAY)
    assert desk.appeals.refusal(number, "second", entry["lines"], desk.npi) == "window-closed"


def test_the_form_refuses_by_chance_what_the_page_offered_and_keeps_to_it() -> None:
    desk = Desk(appeal_refused=1.0)
    kinds = set()
    for entry in desk.taken():
        draft = desk.filled(entry)
        kind = desk.appeals.check(draft)
        assert kind is not None
        assert [desk.appeals.check(draft), desk.appeals.submit(desk.session, draft).refused] == [kind, kind]
        kinds.add(kind)
    assert len(kinds) >= 3
    assert len(desk.events("quirk")) == len(desk.taken())
    assert desk.events("appeal_filed") == []


# The form and its documents


def test_the_form_says_what_it_lacks_and_is_not_filed_before() -> None:
    desk = Desk(MEDICAID)
    entry = desk.entry("medical necessity")
    draft = desk.appeals.begin(desk.session, entry["payer_claim_number"])
    assert desk.appeals.complaints(draft) == ("no-level", "no-reason", "no-lines", "no-amount", "no-argument")
    with pytest.raises(ValueError, match="no-level, no-reason"):
        desk.appeals.submit(desk.session, draft)
    assert desk.events("appeal_pressed") == []
    long = "x" * (desk.appeals.terms.longest_argument + 1)
    whole = desk.filled(entry, lines=tuple(entry["lines"]), argument=long)
    assert desk.appeals.complaints(whole) == ("one-line-only", "argument-too-long")
    assert desk.appeals.complaints(desk.filled(entry)) == ()


def test_documents_keep_to_type_size_and_number() -> None:
    desk = Desk(MULTIPAYER)
    rules = TERMS[MULTIPAYER].uploads
    draft = desk.filled(desk.entry("medical necessity"))
    assert (rules.smallest, rules.largest, rules.most, rules.most_together) == (3073, 60 * MIB, 10, 150 * MIB)
    assert desk.add(draft, content=b"") == "no-file"
    assert desk.add(draft, content=PDF[:3072]) == "too-small"
    assert desk.add(draft, content=PDF[:3073]) is None
    assert desk.add(draft, content=PDF) == "same-name"
    assert desk.add(draft, "a.exe", "application/octet-stream") == "wrong-type"
    assert desk.add(draft, "a.pdf", content=b"MZ" + PDF) == "wrong-type"
    desk.appeals.desk.rules = replace(rules, largest=5000, most=3, most_together=9000)
    assert desk.add(draft, "b.pdf", content=PDF + b"x" * 1000) == "too-large"
    assert desk.add(draft, "b.pdf") is None
    assert desk.add(draft, "c.pdf") == "too-large-together"
    assert desk.add(draft, "c.pdf", content=PDF[:3073]) == "too-large-together"
    draft.remove_file("b.pdf")
    assert [desk.add(draft, name, content=PDF[:3073]) for name in ("c.pdf", "d.pdf")] == [None, "too-large-together"]
    desk.appeals.desk.rules = replace(rules, most=2)
    assert desk.add(draft, "d.pdf") == "too-many"
    kept = draft.file("notes.pdf")
    assert kept is not None
    assert (kept.size, kept.sha256) == (3073, sha256(PDF[:3073]).hexdigest())
    assert next(one["sha256"] for one in desk.events("appeal_document") if one["complaint"] is None) == kept.sha256


def test_uploads_that_keep_to_the_rules_are_refused_or_scanned_by_chance() -> None:
    desk = Desk(upload_rules=1.0)
    seen = set()
    for entry in desk.taken() + desk.taken():
        draft = desk.filled(entry)
        complaint = desk.add(draft)
        seen.add(complaint or desk.appeals.complaints(draft))
        if complaint is None:
            desk.later(61)
            assert desk.appeals.complaints(draft) == ()
    assert seen == {"wrong-type", "too-small", "too-large", ("scanning",)}


def test_a_draft_outlives_the_session_and_belongs_to_its_provider() -> None:
    desk = Desk(MULTIPAYER)
    draft = desk.filled(desk.entry("medical necessity"))
    later, other = desk.side.sessions.begin(), desk.side.sessions.begin()
    later.acting_as, other.acting_as = desk.npi, "1000000000"
    assert desk.appeals.draft(later) is None
    assert desk.appeals.begun(desk.npi) == (draft,)
    assert desk.appeals.open_draft(other, draft.key) is None
    assert desk.appeals.open_draft(later, draft.key) is desk.appeals.draft(later) is draft
    desk.appeals.submit(later, draft)
    assert desk.appeals.begun(desk.npi) == ()


# The press


def test_a_press_is_written_down_with_all_that_identifies_it_and_nothing_of_the_argument() -> None:
    desk = Desk()
    entry = desk.entry("medical necessity")
    draft = desk.filled(entry)
    desk.add(draft)
    submission = desk.appeals.submit(desk.session, draft)
    assert submission.appeal is not None
    assert submission.number == submission.appeal.number
    (pressed,), (filed,) = desk.events("appeal_pressed"), desk.events("appeal_filed")
    assert pressed == {
        "payer_claim_number": entry["payer_claim_number"],
        "level": "first",
        "lines": "1 2",
        "amount": entry["amount"],
        "reference": draft.reference,
        "sha256s": sha256(PDF).hexdigest(),
        "draft": draft.key,
    }
    assert filed == {**pressed, "number": submission.number}
    assert "The records" not in str([event.as_json() for event in desk.side.events.since()])


def test_a_double_press_is_filed_twice_so_that_the_record_shows_it() -> None:
    desk = Desk()
    draft = desk.filled(desk.entry("medical necessity"))
    first, second = (desk.appeals.submit(desk.session, draft) for _ in range(2))
    assert first.number != second.number
    (one,) = (one for one in pressed_appeals(desk.side) if one["payer_claim_number"] == draft.payer_claim_number)
    assert (one["presses"], one["filings"], one["number"]) == (2, 2, second.number)
    assert desk.listed().count(draft.payer_claim_number) == 2


def test_a_second_draft_of_the_same_is_pressed_and_refused_and_filed_where_duplicates_are_taken() -> None:
    desk = Desk()
    entry = desk.entry("medical necessity")
    before = desk.filled(entry)
    desk.file(entry)
    assert desk.appeals.submit(desk.session, before).refused == "duplicate"
    desk.side.switches.now = Switches(takes_duplicates=True)
    assert desk.appeals.submit(desk.session, before).appeal is not None
    (one,) = (one for one in pressed_appeals(desk.side) if one["payer_claim_number"] == entry["payer_claim_number"])
    assert (one["presses"], one["filings"], one["begun"]) == (3, 2, 2)


@pytest.mark.parametrize(
    ("kind", "filed", "lost", "signed_in"),
    [
        ("reset-before", False, "cut", True),
        ("error-before", False, "error", True),
        ("lost-answer", True, "cut", True),
        ("time-out", True, "time-out", True),
        ("error-after", True, "error", True),
        ("session-killed-after", True, None, False),
    ],
)
def test_a_fault_at_the_press_files_or_does_not_and_loses_the_answer(
    kind: str, filed: bool, lost: str | None, signed_in: bool
) -> None:
    desk = Desk()
    desk.side.switches.now = Switches.model_validate({"appeal_press": [{"kind": kind, "every": 2, "times": 1}]})
    whole, hit, *after = (desk.press(entry) for entry in desk.taken()[:4])
    assert all(one.appeal is not None and one.lost is None for one in (whole, *after))
    assert (hit.appeal is not None, hit.lost) == (filed, lost)
    assert desk.side.sessions.lives(desk.session.token) == signed_in
    assert len(desk.events("appeal_pressed")) == 4
    assert len(desk.events("appeal_filed")) == 3 + filed
    assert [one["name"] for one in desk.events("fault")] == [kind]


def test_a_lost_receipt_is_filed_and_on_the_list_within_a_day() -> None:
    desk = Desk(lost_receipt=1.0)
    found = [desk.press(entry) for entry in desk.taken()]
    assert {one.lost for one in found} == {"time-out", "cut"}
    appeals = [one.appeal for one in found if one.appeal is not None]
    assert len(appeals) == len(found)
    late = [one for one in appeals if one.listed_at > one.filed_at]
    assert 0 < len(late) < len(appeals)
    assert {one.payer_claim_number for one in appeals} - set(desk.listed()) == {one.payer_claim_number for one in late}
    desk.later(LISTED_WITHIN_HOURS * HOUR)
    assert {one.payer_claim_number for one in appeals} <= set(desk.listed())


def test_an_appeal_may_be_on_the_list_hours_later() -> None:
    desk = Desk(load_delay=1.0)
    appeal = desk.file(desk.entry("medical necessity"))
    assert appeal.payer_claim_number not in desk.listed()
    assert desk.book.open(appeal.key, desk.npi) is None
    desk.later((appeal.listed_at - appeal.filed_at).total_seconds())
    assert appeal.payer_claim_number in desk.listed()


def test_a_number_comes_later_at_the_contractor() -> None:
    desk = Desk(CONTRACTOR, number_later=1.0)
    submission = desk.press(desk.entry("medical necessity"))
    assert submission.appeal is not None
    assert submission.number is None
    hours = (submission.appeal.number_at - submission.appeal.filed_at) / timedelta(hours=1)
    assert 2 <= hours <= 48
    desk.later(hours * HOUR - 60)
    assert desk.book.state(submission.appeal).number is None
    desk.later(60)
    assert desk.book.state(submission.appeal).number == submission.appeal.number


# What becomes of it


@pytest.mark.parametrize("portal", EVERYWHERE)
def test_every_appeal_is_decided_as_the_truth_says_and_recovers_it_to_the_cent(portal: str) -> None:
    desk = Desk(portal)
    taken = desk.taken()
    filed = {desk.file(entry).key: entry for entry in taken}
    assert len(filed) >= 8
    assert len({one.number for one in desk.book.everything()}) == len(filed) + 2
    longest = max(level.decision_days[1] for level in desk.appeals.terms.rule.levels.values())
    decided_on: dict[str, tuple[Any, ...]] = {}
    standings = set()
    for day in range(longest + 1):
        for appeal in desk.book.everything():
            state = desk.book.state(appeal)
            standings.add(state.standing)
            if state.decision is not None and appeal.key in filed:
                decided_on.setdefault(appeal.key, (day, state.decision, str(state.recovered)))
        desk.later(DAY)
    assert standings == {"received", "in-review", "information-wanted", "decided"}
    for key, entry in filed.items():
        lines = entry["lines"][:1] if desk.appeals.terms.one_line else entry["lines"]
        recovered = sum((Decimal(entry["recovered_by_line"].get(str(line), "0.00")) for line in lines), Decimal("0.00"))
        assert decided_on[key] == (entry["decision_days"], entry["decision"], str(recovered))


def test_the_letter_tells_the_decision_and_there_is_none_before() -> None:
    desk = Desk()
    entry = desk.entry("no authorization")
    appeal = desk.file(entry)
    assert desk.book.letter(appeal) is None
    desk.later(entry["decision_days"] * DAY)
    letter = desk.book.letter(appeal)
    assert letter is not None
    assert letter.content == desk.book.letter(appeal).content  # type: ignore[union-attr] # it is decided
    with pdfplumber.open(io.BytesIO(letter.content)) as pages:
        text = pages.pages[0].extract_text()
    state = desk.book.state(appeal)
    for told in (appeal.number, entry["payer_claim_number"], f"${state.recovered:,.2f}", "in part"):
        assert told in text


def test_the_list_is_the_providers_own_newest_first_and_without_paper() -> None:
    desk = Desk()
    by_hand = {one.payer_claim_number: one.channel for one in desk.side.truth.earlier_appeals}
    assert [by_hand[number] for number in desk.listed()] == ["portal"]
    filed = []
    for entry in desk.taken()[:7]:
        filed.append(desk.file(entry).payer_claim_number)
        desk.later(60)
    listing = desk.book.listing(desk.npi)
    rows = [row for page in range(1, listing.pages(3) + 1) for row in desk.book.listed(listing, page, 3)]
    assert [row.payer_claim_number for row in rows[:7]] == filed[::-1]
    assert len(rows) == 8
    assert desk.book.listing(desk.npi, payer_claim_number=filed[2]).shown == (rows[4].key,)
    assert desk.book.listing(desk.npi, number=rows[0].number).shown == (rows[0].key,)
    assert desk.book.listing(desk.side.truth.practice.providers[1].npi).shown == ()
    assert desk.book.open(rows[0].key, desk.npi) == rows[0]
    assert desk.book.open(rows[0].key, "1000000000") is None


def test_a_filter_that_is_set_hides_appeals_until_it_is_cleared() -> None:
    desk = Desk(MULTIPAYER, default_filter=1.0)
    desk.later(31 * DAY)
    appeal = desk.file(desk.taken()[0])
    filters = set()
    for _ in range(12):
        listing = desk.book.listing(desk.npi)
        filters.add(listing.default_filter)
        assert listing.shown == (appeal.key,)
        listing.clear_filter()
        assert len(listing.shown) == 2
    assert filters == {"mine", "last-30-days"}


# Over HTTP


@pytest.fixture(scope="module")
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(NATIONAL, seed=7, claims=60) as running:
        yield running


def test_the_tester_sees_what_can_be_appealed_and_what_was(portal: PracticePortal) -> None:
    entries = portal.appealable()
    rows = list(csv.DictReader(io.StringIO(portal.denials_csv())))
    told = {one["patient_account_number"] for one in entries if one["list"] == "denials"}
    assert {row["patient_account_number"] for row in rows} == told
    assert [row["patient_account_number"] for row in portal.truth()["denial_rows"]] == [
        row["patient_account_number"] for row in rows
    ]
    assert {one["refused"] for one in entries if one["level"] == "first"} == {
        *(None, "not-appealable", "line-paid", "duplicate", "window-closed")
    }
    assert len([one for one in entries if one["list"] == "worklist" and one["refused"] is None]) >= 1
    earlier = portal.appeals()
    assert sorted(one["channel"] for one in earlier) == ["paper", "portal"]
    assert all(one["presses"] == one["filings"] == 0 and set(STANDING) <= set(one) for one in earlier)


@asynccontextmanager
async def served(desk: Desk) -> AsyncIterator[str]:
    """A little site whose pages only post a form and lose an answer."""
    visitors = Visitors(desk.side, "c", "d")

    async def post(request: Request) -> Response:
        posted = await visitors.posted(request)
        files = [(one.field, one.filename, one.content_type, len(one.content)) for one in posted.files]
        return JSONResponse(
            {"lines": posted.fields["lines"], "why": posted.text("why"), "no": posted.text("no"), "files": files}
        )

    async def lose(request: Request) -> Response:
        return await visitors.lose(request, request.path_params["how"])

    listener = Listener(Starlette(routes=[Route("/post", post, methods=["POST"]), Route("/lose/{how}", lose)]), 0)
    await listener.open()
    try:
        yield f"http://127.0.0.1:{listener.port}"
    finally:
        desk.side.stopping.set()
        await listener.close()


async def test_an_answer_is_lost_in_each_way_and_a_form_is_read_with_its_files() -> None:
    async with served(Desk()) as address, httpx.AsyncClient(trust_env=False, timeout=10) as visitor:
        with pytest.raises(httpx.ReadTimeout):
            await visitor.get(f"{address}/lose/time-out", timeout=0.2)
        with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
            await visitor.get(f"{address}/lose/cut")
        assert (await visitor.get(f"{address}/lose/error")).status_code == 500
        answer = await visitor.post(
            f"{address}/post",
            data={"lines": ["1", "3"], "why": "because"},
            files={"paper": ("n.pdf", PDF, "application/pdf"), "none": ("", b"")},
        )
        files = [["paper", "n.pdf", "application/pdf", len(PDF)]]
        assert answer.json() == {"lines": ["1", "3"], "why": "because", "no": "", "files": files}
