"""`python -m tests.soak.appeals`: the crash table of appeals, from the practice portals' own record of events.

For each step on an appeal's way, a run is killed there (kill -9) so many times, each time at another approved appeal;
then the confirmation is lost so many times in each way in which that happens. After each, runs go on as they are. The
table says how often the portal saw an appeal pressed at most, and how each of them ended; its last line is JSON, and
the exit code is 1 when one was pressed twice, ended in no way that is promised, or anything was left over.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import Any

from sandbox.quirks import EVERYWHERE, NATIONAL
from tests.soak.appeals_cell import ROWS, RowResult, Task
from tests.soak.watch import ran, say

_CELL_SECONDS = 7200.0
_COLUMNS = (
    "approved", "most presses", "filed", "reconciled", "refused", "handed over", "pressed twice", "unexplained",
)  # fmt: skip


@dataclass(frozen=True)
class Cell:
    """One row at one portal: its result (None when its process failed) and how many processes it left behind."""

    task: Task
    result: RowResult | None
    left_over: int
    seconds: float


def main() -> int:
    """Make the table that was asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=50, help="appeals of a row (default: 50)")
    parser.add_argument("--portals", nargs="*", choices=EVERYWHERE, default=[NATIONAL])
    parser.add_argument("--rows", nargs="*", choices=ROWS, default=ROWS, metavar="ROW", help="; ".join(ROWS))
    parser.add_argument("--seed", type=int, default=20, help="the seed of patients and claims (default: 20)")
    parser.add_argument("--at-once", type=int, default=2, help="rows at a time (default: 2)")
    given = parser.parse_args()
    tasks = [Task(portal, (row,), given.times, given.seed) for portal in given.portals for row in given.rows]
    began = time.monotonic()
    with ThreadPoolExecutor(max_workers=given.at_once) as executor:
        cells = list(executor.map(_run, tasks))
    print_table(cells, say)
    say(f"{time.monotonic() - began:.0f} seconds.")
    wrong = failures(cells)
    for line in wrong:
        say(line)
    say(json.dumps(summary(given.times, cells)))
    return 1 if wrong else 0


def _run(task: Task) -> Cell:
    end = ran("tests.soak.appeals_cell", asdict(task), seconds=_CELL_SECONDS)
    result = None if end.answer is None else _result(end.answer)
    say(f"{task.portal}, {task.rows[0]}: {'done' if result else 'CRASHED'} in {end.seconds:.0f} seconds.")
    return Cell(task, result, end.left_over, end.seconds)


def _result(rows: list[dict[str, Any]]) -> RowResult:
    (row,) = rows
    return RowResult(**{**row, "unexplained": tuple(row["unexplained"])})


def print_table(cells: Sequence[Cell], say: Callable[[str], None]) -> None:
    """One line for each portal and row."""
    rows = [("portal", "killed at, or lost by", *_COLUMNS, "left", "s"), *map(_row, cells)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    say("")
    for row in rows:
        padded = [
            text.ljust(width) if column < 2 else text.rjust(width)
            for column, (text, width) in enumerate(zip(row, widths, strict=True))
        ]
        say("  ".join(padded))
    say("")


def failures(cells: Sequence[Cell]) -> list[str]:
    """Everything that is not as promised, a line each."""
    found = []
    for cell in cells:
        where, result = f"{cell.task.portal}, {cell.task.rows[0]}", cell.result
        if cell.left_over:
            found.append(f"{where}: {cell.left_over} processes left over")
        if result is None:
            found.append(f"{where}: its process failed")
            continue
        if result.pressed_twice:
            found.append(f"{where}: PRESSED TWICE, {result.pressed_twice} times")
        found += [f"UNEXPLAINED: {line}" for line in result.unexplained]
    return found


def summary(times: int, cells: Sequence[Cell]) -> dict[str, int]:
    """The last line, of all rows together. The appeals of a row whose process failed are unexplained."""
    results = [cell.result for cell in cells if cell.result is not None]
    lost = times * (len(cells) - len(results))
    return {
        "times": times,
        "approved": sum(result.approved for result in results) + lost,
        "pressed_twice": sum(result.pressed_twice for result in results),
        "filed": sum(result.filed for result in results),
        "refused": sum(result.refused for result in results),
        "reconciled": sum(result.reconciled for result in results),
        "handed_over": sum(result.handed_over for result in results),
        "unexplained": sum(len(result.unexplained) for result in results) + lost,
    }


def _row(cell: Cell) -> tuple[str, ...]:
    result, end = cell.result, (str(cell.left_over), f"{cell.seconds:.0f}")
    if result is None:
        return (cell.task.portal, cell.task.rows[0], *("-",) * len(_COLUMNS), *end)
    numbers = (
        result.approved,
        result.most_presses,
        result.filed,
        result.reconciled,
        result.refused,
        result.handed_over,
        result.pressed_twice,
        len(result.unexplained),
    )
    return (cell.task.portal, result.row, *map(str, numbers), *end)


if __name__ == "__main__":
    sys.exit(main())
