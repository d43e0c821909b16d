"""Is what was read without opening a page what the opened page shows? Compared text by text."""

from collections.abc import Iterator, Mapping, Sequence

from flows.answers import Shown
from flows.outcomes import Code, Ending, Outcome, Reason
from flows.portal import Reading, Value

_WHAT = (
    "Read without opening the page, the portal shows something else than when the page is opened. For the rest of this "
    "session pages are opened, and the answer is the opened page's."
)


def difference(
    directly: Outcome, fetched: Sequence[Reading], opened: Outcome, shown: Sequence[Reading]
) -> Outcome | None:
    """What the same question came to in both ways, as a DRIFT for a person where that is not the same.

    `fetched` and `shown` are all views that were read, directly and by opening. None: they say the same, text by text.
    """
    found = next(_differing(fetched, shown), None)
    if found is None and _said(directly) == _said(opened):
        return None
    view, element, seen = found or (None, None, ())
    return Outcome(
        ending=Ending.DRIFT,
        reason=Reason(code=Code.TECH_LAYOUT, what=_WHAT, view=view, element=element, seen=seen),
    )


def _said(outcome: Outcome) -> object:
    """What came of the question, without the instant of the answer."""
    answer, reason = outcome.answer, outcome.reason
    return (
        outcome.ending,
        reason.code if reason is not None else None,
        (answer.normalised, answer.extracted) if answer is not None else None,
    )


def _differing(
    fetched: Sequence[Reading], shown: Sequence[Reading]
) -> Iterator[tuple[str, str | None, tuple[Shown, ...]]]:
    """View, element and both texts of everything that differs."""
    for one, other in zip(fetched, shown, strict=False):
        if one == other:
            continue
        if one.view != other.view:
            yield other.view, None, ()
            continue
        yield from ((one.view, name, seen) for name, seen in _values(one.fields, other.fields))
        for table in sorted(one.tables.keys() | other.tables.keys()):
            ours, theirs = one.tables.get(table, ()), other.tables.get(table, ())
            for row, same in zip(ours, theirs, strict=False):
                yield from ((one.view, f"{table}.{name}", seen) for name, seen in _values(row.cells, same.cells))
            if len(ours) != len(theirs):
                yield one.view, table, ()
        yield one.view, None, ()
    if len(fetched) != len(shown):
        longer = fetched if len(fetched) > len(shown) else shown
        yield longer[min(len(fetched), len(shown))].view, None, ()


def _values(ours: Mapping[str, Value], theirs: Mapping[str, Value]) -> Iterator[tuple[str, tuple[Shown, ...]]]:
    for name in sorted(ours.keys() | theirs.keys()):
        if ours.get(name) != theirs.get(name):
            yield name, tuple(value.shown for value in (ours.get(name), theirs.get(name)) if value is not None)
