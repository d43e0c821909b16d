"""A new password keeps the portal's rules and ours, is like none before it, and is never the same twice."""

import pytest

from bots.door.new_password import NoPasswordFits, fits, new_password
from packs.load import load_pack
from packs.passwords import PasswordRules
from vault.secret import Secret

USER = Secret("billing.baco123")
WHOLE = ("capital", "small", "digit", "symbol")
RULES = [
    PasswordRules(min_length=8, max_length=20, classes=WHOLE, symbols="!#$%"),
    PasswordRules(min_length=6, max_length=8, classes=("small", "digit")),
    PasswordRules(min_length=30, max_length=40, classes=("capital", "small", "digit")),
    PasswordRules(min_length=12, max_length=12, classes=WHOLE, symbols="_"),
]


def unknown(_: Secret[str]) -> bool:
    return False


@pytest.mark.parametrize("strict", [False, True])
@pytest.mark.parametrize("rules", RULES, ids=lambda rules: f"{rules.min_length}-{rules.max_length}")
def test_every_password_keeps_the_rules(rules: PasswordRules, strict: bool) -> None:
    drawn = [new_password(rules, USER, unknown, strict=strict).reveal() for _ in range(200)]
    assert len(set(drawn)) == len(drawn)
    for text in drawn:
        assert rules.min_length <= len(text) <= rules.max_length
        assert all(letter.isalnum() or letter in rules.symbols for letter in text)
        assert any(letter.islower() for letter in text)
        assert any(letter.isdigit() for letter in text)
        assert not set(text) & set("Il1O0o|")
        assert all(part not in text.lower() for part in ("bil", "ing", "aco", "123", "321"))
        if strict:
            assert text[0].isalpha()
            assert len(set(text)) == len(text)


def test_a_password_that_was_used_before_is_drawn_again() -> None:
    asked: list[Secret[str]] = []

    def known(password: Secret[str]) -> bool:
        asked.append(password)
        return len(asked) < 3

    assert new_password(RULES[0], USER, known) == asked[2]


def test_rules_that_leave_nothing_are_told_and_not_broken() -> None:
    with pytest.raises(NoPasswordFits):
        new_password(RULES[0], USER, lambda _: True)


@pytest.mark.parametrize(
    "text", ["short1A!", "NOSMALLLETTERS9!", "xBaco9!kT", "aab9!kTqw", "abcK9!tTq", "kT9!wq\u00e4Zx"]
)
def test_what_breaks_a_rule_does_not_fit(text: str) -> None:
    rules = PasswordRules(min_length=9, max_length=20, classes=WHOLE, symbols="!")
    assert fits(Secret("xK9!tTqwZ"), rules, USER)
    assert not fits(Secret(text), rules, USER)


@pytest.mark.parametrize("name", ["contractor", "medicaid"])
def test_the_practice_portals_take_what_is_made_by_their_packs(name: str) -> None:
    from importlib import import_module

    from sandbox.accounts import Account, sign_in_data
    from sandbox.clock import Clock

    rules = load_pack(f"practice-{name}", None).sign_in.passwords
    assert rules is not None
    profile = import_module(f"sandbox.portals.{name}.signin").PROFILE
    account = Account(sign_in_data(7), Clock(), profile)
    for strict in (False, True) * 20:
        assert account.change_password(new_password(rules, USER, unknown, strict=strict).reveal()) == ""
