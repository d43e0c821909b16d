"""Signing in at the national portal: password, code, provider, and everything that may stand between them."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.door import Passage
from sandbox.portals.national.layouts import typed
from sandbox.portals.national.visit import PATHS, Visit
from sandbox.profile import Method, Page

REJECTED = "The user ID or password you entered is not correct."
CODE_MESSAGES = {
    Page.CODE_REJECTED: "The code you entered is not correct.",
    Page.CODE_USED: "That code has already been used. Wait for a new code and try again.",
    Page.CODE_EXPIRED: "That code has expired. Request a new code.",
    Page.NO_MORE_CODES: "No more codes can be sent for this sign-in.",
}
BAD_FORM = "This page is no longer valid. Start again."
METHODS: dict[str, Method] = {"EML": "email", "SMS": "text", "VOX": "voice"}


async def sign_in_page(visit: Visit, request: Request) -> Response:
    """The first page; a person who is signed in already is sent on."""
    if visit.open_session(request) is not None:
        return RedirectResponse("/home", 303)
    return visit.sign_in_page(request)


async def press_password(visit: Visit, request: Request) -> Response:
    """The sign-in button."""
    form = await visit.form(request)
    session = visit.at(request, Page.SIGN_IN)
    if session is None or form.get("formTkn") != session.form_token:
        return stale(visit, request)
    layout = visit.side.layout(session)
    passage = visit.side.door.press_password(
        session,
        typed(layout, form, "user_name"),
        typed(layout, form, "password"),
        device=visit.device(request),
        user_agent=visit.agent(request),
    )
    if passage.fault is not None:
        return await visit.after(request, passage)
    match passage.page:
        case Page.REJECTED:
            return visit.sign_in_page(request, message=REJECTED)
        case Page.LOCKED | Page.LOCKED_CALL | Page.DISABLED:
            return visit.page("locked.html", session, title="Account locked")
        case Page.CAPTCHA | Page.UNUSUAL_ACTIVITY:
            return visit.challenge(request, passage.page)
        case _:
            return await visit.after(request, passage)


def stale(visit: Visit, request: Request) -> Response:
    """A form from a page that is no longer good presses nothing."""
    visit.note(request, "stale_form", path=request.url.path)
    return visit.sign_in_page(request, message=BAD_FORM)


async def method_page(visit: Visit, request: Request) -> Response:
    """Asks how the code should be sent."""
    session = visit.at(request, Page.METHOD)
    if session is None:
        return visit.ended_page(request)
    visit.note(request, "method_page")
    return visit.page("method.html", session, title="Verify your identity", form_token=session.form_token)


async def choose_method(visit: Visit, request: Request) -> Response:
    """The button that sends a code; on the code page the one that sends another."""
    form = await visit.form(request)
    session = visit.at(request, Page.METHOD, Page.CODE)
    if session is None:
        return visit.ended_page(request)
    method = METHODS.get(form.get("via", ""), session.method)
    if form.get("formTkn") != session.form_token or method is None:
        return RedirectResponse(PATHS[session.page], 303)
    passage = visit.side.door.choose_method(session, method, visit.agent(request))
    if passage.page is Page.NO_MORE_CODES:
        return await code_page(visit, request, CODE_MESSAGES[passage.page])
    return await visit.after(request, passage)


async def code_page(visit: Visit, request: Request, message: str = "") -> Response:
    """Asks for the six digits."""
    session = visit.at(request, Page.CODE)
    if session is None:
        return visit.ended_page(request)
    visit.note(request, "code_page")
    return visit.page(
        "code.html",
        session,
        title="Verify your identity",
        message=message,
        sent_by=session.method,
        days=visit.side.door.profile.device_days,
        form_token=session.form_token,
    )


async def press_code(visit: Visit, request: Request) -> Response:
    """The button that sends the six digits."""
    form = await visit.form(request)
    session = visit.at(request, Page.CODE)
    if session is None:
        return visit.ended_page(request)
    if form.get("formTkn") != session.form_token:
        return stale(visit, request)
    passage = visit.side.door.press_code(
        session,
        typed(visit.side.layout(session), form, "code"),
        remember=bool(form.get("remember")),
        user_agent=visit.agent(request),
    )
    if passage.fault is None and passage.page in CODE_MESSAGES:
        return await code_page(visit, request, CODE_MESSAGES[passage.page])
    if passage.fault is None and passage.page in (Page.LOCKED, Page.LOCKED_CALL, Page.DISABLED):
        return visit.page("locked.html", session, title="Account locked")
    return await visit.after(request, passage)


async def passkey_page(visit: Visit, request: Request) -> Response:
    """The authenticator app is no longer accepted."""
    session = visit.at(request, Page.PASSKEY_ONLY)
    if session is None:
        return visit.ended_page(request)
    visit.note(request, "passkey_page")
    return visit.page("passkey.html", session, title="Passkey required")


async def terms_page(visit: Visit, request: Request) -> Response:
    """New terms, once after a change."""
    session = visit.at(request, Page.NEW_TERMS)
    if session is None:
        return visit.ended_page(request)
    terms = visit.side.account.terms
    visit.note(request, "terms_page", version=terms.version)
    return visit.page(
        "terms.html", session, title="Terms of use", paragraphs=terms.paragraphs, form_token=session.form_token
    )


async def press_agree(visit: Visit, request: Request) -> Response:
    """The button under the terms."""
    form = await visit.form(request)
    session = visit.at(request, Page.NEW_TERMS)
    if session is None:
        return visit.ended_page(request)
    if form.get("formTkn") != session.form_token:
        return RedirectResponse("/terms", 303)
    ticked = bool(form.get("agree"))
    return await visit.after(request, visit.side.door.agree(session, ticked=ticked, user_agent=visit.agent(request)))


async def notice_page(visit: Visit, request: Request) -> Response:
    """A notice to the account's owner that must be confirmed."""
    session = visit.at(request, Page.RECERTIFY, Page.TRAINING, Page.BOT_NOTICE)
    if session is None:
        return visit.ended_page(request)
    visit.note(request, "notice_page", page=session.page.value)
    return visit.page(
        "notice.html", session, title="Important notice", about=session.page.value, form_token=session.form_token
    )


async def press_notice(visit: Visit, request: Request) -> Response:
    """The button by which a person confirms the notice."""
    form = await visit.form(request)
    session = visit.at(request, Page.RECERTIFY, Page.TRAINING, Page.BOT_NOTICE)
    if session is None:
        return visit.ended_page(request)
    if form.get("formTkn") != session.form_token:
        return RedirectResponse("/notice", 303)
    return await visit.after(request, visit.side.door.acknowledge(session, visit.agent(request)))


async def provider_page(visit: Visit, request: Request) -> Response:
    """Asks for whom the person acts; the first choice in the list is not the billing location."""
    session = visit.at(request, Page.PICKER, Page.OPEN)
    if session is None:
        return visit.ended_page(request)
    visit.note(request, "provider_page")
    providers = list(reversed(visit.side.truth.practice.providers))
    return visit.page(
        "provider.html",
        session,
        title="Select provider",
        form_token=session.form_token,
        tin=visit.side.truth.practice.tin,
        providers=providers,
        chosen=session.acting_as or providers[0].npi,
        user_name=visit.side.account.user_name,
    )


async def choose_provider(visit: Visit, request: Request) -> Response:
    """The button that goes on as the chosen provider."""
    form = await visit.form(request)
    session = visit.at(request, Page.PICKER, Page.OPEN)
    if session is None:
        return visit.ended_page(request)
    npi = form.get("actAs", "")
    known = {provider.npi for provider in visit.side.truth.practice.providers}
    if form.get("formTkn") != session.form_token or npi not in known:
        return RedirectResponse("/provider", 303)
    passage: Passage = visit.side.door.choose(session, npi, visit.agent(request))
    return await visit.after(request, passage)


async def sign_out(visit: Visit, request: Request) -> Response:
    """Ends the session and says so."""
    session = visit.session(request)
    if session is not None:
        visit.side.sessions.end(session)
    visit.note(request, "sign_out", signed_in=session is not None and session.page is not Page.SIGN_IN)
    answer = visit.page("signed_out.html", session, title="Signed out")
    visit.forget(answer)
    return answer
