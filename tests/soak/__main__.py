"""`python -m tests.soak`: one job at every practice portal, without quirks, as often as in the field, ten times.

The job is claim status, or the one named with --flow; there each appointment, or each payment, is judged.

Each cell (a portal at a level) runs in a process of its own, two at a time. Prints a table and, as its last line, JSON;
the exit code is 1 when a single answer is wrong, or anything else is not as promised.
"""

import argparse
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from itertools import product

from flows.questions import Flow
from sandbox.quirks import EVERYWHERE, LEVELS
from tests.soak.cell import CellResult, Task
from tests.soak.table import Cell, failures, print_cells, print_packs, summary
from tests.soak.watch import ran, say

_CELL_SECONDS = 3600.0


def main() -> int:
    """Run the cells that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument(
        "--claims", type=int, default=100, help="questions of a cell; for remittances: claims paid (default: 100)"
    )
    parser.add_argument("--flow", choices=[flow.value for flow in Flow], default=Flow.CLAIM_STATUS.value)
    parser.add_argument("--portals", nargs="*", choices=EVERYWHERE, default=EVERYWHERE)
    parser.add_argument("--levels", nargs="*", choices=LEVELS, default=LEVELS)
    parser.add_argument("--seed", type=int, default=20, help="the seed of patients, claims and quirks (default: 20)")
    parser.add_argument("--at-once", type=int, default=2, help="cells at a time (default: 2)")
    given = parser.parse_args()
    tasks = [
        Task(portal=portal, level=level, claims=given.claims, seed=given.seed, flow=given.flow)
        for level, portal in product(given.levels, given.portals)
    ]
    began = time.monotonic()
    with ThreadPoolExecutor(max_workers=given.at_once) as executor:
        cells = list(executor.map(_run, tasks))
    cells.sort(key=lambda cell: (given.portals.index(cell.task.portal), given.levels.index(cell.task.level)))
    say("")
    print_cells(cells, say)
    print_packs(given.portals, say)
    say(f"{time.monotonic() - began:.0f} seconds.")
    wrong = failures(cells)
    for line in wrong:
        say(line)
    say(json.dumps(summary(cells)))
    return 1 if wrong else 0


def _run(task: Task) -> Cell:
    end = ran("tests.soak.process", asdict(task), seconds=_CELL_SECONDS)
    result = None if end.answer is None else CellResult.from_json(end.answer)
    say(f"{task.portal} {task.level}: {'done' if result else 'CRASHED'} in {end.seconds:.0f} seconds.")
    return Cell(task=task, result=result, used=end.used, left_over=end.left_over, seconds=end.seconds)


if __name__ == "__main__":
    sys.exit(main())
