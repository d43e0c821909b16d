"""What is wrong with a pack, as a person who mends it needs it: file, line, key, what is wrong and what is allowed."""

from collections.abc import Iterable
from dataclasses import dataclass

Place = tuple[str | int, ...]
"""Where in a pack: keys, and places in lists counted from 0."""


@dataclass(frozen=True)
class Finding:
    """Something wrong at a place of the pack, before the line is looked up."""

    place: Place
    what: str
    own: bool = False
    """Told only of what the pack says in this place: a family, or a view that others are like, may hold more."""


@dataclass(frozen=True)
class Problem:
    """One thing to mend. `line` counts from 1; `key` is the way down to it, with places in lists counted from 1."""

    file: str
    line: int
    key: str
    what: str

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}, {self.key}: {self.what}"


class PackError(Exception):
    """A pack that must not be used, with everything that is wrong with it; nothing has been opened with it."""

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(sorted(problems, key=lambda problem: (problem.file, problem.line, problem.key)))
        super().__init__("\n".join(str(problem) for problem in self.problems))


def key_of(place: Place) -> str:
    """`views.claims.elements.next.find[2]`: the place as it is written in messages and in the documentation."""
    key = ""
    for part in place:
        key += f"[{part + 1}]" if isinstance(part, int) else f".{part}" if key else part
    return key or "the pack"
