"""The rows in which answers of each flow are listed on the screen, and one answer whole."""

from collections.abc import Iterable, Sequence

import typer

from flows.answers import AppealFiled, AppealRefused, AppealState, ClaimState, NoRemittances, RemittancesListed
from flows.codes import category_words
from flows.coverage import Coverage
from flows.questions import Appeal, AppealStatus, ClaimStatus, Eligibility, Flow
from ledger.answers import AnswerRecord
from portalwright.cli.tables import Cell, printable
from portalwright.facts import facts, nameless
from portalwright.words import coverage_words

_OF_AN_APPEAL = ("appeal", "portal", "account number", "level", "said", "the payer's number", "decided on", "recovered",
                 "as of")  # fmt: skip
_HEADINGS = {
    Flow.CLAIM_STATUS: (
        "account number", "portal", "status", "meaning", "payer's number", "billed", "allowed", "paid", "patient owes",
        "finalised", "as of",
    ),
    Flow.ELIGIBILITY: (
        "appointment", "portal", "service day", "service type", "status", "meaning", "plan", "until", "bill to",
        "differs", "as of",
    ),
    Flow.REMITTANCES: ("payments of", "portal", "NPI", "payments", "amount", "documents", "without one", "as of"),
    Flow.APPEAL: _OF_AN_APPEAL,
    Flow.APPEAL_STATUS: _OF_AN_APPEAL,
}  # fmt: skip


def headings(flow: Flow, *, names: bool) -> tuple[str, ...]:
    """The columns of this flow's list; a period of payments has no patient."""
    first, *others = _HEADINGS[flow]
    return (first, *(["patient"] if names and flow is not Flow.REMITTANCES else []), *others)


def row(record: AnswerRecord, *, names: bool) -> Sequence[Cell]:
    """One answer under its `headings`."""
    question = record.question
    seen = record.answer.observed_at
    match question:
        case ClaimStatus() | Eligibility():
            patient = question.patient
            who = [f"{patient.last_name}, {patient.first_name}"] if names else []
            about = _claim(record, question) if isinstance(question, ClaimStatus) else _visit(record, question)
            return [record.number, *who, question.portal, *about, seen]
        case Appeal() | AppealStatus():
            patient = question.patient
            who = [f"{patient.last_name}, {patient.first_name}"] if names else []
            level = (question.contest if isinstance(question, Appeal) else question.filed).level
            account_number = question.claim.patient_account_number
            return [record.number, *who, question.portal, account_number, level, *_appeal(record), seen]
        case _:
            return [record.number, question.portal, question.provider.npi, *_payments(record), seen]


def print_whole(found: Iterable[AnswerRecord], *, names: bool) -> None:
    """Everything that each answer holds, a fact a line; without `names` not what tells whom it is about."""
    shown = False
    for record in found:
        shown = True
        again = ", given to another visit" if record.reused else ""
        if record.by_hand:
            again = f" by hand ({record.by_hand})"
        typer.echo(f"{record.question.portal}: {record.ending}, version {record.version}, by {record.author}{again}")
        said = record.answer.normalised
        for name, fact in facts(said if names else nameless(said)).items():
            typer.echo(f"  {name}: {printable(fact)}")
    if not shown:
        typer.echo("There is no such answer yet.")


def _claim(record: AnswerRecord, question: ClaimStatus) -> list[Cell]:
    said = record.answer.normalised
    if not isinstance(said, ClaimState):
        return ["", "not found", "", question.claim.billed, None, None, None, None]
    return [
        said.category,
        category_words(said.category),
        said.payer_claim_number,
        said.billed,
        said.allowed,
        said.paid,
        said.patient_responsibility.total,
        said.finalised_date,
    ]


def _visit(record: AnswerRecord, question: Eligibility) -> list[Cell]:
    service, said = question.service, record.answer.normalised
    asked: list[Cell] = [service.service_from, service.service_type]
    if not isinstance(said, Coverage):
        return [*asked, "", "not found", "", None, "", ""]
    return [
        *asked,
        said.status.value,
        coverage_words(said.status),
        said.plan_name,
        said.eligibility_ends or said.plan_ends,
        said.payer_to_bill,
        ", ".join(one.field.replace("_", " ") for one in said.differences),
    ]


def _appeal(record: AnswerRecord) -> list[Cell]:
    match record.answer.normalised:
        case AppealFiled() as said:
            return ["found on the list" if said.found_on_list else "filed", said.confirmation, None, None]
        case AppealRefused() as said:
            return [f"refused: {said.refusal}", None, None, None]
        case AppealState() as said:
            return [said.decision or said.standing, said.confirmation, said.decided_on, said.recovered]
        case _:
            return ["not on the list", None, None, None]


def _payments(record: AnswerRecord) -> list[Cell]:
    said = record.answer.normalised
    if isinstance(said, NoRemittances) or not isinstance(said, RemittancesListed):
        return [0, None, 0, 0]
    return [
        len(said.payments),
        sum(payment.amount for payment in said.payments),
        sum(len(payment.documents) for payment in said.payments),
        sum(not payment.documents for payment in said.payments),
    ]
