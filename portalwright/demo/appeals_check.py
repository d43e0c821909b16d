"""Was every appeal filed once, and is what became of it the truth? Compares them with a practice payer's books."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from flows.values import Frozen
from ledger.appeals import AppealRecord, AppealStage

Truth = Mapping[str, Any]


class WrongAppeal(Frozen):
    """An appeal that is not as the payer has it: its number here, and the names of the facts that differ."""

    number: int
    facts: tuple[str, ...]


def wrong_appeals(found: Iterable[AppealRecord], at_portal: Sequence[Truth]) -> tuple[WrongAppeal, ...]:
    """Every appeal of the ledger that the payer's own books do not bear out, press by press.

    `at_portal` is what the practice portal says of each claim, level and lines that was ever pressed or filed there.
    """
    wrong = []
    for record in found:
        facts = tuple(_differences(record, _of(record, at_portal)))
        if facts:
            wrong.append(WrongAppeal(number=record.number, facts=facts))
    return tuple(wrong)


def _of(record: AppealRecord, at_portal: Sequence[Truth]) -> list[Truth]:
    return [one for one in at_portal if one["reference"] == record.reference or _same_claim(record, one)]


def _same_claim(record: AppealRecord, one: Truth) -> bool:
    same = one["payer_claim_number"] == record.payer_claim_number and one["level"] == record.level
    return bool(same) and not one["by_hand"]


def _differences(record: AppealRecord, there: Sequence[Truth]) -> Iterator[str]:
    presses = sum(one["presses"] for one in there)
    if record.stage in (AppealStage.DRAFT, AppealStage.APPROVED, AppealStage.WITHDRAWN):
        if presses:
            yield "pressed without approval"
        return
    if presses > 1:
        yield "pressed more than once"
    if record.stage not in (AppealStage.FILED, AppealStage.DECIDED):
        return
    if len(there) != 1 or there[0]["filings"] != 1:
        yield "not filed once"
        return
    (one,) = there
    if record.confirmation != one["number"] and one["number_shown"]:
        yield "number"
    if record.amount != Decimal(one["amount"]):
        yield "amount"
    if record.stage is AppealStage.DECIDED:
        if record.decision is None or record.decision.value != one["decision"]:
            yield "decision"
        if record.decided_on is None or one["decided_on"] is None or record.decided_on != _day(one["decided_on"]):
            yield "decision date"
        if (record.recovered or Decimal(0)) != Decimal(one["recovered"] or 0):
            yield "recovered amount"


def _day(text: str) -> date:
    return date.fromisoformat(text[:10])
