"""What it costs a worker to go through many questions of one session, with a portal that answers at once.

The worker, its dispatch and the ledger are real; the session is scripted. The questions are imported first, in pieces,
so that the benchmark itself never holds them all; the import is not counted, but its memory is.

`python -m bench.many_items 1000` prints a line of JSON: seconds of processor time and on the clock, and the most MiB.
"""

import argparse
import asyncio
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from bench.talk import ROOT

_PORTAL = "practice-national"
_PIECE = 500
_OF_A_MEBIBYTE = 1024**2 if sys.platform == "darwin" else 1024
"""What the system counts a process's memory in: bytes there, KiB elsewhere."""


@dataclass(frozen=True)
class ItemsCost:
    """So many items: milliseconds an item of processor time and on the clock, and the most MiB of the process."""

    items: int
    cpu_ms: float
    wall_ms: float
    memory_mib: float


def main() -> None:
    """Measure in this process, and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("items", type=int, help="questions that are due")
    items: int = parser.parse_args().items
    from ledger.start import close_connection, open_ledger

    with tempfile.TemporaryDirectory(prefix="portalwright-bench-") as folder:
        open_ledger(Path(folder) / "ledger.db", lambda: b"k" * 32)
        try:
            cost = asyncio.run(_work_through(items))
        finally:
            close_connection()
    sys.stdout.write(json.dumps(asdict(cost)) + "\n")


def many_items(items: int) -> ItemsCost:
    """The same in a process of its own."""
    command = [sys.executable, "-m", "bench.many_items", str(items)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, cwd=ROOT)  # noqa: S603 # our own
    return ItemsCost(**json.loads(done.stdout.splitlines()[-1]))


async def _work_through(items: int) -> ItemsCost:
    from ledger import work
    from ledger.thread import LedgerThread
    from tests.ledger.office import digest, question
    from tests.schedules.night_office import all_done, make_office, pack

    async with LedgerThread() as ledger:
        office = await ledger.call(make_office, ledger, pack(_PORTAL), questions=0)
        for begin in range(0, items, _PIECE):
            asked = [question(number) for number in range(begin, min(begin + _PIECE, items))]
            await ledger.call(work.import_claims, asked, office.person, office.clock.now(), digest=digest)
        cpu, wall = time.process_time(), time.perf_counter()
        await office.worker(sessions=1).run_once()
        cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
        if office.failures or not await ledger.call(all_done):
            raise SystemExit(f"The items were not all answered: {office.failures[:3]}")
    held = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    each = 1000 / items
    return ItemsCost(items, round(cpu * each, 2), round(wall * each, 2), round(held / _OF_A_MEBIBYTE, 1))


if __name__ == "__main__":
    main()
