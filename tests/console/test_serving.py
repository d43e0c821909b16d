"""The desk is for this computer alone or over TLS, takes so much and no more, and says so when the ledger is away."""

import asyncio
import ssl
import threading
from collections.abc import Awaitable, Callable, Mapping
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.db import connection
from django.test import Client

from console import settings as desk_settings
from console.application import Application, current
from console.doorway import Doorway, Message, Threads
from console.refusals import AddressRefused, CertificateRefused, PortTaken
from console.serving import Place, listen, tls
from console.settings import MOST_BYTES
from console.templating import moment
from ledger import membership
from ledger.errors import LedgerUnreachable
from ledger.roles import Role
from portalwright.desk.practices import desk_of
from portalwright.desk.served import Renewal, place_of
from portalwright.office import Desk
from portalwright.settings import ConsoleSettings
from tests.console.certificates import made_for
from tests.console.conftest import SignedIn
from tests.ledger.office import NOW, PORTAL


def test_another_computer_reads_along_over_tls_alone(tmp_path: Path) -> None:
    certificate, key = made_for("desk.example", tmp_path)
    for address in ("192.0.2.10", "0.0.0.0", "::"):  # noqa: S104 - refused, which is the point
        with pytest.raises(AddressRefused, match="only over TLS"):
            listen(Place(address), None)
    with pytest.raises(AddressRefused, match="`names`"):
        Place("0.0.0.0", certificate, key).check()  # noqa: S104 - as above
    Place("0.0.0.0", certificate, key, ("desk.example",)).check()  # noqa: S104 - as above
    for address in ("127.0.0.1", "::1"):
        Place(address).check()


def test_a_certificate_that_cannot_be_used_is_refused_without_asking(tmp_path: Path) -> None:
    certificate, key = made_for("desk.example", tmp_path)
    assert isinstance(tls(Place("127.0.0.1", certificate, key)), ssl.SSLContext)
    other = tmp_path / "other"
    other.mkdir()
    for wrong in (tmp_path / "none.pem", made_for("desk.example", other)[1]):
        with pytest.raises(CertificateRefused, match="cannot be used"):
            tls(Place("127.0.0.1", certificate, wrong))
    locked = made_for("desk.example", tmp_path, password=b"secret")
    with pytest.raises(CertificateRefused, match="without a passphrase"):
        tls(Place("127.0.0.1", *locked))


def test_a_port_that_was_named_and_is_taken_is_told() -> None:
    with closing(listen(Place(), 0)) as first:
        port = first.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port}"):
            listen(Place(), port)


def test_what_was_said_goes_before_what_is_in_the_settings(tmp_path: Path) -> None:
    settings = ConsoleSettings(address="::1", certificate=Path("a.pem"), key=Path("a.key"), names=("desk.example",))
    assert place_of(tmp_path, settings, None, None) == Place(
        "::1", tmp_path / "a.pem", tmp_path / "a.key", ("desk.example",)
    )
    said = place_of(tmp_path, settings, "127.0.0.1", (Path("b.pem"), Path("b.key")))
    assert (said.address, said.certificate) == ("127.0.0.1", Path("b.pem"))
    assert said.hosts == ("desk.example", "127.0.0.1")


def request_of(headers: Mapping[str, str] = {}, method: str = "GET", path: str = "/") -> dict[str, Any]:
    raw = [(name.encode(), value.encode()) for name, value in headers.items()]
    return {"type": "http", "method": method, "path": path, "headers": raw}


def saying(*messages: Message) -> Callable[[], Awaitable[Message]]:
    """A browser that sends these, and then nothing more."""
    left = list(messages)

    async def receive() -> Message:
        if left:
            return left.pop(0)
        await asyncio.Event().wait()
        raise AssertionError

    return receive


async def read_all(_scope: dict[str, Any], receive: Any, send: Any) -> None:
    """An application that takes the whole body before it answers, as Django does."""
    while (message := await receive())["type"] == "http.request" and message.get("more_body"):
        pass
    done = message["type"] == "http.request"
    await send({"type": "http.response.start", "status": 200 if done else 499, "headers": []})
    await send({"type": "http.response.body", "body": b""})


async def answer(doorway: Doorway, scope: dict[str, Any], receive: Any) -> list[Message]:
    sent: list[Message] = []

    async def send(message: Message) -> None:
        sent.append(message)

    await doorway(scope, receive, send)
    return sent


async def test_more_than_the_desk_takes_is_refused_before_or_while_it_comes() -> None:
    threads = Threads(1)
    doorway = Doorway(read_all, threads, asyncio.Event())
    told = request_of({"content-length": str(MOST_BYTES + 1)}, "POST")
    assert (await answer(doorway, told, saying()))[0]["status"] == 413
    piece = {"type": "http.request", "body": b"x" * (MOST_BYTES // 2 + 1), "more_body": True}
    whole = {"type": "http.request", "body": b"x", "more_body": False}
    assert (await answer(doorway, request_of(method="POST"), saying(piece, piece, whole)))[0]["status"] == 499
    assert (await answer(doorway, request_of(method="POST"), saying(whole)))[0]["status"] == 200
    threads.close()


async def test_a_form_that_never_ends_does_not_hold_a_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("console.doorway.SECONDS_TO_SEND", 0.01)
    threads = Threads(1)
    doorway = Doorway(read_all, threads, asyncio.Event())
    for _ in range(2):
        half = {"type": "http.request", "body": b"x", "more_body": True}
        assert (await answer(doorway, request_of(method="POST"), saying(half)))[0]["status"] == 499
    threads.close()


async def test_a_stream_ends_as_it_should_when_the_desk_ends_and_takes_no_page_s_thread() -> None:
    stopping, threads = asyncio.Event(), Threads(1)

    async def application(scope: dict[str, Any], receive: Any, send: Any) -> None:
        await receive()
        await send({"type": "http.response.start", "status": 200, "headers": []})
        if scope["path"] == "/live":
            left = await receive()
            assert left["type"] == "http.disconnect"
        else:
            await send({"type": "http.response.body", "body": b"page"})

    doorway = Doorway(application, threads, stopping)
    empty = {"type": "http.request", "body": b"", "more_body": False}
    streams = [
        asyncio.create_task(answer(doorway, request_of({"accept": "text/event-stream"}, path="/live"), saying(empty)))
        for _ in range(3)
    ]
    assert (await answer(doorway, request_of(), saying(empty)))[1]["body"] == b"page"
    assert not any(one.done() for one in streams)
    stopping.set()
    for one in streams:
        assert (await one)[-1] == {"type": "http.response.body", "body": b""}
    threads.close()


async def test_pages_are_made_on_few_threads_that_keep_their_connection() -> None:
    from asgiref.sync import sync_to_async

    seen: set[int] = set()

    async def application(_scope: dict[str, Any], _receive: Any, send: Any) -> None:
        seen.add(await sync_to_async(threading.get_ident)())
        await send({"type": "http.response.start", "status": 200, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    threads = Threads(2)
    doorway = Doorway(application, threads, asyncio.Event())
    for _ in range(5):
        await answer(doorway, request_of(), saying())
    assert len(seen) == 1
    await asyncio.gather(*(answer(doorway, request_of(), saying()) for _ in range(20)))
    assert len(seen) == 2
    threads.close()


def test_a_ledger_that_is_away_gives_a_page_that_says_so_and_the_desk_comes_back(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = signed_in(Role.BILLER)
    client.raise_request_exception = False

    def away() -> None:
        raise LedgerUnreachable("The server does not answer.", "start it")

    with monkeypatch.context() as broken:
        broken.setattr(connection, "cursor", lambda *_: away())
        for path in ("/", "/exceptions/", "/accounts/me/"):
            answered = client.get(path)
            assert answered.status_code == 503
            assert "The server does not answer." in answered.content.decode()
            assert answered.headers["Retry-After"] == "10"
    assert client.get("/").status_code == 200


def test_a_mistake_of_our_own_shows_nothing_of_what_it_was_about(
    signed_in: SignedIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    def wrong(_self: object) -> datetime:
        raise ValueError("Quillfeather, MBR0000001")

    client = signed_in(Role.BILLER)
    client.raise_request_exception = False
    monkeypatch.setattr("portalwright.desk.application.WallClock.now", wrong)
    answered = client.get("/")
    assert answered.status_code == 500
    assert "Quillfeather" not in answered.content.decode()
    assert "the trace is in the office" in " ".join(answered.content.decode().split())


def test_a_page_that_is_not_there_and_a_name_that_is_not_known_are_told(application: Application) -> None:
    assert Client(SERVER_NAME="localhost").get("/no/such/page/").status_code == 404
    answered = Client(SERVER_NAME="elsewhere.example").get("/sign-in/")
    assert answered.status_code == 400
    assert "portalwright console" in answered.content.decode()


def test_uploads_stay_in_memory(application: Application) -> None:
    assert django_settings.FILE_UPLOAD_MAX_MEMORY_SIZE >= MOST_BYTES
    assert [one.rpartition(".")[2] for one in django_settings.FILE_UPLOAD_HANDLERS] == ["MemoryFileUploadHandler"]


def test_cookies_go_over_tls_alone_where_there_is_tls(application: Application, settings: Any) -> None:
    before = {name: getattr(settings, name) for name in ("SECRET_KEY", "MIDDLEWARE")}
    for over_tls in (True, False):
        desk_settings.configure(application, "k" * 50, hosts=("desk.example",), over_tls=over_tls)
        assert django_settings.SESSION_COOKIE_SECURE is over_tls
        assert django_settings.CSRF_COOKIE_SECURE is over_tls
        assert "desk.example" in django_settings.ALLOWED_HOSTS
    settings.SECRET_KEY = before["SECRET_KEY"]


def test_the_office_is_renewed_when_it_changes_and_only_then(desk: Desk, settings: Any) -> None:
    renewal = Renewal(desk)
    settings.CONSOLE_APPLICATION = first = renewal.first()
    assert (first.zone, renewal()) == ("America/Chicago", None)
    calendar = desk.office.folder / "schedules" / "calendar.toml"
    calendar.write_text('time_zone = "America/New_York"\n')
    second = renewal()
    assert second is not None
    assert second.zone == "America/New_York"
    desk_settings.renew(second)
    assert current() is second
    assert "2026-03-01 20:00 EST" in moment(NOW)
    membership.add_practice("Hillside Pediatrics", "987654321", ("1234567893",), desk.actor, NOW)
    assert renewal() is not None
    assert renewal() is None


def test_a_calendar_that_cannot_be_read_stops_nobody(desk: Desk) -> None:
    renewal = Renewal(desk)
    renewal.first()
    (desk.office.folder / "schedules" / "calendar.toml").write_text("time_zone = 3\n")
    found = renewal()
    assert found is None or found.zone == "UTC"


def test_packs_are_read_again_by_any_number_of_threads_when_their_files_change(desk: Desk) -> None:
    packs = Renewal(desk).packs
    first = packs.pack(desk, PORTAL)
    assert packs.pack(desk, PORTAL) is first
    own = desk.office.folder / "selectors"
    own.mkdir(exist_ok=True)
    (own / "note.txt").write_text("changed")
    read: list[object] = []
    threads = [threading.Thread(target=lambda: read.append(packs.pack(desk, PORTAL))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(read) == 4
    assert packs.pack(desk, PORTAL) is not first


def test_another_practice_has_its_own_robot_at_the_same_desk(desk: Desk) -> None:
    other = membership.add_practice("Hillside Pediatrics", "987654321", ("1234567893",), desk.actor, NOW)
    theirs = desk_of(desk, other, replace(desk.actor, practice_id=other.id))
    assert (theirs.practice, theirs.actor.practice_id, theirs.robot.practice_id) == (other, other.id, other.id)
    assert theirs.robot.account_id == desk.robot.account_id


def test_times_are_the_office_s(application: Application) -> None:
    assert "2026-03-01 19:00 CST" in moment(datetime(2026, 3, 2, 1, 0, tzinfo=UTC))
    assert "2026-03-02 01:00 UTC" in moment(datetime(2026, 3, 2, 1, 0, tzinfo=UTC), "UTC")
