"""Looks for contradictions in a pack's views and their tables: names, types, headings, shapes that no browser takes."""

from collections.abc import Iterator, Mapping

from flows.questions import input_types
from packs.check_moves import following, step_elements, steps
from packs.documents import Document
from packs.elements import Action, Element, Type, Way
from packs.models import Pack
from packs.naming import has_action, has_type, known_element, known_view, listed
from packs.problems import Finding, Place
from packs.shapes import css_error, xpath_error
from packs.texts import folded
from packs.views import Column, Paging, Table, View


def views(pack: Pack) -> Iterator[Finding]:
    """What is wrong with each view by itself."""
    for name, view in pack.views.items():
        yield from _view(pack, view, ("views", name))


def _view(pack: Pack, view: View, here: Place) -> Iterator[Finding]:
    for index, element in enumerate(view.recognise):
        place = (*here, "recognise", index)
        yield from known_element(view, element, place)
        if element in view.absent:
            yield Finding(place, f"'{element}' stands under 'absent' too; an element is there or it is not")
        elif element == view.busy:
            yield Finding(place, f"'{element}' is the 'busy' mark, so that the view would never be ready")
        elif element in view.elements and view.elements[element].optional:
            yield Finding(place, f"'{element}' is 'optional: true', so that the view cannot be recognised by it")
    for index, element in enumerate(view.absent):
        yield from known_element(view, element, (*here, "absent", index))
    if view.busy is not None:
        yield from known_element(view, view.busy, (*here, "busy"))
    if view.frame is not None and view.frame not in pack.frames:
        yield Finding((*here, "frame"), f"there is no frame '{view.frame}'; frames: {listed(pack.frames) or 'none'}")
    yield from steps(pack, view.prepare, (*here, "prepare"))
    for element, entry in view.elements.items():
        yield from _typed(pack, entry, (*here, "elements", element))
        yield from _ways(entry.find, (*here, "elements", element, "find"))
    for table_name, table in view.tables.items():
        yield from _table(pack, view, table, (*here, "tables", table_name))
    yield from _more(pack, view, here)
    for document_name, document in view.documents.items():
        place = (*here, "documents", document_name)
        yield from has_action(view, document.press, Action.DOWNLOAD, (*place, "press"))
        yield from _document(pack, view, document, place)


def _more(pack: Pack, view: View, here: Place) -> Iterator[Finding]:
    """What is wrong with the tabs and further pages: names, and tables that stand on several of them."""
    seen = set(view.tables)
    for index, further in enumerate(view.more):
        place = (*here, "more", index)
        yield from known_view(pack, further.view, (*place, "view"))
        yield from steps(pack, further.steps, (*place, "steps"))
        if further.if_there and not list(step_elements(further.steps[:1])):
            what = "'if_there' looks for the element of the first step, and this step has none"
            yield Finding((*place, "if_there"), what)
        other = pack.views.get(further.view)
        if other is None:
            continue
        if other is view or other.more:
            what = f"'{further.view}' is read with this view, so that it must be another one without 'more' of its own"
            yield Finding((*place, "view"), what)
            continue
        for name in other.tables:
            if name in seen:
                what = (
                    f"the table '{name}' stands on several views that are read together; give one another name and 'as'"
                )
                yield Finding(("views", further.view, "tables", name), what)
            seen.add(name)


def _document(pack: Pack, view: View, document: Document, here: Place) -> Iterator[Finding]:
    yield from steps(pack, document.steps, (*here, "steps"))
    yield from steps(pack, document.back, (*here, "back"))
    for index, after in enumerate(document.instead):
        yield from following(pack, view, after, (*here, "instead", index))
    if document.password is not None and document.password.from_ is not None:
        known = {name for flow in pack.flows for name in input_types(flow)}
        if document.password.from_ not in known:
            what = f"no question has an input '{document.password.from_}'; inputs: {listed(known)}"
            yield Finding((*here, "password", "from"), what)


def _table(pack: Pack, view: View, table: Table, here: Place) -> Iterator[Finding]:
    yield from _ways(table.find, (*here, "find"))
    if table.blocks is not None:
        yield from _ways((table.blocks,), here, key="blocks")
    for name, column in table.columns.items():
        yield from _typed(pack, column, (*here, "columns", name))
        yield from _ways(column.find, (*here, "columns", name, "find"))
    for name, document in table.documents.items():
        yield from _document(pack, view, document, (*here, "documents", name))
    yield from _twice(table.columns, here)
    yield from known_element(view, table.empty, (*here, "empty"))
    if table.paging is not None:
        yield from _paging(view, table.paging, (*here, "paging"))
    for index, after in enumerate(table.after_open):
        yield from following(pack, view, after, (*here, "after_open", index))
    yield from steps(pack, table.back, (*here, "back"))


def _twice(columns: Mapping[str, Column], here: Place) -> Iterator[Finding]:
    """Two columns with one heading and one place are two parts of the same cell, told apart by their patterns."""
    for name, column in columns.items():
        for other in columns.values():
            if other is column or column.header is None or other.header is None:
                continue
            heading = folded(other.header) == folded(column.header)
            if heading and other.position == column.position:
                if column.pattern is None:
                    what = (
                        "another column has the same heading and place; give each a 'pattern' for its part of the cell"
                    )
                    yield Finding((*here, "columns", name), what)
            elif heading:
                yield Finding((*here, "columns", name, "header"), "another column of this table has the same heading")
            elif other.position == column.position:
                yield Finding((*here, "columns", name, "position"), "another column of this table has the same place")


def _paging(view: View, paging: Paging, here: Place) -> Iterator[Finding]:
    for key, name in (("next", paging.next), ("previous", paging.previous), ("first", paging.first)):
        if name is not None:
            yield from has_action(view, name, Action.NAVIGATE, (*here, key))
    yield from has_type(view, paging.total, Type.INTEGER, "the rows are counted by it", (*here, "total"))
    if paging.position is not None:
        yield from known_element(view, paging.position, (*here, "position"))
        if paging.position == paging.total:
            what = "'total' says the same on every page; name the element that says which page is shown"
            yield Finding((*here, "position"), what)


def _typed(pack: Pack, entry: Element | Column, here: Place) -> Iterator[Finding]:
    if entry.map is not None and entry.map not in pack.maps:
        yield Finding((*here, "map"), f"there is no map '{entry.map}'; maps: {listed(pack.maps)}")


def _ways(find: tuple[Way, ...], here: Place, key: str | None = None) -> Iterator[Finding]:
    """What is wrong with the shapes among these ways; with `key`, there is one way, under that key."""
    for index, way in enumerate(find):
        place = (*here, index if key is None else key)
        css = css_error(way.css) if way.css is not None else None
        xpath = xpath_error(way.xpath) if way.xpath is not None else None
        if css is not None:
            yield Finding((*place, "css"), css)
        if xpath is not None:
            yield Finding((*place, "xpath"), xpath)
