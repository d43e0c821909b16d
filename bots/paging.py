"""Reading a table over all of its pages, and finding a row again on them.

Rows can move from page to page while one turns them (an unstable sort), so that one is seen twice and another never:
rows are told apart by their business key, and the list is read again until there are as many as the portal says.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence

from bots.found import FoundElement
from bots.normalise import NotThisType, normalise
from bots.portal_page import PortalPage
from bots.watched_page import After
from flows.answers import Shown
from flows.outcomes import Code, Ending, Stop, stop
from flows.portal import Normal, Reading, Row, Value
from packs.moves import Next
from packs.views import Paging, Table

_MOST_READINGS = 3
"""A list is read this often at most before a person has to look at it."""

ReadPage = Callable[[int, int], Awaitable[Reading]]
"""Reads the page of the table that is before us, given its number (from 0) and how many rows came before it."""


class _TotalChanged(Exception):
    """The portal says another number of rows than on the page before."""


class PagedTable:
    """One table with paging, on the view that is before us. Every method raises Stop."""

    def __init__(self, page: PortalPage, view: str, name: str) -> None:
        self._page = page
        self._view = view
        self._name = name
        self._table: Table = page.pack.views[view].tables[name]
        paging = self._table.paging
        if paging is None:
            raise ValueError(f"the table '{view}.{name}' has no paging")
        self._paging: Paging = paging

    async def all_rows(self, first: Reading, read: ReadPage) -> tuple[Row, ...]:
        """All rows over all pages, each once; `first` is the reading of the page that is before us.

        Raises Stop with NEEDS_STAFF when the pages do not come to as many rows as the portal says, however often they
        are read.
        """
        union: dict[object, Row] = {}
        total: Normal | None = None
        for reading_number in range(_MOST_READINGS):
            if reading_number:
                if not await self._to_first_page():
                    break
                first = await read(0, 0)
            if _total(first, self._paging) != total:
                # Another total is another list.
                union, total = {}, _total(first, self._paging)
            try:
                await self._collect(first, read, union, total)
            except _TotalChanged:
                total = None
                continue
            if not union or len(union) == total:
                return tuple(union.values())
        what = (
            "The pages of the table do not hold as many rows as the portal says, and reading them again did not help."
        )
        raise stop(Ending.NEEDS_STAFF, Code.DATA_PARTIAL, what, view=self._view, element=self._paging.total)

    async def turn_to(self, holds_row: Callable[[], Awaitable[bool]]) -> bool:
        """Turn to the page that shows the row: the one before us, else from the first one on. False: on no page."""
        if await holds_row():
            return True
        for _ in range(_MOST_READINGS):
            if not await self._to_first_page():
                return False
            for _ in range(self._paging.most_pages):
                if await holds_row():
                    return True
                if not await self._turn(self._paging.next):
                    break
        return False

    async def each_page(self, act: Callable[[], Awaitable[None]]) -> None:
        """Do something on every page of the table, from the first one on; the last one is before us then."""
        await self._to_first_page()
        for _ in range(self._paging.most_pages):
            await act()
            if not await self._turn(self._paging.next):
                return
        raise self._too_many()

    async def total(self) -> int | None:
        """How many rows the page before us says that there are in all; None when it does not say so."""
        path = f"{self._view}.{self._paging.total}"
        text = (await self._page.look([path]))[path].text
        try:
            value = normalise(Shown(where=path, text=text), self._page.pack.element(path), self._page.pack)
        except NotThisType:
            return None
        return value.normal if isinstance(value.normal, int) else None

    async def _collect(self, first: Reading, read: ReadPage, union: dict[object, Row], total: Normal | None) -> None:
        """Add the rows of every page from the one that is before us on. Raises _TotalChanged."""
        reading, page, rows_before = first, 0, 0
        while True:
            if _total(reading, self._paging) != total:
                raise _TotalChanged
            for row in reading.tables[self._name]:
                union.setdefault(self._key(row, len(union)), row)
            rows_before += len(reading.tables[self._name])
            if not reading.tables[self._name] or not await self._turn(self._paging.next):
                return
            page += 1
            if page >= self._paging.most_pages:
                raise self._too_many()
            reading = await read(page, rows_before)

    def _too_many(self) -> Stop:
        what = "The table goes on over more pages than the pack allows."
        return stop(Ending.NEEDS_STAFF, Code.BUS_MULTI, what, view=self._view, element=self._name)

    def _key(self, row: Row, position: int) -> object:
        """What tells the row from others; where the pack names no business key, each row is one of its own."""
        key = row_key(self._table, row.cells)
        return tuple(" ".join(text.split()) for text in key.values()) if key else position

    async def _turn(self, turner: str) -> bool:
        """Press what opens another page of the table; False when it is not there or not to be pressed."""
        path = f"{self._view}.{turner}"
        looked_at = [path]
        position = self._paging.position
        if position is not None:
            looked_at.append(f"{self._view}.{position}")
        found = await self._page.look(looked_at)
        if not _can_turn(found[path]):
            return False
        again = [Next(view=self._view)]
        after = After.NEW_PAGE if self._paging.new_page else After.IN_PLACE
        await self._page.press(path, after=after, outcomes=again)
        differs = None
        if position is not None:
            at = f"{self._view}.{position}"
            differs = (self._page.pack.element(at), found[at].text)
        await self._page.follow(again, view=self._view, after=after, differs=differs)
        return True

    async def _to_first_page(self) -> bool:
        """Be on the first page again; False when the portal has nothing to press for that."""
        if self._paging.first is not None:
            await self._turn(self._paging.first)
            return True
        if self._paging.previous is not None:
            for _ in range(self._paging.most_pages):
                if not await self._turn(self._paging.previous):
                    return True
        return False


def row_key(table: Table, cells: Mapping[str, Value]) -> dict[str, str]:
    """The shown texts by which a row is found again."""
    return {name: cells[name].shown.text for name, column in table.columns.items() if column.business_key}


def row_gone(view: str, table: str, pages: Sequence[str] = ()) -> Stop:
    """A row that was read is on no page of the list any more."""
    what = "A row that was on the list cannot be found there again."
    return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view, element=table, ways=tuple(pages))


def _can_turn(turner: FoundElement) -> bool:
    return turner.there and not turner.disabled


def _total(reading: Reading, paging: Paging) -> Normal | None:
    """How many rows the portal says that there are; None when it does not, as with an empty table."""
    total = reading.fields.get(paging.total)
    return total.normal if total is not None else None
