"""How the practices of an office get into its portals: packs, sign-ins, lanes and the calendar, for whoever dispatches.

A pack is read and checked once, and again when a file of the office's own packs has changed.
"""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from stat import S_ISREG

from ledger import accounts, due, lanes
from ledger.accounts import Practice
from ledger.errors import DatabaseRefused
from packs.models import Pack
from packs.problems import PackError
from portalwright.logs import Event, Log, Value, error_places
from portalwright.office import ROBOT, Desk
from portalwright.office_calendar import office_calendar
from schedules.calendar import Calendar
from schedules.dispatch import Dispatched, Door, look
from vault.errors import CredentialMissing

_TOLD_AGAIN_SECONDS = 3600

_Signature = tuple[tuple[str, int, int], ...]


@dataclass
class Packs:
    """The packs of an office, each as its files were when they were last looked at. For any number of threads."""

    _read: tuple[tuple[Path, _Signature] | None, dict[str, Pack | str]] = field(default_factory=lambda: (None, {}))

    def pack(self, desk: Desk, portal: str) -> Pack | str:
        """The portal's pack, or why it cannot be used, in a few words."""
        seen = (desk.office.files, _signature(desk.office.files / "selectors"))
        of_files, packs = self._read
        if seen != of_files:
            # Put there at once: another thread goes on with what it began with.
            packs = {}
            self._read = (seen, packs)
            desk.log.learn(desk.office.portals())
        if portal not in packs:
            packs[portal] = _load(desk, portal)
        return packs[portal]


@dataclass
class Faults:
    """Faults that keep one practice or portal from being served, and no other. What comes again at every look is
    logged once an hour."""

    _told: dict[tuple[str, str], float] = field(default_factory=dict)

    @contextmanager
    def told(self, log: Log, about: str) -> Iterator[None]:
        """Whatever the block raises goes to the log, and no further; but for a ledger that is away."""
        try:
            yield
        except DatabaseRefused:
            raise
        except Exception as error:
            self.tell(log, about, error)

    def tell(self, log: Log, about: str, error: Exception, **fields: Value) -> None:
        """Put the fault into the log, where it has not been told of lately."""
        known, now = (about, error_places(error)), time.monotonic()
        if now >= self._told.get(known, now):
            self._told[known] = now + _TOLD_AGAIN_SECONDS
            log.failure(Event.WORKER_FAILED, error, **fields)


@dataclass
class OfficeDoors:
    """What `schedules.dispatch.Doors` asks for, for these practices. To be used on the ledger's thread alone."""

    desks: dict[int, Desk]
    packs: Packs = field(default_factory=Packs)
    faults: Faults = field(default_factory=Faults)
    _lanes: dict[tuple[int, str, str, int], tuple[int, ...]] = field(default_factory=dict)

    def door(self, practice_id: int, portal: str) -> Door | str:
        """The practice's way into the portal, or why there is none, in a few words."""
        desk = self.desks.get(practice_id)
        if desk is None:
            return "this worker does not know the practice yet"
        pack = self.packs.pack(desk, portal)
        if isinstance(pack, str):
            return pack
        try:
            alias = desk.credential(portal)
        except CredentialMissing:
            return _NO_CREDENTIAL
        if not any((one.portal, one.alias) == (portal, alias) for one in desk.vault.list()):
            return _NO_CREDENTIAL
        return Door(pack, alias, self._lanes_of(practice_id, portal, alias, pack.limits.sessions))

    def calendar(self) -> Calendar:
        """The office's calendar as its file is now. Raises SettingsWrong."""
        return office_calendar(next(iter(self.desks.values())).office)

    def fault(self, portal: str, error: Exception) -> None:
        """See `schedules.facts.Doors`."""
        desk = next(iter(self.desks.values()))
        self.faults.tell(desk.log, f"door {portal}", error, **known_portal(desk, portal))

    def idle_days(self) -> Mapping[int, Mapping[str, int]]:
        """By practice: the portals that disable an account which nobody signs in to, and after how many days."""
        return {practice_id: self._idle_days(desk) for practice_id, desk in self.desks.items()}

    def _idle_days(self, desk: Desk) -> dict[str, int]:
        found = {}
        for portal in {one.portal for one in desk.vault.list()}:
            pack = self.packs.pack(desk, portal)
            if isinstance(pack, Pack) and pack.limits.idle_days is not None:
                found[portal] = pack.limits.idle_days
        return found

    def packs_of(self, desk: Desk) -> list[Pack]:
        """The packs of the office that can be used."""
        found = (self.packs.pack(desk, portal) for portal in desk.office.portals())
        return [pack for pack in found if isinstance(pack, Pack)]

    def _lanes_of(self, practice_id: int, portal: str, alias: str, slots: int) -> tuple[int, ...]:
        wanted = (practice_id, portal, alias, slots)
        if wanted not in self._lanes:
            self._lanes[wanted] = lanes.ensure(practice_id, portal, alias, slots)
        return self._lanes[wanted]


_NO_CREDENTIAL = "no credential is in the vault (portalwright vault add)"


def known_portal(desk: Desk, portal: str) -> dict[str, Value]:
    """The portal as a field of the log, where it is the name of a pack and no other word."""
    return {"portal": portal} if portal in desk.office.portals() else {}


def of_practice(desk: Desk, practice: Practice, now: datetime) -> Desk:
    """The same opened office for another of its practices, in the robot's name."""
    robot = accounts.ensure_account(ROBOT, is_robot=True, practice=practice, now=now)
    return replace(desk, practice=practice, actor=robot, robot=robot)


def dispatch_of(desk: Desk, now: datetime) -> Dispatched:
    """What of the desk's practice would run now, and why the rest of what is due would not. It starts nothing."""
    doors = OfficeDoors({desk.practice.id: desk})
    return look(doors, now, groups=due.due_for(desk.practice.id, None, now))


def _load(desk: Desk, portal: str) -> Pack | str:
    try:
        return desk.office.pack(portal)
    except Exception as error:
        if not isinstance(error, PackError | LookupError):
            desk.log.failure(Event.WORKER_FAILED, error, **known_portal(desk, portal))
        return f"the pack of {portal} cannot be used (portalwright selectors check {portal})"


def _signature(folder: Path) -> _Signature:
    """What changes when a file in the folder does."""
    found = []
    for path in sorted(folder.rglob("*")):
        with suppress(FileNotFoundError):  # it went away just now
            stat = path.stat()
            if S_ISREG(stat.st_mode):
                found.append((str(path), stat.st_mtime_ns, stat.st_size))
    return tuple(found)
