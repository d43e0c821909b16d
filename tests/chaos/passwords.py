"""`python -m tests.chaos.passwords --kills 200`: a process is killed while a portal's password is changed, again and
again, and each time a password that works is known to the office, or both are kept for a person.

Two practice portals whose password has expired, each with an office of its own, side by side: one at which the new
password is proved at once, and one at which each sign-in takes a mailed code, so that the night after proves it. At
each, one session is killed at every named step, then others at any instant and at steps by chance; after each kill
another process signs in as it would the night after. Prints a line for each kill, a table (killed at which step, how
often, and how it ended) and, as its last line, JSON; the exit code is 1 when an account was locked, a password was
lost, anything was pressed too often, a password was found in the clear, or nobody was killed at a named step.
"""

import argparse
import json
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from itertools import count
from pathlib import Path

from sandbox.process import PracticePortal
from tests.chaos.password_lane import Change, prepared
from tests.chaos.password_office import Found
from tests.chaos.password_steps import NAMED, RANDOM
from tests.chaos.password_toll import BOTH, NEW_WORKS, OLD_WORKS, Toll, as_json, never_hit, print_table
from tests.soak.watch import say

PORTALS = ("practice-medicaid", "practice-contractor")
_WIDTH = max(map(len, PORTALS))
_TRIES = 3
"""So often a session may come past the step that was aimed at; a late death comes after its step now and then."""


def kill(change: Change, step: str, toll: Toll) -> str | None:
    """A kill at this step, the sign-in after it, and a look at what the portal and the vault have then.

    How it ended; None when the session came to its end before: at a random instant it may be over already, and that is
    no kill.
    """
    change.expire()
    if not change.killed(step):
        return None
    _, taken = change.pressed()
    found = change.goes_on()
    end = _end(change, found, toll, NEW_WORKS if taken else OLD_WORKS)
    toll.ends.setdefault(step, Counter())[end] += 1
    presses, changes = change.pressed()
    toll.locked_out += presses["locked"] > 0
    # One wrong sign-in at most, and one change for each session that got so far.
    if presses["rejected"] > 1 or changes > 2:
        toll.presses_over_budget += 1
        say(f"{step}: {dict(presses)}, {changes} changes")
    return end


def _end(change: Change, found: Found, toll: Toll, which: str) -> str:
    """`which` of the two passwords works, as the portal saw it when the process was killed."""
    portal = change.portal
    if found.why:
        toll.cases += 1
        known = [one for one in (found.in_use, found.waiting) if one is not None and portal.has_password(one)]
        if not known:
            toll.lost_passwords += 1
            say(f"lost: {found.why}")
            # The help desk: the next round begins with a password that the office has.
            portal.set_password(found.in_use)
        change.person(new_works=portal.has_password(found.waiting or ""))
        # Where the process died while it signed in with the old one, a person clears that press: there is no other.
        return which if found.waiting is None else BOTH
    if not portal.has_password(found.in_use) or found.waiting is not None:
        toll.lost_passwords += 1
        say("the sign-in went well, and the password in the vault is not the portal's")
    return which


def steps_of(lane: int, lanes: int, chance: random.Random) -> Iterator[str]:
    """The steps of one lane, without end: first every named one, then any instant and a named one in turn.

    Lanes begin with different ones, so that together they have been at all of them soon.
    """
    yield from (*NAMED[lane::lanes], *(step for at, step in enumerate(NAMED) if at % lanes != lane))
    while True:
        yield RANDOM
        yield chance.choice(NAMED)


def lane(change: Change, steps: Iterator[str], kills: int, done: Iterator[int], toll: Toll) -> None:
    """Kill as often as that at one portal. A named step to which no session comes is given up after some tries."""
    while toll.kills < kills:
        begun, step = time.monotonic(), next(steps)
        end = next(filter(None, (kill(change, step, toll) for _ in range(_TRIES))), None)
        if end is not None:
            took = time.monotonic() - begun
            say(f"{next(done):4d}  {toll.portal.ljust(_WIDTH)}  {step}: {end} ({took:.1f} seconds)")
        elif step != RANDOM:
            toll.missed.add(step)
            say(f"      {toll.portal.ljust(_WIDTH)}  {step}: no session came to it")
    toll.in_the_clear = change.in_the_clear()


def main() -> int:
    """Kill as often as was asked for, print the table, and judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--kills", type=int, default=200, help="how many, at all portals together (default: 200)")
    parser.add_argument("--seed", type=int, default=20, help="of steps and instants (default: 20)")
    given = parser.parse_args()
    begun, done, chance = time.monotonic(), count(1), random.Random(given.seed)
    tolls = [Toll(portal) for portal in PORTALS]
    with ExitStack() as stack:
        changes = []
        for toll in tolls:
            root = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="portalwright-chaos-")))
            portal = stack.enter_context(PracticePortal(toll.portal, seed=given.seed, claims=4, appointments=1))
            changes.append(prepared(portal, root, chance.randrange(2**31)))
        with ThreadPoolExecutor(len(tolls)) as lanes:
            started = []
            for number, (change, toll) in enumerate(zip(changes, tolls, strict=True)):
                kills = given.kills // len(tolls) + (number < given.kills % len(tolls))
                steps = steps_of(number, len(tolls), change.chance)
                started.append(lanes.submit(lane, change, steps, kills, done, toll))
            for one in started:
                one.result()
    seconds = time.monotonic() - begun
    print_table(tolls, say)
    say(f"{seconds:.0f} seconds")
    for step in never_hit(tolls):
        say(f"Nobody was killed at: {step}")
    say(json.dumps(as_json(tolls, seconds)))
    return 0 if all(toll.as_promised for toll in tolls) and not never_hit(tolls) else 1


if __name__ == "__main__":
    sys.exit(main())
