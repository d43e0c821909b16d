"""Options that take one of a few words, told by their list when another word is given."""

from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

import typer

if TYPE_CHECKING:
    from portalwright.settings import KeyKind

E = TypeVar("E", bound=StrEnum)


def choice(kind: type[E], text: str, option: str) -> E:
    """The member of this value; raises a usage error that names the words that there are."""
    try:
        return kind(text)
    except ValueError:
        raise typer.BadParameter(f"must be one of: {', '.join(kind)}", param_hint=option) from None


def key_kind(text: str | None) -> "KeyKind | None":
    """The kind of key that --key names: file (or key-file), passphrase, keyring or command."""
    from portalwright.settings import KeyKind

    return None if text is None else choice(KeyKind, "key-file" if text == "file" else text, "--key")
