"""The eligibility pages of the national portal: the form, what the payer rejects, a member's coverage."""

from collections.abc import Mapping

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.eligibility import EligibilityQuery, Found, Rejected
from sandbox.portals.national import shown
from sandbox.portals.national.coverage_shown import coverage_page
from sandbox.portals.national.coverage_texts import REJECTION_TEXTS, SERVICE_TEXTS
from sandbox.portals.national.frame import frame, modal, slow_down
from sandbox.portals.national.layouts import (
    AMOUNTS,
    BENEFITS,
    COVERAGE_SECTIONS,
    ELIGIBILITY_FORM,
    OTHER_INSURANCE,
    typed,
)
from sandbox.portals.national.search import read_day
from sandbox.portals.national.visit import Visit
from sandbox.search import Refusal
from sandbox.sessions import Session

LABELS = {
    # the form's field: its label in version 1
    "member_id": "Member ID",
    "last_name": "Last name",
    "first_name": "First name",
    "birth_date": "Date of birth",
    "coverage_from": "Coverage date from",
    "coverage_to": "Coverage date to",
    "service_type": "Type of service",
}
MORE_NEEDED = "Enter a member ID and date of birth, or last name, first name and date of birth."


async def form_page(visit: Visit, request: Request) -> Response:
    """The empty form."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    return _form(visit, session, covered_by=modal(visit, session, visit.agent(request)))


def _form(
    visit: Visit,
    session: Session,
    messages: tuple[str, ...] = (),
    entered: Mapping[str, str] | None = None,
    covered_by: str = "",
) -> Response:
    layout = visit.side.layout(session)
    return visit.page(
        "eligibility.html",
        session,
        title="Eligibility and benefits",
        messages=messages,
        entered=entered or {},
        labels=LABELS,
        sections=ELIGIBILITY_FORM.get(layout, ELIGIBILITY_FORM[1]),
        services=SERVICE_TEXTS,
        modal=covered_by,
        **frame(visit, session),
    )


async def press_check(visit: Visit, request: Request) -> Response:
    """The button: complaints about the form, or on to the answer."""
    form = await visit.form(request)
    session = visit.open_session(request)
    if session is None or form.get("formTkn") != session.form_token:
        return visit.ended_page(request)
    layout = visit.side.layout(session)
    entered = {field: typed(layout, form, field) for field in LABELS}
    agent = visit.agent(request)
    seconds = visit.side.throttle.wait_before_search(agent)
    if seconds:
        return slow_down(visit, session, seconds)
    query = _read(entered)
    if isinstance(query, tuple):
        visit.note(request, "eligibility", by="refused", found=None, rejected=None)
        return _form(visit, session, query, entered)
    answer = visit.side.eligibility.ask(query, agent)
    if isinstance(answer, Refusal):
        return _form(visit, session, (MORE_NEEDED,), entered)
    session.own["eligibility"] = answer
    return RedirectResponse("/eligibility/result", 303)


def _read(entered: Mapping[str, str]) -> EligibilityQuery | tuple[str, ...]:
    """The filled form, or the complaints about dates that cannot be read. Fields keep their blanks."""
    messages: list[str] = []
    query = EligibilityQuery(
        member_id=entered["member_id"],
        last_name=entered["last_name"],
        first_name=entered["first_name"],
        birth_date=read_day("birth_date", entered, LABELS, messages),
        service_from=read_day("coverage_from", entered, LABELS, messages),
        service_to=read_day("coverage_to", entered, LABELS, messages),
        service_type=entered["service_type"] or "30",
    )
    return tuple(messages) or query


async def result_page(visit: Visit, request: Request) -> Response:
    """The answer to the visitor's last question: the member's coverage, or why the payer rejects the question."""
    session = visit.open_session(request)
    if session is None:
        return visit.ended_page(request)
    answer = session.own.get("eligibility")
    if isinstance(answer, Rejected):
        return visit.page(
            "eligibility_rejected.html",
            session,
            title="Eligibility result",
            reason=REJECTION_TEXTS[answer.code],
            **frame(visit, session),
        )
    if not isinstance(answer, Found):
        return RedirectResponse("/eligibility", 303)
    layout = visit.side.layout(session)
    otherwise = visit.side.quirks.happens("date-formats", visit.agent(request))
    return visit.page(
        "coverage.html",
        session,
        title="Eligibility result",
        coverage=coverage_page(answer.coverage, shown.OTHER if otherwise else shown.USUAL),
        sections=COVERAGE_SECTIONS.get(layout, COVERAGE_SECTIONS[1]),
        amount_columns=AMOUNTS.get(layout, AMOUNTS[1]),
        benefit_columns=BENEFITS.get(layout, BENEFITS[1]),
        payer_columns=OTHER_INSURANCE.get(layout, OTHER_INSURANCE[1]),
        **frame(visit, session),
    )
