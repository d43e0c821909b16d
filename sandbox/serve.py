"""Serves one practice portal and its control side over HTTP on this computer only, until told to stop."""

import asyncio
import contextlib
import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import date

import uvicorn
from starlette.types import ASGIApp
from uvicorn.protocols.http.h11_impl import H11Protocol

from sandbox.accounts import sign_in_data
from sandbox.control import control_app
from sandbox.faults import TRANSPORT, FaultyLine
from sandbox.heavy_pages import HeavyPages
from sandbox.portals.registry import PORTALS
from sandbox.quirks import Level, checked, numbers
from sandbox.side import PortalSide, make_side
from sandbox.switches import Switches


class _Protocol(H11Protocol):
    """Lets the faults of the line reach the connection itself."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override] # as the base class does
        self.app_state = {**self.app_state, TRANSPORT: transport}
        super().connection_made(transport)


class _Server(uvicorn.Server):
    """A server that leaves signals to us, because two of them run in one process, and says when it serves."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.serving = asyncio.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.serving.set()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield


class Listener:
    """A server at one address that can hang up for a while and come back: connections are refused meanwhile."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        self._app = app
        self._socket: socket.socket | None = _listen(port)
        self.port = int(self._socket.getsockname()[1])
        self._server: _Server | None = None
        self._task: asyncio.Task[None] | None = None

    async def open(self) -> None:
        """Serve from now on."""
        if self._server is not None:
            return
        bound = self._socket or _listen(self.port)
        self._socket = None
        self._server = _Server(
            uvicorn.Config(
                self._app,
                http=_Protocol,
                log_level="warning",
                access_log=False,
                server_header=False,
                timeout_graceful_shutdown=1,
            )
        )
        self._task = asyncio.create_task(self._server.serve(sockets=[bound]))
        await self._server.serving.wait()

    async def close(self) -> None:
        """Stop serving; the address is free afterwards."""
        server, task = self._server, self._task
        self._server = self._task = None
        if server is not None and task is not None:
            server.should_exit = True
            await task


def serve(
    portal: str,
    *,
    port: int,
    control_port: int,
    seed: int,
    claims: int,
    appointments: int = 20,
    today: date | None = None,
    quirks: dict[str, float] | None = None,
    level: Level = "none",
    layout: int = 1,
    exit_with_stdin: bool = False,
) -> None:
    """Serve `portal` until SIGTERM, SIGINT, POST /shutdown or (if asked for) the end of standard input.

    `quirks` come on top of those of the level. Prints one line of JSON with both addresses and the sign-in data as
    soon as it serves.

    Raises QuirkRefused, before anything listens, when the portal cannot have one of the quirks.
    """
    archetype, application = PORTALS[portal].load()
    chosen = {**numbers(level, portal), **checked(portal, quirks or {})}
    switches = Switches.model_validate({"layout": layout})

    async def run() -> None:
        side = make_side(
            archetype,
            seed=seed,
            claims=claims,
            appointments=appointments,
            today=today,
            quirks=chosen,
            switches=switches,
        )
        await _serve(application, side, (port, control_port), seed, exit_with_stdin=exit_with_stdin)

    asyncio.run(run())


async def _serve(
    application: Callable[[PortalSide], ASGIApp],
    side: PortalSide,
    ports: tuple[int, int],
    seed: int,
    *,
    exit_with_stdin: bool,
) -> None:
    loop = asyncio.get_running_loop()

    def stop() -> None:
        # The loop is gone when the end of standard input is noticed during the process's own end.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(side.stopping.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())
    if exit_with_stdin:
        threading.Thread(target=_wait_for_end_of_stdin, args=(stop,), daemon=True).start()

    listener = Listener(FaultyLine(HeavyPages(application(side), side), side), ports[0])

    async def switched() -> None:
        await (listener.close() if side.switches.now.refuse_connections else listener.open())

    control = Listener(control_app(side, stop, switched), ports[1])
    await asyncio.gather(listener.open(), control.open())
    sign_in = sign_in_data(seed)
    ready = {
        "portal": f"http://127.0.0.1:{listener.port}",
        "control": f"http://127.0.0.1:{control.port}",
        "user_name": sign_in.user_name,
        "password": sign_in.password,
        "totp_seed": sign_in.totp_seed,
        "security_answers": sign_in.security_answers,
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    await side.stopping.wait()
    await asyncio.gather(listener.close(), control.close())


def _listen(port: int) -> socket.socket:
    # The protocol is named because asyncio turns off the waiting for small pieces (40 ms an answer) only where it is.
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound


def _wait_for_end_of_stdin(stop: Callable[[], None]) -> None:
    # Not through sys.stdin: a thread inside its lock would disturb the interpreter's own end.
    while os.read(0, 4096):
        pass
    stop()
