"""`python -m tests.chaos`: workers killed at random and at every named step, and a world that fails around them.

Half of the random kills hit one worker over a ledger in a file, half of them two workers over PostgreSQL; the steps are
those of signing in and of every flow; then the database is away for a minute, the disk is full, the portal is away for
an hour, and the clock is set. Each night runs in a process of its own, two at a time. Prints a table and, as its last
line, JSON; the exit code is 1 when anything is lost, double, pressed too often or left over.
"""

import argparse
import sys

from flows.questions import Flow
from sandbox.quirks import EVERYWHERE, NATIONAL
from tests.chaos import troubles
from tests.chaos.process import POSTGRESQL, RANDOM, SQLITE, STEPWISE, Task
from tests.chaos.runs import run_all
from tests.chaos.steps import STEPS
from tests.soak.watch import say

_CLAIMS_FOR_A_KILL = 4
_STEPWISE_CLAIMS = 60
"""With fewer, too few of them can be appealed."""


def main() -> int:
    """Run the nights that were asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=300, help="kills at random instants (default: 300)")
    parser.add_argument("--seed", type=int, default=20, help="of patients, claims and kills (default: 20)")
    parser.add_argument("--nights", nargs="*", choices=_NIGHTS, default=_NIGHTS, help="which parts; all of them")
    parser.add_argument("--at-once", type=int, default=2, help="nights at a time (default: 2)")
    given = parser.parse_args()
    tasks = []
    for name in given.nights:
        if name == troubles.DISK_FULL and not troubles.can_mount():
            say(f"{name}: left out, because no file system of its own can be mounted here (that takes root).")
            continue
        tasks.append(_task(name, given.kills, given.seed))
    return run_all(tasks, at_once=given.at_once)


_RANDOM_SQLITE, _RANDOM_POSTGRESQL = "random kills, file", "random kills, server"
_STEPS = {f"steps of {flow}": flow for flow in STEPS}
_NIGHTS = (_RANDOM_SQLITE, _RANDOM_POSTGRESQL, *_STEPS, *troubles.TROUBLES)


def _task(name: str, kills: int, seed: int) -> Task:
    if name in (_RANDOM_SQLITE, _RANDOM_POSTGRESQL):
        on_server = name == _RANDOM_POSTGRESQL
        here = kills // 2 if on_server else kills - kills // 2
        return Task(
            name=name,
            kind=RANDOM,
            engine=POSTGRESQL if on_server else SQLITE,
            workers=2 if on_server else 1,
            portals=EVERYWHERE,
            claims=max(here * _CLAIMS_FOR_A_KILL // len(EVERYWHERE), 60),
            appeals=3,
            kills=here,
            seconds=3600.0 + 30.0 * here,
            seed=seed,
        )
    if name in _STEPS:
        flow = _STEPS[name]
        return Task(
            name=name,
            kind=STEPWISE,
            portals=(NATIONAL,),
            claims=_STEPWISE_CLAIMS,
            visits=30,
            flow=flow,
            sign_in=flow is Flow.CLAIM_STATUS,
            seed=seed,
        )
    engine = POSTGRESQL if name == troubles.DATABASE_AWAY else SQLITE
    return Task(name=name, kind=name, engine=engine, portals=(NATIONAL,), claims=150, seed=seed)


if __name__ == "__main__":
    sys.exit(main())
