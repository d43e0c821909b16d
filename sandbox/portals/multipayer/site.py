"""What the site asks for around its applications: who is signed in, organizations, and what pops up over the page."""

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from sandbox.portals.multipayer.directory import REGIONS, Organization, organizations
from sandbox.portals.multipayer.exchange import Exchange, read_json, text_of
from sandbox.profile import Page
from sandbox.sessions import Session

NOTICES: dict[str, dict[str, Any]] = {
    "survey": {
        "heading": "How are we doing?",
        "text": "Tell us what you think of Practice Exchange. The survey takes two minutes.",
        "buttons": ["No thanks"],
    },
    "announcement": {
        "heading": "Announcement",
        "text": "Some payers will be slower than usual at the end of the month.",
        "buttons": ["Close"],
    },
    "cookies": {
        "heading": "Cookies",
        "text": "We use cookies to keep you signed in and to see how our pages are used.",
        "buttons": ["Accept"],
    },
}


async def session(exchange: Exchange, request: Request) -> Response:
    """GET: the visitor's form token, and who they are once they are signed in. Also keeps a session alive."""
    living = exchange.newcomer(request)
    known = living.page in (Page.PICKER, Page.OPEN)
    answer = exchange.answer(living, {"csrf": living.form_token, "me": _me(exchange, living) if known else None})
    exchange.visitors.keep(answer, living)
    return answer


def _me(exchange: Exchange, living: Session) -> dict[str, Any]:
    chosen = chosen_organization(exchange, living)
    return {
        "userName": exchange.side.account.user_name,
        "claims": living.entitled,
        "organization": None if chosen is None else {"name": chosen.name, "tin": chosen.tin},
        "region": living.own.get("region", ""),
    }


def chosen_organization(exchange: Exchange, living: Session) -> Organization | None:
    """The organization for which this session works, once it was chosen."""
    offices = organizations(exchange.side.truth.practice)
    return next((one for one in offices if one.id == living.own.get("organization")), None)


async def organization_page(exchange: Exchange, request: Request) -> Response:
    """GET: the choice of organization and region; what is chosen to begin with is not the practice."""
    living = exchange.signed_in(request)
    if living is None:
        return exchange.unauthorized(request)
    exchange.visitors.note(request, "provider_page")
    offices = organizations(exchange.side.truth.practice)
    chosen = chosen_organization(exchange, living) or offices[0]
    return exchange.answer(
        living,
        {
            "page": "organization",
            "address": "/api/organizations",
            "csrf": living.form_token,
            "heading": "Choose your organization",
            "alert": "",
            "text": ["Your user ID belongs to more than one organization."],
            "document": [],
            "fields": [
                {
                    "name": "organization",
                    "caption": "Organization",
                    "kind": "list",
                    "value": chosen.id,
                    "choices": [[one.id, f"{one.name} (Tax ID {one.tin})"] for one in offices],
                },
                {
                    "name": "region",
                    "caption": "Region",
                    "kind": "list",
                    "value": living.own.get("region", REGIONS[0]),
                    "choices": [[one, one] for one in REGIONS],
                },
            ],
            "actions": [{"action": "organization", "caption": "Continue"}],
        },
    )


async def choose_organization(exchange: Exchange, request: Request) -> Response:
    """POST: go on for this organization in this region."""
    living = exchange.signed_in(request)
    if living is None:
        return exchange.unauthorized(request)
    if request.headers.get("x-csrf-token") != living.form_token:
        return exchange.forbidden()
    fields = (await read_json(request)).get("fields")
    entered = fields if isinstance(fields, dict) else {}
    practice = exchange.side.truth.practice
    offices = {one.id: one for one in organizations(practice)}
    office, region = offices.get(text_of(entered, "organization")), text_of(entered, "region")
    if office is None or region not in REGIONS:
        return exchange.answer(living, {"error": "unknown"}, 422)
    living.own |= {"organization": office.id, "region": region}
    # Until a provider is chosen the organization's last one counts, which is not the one that bills.
    npi = practice.providers[-1].npi if office.tin == practice.tin else ""
    exchange.side.door.choose(living, npi, exchange.visitors.agent(request))
    return exchange.answer(living, {"page": "open", "csrf": living.form_token})


async def application(exchange: Exchange, request: Request) -> Response:
    """GET: what the site tells an application: for whom it works, and its token."""
    living = exchange.visitors.open_session(request)
    if living is None:
        return exchange.unauthorized(request)
    if not living.entitled:
        return exchange.answer(living, {"error": "not-entitled"}, 403)
    chosen = chosen_organization(exchange, living)
    return exchange.answer(
        living,
        {
            "token": exchange.bearer(living),
            "organization": chosen.name if chosen else "",
            "region": living.own.get("region", ""),
            "userName": exchange.side.account.user_name,
        },
    )


async def notices(exchange: Exchange, request: Request) -> Response:
    """GET: what stands over the page now and must be closed."""
    living = exchange.visitors.open_session(request)
    if living is None:
        return exchange.unauthorized(request)
    given = []
    if exchange.side.quirks.happens("modal", exchange.visitors.agent(request)):
        name = exchange.side.quirks.pick("modal", sorted(NOTICES))
        given.append({"id": name, **NOTICES[name]})
    return exchange.answer(living, {"notices": given})


async def close_notice(exchange: Exchange, request: Request) -> Response:
    """POST: somebody closed it."""
    living = exchange.visitors.open_session(request)
    if living is None:
        return exchange.unauthorized(request)
    exchange.visitors.note(request, "notice_closed", notice=text_of(await read_json(request), "notice"))
    return exchange.answer(living, {"ok": True})
