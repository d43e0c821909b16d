"""Rules of cadence are files: an office's own go before those that ship, and mistakes are told with their place."""

from pathlib import Path

import pytest

from flows.payer_types import PayerType
from portalwright.settings import SettingsWrong
from portalwright.work_rules import office_cadence
from schedules.cadence import OfficeCadence, PayerOrder, cadence_rules, kept_rules, rules_of
from tests.schedules.cadence_cases import RULES


def office(folder: Path, text: str) -> OfficeCadence:
    """The office's own rules, as they stand in this file."""
    (folder / "schedules").mkdir(exist_ok=True)
    (folder / "schedules" / "cadence.toml").write_text(text)
    return office_cadence(folder)


def test_an_office_without_a_file_goes_by_what_ships(tmp_path: Path) -> None:
    assert cadence_rules(office_cadence(tmp_path)) == RULES


def test_a_rule_of_the_office_takes_the_place_of_the_shipped_one_with_its_id(tmp_path: Path) -> None:
    own = office(tmp_path, '[[claims]]\nid = "claims-medicare"\npayer = "medicare"\nfirst = 16\n')
    rules = cadence_rules(own)
    assert rules.claim_rule("any", PayerType.MEDICARE, None).first == 16
    assert rules.claim_rule("any", PayerType.COMMERCIAL, None).first == 14
    assert len(rules.claims) == len(RULES.claims)


def test_a_portals_own_rule_goes_before_turn_and_kind_of_payer(tmp_path: Path) -> None:
    rules = cadence_rules(office(tmp_path, '[[claims]]\nid = "mine"\nportal = "prairie"\nfirst = 9\n'))
    assert rules.claim_rule("prairie", PayerType.MEDICARE, PayerOrder.SECONDARY).id == "mine"
    assert rules.claim_rule("other", PayerType.MEDICARE, PayerOrder.SECONDARY).id == "claims-secondary"
    assert rules.claim_rule("other", PayerType.MEDICARE, None).id == "claims-medicare"
    assert rules.claim_rule("other", PayerType.UNKNOWN, None).id == "claims"


def test_rules_are_kept_in_the_ledger_as_the_office_wrote_them(tmp_path: Path) -> None:
    own = office(tmp_path, '[[visits]]\nid = "visits"\nbefore = [5, 2]\n[stops]\nsmall_balance = "10.00"\n')
    assert rules_of(kept_rules(own)) == cadence_rules(own)
    assert kept_rules(OfficeCadence()) == "{}"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[claims]]\nid = "x"\nfirst = 30\nthen = [20]\n', "line 1, claims[1]: 'first' and 'then' must be days"),
        ('[[claims]]\nid = "x"\nfirst = -1\n', "line 3, claims[1].first"),
        ('[[claims]]\nid = "x"\nfirst = 1\npayer = "medicair"\n', "line 4, claims[1].payer"),
        ('[[claims]]\nid = "x"\nfirst = 1\nfirts = 2\n', "line 4, claims[1].firts: is not a setting"),
        ("[stops]\nmost_checks = 0\n", "line 2, stops.most_checks"),
        ('[[visits]]\nid = "x"\n[[visits]]\nid = "x"\n', "two rules have the id 'x'"),
        ('[[claims]]\nid = "claims"\npayer = "medicare"\nfirst = 3\n', "no rule of 'claims' holds for every payer"),
        ('[[visits]]\nid = "visits"\nportal = "a"\n', "no rule of 'visits' holds for every payer"),
        ("[stops\n", "line 1: this is not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        office(tmp_path, text)
    assert told in str(wrong.value)
    assert "cadence.toml" in str(wrong.value)
