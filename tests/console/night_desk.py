"""The desk in the evening of the tests' night, by a clock that a test sets; for the tests of the night and the portals.

The fixtures take the place of the conftest's where a test module imports them.
"""

from dataclasses import replace
from datetime import datetime

import pytest
from django.conf import LazySettings
from django.test import Client

from console.application import Application
from console.settings import SETTINGS
from portalwright.desk.application import application as made_of
from portalwright.office import Desk
from tests.portalwright.test_watching_look import NOW, PACKS


class SetClock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.at = NOW

    def now(self) -> datetime:
        return self.at


@pytest.fixture
def clock() -> SetClock:
    """What time it is at the desk."""
    return SetClock()


@pytest.fixture
def application(desk: Desk, settings: LazySettings, clock: SetClock) -> Application:
    """What the pages are served with, by that clock; packs are read once for all tests."""
    made = replace(made_of(desk, PACKS), clock=clock)
    for name, value in {**SETTINGS, "CONSOLE_APPLICATION": made}.items():
        setattr(settings, name, value)
    return made


def page(client: Client, path: str = "/") -> str:
    """The page as it is shown."""
    answer = client.get(path)
    assert answer.status_code == 200, (path, answer.status_code)
    return answer.content.decode()
