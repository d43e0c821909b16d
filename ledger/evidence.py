"""Where the sealed evidence of an attempt lies, and the wrapped key that opens it.

The files themselves are sealed by the vault and lie in the office's evidence folder under opaque names. Each
attempt's files have a key of their own: without its row here they can never be read again.
"""

from enum import StrEnum

from flows.values import Frozen
from ledger import models
from ledger.prepared_writes import PreparedInsert


class EvidenceKind(StrEnum):
    """What a sealed file holds."""

    PAGE = "page"
    PICTURE = "picture"
    MARKS = "marks"
    """Where on the picture the texts stand that decided (JSON: `width`, `height`, `boxes` of four numbers each)."""


class EvidenceFile(Frozen):
    """One sealed file: its opaque name, SHA-256 (hex) and size in bytes of what was sealed, and the view it shows."""

    name: str
    sha256: str
    size: int
    kind: EvidenceKind
    view: str | None = None


class Evidence(Frozen):
    """All evidence of one attempt. `wrapped_key` is the data key as the vault wrapped it."""

    wrapped_key: bytes
    files: tuple[EvidenceFile, ...]


def of_attempt(practice_id: int, attempt_id: int) -> Evidence | None:
    """The evidence of an attempt (named by answers and cases); None when it left none or its key was deleted, and for
    an attempt of another practice."""
    ours = models.EvidenceKey.objects.filter(attempt__run__lane__credential__practice=practice_id)
    key = ours.filter(attempt_id=attempt_id).first()
    if key is None:
        return None
    rows = models.EvidenceBlob.objects.filter(attempt_id=attempt_id).order_by("id")
    return Evidence(
        wrapped_key=bytes(key.wrapped),
        files=tuple(
            EvidenceFile(
                name=row.name, sha256=row.sha256, size=row.size, kind=EvidenceKind(row.kind), view=row.view or None
            )
            for row in rows
        ),
    )


def keep(attempt: models.Attempt, evidence: Evidence) -> None:
    """Write down an attempt's evidence, within the transaction that records the attempt."""
    _KEYS.add(models.EvidenceKey(attempt=attempt, wrapped=evidence.wrapped_key))
    _BLOBS.add_all(
        [
            models.EvidenceBlob(
                attempt=attempt, name=one.name, sha256=one.sha256, size=one.size, kind=one.kind, view=one.view or ""
            )
            for one in evidence.files
        ]
    )


_KEYS, _BLOBS = PreparedInsert(models.EvidenceKey), PreparedInsert(models.EvidenceBlob)
