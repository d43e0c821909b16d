"""Forms of an appeal: documents go in from memory, lines are ticked one by one, codes in the portal's words."""

import hashlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import BrowserContext

from bots.session import Session
from flows.outcomes import Code, Ending, Stop
from flows.portal import Followed
from flows.questions import Appeal, Attachment, AttachmentKind, Contest
from tests.bots.describing import pack
from tests.bots.filing_portal import VIEWS, FilingPortal, appeal, filing_portal, session_at
from tests.bots.small_site import button, field_of, heading, reason

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

PAPER = b"%PDF-1.7 RECORDSCANARY"
SHA256 = hashlib.sha256(PAPER).hexdigest()


def attached() -> Appeal:
    """The appeal, at the form for its one document."""
    paper = Attachment(
        kind=AttachmentKind.MEDICAL_RECORDS,
        filename="records-1.pdf",
        content_type="application/pdf",
        sha256=SHA256,
        size=len(PAPER),
    )
    return appeal().model_copy(update={"attachments": (paper,), "attachment": paper})


def contesting(*lines: str) -> Appeal:
    contest: Contest = appeal().contest.model_copy(update={"lines": lines})
    return appeal().model_copy(update={"contest": contest})


@dataclass
class Desk:
    portal: FilingPortal
    context: BrowserContext
    papers: dict[str, bytes]

    async def at(self, page: str, elements: Any, form: Any, **more: Any) -> Session:
        """A session at this page, whose one form is called `form` and leads to the receipt."""
        self.portal.pages["/"] = f"<title>Form</title><h1>Form</h1>{page}"
        described = {
            "recognise": ["heading"],
            "elements": {"heading": heading("Form"), "go": button("Next", "button.next"), **elements},
            "tables": more.pop("tables", {}),
        }
        asked = {"view": "form", "reach": [], "fill": {}, "press": "go", "outcomes": [{"view": "appeal-receipt"}]}

        async def paper(sha256: str) -> bytes | None:
            return self.papers.get(sha256)

        return await session_at(
            self.context,
            pack(
                {"form": described, "appeal-receipt": VIEWS["appeal-receipt"]},
                address=self.portal.address,
                limits={"lookups_a_minute": 6000, "idle_minutes": 15, "answer_seconds": 2},
                forms={"form": {**asked, **form}},
                **more,
            ),
            "form",
            attached=paper,
        )

    async def stopped(self, session: Session, question: Appeal) -> Stop:
        with pytest.raises(Stop) as stopped:
            await session.go_on("form", question)
        assert self.portal.filed == 0
        return stopped.value


@pytest_asyncio.fixture(loop_scope="session")
async def desk(context: BrowserContext) -> AsyncIterator[Desk]:
    async with filing_portal() as portal:
        yield Desk(portal, context, {SHA256: PAPER})


# Documents

FILE = {"action": "upload", "find": [{"label": "Document"}, {"css": "#file"}]}
TAKES = {"fill": {"file": {"from": "attachment.sha256", "how": "upload"}}}
FIELD = """<form method=post action=/file enctype=multipart/form-data><label>Document
<input type=file name=file id=file></label><button class=next>Next</button></form>"""
BY_BUTTON = """<form method=post action=/file enctype=multipart/form-data><input type=file name=file hidden>
<button type=button id=file aria-label=Document onclick="this.previousElementSibling.click()">Document</button>
<ul></ul><button class=next>Next</button></form><script>const field = document.querySelector('[type=file]');
field.onchange = () => document.querySelector('ul').innerHTML = `<li>${field.files[0].name} (1 KB)</li>`</script>"""


def arrived(followed: Followed, portal: FilingPortal) -> bool:
    """Did the document come to the portal as it is, under its name and kind?"""
    (body,) = portal.sent
    head = b'filename="records-1.pdf"\r\nContent-Type: application/pdf\r\n\r\n' + PAPER + b"\r\n"
    return followed.view == "appeal-receipt" and head in body


async def test_a_document_goes_in_from_memory_under_the_name_that_we_give_it(desk: Desk) -> None:
    session = await desk.at(FIELD, {"file": FILE}, TAKES)
    assert arrived(await session.go_on("form", attached()), desk.portal)


async def test_a_document_goes_in_where_a_button_opens_the_window_for_it(desk: Desk) -> None:
    element = {"action": "upload", "find": [{"role": "button", "name": "Document"}, {"css": "#file"}]}
    session = await desk.at(BY_BUTTON, {"file": element}, TAKES)
    assert arrived(await session.go_on("form", attached()), desk.portal)


async def test_a_document_that_is_not_what_was_attached_is_not_sent(desk: Desk) -> None:
    desk.papers.clear()
    stopped = await desk.stopped(await desk.at(FIELD, {"file": FILE}, TAKES), attached())
    assert (stopped.outcome.ending, reason(stopped).code) == (Ending.NEEDS_STAFF, Code.DATA_INPUT)


async def test_a_page_that_does_not_take_the_document_is_not_pressed(desk: Desk) -> None:
    forgetful = FIELD + "<script>document.querySelector('#file').onchange = (e) => e.target.value = ''</script>"
    stopped = await desk.stopped(await desk.at(forgetful, {"file": FILE}, TAKES), attached())
    assert stopped.outcome.ending is Ending.DRIFT


# Lines

BOXES = {
    "find": [{"role": "table", "name": "Lines"}, {"css": "table"}],
    "columns": {
        "contest": {"header": "Contest", "position": 1},
        "line_number": {"header": "Line", "position": 2, "business_key": True, "pattern": "Line (\\d+)"},
    },
    "empty": "none",
}
NONE = {"find": [{"text": "No lines."}, {"css": ".none"}], "optional": True}
TICKS = {"select": {"table": "lines", "box": "contest", "column": "line_number", "from": "contest.lines"}}


def lines(*boxes: str) -> str:
    """A table with lines 1, 2, ... and these boxes, and one above them that ticks them all."""
    rows = "".join(f"<tr><td>{box}</td><td>Line {n}</td></tr>" for n, box in enumerate(boxes, 1))
    return (
        "<form method=post action=/file><table><caption>Lines</caption><tr><th><label><input type=checkbox id=all> "
        f"Contest</label></th><th>Line</th></tr>{rows}</table><button class=next>Next</button></form>"
    )


def box(number: int, *more: str) -> str:
    return f"<input type=checkbox name=line value={number} {' '.join(more)}>"


async def test_exactly_the_named_lines_are_ticked_whatever_was_ticked_before(desk: Desk) -> None:
    page = lines(box(1), box(2, "checked"), box(3, "checked"), "paid")
    session = await desk.at(page, {"none": NONE}, TICKS, tables={"lines": BOXES})
    await session.go_on("form", contesting("1", "3"))
    assert desk.portal.sent == [b"line=1&line=3"]


@pytest.mark.parametrize(
    ("boxes", "named"),
    [((box(1), box(2)), ("1", "3")), ((box(1), "paid"), ("1", "2")), ((box(1), box(2)), ())],
    ids=["not on the list", "without a box", "none named"],
)
async def test_a_line_that_cannot_be_ticked_is_for_a_person(
    desk: Desk, boxes: tuple[str, ...], named: tuple[str, ...]
) -> None:
    session = await desk.at(lines(*boxes), {"none": NONE}, TICKS, tables={"lines": BOXES})
    stopped = await desk.stopped(session, contesting(*named))
    assert (stopped.outcome.ending, reason(stopped).code) == (Ending.NEEDS_STAFF, Code.DATA_INPUT)


async def test_a_page_that_ticks_more_than_was_asked_is_not_pressed(desk: Desk) -> None:
    """Ticking one line ticks its neighbour a moment later."""
    page = lines(box(1), box(2)) + (
        "<script>const [one, two] = document.querySelectorAll('[name=line]');"
        "one.onchange = () => setTimeout(() => { two.checked = true }, 0)</script>"
    )
    stopped = await desk.stopped(await desk.at(page, {"none": NONE}, TICKS, tables={"lines": BOXES}), contesting("1"))
    assert stopped.outcome.ending is Ending.DRIFT


TURNING = """<form method=post action=/file onsubmit="keep()"><table><caption>Lines</caption><thead><tr><th>Contest</th>
<th>Line</th></tr></thead><tbody></tbody></table><p><i>Page</i> <b class=at></b></p><p><i>In all</i> <b class=all>3
</b></p><button type=button class=back onclick="turn(0)">First</button>
<button type=button class=on onclick="turn(1)">More</button><button class=next>Next</button></form><script>
const ticked = new Set(), FORGETS = false; let at = 0;
const keep = () => { for (const n of [...ticked].sort())
  document.forms[0].insertAdjacentHTML('beforeend', `<input type=hidden name=line value=${n}>`) };
const show = () => {
  const rows = at === 0 ? [1, 2] : [3];
  document.querySelector('tbody').innerHTML = rows.map((n) => `<tr><td><input type=checkbox ${ticked.has(n) ? 'checked'
    : ''} onchange="this.checked ? ticked.add(${n}) : ticked.delete(${n})"></td><td>Line ${n}</td></tr>`).join('');
  document.querySelector('.at').textContent = `${at + 1}`; document.querySelector('.on').disabled = at === 1;
  document.querySelector('.back').disabled = at === 0 };
const turn = (to) => { if (FORGETS) ticked.clear(); at = to; show() }; show();</script>"""
TURNS = {
    **BOXES,
    "paging": {"next": "on", "first": "back", "total": "all", "position": "at", "new_page": False},
}
TURNERS = {
    "none": NONE,
    "on": button("More", ".on"),
    "back": button("First", ".back"),
    "all": {"find": [{"near": "In all"}, {"css": ".all"}], "type": "integer"},
    "at": {"find": [{"near": "Page"}, {"css": ".at"}]},
}


async def test_lines_are_ticked_over_all_pages_of_the_list(desk: Desk) -> None:
    session = await desk.at(TURNING, TURNERS, TICKS, tables={"lines": TURNS})
    await session.go_on("form", contesting("1", "3"))
    assert desk.portal.sent == [b"line=1&line=3"]


async def test_a_list_that_forgets_what_was_ticked_on_another_page_is_not_pressed(desk: Desk) -> None:
    page = TURNING.replace("FORGETS = false", "FORGETS = true")
    session = await desk.at(page, TURNERS, TICKS, tables={"lines": TURNS})
    assert (await desk.stopped(session, contesting("1", "3"))).outcome.ending is Ending.DRIFT


# Words

WORDED = """<form method=post action=/file><label>Reason <select name=reason><option value=c>Coding dispute</option>
<option value=n>Medical necessity</option></select></label><label>Lines <input name=lines></label>
<button class=next>Next</button></form>"""


async def test_a_code_goes_in_as_the_portal_words_it_and_several_lines_as_a_list(desk: Desk) -> None:
    elements = {"reason": field_of("Reason", "select"), "lines": field_of("Lines", "input")}
    fill = {
        "reason": {"from": "contest.reason", "how": "choose", "words": "reasons"},
        "lines": {"from": "contest.lines"},
    }
    maps = {"reasons": [{"text": "Coding dispute", "code": "coding"}, {"text": "Records", "code": "medical-necessity"}]}
    session = await desk.at(WORDED, elements, {"fill": fill}, maps=maps)
    await session.go_on("form", contesting("1", "3"))
    assert desk.portal.sent == [b"reason=c&lines=1%2C+3"]


async def test_a_code_for_which_the_portal_has_no_word_is_for_a_person(desk: Desk) -> None:
    elements = {"reason": field_of("Reason", "select")}
    fill = {"reason": {"from": "contest.reason", "how": "choose", "words": "reasons"}}
    maps = {"reasons": [{"text": "Records", "code": "medical-necessity"}]}
    session = await desk.at(WORDED, elements, {"fill": fill}, maps=maps)
    stopped = await desk.stopped(session, appeal())
    assert (stopped.outcome.ending, reason(stopped).code) == (Ending.NEEDS_STAFF, Code.DATA_INPUT)
