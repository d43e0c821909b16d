"""Which questions of a session are asked without opening a page, and the proof that this reads the same.

The first item, then every so often one, and every item whose pages hold a kind of mark-up that no proof has seen, is
asked in both ways. The answer is the opened page's then, and any difference ends direct reading for the session.
"""

from collections.abc import Awaitable, Callable

from bots.asking import ask
from bots.clock import Clock
from bots.direct.engine import AskedToRest
from bots.direct.fetched import NotRead
from bots.direct.proof import difference
from bots.direct.session import DirectSession
from bots.endings import interrupted
from bots.evidence import PagesSeen
from bots.exchanges import Wished
from bots.pace import Pace
from bots.session import Session
from flows.outcomes import Code, Ending, Outcome, Stop, stop
from flows.questions import Flow, Question
from packs.models import Limits, Pack
from packs.moves import HowRead, Interruption
from packs.needs import NEEDS

PROVED_EACH = 100
"""So many items after a proof the next one is made, whatever the pages look like."""

_MOST_UNREAD = 5
"""After so many questions in a row that could not be read directly, trying costs more than it saves."""

Differs = Callable[[Outcome, PagesSeen], Awaitable[None]]
"""Hears of a difference: a DRIFT for a person, and the pages that were fetched."""


class DirectReading:
    """Asks the questions of one session: directly where that is declared and proved, else by opening pages."""

    def __init__(self, pack: Pack, flow: Flow, clock: Clock, pace: Pace, differs: Differs) -> None:
        self._pack = pack
        self._clock = clock
        self._pace = pace
        self._differs = differs
        # What files something is asked by opened pages from its first search on.
        self._declared = (
            flow is not Flow.APPEAL
            and not _goes_idle(pack.limits)
            and any(pack.forms[name].reading is HowRead.DIRECT for name in NEEDS[flow].forms if name in pack.forms)
        )
        self._session: DirectSession | None = None
        self._proved: set[str] = set()
        """Every kind of mark-up of pages that both ways read the same."""
        self._since_proof: int | None = None
        self._unread = 0
        self._told: Interruption | None = None
        """Why the portal interrupted, where a fetched page said so; until a page is read again, or one is opened."""
        self.read = 0
        """So many questions were answered without opening a page."""

    @property
    def declared(self) -> bool:
        """Is there anything to read directly, and has no proof failed?"""
        return self._declared

    async def ask(self, question: Question, opened: Session) -> Outcome:
        """What comes of the question, with its pages in `opened.seen`. Raises Stop where the portal ends it early."""
        if not self._declared:
            return await ask(question, opened)
        session = self._session_in(opened)
        try:
            directly = await self._directly(question, session)
        except AskedToRest as asked:
            raise self._rest(asked.wished) from None
        if directly is None:
            self._unread += 1
            self._declared = self._unread < _MOST_UNREAD
            return await self._open(question, opened, session)
        self._unread = 0
        if self._since_proof is not None and self._since_proof < PROVED_EACH and session.marks <= self._proved:
            self._since_proof += 1
            self.read += 1
            opened.seen, opened.readings = session.seen, session.readings
            return directly
        return await self._prove(question, directly, opened, session)

    async def _directly(self, question: Question, session: DirectSession) -> Outcome | None:
        """The answer; None for everything that is not one: whatever else comes, the opened page says what it is."""
        session.begin_item()
        try:
            outcome = await ask(question, session)
        except NotRead:
            came = [
                row for row in self._pack.interruptions if row.view in session.interrupts and row.ending is not None
            ]
            self._told = came[0] if came else self._told
            return None
        except Stop as stopped:
            if _has_expired(stopped):
                # The session went idle while it waited for its turn: nothing is asked in it any more.
                raise
            return None
        self._told = None
        return outcome if outcome.ending in (Ending.ANSWERED, Ending.NEGATIVE) else None

    async def _prove(self, question: Question, directly: Outcome, opened: Session, session: DirectSession) -> Outcome:
        """Ask again by opening the pages; where the portal ends that early, the next question makes the proof."""
        fetched, marks, seen = session.readings, session.marks, session.seen
        outcome = await self._open(question, opened, session)
        differing = difference(directly, fetched, outcome, opened.readings)
        if differing is None:
            self._proved |= marks
            self._since_proof = 0
            return outcome
        again = await self._directly(question, session)
        if again is not None and difference(again, session.readings, outcome, opened.readings) is None:
            # The portal itself has changed in between; the proof is made with the next question.
            return outcome
        self._declared = False
        await self._differs(differing, seen)
        return outcome

    async def _open(self, question: Question, opened: Session, session: DirectSession) -> Outcome:
        """Ask by opening pages.

        Some portals say once why they have ended a session: "your user ID is used on another computer". Where a page
        that was fetched said so, and the one that is opened knows only that nobody is signed in any more, it is still
        the reason: signing in again would throw out whoever is at work there.
        """
        told, self._told = self._told, None
        try:
            return await ask(question, opened)
        except Stop as stopped:
            if told is not None and _has_expired(stopped):
                raise interrupted(told) from None
            raise
        finally:
            session.page_was_left()

    def _session_in(self, opened: Session) -> DirectSession:
        if self._session is None or not self._session.is_current:
            self._session = DirectSession(opened, self._clock, self._pace)
        return self._session

    def _rest(self, wished: Wished) -> Stop:
        """As it ends when a page that is opened answers so."""
        few = wished.status == 429
        return stop(
            Ending.TRANSIENT,
            Code.TECH_429 if few else Code.TECH_5XX,
            "The portal asks for fewer look-ups." if few else "The portal's server failed.",
            not_before=wished.not_before(self._clock.now()),
        )


def _has_expired(stopped: Stop) -> bool:
    """Does this say no more than that nobody is signed in any more?"""
    reason = stopped.outcome.reason
    return reason is not None and reason.code is Code.TECH_SESSION


def _goes_idle(limits: Limits) -> bool:
    """May the portal be asked so seldom that a session goes idle over a proof, which asks twice?"""
    return 2 / limits.lookups_a_minute >= limits.idle_minutes
