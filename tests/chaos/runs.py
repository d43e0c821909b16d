"""Runs nights of the chaos one after the other, each in a process of its own, and prints what they came to."""

import json
import time
from collections.abc import Sequence
from dataclasses import asdict

from tests.chaos.process import Task
from tests.chaos.table import print_table
from tests.chaos.toll import Toll, failures, summary
from tests.soak.watch import ran, say

_MORE_SECONDS = 900.0
"""For making the office, and for everything that is awaited after the last question."""


def run_all(tasks: Sequence[Task]) -> int:
    """Run these, print the table and, as the last line, JSON; 1 when anything is not as promised, else 0."""
    began = time.monotonic()
    tolls, wrong = [], []
    for task in tasks:
        end = ran("tests.chaos.process", asdict(task), seconds=task.seconds + _MORE_SECONDS)
        say(f"{task.name}: {'CRASHED' if end.answer is None else 'done'} in {end.seconds:.0f} seconds.")
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
