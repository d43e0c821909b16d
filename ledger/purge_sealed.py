"""What of the sealed files is old enough to go: evidence of attempts and documents. Their keys go first."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from flows.questions import Flow
from flows.retention import Kind
from ledger import models
from ledger.evidence import EvidenceKind
from ledger.legal_holds import Held
from ledger.purge_rows import remove, rows_of, shred

_FILING = (Flow.APPEAL, Flow.APPEAL_STATUS)
_SHOWN = {
    Kind.PAGES: (EvidenceKind.PAGE,),
    Kind.PICTURES: (EvidenceKind.PICTURE, EvidenceKind.MARKS),
    Kind.FILING_PROOFS: tuple(EvidenceKind),
}


def ripe_evidence(kind: Kind, practice_id: int, before: datetime, held: Held) -> QuerySet[Any]:
    """Files of this kind whose attempt ended before then; none that an open case needs, and none under a hold."""
    ours = Q(attempt__item__practice=practice_id) | Q(
        attempt__item=None, attempt__run__lane__credential__practice=practice_id
    )
    rows = rows_of(models.EvidenceBlob).filter(ours, attempt__finished_at__lt=before, kind__in=_SHOWN[kind])
    filing = Q(attempt__flow__in=_FILING)
    rows = rows.filter(filing if kind is Kind.FILING_PROOFS else ~filing)
    open_cases = models.Case.objects.filter(state="open")
    rows = rows.exclude(Exists(open_cases.filter(attempt=OuterRef("attempt"))))
    rows = rows.exclude(Exists(open_cases.filter(items=OuterRef("attempt__item"))))
    if not held.anything:
        return rows
    subjects = models.WorkItem.objects.filter(
        held.about("claim", "claim__patient", "portal")
        | held.about("", "appointment__patient")
        | held.about("appeal__claim", "appeal__claim__patient")
    )
    return rows.exclude(attempt__item__in=subjects).exclude(held.about(portal="attempt__portal"))


def remove_evidence(blob_ids: list[int], now: datetime) -> None:
    """Delete them, and the key of each attempt that has no other file."""
    attempts = list(rows_of(models.EvidenceBlob).filter(pk__in=blob_ids).values_list("attempt", flat=True).distinct())
    left = rows_of(models.EvidenceBlob).filter(attempt__in=attempts).exclude(pk__in=blob_ids)
    keys = set(attempts) - set(left.values_list("attempt", flat=True))
    remove(models.EvidenceKey, attempt__in=keys)
    shred(rows_of(models.EvidenceBlob).filter(pk__in=blob_ids).values_list("name", flat=True), now)
    remove(models.EvidenceBlob, pk__in=blob_ids)


def remove_evidence_of(attempts: "QuerySet[Any]", now: datetime) -> None:
    """Delete all evidence of these attempts, its key first."""
    blobs = rows_of(models.EvidenceBlob).filter(attempt__in=attempts)
    remove_evidence(list(blobs.values_list("pk", flat=True)), now)
    remove(models.EvidenceKey, attempt__in=attempts)


def ripe_documents(practice_id: int, before: datetime, held: Held) -> QuerySet[Any]:
    """Keys of documents that came before then, but for those of appeals that are not decided, and under a hold."""
    rows = rows_of(models.DocumentKey).filter(document__practice=practice_id, document__kept_at__lt=before)
    attached = models.AppealAttachment.objects.filter(appeal__decision="").exclude(appeal__stage__in=models.NEVER_FILED)
    rows = rows.exclude(document__in=attached.values("document"))
    if not held.anything:
        return rows
    claims = models.Claim.objects.filter(held.about("pk", "patient", "portal"), practice=practice_id)
    read_of = models.RemitClaim.objects.filter(claim__in=claims)
    return (
        rows.exclude(document__in=read_of.values("reading__document"))
        .exclude(document__in=models.Acknowledgement.objects.filter(claim__in=claims).values("document"))
        .exclude(document__in=models.AppealAttachment.objects.filter(appeal__claim__in=claims).values("document"))
        .exclude(
            document__in=rows_of(models.DocumentArrival).filter(held.about(portal="portal")).values("document"),
        )
    )


def remove_documents(key_ids: list[int], now: datetime) -> None:
    """Throw their keys away. The row stays, and says what was here: kind, size, hash, day."""
    rows = rows_of(models.DocumentKey).filter(pk__in=key_ids)
    shred(rows.values_list("document__name", flat=True), now)
    remove(models.DocumentKey, pk__in=key_ids)
