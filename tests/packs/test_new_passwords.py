"""What a pack says of a new password: rules that can be met, and a page that nobody mistakes for another."""

from typing import Any

import pytest
from pydantic import ValidationError

from packs.check_sign_in import sign_in
from packs.load import load_pack
from packs.models import Pack
from packs.passwords import PasswordRules
from packs.signing_in import NewPasswordRow
from sandbox.portals.contractor.signin import PROFILE as CONTRACTOR
from sandbox.portals.medicaid.signin import PROFILE as MEDICAID
from sandbox.profile import Profile

GOOD: dict[str, Any] = {"min_length": 8, "max_length": 20, "classes": ["capital", "small", "digit"]}


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"max_length": 7 + 1, "min_length": 9}, "less than"),
        ({"classes": ["digit"]}, "without letters"),
        ({"classes": ["small", "small"]}, "named twice"),
        ({"classes": ["small", "symbol"]}, "goes with it"),
        ({"symbols": "!"}, "goes with it"),
        ({"classes": ["small", "symbol"], "symbols": "!\u00a7"}, "plain keyboard"),
    ],
    ids=str,
)
def test_rules_that_contradict_themselves_are_told(wrong: dict[str, Any], told: str) -> None:
    PasswordRules.model_validate(GOOD)
    with pytest.raises(ValidationError, match=told):
        PasswordRules.model_validate({**GOOD, **wrong})


@pytest.mark.parametrize(("name", "profile"), [("contractor", CONTRACTOR), ("medicaid", MEDICAID)])
def test_the_practice_packs_know_their_portals_rules(name: str, profile: Profile) -> None:
    rules = load_pack(f"practice-{name}", None).sign_in.passwords
    assert rules is not None
    assert (rules.min_length, rules.history, rules.days) == (
        profile.password_length,
        profile.password_history,
        profile.password_days,
    )


def changed(**wrong: Any) -> Pack:
    """The contractor's pack with another row for the new password."""
    pack = load_pack("practice-contractor", None)
    table = [
        row.model_copy(update=wrong) if isinstance(row, NewPasswordRow) else row
        for row in pack.sign_in.table
        if not (wrong.get("alone") and row.view == "password-refused")
    ]
    return pack.model_copy(update={"sign_in": pack.sign_in.model_copy(update={"table": tuple(table)})})


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        ({"password_accepted": False}, "only after a right one"),
        ({"new": "newest"}, "no element 'newest'"),
        ({"press": "current"}, "must have 'action: commit'"),
        ({"refused": "no-such-page"}, "no view 'no-such-page'"),
        ({"refused": "terms"}, "needs a row of its own"),
        ({"alone": True}, "needs a row of its own"),
    ],
    ids=str,
)
def test_a_row_that_does_not_fit_its_page_is_told(wrong: dict[str, Any], told: str) -> None:
    assert list(sign_in(changed())) == []
    assert any(told in finding.what for finding in sign_in(changed(**wrong)))
