"""The page about cadence says what the code does: its tables are the code's own, and its example is taken."""

import re
import tomllib

from schedules.cadence import Jumps, OfficeCadence, Spreads, Stops, cadence_rules
from tests.docs.pages import ROOT, blocks

PAGE = ROOT / "docs" / "cadence.md"
TEXT = PAGE.read_text(encoding="utf-8")


def test_the_table_of_claims_is_the_shipped_rules_own() -> None:
    shown = re.findall(r"^\| `(claims[a-z-]*)`.*? \| (\d+) \| (.+?) \| (.+?) \|$", TEXT, re.MULTILINE)
    rules = cadence_rules(OfficeCadence()).claims
    assert shown == [
        (
            rule.id,
            str(rule.first),
            ", ".join([*map(str, rule.then), *([f"every {rule.every}"] if rule.every else [])]),
            ", ".join(str(one.day) for one in rule.people),
        )
        for rule in rules
    ]


def test_the_table_of_settings_is_the_codes_own() -> None:
    shown = re.findall(r"^\| `\[(\w+)\]` \| `(\w+)` \| (.+?) \| (.+) \|$", TEXT, re.MULTILINE)
    wanted = [
        (part, name, _written(info.default), " ".join((info.description or "").split()))
        for part, model in (("stops", Stops), ("jumps", Jumps), ("spreads", Spreads))
        for name, info in model.model_fields.items()
    ]
    assert shown == wanted


def test_the_example_is_taken_as_it_stands() -> None:
    (example,) = (block.text for block in blocks(PAGE) if block.language == "toml")
    rules = cadence_rules(OfficeCadence.model_validate(tomllib.loads(example)))
    assert rules.claims[-1].id == "claims-prairie"


def _written(value: object) -> str:
    if isinstance(value, tuple):
        return ", ".join(value)
    return str(value).lower() if isinstance(value, bool) else str(value)
