"""Where the product's processor time goes in a look-up by browser: by step and process, and by part of the Python side.

The steps are measured without the profiler, which costs time of its own; the shares of the Python side are cProfile's,
of a block after that: of the event loop's thread (talking to the browser, deciding) and of the ledger's.

`python -m bench.hot_spots` prints tables, draws the steps, and leaves `loop.prof` and `ledger.prof` for `pstats`.
"""

import argparse
import pstats
import re
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.look_up import Compared, running_side, say, table
from bench.picture import write_picture
from bench.sides import PRODUCT
from bench.talk import ROOT
from console.charts import Bar, Bars

_ROOMS = ("bots", "flows", "packs", "vault", "ledger", "portalwright", "bench")
_LARGEST = 10
_WAITS = re.compile(r"'poll' of 'select|'acquire' of|'select' of|_queue\.SimpleQueue")
"""Python's own waiting: wall time to the profiler, no processor time."""


@dataclass(frozen=True)
class Spot:
    """A function: whose it is, where it stands, and its own milliseconds in a look-up."""

    part: str
    where: str
    milliseconds: float


def main() -> None:
    """Measure, print, and draw."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--look-ups", type=int, default=20, help="look-ups in a block (default: 20)")
    parser.add_argument("--light", action="store_true", help="at the practice portal with light pages")
    parser.add_argument("--folder", type=Path, default=ROOT / "build" / "bench", help="where profiles and chart go")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="portalwright-bench-") as folder,
        running_side(PRODUCT, Path(folder), 3 * given.look_ups, not given.light) as side,
    ):
        side.ask({"look_ups": given.look_ups})
        steps = side.ask({"look_ups": given.look_ups, "split": True})["steps"]
        side.ask({"look_ups": given.look_ups, "profile": str(given.folder)})
    say("\n".join(table(Compared({}, steps, given.look_ups))[2:]))
    _draw(given.folder / "steps.svg", steps, given.look_ups)
    for thread in ("loop", "ledger"):
        spots = list(_spots(given.folder / f"{thread}.prof", given.look_ups))
        say("\n".join(("", *_lines(thread, spots))))


def _spots(file: Path, look_ups: int) -> Iterator[Spot]:
    stats: dict[Any, Any] = vars(pstats.Stats(str(file)))["stats"]
    for (path, line, function), (_, _, own, _, _) in stats.items():
        where = f"{_short(path)}:{line} {function}" if line else re.sub(" at 0x[0-9a-f]+", "", function)
        if not _WAITS.search(where):
            yield Spot(_part(path, function), where, own * 1000 / look_ups)


def _part(path: str, function: str) -> str:
    """The room of ours, else the library; what is built in is Python's."""
    library = re.search(r"site-packages/([\w]+)", path)
    if library:
        return library[1]
    room = next((room for room in _ROOMS if path.startswith(str(ROOT / room))), "")
    built_in = re.search(r"of '([a-z]\w+)\.|<(?:built-in method|method) ([a-z]\w+)\.", function)
    return room or (built_in[1] or built_in[2] if built_in else "python")


def _short(path: str) -> str:
    for root in (f"{ROOT}/", "site-packages/", "lib/python"):
        path = path.rpartition(root)[2]
    return path


def _lines(thread: str, spots: list[Spot]) -> list[str]:
    parts: dict[str, float] = defaultdict(float)
    for spot in spots:
        parts[spot.part] += spot.milliseconds
    by_part = sorted(parts.items(), key=lambda one: -one[1])[:_LARGEST]
    lines = [f"the {thread}'s thread under cProfile, own milliseconds in a look-up: {sum(parts.values()):.1f}"]
    lines.append("  " + ", ".join(f"{part} {own:.1f}" for part, own in by_part))
    largest = sorted(spots, key=lambda spot: -spot.milliseconds)[:_LARGEST]
    return lines + [f"  {spot.milliseconds:7.2f}  {spot.where}" for spot in largest]


def _draw(file: Path, steps: dict[str, dict[str, float]], look_ups: int) -> None:
    """One bar a step: all its processor time, and how much of it is the browser's."""
    bars = []
    for name, cost in steps.items():
        all_of_it, browsers = (
            sum(cost[part] for part in parts) * 1000 / look_ups
            for parts in (("python", "driver", "browser"), ("browser",))
        )
        bars.append(Bar(name, all_of_it, f"{all_of_it:.0f} ms, browser {browsers:.0f}"))
    largest_first = sorted(bars, key=lambda bar: -bar.value)
    write_picture(file, Bars("The product's processor time in a look-up, by step", largest_first))


if __name__ == "__main__":
    main()
