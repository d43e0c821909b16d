"""Reads one spoilt input and says what became of it: read, refused in words of ours, or a crash.

A crash is every error that is not the room's own, a promise that does not hold, a sentence that quotes the patient,
five seconds of work for one input, and 256 MiB of memory.
"""

import resource
import signal
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from traceback import extract_tb
from types import FrameType, TracebackType

from tests.fuzz.canaries import quoted
from tests.fuzz.choices import Choices

MOST_SECONDS = 5.0
"""Of processor time, so that a busy machine is no hang. A reader that waits is seen by who watches the process."""
MOST_GROWTH = 256 << 20
"""Bytes by which the process may have grown at its worst, over all inputs together."""

_ROOT = Path(__file__).parents[2]


class Broken(AssertionError):
    """Something was read, and a promise about it does not hold. The text names the promise."""


class _TooLong(BaseException):
    """The time is up. No reader catches it: they catch Exception at most."""


@dataclass(frozen=True)
class Told:
    """What a reader says to people about an input that it has read: what was left out, and why."""

    sentences: tuple[str, ...] = ()


@dataclass(frozen=True)
class Target:
    """A reader, how its inputs are made, and the errors by which it may refuse one.

    `read` raises Broken where a promise does not hold. `quotes`: its inputs are written by the pack's author and hold
    no patient, so that errors may quote them.
    """

    name: str
    make: Callable[[Choices], bytes]
    read: Callable[[bytes], Told]
    errors: tuple[type[Exception], ...]
    quotes: bool = False


@dataclass(frozen=True)
class Crash:
    """What must not happen: what it was, and where in the product. `content` is the input."""

    target: str
    kind: str
    where: str
    content: bytes = field(repr=False)

    @property
    def key(self) -> tuple[str, str, str]:
        """The same for the same fault met again by another input."""
        return self.target, self.kind, self.where


@dataclass(frozen=True)
class Judged:
    """What became of one input."""

    refused: bool = False
    crash: Crash | None = None


class Judge:
    """Judges the inputs of one process, which must be its main thread: time is measured by a signal."""

    def __init__(self, *, most_seconds: float = MOST_SECONDS, most_growth: int = MOST_GROWTH) -> None:
        self._most_seconds = most_seconds
        self._most_growth = most_growth
        self._most = _peak()

    @property
    def growth(self) -> int:
        """Bytes by which the process has grown at its worst since this judge began."""
        return _peak() - self._most

    def judged(self, target: Target, content: bytes) -> Judged:
        """Read the input and say what became of it; never raises but for what ends the process."""
        began = time.process_time()
        try:
            with _time_limit(self._most_seconds):
                told, refused = _read(target, content)
        except _TooLong as late:
            return _crash(target, f"{self._most_seconds:g} seconds and no end", late.__traceback__, content)
        except Exception as error:
            promise = f": {error}" if isinstance(error, Broken) else ""
            return _crash(target, f"{type(error).__name__}{promise}", error.__traceback__, content)
        if time.process_time() - began > self._most_seconds:
            return _crash(target, f"more than {self._most_seconds:g} seconds", None, content)
        if self.growth > self._most_growth:
            self._most = _peak()
            return _crash(target, f"more than {self._most_growth >> 20} MiB", None, content)
        if not target.quotes and any(map(quoted, told.sentences)):
            return _crash(target, "a sentence quotes the patient", None, content)
        if any(not sentence.strip() for sentence in told.sentences):
            return _crash(target, "a sentence is blank", None, content)
        return Judged(refused=refused)


def _read(target: Target, content: bytes) -> tuple[Told, bool]:
    try:
        return target.read(content), False
    except target.errors as error:
        return Told((str(error),)), True


@contextmanager
def _time_limit(seconds: float) -> Iterator[None]:
    def late(_signal: int, _frame: FrameType | None) -> None:
        raise _TooLong

    before = signal.signal(signal.SIGPROF, late)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _peak() -> int:
    """The most memory that the process ever had at once, in bytes (Linux: ru_maxrss is KiB)."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def _crash(target: Target, kind: str, trace: TracebackType | None, content: bytes) -> Judged:
    return Judged(crash=Crash(target.name, kind, _where(trace), content))


def _where(trace: TracebackType | None) -> str:
    """The last place in our own rooms, without the tests."""
    places = [
        f"{Path(frame.filename).relative_to(_ROOT)}:{frame.lineno}"
        for frame in (extract_tb(trace) if trace is not None else ())
        if Path(frame.filename).is_relative_to(_ROOT)
        and ".venv" not in frame.filename
        and not Path(frame.filename).is_relative_to(_ROOT / "tests")
    ]
    return places[-1] if places else "-"
