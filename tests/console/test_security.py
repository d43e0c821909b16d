"""What keeps the desk shut besides passwords: headers, cookies, forms that came from our own pages, the right host."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from django.conf import LazySettings
from django.conf import settings as served
from django.test import Client

import console.settings
from console import headers
from console.application import Application
from console.settings import SETTINGS, configure
from console.urls import PAGES
from ledger.roles import Role
from tests.console.conftest import PASSWORD, SignedIn

_FOLDER = Path(console.settings.__file__).parent / "templates"
A_FILE = _FOLDER / "reports" / "one_page.html"
"""A report as a file to hand on: it has its style within it, and is no page of the desk."""
TEMPLATES = sorted(set(_FOLDER.rglob("*.html")) - {A_FILE})


IN_TITLES = {"title", "kind.title", "payment.id", "line.id", "task.id", "record.number"}
"""Words of ours, and numbers that the ledger gave; a title stands in the browser's history."""


@contextmanager
def configured(**more: Any) -> Iterator[dict[str, Any]]:
    """The settings as the desk is served with; they are as before afterwards."""
    names = {*SETTINGS, "SECRET_KEY", "ALLOWED_HOSTS", "SESSION_COOKIE_NAME", "SESSION_COOKIE_SECURE"}
    names |= {"CSRF_COOKIE_SECURE", "CONSOLE_APPLICATION"}
    before = {name: getattr(served, name) for name in names if hasattr(served, name)}
    try:
        configure(None, **more)  # type: ignore[arg-type] # no page is asked for
        yield {name: getattr(served, name) for name in names}
    finally:
        for name in names:
            if name in before:
                setattr(served, name, before[name])
            else:
                delattr(served, name)


def test_every_answer_forbids_what_is_inline_and_keeps_no_copy(signed_in: SignedIn) -> None:
    client = signed_in(Role.ADMIN)
    asked = [
        client.get("/accounts/"),
        client.get("/exceptions/"),  # not this role's
        client.get("/no-such-page/"),
        client.delete("/accounts/"),
        Client().get("/accounts/"),
        Client().get("/sign-in/"),
    ]
    assert [answer.status_code for answer in asked] == [200, 403, 404, 405, 302, 200]
    for answer in asked:
        policy = dict(part.split(" ", 1) for part in answer.headers["Content-Security-Policy"].split("; "))
        assert (policy["default-src"], policy["frame-ancestors"], policy["base-uri"]) == ("'none'",) * 3
        assert {policy[name] for name in policy if name not in {"default-src", "frame-ancestors", "base-uri"}} == {
            "'self'"
        }
        assert answer.headers["Cache-Control"] == "no-store"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"


def test_files_of_the_console_may_be_kept_and_have_the_same_policy(application: Application) -> None:
    answer = Client().get("/static/style.css")
    assert answer.status_code == 200
    assert answer.headers["Content-Security-Policy"] == headers.POLICY
    assert "no-store" not in answer.headers["Cache-Control"]


class _Inline(HTMLParser):
    """Finds what the policy would not let run or look as meant."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "style" or (tag == "script" and "src" not in given):
            self.found.append(tag)
        self.found += [name for name, value in attrs if name.startswith("on") or name == "style"]
        self.found += [
            name for name, value in attrs if (value or "").strip().lower().startswith(("javascript:", "data:"))
        ]


@pytest.mark.parametrize("template", TEMPLATES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_no_template_has_anything_inline(template: Path) -> None:
    parser = _Inline()
    parser.feed(re.sub(r"{%.*?%}|{#.*?#}|{{.*?}}", "", template.read_text(encoding="utf-8"), flags=re.DOTALL))
    assert parser.found == []
    assert "http://" not in template.read_text(encoding="utf-8").replace("http://www.w3.org/2000/svg", "")


def test_a_form_that_is_not_of_our_own_pages_does_nothing(signed_in: SignedIn) -> None:
    client = signed_in(Role.ADMIN)
    strict = Client(enforce_csrf_checks=True)
    strict.cookies = client.cookies
    for page in PAGES:
        if page.post is not None and "<" not in page.path:
            answer = strict.post(f"/{page.path}", {"name": "kim", "roles": "admin"})
            assert answer.status_code == 403, page.name
    page_of_ours = strict.get("/accounts/new/").content.decode()
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page_of_ours)
    assert token is not None
    typed = {"name": "kim", "roles": "biller", "csrfmiddlewaretoken": token[1]}
    assert strict.post("/accounts/new/", typed, headers={"Origin": "http://elsewhere.example"}).status_code == 403
    assert strict.post("/accounts/new/", typed).status_code == 302


def test_signing_in_takes_a_form_of_our_own_too(application: Application, person: Callable[..., str]) -> None:
    strict = Client(enforce_csrf_checks=True)
    assert strict.post("/sign-in/", {"name": person(Role.ADMIN), "password": PASSWORD}).status_code == 403


def test_a_name_of_somebody_elses_that_leads_here_is_refused(application: Application, settings: LazySettings) -> None:
    settings.ALLOWED_HOSTS = [*SETTINGS["ALLOWED_HOSTS"]]
    for host, status in (("localhost", 200), ("127.0.0.1:8700", 200), ("elsewhere.example", 400)):
        answer = Client(SERVER_NAME="localhost").get("/sign-in/", headers={"Host": host})
        assert answer.status_code == status, host


def test_the_session_cookie_is_for_our_pages_alone(application: Application, person: Callable[..., str]) -> None:
    client = Client()
    client.post("/sign-in/", {"name": person(Role.ADMIN), "password": PASSWORD})
    (cookie,) = client.cookies.values()
    assert (cookie["httponly"], cookie["samesite"], cookie["expires"], cookie["max-age"]) == (True, "Strict", "", "")
    assert len(cookie.value) >= 32


def test_over_tls_cookies_go_nowhere_else_and_two_offices_do_not_share_them() -> None:
    with configured(secret_key="one", over_tls=True) as one, configured(secret_key="two") as two:
        assert (one["SESSION_COOKIE_SECURE"], one["CSRF_COOKIE_SECURE"]) == (True, True)
        assert one["SESSION_COOKIE_NAME"].startswith("__Host-")
        assert not two["SESSION_COOKIE_SECURE"]
        assert one["SESSION_COOKIE_NAME"].removeprefix("__Host-") != two["SESSION_COOKIE_NAME"]


def test_sessions_hold_plain_values_and_last_no_longer_than_a_day_of_work() -> None:
    assert SETTINGS["SESSION_SERIALIZER"].endswith("JSONSerializer")
    assert SETTINGS["SESSION_COOKIE_AGE"] == 12 * 3600
    assert SETTINGS["MIDDLEWARE"][0] == "console.headers.Headers"


def test_no_page_says_who_it_is_about_in_its_title() -> None:
    for template in TEMPLATES:
        text = template.read_text(encoding="utf-8")
        for title in re.findall(r"{% block title %}(.*?){% endblock %}", text, re.DOTALL):
            assert set(re.findall(r"{{ (.*?) }}", title)) <= IN_TITLES, template.name
