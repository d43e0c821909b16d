"""`python -m tests.chaos.process TASK`: one night of the chaos in a process of its own; its last line is the result."""

import json
import sys
import tempfile
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from flows.questions import Flow
from sandbox.process import PracticePortal
from sandbox.quirks import EVERYWHERE
from tests.chaos import troubles
from tests.chaos.killer import Life
from tests.chaos.night import night, random_night
from tests.chaos.office import furnish, move_to_server
from tests.chaos.stepwise import stepwise_night
from tests.chaos.toll import Toll
from tests.ledger.server_tools import execute
from tests.postgresql_server import Server, start_server

RANDOM, STEPWISE = "random", "stepwise"
POSTGRESQL, SQLITE = "postgresql", "sqlite"
_DATABASE = "office"


@dataclass(frozen=True)
class Task:
    """One night: what happens in it, on which ledger, with how many workers, at which portals.

    `claims` and `visits` are asked about at each portal, and so many `appeals` are filed there; `flow` is that of a
    stepwise night, which begins with the steps of a session where `sign_in` says so. `sessions` are the most at a time
    in one process, `life_steps` and `life_seconds` the longest that a process lives (see `killer.Life`).
    """

    name: str
    kind: str
    engine: str = SQLITE
    workers: int = 1
    sessions: int = 4
    portals: tuple[str, ...] = tuple(EVERYWHERE)
    claims: int = 60
    visits: int = 10
    appeals: int = 0
    kills: int = 0
    life_steps: int = 40
    life_seconds: float = 60.0
    seconds: float = 3600.0
    flow: str = ""
    sign_in: bool = False
    seed: int = 20

    @classmethod
    def from_json(cls, text: str) -> "Task":
        given = json.loads(text)
        return cls(**{**given, "portals": tuple(given["portals"])})


def run(task: Task, folder: Path) -> Toll:
    """Make everything, let the night happen, judge."""
    with ExitStack() as stack:
        portals = [
            stack.enter_context(PracticePortal(name, seed=task.seed, claims=task.claims, appointments=task.visits))
            for name in task.portals
        ]
        office = furnish(folder, portals, appeals=task.appeals, lists=task.kind != STEPWISE)
        server: Server | None = None
        if task.engine == POSTGRESQL:
            server = start_server(stack)
            execute(server, f"CREATE DATABASE {_DATABASE}")
            move_to_server(office, server, _DATABASE)
        more = ("--sessions", str(task.sessions))
        given = stack.enter_context(night(task.name, office, portals, task.workers, *more))
        if task.kind == RANDOM:
            life = Life(task.life_steps, task.life_seconds)
            return random_night(given, task.kills, life=life, seed=task.seed, seconds=task.seconds)
        if task.kind == STEPWISE:
            return stepwise_night(given, Flow(task.flow), sign_in=task.sign_in)
        return troubles.TROUBLES[task.kind](given, server)


def main(task: Task) -> Toll:
    """Run it in a throw-away folder."""
    with tempfile.TemporaryDirectory(prefix="portalwright-chaos-") as temporary, ExitStack() as stack:
        folder = Path(temporary)
        if task.kind == troubles.DISK_FULL:
            stack.enter_context(troubles.small_disk(folder))
        return run(task, folder)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(main(Task.from_json(sys.argv[1])).as_json()) + "\n")
