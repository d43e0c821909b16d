"""`python -m tests.canary`: canary patients and secrets go through everything, and no byte of them lies in the clear.

Every flow at the four practice portals, every fault, every command, every page of the desk, two workers on PostgreSQL,
a kill and an abort. Then every byte that the product or a process of its wrote is searched, in every form; and the same
search has to find leaks that are planted in every place. Prints the places, and as its last line JSON; the exit code is
1 when anything is found that was not planted, or anything planted is not.
"""

import argparse
import functools
import resource
import shutil
import sys
import tempfile
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path

from tests.canary import commands, desk, fleet, new_passwords, night, own_faults, planted, values
from tests.canary.tally import Tally
from tests.soak.watch import say


def _night(root: Path, tally: Tally) -> None:
    with ExitStack() as stack:
        given = night.made(root, tally, stack)
        _told("good nights", lambda: night.good_nights(given))
        _told("faults of our own", lambda: own_faults.go_wrong(given))
        _told("new passwords", lambda: new_passwords.change(given, root))
        _told("bad nights", lambda: night.bad_nights(given))
        search = values.search_of(given.portals.values(), given.began, given.more)
        numbers = commands.numbers_of(next(iter(given.portals.values())), root)
        _told("every command", lambda: commands.walk(given.office, numbers, search, tally, root))


def _crash(root: Path, tally: Tally) -> None:
    with ExitStack() as stack:
        night.crashes(root, tally, stack)


PARTS: Mapping[str, Callable[[Path, Tally], object]] = {
    "planted": planted.plant,
    "desk": desk.walk,
    "fleet": fleet.work,
    "crash": _crash,
    "night": _night,
}


def _told(what: str, act: Callable[[], object]) -> None:
    """Do it, and say when it began and how long it took."""
    say(f"{datetime.now(UTC):%H:%M:%S} {what}")
    began = time.monotonic()
    act()
    say(f"{datetime.now(UTC):%H:%M:%S} {what}: {time.monotonic() - began:.0f} s")


def main() -> int:
    """Do the parts that are asked for, all by default."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--part", action="append", choices=[*PARTS], help="only this part; may be repeated")
    parser.add_argument("--keep", action="store_true", help="leave the folder, and say where it is")
    given = parser.parse_args()
    # The most tempting computer: one that writes core files of any size.
    _, hard = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (hard, hard))
    tally, began = Tally(), time.monotonic()
    root = Path(tempfile.mkdtemp(prefix="portalwright-canary-"))
    try:
        for name in given.part or PARTS:
            place = root / name
            place.mkdir()
            _told(name, functools.partial(PARTS[name], place, tally))
    finally:
        if given.keep:
            say(str(root))
        else:
            shutil.rmtree(root, ignore_errors=True)
    say(tally.table())
    say(f"{time.monotonic() - began:.0f} seconds.")
    say(tally.json())
    return 0 if tally.fine() or (given.part and not tally.hits and not tally.missed and not tally.wrong) else 1


if __name__ == "__main__":
    sys.exit(main())
