"""Looks for contradictions between the parts of a pack that no part can see by itself: names, actions, types, texts.

What each job needs of a pack is in `packs.needs`; whether pages can be told apart is in `packs.races`.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal

from flows.questions import Input, input_types
from packs.elements import Action, Element, Type, Typed
from packs.models import Pack
from packs.moves import Fill, Form, Next, Step
from packs.needs import FIELDS_READ, missing
from packs.problems import Finding, Place
from packs.races import indistinguishable
from packs.views import Column, Paging, Table, View

_FITTING: Mapping[type[Input], tuple[Type, ...]] = {
    str: (Type.TEXT,),
    date: (Type.TEXT, Type.DATE),
    Decimal: (Type.TEXT, Type.MONEY, Type.DECIMAL),
}


def contradictions(pack: Pack) -> Iterator[Finding]:
    """Everything in the pack that contradicts itself or that a flow would miss, in no particular order."""
    for name, view in pack.views.items():
        yield from _view(pack, name, view)
    for name, form in pack.forms.items():
        yield from _form(pack, name, form)
    yield from _sign_in(pack)
    yield from _steps(pack, pack.sign_out.steps, ("sign_out", "steps"))
    yield from _view_name(pack, pack.sign_out.proof, ("sign_out", "proof"))
    for index, interruption in enumerate(pack.interruptions):
        yield from _view_name(pack, interruption.view, ("interruptions", index, "view"))
    yield from _maps(pack)
    yield from _unused(pack)
    yield from missing(pack)
    yield from indistinguishable(pack)


def folded(text: str) -> str:
    """A text as it is compared with the page: case and spacing do not count."""
    return re.sub(r"\s+", " ", text).strip().casefold()


def _view(pack: Pack, name: str, view: View) -> Iterator[Finding]:
    here: Place = ("views", name)
    for index, element in enumerate(view.recognise):
        place = (*here, "recognise", index)
        yield from _element_name(view, element, place)
        if element in view.absent:
            yield Finding(place, f"'{element}' stands under 'absent' too; an element is there or it is not")
        elif element in view.elements and view.elements[element].optional:
            yield Finding(place, f"'{element}' is 'optional: true', so that the view cannot be recognised by it")
    for index, element in enumerate(view.absent):
        yield from _element_name(view, element, (*here, "absent", index))
    if view.busy is not None:
        yield from _element_name(view, view.busy, (*here, "busy"))
    for element, entry in view.elements.items():
        yield from _typed(pack, entry, (*here, "elements", element))
    for table_name, table in view.tables.items():
        yield from _table(pack, view, table, (*here, "tables", table_name))


def _table(pack: Pack, view: View, table: Table, here: Place) -> Iterator[Finding]:
    for name, column in table.columns.items():
        yield from _typed(pack, column, (*here, "columns", name))
    yield from _twice(table.columns, here)
    yield from _element_name(view, table.empty, (*here, "empty"))
    if table.paging is not None:
        yield from _paging(view, table.paging, (*here, "paging"))
    for index, after in enumerate(table.after_open):
        yield from _next(pack, view, after, (*here, "after_open", index))
    yield from _steps(pack, table.back, (*here, "back"))


def _twice(columns: Mapping[str, Column], here: Place) -> Iterator[Finding]:
    """Two columns with one heading and one place are two parts of the same cell, told apart by their patterns."""
    for name, column in columns.items():
        for other in columns.values():
            if other is column:
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
            yield from _has_action(view, name, Action.NAVIGATE, (*here, key))
    yield from _element_name(view, paging.total, (*here, "total"))
    if paging.total in view.elements and view.elements[paging.total].type is not Type.INTEGER:
        yield Finding(
            (*here, "total"), f"'{paging.total}' must have 'type: integer', because the rows are counted by it"
        )


def _form(pack: Pack, name: str, form: Form) -> Iterator[Finding]:
    here: Place = ("forms", name)
    yield from _steps(pack, form.reach, (*here, "reach"))
    for index, before in enumerate(form.after):
        if before not in pack.forms:
            yield Finding((*here, "after", index), f"there is no form '{before}'; forms: {_listed(pack.forms)}")
        elif _leads_to(pack, before, name):
            yield Finding((*here, "after", index), f"'{before}' itself comes after '{name}': neither could be first")
    if form.view not in pack.views:
        yield from _view_name(pack, form.view, (*here, "view"))
        return
    view = pack.views[form.view]
    for element, fill in form.fill.items():
        yield from _fill(pack, view, element, fill, (*here, "fill", element))
    yield from _press(pack, view, form, here)
    for index, after in enumerate(form.outcomes):
        yield from _next(pack, view, after, (*here, "outcomes", index))
    followers = {after.view for after in form.outcomes if after.view is not None}
    for path, source in form.echo.items():
        place = (*here, "echo", path)
        yield from _element_path(pack, path, place)
        if path.partition(".")[0] not in followers:
            yield Finding(place, f"the view must be one that follows: {_listed(followers)}")
        elif not list(_element_path(pack, path, place)):
            yield from _input(pack, source, pack.element(path), place)


def _press(pack: Pack, view: View, form: Form, here: Place) -> Iterator[Finding]:
    place = (*here, "press")
    yield from _element_name(view, form.press, place)
    if form.press not in view.elements:
        return
    action = view.elements[form.press].action
    if action is Action.COMMIT and "write" not in pack.flows.values():
        what = "the press has 'action: commit', and this pack's flows only read; a search button is 'navigate'"
        yield Finding(place, what)
    elif action not in (Action.COMMIT, Action.NAVIGATE):
        yield Finding(place, f"'{form.press}' must have 'action: navigate' (or 'commit' where it writes)")


def _fill(pack: Pack, view: View, element: str, fill: Fill, here: Place) -> Iterator[Finding]:
    yield from _has_action(view, element, Action.FILL, here)
    if element in view.elements:
        yield from _input(pack, fill.from_, view.elements[element], (*here, "from"))
    known = {name: kind for flow in pack.flows for name, kind in input_types(flow).items()}
    if fill.format is not None and known.get(fill.from_, date) is not date:
        yield Finding((*here, "format"), f"'format' is for dates, and '{fill.from_}' is none")


def _input(pack: Pack, name: str, entry: Typed, here: Place) -> Iterator[Finding]:
    """The input exists in a flow of the pack, and what the page shows for it can be compared with it."""
    known = {name: kind for flow in pack.flows for name, kind in input_types(flow).items()}
    if name not in known:
        yield Finding(here, f"no question has an input '{name}'; inputs: {_listed(known)}")
    elif entry.type not in _FITTING[known[name]]:
        allowed = " or ".join(_FITTING[known[name]])
        yield Finding(here, f"'{name}' goes with 'type: {allowed}', and the element has 'type: {entry.type}'")


def _sign_in(pack: Pack) -> Iterator[Finding]:
    here: Place = ("sign_in",)
    sign_in = pack.sign_in
    for index, row in enumerate(sign_in.table):
        place = (*here, "table", index)
        yield from _view_name(pack, row.view, (*place, "view"))
        step = {"password": sign_in.password, "code": sign_in.code}.get(row.then)
        if step is not None and step.view != row.view:
            yield Finding((*place, "view"), f"'then: {row.then}' is for the view of that step, '{step.view}'")
    targets = {
        "password": {
            "user_name": (sign_in.password.user_name, Action.FILL),
            "password": (sign_in.password.password, Action.FILL),
            "press": (sign_in.password.press, Action.COMMIT),
        }
    }
    if sign_in.code is not None:
        targets["code"] = {
            "code": (sign_in.code.code, Action.FILL),
            "press": (sign_in.code.press, Action.COMMIT),
        }
    for step_name, elements in targets.items():
        view_name = sign_in.password.view if step_name == "password" or sign_in.code is None else sign_in.code.view
        if view_name not in pack.views:
            yield from _view_name(pack, view_name, (*here, step_name, "view"))
            continue
        for key, (element, action) in elements.items():
            yield from _has_action(pack.views[view_name], element, action, (*here, step_name, key))


def _maps(pack: Pack) -> Iterator[Finding]:
    for name, rows in pack.maps.items():
        seen: dict[str, int] = {}
        for index, row in enumerate(rows):
            text = folded(row.text)
            if text in seen:
                what = f"the text is in entry {seen[text] + 1} already; case and spacing do not tell texts apart"
                yield Finding(("maps", name, index, "text"), what)
            seen.setdefault(text, index)


def _unused(pack: Pack) -> Iterator[Finding]:
    """An element that nothing uses is a slip of the pen: the answer would silently lack it."""
    used = set(_used(pack))
    for view_name, view in pack.views.items():
        for element in view.elements:
            if (view_name, element) not in used:
                fields = _listed(_known_fields(pack, view_name))
                known = f" Fields of this view that a flow knows: {fields}." if fields else ""
                yield Finding(("views", view_name, "elements", element), f"nothing uses this element.{known}")


def _known_fields(pack: Pack, view: str) -> tuple[str, ...]:
    """The names under which the pack's flows read fields of this view."""
    return tuple(name for flow in pack.flows for name in FIELDS_READ[flow].get(view, ()))


def _used(pack: Pack) -> Iterator[tuple[str, str]]:
    for name, view in pack.views.items():
        yield from ((name, field) for field in _known_fields(pack, name))
        yield from ((name, element) for element in (*view.recognise, *view.absent))
        if view.busy is not None:
            yield name, view.busy
        for table in view.tables.values():
            yield name, table.empty
            if table.paging is not None:
                yield from ((name, e) for e in _paging_elements(table.paging))
            yield from ((name, after.element) for after in table.after_open if after.element)
            yield from _clicked(table.back)
    for form in pack.forms.values():
        yield from ((form.view, element) for element in (*form.fill, form.press))
        yield from ((form.view, after.element) for after in form.outcomes if after.element)
        yield from (_split(path) for path in form.echo)
        yield from _clicked(form.reach)
    password, code = pack.sign_in.password, pack.sign_in.code
    yield from ((password.view, element) for element in (password.user_name, password.password, password.press))
    if code is not None:
        yield from ((code.view, element) for element in (code.code, code.press))
    yield from _clicked(pack.sign_out.steps)


def _paging_elements(paging: Paging) -> Iterator[str]:
    names = (paging.next, paging.previous, paging.first, paging.total)
    yield from (name for name in names if name is not None)


def _clicked(steps: tuple[Step, ...]) -> Iterator[tuple[str, str]]:
    yield from (_split(step.click) for step in steps if step.click is not None)


def _split(path: str) -> tuple[str, str]:
    view, _, element = path.partition(".")
    return view, element


def _typed(pack: Pack, entry: Element | Column, here: Place) -> Iterator[Finding]:
    if entry.map is not None and entry.map not in pack.maps:
        yield Finding((*here, "map"), f"there is no map '{entry.map}'; maps: {_listed(pack.maps)}")


def _steps(pack: Pack, steps: tuple[Step, ...], here: Place) -> Iterator[Finding]:
    for index, step in enumerate(steps):
        if step.click is not None:
            place = (*here, index, "click")
            unknown = list(_element_path(pack, step.click, place))
            yield from unknown
            if not unknown and pack.element(step.click).action is not Action.NAVIGATE:
                yield Finding(place, f"'{step.click}' must have 'action: navigate': a step only goes somewhere")


def _next(pack: Pack, view: View, after: Next, here: Place) -> Iterator[Finding]:
    if after.view is not None:
        yield from _view_name(pack, after.view, (*here, "view"))
    if after.element is not None:
        yield from _element_name(view, after.element, (*here, "element"))


def _view_name(pack: Pack, name: str, here: Place) -> Iterator[Finding]:
    if name not in pack.views:
        yield Finding(here, f"there is no view '{name}'; views: {_listed(pack.views)}")


def _element_name(view: View, name: str, here: Place) -> Iterator[Finding]:
    if name not in view.elements:
        yield Finding(here, f"the view has no element '{name}'; elements: {_listed(view.elements)}")


def _element_path(pack: Pack, path: str, here: Place) -> Iterator[Finding]:
    view, element = _split(path)
    if view not in pack.views:
        yield from _view_name(pack, view, here)
    else:
        yield from _element_name(pack.views[view], element, here)


def _has_action(view: View, name: str, action: Action, here: Place) -> Iterator[Finding]:
    yield from _element_name(view, name, here)
    if name in view.elements and view.elements[name].action is not action:
        yield Finding(here, f"'{name}' must have 'action: {action}' and has '{view.elements[name].action}'")


def _leads_to(pack: Pack, form: str, wanted: str) -> bool:
    """Does asking `form` first mean asking `wanted` before it?"""
    seen: set[str] = set()
    waiting = [form]
    while waiting:
        name = waiting.pop()
        if name == wanted:
            return True
        if name not in seen and name in pack.forms:
            seen.add(name)
            waiting.extend(pack.forms[name].after)
    return False


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
