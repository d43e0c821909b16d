"""Fetching a document: one press, a race between the file and what may come instead, and whole before it counts.

Half a file, an error page in place of a file, an empty one and one that does not open are TRANSIENT (TECH-DOWNLOAD):
nothing was changed by the press, and it may be fetched once more.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field

from bots.clock import Clock
from bots.downloads import MOST_BYTES, Awaited, Broken, Came, Downloads, Given
from bots.endings import unreachable
from bots.engine import PageEngine
from bots.evidence import PagesSeen
from bots.exchanges import Wished
from bots.faults import PageFailed
from bots.intake import Intake, NotWhole, PasswordWrong
from bots.paging import row_gone, row_key
from bots.portal_page import PortalPage
from bots.rows import Rows
from bots.steps import take
from bots.watched_page import After
from flows.outcomes import Code, Ending, Outcome, Stop, stop
from flows.portal import Collected, Followed, Means, Row
from packs.documents import Document, Password
from packs.moves import Next, Step

_FILE_SECONDS = 300.0
"""A file that has begun to come may take so long: a slow line is no reason to ask for it again."""

_NO_FILE = (Code.TECH_TIMEOUT, Code.TECH_5XX, Code.TECH_LAYOUT)
"""Ends of the race that say no more than that no file came."""

PasswordFor = Callable[[Password], str | None]
"""What opens a document of the question that is being asked; None where nothing is known that could."""


class Collector:
    """Fetches the documents of one session. Every method raises Stop, and no error of the browser's."""

    def __init__(
        self,
        page: PortalPage,
        rows: Rows,
        *,
        clock: Clock,
        intake: Intake | None,
        password_for: PasswordFor,
        pace: Callable[[], Awaitable[None]],
        downloads: Downloads,
    ) -> None:
        """`intake` opens what comes, `pace` returns when the portal may be asked, `downloads` are the context's."""
        self._page = page
        self._rows = rows
        self._clock = clock
        self._intake = intake
        self._password_for = password_for
        self._pace = pace
        self._downloads = downloads

    def offers(self, view: str, name: str) -> bool:
        """Does the pack name a document of that name on this view, or on one of its tables?"""
        described = self._page.pack.views.get(view)
        return described is not None and (
            name in described.documents or any(name in table.documents for table in described.tables.values())
        )

    async def fetch(self, view: str, name: str, row: Row | None, seen: PagesSeen) -> Collected | Followed:
        """Fetch a document of the view, or of a row of the table that has it, and keep it in `seen`."""
        offer = self._offer(view, name, row)
        standing = await (self._ready(offer) if row is None else self._ready_in_row(offer, row))
        if standing is not None:
            return standing
        await self._pace()
        came = await self._race(offer, seen)
        if isinstance(came, Next):
            return Followed(view=came.view, means=came.means, rejected=came.rejected)
        content = self._whole(came, view)
        collected = await self._opened(content, offer)
        seen.collected(content, collected)
        return collected

    def _offer(self, view: str, name: str, row: Row | None) -> "_Offer":
        described = self._page.pack.views[view]
        if row is None:
            return _Offer(view, described.documents[name])
        table = next(each for each, of in described.tables.items() if name in of.documents)
        key = row_key(described.tables[table], row.cells)
        return _Offer(view, described.tables[table].documents[name], table, key)

    # Before the press

    async def _ready(self, offer: "_Offer") -> Followed | None:
        """Be where the document is; what stands there in its place, where something does."""
        view, document = offer.view, offer.document
        await self._be_on(view, document.back)
        if document.steps:
            await take(self._page, document.steps, [Next(view=view)], view)
            return None
        messages = {f"{view}.{n.element}": n for n in document.instead if n.element is not None}
        found = await self._page.look([offer.path, *messages])
        if not found[offer.path].there:
            for element, message in messages.items():
                if found[element].there and message.means is not None:
                    return Followed(means=message.means, rejected=message.rejected)
        return None

    async def _ready_in_row(self, offer: "_Offer", row: Row) -> Followed | None:
        """Be on the page of the table that shows the row; what it says where it has nothing to fetch."""
        view, table, document = offer.view, offer.table, offer.document
        await self._be_on(view, document.back or self._page.pack.views[view].tables[table].back)
        there = await self._rows.before_us(view, table, row) or await self._rows.find(view, table, row)
        cell = there.cells[document.press]
        if cell.normal is None and not cell.unmapped:
            return Followed(means=Means.NOT_FOUND)
        if document.steps:
            await take(self._page, document.steps, [Next(view=view)], view)
        return None

    async def _be_on(self, view: str, back: Sequence[Step]) -> None:
        if not await self._page.is_before_us(view):
            await take(self._page, back, [Next(view=view)], until=view)

    # The press and the race

    async def _race(self, offer: "_Offer", seen: PagesSeen) -> Came | Next:
        """Press, and take what comes first: the file, or something that the pack declares."""
        asking, document = self._page.engine, offer.document
        try:
            # An error that the pack describes as a page must be shown; any other one need not replace the page.
            errors_too = all(outcome.view is None for outcome in document.instead)
            async with self._downloads.awaited(asking.page, errors_too=errors_too) as awaited:
                with self._page.windows.inviting() if document.window else nullcontext():
                    await self._press(offer)
                    came = await self._first(offer, awaited)
        except PageFailed as failed:
            raise unreachable(failed) from None
        except Stop as stopped:
            reason = stopped.outcome.reason
            if reason is not None and reason.code is Code.TECH_DOWNLOAD:
                await seen.take_picture(self._page.engine, "instead of the file")
                await self._restore(offer.view, asking)
            raise
        if not isinstance(came, Next):
            await self._close_down_to(asking)
        return came

    async def _press(self, offer: "_Offer") -> None:
        after, outcomes = offer.after, offer.document.instead
        if not offer.table:
            await self._page.press(offer.path, after=after, outcomes=outcomes)
        elif not await self._page.press_in_row(
            offer.view, offer.table, offer.key, offer.document.press, after=after, outcomes=outcomes
        ):
            raise row_gone(offer.view, offer.table)

    async def _restore(self, view: str, asking: PageEngine) -> None:
        """After an unknown page in place of a file: be on the page again that asked, if the browser can do that."""
        await self._close_down_to(asking)
        with contextlib.suppress(Stop):
            if not await self._page.is_before_us(view):
                await self._page.go_back(view)

    async def _close_down_to(self, asking: PageEngine) -> None:
        """Close the windows that were opened for the file alone."""
        while self._page.windows.several and self._page.engine is not asking:
            await self._page.windows.close_top()

    async def _first(self, offer: "_Offer", awaited: Awaited) -> Came | Next:
        begun = asyncio.ensure_future(awaited.begun())
        other = asyncio.ensure_future(
            self._page.follow(offer.document.instead, view=offer.view, after=offer.after, window=offer.document.window)
        )
        try:
            await asyncio.wait({begun, other}, return_when=asyncio.FIRST_COMPLETED)
            if not begun.done():
                return await self._declared(other)
        finally:
            begun.cancel()
            other.cancel()
            await asyncio.gather(begun, other, return_exceptions=True)
        return await awaited.came(_FILE_SECONDS)

    async def _declared(self, other: "asyncio.Future[Next]") -> Next:
        """What came instead, as far as the pack knows it. Raises Stop: no file came."""
        try:
            return await other
        except Stop as stopped:
            reason = stopped.outcome.reason
            waits = reason is not None and reason.not_before is not None
            if reason is None or waits or reason.code not in _NO_FILE:
                raise
            update = {"code": Code.TECH_DOWNLOAD, "what": "The portal gave something else than the file, or nothing."}
            outcome = Outcome(ending=Ending.TRANSIENT, reason=reason.model_copy(update=update))
        raise Stop(outcome)

    # After it has come

    def _whole(self, came: Came, view: str) -> bytes:
        match came:
            case Given(content=content) if content:
                return content
            case Given():
                raise _not_whole("The portal gave an empty file.", view)
            case Broken(too_large=True):
                most = MOST_BYTES // (1 << 20)
                what = (
                    f"The file went past {most} MiB, and none that a payer gives does. What had come was thrown away."
                )
                raise _not_whole(what, view)
            case Broken():
                raise _not_whole("The line broke before the file had come whole. What had come was thrown away.", view)
            case Wished():
                raise self._refused(came, view)

    def _refused(self, wished: Wished, view: str) -> Stop:
        """The server's own error in place of the file. Where it says when to come again, nobody asks before."""
        back = wished.not_before(self._clock.now())
        if wished.status == 429:
            return stop(
                Ending.TRANSIENT, Code.TECH_429, "The portal asks for fewer look-ups.", view=view, not_before=back
            )
        if back is not None:
            return stop(Ending.TRANSIENT, Code.TECH_5XX, "The portal's server failed.", view=view, not_before=back)
        return _not_whole("The portal's server failed when it was asked for the file.", view)

    async def _opened(self, content: bytes, offer: "_Offer") -> Collected:
        if self._intake is None:
            raise RuntimeError("this session was given nothing to open documents with")
        document = offer.document
        password = self._password_for(document.password) if document.password is not None else None
        try:
            return await asyncio.to_thread(self._intake.check, content, document.kind, password)
        except NotWhole as fault:
            what = fault.what
        except PasswordWrong as fault:
            raise stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, fault.what, view=offer.view) from None
        raise _not_whole(what, offer.view)


@dataclass(frozen=True)
class _Offer:
    """A document, and where it is offered: on a view as a whole, or in the row of a table that shows the key."""

    view: str
    document: Document
    table: str = ""
    key: Mapping[str, str] = field(default_factory=dict)

    @property
    def path(self) -> str:
        """The element that is pressed, on a view."""
        return f"{self.view}.{self.document.press}"

    @property
    def after(self) -> After:
        """What may count as the answer to the press."""
        return After.NEW_PAGE if self.document.new_page else After.IN_PLACE


def _not_whole(what: str, view: str) -> Stop:
    return stop(Ending.TRANSIENT, Code.TECH_DOWNLOAD, what, view=view)
