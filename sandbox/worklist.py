"""The office's side of the truth, as CSV: the work list, the denials, the appointments, and the bank's deposits."""

import csv
import io
from collections.abc import Iterable

from sandbox.truth.coverage import Appointment
from sandbox.truth.ledger import Truth
from sandbox.truth.model import Frozen, WorkListRow
from sandbox.truth.remittance import Deposit

HEADER = tuple(WorkListRow.model_fields)


def worklist_csv(truth: Truth) -> str:
    """One row per claim the office asks about: ISO dates, plain decimal dollars."""
    return _csv(WorkListRow, truth.rows)


def denials_csv(truth: Truth) -> str:
    """One row per claim that the office knows to be denied, in the shape of the work list."""
    return _csv(WorkListRow, truth.denial_rows)


def appointments_csv(truth: Truth) -> str:
    """One row per visit that the office asks coverage for: ISO dates."""
    return _csv(Appointment, truth.appointments)


def deposits_csv(truth: Truth) -> str:
    """One row per deposit of the payer at the office's bank: ISO dates, plain decimal dollars."""
    return _csv(Deposit, truth.deposits)


def _csv(model: type[Frozen], rows: Iterable[Frozen]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, tuple(model.model_fields), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(row.model_dump(mode="json") for row in rows)
    return text.getvalue()
