"""The columns of exported answers: one row for each claim, or one for each service line.

Names and order are documented in docs/files.md and stay as they are; a new column joins at the end.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum, auto
from typing import Protocol

from flows.answers import Adjustment, Answer, ClaimNotFound, ClaimState, Line, Payment
from flows.outcomes import Ending
from flows.questions import ClaimStatus, Flow

Cell = str | int | Decimal | date | datetime | bool | None
Meaning = Callable[[str], str]
"""What a claim status category means, in plain words."""


class AnsweredQuestion(Protocol):
    """One version of an answer with the question as the office holds it. `author` is who asked the portal."""

    @property
    def question(self) -> ClaimStatus: ...
    @property
    def flow(self) -> Flow: ...
    @property
    def version(self) -> int: ...
    @property
    def ending(self) -> Ending: ...
    @property
    def answer(self) -> Answer: ...
    @property
    def author(self) -> str: ...
    @property
    def recorded_at(self) -> datetime: ...


class Kind(Enum):
    """What a column holds, which decides how each kind of file writes it. None is always a blank."""

    TEXT = auto()
    NUMBER = auto()
    DOLLARS = auto()
    DATE = auto()
    INSTANT = auto()
    """An aware time, written in UTC."""
    YES_NO = auto()


@dataclass(frozen=True)
class Column:
    """One column: its heading and what its cells hold."""

    name: str
    kind: Kind


KEY = (
    Column("patient_account_number", Kind.TEXT),
    Column("portal", Kind.TEXT),
    Column("flow", Kind.TEXT),
    Column("version", Kind.NUMBER),
)
"""These four name an answer, for ever."""

PATIENT = (
    Column("last_name", Kind.TEXT),
    Column("first_name", Kind.TEXT),
    Column("birth_date", Kind.DATE),
    Column("member_id", Kind.TEXT),
)
"""Only when patients' names were asked for."""

_CLAIM = (
    Column("service_from", Kind.DATE),
    Column("service_to", Kind.DATE),
    Column("billed", Kind.DOLLARS),
    Column("ending", Kind.TEXT),
    Column("category", Kind.TEXT),
    Column("meaning", Kind.TEXT),
    Column("status_codes", Kind.TEXT),
    Column("portal_text", Kind.TEXT),
    Column("payer_claim_number", Kind.TEXT),
    Column("portal_account_number", Kind.TEXT),
    Column("received_date", Kind.DATE),
    Column("finalised_date", Kind.DATE),
    Column("effective_date", Kind.DATE),
    Column("portal_billed", Kind.DOLLARS),
    Column("allowed", Kind.DOLLARS),
    Column("paid", Kind.DOLLARS),
    Column("patient_responsibility", Kind.DOLLARS),
    Column("deductible", Kind.DOLLARS),
    Column("coinsurance", Kind.DOLLARS),
    Column("copay", Kind.DOLLARS),
    Column("noncovered", Kind.DOLLARS),
    Column("payment_method", Kind.TEXT),
    Column("payment_number", Kind.TEXT),
    Column("payment_date", Kind.DATE),
    Column("payment_amount", Kind.DOLLARS),
    Column("adjustments", Kind.TEXT),
    Column("remark_codes", Kind.TEXT),
    Column("related_claims", Kind.TEXT),
    Column("requests", Kind.TEXT),
    Column("appeal_allowed", Kind.YES_NO),
    Column("searched", Kind.TEXT),
    Column("lines", Kind.NUMBER),
    Column("observed_at", Kind.INSTANT),
    Column("recorded_at", Kind.INSTANT),
    Column("author", Kind.TEXT),
    Column("pack_version", Kind.TEXT),
)

_LINE = (
    Column("line_number", Kind.NUMBER),
    Column("payer_claim_number", Kind.TEXT),
    Column("category", Kind.TEXT),
    Column("procedure", Kind.TEXT),
    Column("modifiers", Kind.TEXT),
    Column("units", Kind.NUMBER),
    Column("billed", Kind.DOLLARS),
    Column("allowed", Kind.DOLLARS),
    Column("paid", Kind.DOLLARS),
    Column("adjustments", Kind.TEXT),
    Column("remark_codes", Kind.TEXT),
    Column("observed_at", Kind.INSTANT),
)


def columns(*, lines: bool, names: bool) -> tuple[Column, ...]:
    """The columns of a file: by claim, or with `lines` by service line (whose key has the line number too)."""
    return (*KEY, *(PATIENT if names else ()), *(_LINE if lines else _CLAIM))


def rows(
    answers: Iterable[AnsweredQuestion], meaning: Meaning, *, lines: bool, names: bool
) -> Iterator[Sequence[Cell]]:
    """The cells of each row, in the order of `columns`. An answer without service lines has no row by line."""
    for answer in answers:
        start = (*_key(answer), *(_patient(answer) if names else ()))
        if lines:
            yield from ((*start, *cells) for cells in _line_rows(answer))
        else:
            yield (*start, *_claim_row(answer, meaning))


def _key(answer: AnsweredQuestion) -> tuple[Cell, ...]:
    question = answer.question
    return question.claim.patient_account_number, question.portal, answer.flow.value, answer.version


def _patient(answer: AnsweredQuestion) -> tuple[Cell, ...]:
    patient = answer.question.patient
    return patient.last_name, patient.first_name, patient.birth_date, patient.member_id


def _claim_row(answer: AnsweredQuestion, meaning: Meaning) -> tuple[Cell, ...]:
    claim, said = answer.question.claim, answer.answer.normalised
    asked = (claim.service_from, claim.service_to, claim.billed, answer.ending.value)
    made = (answer.answer.observed_at, answer.recorded_at, answer.author, answer.answer.pack_version)
    if isinstance(said, ClaimNotFound):
        blank = (None,) * (len(_CLAIM) - len(asked) - len(made) - 2)
        return (*asked, *blank, _listed(said.searched), None, *made)
    return (*asked, *_state(said, meaning), None, len(said.lines), *made)


def _state(said: ClaimState, meaning: Meaning) -> tuple[Cell, ...]:
    owed, payment = said.patient_responsibility, said.payment or Payment()
    return (
        said.category,
        meaning(said.category),
        _listed(said.status_codes),
        said.portal_text,
        said.payer_claim_number,
        said.patient_account_number,
        said.received_date,
        said.finalised_date,
        said.effective_date,
        said.billed,
        said.allowed,
        said.paid,
        owed.total,
        owed.deductible,
        owed.coinsurance,
        owed.copay,
        owed.noncovered,
        payment.method,
        payment.number,
        payment.paid_on,
        payment.amount,
        _adjustments(said.adjustments),
        _listed(said.remark_codes),
        _listed(f"{related.role} {related.payer_claim_number}" for related in said.related_claims),
        _listed(f"{wanted.what} (due {wanted.due})" if wanted.due else wanted.what for wanted in said.requests),
        said.appeal_allowed,
    )


def _line_rows(answer: AnsweredQuestion) -> Iterator[tuple[Cell, ...]]:
    said = answer.answer.normalised
    if isinstance(said, ClaimState):
        for line in said.lines:
            yield (*_line(line, said), answer.answer.observed_at)


def _line(line: Line, said: ClaimState) -> tuple[Cell, ...]:
    return (
        line.number,
        said.payer_claim_number,
        said.category,
        line.procedure,
        _listed(line.modifiers),
        line.units,
        line.billed,
        line.allowed,
        line.paid,
        _adjustments(line.adjustments),
        _listed(line.remark_codes),
    )


def _adjustments(adjustments: Iterable[Adjustment]) -> str | None:
    return _listed(f"{each.group}-{each.carc} {each.amount:f}" for each in adjustments)


def _listed(texts: Iterable[str]) -> str | None:
    return "; ".join(texts) or None
