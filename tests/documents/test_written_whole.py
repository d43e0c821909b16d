"""A file is there whole or as it was before, whatever goes wrong, and the person is told what to do."""

import errno
import os
import resource
import stat
from pathlib import Path

import pytest

from documents.written_whole import FileNotWritten, write_whole

OLD, NEW = b"what was there before", b"something new " * 4000


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "answers.csv"
    path.write_bytes(OLD)
    return path


def untouched(file: Path) -> bool:
    return file.read_bytes() == OLD and list(file.parent.iterdir()) == [file]


def test_a_new_file_is_for_this_account_alone(tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        write_whole(tmp_path / "answers.csv", NEW)
    finally:
        os.umask(before)
    assert (tmp_path / "answers.csv").read_bytes() == NEW
    assert stat.S_IMODE((tmp_path / "answers.csv").stat().st_mode) == 0o600


def test_an_older_file_is_replaced_and_nothing_is_left_beside_it(file: Path) -> None:
    file.chmod(0o644)
    write_whole(file, NEW)
    assert file.read_bytes() == NEW
    assert list(file.parent.iterdir()) == [file]
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_a_link_leads_to_the_file_that_is_replaced(file: Path, tmp_path: Path) -> None:
    link = tmp_path / "link.csv"
    link.symlink_to(file)
    write_whole(link, NEW)
    assert (link.is_symlink(), file.read_bytes()) == (True, NEW)


def test_a_file_that_excel_holds_open_is_told_and_untouched(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def held(_self: Path, _target: Path) -> Path:
        """What Windows does when another program has the file open."""
        raise PermissionError(errno.EACCES, "The process cannot access the file")

    monkeypatch.setattr(Path, "replace", held)
    with pytest.raises(FileNotWritten, match=r"open in another program, such as Excel.*Close it"):
        write_whole(file, NEW)
    assert untouched(file)


def test_a_full_disk_is_told_leaves_nothing_half_written_and_goes_on_afterwards(file: Path) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1000, hard))
    try:
        with pytest.raises(FileNotWritten, match=r"no room on the disk.*Make room"):
            write_whole(file, NEW)
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
    assert untouched(file)
    write_whole(file, NEW)
    assert file.read_bytes() == NEW


def test_a_disk_that_is_full_only_when_the_file_is_settled_is_the_same(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(_handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(FileNotWritten, match="no room on the disk"):
        write_whole(file, NEW)
    assert untouched(file)


def test_no_folder_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileNotWritten, match="There is no folder"):
        write_whole(tmp_path / "none" / "answers.csv", NEW)
    assert list(tmp_path.iterdir()) == []


def test_a_folder_or_a_device_is_no_file(tmp_path: Path) -> None:
    for place in (tmp_path, Path("/dev/null")):
        with pytest.raises(FileNotWritten, match="is not a file"):
            write_whole(place, NEW)


def test_what_was_interrupted_leaves_nothing_beside_the_old_file(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(_handle: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_whole(file, NEW)
    assert untouched(file)
