"""What the page of one case shows beside the evidence: seen beside expected, the arithmetic, rows to pick from."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from console.exceptions.evidence import Stretch, visible
from flows.amounts import parse_money
from flows.answers import ClaimState, Shown
from flows.matching import canonical_id, plain_name
from flows.outcomes import Candidate
from flows.questions import ClaimStatus, Eligibility, Input, Question, inputs
from ledger.answers import AnswerRecord
from ledger.corrections import number_of_candidate

_LAYOUTS = ("%m/%d/%Y", "%m-%d-%Y", "%Y-%m-%d")
_IDS = frozenset({"member_id", "payer_claim_number", "patient_account_number", "first_procedure"})
_SHORT = frozenset({"tin", "npi"})
_FIRST = (
    "payer_claim_number", "member_id", "patient_name", "last_name", "first_name", "birth_date", "service_from",
    "service_to", "billed", "status", "paid",
)  # fmt: skip
"""Columns of rows to pick from, in the order in which a person looks at them."""


class Verdict(StrEnum):
    """How what the portal shows stands to what the office holds."""

    SAME = "same"
    DIFFERS = "differs"
    NOT_HELD = ""


@dataclass(frozen=True)
class Compared:
    """One text of the portal beside what was expected; `ours` is "" where the office holds nothing of the kind."""

    name: str
    seen: tuple[Stretch, ...]
    ours: str
    verdict: Verdict


@dataclass(frozen=True)
class Sum:
    """One line of the arithmetic; `how` says where the amount comes from. `is_result`: it is worked out."""

    what: str
    amount: Decimal
    how: str
    is_result: bool = False


@dataclass(frozen=True)
class Row:
    """A row to pick from. `number`: what the portal would be asked by; None where the row does not show it."""

    place: int
    cells: tuple[tuple[Stretch, ...], ...]
    number: str | None
    same: tuple[Verdict, ...]


def word(name: str) -> str:
    """A field's name for people."""
    return name.upper() if name in _SHORT else name.replace("_", " ").capitalize()


def asked(question: Question) -> Iterator[tuple[str, str]]:
    """What the portal was asked with: names for people, and values."""
    for name, value in inputs(question).items():
        yield word(name.rpartition(".")[2]), _text(value)


def compared(seen: Sequence[Shown], question: Question | None) -> tuple[Compared, ...]:
    """What the portal showed beside what the office holds; a difference that was found before has both sides in it."""
    held = {} if question is None else _held(question)
    held |= {shown.where.removeprefix("office."): shown.text for shown in seen if shown.where.startswith("office.")}
    rows = []
    for shown in seen:
        if shown.where.startswith("office."):
            continue
        name = shown.where.rpartition(".")[2]
        ours = held.get(name, "")
        rows.append(Compared(word(name), visible(shown.text), ours, _verdict(name, shown.text, ours)))
    return tuple(rows)


def rows_to_pick(candidates: Sequence[Candidate], question: Question | None) -> tuple[tuple[str, ...], tuple[Row, ...]]:
    """The columns that any row shows, and the rows."""
    shown = {name for candidate in candidates for name, cell in candidate.cells.items() if cell.text.strip()}
    columns = tuple(sorted(shown, key=lambda name: (_FIRST.index(name) if name in _FIRST else len(_FIRST), name)))
    held = {} if question is None else _held(question)
    rows = []
    for place, candidate in enumerate(candidates):
        texts = [candidate.cells[name].text if name in candidate.cells else "" for name in columns]
        verdicts = (_verdict(name, text, held.get(name, "")) for name, text in zip(columns, texts, strict=True))
        number = number_of_candidate(question, candidate) if isinstance(question, ClaimStatus | Eligibility) else None
        rows.append(Row(place, tuple(map(visible, texts)), number, tuple(verdicts)))
    return tuple(map(word, columns)), tuple(rows)


def arithmetic(seen: Sequence[Shown], question: Question | None, newest: AnswerRecord | None) -> tuple[Sum, ...]:
    """How the amounts of a claim stand to one another: by what this page showed, else by the newest answer."""
    if not isinstance(question, ClaimStatus):
        return ()
    amounts = dict(_amounts(seen))
    how = "shown by the portal"
    if not {"paid", "allowed"} & amounts.keys():
        said = newest.answer.normalised if newest is not None else None
        if not isinstance(said, ClaimState):
            return ()
        told = {
            "billed": said.billed,
            "allowed": said.allowed,
            "paid": said.paid,
            "patient_responsibility": said.patient_responsibility.total,
        }
        amounts = {name: amount for name, amount in told.items() if amount is not None}
        how = "of the newest answer"
    return tuple(_sums(question.claim.billed, amounts, how))


def _held(question: Question) -> dict[str, str]:
    held = {name.rpartition(".")[2]: _text(value) for name, value in inputs(question).items()}
    if "last_name" in held:
        held["patient_name"] = f"{held['last_name']}, {held['first_name']}"
    return held


def _text(value: Input) -> str:
    if isinstance(value, Decimal):
        return f"{value:.2f}"
    return ", ".join(value) if isinstance(value, tuple) else str(value)


def _verdict(name: str, seen: str, ours: str) -> Verdict:
    if not ours or not seen.strip():
        return Verdict.NOT_HELD
    same = _comparable(name, seen) == _comparable(name, ours)
    return Verdict.SAME if same else Verdict.DIFFERS


def _comparable(name: str, text: str) -> object:
    if name in _IDS:
        return canonical_id(text)
    if name == "patient_name":
        return frozenset(filter(None, (plain_name(part) for part in text.replace(",", " ").split())))
    if name.endswith("_name"):
        return plain_name(text)
    for layout in _LAYOUTS:
        try:
            return datetime.strptime(text.strip(), layout).date()  # noqa: DTZ007 - a day, without a time
        except ValueError:
            continue
    try:
        return parse_money(text)
    except ValueError:
        return " ".join(text.split()).casefold()


def _amounts(seen: Sequence[Shown]) -> Iterator[tuple[str, Decimal]]:
    for shown in seen:
        try:
            yield shown.where.rpartition(".")[2], parse_money(shown.text)
        except ValueError:
            continue


def _sums(charge: Decimal, amounts: Mapping[str, Decimal], how: str) -> Iterator[Sum]:
    yield Sum("Our charge", charge, "as the claim was sent")
    billed, allowed = amounts.get("billed"), amounts.get("allowed")
    paid, patient = amounts.get("paid"), amounts.get("patient_responsibility")
    if billed is not None:
        yield Sum("Charge", billed, how)
        if billed != charge:
            yield Sum("Difference of the charges", billed - charge, "charge less our charge", is_result=True)
    for what, amount in (("Allowed", allowed), ("Paid", paid), ("Patient's part", patient)):
        if amount is not None:
            yield Sum(what, amount, how)
    if allowed is not None:
        yield Sum("Discount", (billed or charge) - allowed, "charge less allowed", is_result=True)
    if allowed is not None and paid is not None:
        left = allowed - paid - (patient or Decimal(0))
        yield Sum("Not accounted for", left, "allowed less paid less patient's part", is_result=True)
    elif paid is not None:
        yield Sum("Not paid", (billed or charge) - paid, "charge less paid", is_result=True)
