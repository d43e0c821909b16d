"""A value that cannot show itself: passwords, seeds, keys and codes travel through the program inside one of these."""

import hmac
from typing import Generic, NoReturn, SupportsIndex, TypeVar

from vault.errors import SecretEmpty

T = TypeVar("T", str, bytes)


class Secret(Generic[T]):
    """A text or byte secret that is read in one way only: `reveal()`.

    `repr` is masked, so logs and tracebacks stay clean. `str` and formatting raise `TypeError` rather than give a
    mask, because a mask typed into a sign-in form would be pressed as a wrong password and count as a strike.
    Pickling and JSON raise too. Comparison is in constant time and only between secrets; a secret has no length,
    no order and no hash.

    Raises `SecretEmpty` for a value without content.
    """

    __slots__ = ("__value",)
    __value: T

    def __init__(self, value: T) -> None:
        if not value:
            raise SecretEmpty
        object.__setattr__(self, "_Secret__value", value)

    def reveal(self) -> T:
        """Give the value in the clear; call it in the expression that needs it and keep no name for the result."""
        return self.__value

    def __repr__(self) -> str:
        return "<Secret>"

    def __str__(self) -> str:
        raise TypeError("a secret does not become text; call reveal() where it is needed")

    def __format__(self, format_spec: str) -> str:
        raise TypeError("a secret does not become text; call reveal() where it is needed")

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = self.__value, other.reveal()
        if type(mine) is not type(theirs):
            return False
        return hmac.compare_digest(_encoded(mine), _encoded(theirs))

    __hash__ = None  # type: ignore[assignment] # a hash would be a digest of the secret

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError("a secret does not change")

    def __delattr__(self, name: str) -> NoReturn:
        raise AttributeError("a secret does not change")

    def __reduce_ex__(self, protocol: SupportsIndex) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __getstate__(self) -> NoReturn:
        raise TypeError("a secret is not pickled")

    def __copy__(self) -> "Secret[T]":
        return self

    def __deepcopy__(self, memo: object) -> "Secret[T]":
        return self


def _encoded(value: str | bytes) -> bytes:
    return value.encode("utf-8", "surrogatepass") if isinstance(value, str) else value
