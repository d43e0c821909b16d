"""Asking a person for secrets: without echo at a terminal, else a line each from standard input. Never in arguments."""

import getpass
import sys
from dataclasses import dataclass, field
from typing import TextIO

from vault.secret import Secret


class NotAsked(Exception):
    """A secret was needed and could not be had; nothing was changed."""


@dataclass
class Asking:
    """Gets secrets in the order in which they are asked for; lines are taken from `lines` when it is given."""

    lines: TextIO | None = None

    @classmethod
    def of(cls, *, from_stdin: bool) -> "Asking":
        """From standard input when so told or when it is no terminal, else from the person."""
        return cls(sys.stdin if from_stdin or not sys.stdin.isatty() else None)

    def secret(self, what: str, *, twice: bool = False) -> Secret[str]:
        """One secret that must be there; `twice` for a new one. Raises NotAsked."""
        given = self.maybe_secret(what, twice=twice)
        if given is None:
            raise NotAsked(f"No {what} was given; nothing was changed.")
        return given

    def maybe_secret(self, what: str, *, twice: bool = False) -> Secret[str] | None:
        """One secret, or None for a blank line or the end of the input. Raises NotAsked when two entries differ."""
        if self.lines is not None:
            line = self.lines.readline().rstrip("\r\n")
            return Secret(line) if line else None
        first = self._typed(f"{what[:1].upper()}{what[1:]}: ")
        if first is not None and twice and first != self._typed("Once more: "):
            raise NotAsked(f"The two entries of the {what} differ; nothing was changed. Start again.")
        return first

    def _typed(self, prompt: str) -> Secret[str] | None:
        try:
            typed = getpass.getpass(prompt, stream=sys.stderr)
        except EOFError:
            return None
        return Secret(typed) if typed else None


@dataclass
class AskingOnce(Asking):
    """Asks for each secret once, however often the command needs it."""

    _given: dict[str, Secret[str]] = field(default_factory=dict)

    def secret(self, what: str, *, twice: bool = False) -> Secret[str]:
        """See `Asking`."""
        if what not in self._given:
            self._given[what] = super().secret(what, twice=twice)
        return self._given[what]
