"""Every URL, every role, every method: what comes through is what the table of rights says, and nothing else is."""

import inspect
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, cast

import pytest
from asgiref.sync import async_to_sync
from django.conf import LazySettings
from django.contrib.sessions.backends.signed_cookies import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory
from django.urls import get_resolver, resolve
from django.urls.resolvers import URLPattern

from console.access import Page
from console.application import Application
from console.request import Who
from console.rights import RIGHTS, Right, rights_of
from console.urls import PAGES
from ledger import console_accounts, membership, models
from ledger.accounts import Actor
from ledger.roles import Role
from portalwright.office import Desk
from tests.console.conftest import PASSWORD, SignedIn
from tests.ledger import two_practices
from tests.ledger.office import NOW, PORTAL
from tests.ledger.test_practices import rows
from tests.ledger.two_practices import World, desk_of, filled

METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")
OPEN_TO_ALL = {"sign-in"}
REACHED = 299
"""What the stand-ins of the pages answer."""


def patterns() -> Iterator[URLPattern]:
    """Every pattern that Django knows."""
    for one in get_resolver("console.urls").url_patterns:
        assert isinstance(one, URLPattern), "pages stand in the table itself, one by one"
        yield one


def made_up(page: Page) -> str:
    """The page's address with ids that nobody has."""
    parts = {name: _MADE_UP[kind] for name, kind in kinds(page).items()}
    return address(page, parts)


_MADE_UP = {"int": "987654321", "str": "nobody-has-this"}


def kinds(page: Page) -> Mapping[str, str]:
    """The parts of the path that stand for ids, and their kinds."""
    found = {}
    for piece in page.path.split("<")[1:]:
        kind, name = piece.split(">")[0].split(":")
        found[name] = kind
    return found


def address(page: Page, parts: Mapping[str, object]) -> str:
    path = page.path
    for name, kind in kinds(page).items():
        path = path.replace(f"<{kind}:{name}>", str(parts[name]))
    return f"/{path}"


def right_of(page: Page, method: str) -> Right | None:
    return page.get if method in {"GET", "HEAD"} else page.post if method == "POST" else None


def test_every_url_is_in_the_table_and_everything_in_the_table_is_there() -> None:
    assert {(str(one.pattern), one.name) for one in patterns()} == {(page.path, page.name) for page in PAGES}
    assert len({page.name for page in PAGES}) == len({page.path for page in PAGES}) == len(PAGES)
    assert {page.name for page in PAGES if page.public} == OPEN_TO_ALL
    assert all(page.public or page.rights for page in PAGES)


@pytest.fixture
def stand_ins() -> Iterator[None]:
    """Each page's guard as it is in the URLs, in front of a page that only says that it was reached."""

    def reached(_request: HttpRequest, **_parts: object) -> HttpResponse:
        return HttpResponse(status=REACHED)

    async def reached_later(_request: HttpRequest, **_parts: object) -> HttpResponse:
        return HttpResponse(status=REACHED)

    were = [(page, page.view) for page in PAGES]
    for page, view in were:
        object.__setattr__(page, "view", reached_later if inspect.iscoroutinefunction(view) else reached)
    yield
    for page, view in were:
        object.__setattr__(page, "view", view)


@dataclass(frozen=True)
class Asking:
    """Asks for pages as somebody with these rights, past the middleware."""

    application: Application
    desk: Desk

    def __call__(self, method: str, url: str, who: Who | None) -> int:
        request = cast(Any, RequestFactory().generic(method, url))
        request.application, request.now, request.session = self.application, NOW, SessionStore()
        if who is not None:
            request.who = who
        found = resolve(url)
        answer = found.func(request, **found.kwargs)
        if inspect.iscoroutine(answer):
            answer = async_to_sync(_the)(answer)
        return int(answer.status_code)

    def somebody(self, *roles: Role, first: str = "") -> Who:
        practice = self.desk.practice
        actor = Actor(7, "somebody", is_robot=False, practice_id=practice.id)
        return Who(actor, practice, (practice,), frozenset(roles), rights_of(roles), first)


async def _the(answer: Any) -> HttpResponse:
    return cast(HttpResponse, await answer)


@pytest.fixture
def ask(application: Application, desk: Desk, stand_ins: None, settings: LazySettings) -> Asking:
    settings.ROOT_URLCONF = "console.urls"
    return Asking(application, desk)


@pytest.mark.parametrize("role", Role)
def test_a_role_reaches_what_the_table_gives_it_and_no_more(ask: Asking, role: Role) -> None:
    who = ask.somebody(role)
    for page in PAGES:
        for method in METHODS:
            right = right_of(page, method)
            if page.public:
                wanted = REACHED if method in {"GET", "HEAD", "POST"} else 405
            elif right is None:
                wanted = 405
            else:
                wanted = REACHED if right is Right.SIGNED_IN or right in RIGHTS[role] else 403
            assert ask(method, made_up(page), who) == wanted, (page.name, method)


def test_nobody_reaches_anything_without_signing_in(ask: Asking) -> None:
    for page in PAGES:
        for method in METHODS:
            if page.public:
                continue
            wanted = 405 if right_of(page, method) is None else 401 if page.live else 302
            assert ask(method, made_up(page), None) == wanted, (page.name, method)


def test_nobody_reaches_anything_with_a_password_that_has_to_be_changed_first(ask: Asking) -> None:
    who = ask.somebody(*Role, first="own-password")
    reached = {page.name for page in PAGES for method in METHODS if ask(method, made_up(page), who) == REACHED}
    assert reached == {"sign-in", "sign-out", "own-password", "own-authenticator"}


def test_through_the_whole_desk_nobody_sees_anything_without_signing_in(application: Application) -> None:
    client = Client()
    for page in PAGES:
        for method in METHODS:
            if page.public or right_of(page, method) is None:
                continue
            answer = client.generic(method, made_up(page))
            gone = answer.status_code == 401 or answer.headers.get("Location", "").startswith("/sign-in/?next=")
            assert gone, (page.name, method)


TheirDesk = two_practices.Desk
Ids = Mapping[str, object]


def ids_of(world: World, practice_id: int, account_id: int) -> Callable[[Page, str], object]:
    """By page and part of its path: a row of that practice, whatever the part stands for."""

    def first(table: Any, **more: object) -> object:
        return table.objects.filter(**(more or {"practice_id": practice_id})).values_list("pk", flat=True).first()

    known: Ids = {
        "case_id": world.rows["case"],
        "claim_id": world.rows["claim"],
        "appointment_id": first(models.Appointment),
        "patient_id": first(models.Patient),
        "payment": world.rows["payment"],
        "document": world.rows["document"],
        "lane": first(models.Lane, credential__practice_id=practice_id),
        "question": first(models.WorkItem),
        "code_request": first(models.CodeRequest, lane__credential__practice_id=practice_id),
        "account": account_id,
        "made": world.rows["report"],
        "emergency": world.rows["emergency"],
        "table": 1,
        "place": 0,
    }
    numbers = {"appeal": world.rows["draft"], "task": world.rows["not found"], "case": 1}

    def found(page: Page, part: str) -> object:
        if part == "number":
            return numbers[page.name.split("-")[0].removesuffix("s")]
        if kinds(page)[part] == "str":
            return {"portal": PORTAL, "flow": "claim-status"}.get(part, "nobody-has-this")
        assert part in known, f"say in tests/console/test_access_walk.py what {part} of {page.name} stands for"
        return known[part]

    return found


@pytest.fixture
def theirs(desk: Desk) -> TheirDesk:
    """The desk of another practice of the office, for which dana does not work."""
    practice = membership.add_practice("Hillside Pediatrics", "987654321", ("1999999984",), desk.actor, NOW)
    models.Account.objects.get(pk=desk.actor.account_id).practices.remove(practice.id)
    return desk_of(practice, "lee")


def by_id() -> Iterator[Page]:
    """The pages of one row, by its number in the ledger."""
    return (page for page in PAGES if "int" in kinds(page).values())


def test_what_another_practice_has_is_not_there(signed_in: SignedIn, desk: Desk, theirs: TheirDesk) -> None:
    part_of = ids_of(filled(theirs, desk.evidence), theirs.id, theirs.person.account_id)
    client = signed_in(*Role, name="everybody")
    before = rows()
    for page in by_id():
        url = address(page, {part: part_of(page, part) for part in kinds(page)})
        for method in page.rights:
            assert client.generic(method, url).status_code == 404, (page.name, method)
    assert rows() == before


def test_to_whom_it_belongs_it_is_there(signed_in: SignedIn, desk: Desk, theirs: TheirDesk) -> None:
    part_of = ids_of(filled(theirs, desk.evidence), theirs.id, theirs.person.account_id)
    console_accounts.set_password("lee", PASSWORD, theirs.person, NOW, must_change=False)
    for role in Role:
        console_accounts.give_role("lee", role, theirs.person, NOW)
    client = Client(raise_request_exception=False)  # a made-up row may be more than its page can read
    assert client.post("/sign-in/", {"name": "lee", "password": PASSWORD}).status_code == 302
    there = set()
    for page in by_id():
        if page.get is not None and "str" not in kinds(page).values():
            url = address(page, {part: part_of(page, part) for part in kinds(page)})
            if client.get(url).status_code != 404:
                there.add(page.name)
    missing = {page.name for page in by_id() if page.get and "str" not in kinds(page).values()} - there
    # No picture was taken, the code is not waited for any more, the draft has no document yet.
    assert missing <= {"case-picture", "code", "appeal-document"}
