"""The table that the chaos prints: a line for each night."""

from collections.abc import Callable, Sequence

from tests.chaos.toll import FIGURES, Toll

_SHORT = {"presses_over_budget": "over budget", "lanes_twice": "lanes 2x", "appeals_twice": "appeals 2x"}


def print_table(tolls: Sequence[Toll], say: Callable[[str], None]) -> None:
    """Figures, right-aligned under their names."""
    heads = [_SHORT.get(name, name.replace("_", " ")) for name in FIGURES]
    rows = [
        (
            "night",
            "questions",
            "answered",
            "parked",
            "kills",
            "stops",
            *heads,
            "wrong",
            "cleared",
            "codes",
            "again s",
            "s",
        )
    ]
    rows += [_row(toll) for toll in tolls]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    say("")
    for row in rows:
        first, *others = (
            text.ljust(width) if not place else text.rjust(width)
            for place, (text, width) in enumerate(zip(row, widths, strict=True))
        )
        say("  ".join((first, *others)))
    say("")


def _row(toll: Toll) -> tuple[str, ...]:
    counted = (toll.questions, toll.answered, toll.parked, toll.kills, toll.stops, *toll.figures().values())
    return (
        toll.name,
        *map(str, counted),
        str(len(toll.wrong)),
        str(toll.cleared),
        str(toll.codes),
        f"{toll.again_seconds:.1f}",
        f"{toll.seconds:.0f}",
    )
