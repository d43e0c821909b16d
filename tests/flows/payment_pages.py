"""Payments as a portal lists them and the documents that explain them, for tests of remittances."""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from hashlib import sha256
from typing import Literal

from flows.outcomes import Code, Ending, Stop, stop
from flows.portal import Collected, Followed, Means, Normal, Reading, Row
from flows.questions import Period, Provider, Remittances
from flows.remittance import Balance, Method, Party, Remittance
from tests.flows.scripted_portal import cells

QUESTION = Remittances(
    portal="played",
    provider=Provider(tin="900000001", npi="1999999984"),
    period=Period(paid_from=date(2026, 10, 1), paid_to=date(2026, 10, 31)),
)

Fields = Mapping[str, Normal | None]
FOUND = {"payment-search": [Followed(view="payments")]}
NOT_WHOLE = stop(Ending.TRANSIENT, Code.TECH_DOWNLOAD, "The file broke off.")
BUILDING = Followed(means=Means.BEING_BUILT)
NONE = Followed(means=Means.NOT_FOUND)


def listed(trace: str, amount: str = "100.00", day: int = 7, **more: Normal | None) -> Fields:
    """One row of the list, paid in October 2026; it offers an 835 unless told otherwise."""
    return {
        "trace": trace,
        "amount": Decimal(amount),
        "paid_on": date(2026, 10, day),
        "method": "EFT",
        "era": "Download",
        **more,
    }


def listing(*rows: Fields, view: str = "payments") -> Reading:
    """A list of payments (or of reports, or of what was put away)."""
    found = tuple(Row(page=0, index=index, cells=cells(row)) for index, row in enumerate(rows))
    return Reading(view=view, fields={}, tables={view: found})


def explained(trace: str, amount: str = "100.00", day: int | None = 7, payee: str | None = None) -> Remittance:
    """What an 835 says of one payment."""
    return Remittance(
        source="835",
        method=Method.ACH,
        amount=Decimal(amount),
        paid_on=None if day is None else date(2026, 10, day),
        trace=trace,
        payee=Party(identifier=payee),
        balance=Balance(line=True, claim=True, transaction=True),
    )


def file_with(
    *remittances: Remittance, kind: Literal["835", "eob", "zip"] = "835", unread: Sequence[str] = (), name: str = ""
) -> Collected:
    """A document that came whole and says this."""
    content = f"{name}{[(each.trace, each.amount) for each in remittances]}{unread}".encode()
    return Collected(
        kind=kind,
        sha256=sha256(content).hexdigest(),
        size=len(content),
        remittances=tuple(remittances),
        unread=tuple(unread),
    )


def broken() -> Stop:
    """A download that broke off."""
    return NOT_WHOLE
