"""A signed-in session of one portal, as the flows see it: the `Portal` of `flows.portal` over a real browser page."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from bots.clock import Clock
from bots.evidence import PagesSeen
from bots.faults import PageFailed
from bots.found import FoundElement, RawReading
from bots.pace import Pace
from bots.portal_page import PortalPage, unreachable
from bots.reader import WeakWay, read_view
from flows.matching import MatchingRules
from flows.outcomes import Code, Ending, Stop, stop
from flows.portal import Followed, Reading, Row, Value
from flows.questions import Input, Question, inputs
from packs.moves import Form, Next
from packs.views import Paging, Table


class Session:
    """One session over many items. `begin_item` before each; the pages of the item are in `seen` afterwards."""

    def __init__(self, page: PortalPage, clock: Clock, pace: Pace) -> None:
        self._page = page
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
        wanted = self._page.pack.forms[form]
        for name in wanted.after:
            await self._set_scene(name, question)
        await self._reach(wanted)

    async def ask(self, form: str, question: Question) -> Followed:
        asked = self._page.pack.forms[form]
        await self._page.fill(asked, inputs(question))
        await self._pace.wait()
        followed = await self._page.press_form(asked, inputs(question))
        await self._check_echo(asked, inputs(question), followed)
        return Followed(view=followed.view, means=followed.means)

    async def read(self, view: str) -> Reading:
        raw, reading = await self._read_page(view, 0, 0)
        for name, table in self._page.pack.views[view].tables.items():
            if table.paging is not None:
                rows = await self._rest_of(view, name, table.paging, raw, reading)
                reading = reading.model_copy(update={"tables": {**reading.tables, name: rows}})
        return reading

    async def pick(self, view: str, table: str, row: Row) -> Followed:
        description = self._page.pack.views[view].tables[table]
        key = _key(description, row.cells)
        followed = await self._page.press_row(view, table, key)
        if followed is None:
            await self._back_to(view, description)
            await self._page_with(view, table, description, key)
            followed = await self._page.press_row(view, table, key)
        if followed is None:
            raise _row_gone(view, table)
        return Followed(view=followed.view, means=followed.means)

    async def _set_scene(self, form: str, question: Question) -> None:
        """Ask a form that sets the scene, unless it was last asked with the same inputs."""
        scene = self._page.pack.forms[form]
        given = inputs(question)
        wanted = {fill.from_: given[fill.from_] for fill in scene.fill.values() if fill.from_ in given}
        if self._scene.get(form) == wanted:
            return
        self._scene.pop(form, None)
        await self._reach(scene)
        await self._page.fill(scene, given)
        followed = await self._page.press_form(scene, given)
        if followed.view is None:
            what = "The portal did not let us choose what has to be chosen before the question."
            raise stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, what, view=scene.view, element=followed.element)
        await self._check_echo(scene, given, followed)
        self._scene[form] = wanted

    async def _reach(self, form: Form) -> None:
        await self._page.take(form.reach, [Next(view=form.view)])

    async def _check_echo(self, form: Form, given: Mapping[str, Input], followed: Next) -> None:
        """What the portal shows after the press must be about what was asked, as far as the page that came shows it."""
        expected = {
            path: given[name]
            for path, name in form.echo.items()
            if name in given and path.partition(".")[0] == followed.view
        }
        if not expected:
            return
        wrong = self._page.shows(expected, await self._page.look(list(expected)))
        if wrong is not None:
            view, _, element = wrong.partition(".")
            what = "The portal shows something else than was asked for."
            raise stop(Ending.NEEDS_STAFF, Code.DATA_CONFLICT, what, view=view, element=element)

    async def _read_page(self, view: str, page: int, first_row: int) -> tuple[RawReading, Reading]:
        raw = await self._look_at(view)
        self.seen.saw(view, page, raw.html)
        result = read_view(raw, self._page.pack, view, page, first_row)
        self.weak.update(result.warnings)
        return raw, result.reading

    async def _look_at(self, view: str) -> RawReading:
        try:
            return await self._page.engine.read(self._page.pack.views[view])
        except PageFailed as failed:
            raise unreachable(failed) from None

    async def _rest_of(self, view: str, table: str, paging: Paging, raw: RawReading, first: Reading) -> tuple[Row, ...]:
        """All rows over all pages; together they must be as many as the portal says, and all different."""
        rows = list(first.tables[table])
        keys = {_row_key(self._page.pack.views[view].tables[table], row) for row in rows}
        page = 0
        while rows and _can_turn(raw.elements[paging.next]):
            await self._press_and_return(f"{view}.{paging.next}", view)
            page += 1
            if page >= paging.most_pages:
                what = "The table goes on over more pages than the pack allows."
                raise stop(Ending.NEEDS_STAFF, Code.BUS_MULTI, what, view=view, element=table)
            raw, reading = await self._read_page(view, page, len(rows))
            for row in reading.tables[table]:
                key = _row_key(self._page.pack.views[view].tables[table], row)
                if key not in keys:
                    keys.add(key)
                    rows.append(row)
        total = first.fields.get(paging.total)
        if rows and (total is None or total.normal != len(rows)):
            what = "The pages of the table do not hold as many rows as the portal says."
            raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view, element=paging.total)
        return tuple(rows)

    async def _turn(self, view: str, turner: str) -> bool:
        """Press what opens another page of the table; False when it is not there or not to be pressed."""
        path = f"{view}.{turner}"
        found = (await self._page.look([path]))[path]
        if not _can_turn(found):
            return False
        await self._press_and_return(path, view)
        return True

    async def _page_with(self, view: str, name: str, table: Table, key: Mapping[str, str]) -> None:
        """Turn to the page of the table that shows the row: the one before us, else from the first one on."""
        if await self._has_row(view, name, table, key):
            return
        if table.paging is not None:
            await self._to_first_page(view, table.paging)
            for _ in range(table.paging.most_pages):
                if await self._has_row(view, name, table, key):
                    return
                if not await self._turn(view, table.paging.next):
                    break
        raise _row_gone(view, name)

    async def _to_first_page(self, view: str, paging: Paging) -> None:
        if paging.first is not None:
            await self._turn(view, paging.first)
        elif paging.previous is not None:
            for _ in range(paging.most_pages):
                if not await self._turn(view, paging.previous):
                    break

    async def _has_row(self, view: str, name: str, table: Table, key: Mapping[str, str]) -> bool:
        raw = await self._look_at(view)
        rows = read_view(raw, self._page.pack, view).reading.tables[name]
        return any(_key(table, row.cells) == key for row in rows)

    async def _back_to(self, view: str, table: Table) -> None:
        """Be on the list again, by the pack's steps, unless we are."""
        here = await self._page.follow([Next(view=view), *table.after_open], view=view, new_document=False)
        if here.view != view:
            await self._page.take(table.back, [Next(view=view)])

    async def _press_and_return(self, path: str, view: str) -> None:
        """Press something that shows another page of the same view."""
        await self._page.press(path)
        await self._page.follow([Next(view=view)], view=view, new_document=True)


def _can_turn(turner: FoundElement) -> bool:
    return turner.there and not turner.disabled


def _row_gone(view: str, table: str) -> Stop:
    what = "A row that was on the list cannot be found there again."
    return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view, element=table)


def _key(table: Table, cells: Mapping[str, Value]) -> dict[str, str]:
    """The shown texts by which a row is found again."""
    return {name: cells[name].shown.text for name, column in table.columns.items() if column.business_key}


def _row_key(table: Table, row: Row) -> Sequence[str]:
    return tuple(" ".join(text.split()) for text in _key(table, row.cells).values())
