"""A portal that wants a new password: what the robot draws lies nowhere in the clear, killed in the middle too."""

import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from flows.questions import Flow
from portalwright.demo.office import ACCOUNT
from portalwright.exit_codes import ExitCode
from portalwright.settings import SETTINGS_FILE
from sandbox.process import PracticePortal
from tests.canary.night import SHORT_LEASE, WAIT_SECONDS, Canaries
from tests.whole.cage import gone
from tests.whole.office import Commands

DIES: Mapping[str, str] = {"practice-medicaid": "_press", "practice-contractor": "_followed"}
"""At which portal a session dies at which step of the change: before the new password is sent off, and before what
follows is read. The packs of these portals say by which rules a new password is made."""

_MOST_RUNS = 3
"""Changed, proved by the next, and one to spare for a person."""
_AGE_DAYS = 91
"""More than any practice portal lets a password live."""

_TELLS = """
import pathlib
import bots.door.changing
_draw = bots.door.changing.new_password
def _told(*given, **named):
    drawn = _draw(*given, **named)
    with pathlib.Path({file!r}).open("a", encoding="utf-8") as file:
        file.write(drawn.reveal() + chr(10))
    return drawn
bots.door.changing.new_password = _told
"""
"""Nobody else learns what was drawn; the file lies outside of everything that is searched."""

_STANDS_STILL = """
import asyncio
async def _for_ever(*given, **named):
    pathlib.Path({mark!r}).touch()
    await asyncio.sleep(600)
bots.door.changing.{step} = _for_ever
"""


def change(given: Canaries, root: Path) -> None:
    """At each portal: killed in the middle of a change, then changed, and searched after either."""
    for name, step in DIES.items():
        portal, drawn, mark = given.portals[name], root / f"drawn-{name}", root / f"at-{name}"
        tells, old = SHORT_LEASE + _TELLS.format(file=str(drawn)), portal.password
        with _permitted(given.office, portal):
            portal.profile(second_factor="none")
            portal.account(password_age_days=_AGE_DAYS, idle_days=0)
            _is_killed(given, portal, mark, tells + _STANDS_STILL.format(mark=str(mark), step=step))
            given.more |= _drawn(drawn)
            given.said.append(given.office("vault", "pending", name))
            given.search()
            for _ in range(_MOST_RUNS):
                ended = given.run(portal, Flow.CLAIM_STATUS, "--limit", "1", before=tells)
                if ended.code == ExitCode.STOPPED:
                    _is_settled(given, portal, drawn)
            fine = _in_use(portal, drawn) and ended.code == ExitCode.FINE
            given.expect(f"{name}: a new password ({ended.code}): {ended.out} {ended.err}", fine)
        given.more |= _drawn(drawn)
        given.search()
        _is_put_back(given, portal, old)


def _is_killed(given: Canaries, portal: PracticePortal, mark: Path, before: str) -> None:
    running = given.office.begin("run", portal.name, "--flow", "claim-status", "--limit", "1", before=before)
    deadline = time.monotonic() + WAIT_SECONDS
    while running.process.poll() is None and time.monotonic() < deadline:
        if mark.exists():
            given.said.append(gone(running))
            return
        time.sleep(0.05)
    ended = running.end()
    given.said.append(ended)
    given.expect(f"{portal.name}: killed in a change of its password ({ended.code}): {ended.err}", happened=False)


def _is_settled(given: Canaries, portal: PracticePortal, drawn: Path) -> None:
    """A person tries both by hand, and says which one works."""
    works = "new" if _in_use(portal, drawn) else "old"
    given.said.append(
        given.office("vault", "pending", portal.name, "--works", works, "--reason", "tried both", "--account", ACCOUNT)
    )
    given.release(portal)


def _drawn(file: Path) -> set[str]:
    return set(file.read_text(encoding="utf-8").splitlines()) if file.exists() else set()


def _in_use(portal: PracticePortal, drawn: Path) -> bool:
    return any(portal.has_password(password) for password in _drawn(drawn))


def _is_put_back(given: Canaries, portal: PracticePortal, old: str) -> None:
    """The payer's help desk gives the old one back, and a person enters it."""
    portal.set_password(old)
    portal.account(password_age_days=0, idle_days=0)
    given.said.append(
        given.office(
            "vault", "add", portal.name, "--from-stdin", stdin=f"{portal.user_name}\n{old}\n{portal.totp_seed}\n"
        )
    )
    given.release(portal)


@contextmanager
def _permitted(office: Commands, portal: PracticePortal) -> Iterator[None]:
    """The office lets the robot choose a new password at this portal."""
    settings = office.folder / SETTINGS_FILE
    text = settings.read_text(encoding="utf-8")
    heading = f"[portals.{portal.name}]"
    settings.write_text(re.sub(re.escape(heading), f"{heading}\nchange-password = true", text), encoding="utf-8")
    try:
        yield
    finally:
        settings.write_text(text, encoding="utf-8")
