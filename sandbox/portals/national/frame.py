"""What all signed-in pages of the national portal share: header and menu, pop-ups, refusals, numbers of list pages."""

from typing import Any
from zoneinfo import ZoneInfo

from starlette.requests import Request
from starlette.responses import Response

from sandbox.portals.national.visit import Visit
from sandbox.sessions import Session
from sandbox.truth.model import BillingProvider, Member


def frame(visit: Visit, session: Session) -> dict[str, Any]:
    """What the header of every signed-in page shows."""
    practice = visit.side.truth.practice
    acting_as: BillingProvider = next(one for one in practice.providers if one.npi == session.acting_as)
    return {
        "user_name": visit.side.account.user_name,
        "tin": practice.tin,
        "acting_as": acting_as,
        "form_token": session.form_token,
        "entitlement": _entitlement(visit, session),
        "idle_minutes": visit.side.door.profile.idle_minutes,
    }


def _entitlement(visit: Visit, session: Session) -> str:
    """Whether the claims stand in the menu: "full", "grey" or "absent"."""
    if session.entitled:
        return "full"
    if "entitlement" not in session.own:
        session.own["entitlement"] = visit.side.quirks.pick("entitlement-missing", ("grey", "absent"))
    return str(session.own["entitlement"])


def no_access(visit: Visit, session: Session) -> Response:
    """The page for a user without the entitlement."""
    return visit.page("no_access.html", session, title="No access", status_code=403, **frame(visit, session))


def slow_down(visit: Visit, session: Session, seconds: int) -> Response:
    """The page for a visitor who searches too fast."""
    answer = visit.page(
        "slow_down.html",
        session,
        title="Too many requests",
        status_code=429,
        seconds=seconds,
        **frame(visit, session),
    )
    answer.headers["Retry-After"] = str(seconds)
    return answer


def modal(visit: Visit, session: Session, agent: str) -> str:
    """What covers a search form: the greeting of version 4, once, or the announcement, survey or cookie bar."""
    if visit.side.layout(session) == 4 and "greeted" not in session.own:
        session.own["greeted"] = True
        return "new-look"
    if visit.side.quirks.happens("modal", agent):
        return visit.side.quirks.pick("modal", ("announcement", "survey", "cookies"))
    return ""


def members(visit: Visit) -> dict[str, Member]:
    """The payer's members by their keys in the truth ledger."""
    return {member.patient: member for member in visit.side.truth.members}


def page_number(request: Request, pages: int) -> int:
    """Which page of a list is asked for, counted from 1 and never beyond the last."""
    asked = request.query_params.get("page", "1")
    return min(max(int(asked), 1), pages) if asked.isdecimal() else 1


def zone(visit: Visit) -> ZoneInfo:
    """Where the portal's days begin."""
    return ZoneInfo(visit.side.door.profile.time_zone)
