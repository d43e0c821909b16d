"""Carries out what the calendar wants done: each instant once, of those that were missed the newest alone.

An act is claimed in the ledger, carried out, and settled there. A worker that dies in between leaves a claim that runs
out, and the act is carried out again: acts do no harm when they are repeated, and none is left out.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

from bots.clock import Clock
from ledger import calendar_entries
from ledger.calendar_entries import CLAIM_TIME, EVERYTHING, Entry, firing_entry
from ledger.errors import DatabaseRefused
from ledger.thread import LedgerThread
from schedules.calendar import Act, Calendar, Firing
from schedules.firings import to_carry_out, wrongly_ahead

_RENEW_SECONDS = CLAIM_TIME.total_seconds() / 3
"""So often a claim is renewed while its act takes its time."""

_TRY_AGAIN = timedelta(minutes=5)
"""After this an act that failed is tried again."""


class Acting(Protocol):
    """What the application does for the calendar."""

    def calendar(self) -> Calendar:
        """The office's calendar as it is now. Asked on the ledger's thread."""
        ...

    def does(self, act: Act) -> bool:
        """Can this computer do it at all? Else another one of the office may."""
        ...

    async def carry_out(self, act: Act, instant: datetime) -> None:
        """Do it for this instant. Doing it twice must do no harm. Raises what went wrong."""
        ...

    def acted(self, act: Act) -> None:
        """It was done."""
        ...

    def failed(self, error: BaseException) -> None:
        """A fault of our own, or of an act; an act is tried again in a while, and the worker goes on."""
        ...


@dataclass(frozen=True)
class CalendarWork:
    """The calendar as one worker carries it out; `by` names the worker."""

    application: Acting
    ledger: LedgerThread
    clock: Clock
    by: str

    async def carry_out_what_is_due(self) -> int:
        """Do every act whose time has come, in the order of the calendar; returns how many were done.

        Raises the ledger's errors when it is away; what was being done is done again when its claim has run out.
        """
        calendar = await self.ledger.call(self.application.calendar)
        done = 0
        for firing in calendar.firings:
            if not self.application.does(firing.act):
                continue
            entries = await self.ledger.call(calendar_entries.entries)
            everything = entries.get(EVERYTHING)
            if everything is not None and everything.paused_at is not None:
                break
            done += await self._carry_out(calendar, firing, entries.get(firing_entry(firing.id)))
        return done

    async def _carry_out(self, calendar: Calendar, firing: Firing, entry: Entry | None) -> bool:
        now, name = self.clock.now(), firing_entry(firing.id)
        if entry is None:
            # What is new in the calendar begins with its next instant.
            await self.ledger.call(calendar_entries.begin, name, now)
            return False
        if (right := wrongly_ahead(calendar, firing, entry.fired_for, now)) is not None:
            await self.ledger.call(calendar_entries.set_back, name, entry.fired_for, right)
            return False
        instant = to_carry_out(calendar, firing, entry.fired_for, now)
        if instant is None or not await self.ledger.call(calendar_entries.claim, name, entry.fired_for, self.by, now):
            return False
        try:
            async with self._claimed(name):
                await self.application.carry_out(firing.act, instant)
        except DatabaseRefused:
            raise
        except Exception as error:
            await self.ledger.call(calendar_entries.put_off, name, self.by, self.clock.now() + _TRY_AGAIN)
            self.application.failed(error)
            return False
        await self.ledger.call(calendar_entries.settle, name, entry.fired_for, instant, self.by, self.clock.now())
        self.application.acted(firing.act)
        return True

    @contextlib.asynccontextmanager
    async def _claimed(self, name: str) -> AsyncIterator[None]:
        """The claim lasts as long as the block does."""

        async def renew() -> None:
            while True:
                await asyncio.sleep(_RENEW_SECONDS)
                with contextlib.suppress(DatabaseRefused):  # it may be back before the claim is over
                    await self.ledger.call(calendar_entries.renew, name, self.by, self.clock.now())

        renewing = asyncio.create_task(renew(), name=f"claim of {name}")
        try:
            yield
        finally:
            renewing.cancel()
