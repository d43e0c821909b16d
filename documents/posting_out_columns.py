"""The columns of the posting file: a row for each claim of a payment, each service line, each provider adjustment.

Names and order are documented in docs/remittances.md and stay as they are; a new column joins at the end. The patient's
name, birth date and member id are in none of them: the account number is what a practice system finds a claim by.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from documents.columns import Cell, Column, Kind, listed
from flows.remittance import Method, ProviderAdjustment, Reference, RemitAdjustment, RemitClaim, RemitLine, Remittance

ORIGINAL, REVERSAL, CORRECTION = "original", "reversal", "correction"

_LINE_CONTROL_NUMBER = "6R"
_ORIGINAL_CLAIM_NUMBER = "F8"

_NO_ACCOUNT = frozenset({"", "0"})
"""What stands in CLP01 where the payer did not keep the office's number (X12 835 TR3, CLP01)."""

PAYMENT = (
    Column("trace", Kind.TEXT),
    Column("payer", Kind.TEXT),
    Column("payer_id", Kind.TEXT),
    Column("payee_id", Kind.TEXT),
    Column("method", Kind.TEXT),
    Column("paid_on", Kind.DATE),
    Column("payment_amount", Kind.DOLLARS),
    Column("source", Kind.TEXT),
    Column("state", Kind.TEXT),
)
CLAIM = (
    Column("claim_number", Kind.NUMBER),
    Column("patient_account_number", Kind.TEXT),
    Column("payer_claim_number", Kind.TEXT),
    Column("original_claim_number", Kind.TEXT),
    Column("claim_status", Kind.TEXT),
    Column("claim_kind", Kind.TEXT),
    Column("claim_service_from", Kind.DATE),
    Column("claim_service_to", Kind.DATE),
    Column("claim_billed", Kind.DOLLARS),
    Column("claim_paid", Kind.DOLLARS),
    Column("patient_responsibility", Kind.DOLLARS),
)
LINE = (
    Column("line_number", Kind.NUMBER),
    Column("line_control_number", Kind.TEXT),
    Column("procedure", Kind.TEXT),
    Column("modifiers", Kind.TEXT),
    Column("billed_procedure", Kind.TEXT),
    Column("revenue_code", Kind.TEXT),
    Column("units", Kind.NUMBER),
    Column("service_from", Kind.DATE),
    Column("service_to", Kind.DATE),
    Column("billed", Kind.DOLLARS),
    Column("allowed", Kind.DOLLARS),
    Column("paid", Kind.DOLLARS),
)
COLUMNS = (
    Column("row_kind", Kind.TEXT),
    *PAYMENT,
    *CLAIM,
    *LINE,
    Column("adjustments", Kind.TEXT),
    Column("remark_codes", Kind.TEXT),
    Column("provider_adjustment", Kind.TEXT),
    Column("provider_reference", Kind.TEXT),
    Column("post_amount", Kind.DOLLARS),
)

_NO_CLAIM: tuple[Cell, ...] = (None,) * len(CLAIM)
_NO_LINE: tuple[Cell, ...] = (None,) * len(LINE)


@dataclass(frozen=True)
class PostedClaim:
    """A claim of a payment as it is posted. `post_amount` is what the claim paid beyond its lines, in dollars."""

    claim: RemitClaim
    kind: str
    """original, reversal, or correction of a reversal in the same payment."""
    original_claim_number: str | None
    post_amount: Decimal


def posted_claims(remittance: Remittance) -> tuple[PostedClaim, ...]:
    """The claims that have something to post: all but predeterminations, which pay nothing."""
    claims = [claim for claim in remittance.claims if not claim.is_predetermination]
    taken_back = [claim for claim in claims if claim.is_reversal]
    return tuple(
        PostedClaim(
            claim,
            _kind(claim, taken_back),
            number_of(_ORIGINAL_CLAIM_NUMBER, claim.references),
            claim.paid - sum((line.paid for line in claim.lines if line.paid is not None), Decimal(0)),
        )
        for claim in claims
    )


def payment_rows(remittance: Remittance, state: str) -> Iterator[Sequence[Cell]]:
    """The rows of one payment. Their `post_amount` adds up to the payment's amount."""
    payment = (
        remittance.trace,
        remittance.payer.name,
        remittance.payer.identifier,
        remittance.payee.identifier or remittance.payee.tin,
        method_text(remittance.method),
        remittance.paid_on,
        remittance.amount,
        remittance.source,
        state,
    )
    for posted in posted_claims(remittance):
        claim, facts = posted.claim, _claim_cells(posted)
        yield (
            "claim",
            *payment,
            *facts,
            *_NO_LINE,
            *_codes(claim.adjustments, claim.remark_codes),
            None,
            None,
            posted.post_amount,
        )
        for line in claim.lines:
            yield (
                "line",
                *payment,
                *facts,
                *_line_cells(line),
                *_codes(line.adjustments, line.remark_codes),
                None,
                None,
                line.paid,
            )
    for adjustment in remittance.provider_adjustments:
        yield ("provider", *payment, *_NO_CLAIM, *_NO_LINE, None, None, *_provider_cells(adjustment))


def number_of(qualifier: str, references: Iterable[Reference]) -> str | None:
    """The first number with this qualifier (REF01), if there is one."""
    return next((each.number for each in references if each.qualifier == qualifier), None)


def line_control_number(line: RemitLine) -> str | None:
    """The office's own number of the line (REF*6R), where the payer gave it back."""
    return number_of(_LINE_CONTROL_NUMBER, line.references)


def method_text(method: Method) -> str:
    """The payment's method as it is written into the file (BPR04)."""
    return method.value


def _kind(claim: RemitClaim, taken_back: Iterable[RemitClaim]) -> str:
    if claim.is_reversal:
        return REVERSAL
    return CORRECTION if any(_replaces(claim, reversal) for reversal in taken_back) else ORIGINAL


def _replaces(claim: RemitClaim, reversal: RemitClaim) -> bool:
    """Is this the claim that stands in the place of the one taken back?"""
    taken_back = reversal.payer_claim_number
    if taken_back is not None and taken_back in (
        claim.payer_claim_number,
        number_of(_ORIGINAL_CLAIM_NUMBER, claim.references),
    ):
        return True
    account = claim.patient_account_number
    return account == reversal.patient_account_number and account not in _NO_ACCOUNT


def _claim_cells(posted: PostedClaim) -> tuple[Cell, ...]:
    claim = posted.claim
    return (
        claim.number,
        claim.patient_account_number,
        claim.payer_claim_number,
        posted.original_claim_number,
        claim.status,
        posted.kind,
        claim.service_from,
        claim.service_to,
        claim.billed,
        claim.paid,
        claim.patient_responsibility,
    )


def _line_cells(line: RemitLine) -> tuple[Cell, ...]:
    return (
        line.number,
        line_control_number(line),
        line.procedure,
        listed(line.modifiers),
        line.billed_procedure,
        line.revenue_code,
        line.units,
        line.service_from,
        line.service_to,
        line.billed,
        line.allowed,
        line.paid,
    )


def _codes(adjustments: Iterable[RemitAdjustment], remark_codes: Iterable[str]) -> tuple[Cell, Cell]:
    return listed(f"{each.group}-{each.carc} {each.amount:f}" for each in adjustments), listed(remark_codes)


def _provider_cells(adjustment: ProviderAdjustment) -> tuple[Cell, Cell, Cell]:
    # In the file a positive amount takes money away (DOMAIN 2.3); what is posted has the sign of a payment.
    return adjustment.reason, adjustment.reference, -adjustment.amount
