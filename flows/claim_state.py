"""From a claim's detail page, as read, to what became of the claim in the words of the 277."""

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

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
    Shown,
)
from flows.portal import Reading, Row, Value

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


class Unreadable(Exception):
    """A value has a form that no answer may be made from. `shown` says where; `what` is a sentence of ours."""

    def __init__(self, what: str, shown: Shown) -> None:
        super().__init__(what)
        self.what = what
        self.shown = shown


def claim_state(reading: Reading) -> ClaimState:
    """The normalised answer of one detail page. The status must be mapped already. Raises Unreadable."""
    fields = reading.fields
    number, billed = _text(fields, "payer_claim_number"), _amount(fields, "billed")
    category = _text(fields, "status")
    for name, value in (("payer_claim_number", number), ("billed", billed), ("status", category)):
        if value is None:
            raise Unreadable("The claim's page shows no claim number, no charge or no status.", fields[name].shown)
    assert number is not None and billed is not None and category is not None
    return ClaimState(
        category=category,
        status_codes=_texts(fields, "status_codes"),
        portal_text=fields["status"].shown.text,
        payer_claim_number=number,
        patient_account_number=_text(fields, "patient_account_number"),
        received_date=_date(fields, "received_date"),
        finalised_date=_date(fields, "finalised_date"),
        effective_date=_date(fields, "effective_date"),
        related_claims=tuple(_related(reading)),
        billed=billed,
        allowed=_amount(fields, "allowed"),
        paid=_amount(fields, "paid"),
        patient_responsibility=PatientResponsibility(
            total=_amount(fields, "patient_responsibility"),
            deductible=_amount(fields, "deductible"),
            coinsurance=_amount(fields, "coinsurance"),
            copay=_amount(fields, "copay"),
            noncovered=_amount(fields, "noncovered"),
        ),
        payment=_payment(fields),
        lines=tuple(_line(row, index) for index, row in enumerate(reading.tables.get("lines", ()), start=1)),
        adjustments=tuple(_adjustments(fields.get("adjustments"))),
        remark_codes=_texts(fields, "remark_codes"),
        requests=tuple(
            Request(what=what, due=_date(row.cells, "due"))
            for row in reading.tables.get("requests", ())
            if (what := _text(row.cells, "what")) is not None
        ),
        appeal_allowed=_flag(fields, "appeal_allowed"),
    )


def shown_texts(reading: Reading) -> Iterator[Shown]:
    """Every text of the reading with its place: the extracted layer of an answer."""
    yield from (value.shown for value in reading.fields.values())
    for rows in reading.tables.values():
        yield from (value.shown for row in rows for value in row.cells.values())


def _related(reading: Reading) -> Iterator[RelatedClaim]:
    for row in reading.tables.get("related_claims", ()):
        role, number = row.cells["role"], _text(row.cells, "payer_claim_number")
        if role.unmapped or not isinstance(role.normal, str) or number is None:
            raise Unreadable("The portal relates another claim in words that are not in its map.", role.shown)
        yield RelatedClaim(role=Role(role.normal), payer_claim_number=number)


def _line(row: Row, index: int) -> Line:
    cells = row.cells
    procedure, billed = _text(cells, "procedure"), _amount(cells, "billed")
    if procedure is None or billed is None:
        missing = cells["procedure" if procedure is None else "billed"]
        raise Unreadable("A service line shows no procedure or no charge.", missing.shown)
    number = cells["line_number"].normal if "line_number" in cells else index
    # Some portals write "HC:99213:25", some show modifiers in a column of their own (DOMAIN 2.5).
    code, *own_modifiers = procedure.removeprefix("HC:").replace("-", ":").split(":")
    units = cells["units"].normal if "units" in cells else None
    return Line(
        number=number if isinstance(number, int) else index,
        procedure=code.strip(),
        modifiers=(*(modifier.strip() for modifier in own_modifiers), *_texts(cells, "modifiers")),
        units=Decimal(units) if isinstance(units, int | Decimal) else None,
        billed=billed,
        allowed=_amount(cells, "allowed"),
        paid=_amount(cells, "paid"),
        adjustments=tuple(_adjustments(cells.get("adjustments"))),
        remark_codes=_texts(cells, "remark_codes"),
    )


def _adjustments(value: Value | None) -> Iterator[Adjustment]:
    """Adjustments out of texts such as `CO-45 $30.00`."""
    if value is None or not isinstance(value.normal, tuple):
        return
    for text in value.normal:
        match = _ADJUSTMENT.fullmatch(text.strip())
        try:
            amount = parse_money(match[3]) if match else None
        except ValueError:
            amount = None
        if match is None or amount is None:
            raise Unreadable("An adjustment is not group, reason code and amount.", value.shown)
        yield Adjustment(group=match[1], carc=match[2], amount=amount)


def _payment(fields: Mapping[str, Value]) -> Payment | None:
    """None when the page has no payment section at all; its parts may be blank."""
    if not any(name in fields for name in ("payment_method", "payment_number", "payment_date", "payment_amount")):
        return None
    return Payment(
        method=_text(fields, "payment_method"),
        number=_text(fields, "payment_number"),
        paid_on=_date(fields, "payment_date"),
        amount=_amount(fields, "payment_amount"),
    )


def _text(fields: Mapping[str, Value], name: str) -> str | None:
    value = fields.get(name)
    return value.normal if value is not None and isinstance(value.normal, str) else None


def _texts(fields: Mapping[str, Value], name: str) -> tuple[str, ...]:
    value = fields.get(name)
    if value is None or value.normal is None:
        return ()
    return value.normal if isinstance(value.normal, tuple) else (str(value.normal),)


def _amount(fields: Mapping[str, Value], name: str) -> Decimal | None:
    value = fields.get(name)
    return value.normal if value is not None and isinstance(value.normal, Decimal) else None


def _date(fields: Mapping[str, Value], name: str) -> date | None:
    value = fields.get(name)
    return value.normal if value is not None and isinstance(value.normal, date) else None


def _flag(fields: Mapping[str, Value], name: str) -> bool | None:
    value = fields.get(name)
    return value.normal if value is not None and isinstance(value.normal, bool) else None
