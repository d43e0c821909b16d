"""Looks up what a pack's names stand for, and says which names there are when one stands for nothing."""

from collections.abc import Iterable, Iterator

from packs.elements import Action, Type
from packs.models import Pack
from packs.problems import Finding, Place
from packs.views import View


def listed(names: Iterable[str]) -> str:
    """The names as a message shows them: sorted, with commas."""
    return ", ".join(sorted(names))


def split(path: str) -> tuple[str, str]:
    """View and element of a `view.element`."""
    view, _, element = path.partition(".")
    return view, element


def known_view(pack: Pack, name: str, here: Place) -> Iterator[Finding]:
    """The pack has a view of this name."""
    if name not in pack.views:
        yield Finding(here, f"there is no view '{name}'; views: {listed(pack.views)}")


def known_element(view: View, name: str, here: Place) -> Iterator[Finding]:
    """The view has an element of this name."""
    if name not in view.elements:
        yield Finding(here, f"the view has no element '{name}'; elements: {listed(view.elements)}")


def known_path(pack: Pack, path: str, here: Place) -> Iterator[Finding]:
    """There is an element at this `view.element`."""
    view, element = split(path)
    if view not in pack.views:
        yield from known_view(pack, view, here)
    else:
        yield from known_element(pack.views[view], element, here)


def has_action(view: View, name: str, action: Action, here: Place) -> Iterator[Finding]:
    """The view has this element, and this is what may be done with it."""
    yield from known_element(view, name, here)
    if name in view.elements and view.elements[name].action is not action:
        yield Finding(here, f"'{name}' must have 'action: {action}' and has '{view.elements[name].action}'")


def has_type(view: View, name: str, kind: Type, why: str, here: Place) -> Iterator[Finding]:
    """The view has this element, and its text is of this type; `why` says what needs it."""
    yield from known_element(view, name, here)
    if name in view.elements and view.elements[name].type is not kind:
        yield Finding(here, f"'{name}' must have 'type: {kind}', because {why}")
