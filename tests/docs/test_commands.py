"""The documentation is true: every command in it exists with its options, every table is the code's own."""

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
import typer.main
from typer.core import TyperGroup

from flows.outcomes import Code
from portalwright.cli import app
from portalwright.cli.usual import UsualCommand
from portalwright.exit_codes import ExitCode
from tests.docs.pages import PAGES, ROOT, blocks

ALL = [block for page in PAGES for block in blocks(page)]
SHOWN = [
    pytest.param(words, id=f"{block.page.name}-{' '.join(words)[:60]}")
    for block in ALL
    for words in block.commands
    if Path(words[0].replace("\\", "/")).name == "portalwright"
]

PORTALWRIGHT = typer.main.get_command(app)


def resolve(words: list[str]) -> tuple[Any, list[str]]:
    """The command that these words name, and the words that are left for it."""
    command: Any = PORTALWRIGHT
    rest = words[1:]
    while isinstance(command, TyperGroup) and rest and rest[0] in command.commands:
        command = command.commands[rest.pop(0)]
    if isinstance(command, UsualCommand) and rest and not rest[0].startswith("-"):
        command = command.commands[command.usual]
    return command, rest


@pytest.mark.parametrize("words", SHOWN)
def test_every_command_shown_exists_with_its_options(words: list[str]) -> None:
    command, rest = resolve(words)
    assert not isinstance(command, TyperGroup) or not rest or rest[0].startswith("-"), "no such command"
    known = {name for parameter in command.params for name in parameter.opts}
    assert {word.partition("=")[0] for word in rest if word.startswith("--")} <= known | {"--help"}


def commands(group: Any, path: str = "portalwright") -> list[str]:
    if not isinstance(group, TyperGroup):
        return [path]
    below = [name for child, command in group.commands.items() for name in commands(command, f"{path} {child}")]
    return [path, *below] if group.invoke_without_command else below


@pytest.mark.parametrize("path", commands(PORTALWRIGHT))
def test_every_command_has_help_with_an_example(path: str) -> None:
    command, _ = resolve(path.split())
    assert command.help is not None
    assert "Example" in command.help
    assert path in command.help


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text(encoding="utf-8"))
    assert [link for link in links if not (page.parent / link).exists()] == []


def test_every_target_of_make_that_is_shown_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    shown = {words[1] for block in ALL for words in block.commands if words[0] == "make" and "=" not in words[1]}
    assert shown
    assert shown <= targets


def test_the_table_of_exit_codes_is_the_codes_own() -> None:
    page = (ROOT / "docs" / "operators.md").read_text(encoding="utf-8")
    shown = dict(re.findall(r"^\| (\d+) \| (.+) \|$", page, re.MULTILINE))
    assert shown == {str(code.value): code.meaning for code in ExitCode}


def test_every_code_of_a_case_that_a_run_may_open_is_explained() -> None:
    page = (ROOT / "docs" / "cases.md").read_text(encoding="utf-8")
    explained = set(re.findall(r"\b[A-Z]{3,4}(?:-[0-9A-Z]+)+\b", page.partition("## A sign-in")[0]))
    assert explained <= {code.value for code in Code}
    raised = subprocess.run(
        ["git", "grep", "-ohE", r"Code\.[A-Z]+(_[A-Z0-9]+)+", "--", "bots", "flows", "ledger", ":!flows/outcomes.py"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.split()
    # An expired session is mended by the worker and never becomes a case.
    used = {Code[name.removeprefix("Code.")] for name in raised} - {Code.TECH_SESSION}
    assert {code.value for code in used} <= explained


def test_the_readme_shows_a_block_for_each_step_of_an_office() -> None:
    start = [block for block in blocks(ROOT / "README.md") if block.heading == "How an office starts"]
    assert [words[1] for block in start for words in block.commands] == [
        "sandbox", "init", "vault", "permit", "import", "run", "status", "answers", "cases", "cases", "export", "audit",
        "import", "run", "answers", "remits", "run", "remits", "work", "appeal", "report",
    ]  # fmt: skip


def test_no_page_shows_a_block_without_a_language() -> None:
    plain = [block for block in ALL if not block.language and "portalwright " in block.text]
    assert [block for block in plain if any(_is_command(line) for line in block.text.splitlines())] == []


def _is_command(line: str) -> bool:
    return line.startswith(("portalwright run", "portalwright import"))
