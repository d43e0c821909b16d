"""A desk that is served: a small office with a real ledger and vault, and people of every role who are signed in."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.conf import LazySettings
from django.test import Client

from console import sessions
from console.application import Application
from console.settings import SETTINGS
from ledger import console_accounts, membership
from ledger.roles import Role
from portalwright.desk.application import application as made_of
from portalwright.office import Desk
from tests.ledger.office import NOW
from tests.portalwright.test_watching_look import opened

PASSWORD = "correct horse battery staple"

SignedIn = Callable[..., Client]


@pytest.fixture
def desk(db: None, tmp_path: Path) -> Iterator[Desk]:
    """The opened office, in the name of dana, who works for its one practice."""
    yield from opened(tmp_path)


@pytest.fixture
def application(desk: Desk, settings: LazySettings) -> Application:
    """What the pages are served with, in this process."""
    made = made_of(desk)
    hosts = [*SETTINGS["ALLOWED_HOSTS"], "testserver"]
    for name, value in {**SETTINGS, "ALLOWED_HOSTS": hosts, "CONSOLE_APPLICATION": made}.items():
        setattr(settings, name, value)
    return made


@pytest.fixture
def person(desk: Desk) -> Callable[..., str]:
    """Makes an account with these roles and the tests' password; returns its name."""

    def make(*roles: Role, name: str = "") -> str:
        called = name or "-".join(roles) or "nobody"
        membership.allow(called, desk.actor, NOW)
        console_accounts.set_password(called, PASSWORD, desk.actor, NOW, must_change=False)
        for role in roles:
            console_accounts.give_role(called, role, desk.actor, NOW)
        return called

    return make


@pytest.fixture
def signed_in(application: Application, desk: Desk, person: Callable[..., str]) -> SignedIn:
    """A browser of somebody with these roles, who has signed in: `signed_in(Role.BILLER)`."""

    def sign_in(*roles: Role, name: str = "") -> Client:
        called = person(*roles, name=name)
        account_id = next(one.account_id for one in [membership.enter(called, None, NOW)[1]])
        found = console_accounts.entered(account_id)
        assert found is not None
        client = Client(SERVER_NAME="localhost")
        session = client.session
        sessions.begin(session, found, application.clock.now())
        session.save()
        client.cookies["sessionid"] = session.session_key or ""
        return client

    return sign_in
