"""The opened office, as the desk's pages see it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from console.application import Application
from console.sign_in.needs import SignInRules
from packs.models import Pack
from portalwright.desk.appeals import Appeals
from portalwright.desk.claims import Claims
from portalwright.desk.exceptions import Exceptions
from portalwright.desk.night import TheNight
from portalwright.desk.remittances import Remittances
from portalwright.desk.reports import Reports
from portalwright.doors import OfficeDoors
from portalwright.office import Desk, utc_now


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


def application(desk: Desk) -> Application:
    """All of it, over an office that stays open while the console is served."""
    doors = OfficeDoors({desk.practice.id: desk})
    return Application(
        clock=WallClock(),
        vault=desk.vault,
        store=desk.evidence,
        packs=OfficePacks(doors, desk),
        sign_in=SignInRules(),
        night=TheNight(desk, doors),
        exceptions=Exceptions(desk),
        appeals=Appeals(desk),
        claims=Claims(desk),
        remittances=Remittances(desk),
        reports=Reports(desk),
    )
