"""Whether what a visitor typed fits a member: ids to the letter, names by three letters or as on the card."""

import re
import unicodedata

from sandbox.truth.model import Member
from sandbox.truth.payer_rules import IdRule, NameRule

PREFIX_LETTERS = 3


def has_id(member: Member, typed: str, rule: IdRule) -> bool:
    """Whether this is the member's id, or a former one, by the portal's rule."""
    known = (member.member_id, *member.former_member_ids)
    if rule == "without-prefix":
        known = tuple(one[PREFIX_LETTERS:] for one in known)
    return typed in known


def named(shown: str, typed: str, rule: NameRule) -> bool:
    """Whether a typed name fits the payer's, by the portal's rule."""
    if rule == "as-on-the-card":
        return _on_the_card(shown) == _letters(typed)
    return _three_letters(shown) == _three_letters(typed)


def _letters(name: str) -> str:
    """Letters alone, in capitals: blanks, hyphens and apostrophes never count, an accented letter is another one."""
    return "".join(letter for letter in name.upper() if letter.isalpha())


def _on_the_card(name: str) -> str:
    """A last name as the card has it: the generation suffix is a field of its own there."""
    return _letters(re.sub(r"[ ,]+(JR|SR|II|III|IV)\.?$", "", name.upper()))


def _three_letters(name: str) -> str:
    return _letters(unicodedata.normalize("NFKD", name))[:3]
