"""Reading a view whole: its filters cleared, its tables over all their pages, its tabs and further pages as one."""

from collections.abc import Iterable, Mapping
from functools import partial

from bots.endings import unreachable
from bots.evidence import PagesSeen
from bots.faults import PageFailed
from bots.found import RawReading
from bots.paging import PagedTable
from bots.portal_page import PortalPage
from bots.reader import WeakWay, read_view
from bots.steps import is_there, take
from flows.outcomes import Code, Ending, stop
from flows.portal import Reading, Row, Value
from packs.moves import Next
from packs.needs import fields_read
from packs.views import View


class ViewReader:
    """Reads the views of one session. Every method raises Stop."""

    def __init__(self, page: PortalPage) -> None:
        self._page = page
        self.weak: set[WeakWay] = set()
        """Elements that were found although some of their ways found nothing."""

    async def whole(self, view: str, seen: PagesSeen) -> Reading:
        """The view that is before us with all that the pack reads with it; tables by the names that the flow knows.

        The pages are kept in `seen`. Afterwards the last of its tabs or further pages is before us.
        """
        described = self._page.pack.views[view]
        reading = await self._one(view, seen)
        fields, tables = dict(reading.fields), _by_flow_name(described, reading)
        at = view
        for further in described.more:
            first = further.steps[0].click
            if further.if_there and first is not None and not await is_there(self._page, first):
                continue
            await take(self._page, further.steps, [Next(view=further.view)], at)
            at = further.view
            more = await self._one(at, seen)
            read = fields_read(self._page.pack, at)
            _add_fields(fields, {name: value for name, value in more.fields.items() if name in read}, at)
            for name, rows in _by_flow_name(self._page.pack.views[at], more).items():
                tables[name] = (*tables.get(name, ()), *rows)
        return Reading(view=view, fields=fields, tables=tables)

    async def prepare(self, view: str) -> None:
        """Take the steps that the pack asks for before the view is read, such as clearing a filter that hides rows."""
        steps = self._page.pack.views[view].prepare
        if steps:
            await take(self._page, steps, [Next(view=view)], view)

    async def rows_before_us(self, view: str, table: str) -> tuple[Row, ...]:
        """The rows of the page of the table that is before us."""
        return read_view(await self._look_at(view), self._page.pack, view).reading.tables[table]

    async def _one(self, view: str, seen: PagesSeen) -> Reading:
        """One view, with its tables over all their pages."""
        await self.prepare(view)
        reading = await self._read_page(seen, view, 0, 0)
        for name, table in self._page.pack.views[view].tables.items():
            if table.paging is not None:
                paged = PagedTable(self._page, view, name)
                rows = await paged.all_rows(reading, partial(self._read_page, seen, view))
                reading = reading.model_copy(update={"tables": {**reading.tables, name: rows}})
        return reading

    async def _read_page(self, seen: PagesSeen, view: str, page: int, first_row: int) -> Reading:
        raw = await self._look_at(view)
        seen.saw(view, page, raw.html)
        result = read_view(raw, self._page.pack, view, page, first_row)
        self.weak.update(result.warnings)
        return result.reading

    async def _look_at(self, view: str) -> RawReading:
        try:
            return await self._page.engine.read(self._page.pack.views[view])
        except PageFailed as failed:
            raise unreachable(failed) from None


def _by_flow_name(view: View, reading: Reading) -> dict[str, tuple[Row, ...]]:
    """The tables by the names that the flow knows; those of one name put together, in the pack's order."""
    tables: dict[str, tuple[Row, ...]] = {}
    for name, rows in reading.tables.items():
        known = view.tables[name].as_ or name
        tables[known] = (*tables.get(known, ()), *rows)
    return tables


def _add_fields(fields: dict[str, Value], more: Mapping[str, Value], view: str) -> None:
    """Add what another tab shows. A field that several tabs show must be the same on all of them."""
    for name in _differing(fields, more):
        what = "Two tabs of the page show different values for the same field."
        seen = (fields[name].shown, more[name].shown)
        raise stop(Ending.NEEDS_STAFF, Code.DATA_INCONSISTENT, what, view=view, element=name, seen=seen)
    fields.update(more)


def _differing(fields: Mapping[str, Value], more: Mapping[str, Value]) -> Iterable[str]:
    return [
        name
        for name in fields.keys() & more.keys()
        if (fields[name].normal, fields[name].unmapped) != (more[name].normal, more[name].unmapped)
        or (more[name].unmapped and fields[name].shown.text != more[name].shown.text)
    ]
