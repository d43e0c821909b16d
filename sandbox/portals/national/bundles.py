"""Data bundles of the national portal: asked for now, built in minutes, fetched as one ZIP while they last."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.portals.national.frame import frame, slow_down, zone
from sandbox.portals.national.layouts import typed
from sandbox.portals.national.library import read_days
from sandbox.portals.national.payments import sent
from sandbox.portals.national.payments_shown import BUNDLE_TEXTS, clock_text
from sandbox.portals.national.shown import USUAL
from sandbox.portals.national.visit import Visit
from sandbox.sessions import Session

LABELS = {"paid_from": "Payment dates from", "paid_to": "Payment dates to"}


async def bundles_page(visit: Visit, request: Request) -> Response:
    """The form for a new bundle, and all bundles that the visitor asked for."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    return _page(visit, session)


def _page(
    visit: Visit, session: Session, messages: tuple[str, ...] = (), entered: Mapping[str, str] | None = None
) -> Response:
    here = zone(visit)
    rows = []
    for report in visit.side.reports.all(session.acting_as):
        state = visit.side.reports.state(report)
        ready = state == "ready"
        rows.append(
            {
                "reference": session.reference(report.reference) if ready else "",
                "cells": (
                    report.reference.upper(),
                    USUAL.day(report.paid_from),
                    USUAL.day(report.paid_to),
                    clock_text(report.requested_at, here),
                    BUNDLE_TEXTS[state],
                    clock_text(report.ready_at, here) if state == "building" else "",
                ),
            }
        )
    return visit.page(
        "bundles.html",
        session,
        title="Data bundles",
        messages=messages,
        entered=entered or {},
        labels=LABELS,
        rows=rows,
        **frame(visit, session),
    )


async def press_create(visit: Visit, request: Request) -> Response:
    """The button that asks for a bundle."""
    form = await visit.form(request)
    session = visit.open_session(request)
    if session is None or form.get("formTkn") != session.form_token:
        return visit.ended_page(request)
    layout = visit.side.layout(session)
    entered = {field: typed(layout, form, field) for field in LABELS}
    seconds = visit.side.throttle.wait_before_search(visit.agent(request))
    if seconds:
        return slow_down(visit, session, seconds)
    days = read_days(entered, LABELS)
    if isinstance(days, tuple):
        return _page(visit, session, days, entered)
    visit.side.reports.request(days.first, days.last, session.acting_as, visit.agent(request))
    return RedirectResponse("/payments/bundles", 303)


async def file(visit: Visit, request: Request) -> Response:
    """The ZIP of a bundle that is ready."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    reference = session.references.get(request.query_params.get("ref", ""), "")
    document = visit.side.reports.fetch(reference, session.acting_as, visit.agent(request))
    if document is None:
        return visit.page(
            "no_file.html", session, title="Document not available", status_code=404, **frame(visit, session)
        )
    return sent(document)
