"""Writing a file so that a crash leaves the old one or the new one, never half of one, and nobody else can read it."""

import os
import secrets
from pathlib import Path

_TEMPORARY_SUFFIX = ".tmp"


def write_atomically(path: Path, content: bytes) -> None:
    """Replace `path` by `content` (mode 0600) and return only when it is on the disk.

    The content is written beside the target first, so it must be sealed already: a crash may leave that temporary
    file behind (`sweep_temporary_files` removes it).
    """
    temporary = path.with_name(f".{path.name}.{secrets.token_hex(8)}{_TEMPORARY_SUFFIX}")
    try:
        write_new(temporary, content)
        temporary.replace(path)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_new(path: Path, content: bytes) -> None:
    """Create `path` with mode 0600 and `content`, on the disk when this returns; raises `FileExistsError`."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    with os.fdopen(os.open(path, flags, 0o600), "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def sweep_temporary_files(path: Path) -> None:
    """Remove what a killed writer of `path` left behind; call it only while holding the writers' lock."""
    for left_over in path.parent.glob(f".{path.name}.*{_TEMPORARY_SUFFIX}"):
        left_over.unlink(missing_ok=True)


def sync_folder(folder: Path) -> None:
    """Make a rename or a new name in `folder` survive a power cut; Windows does that by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
