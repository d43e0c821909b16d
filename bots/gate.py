"""May a session begin or go on at this portal now? The office's permission, posted hours, closing times, limits.

Where the pack and the permission both set a limit, the stricter of the two holds.
"""

from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from bots.assignment import Work
from bots.clock import Clock
from flows.opening_hours import Opening, common_opening, windows_in
from ledger import closures, permissions, rates
from ledger.errors import NotPermitted, PortalClosed, SessionsUsedUp
from ledger.permissions import Permit
from ledger.thread import LedgerThread
from packs.models import Pack

BEFORE_CLOSING = timedelta(minutes=2)
"""So long before the hours end, or for longer where the pace is slow, no new question is begun: there is time to end
one and to sign out."""

_LOOK_UPS_OF_A_QUESTION = 3


class Gate:
    """The gate of one portal for one sign-in. Whoever looks the permission up again sets `permit` anew."""

    def __init__(self, pack: Pack, alias: str, ledger: LedgerThread, clock: Clock, permit: Permit) -> None:
        self._pack = pack
        self._alias = alias
        self._ledger = ledger
        self._clock = clock
        self._posted = windows_in(pack.limits.hours, pack.time_zone)
        self.permit = permit

    async def check(self, slot: int) -> None:
        """Raises SessionsUsedUp for a slot that the portal does not allow, PortalClosed while nobody may ask it."""
        portal, allowed = self._pack.portal, sessions_allowed(self._pack, self.permit)
        if slot >= allowed:
            raise SessionsUsedUp(portal, allowed)
        if self.hours_over():
            raise PortalClosed(portal, self.opens_at(), "outside its hours")
        await self._ledger.call(closures.check, portal, self._clock.now(), alias=self._alias)

    async def closed_until(self) -> datetime | None:
        """Until when the portal said that it is to be left alone; None when it may be asked."""
        found = await self._ledger.call(closures.standing, self._pack.portal, self._clock.now(), alias=self._alias)
        return None if found is None else found.until

    def hours_over(self) -> bool:
        """Are the hours of the portal or of the permission over, or nearly?"""
        hours, now = self._opening(), self._clock.now()
        return hours is not None and not hours.holds(now)

    def opens_at(self) -> datetime:
        """When hours begin in which there is time for a question (UTC); now where it is so, or there are none."""
        hours, now = self._opening(), self._clock.now()
        return now if hours is None else max(now, hours.begins)

    def idle_limit(self) -> timedelta:
        """After so long without a page we take the session for ended: a minute before the portal does."""
        idle = timedelta(minutes=self._pack.limits.idle_minutes)
        return max(idle - timedelta(minutes=1), idle / 2)

    def look_ups_a_minute(self) -> float:
        """What all sessions at this portal together may ask."""
        allowed = self._pack.limits.lookups_a_minute
        permitted = self.permit.lookups_per_minute
        return allowed if permitted is None else min(allowed, float(permitted))

    async def reserve(self) -> timedelta:
        """Take a look-up out of the portal's bucket, and say how long to wait for it."""
        return await self._ledger.call(rates.reserve, self._pack.portal, self.look_ups_a_minute(), self._clock.now())

    def _opening(self) -> Opening | None:
        slow = timedelta(minutes=_LOOK_UPS_OF_A_QUESTION / self.look_ups_a_minute())
        timetables = (self._posted, self.permit.windows)
        return common_opening(timetables, self._clock.now(), at_least=max(BEFORE_CLOSING, slow))


def sessions_allowed(pack: Pack, permit: Permit) -> int:
    """So many sessions of one sign-in at a time, by the portal's word and the permission's."""
    return pack.limits.sessions if permit.sessions is None else min(pack.limits.sessions, permit.sessions)


def permit_of(given: Work, now: datetime) -> Permit:
    """The office's permission for this portal and job, or NotPermitted; its hours are the gate's. For the ledger's
    thread. An own test system's permission never opens another machine.
    """
    permit = permissions.check(given.pack.portal, given.flow, given.actor.practice_id, now, attended=given.attended)
    if permit.simulator_only and not _is_loopback(given.pack.address):
        raise NotPermitted(
            f"{given.pack.portal} is recorded as the office's own test system, and its address is not on this computer."
        )
    return permit


def _is_loopback(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
