"""Which entry of a list or of a group of buttons is meant: the one that is the value, else the only one holding it."""

from collections.abc import Iterable, Mapping
from typing import Any


def fitting_entry(choices: Iterable[Mapping[str, Any]], value: str) -> Mapping[str, Any] | None:
    """The entry that is the value, else the only one that holds it as whole words; None when that is not just one."""
    enabled = [choice for choice in choices if not choice["disabled"]]
    same = [choice for choice in enabled if _folded(choice["text"]) == _folded(value)]
    fitting = same or [choice for choice in enabled if holds_words(choice["text"], value)]
    return fitting[0] if len(fitting) == 1 else None


def _folded(text: str) -> str:
    return " ".join(text.split()).casefold()


def holds_words(text: str, value: str) -> bool:
    """Does the text hold the value as whole words, without regard to case?"""
    words, sought = text.casefold().split(), value.casefold().split()
    stripped = [word.strip("()[],;:") for word in words]
    return any(stripped[start : start + len(sought)] == sought for start in range(len(stripped) - len(sought) + 1))
