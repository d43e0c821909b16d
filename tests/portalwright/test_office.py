"""An office is opened only with its own key and its newest vault, and refuses in a sentence that says what to do."""

import json
import os
import shutil
import stat
from pathlib import Path

import pytest

from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import PRACTICE, CommandLine

PASSPHRASE = "correct horse canary staple battery"


def add(portalwright: CommandLine, office: Path, password: str = "pw-canary-1") -> None:
    sealed = portalwright(
        "vault", "add", "practice-national", "--office", office, "--from-stdin", stdin=f"user-canary\n{password}\n\n"
    )
    assert sealed.code == 0, sealed.err


def test_init_makes_a_whole_office_with_the_key_outside_of_it(portalwright: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "my office"
    made = portalwright("init", folder, *PRACTICE)
    assert made.code == 0, made.err
    assert "first account is dana" in made.out
    for name in ("selectors", "schedules", "appeals", "data"):
        assert (folder / name).is_dir()
    assert not list(folder.rglob("*.key"))
    (key,) = portalwright.home.rglob("*.key")
    assert str(key) in made.out
    assert portalwright("audit", "verify", "--office", folder).code == 0
    if os.name != "nt":
        assert stat.S_IMODE(key.stat().st_mode) == 0o600
        for path in (folder / "data").rglob("*"):
            assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path


def test_init_leaves_an_office_that_is_there_alone(portalwright: CommandLine, office: Path) -> None:
    before = {path: path.read_bytes() for path in office.rglob("*") if path.is_file()}
    again = portalwright("init", office, *PRACTICE)
    assert (again.code, "already; it was left as it is" in again.err) == (ExitCode.OFFICE, True)
    assert before == {path: path.read_bytes() for path in office.rglob("*") if path.is_file()}
    assert portalwright("vault", "init", "--office", office).code == ExitCode.VAULT


def test_vault_init_finishes_an_office_whose_making_was_broken_off(portalwright: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "office"
    broken_off = portalwright("init", folder, *PRACTICE, "--passphrase", "--from-stdin", stdin="short\n")
    assert broken_off.code == ExitCode.VAULT
    assert "15 characters" in broken_off.err
    finished = portalwright("vault", "init", "--office", folder, "--from-stdin", stdin=f"{PASSPHRASE}\n")
    assert finished.code == 0, finished.err
    assert portalwright("vault", "check", "--office", folder, stdin=f"{PASSPHRASE}\n").code == 0


@pytest.mark.parametrize(
    "given",
    [("--tin", "12345"), ("--npi", "1234567890"), ("--account", "robot"), ("--account", "da na")],
    ids=" ".join,
)
def test_init_with_wrong_particulars_makes_nothing(
    portalwright: CommandLine, tmp_path: Path, given: tuple[str, str]
) -> None:
    refused = portalwright("init", tmp_path / "office", *PRACTICE, *given)
    assert refused.code == ExitCode.USAGE
    assert not (tmp_path / "office").exists()


def test_no_office_is_told_with_what_to_do(portalwright: CommandLine, tmp_path: Path) -> None:
    told = portalwright("status", cwd=tmp_path)
    assert told.code == ExitCode.OFFICE
    assert "--office DIR" in told.err
    assert "portalwright init" in told.err
    assert told.err.count("\n") == 1


def test_the_office_is_the_one_named_else_that_of_the_environment_else_the_current_folder(
    portalwright: CommandLine, office: Path, tmp_path: Path
) -> None:
    assert portalwright("vault", "check", cwd=office).code == 0
    assert portalwright("vault", "check", environment={"PORTALWRIGHT_OFFICE": str(office)}).code == 0
    elsewhere = {"PORTALWRIGHT_OFFICE": str(tmp_path)}
    assert portalwright("vault", "check", environment=elsewhere, cwd=office).code == ExitCode.OFFICE
    assert portalwright("vault", "check", "--office", office, environment=elsewhere).code == 0


def test_a_broken_office_toml_is_told_by_its_line(portalwright: CommandLine, office: Path) -> None:
    settings = office / "office.toml"
    lines = settings.read_text().splitlines()
    place = next(number for number, line in enumerate(lines, 1) if line.startswith("tin"))
    lines[place - 1] = 'tni = "123456789"'
    settings.write_text("\n".join(lines))
    told = portalwright("status", "--office", office)
    assert told.code == ExitCode.OFFICE
    assert f"line {place}, practice.tni: is not a setting" in told.err
    assert "Traceback" not in told.err


def test_another_key_opens_nothing_and_changes_nothing(portalwright: CommandLine, office: Path) -> None:
    add(portalwright, office)
    before = {path: path.read_bytes() for path in (office / "data").rglob("*") if path.is_file()}
    (office / "office.key").write_bytes(bytes(32))
    told = portalwright("vault", "list", "--office", office)
    assert told.code == ExitCode.VAULT
    assert "not the key of this vault" in told.err
    (office / "office.key").unlink()
    assert portalwright("vault", "list", "--office", office).code == ExitCode.VAULT
    assert not (office / "office.key").exists(), "a new key was made over a lost one"
    assert before == {path: path.read_bytes() for path in (office / "data").rglob("*") if path.is_file()}


def test_a_key_that_others_can_read_is_refused(portalwright: CommandLine, office: Path) -> None:
    (office / "office.key").chmod(0o644)
    told = portalwright("vault", "list", "--office", office)
    assert (told.code, "chmod 600" in told.err) == (ExitCode.VAULT, True)


def test_an_older_copy_of_the_vault_is_noticed(portalwright: CommandLine, office: Path, tmp_path: Path) -> None:
    vault = office / "data" / "vault" / "vault.json"
    add(portalwright, office, "first")
    shutil.copy(vault, tmp_path / "older")
    add(portalwright, office, "second")
    shutil.copy(tmp_path / "older", vault)
    told = portalwright("vault", "list", "--office", office)
    assert told.code == ExitCode.VAULT
    assert "older copy of the vault" in told.err


def test_a_damaged_ledger_is_told(portalwright: CommandLine, office: Path) -> None:
    ledger = office / "data" / "ledger" / "ledger.db"
    for left in (office / "data" / "ledger").glob("*-*"):
        left.unlink()
    ledger.write_bytes(bytes(len(ledger.read_bytes())))
    told = portalwright("status", "--office", office)
    assert told.code == ExitCode.LEDGER
    assert "Nothing was changed" in told.err


def test_a_passphrase_is_asked_for_each_time(portalwright: CommandLine, tmp_path: Path) -> None:
    folder = tmp_path / "office"
    made = portalwright("init", folder, *PRACTICE, "--passphrase", "--from-stdin", stdin=f"{PASSPHRASE}\n")
    assert made.code == 0, made.err
    secrets = f"{PASSPHRASE}\nuser-canary\npw-canary\n\n"
    assert portalwright("vault", "add", "practice-national", "--office", folder, stdin=secrets).code == 0
    assert "practice-national" in portalwright("vault", "list", "--office", folder, stdin=f"{PASSPHRASE}\n").out
    wrong = portalwright("vault", "list", "--office", folder, stdin="another passphrase\n")
    assert (wrong.code, "not the passphrase" in wrong.err) == (ExitCode.VAULT, True)
    none = portalwright("vault", "list", "--office", folder)
    assert (none.code, "No passphrase" in none.err) == (ExitCode.VAULT, True)
    assert PASSPHRASE not in made.out + made.err + wrong.err


def test_the_log_of_a_refusal_holds_its_kind_and_no_words(portalwright: CommandLine, office: Path) -> None:
    refused = portalwright("cases", "show", "4711", "--office", office)
    assert refused.code == ExitCode.LEDGER
    (file,) = (office / "data" / "logs").iterdir()
    logged = [json.loads(line) for line in file.read_text().splitlines()]
    assert logged[-1]["event"] == "command-failed"
    assert logged[-1]["errors"][0]["type"] == "ledger.errors.NotThere"
    assert "4711" not in json.dumps(logged[-1]["errors"][0]["type"])
