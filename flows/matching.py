"""How names, numbers and claims are compared (DOMAIN 2.5).

Compare levels go from exact to normalised to the first three letters, as the payer's own rule says. Nothing here is
phonetic: sounding alike is a proposal for a person, never a match.
"""

import re
import unicodedata
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from flows.values import Frozen

_SUFFIXES = frozenset({"JR", "SR", "I", "II", "III", "IV", "V", "MD", "RN", "DR", "MR", "MRS", "MS"})


class NameRule(StrEnum):
    """How much of a name this portal shows and compares."""

    EXACT = "exact"
    """As on the card: only letter case and spacing do not count; hyphens, accents, suffixes and initials do."""
    NORMALISED = "normalised"
    """By its letters alone, without accents, titles and suffixes; a middle initial more or less is no difference."""
    FIRST_THREE = "first-three"
    """By its first three letters; then name, member id and birth date must all three be shown and agree."""


class MatchingRules(Frozen):
    """How one payer writes names and member ids."""

    model_config = ConfigDict(strict=False, use_attribute_docstrings=True)

    name_order: Literal["last-first", "first-last"] = "last-first"
    """`LAST, FIRST M` or `FIRST M LAST` where a portal shows the whole name in one text."""
    names: NameRule = NameRule.NORMALISED
    """How much of a name must be the same."""
    longest_name: Annotated[int, Field(ge=8)] | None = None
    """The portal cuts a name that it shows off after so many characters; what is left must be how ours begins."""
    member_id_prefix: Annotated[int, Field(ge=0)] = 0
    """So many leading characters may be left out by the portal (such as a three-character plan prefix)."""
    member_id_suffix: Annotated[int, Field(ge=0)] = 0
    """So many trailing characters may be left out by the portal (such as a two-digit dependent suffix)."""
    member_id_exact: bool = False
    """Letter case, blanks and hyphens of a member id count; without it, ids that differ in them alone are the same."""


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


def is_cut(shown: str, rules: MatchingRules) -> bool:
    """Is this name as long as the portal shows any, so that there may be more of it?

    One less counts too: where the cut falls behind a blank, the blank is not seen.
    """
    return rules.longest_name is not None and len(shown.strip()) >= rules.longest_name - 1


def same_last_name(ours: str, theirs: str, rules: MatchingRules) -> bool:
    """Do two last names mean the same person's, by this payer's rule?"""
    return _same(ours, theirs, rules, cut=is_cut(theirs, rules))


def same_first_name(ours: str, theirs: str, rules: MatchingRules) -> bool:
    """Do two first names agree? A middle initial or middle name that only one side has is no difference.

    (Unless this payer writes names exactly as they are on the card.)
    """
    return _same_first(ours, theirs, rules, cut=is_cut(theirs, rules))


def _same_first(ours: str, theirs: str, rules: MatchingRules, *, cut: bool) -> bool:
    if _same(ours, theirs, rules, cut=cut):
        return True
    if rules.names is NameRule.EXACT:
        return False
    first, second = without_suffix(ours), without_suffix(theirs)
    shorter, longer = sorted((first.split(), second.split()), key=len)
    if len(shorter) == len(longer):
        return False
    return _same(" ".join(shorter), " ".join(longer[: len(shorter)]), rules, cut=False)


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
    """Does the whole name that a portal shows belong to this last and first name?

    Of a whole name, only the end can be cut off; where the first of its two parts is cut, nobody can tell whose it is.
    """
    cut = is_cut(shown, rules)
    if rules.name_order == "first-last":
        # The last name may have several words, so ours says where to cut theirs.
        theirs = (shown if rules.names is NameRule.EXACT else without_suffix(shown)).split()
        return any(
            _same(last_name, " ".join(theirs[at:]), _whole(rules), cut=cut)
            and same_first_name(first_name, " ".join(theirs[:at]), rules)
            for at in range(1, len(theirs))
        )
    parts = split_name(shown, rules)
    return (
        parts is not None
        and same_last_name(last_name, parts[0], rules)
        and _same_first(first_name, parts[1], rules, cut=cut)
    )


def _whole(rules: MatchingRules) -> MatchingRules:
    """By these rules, but by all letters: three of them do not say where a last name of several words begins."""
    by_letters = rules.names is NameRule.FIRST_THREE
    return rules.model_copy(update={"names": NameRule.NORMALISED}) if by_letters else rules


def plain_name(name: str) -> str:
    """The name of a plan or payer as compared: upper case letters and digits, without accents (`Blue-One 20` is
    BLUEONE20)."""
    plain = unicodedata.normalize("NFKD", name).upper().replace("ß", "SS")
    return "".join(character for character in plain if character.isascii() and character.isalnum())


def canonical_id(number: str) -> str:
    """A member id or claim number as compared: upper case, no spaces, no hyphens; leading zeros count."""
    return re.sub(r"[\s\-‐-―]", "", number).upper()


def same_member_id(ours: str, theirs: str, rules: MatchingRules) -> bool:
    """Are two member ids the same, when the portal may leave out the prefix or the suffix that the pack names?"""
    exact = rules.member_id_exact
    first, second = (ours.strip(), theirs.strip()) if exact else (canonical_id(ours), canonical_id(theirs))
    if first == second:
        return True
    return any(
        first[start : len(first) - end] == second
        for start in {0, rules.member_id_prefix}
        for end in {0, rules.member_id_suffix}
        if (start or end) and len(first) > start + end
    )


def _same(ours: str, theirs: str, rules: MatchingRules, *, cut: bool) -> bool:
    """Are two names the same by this rule? With `cut`, theirs need only be how ours begins."""
    if rules.names is NameRule.EXACT:
        first, second = " ".join(ours.split()).upper(), " ".join(theirs.split()).upper()
    else:
        first, second = letters(without_suffix(ours)), letters(without_suffix(theirs))
    if not first or not second:
        return False
    if rules.names is NameRule.FIRST_THREE:
        return first[:3] == second[:3]
    return first.startswith(second) if cut else first == second
