"""The page about work says what the code does: its tables are the code's own."""

import re
import tomllib

from documents.fee_schedules import FEE_COLUMNS
from documents.licensed_texts import TEXT_COLUMNS
from documents.work_out import WORK_COLUMNS
from flows.codes import CodeSet
from flows.payer_types import PayerType
from flows.routing_rules import About, OfficeRules, When, routing_rules
from tests.docs.pages import ROOT

PAGE = (ROOT / "docs" / "work.md").read_text(encoding="utf-8")


def section(heading: str) -> str:
    """What stands below this heading, up to the next."""
    return re.split(r"^#+ ", PAGE.partition(f"# {heading}\n")[2], maxsplit=1, flags=re.MULTILINE)[0]


def first_cells(heading: str) -> list[str]:
    """The names in the first column of the table below this heading."""
    rows = re.findall(r"^\| (`.+?`) \|", section(heading), re.MULTILINE)
    return [name for row in rows for name in re.findall(r"`(.+?)`", row)]


def test_the_table_of_kinds_is_the_rules_own() -> None:
    shown = re.findall(
        r"^\| `([a-z-]+)` \| ([a-z-]+) \| (.+?) \| (\d+)(.*?) \|$", section("Kinds of tasks"), re.MULTILINE
    )
    rules = routing_rules().kinds
    assert {kind: (queue, int(days)) for kind, queue, _, days, _ in shown} == {
        kind.value: (rule.queue, rule.days if rule.days is not None else rule.calendar_days)
        for kind, rule in rules.items()
    }
    assert {kind: role for kind, _, role, _, _ in shown if role != "by its amount"} == {
        kind.value: rule.role for kind, rule in rules.items() if kind.value != "write-off"
    }


def test_the_table_of_cases_is_the_rules_own() -> None:
    shown = re.findall(
        r"^\| ([A-Z0-9-]+) \| ([a-z-]+) \| ([a-z-]+) \| (\d+) \|$", section("Cases in the list"), re.MULTILINE
    )
    assert {code: (queue, role, int(days)) for code, queue, role, days in shown} == {
        code.value: (rule.queue, rule.role, rule.days) for code, rule in routing_rules().cases.items()
    }


def test_the_tables_of_columns_are_the_files_own() -> None:
    assert first_cells("The columns of a fee schedule") == list(FEE_COLUMNS.names)
    assert first_cells("The columns of a list of code texts") == list(TEXT_COLUMNS.names)
    assert all(f"`{one}`" in section("The columns of a list of code texts") for one in CodeSet)
    kinds = dict(re.findall(r"^\| `(\w+)` \| (\w+) \|", section("The columns of the work file"), re.MULTILINE))
    told = {"text": "TEXT", "number": "NUMBER", "dollars": "DOLLARS", "date": "DATE", "time": "INSTANT"}
    assert [(name, told[kind]) for name, kind in kinds.items()] == [(one.name, one.kind.name) for one in WORK_COLUMNS]


def test_the_conditions_are_all_there_and_the_rules_shown_can_be_used() -> None:
    conditions = section("The conditions")
    assert set(first_cells("The conditions")) == set(When.model_fields)
    assert all(f"`{one}`" in conditions for one in (*About, *PayerType))
    (example,) = re.findall(r"```toml\n(.*?)```", PAGE, re.DOTALL)
    assert len(routing_rules(OfficeRules.model_validate(tomllib.loads(example))).write_off) == 2
