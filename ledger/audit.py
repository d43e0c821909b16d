"""The audit log: who did what, when, to which record, in a chain of hashes that shows every later change.

Each entry holds the hash of the one before it, and one row keeps the end of the chain, so that an entry which was
edited, deleted, moved or cut off at the end is found. Entries hold opaque ids, keyed hashes of patients and names of
fields, never a name, a password or the text of a page. (45 CFR 164.312(b); DOMAIN 6.)
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import transaction

from ledger import models
from ledger.accounts import Actor
from ledger.canonical import Json, canonical_json
from ledger.errors import RecordWrong

_START = "0" * 64
_PAGE = 2000
_SIGNED = (
    "sequence",
    "actor",
    "on_behalf_of",
    "action",
    "object_type",
    "object_id",
    "patient_reference",
    "portal",
    "flow",
    "run_id",
    "result",
    "fields",
    "previous_hash",
)


@dataclass(frozen=True)
class AuditReport:
    """How many entries were checked, and the sequence number of the first that is not as it was written."""

    entries: int
    ok: bool
    first_bad: int | None


def append(
    actor: Actor,
    action: str,
    object_type: str,
    object_id: object,
    now: datetime,
    *,
    patient_reference: str = "",
    portal: str = "",
    flow: str = "",
    run_id: int | None = None,
    result: str = "",
    fields: tuple[str, ...] = (),
    on_behalf_of: str = "",
) -> int:
    """Add one entry within the caller's transaction, and return its sequence number (1, 2, ...).

    `object_id` is an opaque id, `patient_reference` a keyed hash, `fields` names of fields; nothing here may be a name,
    a secret or text from a page. It stands or falls with the act that it tells of: when the transaction is rolled
    back, so is the entry.
    """
    with transaction.atomic(savepoint=False):
        head = _end()
        entry = models.AuditEntry(
            sequence=head.sequence + 1,
            at=_utc(now),
            actor=actor.name,
            on_behalf_of=on_behalf_of,
            action=action,
            object_type=object_type,
            object_id=str(object_id),
            patient_reference=patient_reference,
            portal=portal,
            flow=flow,
            run_id=run_id,
            result=result,
            fields=canonical_json(fields),
            practice_id=actor.practice_id,
            previous_hash=head.hash,
        )
        entry.hash = _hash(entry)
        entry.save(force_insert=True)
        models.AuditHead.objects.filter(pk=head.pk).update(sequence=entry.sequence, hash=entry.hash)
        return entry.sequence


class Chain:
    """Follows the chain of hashes from its first entry on, without a database: for entries that lie in a backup."""

    def __init__(self) -> None:
        self.end = (0, _START)
        """The number of the last entry that was looked at (0: none yet), and its hash."""

    def goes_on(self, entry: models.AuditEntry) -> bool:
        """Is this the next entry, as it was written?"""
        number, previous = self.end
        self.end = (number + 1, entry.hash)
        if (entry.sequence, entry.previous_hash) != (number + 1, previous):
            return False
        return entry.hash == _hash(entry) or entry.hash == _hash_without_practice(entry)


def verify(*, database: str = "default") -> AuditReport:
    """Recompute the whole chain, from the first entry to the recorded end; others may go on adding to it meanwhile.

    `database` is the one to read, while the ledger is being moved.
    """
    chain = Chain()
    while True:
        page = _after(chain.end[0], database)
        if not page:
            head = models.AuditHead.objects.using(database).first()
            if ((head.sequence, head.hash) if head else (0, _START)) == chain.end:
                return AuditReport(chain.end[0], ok=True, first_bad=None)
            # Unless somebody has just added to the chain, its end is not where it is recorded.
            page = _after(chain.end[0], database)
            if not page:
                return AuditReport(chain.end[0], ok=False, first_bad=chain.end[0] + 1)
        for entry in page:
            if not chain.goes_on(entry):
                return AuditReport(chain.end[0], ok=False, first_bad=chain.end[0])


def _end() -> models.AuditHead:
    """The row that keeps the end of the chain, locked: whoever else adds to the chain waits for this transaction."""
    while True:
        head = models.AuditHead.objects.select_for_update().first()
        if head is not None:
            return head
        # The first entry of all. Of two that come first at once, one makes the row, and the other goes on with it.
        models.AuditHead.objects.bulk_create([models.AuditHead(id=1, hash=_START)], ignore_conflicts=True)


def _after(sequence: int, database: str) -> list[models.AuditEntry]:
    return list(models.AuditEntry.objects.using(database).filter(sequence__gt=sequence).order_by("sequence")[:_PAGE])


def _hash(entry: models.AuditEntry) -> str:
    return _hash_of(_signed(entry) | {"practice_id": entry.practice_id})


def _hash_without_practice(entry: models.AuditEntry) -> str:
    """As releases hashed that knew no practice here; what they wrote was given its practice later.

    No entry of this release can be passed off for one of theirs: its hash has its practice in it.
    """
    return _hash_of(_signed(entry))


def _signed(entry: models.AuditEntry) -> dict[str, Json]:
    signed: dict[str, Json] = {name: getattr(entry, name) for name in _SIGNED}
    return signed | {"at": _utc(entry.at).isoformat()}


def _hash_of(signed: Mapping[str, Json]) -> str:
    return hashlib.sha256(canonical_json(signed).encode()).hexdigest()


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise RecordWrong("A time without a time zone cannot be recorded. Nothing was recorded.")
    return instant.astimezone(UTC)
