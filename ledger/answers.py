"""Answers in versions: what the portals said about each claim, the newest and all before it. Never overwritten."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal

from django.db.models import Max, QuerySet
from pydantic import TypeAdapter

from flows.answers import Answer, ClaimNotFound, ClaimState, Shown
from flows.outcomes import Ending, Outcome
from flows.questions import ClaimStatus, Flow
from flows.values import Frozen
from ledger import models
from ledger.accounts import Actor
from ledger.canonical import canonical_json, to_cents
from ledger.claims import question_of

_EXTRACTED = TypeAdapter(tuple[Shown, ...])


class AnswerRecord(Frozen):
    """One version of an answer (1, 2, ...), with the question as the office holds it now. `author` is who asked.

    `attempt_id` leads to the evidence (`evidence.of_attempt`): the sealed pages that the answer was read from.
    """

    question: ClaimStatus
    flow: Flow
    version: int
    ending: Ending
    answer: Answer
    author: str
    recorded_at: datetime
    attempt_id: int


def current(portal: str, patient_account_number: str, flow: Flow = Flow.CLAIM_STATUS) -> AnswerRecord | None:
    """The newest answer about a claim; None when there is none yet."""
    return next(iter(list_current(portal=portal, claim=patient_account_number, flow=flow)), None)


def list_current(
    *,
    portal: str | None = None,
    since: datetime | None = None,
    claim: str | None = None,
    flow: Flow = Flow.CLAIM_STATUS,
) -> Iterator[AnswerRecord]:
    """The newest answer of each claim, in the order of the work list, read as they are taken.

    `claim` is a patient account number, `since` leaves out what was recorded before. Being lazy, it must be used up
    in the thread that called it.
    """
    rows = models.AnswerVersion.objects.filter(flow=flow, newest_of__isnull=False)
    if portal is not None:
        rows = rows.filter(portal=portal)
    if since is not None:
        rows = rows.filter(recorded_at__gte=since)
    if claim is not None:
        rows = rows.filter(claim__patient_account_number=claim)
    return read_rows(rows.order_by("claim_id"))


def history(portal: str, patient_account_number: str, flow: Flow = Flow.CLAIM_STATUS) -> tuple[AnswerRecord, ...]:
    """Every answer about a claim, the oldest first."""
    rows = models.AnswerVersion.objects.filter(
        claim__portal=portal, claim__patient_account_number=patient_account_number, flow=flow
    )
    return tuple(read_rows(rows.order_by("claim_id", "version")))


def record(
    item: models.WorkItem, attempt: models.Attempt, outcome: Outcome, author: Actor, now: datetime
) -> models.AnswerVersion:
    """Add the next version, within the transaction that records its attempt. For the ledger's own functions."""
    answer = outcome.answer
    if answer is None:
        raise AssertionError("only an outcome with an answer is recorded as one")
    newest = models.AnswerVersion.objects.filter(claim_id=item.claim_id, flow=item.flow).aggregate(
        newest=Max("version")
    )["newest"]
    version = models.AnswerVersion(
        claim_id=item.claim_id,
        flow=item.flow,
        version=(newest or 0) + 1,
        attempt=attempt,
        author_id=author.account_id,
        recorded_at=now,
        observed_at=answer.observed_at,
        portal=answer.portal,
        pack_version=answer.pack_version,
        ending=outcome.ending,
        normalised=canonical_json(answer.normalised.model_dump(mode="json")),
        extracted=canonical_json([shown.model_dump(mode="json") for shown in answer.extracted]),
    )
    if isinstance(answer.normalised, ClaimState):
        _fill_columns(version, answer.normalised)
    version.save(force_insert=True)
    return version


def _fill_columns(version: models.AnswerVersion, state: ClaimState) -> None:
    version.category = state.category
    version.portal_text = _text(state.portal_text)
    version.payer_claim_number = _text(state.payer_claim_number)
    version.billed_cents = to_cents(state.billed)
    version.allowed_cents = _cents(state.allowed)
    version.paid_cents = _cents(state.paid)
    version.patient_responsibility_cents = _cents(state.patient_responsibility.total)
    version.finalised_date = state.finalised_date
    if state.payment is not None:
        version.payment_number = _text(state.payment.number or "")
        version.payment_date = state.payment.paid_on


def _text(shown: str) -> str:
    """For a column that is searched. What the page really held is in `normalised`, where a NUL is escaped."""
    return shown.replace("\0", "\ufffd")


def _cents(dollars: Decimal | None) -> int | None:
    return None if dollars is None else to_cents(dollars)


def read_rows(rows: QuerySet[models.AnswerVersion]) -> Iterator[AnswerRecord]:
    """The answers of these rows, read as they are taken. For the ledger's own functions."""
    for row in rows.select_related("claim__patient", "author").iterator(chunk_size=500):
        kind = ClaimNotFound if row.ending == Ending.NEGATIVE else ClaimState
        yield AnswerRecord(
            question=question_of(row.claim),
            flow=Flow(row.flow),
            version=row.version,
            ending=Ending(row.ending),
            answer=Answer(
                portal=row.portal,
                pack_version=row.pack_version,
                observed_at=row.observed_at,
                normalised=kind.model_validate_json(row.normalised),
                extracted=_EXTRACTED.validate_json(row.extracted),
            ),
            author=row.author.name,
            recorded_at=row.recorded_at,
            attempt_id=row.attempt_id,
        )
