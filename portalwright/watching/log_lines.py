"""Reads the office's log back: the newest lines, those since a time, and new ones as every process writes them."""

import json
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from types import MappingProxyType

from portalwright.logs import Event

_FILES = "portalwright-*.jsonl"
_DAY = "portalwright-"
_FIRST = ("portal", "flow", "outcome", "code", "alarm", "command")
_FILES_BACK = 14
_LONGEST_LINE = 65_536


@dataclass(frozen=True)
class LogLine:
    """One line: when, what, its fields, and the text as it stands in the file."""

    at: datetime
    event: str
    fields: Mapping[str, object]
    text: str

    @property
    def shown(self) -> str:
        """For people: time (UTC), what happened, and the fields, words first."""
        words = [str(self.fields[name]) for name in _FIRST if name in self.fields]
        rest = [f"{name}={_short(value)}" for name, value in self.fields.items() if name not in _FIRST]
        return f"{self.at:%Y-%m-%d %H:%M:%S}  {self.event:<20} {' '.join((*words, *rest))}".rstrip()


Wanted = Callable[[LogLine], bool]


def wanted(portal: str | None, events: Iterable[Event], since: datetime | None) -> Wanted:
    """Keeps the lines about this portal, of these events (none: all), at this time or later."""
    names = frozenset(event.value for event in events)

    def keep(line: LogLine) -> bool:
        return (
            (portal is None or line.fields.get("portal") == portal)
            and (not names or line.event in names)
            and (since is None or line.at >= since)
        )

    return keep


Ends = Mapping[Path, int]
"""How far each file is to be read, in bytes; those that are not named, to their end."""


def newest(folder: Path, keep: Wanted, most: int, ends: Ends = MappingProxyType({})) -> list[LogLine]:
    """The newest `most` lines that are to be kept, in the order of time; of the last two weeks with a log."""
    found: list[LogLine] = []
    for path in sorted(folder.glob(_FILES), reverse=True)[:_FILES_BACK]:
        kept = deque((line for line in _lines_of(path, ends) if keep(line)), maxlen=most - len(found))
        found = [*kept, *found]
        if len(found) >= most:
            break
    return sorted(found, key=lambda line: line.at)


def since(folder: Path, keep: Wanted, begins: datetime, ends: Ends = MappingProxyType({})) -> list[LogLine]:
    """All lines that are to be kept, in the order of time; files of days before `begins` are not opened."""
    # A file is of one UTC day; a process that was late over midnight may have written a line into the older one.
    first = (begins - timedelta(days=1)).date()
    paths = [path for path in sorted(folder.glob(_FILES)) if (_day_of(path) or first) >= first]
    return sorted((line for path in paths for line in _lines_of(path, ends) if keep(line)), key=lambda line: line.at)


@dataclass
class Follower:
    """Gives what was written since the last look, over midnight and over files that appear, are renamed or go.

    Known by their number on the disk, not by their name. A line that is not whole yet is given when it is.
    """

    folder: Path
    _read: dict[int, int] = field(default_factory=dict)

    def skip_to_end(self) -> Ends:
        """What is there now is not given any more; returns how far each file was skipped."""
        skipped = {}
        for path, number, size in self._files():
            with path.open("rb") as file:
                file.seek(max(0, size - _LONGEST_LINE))
                tail = file.read(min(size, _LONGEST_LINE))
            self._read[number] = skipped[path] = size - len(tail) + tail.rfind(b"\n") + 1
        return skipped

    def new_lines(self) -> list[LogLine]:
        """The lines since the last look, in the order of time."""
        found: list[LogLine] = []
        for path, number, size in self._files():
            begin = self._read.get(number, 0)
            if size < begin:
                # Emptied or written anew.
                begin = self._read[number] = 0
            if size == begin:
                continue
            with path.open("rb") as file:
                file.seek(begin)
                chunk = file.read(size - begin)
            whole = chunk.rfind(b"\n") + 1
            self._read[number] = begin + whole
            found += _parsed(chunk[:whole])
        return sorted(found, key=lambda line: line.at)

    def _files(self) -> Iterator[tuple[Path, int, int]]:
        for path in sorted(self.folder.glob(_FILES)):
            try:
                about = path.stat()
            except FileNotFoundError:
                continue
            yield path, about.st_ino, about.st_size


def _lines_of(path: Path, ends: Ends) -> Iterator[LogLine]:
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return
    yield from _parsed(content[: ends.get(path)])


def _parsed(content: bytes) -> Iterator[LogLine]:
    """The lines that are ours. One that a full disk cut off is left out."""
    for raw in content.splitlines():
        try:
            read = json.loads(raw)
            at = datetime.fromisoformat(read.pop("time")).astimezone(UTC)
            event = str(read.pop("event"))
        except (ValueError, KeyError, AttributeError, TypeError):
            continue
        yield LogLine(at, event, read, raw.decode("utf-8", "replace"))


def _day_of(path: Path) -> date | None:
    try:
        return date.fromisoformat(path.name.removeprefix(_DAY)[:10])
    except ValueError:
        return None


def _short(value: object) -> str:
    """A field's value in a few letters; of exceptions, their types and the last place."""
    if not isinstance(value, list):
        return str(value)
    told = [one for one in value if isinstance(one, dict)]
    return " < ".join(f"{one.get('type')} at {(one.get('frames') or ['?'])[-1]}" for one in told)
