"""Looks for contradictions in what is done on a portal's pages: steps, forms, interruptions, frames."""

from collections.abc import Iterator

from flows.appeal_names import SUBMIT
from packs.check_fields import fields, known_input
from packs.elements import Action, Type
from packs.models import Pack
from packs.moves import Form, Next, Step
from packs.naming import has_action, has_type, known_element, known_path, known_view, listed, split
from packs.problems import Finding, Place
from packs.views import View

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
    yield from fields(pack, view, form, here)
    yield from _press(view, name, form, here)
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
            yield from known_input(pack, source, pack.element(path), place)


def _press(view: View, name: str, form: Form, here: Place) -> Iterator[Finding]:
    place = (*here, "press")
    yield from known_element(view, form.press, place)
    if form.press not in view.elements:
        return
    action = view.elements[form.press].action
    if name == SUBMIT and action is not Action.COMMIT:
        yield Finding(place, f"'{form.press}' files the appeal and must have 'action: commit'")
    elif name != SUBMIT and action is Action.COMMIT:
        what = f"the press has 'action: commit', and only '{SUBMIT}' changes something; a search button is 'navigate'"
        yield Finding(place, what)
    elif name != SUBMIT and action is not Action.NAVIGATE:
        yield Finding(place, f"'{form.press}' must have 'action: navigate'")


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
