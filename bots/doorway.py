"""In and out of a portal under one lease: a window with the portal in it, signed in and, whatever happened, out."""

import asyncio
import contextlib
import hashlib
from collections.abc import Callable

from playwright.async_api import BrowserContext

from bots.assignment import Work
from bots.door.at_hand import AtHand
from bots.door.passwords import Passwords
from bots.door.questions import answer_to
from bots.endings import unreachable
from bots.engine import PageEngine
from bots.faults import PageFailed, no_browser_text
from bots.gate import Gate
from bots.pace import Pace
from bots.portal_page import PortalPage
from bots.press_guard import PressGuard
from bots.session import Session, Writing
from bots.sign_in import Entered, sign_in, sign_out
from bots.way_out import WayOut
from bots.write_guard import WriteGuard
from flows.outcomes import Code, Ending, Stop, stop
from ledger.errors import LedgerError
from ledger.lanes import Lease
from packs.models import Pack
from packs.signing_in import CodeRow

_SIGN_OUT_SECONDS = 20.0


class Doorway:
    """The door of the portal for one session."""

    def __init__(self, given: Work, lease: Lease, gate: Gate, told: Callable[[str], None]) -> None:
        """`told` hears in a few words what the session does and waits for."""
        self._given = given
        self._lease = lease
        self._gate = gate
        self._told = told
        self._signed_in = False
        self._active_at = given.clock.now()

    @property
    def signed_in(self) -> bool:
        """Does the portal know us, as far as we know?"""
        return self._signed_in

    @property
    def gone_idle(self) -> bool:
        """Was nothing asked for so long that the portal has ended the session, or does so under our hands?"""
        return self._given.clock.now() - self._active_at >= self._gate.idle_limit()

    def active(self) -> None:
        """The portal has heard of us just now."""
        self._active_at = self._given.clock.now()

    def signed_out(self) -> None:
        """The portal does not know us any more."""
        self._signed_in = False

    async def new_session(self, context: BrowserContext, pace: Pace, way_out: WayOut | None = None) -> Session:
        """A window of this context for the portal, not signed in yet. Only with `way_out` can it file. Raises Stop."""
        try:
            async with no_browser_text():
                page = await context.new_page()
            engine = await PageEngine.attach(page)
        except PageFailed as failed:
            raise unreachable(failed) from None
        given = self._given
        writing = None
        if way_out is not None:
            writing = Writing(WriteGuard(given.ledger, self._lease, given.clock).pressing, way_out)
        return Session(
            PortalPage(engine, given.pack, given.clock),
            given.clock,
            pace,
            intake=given.intake,
            answer_to=lambda asked: answer_to(
                asked, given.vault.credential(given.pack.portal, given.alias, "document")
            ),
            attached=self._attached if given.papers is not None else None,
            writing=writing,
        )

    async def _attached(self, sha256: str) -> bytes | None:
        """A document that goes with an appeal; None where it is not there, or not what was approved."""
        papers = self._given.papers
        if papers is None:
            return None
        try:
            content = await self._given.ledger.call(papers.content, sha256)
        except LedgerError:
            return None
        return content if hashlib.sha256(content).hexdigest() == sha256 else None

    async def sign_in(self, session: Session) -> None:
        """Sign in, or raise Stop. A password that was changed on the way is proved by signing in with it, once."""
        given = self._given
        passwords = Passwords(given.vault, given.ledger, self._lease, given.clock, given.change_password)
        entered = await self._in(session, passwords)
        # Where each sign-in takes a person's code, the next one that is needed anyway proves the new password.
        later = entered is Entered.IN_BY_OLD_PASSWORD and _takes_a_persons_code(given.pack)
        if entered is not Entered.IN and not later:
            self._told("proving the new password")
            await self.leave(session)
            self._signed_in = False
            await self._in(session, passwords)
        self._signed_in = True
        self.active()
        session.signed_in_again()

    async def _in(self, session: Session, passwords: Passwords) -> Entered:
        """Once through the door; see `bots.sign_in.sign_in`."""
        given = self._given
        chosen = await passwords.to_press()
        closed = await self._gate.closed_until()
        if closed is not None:
            # Another session has learned it since this one began.
            raise stop(Ending.TRANSIENT, Code.TECH_MAINT, "The portal is closed for a while.", not_before=closed)
        at_hand = AtHand(
            credential=chosen.credential,
            version=chosen.version,
            ledger=given.ledger,
            lease=self._lease,
            evidence=given.evidence,
            clock=given.clock,
            told=self._told,
            passwords=passwords,
            beside=chosen.beside,
        )
        guard = PressGuard(given.ledger, self._lease, chosen.version, given.pack.lockout, given.clock)
        return await sign_in(session.page, guard, at_hand)

    async def leave(self, session: Session) -> bool:
        """Sign out, within bounds, whatever happened. True when the portal showed that it did."""
        self._told("signing out")
        with contextlib.suppress(Stop, TimeoutError):
            async with asyncio.timeout(_SIGN_OUT_SECONDS):
                if session.lost:
                    await session.renew()
                    await session.page.go(session.page.pack.sign_in.start)
                return await sign_out(session.page)
        return False


def _takes_a_persons_code(pack: Pack) -> bool:
    return any(isinstance(row, CodeRow) and row.source == "person" for row in pack.sign_in.table)
