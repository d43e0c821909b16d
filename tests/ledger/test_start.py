"""The ledger's file: encrypted, private, and honest about a wrong key."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection

from ledger.errors import LedgerOpenElsewhere
from ledger.start import open_ledger
from tests.django_settings import ON_POSTGRESQL, database_key

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="these tests are about the encrypted file")

OPEN = """
import sys
from pathlib import Path
from ledger import accounts, work
from ledger.errors import LedgerError
from ledger.start import open_ledger
from tests.ledger.office import NOW, digest, question
path, key = Path(sys.argv[1]), bytes.fromhex(sys.argv[2])
try:
    {before}
    open_ledger(path, lambda: key)
    {after}
    print("opened")
except LedgerError as error:
    print(type(error).__name__, error)
"""

WRITE_AND_STAY = """
    practice = accounts.ensure_practice("Canary Practice", "123456789")
    robot = accounts.ensure_account("robot", is_robot=True, practice=practice, now=NOW)
    work.import_claims(map(question, range(300)), robot, NOW, digest=digest)
    print("written", flush=True)
    sys.stdin.readline()
"""

KEY, OTHER_KEY = bytes(range(32)).hex(), bytes(range(1, 33)).hex()


def opened(path: Path, key: str, *, before: str = "pass", after: str = "pass") -> subprocess.Popen[str]:
    program = OPEN.format(before=before, after=after)
    return subprocess.Popen(
        [sys.executable, "-c", program, str(path), key],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_nothing_of_a_patient_can_be_read_in_the_file_or_its_journal(tmp_path: Path) -> None:
    path = tmp_path / "office.ledger"
    with opened(path, KEY, after=WRITE_AND_STAY) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "written\n"
        files = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
        modes = {stat.S_IMODE(file.stat().st_mode) for file in tmp_path.iterdir()}
        process.communicate("\n")
    assert set(files) == {"office.ledger", "office.ledger-wal", "office.ledger-shm"}
    assert len(files["office.ledger-wal"]) > 100_000
    for content in [*files.values(), path.read_bytes()]:
        for canary in (b"Quillfeather", b"Ottoline", b"MBR0000001", b"ACCT-000001", b"Canary", b"SQLite format"):
            assert canary not in content
    if os.name == "posix":
        assert modes == {0o600}


def test_a_wrong_key_is_told_in_a_sentence_and_changes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "office.ledger"
    assert opened(path, KEY).communicate()[0] == "opened\n"
    before = path.read_bytes()
    said, errors = opened(path, OTHER_KEY).communicate()
    assert said.startswith("LedgerKeyWrong The ledger does not open with this key")
    assert errors == ""
    assert path.read_bytes() == before
    assert opened(path, KEY).communicate()[0] == "opened\n"


def test_a_damaged_file_is_told_in_a_sentence(tmp_path: Path) -> None:
    path = tmp_path / "office.ledger"
    path.write_bytes(b"this is no ledger" * 1000)
    assert opened(path, KEY).communicate()[0].startswith("LedgerKeyWrong")


def test_asking_before_opening_is_told_in_a_sentence(tmp_path: Path) -> None:
    said, _ = opened(tmp_path / "office.ledger", KEY, before="accounts.default_practice()").communicate()
    assert said.startswith("LedgerNotOpen")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.django_db
def test_one_process_serves_one_office(tmp_path: Path) -> None:
    with pytest.raises(LedgerOpenElsewhere):
        open_ledger(tmp_path / "another.ledger", database_key)
    open_ledger(Path(connection.settings_dict["NAME"]), database_key)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pragma", "value"), [("journal_mode", "wal"), ("synchronous", 2), ("foreign_keys", 1), ("temp_store", 2)]
)
def test_every_connection_is_set_for_safety(pragma: str, value: object) -> None:
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {pragma}")
        assert cursor.fetchone() == (value,)
