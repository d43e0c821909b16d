"""Processes of the office that tests kill, pause and let run against the same ledger file.

    python -m tests.ledger.office_process LEDGER press | hold | race | appeal | kills SEED TRIALS

LEDGER is a file or the address of a PostgreSQL database.

Time is given by the test where it matters; here a lane is taken "later" by as many hours as the process says.
"""

import contextlib
import os
import random
import select
import signal
import sys
import time
from datetime import timedelta

from flows.questions import Appeal, Flow
from ledger import accounts, appeals, lanes, presses, runs, work
from ledger.errors import LaneBusy, LeaseLost
from ledger.presses import LockoutRule, PressKind
from ledger.start import close_connection
from tests.ledger.office import ALIAS, NOW, PORTAL, open_place, paid

HOUR = timedelta(hours=1)


def take(hours: int, slot: int = 0) -> lanes.Lease:
    """The lane, taken so much later that whoever held it is presumed dead."""
    practice = accounts.default_practice()
    robot = accounts.ensure_account("night-robot", is_robot=True, practice=practice, now=NOW)
    holder = f"office:{os.getpid()}"
    return lanes.take(PORTAL, ALIAS, slot, holder=holder, actor=robot, now=NOW + hours * HOUR)


def say(text: str) -> None:
    """Tell the test, at once."""
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


def press() -> None:
    """Press the sign-in button and never hear the answer."""
    rule = LockoutRule(attempts=3, window=timedelta(hours=24))
    presses.begin(take(0), 1, PressKind.PASSWORD, rule, NOW)
    say("pressed")
    time.sleep(60)


def hold() -> None:
    """Take a question, wait for a line, and then try to record its answer."""
    lease = take(0)
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    item = work.next_item(lease, NOW)
    assert item is not None
    say("asking")
    sys.stdin.readline()
    try:
        work.finish(lease, item, paid(), NOW)
        say("recorded")
    except LeaseLost:
        say("lease lost")


def race() -> None:
    """Wait for a line, then try to take the lane."""
    say("ready")
    sys.stdin.readline()
    try:
        say(f"token {take(0).token}")
    except LaneBusy:
        say("busy")


def appeal() -> None:
    """Take an appeal, wait for a line, press its button, and never hear the answer."""
    lease = take(0)
    runs.start(lease, Flow.APPEAL, NOW)
    item = work.next_item(lease, NOW)
    assert item is not None
    assert isinstance(item.question, Appeal)
    say("asking")
    sys.stdin.readline()
    try:
        appeals.pressing(lease, item.question.contest.reference, NOW)
        say("pressed")
    except LeaseLost:
        say("lease lost")
    time.sleep(60)


def answer_everything(hours: int, slot: int, acknowledged: int, begun: int | None = None) -> None:
    """Answer what is due, and write each question's id to `acknowledged` (a file descriptor) once it is recorded.

    `begun` hears the slot when the session stands, and after each answer.
    """
    lease = take(hours, slot)
    now = NOW + hours * HOUR
    runs.start(lease, Flow.CLAIM_STATUS, now)
    if begun is not None:
        os.write(begun, b"%d" % slot)
    while (item := work.next_item(lease, now)) is not None:
        time.sleep(0.005)  # the portal's part; without it the other process would never get its turn
        work.finish(lease, item, paid(), now)
        os.write(acknowledged, f"{item.id}\n".encode())
        if begun is not None:
            os.write(begun, b"%d" % slot)


def kills(seed: int, trials: int) -> None:
    """Kill, at random instants, two processes at a time that answer questions; then take both their lanes."""
    chance = random.Random(seed)
    reading, writing = os.pipe()
    os.set_blocking(reading, False)
    close_connection()
    begun_reading, begun_writing = os.pipe()
    for trial in range(0, trials, 2):
        children = [_fork(trial + 1 + slot, slot, writing, begun_writing) for slot in (0, 1)]
        # Most kills hit a session at work, however slow this machine is; the others hit its first steps.
        if chance.random() < 0.8:
            more, standing = chance.randint(0, 2), set[bytes]()
            while (more or len(standing) < len(children)) and select.select([begun_reading], [], [], 1)[0]:
                heard = os.read(begun_reading, 1)
                more -= bool(more and heard in standing)
                standing.add(heard)
        for child in children:
            time.sleep(chance.uniform(0, 0.03))
            os.kill(child, signal.SIGKILL)
        for child in children:
            _, status = os.waitpid(child, 0)
            assert not os.WIFEXITED(status) or os.WEXITSTATUS(status) == 0
        os.set_blocking(begun_reading, False)
        with contextlib.suppress(BlockingIOError):
            os.read(begun_reading, 65536)
        os.set_blocking(begun_reading, True)
    for slot in (0, 1):
        take(trials + 10, slot)
    os.close(writing)
    text = b""
    with contextlib.suppress(BlockingIOError):
        while part := os.read(reading, 65536):
            text += part
    say(" ".join(text.decode().split()))


def _fork(hours: int, slot: int, acknowledged: int, begun: int) -> int:
    child = os.fork()
    if child:
        return child
    try:
        answer_everything(hours, slot, acknowledged, begun)
        os._exit(0)
    except BaseException:
        os.write(begun, b"%d" % slot)
        os._exit(1)


def main() -> None:
    """Open the ledger and do as told."""
    place, what, *numbers = sys.argv[1:]
    open_place(place)
    if what == "kills":
        kills(*map(int, numbers))
    else:
        {"press": press, "hold": hold, "race": race, "appeal": appeal}[what]()


if __name__ == "__main__":
    main()
