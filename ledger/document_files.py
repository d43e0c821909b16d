"""Sealed documents: files from payers, sealed before the ledger takes note of them, each under a key of its own.

A file is on the disk, sealed, before its row is written. When the row is not written after all (a crash, a refusal),
the file is an orphan that nobody can name, and is swept a day later.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice

from django.db.models import QuerySet

from flows.remittance import Remittance
from flows.values import Frozen
from ledger import models
from ledger.accounts import Actor
from ledger.errors import NotThere
from vault.sealed import SealedStore

_LABEL = "document"
_SWEPT_AFTER = timedelta(days=1)
_BATCH = 500


class SealedDocument(Frozen):
    """A document that lies sealed on the disk: `sha256` (hex) and `size` (bytes) are of the plain file.

    `remittances` is what was read in it, `unread` says in words of ours what was not.
    """

    kind: str
    name: str
    wrapped_key: bytes
    sha256: str
    size: int
    remittances: tuple[Remittance, ...] = ()
    unread: tuple[str, ...] = ()


@dataclass(frozen=True)
class Source:
    """Where documents came from: whose practice, which portal ("" for an import), in which attempt, by whom, when."""

    actor: Actor
    now: datetime
    portal: str = ""
    attempt: models.Attempt | None = None


def seal(
    store: SealedStore,
    content: bytes,
    kind: str,
    *,
    remittances: Sequence[Remittance] = (),
    unread: Sequence[str] = (),
) -> SealedDocument:
    """Seal a document under a new key of its own; it is on the disk when this returns."""
    key = store.sealer.new_item_key()
    sealed = store.write(key, content, _LABEL)
    return SealedDocument(
        kind=kind,
        name=sealed.name,
        wrapped_key=key,
        sha256=sealed.sha256,
        size=sealed.size,
        remittances=tuple(remittances),
        unread=tuple(unread),
    )


def kept_as(practice_id: int, sha256: str) -> str | None:
    """As what kind a document with this content is here already; None when it is not."""
    kinds = models.Document.objects.filter(practice_id=practice_id, sha256=sha256)
    return kinds.values_list("kind", flat=True).first()


def note(document: SealedDocument, source: Source) -> tuple[models.Document, bool]:
    """Write down that a document came, within the caller's transaction; True when its content is new here.

    Where the content is known, only its arrival is written, and the file that was just sealed stays an orphan.
    """
    row = models.Document.objects.filter(practice_id=source.actor.practice_id, sha256=document.sha256).first()
    new = row is None
    if row is None:
        row = models.Document.objects.create(
            practice_id=source.actor.practice_id,
            kind=document.kind,
            name=document.name,
            sha256=document.sha256,
            size=document.size,
            kept_at=source.now,
        )
        models.DocumentKey.objects.create(document=row, wrapped=document.wrapped_key)
    elif not models.DocumentKey.objects.filter(document=row).exists():
        # A purge has thrown its key away since: the same content is kept again, under what it was read as.
        QuerySet(models.Document).filter(pk=row.pk).update(name=document.name, kept_at=source.now)
        models.DocumentKey.objects.create(document=row, wrapped=document.wrapped_key)
    models.DocumentArrival.objects.create(
        document=row,
        attempt=source.attempt,
        account_id=source.actor.account_id,
        portal=source.portal,
        at=source.now,
    )
    return row, new


def content(store: SealedStore, practice_id: int, document_id: int) -> bytes:
    """The plain file of a document of this practice.

    Raises NotThere, also when its key was deleted, and the vault's errors about sealed items.
    """
    ours = models.DocumentKey.objects.filter(document__practice=practice_id)
    key = ours.select_related("document").filter(document_id=document_id).first()
    if key is None:
        raise NotThere("document that can still be opened under this number")
    return store.read(bytes(key.wrapped), key.document.name, _LABEL)


def sweep(store: SealedStore, now: datetime) -> int:
    """Remove sealed files that are older than a day and that no row names; returns how many."""
    removed = 0
    before = now - _SWEPT_AFTER
    names = store.older_than(before)
    while batch := list(islice(names, _BATCH)):
        known = _known(batch)
        for name in batch:
            if name not in known:
                store.remove(name)
                removed += 1
    store.looked_through(before)
    return removed


def _known(names: Iterable[str]) -> set[str]:
    documents = models.Document.objects.filter(name__in=names).values_list("name", flat=True)
    pages = models.EvidenceBlob.objects.filter(name__in=names).values_list("name", flat=True)
    return {*documents, *pages}
