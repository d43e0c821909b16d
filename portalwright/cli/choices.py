"""Options that take one of a few words, told by their list when another word is given."""

from enum import StrEnum
from typing import TypeVar

import typer

E = TypeVar("E", bound=StrEnum)


def choice(kind: type[E], text: str, option: str) -> E:
    """The member of this value; raises a usage error that names the words that there are."""
    try:
        return kind(text)
    except ValueError:
        raise typer.BadParameter(f"must be one of: {', '.join(kind)}", param_hint=option) from None
