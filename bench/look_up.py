"""What a claim-status look-up costs: the product against a bare Playwright script on the same practice portal.

All sides do the same steps for the same claims in the same browser with the same arguments; the product also makes sure
whose claim it is, seals the pages as evidence and writes the ledger. They run in turns, a block of look-ups each, and
the ratio is the median over the pairs. A second bare script takes its turn too: how far it is from the first one is
the noise of the measurement. The practice portals' own processes are not counted.

`python -m bench.look_up` prints a table and, as its last line, JSON. `python -m bench.suite` (`make bench`) is the
whole: every side, heavy pages, memory, and pictures.
"""

import argparse
import contextlib
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bench.facts import machine
from bench.memory import MostMemory
from bench.practice import practice_task
from bench.processor_time import Meter, Used
from bench.sides import CANDIDATES, PRODUCT, SCRIPT, Candidate, absent
from bench.talk import Side

_SETTLE_SECONDS = 0.3
"""What the browser still does after a look-up (collecting garbage, writing its cache) belongs to the look-up."""

Steps = dict[str, dict[str, float]]


@dataclass
class Measured:
    """What one side used."""

    used: list[Used] = field(default_factory=list)
    """Seconds of processor time per look-up, one entry a block."""
    wall: list[float] = field(default_factory=list)
    """Seconds per look-up, one entry a block."""


@dataclass(frozen=True)
class Compared:
    """All sides, in the order in which they were given, and the product's seconds in a block by step."""

    by_side: dict[Candidate, Measured]
    steps: Steps
    look_ups: int

    def ratios(self, side: Candidate) -> list[float]:
        """The ratios of processor time to the bare script's, pair by pair."""
        pairs = zip(self.by_side[side].used, self.by_side[SCRIPT].used, strict=True)
        return [one.total / bare.total for one, bare in pairs]

    def ratio(self, side: Candidate) -> float | None:
        """The median of the ratios; None without this side or without the bare script."""
        if side not in self.by_side or SCRIPT not in self.by_side:
            return None
        return round(statistics.median(self.ratios(side)), 3)


def main() -> None:
    """Measure and print."""
    names = [side.name for side in CANDIDATES]
    usual = ("product", "script", "script again", "script, field by field")
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pairs", type=int, default=9, help="blocks of each side (default: 9)")
    parser.add_argument("--look-ups", type=int, default=20, help="look-ups in a block (default: 20)")
    parser.add_argument("--only", nargs="*", choices=names, default=usual, help="the sides to run")
    parser.add_argument("--heavy", action="store_true", help="at the practice portal with heavy pages")
    given = parser.parse_args()
    wanted = [side for side in CANDIDATES if side.name in given.only]
    for side in wanted:
        if why := absent(side):
            raise SystemExit(f"{side.name}: {why}")
    compared = compare(wanted, pairs=given.pairs, look_ups=given.look_ups, heavy=given.heavy)
    say("\n".join(table(compared)))
    say(json.dumps(_summary(compared, given.pairs)))


def compare(sides: Sequence[Candidate], *, pairs: int, look_ups: int, heavy: bool) -> Compared:
    """Run the sides in turns. Raises SystemExit when a look-up did not give the answer: nothing could be compared."""
    with contextlib.ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portalwright-bench-")))
        blocks = pairs + 2
        running = {
            side: stack.enter_context(running_side(side, folder, blocks * side.look_ups(look_ups), heavy))
            for side in sides
        }
        for side, process in running.items():
            # The first look-ups of a browser compile its scripts and fill its caches.
            process.ask({"look_ups": side.look_ups(look_ups)})
        measured = {side: Measured() for side in sides}
        for pair in range(pairs):
            # Each side goes first as often as the others.
            for side in (*sides[pair % len(sides) :], *sides[: pair % len(sides)]):
                _measure(running[side], side.look_ups(look_ups), measured[side])
        steps: Steps = {}
        if PRODUCT in running:
            steps = running[PRODUCT].ask({"look_ups": look_ups, "split": True})["steps"]
    return Compared(measured, steps, look_ups)


@contextlib.contextmanager
def running_side(side: Candidate, folder: Path, questions: int, heavy: bool) -> Iterator[Side]:
    """A side that has signed in at a practice portal of its own: a portal allows one session."""
    own = folder / side.key
    # The product's first question is its warming up, before the first order.
    with (
        practice_task(own, questions + 1, heavy=heavy) as task,
        Side(side.module, task, *side.options, python=side.python) as running,
    ):
        yield running


def most_memory(side: Candidate, look_ups: int, *, heavy: bool) -> dict[str, float]:
    """The most memory (MiB) that the side holds while it looks up so many claims, alone; see `MostMemory`."""
    with tempfile.TemporaryDirectory(prefix="portalwright-bench-") as folder:
        count = side.look_ups(look_ups)
        with running_side(side, Path(folder), count, heavy) as running, MostMemory(running.process_id) as memory:
            running.ask({"look_ups": count})
        return memory.mebibytes


def _measure(side: Side, look_ups: int, measured: Measured) -> None:
    meter = Meter(side.process_id)
    before = meter.read()
    said = side.ask({"look_ups": look_ups})
    time.sleep(_SETTLE_SECONDS)
    if said["right"] != look_ups:
        raise SystemExit(f"Only {said['right']} of {look_ups} look-ups gave the answer; the comparison would be void.")
    meter.find_children()
    measured.used.append((meter.read() - before).each(look_ups))
    measured.wall.append(said["seconds"] / look_ups)


def _summary(compared: Compared, pairs: int) -> dict[str, Any]:
    facts: dict[str, Any] = {}
    for side, one in compared.by_side.items():
        if side is not SCRIPT and SCRIPT in compared.by_side:
            ratios = compared.ratios(side)
            facts[f"{side.key}_cpu_ratio"] = compared.ratio(side)
            facts[f"{side.key}_cpu_ratio_range"] = [round(min(ratios), 3), round(max(ratios), 3)]
        facts[f"{side.key}_cpu_ms"] = milliseconds(one.used)
    return {**facts, "pairs": pairs, "look_ups": compared.look_ups, **machine()}


def milliseconds(used: list[Used]) -> float:
    """The median of the blocks' processor time per look-up."""
    return round(statistics.median(one.total for one in used) * 1000, 1)


_PARTS = ("cpu", "python", "driver", "browser", "wall")


def table(compared: Compared) -> list[str]:
    """All sides and, where the product was among them, its steps; milliseconds a look-up.

    Of a side that starts a browser for each look-up only the sum is known.
    """
    lines = [f"{'milliseconds a look-up (medians)':34}" + "".join(f"{part:>9}" for part in (*_PARTS, "ratio"))]
    for side, one in compared.by_side.items():
        parts = [[getattr(block, part) for block in one.used] for part in ("total", "python", "driver", "browser")]
        numbers = [f"{statistics.median(values) * 1000:9.1f}" for values in (*parts, one.wall)]
        if not side.alive:
            numbers[1:4] = [f"{'':9}"] * 3
        ratio = compared.ratio(side)
        lines.append(f"{side.name:34}" + "".join(numbers) + ("" if ratio is None else f"{ratio:9.3f}"))
    if not compared.steps:
        return lines
    lines += ["", f"{'the product by step':25}{'times':>9}" + "".join(f"{part:>9}" for part in _PARTS)]
    for step, cost in sorted(compared.steps.items(), key=lambda item: -item[1]["wall"]):
        python, driver, browser, wall = (cost[part] * 1000 / compared.look_ups for part in _PARTS[1:])
        parts_of_step = [f"{number:9.1f}" for number in (python + driver + browser, python, driver, browser, wall)]
        lines.append(f"{step:25}{cost['times'] / compared.look_ups:9.1f}" + "".join(parts_of_step))
    return lines


def say(line: str) -> None:
    """Print it at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
