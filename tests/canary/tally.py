"""The places that were searched, with their bytes and what was found in each."""

import json
import os
import re
import threading
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

import psutil

from tests.canary.search import Hit, Search
from tests.whole.office import Commands, Ended


class Place(StrEnum):
    """Where the product or a process that it started could have written something in the clear."""

    OFFICE = "office folder: settings, rules, packs"
    SEALED = "office folder: vault, sealed pages and documents"
    LOGS = "office folder: logs"
    LEDGER = "SQLite ledger and its journal"
    TEMPORARY = "temporary files, also while they were there"
    PROFILE = "browser's profile, also while it was there"
    DOWNLOADS = "downloads, also while they were there"
    HOME = "home and working folder: crash dumps, caches"
    BACKUPS = "backups, sealed exports, the audit log's file"
    OUTPUT = "what commands print besides their answer"
    ARGUMENTS = "arguments and environments of all processes"
    SERVER = "PostgreSQL's folder (secrets, pages, documents)"
    ENGINE = "the engine's tables"
    DESK = "desk: responses to those who may not see"
    DESK_SECRETS = "desk: secrets in responses to anybody"


@dataclass
class Tally:
    """Counts what is searched. Several threads may search at once."""

    sizes: Counter[Place] = field(default_factory=Counter)
    """Bytes."""
    things: Counter[Place] = field(default_factory=Counter)
    """Files, outputs, processes and responses."""
    hits: list[tuple[Place, Hit]] = field(default_factory=list)
    planted: int = 0
    planted_found: int = 0
    missed: list[str] = field(default_factory=list)
    """Planted leaks that were not found."""
    wrong: list[str] = field(default_factory=list)
    """What did not happen that should have been searched: a fault that nobody met, a page that nobody saw."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def look(self, search: Search, place: Place, where: str, content: bytes) -> list[Hit]:
        """Search these bytes and the name of where they were."""
        found = search.hits(content, where)
        with self._lock:
            self.sizes[place] += len(content)
            self.things[place] += 1
            self.hits += [(place, hit) for hit in found]
        return found

    def folder(self, search: Search, root: Path, place: Place) -> None:
        """Search every byte of every file below, and every name."""
        for path in _below(root):
            self.look(search, place, str(path), _read(path))

    def file(self, search: Search, path: Path, place: Place) -> bool:
        """Search this file; false when there is none, or nothing in it."""
        content = _read(path)
        self.look(search, place, str(path), content)
        return bool(content)

    def office(self, search: Search, office: Commands) -> None:
        """Search the office's folder, its person's home, and its temporary folder."""
        for root, place in ((office.folder, None), (office.home, Place.HOME), (office.temporary, Place.TEMPORARY)):
            for path in _below(root):
                self.look(search, place or of_path(path.relative_to(root).as_posix()), str(path), _read(path))

    def ended(self, search: Search, ended: Ended, *, view: bool = False) -> None:
        """Search what a command printed and what its processes showed. Of a `view`, not its standard output."""
        self.output(search, ended.err if view else ended.out + ended.err)
        for shown in sorted(ended.watch.shown):
            self.look(search, Place.ARGUMENTS, "", shown)
        for path, content in ended.watch.files.items():
            self.look(search, of_path(path, seen=True), path, content)

    def output(self, search: Search, printed: str, typed: Iterable[str] = ()) -> None:
        """Search what was printed. What was `typed` as an argument may be said again."""
        for word in typed:
            printed = printed.replace(word, "")
        self.look(search, Place.OUTPUT, "", printed.encode())

    @property
    def places(self) -> int:
        return sum(1 for place in Place if self.things[place])

    def fine(self) -> bool:
        """Was nothing found but what had been planted, and all of that?"""
        return not self.hits and not self.missed and not self.wrong and self.planted > 0

    def table(self) -> str:
        """A line for each place."""
        hits = Counter(place for place, _ in self.hits)
        lines = [f"{'place':<52}{'things':>8}{'bytes':>14}{'hits':>6}"]
        lines += [f"{p:<52}{self.things[p]:>8,}{self.sizes[p]:>14,}{hits[p]:>6}" for p in Place if self.things[p]]
        lines += [f"planted leaks: {self.planted}, found: {self.planted_found}"]
        lines += sorted({f"  LEAK in {place}: {hit.form} of {hit.value!r} in {hit.where}" for place, hit in self.hits})
        lines += [f"  NOT FOUND: {one}" for one in self.missed] + [f"  NOT SHOWN: {one}" for one in self.wrong]
        return "\n".join(lines)

    def json(self) -> str:
        """The last line."""
        told = {"bytes": sum(self.sizes.values()), "places": self.places, "hits": len(self.hits)}
        return json.dumps(told | {"planted": self.planted, "planted_found": self.planted_found})


_PROFILE = re.compile(r"browser-|playwright_|chromium|org\.chromium|profile", re.IGNORECASE)
_SEALED = re.compile(r"data/(?:vault|evidence|documents|blobs|accounts)", re.IGNORECASE)


def of_path(path: str, *, seen: bool = False) -> Place:
    """Which place a file of the office or of a temporary folder belongs to."""
    if "download" in path or "playwright-artifacts" in path:
        return Place.DOWNLOADS
    if _PROFILE.search(path) and ("tmp" in path or "temporary" in path):
        return Place.PROFILE
    if seen or "data/tmp/" in path:
        return Place.TEMPORARY
    if "data/logs" in path:
        return Place.LOGS
    if "data/ledger" in path:
        return Place.LEDGER
    return Place.SEALED if _SEALED.search(path) else Place.OFFICE


def _below(root: Path) -> Iterable[Path]:
    for place, folders, files in os.walk(root):
        yield from (Path(place) / name for name in (*folders, *files))


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes() if path.is_file() and not path.is_symlink() else b""
    except FileNotFoundError:
        return b""


def core_limit(process_id: int) -> tuple[int, int]:
    """The largest core file that a process may leave, in bytes: its soft and its hard limit."""
    soft, hard = psutil.Process(process_id).rlimit(psutil.RLIMIT_CORE)
    return soft, hard
