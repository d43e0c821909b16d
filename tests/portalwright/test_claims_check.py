"""The demonstration's check finds every answer that is not the truth, by the fact that differs."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from flows.answers import (
    Adjustment,
    ClaimNotFound,
    ClaimState,
    Line,
    PatientResponsibility,
    Payment,
    RelatedClaim,
    Request,
    Role,
)
from portalwright.demo.claims_check import wrong_answers
from sandbox.truth.generator import make_truth

TODAY = date(2026, 11, 22)


@cache
def truth() -> Mapping[str, Any]:
    made: Mapping[str, Any] = make_truth(11, 60, TODAY).model_dump(mode="json")
    return made


def amount(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def right_answer(claim: Mapping[str, Any]) -> ClaimState:
    """What a perfect reader makes of a claim of the truth ledger."""
    owed, payment = claim["patient_responsibility"], claim["payment"]
    parts = {name: Decimal(owed[name]) for name in ("deductible", "coinsurance", "copay", "noncovered")} if owed else {}
    return ClaimState(
        category=claim["category"],
        status_codes=tuple(claim["status_codes"]),
        portal_text="whatever the portal calls it",
        payer_claim_number=claim["payer_claim_number"],
        patient_account_number=claim["patient_account_number"],
        received_date=day(claim["received_date"]),
        finalised_date=day(claim["finalised_date"]),
        effective_date=day(claim["effective_date"]),
        related_claims=tuple(
            RelatedClaim(role=Role(one["role"]), payer_claim_number=one["payer_claim_number"])
            for one in claim["related"]
        ),
        billed=Decimal(claim["billed"]),
        allowed=amount(claim["allowed"]),
        paid=amount(claim["paid"]),
        patient_responsibility=PatientResponsibility(total=sum(parts.values(), Decimal(0)) if parts else None, **parts),
        payment=payment
        and Payment(
            method=payment["method"],
            number=payment["number"],
            paid_on=day(payment["date"]),
            amount=amount(payment["amount"]),
        ),
        lines=tuple(
            Line(
                number=line["number"],
                procedure=line["procedure"],
                modifiers=tuple(line["modifiers"]),
                units=Decimal(line["units"]),
                billed=Decimal(line["billed"]),
                allowed=amount(line["allowed"]),
                paid=amount(line["paid"]),
                adjustments=tuple(
                    Adjustment(group=one["group"], carc=one["carc"], amount=Decimal(one["amount"]))
                    for one in line["adjustments"]
                ),
                remark_codes=tuple(line["remark_codes"]),
            )
            for line in claim["lines"]
        ),
        requests=tuple(Request(what=one["what"], due=day(one["due"])) for one in claim["requests"]),
        appeal_allowed=claim["appeal_allowed"],
    )


def asks(expect: str) -> list[Mapping[str, Any]]:
    found = [ask for ask in truth()["asks"] if ask["expect"] == expect]
    assert found, f"the truth holds no question that expects {expect}"
    return found


def right_answers() -> dict[str, ClaimState]:
    claims = {claim["payer_claim_number"]: claim for claim in truth()["claims"]}
    return {ask["patient_account_number"]: right_answer(claims[ask["payer_claim_number"]]) for ask in asks("ANSWERED")}


def wrong(number: str, answer: ClaimState | ClaimNotFound) -> tuple[str, ...]:
    return tuple(fact for one in wrong_answers([(number, answer)], truth()) for fact in one.facts)


def one_that_has(*names: str) -> tuple[str, ClaimState]:
    for number, answer in right_answers().items():
        if all(getattr(answer, name) not in (None, ()) for name in names):
            return number, answer
    raise AssertionError(f"no claim has {names}")


def test_right_answers_are_not_wrong() -> None:
    right = right_answers()
    assert len(right) > 40
    not_found = [(ask["patient_account_number"], ClaimNotFound(searched=("x",))) for ask in asks("NEGATIVE")]
    assert wrong_answers([*right.items(), *not_found], truth()) == ()


def test_not_found_is_wrong_where_the_payer_has_the_claim() -> None:
    number = asks("ANSWERED")[0]["patient_account_number"]
    assert wrong(number, ClaimNotFound(searched=("x",))) == ("not found",)


@pytest.mark.parametrize("expect", ["NEGATIVE", "NEEDS_STAFF"])
def test_an_answer_is_wrong_where_there_is_none_or_only_a_person_could_give_it(expect: str) -> None:
    answer = next(iter(right_answers().values()))
    assert wrong(asks(expect)[0]["patient_account_number"], answer) == ("answered",)
    if expect == "NEEDS_STAFF":
        number = asks(expect)[0]["patient_account_number"]
        assert wrong(number, ClaimNotFound(searched=("x",))) == ("not found",)


def test_an_answer_that_nobody_asked_for_is_wrong() -> None:
    assert wrong("NOBODYS", ClaimNotFound(searched=("x",))) == ("nobody asked",)


OTHER: dict[str, Any] = {
    "category": "X9",
    "status_codes": ("999",),
    "payer_claim_number": "ANOTHER",
    "patient_account_number": "ANOTHER",
    "received_date": date(2001, 1, 1),
    "finalised_date": date(2001, 1, 1),
    "effective_date": date(2001, 1, 1),
    "billed": Decimal("0.01"),
    "allowed": Decimal("0.01"),
    "paid": Decimal("0.01"),
    "patient_responsibility": PatientResponsibility(total=Decimal("0.01")),
    "payment": Payment(number="ANOTHER"),
    "lines": (),
    "adjustments": (Adjustment(group="CO", carc="45", amount=Decimal("0.01")),),
    "remark_codes": ("N1",),
    "requests": (Request(what="another"),),
    "related_claims": (RelatedClaim(role=Role.SPLIT, payer_claim_number="ANOTHER"),),
}


@pytest.mark.parametrize("name", OTHER)
def test_a_single_other_fact_makes_an_answer_wrong(name: str) -> None:
    number, answer = one_that_has("lines")
    assert len(wrong(number, answer.model_copy(update={name: OTHER[name]}))) == 1


@pytest.mark.parametrize(
    "name",
    ["finalised_date", "allowed", "paid", "payment", "appeal_allowed", "status_codes", "requests", "related_claims"],
)
def test_a_missing_fact_makes_an_answer_wrong(name: str) -> None:
    number, answer = one_that_has(name)
    nothing = () if isinstance(getattr(answer, name), tuple) else None
    assert len(wrong(number, answer.model_copy(update={name: nothing}))) == 1


@pytest.mark.parametrize(
    "name", ["procedure", "modifiers", "units", "billed", "allowed", "paid", "adjustments", "remark_codes", "number"]
)
def test_a_single_other_fact_of_a_line_makes_an_answer_wrong(name: str) -> None:
    other = {
        "procedure": "00000", "modifiers": ("ZZ",), "units": Decimal(99), "billed": Decimal("0.01"),
        "allowed": Decimal("0.01"), "paid": Decimal("0.01"), "remark_codes": ("N1",), "number": 99,
        "adjustments": (Adjustment(group="PI", carc="1", amount=Decimal("0.01")),),
    }  # fmt: skip
    number, answer = one_that_has("lines")
    first, *rest = answer.lines
    changed = answer.model_copy(update={"lines": (first.model_copy(update={name: other[name]}), *rest)})
    assert wrong(number, changed) == ("lines",)


@pytest.mark.parametrize("part", ["total", "deductible", "coinsurance", "copay", "noncovered"])
def test_a_single_other_part_of_what_the_patient_owes_makes_an_answer_wrong(part: str) -> None:
    number, answer = one_that_has("payment")
    owed = answer.patient_responsibility.model_copy(update={part: Decimal("98765.43")})
    assert wrong(number, answer.model_copy(update={"patient_responsibility": owed})) == ("patient responsibility",)


@pytest.mark.parametrize("part", ["method", "number", "paid_on", "amount"])
def test_a_single_other_fact_of_the_payment_makes_an_answer_wrong(part: str) -> None:
    number, answer = one_that_has("payment")
    other = {"method": "seashells", "number": "0", "paid_on": date(2001, 1, 1), "amount": Decimal("98765.43")}
    payment = answer.payment and answer.payment.model_copy(update={part: other[part]})
    assert wrong(number, answer.model_copy(update={"payment": payment})) == ("payment",)
