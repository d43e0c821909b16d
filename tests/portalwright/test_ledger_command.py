"""The one line of office.toml that names the ledger's server: read strictly, written alone. The move: test_sharing."""

from pathlib import Path

import pytest

from ledger.postgresql.address import read_address
from portalwright.exit_codes import ExitCode
from portalwright.settings import SettingsWrong, name_ledger, read_settings
from tests.portalwright.conftest import CommandLine


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('ledger = "postgresql://b:canary-pw@db.example.com/o"', "it holds a password"),
        ('ledger = "postgresql://b@db.example.com/o?sslmode=prefer"', "in the clear"),
        ("ledger = 5", "must be an address in quotes"),
    ],
)
def test_a_wrong_line_is_told_with_its_place_and_not_repeated(
    portalwright: CommandLine, office: Path, line: str, why: str
) -> None:
    file = office / "office.toml"
    file.write_text(f"{line}\n{file.read_text()}")
    told = portalwright("status", "--office", office)
    assert told.code == ExitCode.OFFICE
    assert "office.toml, line 1, ledger:" in told.err
    assert why in told.err
    assert "canary" not in told.err


def test_only_the_one_line_is_put_into_office_toml(office: Path) -> None:
    file = office / "office.toml"
    address = read_address("postgresql://b@db.example.com/o")
    for text in (file.read_text(), file.read_text().replace("# ledger", "# once there was"), "# only\n" + _rest(file)):
        file.write_text(text)
        name_ledger(file, address)
        assert read_settings(file).ledger == address
        assert [line for line in file.read_text().splitlines() if not line.startswith("ledger = ")] == text.splitlines()
        assert file.stat().st_mode & 0o077 == 0
    with pytest.raises(SettingsWrong, match="could not be changed safely"):
        name_ledger(file, read_address("postgresql://b@other.example.com/o"))
    assert read_settings(file).ledger == address


def _rest(file: Path) -> str:
    text = file.read_text()
    return text[text.index("[practice]") :]
