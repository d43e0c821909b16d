"""Looks for forms that are declared to be read without opening a page, and cannot be: writes, scripts, frames."""

from collections.abc import Iterator

from packs.elements import Action
from packs.models import Pack
from packs.moves import Form, How, HowRead
from packs.problems import Finding, Place
from packs.views import View

_SIMPLE = (How.TYPE, How.CHOOSE, How.TICK)


def direct(pack: Pack) -> Iterator[Finding]:
    """What is wrong with each form with `reading: direct`, and with keys that mean nothing without one."""
    for name, form in pack.forms.items():
        here: Place = ("forms", name)
        if form.reading is HowRead.DIRECT:
            yield from _form(pack, form, here)
        elif form.keeps_page:
            yield Finding((*here, "keeps_page"), "'keeps_page' goes with 'reading: direct' alone")
    if any(form.reading is HowRead.DIRECT for form in pack.forms.values()):
        return
    for name, view in pack.views.items():
        for table_name, table in view.tables.items():
            if table.address_in is not None:
                place: Place = ("views", name, "tables", table_name, "address_in")
                yield Finding(place, "'address_in' is for portals with a form that has 'reading: direct'")


def _form(pack: Pack, form: Form, here: Place) -> Iterator[Finding]:
    place = (*here, "reading")
    view = pack.views.get(form.view)
    if view is not None and form.press in view.elements and view.elements[form.press].action is not Action.NAVIGATE:
        what = f"'{form.press}' changes something at the payer; only a press with 'action: navigate' is read directly"
        yield Finding(place, what)
    if form.select is not None or any(fill.how not in _SIMPLE for fill in form.fill.values()):
        yield Finding(place, "rows to tick, suggestions and documents need the page itself; leave 'reading' out")
    if not form.new_page:
        yield Finding(place, "'new_page: false' says that a script answers, and no script runs without the page")
    if not form.reach or form.reach[0].go is None:
        yield Finding(place, "the form's page is fetched by its address: the first step of 'reach' must be 'go'")
    if form.keeps_page and len(form.reach) != 1:
        yield Finding((*here, "keeps_page"), "a page that is kept is reached by one step 'go' alone")
    names = (form.view, *(after.view for after in form.outcomes if after.view is not None))
    for name in dict.fromkeys(names):
        if name in pack.views:
            yield from _view(pack.views[name], name, place)


def _view(view: View, name: str, place: Place) -> Iterator[Finding]:
    if view.frame is not None:
        yield Finding(place, f"'{name}' is in a frame, and frames are only read when they are open")
    scripted = [
        table for table, one in view.tables.items() if not one.new_page or (one.paging and not one.paging.new_page)
    ]
    for table in scripted:
        yield Finding(place, f"the table '{name}.{table}' is changed by a script, and no script runs without the page")
