"""Can the pages that may follow a step be told apart by what the pack says about them?

Only what the pack itself tells: two views count as alike where every element that one is recognised by is, by one of
its ways, an element that the other is recognised by too.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from packs.documents import Document
from packs.elements import Element
from packs.models import Pack
from packs.moves import Next
from packs.problems import Finding, Place
from packs.views import View


@dataclass(frozen=True)
class _Runner:
    """A view that takes part in a race; runners of the same kind lead to the same, and need not be told apart."""

    view: str
    place: Place
    leads_to: object


def indistinguishable(pack: Pack) -> Iterator[Finding]:
    """Views of one race of which one is recognised whenever the other is there."""
    always = [
        _Runner(item.view, ("interruptions", index, "view"), (item.expired, item.ending, item.code))
        for index, item in enumerate(pack.interruptions)
    ]
    yield from _race(pack, always)
    for form_name, form in pack.forms.items():
        here: Place = ("forms", form_name, "outcomes")
        yield from _race(pack, _runners(form.outcomes, here), always)
        if not form.new_page:
            yield from _already_there(pack, form.view, _runners(form.outcomes, here))
    for view_name, view in pack.views.items():
        for table_name, table in view.tables.items():
            here = ("views", view_name, "tables", table_name, "after_open")
            yield from _race(pack, _runners(table.after_open, here), always)
            if not table.new_page:
                yield from _already_there(pack, view_name, _runners(table.after_open, here))
    for place, document in _documents(pack):
        yield from _race(pack, _runners(document.instead, (*place, "instead")), always)
    yield from _sign_in(pack)


def _documents(pack: Pack) -> Iterator[tuple[Place, Document]]:
    for name, view in pack.views.items():
        here: Place = ("views", name)
        yield from (((*here, "documents", key), document) for key, document in view.documents.items())
        for table_name, table in view.tables.items():
            place = (*here, "tables", table_name, "documents")
            yield from (((*place, key), document) for key, document in table.documents.items())


def _runners(following: Sequence[Next], here: Place) -> list[_Runner]:
    return [
        _Runner(
            after.view,
            (*here, index, "view"),
            (after.view, after.means, after.rejected, after.refused, after.ending, after.code),
        )
        for index, after in enumerate(following)
        if after.view is not None
    ]


def _race(pack: Pack, own: Sequence[_Runner], others: Sequence[_Runner] = ()) -> Iterator[Finding]:
    for index, runner in enumerate(own):
        for other in (*own[index + 1 :], *others):
            if runner.leads_to == other.leads_to:
                continue
            if runner.view == other.view:
                yield Finding(runner.place, f"'{runner.view}' stands for two different things in one race")
            elif _covers(pack, runner.view, other.view):
                yield Finding(runner.place, _alike(pack, runner.view, other.view))
            elif _covers(pack, other.view, runner.view):
                yield Finding(runner.place, _alike(pack, other.view, runner.view))


def _already_there(pack: Pack, before: str, own: Sequence[_Runner]) -> Iterator[Finding]:
    for runner in own:
        if _covers(pack, runner.view, before):
            what = f"'{runner.view}' is recognised on '{before}' already, before the press; with 'new_page: false' "
            yield Finding(runner.place, what + "it needs an element that only comes with the press")


def _sign_in(pack: Pack) -> Iterator[Finding]:
    table = pack.sign_in.table
    for index, row in enumerate(table):
        for earlier in table[:index]:
            if earlier.view == row.view or _covers(pack, earlier.view, row.view):
                what = f"this row is never reached: wherever '{row.view}' is, the earlier row '{earlier.view}' fits too"
                yield Finding(("sign_in", "table", index, "view"), what)
                break


def _alike(pack: Pack, general: str, special: str) -> str:
    what = f"wherever '{special}' is, '{general}' is recognised too; "
    if pack.views[general].frame != pack.views[special].frame:
        return what + f"they are in different frames, so recognise '{general}' by something that '{special}' has not"
    return what + f"give '{general}' under 'absent' an element that only '{special}' has"


def _covers(pack: Pack, general: str, special: str) -> bool:
    """Is `general` recognised on every page on which `special` is, as far as the pack tells?"""
    if general not in pack.views or special not in pack.views:
        return False
    first, second = pack.views[general], pack.views[special]
    there = [second.elements[name] for name in second.recognise if name in second.elements]
    # What must be absent is looked for in the view's own frame, and tells nothing about another one.
    absent = first.absent if first.frame == second.frame else ()
    return all(_among(first, name, there) for name in first.recognise) and not any(
        _among(first, name, there) for name in absent
    )


def _among(view: View, name: str, elements: Sequence[Element]) -> bool:
    return name in view.elements and any(set(view.elements[name].find) & set(other.find) for other in elements)
