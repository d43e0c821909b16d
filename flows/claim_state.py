"""From a claim's detail page, as read, to what became of the claim in the words of the 277."""

import re
from collections.abc import Iterator, Mapping

from flows.amounts import parse_money
from flows.answers import (
    Adjustment,
    ClaimState,
    Line,
    PatientResponsibility,
    Payment,
    RelatedClaim,
    Request,
    Role,
)
from flows.portal import Reading, Row, Value
from flows.reading import Unreadable, amount_of, day_of, flag_of, number_of, text_of, texts_of

DETAIL_REQUIRED = ("status", "payer_claim_number", "service_from", "billed")
"""Fields that a pack's `claim` view must have; `patient_name` or last and first name come from the identity gate."""

DETAIL_FIELDS = (
    *DETAIL_REQUIRED,
    "status_codes",
    "received_date",
    "finalised_date",
    "effective_date",
    "allowed",
    "paid",
    "patient_responsibility",
    "deductible",
    "coinsurance",
    "copay",
    "noncovered",
    "payment_method",
    "payment_number",
    "payment_date",
    "payment_amount",
    "adjustments",
    "remark_codes",
    "appeal_allowed",
)
"""Every field of the `claim` view that becomes part of an answer, beside those of the identity gate."""

DETAIL_TABLES: Mapping[str, tuple[str, ...]] = {
    "lines": (
        "line_number",
        "procedure",
        "modifiers",
        "units",
        "billed",
        "allowed",
        "paid",
        "adjustments",
        "remark_codes",
    ),
    "related_claims": ("role", "payer_claim_number"),
    "requests": ("what", "due"),
}
"""Every table of the `claim` view, with its columns, that becomes part of an answer."""

_ADJUSTMENT = re.compile(r"(CO|PR|OA|PI)[-\s]?([A-Z]?\d{1,3})\s*:?\s+(\S+)", re.ASCII)


def claim_state(reading: Reading) -> ClaimState:
    """The normalised answer of one detail page. The status must be mapped already. Raises Unreadable."""
    fields = reading.fields
    number, billed = text_of(fields, "payer_claim_number"), amount_of(fields, "billed")
    category = text_of(fields, "status")
    for name, value in (("payer_claim_number", number), ("billed", billed), ("status", category)):
        if value is None:
            raise Unreadable("The claim's page shows no claim number, no charge or no status.", fields[name].shown)
    assert number is not None and billed is not None and category is not None
    return ClaimState(
        category=category,
        status_codes=texts_of(fields, "status_codes"),
        portal_text=fields["status"].shown.text,
        payer_claim_number=number,
        patient_account_number=text_of(fields, "patient_account_number"),
        received_date=day_of(fields, "received_date"),
        finalised_date=day_of(fields, "finalised_date"),
        effective_date=day_of(fields, "effective_date"),
        related_claims=tuple(_related(reading)),
        billed=billed,
        allowed=amount_of(fields, "allowed"),
        paid=amount_of(fields, "paid"),
        patient_responsibility=PatientResponsibility(
            total=amount_of(fields, "patient_responsibility"),
            deductible=amount_of(fields, "deductible"),
            coinsurance=amount_of(fields, "coinsurance"),
            copay=amount_of(fields, "copay"),
            noncovered=amount_of(fields, "noncovered"),
        ),
        payment=_payment(fields),
        lines=tuple(_line(row, index) for index, row in enumerate(reading.tables.get("lines", ()), start=1)),
        adjustments=tuple(_adjustments(fields.get("adjustments"))),
        remark_codes=texts_of(fields, "remark_codes"),
        requests=tuple(
            Request(what=what, due=day_of(row.cells, "due"))
            for row in reading.tables.get("requests", ())
            if (what := text_of(row.cells, "what")) is not None
        ),
        appeal_allowed=flag_of(fields, "appeal_allowed"),
    )


def _related(reading: Reading) -> Iterator[RelatedClaim]:
    for row in reading.tables.get("related_claims", ()):
        role, number = row.cells["role"], text_of(row.cells, "payer_claim_number")
        if role.unmapped or not isinstance(role.normal, str) or number is None:
            raise Unreadable("The portal relates another claim in words that are not in its map.", role.shown)
        yield RelatedClaim(role=Role(role.normal), payer_claim_number=number)


def _line(row: Row, index: int) -> Line:
    cells = row.cells
    procedure, billed = text_of(cells, "procedure"), amount_of(cells, "billed")
    if procedure is None or billed is None:
        missing = cells["procedure" if procedure is None else "billed"]
        raise Unreadable("A service line shows no procedure or no charge.", missing.shown)
    number = cells["line_number"].normal if "line_number" in cells else index
    # Some portals write "HC:99213:25", some show modifiers in a column of their own (DOMAIN 2.5).
    code, *own_modifiers = procedure.removeprefix("HC:").replace("-", ":").split(":")
    return Line(
        number=number if isinstance(number, int) else index,
        procedure=code.strip(),
        modifiers=(*(modifier.strip() for modifier in own_modifiers), *texts_of(cells, "modifiers")),
        units=number_of(cells, "units"),
        billed=billed,
        allowed=amount_of(cells, "allowed"),
        paid=amount_of(cells, "paid"),
        adjustments=tuple(_adjustments(cells.get("adjustments"))),
        remark_codes=texts_of(cells, "remark_codes"),
    )


def adjustment_of(text: str) -> Adjustment | None:
    """One adjustment out of a text such as `CO-45 $30.00`; None where it is not group, reason code and amount."""
    match = _ADJUSTMENT.fullmatch(text.strip())
    try:
        return Adjustment(group=match[1], carc=match[2], amount=parse_money(match[3])) if match else None
    except ValueError:
        return None


def _adjustments(value: Value | None) -> Iterator[Adjustment]:
    if value is None or not isinstance(value.normal, tuple):
        return
    for text in value.normal:
        adjustment = adjustment_of(text)
        if adjustment is None:
            raise Unreadable("An adjustment is not group, reason code and amount.", value.shown)
        yield adjustment


def _payment(fields: Mapping[str, Value]) -> Payment | None:
    """None when the page has no payment section at all; its parts may be blank."""
    if not any(name in fields for name in ("payment_method", "payment_number", "payment_date", "payment_amount")):
        return None
    return Payment(
        method=text_of(fields, "payment_method"),
        number=text_of(fields, "payment_number"),
        paid_on=day_of(fields, "payment_date"),
        amount=amount_of(fields, "payment_amount"),
    )
