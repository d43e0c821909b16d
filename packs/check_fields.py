"""Looks for contradictions in what goes into a form's fields: inputs, types that fit, words, files, rows to tick."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from flows.questions import input_types
from packs.elements import Action, Element, Type, Typed
from packs.models import Pack
from packs.moves import Fill, Form, How, Select
from packs.naming import has_action, known_element, listed
from packs.needs.codes import INPUT_CODES
from packs.problems import Finding, Place
from packs.texts import folded
from packs.views import View

_FITTING: Mapping[type, tuple[Type, ...]] = {
    str: (Type.TEXT,),
    date: (Type.TEXT, Type.DATE),
    Decimal: (Type.TEXT, Type.MONEY, Type.DECIMAL),
    tuple: (Type.TEXT, Type.LIST),
}

_NAMES = ("patient.last_name", "patient.first_name")


def fields(pack: Pack, view: View, form: Form, here: Place) -> Iterator[Finding]:
    """What is wrong with the fields that the form fills on its view, and with the rows that it ticks."""
    for element, fill in form.fill.items():
        yield from _fill(pack, view, element, fill, (*here, "fill", element))
    if form.select is not None:
        yield from _select(pack, view, form.select, (*here, "select"))


def known_input(pack: Pack, name: str, entry: Typed, here: Place) -> Iterator[Finding]:
    """The input exists in a flow of the pack, and what the page shows for it can be compared with it."""
    known = _inputs(pack)
    if name not in known:
        yield Finding(here, f"no question has an input '{name}'; inputs: {listed(known)}")
    elif entry.type not in _FITTING[known[name]]:
        allowed = " or ".join(_FITTING[known[name]])
        yield Finding(here, f"'{name}' goes with 'type: {allowed}', and the element has 'type: {entry.type}'")


def _inputs(pack: Pack) -> Mapping[str, type]:
    return {name: kind for flow in pack.flows for name, kind in input_types(flow).items()}


def _fill(pack: Pack, view: View, element: str, fill: Fill, here: Place) -> Iterator[Finding]:
    takes = Action.UPLOAD if fill.how is How.UPLOAD else Action.FILL
    yield from has_action(view, element, takes, here)
    if element in view.elements and fill.from_ is not None:
        yield from known_input(pack, fill.from_, view.elements[element], (*here, "from"))
    if fill.suggestions is not None:
        yield from known_element(view, fill.suggestions, (*here, "suggestions"))
    known = _inputs(pack)
    if fill.format is not None and fill.from_ is not None and known.get(fill.from_, date) is not date:
        yield Finding((*here, "format"), f"'format' is for dates, and '{fill.from_}' is none")
    for key in ("without_prefix", "without_suffix"):
        if getattr(fill, key) and fill.fits is None:
            what = "needs 'fits', which says how the whole input is written: else a part of an id without it is cut off"
            yield Finding((*here, key), what)
    if fill.without_name_suffix and fill.from_ is not None and fill.from_ not in _NAMES:
        what = f"'without_name_suffix' is for names, and '{fill.from_}' is none; names: {listed(_NAMES)}"
        yield Finding((*here, "without_name_suffix"), what)
    if fill.words is not None:
        yield from _words(pack, fill.words, fill.from_ or "", (*here, "words"))


def _words(pack: Pack, name: str, source: str, here: Place) -> Iterator[Finding]:
    """A map that is read backwards has one text for each code, and codes that the input can be."""
    if name not in pack.maps:
        yield Finding(here, f"there is no map '{name}'; maps: {listed(pack.maps)}")
        return
    if source not in INPUT_CODES:
        coded = listed(INPUT_CODES)
        yield Finding(here, f"'words' is for an input that is one of a closed list: {coded}; '{source}' is none")
        return
    seen: dict[str, int] = {}
    for index, row in enumerate(pack.maps[name]):
        place: Place = ("maps", name, index, "code")
        if row.code not in INPUT_CODES[source]:
            yield Finding(place, f"'words' types by this map: must be one of {listed(INPUT_CODES[source])}")
        elif row.code in seen:
            what = (
                f"'words' types by this map, and entry {seen[row.code] + 1} has the code already: which text goes in?"
            )
            yield Finding(place, what)
        seen.setdefault(row.code, index)


def _select(pack: Pack, view: View, select: Select, here: Place) -> Iterator[Finding]:
    table = view.tables.get(select.table)
    if table is None:
        yield Finding((*here, "table"), f"the view has no table '{select.table}'; tables: {listed(view.tables)}")
        return
    for key in ("box", "column"):
        name = getattr(select, key)
        if name not in table.columns:
            yield Finding((*here, key), f"the table has no column '{name}'; columns: {listed(table.columns)}")
    if table.blocks is not None:
        yield Finding((*here, "table"), "rows are ticked in a table with columns, not in one with 'blocks'")
    known = _inputs(pack)
    if select.from_ not in known:
        yield Finding((*here, "from"), f"no question has an input '{select.from_}'; inputs: {listed(known)}")
    elif known[select.from_] is not tuple:
        several = listed(name for name, kind in known.items() if kind is tuple)
        yield Finding((*here, "from"), f"rows are named by an input of several texts: {several}")
    yield from _row_names(table.columns.get(select.column), (*here, "column"))


def _row_names(column: Typed | None, here: Place) -> Iterator[Finding]:
    if column is None:
        return
    if column.type not in (Type.TEXT, Type.INTEGER):
        yield Finding(here, f"the column must have 'type: text' or 'type: integer' and has 'type: {column.type}'")
    if not column.required:
        yield Finding(here, "the column needs 'required: true': a row without a name cannot be left out")


def ticks_all(element: Element) -> bool:
    """Does one of the ways to find the element say that it ticks everything at once?"""
    return any(_says_all(text) for way in element.find for text in (way.label, way.name, way.text, way.near) if text)


_VERBS = ("select", "check", "tick", "mark", "choose", "contest", "dispute", "appeal", "include", "add")
_EVERYTHING = frozenset(
    {f"{verb} {rest}" for verb in _VERBS for rest in ("all", "everything", "all lines", "all services", "entire claim")}
    | {"all", "all lines", "all service lines", "all services", "entire claim", "whole claim"}
)


def _says_all(text: str) -> bool:
    words = " ".join("".join(c if c.isalnum() else " " for c in folded(text)).split())
    return words in _EVERYTHING or any(words.startswith(f"{verb} all ") for verb in _VERBS)
