"""What a flow reads on a view, and whether a pack's view shows it: names, types, codes, what must never be blank."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from packs.elements import Action, Element, Type, Typed
from packs.models import Pack
from packs.problems import Finding, Place
from packs.views import Table, View


@dataclass(frozen=True)
class Known:
    """A name that a flow reads: the types that it may have and, where its text stands for a code, the codes."""

    types: tuple[Type, ...] = (Type.TEXT,)
    codes: frozenset[str] | None = None


TEXT = Known()
DATE = Known((Type.DATE,))
MONEY = Known((Type.MONEY,))
INTEGER = Known((Type.INTEGER,))
YES_NO = Known((Type.YES_NO,))
LIST = Known((Type.TEXT, Type.LIST))
NUMBER = Known((Type.INTEGER, Type.DECIMAL))


def coded(codes: Iterable[str], *, or_text: bool = False) -> Known:
    """A text that stands for one of these codes; with `or_text`, the text itself will do as well."""
    return Known((Type.TEXT, Type.MAPPED) if or_text else (Type.MAPPED,), frozenset(codes))


@dataclass(frozen=True)
class Readable:
    """What a flow reads on one view: fields, and tables with their columns. `views`: also its further pages' names."""

    fields: Mapping[str, Known] = field(default_factory=dict)
    tables: Mapping[str, Mapping[str, Known]] = field(default_factory=dict)


@dataclass(frozen=True)
class Needs:
    """The names that one flow knows: forms that it asks, views that it reads, documents that it fetches."""

    forms: tuple[str, ...]
    views: Mapping[str, Readable]
    view_documents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By view: what may be fetched of the view as a whole."""
    row_documents: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    """By view: what may be fetched for each row of its table of the same name."""


def pages(pack: Pack, name: str) -> Iterator[tuple[str, View]]:
    """The view and those that are read with it (`more`), as far as the pack has them."""
    view = pack.views.get(name)
    if view is None:
        return
    yield name, view
    for further in view.more:
        if further.view in pack.views and further.view != name:
            yield further.view, pack.views[further.view]


def shown(pack: Pack, name: str) -> frozenset[str]:
    """Every field that the reading of this view has: shown on one of its pages, or fixed."""
    return frozenset(
        field
        for _, view in pages(pack, name)
        for field in (*(key for key, element in view.elements.items() if element.action is Action.READ), *view.fixed)
    )


def tables(pack: Pack, name: str) -> Iterator[tuple[Place, str, Table]]:
    """Every table of the reading of this view: its place, the flow's name for it, and the table."""
    for page, view in pages(pack, name):
        for key, table in view.tables.items():
            yield ("views", page, "tables", key), table.as_ or key, table


def typed(pack: Pack, name: str, readable: Readable) -> Iterator[Finding]:
    """What is wrong with the types and codes of a view's fields and tables, and names of tables that no flow knows."""
    for page, view in pages(pack, name):
        for key, element in view.elements.items():
            if key in readable.fields and element.action is Action.READ:
                yield from _type(pack, key, element, readable.fields[key], ("views", page, "elements", key))
        yield from _fixed(view.fixed, readable.fields, "field", ("views", page, "fixed"))
    for here, known_as, table in tables(pack, name):
        if known_as not in readable.tables:
            what = f"no flow reads a table of this name; tables: {listed(readable.tables)}"
            yield Finding((*here, "as") if table.as_ is not None else here, what)
            continue
        columns = readable.tables[known_as]
        for key, column in table.columns.items():
            if key in columns:
                yield from _type(pack, key, column, columns[key], (*here, "columns", key))
            else:
                what = f"no flow knows a column of this name; columns: {listed(columns)}"
                yield Finding((*here, "columns", key), what)
        yield from _fixed(table.fixed, columns, "column", (*here, "fixed"))


def required_columns(
    table: Table, required: Iterable[str], here: Place, *, never_blank: Iterable[str] = ()
) -> Iterator[Finding]:
    """Columns without which the flow cannot do, and those of them that must not be blank."""
    for name in required:
        if name in table.fixed:
            continue
        if name not in table.columns:
            yield Finding((*here, "columns"), f"the column '{name}' is missing; the flow cannot do without it")
        elif name in never_blank and not table.columns[name].required:
            yield Finding(
                (*here, "columns", name), "needs 'required: true': a blank here must stop, not pass for nothing"
            )


def must_be_shown(pack: Pack, view: str, name: str) -> Iterator[Finding]:
    """No answer can be made without this field: it is on the view, or fixed."""
    found = [(page, each) for page, each in pages(pack, view) if name in each.elements or name in each.fixed]
    if not found:
        yield Finding(("views", view, "elements"), f"the element '{name}' is missing; the flow cannot do without it")
        return
    page, each = found[0]
    element = each.elements.get(name)
    if element is not None and _can_be_blank(element):
        what = "needs 'required: true' and must not be 'optional': no answer can be made without it"
        yield Finding(("views", page, "elements", name), what)


def person_shown(pack: Pack, view: str) -> Iterator[Finding]:
    """Enough is shown to say whose page it is."""
    fields = shown(pack, view)
    named = "patient_name" in fields or {"last_name", "first_name"} <= fields
    if sum((named, "member_id" in fields, "birth_date" in fields)) < 2:
        what = "the identity gate needs two of: the patient's name (patient_name, or last_name and first_name), "
        yield Finding(("views", view, "elements"), what + "member_id, birth_date")


def after_search(pack: Pack, form: str, read: tuple[str, ...]) -> Iterator[Finding]:
    """After a search comes a view that the flow reads, or one with a meaning; and one at least can succeed."""
    here: Place = ("forms", form, "outcomes")
    wanted = " or ".join(f"'{name}'" for name in read)
    outcomes = pack.forms[form].outcomes
    for index, after in enumerate(outcomes):
        silent = after.means is None and after.ending is None
        if after.view is not None and silent and after.view not in read:
            what = f"after a search the flow reads {wanted}; any other view needs 'means', or 'ending' and 'code'"
            yield Finding((*here, index, "view"), what)
    if not any(after.view in read for after in outcomes):
        yield Finding(here, f"no search can succeed: {wanted} must be among the outcomes")


def documents(pack: Pack, needs: Needs) -> Iterator[Finding]:
    """Documents whose names the flow does not know, and such as stand where it fetches none."""
    for name in needs.views:
        view = pack.views.get(name)
        if view is None:
            continue
        yield from _documents(view.documents, needs.view_documents.get(name, ()), ("views", name, "documents"))
        for key, table in view.tables.items():
            known = needs.row_documents.get(name, ()) if key == name else ()
            here: Place = ("views", name, "tables", key, "documents")
            yield from _documents(table.documents, known, here)
            for document in table.documents:
                if document in known and document not in table.columns:
                    what = f"needs a column '{document}', by which the flow sees whether a row has this document"
                    yield Finding((*here, document), what)


def listed(names: Iterable[str]) -> str:
    """The names as a message shows them: sorted, with commas; `none` where there are none."""
    return ", ".join(sorted(names)) or "none"


def _documents(named: Iterable[str], known: tuple[str, ...], here: Place) -> Iterator[Finding]:
    for name in named:
        if name not in known:
            yield Finding((*here, name), f"no flow fetches a document of this name here; documents: {listed(known)}")


def _can_be_blank(element: Element) -> bool:
    return element.optional or not element.required


def _fixed(fixed: Mapping[str, str], known: Mapping[str, Known], what: str, here: Place) -> Iterator[Finding]:
    for name, code in fixed.items():
        if name not in known:
            yield Finding((*here, name), f"no flow knows a {what} of this name; {what}s: {listed(known)}")
            continue
        codes, types = known[name].codes, known[name].types
        if codes is not None and code not in codes:
            yield Finding((*here, name), f"must be one of {listed(codes)}")
        elif codes is None and Type.TEXT not in types:
            yield Finding((*here, name), f"'{name}' is no text, so that it cannot be fixed; read it from the page")


def _type(pack: Pack, name: str, entry: Typed, known: Known, here: Place) -> Iterator[Finding]:
    if entry.type not in known.types:
        types = " or ".join(f"'type: {kind}'" for kind in known.types)
        yield Finding((*here, "type"), f"'{name}' needs {types} and has 'type: {entry.type}'")
        return
    if known.codes is None or entry.map is None:
        return
    for index, row in enumerate(pack.maps.get(entry.map, ())):
        if row.code not in known.codes:
            yield Finding(("maps", entry.map, index, "code"), f"must be one of {listed(known.codes)}")
