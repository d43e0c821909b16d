"""Ticking the rows of a table that a question names, one by one: exactly those, over all pages, and nothing else.

What ticks all rows at once is never pressed: it would contest lines that were paid.
"""

from collections.abc import Awaitable, Callable, Mapping

from bots.endings import unreachable
from bots.faults import PageFailed
from bots.found import RowBox, State
from bots.normalise import NotThisType, fold, normalise
from bots.paging import PagedTable
from bots.portal_page import PortalPage
from flows.answers import Shown
from flows.outcomes import Code, Ending, Stop, stop
from flows.questions import Input
from packs.moves import Form, Select

Page = Callable[[Mapping[str, RowBox]], Awaitable[None]]
"""Does something with the rows of one page of a table, by the texts that tell them apart."""


class Ticker:
    """The boxes of one session's tables. Every method raises Stop, and no error of the browser's."""

    def __init__(self, page: PortalPage) -> None:
        self._page = page

    async def tick(self, form: Form, inputs: Mapping[str, Input]) -> None:
        """Tick the rows that the question names, untick all others, and see over all pages that it is so.

        Raises Stop with NEEDS_STAFF when the question names no row, or one that is not there or has no box.
        """
        select = form.select
        if select is None:
            return
        wanted = _named(form, select, inputs)

        async def tick_page(rows: Mapping[str, RowBox]) -> None:
            for key, row in rows.items():
                if row.ticked is not None and row.ticked != (key in wanted):
                    await self._tick(form, select, row, ticked=key in wanted)

        async def check_page(rows: Mapping[str, RowBox]) -> None:
            _check(form, select, rows, wanted)

        there = await self._over_all_pages(form, select, tick_page)
        if any(key not in there or there[key].ticked is None for key in wanted):
            what = "A line that the appeal contests is not on the portal's list, or cannot be ticked there."
            raise stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, what, view=form.view, element=select.table)
        if (await self._over_all_pages(form, select, check_page)).keys() != there.keys():
            raise _not_as_ticked(form, select)

    async def check(self, form: Form, inputs: Mapping[str, Input]) -> None:
        """Just before the press: are, on the page of the table that is before us, exactly the named rows ticked?"""
        if form.select is not None:
            rows = await self._rows(form, form.select)
            _check(form, form.select, rows, _named(form, form.select, inputs))

    async def _over_all_pages(self, form: Form, select: Select, do: Page) -> dict[str, RowBox]:
        """Do it on every page of the table, and give all rows as they were before."""
        there: dict[str, RowBox] = {}

        async def here() -> None:
            rows = await self._rows(form, select)
            await do(rows)
            there.update(rows)

        if self._page.pack.views[form.view].tables[select.table].paging is None:
            await here()
            return there
        paged = PagedTable(self._page, form.view, select.table)
        await paged.each_page(here)
        if await paged.total() not in (None, len(there)):
            what = "The pages of the table do not hold as many rows as the portal says. Nothing was sent."
            raise stop(Ending.NEEDS_STAFF, Code.DATA_PARTIAL, what, view=form.view, element=select.table)
        return there

    async def _rows(self, form: Form, select: Select) -> dict[str, RowBox]:
        """The rows before us. Raises Stop when the table is not as the pack says, or two rows cannot be told apart."""
        view = self._page.pack.views[form.view]
        try:
            found = await self._page.engine.row_boxes(view, select.table, select.box)
        except PageFailed as failed:
            raise unreachable(failed) from None
        rows = {self._key(form, select, row): row for row in found.boxes}
        if found.state is not State.FOUND or found.problem is not None or len(rows) != len(found.boxes):
            what = "The table whose rows are to be ticked is not as the pack describes it."
            raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=form.view, element=select.table)
        return rows

    def _key(self, form: Form, select: Select, row: RowBox) -> str:
        column = self._page.pack.views[form.view].tables[select.table].columns[select.column]
        shown = Shown(where=f"{form.view}.{select.table}.{select.column}", text=row.cells[select.column])
        try:
            value = normalise(shown, column, self._page.pack)
        except NotThisType:
            what = f"The text is not of the type that the pack gives it ({column.type})."
        else:
            return fold(shown.text if value.normal is None else str(value.normal))
        place = f"{select.table}.{select.column}"
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=form.view, element=place, seen=(shown,))

    async def _tick(self, form: Form, select: Select, row: RowBox, *, ticked: bool) -> None:
        view = self._page.pack.views[form.view]
        key = {select.column: row.cells[select.column]}

        async def act(timeout: float) -> None:
            box = self._page.engine.row_locator(view, select.table, key, select.box)
            await self._page.engine.tick_row(box, ticked, timeout)

        await self._page.through(act, form.view, select.table)


def _named(form: Form, select: Select, inputs: Mapping[str, Input]) -> frozenset[str]:
    """The rows that the question names."""
    given = inputs.get(select.from_, ())
    named = frozenset(fold(str(text)) for text in (given if isinstance(given, tuple) else (given,)))
    if not named or "" in named:
        what = "The question does not say which rows of the portal's list it is about."
        raise stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, what, view=form.view, element=select.table)
    return named


def _check(form: Form, select: Select, rows: Mapping[str, RowBox], wanted: frozenset[str]) -> None:
    if any(row.ticked is not None and row.ticked != (key in wanted) for key, row in rows.items()):
        raise _not_as_ticked(form, select)


def _not_as_ticked(form: Form, select: Select) -> Stop:
    what = "The rows of the portal's list are not ticked as they were. Nothing was sent."
    return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=form.view, element=select.table)
