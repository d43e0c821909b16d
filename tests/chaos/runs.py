"""Runs nights of the chaos, each in a process of its own, and prints what they came to."""

import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from subprocess import TimeoutExpired

from tests.chaos.process import Task
from tests.chaos.table import print_table
from tests.chaos.toll import Toll, failures, summary
from tests.soak.watch import Ran, ran, say

_MORE_SECONDS = 900.0
"""For making the office, and for everything that is awaited after the last question."""


def run_all(tasks: Sequence[Task], *, at_once: int = 1) -> int:
    """Run these, so many at a time, print the table and, as the last line, JSON; 1 when anything is not as promised."""
    began = time.monotonic()
    tolls, wrong = [], []
    with ThreadPoolExecutor(max_workers=at_once) as executor:
        for task, end in zip(tasks, executor.map(_run, tasks), strict=True):
            if end is None:
                wrong.append(f"{task.name}: it was not over in time")
                continue
            if end.answer is None:
                wrong.append(f"{task.name}: its process failed")
            else:
                tolls.append(Toll.from_json(end.answer))
            if end.left_over:
                wrong.append(f"{task.name}: {end.left_over} processes left over")
    print_table(tolls, say)
    say(f"{time.monotonic() - began:.0f} seconds.")
    wrong += failures(tolls)
    for line in wrong:
        say(line)
    say(json.dumps(summary(tolls)))
    return 1 if wrong else 0


def _run(task: Task) -> Ran | None:
    """What came of the night; None where it had to be ended."""
    try:
        end = ran("tests.chaos.process", asdict(task), seconds=task.seconds + _MORE_SECONDS)
    except TimeoutExpired as late:
        say(f"{task.name}: ENDED after {late.timeout:.0f} seconds.")
        return None
    say(f"{task.name}: {'CRASHED' if end.answer is None else 'done'} in {end.seconds:.0f} seconds.")
    return end
