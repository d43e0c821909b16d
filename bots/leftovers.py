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


@contextmanager
def private_folder(folder: Path) -> Iterator[Path]:
    """A new folder inside `folder` that only this user can read; removed at the end."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    private = Path(tempfile.mkdtemp(prefix=_PREFIX, dir=folder)).resolve()
    try:
        with (private / _OWNER).open("wb") as owner:
            _hold(owner)
            yield private
    finally:
        _remove(private)


def sweep(folder: Path) -> int:
    """Remove what dead processes left in `folder`; folders whose process lives are let alone. Returns how many."""
    swept = 0
    for private in folder.glob(f"{_PREFIX}*"):
        if not _is_held(private / _OWNER):
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


def _remove(private: Path) -> None:
    """The browser may still write for an instant after it was told to end; a second try is enough."""
    for _ in range(2):
        with contextlib.suppress(FileNotFoundError):
            shutil.rmtree(private, ignore_errors=True)
        if not os.path.lexists(private):
            return
