"""Turns what the page engine saw of a view into a Reading; a page that is not as the pack says is not read."""

from collections.abc import Callable, Iterable, Mapping

from bots.found import FoundElement, FoundTable, RawReading, State
from bots.normalise import NotThisType, fits_pattern, is_blank, normalise
from bots.ways import tried
from flows.answers import Shown
from flows.outcomes import Code, Ending, Stop, stop
from flows.portal import Reading, Row, Value
from flows.values import Frozen
from packs.elements import Action, Element, Typed
from packs.models import Pack
from packs.views import Column, Table, View

_UNSEEN = "A text stands in the page, but something covers it, cuts it off or hides it from a person."


class WeakWay(Frozen):
    """An element (or table) of a view that was found, though some of its ways (by index) found nothing."""

    view: str
    element: str
    ways: tuple[int, ...]


class ViewRead(Frozen):
    """A view as read, and what was odd about finding it."""

    reading: Reading
    warnings: tuple[WeakWay, ...]


def read_view(raw: RawReading, pack: Pack, view_name: str, page: int = 0, first_row: int = 0) -> ViewRead:
    """The view's fields and rows, each text with its meaning by the pack.

    `page` (from 0) is the page of its tables that is before us, `first_row` how many rows the pages before it had.
    Fields are the view's `read` elements that are there; an optional one that is absent is left out. Raises Stop with
    DRIFT for everything that is not as declared.
    """
    view = pack.views[view_name]
    if not raw.recognised:
        raise _drift(view_name, None, "The page before us is not the page that the pack describes under this name.")
    if raw.busy or raw.ready == "loading":
        raise _drift(view_name, view.busy, "The page was still being filled when it was read.")
    may_be_absent = may_be_missing(pack, view_name)
    warnings: list[WeakWay] = []
    fields: dict[str, Value] = {}
    for name, element in view.elements.items():
        found = raw.elements[name]
        _check_found(found, element, view_name, name, optional=element.optional or name in may_be_absent)
        if found.state is State.MISSING:
            continue
        if found.state is State.WEAK:
            warnings.append(WeakWay(view=view_name, element=name, ways=found.silent))
        if element.action is Action.READ:
            if found.by_shape:
                what = "What a person sees of this field is gone; only its place in the page is left."
                raise _drift(view_name, name, what, ways=_ways(view_name, name, element, found))
            if found.unseen:
                raise _drift(view_name, name, _UNSEEN, ways=_ways(view_name, name, element, found))
            fields[name] = _value(Shown(where=f"{view_name}.{name}", text=found.text), element, pack, view_name, name)
    texts = {name: value.shown.text for name, value in fields.items()}
    _check_all_taken({name: view.elements[name] for name in fields}, texts, pack, view_name, "")
    fields |= {name: _fixed(f"{view_name}.{name}", code) for name, code in view.fixed.items()}
    tables: dict[str, tuple[Row, ...]] = {}
    for name in view.tables:
        tables[name] = _rows(raw, pack, view_name, name, page=page, first_row=first_row)
        if raw.tables[name].state is State.WEAK:
            warnings.append(WeakWay(view=view_name, element=name, ways=raw.tables[name].silent))
    return ViewRead(reading=Reading(view=view_name, fields=fields, tables=tables), warnings=tuple(warnings))


def may_be_missing(pack: Pack, view_name: str) -> frozenset[str]:
    """Elements of the view that come and go by what they are, without `optional`.

    Markers of emptiness and of business, what must be absent, messages that may follow a form, and a table's paging.
    """
    view = pack.views[view_name]
    return frozenset(_comes_and_goes(pack, view, view_name))


def _comes_and_goes(pack: Pack, view: View, view_name: str) -> Iterable[str]:
    yield from view.absent
    if view.busy:
        yield view.busy
    for table in view.tables.values():
        yield table.empty
        if table.paging:
            yield table.paging.next
            if table.paging.first:
                yield table.paging.first
            if table.paging.previous:
                yield table.paging.previous
    for further in view.more:
        first = further.steps[0].click
        if further.if_there and first is not None and first.startswith(f"{view_name}."):
            yield first.partition(".")[2]
    for document in view.documents.values():
        if any(outcome.element for outcome in document.instead):
            # The message may stand where the button would be.
            yield document.press
    for document in (
        *view.documents.values(),
        *(each for table in view.tables.values() for each in table.documents.values()),
    ):
        yield from (outcome.element for outcome in document.instead if outcome.element)
    for form in pack.forms.values():
        if form.view == view_name:
            yield from (outcome.element for outcome in form.outcomes if outcome.element)


def _rows(raw: RawReading, pack: Pack, view_name: str, name: str, *, page: int, first_row: int) -> tuple[Row, ...]:
    table = pack.views[view_name].tables[name]
    found, marker = raw.tables[name], raw.elements[table.empty]

    def ways() -> tuple[str, ...]:
        empty = pack.views[view_name].elements[table.empty]
        return (
            *tried(f"{view_name}.{name}", table.find, found.ways),
            *_ways(view_name, table.empty, empty, marker),
        )

    rows_there = _has_rows(found, table, view_name, name, ways)
    if marker.state not in (State.FOUND, State.MISSING):
        what = "The portal's marker for an empty table was found by some ways only."
        raise _drift(view_name, table.empty, what, ways=ways())
    if rows_there and marker.there:
        what = "The table has rows, and the portal's marker for an empty table is there too."
        raise _drift(view_name, name, what, ways=ways())
    if not rows_there and not marker.there:
        what = "The table has no rows, and the portal's marker for an empty table is not there."
        raise _drift(view_name, name, what, ways=ways())
    keys = [column for column, description in table.columns.items() if description.business_key]
    seen: set[tuple[str, ...]] = set()
    rows = []
    for index, texts in enumerate(found.rows):
        shown = dict(zip(found.columns, texts, strict=True))
        cells = {}
        for column, description in table.columns.items():
            where = f"{view_name}.{name}[{first_row + index}].{column}"
            cells[column] = _value(
                Shown(where=where, text=shown[column]), description, pack, view_name, f"{name}.{column}"
            )
        _check_all_taken(table.columns, shown, pack, view_name, f"{name}.")
        place = f"{view_name}.{name}[{first_row + index}]"
        cells |= {column: _fixed(f"{place}.{column}", code) for column, code in table.fixed.items()}
        key = tuple(" ".join(shown[column].split()) for column in keys)
        if keys and key in seen:
            raise _drift(view_name, name, "Two rows of the table show the same business key.")
        seen.add(key)
        rows.append(Row(page=page, index=index, cells=cells))
    return tuple(rows)


def _columns_tried(table: Table, found: FoundTable) -> Iterable[str]:
    """How the column whose heading is not at its place was looked for, in the pack's own words."""
    column = table.columns.get(found.problem_at or "")
    if column is not None:
        yield f"{found.problem_at}: header {column.header!r} and position {column.position}: do not agree"


def _has_rows(found: FoundTable, table: Table, view_name: str, name: str, ways: Callable[[], tuple[str, ...]]) -> bool:
    """Is the table there with rows? It may be absent altogether where the portal shows its empty marker instead."""
    if found.state is State.CONFLICT:
        raise _drift(view_name, name, "The ways to find the table lead to different places.", ways=ways())
    if found.state is State.MISSING:
        return False
    if found.problem == "headings":
        what = "A column's heading is not where the pack says that it stands."
        raise _drift(view_name, f"{name}.{found.problem_at}", what, ways=(*ways(), *_columns_tried(table, found)))
    if found.problem == "unseen":
        raise _drift(view_name, f"{name}.{found.problem_at}", _UNSEEN, ways=ways())
    if found.problem == "row-shape":
        raise _drift(view_name, name, "A row of the table does not have the shape of a row.", ways=ways())
    return bool(found.rows)


def _check_found(found: FoundElement, element: Element, view_name: str, name: str, *, optional: bool) -> None:
    what = None
    if found.state is State.CONFLICT:
        what = "The ways to find the element lead to different places."
    elif found.state is State.MISSING and not optional:
        what = "An element that the page always had is missing."
    if what is not None:
        raise _drift(view_name, name, what, ways=_ways(view_name, name, element, found))


def _ways(view_name: str, name: str, element: Element, found: FoundElement) -> tuple[str, ...]:
    return tried(f"{view_name}.{name}", element.find, found.places)


def _value(shown: Shown, typed: Typed, pack: Pack, view_name: str, name: str) -> Value:
    try:
        value = normalise(shown, typed, pack)
    except NotThisType:
        what = f"The text is not of the type that the pack gives it ({typed.type})."
        fault = _drift(view_name, name, what, seen=(shown,))
    else:
        if typed.required and value.normal is None and not value.unmapped:
            raise _drift(view_name, name, "A field that is never blank is blank.")
        return value
    raise fault


def _fixed(where: str, code: str) -> Value:
    """What the page does not show here, because a heading or the page as a whole says it."""
    return Value(shown=Shown(where=where, text=""), normal=code)


def _check_all_taken(
    described: Mapping[str, Typed], texts: Mapping[str, str], pack: Pack, view: str, prefix: str
) -> None:
    """Of those that share one text (`if_fits`), one at least must take it: nobody may overlook a new wording."""
    sharing: dict[object, list[str]] = {}
    for name, typed in described.items():
        if typed.if_fits:
            sharing.setdefault(_place(typed), []).append(name)
    for names in sharing.values():
        shown = Shown(where=f"{view}.{prefix}{names[0]}", text=texts[names[0]])
        taken = any(fits_pattern(texts[name], described[name]) for name in names)
        if not taken and not is_blank(shown.text, pack.formats):
            what = "The page shows a text in a form that the pack does not describe."
            raise _drift(view, f"{prefix}{names[0]}", what, seen=(shown,))


def _place(typed: Typed) -> object:
    """Where on the page it is looked for."""
    if isinstance(typed, Column) and not typed.find:
        return typed.position
    return frozenset(typed.find) if isinstance(typed, Column | Element) else typed


def _drift(view: str, element: str | None, what: str, seen: tuple[Shown, ...] = (), ways: tuple[str, ...] = ()) -> Stop:
    return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view, element=element, seen=seen, ways=ways)
