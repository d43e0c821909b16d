"""Rows of a table that are acted on: found again by their cells, on whatever page of the table they are now."""

from bots.paging import PagedTable, row_gone, row_key
from bots.portal_page import PortalPage
from bots.reading import ViewReader
from bots.steps import take
from flows.portal import Row
from packs.moves import Next
from packs.views import Table


class Rows:
    """The rows of one session. Every method raises Stop."""

    def __init__(self, page: PortalPage, reader: ViewReader) -> None:
        self._page = page
        self._reader = reader

    async def open(self, view: str, table: str, row: Row) -> Next:
        """Open the row, and say what followed."""
        description = self._page.pack.views[view].tables[table]
        key = row_key(description, row.cells)
        followed = await self._page.press_row(view, table, key)
        if followed is None:
            await self._back_to(view, description)
            await self.find(view, table, row)
            followed = await self._page.press_row(view, table, key)
        if followed is None:
            raise row_gone(view, table)
        return followed

    async def before_us(self, view: str, table: str, row: Row) -> Row | None:
        """The row as it is now on the page of the table that is before us; None when it is not there."""
        description = self._page.pack.views[view].tables[table]
        key = row_key(description, row.cells)
        rows = await self._reader.rows_before_us(view, table)
        return next((other for other in rows if row_key(description, other.cells) == key), None)

    async def find(self, view: str, table: str, row: Row) -> Row:
        """Be on the page of the table that shows the row, and give it as it is now; its view is before us."""
        await self._reader.prepare(view)
        found: list[Row] = []

        async def holds_row() -> bool:
            there = await self.before_us(view, table, row)
            found.extend([] if there is None else [there])
            return there is not None

        if self._page.pack.views[view].tables[table].paging is None:
            await holds_row()
        else:
            await PagedTable(self._page, view, table).turn_to(holds_row)
        if not found:
            raise row_gone(view, table)
        return found[0]

    async def _back_to(self, view: str, table: Table) -> None:
        """Be on the list again, by the pack's steps, unless we are."""
        here = await self._page.follow([Next(view=view), *table.after_open], view=view)
        if here.view != view:
            await take(self._page, table.back, [Next(view=view)], until=view)
