"""A file is written whole or not at all, and for this account alone; what was there before stays until then."""

import contextlib
import errno
import os
import tempfile
from pathlib import Path

_FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})


class FileNotWritten(Exception):
    """A file could not be written. The text is for a person; the old file, if there was one, is untouched."""


def write_whole(path: Path, contents: bytes) -> None:
    """Put `contents` at `path` (mode 0600), in one step, surely on the disk when this returns.

    Raises FileNotWritten, and then `path` is as it was and nothing lies beside it.
    """
    target = path.resolve()
    if target.exists() and not target.is_file():
        raise FileNotWritten(f"{path} is not a file. Nothing was written; name a file.")
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=".portalwright-", suffix=".part")
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            file.write(contents)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
        temporary = None
        _settle_folder(target.parent)
    except OSError as error:
        raise FileNotWritten(_why(path, error, written=temporary is not None)) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink()


def _settle_folder(folder: Path) -> None:
    """Make the new name last through a power cut, where the system can."""
    if os.name == "nt":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):
            os.fsync(handle)
    finally:
        os.close(handle)


def _why(path: Path, error: OSError, *, written: bool) -> str:
    """`written`: the new file was ready beside the old one."""
    kept = "what was there before is as it was" if path.exists() else "nothing was written"
    if error.errno in _FULL:
        return f"There is no room on the disk for {path}; {kept}. Make room, or write to another disk, and try again."
    if isinstance(error, PermissionError) and written:
        return f"{path} is open in another program, such as Excel; {kept}. Close it there and try again."
    if isinstance(error, PermissionError):
        return f"This account may not write into {path.parent}; {kept}. Name a file in a folder of yours."
    if isinstance(error, FileNotFoundError | NotADirectoryError):
        return f"There is no folder {path.parent}; {kept}. Make it, or name another one."
    return f"{path} could not be written ({error.strerror}); {kept}. Try again, or name another file."
