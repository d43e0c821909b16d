"""What the chaos changes inside a worker's process before the real command begins: its name, its times, its death.

A process calls itself by its own name at the portals, so that their records tell one from the other. The lease of a
lane is short, so that nobody waits for it, and the computer's clock can be set. With a step, the process dies there, as
if somebody had pulled the plug.
"""

import asyncio
import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flows.questions import Flow
from tests.chaos.steps import Only, Step, named
from tests.soak.plug import place, pull, pull_after, pull_before

_LATE_SECONDS = 0.05
_LOOKS_SECONDS = 0.5


@dataclass(frozen=True)
class Times:
    """How long a lane stays taken after the last sign of life; where it says by how much the clock is ahead."""

    lease_seconds: float
    clock_file: str


@dataclass(frozen=True)
class Order:
    """The process's name and times, and where to die in which flow."""

    name: str
    times: Times
    step: str | None = None
    flow: Flow | None = None

    def script(self) -> str:
        """Python that obeys, for the beginning of the process."""
        return f"from tests.chaos.inside import obey\nobey({json.dumps(asdict(self))!r})"


def obey(order: str) -> None:
    """Change this process as ordered (an `Order` as JSON). The command line is imported after this."""
    given = json.loads(order)
    times, flow = Times(**given["times"]), None if given["flow"] is None else Flow(given["flow"])
    _be_called(given["name"])
    _shorten_leases(times.lease_seconds)
    _live_by(Path(times.clock_file))
    if given["step"] is not None:
        _die_at(named(given["step"], flow or Flow.CLAIM_STATUS), flow)


def _be_called(name: str) -> None:
    import bots.browser

    as_it_is = bots.browser.user_agent_suffix
    bots.browser.user_agent_suffix = lambda office: as_it_is(f"{office} {name}")


def _shorten_leases(seconds: float) -> None:
    import bots.lane

    bots.lane.LEASE_SECONDS = seconds
    bots.lane._BEAT_SECONDS = seconds / 4
    bots.lane._SILENCE_SECONDS = seconds * 2 / 3


def _live_by(clock_file: Path) -> None:
    """The computer's clock is set while the process runs: what tells the time here is ahead by what the file says."""
    import bots.clock
    import portalwright.office

    def now() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(clock_file.read_text()))

    async def sleep(_clock: object, seconds: float) -> None:
        until = now() + timedelta(seconds=seconds)
        while (left := (until - now()).total_seconds()) > 0:  # noqa: ASYNC110 - the clock is in a file, which tells nobody
            await asyncio.sleep(min(left, _LOOKS_SECONDS))

    portalwright.office.utc_now = now
    bots.clock.SystemClock.now = lambda _clock: now()  # type: ignore[method-assign, assignment] # the clock that was set
    bots.clock.SystemClock.sleep = sleep  # type: ignore[method-assign, assignment] # waits by that clock


def _die_at(step: Step, flow: Flow | None) -> None:
    """`flow`: only in sessions of this one, and in one that has none yet where it is None."""
    session = _Session()
    owner, name = place(step.at)

    def now(*arguments: Any, **more: Any) -> bool:
        return (flow is None or session.flow is flow) and _is_it(step.only, session, arguments, more)

    if step.late:
        pull_before(owner, name, _later(now))
    elif step.only is Only.GIVEN:
        _pull_after_gift(owner, name, now)
    elif step.before:
        pull_before(owner, name, now)
    else:
        pull_after(owner, name, now)
    # Last, so that the watched functions have noted their call before the step looks at it.
    session.watch()


class _Session:
    """Which flow the process's newest session has, and what kind of press was counted last."""

    def __init__(self) -> None:
        self.flow: Flow | None = None
        self.press = ""

    def watch(self) -> None:
        """Note what comes from now on."""
        import ledger.presses
        import ledger.runs

        start, begin = ledger.runs.start, ledger.presses.begin

        def started(lease: Any, flow: Flow, *arguments: Any, **more: Any) -> Any:
            self.flow = flow
            return start(lease, flow, *arguments, **more)

        def begun(lease: Any, version: int, kind: Any, *arguments: Any, **more: Any) -> int:
            self.press = str(kind)
            return begin(lease, version, kind, *arguments, **more)

        ledger.runs.start, ledger.presses.begin = started, begun  # type: ignore[assignment] # pass on what they are given


def _is_it(only: Only, session: _Session, arguments: tuple[Any, ...], more: dict[str, Any]) -> bool:
    match only:
        case Only.PASSWORD | Only.CODE:
            return session.press == only.value
        case Only.AFTER_PASSWORD | Only.AFTER_CODE:
            return session.press == only.value.removeprefix("after-")
        case Only.ITS_END:
            return str(arguments[1]) == "item.finish"
        case _:
            return True


def _later(now: Callable[..., bool]) -> Callable[..., bool]:
    """Not at this call, but a moment after it began."""

    def begun(*arguments: Any, **more: Any) -> bool:
        if now(*arguments, **more):
            threading.Timer(_LATE_SECONDS, pull).start()
        return False

    return begun


def _pull_after_gift(owner: Any, name: str, now: Callable[..., bool]) -> None:
    as_it_is = getattr(owner, name)

    def called(*arguments: Any, **more: Any) -> Any:
        gift = as_it_is(*arguments, **more)
        if gift is not None and now(*arguments, **more):
            pull()
        return gift

    setattr(owner, name, called)
