"""The passwords of one sign-in: which of two may be pressed, and what becomes of both once one has opened the door.

Two there are from the moment at which a new one is sealed until one of them is proved. The journal of presses says what
may have happened at the portal in between; from that, and from nothing that was only meant to happen, follows which one
is pressed (DESIGN 2.2, 2.3, 8):

- the new one was never pressed, or the portal refused it: the one in use is;
- it was pressed and nobody saw the answer: the new one, once, to prove it. It opens the door, and is promoted; or it
  does not, and both are kept for a person;
- its answer was seen and not understood, or that one sign-in was tried: neither, until a person says which one works.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from bots.clock import Clock
from flows.outcomes import Code, Ending, Stop, stop
from ledger import password_changes, presses
from ledger.lanes import Lease
from ledger.password_changes import Change
from ledger.presses import PressResult
from ledger.thread import LedgerThread
from vault.credential import Credential
from vault.errors import CredentialMissing
from vault.pending_password import PendingPassword
from vault.secret import Secret
from vault.vault import Vault

ONCE_IN = timedelta(days=1)
"""A portal that wants another new password so soon is not satisfied with what the robot does: that is a person's."""


@dataclass(frozen=True)
class ToPress:
    """The password to press: its version, and what opens the credential with it when it is about to be typed.

    `beside`: the version of the new password that waited when this was decided; None where none did.
    """

    version: int
    credential: Callable[[], Credential]
    beside: int | None = None


@dataclass(frozen=True)
class Passwords:
    """The passwords of the sign-in that the lease is for. `may_change`: the office lets the robot choose a new one."""

    vault: Vault
    ledger: LedgerThread
    lease: Lease
    clock: Clock
    may_change: bool

    async def to_press(self) -> ToPress:
        """Which password this sign-in presses. Raises Stop while only a person can say it, and CredentialMissing."""
        portal, alias = self._names
        in_use, waiting = self._version_in_use(), self.vault.pending.find(portal, alias)
        if waiting is not None and waiting.version == in_use:
            # It was promoted, and what waited was not yet cleared away.
            self.vault.pending.drop(portal, alias, waiting.version, "it is in use")
            waiting = None
        elif waiting is not None and waiting.version > in_use:
            change = await self._change(waiting.version)
            if change is not None and change.took:
                await self.proved(waiting.version)
                in_use, waiting = waiting.version, None
            elif change is not None and change.took is None:
                if change.result is not None or change.tried:
                    raise two_passwords(portal)
                new = waiting.version
                return ToPress(new, lambda: self._opened(new), beside=new)
        return ToPress(in_use, lambda: self._opened(in_use), beside=None if waiting is None else waiting.version)

    async def proved(self, version: int, beside: int | None = None) -> None:
        """The password of this version has opened the door: it is the one in use.

        The new one that waited `beside` it when it was chosen waits no more. One that was sealed since is left alone: a
        process that stood still for longer than its lease would else throw away what another has sent off meanwhile.
        """
        portal, alias = self._names
        waiting = self.vault.pending.find(portal, alias)
        if waiting is not None and waiting.version == version:
            self.vault.pending.promote(portal, alias, version)
        elif waiting is not None and waiting.version == beside:
            self.vault.pending.drop(portal, alias, waiting.version, "the password in use was proved")
        change = await self._change(version)
        if change is not None and change.result is None:
            await self.ledger.call(presses.settle, self.lease, change.press_id, PressResult.PROVED, self.clock.now())

    def seal(self, password: Secret[str]) -> PendingPassword:
        """Keep a new password beside the one in use; it is on the disk when this returns."""
        return self.vault.pending.seal(*self._names, password)

    def drop(self, waiting: PendingPassword, reason: str) -> None:
        """Let go of a new password that the portal certainly did not take."""
        self.vault.pending.drop(*self._names, waiting.version, reason)

    def known(self, password: Secret[str]) -> bool:
        """Was it a password of this sign-in before, as far as we know?"""
        return self.vault.pending.known_before(*self._names, password)

    async def changed_at(self, version: int) -> datetime | None:
        """When the robot gave the sign-in the password of this version; None where a person did."""
        change = await self._change(version)
        return None if change is None else change.pressed_at

    def _opened(self, version: int) -> Credential:
        """The credential with the password of this version, which may be promoted while the sign-in goes on."""
        portal, alias = self._names
        waiting = self.vault.pending.find(portal, alias)
        if waiting is not None and waiting.version == version:
            return self.vault.pending.credential(portal, alias, "proof of a new password")
        return self.vault.credential(portal, alias, "sign-in")

    @property
    def _names(self) -> tuple[str, str]:
        return self.lease.portal, self.lease.alias

    def _version_in_use(self) -> int:
        """No secret is opened for that. Raises CredentialMissing."""
        for summary in self.vault.list():
            if (summary.portal, summary.alias) == self._names:
                return summary.version
        raise CredentialMissing(*self._names)

    async def _change(self, version: int) -> Change | None:
        practice_id = self.lease.actor.practice_id
        return await self.ledger.call(password_changes.of_version, practice_id, *self._names, version)


def two_passwords(portal: str, view: str | None = None) -> Stop:
    """Nobody knows which of two passwords works, and neither is pressed."""
    what = (
        "The portal asked for a new password, the robot sent one, and whether the portal took it is not known. Neither "
        "the new one nor the old one is pressed any more, and both are kept in the vault. Try them by hand, and say "
        f"which one works: `portalwright vault pending {portal}`."
    )
    return stop(Ending.CREDENTIAL, Code.ACC_EXPIRED, what, view=view)
