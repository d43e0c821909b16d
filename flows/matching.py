"""How names, numbers and claims are compared (DOMAIN 2.5).

Compare levels go from exact to normalised to the first three letters, as the payer's own rule says. Nothing here is
phonetic: sounding alike is a proposal for a person, never a match.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict

from flows.values import Frozen

_SUFFIXES = frozenset({"JR", "SR", "I", "II", "III", "IV", "V", "MD", "RN", "DR", "MR", "MRS", "MS"})


class NameRule(StrEnum):
    """How much of a name this portal shows and compares."""

    NORMALISED = "normalised"
    FIRST_THREE = "first-three"


class MatchingRules(Frozen):
    """How one payer writes names and member ids."""

    model_config = ConfigDict(strict=False)

    name_order: Literal["last-first", "first-last"] = "last-first"
    """`LAST, FIRST M` or `FIRST M LAST` where a portal shows the whole name in one text."""
    names: NameRule = NameRule.NORMALISED
    member_id_prefix: int = 0
    """So many leading characters may be left out by the portal (such as a three-character plan prefix)."""
    member_id_suffix: int = 0
    """So many trailing characters may be left out by the portal (such as a two-digit dependent suffix)."""


def letters(name: str) -> str:
    """A name as compared: upper case, no accents, letters only (`O'Donnell-Griswold` -> `ODONNELLGRISWOLD`)."""
    plain = unicodedata.normalize("NFKD", name).upper().replace("ß", "SS")
    return "".join(character for character in plain if character.isascii() and character.isalpha())


def without_suffix(name: str) -> str:
    """The name without titles and generation suffixes, which count only where a space or comma sets them off.

    POMPII stays POMPII, and `DE` is part of a name (CAQH CORE 258).
    """
    parts = [part for part in re.split(r"[\s,]+", name.strip()) if part]
    kept = [part for part in parts if letters(part) not in _SUFFIXES]
    return " ".join(kept or parts)


def same_last_name(ours: str, theirs: str, rules: MatchingRules) -> bool:
    """Do two last names mean the same person's, by this payer's rule?"""
    return _same(letters(without_suffix(ours)), letters(without_suffix(theirs)), rules)


def same_first_name(ours: str, theirs: str, rules: MatchingRules) -> bool:
    """Do two first names agree? A middle initial or middle name that only one side has is no difference."""
    first, second = without_suffix(ours), without_suffix(theirs)
    if _same(letters(first), letters(second), rules):
        return True
    shorter, longer = sorted((first.split(), second.split()), key=len)
    if len(shorter) == len(longer):
        return False
    return _same(letters(" ".join(shorter)), letters(" ".join(longer[: len(shorter)])), rules)


def split_name(shown: str, rules: MatchingRules) -> tuple[str, str] | None:
    """Last and first name out of one shown text; None when it cannot be told which is which."""
    if rules.name_order == "last-first":
        last, comma, first = shown.partition(",")
        # "SMITH JR, ANNA" is plain; in "SMITH, JR, ANNA" the suffix stands between two commas.
        head, second_comma, rest = first.partition(",")
        if second_comma and letters(head) in _SUFFIXES:
            first = rest
        return (last.strip(), first.strip()) if comma and last.strip() and first.strip() else None
    parts = without_suffix(shown).split()
    return (parts[-1], " ".join(parts[:-1])) if len(parts) >= 2 else None


def same_person_name(last_name: str, first_name: str, shown: str, rules: MatchingRules) -> bool:
    """Does the whole name that a portal shows belong to this last and first name?"""
    if rules.name_order == "first-last":
        # The last name may have several words, so ours says where to cut theirs.
        ours, theirs = letters(without_suffix(last_name)), without_suffix(shown).split()
        return any(
            letters(" ".join(theirs[cut:])) == ours and same_first_name(first_name, " ".join(theirs[:cut]), rules)
            for cut in range(1, len(theirs))
        )
    parts = split_name(shown, rules)
    return (
        parts is not None
        and same_last_name(last_name, parts[0], rules)
        and same_first_name(first_name, parts[1], rules)
    )


def canonical_id(number: str) -> str:
    """A member id or claim number as compared: upper case, no spaces, no hyphens; leading zeros count."""
    return re.sub(r"[\s\-‐-―]", "", number).upper()


def same_member_id(ours: str, theirs: str, rules: MatchingRules) -> bool:
    """Are two member ids the same, when the portal may leave out the prefix or the suffix that the pack names?"""
    first, second = canonical_id(ours), canonical_id(theirs)
    if first == second:
        return True
    return any(
        first[start : len(first) - end] == second
        for start in {0, rules.member_id_prefix}
        for end in {0, rules.member_id_suffix}
        if (start or end) and len(first) > start + end
    )


def _same(ours: str, theirs: str, rules: MatchingRules) -> bool:
    if not ours or not theirs:
        return False
    if rules.names is NameRule.FIRST_THREE:
        return ours[:3] == theirs[:3]
    return ours == theirs
