"""A member, the question about their coverage, and the page that answers it, for tests of eligibility."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal

from flows.portal import Followed, Normal, Reading, Row
from flows.questions import Eligibility, Held, Patient, Provider, Service
from tests.flows.played_portal import PlayedPortal
from tests.flows.scripted_portal import cells

QUESTION = Eligibility(
    portal="played",
    provider=Provider(tin="900000001", npi="1999999984"),
    patient=Patient(member_id="XS1234567-01", last_name="O'Brien-Vale", first_name="Ada", birth_date=date(1980, 2, 29)),
    service=Service(service_from=date(2026, 11, 5), service_to=date(2026, 11, 5)),
    held=Held(plan_name="Blue One 20", group_number="G-77"),
)

FIELDS: Mapping[str, Normal | None] = {
    "member_id": "xs1234567 01",
    "patient_name": "OBRIEN VALE, ADA M",
    "birth_date": date(1980, 2, 29),
    "status": "1",
    "plan_name": "BLUE-ONE 20",
    "group_number": "G77",
    "plan_begins": date(2026, 1, 1),
    "plan_ends": date(9999, 12, 31),
}

COPAY: Mapping[str, Normal | None] = {
    "kind": "B",
    "service_type": "98",
    "network": "Y",
    "level": "IND",
    "period": "27",
    "amount": Decimal("25.00"),
    "percent": None,
}

Rows = Sequence[Mapping[str, Normal | None]]


def page(fields: Mapping[str, Normal | None] = FIELDS, *, view: str = "coverage", **tables: Rows | None) -> Reading:
    """A coverage page: keywords are its tables, as rows of normalised values."""
    return page_with(fields, tables, view)


def page_with(
    fields: Mapping[str, Normal | None], tables: Mapping[str, Rows | None], view: str = "coverage"
) -> Reading:
    """A coverage page with one benefit and these tables; None takes a table away."""
    return Reading(
        view=view,
        fields=cells(fields),
        tables={
            name: tuple(Row(page=0, index=index, cells=cells(row)) for index, row in enumerate(rows))
            for name, rows in {"benefits": [COPAY], **tables}.items()
            if rows is not None
        },
    )


def portal_with(reading: Reading, *later: Reading) -> PlayedPortal:
    """A portal whose first search leads to this page (and to the later ones when it is asked again)."""
    return PlayedPortal(forms={"member-search": [Followed(view=reading.view)]}, views={reading.view: [reading, *later]})
