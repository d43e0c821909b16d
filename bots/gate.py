"""May a session begin or go on at this portal now? Its posted hours, its word about when it is back, its limits."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from bots.clock import Clock
from bots.hours import opening
from ledger import closures
from ledger.errors import PortalClosed, SessionsUsedUp
from ledger.thread import LedgerThread
from packs.models import Pack

BEFORE_CLOSING = timedelta(minutes=2)
"""So long before the hours end no new question is begun: there is time to end one and to sign out."""


@dataclass(frozen=True)
class Gate:
    """The gate of one portal for one sign-in."""

    pack: Pack
    alias: str
    ledger: LedgerThread
    clock: Clock

    async def check(self, slot: int) -> None:
        """Raises SessionsUsedUp for a slot that the portal does not allow, PortalClosed while nobody may ask it."""
        if slot >= self.pack.limits.sessions:
            raise SessionsUsedUp(self.pack.portal, self.pack.limits.sessions)
        if self.hours_over():
            raise PortalClosed(self.pack.portal, self.opens_at(), "outside its posted hours")
        await self.ledger.call(closures.check, self.pack.portal, self.clock.now(), alias=self.alias)

    async def closed_until(self) -> datetime | None:
        """Until when the portal said that it is to be left alone; None when it may be asked."""
        found = await self.ledger.call(closures.standing, self.pack.portal, self.clock.now(), alias=self.alias)
        return None if found is None else found.until

    def hours_over(self) -> bool:
        """Are the posted hours over, or nearly?"""
        now = self.clock.now()
        hours = opening(self.pack.limits.hours, self._zone(), now)
        return hours is not None and not (hours.holds(now) and hours.ends - now > BEFORE_CLOSING)

    def opens_at(self) -> datetime:
        """When the next posted hours begin (UTC); now where it is open or posts none."""
        now = self.clock.now()
        hours = opening(self.pack.limits.hours, self._zone(), now)
        if hours is not None and hours.holds(now) and hours.ends - now <= BEFORE_CLOSING:
            hours = opening(self.pack.limits.hours, self._zone(), hours.ends)
        return now if hours is None else max(now, hours.begins)

    def idle_limit(self) -> timedelta:
        """After so long without a page we take the session for ended: a minute before the portal does."""
        idle = timedelta(minutes=self.pack.limits.idle_minutes)
        return max(idle - timedelta(minutes=1), idle / 2)

    def look_ups_a_minute(self, permitted: int | None) -> float:
        """What this one session may ask: the least of what portal and permission allow, shared by all its sessions."""
        allowed = [self.pack.limits.lookups_a_minute]
        if permitted is not None:
            allowed.append(float(permitted))
        return min(allowed) / self.pack.limits.sessions

    def _zone(self) -> ZoneInfo:
        return ZoneInfo(self.pack.time_zone)
