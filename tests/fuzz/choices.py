"""Bytes as a source of choices, so that one way to spoil a file serves hypothesis and atheris alike."""

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Choices:
    """What a recipe of bytes chooses, one choice after the other. A recipe that has ended chooses 0 for ever."""

    def __init__(self, recipe: bytes) -> None:
        self._recipe = recipe
        self._at = 0

    @property
    def left(self) -> int:
        """Bytes of the recipe that are not used up."""
        return len(self._recipe) - self._at

    def number(self, below: int) -> int:
        """A number from 0 to `below` - 1."""
        if below <= 1:
            return 0
        length = ((below - 1).bit_length() + 7) // 8
        return int.from_bytes(self.taken(length), "little") % below

    def one(self, of: Sequence[T]) -> T:
        """One of these, which must not be empty."""
        return of[self.number(len(of))]

    def chance(self, one_in: int) -> bool:
        """Yes in one of so many cases; no when the recipe has ended."""
        return self.number(one_in) == one_in - 1

    def span(self, length: int) -> tuple[int, int]:
        """The beginning and the end of a piece of something this long, more often a short one."""
        start = self.number(length + 1)
        most = self.one((1, 4, 16, 64, 1024))
        return start, min(length, start + self.number(most + 1))

    def taken(self, count: int) -> bytes:
        """The next bytes themselves; fewer when the recipe ends."""
        taken = self._recipe[self._at : self._at + count]
        self._at += len(taken)
        return taken
