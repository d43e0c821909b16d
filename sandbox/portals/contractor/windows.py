"""One main window to a session: the keys by which a second tab, the back button and a refresh are told apart."""

import secrets
from dataclasses import dataclass, field

from sandbox.sessions import Session


def _key() -> str:
    return secrets.token_hex(8)


@dataclass
class Windows:
    """The keys of one session.

    `entry` opens the frameset, once. `window` is known to the frames of that one window and to the claim windows it
    opened. `page` belongs to the page in the content frame: each page has a new one, and only the newest is good.
    """

    entry: str = field(default_factory=_key)
    window: str = ""
    page: str = field(default_factory=_key)

    def enter(self, key: str) -> bool:
        """Open the frameset with the key that was given for it; False when it is used up or wrong."""
        if not self.entry or key != self.entry:
            return False
        self.entry, self.window = "", _key()
        return True

    def is_window(self, key: str) -> bool:
        """True for the key of the one open window."""
        return bool(self.window) and key == self.window

    def is_page(self, key: str) -> bool:
        """True for the key of the page that is in the content frame now."""
        return key == self.page

    def turn(self) -> str:
        """A new page comes into the content frame: its key; that of the page before is no longer good."""
        self.page = _key()
        return self.page


def windows_of(session: Session) -> Windows:
    """The session's keys; made when they are first asked for."""
    windows: Windows = session.own.setdefault("windows", Windows())
    return windows


def leave_main_window(session: Session) -> Windows:
    """The main window is left for another choice of account: new keys, and the frameset must be entered again."""
    session.own["windows"] = Windows()
    return windows_of(session)
