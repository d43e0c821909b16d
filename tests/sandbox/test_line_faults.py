"""Faults on the line happen on the wire: connections are refused, reset or cut, answers are lost after the work."""

import contextlib
import time
import urllib.error
from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest
from starlette.types import Receive, Scope, Send

from sandbox.faults import FaultyLine
from sandbox.portals.national.app import ARCHETYPE
from sandbox.serve import Listener
from sandbox.side import make_side
from sandbox.switches import Switches
from tests.practice_portal import PracticePortal
from tests.sandbox.visiting import Visitor, presses


def line(**fault: Any) -> dict[str, Any]:
    return {"line": [{"every": 1, **fault}]}


def test_a_connection_is_refused_while_nobody_listens_and_the_session_lives_on(
    portal: PracticePortal, visitor: Visitor
) -> None:
    visitor.sign_in()
    portal.faults(refuse_connections=True)
    with pytest.raises(httpx.ConnectError):
        visitor.get("/home")
    portal.faults()
    assert "Welcome" in visitor.get("/home")


def test_a_connection_is_reset_before_any_answer_and_the_work_is_not_done(
    portal: PracticePortal, visitor: Visitor
) -> None:
    portal.faults(**line(kind="reset", method="POST", path="/signin"))
    # A system under load may tell of the end of the line before it tells of the reset: either way no answer came.
    with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
        visitor.press_password()
    assert presses(portal) == []


def test_a_page_is_cut_in_mid_body(portal: PracticePortal, visitor: Visitor) -> None:
    portal.faults(**line(kind="drop"))
    with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
        visitor.get("/signin")


async def _shelf(scope: Scope, receive: Receive, send: Send) -> None:
    """A portal with one page and one document to download."""
    headers = [(b"content-length", b"100000")]
    if scope["path"] == "/document":
        headers.append((b"content-disposition", b'attachment; filename="a.txt"'))
    if scope["path"] == "/form":
        headers.append((b"content-type", b"application/pdf"))
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x" * 100_000})


@contextlib.asynccontextmanager
async def _shop(**fault: Any) -> AsyncIterator[tuple[httpx.AsyncClient, Callable[[], list[dict[str, Any]]]]]:
    """The shelf behind a line with this fault: a visitor, and the faults that happened so far."""
    side = make_side(ARCHETYPE, seed=1, claims=1, switches=Switches.model_validate(line(**fault)))
    listener = Listener(FaultyLine(_shelf, side), 0)
    await listener.open()
    try:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{listener.port}", trust_env=False) as http:
            yield http, lambda: [dict(event.details) for event in side.events.since() if event.kind == "fault"]
    finally:
        await listener.close()


@pytest.mark.parametrize("path", ["/document", "/form"])
async def test_a_document_ends_half_way_once_and_a_page_never(path: str) -> None:
    async with _shop(kind="half-download", times=1) as (http, faults):
        assert len((await http.get("/page")).content) == 100_000
        got = b""
        with pytest.raises(httpx.RemoteProtocolError, match="without sending complete message body"):
            async with http.stream("GET", path) as answer:
                async for part in answer.aiter_raw():
                    got += part
        assert len(got) == 50_000
        assert len((await http.get(path)).content) == 100_000
        assert [one["path"] for one in faults()] == [path]


async def test_a_document_says_no_length_and_never_ends_and_a_page_does() -> None:
    async with _shop(kind="endless-download") as (http, faults):
        assert len((await http.get("/page")).content) == 100_000
        got = 0
        async with http.stream("GET", "/document") as answer:
            assert "content-length" not in answer.headers
            async for part in answer.aiter_raw():
                got += len(part)
                if got > 1_000_000:
                    break
        # Nobody gives on and on to a visitor who has gone: others are served.
        assert len((await http.get("/page")).content) == 100_000
        assert [one["path"] for one in faults()] == ["/document"]


def test_an_answer_is_lost_after_the_work_was_done(portal: PracticePortal, visitor: Visitor) -> None:
    portal.faults(**line(kind="lost-answer", method="POST", path="/signin"))
    with pytest.raises(httpx.ReadError):
        visitor.press_password()
    assert presses(portal) == ["accepted"]


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_the_web_server_answers_with_an_error_of_its_own(portal: PracticePortal, visitor: Visitor, status: int) -> None:
    portal.faults(**line(kind="error", status=status))
    visitor.press_password()
    assert visitor.page.status_code == status
    assert "National Health" not in visitor.page.text
    assert presses(portal) == []


def test_too_many_requests_say_when_to_come_back(portal: PracticePortal, visitor: Visitor) -> None:
    portal.faults(**line(kind="too-many-requests", seconds=45))
    visitor.get("/signin")
    assert (visitor.page.status_code, visitor.page.headers["retry-after"]) == (429, "45")


def test_an_answer_comes_late(portal: PracticePortal, visitor: Visitor) -> None:
    portal.faults(**line(kind="delay", seconds=0.4))
    started = time.monotonic()
    assert "Password" in visitor.get("/signin")
    assert time.monotonic() - started >= 0.4


def test_a_late_answer_does_not_keep_the_portal_alive() -> None:
    with PracticePortal(seed=11, claims=3) as portal, Visitor(portal, seconds=0.3) as visitor:
        portal.faults(**line(kind="delay", seconds=600))
        with pytest.raises(httpx.ReadTimeout):
            visitor.get("/signin")
        started = time.monotonic()
    assert time.monotonic() - started < 4


def test_a_session_is_killed_in_mid_work(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.sign_in()
    portal.faults(**line(kind="session-killed", path="/claims", times=1))
    assert "Your session has ended" in visitor.get("/claims/search")
    assert "Welcome" in visitor.sign_in_again().words


def test_every_nth_request_of_a_path_is_hit_after_some_and_no_more_than_so_often(
    portal: PracticePortal, visitor: Visitor
) -> None:
    portal.faults(line=[{"kind": "error", "every": 2, "after": 1, "times": 2, "path": "/signin", "method": "GET"}])
    seen = []
    for _ in range(8):
        visitor.get("/signin")
        seen.append(visitor.page.status_code)
        assert visitor.http.get("/nowhere").status_code == 404
    assert seen == [200, 200, 503, 200, 503, 200, 200, 200]
    faults = [event for event in portal.events() if event["kind"] == "fault"]
    assert [(event["name"], event["path"]) for event in faults] == [("error", "/signin")] * 2


def test_a_fault_with_a_probability_hits_the_same_requests_at_each_start() -> None:
    runs = []
    for _ in range(2):
        with PracticePortal(seed=11, claims=3) as portal, Visitor(portal) as visitor:
            portal.faults(line=[{"kind": "error", "probability": 0.5}])
            codes = []
            for _ in range(24):
                visitor.get("/signin")
                codes.append(visitor.page.status_code)
            runs.append(codes)
    assert runs[0] == runs[1]
    assert set(runs[0]) == {200, 503}


def test_style_sheets_are_left_alone(portal: PracticePortal, visitor: Visitor) -> None:
    visitor.get("/signin")
    address = visitor.page.text.split('href="/assets/')[1].split('"')[0]
    portal.faults(**line(kind="error"))
    assert visitor.http.get(f"/assets/{address}").status_code == 200


def test_a_fault_that_does_not_say_how_often_is_refused(portal: PracticePortal, visitor: Visitor) -> None:
    for fault in ({"kind": "drop"}, {"kind": "drop", "every": 1, "probability": 0.5}, {"kind": "dorp", "every": 1}):
        with pytest.raises(urllib.error.HTTPError, match="422"):
            portal.faults(line=[fault])
    assert "Password" in visitor.get("/signin")


def test_searches_beyond_the_limit_of_a_minute_wait_by_the_portals_clock(
    portal: PracticePortal, visitor: Visitor
) -> None:
    portal.faults(searches_a_minute=2)
    visitor.sign_in()
    codes = []
    for _ in range(3):
        visitor.search(clmNbr="1")
        codes.append(visitor.page.status_code)
    seconds = int(visitor.page.headers["retry-after"])
    assert codes == [200, 200, 429]
    assert 0 < seconds <= 60
    visitor.advance(seconds)
    visitor.search(clmNbr="1")
    assert visitor.page.status_code == 200
