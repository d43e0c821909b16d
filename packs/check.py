"""Looks for contradictions between the parts of a pack that no part can see by itself: names, actions, types, texts.

By subject: views and tables (`check_views`), steps, forms and interruptions (`check_moves`), what goes into fields
(`check_fields`), what commits (`check_writes`), what is read without opening a page (`check_direct`), signing in
(`check_sign_in`), what nothing uses (`unused`), what each job needs (`needs`), and whether pages can be told apart
(`races`).
"""

from collections.abc import Iterator

from packs.check_direct import direct
from packs.check_moves import between, forms
from packs.check_sign_in import sign_in
from packs.check_views import views
from packs.check_writes import writes
from packs.models import Pack
from packs.needs import missing
from packs.problems import Finding
from packs.races import indistinguishable
from packs.texts import folded
from packs.unused import unused


def contradictions(pack: Pack) -> Iterator[Finding]:
    """Everything in the pack that contradicts itself or that a flow would miss, in no particular order."""
    yield from views(pack)
    yield from forms(pack)
    yield from sign_in(pack)
    yield from between(pack)
    yield from writes(pack)
    yield from direct(pack)
    yield from _maps(pack)
    yield from unused(pack)
    yield from missing(pack)
    yield from indistinguishable(pack)


def _maps(pack: Pack) -> Iterator[Finding]:
    for name, rows in pack.maps.items():
        seen: dict[str, int] = {}
        for index, row in enumerate(rows):
            text = folded(row.text)
            if text in seen:
                what = f"the text is in entry {seen[text] + 1} already; case and spacing do not tell texts apart"
                yield Finding(("maps", name, index, "text"), what)
            seen.setdefault(text, index)
