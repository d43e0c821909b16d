"""A new password within a portal's rules: drawn by the system's own generator, easy to type by hand if it must be."""

import itertools
import secrets
import string
from collections.abc import Callable

from packs.passwords import CharacterClass, PasswordRules
from vault.secret import Secret

_LENGTH = 20
"""As long as this where the portal takes it: more than 110 bits."""
_STRICT_LENGTH = 12
_MOST_DRAWS = 1000
_SHARED = 3
"""So many characters in a row from the user name are too many."""

_LOOK_ALIKE = frozenset("Il1O0o|")
"""Left out, so that a person who has to type the password from a screen does not take one for another."""
_LETTERS = {
    CharacterClass.CAPITAL: string.ascii_uppercase,
    CharacterClass.SMALL: string.ascii_lowercase,
    CharacterClass.DIGIT: string.digits,
}


class NoPasswordFits(Exception):
    """The portal's rules, as the pack has them, leave no password that is like none before it."""


def new_password(
    rules: PasswordRules, user_name: Secret[str], known: Callable[[Secret[str]], bool], *, strict: bool = False
) -> Secret[str]:
    """Draw a password by these rules that `known` (the ones in use and before) does not have.

    It holds no three characters in a row of the user name, none twice in a row, and none three in the order of the
    alphabet or of the digits. `strict`, for a portal that refused one for a rule that the pack does not know: shorter,
    begins and ends with a letter, no character twice, one symbol only. Raises NoPasswordFits.
    """
    length = min(rules.max_length, max(rules.min_length, _STRICT_LENGTH if strict else _LENGTH))
    for _ in range(_MOST_DRAWS):
        drawn = Secret(_strictly(rules, length) if strict else _drawn(rules, length))
        if fits(drawn, rules, user_name) and not known(drawn):
            return drawn
    raise NoPasswordFits


def fits(password: Secret[str], rules: PasswordRules, user_name: Secret[str]) -> bool:
    """Does a password meet the portal's rules and ours?"""
    text = password.reveal()
    kinds = [_alphabet(kind, rules) for kind in rules.classes]
    whole = "".join(kinds)
    return (
        rules.min_length <= len(text) <= rules.max_length
        and all(any(letter in kind for letter in text) for kind in kinds)
        and all(letter in whole for letter in text)
        and not any(one == following for one, following in itertools.pairwise(text))
        and not _runs(text)
        and not _like(text, user_name.reveal())
    )


def _drawn(rules: PasswordRules, length: int) -> str:
    kinds = [_alphabet(kind, rules) for kind in rules.classes]
    each = [secrets.choice(kind) for kind in kinds]
    rest = [secrets.choice("".join(kinds)) for _ in range(length - len(each))]
    return "".join(_shuffled(each + rest))


def _strictly(rules: PasswordRules, length: int) -> str:
    """Letters at both ends, one symbol at most, no character twice."""
    letters = "".join(
        _alphabet(kind, rules) for kind in rules.classes if kind in (CharacterClass.CAPITAL, CharacterClass.SMALL)
    )
    each = [
        secrets.choice(rules.symbols[:1] if kind is CharacterClass.SYMBOL else _alphabet(kind, rules))
        for kind in rules.classes
    ]
    rest = [letter for letter in _shuffled(list(letters)) if letter not in each][: length - len(each)]
    inside = _shuffled(each + rest[2:])
    return "".join((*rest[:1], *inside, *rest[1:2]))


def _alphabet(kind: CharacterClass, rules: PasswordRules) -> str:
    if kind is CharacterClass.SYMBOL:
        return rules.symbols
    return "".join(letter for letter in _LETTERS[kind] if letter not in _LOOK_ALIKE)


def _shuffled(letters: list[str]) -> list[str]:
    left = list(letters)
    return [left.pop(secrets.randbelow(len(left))) for _ in range(len(left))]


def _runs(text: str) -> bool:
    """Three in a row that follow one another, up or down."""
    codes = [ord(letter) for letter in text.casefold()]
    return any(abs(a - b) == 1 and b - a == c - b for a, b, c in zip(codes, codes[1:], codes[2:], strict=False))


def _like(text: str, user_name: str) -> bool:
    name, folded = user_name.casefold(), text.casefold()
    parts = {name[at : at + _SHARED] for at in range(len(name) - _SHARED + 1)} or {name}
    return any(part in folded or part[::-1] in folded for part in parts)
