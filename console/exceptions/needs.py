"""What these pages need of the application."""

from typing import Protocol

from documents.rows import OfficeScope
from flows.questions import Flow
from ledger.accounts import Actor, Practice


class NotWritten(Exception):
    """A text could not be brought into the office's pack. The sentence says why, and what a person has to do."""


class ExceptionNeeds(Protocol):
    """What only the application can do with an exception."""

    def scope(self, practice: Practice, flow: Flow) -> OfficeScope:
        """What a claim or visit may name in this office, by which a correction is checked as an import is."""

    def learn(self, portal: str, place: str, text: str, means: str, actor: Actor) -> None:
        """Write into the office's own pack, in this person's name, what the text means. Raises NotWritten."""
