"""Acknowledgements: when a payer took a claim in, which drives when to ask about it and proves timely filing.

A 999 says whether a file could be read, a 277CA whether each claim in it entered adjudication. What was rejected never
did, and opens a case: it has to be mended and sent anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from itertools import chain, islice
from typing import Literal, cast

from django.db import transaction
from django.db.models import Min
from pydantic import TypeAdapter

from flows.acknowledgement import AcknowledgedStatus, Acknowledgement, SyntaxFault
from flows.answers import Shown
from flows.outcomes import Code, Reason
from flows.questions import Flow
from flows.values import Frozen
from ledger import audit, matching, models
from ledger.canonical import canonical_json, to_dollars
from ledger.cases import open_finding
from ledger.document_files import SealedDocument, Source, note
from ledger.errors import RecordWrong
from ledger.matching_keys import number_key
from ledger.remittances_rows import cents
from ledger.subjects import Subject
from ledger.tasks_payments import follow_acknowledged

_BATCH = 500
_MOST_SHOWN = 25
_STATUSES = TypeAdapter(tuple[AcknowledgedStatus, ...])
_CODES = TypeAdapter(tuple[str, ...])
_FAULTS = TypeAdapter(tuple[SyntaxFault, ...])


class AcknowledgementRecord(Frozen):
    """An acknowledgement as it was kept: in which document, when that came, and whether a claim of ours is meant."""

    said: Acknowledgement
    document_id: int
    kept_at: datetime
    matched: bool


@dataclass(frozen=True)
class KeptAcknowledgements:
    """What became of a file, in acknowledgements; `duplicate`: its content was here before, nothing was changed."""

    duplicate: bool = False
    accepted: int = 0
    rejected: int = 0
    others: int = 0
    unread: tuple[str, ...] = ()

    @property
    def total(self) -> int:
        """All of them."""
        return self.accepted + self.rejected + self.others


def keep(
    document: SealedDocument, said: Iterable[Acknowledgement], unread: Iterable[str], source: Source
) -> KeptAcknowledgements:
    """Write down a file, which lies sealed already, and all that it acknowledges; or nothing of it.

    `unread` is looked at when all of `said` was taken. Each rejection opens a case: of its claim, where it is known.
    """
    with transaction.atomic():
        models.Practice.objects.select_for_update(no_key=True).get(pk=source.actor.practice_id)
        row, new = note(document, source)
        if not new:
            return KeptAcknowledgements(duplicate=True)
        counted = {True: 0, False: 0, None: 0}
        wrong: list[str] = []
        numbered = enumerate(said, start=1)
        while batch := list(islice(numbered, _BATCH)):
            rows = []
            for number, one in batch:
                try:
                    rows.append(_row(one, row, number))
                    counted[one.accepted] += 1
                except RecordWrong as error:
                    wrong.append(f"acknowledgement {number}: {error}")
            models.Acknowledgement.objects.bulk_create(rows)
        kept = KeptAcknowledgements(
            accepted=counted[True],
            rejected=counted[False],
            others=counted[None],
            unread=tuple(chain(unread, wrong)),
        )
        audit.append(
            source.actor, "document.keep", "document", row.pk, source.now, portal=source.portal,
            result=f"{kept.accepted} accepted, {kept.rejected} rejected, {kept.others} others",
        )  # fmt: skip
        matching.settle_acknowledgements(source)
        _tell_rejected(row, source)
        follow_acknowledged(row, source)
        return kept


def accepted_on(practice_id: int, portal: str, patient_account_number: str) -> date | None:
    """The day on which the payer first accepted this claim for adjudication (277CA); None while nobody has said so."""
    said = models.Acknowledgement.objects.filter(
        claim__practice=practice_id,
        claim__portal=portal,
        claim__patient_account_number=patient_account_number,
        kind="277CA",
        level="claim",
        accepted=True,
    )
    first: date | None = said.aggregate(first=Min("effective_date"))["first"]
    return first


def of_claim(practice_id: int, portal: str, patient_account_number: str) -> tuple[AcknowledgementRecord, ...]:
    """Every acknowledgement of a claim, in the order of their days."""
    rows = models.Acknowledgement.objects.select_related("document").filter(
        claim__practice=practice_id, claim__portal=portal, claim__patient_account_number=patient_account_number
    )
    return tuple(map(_record, rows.order_by("effective_date", "id")))


def _tell_rejected(document: models.Document, source: Source) -> None:
    rows = models.Acknowledgement.objects.select_related("claim", "document").filter(document=document, accepted=False)
    nobodys: list[models.Acknowledgement] = []
    for row in rows.order_by("number"):
        if row.claim is None:
            nobodys.append(row)
            continue
        reason = Reason(
            code=Code.DATA_INPUT,
            what="The claim was rejected when it came in and never entered adjudication. Mend it and send it as a new "
            "claim; there is nothing to appeal.",
            seen=_seen(row),
        )
        _open(reason, f"acknowledgement {row.claim_id}", row.claim.portal, Subject(claim_id=row.claim_id), source)
    if nobodys:
        shown = tuple(shown for row in nobodys[:_MOST_SHOWN] for shown in _seen(row))
        reason = Reason(
            code=Code.DATA_INPUT,
            what=f"{len(nobodys)} rejections in document {document.pk} are about files, or about claims that are not "
            "in the ledger. Find out what was rejected, mend it and send it anew.",
            seen=shown,
        )
        _open(reason, f"document {document.pk}", source.portal, Subject(), source)


def _open(reason: Reason, topic: str, portal: str, subject: Subject, source: Source) -> None:
    open_finding(
        reason,
        subject=subject,
        topic=topic,
        portal=portal,
        flow=Flow.CLAIM_STATUS,
        actor=source.actor,
        now=source.now,
        attempt=source.attempt,
    )


def _seen(row: models.Acknowledgement) -> tuple[Shown, ...]:
    where = f"{row.kind}[{row.number}]"
    said = _record(row).said
    statuses = (" ".join(filter(None, (one.category, one.status, one.entity))) for one in said.statuses)
    texts = (*statuses, *said.codes, said.patient_account_number, said.transaction, str(said.effective_date or ""))
    return tuple(Shown(where=where, text=text) for text in texts if text)


def _row(said: Acknowledgement, document: models.Document, number: int) -> models.Acknowledgement:
    return models.Acknowledgement(
        document=document,
        number=number,
        kind=said.kind,
        level=said.level,
        accepted=said.accepted,
        statuses=canonical_json([status.model_dump(mode="json") for status in said.statuses]),
        codes=canonical_json(said.codes),
        faults=canonical_json([fault.model_dump(mode="json") for fault in said.faults]),
        patient_account_number=_text(said.patient_account_number),
        account_key=number_key(said.patient_account_number) if said.level == "claim" else "",
        payer_claim_number=_text(said.payer_claim_number),
        clearinghouse_claim_number=_text(said.clearinghouse_claim_number),
        trace=_text(said.trace),
        transaction=_text(said.transaction),
        effective_date=said.effective_date,
        received_date=said.received_date,
        service_from=said.service_from,
        service_to=said.service_to,
        amount_cents=None if said.amount is None else cents(said.amount),
    )


def _record(row: models.Acknowledgement) -> AcknowledgementRecord:
    said = Acknowledgement(
        kind=cast(Literal["999", "277CA"], row.kind),
        level=cast(Literal["claim", "provider", "batch", "transaction", "group"], row.level),
        accepted=row.accepted,
        statuses=_STATUSES.validate_json(row.statuses),
        codes=_CODES.validate_json(row.codes),
        faults=_FAULTS.validate_json(row.faults),
        patient_account_number=row.patient_account_number,
        payer_claim_number=row.payer_claim_number,
        clearinghouse_claim_number=row.clearinghouse_claim_number,
        trace=row.trace,
        transaction=row.transaction,
        effective_date=row.effective_date,
        received_date=row.received_date,
        service_from=row.service_from,
        service_to=row.service_to,
        amount=None if row.amount_cents is None else to_dollars(row.amount_cents),
    )
    return AcknowledgementRecord(
        said=said, document_id=row.document_id, kept_at=row.document.kept_at, matched=row.claim_id is not None
    )


def _text(written: str | None) -> str | None:
    return None if written is None else written.replace("\0", "\ufffd")
