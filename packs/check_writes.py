"""Looks for what could change something at a payer by mistake: the button that files under another name, "select all".

A press that commits belongs to signing in and to the form that files an appeal (`check_moves`, `check_sign_in`). Here
is what could get round that.
"""

from collections.abc import Iterator

from flows.appeal_names import SUBMIT
from packs.check_fields import ticks_all
from packs.elements import Action
from packs.models import Pack
from packs.problems import Finding, Place

_PRESSED = (Action.FILL, Action.NAVIGATE, Action.COMMIT, Action.UPLOAD)


def writes(pack: Pack) -> Iterator[Finding]:
    """Elements that are the button that files, and such as tick everything at once."""
    for name, view in pack.views.items():
        for key, element in view.elements.items():
            if element.action in _PRESSED and ticks_all(element):
                what = "what ticks everything at once is never pressed; a form ticks rows one by one by 'select'"
                yield Finding(("views", name, "elements", key), what)
    yield from _the_same_button(pack)


def _the_same_button(pack: Pack) -> Iterator[Finding]:
    """On the page with the button that files, nothing else that is pressed may be found in the same way."""
    submit = pack.forms.get(SUBMIT)
    if submit is None or submit.view not in pack.views or submit.press not in pack.views[submit.view].elements:
        return
    elements = pack.views[submit.view].elements
    files = elements[submit.press]
    for key, element in elements.items():
        same = set(element.find) & set(files.find)
        if key != submit.press and element.action in _PRESSED and same:
            here: Place = ("views", submit.view, "elements", key, "find")
            what = f"one of these ways finds '{submit.press}', the button that files; give it ways of its own"
            yield Finding(here, what)
