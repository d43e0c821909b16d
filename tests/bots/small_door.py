"""A portal that is nothing but a door: pages of a sign-in in any order, and a log of what was pressed on them."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from http.cookies import SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_hex
from typing import Any
from urllib.parse import parse_qsl

from packs.models import Pack

TERMS = "You keep your password to yourself. All use is recorded."
QUESTION = "What was the name of your first pet?"
COOKIE = "device"

_FORMS = {
    "user-name": '<label>User <input name="user"></label><button>Next</button>',
    "sign-in": (
        '<label>User <input name="user"></label><label>Password <input type="password" name="password"></label>'
        "<button>Sign in</button>"
    ),
    "password": (
        '<fieldset><legend>Computer</legend><label><input type="radio" name="computer" value="public" checked> Public'
        '</label><label><input type="radio" name="computer" value="private"> Private</label></fieldset>'
        '<label>Password <input type="password" name="password"></label><button>Sign in</button>'
    ),
    "method": (
        '<label>Send by <select name="method"><option>E-mail</option><option>Text message</option></select></label>'
        "<button>Send</button>"
    ),
    "code": (
        '<label>Code <input name="code"></label><label><input type="checkbox" name="remember"> Remember me</label>'
        "<button>Verify</button>"
    ),
    "read-code": '<label>Code <input name="code"></label><button>Verify</button>',
    "question": '<p class="asked">{question}</p><label>Answer <input name="answer"></label><button>Answer</button>',
    "terms": (
        '<div class="text">{terms}</div><label><input type="checkbox" name="agreed"> I agree</label>'
        "<button>Accept</button>"
    ),
    "expiring": "<p>Your password expires in 9 days.</p><button>Later</button>",
    "new-password": (
        '<label>Current <input type="password" name="current"></label>'
        '<label>New <input type="password" name="new"></label>'
        '<label>Again <input type="password" name="again"></label><button>Save</button>'
    ),
    "maintenance": '<p>Closed until <b class="until">{until}</b></p>',
}
"""What stands on a page under its heading; a page of any other name has a heading and nothing else."""

_FORMS["new-password-refused"] = '<p class="rule">It must have other characters.</p>' + _FORMS["new-password"]

_SCRIPT = """<script>
document.addEventListener('submit', async (event) => {
  event.preventDefault();
  const answer = await fetch('/press', {method: 'POST', body: new URLSearchParams(new FormData(event.target))});
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.querySelector('main').replaceWith(page.querySelector('main'));
});
</script>"""
_COVER = """<div role="dialog" aria-label="News" style="position:fixed;inset:0;background:#fff">
<h2>News</h2><button onclick="this.parentElement.remove()">Close news</button></div>"""


@dataclass
class SmallDoor:
    """`steps` are the pages in the order in which a press leads to them; the last one stays.

    With a `password` the door knows it from others, and takes a new one; `then` are its pages from then on.
    """

    steps: list[str]
    terms: str = TERMS
    question: str = QUESTION
    until: str = ""
    in_place: bool = False
    covered: bool = False
    known_device: str = ""
    """The device that is let past the page for the code."""
    given_devices: list[str] = field(default_factory=list)
    """The devices that it was asked to remember."""
    presses: list[tuple[str, dict[str, str]]] = field(default_factory=list)
    password: str = ""
    refuses: int = 0
    """So many new passwords break a rule of its own."""
    after_change: str = ""
    """What it shows right after it took a new password; the next page when empty."""
    then: tuple[str, ...] = ("sign-in", "home")
    wrong: int = 0
    """So many wrong passwords were pressed."""
    address: str = ""
    _at: int = 0

    def pressed(self, page: str) -> list[dict[str, str]]:
        """What was sent from this page, each time that it was."""
        return [sent for at, sent in self.presses if at == page]

    def again(self) -> None:
        """Another visitor comes."""
        self._at = 0

    def page(self, *, known: bool) -> str:
        if known and self.steps[self._at] == "code":
            self._at += 1
        name = self.steps[self._at]
        inside = _FORMS.get(name, "").format(terms=self.terms, question=self.question, until=self.until)
        script = _SCRIPT if self.in_place else ""
        cover = _COVER if self.covered else ""
        return (
            f"<!doctype html><title>Door</title>{script}<main><h1>{escape(name)}</h1>"
            f'<form method="post" action="/press">{inside}</form></main>{cover}'
        )

    def press(self, sent: dict[str, str]) -> None:
        page = self.steps[self._at]
        self.presses.append((page, sent))
        if self.password and page == "sign-in" and sent["password"] != self.password:
            self.wrong += 1
            self._to("rejected")
        elif self.password and page.startswith("new-password"):
            self._change(sent)
        else:
            self._at = min(self._at + 1, len(self.steps) - 1)

    def _change(self, sent: dict[str, str]) -> None:
        if self.refuses:
            self.refuses -= 1
            self._to("new-password-refused")
        elif sent["current"] == self.password and sent["new"] == sent["again"]:
            self.password, self.steps = sent["new"], list(self.then)
            self._to(self.after_change or self.steps[-1])

    def _to(self, page: str) -> None:
        """Show this page to the visitor who is there now, and the others to the next one."""
        if page not in self.steps:
            self.steps = [*self.steps, page]
        self._at = self.steps.index(page)


def _handler(door: SmallDoor) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            if self.path == "/":
                door.again()
            self._show(200, {})

        def do_POST(self) -> None:
            sent = dict(parse_qsl(self.rfile.read(int(self.headers["content-length"])).decode()))
            door.press(sent)
            headers = {"location": "/now"}
            if sent.get("remember"):
                door.given_devices.append(token_hex(16))
                headers["set-cookie"] = f"{COOKIE}={door.given_devices[-1]}; Path=/; HttpOnly"
            if door.in_place:
                self._show(200, headers)
                return
            self._answer(303, headers, b"")

        def _show(self, status: int, headers: dict[str, str]) -> None:
            cookie = SimpleCookie(self.headers.get("cookie", "")).get(COOKIE)
            known = cookie is not None and cookie.value == door.known_device
            self._answer(status, headers, door.page(known=known).encode())

        def _answer(self, status: int, headers: dict[str, str], body: bytes) -> None:
            self.send_response(status)
            for name, value in {"content-type": "text/html", "content-length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: Any) -> None:
            """Nothing."""

    return Handler


@contextmanager
def served(door: SmallDoor) -> Iterator[SmallDoor]:
    """The door, on a port of its own."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(door))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    door.address = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield door
    finally:
        server.shutdown()
        server.server_close()


def _heading(name: str) -> dict[str, Any]:
    return {"find": [{"role": "heading", "name": name}, {"xpath": f"//h1[normalize-space()='{name}']"}]}


def _field(label: str, name: str) -> dict[str, Any]:
    return {"action": "fill", "find": [{"label": label}, {"css": f"[name='{name}']"}]}


def _button(text: str, action: str) -> dict[str, Any]:
    return {"action": action, "find": [{"role": "button", "name": text}, {"css": "main button"}]}


def _view(name: str, **elements: dict[str, Any]) -> dict[str, Any]:
    return {"recognise": ["heading"], "elements": {"heading": _heading(name), **elements}}


_SAVED = {
    "current": _field("Current", "current"),
    "new": _field("New", "new"),
    "again": _field("Again", "again"),
    "go": _button("Save", "commit"),
}

_VIEWS: dict[str, Any] = {
    "new-password": _view("new-password", **_SAVED),
    "new-password-refused": _view("new-password-refused", **_SAVED),
    "user-name": _view("user-name", user=_field("User", "user"), go=_button("Next", "navigate")),
    "sign-in": _view(
        "sign-in", user=_field("User", "user"), password=_field("Password", "password"), go=_button("Sign in", "commit")
    ),
    "password": _view(
        "password",
        computer={"action": "fill", "find": [{"role": "group", "name": "Computer"}, {"css": "fieldset"}]},
        password=_field("Password", "password"),
        go=_button("Sign in", "commit"),
    ),
    "method": _view("method", method=_field("Send by", "method"), go=_button("Send", "navigate")),
    "code": _view(
        "code", code=_field("Code", "code"), remember=_field("Remember me", "remember"), go=_button("Verify", "commit")
    ),
    "read-code": _view("read-code", code=_field("Code", "code"), go=_button("Verify", "commit")),
    "question": _view(
        "question",
        asked={"find": [{"css": ".asked"}, {"matches": ".*\\?"}]},
        answer=_field("Answer", "answer"),
        go=_button("Answer", "commit"),
    ),
    "terms": _view(
        "terms",
        text={"find": [{"css": ".text"}, {"matches": "You keep.*"}]},
        tick=_field("I agree", "agreed"),
        go=_button("Accept", "commit"),
    ),
    "expiring": _view("expiring", go=_button("Later", "navigate")),
    "maintenance": _view(
        "maintenance", until={"type": "instant", "find": [{"css": ".until"}, {"matches": ".*\\d{4} \\d.*[AP]M"}]}
    ),
    "news": {
        "recognise": ["title"],
        "elements": {
            "title": {"find": [{"role": "heading", "name": "News"}, {"css": "h2"}]},
            "close": {
                "action": "navigate",
                "find": [{"role": "button", "name": "Close news"}, {"css": "[role='dialog'] button"}],
            },
        },
    },
}

_ENDS = {
    "rejected": ("credential", "ACC-BADPW", {}),
    "locked": ("credential", "ACC-LOCKED", {}),
    "disabled": ("credential", "ACC-LOCKED", {}),
    "code-rejected": ("credential", "ACC-MFA", {"password_accepted": True}),
    "answer-rejected": ("credential", "ACC-MFA", {"password_accepted": True}),
    "passkey-only": ("credential", "ACC-MFA", {"password_accepted": True}),
    "expired": ("credential", "ACC-EXPIRED", {"password_accepted": True, "code_accepted": True}),
    "recertify": ("credential", "ACC-ATTEST", {"password_accepted": True, "code_accepted": True}),
    "training": ("credential", "ACC-ATTEST", {"password_accepted": True, "code_accepted": True}),
    "no-right": ("credential", "ACC-ENTITLE", {"password_accepted": True, "code_accepted": True}),
    "in-use": ("transient", "ACC-INUSE", {"password_accepted": True, "code_accepted": True}),
    "bot-notice": ("refused", "ACC-BLOCKED", {"password_accepted": True, "code_accepted": True}),
    "captcha": ("refused", "ACC-CAPTCHA", {}),
}


def pack(address: str, *, in_place: bool = False, idle_minutes: int = 15, **more: Any) -> Pack:
    """The door's pack: every page that it can show."""
    loads = {"new_page": not in_place}
    accepted = {"password_accepted": True}
    both = {**accepted, "code_accepted": True}
    ends = [
        {"view": name, "then": "stop", "ending": ending, "code": code, **proofs}
        for name, (ending, code, proofs) in _ENDS.items()
    ]
    ends.append({"view": "new-password-refused", "then": "stop", "ending": "credential", "code": "ACC-EXPIRED", **both})
    changed = {"current": "current", "new": "new", "again": "again", "press": "go", "refused": "new-password-refused"}
    ends.append({"view": "new-password", "then": "new-password", **changed, **both, **loads})
    table = [
        {"view": "home", "then": "signed-in"},
        *ends,
        {"view": "maintenance", "then": "stop", "ending": "transient", "code": "TECH-MAINT", "until": "until"},
        {"view": "user-name", "then": "user-name", "user_name": "user", "press": "go", **loads},
        {"view": "sign-in", "then": "password", "user_name": "user", "password": "password", "press": "go", **loads},
        {
            "view": "password", "then": "password", "password": "password", "press": "go", "choose": "computer",
            "entry": "Private", **loads,
        },
        {"view": "method", "then": "choose", "choose": "method", "entry": "E-mail", "press": "go", **accepted, **loads},
        {"view": "code", "then": "code", "code": "code", "press": "go", "remember": "remember", **accepted, **loads},
        {
            "view": "read-code", "then": "code", "code": "code", "press": "go", "source": "person", "life_minutes": 10,
            **accepted, **loads,
        },
        {
            "view": "question", "then": "question", "question": "asked", "answer": "answer", "press": "go",
            **accepted, **loads,
        },
        {"view": "terms", "then": "terms", "text": "text", "tick": "tick", "press": "go", **both, **loads},
        {"view": "expiring", "then": "pass", "press": "go", "notice": "ACC-EXPIRED", **both, **loads},
    ]  # fmt: skip
    plain = {name: _view(name) for name in ("home", "signed-out", *_ENDS)}
    return Pack.model_validate(
        {
            "portal": "small-door",
            "title": "A door",
            "version": "1",
            "verified_on": "2026-11-22",
            "address": address,
            "time_zone": "America/New_York",
            "flows": {"claim-status": "read"},
            "limits": {"lookups_a_minute": 60, "idle_minutes": idle_minutes, "answer_seconds": 3},
            "lockout": {"attempts": 3, "code_attempts": 3, "window_hours": 24},
            "formats": {"date": "MM/DD/YYYY"},
            "matching": {},
            "sign_in": {
                "start": "/",
                "table": table,
                "remembered": {"cookies": [COOKIE], "days": 30},
                "passwords": {"min_length": 8, "max_length": 16, "classes": ["capital", "small", "digit"]},
            },
            "sign_out": {"steps": [{"go": "/out"}], "proof": "signed-out"},
            "interruptions": [
                {"view": "news", "press": "close"},
                {"view": "captcha", "ending": "refused", "code": "ACC-CAPTCHA"},
            ],
            "views": {**_VIEWS, **plain},
            "forms": {},
            **more,
        }
    )
