"""What the office does with a document that a portal gave, before it counts: open it, and read what can be read."""

from typing import Protocol

from flows.portal import Collected


class NotWhole(Exception):
    """The document is empty, cut short, corrupt or of another kind; fetched once more it may be whole.

    `what` says it in words of ours that hold nothing from the document.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class PasswordWrong(Exception):
    """The document is protected, and the password (or having none) does not open it: for a person.

    `what` says it in words of ours that hold nothing from the document.
    """

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class Intake(Protocol):
    """Opens documents. Knows no portal, keeps nothing, and may be called from any thread."""

    def check(self, content: bytes, kind: str, password: str | None) -> Collected:
        """The document of this kind (835, eob, zip), opened and read. Raises NotWhole or PasswordWrong."""
        ...
