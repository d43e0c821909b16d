"""What has been kept for as long as its rule says, and its removal: the key first, then the rows, in small portions.

Each portion is one transaction, so that a worker is not kept waiting; a purge that is cut off has removed whole
portions, and the next one goes on. A sealed file lies unreadable, its key gone, until it is removed after the
transaction; what was not removed then is by the next purge. Every purge stands in the audit log with its counts.

SQLCipher overwrites what is deleted (`secure_delete` is on in it), in a file that is encrypted as a whole: no VACUUM is
needed for secrecy, and the file uses its free room again. On a server the rows' room is overwritten by its own vacuum.
Backups hold what was in them until they are removed by their own rule.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import partial
from types import MappingProxyType
from typing import Any

from django.db import transaction
from django.db.models import ProtectedError, QuerySet

from flows.retention import Kind
from ledger import audit, models
from ledger.accounts import Actor
from ledger.legal_holds import Held, held, office_holds_anything
from ledger.purge_claims import remove_subjects, ripe_answers, ripe_subjects
from ledger.purge_payments import remove_remittances, ripe_remittances
from ledger.purge_rows import remove, rows_of
from ledger.purge_sealed import remove_documents, remove_evidence, ripe_documents, ripe_evidence
from vault.sealed import SealedStore

PORTION = 200
Ripe = Callable[[int, datetime, Held], QuerySet[Any]]
Remove = Callable[[list[int], datetime], None]


@dataclass(frozen=True)
class _Way:
    """How one kind goes: which rows are ripe (practice, before when, what is held), and how a portion is removed."""

    ripe: Ripe
    remove: Remove


def _ripe_reports(practice_id: int, before: datetime, _held: Held) -> QuerySet[Any]:
    return rows_of(models.ReportMade).filter(practice=practice_id, asked_at__lt=before)


def _remove_reports(ids: list[int], _now: datetime) -> None:
    remove(models.ReportMade, pk__in=ids)


def _remove_answers(ids: list[int], _now: datetime) -> None:
    remove(models.AnswerVersion, pk__in=ids)


_WAYS: Mapping[Kind, _Way] = MappingProxyType(
    {
        Kind.PAGES: _Way(partial(ripe_evidence, Kind.PAGES), remove_evidence),
        Kind.PICTURES: _Way(partial(ripe_evidence, Kind.PICTURES), remove_evidence),
        Kind.FILING_PROOFS: _Way(partial(ripe_evidence, Kind.FILING_PROOFS), remove_evidence),
        Kind.DOCUMENTS: _Way(ripe_documents, remove_documents),
        Kind.REMITTANCES: _Way(ripe_remittances, remove_remittances),
        Kind.ANSWERS: _Way(ripe_answers, _remove_answers),
        Kind.CLAIMS: _Way(partial(ripe_subjects, Kind.CLAIMS), partial(remove_subjects, Kind.CLAIMS)),
        Kind.VISITS: _Way(partial(ripe_subjects, Kind.VISITS), partial(remove_subjects, Kind.VISITS)),
        Kind.REPORTS: _Way(_ripe_reports, _remove_reports),
    }
)
"""Without the audit log, which is the whole office's, and the log files, which are not in the ledger."""


def cutoffs(days: Mapping[Kind, int], now: datetime, until: date | None = None) -> dict[Kind, datetime]:
    """By kind, before when what is kept is ripe; with `until`, nothing of that day (UTC) or later."""
    latest = now if until is None else datetime.combine(until, time(), now.tzinfo)
    return {kind: min(now - timedelta(days=kept), latest) for kind, kept in days.items()}


def ripe(practice_id: int, before: Mapping[Kind, datetime]) -> dict[Kind, int]:
    """How many of each kind of this practice are ripe now; what is under a legal hold is not."""
    under = held(practice_id)
    if under.everything:
        return dict.fromkeys(_WAYS, 0)
    return {kind: way.ripe(practice_id, before[kind], under).count() for kind, way in _WAYS.items()}


def purge(actor: Actor, before: Mapping[Kind, datetime], store: SealedStore, now: datetime) -> dict[Kind, int]:
    """Remove what is ripe of the actor's practice, and say how many of each kind. What was begun before is ended first.

    `store` holds the sealed files. May be called again at any time, after a crash too.
    """
    remove_files(store)
    removed = {}
    for kind, way in _WAYS.items():
        removed[kind] = _purge_one(way, actor, before[kind], store, now)
        if removed[kind]:
            rule = f"{removed[kind]} before {before[kind]:%Y-%m-%d}"
            audit.append(actor, "purge.remove", "retention", kind, now, result=rule)
    return removed


def _purge_one(way: _Way, actor: Actor, before: datetime, store: SealedStore, now: datetime) -> int:
    count, most = 0, PORTION
    referred_to: list[int] = []
    while True:
        try:
            done = _portion(way, actor.practice_id, before, now, most=most, without=referred_to)
        except ProtectedError:
            # Something that stays refers to one of these: one by one up to that one, which stays; then the others go.
            if most == 1:
                referred_to.append(_first(way, actor.practice_id, before, referred_to))
            most = PORTION if most == 1 else 1
            continue
        if not done:
            return count
        remove_files(store)
        count += done


def _first(way: _Way, practice_id: int, before: datetime, without: list[int]) -> int:
    rows = way.ripe(practice_id, before, held(practice_id)).exclude(pk__in=without).order_by("pk")
    return int(rows.values_list("pk", flat=True)[0])


def _portion(way: _Way, practice_id: int, before: datetime, now: datetime, *, most: int, without: list[int]) -> int:
    with transaction.atomic():
        # A hold that is placed meanwhile waits, or is seen here; so is a second purge.
        models.Practice.objects.select_for_update(no_key=True).get(pk=practice_id)
        under = held(practice_id)
        if under.everything:
            return 0
        rows = way.ripe(practice_id, before, under).exclude(pk__in=without)
        ids = list(rows.order_by("pk").values_list("pk", flat=True)[:most])
        way.remove(ids, now)
        return len(ids)


def remove_files(store: SealedStore) -> int:
    """Remove the sealed files whose keys are gone; returns how many. Harmless at any time."""
    count = 0
    while names := list(models.Shredded.objects.order_by("pk").values_list("pk", flat=True)[:PORTION]):
        for name in names:
            store.remove(name)
        models.Shredded.objects.filter(pk__in=names).delete()
        count += len(names)
    return count


def ripe_audit(before: datetime) -> int:
    """How many entries of the audit log, from its beginning on, are older; none while anything is under a hold."""
    last = _last_before(before)
    return 0 if last is None else rows_of(models.AuditEntry).filter(sequence__lte=last).count()


def purge_audit(actor: Actor, before: datetime, now: datetime) -> int:
    """Remove the oldest entries of the office's audit log, and say in it up to where; returns how many.

    The rest is verified from there on: the entry that tells of the purge holds the hash of the last that went.
    """
    with transaction.atomic():
        models.Practice.objects.select_for_update(no_key=True).order_by("pk").first()
        last = _last_before(before)
        if last is None:
            return 0
        last_hash = rows_of(models.AuditEntry).values_list("hash", flat=True).get(sequence=last)
        audit.append(actor, audit.PURGED, "audit", last, now, result=last_hash)
        audit.start_from(last, last_hash, now)
        return remove(models.AuditEntry, sequence__lte=last)


def _last_before(before: datetime) -> int | None:
    if office_holds_anything():
        return None
    rows = rows_of(models.AuditEntry).order_by("sequence")
    newer = rows.filter(at__gte=before).values_list("sequence", flat=True).first()
    if newer is not None:
        rows = rows.filter(sequence__lt=newer)
    found: int | None = rows.values_list("sequence", flat=True).last()
    return found
