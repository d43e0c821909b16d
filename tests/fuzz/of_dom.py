"""Real pages in a real browser, put together of what is seen and what is hidden: nothing hidden is ever read."""

import asyncio
import copy
import html
import json
import tempfile
from contextlib import AsyncExitStack
from functools import cache
from pathlib import Path
from typing import Any

from bots.browser import BrowserHost
from bots.engine import PageEngine
from bots.faults import PageFailed
from bots.installed_browser import find_browser
from bots.reader import read_view
from flows.outcomes import Stop
from tests.fuzz.choices import Choices
from tests.fuzz.judge import Broken, Target, Told
from tests.fuzz.mutation import text_edited
from tests.fuzz.of_pages import PACK, hold_shown

_MOST_EDITS = 6
_SECONDS = 30.0
"""A page is read in some milliseconds; the engine itself gives up after ten seconds, which is an error of ours."""

HIDDEN = ("HIDDENWORD", "$777.77", "07/07/1977")
"""Stand where nobody sees them, and nowhere else."""
_TRACES = ("HIDDENWORD", "777.77", "07/07/1977")

_HIDING = (
    "display:none", "visibility:hidden", "opacity:0", "position:absolute;left:-9999px", "font-size:0",
    "display:block;width:0;height:0;overflow:hidden", "color:transparent", "display:block;clip-path:inset(50%)",
    "position:absolute;clip:rect(0,0,0,0)", "display:block;max-height:0;overflow:hidden",
)  # fmt: skip
_NOISE = (
    "\u200b",
    "\u202e",
    "\u2066",
    "\u00ad",
    "\u00a0",
    "\u0661",
    "\uff11",
    " ",
    "\n",
    "x",
    "5",
    "-",
    "(",
    "Paid",
    "",
)
_WRAPPERS = ("div", "span", "b", "section", "table", "p", "label", "details", "template", "noscript", "svg", "form")

Node = list[Any]
"""A tag, its attributes, and its nodes or texts."""

_CLAIM: Node = [
    "main", {}, [
        ["h1", {}, ["Claim"]],
        ["dl", {}, [
            ["dt", {}, ["member_id"]], ["dd", {"class": "member_id"}, ["QZX100200300"]],
            ["dt", {}, ["paid"]], ["dd", {"class": "paid"}, ["$1,234.56"]],
            ["dt", {}, ["finalised"]], ["dd", {"class": "finalised"}, ["07/04/2026"]],
            ["dt", {}, ["status"]], ["dd", {"class": "status"}, ["Paid in full"]],
        ]],
    ],
]  # fmt: skip
_CLAIMS: Node = [
    "main", {}, [
        ["h1", {}, ["Claims"]],
        ["table", {"class": "found"}, [
            ["caption", {}, ["Claims found"]],
            ["tr", {}, [["th", {}, ["Claim number"]], ["th", {}, ["Patient"]], ["th", {}, ["Charge"]]]],
            ["tr", {}, [["td", {}, [["a", {"href": "#"}, ["C11"]]]], ["td", {}, ["ROE, ANNA"]], ["td", {}, ["$1.00"]]]],
            ["tr", {}, [["td", {}, [["a", {"href": "#"}, ["C12"]]]], ["td", {}, ["ROE, OTTO"]], ["td", {}, ["$2.00"]]]],
        ]],
    ],
]  # fmt: skip


def spoilt_page(choices: Choices) -> bytes:
    """A page as JSON: its view, and its nodes with some hidden, wrapped, doubled, moved, lost or changed."""
    view = choices.one(("claim", "claims"))
    root = copy.deepcopy(_CLAIM if view == "claim" else _CLAIMS)
    for _ in range(_MOST_EDITS):
        places = list(_places(root))
        if not choices.left or not places:
            break
        around, place = choices.one(places)
        _edited(around, place, choices)
    return json.dumps({"view": view, "page": root}).encode()


def _edited(around: list[Any], place: int, choices: Choices) -> None:
    node = around[place]
    hidden = ["span", {"style": choices.one(_HIDING)}, [choices.one(HIDDEN)]]
    match choices.number(9):
        case 0 | 1:
            around.insert(place + choices.number(2), hidden)
        case 2 if not isinstance(node, str):
            node[2].insert(choices.number(len(node[2]) + 1), hidden)
        case 3 if not isinstance(node, str):
            # Its own text becomes one that stands nowhere else.
            around[place] = [node[0], {**node[1], "style": choices.one(_HIDING)}, [choices.one(HIDDEN)]]
        case 4:
            around[place] = [choices.one(_WRAPPERS), {}, [node]]
        case 5:
            around.insert(place, copy.deepcopy(node))
        case 6:
            del around[place]
        case 7 if not isinstance(node, str):
            around[place] = [node[0], {**node[1], choices.one(("title", "aria-label", "alt")): HIDDEN[1]}, node[2]]
        case _ if isinstance(node, str):
            around[place] = text_edited(node, choices, _NOISE)
        case _:
            other = choices.number(len(around))
            around[place], around[other] = around[other], around[place]


def _places(node: Node) -> Any:
    """Every node and text below this one, as the list that it is in and its place there."""
    for place, below in enumerate(node[2]):
        yield node[2], place
        if not isinstance(below, str):
            yield from _places(below)


def _markup(node: Node | str) -> str:
    if isinstance(node, str):
        return html.escape(node)
    tag, attributes, inside = node
    written = "".join(f' {name}="{html.escape(value)}"' for name, value in attributes.items())
    return f"<{tag}{written}>{''.join(map(_markup, inside))}</{tag}>"


async def read_page(engine: PageEngine, content: bytes) -> Told:
    """Show the page and read its view. Raises Stop or PageFailed, and Broken when something hidden was read."""
    page = json.loads(content)
    view = PACK.views[page["view"]]
    async with asyncio.timeout(_SECONDS):
        await engine.page.set_content(f"<!DOCTYPE html><title>Claim</title>{_markup(page['page'])}")
        raw = await engine.read(view)
    read = read_view(raw, PACK, page["view"])
    hold_shown(read, raw, PACK)
    shown = [value.shown.text for value in read.reading.fields.values()]
    shown += [cell.shown.text for rows in read.reading.tables.values() for row in rows for cell in row.cells.values()]
    if any(trace in text for trace in _TRACES for text in shown):
        raise Broken("what is hidden is never read")
    return Told()


class _Browser:
    """One page for the whole process, opened when the first input comes."""

    def __init__(self) -> None:
        self._runner = asyncio.Runner()
        self._stack = AsyncExitStack()
        self._engine: PageEngine | None = None

    def read(self, content: bytes) -> Told:
        """See `read_page`."""
        return self._runner.run(self._read(content))

    async def _read(self, content: bytes) -> Told:
        if self._engine is None:
            browser = find_browser()
            if browser is None:
                raise Broken("there is a browser: run 'portalwright browser' first")
            folder = Path(self._stack.enter_context(tempfile.TemporaryDirectory(prefix="portalwright-fuzz-")))
            host = await self._stack.enter_async_context(BrowserHost(folder, browser, "fuzz@example.org"))
            self._engine = await PageEngine.attach(await (await host.new_context()).new_page())
        return await read_page(self._engine, content)

    def close(self) -> None:
        """End the browser."""
        self._runner.run(self._stack.aclose())
        self._runner.close()


@cache
def _browser() -> _Browser:
    return _Browser()


def close_browser() -> None:
    """End this process's browser, if it has one."""
    if _browser.cache_info().currsize:
        _browser().close()


dom_target = Target("page-dom", spoilt_page, lambda content: _browser().read(content), (Stop, PageFailed))
