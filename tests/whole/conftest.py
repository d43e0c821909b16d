"""An office that the real command line made once, and a fresh copy of it for each test."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.practice_portal import PracticePortal
from tests.whole.office import CLAIMS, PORTAL, SEED, Commands, canary_rows, make_office


@pytest.fixture(scope="session")
def office_made_once(tmp_path_factory: pytest.TempPathFactory) -> Commands:
    """An office with a credential, a permission and a work list for the practice portal of this seed."""
    with PracticePortal(PORTAL, seed=SEED, claims=CLAIMS) as portal:
        return make_office(tmp_path_factory.mktemp("made"), portal, canary_rows(portal))


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    """The same payer again, in a process of its own."""
    with PracticePortal(PORTAL, seed=SEED, claims=CLAIMS) as started:
        yield started


@pytest.fixture
def office(office_made_once: Commands, portal: PracticePortal, tmp_path: Path) -> Commands:
    """A fresh office at that portal."""
    copy = office_made_once.copy_to(tmp_path)
    copy.leads_to(portal.address)
    return copy
