"""What the demonstration shows of each job: a few answers of each kind, the payments, and what waits for a person."""

from collections import Counter
from collections.abc import Iterable, Sequence

from flows.answers import ClaimState
from flows.codes import category_words
from flows.coverage import Coverage
from flows.questions import ClaimStatus
from flows.work_entry import QueueSummary
from ledger.answers import AnswerRecord
from ledger.appeals import AppealRecord
from ledger.cases import CaseRecord
from ledger.remittances_listed import RemittanceRecord
from portalwright.cli.tables import Cell, print_table
from portalwright.words import coverage_words

_SAMPLE = 8


def print_cases(waiting: tuple[CaseRecord, ...]) -> None:
    """How many cases of each code, with the sentence of one of them."""
    sentences = {case.code: case.what for case in waiting}
    times = Counter(case.code for case in waiting)
    print_table(
        ("code", "cases", "what, for example"),
        [(code, times[code], sentences[code]) for code in sorted(sentences)],
        empty="No case waits for a person.",
    )


def print_answers(found: Sequence[AnswerRecord]) -> None:
    """One answer of each kind, as far as they go."""
    kinds: dict[str, AnswerRecord] = {}
    for record in found:
        said = record.answer.normalised
        kinds.setdefault(said.category if isinstance(said, ClaimState) else "", record)
    rows: list[tuple[Cell, ...]] = []
    for category in _sample_of(kinds):
        record = kinds[category]
        said, number, question = record.answer.normalised, record.number, record.question
        if isinstance(said, ClaimState):
            owed = said.patient_responsibility.total
            rows.append((number, category, category_words(category), said.portal_text, said.billed, said.paid, owed))
        else:
            billed = question.claim.billed if isinstance(question, ClaimStatus) else None
            rows.append((number, "", "not found", "", billed, None, None))
    print_table(
        ("account number", "status", "meaning", "portal's words", "billed", "paid", "patient owes"),
        rows,
        empty="There is no answer.",
    )


def _sample_of(categories: Iterable[str]) -> list[str]:
    """All kinds of finalised claims, which an office waits for most, then one each of the others ("" is not found)."""
    finalised = sorted(name for name in categories if name.startswith("F"))
    others = {name[:1]: name for name in sorted(categories, reverse=True) if not name.startswith("F")}
    return [*finalised, *(others[family] for family in sorted(others))][:_SAMPLE]


def print_coverages(found: Sequence[AnswerRecord]) -> None:
    """One eligibility answer of each kind."""
    kinds: dict[str, AnswerRecord] = {}
    for record in found:
        said = record.answer.normalised
        kinds.setdefault(said.status if isinstance(said, Coverage) else "", record)
    rows: list[tuple[Cell, ...]] = []
    for status in sorted(kinds, reverse=True):
        record = kinds[status]
        said = record.answer.normalised
        if isinstance(said, Coverage):
            bill = said.payer_to_bill or ""
            rows.append((record.number, coverage_words(said.status), said.plan_name or "", len(said.benefits), bill))
        else:
            rows.append((record.number, "member not found", "", 0, ""))
    print_table(
        ("appointment", "coverage", "plan", "benefits", "bill instead"), rows, empty="Nothing was asked about coverage."
    )


def print_payments(found: Sequence[RemittanceRecord]) -> None:
    """The newest payments."""
    rows = [
        (
            one.portal or "",
            one.trace,
            f"{one.paid_on:%Y-%m-%d}" if one.paid_on else "",
            one.amount,
            one.claims,
            "yes" if one.balance.whole else "NO",
            one.source,
        )
        for one in found[:_SAMPLE]
    ]
    print_table(
        ("portal", "payment", "paid on", "amount", "claims", "balances", "from"), rows, empty="No payment was fetched."
    )


def print_appeals(found: Sequence[AppealRecord]) -> None:
    """Every appeal, and what became of it."""
    rows = [
        (one.number, one.portal, one.amount, one.stage, one.confirmation or "", one.decision or "", one.recovered)
        for one in found
    ]
    print_table(
        ("appeal", "portal", "contested", "stage", "payer's number", "decision", "recovered"),
        rows,
        empty="No denied claim was appealed.",
    )


def print_work(queues: Sequence[QueueSummary]) -> None:
    """How much work lies in each queue, and the money of it."""
    rows = [(one.queue, one.entries, one.overdue, one.money) for one in queues]
    print_table(("queue", "to do", "overdue", "at stake"), rows, empty="Nothing is left to do.")
