"""The columns of exported claim-status answers: one row for each claim, or one for each service line.

Names and order are documented in docs/files.md and stay as they are; a new column joins at the end.
"""

from collections.abc import Iterable, Iterator, Sequence

from documents.answered_question import (
    PATIENT,
    AnsweredQuestion,
    Meaning,
    NotThisFlow,
    key_cells,
    key_columns,
    made_cells,
    patient_cells,
)
from documents.columns import Cell, Column, Kind, listed
from flows.answers import Adjustment, ClaimNotFound, ClaimState, Line, Payment
from flows.questions import Claim, ClaimStatus, Patient

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
    return (*key_columns("patient_account_number"), *(PATIENT if names else ()), *(_LINE if lines else _CLAIM))


def rows(
    answers: Iterable[AnsweredQuestion], meaning: Meaning, *, lines: bool, names: bool
) -> Iterator[Sequence[Cell]]:
    """The cells of each row, in the order of `columns`. An answer without service lines has no row by line."""
    for answer in answers:
        patient, claim = _asked(answer)
        start = (*key_cells(answer), *(patient_cells(patient) if names else ()))
        if lines:
            yield from ((*start, *cells) for cells in _line_rows(answer))
        else:
            yield (*start, *_claim_row(answer, claim, meaning))


def _asked(answer: AnsweredQuestion) -> tuple[Patient, Claim]:
    question = answer.question
    if not isinstance(question, ClaimStatus):
        raise NotThisFlow(question.flow)
    return question.patient, question.claim


def _claim_row(answer: AnsweredQuestion, claim: Claim, meaning: Meaning) -> tuple[Cell, ...]:
    said = answer.answer.normalised
    asked = (claim.service_from, claim.service_to, claim.billed, answer.ending.value)
    made = made_cells(answer)
    if isinstance(said, ClaimNotFound):
        blank = (None,) * (len(_CLAIM) - len(asked) - len(made) - 2)
        return (*asked, *blank, listed(said.searched), None, *made)
    if not isinstance(said, ClaimState):
        raise NotThisFlow(answer.flow)
    return (*asked, *_state(said, meaning), None, len(said.lines), *made)


def _state(said: ClaimState, meaning: Meaning) -> tuple[Cell, ...]:
    owed, payment = said.patient_responsibility, said.payment or Payment()
    return (
        said.category,
        meaning(said.category),
        listed(said.status_codes),
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
        listed(said.remark_codes),
        listed(f"{related.role} {related.payer_claim_number}" for related in said.related_claims),
        listed(f"{wanted.what} (due {wanted.due})" if wanted.due else wanted.what for wanted in said.requests),
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
        listed(line.modifiers),
        line.units,
        line.billed,
        line.allowed,
        line.paid,
        _adjustments(line.adjustments),
        listed(line.remark_codes),
    )


def _adjustments(adjustments: Iterable[Adjustment]) -> str | None:
    return listed(f"{each.group}-{each.carc} {each.amount:f}" for each in adjustments)
