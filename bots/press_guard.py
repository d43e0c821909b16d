"""Stands between a robot and a sign-in button: every press is counted before it happens (DESIGN 2.2).

A press is proved by a recognised signed-in page, or by a page that the pack says the portal shows only to a right
password or a right code (`password_accepted`, `code_accepted`). Many portals ask for a code whatever the password was,
so it is for the pack to say; where it does, a code that never came leaves the password proved, and the night after may
press it again instead of finding a strike that was none.
"""

from bots.clock import Clock
from flows.outcomes import Code, Ending, Stop, stop
from ledger import presses
from ledger.errors import LeaseLost, PressRefused
from ledger.lanes import Lease
from ledger.presses import Bar, LockoutRule, PressKind, PressResult
from ledger.thread import LedgerThread
from packs.models import Lockout
from vault.totp import Totp

_CODES = {
    Bar.REJECTED: Code.ACC_BADPW,
    Bar.UNKNOWN: Code.ACC_UNKNOWN,
    Bar.BUDGET: Code.ACC_UNKNOWN,
    Bar.FEW_ATTEMPTS: Code.ACC_UNKNOWN,
    Bar.CODE_USED: Code.ACC_MFA,
    Bar.CHANGE: Code.ACC_EXPIRED,
}

_NEW_PASSWORDS = 4
"""A lock-out rule by which two new passwords in the portal's window are sent off at most: a portal does not count them
as strikes, and who is refused twice is asking for a person."""


class PressGuard:
    """The presses of one sign-in of one credential version.

    `begin` is committed to the ledger before it returns, so that a press which is never answered is known to every
    later process. What the pages after it show settles it: `prove` on a recognised signed-in page, `answered` on
    anything else. A guard that is dropped without either leaves the press unproved: nobody saw its answer.
    """

    def __init__(self, ledger: LedgerThread, lease: Lease, version: int, lockout: Lockout, clock: Clock) -> None:
        self._ledger = ledger
        self._lease = lease
        self._version = version
        self._clock = clock
        self._rules = {
            PressKind.PASSWORD: LockoutRule(lockout.attempts, lockout.window),
            PressKind.CODE: LockoutRule(lockout.code_attempts, lockout.window),
            # Portals that count wrong answers count them as they count wrong codes.
            PressKind.QUESTION: LockoutRule(lockout.code_attempts, lockout.window),
            PressKind.CHANGE: LockoutRule(_NEW_PASSWORDS, lockout.window),
        }
        self._open: list[tuple[int, PressKind]] = []

    @property
    def pressed(self) -> bool:
        """Has anything been pressed whose answer is not recorded yet?"""
        return bool(self._open)

    async def may_press(self, kind: PressKind) -> None:
        """Raises Stop with CREDENTIAL when such a press would be refused: nobody is asked for a code in vain."""
        standing = await self._ledger.call(
            presses.standing,
            self._lease.actor.practice_id,
            self._lease.portal,
            self._lease.alias,
            self._version,
            self._rules[kind],
            now=self._clock.now(),
            kind=kind,
        )
        if standing.bar is not None:
            raise stop(Ending.CREDENTIAL, _CODES[standing.bar], standing.why)

    async def begin(self, kind: PressKind, code_step: int | None = None, version: int | None = None) -> None:
        """Count the press that comes next. Raises Stop with CREDENTIAL when it must not happen.

        `version`: that of the password which the press is about, where it is not the one that signs in.
        """
        try:
            press = await self._ledger.call(
                presses.begin,
                self._lease,
                self._version if version is None else version,
                kind,
                self._rules[kind],
                self._clock.now(),
                code_step=code_step,
            )
        except PressRefused as refused:
            raise _refusal(refused) from None
        self._open.append((press, kind))

    async def fresh_code_step(self, totp: Totp) -> int:
        """Wait until there is a code that was never used, and return its time step."""
        lease = self._lease
        used = await self._ledger.call(presses.last_code_step, lease.actor.practice_id, lease.portal, lease.alias)
        step = totp.next_fresh_step(used, self._clock.now())
        await self._clock.sleep(totp.seconds_until_step(step, self._clock.now()))
        return step

    async def prove(self, *kinds: PressKind) -> bool:
        """The presses of these kinds (all when none is named) were right: a page followed that shows it.

        True when the password's was among them. A new password is never proved by the pages that follow its own press.
        """
        password = False
        for press, kind in tuple(self._open):
            if kind is not PressKind.CHANGE and (not kinds or kind in kinds):
                self._open.remove((press, kind))
                await self._settle(press, PressResult.PROVED)
                password = password or kind is PressKind.PASSWORD
        return password

    def wait_for_proof(self) -> None:
        """The press that changed the password stays unproved until the new one has opened the door."""
        self._open = [(press, kind) for press, kind in self._open if kind is not PressKind.CHANGE]

    async def answered(self, result: PressResult) -> None:
        """The last press was answered by something else: REJECTED when the portal says no, UNKNOWN otherwise.

        Presses before it, whose next page did come, keep standing as unproved: no signed-in page was seen.
        """
        if self._open:
            press, _ = self._open.pop()
            await self._settle(press, result)

    async def _settle(self, press: int, result: PressResult) -> None:
        try:
            await self._ledger.call(presses.settle, self._lease, press, result, self._clock.now())
        except LeaseLost:
            if result is not PressResult.PROVED:
                # Another process has the lane, and must not press again what was rejected here.
                await self._ledger.call(presses.settle, None, press, result, self._clock.now())
            raise


def _refusal(refused: PressRefused) -> Stop:
    return stop(Ending.CREDENTIAL, _CODES[Bar(refused.bar)], str(refused))
