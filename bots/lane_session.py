"""The session under a lease: sign in once, stream the items, sign out, and say how it went."""

import asyncio
import contextlib
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from bots.allowed_hosts import AllowedHosts
from bots.assignment import Ended, Progress, Report, Work
from bots.attempts import Attempts
from bots.doorway import Doorway
from bots.evidence import PagesSeen
from bots.faults import PageFailed, no_browser_text
from bots.gate import Gate, permit_of
from bots.pace import Pace
from bots.probe import Probed, Probing
from bots.probing import probe_if_due
from bots.refused_calls import with_refused
from bots.session import Session
from bots.way_out import WayOut
from bots.why_ended import closed, why_ended
from flows.outcomes import Code, Ending, Outcome, Reason, Stop, policy
from flows.questions import Flow
from ledger import breakers, cases, runs, work
from ledger.due import due_count
from ledger.errors import NotPermitted, PortalClosed, Stopped
from ledger.lanes import Lease
from ledger.work import WorkItem
from packs.models import Pack

_ITEMS_BETWEEN_COLLECTIONS = 10
_DIRECT_FOR_ONE_OPENED = 10
"""So many questions that were read without opening a page leave no more behind in the browser than one with pages."""
_COLLECTION_SECONDS = 5.0
_ITEMS_IN_ONE_WINDOW = 200
_TRANSIENTS_BEFORE_END = 3
"""So many questions in a row that fail, each for its first time, mean that the portal is down: the others wait."""
_WAIT_OUT = timedelta(minutes=5)
"""A portal that is back so soon is waited for within the session; otherwise the session ends."""


_PORTAL_IS_UP = frozenset({Ending.ANSWERED, Ending.NEGATIVE, Ending.NEEDS_STAFF})


@dataclass
class _State:
    due: int = 0
    by_ending: Counter[Ending] = field(default_factory=Counter)
    transients: int = 0
    up: bool = False
    """The portal has answered in this session, and its breaker knows."""
    collect_at: float = _ITEMS_BETWEEN_COLLECTIONS
    """The browser is told to clear up when so many questions, counted as opened ones, have left something behind."""
    building: dict[int, datetime] = field(default_factory=dict)
    """Questions whose answer the portal is making ready, and when each may be asked again."""


class LaneSession:
    """One session of one lane, from the first item to the sign-out."""

    def __init__(
        self,
        given: Work,
        gate: Gate,
        lease: Lease,
        report: Callable[[Progress], None],
        crashed: Callable[[BaseException], None] | None,
    ) -> None:
        self._given = given
        self._lease = lease
        self._report = report
        self._state = _State()
        self._gate = gate
        self._pace = Pace(gate.reserve, given.clock, gate.idle_limit())
        self._doorway = Doorway(given, lease, self._gate, self._tell)
        self._attempts = Attempts(given, lease, self._doorway, self._pace, self._tell, crashed=crashed)
        self._probed: Probed | None = None
        self._allowed = AllowedHosts.of_pack(given.pack)
        self._way_out: WayOut | None = None

    async def work(self, run_id: int) -> Report:
        """All of it. Raises LeaseLost when somebody else took over."""
        given, state = self._given, self._state
        practice_id = given.actor.practice_id
        due = await given.ledger.call(due_count, practice_id, given.pack.portal, given.flow, given.clock.now())
        named = due if given.only is None else len(given.only)
        state.due = min(due, named, due if given.limit is None else given.limit)
        item = await self._first_item()
        if item is None and given.probing is not Probing.ONLY:
            return Report(run_id=run_id, why="nothing due", by_ending={})
        async with WayOut(self._allowed) as way_out:
            self._way_out = way_out
            return await self._in_browser(run_id, item, way_out)

    async def _in_browser(self, run_id: int, item: WorkItem | None, way_out: WayOut) -> Report:
        """From a fresh browser context to its end."""
        given, state = self._given, self._state
        files = given.flow is Flow.APPEAL
        context = await given.browser.new_context(
            accept_downloads=_hands_out_documents(given.pack),
            proxy=way_out.address,
            # Only what files something needs a line that lets nothing through twice; others go straight to the portal.
            direct=() if files else self._allowed.direct,
        )
        session = None
        try:
            session = await self._doorway.new_session(context, self._pace, way_out if files else None)
            self._tell("signing in")
            await self._doorway.sign_in(session)
            await self._probe(session)
            why, stopped = ("probed", None) if item is None else await self._stream(session, item)
        except Stop as stopped_at_door:
            # The session could not be opened, or is not at the portal that we know: the item keeps its turn.
            stopped = await self._session_failed(session, item, stopped_at_door.outcome)
            why = why_ended(stopped_at_door.outcome)
        finally:
            try:
                signed_out = await self._leave(session)
            finally:
                with contextlib.suppress(PageFailed):
                    async with no_browser_text():
                        await context.close()
        return Report(
            run_id=run_id,
            why=why,
            by_ending=dict(state.by_ending),
            stopped=stopped,
            again_at=await self._again_at(why),
            signed_out=signed_out,
            weak_elements=tuple(sorted({f"{way.view}.{way.element}" for way in session.weak})) if session else (),
            probed=self._probed,
            read_directly=self._attempts.read_directly,
            refused=way_out.refused,
        )

    async def _first_item(self) -> WorkItem | None:
        """The item to begin with; none for a mere probe, which a view that was stopped does not hinder."""
        given = self._given
        if given.probing is not Probing.ONLY:
            return await self._next_item()
        await given.ledger.call(cases.check_stops, given.pack.portal, alias=given.alias)
        return None

    async def _probe(self, session: Session) -> None:
        """Raises Stop with DRIFT when the portal is not what the pack says."""
        self._probed = await probe_if_due(self._given, self._lease, session, self._tell)
        if self._probed is not None and self._probed.outcome is not None:
            raise Stop(self._probed.outcome)

    async def _stream(self, session: Session, item: WorkItem | None) -> tuple[str, Reason | None]:
        """Item after item, until there is none, the limit is reached, or an ending does not let the session go on."""
        state, limit = self._state, self._given.limit
        while item is not None:
            if self._gate.hours_over():
                await self._given.ledger.call(work.put_back, self._lease, item)
                return "hours over", None
            if self._given.leave():
                await self._given.ledger.call(work.put_back, self._lease, item)
                return "told to leave", None
            self._tell("asking")
            begun = time.monotonic()
            outcome = self._with_refused(await self._attempts.attempt(session, item))
            code = outcome.reason.code if outcome.reason else None
            if code is Code.ACC_INUSE:
                await self._attempts.give_way(session, item, outcome)
                return why_ended(outcome), outcome.reason
            await self._finish(session, item, outcome)
            self._tell("asking", Ended(item.id, outcome.ending, code, round((time.monotonic() - begun) * 1000)))
            if not policy(outcome.ending).session_goes_on:
                return why_ended(outcome), outcome.reason
            if not self._given.browser.runs:
                return "browser ended", outcome.reason
            if state.transients >= _TRANSIENTS_BEFORE_END:
                return "portal down", outcome.reason
            asked = sum(state.by_ending.values())
            if limit is not None and asked >= limit:
                return "limit reached", None
            await self._collect_garbage_if_due(session, asked)
            try:
                item = await self._next_item()
                if item is not None and asked % _ITEMS_IN_ONE_WINDOW == 0:
                    await session.page.renew(self._given.flow)
            except Stopped:
                return "stopped", outcome.reason
            except NotPermitted as refused:
                return "not permitted", Reason(code=Code.POL_NOPERMIT, what=str(refused))
            except PortalClosed as closure:
                return "portal closed", closed(closure, outcome.reason)
        return ("being built" if state.building else "finished"), None

    async def _finish(self, session: Session, item: WorkItem, outcome: Outcome) -> None:
        """Record the end of an item, and what it says about the portal."""
        state, reason = self._state, outcome.reason
        await self._attempts.finish(session, item, outcome)
        state.by_ending[outcome.ending] += 1
        if outcome.ending in _PORTAL_IS_UP and not state.up:
            state.up = await self._told_up()
        state.building.pop(item.id, None)
        if reason is not None and reason.code is Code.TECH_BUILDING and reason.not_before is not None:
            # The portal answered, and well: it only needs time.
            state.building[item.id] = reason.not_before
            state.transients = 0
        elif outcome.ending is not Ending.TRANSIENT:
            state.transients = 0
        elif not item.tries:
            # One that fails again tells of itself, not of the portal: those come back together, after all others.
            state.transients += 1

    async def _told_up(self) -> bool:
        given = self._given
        await given.ledger.call(breakers.succeeded, given.pack.portal, given.clock.now())
        return True

    async def _collect_garbage_if_due(self, session: Session, asked: int) -> None:
        """Keep the browser's memory within bounds. A page that does not answer shows it at the next item."""
        directly = self._attempts.read_directly
        left_behind = asked - directly + directly / _DIRECT_FOR_ONE_OPENED
        if left_behind < self._state.collect_at:
            return
        self._state.collect_at = left_behind + _ITEMS_BETWEEN_COLLECTIONS
        with contextlib.suppress(PageFailed, TimeoutError):
            async with asyncio.timeout(_COLLECTION_SECONDS):
                await session.page.engine.collect_garbage()

    async def _session_failed(self, session: Session | None, item: WorkItem | None, outcome: Outcome) -> Reason | None:
        """Signing in ended with this outcome: one incident for a person, unless waiting alone mends it."""
        outcome = self._with_refused(outcome)
        given, reason = self._given, outcome.reason
        waits = outcome.ending is Ending.TRANSIENT
        known = reason is not None and (reason.not_before is not None or reason.code is Code.ACC_INUSE)
        if not waits or known:
            seen = PagesSeen()
            if session is not None and not waits:
                await seen.take_picture(session.page.engine)
            found = await given.ledger.call(seen.seal, given.evidence)
            await given.ledger.call(runs.report, self._lease, outcome, given.clock.now(), evidence_found=found)
        if item is not None:
            await given.ledger.call(work.put_back, self._lease, item)
        return reason

    async def _leave(self, session: Session | None) -> bool:
        """Sign out; True when the portal showed that it did.

        A portal that wants to be left alone for a while is not asked for that either: the session ends by itself.
        """
        if session is None or not self._doorway.signed_in or not await self._waited_out():
            return False
        return await self._doorway.leave(session)

    async def _next_item(self) -> WorkItem | None:
        """The next question; waits where the portal is back soon. Raises Stopped or PortalClosed."""
        while True:
            try:
                now = self._given.clock.now()
                return await self._given.ledger.call(self._taken, now)
            except PortalClosed:
                if not await self._waited_out():
                    raise

    def _taken(self, now: datetime) -> WorkItem | None:
        """The next question, if it is still permitted to ask it; on the ledger's thread."""
        self._gate.permit = permit_of(self._given, now)
        return work.next_item(self._lease, now, self._given.only)

    async def _waited_out(self) -> bool:
        """Wait until the portal may be asked again; False when that is too long for this session."""
        while (until := await self._gate.closed_until()) is not None:
            clock = self._given.clock
            left = until - clock.now()
            if left > _WAIT_OUT:
                return False
            self._tell(f"waiting until {until:%H:%M:%S} UTC")
            await clock.sleep(max(left.total_seconds(), 1.0))
        return True

    async def _again_at(self, why: str) -> datetime | None:
        if why == "hours over":
            return self._gate.opens_at()
        if why == "being built":
            return min(self._state.building.values())
        return await self._gate.closed_until()

    def _with_refused(self, outcome: Outcome) -> Outcome:
        return outcome if self._way_out is None else with_refused(outcome, self._way_out.take_refused_names())

    def _tell(self, doing: str, ended: Ended | None = None) -> None:
        self._report(Progress(due=self._state.due, by_ending=dict(self._state.by_ending), doing=doing, ended=ended))


def _hands_out_documents(pack: Pack) -> bool:
    return any(view.documents or any(table.documents for table in view.tables.values()) for view in pack.views.values())
