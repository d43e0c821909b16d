"""Says for a case what was looked for on the page before us, and how each way to find it did. Never fails."""

from collections.abc import Mapping, Sequence

from bots.engine import PageEngine
from bots.faults import PageFailed
from bots.found import FoundElement
from bots.ways import tried
from packs.models import Pack


async def closest(engine: PageEngine, pack: Pack, sought: Sequence[str], view: str | None) -> dict[str, object]:
    """Of the views that were waited for, the one that the page before us comes closest to, and what it lacks.

    As `view`, `element` and `ways` of a reason; `view` is what stays when no view was waited for.
    """
    looked_at = {name: await _found(engine, pack, name, pack.views[name].recognise) for name in sought}
    if not looked_at:
        return {"view": view}
    name, found = max(looked_at.items(), key=lambda item: _share_found(item[1]))
    elements = pack.views[name].elements
    lacking = [element for element, one in found.items() if not one.there]
    ways = [
        line
        for element in (lacking or found)
        for line in tried(f"{name}.{element}", elements[element].find, found[element].places)
    ]
    if not found:
        ways.append(f"{name}: its frame '{pack.views[name].frame}' is not there")
    if len(sought) > 1:
        ways.append(f"nor was any of the {len(sought) - 1} other pages there that might have come")
    return {"view": name, "element": next(iter(lacking), None), "ways": tuple(ways)}


async def ways_of(engine: PageEngine, pack: Pack, view: str, names: Sequence[str]) -> tuple[str, ...]:
    """How each way to these elements of a view does now; nothing where that cannot be known."""
    found = await _found(engine, pack, view, names)
    elements = pack.views[view].elements
    return tuple(
        line for name, one in found.items() for line in tried(f"{view}.{name}", elements[name].find, one.places)
    )


async def _found(engine: PageEngine, pack: Pack, view: str, names: Sequence[str]) -> dict[str, FoundElement]:
    """These elements of a view as they are now; empty when its frame is not there."""
    if not engine.has_view_frame(pack.views[view]):
        return {}
    try:
        return await engine.values({name: pack.views[view].elements[name] for name in names})
    except PageFailed:
        return {}


def _share_found(found: Mapping[str, FoundElement]) -> float:
    """How much of what a view is recognised by was found by at least one of its ways."""
    ways = [places > 0 for element in found.values() for places in element.places]
    return sum(ways) / len(ways) if ways else -1.0
