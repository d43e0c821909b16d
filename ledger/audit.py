"""The audit log: who did what, when, to which record, in a chain of hashes that shows every later change.

Each entry holds the hash of the one before it, and one row keeps the end of the chain, so that an entry which was
edited, deleted, moved or cut off at the end is found. Entries hold opaque ids, keyed hashes of patients and names of
fields, never a name, a password or the text of a page. (45 CFR 164.312(b); DOMAIN 6.)
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from django.db import transaction

from ledger import models
from ledger.accounts import Actor
from ledger.canonical import Json, canonical_json
from ledger.errors import RecordWrong
from ledger.prepared import Prepared
from ledger.prepared_writes import PreparedInsert, PreparedUpdate

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
COLUMNS = (*_SIGNED, "practice_id", "at", "hash")
"""The columns of an entry that are read to verify it; its number stands first and its hash last."""
_AT = COLUMNS.index("at")


@dataclass(frozen=True)
class AuditReport:
    """How many entries were checked, and the sequence number of the first that is not as it was written.

    `end` is the last entry that was looked at.
    """

    entries: int
    ok: bool
    first_bad: int | None
    end: tuple[int, str] = field(default=(0, _START), compare=False)


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
        _ENTRIES.add(entry)
        _MOVED.run({"number": head.pk}, sequence=entry.sequence, hash=entry.hash)
        return entry.sequence


Link = tuple[int, str]
"""An entry of the chain: its number and its hash."""

BEFORE_ALL: Link = (0, _START)
"""What the first entry of all follows."""

PURGED = "audit.purge"
"""The act by which the oldest entries went: `object_id` is the last of them, `result` its hash."""


class Chain:
    """Follows the chain of hashes without a database, from the entry after `start` on; None: from wherever it begins.

    `start` is told once the first entry was looked at. The entries that came are vouched for by their links alone: who
    asks has to see that `start` is `BEFORE_ALL`, or one of the `purged`.
    """

    def __init__(self, start: Link | None = BEFORE_ALL) -> None:
        self.start = start
        self.end: Link = start or BEFORE_ALL
        """The number of the last entry that was looked at (0: none yet), and its hash."""
        self.purged: set[Link] = set()
        """Up to where, by entries of the chain itself, a purge has gone."""

    def goes_on(self, entry: models.AuditEntry) -> bool:
        """Is this the next entry, as it was written?"""
        signed = _signed(entry)
        return self.goes_on_with(signed | {"practice_id": entry.practice_id}, entry.hash)

    def goes_on_with(self, signed: Mapping[str, Json], written: str) -> bool:
        """The same, of an entry as it is hashed (`practice_id` too), and the hash that was written with it."""
        sequence, before = signed["sequence"], signed["previous_hash"]
        if self.start is None and isinstance(sequence, int) and isinstance(before, str):
            self.start = self.end = (sequence - 1, before)
        number, previous = self.end
        self.end = (number + 1, written)
        if (sequence, before) != (number + 1, previous):
            return False
        if signed["action"] == PURGED:
            self.purged.add((int(str(signed["object_id"])), str(signed["result"])))
        if written == _hash_of(signed):
            return True
        # As releases hashed that knew no practice here; what they wrote was given its practice later. No entry of this
        # release can be passed off for one of theirs: its hash has its practice in it.
        return written == _hash_of({name: value for name, value in signed.items() if name != "practice_id"})

    @property
    def begins_well(self) -> bool:
        """Does it begin at the first entry of all, or where one of its own entries says that a purge went to?"""
        return self.start in {None, BEFORE_ALL} or self.start in self.purged


def verify(*, database: str = "default", expected: Link | None = None) -> AuditReport:
    """Recompute the whole chain, from its first entry to the recorded end; others may go on adding to it meanwhile.

    `database` is the one to read, while the ledger is being moved. `expected` is an entry that was in the chain when it
    was verified before, as kept outside the ledger: a chain that was written anew from there on, or cut off with its
    recorded end, is found by it. One portion of entries is in memory at a time.
    """
    start = _start(database)
    chain = Chain(start)
    while True:
        page = _after(chain.end[0], database)
        if not page:
            head = models.AuditHead.objects.using(database).first()
            if ((head.sequence, head.hash) if head else BEFORE_ALL) == chain.end:
                break
            # Unless somebody has just added to the chain, its end is not where it is recorded.
            page = _after(chain.end[0], database)
            if not page:
                return _report(chain, chain.end[0] + 1)
        for row in page:
            if not chain.goes_on_with(signed_of(row), row[-1]):
                return _report(chain, chain.end[0])
            if expected is not None and row[0] == expected[0] and row[-1] != expected[1]:
                return _report(chain, expected[0])
    if not chain.begins_well:
        return _report(chain, start[0] + 1)
    if expected is not None and chain.end[0] < expected[0]:
        return _report(chain, chain.end[0] + 1)
    return _report(chain, None)


def signed_of(row: Sequence[Any]) -> dict[str, Json]:
    """An entry as it is hashed, from its columns in the order of `COLUMNS`."""
    signed: dict[str, Json] = dict(zip(COLUMNS[:-1], row, strict=False))
    signed["at"] = _utc(row[_AT]).isoformat()
    return signed


def start_from(last: int, link_hash: str, now: datetime) -> None:
    """Within the caller's transaction: the chain begins after this entry from now on; the ones up to it may go."""
    models.AuditStart.objects.all().delete()
    models.AuditStart.objects.create(sequence=last, hash=link_hash, at=now)


def _start(database: str) -> Link:
    row = models.AuditStart.objects.using(database).order_by("-sequence").values_list("sequence", "hash").first()
    return row or BEFORE_ALL


def _report(chain: Chain, first_bad: int | None) -> AuditReport:
    entries = chain.end[0] - (chain.start or BEFORE_ALL)[0]
    return AuditReport(entries, ok=first_bad is None, first_bad=first_bad, end=chain.end)


_HEAD = Prepared(lambda: models.AuditHead.objects.select_for_update().order_by("id")[:1])
_MOVED = PreparedUpdate(lambda number: models.AuditHead.objects.filter(pk=number), "sequence", "hash")
_ENTRIES = PreparedInsert(models.AuditEntry)


def _end() -> models.AuditHead:
    """The row that keeps the end of the chain, locked: whoever else adds to the chain waits for this transaction."""
    while True:
        head = _HEAD.first()
        if head is not None:
            return head
        # The first entry of all. Of two that come first at once, one makes the row, and the other goes on with it.
        models.AuditHead.objects.bulk_create([models.AuditHead(id=1, hash=_START)], ignore_conflicts=True)


def _after(sequence: int, database: str) -> list[tuple[Any, ...]]:
    rows = models.AuditEntry.objects.using(database).filter(sequence__gt=sequence).order_by("sequence")
    return list(rows.values_list(*COLUMNS)[:_PAGE])


def _hash(entry: models.AuditEntry) -> str:
    return _hash_of(_signed(entry) | {"practice_id": entry.practice_id})


def _signed(entry: models.AuditEntry) -> dict[str, Json]:
    signed: dict[str, Json] = {name: getattr(entry, name) for name in _SIGNED}
    return signed | {"at": _utc(entry.at).isoformat()}


def _hash_of(signed: Mapping[str, Json]) -> str:
    return hashlib.sha256(canonical_json(signed).encode()).hexdigest()


def _utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise RecordWrong("A time without a time zone cannot be recorded. Nothing was recorded.")
    return instant.astimezone(UTC)
