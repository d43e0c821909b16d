"""The tries of one session: each question is asked, and its end recorded with what was seen, in one transaction."""

import asyncio
from collections.abc import Callable

from bots.asking import ask
from bots.assignment import Work
from bots.direct.reading import DirectReading
from bots.doorway import Doorway
from bots.evidence import PagesSeen
from bots.pace import Pace
from bots.picture_marks import deciding
from bots.session import Session
from bots.write_guard import uncertain
from flows.outcomes import Code, Ending, Outcome, Reason, Stop
from ledger import runs, work
from ledger.errors import LeaseLost
from ledger.lanes import Lease
from ledger.work import Finished, WorkItem


class Attempts:
    """One item's try after the other, under one lease."""

    def __init__(
        self,
        given: Work,
        lease: Lease,
        doorway: Doorway,
        pace: Pace,
        told: Callable[[str], None],
        *,
        crashed: Callable[[BaseException], None] | None,
    ) -> None:
        self._given = given
        self._lease = lease
        self._doorway = doorway
        self._asking = DirectReading(given.pack, given.flow, given.clock, pace, self._read_otherwise)
        self._told = told
        self._crashed = crashed

    @property
    def read_directly(self) -> int:
        """So many questions were answered without opening a page."""
        return self._asking.read

    async def attempt(self, session: Session, item: WorkItem) -> Outcome:
        """One item's try; an expired session is signed in again once, and the same item goes on.

        Never after a press that files something: its outcome is UNCERTAIN then, and only the portal's own list helps.
        """
        session.begin_item()
        # A session that waited for so long is not pressed on: the portal has ended it, or does so under our hands.
        if not self._doorway.gone_idle and not session.lost:
            outcome = await self._ask(session, item)
            if outcome.reason is None or outcome.reason.code is not Code.TECH_SESSION:
                return outcome
        self._doorway.signed_out()
        self._told("signing in again")
        try:
            if session.lost:
                await session.renew()
            await self._doorway.sign_in(session)
        except Stop as stopped:
            await session.seen.take_picture(session.page.engine)
            return stopped.outcome
        return await self._ask(session, item)

    async def finish(self, session: Session, item: WorkItem, outcome: Outcome) -> Finished:
        """Record how the try ended, with what was seen and fetched in it. Raises LeaseLost: nothing was written."""
        given, seen = self._given, session.seen
        found = await given.ledger.call(seen.seal, given.evidence)
        fetched = await given.ledger.call(seen.seal_documents, given.evidence)
        now = given.clock.now()
        return await given.ledger.call(
            work.finish, self._lease, item, outcome, now, evidence_found=found, documents=fetched
        )

    async def give_way(self, session: Session, item: WorkItem, outcome: Outcome) -> None:
        """Somebody else is signed in as us. The question keeps its turn, and nobody is thrown out in this run."""
        given = self._given
        self._doorway.signed_out()
        found = await given.ledger.call(session.seen.seal, given.evidence)
        await given.ledger.call(runs.report, self._lease, outcome, given.clock.now(), evidence_found=found)
        await given.ledger.call(work.put_back, self._lease, item)

    async def _ask(self, session: Session, item: WorkItem) -> Outcome:
        try:
            directly = self._asking.declared
            outcome = await (self._asking.ask if directly else ask)(item.question, session)
        except Stop as stopped:
            outcome = stopped.outcome
        except (LeaseLost, asyncio.CancelledError):
            raise
        except Exception as defect:  # our own fault must park one item, not end the night
            if self._crashed is not None:
                self._crashed(defect)
            what = "Something in portalwright itself failed; the log of this run says where."
            outcome = Outcome(ending=Ending.DEFECT, reason=Reason(code=Code.TECH_DEFECT, what=what))
        if session.committed and outcome.reason is not None and outcome.ending is not Ending.UNCERTAIN:
            outcome = uncertain(Stop(outcome)).outcome
        self._doorway.active()
        if outcome.reason is not None and outcome.reason.code is not Code.TECH_SESSION:
            await session.seen.take_picture(session.page.engine, deciding=deciding(outcome.reason))
        return outcome

    async def _read_otherwise(self, outcome: Outcome, seen: PagesSeen) -> None:
        """A page read without opening it says something else than the opened one: a case, with what was fetched."""
        given = self._given
        found = await given.ledger.call(seen.seal, given.evidence)
        await given.ledger.call(runs.report, self._lease, outcome, given.clock.now(), evidence_found=found)
