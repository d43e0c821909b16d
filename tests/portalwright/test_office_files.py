"""What is published of an office and what stays one computer's own; and a copy counts only as it was published."""

import os
import tomllib
from datetime import UTC, datetime
from pathlib import Path

import pytest

from ledger.shared_files import FileSet, Published
from portalwright.office_files import (
    MACHINE_PARTS,
    FilesOlder,
    collect,
    differing,
    settings_for,
    take_copy,
    write_into,
)
from portalwright.settings import SettingsWrong

HERE = """# The office's settings. Secrets never stand here.

# Where the ledger is.
# ledger = "postgresql://user@host/database"
ledger = "postgresql://billing@127.0.0.1/office"   # ours

[practice]   # ours too
name = "Lakeside \\"Family\\" Medicine"
npis = [
    "1234567893",
]

# Where the key comes from.
[key]
provider = "key-file"
file = "/somewhere/office.key"

[payers]
"12345" = "some-portal"

[worker]
sessions = 3

[portals.some-portal]
address = "https://portal.example.com"
# credential = "main"
"""
THERE = """[key]
provider = "passphrase"
[browser]
path = "/usr/bin/chromium"
[practice]
name = "Old name"
ledger-like = "[key]"
# the end
"""


def office(folder: Path, settings: str = HERE, **files: str) -> Path:
    (folder / "data" / "cache").mkdir(parents=True)
    (folder / "office.toml").write_text(settings)
    for name, text in files.items():
        path = folder / name.replace("__", "/").replace("_txt", ".txt").replace("_toml", ".toml")
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return folder


def published(files: FileSet, version: int = 1) -> Published:
    return Published(version=version, holds=files, published_by="dana", published_at=datetime(2026, 3, 2, tzinfo=UTC))


def test_each_computer_keeps_its_own_tables_and_takes_all_others(tmp_path: Path) -> None:
    first = office(tmp_path / "first", appeals__a_txt="A", schedules__calendar_toml="", data__logs_txt="never")
    second = office(tmp_path / "second", THERE, appeals__a_txt="old", appeals__b_txt="B")
    files = collect(first)
    assert files.files == 3
    assert b"office.key" not in files.content
    assert b"postgresql://billing" not in files.content
    assert differing(second, files) == ("appeals/a.txt", "appeals/b.txt", "office.toml", "schedules/calendar.toml")
    changed = write_into(second, files, tmp_path / "aside")
    assert changed == ("appeals/a.txt", "appeals/b.txt", "office.toml", "schedules/calendar.toml")
    ours, theirs, was = (tomllib.loads(text) for text in (HERE, (second / "office.toml").read_text(), THERE))
    assert theirs == {
        **{name: table for name, table in ours.items() if name not in MACHINE_PARTS},
        **{name: table for name, table in was.items() if name in MACHINE_PARTS},
    }
    assert collect(second).sha256 == files.sha256
    assert differing(second, files) == ()
    assert not (second / "appeals" / "b.txt").exists()
    assert {path.name: path.read_text() for path in (tmp_path / "aside").rglob("*.txt")} == {
        "a.txt": "old",
        "b.txt": "B",
    }
    assert (tmp_path / "aside" / "office.toml").read_text() == THERE


def test_a_new_computer_gets_the_offices_part_with_its_own(tmp_path: Path) -> None:
    files = collect(office(tmp_path / "first"))
    made = tomllib.loads(settings_for('ledger = "postgresql://x@y/z"\n\n[key]\nprovider = "passphrase"\n', files))
    assert made["ledger"] == "postgresql://x@y/z"
    assert made["key"] == {"provider": "passphrase"}
    assert made["practice"]["npis"] == ["1234567893"]
    assert "worker" not in made


def test_comments_are_no_change_and_a_word_is(tmp_path: Path) -> None:
    before = collect(office(tmp_path / "a")).sha256
    assert collect(office(tmp_path / "b", "# Good morning.\n" + HERE)).sha256 == before
    assert collect(office(tmp_path / "c", HERE.replace("sessions = 3", "sessions = 5"))).sha256 == before
    assert collect(office(tmp_path / "d", HERE.replace("12345", "12346"))).sha256 != before


def test_settings_that_cannot_be_parted_safely_are_refused(tmp_path: Path) -> None:
    folder = office(
        tmp_path / "office", HERE.replace('name = "Lakeside', 'note = """\n[key]\nx\n"""\nname = "Lakeside')
    )
    with pytest.raises(SettingsWrong, match="cannot be parted"):
        collect(folder)


def test_the_copy_is_what_was_published_whatever_lies_there(tmp_path: Path) -> None:
    first = office(tmp_path / "first", appeals__a_txt="A")
    second = office(tmp_path / "second", THERE)
    one = published(collect(first))
    copy = take_copy(second, one)
    assert copy is not None
    assert (copy.folder / "appeals" / "a.txt").read_text() == "A"
    assert "/usr/bin/chromium" in (copy.folder / "office.toml").read_text()
    assert take_copy(second, one) == copy
    (copy.folder / "appeals" / "a.txt").write_text("somebody else's")
    (copy.folder / "appeals" / "more.txt").write_text("somebody else's")
    assert take_copy(second, one) == copy
    assert [path.read_text() for path in (copy.folder / "appeals").iterdir()] == ["A"]
    for path in (second / "data" / "cache").rglob("*"):
        assert os.name == "nt" or path.stat().st_mode & 0o077 == 0


def test_an_older_version_than_was_seen_is_not_believed_and_old_copies_go(tmp_path: Path) -> None:
    folder = office(tmp_path / "office", appeals__a_txt="0")
    for version in range(1, 9):
        (folder / "appeals" / "a.txt").write_text(str(version))
        copy = take_copy(folder, published(collect(folder), version))
        assert copy is not None
        assert (copy.folder / "appeals" / "a.txt").read_text() == str(version)
    kept = sorted(path.name.split("-")[2] for path in (folder / "data" / "cache").glob("office-files-*-*"))
    assert kept == ["4", "5", "6", "7", "8"]
    for older in (published(collect(folder), 7), None):
        with pytest.raises(FilesOlder, match="worked with version 8"):
            take_copy(folder, older)
