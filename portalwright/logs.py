"""The log: JSON lines of counts, ids and words known beforehand, so that no patient and no secret can stand in it.

Nothing is masked afterwards. A field that is not in the table below, or a value that its rule does not let through, is
refused, and so is every free text: an exception is logged as the names of its types and the places in the code that it
came through, because the messages of browsers and databases hold what was typed.
"""

import contextlib
import itertools
import json
import logging
import os
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import UTC, datetime, time
from enum import Enum, StrEnum
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import TYPE_CHECKING, Self

from bots.elsewhere import Elsewhere
from bots.memory_bound import Ended
from flows.outcomes import Code, Ending
from flows.questions import Flow
from portalwright.watching.kinds import AlarmKind
from schedules.calendar import Act
from schedules.trouble import Trouble

if TYPE_CHECKING:
    import loguru

FILE_NAME = "portalwright-{time:YYYY-MM-DD!UTC}.jsonl"
"""One file a day, by UTC."""

Value = int | float | bool | str


class Event(StrEnum):
    """What can happen, in our own words; nothing else can be logged."""

    COMMAND_STARTED = "command-started"
    COMMAND_ENDED = "command-ended"
    COMMAND_FAILED = "command-failed"
    OFFICE_MADE = "office-made"
    CLAIMS_IMPORTED = "claims-imported"
    APPOINTMENTS_IMPORTED = "appointments-imported"
    DOCUMENTS_IMPORTED = "documents-imported"
    DEPOSITS_IMPORTED = "deposits-imported"
    FEES_IMPORTED = "fees-imported"
    CODE_TEXTS_IMPORTED = "code-texts-imported"
    WORK_REFRESHED = "work-refreshed"
    POSTING_EXPORTED = "posting-exported"
    RUN_STARTED = "run-started"
    RUN_ENDED = "run-ended"
    CALLS_REFUSED = "calls-refused"
    """Pages of a session called hosts that the pack does not declare, and did not reach them."""
    MEMORY_EXCEEDED = "memory-exceeded"
    """A browser's pages took more memory than they may (`mebibytes`): the page that took it was ended, or all of it."""
    ATTEMPT_ENDED = "attempt-ended"
    ATTEMPT_FAILED = "attempt-failed"
    LIBRARY_WARNED = "library-warned"
    WORKER_STARTED = "worker-started"
    WORKER_ENDED = "worker-ended"
    WORKER_TROUBLED = "worker-troubled"
    WORKER_FAILED = "worker-failed"
    """A fault of our own, or of something that was done at its time; the worker goes on."""
    SESSION_FAILED = "session-failed"
    LANES_DISPATCHED = "lanes-dispatched"
    CALENDAR_ACTED = "calendar-acted"
    REMITTANCES_LEFT_OUT = "remittances-left-out"
    """A portal was not asked for the last days' payments; the next day makes up for it."""
    NOTIFIED = "notified"
    NOTIFICATION_FAILED = "notification-failed"
    METRICS_SERVED = "metrics-served"
    WATCH_FAILED = "watch-failed"
    REPORT_FAILED = "report-failed"
    CONSOLE_SERVED = "console-served"
    CONSOLE_FAILED = "console-failed"
    """The office could not be read anew while its desk is served; what held before holds."""


class Command(StrEnum):
    """The commands, as the log names them."""

    INIT = "init"
    BROWSER = "browser"
    VAULT = "vault"
    PERMIT = "permit"
    IMPORT = "import"
    RUN = "run"
    WORKER = "worker"
    CONSOLE = "console"
    SCHEDULE = "schedule"
    CODE = "code"
    DUE = "due"
    TERMS = "terms"
    STATUS = "status"
    NOTIFY = "notify"
    ANSWERS = "answers"
    EXPORT = "export"
    CLAIM = "claim"
    APPOINTMENT = "appointment"
    APPEAL = "appeal"
    REMITS = "remits"
    REMIT = "remit"
    POSTING = "posting"
    STATEMENT = "statement"
    PATIENT = "patient"
    PLAN = "plan"
    REPORT = "report"
    PRACTICE = "practice"
    ACCOUNT = "account"
    CASES = "cases"
    WORK = "work"
    SELECTORS = "selectors"
    AUDIT = "audit"
    HOLD = "hold"
    PURGE = "purge"
    LEDGER = "ledger"
    BACKUP = "backup"
    RESTORE = "restore"
    DEMO = "demo"
    SANDBOX = "sandbox"


class LogRefused(Exception):
    """Somebody tried to log what is not allowed. The text names the field, never its value."""


_OUR_ROOMS = frozenset(
    {"portalwright", "console", "schedules", "bots", "flows", "packs", "documents", "vault", "ledger"}
)
_LIBRARIES = frozenset({"asyncio", "django", "playwright", "concurrent", "urllib3", "uvicorn", "py", "apprise"})
_TYPE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.<>]{0,119}")
_MOST_FRAMES = 40


def _count(value: object, _words: frozenset[str]) -> bool:
    return type(value) is int and 0 <= value < 10**9


def _milliseconds(value: object, _words: frozenset[str]) -> bool:
    return type(value) in (int, float) and isinstance(value, int | float) and 0 <= value < 10**9


def _flag(value: object, _words: frozenset[str]) -> bool:
    return type(value) is bool


def _known_word(value: object, words: frozenset[str]) -> bool:
    return isinstance(value, str) and value in words


def _member_of(*kinds: type[StrEnum]) -> Callable[[object, frozenset[str]], bool]:
    def is_member(value: object, _words: frozenset[str]) -> bool:
        return isinstance(value, kinds)

    return is_member


FIELDS: Mapping[str, Callable[[object, frozenset[str]], bool]] = MappingProxyType(
    {
        "run": _count,
        "item": _count,
        "portal": _known_word,
        "flow": _member_of(Flow),
        "command": _member_of(Command),
        "outcome": _member_of(Ending),
        "code": _member_of(Code),
        "alarm": _member_of(AlarmKind),
        "act": _member_of(Act),
        "trouble": _member_of(Trouble),
        "elsewhere": _member_of(Elsewhere),
        "ended": _member_of(Ended),
        "mebibytes": _count,
        "lane": _count,
        "sessions": _count,
        "held": _count,
        "count": _count,
        "created": _count,
        "changed": _count,
        "unchanged": _count,
        "rejected": _count,
        "duration_ms": _milliseconds,
        "headed": _flag,
        "signed_out": _flag,
    }
)
"""Every field that may be logged, with its rule. A word must be one that was made known by `Log.learn`."""


class Log:
    """The log of one office. Use it in a `with` statement; while it is open, libraries' warnings go to it too."""

    def __init__(self, folder: Path) -> None:
        """`folder` is made if it is not there, for this account alone."""
        self._folder = folder
        self._words: frozenset[str] = frozenset()
        self._key = next(_keys)
        self._sink: int | None = None
        self._told_unwritten = False
        self._library_handler = _LibraryHandler(self)

    def __enter__(self) -> Self:
        """Open today's file."""
        from loguru import logger

        self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        _silence_loguru(logger)
        self._sink = logger.add(
            self._folder / FILE_NAME,
            format=lambda _record: "{extra[line]}\n",
            filter=lambda record: record["extra"].get("office") == self._key,
            rotation=time(0, 0, tzinfo=UTC),
            opener=lambda path, flags: os.open(path, flags, 0o600),
            encoding="utf-8",
            backtrace=False,
            diagnose=False,
            catch=False,
        )
        logging.getLogger().addHandler(self._library_handler)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close the file."""
        from loguru import logger

        logging.getLogger().removeHandler(self._library_handler)
        if self._sink is not None:
            sink, self._sink = self._sink, None
            with self._unwritten_is_told():
                logger.remove(sink)

    def learn(self, words: Iterable[str]) -> None:
        """Let these words through as portals, views and elements: names out of packs, which hold no patient data."""
        self._words |= frozenset(words)

    def log(self, event: Event, **fields: Value) -> None:
        """Write one line. Raises LogRefused, and writes nothing, for a field or a value that is not allowed."""
        self._write(event, self._checked(event, fields))

    def failure(self, event: Event, error: BaseException, **fields: Value) -> None:
        """Write one line about an exception: types and places in the code, no message, no local variable."""
        self._write(event, self._checked(event, fields) | {"errors": _told(error)})

    def library_warned(self, library: str, level: int, error: BaseException | None) -> None:
        """Write that a library had something to say; what it said stays unwritten."""
        name = library.partition(".")[0]
        told: dict[str, object] = {"library": name if name in _LIBRARIES else "other", "level": level}
        self._write(Event.LIBRARY_WARNED, told | ({"errors": _told(error)} if error else {}))

    def _checked(self, event: Event, fields: Mapping[str, Value]) -> dict[str, object]:
        if not isinstance(event, Event):
            raise LogRefused("what happened must be an Event")
        for name, value in fields.items():
            rule = FIELDS.get(name)
            if rule is None:
                raise LogRefused(f"a field of the name given is not allowed in the log (event {event.value})")
            if not rule(value, self._words):
                raise LogRefused(f"the value of the field '{name}' is not allowed in the log (event {event.value})")
        return {name: value.value if isinstance(value, Enum) else value for name, value in fields.items()}

    def _write(self, event: Event, fields: Mapping[str, object]) -> None:
        from loguru import logger

        line = json.dumps(
            {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event.value, **fields}
        )
        with self._unwritten_is_told():
            logger.bind(office=self._key, line=line).info(event.value)
            self._told_unwritten = False

    @contextlib.contextmanager
    def _unwritten_is_told(self) -> Iterator[None]:
        """The work goes on without its log where the disk takes no more; a person hears of it once, until it does.

        Loguru's own way would print the exception that is being handled, whose message may be about a patient.
        """
        try:
            yield
        except (OSError, ValueError) as error:
            if not self._told_unwritten:
                self._told_unwritten = True
                number = error.errno if isinstance(error, OSError) else None
                why = os.strerror(number) if number else type(error).__name__
                with contextlib.suppress(OSError):
                    sys.stderr.write(f"portalwright: the log cannot be written ({why}); the work goes on without it.\n")


_keys = itertools.count(1)


def _silence_loguru(logger: "loguru.Logger") -> None:
    """Loguru begins with a sink of its own to the terminal, number 0."""
    try:
        logger.remove(0)
    except ValueError:
        return


def _told(error: BaseException) -> list[dict[str, object]]:
    """The exception and what led to it, the outermost first."""
    return [
        {"type": _type_name(one), "frames": list(_frames(one.__traceback__))}
        for one in itertools.islice(_chain(error), 10)
    ]


def _chain(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    one: BaseException | None = error
    while one is not None and id(one) not in seen:
        seen.add(id(one))
        yield one
        if isinstance(one, BaseExceptionGroup):
            yield from one.exceptions
        one = one.__cause__ or one.__context__


def _type_name(error: BaseException) -> str:
    name = f"{type(error).__module__}.{type(error).__qualname__}"
    return name if _TYPE_NAME.fullmatch(name) else "unnamed"


def _frames(trace: TracebackType | None) -> Iterator[str]:
    places = [(frame.f_globals.get("__name__", ""), line) for frame, line in traceback.walk_tb(trace)]
    for module, line in places[-_MOST_FRAMES:]:
        yield f"{module if _TYPE_NAME.fullmatch(str(module)) else 'unnamed'}:{line}"


class _LibraryHandler(logging.Handler):
    """Takes what libraries log, so that none of it reaches the terminal or a file as text."""

    def __init__(self, log: Log) -> None:
        super().__init__(logging.WARNING)
        self._log = log

    def emit(self, record: logging.LogRecord) -> None:
        self._log.library_warned(record.name, record.levelno, record.exc_info[1] if record.exc_info else None)


def error_places(error: BaseException) -> str:
    """The exception's type and the last place of our own code it came through, for a message about a defect."""
    last = ""
    for one in _chain(error):
        for place in _frames(one.__traceback__):
            if place.partition(".")[0].partition(":")[0] in _OUR_ROOMS:
                last = place
    return f"{type(error).__name__} at {last}" if last else type(error).__name__


def no_traces_on_the_terminal() -> None:
    """From now on no uncaught exception prints its message and its lines; for the process of a command."""

    def hook(kind: type[BaseException], _error: BaseException, _trace: TracebackType | None) -> None:
        sys.stderr.write(f"portalwright: stopped by {kind.__name__}.\n")

    sys.excepthook = hook
    threading.excepthook = lambda _arguments: None
    sys.unraisablehook = lambda _unraisable: None
