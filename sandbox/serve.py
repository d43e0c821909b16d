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
from starlette.applications import Starlette

from sandbox.accounts import Account, SignInData, sign_in_data
from sandbox.clock import Clock
from sandbox.control import control_app
from sandbox.events import EventLog
from sandbox.portals.national.app import national_portal
from sandbox.sessions import Sessions
from sandbox.side import PortalSide
from sandbox.switches import SwitchBoard
from sandbox.truth.generator import make_truth
from sandbox.truth.model import Truth

PORTALS: dict[str, Callable[[PortalSide], Starlette]] = {"practice-national": national_portal}


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


def serve(
    portal: str,
    *,
    port: int,
    control_port: int,
    seed: int,
    claims: int,
    today: date | None = None,
    exit_with_stdin: bool = False,
) -> None:
    """Serve `portal` until SIGTERM, SIGINT, POST /shutdown or (if asked for) the end of standard input.

    Prints one line of JSON with both addresses and the sign-in data as soon as it serves.
    """
    clock = Clock(today)
    truth = make_truth(seed, claims, clock.now().date())
    sign_in = sign_in_data(seed)
    asyncio.run(_serve(PORTALS[portal], truth, clock, sign_in, (port, control_port), exit_with_stdin=exit_with_stdin))


async def _serve(
    portal: Callable[[PortalSide], Starlette],
    truth: Truth,
    clock: Clock,
    sign_in: SignInData,
    ports: tuple[int, int],
    *,
    exit_with_stdin: bool,
) -> None:
    loop = asyncio.get_running_loop()
    side = PortalSide(
        truth=truth,
        clock=clock,
        events=EventLog(clock),
        account=Account(sign_in, clock),
        sessions=Sessions(clock),
        switches=SwitchBoard(),
        stopping=asyncio.Event(),
    )

    def stop() -> None:
        # The loop is gone when the end of standard input is noticed during the process's own end.
        with contextlib.suppress(RuntimeError):
            loop.call_soon_threadsafe(side.stopping.set)

    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop())
    if exit_with_stdin:
        threading.Thread(target=_wait_for_end_of_stdin, args=(stop,), daemon=True).start()

    sockets = [_listen(port) for port in ports]
    servers = [_server(portal(side)), _server(control_app(side, stop))]
    tasks = [asyncio.create_task(server.serve(sockets=[bound])) for server, bound in zip(servers, sockets, strict=True)]
    await asyncio.gather(*(server.serving.wait() for server in servers))
    addresses = [f"http://127.0.0.1:{bound.getsockname()[1]}" for bound in sockets]
    ready = {
        "portal": addresses[0],
        "control": addresses[1],
        "user_name": sign_in.user_name,
        "password": sign_in.password,
        "totp_seed": sign_in.totp_seed,
    }
    sys.stdout.write(json.dumps(ready) + "\n")
    sys.stdout.flush()
    await side.stopping.wait()
    for server in servers:
        server.should_exit = True
    await asyncio.gather(*tasks)


def _listen(port: int) -> socket.socket:
    bound = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind(("127.0.0.1", port))
    return bound


def _server(app: Starlette) -> _Server:
    return _Server(
        uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, timeout_graceful_shutdown=1)
    )


def _wait_for_end_of_stdin(stop: Callable[[], None]) -> None:
    # Not through sys.stdin: a thread inside its lock would disturb the interpreter's own end.
    while os.read(0, 4096):
        pass
    stop()
