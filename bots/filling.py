"""Filling a form in the pack's order, making sure of every field, and pressing its button once."""

import asyncio
import re
import time
from collections.abc import Awaitable, Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from functools import partial

from bots.choosing import fitting_entry
from bots.endings import not_pressed, unreachable
from bots.engine import File
from bots.faults import PageFailed
from bots.found import FoundElement, State
from bots.portal_page import PortalPage
from bots.same_text import holds, plain, same_shown
from bots.ticking import Ticker
from bots.watched_page import After
from bots.ways import tried
from bots.written import fits, worded, written_into
from flows.outcomes import Code, Ending, Stop, stop
from flows.questions import Input
from packs.elements import Action, Element
from packs.moves import ATTACHED, Fill, Form, How, Next

Attached = Callable[[str], Awaitable[bytes | None]]
"""The document with this checksum (SHA-256, hex) as it is to be sent; None where there is none, or another."""

_FITTING_SECONDS = 8.0
"""Entries and suggestions come and change by script; when none of them has fitted for so long, none will."""
_TAKEN_SECONDS = 3.0
_LOOK_AGAIN_SECONDS = 0.05


@dataclass(frozen=True)
class _Field:
    """One field of a form, and what goes into it."""

    name: str
    element: Element
    fill: Fill
    text: str
    """What is typed or chosen; of a file, its name."""
    file: File | None = None


class Filler:
    """Fills the forms of one session. Every method raises Stop, and no error of the browser's."""

    def __init__(self, page: PortalPage, attached: Attached | None = None) -> None:
        """`attached` gives the documents that go with a question; without it, no form that takes any can be filled."""
        self._page = page
        self._attached = attached
        self._ticker = Ticker(page)
        self._entries: dict[str, str] = {}
        """Of the form that is being filled: the entry that was chosen in each list."""

    async def fill(self, form: Form, inputs: Mapping[str, Input]) -> None:
        """Fill the form in the pack's order, empty what it does not name, and tick the rows that the question names.

        A field that appears only after another one was filled is waited for; so is the page that comes when a field
        makes the portal load it again. Raises Stop with NEEDS_STAFF when the question lacks an input, or a list has no
        entry for it.
        """
        fields = self._fields(form, inputs)
        self._entries = {}
        before = await self._page.values(self._fillable(form))
        changing = False
        for field in fields:
            changing = changing or field.fill.how is not How.TYPE or field.fill.reloads
            there = (await self._page.values({field.name: field.element})) if changing else before
            if there[field.name].state not in (State.FOUND, State.WEAK):
                await self._await_field(form, field)
                changing = True
            await self._fill_one(form, await self._with_file(form, field, inputs), there[field.name])
        await self._empty_others(form, await self._page.values(self._fillable(form)) if changing else before)
        await self._ticker.tick(form, inputs)

    async def press(self, form: Form, inputs: Mapping[str, Input]) -> Next:
        """Check that every field holds what was typed, press the form's button, once, and say what followed."""
        path = f"{form.view}.{form.press}"
        after = After.NEW_PAGE if form.new_page else After.IN_PLACE
        fields = self._fields(form, inputs)
        looked_at = {**self._fillable(form), path: self._page.pack.element(path)}
        found = await self._page.marked(looked_at, after, form.outcomes, form.view)
        typed = [field for field in fields if field.fill.how is How.TYPE]
        if retyped := [field for field in typed if not self._taken(field, found[field.name])]:
            # Fields that write what is typed in their own way as one types may need the keys one by one.
            for field in retyped:
                await self._retype(form, field)
            found = await self._page.marked(looked_at, after, form.outcomes, form.view)
        await self._check_echo(form, fields, found)
        await self._ticker.check(form, inputs)
        with self._page.windows.inviting() if form.window else nullcontext():
            await self._page.press_found(path, found[path], after=after, outcomes=form.outcomes)
            return await self._page.follow(form.outcomes, view=form.view, after=after, window=form.window)

    # One field

    async def _fill_one(self, form: Form, field: _Field, before: FoundElement) -> None:
        if field.fill.reloads:
            await self._fill_and_reload(form, field)
            return
        await self._page.through(partial(self._put, form, field, before), form.view, field.name)

    async def _fill_and_reload(self, form: Form, field: _Field) -> None:
        """Fill a field that makes the portal load the page again, and wait for that, unless it holds the value."""
        if await self._holds_already(field):
            return
        again = [Next(view=form.view)]
        await self._page.marked({}, After.NEW_PAGE, again, form.view)
        before = (await self._page.values({field.name: field.element}))[field.name]
        try:
            await self._put(form, field, before, None)
            if field.fill.how is How.TYPE:
                await self._page.engine.leave_field(field.element)
        except PageFailed as failed:
            raise not_pressed(failed, form.view, field.name) from None
        await self._page.follow(again, view=form.view, after=After.NEW_PAGE)

    async def _put(self, form: Form, field: _Field, before: FoundElement, timeout: float | None) -> None:
        """Put the value into the field. Raises PageFailed when the field cannot be used just now."""
        engine, seconds = self._page.engine, 15.0 if timeout is None else timeout
        match field.fill.how:
            case How.TYPE:
                await engine.fill(field.element, field.text, seconds)
            case How.TICK:
                await engine.tick(field.element, field.text == "yes", seconds)
            case How.CHOOSE:
                await self._choose(form, field, seconds)
            case How.TYPE_AHEAD:
                await self._type_ahead(form, field, before, seconds)
            case How.UPLOAD:
                if field.file is not None:
                    # A field for files holds its name; where a button opens the window for them, it is the button.
                    await engine.upload(field.element, field.file, chosen=before.kind != "value", timeout=seconds)

    async def _choose(self, form: Form, field: _Field, seconds: float) -> None:
        """Choose in a list, which a script may still be filling."""
        deadline = time.monotonic() + _FITTING_SECONDS
        while (entry := await self._page.engine.choose(field.element, field.text, seconds)) is None:
            if time.monotonic() >= deadline:
                raise _no_entry(form, field)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        self._entries[field.name] = entry

    async def _type_ahead(self, form: Form, field: _Field, before: FoundElement, seconds: float) -> None:
        """Type, wait for the suggestions, choose one of them, and see that the field took it."""
        entry = self._entries.get(field.name, field.text)
        if before.kind == "value" and same_shown(before.text, entry):
            self._entries[field.name] = before.text
            return
        view = self._page.pack.views[form.view]
        suggestions = view.elements[field.fill.suggestions or ""]
        await self._page.engine.type_keys(field.element, field.text, seconds)
        begun = time.monotonic()
        seen_at: float | None = None
        while True:
            chosen = await self._page.engine.choose_if_there(suggestions, field.text, seconds)
            if chosen is not None:
                break
            now = time.monotonic()
            if seen_at is None and await self._page.engine.choices(suggestions):
                seen_at = now
            if seen_at is not None and now - seen_at >= _FITTING_SECONDS:
                raise _no_entry(form, field)
            if now - begun >= self._page.pack.limits.answer_seconds:
                what = "The portal made no suggestions for what was typed."
                raise stop(Ending.TRANSIENT, Code.TECH_TIMEOUT, what, view=form.view, element=field.name)
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)
        self._entries[field.name] = chosen
        deadline = time.monotonic() + _TAKEN_SECONDS
        while time.monotonic() < deadline:
            found = (await self._page.values({field.name: field.element}))[field.name]
            if self._taken(field, found):
                return
            await asyncio.sleep(_LOOK_AGAIN_SECONDS)

    async def _with_file(self, form: Form, field: _Field, inputs: Mapping[str, Input]) -> _Field:
        """The field with the document that goes into it, opened just now."""
        if field.fill.how is not How.UPLOAD:
            return field
        if self._attached is None:
            raise RuntimeError("this session was given nothing that opens documents of its questions")
        content = await self._attached(str(inputs[ATTACHED]))
        if content is None:
            what = "The document that goes with the question is not there, or not the one that was attached."
            raise stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, what, view=form.view, element=field.name)
        return replace(field, file=File(field.text, str(inputs["attachment.content_type"]), content))

    async def _retype(self, form: Form, field: _Field) -> None:
        typed = partial(self._page.engine.type_keys, field.element, field.text)
        await self._page.through(typed, form.view, field.name)

    async def _await_field(self, form: Form, field: _Field) -> None:
        await self._page.await_element(form.view, field.name)

    async def _empty_others(self, form: Form, found: Mapping[str, FoundElement]) -> None:
        for name, element in self._fillable(form).items():
            if name not in form.fill and found[name].kind == "value" and found[name].text and not found[name].disabled:
                await self._page.through(partial(self._page.engine.fill, element, ""), form.view, name)

    # Making sure

    async def _check_echo(self, form: Form, fields: list[_Field], found: Mapping[str, FoundElement]) -> None:
        for field in fields:
            if not (self._taken(field, found[field.name]) or await self._chosen(field) or await self._named(field)):
                raise self._not_taken(form, field.name, field.element, found[field.name])
        for name, element in self._fillable(form).items():
            held = found[name]
            if name not in form.fill and held.kind == "value" and held.text and not held.disabled:
                raise self._not_taken(form, name, element, held)

    def _taken(self, field: _Field, found: FoundElement) -> bool:
        """Does the field hold what was put into it, however it writes it?"""
        match field.fill.how:
            case How.TYPE:
                return plain(found.text) == plain(field.text)
            case How.TICK:
                return found.kind == "box" and found.checked == (field.text == "yes")
            case How.CHOOSE:
                return found.kind == "choice" and same_shown(found.text, self._entries.get(field.name, field.text))
            case How.TYPE_AHEAD:
                entry = self._entries.get(field.name, field.text)
                # A field may write a longer entry in its own way; one that is the value itself it must show as it is.
                longer = not same_shown(entry, field.text)
                return same_shown(found.text, entry) or (longer and holds(found.text, field.text))
            case How.UPLOAD:
                return found.kind == "value" and re.split(r"[\\/]", found.text)[-1] == field.text

    async def _chosen(self, field: _Field) -> bool:
        """Is it a group of buttons or rows in which the chosen one is the entry that we chose?"""
        if field.fill.how is not How.CHOOSE or field.name not in self._entries:
            return False
        try:
            chosen = await self._page.engine.chosen(field.element)
        except PageFailed as failed:
            raise unreachable(failed) from None
        return chosen is not None and same_shown(chosen, self._entries[field.name])

    async def _named(self, field: _Field) -> bool:
        """Is it a file that the page has taken already, and names?"""
        if field.fill.how is not How.UPLOAD:
            return False
        try:
            return await self._page.engine.shows(field.text, field.element)
        except PageFailed as failed:
            raise unreachable(failed) from None

    async def _holds_already(self, field: _Field) -> bool:
        if field.fill.how is How.CHOOSE:
            try:
                choices = await self._page.engine.choices(field.element)
            except PageFailed as failed:
                raise unreachable(failed) from None
            entry = fitting_entry(choices, field.text)
            if entry is not None and entry["chosen"]:
                self._entries[field.name] = str(entry["text"])
                return True
            return False
        if field.fill.how is How.UPLOAD:
            return False
        found = (await self._page.values({field.name: field.element}))[field.name]
        return self._taken(field, found)

    @staticmethod
    def _not_taken(form: Form, name: str, element: Element, found: FoundElement) -> Stop:
        what = "A field of the form does not hold what was typed into it."
        ways = tried(f"{form.view}.{name}", element.find, found.places)
        return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=form.view, element=name, ways=ways)

    # What goes where

    def _fillable(self, form: Form) -> dict[str, Element]:
        elements = self._page.pack.views[form.view].elements
        return {
            name: element
            for name, element in elements.items()
            if element.action is Action.FILL or (element.action is Action.UPLOAD and name in form.fill)
        }

    def _fields(self, form: Form, inputs: Mapping[str, Input]) -> list[_Field]:
        """The fields in the pack's order. Raises Stop with NEEDS_STAFF when the question lacks an input."""
        elements, date_format = self._page.pack.views[form.view].elements, self._page.pack.formats.date
        fields = []
        for name, fill in form.fill.items():
            if fill.value is not None:
                text = fill.value
            elif fill.how is How.UPLOAD:
                text = str(inputs.get("attachment.filename", ""))
            elif fill.from_ is not None and fill.from_ in inputs:
                if not fits(fill, inputs[fill.from_], date_format):
                    what = "What the question has for this field is not written as this portal's are."
                    raise stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, what, view=form.view, element=name)
                text = self._written(fill, inputs[fill.from_])
            else:
                text = ""
            if not text.strip():
                # A line break alone, put into a field, would send its form off.
                worded_so = fill.words is not None and fill.from_ in inputs
                what = "The portal has no word for this." if worded_so else "The question lacks an input."
                raise stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, what, view=form.view, element=name)
            fields.append(_Field(name=name, element=elements[name], fill=fill, text=text))
        return fields

    def _written(self, fill: Fill, value: Input) -> str:
        pack = self._page.pack
        if fill.words is None:
            return written_into(fill, value, pack.formats.date)
        return worded(value, pack.maps[fill.words], pack.formats.date) or ""


def _no_entry(form: Form, field: _Field) -> Stop:
    """Nothing to choose: for a person where the question asks for it, a changed page where the pack does."""
    if field.fill.value is not None:
        what = "The list has no entry, or more than one, for what the pack chooses in it."
        return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=form.view, element=field.name)
    what = "The list has no entry, or more than one, for what was asked."
    return stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, what, view=form.view, element=field.name)
