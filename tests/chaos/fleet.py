"""`python -m tests.chaos.fleet`: four workers over PostgreSQL work at four practice portals while they are killed.

They are killed (SIGKILL) and stopped for a while (SIGSTOP, SIGCONT) at random instants all the while, and started
again. With `--engine sqlite` the ledger is a file, and there is one worker. Prints a table and, as its last line, JSON;
the exit code is 1 when anything is lost, double, pressed too often or left over.
"""

import argparse
import sys

from sandbox.quirks import EVERYWHERE
from tests.chaos.process import POSTGRESQL, RANDOM, SQLITE, Task
from tests.chaos.runs import run_all

_WORKERS = 4
_VISITS_OF_ALL = 0.15
_APPEALS = 3
_KILLS_FOR_EVER = 10**6
_LIFE_STEPS = {POSTGRESQL: 300, SQLITE: 150}
_LIFE_SECONDS = 90.0
_NIGHT_SECONDS = 4 * 3600.0


def main() -> int:
    """Run the fleet's night."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--questions", type=int, default=2000, help="questions of all portals (default: 2000)")
    parser.add_argument("--engine", choices=(POSTGRESQL, SQLITE), default=POSTGRESQL)
    parser.add_argument("--seed", type=int, default=20, help="of patients, claims and kills (default: 20)")
    given = parser.parse_args()
    each = given.questions // len(EVERYWHERE)
    visits = round(each * _VISITS_OF_ALL)
    on_server = given.engine == POSTGRESQL
    return run_all(
        [
            Task(
                name=f"fleet, {_WORKERS} workers" if on_server else "one worker",
                kind=RANDOM,
                engine=given.engine,
                workers=_WORKERS if on_server else 1,
                sessions=2 if on_server else 4,
                portals=EVERYWHERE,
                claims=each - visits,
                visits=visits,
                appeals=_APPEALS,
                kills=_KILLS_FOR_EVER,
                life_steps=_LIFE_STEPS[given.engine],
                life_seconds=_LIFE_SECONDS,
                seconds=_NIGHT_SECONDS,
                seed=given.seed,
            )
        ]
    )


if __name__ == "__main__":
    sys.exit(main())
