"""Answers in versions: what the portals said to each question, the newest and all before it. Never overwritten."""

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from functools import cache
from typing import Annotated

from django.db.models import QuerySet
from pydantic import Field, TypeAdapter

from flows.answers import Answer, AppealState, ClaimState, Normalised, Shown
from flows.coverage import Coverage
from flows.outcomes import Ending, Outcome
from flows.questions import Flow, Question
from flows.values import Frozen
from ledger import models
from ledger.accounts import Actor
from ledger.canonical import canonical_json, to_cents
from ledger.prepared import Prepared
from ledger.prepared_writes import PreparedInsert
from ledger.subjects import column_of, joined, number_of, numbered, question_of, subject_of

_EXTRACTED = TypeAdapter(tuple[Shown, ...])
_NORMALISED: TypeAdapter[Normalised] = TypeAdapter(Annotated[Normalised, Field(discriminator="kind")])


class AnswerRecord(Frozen):
    """One version of an answer (1, 2, ...), with the question as the office holds it now. `author` is who asked.

    `number` is what the office calls the subject: patient account number, appointment number, a period's two days, or
    the appeal's number. `attempt_id` leads to the evidence (`evidence.of_attempt`): the sealed pages that the answer
    was read from.
    `reused`: it was given to another question, a short while before, and answers this one too. `by_hand`: where a
    person had it from who wrote it down ("phone", "portal", ...); "" for what the robot read.
    """

    question: Question
    number: str
    flow: Flow
    version: int
    ending: Ending
    answer: Answer
    author: str
    recorded_at: datetime
    attempt_id: int
    reused: bool = False
    by_hand: str = ""


def current(practice_id: int, portal: str, number: str, flow: Flow = Flow.CLAIM_STATUS) -> AnswerRecord | None:
    """The newest answer about a claim, an appointment or a period of this practice; None when there is none yet."""
    return next(iter(list_current(practice_id, portal=portal, number=number, flow=flow)), None)


def list_current(
    practice_id: int,
    *,
    portal: str | None = None,
    since: datetime | None = None,
    number: str | None = None,
    flow: Flow = Flow.CLAIM_STATUS,
) -> Iterator[AnswerRecord]:
    """The newest answer to each question of this practice and flow, in the order of the work list, read as they are
    taken.

    `number` is what the office calls the subject, `since` leaves out what was recorded before. Being lazy, it must be
    used up in the thread that called it.
    """
    rows = models.AnswerVersion.objects.filter(flow=flow, newest_of__practice_id=practice_id)
    if portal is not None:
        rows = rows.filter(portal=portal)
    if since is not None:
        rows = rows.filter(recorded_at__gte=since)
    if number is not None:
        rows = rows.filter(numbered(number, flow))
    return read_rows(rows.order_by(f"{column_of(flow)}_id"), flow)


def history(practice_id: int, portal: str, number: str, flow: Flow = Flow.CLAIM_STATUS) -> tuple[AnswerRecord, ...]:
    """Every answer about what this practice calls so, the oldest first."""
    about = {f"{column_of(flow)}__practice": practice_id}
    rows = models.AnswerVersion.objects.filter(numbered(number, flow), portal=portal, flow=flow, **about)
    return tuple(read_rows(rows.order_by(f"{column_of(flow)}_id", "version"), flow))


def record(
    item: models.WorkItem,
    attempt: models.Attempt,
    outcome: Outcome,
    author: Actor,
    now: datetime,
    *,
    manual_source: str = "",
) -> models.AnswerVersion:
    """Add the next version, within the transaction that records its attempt. For the ledger's own functions.

    `manual_source`: where a person had it from who entered it by hand.
    """
    answer = outcome.answer
    if answer is None:
        raise AssertionError("only an outcome with an answer is recorded as one")
    version = models.AnswerVersion(
        **subject_of(item).columns(),
        flow=item.flow,
        version=_newest(item) + 1,
        attempt=attempt,
        author_id=author.account_id,
        recorded_at=now,
        observed_at=answer.observed_at,
        portal=answer.portal,
        pack_version=answer.pack_version,
        ending=outcome.ending,
        normalised=canonical_json(answer.normalised.model_dump(mode="json")),
        extracted=canonical_json([shown.model_dump(mode="json") for shown in answer.extracted]),
        manual_source=manual_source,
    )
    match answer.normalised:
        case ClaimState() as state:
            _fill_claim_columns(version, state)
        case Coverage() as coverage:
            version.coverage_status = coverage.status
            version.portal_text = _text(coverage.portal_text)
        case AppealState() as standing:
            version.portal_text = _text(standing.portal_text)
        case _:
            pass  # no list is searched by what these say
    return _VERSIONS.add(version)


_VERSIONS = PreparedInsert(models.AnswerVersion)


def take_over(item: models.WorkItem, source: models.AnswerVersion, now: datetime) -> models.AnswerVersion:
    """Add the answer to another question as the next version of this one's. For the ledger's own functions."""
    version = models.AnswerVersion(
        **subject_of(item).columns(),
        flow=item.flow,
        version=_newest(item) + 1,
        attempt_id=source.attempt_id,
        taken_from=source,
        author_id=source.author_id,
        recorded_at=now,
        observed_at=source.observed_at,
        portal=source.portal,
        pack_version=source.pack_version,
        ending=source.ending,
        normalised=source.normalised,
        extracted=source.extracted,
        coverage_status=source.coverage_status,
        portal_text=source.portal_text,
        manual_source=source.manual_source,
    )
    version.save(force_insert=True)
    return version


def normalised_of(row: models.AnswerVersion) -> Normalised:
    """What the answer says. For the ledger's own functions."""
    return read_normalised(row.normalised)


def read_normalised(column: str) -> Normalised:
    """The same, from the column alone."""
    return _NORMALISED.validate_json(column)


def _newest(item: models.WorkItem) -> int:
    column = column_of(Flow(item.flow))
    (newest,) = _versions(column).first(about=getattr(item, f"{column}_id"), flow=item.flow) or (0,)
    return newest


@cache
def _versions(column: str) -> Prepared[tuple[int]]:
    def versions(about: int, flow: str) -> "QuerySet[models.AnswerVersion, tuple[int]]":
        rows = models.AnswerVersion.objects.filter(**{f"{column}_id": about}, flow=flow)
        return rows.order_by("-version").values_list("version")[:1]

    return Prepared(versions)


def _fill_claim_columns(version: models.AnswerVersion, state: ClaimState) -> None:
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


def read_rows(rows: QuerySet[models.AnswerVersion], flow: Flow) -> Iterator[AnswerRecord]:
    """The answers of these rows of one flow, read as they are taken. For the ledger's own functions."""
    for row in rows.select_related(joined(flow), "author").iterator(chunk_size=500):
        yield AnswerRecord(
            question=question_of(row),
            number=number_of(row),
            flow=Flow(row.flow),
            version=row.version,
            ending=Ending(row.ending),
            answer=Answer(
                portal=row.portal,
                pack_version=row.pack_version,
                observed_at=row.observed_at,
                normalised=normalised_of(row),
                extracted=_EXTRACTED.validate_json(row.extracted),
            ),
            author=row.author.name,
            recorded_at=row.recorded_at,
            attempt_id=row.attempt_id,
            reused=row.taken_from_id is not None,
            by_hand=row.manual_source,
        )
