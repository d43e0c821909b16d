"""The way into Practice Exchange: what stands on each of its pages, and what each press on them leads to."""

from typing import Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, Response

from sandbox.door import Passage
from sandbox.portals.multipayer.exchange import Exchange, read_json, text_of
from sandbox.portals.multipayer.words import SIGN_IN_WORDS
from sandbox.profile import Page
from sandbox.sessions import Session

ENDED = "Your session has ended. Sign in again."
ALERTS = {
    Page.REJECTED: "We do not recognize this user ID and password.",
    Page.CODE_REJECTED: "This code is not correct.",
    Page.CODE_USED: "This code was used before. Wait until your authenticator shows the next one.",
}
NOTICES: dict[Page, tuple[str, tuple[str, ...]]] = {
    # pages that end the way in: heading and text
    Page.LOCKED: (
        "Your account is locked",
        ("There were too many unsuccessful attempts to sign in. Your administrator can unlock your account.",),
    ),
    Page.LOCKED_CALL: ("Your account is locked", ("Call Practice Exchange Client Services to have it unlocked.",)),
    Page.DISABLED: ("Your account is disabled", ("Nobody has used this account for a long time.",)),
    Page.PASSKEY_ONLY: (
        "Set up a passkey",
        (
            "Authenticator codes are no longer accepted for your user ID.",
            "Sign in on a device that can hold a passkey and set one up.",
        ),
    ),
    Page.CAPTCHA: ("Confirm that you are human", ("Solve the puzzle to go on.",)),
    Page.UNUSUAL_ACTIVITY: ("Unusual activity", ("We have seen unusual activity from your account. Call us.",)),
}
CONFIRMED: dict[Page, tuple[str, tuple[str, ...], str]] = {
    # pages that somebody confirms: heading, text and button
    Page.BOT_NOTICE: (
        "Automated use of Practice Exchange",
        (
            "Your user ID appears to be used by software. Our terms do not allow robots, scripts or other automated "
            "means.",
            "Access may be ended if this goes on.",
        ),
        "I understand",
    ),
    Page.RECERTIFY: ("Certify your access", ("Confirm that you still need access.",), "I certify"),
    Page.TRAINING: (
        "Security training",
        ("Confirm that you have completed this year's training.",),
        "I have completed it",
    ),
}


def descriptor(exchange: Exchange, session: Session, page: Page) -> dict[str, Any]:
    """What stands on a page of the way in: heading, text, fields and buttons, in this visitor's version."""
    account = exchange.side.account
    shown: dict[str, Any] = {
        "page": page.value,
        "csrf": session.form_token,
        "text": [],
        "document": [],
        "fields": [],
        "actions": [],
        "alert": "",
        "kind": "bad",
    }
    match page:
        case Page.SIGN_IN | Page.REJECTED:
            shown |= {
                "page": Page.SIGN_IN.value,
                "heading": "Sign in",
                "alert": ALERTS.get(page, ""),
                "text": ["Use your Practice Exchange user ID. Three unsuccessful attempts lock your account."],
                "fields": [_field("user", "User ID"), _field("word", "Password", "secret")],
                "actions": [_action("password", "Sign in")],
            }
            if page is Page.SIGN_IN and session.own.pop("ended", "") == "session-expired":
                shown |= {"alert": ENDED, "kind": "note"}
        case Page.CODE | Page.CODE_REJECTED | Page.CODE_USED:
            shown |= {
                "page": Page.CODE.value,
                "heading": "Confirm that it is you",
                "alert": ALERTS.get(page, ""),
                "text": ["Enter the code that your authenticator shows."],
                "fields": [
                    _field("code", "Verification code", "code"),
                    _field("trust", f"Trust this browser for {account.profile.device_days} days", "tick"),
                ],
                "actions": [_action("code", "Continue"), _action("start", "Cancel")],
            }
        case Page.NEW_TERMS | Page.TERMS:
            shown |= {
                "heading": "Terms of use",
                "text": ["Our terms have changed. Read them before you go on."],
                "document": list(account.terms.paragraphs),
                "fields": [_field("agree", "I have read and agree to the terms of use", "tick")],
                "actions": [_action("terms", "Continue")],
            }
        case _ if page in CONFIRMED:
            heading, text, button = CONFIRMED[page]
            shown |= {"heading": heading, "text": list(text), "actions": [_action("confirm", button)]}
        case Page.PICKER | Page.OPEN:
            shown |= {"page": "open", "heading": ""}
        case _:
            heading, text = NOTICES[page]
            shown |= {"heading": heading, "text": list(text)}
    other = SIGN_IN_WORDS.get(exchange.side.layout(session), {})
    shown["heading"] = other.get(shown["heading"], shown["heading"])
    for part in (*shown["fields"], *shown["actions"]):
        part["caption"] = other.get(part["caption"], part["caption"])
    return shown


def kicked_out(session: Session) -> dict[str, Any]:
    """The page of somebody whose session ended because the same user signed in elsewhere."""
    return {
        "page": "kicked-out",
        "csrf": session.form_token,
        "heading": "You have been signed out",
        "alert": "",
        "text": ["Your user ID was used to sign in somewhere else, so this session has ended."],
        "document": [],
        "fields": [],
        "actions": [_action("start", "Sign in again")],
    }


def _field(name: str, caption: str, kind: str = "text", **more: Any) -> dict[str, Any]:
    return {"name": name, "caption": caption, "kind": kind, **more}


def _action(action: str, caption: str) -> dict[str, str]:
    return {"action": action, "caption": caption}


async def where(exchange: Exchange, request: Request) -> Response:
    """GET: the page of the way in at which the visitor stands; who is in the midst of it begins again."""
    session = exchange.newcomer(request)
    if session.page not in (Page.SIGN_IN, Page.PICKER, Page.OPEN):
        exchange.side.sessions.end(session)
        session = exchange.side.sessions.begin()
    if session.own.get("ended") == "kicked-out":
        del session.own["ended"]
        return _kept(exchange, session, kicked_out(session))
    if session.page is Page.SIGN_IN:
        exchange.visitors.note(request, "sign_in_page")
        page = exchange.side.door.arrive(session, exchange.visitors.agent(request))
        return _kept(exchange, session, descriptor(exchange, session, page))
    return _kept(exchange, session, descriptor(exchange, session, session.page))


def _kept(exchange: Exchange, session: Session, values: dict[str, Any]) -> Response:
    answer = exchange.answer(session, values)
    exchange.visitors.keep(answer, session)
    return answer


async def press(exchange: Exchange, request: Request) -> Response:
    """POST: a button on one of those pages."""
    session = exchange.visitors.session(request)
    if session is None:
        return exchange.unauthorized(request)
    if request.headers.get("x-csrf-token") != session.form_token:
        exchange.visitors.note(request, "stale_form", path=request.url.path)
        return exchange.forbidden()
    fields = (await read_json(request)).get("fields")
    entered = {name: text_of(fields, name) for name in fields} if isinstance(fields, dict) else {}
    passage = _pressed(exchange, request, session, entered)
    if passage is None:
        return await where(exchange, request)
    if passage.fault == "hang":
        return await exchange.visitors.hang(request)
    if passage.fault == "answer-500":
        return exchange.answer(None, {"error": "internal"}, 500)
    if passage.fault == "foreign-page":
        return HTMLResponse("<html><body><h1>Winter hours of the community library</h1></body></html>")
    answer = exchange.answer(passage.session, descriptor(exchange, passage.session, passage.page))
    return exchange.visitors.settle(answer, passage)


def _pressed(exchange: Exchange, request: Request, session: Session, entered: dict[str, str]) -> Passage | None:
    """What the press leads to; None for a button that does not belong to the page where the visitor stands."""
    door, agent = exchange.side.door, exchange.visitors.agent(request)
    match request.path_params["action"], session.page:
        case "password", Page.SIGN_IN:
            user, word = entered.get("user", ""), entered.get("word", "")
            return door.press_password(session, user, word, device=exchange.visitors.device(request), user_agent=agent)
        case "code", Page.CODE:
            trust = entered.get("trust") == "yes"
            return door.press_code(session, entered.get("code", ""), remember=trust, user_agent=agent)
        case "terms", Page.NEW_TERMS | Page.TERMS:
            return door.agree(session, ticked=entered.get("agree") == "yes", user_agent=agent)
        case "confirm", page if page in CONFIRMED:
            return door.acknowledge(session, agent)
    return None


async def sign_out(exchange: Exchange, request: Request) -> Response:
    """POST: ends the session and gives a new one to somebody who may sign in again."""
    session = exchange.visitors.session(request)
    if session is not None:
        if request.headers.get("x-csrf-token") != session.form_token:
            return exchange.forbidden()
        exchange.side.sessions.end(session)
    exchange.visitors.note(request, "sign_out", signed_in=session is not None and session.signed_in)
    fresh = exchange.side.sessions.begin()
    fresh.arrived = True
    return _kept(exchange, fresh, {"csrf": fresh.form_token})
