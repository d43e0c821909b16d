"""Payments as a file for the practice system to post from: CSV, XLSX or JSON, and every cent of each payment in it.

The same payments give the same bytes. Nothing is put into a temporary file on the way, because that would hold
patients' data in the clear.
"""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import BinaryIO

from documents.balance import balance
from documents.columns import Cell, Kind
from documents.posting_out_columns import (
    COLUMNS,
    PostedClaim,
    line_control_number,
    method_text,
    payment_rows,
    posted_claims,
)
from documents.table_out import FileFormat, cell_text, write_csv, write_xlsx
from flows.remittance import RemitAdjustment, RemitLine, Remittance

JSON_VERSION = 1
"""Goes up when a name in the JSON file changes its meaning or goes away."""

_AMOUNT = len(COLUMNS) - 1


class NotPostable(Exception):
    """A payment does not add up, so nothing may be posted from it. The text is for a person and quotes nothing."""


@dataclass(frozen=True)
class PostingTotals:
    """What was written: rows (in JSON: claims, lines and provider adjustments), payments, and their dollars."""

    rows: int
    payments: int
    amount: Decimal


def write_posting(payments: Iterable[tuple[Remittance, str]], out: BinaryIO, file_format: FileFormat) -> PostingTotals:
    """Write the payments in their order, each with the state that it is in (a text of ours: `new`, `again`, ...).

    Raises NotPostable at the first one that does not balance, or TooMuchForExcel; what is in `out` is then to be thrown
    away.
    """
    posting = _Posting(payments)
    match file_format:
        case FileFormat.CSV:
            write_csv(COLUMNS, posting.rows(), out)
        case FileFormat.XLSX:
            write_xlsx(COLUMNS, posting.rows(), out, "posting")
        case FileFormat.JSON:
            _write_json(posting.objects(), out)
    return PostingTotals(posting.written, posting.payments, posting.amount)


class _Posting:
    """The payments on their way into the file, counted and added up."""

    def __init__(self, payments: Iterable[tuple[Remittance, str]]) -> None:
        self._payments = payments
        self.written = 0
        self.payments = 0
        self.amount = Decimal("0.00")

    def rows(self) -> Iterator[Sequence[Cell]]:
        for remittance, state in self._payments:
            yield from self._checked(remittance, state)

    def objects(self) -> Iterator[Mapping[str, object]]:
        for remittance, state in self._payments:
            self._checked(remittance, state)
            yield _payment_object(remittance, state)

    def _checked(self, remittance: Remittance, state: str) -> list[Sequence[Cell]]:
        rows = list(payment_rows(remittance, state))
        found, _ = balance(remittance.claims, remittance.provider_adjustments, remittance.amount)
        posted = sum((amount for row in rows if isinstance(amount := row[_AMOUNT], Decimal)), Decimal(0))
        if not (remittance.balance.whole and found.whole and posted == remittance.amount):
            raise NotPostable(
                f"Payment {self.payments + 1} of this export does not add up, so that it may not be posted. "
                "Nothing was written; its case says where it does not balance."
            )
        self.payments += 1
        self.written += len(rows)
        self.amount += remittance.amount
        return rows


def _write_json(objects: Iterable[Mapping[str, object]], out: BinaryIO) -> None:
    """One object, a payment a line. Amounts are strings, so that no reader makes floating-point numbers of them."""
    out.write(f'{{"format": "portalwright-posting", "format_version": {JSON_VERSION}, "payments": ['.encode())
    separator = b"\n"
    for each in objects:
        out.write(separator + json.dumps(each, ensure_ascii=False).encode())
        separator = b",\n"
    out.write(b"\n]}\n")


def _payment_object(remittance: Remittance, state: str) -> Mapping[str, object]:
    return {
        "trace": remittance.trace,
        "payer": remittance.payer.name,
        "payer_id": remittance.payer.identifier,
        "payee_id": remittance.payee.identifier or remittance.payee.tin,
        "method": method_text(remittance.method),
        "paid_on": _day(remittance.paid_on),
        "amount": _dollars(remittance.amount),
        "source": remittance.source,
        "state": state,
        "claims": [_claim_object(posted) for posted in posted_claims(remittance)],
        "provider_adjustments": [
            {"reason": each.reason, "reference": each.reference, "post_amount": _dollars(-each.amount)}
            for each in remittance.provider_adjustments
        ],
    }


def _claim_object(posted: PostedClaim) -> Mapping[str, object]:
    claim = posted.claim
    return {
        "claim_number": claim.number,
        "patient_account_number": claim.patient_account_number,
        "payer_claim_number": claim.payer_claim_number,
        "original_claim_number": posted.original_claim_number,
        "status": claim.status,
        "kind": posted.kind,
        "service_from": _day(claim.service_from),
        "service_to": _day(claim.service_to),
        "billed": _dollars(claim.billed),
        "paid": _dollars(claim.paid),
        "patient_responsibility": _dollars(claim.patient_responsibility),
        "adjustments": _adjustments(claim.adjustments),
        "remark_codes": list(claim.remark_codes),
        "post_amount": _dollars(posted.post_amount),
        "lines": [_line_object(line) for line in claim.lines],
    }


def _line_object(line: RemitLine) -> Mapping[str, object]:
    return {
        "line_number": line.number,
        "line_control_number": line_control_number(line),
        "procedure": line.procedure,
        "modifiers": list(line.modifiers),
        "billed_procedure": line.billed_procedure,
        "revenue_code": line.revenue_code,
        "units": None if line.units is None else f"{line.units:f}",
        "service_from": _day(line.service_from),
        "service_to": _day(line.service_to),
        "billed": _dollars(line.billed),
        "allowed": _dollars(line.allowed),
        "paid": _dollars(line.paid),
        "adjustments": _adjustments(line.adjustments),
        "remark_codes": list(line.remark_codes),
        "post_amount": _dollars(line.paid),
    }


def _adjustments(adjustments: Iterable[RemitAdjustment]) -> list[Mapping[str, object]]:
    return [
        {
            "group": each.group,
            "carc": each.carc,
            "amount": _dollars(each.amount),
            "quantity": None if each.quantity is None else f"{each.quantity:f}",
        }
        for each in adjustments
    ]


def _day(day: date | None) -> str | None:
    return None if day is None else day.isoformat()


def _dollars(amount: Decimal | None) -> str | None:
    return None if amount is None else cell_text(Kind.DOLLARS, amount)
