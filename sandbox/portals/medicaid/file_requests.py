"""File requests of the Medicaid portal: the remittances of some cycles as one ZIP, made while the visitor waits."""

from collections.abc import Mapping
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from sandbox.portals.medicaid.payments_shown import REQUEST_TEXTS, clock_text
from sandbox.portals.medicaid.remittances import COMPLAINTS, DAYS
from sandbox.portals.medicaid.shown import day
from sandbox.portals.medicaid.typed import typed_days
from sandbox.portals.medicaid.viewstate import PostBack
from sandbox.portals.medicaid.visit import Visit
from sandbox.sessions import Session

REQUESTS = "/FileRequests.aspx"
GONE = "The file is no longer available."


async def requests_page(visit: Visit, request: Request) -> Response:
    """The form for a new file, and everything that was asked for."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    return _page(visit, session)


async def requests_post_back(visit: Visit, request: Request) -> Response:
    """The page came back: a file is asked for, or one that is complete is fetched."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    back = await visit.take_back(request, session, REQUESTS)
    if isinstance(back, Response):
        return back
    if back.target.control == "btnRequest":
        return _request(visit, request, session, back)
    listed = back.state
    assert isinstance(listed, tuple)
    reference = listed[back.target.row or 0]
    document = visit.side.reports.fetch(reference, session.acting_as, visit.agent(request))
    if document is None:
        return _page(visit, session, notice=GONE)
    return visit.file(session, REQUESTS, back, document)


def _request(visit: Visit, request: Request, session: Session, back: PostBack) -> Response:
    entered = {control: back.values[control] for control in DAYS}
    if refused := visit.throttled(request):
        return refused
    days, messages = typed_days(entered, DAYS)
    first, last = days["txtFromCycle"], days["txtToCycle"]
    longest = visit.side.remittances.rules.longest_span_days
    if not messages and (first is None or last is None):
        messages = (COMPLAINTS["no-dates"],)
    elif first is not None and last is not None:
        if last < first:
            messages = (COMPLAINTS["dates-reversed"],)
        elif longest is not None and (last - first).days > longest:
            messages = (COMPLAINTS["span-too-long"],)
    if messages or first is None or last is None:
        return _page(visit, session, messages, entered)
    visit.side.reports.request(first, last, session.acting_as, visit.agent(request))
    return _page(visit, session)


def _page(
    visit: Visit,
    session: Session,
    messages: tuple[str, ...] = (),
    entered: Mapping[str, str] | None = None,
    *,
    notice: str = "",
) -> Response:
    zone = ZoneInfo(visit.side.door.profile.time_zone)
    reports = visit.side.reports.all(session.acting_as)
    rows = []
    for report in reports:
        state = visit.side.reports.state(report)
        shown = {
            "Request No.": report.reference.upper(),
            "From Cycle Date": day(report.paid_from),
            "To Cycle Date": day(report.paid_to),
            "Requested": clock_text(report.requested_at, zone),
            "Request Status": REQUEST_TEXTS[state],
            "Expected": clock_text(report.ready_at, zone) if state == "building" else "",
        }
        rows.append((shown, state == "ready"))
    return visit.page(
        "file_requests.html",
        session,
        path=REQUESTS,
        state=tuple(report.reference for report in reports),
        title="File Requests",
        messages=messages,
        entered=entered or {},
        notice=notice,
        rows=rows,
        **visit.frame(session),
    )
