"""The office's appointments: each row becomes an eligibility question, or is told to be wrong and why."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date

from documents.rows import OfficeScope, RejectedRow, RowsOfOffice, RowWrong, needed, read_as, read_rows
from documents.table import Columns, Table
from flows.questions import Eligibility, Held, Service

APPOINTMENT_COLUMNS = Columns(
    (
        "appointment_number",
        "practice_tin",
        "billing_npi",
        "portal",
        "member_id",
        "last_name",
        "first_name",
        "birth_date",
        "service_from",
        "service_to",
        "service_type",
        "plan_name",
        "group_number",
        "other_payer",
    ),
    may_be_left_out=frozenset({"service_to", "service_type", "plan_name", "group_number", "other_payer"}),
)
"""The columns of a list of appointments; what may be left out may be blank, too."""

_PLAN = "30"
"""Service type: the plan's coverage as a whole."""


@dataclass(frozen=True, slots=True)
class AppointmentRow:
    """A row that is a question; `row` is its number as a spreadsheet counts (the heading is row 1).

    `appointment_number` is the office's own, by which the appointment is known again.
    """

    row: int
    appointment_number: str = field(repr=False)
    question: Eligibility = field(repr=False)


def read_appointments(
    table: Table, places: Mapping[str, int], scope: OfficeScope, today: date
) -> Iterator[AppointmentRow | RejectedRow]:
    """Each row as a question, or as a rejected row with its first fault; `places` is where each column stands.

    `scope.searches` are those for eligibility. Raises FileUnreadable when the file breaks off or turns into something
    else on the way.
    """
    office = RowsOfOffice(scope, today)
    return read_rows(table, places, lambda row, written: appointment_row(row, written, office))


def appointment_row(row: int, written: Mapping[str, str], office: RowsOfOffice) -> AppointmentRow:
    """The question that these cells (by column, stripped) ask. Raises RowWrong with the first fault."""
    cells = office.cells(written)
    provider = office.provider(cells)
    portal = office.portal(cells)
    birth_date = office.past("birth_date", cells)
    service_from = office.near("service_from", cells)
    service_to = office.near("service_to", cells) if cells.get("service_to") else service_from
    if service_from < birth_date:
        raise RowWrong("service_from", "is before birth_date")
    if service_to < service_from:
        raise RowWrong("service_to", "is before service_from")
    question = Eligibility(
        portal=portal,
        provider=provider,
        patient=office.patient(cells, birth_date),
        service=Service(
            service_from=service_from,
            service_to=service_to,
            service_type=read_as("service_type", cells, _service_type) if cells.get("service_type") else _PLAN,
        ),
        held=Held(
            plan_name=cells.get("plan_name") or None,
            group_number=cells.get("group_number") or None,
            other_payer=cells.get("other_payer") or None,
        ),
    )
    office.can_be_asked(question)
    return AppointmentRow(row, needed("appointment_number", cells), question)


def _service_type(text: str) -> str:
    # X12 code list 1365: 1 to 99, or a letter and a letter or digit.
    if not re.fullmatch(r"[1-9][0-9]?|[A-Z][0-9A-Z]", text):
        raise ValueError("is not a service type code, such as 30 for the plan or 98 for an office visit")
    return text
