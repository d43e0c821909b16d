"""Practice portals as processes of their own: one to each test, or one to a module that only reads."""

from collections.abc import Iterator

import pytest

from tests.practice_portal import PracticePortal
from tests.sandbox.visiting import Visitor


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(seed=11, claims=3) as running:
        yield running


@pytest.fixture
def visitor(portal: PracticePortal) -> Iterator[Visitor]:
    with Visitor(portal) as person:
        yield person


@pytest.fixture(scope="module")
def full_portal() -> Iterator[PracticePortal]:
    """A portal with every scenario, for tests that change nothing in it."""
    with PracticePortal(seed=7, claims=400) as running:
        yield running


@pytest.fixture(scope="module")
def reader(full_portal: PracticePortal) -> Iterator[Visitor]:
    """Somebody who is signed in at the full portal."""
    with Visitor(full_portal) as person:
        yield person.sign_in()
