"""Finds parts of a pack that nothing uses: a slip of the pen, by which an answer would silently lack something."""

from collections.abc import Iterator

from packs.check_moves import step_elements
from packs.documents import Document
from packs.models import Pack
from packs.moves import Step
from packs.naming import listed, split
from packs.needs import NEEDS, fields_read, forms_asked
from packs.problems import Finding
from packs.signing_in import row_elements
from packs.views import Paging, Table, View


def unused(pack: Pack) -> Iterator[Finding]:
    """Elements, views, forms, frames and maps that nothing in the pack and no flow uses."""
    elements, views = set(_elements(pack)), set(_views(pack))
    for name, view in pack.views.items():
        if name not in views:
            yield Finding(("views", name), "nothing leads to this view", own=True)
        for element in view.elements:
            if (name, element) not in elements:
                fields = listed(fields_read(pack, name))
                known = f" Fields of this view that a flow knows: {fields}." if fields else ""
                yield Finding(("views", name, "elements", element), f"nothing uses this element.{known}", own=True)
    asked = forms_asked(pack) | {before for form in pack.forms.values() for before in form.after}
    for form in pack.forms.keys() - asked:
        yield Finding(
            ("forms", form), f"nothing asks this form; forms that a flow knows: {listed(forms_asked(pack))}", own=True
        )
    inside = {frame.inside for frame in pack.frames.values()} | {view.frame for view in pack.views.values()}
    for frame in pack.frames.keys() - inside:
        yield Finding(("frames", frame), "no view is in this frame", own=True)
    for name in pack.maps.keys() - set(_maps(pack)):
        yield Finding(("maps", name), "nothing uses this map", own=True)


def _all_steps(pack: Pack) -> Iterator[Step]:
    yield from pack.sign_out.steps
    for form in pack.forms.values():
        yield from form.reach
    for view in pack.views.values():
        yield from view.prepare
        yield from (step for further in view.more for step in further.steps)
        for table in view.tables.values():
            yield from table.back
    for _, document in all_documents(pack):
        yield from (*document.steps, *document.back)


def _views(pack: Pack) -> Iterator[str]:
    """Every view that something leads to or waits for."""
    yield from (view for flow in pack.flows for view in NEEDS[flow].views)
    yield from (further.view for view in pack.views.values() for further in view.more)
    yield from (after.view for _, document in all_documents(pack) for after in document.instead if after.view)
    yield from (row.view for row in (*pack.sign_in.table, *pack.interruptions))
    yield pack.sign_out.proof
    yield from (step.then for step in _all_steps(pack) if step.then is not None)
    # A menu in a frame of its own is led to by nothing; it only lends its links to steps.
    yield from (split(path)[0] for path in step_elements(tuple(_all_steps(pack))))
    for form in pack.forms.values():
        yield form.view
        yield from (after.view for after in form.outcomes if after.view is not None)
    for view in pack.views.values():
        for table in view.tables.values():
            yield from (after.view for after in table.after_open if after.view is not None)


def _elements(pack: Pack) -> Iterator[tuple[str, str]]:
    """Every element, with its view, that something recognises, reads, fills or presses."""
    for name, view in pack.views.items():
        yield from ((name, field) for field in fields_read(pack, name))
        yield from ((name, element) for element in _of_view(view))
    for form in pack.forms.values():
        yield from ((form.view, element) for element in (*form.fill, form.press))
        yield from ((form.view, fill.suggestions) for fill in form.fill.values() if fill.suggestions is not None)
        yield from ((form.view, after.element) for after in form.outcomes if after.element is not None)
        yield from (split(path) for path in form.echo)
    for row in pack.sign_in.table:
        yield from ((row.view, element) for _, element, _ in row_elements(row))
    for interruption in pack.interruptions:
        used = (interruption.press, interruption.until)
        yield from ((interruption.view, element) for element in used if element is not None)
    for name, document in all_documents(pack):
        yield from ((name, after.element) for after in document.instead if after.element is not None)
    yield from (split(path) for path in step_elements(tuple(_all_steps(pack))))


def all_documents(pack: Pack) -> Iterator[tuple[str, Document]]:
    """Every document of the pack with the name of the view that offers it."""
    for name, view in pack.views.items():
        for named in (view.documents, *(table.documents for table in view.tables.values())):
            yield from ((name, document) for document in named.values())


def _of_view(view: View) -> Iterator[str]:
    yield from (*view.recognise, *view.absent, *(document.press for document in view.documents.values()))
    if view.busy is not None:
        yield view.busy
    for table in view.tables.values():
        yield from _of_table(table)


def _of_table(table: Table) -> Iterator[str]:
    yield table.empty
    if table.paging is not None:
        yield from paging_elements(table.paging)
    yield from (after.element for after in table.after_open if after.element is not None)


def paging_elements(paging: Paging) -> Iterator[str]:
    """The elements by which a table goes on over several pages."""
    names = (paging.next, paging.previous, paging.first, paging.total, paging.position)
    yield from (name for name in names if name is not None)


def _maps(pack: Pack) -> Iterator[str]:
    for view in pack.views.values():
        yield from (element.map for element in view.elements.values() if element.map is not None)
        for table in view.tables.values():
            yield from (column.map for column in table.columns.values() if column.map is not None)
    for form in pack.forms.values():
        yield from (fill.words for fill in form.fill.values() if fill.words is not None)
