"""Shows a run while it runs: a bar with rate and time left at a terminal, a plain line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from bots.worker import Progress
from flows.outcomes import Ending

_SECONDS_BETWEEN_LINES = 5.0

Show = Callable[[Progress], None]


@contextmanager
def shown_progress() -> Iterator[Show]:
    """Something that shows a run's progress on standard error, and is cleared up at the end."""
    if not sys.stderr.isatty():
        yield _PlainLines()
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    bar = Bar(
        TextColumn("{task.description:<18}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[rate]}"),
        TimeRemainingColumn(),
        TextColumn("{task.fields[counts]}"),
        console=Console(stderr=True),
    )
    with bar:
        task = bar.add_task("starting", total=None, rate="", counts="")
        clock = _Rate()

        def show(progress: Progress) -> None:
            bar.update(
                task,
                description=progress.doing,
                completed=progress.done,
                total=progress.due or None,
                rate=clock.text(progress.done),
                counts=counts_text(progress.by_ending),
            )

        yield show


def counts_text(by_ending: Mapping[Ending, int]) -> str:
    """`52 answered, 4 negative`, in the order of the endings; "" when there is none."""
    return ", ".join(f"{by_ending[ending]} {ending.value}" for ending in Ending if by_ending.get(ending))


class _Rate:
    """How many a minute, from the first one on: signing in says nothing about the pace of the work."""

    def __init__(self) -> None:
        self._first: tuple[float, int] | None = None

    def per_minute(self, done: int) -> float | None:
        now = time.monotonic()
        if self._first is None:
            self._first = (now, done) if done else None
            return None
        began, before = self._first
        return (done - before) / (now - began) * 60 if now > began and done > before else None

    def text(self, done: int) -> str:
        rate = self.per_minute(done)
        return f"{rate:.0f}/min" if rate else ""


class _PlainLines:
    """A line when it begins to do something else, and otherwise every few seconds."""

    def __init__(self) -> None:
        self._doing = ""
        self._last = 0.0
        self._rate = _Rate()

    def __call__(self, progress: Progress) -> None:
        rate = self._rate.per_minute(progress.done)
        now = time.monotonic()
        done = 0 < progress.due == progress.done
        if progress.doing == self._doing and not done and now - self._last < _SECONDS_BETWEEN_LINES:
            return
        self._doing, self._last = progress.doing, now
        parts = [progress.doing]
        if progress.due:
            parts.append(f"{progress.done} of {progress.due}")
        if rate:
            parts.append(f"{rate:.0f} a minute")
            left = max(progress.due - progress.done, 0) / rate * 60
            parts.append(f"{left:.0f} s left")
        if progress.by_ending:
            parts.append(counts_text(progress.by_ending))
        sys.stderr.write("; ".join(parts) + "\n")
        sys.stderr.flush()
