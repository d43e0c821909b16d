"""Signing in at the Medicaid portal: user ID, password, security question, service location, and what comes between."""

import random
from collections.abc import Mapping
from dataclasses import dataclass

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response

from sandbox.door import Passage
from sandbox.portals.medicaid.shown import provider_id
from sandbox.portals.medicaid.viewstate import PostBack
from sandbox.portals.medicaid.visit import Visit
from sandbox.profile import Page, Profile
from sandbox.sessions import Session

PROFILE = Profile(
    second_factor="none",
    two_pages=True,
    computer_question=True,
    security_question=True,
    device_days=30,
    password_days=90,
    warns_days=10,
    disabled_after_days=90,
    idle_minutes=20,
    time_zone="America/Chicago",
)

USER, PASSWORD, QUESTION = "/Default.aspx", "/Password.aspx", "/Question.aspx"
EXPIRING, CHANGE, CAPTCHA = "/PasswordNotice.aspx", "/PasswordChange.aspx", "/Verification.aspx"
NOTICE, ACTING, HOME = "/Notice.aspx", "/ActingFor.aspx", "/Home.aspx"

_PATHS = {
    Page.SIGN_IN: USER,
    Page.PASSWORD: PASSWORD,
    Page.QUESTION: QUESTION,
    Page.PASSWORD_EXPIRING: EXPIRING,
    Page.PASSWORD_EXPIRED: CHANGE,
    Page.CAPTCHA: CAPTCHA,
    Page.UNUSUAL_ACTIVITY: CAPTCHA,
    Page.BOT_NOTICE: NOTICE,
    Page.PICKER: ACTING,
    Page.OPEN: HOME,
}

REJECTED = "The user ID or password is not correct."
WRONG_ANSWER = "The answer is not correct."
WRONG_CHARACTERS = "The characters do not match the picture."


@dataclass(frozen=True)
class Closed:
    """A page that ends the way in: nothing on it leads further."""

    legend: str
    heading: str
    sentences: tuple[str, ...]


CLOSED: Mapping[Page, Closed] = {
    Page.LOCKED: Closed(
        "User ID locked",
        "Your user ID is locked",
        ("Your user ID was locked after three unsuccessful attempts.", "Ask the Provider Help Desk to unlock it."),
    ),
    Page.LOCKED_CALL: Closed(
        "User ID locked",
        "Your user ID is locked",
        ("Your user ID was locked again. It can be unlocked by telephone only. Call the Provider Help Desk.",),
    ),
    Page.DISABLED: Closed(
        "User ID disabled",
        "Your user ID is disabled",
        (
            "Your user ID has not been used for 90 days and was disabled.",
            "Ask your office's administrator to enable it.",
        ),
    ),
}


def go_on(visit: Visit, passage: Passage) -> Response:
    """The page that a press led to, as a redirect where it has an address of its own."""
    closed = CLOSED.get(passage.page)
    if closed is not None:
        return visit.page(
            "notice.html",
            None,
            title=closed.heading,
            legend=closed.legend,
            heading=closed.heading,
            sentences=closed.sentences,
            link=None,
        )
    return visit.settle(RedirectResponse(_PATHS[passage.page], 302), passage)


async def user_page(visit: Visit, request: Request) -> Response:
    """The first page; who is signed in already is sent on."""
    if visit.open_session(request) is not None:
        return RedirectResponse(HOME, 302)
    session = visit.session(request)
    if session is None or session.signed_in:
        session = visit.side.sessions.begin()
    session.page = Page.SIGN_IN
    page = visit.side.door.arrive(session, visit.agent(request))
    if page is not Page.SIGN_IN:
        answer: Response = RedirectResponse(_PATHS[page], 302)
        visit.keep(answer, session)
        return answer
    visit.note(request, "sign_in_page")
    return visit.sign_in_page(session)


async def press_user_name(visit: Visit, request: Request) -> Response:
    """The button of the first page."""
    taken = await _taken_back(visit, request, USER, Page.SIGN_IN)
    if isinstance(taken, Response):
        return taken
    session, back = taken
    entered = back.values["txtUserId"].strip()
    if not entered:
        return visit.sign_in_page(session, "User ID is required.")
    return go_on(visit, visit.side.door.press_user_name(session, entered, visit.agent(request)))


async def password_page(visit: Visit, request: Request) -> Response:
    """Asks what computer this is, and for the password."""
    session = visit.session(request)
    if session is None or session.page is not Page.PASSWORD:
        return visit.over(request)
    return _password_page(visit, session)


def _password_page(visit: Visit, session: Session, message: str = "") -> Response:
    return visit.page(
        "password.html", session, path=PASSWORD, title="Log In", entered=session.user_name, message=message
    )


async def press_password(visit: Visit, request: Request) -> Response:
    """The sign-in button."""
    taken = await _taken_back(visit, request, PASSWORD, Page.PASSWORD)
    if isinstance(taken, Response):
        return taken
    session, back = taken
    if not back.values["txtPassword"]:
        return _password_page(visit, session, "Password is required.")
    passage = visit.side.door.press_password(
        session,
        session.user_name,
        back.values["txtPassword"],
        device=visit.device(request),
        private_computer=back.values["rblComputer"] == "private",
        user_agent=visit.agent(request),
    )
    if passage.fault is not None:
        return await visit.faulty_answer(request, passage.fault)
    if passage.page is Page.REJECTED:
        return visit.sign_in_page(session, REJECTED)
    return go_on(visit, passage)


async def question_page(visit: Visit, request: Request, message: str = "") -> Response:
    """Asks one of the account's security questions."""
    session = visit.session(request)
    if session is None or session.page is not Page.QUESTION:
        return visit.over(request)
    if not message:
        visit.note(request, "question_page")
    return visit.page(
        "question.html",
        session,
        path=QUESTION,
        title="Security Question",
        question=session.question,
        message=message,
    )


async def press_answer(visit: Visit, request: Request) -> Response:
    """The button under the answer."""
    taken = await _taken_back(visit, request, QUESTION, Page.QUESTION)
    if isinstance(taken, Response):
        return taken
    session, back = taken
    passage = visit.side.door.press_answer(session, back.values["txtAnswer"], visit.agent(request))
    if passage.page is Page.QUESTION_REJECTED:
        return await question_page(visit, request, WRONG_ANSWER)
    return go_on(visit, passage)


async def expiring_page(visit: Visit, request: Request) -> Response:
    """The password expires in some days: now or later?"""
    session = visit.session(request)
    if session is None or session.page is not Page.PASSWORD_EXPIRING:
        return visit.over(request)
    visit.note(request, "password_expiring_page")
    left = visit.side.account.password_days_left or 0
    days = left if left <= PROFILE.warns_days else 1 + left % PROFILE.warns_days
    return visit.page("password_expiring.html", session, path=EXPIRING, title="Password Notice", days=days)


async def press_expiring(visit: Visit, request: Request) -> Response:
    """One of the two buttons of the warning."""
    taken = await _taken_back(visit, request, EXPIRING, Page.PASSWORD_EXPIRING)
    if isinstance(taken, Response):
        return taken
    session, back = taken
    if back.target.control == "btnChange":
        return RedirectResponse(CHANGE, 302)
    return go_on(visit, visit.side.door.remind_later(session, visit.agent(request)))


_CHANGING = (Page.PASSWORD_EXPIRED, Page.PASSWORD_EXPIRING)


async def change_page(visit: Visit, request: Request, message: str = "") -> Response:
    """The form for a new password."""
    session = visit.session(request)
    if session is None or session.page not in _CHANGING:
        return visit.over(request)
    expired = session.page is Page.PASSWORD_EXPIRED
    if not message:
        visit.note(request, "password_expired_page" if expired else "password_change_page")
    heading = "Your Password Has Expired" if expired else "Change Password"
    return visit.page(
        "password_expired.html",
        session,
        path=CHANGE,
        title=heading,
        heading=heading,
        expired=expired,
        message=message,
    )


async def press_change(visit: Visit, request: Request) -> Response:
    """The button that saves the new password."""
    taken = await _taken_back(visit, request, CHANGE, *_CHANGING)
    if isinstance(taken, Response):
        return taken
    session, back = taken
    old, new, again = (back.values[control] for control in ("txtOld", "txtNew", "txtAgain"))
    passage = visit.side.door.change_password(session, old, new, again, visit.agent(request))
    if passage.complaint:
        return await change_page(visit, request, passage.complaint)
    return go_on(visit, passage)


async def captcha_page(visit: Visit, request: Request, message: str = "") -> Response:
    """A picture with characters. It stays until a person at the payer clears it: no robot reads it."""
    session = visit.session(request) or visit.side.sessions.begin()
    page = visit.side.door.arrive(session, visit.agent(request))
    if page not in (Page.CAPTCHA, Page.UNUSUAL_ACTIVITY):
        return RedirectResponse(USER, 302)
    visit.note(request, "captcha_page")
    if page is Page.UNUSUAL_ACTIVITY:
        answer = visit.page(
            "notice.html",
            None,
            title="Unusual activity",
            legend="Notice",
            heading="We noticed unusual activity",
            sentences=(
                "Requests from your network do not look like those of a person at a screen.",
                "Log in is suspended for you. Call the Provider Help Desk if you think that this is a mistake.",
            ),
            link=None,
        )
    else:
        answer = visit.page(
            "captcha.html", session, path=CAPTCHA, title="Verification", message=message, strokes=_strokes()
        )
    visit.keep(answer, session)
    return answer


async def press_captcha(visit: Visit, request: Request) -> Response:
    """Whatever is typed is wrong; trying at all is written down."""
    taken = await _taken_back(visit, request, CAPTCHA)
    if isinstance(taken, Response):
        return taken
    visit.note(request, "captcha_press")
    return await captcha_page(visit, request, WRONG_CHARACTERS)


def _strokes() -> list[str]:
    """Lines for a picture that looks like five characters and is none."""
    rng = random.Random()
    strokes = []
    for place in range(5):
        points = [(20 + place * 44 + rng.randrange(30), 12 + rng.randrange(46)) for _ in range(5)]
        strokes.append(
            "M" + " Q".join(f"{x} {y}" for x, y in points[:1]) + "".join(f" L{x} {y}" for x, y in points[1:])
        )
    return strokes


async def notice_page(visit: Visit, request: Request) -> Response:
    """The payer has noticed a robot and warns; only a person may confirm that they have read it."""
    session = visit.session(request)
    if session is None or session.page is not Page.BOT_NOTICE:
        return visit.over(request)
    visit.note(request, "bot_notice_page")
    return visit.page("bot_notice.html", session, path=NOTICE, title="Important Notice")


async def press_notice(visit: Visit, request: Request) -> Response:
    """The button under the notice."""
    taken = await _taken_back(visit, request, NOTICE, Page.BOT_NOTICE)
    if isinstance(taken, Response):
        return taken
    session, _ = taken
    return go_on(visit, visit.side.door.acknowledge(session, visit.agent(request)))


_MAY_CHOOSE = (Page.PICKER, Page.OPEN)


async def acting_page(visit: Visit, request: Request) -> Response:
    """Asks for which service location the delegate acts; the first one in the list is not the one that bills."""
    session = visit.session(request)
    if session is None or session.page not in _MAY_CHOOSE:
        return visit.over(request)
    visit.note(request, "provider_page")
    return _acting_page(visit, session, session.acting_as)


def _acting_page(visit: Visit, session: Session, npi: str) -> Response:
    practice = visit.side.truth.practice
    locations = {
        one.npi: {"npi": one.npi, "name": one.name, "provider_id": provider_id(one)}
        for one in reversed(practice.providers)
    }
    chosen = npi if npi in locations else next(iter(locations))
    return visit.page(
        "acting_for.html",
        session,
        path=ACTING,
        state=chosen,
        title="Acting For",
        locations=locations,
        chosen=chosen,
        tin=practice.tin,
        user_name=visit.side.account.user_name,
    )


async def acting_post_back(visit: Visit, request: Request) -> Response:
    """Another location was looked at, or the one shown is taken."""
    taken = await _taken_back(visit, request, ACTING, *_MAY_CHOOSE)
    if isinstance(taken, Response):
        return taken
    session, back = taken
    npi = back.values["ddlLocation"]
    if back.target.control != "btnAct":
        return _acting_page(visit, session, npi)
    session.listing = type(session.listing)()
    session.own.pop("payments", None)
    return go_on(visit, visit.side.door.choose(session, npi, visit.agent(request)))


async def home(visit: Visit, request: Request) -> Response:
    """The page after the service location was chosen."""
    session = visit.open_session(request)
    if session is None:
        return visit.over(request)
    return visit.page("home.html", session, title="Home", **visit.frame(session))


async def keep_alive(visit: Visit, request: Request) -> Response:
    """What the count-down's button asks for: nothing but that the session goes on."""
    session = visit.open_session(request)
    return Response(status_code=204) if session is not None else visit.over(request)


async def sign_out(visit: Visit, request: Request) -> Response:
    """Ends the session and says so."""
    session = visit.session(request)
    if session is not None:
        visit.side.sessions.end(session)
    visit.note(request, "sign_out", signed_in=session is not None and session.signed_in)
    answer = visit.page(
        "notice.html",
        None,
        title="Logged Off",
        legend="Log off",
        heading="You have logged off",
        sentences=("You have logged off from the Provider Web Portal. Close all windows of your browser.",),
        link=(USER, "Log in again"),
    )
    visit.forget(answer)
    return answer


async def _taken_back(visit: Visit, request: Request, path: str, *pages: Page) -> tuple[Session, PostBack] | Response:
    """The session and the page that came back, or what is shown instead."""
    session = visit.at(request, *pages) if pages else visit.session(request)
    if session is None:
        return visit.over(request)
    back = await visit.take_back(request, session, path)
    return back if isinstance(back, Response) else (session, back)
