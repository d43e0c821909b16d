"""The officer's page is true: every threat names tests that exist, every paragraph of the rule has its line."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.pages import ROOT

TEXT = (ROOT / "docs" / "security.md").read_text(encoding="utf-8")
THREATS = TEXT.partition("## Threats")[2].partition("\n## ")[0]
NAMED = re.compile(r"`([a-z_/0-9]+): ([a-z_0-9]+)`")
STRIDE = (
    "Spoofing",
    "Tampering",
    "Repudiation",
    "Information disclosure",
    "Denial of service",
    "Elevation of privilege",
)
PARAGRAPHS = (
    *(f"308(a)({number})" for number in range(1, 9)),
    "308(b)",
    *(f"310({letter})" for letter in "abcd"),
    *(f"312(a)(2)({number})" for number in ("i", "ii", "iii", "iv")),
    *(f"312({letter})" for letter in "bcde"),
)


def rows(text: str) -> list[list[str]]:
    """The cells of each line of a page's tables, their headings left out."""
    found = [[cell.strip() for cell in line.strip("| ").split(" | ")] for line in text.splitlines() if line[:2] == "| "]
    return [cells for cells in found if cells[0] not in {"threat", "paragraph"}]


def functions_of(file: Path) -> set[str]:
    """The functions of a file that pytest looks into, without running it."""
    if not file.name.startswith("test_") or not file.exists():
        return set()
    functions = (ast.FunctionDef, ast.AsyncFunctionDef)
    return {node.name for node in ast.parse(file.read_text(encoding="utf-8")).body if isinstance(node, functions)}


def named_tests() -> list[tuple[Path, str]]:
    return [(ROOT / "tests" / f"{file}.py", f"test_{name}") for file, name in NAMED.findall(THREATS)]


@pytest.mark.parametrize("kind", STRIDE)
def test_each_kind_of_threat_has_lines(kind: str) -> None:
    assert len(rows(THREATS.partition(f"### {kind}\n")[2].partition("\n### ")[0])) >= 3


def test_every_threat_names_its_tests_or_says_that_nothing_covers_it() -> None:
    assert len(rows(THREATS)) >= 30
    for threat, stands, shown in rows(THREATS):
        assert stands, threat
        assert NAMED.sub("", shown).strip(" ,") == "" or shown.startswith("not covered"), threat


def test_every_test_that_is_named_is_there() -> None:
    assert len(named_tests()) >= 50
    assert [f"{file.stem}: {name}" for file, name in named_tests() if name not in functions_of(file)] == []


@pytest.mark.long
def test_every_test_that_is_named_is_collected() -> None:
    wanted = {f"{file.relative_to(ROOT)}::{name}" for file, name in named_tests()}
    listing = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", *sorted(wanted)]
    ended = subprocess.run(listing, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stdout[-2000:]
    assert {line.partition("[")[0] for line in ended.stdout.splitlines() if "::" in line} == wanted


def test_every_paragraph_of_the_rule_has_its_line() -> None:
    lines = rows(TEXT.partition("## HIPAA")[2].partition("\n## ")[0])
    assert all(len(cells) == 4 and all(cells) for cells in lines)
    assert [one for one in PARAGRAPHS if not any(cells[0].startswith(one) for cells in lines)] == []


def test_the_picture_and_its_table_have_the_same_ways() -> None:
    picture = (ROOT / "docs" / "pictures" / "data-flow.svg").read_text(encoding="utf-8")
    drawn = {int(number) for number in re.findall(r">(\d+)</text>", picture)}
    told = {int(cells[0]) for cells in rows(TEXT.partition("\n## What is stored")[0]) if cells[0].isdigit()}
    assert drawn == told
    assert "<title" in picture
    assert "<desc" in picture


def test_links_within_the_page_lead_to_its_headings() -> None:
    headings = {
        re.sub(r"[^a-z0-9 -]", "", one.lower()).replace(" ", "-") for one in re.findall(r"^#+ (.+)$", TEXT, re.M)
    }
    assert set(re.findall(r"\]\(#([^)]+)\)", TEXT)) <= headings
