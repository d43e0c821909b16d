"""Looks for contradictions in what is done on a portal's pages: steps, forms, interruptions, frames."""

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from flows.questions import Input, input_types
from packs.elements import Action, Type, Typed
from packs.models import Pack
from packs.moves import Fill, Form, Next, Step
from packs.naming import has_action, has_type, known_element, known_path, known_view, listed, split
from packs.problems import Finding, Place
from packs.views import View

_FITTING: Mapping[type[Input], tuple[Type, ...]] = {
    str: (Type.TEXT,),
    date: (Type.TEXT, Type.DATE),
    Decimal: (Type.TEXT, Type.MONEY, Type.DECIMAL),
}

_NAMES = ("patient.last_name", "patient.first_name")
UNTIL = "we wait until the instant that it shows"


def forms(pack: Pack) -> Iterator[Finding]:
    """What is wrong with each form."""
    for name, form in pack.forms.items():
        yield from _form(pack, name, form)


def between(pack: Pack) -> Iterator[Finding]:
    """What is wrong with signing out, with what may come in between, and with the frames that all this happens in."""
    yield from steps(pack, pack.sign_out.steps, ("sign_out", "steps"))
    yield from known_view(pack, pack.sign_out.proof, ("sign_out", "proof"))
    for index, row in enumerate(pack.interruptions):
        here: Place = ("interruptions", index)
        yield from known_view(pack, row.view, (*here, "view"))
        view = pack.views.get(row.view)
        if view is not None and row.press is not None:
            yield from has_action(view, row.press, Action.NAVIGATE, (*here, "press"))
        if view is not None and row.until is not None:
            yield from has_type(view, row.until, Type.INSTANT, UNTIL, (*here, "until"))
    for name, frame in pack.frames.items():
        if frame.inside is not None and frame.inside not in pack.frames:
            what = f"there is no frame '{frame.inside}'; frames: {listed(pack.frames)}"
            yield Finding(("frames", name, "inside"), what)
        elif _inside_itself(pack, name):
            yield Finding(("frames", name, "inside"), f"'{frame.inside}' is itself inside '{name}'")


def steps(pack: Pack, taken: tuple[Step, ...], here: Place) -> Iterator[Finding]:
    """What is wrong with a list of steps."""
    for index, step in enumerate(taken):
        place = (*here, index)
        if step.click is not None:
            yield from _target(pack, step.click, Action.NAVIGATE, (*place, "click"))
        if step.choose is not None:
            yield from _target(pack, step.choose.element, Action.FILL, (*place, "choose", "element"))
        if step.tick is not None:
            yield from _target(pack, step.tick, Action.FILL, (*place, "tick"))
        if step.untick is not None:
            yield from _target(pack, step.untick, Action.FILL, (*place, "untick"))
        for path in step_elements((step,)) if step.if_there else ():
            if not list(known_path(pack, path, place)) and not pack.element(path).optional:
                yield Finding((*place, "if_there"), f"'{path}' needs 'optional: true', because it is not always there")
        if step.then is not None:
            yield from known_view(pack, step.then, (*place, "then"))


def following(pack: Pack, view: View, after: Next, here: Place) -> Iterator[Finding]:
    """What is wrong with one thing that may follow; its messages stand on `view`."""
    if after.view is not None:
        yield from known_view(pack, after.view, (*here, "view"))
    if after.element is not None:
        yield from known_element(view, after.element, (*here, "element"))


def step_elements(taken: tuple[Step, ...]) -> Iterator[str]:
    """Every `view.element` that these steps act on."""
    for step in taken:
        chosen = step.choose.element if step.choose is not None else None
        yield from (path for path in (step.click, chosen, step.tick, step.untick) if path is not None)


def _target(pack: Pack, path: str, action: Action, here: Place) -> Iterator[Finding]:
    unknown = list(known_path(pack, path, here))
    yield from unknown
    if not unknown and pack.element(path).action is not action:
        yield Finding(here, f"'{path}' must have 'action: {action}': a step only goes somewhere")


def _inside_itself(pack: Pack, name: str) -> bool:
    seen: set[str] = set()
    outer = pack.frames[name].inside
    while outer is not None and outer in pack.frames and outer not in seen:
        if outer == name:
            return True
        seen.add(outer)
        outer = pack.frames[outer].inside
    return False


def _form(pack: Pack, name: str, form: Form) -> Iterator[Finding]:
    here: Place = ("forms", name)
    yield from steps(pack, form.reach, (*here, "reach"))
    for index, before in enumerate(form.after):
        if before not in pack.forms:
            yield Finding((*here, "after", index), f"there is no form '{before}'; forms: {listed(pack.forms)}")
        elif _leads_to(pack, before, name):
            yield Finding((*here, "after", index), f"'{before}' itself comes after '{name}': neither could be first")
    if form.view not in pack.views:
        yield from known_view(pack, form.view, (*here, "view"))
        return
    view = pack.views[form.view]
    for element, fill in form.fill.items():
        yield from _fill(pack, view, element, fill, (*here, "fill", element))
    yield from _press(pack, view, form, here)
    for index, after in enumerate(form.outcomes):
        yield from following(pack, view, after, (*here, "outcomes", index))
    yield from _echo(pack, form, here)


def _echo(pack: Pack, form: Form, here: Place) -> Iterator[Finding]:
    followers = {after.view for after in form.outcomes if after.view is not None}
    for path, source in form.echo.items():
        place = (*here, "echo", path)
        unknown = list(known_path(pack, path, place))
        yield from unknown
        if split(path)[0] not in followers:
            yield Finding(place, f"the view must be one that follows: {listed(followers)}")
        elif not unknown:
            yield from _input(pack, source, pack.element(path), place)


def _press(pack: Pack, view: View, form: Form, here: Place) -> Iterator[Finding]:
    place = (*here, "press")
    yield from known_element(view, form.press, place)
    if form.press not in view.elements:
        return
    action = view.elements[form.press].action
    if action is Action.COMMIT and "write" not in pack.flows.values():
        what = "the press has 'action: commit', and this pack's flows only read; a search button is 'navigate'"
        yield Finding(place, what)
    elif action not in (Action.COMMIT, Action.NAVIGATE):
        yield Finding(place, f"'{form.press}' must have 'action: navigate' (or 'commit' where it writes)")


def _fill(pack: Pack, view: View, element: str, fill: Fill, here: Place) -> Iterator[Finding]:
    yield from has_action(view, element, Action.FILL, here)
    if element in view.elements and fill.from_ is not None:
        yield from _input(pack, fill.from_, view.elements[element], (*here, "from"))
    if fill.suggestions is not None:
        yield from known_element(view, fill.suggestions, (*here, "suggestions"))
    known = {name: kind for flow in pack.flows for name, kind in input_types(flow).items()}
    if fill.format is not None and fill.from_ is not None and known.get(fill.from_, date) is not date:
        yield Finding((*here, "format"), f"'format' is for dates, and '{fill.from_}' is none")
    for key in ("without_prefix", "without_suffix"):
        if getattr(fill, key) and fill.fits is None:
            what = "needs 'fits', which says how the whole input is written: else a part of an id without it is cut off"
            yield Finding((*here, key), what)
    if fill.without_name_suffix and fill.from_ is not None and fill.from_ not in _NAMES:
        what = f"'without_name_suffix' is for names, and '{fill.from_}' is none; names: {listed(_NAMES)}"
        yield Finding((*here, "without_name_suffix"), what)


def _input(pack: Pack, name: str, entry: Typed, here: Place) -> Iterator[Finding]:
    """The input exists in a flow of the pack, and what the page shows for it can be compared with it."""
    known = {name: kind for flow in pack.flows for name, kind in input_types(flow).items()}
    if name not in known:
        yield Finding(here, f"no question has an input '{name}'; inputs: {listed(known)}")
    elif entry.type not in _FITTING[known[name]]:
        allowed = " or ".join(_FITTING[known[name]])
        yield Finding(here, f"'{name}' goes with 'type: {allowed}', and the element has 'type: {entry.type}'")


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
