"""`python -m tests.soak.memory`: does a long session need more and more memory? 2,000 look-ups in one, and the slope.

The same questions are asked again and again, without a new sign-in. Every 50 look-ups the memory of worker, driver
and browser is read: what they hold themselves, without the files that they only read (the browser's own program). What
of those counts as a process's own (USS) or as its share (PSS) jumps by 80 MiB whenever another browser of the computer
starts or ends. The last line is JSON; the exit code is 1 when the slope is above the bound.
"""

import argparse
import asyncio
import json
import os
import secrets
import statistics
import sys
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

import psutil

from bots.worker import Progress
from flows.questions import ClaimStatus, Flow
from ledger import work
from ledger.start import close_connection, open_ledger
from sandbox.process import PracticePortal
from sandbox.quirks import EVERYWHERE, NATIONAL
from tests.bots.night import Night, night, questions
from tests.soak.person import Person

EVERY = 50
WARM_UP = 400
"""The first look-ups fill caches, in two windows; they are printed, and stand outside the slope."""
BOUND = 10.0
"""MiB per 1,000 look-ups. A session of a whole night (5,000 look-ups) may not grow by more than 50 MiB."""

PLAIN = frozenset(
    {"paid", "denied", "in review", "pending", "processed, paid", "records requested", "zero-pay deductible"}
)
_CLAIMS = 300
_MIB = 1024 * 1024


@dataclass
class Memory:
    """What was read, in MiB: look-ups so far, and the memory of each part."""

    look_ups: list[int] = field(default_factory=list)
    parts: dict[str, list[float]] = field(default_factory=lambda: {"worker": [], "driver": [], "browser": []})

    def read(self, look_ups: int) -> None:
        """Read the memory of this process and of all that it has started, but for the practice portal."""
        me = psutil.Process(os.getpid())
        sums = dict.fromkeys(self.parts, 0)
        sums["worker"] = _held(me)
        for process in me.children(recursive=True):
            try:
                name = process.name().lower()
                if "python" not in name:
                    sums["driver" if "node" in name else "browser"] += _held(process)
            except (psutil.Error, OSError):
                continue
        self.look_ups.append(look_ups)
        for part, used in sums.items():
            self.parts[part].append(used / _MIB)

    @property
    def total(self) -> list[float]:
        return [sum(used) for used in zip(*self.parts.values(), strict=True)]

    def slope(self, used: list[float]) -> float:
        """MiB per 1,000 look-ups, after the warm-up: the straight line that fits best."""
        warm = [(at, mib) for at, mib in zip(self.look_ups, used, strict=True) if at >= WARM_UP]
        return statistics.linear_regression(*zip(*warm, strict=True)).slope * 1000


def _held(process: psutil.Process) -> int:
    """Bytes that the process itself holds, in memory or swapped out; where Linux does not say, all that is its own."""
    rollup = Path(f"/proc/{process.pid}/smaps_rollup")
    if not rollup.exists():
        return int(process.memory_full_info().uss)
    told = (line.split() for line in rollup.read_text(encoding="ascii").splitlines())
    return sum(int(words[1]) for words in told if words[0] in {"Anonymous:", "Pss_Shmem:", "Swap:"}) * 1024


def main() -> int:
    """Measure, print, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--portal", choices=EVERYWHERE, default=NATIONAL)
    parser.add_argument("--look-ups", type=int, default=2000, help="how many (default: 2000)")
    given = parser.parse_args()
    key = secrets.token_bytes(32)
    with tempfile.TemporaryDirectory(prefix="portalwright-soak-") as temporary:
        folder = Path(temporary)
        open_ledger(folder / "ledger.db", lambda: key)
        try:
            memory = asyncio.run(_measure(given.portal, given.look_ups, folder))
        finally:
            close_connection()
    total = memory.total
    for part, used in (*memory.parts.items(), ("all", total)):
        _say(f"{part:8} {used[0]:8.1f} {used[-1]:8.1f} MiB, {memory.slope(used):+7.2f} MiB per 1,000 look-ups")
    slope = round(memory.slope(total), 2)
    told = {
        "look_ups": memory.look_ups[-1],
        "first_mib": round(total[0], 1),
        "last_mib": round(total[-1], 1),
        "slope_mib_per_1000": slope,
    }
    if slope > BOUND:
        _say(f"The slope is above {BOUND} MiB per 1,000 look-ups.")
    if memory.look_ups[-1] < given.look_ups:
        _say("The session ended before its time.")
    _say(json.dumps(told))
    return 1 if slope > BOUND or memory.look_ups[-1] < given.look_ups else 0


async def _measure(name: str, look_ups: int, folder: Path) -> Memory:
    memory = Memory()
    with PracticePortal(name, seed=11, claims=_CLAIMS) as portal:
        asked = _plain(portal)
        async with night(folder, portal, asked=asked) as office:
            person = Person(office)
            office.clock.meanwhile = person.meanwhile
            while True:
                await _one_session(office, look_ups, len(asked), memory)
                if memory.look_ups or not await person.after_run():
                    return memory


def _plain(portal: PracticePortal) -> list[ClaimStatus]:
    plain = {ask["patient_account_number"] for ask in portal.truth()["asks"] if ask["scenario"] in PLAIN}
    return [question for question in questions(portal) if question.claim.patient_account_number in plain]


async def _one_session(office: Night, look_ups: int, asked: int, memory: Memory) -> None:
    """One session over so many look-ups; whatever has been answered is put back before the work list runs dry."""
    pending: set[asyncio.Task[None]] = set()

    async def again() -> None:
        await office.call(work.again, office.name, Flow.CLAIM_STATUS, office.person, office.clock.now())

    def note(progress: Progress) -> None:
        if progress.ended is None:
            return
        if progress.done % (asked // 2) == 0:
            task = asyncio.get_running_loop().create_task(again())
            pending.add(task)
            task.add_done_callback(pending.discard)
        if progress.done % EVERY == 0:
            memory.read(progress.done)
            parts = ", ".join(f"{part} {used[-1]:.1f}" for part, used in memory.parts.items())
            _say(f"{progress.done:6} {memory.total[-1]:8.1f} MiB ({parts})")

    report = await office.run(note, limit=look_ups)
    await asyncio.gather(*pending)
    _say(f"{report.why}: {sum(report.by_ending.values())} look-ups, {len(office.presses())} sign-ins")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
