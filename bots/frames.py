"""The documents of one browser page: its own, and those in the frames that a pack names.

A frame is an inner page with a life of its own: it loads, expires and goes while the page around it stays. Each has the
script of `page_script` in a world of its own. A frame of another site is drawn by another process of the browser, and
is spoken to over a session of its own.
"""

import asyncio
import contextlib
import json
import secrets
from collections.abc import Coroutine, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urldefrag, urlsplit

from playwright.async_api import CDPSession, Page
from playwright.async_api import Error as PlaywrightError
from playwright.async_api import Frame as PlaywrightFrame

from bots.faults import (
    PageFailed,
    PageFault,
    document_went_away,
    frame_went_away,
    no_browser_text,
    session_ended,
    world_is_gone,
)
from bots.page_script import HOLDER, PAGE_ENGINE, WORLD
from packs.models import Frame

_MISSING = "portalwright: no engine in this document yet"
_MISSED = json.dumps(_MISSING)
_TOO_LARGE = "portalwright: this page is too large"


@dataclass(frozen=True)
class _Place:
    """Where a document is spoken to: the session of its process, and the browser's own id of its frame."""

    session: CDPSession
    frame_id: str


@dataclass(frozen=True)
class _World:
    """The script's own world in a document: the browser's number for it, and the word that we have left there.

    Numbers are given again, in another process too; nobody else knows the word.
    """

    number: int
    word: str


@dataclass(frozen=True)
class _Known:
    """A frame of the pack as it was last found."""

    frame: PlaywrightFrame
    place: _Place
    own_session: bool
    """The session is this frame's alone, and ends with it."""


class Documents:
    """The documents of one page, by the name of their frame in the pack; None is the page's own document."""

    root = "document"
    """What the script is given to look at, in its own words."""

    def __init__(self, page: Page, session: CDPSession, frame_id: str | None) -> None:
        self._page = page
        self._session = session
        self._given_id = frame_id
        self._main_id = frame_id
        self._frames: Mapping[str, Frame] = {}
        self._known: dict[str, _Known] = {}
        self._worlds: dict[_Place, _World] = {}
        self._crashed = asyncio.Event()
        page.on("framenavigated", lambda _: self._worlds.clear())
        page.on("crash", lambda _: self._crashed.set())

    @classmethod
    async def attach(cls, page: Page, frame_id: str | None) -> "Documents":
        """The documents of this page. Raises Playwright's errors."""
        session = await page.context.new_cdp_session(page)
        await _bring_script(session)
        return cls(page, session, frame_id)

    @property
    def session(self) -> CDPSession:
        """The session of the page itself."""
        return self._session

    @property
    def names(self) -> tuple[str, ...]:
        """The frames that the pack names."""
        return tuple(self._frames)

    def know(self, frames: Mapping[str, Frame]) -> None:
        """These are the pack's frames."""
        self._frames = frames

    @property
    def crashed(self) -> bool:
        """Did the process that shows the page end? Nothing can be opened in its window any more."""
        return self._crashed.is_set()

    def revived(self) -> None:
        """A new document was opened in place of one that may have crashed."""
        self._crashed.clear()

    def frame(self, name: str | None) -> PlaywrightFrame | None:
        """The frame for Playwright's actions; None when it is not there, or more than one frame fits."""
        if name is None:
            return self._page.main_frame
        described = self._frames[name]
        parent = self.frame(described.inside)
        if parent is None:
            return None
        fitting = [child for child in parent.child_frames if _fits(described, child)]
        return fitting[0] if len(fitting) == 1 else None

    async def call(self, name: str | None, call: str, argument: str) -> Any:
        """One call of the script, with JSON as its argument, in the document that is there now.

        None when the frame is not there, or its document went away meanwhile: ask again. Raises PageFailed.
        """
        # As one text: the browser and Playwright's driver take a value apart and put it together again piece by piece.
        expression = f"Promise.resolve({HOLDER}.{call}({self.root}, {argument})).then(JSON.stringify)"
        async with no_browser_text():
            try:
                told = await self.unless_crashed(self._call(name, expression))
                answer = None if told is None else _value_of(told)
                if answer == _TOO_LARGE:
                    raise PageFailed(PageFault.TOO_LARGE)
                return answer
            except PlaywrightError as error:
                inner_ended = name is not None and session_ended(error)
                if self._page.is_closed() or not (inner_ended or document_went_away(error)):
                    raise
                if inner_ended or frame_went_away(error):
                    await self._forget(name)
                return None

    async def unless_crashed(self, call: Coroutine[Any, Any, Any]) -> Any:
        """The browser never answers for a page that has crashed; without this, every call would wait to its end."""
        answer, crash = asyncio.ensure_future(call), asyncio.ensure_future(self._crashed.wait())
        try:
            await asyncio.wait({answer, crash}, return_when=asyncio.FIRST_COMPLETED)
            if answer.done():
                return answer.result()
            raise PageFailed(PageFault.CRASHED)
        finally:
            answer.cancel()
            crash.cancel()

    async def _call(self, name: str | None, expression: str) -> Any:
        place = await self._place(name)
        if place is None:
            return None
        known = self._worlds.get(place)
        if known is not None:
            answer = await _run_in(place.session, known, expression)
            if answer != _MISSING:
                return answer
            self._worlds.pop(place, None)
        asked = {"frameId": place.frame_id, "worldName": WORLD}
        number = int((await place.session.send("Page.createIsolatedWorld", asked))["executionContextId"])
        world = _World(number, secrets.token_hex(16))
        left = f"{HOLDER}.word = {json.dumps(world.word)}"
        answer = await _run(place.session, number, f"{HOLDER} === undefined ? {_MISSED} : ({left}, {expression})")
        if answer != _MISSING:
            self._worlds[place] = world
            return answer
        # A script that came after the page's own may not hear that its document goes: its world is not used again.
        await _run(place.session, number, f"{HOLDER} = {PAGE_ENGINE}; true")
        return await _run(place.session, number, expression)

    # Finding a frame

    async def _place(self, name: str | None) -> _Place | None:
        if name is None:
            if self._main_id is None:
                self._main_id = str((await _tree(self._session))["frame"]["id"])
            return _Place(self._session, self._main_id)
        frame = self.frame(name)
        known = self._known.get(name)
        if known is not None and known.frame is frame:
            return known.place
        if known is not None:
            await self._forget(name)
        if frame is None:
            return None
        around = await self._place(self._frames[name].inside)
        if around is None:
            return None
        found = await self._look_for(frame, around)
        if found is not None:
            self._known[name] = found
        return found.place if found is not None else None

    async def _look_for(self, frame: PlaywrightFrame, around: _Place) -> _Known | None:
        """The frame in the tree of the process that draws the frame around it, else with a session of its own."""
        tree = _node(await _tree(around.session), around.frame_id)
        children = [child["frame"] for child in (tree or {}).get("childFrames", ())]
        fitting = [child for child in children if urldefrag(child["url"])[0] == urldefrag(frame.url)[0]]
        if len(fitting) > 1:
            fitting = [child for child in fitting if child.get("name") == frame.name]
        if len(fitting) == 1:
            return _Known(frame, _Place(around.session, str(fitting[0]["id"])), own_session=False)
        try:
            session = await self._page.context.new_cdp_session(frame)
        except PlaywrightError:
            # It is drawn with the page around it after all, and on its way: next time.
            return None
        await _bring_script(session)
        root = (await _tree(session))["frame"]
        return _Known(frame, _Place(session, str(root["id"])), own_session=True)

    async def _forget(self, name: str | None) -> None:
        """The frame is gone, or is drawn by another process now."""
        if name is None:
            self._main_id = self._given_id
            return
        known = self._known.pop(name, None)
        for inner, described in self._frames.items():
            if described.inside == name:
                await self._forget(inner)
        if known is not None and known.own_session:
            with contextlib.suppress(PlaywrightError):
                await known.place.session.detach()


def _fits(described: Frame, frame: PlaywrightFrame) -> bool:
    if described.name is not None and frame.name != described.name:
        return False
    return described.path is None or urlsplit(frame.url).path == described.path


def _node(tree: Mapping[str, Any], frame_id: str) -> Mapping[str, Any] | None:
    if tree["frame"]["id"] == frame_id:
        return tree
    return next((found for child in tree.get("childFrames", ()) if (found := _node(child, frame_id))), None)


async def _tree(session: CDPSession) -> Mapping[str, Any]:
    tree: Mapping[str, Any] = (await session.send("Page.getFrameTree"))["frameTree"]
    return tree


async def _bring_script(session: CDPSession) -> None:
    """Each new document then brings the script with it, and it need not be sent there.

    (The browser does so only where the page's events are asked for.)
    """
    script = {"source": f"{HOLDER} = {PAGE_ENGINE};", "worldName": WORLD}
    await session.send("Page.enable")
    await session.send("Page.addScriptToEvaluateOnNewDocument", script)


def _value_of(told: str) -> Any:
    """The value of the script's JSON. Half of a letter's two, which a page's own script can write, becomes U+FFFD: no
    file and no database takes such a half.
    """
    value = json.loads(told)
    if "\\ud" not in told:
        return value
    halves = json.dumps(value, ensure_ascii=False).encode("utf-16-le", "surrogatepass")
    return json.loads(halves.decode("utf-16-le", "replace"))


async def _run_in(session: CDPSession, known: _World, expression: str) -> Any:
    """The expression's value in the world that we know from before; _MISSING when it has gone with its document.

    Nothing is asked in a world that does not know our word: the number may be another's by now, the page's own even.
    """
    guarded = f"{HOLDER}?.word === {json.dumps(known.word)} ? {expression} : {_MISSED}"
    try:
        return await _run(session, known.number, guarded)
    except PlaywrightError as error:
        if not world_is_gone(error):
            raise
        return _MISSING


async def _run(session: CDPSession, world: int, expression: str) -> Any:
    answer = await session.send(
        "Runtime.evaluate",
        {"contextId": world, "expression": expression, "returnByValue": True, "awaitPromise": True},
    )
    if "exceptionDetails" in answer:
        # The details may quote the page; the description of our own script's fault is not worth that.
        raise PageFailed(PageFault.OTHER)
    return answer["result"].get("value")
