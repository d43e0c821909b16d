"""One office before one portal that wants new passwords: its password expires, a session is killed, another goes on."""

import multiprocessing
import random
import re
from collections import Counter
from dataclasses import dataclass, field, replace
from datetime import timedelta
from pathlib import Path

from portalwright.settings import SETTINGS_FILE
from sandbox.process import PracticePortal
from tests.chaos.office import furnish
from tests.chaos.password_office import CODE_WANTED, Found, Order, end_group, work
from tests.chaos.password_steps import LATE_SECONDS, RANDOM

_SECONDS = 180.0
_TYPICAL_SECONDS = 6.0
_KILLED = -9
_SECONDS_OF_MAIL = 10.0
_PASSWORD_AGE_DAYS = 91
"""More than any practice portal lets a password live."""
_MOST_SESSIONS = 3
"""Changed, proved by the next, and one to spare."""


@dataclass
class Change:
    """One office before one portal, whose password is changed as often as anybody likes. `folder` is the office's."""

    folder: Path
    portal: PracticePortal
    chance: random.Random
    ahead: timedelta = timedelta()
    typical: float = _TYPICAL_SECONDS
    passwords: set[str] = field(default_factory=set)
    _seen: int = 0

    def expire(self) -> None:
        """The portal wants a new password; the day after, so that it is not the second one in a day."""
        self.ahead += timedelta(days=1, minutes=1)
        self.portal.account(password_age_days=_PASSWORD_AGE_DAYS, idle_days=0)
        self._seen = len(self.portal.events())

    def killed(self, step: str) -> bool:
        """A session that dies at this step; false when it came to its end before, and so did the one that proves what
        the first one changed, where the portal's codes leave that to the next night."""
        for _ in range(2):
            self.ahead += timedelta(minutes=2)
            seconds = self.typical if step == RANDOM else LATE_SECONDS
            order = Order(self.folder, self.portal.name, self.ahead, step, seconds, seed=self.chance.randrange(2**31))
            found = self._run(order)
            if found is None:
                return True
            if found.why:
                raise RuntimeError(f"A session that nobody killed could not sign in: {found.why}")
            self._know(found)
            if found.waiting is None:
                break
        return False

    def goes_on(self) -> Found:
        """The sessions of the nights after, until none can do more: the last of them."""
        for _ in range(_MOST_SESSIONS):
            found = self._surely(Order(self.folder, self.portal.name, self.ahead))
            if found.seconds:
                self.typical = max(1.0, (self.typical + found.seconds) / 2)
            if found.why or found.waiting is None:
                break
        return found

    def person(self, *, new_works: bool) -> Found:
        """A person tries both by hand and says which one works; or accepts the portal's terms, where that is wanted."""
        return self._surely(Order(self.folder, self.portal.name, self.ahead, person=True, new_works=new_works))

    def pressed(self) -> tuple[Counter[str], int]:
        """What the portal saw since the password expired: results of presses of secrets, and tries to change the
        password."""
        events = self.portal.events(self._seen)
        results = Counter(event["result"] for event in events if event["kind"] in _PRESSES)
        return results, sum(event["kind"] == "password_changed" for event in events)

    def in_the_clear(self) -> int:
        """So many of the passwords of all these rounds stand in the clear in a file of the office, logs and all."""
        files = [path.read_bytes() for path in self.folder.parent.rglob("*") if path.is_file()]
        return sum(any(password.encode() in content for content in files) for password in self.passwords)

    def _surely(self, order: Order) -> Found:
        """A process that nobody kills, a little later: the lane of a dead one is free by then."""
        self.ahead += timedelta(minutes=2)
        found = self._run(replace(order, ahead=self.ahead))
        if found is None:
            raise RuntimeError("A process that nobody killed died; why stands above.")
        self._know(found)
        return found

    def _know(self, found: Found) -> None:
        self.passwords |= {found.in_use} if found.waiting is None else {found.in_use, found.waiting}

    def _run(self, order: Order) -> Found | None:
        """One process, and the mail that it wants to have read; None when it was killed."""
        mine, theirs = _FORKS.Pipe()
        process = _FORKS.Process(target=work, args=(order, theirs))
        process.start()
        theirs.close()
        found: Found | None = None
        try:
            while found is None and mine.poll(_SECONDS):
                told = mine.recv()
                if told == CODE_WANTED:
                    mine.send(self._mailed_code())
                else:
                    found = told
        except (EOFError, BrokenPipeError, ConnectionResetError):
            found = None
        process.join(_SECONDS)
        code = process.exitcode
        if code not in (0, _KILLED):
            process.kill()
            raise RuntimeError(f"A process ended with {code}; why stands above.")
        end_group(process.pid or 0)
        mine.close()
        return found if code == 0 else None

    def _mailed_code(self) -> str:
        """The newest code in the office's mail, which has arrived by now."""
        self.portal.advance(_SECONDS_OF_MAIL)
        return self.portal.mailbox()[-1]["code"]


_PRESSES = frozenset({"password_press", "code_press", "question_press"})
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    ["tests.chaos.password_office", "portalwright.running", "bots.door.code_on_its_way", "playwright.async_api"]
)


def prepared(portal: PracticePortal, root: Path, seed: int) -> Change:
    """An office that lets the robot choose a new password at this portal, with questions to ask there.

    It has been signed in before: its terms are accepted, and its computer is known where the portal remembers one.
    """
    folder = furnish(root, [portal]).folder
    settings = folder / SETTINGS_FILE
    heading = re.compile(rf"^\[portals\.{re.escape(portal.name)}\]$", re.MULTILINE)
    permitted = f"[portals.{portal.name}]\nchange-password = true"
    text, count = heading.subn(permitted, settings.read_text(encoding="utf-8"))
    if count != 1:
        raise RuntimeError("office.toml is not as this expects it")
    settings.write_text(text, encoding="utf-8")
    change = Change(folder, portal, random.Random(seed))
    if change.goes_on().why:
        change.person(new_works=False)
        if why := change.goes_on().why:
            raise RuntimeError(f"The office cannot sign in: {why}")
    return change
