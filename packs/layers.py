"""Puts a pack together from its layers: what a family shares, the pack itself, and what an office says otherwise.

Keys are put together one by one; a list of the upper layer takes the place of the lower one's, and text maps are put
together text by text. Every part remembers the file and the line that it was written in.
"""

from packs.problems import Finding, PackError, Place
from packs.source import Mark, Plain, Source
from packs.texts import folded


def merged(below: Source, above: Source, *, pack: Source) -> Source:
    """Both layers as one, with the upper one's word where both say something.

    What is made of parts of both has the mark of `pack`, which is one of the two: a key that is missing there is
    missing in the pack.
    """
    marks: dict[Place, Mark] = {}
    data = _merge((), below, above, pack, marks)
    return Source(data=data, marks=marks)


def alike(source: Source) -> Source:
    """The pack with every view that is `like` another one filled up from that one. Raises PackError."""
    views = source.data.get("views") if isinstance(source.data, dict) else None
    if not isinstance(source.data, dict) or not isinstance(views, dict):
        return source
    names = [name for name, view in views.items() if isinstance(view, dict) and isinstance(view.get("like"), str)]
    if not names:
        return source
    whole = {name: _filled_up(source, name, ()) for name in names}
    changed = {(name,) for name in names}
    marks = {
        place: mark for place, mark in source.marks.items() if place[:1] != ("views",) or place[1:2] not in changed
    }
    for name, view in whole.items():
        marks.update({("views", name, *place): mark for place, mark in view.marks.items()})
    filled = {name: whole[name].data if name in whole else view for name, view in views.items()}
    return Source(data={**source.data, "views": filled}, marks=marks)


def _merge(place: Place, below: Source, above: Source, pack: Source, marks: dict[Place, Mark]) -> Plain:
    """This part of both; it stands at the same place in either."""
    if place not in above.marks:
        return _copy(place, below, place, marks)
    if place not in below.marks:
        return _copy(place, above, place, marks)
    lower, upper = below.at(place), above.at(place)
    if isinstance(lower, dict) and isinstance(upper, dict):
        marks[place] = pack.marks[place]
        return {key: _merge((*place, key), below, above, pack, marks) for key in {**lower, **upper}}
    if len(place) == 2 and place[0] == "maps" and _is_rows(lower) and _is_rows(upper):
        marks[place] = pack.marks[place]
        return _rows(place, below, above, marks)
    return _copy(place, above, place, marks)


def _filled_up(source: Source, name: str, waiting: tuple[str, ...]) -> Source:
    """One view with the parts of the view that it is like, as a source of its own; `waiting` are those like it."""
    view = _part_of(source, ("views", name))
    other = view.data.get("like") if isinstance(view.data, dict) else None
    if not isinstance(other, str):
        return view
    views = source.at(("views",))
    place = ("views", name, "like")
    if not isinstance(views, dict) or other not in views:
        known = ", ".join(sorted(views)) if isinstance(views, dict) else "none"
        raise PackError([source.problem(Finding(place, f"there is no view '{other}'; views: {known}"))])
    if other in (name, *waiting):
        raise PackError([source.problem(Finding(place, f"'{other}' is itself like '{name}': neither says what it is"))])
    return merged(_filled_up(source, other, (*waiting, name)), view, pack=view)


def _part_of(source: Source, place: Place) -> Source:
    """What stands at a place, as a source of its own."""
    depth = len(place)
    marks = {below[depth:]: mark for below, mark in source.marks.items() if below[:depth] == place}
    return Source(data=source.at(place), marks=marks)


def _rows(place: Place, below: Source, above: Source, marks: dict[Place, Mark]) -> Plain:
    """The lower layer's texts, with the upper layer's row where it has one for the text; then the upper's others."""
    chosen = [(below, (*place, index)) for index, _ in enumerate(_texts(below, place))]
    where: dict[str, int] = {}
    for index, text in enumerate(_texts(below, place)):
        where.setdefault(text, index)
    for index, text in enumerate(_texts(above, place)):
        row = (above, (*place, index))
        if text in where:
            # Once only: a text that the upper layer has twice stays twice, and is told.
            chosen[where.pop(text)] = row
        else:
            chosen.append(row)
    return [_copy((*place, index), source, at, marks) for index, (source, at) in enumerate(chosen)]


def _texts(source: Source, place: Place) -> list[str]:
    rows = source.at(place)
    return [folded(str(row["text"])) for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []


def _is_rows(part: Plain) -> bool:
    return isinstance(part, list) and all(isinstance(row, dict) and "text" in row for row in part)


def _copy(place: Place, source: Source, at: Place, marks: dict[Place, Mark]) -> Plain:
    """The part as it stands in this layer, with its marks moved to where it stands now."""
    marks[place] = source.marks[at]
    part = source.at(at)
    if isinstance(part, dict):
        return {key: _copy((*place, key), source, (*at, key), marks) for key in part}
    if isinstance(part, list):
        return [_copy((*place, index), source, (*at, index), marks) for index in range(len(part))]
    return part
