"""Signing in at the national portal: password, one-time code, provider, and what can go wrong with each."""

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.accounts import Press
from sandbox.portals.national.visit import Visit
from sandbox.sessions import Stage

REJECTED = "The user ID or password you entered is not correct."
BAD_CODE = "The code you entered is not correct."
USED_CODE = "That code has already been used. Wait for a new code and try again."
BAD_FORM = "This page is no longer valid. Start again."


async def sign_in_page(visit: Visit, request: Request) -> Response:
    """The first page; a person who is signed in already is sent on."""
    if visit.open_session(request) is not None:
        return RedirectResponse("/home", 303)
    return visit.sign_in_page(request)


async def press_password(visit: Visit, request: Request) -> Response:
    """The sign-in button."""
    form = await visit.form(request)
    session = visit.session(request)
    if session is None or form.get("formTkn") != session.form_token:
        visit.note(request, "stale_form", path=request.url.path)
        return visit.sign_in_page(request, message=BAD_FORM)
    verdict = visit.side.account.press_password(form.get("userId", ""), form.get("passwd", ""))
    fault = visit.side.switches.now.password_press
    visit.note(request, "password_press", result=verdict.value, answer=fault or "given")
    if fault is not None:
        return await visit.faulty_answer(request, fault)
    match verdict:
        case Press.ACCEPTED:
            session.stage = Stage.CODE
            return RedirectResponse("/verify", 303)
        case Press.LOCKED:
            return visit.pages.page("locked.html", title="Account locked")
        case _:
            return visit.sign_in_page(request, message=REJECTED)


async def code_page(visit: Visit, request: Request, message: str = "") -> Response:
    """Asks for the six digits."""
    session = visit.session(request)
    if session is None or session.stage is not Stage.CODE:
        return visit.ended(request)
    visit.note(request, "code_page")
    return visit.pages.page("code.html", title="Verify your identity", message=message, form_token=session.form_token)


async def press_code(visit: Visit, request: Request) -> Response:
    """The button that sends the six digits."""
    form = await visit.form(request)
    session = visit.session(request)
    if session is None or session.stage is not Stage.CODE:
        return visit.ended(request)
    if form.get("formTkn") != session.form_token:
        visit.note(request, "stale_form", path=request.url.path)
        return visit.sign_in_page(request, message=BAD_FORM)
    verdict = visit.side.account.press_code(form.get("otp", "").strip())
    fault = visit.side.switches.now.code_press
    visit.note(request, "code_press", result=verdict.value, answer=fault or "given")
    if fault is not None:
        return await visit.faulty_answer(request, fault)
    match verdict:
        case Press.ACCEPTED:
            answer = RedirectResponse("/provider", 303)
            visit.keep(answer, visit.side.sessions.signed_in(session))
            return answer
        case Press.LOCKED:
            visit.side.sessions.end(session)
            return visit.pages.page("locked.html", title="Account locked")
        case Press.ALREADY_USED:
            return await code_page(visit, request, USED_CODE)
        case Press.REJECTED:
            return await code_page(visit, request, BAD_CODE)


async def provider_page(visit: Visit, request: Request) -> Response:
    """Asks for whom the person acts; the first choice in the list is not the billing location."""
    session = visit.session(request)
    if session is None or session.stage not in (Stage.PROVIDER, Stage.OPEN):
        return visit.ended(request)
    visit.note(request, "provider_page")
    providers = list(reversed(visit.side.truth.practice.providers))
    return visit.pages.page(
        "provider.html",
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
    session = visit.session(request)
    if session is None or session.stage not in (Stage.PROVIDER, Stage.OPEN):
        return visit.ended(request)
    npi = form.get("actAs", "")
    known = {provider.npi for provider in visit.side.truth.practice.providers}
    if form.get("formTkn") != session.form_token or npi not in known:
        return RedirectResponse("/provider", 303)
    session.acting_as = npi
    session.found = ()
    session.stage = Stage.OPEN
    visit.note(request, "provider_chosen", npi=npi)
    return RedirectResponse("/home", 303)


async def sign_out(visit: Visit, request: Request) -> Response:
    """Ends the session and says so."""
    session = visit.session(request)
    if session is not None:
        visit.side.sessions.end(session)
    visit.note(request, "sign_out", signed_in=session is not None and session.stage is not Stage.SIGN_IN)
    answer = visit.pages.page("signed_out.html", title="Signed out")
    visit.forget(answer)
    return answer
