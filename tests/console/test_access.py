"""Through the whole desk: session, roles of the ledger, guard and page. Every combination: test_access_walk."""

from collections.abc import Iterator

import pytest
from django.test import Client
from django.urls import reverse

from console.access import Page
from console.application import Application
from console.rights import RIGHTS, Right
from console.urls import PAGES
from ledger.roles import Role
from tests.console.conftest import SignedIn


def first_pages() -> Iterator[Page]:
    """The pages that one comes to without naming anything."""
    return (page for page in PAGES if page.get and not page.live and "<" not in page.path)


def test_every_page_answers_somebody_with_all_roles(signed_in: SignedIn) -> None:
    client = signed_in(*Role, name="everybody")
    answers = {page.name: client.get(reverse(page.name)) for page in first_pages()}
    assert {name: one.status_code for name, one in answers.items() if one.status_code not in {200, 302}} == {}
    assert not any(one.headers.get("Location", "").startswith("/sign-in/") for one in answers.values())


def test_no_page_but_ones_own_account_answers_somebody_without_a_role(signed_in: SignedIn) -> None:
    client = signed_in()
    for page in first_pages():
        wanted = 200 if page.get is Right.SIGNED_IN else 403
        assert client.get(reverse(page.name)).status_code == wanted, page.name


@pytest.mark.parametrize("role", Role)
def test_what_one_may_see_is_by_the_roles_in_the_ledger(signed_in: SignedIn, role: Role) -> None:
    client = signed_in(role)
    for name, right in (("accounts", Right.SEE_ACCOUNTS), ("account-new", Right.MANAGE_ACCOUNTS)):
        assert client.get(reverse(name)).status_code == (200 if right in RIGHTS[role] else 403)


def test_somebody_who_is_not_signed_in_is_asked_to(application: Application) -> None:
    answer = Client().get("/exceptions/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/?next=%2Fexceptions%2F")
