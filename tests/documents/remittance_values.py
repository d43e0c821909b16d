"""Remittances of every kind for property tests: whatever a payer may write, whether it adds up or not."""

from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

from documents.balance import balance
from flows.remittance import (
    Method,
    Party,
    ProviderAdjustment,
    Reference,
    RemitAdjustment,
    RemitClaim,
    RemitLine,
    RemitPerson,
    Remittance,
)

DOLLARS = st.integers(-99_999_999, 99_999_999).map(lambda cents: Decimal(cents).scaleb(-2))
UNITS = st.integers(-10_000, 10_000).map(lambda tenths: Decimal(tenths) / 10)
CODES = st.sampled_from(["1", "45", "A1", "MA01", "N30", "99213", "J1885", "0450", "25", "TC"])
TEXTS = st.text("ABCXYZ0189ÀÉÑ .,'/#&()+-", min_size=1, max_size=20).map(str.strip).filter(bool)
DAYS = st.none() | st.dates(date(1900, 1, 1), date(2199, 12, 31))
MAYBE = st.none() | TEXTS
PERSONS = st.builds(RemitPerson, last_name=TEXTS, first_name=MAYBE, identifier=MAYBE)
ADJUSTMENTS = st.lists(
    st.builds(
        RemitAdjustment,
        group=st.sampled_from(["CO", "PR", "OA", "PI", "CR"]),
        carc=CODES,
        amount=DOLLARS,
        quantity=st.none() | UNITS,
    ),
    max_size=9,
).map(tuple)
REMARKS = st.lists(CODES, max_size=7).map(tuple)


def _references(*qualifiers: str) -> st.SearchStrategy[tuple[Reference, ...]]:
    one = st.builds(Reference, qualifier=st.sampled_from(qualifiers), number=TEXTS)
    return st.lists(one, max_size=3).map(tuple)


@st.composite
def _periods(draw: st.DrawFn) -> dict[str, Any]:
    """First and last day; the first alone is both."""
    first, last = draw(DAYS), draw(DAYS)
    return {"service_from": first, "service_to": last or first}


@st.composite
def _lines(draw: st.DrawFn) -> dict[str, Any]:
    return draw(_periods()) | {
        "procedure": draw(CODES),
        "modifiers": tuple(draw(st.lists(CODES, max_size=4))),
        "billed_procedure": draw(st.none() | CODES),
        "revenue_code": draw(st.none() | CODES),
        "units": draw(st.none() | UNITS),
        "billed_units": draw(st.none() | UNITS),
        "billed": draw(DOLLARS),
        "paid": draw(DOLLARS),
        "allowed": draw(st.none() | DOLLARS),
        "adjustments": draw(ADJUSTMENTS),
        "remark_codes": draw(REMARKS),
        "references": draw(_references("6R", "HPI", "LU")),
    }


@st.composite
def _claims(draw: st.DrawFn) -> dict[str, Any]:
    lines = draw(st.lists(_lines(), max_size=3))
    return draw(_periods()) | {
        "patient_account_number": draw(TEXTS),
        "status": draw(st.sampled_from(["1", "2", "3", "4", "19", "22", "23", "25"])),
        "billed": draw(DOLLARS),
        "paid": draw(DOLLARS),
        "patient_responsibility": draw(st.none() | DOLLARS),
        "filing_indicator": draw(st.none() | CODES),
        "payer_claim_number": draw(MAYBE),
        "facility_code": draw(st.none() | CODES),
        "frequency": draw(st.none() | CODES),
        "patient": draw(PERSONS),
        "insured": draw(st.none() | PERSONS),
        "corrected_insured": draw(st.none() | PERSONS),
        "rendering_provider": draw(st.none() | PERSONS),
        "crossover_payer": draw(st.none() | PERSONS),
        "corrected_payer": draw(st.none() | PERSONS),
        "received_date": draw(DAYS),
        "coverage_ends": draw(DAYS),
        "allowed": draw(st.none() | DOLLARS),
        "adjustments": draw(ADJUSTMENTS),
        "remark_codes": draw(REMARKS),
        "references": draw(_references("EA", "F8", "1L")),
        "lines": tuple(RemitLine(number=number, **line) for number, line in enumerate(lines, start=1)),
    }


@st.composite
def remittances(draw: st.DrawFn) -> Remittance:
    """A payment that need not balance."""
    claims = tuple(RemitClaim(number=n, **one) for n, one in enumerate(draw(st.lists(_claims(), max_size=3)), start=1))
    taken = st.builds(
        ProviderAdjustment,
        reason=st.sampled_from(["WO", "FB", "L6", "72", "CS"]),
        reference=MAYBE,
        amount=DOLLARS,
        fiscal_year_end=DAYS,
    )
    provider_adjustments = tuple(draw(st.lists(taken, max_size=3)))
    amount = draw(DOLLARS)
    balanced, unbalanced = balance(claims, provider_adjustments, amount)
    payee, is_tin = draw(TEXTS), draw(st.booleans())
    return Remittance(
        source="835",
        method=draw(st.sampled_from(Method)),
        amount=amount,
        paid_on=draw(DAYS),
        trace=draw(TEXTS),
        originator=draw(MAYBE),
        payer=Party(name=draw(MAYBE), identifier=draw(TEXTS)),
        payee=Party(name=draw(MAYBE), identifier=payee, tin=payee if is_tin else None),
        production_date=draw(DAYS),
        references=draw(_references("EV", "F2")) + draw(_references("EO", "HI")) + draw(_references("D3", "PQ")),
        claims=claims,
        provider_adjustments=provider_adjustments,
        balance=balanced,
        unbalanced=unbalanced,
    )
