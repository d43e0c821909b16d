"""Every command explains itself with an example, and saying so is quick."""

import subprocess
import sys
from collections.abc import Iterator

import pytest
from typer import _click
from typer.core import TyperGroup
from typer.main import get_command

from portalwright.cli import app, run_command
from portalwright.exit_codes import ExitCode, table

Command = _click.Command


def commands(command: Command, path: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], Command]]:
    yield path, command
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            yield from commands(below, (*path, name))


ALL = dict(commands(get_command(app)))


def test_the_commands_are_those_that_an_office_needs() -> None:
    wanted = {
        "init", "browser", "vault init", "vault add", "vault list", "vault check", "vault remove", "vault release",
        "vault answer", "code", "terms",
        "permit", "import claims", "run", "status", "answers", "cases", "cases list", "cases show", "cases close",
        "selectors list", "selectors check", "selectors schema", "audit verify", "demo", "sandbox serve",
    }  # fmt: skip
    assert wanted <= {" ".join(path) for path in ALL}


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_command_has_help_with_an_example_of_itself(
    path: tuple[str, ...], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command([*path, "--help"]) == 0
    shown = capsys.readouterr().out
    _, _, example = shown.partition("Example")
    assert f"    {' '.join(('portalwright', *path))}" in example


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_no_command_takes_a_secret_as_an_argument(path: tuple[str, ...]) -> None:
    taken = {name for parameter in ALL[path].params for name in (parameter.name or "", *parameter.opts)}
    for word in ("password", "seed_of", "totp", "user_name", "user-name", "secret", "code"):
        assert not any(word in name for name in taken)
    flags = [parameter for parameter in ALL[path].params if parameter.name == "passphrase"]
    assert all(getattr(flag, "is_flag", False) for flag in flags)


@pytest.mark.parametrize("path", ALL, ids=" ".join)
def test_every_option_is_explained(path: tuple[str, ...]) -> None:
    for parameter in ALL[path].params:
        assert getattr(parameter, "help", None), f"{path}: {parameter.name}"


def test_every_command_on_an_office_takes_the_office() -> None:
    without = {
        "", "init", "remit inspect", "ledger join", "restore from", "selectors schema", "sandbox serve",
        "sandbox files", "sandbox quirks",
    }  # fmt: skip
    for path, command in ALL.items():
        if isinstance(command, TyperGroup) and path != ("cases",):
            continue
        if " ".join(path) not in without:
            assert "--office" in {name for parameter in command.params for name in parameter.opts}, path


def test_the_help_names_every_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    run_command(["--help"])
    shown = capsys.readouterr().out
    assert all(line in shown for line in table().splitlines())
    assert len(table().splitlines()) == len(ExitCode)


def test_a_slip_in_a_command_is_a_usage_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert run_command(["vualt", "list"]) == ExitCode.USAGE
    assert run_command(["permit", "p", "--status", "perhaps"]) == ExitCode.USAGE
    assert "permitted, permitted-attended" in capsys.readouterr().err


def test_help_loads_neither_browser_nor_database_and_costs_less_than_half_a_second() -> None:
    code = (
        "import sys, time\n"
        "from portalwright.cli import run_command\n"
        "run_command(['--help'])\n"
        "heavy = {'playwright', 'django', 'cryptography', 'starlette'} & set(sys.modules)\n"
        "print('', sorted(heavy), time.process_time())\n"
    )
    seconds = []
    for _ in range(3):
        done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
        _, loaded, took = done.stdout.splitlines()[-1].split(" ")
        assert loaded == "[]"
        seconds.append(float(took))
    assert min(seconds) < 0.5
