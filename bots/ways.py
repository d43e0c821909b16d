"""Says for a person by which ways an element was looked for, and what each of them led to."""

from collections.abc import Sequence

from packs.elements import Way


def tried(name: str, find: Sequence[Way], places: Sequence[int]) -> tuple[str, ...]:
    """One line for each way, in the pack's own words: "heading: css 'main h1': 2 places". No text of the page."""
    counts = places or (0,) * len(find)
    return tuple(f"{name}: {_written(way)}: {_led_to(count)}" for way, count in zip(find, counts, strict=True))


def _written(way: Way) -> str:
    sought = getattr(way, way.kind)
    name = f" named {way.name!r}" if way.name is not None else ""
    under = f" under {way.under!r}" if way.under is not None else ""
    return f"{way.kind} {sought!r}{name}{under}"


def _led_to(places: int) -> str:
    return {0: "found nothing", 1: "found one place"}.get(places, f"found {places} places")
