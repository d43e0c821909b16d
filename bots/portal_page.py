"""Going: the moves of one browser page through a portal, by its pack. What the page says is read elsewhere.

What may follow a move is a race between the declared outcomes and the pack's interruptions (session ended, maintenance,
captcha); an interruption always wins.
"""

from collections.abc import Mapping, Sequence
from urllib.parse import urljoin

from bots.engine import PageEngine
from bots.faults import PageFailed, PageFault
from bots.found import Arrived, FoundElement, State
from bots.written import written
from flows.outcomes import Code, Ending, Stop, stop
from flows.questions import Input
from packs.elements import Element
from packs.models import Pack
from packs.moves import Form, How, Interruption, Next, Step
from packs.views import Table


class PortalPage:
    """One page of a portal. Every method raises Stop, and no error of the browser's."""

    def __init__(self, engine: PageEngine, pack: Pack) -> None:
        self.engine = engine
        self.pack = pack

    async def go(self, path: str) -> None:
        """Open a path of the portal; follow with a look at what came."""
        try:
            await self.engine.go(urljoin(self.pack.address, path), self.pack.limits.answer_seconds)
        except PageFailed as failed:
            raise unreachable(failed) from None

    async def take(self, steps: Sequence[Step], then: Sequence[Next], view: str | None = None) -> Next:
        """Take the steps one after the other, and say what followed the last one. `view` is where messages stand."""
        for step in steps:
            await self._step(step)
        # After `go` the new document is before us; a press may still have the old one there.
        return await self.follow(then, view=view, new_document=bool(steps) and steps[-1].go is None)

    async def press(self, path: str) -> None:
        """Mark the document, wait for the element at `view.element` and press it, once."""
        element = self.pack.element(path)
        await self._press_found(path, (await self._values({path: element}, mark=True))[path])

    async def _press_found(self, path: str, found: FoundElement) -> None:
        view, _, name = path.partition(".")
        if found.state not in (State.FOUND, State.WEAK):
            await self._await_element(view, name)
        try:
            await self.engine.press(self.pack.element(path))
        except PageFailed as failed:
            raise not_pressed(failed, view, name) from None

    async def fill(self, form: Form, inputs: Mapping[str, Input]) -> None:
        """Fill the form, and empty what it does not name.

        Raises Stop with NEEDS_STAFF when the question lacks an input, or a list has no entry for it.
        """
        texts = self._texts(form, inputs)
        for name in form.fill.keys() - texts.keys():
            raise stop(
                Ending.NEEDS_STAFF, Code.DATA_INPUT, "The question lacks an input.", view=form.view, element=name
            )
        fields = self._fields(form)
        before = await self._values(fields)
        for name, element in fields.items():
            if name in texts:
                await self._fill_one(form, name, element, texts[name])
            elif before[name].kind == "value" and before[name].text:
                await self._fill_one(form, name, element, "")

    async def press_form(self, form: Form, inputs: Mapping[str, Input]) -> Next:
        """Check that every field holds what `fill` typed, press the form's button, once, and say what followed."""
        path = f"{form.view}.{form.press}"
        fields = self._fields(form)
        found = await self._values({**fields, path: self.pack.element(path)}, mark=True)
        self._check_echo(form, {name: found[name] for name in fields}, self._texts(form, inputs))
        await self._press_found(path, found[path])
        return await self.follow(form.outcomes, view=form.view, new_document=form.new_page)

    async def press_row(self, view: str, table: str, cells: Mapping[str, str]) -> Next | None:
        """Open the one row with these cells, and say what followed; None when it is not before us to be pressed."""
        description: Table = self.pack.views[view].tables[table]
        try:
            if not await self.engine.mark_if_row(self.pack.views[view], table, cells):
                return None
        except PageFailed as failed:
            raise unreachable(failed) from None
        try:
            await self.engine.press_row(self.pack.views[view], table, cells)
        except PageFailed as failed:
            raise not_pressed(failed, view, table) from None
        return await self.follow(description.after_open, view=view, new_document=True)

    def shows(self, elements: Mapping[str, Input], look_in: Mapping[str, FoundElement]) -> str | None:
        """The first `view.element` of `elements` that does not show its input in `look_in`; None when all do."""
        for path, value in elements.items():
            if not _holds(look_in[path].text, written(value, self.pack.formats.date)):
                return path
        return None

    async def look(self, paths: Sequence[str]) -> dict[str, FoundElement]:
        """What the elements at these `view.element` paths show now."""
        return await self._values({path: self.pack.element(path) for path in paths})

    async def follow(self, outcomes: Sequence[Next], *, view: str | None, new_document: bool) -> Next:
        """Wait for the first of the declared outcomes; their messages stand on `view`.

        Raises Stop: an interruption, DRIFT for a page that is none of them or two of them at once, TRANSIENT for no
        page at all, or the ending that the outcome declares.
        """
        own = self.pack.views[view].elements if view is not None else {}
        messages = {n.element: own[n.element] for n in outcomes if n.element is not None}
        arrived = await self._wait([n.view for n in outcomes if n.view is not None], messages, new_document)
        fitting = [n for n in outcomes if n.view in arrived.views or n.element in arrived.elements]
        if not fitting:
            raise nothing_recognised(arrived, view, new_document=new_document)
        if len({n.view for n in fitting if n.view is not None}) > 1:
            what = "Two pages that the pack tells apart were recognised at once."
            raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=fitting[0].view)
        outcome = fitting[0]
        if outcome.ending is not None and outcome.code is not None:
            what = "The portal answered with a message that ends this look-up."
            raise stop(outcome.ending, outcome.code, what, view=view, element=outcome.element)
        return outcome

    async def _await_element(self, view: str, name: str) -> None:
        """Wait until the element is there. Raises Stop when something else comes, or nothing."""
        arrived = await self._wait([], {name: self.pack.views[view].elements[name]}, new_document=False)
        if name not in arrived.elements:
            raise nothing_recognised(arrived, view, new_document=False)

    async def _wait(self, views: Sequence[str], messages: Mapping[str, Element], new_document: bool) -> Arrived:
        """Wait for one of these, or for an interruption, which is raised."""
        interruptions = {row.view: row for row in self.pack.interruptions}
        try:
            arrived = await self.engine.wait_for(
                {name: self.pack.views[name] for name in (*views, *interruptions)},
                messages,
                timeout=self.pack.limits.answer_seconds,
                new_document=new_document,
            )
        except PageFailed as failed:
            raise unreachable(failed) from None
        for name in arrived.views:
            if name in interruptions:
                raise interrupted(interruptions[name])
        return arrived

    async def _step(self, step: Step) -> None:
        if step.go is not None:
            await self.go(step.go)
        elif step.click is not None:
            await self.press(step.click)

    async def _fill_one(self, form: Form, name: str, element: Element, text: str) -> None:
        try:
            if name in form.fill and form.fill[name].how is How.CHOOSE:
                if not await self.engine.choose(element, text):
                    what = "The list has no entry, or more than one, for what was asked."
                    raise stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, what, view=form.view, element=name)
            else:
                await self.engine.fill(element, text)
        except PageFailed as failed:
            raise not_pressed(failed, form.view, name) from None

    def _fields(self, form: Form) -> dict[str, Element]:
        elements = self.pack.views[form.view].elements
        return {name: element for name, element in elements.items() if element.action == "fill"}

    def _texts(self, form: Form, inputs: Mapping[str, Input]) -> dict[str, str]:
        """What is typed into each field; a field whose input the question lacks is left out."""
        return {
            name: written(inputs[fill.from_], fill.format or self.pack.formats.date)
            for name, fill in form.fill.items()
            if fill.from_ in inputs
        }

    @staticmethod
    def _check_echo(form: Form, after: Mapping[str, FoundElement], texts: Mapping[str, str]) -> None:
        for name, found in after.items():
            expected = texts.get(name, "")
            chosen = name in form.fill and form.fill[name].how is How.CHOOSE
            same = plain(expected) in plain(found.text) if chosen else plain(expected) == plain(found.text)
            if not same and (name in texts or found.kind == "value"):
                what = "A field of the form does not hold what was typed into it."
                raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=form.view, element=name)

    async def _values(self, elements: Mapping[str, Element], *, mark: bool = False) -> dict[str, FoundElement]:
        try:
            return await self.engine.values(elements, mark=mark)
        except PageFailed as failed:
            raise unreachable(failed) from None


def _holds(shown: str, text: str) -> bool:
    """Does the shown text hold this one as whole words? `NPI 1234567893` holds `1234567893`, `91234567893` does not."""
    words, sought = [plain(word) for word in shown.split()], [plain(word) for word in text.split()]
    return any(words[start : start + len(sought)] == sought for start in range(len(words) - len(sought) + 1))


def plain(text: str) -> str:
    """Letters and digits only: how a typed text is compared with what a field made of it."""
    return "".join(character for character in text.casefold() if character.isalnum())


def unreachable(failed: PageFailed) -> Stop:
    """The line or the browser failed, before anything was written."""
    if failed.kind is PageFault.NAVIGATION_REFUSED:
        return stop(Ending.TRANSIENT, Code.TECH_TIMEOUT, "The portal cannot be reached.")
    if failed.kind in (PageFault.CRASHED, PageFault.CLOSED):
        return stop(Ending.TRANSIENT, Code.TECH_TIMEOUT, "The browser's page ended unexpectedly.")
    if failed.kind is PageFault.TIMEOUT:
        return stop(Ending.TRANSIENT, Code.TECH_TIMEOUT, "The portal did not answer in time.")
    return stop(Ending.TRANSIENT, Code.TECH_TIMEOUT, "The browser could not open or read the portal's page.")


def not_pressed(failed: PageFailed, view: str, element: str) -> Stop:
    """An element that was there could not be pressed or filled: covered, moving, disabled, or gone."""
    if failed.kind in (PageFault.TIMEOUT, PageFault.OTHER):
        what = "An element of the page could not be used: it is covered, disabled, or its ways disagree."
        return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view, element=element)
    return unreachable(failed)


def interrupted(row: Interruption) -> Stop:
    """The pack's interruption, as an ending. An expired session is the one that the worker mends by itself."""
    if row.ending is not None and row.code is not None:
        return stop(row.ending, row.code, "The portal interrupted with a page of its own.", view=row.view)
    return stop(Ending.TRANSIENT, Code.TECH_SESSION, "The portal has ended the session.", view=row.view)


def nothing_recognised(arrived: Arrived, view: str | None, *, new_document: bool) -> Stop:
    """Neither a declared outcome nor an interruption came in time."""
    if arrived.status == 429:
        return stop(Ending.TRANSIENT, Code.TECH_429, "The portal asks for fewer look-ups.", view=view)
    if arrived.status is not None and arrived.status >= 500:
        return stop(Ending.TRANSIENT, Code.TECH_5XX, "The portal's server failed.", view=view)
    if arrived.busy or (new_document and not arrived.new_document):
        return stop(Ending.TRANSIENT, Code.TECH_TIMEOUT, "The portal did not answer in time.", view=view)
    return stop(Ending.DRIFT, Code.TECH_LAYOUT, "The page that came is none that the pack describes here.", view=view)
