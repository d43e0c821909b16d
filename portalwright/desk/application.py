"""The opened office, as the desk's pages see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from console.application import Application
from console.sign_in.needs import SignInRules
from packs.models import Pack
from portalwright.desk.appeals import Appeals
from portalwright.desk.claims import Claims
from portalwright.desk.exceptions import Exceptions
from portalwright.desk.log_tail import LogTail
from portalwright.desk.night import TheNight
from portalwright.desk.portals import Portals
from portalwright.desk.practices import doors_of
from portalwright.desk.remittances import Remittances
from portalwright.desk.reports import Reports
from portalwright.doors import OfficeDoors, Packs
from portalwright.office import Desk, utc_now
from portalwright.settings import ConsoleSettings, SettingsWrong


class WallClock:
    """The computer's clock."""

    def now(self) -> datetime:
        """This instant, UTC."""
        return utc_now()


@dataclass(frozen=True)
class OfficePacks:
    """The portals that the office has packs for, each read once and again when its files change."""

    doors: OfficeDoors
    desk: Desk

    def names(self) -> Sequence[str]:
        """Every portal that there is a pack for."""
        return self.desk.office.portals()

    def pack(self, portal: str) -> Pack | None:
        """The portal's pack, None where there is none that can be used."""
        found = self.doors.packs.pack(self.desk, portal)
        return None if isinstance(found, str) else found


def application(desk: Desk, packs: Packs | None = None) -> Application:
    """All of it, over an office that stays open while the console is served; `packs` that were read already are kept.

    Every practice that the office has now is known; one that is added later, after the next call.
    """
    doors = doors_of(desk, utc_now(), packs)
    return Application(
        clock=WallClock(),
        zone=zone_of(doors),
        vault=desk.vault,
        store=desk.evidence,
        packs=OfficePacks(doors, desk),
        sign_in=sign_in_rules(desk.office.settings.console),
        night=TheNight(desk, doors, LogTail(desk.office.logs_folder)),
        portals=Portals(desk),
        exceptions=Exceptions(desk),
        appeals=Appeals(desk),
        claims=Claims(desk),
        remittances=Remittances(desk),
        reports=Reports(desk),
    )


def zone_of(doors: OfficeDoors) -> str:
    """The office's time zone; UTC while its calendar cannot be read, which the worker tells of."""
    try:
        return doors.calendar().time_zone
    except SettingsWrong:
        return "UTC"


def sign_in_rules(settings: ConsoleSettings) -> SignInRules:
    """What office.toml says about signing in."""
    return SignInRules(
        second_factor=settings.second_factor,
        idle=timedelta(minutes=settings.idle_minutes),
        emergency=timedelta(minutes=settings.emergency_minutes),
        failures=settings.failures,
        locked=timedelta(minutes=settings.locked_minutes),
    )
