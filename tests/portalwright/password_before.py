"""What a session has left behind that died while a portal's password was changed: done before a command starts."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from ledger import lanes, presses
from ledger.lanes import Lease
from ledger.presses import LockoutRule, PressKind
from portalwright.office import Desk, Office
from portalwright.settings import DEFAULT_CREDENTIAL
from tests.ledger.office import PORTAL
from tests.portalwright.before import NOW
from vault.secret import Secret

NEW = "Canary-new-password-2"


def sealed() -> None:
    """A new password was sealed, and never pressed."""
    with _session() as (desk, _):
        desk.vault.pending.seal(PORTAL, DEFAULT_CREDENTIAL, Secret(NEW))


def pressed() -> None:
    """A new password was sealed and pressed, and nobody saw the answer."""
    with _session() as (desk, lease):
        waiting = desk.vault.pending.seal(PORTAL, DEFAULT_CREDENTIAL, Secret(NEW))
        presses.begin(lease, waiting.version, PressKind.CHANGE, LockoutRule(4, timedelta(days=1)), NOW)


@contextmanager
def _session() -> Iterator[tuple[Desk, Lease]]:
    office = Office.find(Path(os.environ["PORTALWRIGHT_OFFICE"]))
    with office.at_work("dana", lambda: Secret("")) as desk:
        yield desk, lanes.take(PORTAL, DEFAULT_CREDENTIAL, 0, holder="tests:1", actor=desk.robot, now=NOW)
