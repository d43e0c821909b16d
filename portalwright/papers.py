"""The documents that go with appeals, opened in memory for the session that hands them to a portal."""

from dataclasses import dataclass

from ledger.appeals import paper
from vault.sealed import SealedStore


@dataclass(frozen=True)
class OfficePapers:
    """What `bots.papers.Papers` asks for: the sealed documents of one practice's appeals."""

    store: SealedStore
    practice_id: int

    def content(self, sha256: str) -> bytes:
        """The document with this checksum (hex), as it is to be sent. Raises NotThere, and the vault's errors."""
        return paper(self.store, self.practice_id, sha256)
