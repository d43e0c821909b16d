"""Nights in which the world around the worker fails for a while: nothing is lost, and the work goes on by itself.

The same process has to live through it: nobody starts it again, and nobody does anything but end the trouble.
"""

import os
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType

from django.db import close_old_connections
from django.db.utils import DatabaseError

from ledger import models
from tests.chaos.night import Night, judged
from tests.chaos.toll import Toll
from tests.postgresql_server import Server
from tests.soak.watch import tell

DATABASE_AWAY, DISK_FULL, PORTAL_AWAY, CLOCK_STEPPED = "database away", "disk full", "portal away", "clock stepped"

_AWAY_SECONDS = 60.0
_FULL_SECONDS = 30.0
_DISK = 96 * 1024 * 1024
_HOUR = 3600.0
_FIRST = 8
"""After so many answers the trouble begins."""
_TO_THE_END_SECONDS = 900.0


def _begun(given: Night) -> None:
    """Everybody at work, and some questions answered."""
    for worker in given.workers:
        worker.start()
    given.until(lambda: models.AnswerVersion.objects.count() >= _FIRST, given.watch_workers, _TO_THE_END_SECONDS)


def _over(given: Night, processes: Mapping[str, int]) -> Toll:
    """Wait for the end of the questions; whoever was at work at first has to be at work still."""
    given.until(given.all_ended, given.watch_workers, _TO_THE_END_SECONDS)
    for worker in given.workers:
        if not worker.runs or worker.process_id != processes[worker.name]:
            given.wrong.append(f"{worker.name} did not live through it")
    return judged(given, kills=0)


def _processes(given: Night) -> dict[str, int]:
    return {worker.name: worker.process_id for worker in given.workers}


def _pass(seconds: float, given: Night) -> None:
    """Real time, in which nobody looks at the ledger."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        given.watch_workers()
        time.sleep(0.5)


def database_away(given: Night, server: Server | None) -> Toll:
    """The ledger's server is gone for a minute."""
    assert server is not None
    _begun(given)
    processes = _processes(given)
    before = models.AnswerVersion.objects.count()
    server.take_down()
    _pass(_AWAY_SECONDS, given)
    server.bring_up()
    _reconnect()
    if models.AnswerVersion.objects.count() < before:
        given.wrong.append("answers are gone with the server")
    return _over(given, processes)


def _reconnect() -> None:
    for _ in range(60):
        close_old_connections()
        try:
            models.Lane.objects.count()
        except DatabaseError:
            time.sleep(0.5)
        else:
            return


def disk_full(given: Night, _server: Server | None) -> Toll:
    """There is no room for half a minute, where the office lies."""
    _begun(given)
    processes = _processes(given)
    with _no_room(given.office.folder.parent):
        _pass(_FULL_SECONDS, given)
    return _over(given, processes)


def portal_away(given: Night, _server: Server | None) -> Toll:
    """Nobody listens at the portal's address for an hour, by the clocks of both sides."""
    (portal,) = given.portals
    _begun(given)
    processes = _processes(given)
    portal.faults(refuse_connections=True)
    _pass(10.0, given)
    for _ in range(6):
        given.step_clock(_HOUR / 6)
        portal.advance(_HOUR / 6)
        _pass(5.0, given)
    portal.faults()
    _let_back_offs_pass(given)
    return _over(given, processes)


def _let_back_offs_pass(given: Night) -> None:
    """Whatever waits now waits until a time that comes soon: by the next steps of the clocks."""
    (portal,) = given.portals
    for _ in range(6):
        _pass(5.0, given)
        given.step_clock(_HOUR / 4)
        portal.advance(_HOUR / 4)


def clock_stepped(given: Night, _server: Server | None) -> Toll:
    """The computer's clock is two hours ahead for a while, is set right again, and then goes ten minutes late."""
    for portal in given.portals:
        # A computer whose clock is wrong makes wrong codes. The first of them stops the sign-in: that is a person's.
        portal.profile(second_factor="none")
    _begun(given)
    processes = _processes(given)
    for step in (2 * _HOUR, -2 * _HOUR, -600.0, 600.0):
        given.step_clock(step)
        before = models.Attempt.objects.count()
        _pass(12.0, given)
        tell(
            f"{given.name}: clock stepped by {step:.0f} s, {models.Attempt.objects.count() - before} ends of questions"
        )
    return _over(given, processes)


@contextmanager
def _no_room(folder: Path) -> Iterator[None]:
    """Nothing more can be written in this file system."""
    filler = folder / "filler"
    try:
        with filler.open("wb", buffering=0) as file:
            for size in (1024 * 1024, 4096, 1):
                _fill(file.fileno(), size)
        yield
    finally:
        filler.unlink()


def _fill(file: int, size: int) -> None:
    try:
        while os.write(file, bytes(size)):
            pass
    except OSError:
        return


def can_mount() -> bool:
    """May a file system of its own be made here?"""
    return hasattr(os, "geteuid") and os.geteuid() == 0 and shutil.which("mount") is not None


@contextmanager
def small_disk(folder: Path) -> Iterator[None]:
    """A file system of its own, of a known size, in this folder."""
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_DISK}", "tmpfs", folder], check=True)
    try:
        yield
    finally:
        subprocess.run(["umount", "-l", folder], check=True)


TROUBLES: Mapping[str, Callable[[Night, Server | None], Toll]] = MappingProxyType(
    {
        DATABASE_AWAY: database_away,
        DISK_FULL: disk_full,
        PORTAL_AWAY: portal_away,
        CLOCK_STEPPED: clock_stepped,
    }
)
"""Every trouble, by its name."""
