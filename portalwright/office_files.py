"""The office's own files where several computers share it: one person publishes them, every computer goes by them.

What is published is the office's packs and overlays, its calendar and cadence, its templates, its rules, and its part
of office.toml: all but the tables that are one computer's own. Each computer works with a copy in data/cache, written
from what was published and compared with it at every start, so that nothing that lies there can count by itself.
"""

import hashlib
import json
import re
import secrets
import shutil
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ledger.shared_files import FileSet, Published
from portalwright.settings import SETTINGS_FILE, SettingsWrong, write_durably

MACHINE_PARTS = frozenset({"ledger", "key", "browser", "worker", "metrics", "backup"})
"""What office.toml says about one computer, and is never published."""

_PATTERNS = ("selectors/*/*.yaml", "schedules/*.toml", "appeals/*.txt", "routing.toml", "deadlines.toml")
_MOST_BYTES = 8 << 20
_KEPT_COPIES = 5
_LEFT_BEHIND_SECONDS = 3600
_COPY = re.compile(r"office-files-(\d+)-[0-9a-f]{12}")
_BASE = "office-files-base.json"


class FilesOlder(Exception):
    """The server offers older files of the office than this computer has worked with."""

    def __init__(self, offered: int, seen: int) -> None:
        super().__init__(
            f"The server offers version {offered} of the office's files, and this computer has worked with version "
            f"{seen}. Nothing was started; if the office was restored from a backup, delete data/cache here and start "
            "again, otherwise ask whoever is in charge of security."
        )


@dataclass(frozen=True)
class FilesCopy:
    """This computer's copy of one version of the office's files."""

    version: int
    folder: Path


@dataclass(frozen=True)
class Base:
    """From which version (0: none) the files in the office folder were made, and their SHA-256 (hex) then."""

    version: int = 0
    sha256: str = ""


def collect(folder: Path) -> FileSet:
    """The office's files as they lie in its folder, as one; raises SettingsWrong for any that cannot be published.

    Their SHA-256 is of what they say: comments in office.toml make no difference.
    """
    files: dict[str, str] = {}
    for path in sorted(path for pattern in _PATTERNS for path in folder.glob(pattern) if path.is_file()):
        files[path.relative_to(folder).as_posix()] = _text(path)
    files[SETTINGS_FILE] = _part(folder / SETTINGS_FILE, of_machine=False)
    if sum(map(len, files.values())) > _MOST_BYTES:
        raise SettingsWrong(
            f"The files in {folder} come to more than {_MOST_BYTES >> 20} MB; take out what is no rule."
        )
    content = json.dumps(files, ensure_ascii=False, sort_keys=True).encode()
    return FileSet(content=content, sha256=_digest(_meaning(files)), files=len(files))


def take_copy(folder: Path, published: Published | None) -> FilesCopy | None:
    """This computer's copy of what was published, made or made whole again; None when nothing was published.

    Raises FilesOlder, or SettingsWrong when this computer's part of office.toml does not go with it.
    """
    cache = folder / "data" / "cache"
    seen = max((version for version, _ in _copies(cache)), default=0)
    version = published.version if published is not None else 0
    if version < seen:
        raise FilesOlder(version, seen)
    if published is None:
        return None
    wanted = _for_this_computer(folder, published.holds)
    copy = cache / f"office-files-{version}-{_digest(wanted)[:12]}"
    if _present(copy) != wanted:
        _write_copy(copy, wanted)
        _drop_old_copies(cache, copy)
    return FilesCopy(version, copy)


def base(folder: Path) -> Base:
    """From what the files in the office folder were made."""
    try:
        said = json.loads((folder / "data" / "cache" / _BASE).read_text(encoding="utf-8"))
        return Base(int(said["version"]), str(said["sha256"]))
    except (OSError, ValueError, KeyError, TypeError):
        return Base()


def note_base(folder: Path, made_from: Base) -> None:
    """Remember what the files in the office folder are now."""
    cache = folder / "data" / "cache"
    cache.mkdir(mode=0o700, exist_ok=True)
    write_durably(cache / _BASE, json.dumps({"version": made_from.version, "sha256": made_from.sha256}) + "\n")


def differing(folder: Path, published: FileSet) -> tuple[str, ...]:
    """Which files in the office folder are not as they were published, missing ones too."""
    here, there = _meaning(_files(collect(folder))), _meaning(_files(published))
    return tuple(sorted(name for name in {*here, *there} if here.get(name) != there.get(name)))


def write_into(folder: Path, published: FileSet, set_aside: Path) -> tuple[str, ...]:
    """Make the files in the office folder those that were published; returns which ones have changed.

    What was there and is different is kept in the folder `set_aside`.
    """
    changed = differing(folder, published)
    wanted = _for_this_computer(folder, published)
    for name in changed:
        path = folder / name
        if path.is_file():
            _make_private(set_aside, set_aside / name)
            shutil.copy2(path, set_aside / name)
        if name in wanted:
            _make_private(folder, path)
            write_durably(path, wanted[name])
        else:
            path.unlink()
    return changed


def settings_for(machine: str, published: FileSet) -> str:
    """office.toml for a computer of this office: what was published, with the text of its own parts."""
    return _together(_files(published)[SETTINGS_FILE], machine)


def _for_this_computer(folder: Path, published: FileSet) -> dict[str, str]:
    files = _files(published)
    own = _part(folder / SETTINGS_FILE, of_machine=True)
    return {**files, SETTINGS_FILE: _together(files[SETTINGS_FILE], own)}


def _meaning(files: Mapping[str, str]) -> dict[str, object]:
    """The files, and of office.toml what it says: its comments are each computer's own."""
    return {**files, SETTINGS_FILE: _read(files[SETTINGS_FILE])}


def _digest(files: Mapping[str, object]) -> str:
    return hashlib.sha256(json.dumps(files, sort_keys=True, default=str).encode()).hexdigest()


def _files(held: FileSet) -> dict[str, str]:
    files: dict[str, str] = json.loads(held.content)
    return files


def _text(path: Path) -> str:
    try:
        # As it is, with the line ends that its editor gave it.
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError:
        raise SettingsWrong(f"{path} is not UTF-8 text; save it as such.") from None
    except OSError as error:
        raise SettingsWrong(f"{path} cannot be read ({error.strerror}).") from None


def _part(path: Path, *, of_machine: bool) -> str:
    """The text of office.toml's tables that are this computer's own, or of all the others, comments and all.

    Raises SettingsWrong where its text cannot be parted without changing what it says.
    """
    text = _text(path).replace("\r\n", "\n")
    parts: dict[bool, list[str]] = {True: [], False: []}
    comments: list[str] = []
    table = ""
    for line in text.splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            comments.append(line)  # belongs to what follows
            continue
        heading = re.match(r"\s*\[+\s*\"?([A-Za-z0-9_-]+)", line)
        key = re.match(r"\s*\"?([A-Za-z0-9_-]+)", line) if not table else None
        if heading:
            table = heading[1]
        owner = table or (key[1] if key else "")
        parts[owner in MACHINE_PARTS] += [*comments, line]
        comments = []
    parts[False] += comments
    part = "\n".join(parts[of_machine]).strip("\n")
    said = tomllib.loads(text)
    wanted = {name: value for name, value in said.items() if (name in MACHINE_PARTS) == of_machine}
    if _read(part) != wanted:
        raise SettingsWrong(
            f"{path} cannot be parted into this computer's tables ({', '.join(sorted(MACHINE_PARTS & set(said)))}) and "
            "the office's. Write each table under a heading of its own, in one place."
        )
    return part + "\n" if part else ""


def _together(office: str, machine: str) -> str:
    """The two parts as one text: lines that stand in no table first."""
    alone, tables = zip(*(_lines_before_tables(part) for part in (machine, office)), strict=True)
    whole = "\n\n".join(part.strip("\n") for part in (*alone, *tables) if part.strip("\n")) + "\n"
    if _read(whole) != {**(_read(office) or {}), **(_read(machine) or {})}:
        raise SettingsWrong(f"This computer's part of {SETTINGS_FILE} does not go together with what was published.")
    return whole


def _lines_before_tables(text: str) -> tuple[str, str]:
    lines = text.splitlines(keepends=True)
    first = next((number for number, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    while first and lines[first - 1].lstrip().startswith("#"):
        first -= 1
    return "".join(lines[:first]), "".join(lines[first:])


def _read(text: str) -> dict[str, Any] | None:
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError:
        return None


def _make_private(root: Path, file: Path) -> None:
    """Make the folders from `root` down to this file, each for this account alone."""
    for folder in (root, *reversed([one for one in file.parents if root in one.parents])):
        folder.mkdir(mode=0o700, exist_ok=True)


def _present(copy: Path) -> dict[str, str]:
    try:
        found = [path for path in copy.rglob("*") if path.is_file()]
        return {path.relative_to(copy).as_posix(): path.read_bytes().decode("utf-8") for path in found}
    except (OSError, UnicodeDecodeError):
        return {}


def _write_copy(copy: Path, wanted: Mapping[str, str]) -> None:
    """All of it under another name first; a copy that is not as it should be is put out of the way."""
    fresh = copy.with_name(f".{copy.name}-{secrets.token_hex(4)}")
    try:
        for name, text in wanted.items():
            _make_private(fresh.parent, fresh / name)
            write_durably(fresh / name, text)
    except OSError:
        shutil.rmtree(fresh, ignore_errors=True)
        raise
    wrong = copy.with_name(f".{copy.name}-{secrets.token_hex(4)}")
    try:
        if copy.exists() and _present(copy) != wanted:
            copy.rename(wrong)
        fresh.rename(copy)
    except OSError:
        # Another process of this computer was quicker.
        if _present(copy) != wanted:
            raise
        shutil.rmtree(fresh, ignore_errors=True)
    shutil.rmtree(wrong, ignore_errors=True)


def _copies(cache: Path) -> Iterator[tuple[int, Path]]:
    if cache.is_dir():
        for path in cache.iterdir():
            if named := _COPY.fullmatch(path.name):
                yield int(named[1]), path


def _drop_old_copies(cache: Path, newest: Path) -> None:
    """The newest few stay, for a process that still works with one of them."""
    copies = sorted(_copies(cache), key=lambda one: (one[0], one[1].stat().st_mtime))
    for _, path in copies[:-_KEPT_COPIES]:
        shutil.rmtree(path, ignore_errors=True)
    for path in cache.glob(".office-files-*"):
        # Left behind by a process that was killed; one that is at work has written a moment ago.
        if path.stat().st_mtime < newest.stat().st_mtime - _LEFT_BEHIND_SECONDS:
            shutil.rmtree(path, ignore_errors=True)
