"""An open page of the night is told what has changed, shares its look with the others, and ends with its session."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, cast

import pytest
from asgiref.testing import ApplicationCommunicator
from django.contrib.sessions.models import Session
from django.core.asgi import get_asgi_application

from console.application import Application
from console.tonight import live
from console.tonight.shown import PARTS
from ledger import calendar_entries, console_accounts
from ledger.calendar_entries import EVERYTHING
from ledger.errors import LedgerBusy
from ledger.roles import Role
from ledger.start import close_connection
from portalwright.desk import night as desk_night
from portalwright.desk.log_tail import LogTail
from portalwright.logs import Event, Log
from portalwright.office import Desk
from portalwright.watching.look import look
from tests.console.conftest import SignedIn
from tests.console.night_desk import SetClock, application, clock
from tests.portalwright.test_watching_look import NOW, opened

__all__ = ["application", "clock"]

Told = tuple[str, dict[str, Any]]


@pytest.fixture
def desk(transactional_db: None, tmp_path: Path) -> Iterator[Desk]:
    """The same office, whose rows other threads see."""
    yield from opened(tmp_path)


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """A page that is looked after many times a second."""
    monkeypatch.setattr(live, "LOOK_SECONDS", 0.02)


@pytest.fixture
def cookie(signed_in: SignedIn) -> str:
    """Of an operator who is signed in."""
    client = signed_in(Role.OPERATOR)
    return f"sessionid={client.cookies['sessionid'].value}"


async def in_thread(act: Callable[..., Any], *given: Any, **named: Any) -> Any:
    """Ask the ledger from beside the event loop."""

    def do() -> Any:
        try:
            return act(*given, **named)
        finally:
            close_connection()

    return await asyncio.to_thread(do)


class Stream:
    """What comes to one open page."""

    def __init__(self, talking: Any) -> None:
        self._talking = talking
        self._waiting: list[Told] = []

    async def next(self) -> Told:
        """The next event and its data."""
        while not self._waiting:
            got = await self._talking.receive_output(20)
            if not got.get("more_body", False):
                raise EOFError
            for block in got["body"].decode().split("\n\n"):
                if block.startswith("event: "):
                    name, data = block.removeprefix("event: ").split("\ndata: ")
                    self._waiting.append((name, json.loads(data)))
        return self._waiting.pop(0)

    async def until(self, wanted: Callable[[Told], bool]) -> Told:
        """The first event that is so."""
        async with asyncio.timeout(20):
            while not wanted(told := await self.next()):
                pass
            return told


@asynccontextmanager
async def opened_stream(cookie: str) -> AsyncIterator[tuple[int, Stream]]:
    """The stream of a page that somebody opens; the status, and what comes."""
    headers = [(b"host", b"localhost"), (b"cookie", cookie.encode()), (b"accept", b"text/event-stream")]
    scope = {
        "type": "http", "http_version": "1.1", "method": "GET", "path": "/night/live/", "raw_path": b"/night/live/",
        "query_string": b"", "headers": headers, "scheme": "http", "server": ("localhost", 80),
        "client": ("127.0.0.1", 1), "asgi": {"version": "3.0"},
    }  # fmt: skip
    talking = cast("Any", ApplicationCommunicator)(get_asgi_application(), scope)
    await talking.send_input({"type": "http.request", "body": b"", "more_body": False})
    begun = await talking.receive_output(20)
    try:
        yield begun["status"], Stream(talking)
    finally:
        await talking.send_input({"type": "http.disconnect"}) if not talking.future.done() else None
        await talking.wait(20)


async def test_an_open_page_gets_all_of_it_first_and_then_what_changes(desk: Desk, cookie: str) -> None:
    async with opened_stream(cookie) as (status, stream):
        assert status == 200
        first = [await stream.next() for _ in range(len(PARTS) + 1)]
        assert [(name, given.get("name")) for name, given in first] == [
            *(("part", name) for name in PARTS),
            ("lines", None),
        ]
        assert first[-1][1]["all"] is True
        await in_thread(calendar_entries.pause, EVERYTHING, desk.actor, NOW)
        told = await stream.until(lambda told: told[1].get("name") == "alarms")
        assert "paused by dana" in told[1]["html"]
        desk.log.log(Event.WORKER_STARTED, sessions=4)
        told = await stream.until(lambda told: told[0] == "lines")
        assert told[1]["all"] is False
        assert "worker-started" in told[1]["lines"][-1]


async def test_nobody_who_is_not_signed_in_hears_anything(application: Application) -> None:
    async with opened_stream("sessionid=nothing") as (status, _stream):
        assert status == 401


@pytest.mark.parametrize("how", ["signed out", "roles taken"])
async def test_a_stream_ends_with_its_session(
    desk: Desk, cookie: str, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "SIGNED_IN_SECONDS", 0.1)
    async with opened_stream(cookie) as (_status, stream):
        await stream.next()
        if how == "signed out":
            await in_thread(Session.objects.all().delete)
        else:
            await in_thread(console_accounts.take_role, "operator", Role.OPERATOR, desk.actor, NOW)
        await stream.until(lambda told: told[0] == "over")
        with pytest.raises(EOFError):
            await stream.next()


async def test_all_open_pages_share_a_look(desk: Desk, cookie: str, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[object] = []
    real = look

    def counted(*given: Any, **named: Any) -> Any:
        looks.append(given)
        return real(*given, **named)

    monkeypatch.setattr(desk_night, "look", counted)
    async with opened_stream(cookie) as (_, one), opened_stream(cookie) as (_, another):
        for stream in (one, another):
            await stream.until(lambda told: told[0] == "lines")
        await asyncio.sleep(0.3)
    assert len(looks) == 1, "nothing has changed, and the clock stands still"


async def test_a_ledger_that_is_away_is_told_and_waited_for(
    desk: Desk, clock: SetClock, cookie: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened_stream(cookie) as (_status, stream):
        await stream.until(lambda told: told[0] == "lines")
        away = True
        real = calendar_entries.entries

        def entries() -> Any:
            if away:
                raise LedgerBusy
            return real()

        monkeypatch.setattr(calendar_entries, "entries", entries)
        _, told = await stream.until(lambda told: told[0] == "trouble")
        assert "locked by another process" in told["says"]
        away = False
        await stream.until(lambda told: told[0] == "still")


def test_lines_are_given_once_and_anew_to_whoever_asks_another_desk_for_the_rest(tmp_path: Path) -> None:
    with Log(tmp_path) as log:
        log.log(Event.WORKER_STARTED, sessions=1)
        ticks = iter(range(100))
        tail = LogTail(tmp_path, monotonic=lambda: float(next(ticks)))
        first = tail.after(None, 40)
        assert (len(first.lines), first.follows) == (1, False)
        assert tail.after(first.number, 40).lines == ()
        for sessions in range(3):
            log.log(Event.WORKER_STARTED, sessions=sessions)
        then = tail.after(first.number, 2)
        assert [line.shown[-10:] for line in then.lines] == ["sessions=1", "sessions=2"]
        assert then.follows
        other = LogTail(tmp_path, _first=first.number + 1_000_000)
        anew = other.after(then.number, 40)
        assert (len(anew.lines), anew.follows) == (4, False), "the desk was started anew meanwhile"
