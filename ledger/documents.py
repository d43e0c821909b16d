"""Documents that came in one attempt at a portal: kept with the attempt, all of them, or it is not recorded."""

from datetime import datetime

from flows.values import Frozen
from ledger import models
from ledger.accounts import Actor
from ledger.document_files import SealedDocument, Source, content, kept_as, seal, sweep
from ledger.remittances import keep

__all__ = ["Documents", "SealedDocument", "Source", "content", "kept_as", "seal", "sweep"]


class Documents(Frozen):
    """What `ledger.work.finish` is handed: everything that an attempt collected, sealed on the disk already."""

    files: tuple[SealedDocument, ...]

    def keep(self, attempt: models.Attempt, actor: Actor, now: datetime) -> None:
        """Write them down within the transaction that records the attempt."""
        source = Source(actor=actor, now=now, portal=attempt.portal, attempt=attempt)
        for file in self.files:
            keep(file, source)
