"""Plants leaks: in every place, in every form, a value of its own each; the same search has to find them all.

The forms are made here by other means than those with which they are looked for.
"""

import base64
import gzip
import html
import io
import json
import sqlite3
import subprocess
import sys
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from pathlib import Path
from urllib.parse import quote, quote_plus

from tests.canary.search import Search
from tests.canary.tally import Place, Tally
from tests.whole.office import Commands, Ended, Running
from tests.whole.watching import Watch


def _zipped(value: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("page.html", f"<html>{value}</html>" * 9)
    return out.getvalue()


def _numbers(value: str) -> str:
    return "".join(letter if letter.isalnum() and letter.isascii() else f"&#{ord(letter)};" for letter in value)


WRITTEN: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "small letters": str.lower,
    "capital letters": str.upper,
    "base64": lambda value: base64.b64encode(value.encode()).decode(),
    "base64 after one letter": lambda value: base64.b64encode(b"=" + value.encode() + b"&more").decode(),
    "base64 after two letters": lambda value: base64.urlsafe_b64encode(b"n=" + value.encode() + b"&m").decode(),
    "base64 of small letters": lambda value: base64.b64encode(value.lower().encode()).decode(),
    "hex": lambda value: value.encode().hex(),
    "hex in capitals": lambda value: value.encode().hex().upper(),
    "url": lambda value: f"https://x.example/?q={quote(value)}",
    "form": lambda value: f"a=1&name={quote_plus(value)}&b=2",
    "json": lambda value: json.dumps({"name": value}),
    "html": lambda value: f"<td>{html.escape(value)}</td>",
    "html in numbers": lambda value: f"<td>{_numbers(value)}</td>",
    "reversed": lambda value: value[::-1],
    "split by tags": lambda value: f"<p>{value[:3]}<b class='x'>{value[3:7]}</b><!-- --><i>{value[7:]}</i>",
}
"""Forms that are text."""
PACKED: Mapping[str, Callable[[str], bytes]] = {
    "utf-16": lambda value: value.encode("utf-16-le"),
    "utf-16, other order": lambda value: value.encode("utf-16-be"),
    "latin-1": lambda value: value.encode("latin-1"),
    "gzip": lambda value: gzip.compress(f"a page with {value}".encode() * 3),
    "zlib": lambda value: zlib.compress(f"a stream with {value}".encode() * 3),
    "zip": _zipped,
}
"""Forms that are bytes, which stand in no argument of a process."""

_FILES: Mapping[Place, str] = {
    Place.OFFICE: "office/selectors/notes",
    Place.SEALED: "office/data/evidence/ab/page",
    Place.LOGS: "office/data/logs/log.jsonl",
    Place.TEMPORARY: "temporary/page",
    Place.PROFILE: "office/data/tmp/browser-4711/Default/History",
    Place.DOWNLOADS: "office/data/tmp/downloads-4711/one.835",
    Place.HOME: "home/core",
}


class Values:
    """Gives each planted leak a value of its own, with an apostrophe and a letter that is not ASCII."""

    def __init__(self) -> None:
        self.known: dict[str, tuple[Place, str]] = {}

    def new(self, place: Place, form: str) -> str:
        value = f"O'Kanari{len(self.known):04}ß-vogel"
        self.known[value] = (place, form)
        return value


def plant(root: Path, tally: Tally) -> Values:
    """Plant leaks below `root`, search it as an office is searched, and note in `tally` which were found."""
    values, scratch = Values(), Tally()
    office = Commands(root / "office", root / "home", root / "temporary")
    for folder in (office.folder, office.home, office.temporary):
        folder.mkdir(parents=True)
    _in_files(root, values)
    shown, printed, passing, pages = (
        [*_texts(values, place)] for place in (Place.ARGUMENTS, Place.OUTPUT, Place.TEMPORARY, Place.DESK)
    )
    for number, leak in enumerate(leaks(values, Place.BACKUPS)):
        (root / "backups").mkdir(exist_ok=True)
        (root / "backups" / f"office-{number}.backup").write_bytes(leak)
    named = values.new(Place.TEMPORARY, "name of a file")
    (office.temporary / named).touch()
    with closing(_in_database(office.folder / "data" / "ledger", values)):
        search = Search(values.known)
        scratch.office(search, office)
        scratch.folder(search, root / "backups", Place.BACKUPS)
        ended = _said_and_shown(office, shown, "\n".join(printed), "\n".join(passing))
        scratch.ended(search, ended)
        for page in pages:
            scratch.look(search, Place.DESK, "/a/page/", page.encode())
    note(values, scratch, tally)
    return values


def note(values: Values, scratch: Tally, tally: Tally) -> None:
    """Which of the planted leaks the search has found, in the place where they are."""
    found = {(place, hit.value) for place, hit in scratch.hits}
    for value, (place, form) in values.known.items():
        tally.planted += 1
        if (place, value) in found:
            tally.planted_found += 1
        else:
            tally.missed.append(f"{form} in {place}")


def _texts(values: Values, place: Place) -> Iterator[str]:
    for form, write in WRITTEN.items():
        yield write(values.new(place, form))


def leaks(values: Values, place: Place, *, packed: bool = True) -> Iterator[bytes]:
    """A leak in each form, with something before and behind it; without `packed` in those that are text."""
    forms: dict[str, Callable[[str], bytes]] = {
        **{form: (lambda value, write=write: write(value).encode()) for form, write in WRITTEN.items()},  # type: ignore[misc] # bound
        **(PACKED if packed else {}),
    }
    for form, write in forms.items():
        yield b"\x00 a line of counts: 428190 " + write(values.new(place, form)) + b" and after"


def _in_files(root: Path, values: Values) -> None:
    for place, name in _FILES.items():
        for number, leak in enumerate(leaks(values, place)):
            path = root / f"{name}-{number}"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(leak)


def _in_database(folder: Path, values: Values) -> sqlite3.Connection:
    """A database in the clear: half of the leaks are in the file, the others in the journal beside it, still open."""
    folder.mkdir(parents=True)
    connection = sqlite3.connect(folder / "ledger.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA wal_autocheckpoint=0")
    connection.execute("CREATE TABLE answer (raw BLOB)")
    for part in range(2):
        connection.executemany("INSERT INTO answer VALUES (?)", [(leak,) for leak in leaks(values, Place.LEDGER)])
        if part == 0:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return connection


_SCRIPT = """
import os, pathlib, sys, time
print(sys.stdin.read())
page = pathlib.Path(os.environ["TMPDIR"], "passing")
page.write_text(os.environ.pop("PASSING"))
time.sleep(1)
page.unlink()
"""


def _said_and_shown(office: Commands, shown: list[str], printed: str, passing: str) -> Ended:
    """A process that shows half of it as arguments and half in its environment, and has a file that goes again."""
    half = len(shown) // 2
    environment = office.environment() | {f"LEAK{n}": leak for n, leak in enumerate(shown[half:])}
    process = subprocess.Popen(
        [sys.executable, "-c", _SCRIPT, *shown[:half]],
        env=environment | {"PASSING": passing},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    watch = Watch(process.pid, (office.folder / "data" / "tmp", office.temporary))
    assert process.stdin is not None
    process.stdin.write(printed)
    process.stdin.close()
    process.stdin = None
    return Running(process, watch).end()
