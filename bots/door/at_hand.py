"""What signing in has at hand besides the page: the credential, the ledger, the vault's seal, the time, an ear."""

from collections.abc import Callable
from dataclasses import dataclass

from bots.clock import Clock
from bots.door.passwords import Passwords
from ledger.lanes import Lease
from ledger.thread import LedgerThread
from vault.credential import Credential
from vault.sealed import SealedStore, Sealer


@dataclass(frozen=True)
class AtHand:
    """`credential` opens the sealed secrets and is called only when they are about to be typed.

    `version` is the credential's version, which is known without opening it. `told` hears in a few words what the
    session waits for.
    """

    credential: Callable[[], Credential]
    version: int
    ledger: LedgerThread
    lease: Lease
    evidence: SealedStore
    clock: Clock
    told: Callable[[str], None]
    passwords: Passwords | None = None
    """What is known of the sign-in's passwords; without it, a portal that wants a new one is a case for a person."""
    beside: int | None = None
    """The version of the new password that waited when this one was chosen (`ToPress.beside`)."""

    @property
    def sealer(self) -> Sealer:
        """The vault's own seal."""
        return self.evidence.sealer
