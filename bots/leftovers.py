"""Private temporary folders that are swept when the process that made them is gone, however it went."""

import contextlib
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

_PREFIX = "browser-"
_OWNER = "owner"
_IN_MEMORY = Path("/dev/shm")  # noqa: S108 - a folder with a random name is made in it, which only this user can read
_ROOM = 32 * 1024 * 1024


def folder_in_memory(room_for: int = _ROOM) -> Path | None:
    """A file system of this computer that is in its memory alone and has room for so many bytes; None where there is
    none."""
    try:
        mounted = [line.split()[1:3] for line in Path("/proc/mounts").read_text(encoding="utf-8").splitlines()]
        room = shutil.disk_usage(_IN_MEMORY).free
    except OSError:
        return None
    usable = [str(_IN_MEMORY), "tmpfs"] in mounted and os.access(_IN_MEMORY, os.W_OK) and room >= room_for
    return _IN_MEMORY if usable else None


@contextmanager
def private_folder(folder: Path, prefix: str = _PREFIX) -> Iterator[Path]:
    """A new folder inside `folder` that only this user can read; removed at the end."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = Path(tempfile.mkdtemp(prefix=prefix, dir=folder)).resolve()
    try:
        with (private / _OWNER).open("wb") as owner:
            _hold(owner)
            yield private
    finally:
        _remove(private)


def sweep(folder: Path, prefix: str = _PREFIX) -> int:
    """Remove what dead processes of this user left in `folder`; folders whose process lives are let alone.

    Returns how many.
    """
    swept = 0
    for private in folder.glob(f"{prefix}*"):
        if _is_ours(private) and not _is_held(private / _OWNER):
            _remove(private)
            swept += 1
    return swept


if sys.platform == "win32":

    def _hold(owner: IO[bytes]) -> None:
        """Windows does not remove a file that somebody has open: that is the hold."""

    def _is_held(owner: Path) -> bool:
        try:
            owner.unlink(missing_ok=True)
        except PermissionError:
            return True
        return False

else:
    import fcntl

    def _hold(owner: IO[bytes]) -> None:
        """The lock goes with the process, and no child inherits it."""
        fcntl.flock(owner, fcntl.LOCK_EX)

    def _is_held(owner: Path) -> bool:
        try:
            with owner.open("rb") as opened:
                fcntl.flock(opened, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except FileNotFoundError:
            # Between a process's making the folder and its taking hold of it, which is no time to sweep.
            return owner.parent.stat().st_mtime > _recently() if owner.parent.exists() else True
        except BlockingIOError:
            return True
        return False

    def _recently() -> float:
        import time

        return time.time() - 60


def _is_ours(private: Path) -> bool:
    """Only in a folder that all users share can it be another's."""
    try:
        return not hasattr(os, "getuid") or private.stat().st_uid == os.getuid()
    except FileNotFoundError:
        return False


def _remove(private: Path) -> None:
    """The browser may still write for an instant after it was told to end; a second try is enough."""
    for _ in range(2):
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(private, ignore_errors=True)
        if not os.path.lexists(private):
            return
