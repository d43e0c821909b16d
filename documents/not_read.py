"""What could not be read of a file that came from outside, and where it stands."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class NotRead:
    """A part of a file that was left out whole; the other parts are read. Neither text quotes the file.

    `where`: "payment 2 (segment 41)"; `what`: what is wrong there, as a clause.
    """

    where: str
    what: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}"
