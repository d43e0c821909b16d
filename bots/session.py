"""A signed-in session of one portal, as the flows see it: the `Portal` of `flows.portal` over a real browser page."""

from collections.abc import Mapping
from datetime import datetime
from functools import partial

from bots.clock import Clock
from bots.endings import unreachable
from bots.evidence import PagesSeen
from bots.faults import PageFailed
from bots.filling import Filler
from bots.found import FoundElement, RawReading
from bots.pace import Pace
from bots.paging import PagedTable, row_gone, row_key
from bots.portal_page import PortalPage, holds
from bots.reader import WeakWay, read_view
from bots.steps import take
from bots.written import written
from flows.matching import MatchingRules
from flows.outcomes import Code, Ending, stop
from flows.portal import Followed, Reading, Row
from flows.questions import Input, Question, inputs
from packs.moves import Form, Next
from packs.views import Table


class Session:
    """One session over many items. `begin_item` before each; the pages of the item are in `seen` afterwards."""

    def __init__(self, page: PortalPage, clock: Clock, pace: Pace) -> None:
        self._page = page
        self._filler = Filler(page)
        self._clock = clock
        self._pace = pace
        self._scene: dict[str, Mapping[str, Input]] = {}
        self.seen = PagesSeen()
        self.weak: set[WeakWay] = set()
        """Elements that were found although some of their ways found nothing: the first signs of drift."""

    def begin_item(self) -> None:
        """Forget the pages of the item before."""
        self.seen = PagesSeen()

    def signed_in_again(self) -> None:
        """Whatever was chosen in the portal before (such as the provider) is no longer chosen."""
        self._scene.clear()

    @property
    def page(self) -> PortalPage:
        return self._page

    @property
    def name(self) -> str:
        return self._page.pack.portal

    @property
    def pack_version(self) -> str:
        return self._page.pack.version

    @property
    def matching(self) -> MatchingRules:
        return self._page.pack.matching

    def now(self) -> datetime:
        return self._clock.now()

    def has_form(self, form: str) -> bool:
        return form in self._page.pack.forms

    async def open(self, form: str, question: Question) -> None:
        await self._page.to_first_window()
        wanted = self._page.pack.forms[form]
        for name in wanted.after:
            await self._set_scene(name, question)
        await self._reach(wanted)

    async def ask(self, form: str, question: Question) -> Followed:
        asked = self._page.pack.forms[form]
        await self._filler.fill(asked, inputs(question))
        await self._pace.wait()
        followed = await self._filler.press(asked, inputs(question))
        await self._check_echo(asked, inputs(question), followed)
        return Followed(view=followed.view, means=followed.means)

    async def read(self, view: str) -> Reading:
        await self._prepare(view)
        reading = await self._read_page(view, 0, 0)
        for name, table in self._page.pack.views[view].tables.items():
            if table.paging is not None:
                paged = PagedTable(self._page, view, name)
                rows = await paged.all_rows(reading, partial(self._read_page, view))
                reading = reading.model_copy(update={"tables": {**reading.tables, name: rows}})
        return reading

    async def pick(self, view: str, table: str, row: Row) -> Followed:
        description = self._page.pack.views[view].tables[table]
        key = row_key(description, row.cells)
        followed = await self._page.press_row(view, table, key)
        if followed is None:
            await self._back_to(view, description)
            await self._prepare(view)
            await self._page_with(view, table, description, key)
            followed = await self._page.press_row(view, table, key)
        if followed is None:
            raise row_gone(view, table)
        return Followed(view=followed.view, means=followed.means)

    async def _set_scene(self, form: str, question: Question) -> None:
        """Ask a form that sets the scene, unless it was last asked with the same inputs."""
        scene = self._page.pack.forms[form]
        given = inputs(question)
        sources = [fill.from_ for fill in scene.fill.values() if fill.from_ is not None]
        wanted = {source: given[source] for source in sources if source in given}
        if self._scene.get(form) == wanted:
            return
        self._scene.pop(form, None)
        await self._reach(scene)
        await self._filler.fill(scene, given)
        followed = await self._filler.press(scene, given)
        if followed.view is None:
            what = "The portal did not let us choose what has to be chosen before the question."
            raise stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, what, view=scene.view, element=followed.element)
        await self._check_echo(scene, given, followed)
        self._scene[form] = wanted

    async def _reach(self, form: Form) -> None:
        await take(self._page, form.reach, [Next(view=form.view)])

    async def _check_echo(self, form: Form, given: Mapping[str, Input], followed: Next) -> None:
        """What the portal shows after the press must be about what was asked, as far as the page that came shows it."""
        expected = {
            path: given[name]
            for path, name in form.echo.items()
            if name in given and path.partition(".")[0] == followed.view
        }
        if not expected:
            return
        shown = await self._page.look(list(expected))
        date_format = self._page.pack.formats.date
        wrong = next((path for path, value in expected.items() if not _shows(shown[path], value, date_format)), None)
        if wrong is not None:
            view, _, element = wrong.partition(".")
            what = "The portal shows something else than was asked for."
            raise stop(Ending.NEEDS_STAFF, Code.DATA_CONFLICT, what, view=view, element=element)

    async def _prepare(self, view: str) -> None:
        """Take the steps that the pack asks for before the view is read, such as clearing a filter that hides rows."""
        steps = self._page.pack.views[view].prepare
        if steps:
            await take(self._page, steps, [Next(view=view)], view)

    async def _read_page(self, view: str, page: int, first_row: int) -> Reading:
        raw = await self._look_at(view)
        self.seen.saw(view, page, raw.html)
        result = read_view(raw, self._page.pack, view, page, first_row)
        self.weak.update(result.warnings)
        return result.reading

    async def _look_at(self, view: str) -> RawReading:
        try:
            return await self._page.engine.read(self._page.pack.views[view])
        except PageFailed as failed:
            raise unreachable(failed) from None

    async def _page_with(self, view: str, name: str, table: Table, key: Mapping[str, str]) -> None:
        """Be on the page of the table that shows the row."""

        async def holds_row() -> bool:
            raw = await self._look_at(view)
            rows = read_view(raw, self._page.pack, view).reading.tables[name]
            return any(row_key(table, row.cells) == key for row in rows)

        there = await (holds_row() if table.paging is None else PagedTable(self._page, view, name).turn_to(holds_row))
        if not there:
            raise row_gone(view, name)

    async def _back_to(self, view: str, table: Table) -> None:
        """Be on the list again, by the pack's steps, unless we are."""
        here = await self._page.follow([Next(view=view), *table.after_open], view=view)
        if here.view != view:
            await take(self._page, table.back, [Next(view=view)], until=view)


def _shows(found: FoundElement, value: Input, date_format: str) -> bool:
    return holds(found.text, written(value, date_format))
