"""One session of one lane: take the lease, sign in once, stream the items, sign out, give the lease back.

Every end of an item is one transaction of the ledger under the lease's token; when the token is old, nothing is written
and the session stops.
"""

import asyncio
import contextlib
import json
import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from ipaddress import ip_address
from urllib.parse import urlsplit

from playwright.async_api import BrowserContext

from bots.assignment import Ended, Progress, Report, Work
from bots.door.at_hand import AtHand
from bots.engine import PageEngine
from bots.evidence import PagesSeen
from bots.faults import PageFailed, no_browser_text
from bots.gate import Gate
from bots.lane import Lane, held
from bots.pace import Pace
from bots.portal_page import PortalPage, unreachable
from bots.press_guard import PressGuard
from bots.probe import GOOD_FOR, KNOWN_CLAIMS, Known, Probed, Probing, probe
from bots.session import Session
from bots.sign_in import sign_in, sign_out
from flows.answers import ClaimState
from flows.claim_status import claim_status
from flows.outcomes import Code, Ending, Outcome, Reason, Stop, policy, stop
from ledger import cases, permissions, probes, runs, work
from ledger.errors import LeaseLost, NotPermitted, PortalClosed, Stopped
from ledger.lanes import Lease
from ledger.permissions import Permit
from ledger.work import Finished, WorkItem
from vault.errors import CredentialMissing

__all__ = ["Ended", "Progress", "Report", "Work", "run_lane"]

_SIGN_OUT_SECONDS = 20.0
_ITEMS_BETWEEN_COLLECTIONS = 10
_COLLECTION_SECONDS = 5.0
_ITEMS_IN_ONE_WINDOW = 200
_TRANSIENTS_BEFORE_END = 3
"""So many look-ups in a row without an answer mean that the portal is down: the others keep their turn."""
_WAIT_OUT = timedelta(minutes=5)
"""A portal that is back so soon is waited for within the session; otherwise the session ends."""


@dataclass
class _State:
    due: int = 0
    by_ending: Counter[Ending] = field(default_factory=Counter)
    transients: int = 0
    signed_in: bool = False


async def run_lane(
    given: Work,
    report: Callable[[Progress], None] = lambda _: None,
    crashed: Callable[[BaseException], None] | None = None,
) -> Report:
    """Work the due items of one lane in one session.

    `crashed` is told of every fault of our own (an item ending with DEFECT), for the log. Raises NotPermitted before
    anything is touched; LaneBusy when another process holds the lane (at once, or after a lease's time when
    `wait_for_lane`); Stopped while a person has to look at this portal first; PortalClosed while the portal is not to
    be asked; SessionsUsedUp for a slot that it does not allow; LeaseLost when somebody else took over.
    """
    permit = await _permit(given)
    await Gate(given.pack, given.alias, given.ledger, given.clock).check(given.slot)

    def waiting() -> None:
        report(Progress(due=0, by_ending={}, doing="waiting for the lane"))

    async with held(
        Lane(given.pack.portal, given.alias, given.slot),
        given.ledger,
        given.clock,
        given.actor,
        waiting if given.wait_for_lane else None,
    ) as lease:
        run_id = await given.ledger.call(runs.start, lease, given.flow, given.clock.now())
        session = _LaneSession(given, permit, lease, report, crashed)
        why = "failed"
        try:
            result = await session.work(run_id)
            why = result.why
            return result
        except (asyncio.CancelledError, KeyboardInterrupt):
            why = "interrupted"
            raise
        finally:
            with contextlib.suppress(LeaseLost):
                await given.ledger.call(runs.end, lease, why, given.clock.now())


async def _permit(given: Work) -> Permit:
    """The office's permission for this portal and flow, or NotPermitted. A simulator's never opens another machine."""
    permit = await given.ledger.call(
        permissions.check,
        given.pack.portal,
        given.flow,
        given.actor.practice_id,
        given.clock.now(),
        attended=given.attended,
    )
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


class _LaneSession:
    """The session under a lease."""

    def __init__(
        self,
        given: Work,
        permit: Permit,
        lease: Lease,
        report: Callable[[Progress], None],
        crashed: Callable[[BaseException], None] | None,
    ) -> None:
        self._given = given
        self._lease = lease
        self._report = report
        self._crashed = crashed
        self._state = _State()
        self._gate = Gate(given.pack, given.alias, given.ledger, given.clock)
        self._pace = Pace(self._gate.look_ups_a_minute(permit.lookups_per_minute), given.clock, self._gate.idle_limit())
        self._active_at = given.clock.now()
        self._probed: Probed | None = None

    async def work(self, run_id: int) -> Report:
        """All of it, from the first item to the sign-out."""
        given, state = self._given, self._state
        counts = await given.ledger.call(work.counts, given.pack.portal, given.flow, given.clock.now())
        state.due = counts.ready if given.limit is None else min(counts.ready, given.limit)
        item = await self._first_item()
        if item is None and given.probing is not Probing.ONLY:
            return Report(run_id=run_id, why="nothing due", by_ending={})
        context = await given.browser.new_context()
        session = None
        try:
            session = await self._new_session(context)
            self._tell("signing in")
            await self._sign_in(session)
            await self._probe(session)
            why, stopped = ("probed", None) if item is None else await self._stream(session, item)
        except Stop as stopped_at_door:
            # The session could not be opened, or is not at the portal that we know: the item keeps its turn.
            reason = await self._session_failed(session, item, stopped_at_door.outcome)
            why, stopped = _why(stopped_at_door.outcome), reason
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
        )

    async def _first_item(self) -> WorkItem | None:
        """The item to begin with; none for a mere probe, which a view that was stopped does not hinder."""
        given = self._given
        if given.probing is not Probing.ONLY:
            return await self._next_item()
        await given.ledger.call(cases.check_stops, given.pack.portal, alias=given.alias)
        return None

    async def _probe(self, session: Session) -> None:
        """See whether the portal is what the pack says, where that is due. Raises Stop with DRIFT when it is not."""
        given, pack = self._given, self._given.pack
        if given.probing is Probing.NEVER:
            return
        passed_at = await given.ledger.call(probes.last_passed, pack.portal, given.flow, pack.version)
        if given.probing is Probing.WHEN_DUE and passed_at is not None and passed_at > given.clock.now() - GOOD_FOR:
            return
        self._tell("probing")
        practice_id = given.actor.practice_id
        like = await given.ledger.call(probes.newest_question, pack.portal, given.flow, practice_id)
        records = await given.ledger.call(probes.newest_final, pack.portal, given.flow, practice_id, KNOWN_CLAIMS)
        known = [
            Known(question=record.question, state=record.answer.normalised)
            for record in records
            if isinstance(record.answer.normalised, ClaimState)
        ]
        self._probed = await probe(session, like, known)
        checks = json.dumps([checked.model_dump() for checked in self._probed.checks])
        await given.ledger.call(
            probes.record, self._lease, pack.version, checks, given.clock.now(), passed=self._probed.passed
        )
        if self._probed.outcome is not None:
            raise Stop(self._probed.outcome)

    async def _new_session(self, context: BrowserContext) -> Session:
        try:
            async with no_browser_text():
                page = await context.new_page()
            engine = await PageEngine.attach(page)
        except PageFailed as failed:
            raise unreachable(failed) from None
        return Session(PortalPage(engine, self._given.pack, self._given.clock), self._given.clock, self._pace)

    async def _sign_in(self, session: Session) -> None:
        given = self._given
        version = _version_in_vault(given)

        closed = await self._gate.closed_until()
        if closed is not None:
            # Another session has learned it since this one began.
            raise stop(Ending.TRANSIENT, Code.TECH_MAINT, "The portal is closed for a while.", not_before=closed)
        at_hand = AtHand(
            credential=lambda: given.vault.credential(given.pack.portal, given.alias, "sign-in"),
            version=version,
            ledger=given.ledger,
            lease=self._lease,
            evidence=given.evidence,
            clock=given.clock,
            told=self._tell,
        )
        guard = PressGuard(given.ledger, self._lease, version, given.pack.lockout, given.clock)
        await sign_in(session.page, guard, at_hand)
        self._state.signed_in = True
        self._active_at = given.clock.now()
        session.signed_in_again()

    async def _stream(self, session: Session, item: WorkItem | None) -> tuple[str, Reason | None]:
        """Item after item, until there is none, the limit is reached, or an ending does not let the session go on."""
        state, limit = self._state, self._given.limit
        while item is not None:
            if self._gate.hours_over():
                await self._given.ledger.call(work.put_back, self._lease, item)
                return "hours over", None
            self._tell("asking")
            begun = time.monotonic()
            outcome = await self._attempt(session, item)
            if outcome.reason is not None and outcome.reason.code is Code.ACC_INUSE:
                return await self._give_way(session, item, outcome)
            await self._finish(session, item, outcome)
            code = outcome.reason.code if outcome.reason else None
            self._tell("asking", Ended(item.id, outcome.ending, code, round((time.monotonic() - begun) * 1000)))
            if not policy(outcome.ending).session_goes_on:
                return _why(outcome), outcome.reason
            state.transients = state.transients + 1 if outcome.ending is Ending.TRANSIENT else 0
            if state.transients >= _TRANSIENTS_BEFORE_END:
                return "portal down", outcome.reason
            asked = sum(state.by_ending.values())
            if limit is not None and asked >= limit:
                return "limit reached", None
            if asked % _ITEMS_BETWEEN_COLLECTIONS == 0:
                await self._collect_garbage(session)
            try:
                item = await self._next_item()
                if item is not None and asked % _ITEMS_IN_ONE_WINDOW == 0:
                    await session.page.renew()
            except Stopped:
                return "stopped", outcome.reason
            except PortalClosed as closed:
                return "portal closed", _closed(closed, outcome.reason)
        return "finished", None

    async def _give_way(self, session: Session, item: WorkItem, outcome: Outcome) -> tuple[str, Reason | None]:
        """Somebody else is signed in as us. The question keeps its turn, and nobody is thrown out in this run."""
        given = self._given
        self._state.signed_in = False
        found = await given.ledger.call(session.seen.seal, given.evidence)
        await given.ledger.call(runs.report, self._lease, outcome, given.clock.now(), evidence_found=found)
        await given.ledger.call(work.put_back, self._lease, item)
        return _why(outcome), outcome.reason

    async def _attempt(self, session: Session, item: WorkItem) -> Outcome:
        """One item's try; an expired session is signed in again once, and the same item goes on."""
        session.begin_item()
        # A session that waited for so long is not pressed on: the portal has ended it, or does so under our hands.
        if self._given.clock.now() - self._active_at < self._gate.idle_limit():
            outcome = await self._ask(session, item)
            if outcome.reason is None or outcome.reason.code is not Code.TECH_SESSION:
                return outcome
        self._state.signed_in = False
        self._tell("signing in again")
        try:
            await self._sign_in(session)
        except Stop as stopped:
            await session.seen.take_picture(session.page.engine)
            return stopped.outcome
        return await self._ask(session, item)

    async def _ask(self, session: Session, item: WorkItem) -> Outcome:
        try:
            outcome = await claim_status(item.question, session)
        except Stop as stopped:
            outcome = stopped.outcome
        except (LeaseLost, asyncio.CancelledError):
            raise
        except Exception as defect:  # our own fault must park one item, not end the night
            if self._crashed is not None:
                self._crashed(defect)
            what = "Something in portalwright itself failed; the log of this run says where."
            outcome = Outcome(ending=Ending.DEFECT, reason=Reason(code=Code.TECH_DEFECT, what=what))
        self._active_at = self._given.clock.now()
        if outcome.reason is not None and outcome.reason.code is not Code.TECH_SESSION:
            await session.seen.take_picture(session.page.engine)
        return outcome

    async def _collect_garbage(self, session: Session) -> None:
        """Keep the browser's memory within bounds. A page that does not answer shows it at the next item."""
        with contextlib.suppress(PageFailed, TimeoutError):
            async with asyncio.timeout(_COLLECTION_SECONDS):
                await session.page.engine.collect_garbage()

    async def _finish(self, session: Session, item: WorkItem, outcome: Outcome) -> Finished:
        given = self._given
        found = await given.ledger.call(session.seen.seal, given.evidence)
        finished = await given.ledger.call(
            work.finish, self._lease, item, outcome, given.clock.now(), evidence_found=found
        )
        self._state.by_ending[outcome.ending] += 1
        return finished

    async def _session_failed(self, session: Session | None, item: WorkItem | None, outcome: Outcome) -> Reason | None:
        """Signing in ended with this outcome: one incident for a person, unless waiting alone mends it."""
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
        """Sign out, within bounds, whatever happened. True when the portal showed that it did.

        A portal that wants to be left alone for a while is not asked for that either: the session ends by itself.
        """
        if session is None or not self._state.signed_in or not await self._waited_out():
            return False
        self._tell("signing out")
        with contextlib.suppress(Stop, TimeoutError):
            async with asyncio.timeout(_SIGN_OUT_SECONDS):
                return await sign_out(session.page)
        return False

    async def _next_item(self) -> WorkItem | None:
        """The next question; waits where the portal is back soon. Raises Stopped or PortalClosed."""
        while True:
            try:
                return await self._given.ledger.call(work.next_item, self._lease, self._given.clock.now())
            except PortalClosed:
                if not await self._waited_out():
                    raise

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
        return await self._gate.closed_until()

    def _tell(self, doing: str, ended: Ended | None = None) -> None:
        self._report(Progress(due=self._state.due, by_ending=dict(self._state.by_ending), doing=doing, ended=ended))


def _version_in_vault(given: Work) -> int:
    """Which version of the credential would be pressed; no secret is opened for that. Raises CredentialMissing."""
    for summary in given.vault.list():
        if (summary.portal, summary.alias) == (given.pack.portal, given.alias):
            return summary.version
    raise CredentialMissing(given.pack.portal, given.alias)


def _closed(closed: PortalClosed, last: Reason | None) -> Reason:
    """Why the session ends: what the portal said to the last question, or what another session was told."""
    if last is not None and last.not_before is not None:
        return last
    return Reason(code=Code(closed.why), what="The portal is closed for a while.", not_before=closed.until)


def _why(outcome: Outcome) -> str:
    reason = outcome.reason
    if reason is not None and reason.code is Code.ACC_INUSE:
        return "in use elsewhere"
    if reason is not None and reason.not_before is not None:
        return "no code came" if outcome.ending is Ending.CREDENTIAL else "portal closed"
    return {
        Ending.CREDENTIAL: "credential stopped",
        Ending.REFUSED: "portal stopped",
        Ending.TRANSIENT: "portal down",
        Ending.DRIFT: "page not recognised",
    }.get(outcome.ending, "stopped")
