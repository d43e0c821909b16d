"""Eligibility verification of the Medicaid portal: the form, what is not on file, several members, one's segments."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.eligibility import EligibilityAnswer, EligibilityQuery, Found, Rejected, SeveralMembers
from sandbox.portals.medicaid.coverage_shown import coverage_shown, listed_member
from sandbox.portals.medicaid.coverage_texts import REJECTION_TEXTS
from sandbox.portals.medicaid.typed import typed_days
from sandbox.portals.medicaid.viewstate import PostBack
from sandbox.portals.medicaid.visit import Visit
from sandbox.search import Refusal
from sandbox.sessions import Session

VERIFY = "/Eligibility.aspx"
DAYS = {
    "txtBirthDate": "Birth date",
    "txtFromDos": "From date of service",
    "txtToDos": "To date of service",
}
MORE_NEEDED = {
    "member": "Member ID is required.",
    "name": "Last name, first name and birth date are required.",
}


@dataclass(frozen=True)
class Asked:
    """What the page shows: the way to search that is chosen, the fields as typed, and the answer under them."""

    by: str = ""
    entered: Mapping[str, str] = field(default_factory=dict)
    answer: EligibilityAnswer | None = None


async def verify_page(visit: Visit, request: Request) -> Response:
    """The page as it is before anything was chosen: no fields yet."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    return _page(visit, session, Asked(), announced=True)


async def verify_post_back(visit: Visit, request: Request) -> Response:
    """The page came back: a way to search was chosen, a button pressed, or one of several members chosen."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    back = await visit.take_back(request, session, VERIFY)
    if isinstance(back, Response):
        return back
    asked = back.state
    assert isinstance(asked, Asked)
    match back.target.control:
        case "btnReset":
            return _page(visit, session, Asked())
        case "ddlSearchBy":
            return _page(visit, session, Asked(by=back.values["ddlSearchBy"]))
        case "btnVerify":
            return _verify(visit, request, session, back)
        case _:
            return _choose(visit, request, session, asked, back.target.row or 0)


def _verify(visit: Visit, request: Request, session: Session, back: PostBack) -> Response:
    by = back.values["ddlSearchBy"]
    entered = {control: text for control, text in back.values.items() if control.startswith("txt")}
    if refused := visit.throttled(request):
        return refused
    asked = Asked(by=by, entered=entered)
    query, messages = _query(entered)
    if messages:
        visit.note(request, "eligibility", by="refused", found=None, rejected=None)
        return _page(visit, session, asked, messages)
    answer = visit.side.eligibility.ask(query, visit.agent(request))
    if isinstance(answer, Refusal):
        return _page(visit, session, asked, (MORE_NEEDED[by],))
    return _page(visit, session, Asked(by, entered, answer))


def _query(entered: Mapping[str, str]) -> tuple[EligibilityQuery, tuple[str, ...]]:
    """The filled form, and what is wrong with it. Blanks around an id or a name do not matter here."""
    days, messages = typed_days(entered, DAYS)
    text = {control: entered.get(control, "").strip() for control in ("txtMemberId", "txtLastName", "txtFirstName")}
    query = EligibilityQuery(
        member_id=text["txtMemberId"].upper(),
        last_name=text["txtLastName"],
        first_name=text["txtFirstName"],
        birth_date=days["txtBirthDate"],
        service_from=days["txtFromDos"],
        service_to=days["txtToDos"],
    )
    return query, messages


def _choose(visit: Visit, request: Request, session: Session, asked: Asked, row: int) -> Response:
    """One of several members: the same page with the coverage of that one."""
    several = asked.answer
    assert isinstance(several, SeveralMembers)
    patient = several.members[row].patient
    found = visit.side.eligibility.open(patient, several.first_day, several.last_day, visit.agent(request))
    return _page(visit, session, Asked(asked.by, asked.entered, found))


def _page(
    visit: Visit, session: Session, asked: Asked, messages: tuple[str, ...] = (), *, announced: bool = False
) -> Response:
    return visit.page(
        "eligibility.html",
        session,
        path=VERIFY,
        state=asked,
        title="Eligibility Verification",
        asked=asked,
        messages=messages,
        announced=announced,
        **visit.frame(session),
        **_answered(asked.answer),
    )


def _answered(answer: EligibilityAnswer | None) -> dict[str, Any]:
    """What stands under the form."""
    values: dict[str, Any] = {"rejected": "", "members": (), "coverage": None}
    match answer:
        case Rejected(code=code):
            values["rejected"] = REJECTION_TEXTS[code]
        case SeveralMembers(members=members):
            values["members"] = tuple(listed_member(member) for member in members)
        case Found(member=member, coverage=coverage):
            values["coverage"] = coverage_shown(coverage, member)
    return values
