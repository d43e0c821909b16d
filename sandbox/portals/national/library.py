"""The document library of the national portal: what is older than sixty days has moved here from the payments."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.portals.national.frame import frame, page_number
from sandbox.portals.national.layouts import PAYMENTS, typed
from sandbox.portals.national.payments import ROWS, listed
from sandbox.portals.national.search import read_day
from sandbox.portals.national.shown import USUAL
from sandbox.portals.national.visit import Visit
from sandbox.sessions import Session

LABELS = {"paid_from": "Payment date from", "paid_to": "Payment date to"}
NO_DATES = "Enter both payment dates."
REVERSED = "Payment date to may not be earlier than payment date from."


@dataclass(frozen=True)
class Days:
    """The payment dates that the visitor asked for."""

    first: date
    last: date


async def search_page(visit: Visit, request: Request) -> Response:
    """The empty search form."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    return _form(visit, session)


def _form(
    visit: Visit, session: Session, messages: tuple[str, ...] = (), entered: Mapping[str, str] | None = None
) -> Response:
    return visit.page(
        "library_search.html",
        session,
        title="Document library",
        messages=messages,
        entered=entered or {},
        labels=LABELS,
        **frame(visit, session),
    )


async def press_search(visit: Visit, request: Request) -> Response:
    """The search button: complaints about the form, or on to the list."""
    form = await visit.form(request)
    session = visit.open_session(request)
    if session is None or form.get("formTkn") != session.form_token:
        return visit.ended_page(request)
    layout = visit.side.layout(session)
    entered = {field: typed(layout, form, field) for field in LABELS}
    days = read_days(entered, LABELS)
    if isinstance(days, tuple):
        return _form(visit, session, days, entered)
    session.own["library"] = days
    return RedirectResponse("/documents/results", 303)


def read_days(entered: Mapping[str, str], labels: Mapping[str, str]) -> Days | tuple[str, ...]:
    """The payment dates of a form, or the complaints about them."""
    messages: list[str] = []
    first = read_day("paid_from", entered, labels, messages)
    last = read_day("paid_to", entered, labels, messages)
    if messages:
        return tuple(messages)
    if first is None or last is None:
        return (NO_DATES,)
    return (REVERSED,) if last < first else Days(first, last)


async def results_page(visit: Visit, request: Request) -> Response:
    """Ten archived payments of the days asked for, newest first; `page` counts from 1."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    days = session.own.get("library")
    if not isinstance(days, Days):
        return RedirectResponse("/documents", 303)
    found = [
        row
        for row in visit.side.remittances.archive(session.acting_as, visit.agent(request))
        if days.first <= row.remittance.paid_on <= days.last
    ]
    pages = max(1, -(-len(found) // ROWS))
    number = page_number(request, pages)
    rows = found[(number - 1) * ROWS : number * ROWS]
    visit.note(request, "library_page", page=number, rows=len(rows))
    layout = visit.side.layout(session)
    return visit.page(
        "library.html",
        session,
        title="Library documents",
        rows=[listed(session, row, USUAL) for row in rows],
        count=len(found),
        first=(number - 1) * ROWS + 1,
        last=(number - 1) * ROWS + len(rows),
        number=number,
        pages=pages,
        columns=PAYMENTS.get(layout, PAYMENTS[1]),
        **frame(visit, session),
    )
