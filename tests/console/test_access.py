"""Nobody sees a page without being signed in, and nobody does more than their roles give."""

import pytest
from django.test import Client
from django.urls import reverse

from console.application import Application
from console.rights import RIGHTS
from console.urls import PAGES
from ledger.roles import Role
from tests.console.conftest import SignedIn


@pytest.mark.parametrize("role", Role)
def test_the_parts_of_the_desk_are_those_of_the_role(signed_in: SignedIn, role: Role) -> None:
    client = signed_in(role)
    for page in PAGES:
        if page.get is None or page.public or "<" in page.path or page.live:
            continue
        answer = client.get(reverse(page.name))
        assert answer.status_code == (200 if page.get in RIGHTS[role] or page.get == "signed-in" else 403), page.name


def test_somebody_who_is_not_signed_in_is_asked_to(application: Application) -> None:
    answer = Client().get("/exceptions/")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/sign-in/?next=%2Fexceptions%2F")
