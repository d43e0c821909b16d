"""Is every answer right? Compares the ledger's answers, fact by fact, with what a practice payer really knows."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from flows.answers import (
    Adjustment,
    ClaimNotFound,
    ClaimState,
    Line,
    Normalised,
    PatientResponsibility,
    Payment,
)
from flows.values import Frozen

Truth = Mapping[str, Any]
"""The truth ledger of a practice portal as its control side gives it: amounts as decimal text, dates as ISO text."""


class WrongAnswer(Frozen):
    """An answer that is not the truth: the claim's patient account number, and the names of the facts that differ."""

    patient_account_number: str
    facts: tuple[str, ...]


def wrong_answers(answers: Iterable[tuple[str, Normalised]], truth: Truth) -> tuple[WrongAnswer, ...]:
    """Every answer, by patient account number, that the truth does not bear out.

    "Not found" is wrong where the payer has the claim; any answer is wrong where only a person could have decided; and
    an answer about a claim is wrong when a single fact of it differs or is missing.
    """
    asks = {ask["patient_account_number"]: ask for ask in truth["asks"]}
    claims = {claim["payer_claim_number"]: claim for claim in truth["claims"]}
    found = []
    for number, answer in answers:
        facts = tuple(_wrong_facts(answer, asks.get(number), claims))
        if facts:
            found.append(WrongAnswer(patient_account_number=number, facts=facts))
    return tuple(found)


def _wrong_facts(answer: Normalised, ask: Mapping[str, Any] | None, claims: Mapping[str, Any]) -> Iterator[str]:
    if ask is None:
        yield "nobody asked"
    elif isinstance(answer, ClaimNotFound):
        if ask["expect"] != "NEGATIVE":
            yield "not found"
    elif not isinstance(answer, ClaimState):
        yield "no answer about a claim"
    elif ask["expect"] != "ANSWERED":
        yield "answered"
    else:
        yield from _differences(answer, claims[ask["payer_claim_number"]])


def _differences(state: ClaimState, claim: Mapping[str, Any]) -> Iterator[str]:
    said: dict[str, object] = {
        "category": state.category,
        "status codes": state.status_codes,
        "payer claim number": state.payer_claim_number,
        "patient account number": state.patient_account_number,
        "received date": state.received_date,
        "finalised date": state.finalised_date,
        "effective date": state.effective_date,
        "billed": state.billed,
        "allowed": state.allowed,
        "paid": state.paid,
        "patient responsibility": _owed_said(state.patient_responsibility),
        "payment": _payment_said(state.payment),
        "lines": [_line_said(line) for line in state.lines],
        "adjustments of the claim": state.adjustments,
        "remarks of the claim": state.remark_codes,
        "requests": sorted((request.what, request.due) for request in state.requests),
        "related claims": sorted((related.role, related.payer_claim_number) for related in state.related_claims),
        "appeal allowed": state.appeal_allowed,
    }
    true: dict[str, object] = {
        "category": claim["category"],
        "status codes": tuple(claim["status_codes"]),
        "payer claim number": claim["payer_claim_number"],
        "patient account number": claim["patient_account_number"],
        "received date": _day(claim["received_date"]),
        "finalised date": _day(claim["finalised_date"]),
        "effective date": _day(claim["effective_date"]),
        "billed": _amount(claim["billed"]),
        "allowed": _amount(claim["allowed"]),
        "paid": _amount(claim["paid"]),
        "patient responsibility": _owed_true(claim["patient_responsibility"]),
        "payment": _payment_true(claim["payment"]),
        "lines": [_line_true(line) for line in claim["lines"]],
        "adjustments of the claim": (),
        "remarks of the claim": (),
        "requests": sorted((request["what"], _day(request["due"])) for request in claim["requests"]),
        "related claims": sorted((related["role"], related["payer_claim_number"]) for related in claim["related"]),
        "appeal allowed": claim["appeal_allowed"],
    }
    return (name for name in said if said[name] != true[name])


_Owed = tuple[Decimal | None, ...]


def _owed_said(owed: PatientResponsibility) -> _Owed:
    return owed.total, owed.deductible, owed.coinsurance, owed.copay, owed.noncovered


def _owed_true(owed: Mapping[str, Any] | None) -> _Owed:
    if owed is None:
        return (None,) * 5
    parts = [Decimal(owed[name]) for name in ("deductible", "coinsurance", "copay", "noncovered")]
    return sum(parts, Decimal(0)), *parts


def _payment_said(payment: Payment | None) -> tuple[object, ...] | None:
    if payment is None:
        return None
    return (payment.method or "").lower(), payment.number, payment.paid_on, payment.amount


def _payment_true(payment: Mapping[str, Any] | None) -> tuple[object, ...] | None:
    if payment is None:
        return None
    return payment["method"].lower(), payment["number"], _day(payment["date"]), _amount(payment["amount"])


def _line_said(line: Line) -> tuple[object, ...]:
    adjustments = sorted(map(_adjustment_said, line.adjustments))
    codes = sorted(line.remark_codes)
    return (
        line.number,
        line.procedure,
        line.modifiers,
        line.units,
        line.billed,
        line.allowed,
        line.paid,
        adjustments,
        codes,
    )


def _adjustment_said(adjustment: Adjustment) -> tuple[str, str, Decimal]:
    return adjustment.group, adjustment.carc, adjustment.amount


def _line_true(line: Mapping[str, Any]) -> tuple[object, ...]:
    adjustments = sorted((one["group"], one["carc"], Decimal(one["amount"])) for one in line["adjustments"])
    return (
        line["number"],
        line["procedure"],
        tuple(line["modifiers"]),
        Decimal(line["units"]),
        _amount(line["billed"]),
        _amount(line["allowed"]),
        _amount(line["paid"]),
        adjustments,
        sorted(line["remark_codes"]),
    )


def _amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def _day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)
