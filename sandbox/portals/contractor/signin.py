"""Logging in at the contractor's portal: password, passcode by a chosen way, terms each time, account, messages."""

from collections.abc import Awaitable, Callable
from datetime import date
from typing import get_args

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.door import Passage
from sandbox.portals.contractor.shown import ptan
from sandbox.portals.contractor.visit import Visit
from sandbox.portals.contractor.windows import windows_of
from sandbox.profile import Method, Page, Profile
from sandbox.sessions import Session

PROFILE = Profile(
    second_factor="mailed",
    terms_each_time=True,
    password_days=60,
    password_length=12,
    password_history=12,
    call_after_lock_outs=3,
    disabled_after_days=30,
    idle_minutes=30,
    time_zone="America/Chicago",
)

REJECTED = "The User ID or password is not valid."
STALE = "The page you sent is no longer valid. Please log in again."
CODE_MESSAGES = {
    Page.CODE: "",
    Page.CODE_REJECTED: "The passcode you entered is not valid.",
    Page.CODE_USED: "The passcode you entered has been used before.",
    Page.CODE_EXPIRED: "The passcode you entered has expired. Have a new one sent.",
    Page.NO_MORE_CODES: "No more passcodes can be sent for this log in. Enter the last one that was sent.",
}
METHODS: dict[Method, tuple[str, str]] = {
    # value of the choice: its caption, and how the next page speaks of it
    "email": ("E-mail message to b*****@******.example", "e-mail message"),
    "text": ("Text message to (***) ***-**14", "text message"),
    "voice": ("Voice call to (***) ***-**14", "voice call"),
}
Press = Callable[[Visit, Request, Session, dict[str, str]], Awaitable[Response]]


async def sign_in_page(visit: Visit, request: Request) -> Response:
    """The first page. Who opens it in a second tab, or goes back to it, has ended the session that was open."""
    present = visit.session(request)
    if present is not None and present.page is not Page.SIGN_IN:
        visit.note(request, "second_tab", path=request.url.path)
        visit.side.sessions.end(present, "second-tab")
    session = visit.fresh_session(request)
    page = visit.side.door.arrive(session, visit.agent(request))
    visit.note(request, "sign_in_page")
    passage = Passage(page, session)
    return visit.settle(_page(visit, request, passage), passage)


async def press_password(visit: Visit, request: Request) -> Response:
    """The log-in button."""
    form = await visit.form(request)
    session = visit.session(request)
    if session is None or session.page is not Page.SIGN_IN or form.get("formKey") != session.form_token:
        visit.note(request, "stale_form", path=request.url.path)
        return visit.sign_in_page(request, STALE)
    user_name, secret = (form.get(name, "") for name in visit.layout(session).sign_in_names)
    passage = visit.side.door.press_password(session, user_name, secret, user_agent=visit.agent(request))
    return await follow(visit, request, passage)


def step(*pages: Page) -> Callable[[Press], Callable[[Visit, Request], Awaitable[Response]]]:
    """A press that counts only for who stands at one of these pages, with that page's own key."""

    def made(press: Press) -> Callable[[Visit, Request], Awaitable[Response]]:
        async def checked(visit: Visit, request: Request) -> Response:
            form = await visit.form(request)
            session = visit.session(request)
            if session is None:
                return visit.log_in_again(request)
            if session.page not in pages or form.get("formKey") != session.form_token:
                visit.note(request, "stale_form", path=request.url.path)
                visit.side.sessions.end(session)
                return visit.sign_in_page(request, STALE)
            return await press(visit, request, session, form)

        return checked

    return made


@step(Page.METHOD)
async def choose_method(visit: Visit, request: Request, session: Session, form: dict[str, str]) -> Response:
    """The button that has the passcode sent."""
    for method in get_args(Method):
        if form.get("channel") == method:
            return await follow(visit, request, visit.side.door.choose_method(session, method, visit.agent(request)))
    return _page(visit, request, Passage(Page.METHOD, session), "Choose how the passcode should be sent.")


@step(Page.CODE)
async def press_code(visit: Visit, request: Request, session: Session, form: dict[str, str]) -> Response:
    """The button that sends the six digits, and the links under it."""
    door = visit.side.door
    if form.get("task") == "method":
        session.page, session.steps = Page.METHOD, (Page.CODE, *session.steps)
        return await follow(visit, request, Passage(Page.METHOD, session))
    if form.get("task") == "resend":
        for method in get_args(Method):
            if session.method == method:
                return await follow(visit, request, door.choose_method(session, method, visit.agent(request)))
    return await follow(
        visit, request, door.press_code(session, form.get("passcode", ""), user_agent=visit.agent(request))
    )


@step(Page.TERMS, Page.NEW_TERMS)
async def agree(visit: Visit, request: Request, session: Session, form: dict[str, str]) -> Response:
    """The button under the terms of use."""
    ticked = form.get("agree") == "Y"
    passage = visit.side.door.agree(session, ticked=ticked, user_agent=visit.agent(request))
    if not ticked:
        return _page(visit, request, passage, "You must agree to the Terms of Use to continue.")
    return await follow(visit, request, passage)


@step(Page.PASSWORD_EXPIRED, Page.PASSWORD_EXPIRING)
async def password(visit: Visit, request: Request, session: Session, form: dict[str, str]) -> Response:
    """The buttons of the pages about a password's end."""
    door = visit.side.door
    if session.page is Page.PASSWORD_EXPIRING and form.get("task") == "later":
        return await follow(visit, request, door.remind_later(session, visit.agent(request)))
    if form.get("task") == "now":
        return _change_password(visit, session, "")
    passage = door.change_password(
        session, form.get("oldPass", ""), form.get("newPass", ""), form.get("newPassAgain", ""), visit.agent(request)
    )
    if passage.complaint:
        return _change_password(visit, session, passage.complaint)
    return await follow(visit, request, passage)


@step(Page.RECERTIFY, Page.TRAINING, Page.BOT_NOTICE, Page.IN_USE)
async def duty(visit: Visit, request: Request, session: Session, form: dict[str, str]) -> Response:
    """The button of a page on which a person has to confirm something."""
    if form.get("attest") != "Y":
        return _page(visit, request, Passage(session.page, session))
    if session.page is Page.IN_USE:
        return await follow(visit, request, visit.side.door.end_others(session, visit.agent(request)))
    return await follow(visit, request, visit.side.door.acknowledge(session, visit.agent(request)))


@step(Page.PICKER, Page.OPEN)
async def choose_account(visit: Visit, request: Request, session: Session, form: dict[str, str]) -> Response:
    """The button that goes on for the chosen combination of TIN, NPI and PTAN."""
    choices = _combinations(visit)
    chosen = [npi for number, npi in enumerate(choices, start=1) if form.get("combination") == str(number)]
    if not chosen:
        return _page(visit, request, Passage(Page.PICKER, session))
    return await follow(visit, request, visit.side.door.choose(session, chosen[0], visit.agent(request)))


async def read_messages(visit: Visit, request: Request) -> Response:
    """The link that marks the new messages as read, before the portal opens."""
    session = visit.open_session(request)
    if session is None:
        return visit.log_in_again(request)
    if request.query_params.get("formKey") != session.form_token or not windows_of(session).entry:
        return visit.second_window(request, session)
    visit.messages.mark_read(_today(visit))
    visit.note(request, "messages_read")
    return await follow(visit, request, Passage(Page.OPEN, session))


async def sign_out(visit: Visit, request: Request) -> Response:
    """Ends the session and says so."""
    session = visit.session(request)
    if session is not None:
        visit.side.sessions.end(session)
    visit.note(request, "sign_out", signed_in=session is not None and session.signed_in)
    answer = visit.statement(
        session,
        "You Have Logged Off",
        "You have logged off from the Provider Portal. Close all browser windows to protect beneficiary information.",
        link=("/pcs/login.do", "Log In Again"),
    )
    visit.forget(answer)
    return answer


async def follow(visit: Visit, request: Request, passage: Passage) -> Response:
    """What a press leads to: a page, the portal itself, or a fault in place of the answer."""
    if passage.fault is not None:
        return await visit.faulty_answer(request, passage.fault)
    return visit.settle(_page(visit, request, passage), passage)


def account_page(visit: Visit, request: Request, session: Session) -> Response:
    """The table of combinations; none but the wrong one is chosen to begin with."""
    choices = _combinations(visit)
    names = {provider.npi: provider.name for provider in visit.side.truth.practice.providers}
    visit.note(request, "provider_page")
    tin = visit.side.truth.practice.tin
    return visit.page(
        "picker.html",
        session,
        title="Account Selection",
        form_key=session.form_token,
        tin=f"{tin[:2]}-{tin[2:]}",
        providers=[{"name": names[npi], "npi": npi, "ptan": ptan(npi)} for npi in choices],
        chosen=session.acting_as or choices[0],
    )


def _combinations(visit: Visit) -> list[str]:
    """The NPIs in the order of the table."""
    return [provider.npi for provider in reversed(visit.side.truth.practice.providers)]


def _today(visit: Visit) -> date:
    return visit.side.clock.now().date()


def _change_password(visit: Visit, session: Session, complaint: str) -> Response:
    return visit.page(
        "password_expired.html",
        session,
        title="Change Password",
        heading="Your Password Has Expired" if session.page is Page.PASSWORD_EXPIRED else "Change Your Password",
        message=complaint,
        length=visit.side.account.profile.password_length,
        history=visit.side.account.profile.password_history,
        form_key=session.form_token,
    )


def _page(visit: Visit, request: Request, passage: Passage, message: str = "") -> Response:
    """The page of one step of the log in."""
    session, profile, account = passage.session, visit.side.account.profile, visit.side.account
    key = session.form_token
    match passage.page:
        case Page.SIGN_IN | Page.REJECTED:
            said = REJECTED if passage.page is Page.REJECTED else message
            return visit.page("sign_in.html", session, title="Log In", message=said, form_key=key)
        case Page.LOCKED:
            return visit.statement(
                session,
                "User ID Locked",
                "Your user ID has been locked because of too many unsuccessful attempts.",
                "Ask your organization's portal administrator to unlock it.",
            )
        case Page.LOCKED_CALL:
            return visit.statement(
                session,
                "User ID Locked",
                "Your user ID has been locked for the third time. It can be unlocked only by telephone.",
                "Call the Portal Help Desk.",
            )
        case Page.DISABLED:
            return visit.statement(
                session,
                "User ID Disabled",
                f"Your user ID has been disabled because it was not used for {profile.disabled_after_days} days.",
                "Ask your organization's portal administrator to request access again.",
            )
        case Page.METHOD:
            methods = [(value, caption, profile.code_minutes[value]) for value, (caption, _) in METHODS.items()]
            return visit.page("method.html", session, title="Passcode", message=message, methods=methods, form_key=key)
        case Page.CODE | Page.CODE_REJECTED | Page.CODE_USED | Page.CODE_EXPIRED | Page.NO_MORE_CODES:
            method: Method = next((one for one in METHODS if one == session.method), "text")
            return visit.page(
                "code.html",
                session,
                title="Passcode",
                message=CODE_MESSAGES[passage.page],
                sent_by=METHODS[method][1],
                life=profile.code_minutes[method],
                form_key=key,
            )
        case Page.TERMS | Page.NEW_TERMS:
            return visit.page(
                "terms.html",
                session,
                title="Terms of Use",
                heading="Terms of Use",
                message=message,
                paragraphs=account.terms.paragraphs,
                form_key=key,
            )
        case Page.PASSWORD_EXPIRED:
            return _change_password(visit, session, passage.complaint)
        case Page.PASSWORD_EXPIRING:
            left = account.password_days_left or 0
            days = left if left <= profile.warns_days else profile.warns_days
            return visit.page("password_expiring.html", session, title="Password", days=days, form_key=key)
        case Page.RECERTIFY | Page.TRAINING | Page.BOT_NOTICE | Page.IN_USE:
            return _duty(visit, session, passage.page)
        case Page.PICKER:
            return account_page(visit, request, session)
        case Page.OPEN:
            return _opened(visit, session)
        case _:
            raise AssertionError(f"This portal's sign-in has no page {passage.page}.")


def _duty(visit: Visit, session: Session, page: Page) -> Response:
    by = visit.side.account.certify_by
    deadline = "" if by is None else by.strftime("%m/%d/%Y")
    heading, text, statement, caption = {
        Page.RECERTIFY: (
            "Annual Recertification",
            f"Your access to the portal must be recertified every year. Recertify by {deadline} or your user ID will "
            "be disabled.",
            "I certify that I still need access to the portal for my work.",
            "Recertify",
        ),
        Page.TRAINING: (
            "Security Awareness Training",
            f"You have not completed this year's Security Awareness Training. Complete it by {deadline} or your user "
            "ID will be disabled.",
            "I certify that I have read and understood the training material.",
            "Complete Training",
        ),
        Page.BOT_NOTICE: (
            "Notice of Automated Activity",
            "We have noticed activity under your user ID that looks automated. Robots, scripts and other automated "
            "means may not be used with this portal unless we have agreed to it in writing. Access may be terminated.",
            "I have read this notice.",
            "Continue",
        ),
        Page.IN_USE: (
            "User ID In Use",
            "Your user ID is logged in from another location. Only one session at a time is allowed.",
            "End the other session.",
            "Continue",
        ),
    }[page]
    return visit.page(
        "duty.html",
        session,
        title=heading,
        heading=heading,
        paragraphs=(text,),
        statement=statement,
        caption=caption,
        form_key=session.form_token,
    )


def _opened(visit: Visit, session: Session) -> Response:
    """The message centre while there is something unread, else the frameset."""
    unread = visit.messages.unread(_today(visit))
    if unread:
        return visit.page(
            "messages.html",
            session,
            title="Message Center",
            whole=True,
            messages=unread,
            form_key=session.form_token,
        )
    return RedirectResponse(f"/pcs/main.do?ek={windows_of(session).entry}", 303, headers={"Cache-Control": "no-store"})
