"""What a portal takes as a new password, as its own pages say it; by these rules the robot makes one (DOMAIN 1.6)."""

import string
from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, model_validator

from packs.parts import Part


class CharacterClass(StrEnum):
    """A kind of character that a password must have one of."""

    CAPITAL = "capital"
    SMALL = "small"
    DIGIT = "digit"
    SYMBOL = "symbol"


_TYPED_BY_ANY_KEYBOARD = frozenset(string.punctuation)


class PasswordRules(Part):
    """The portal's rules for a new password. A rule that is left out here is one that the portal does not have."""

    min_length: Annotated[int, Field(ge=6, le=64)]
    """So many characters at least."""
    max_length: Annotated[int, Field(ge=8, le=128)] = 64
    """So many at most; a portal that cuts off what is longer without a word would lock us out."""
    classes: Annotated[tuple[CharacterClass, ...], Field(min_length=1)]
    """One of each of these kinds must be in it: capital, small, digit, symbol. Others are not used."""
    symbols: str = ""
    """The symbols that the portal takes; needed with the class `symbol`."""
    history: Annotated[int, Field(ge=0, le=24)] = 0
    """It must differ from so many passwords before it."""
    days: Annotated[int, Field(ge=1, le=3650)] | None = None
    """So many days a password lasts; left out where it does not end."""

    @model_validator(mode="after")
    def _can_be_met(self) -> Self:
        if self.max_length < self.min_length:
            raise ValueError("'max_length' is less than 'min_length'")
        if len(set(self.classes)) != len(self.classes):
            raise ValueError("a class is named twice in 'classes'")
        if not {CharacterClass.CAPITAL, CharacterClass.SMALL} & set(self.classes):
            raise ValueError("'classes' needs 'capital' or 'small': without letters no good password is made")
        if (CharacterClass.SYMBOL in self.classes) != bool(self.symbols):
            raise ValueError("'symbols' says which ones the class 'symbol' may be, and goes with it")
        if not set(self.symbols) <= _TYPED_BY_ANY_KEYBOARD:
            raise ValueError("'symbols' may hold those of a plain keyboard only, such as !#$%-_")
        return self
