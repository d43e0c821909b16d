"""Serves the desk: uvicorn in this process, for this computer or over TLS for others, until it is told to stop."""

import asyncio
import logging
import signal
import socket
import ssl
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import h11
import uvicorn
from django.core.asgi import get_asgi_application
from uvicorn.protocols.http.h11_impl import H11Protocol

from console import settings
from console.application import Application
from console.doorway import Doorway, Threads
from console.refusals import AddressRefused, CertificateRefused, PortTaken
from ledger.start import close_connection, stay_connected

USUAL_PORT = 8700

SECONDS_TO_STOP = 4
"""So long a page that is being made may take once the desk is to end."""

_SECONDS_TO_ASK = 20.0
"""So long a browser may take to send the head of a request."""

_CONNECTIONS = 200
_HEAD_BYTES = 32 << 10
_SECONDS_KEPT = 30
_RENEWED_SECONDS = 15.0


@dataclass(frozen=True)
class Place:
    """Where the desk is served. `certificate` and `key`: PEM files, both or none. `names`: what browsers may call it.

    `address` is an IP address of this computer.
    """

    address: str = "127.0.0.1"
    certificate: Path | None = None
    key: Path | None = None
    names: tuple[str, ...] = ()

    @property
    def over_tls(self) -> bool:
        """Is it served over TLS?"""
        return self.certificate is not None

    @property
    def hosts(self) -> tuple[str, ...]:
        """The names under which it answers, as Django wants them."""
        return (*self.names, _bracketed(self.address))

    def check(self) -> None:
        """Raises AddressRefused where this would let other computers read along, or find no name for it."""
        address = ip_address(self.address)
        if not address.is_loopback and not self.over_tls:
            raise AddressRefused(
                f"The desk is served on {self.address} only over TLS: what it shows is about patients, and without "
                "TLS everybody on the network reads along. Name a certificate and its key (--certificate, --key, or "
                "[console] in office.toml), or leave the address out to serve this computer alone."
            )
        if address.is_unspecified and not self.names:
            raise AddressRefused(
                f"On {self.address} the desk answers on every address of this computer; name those that browsers use: "
                "`names` in [console] of office.toml."
            )

    def address_of(self, port: int) -> str:
        """What a person types into the browser."""
        host = self.names[0] if self.names and self.over_tls else _bracketed(self.address)
        return f"{'https' if self.over_tls else 'http'}://{host}:{port}/"


def _bracketed(address: str) -> str:
    return f"[{address}]" if ":" in address else address


def listen(place: Place, port: int | None) -> socket.socket:
    """A socket on that port; without one on the usual port, or on a free one where that is taken.

    Raises AddressRefused; PortTaken where the port that was named is taken, or the address is not this computer's.
    """
    place.check()
    family = socket.AF_INET6 if ":" in place.address else socket.AF_INET
    for wanted in (port,) if port is not None else (USUAL_PORT, 0):
        with suppress(OSError):
            return socket.create_server((place.address, wanted), family=family, backlog=128)
    raise PortTaken(
        f"The desk cannot be served on {_bracketed(place.address)}"
        + (f", port {port}" if port is not None else "")
        + ": something else listens there, or the address is not this computer's. Name another one (--port, --address)."
    )


def tls(place: Place) -> ssl.SSLContext | None:
    """The place's certificate, ready for use; None where it has none. Raises CertificateRefused."""
    if place.certificate is None or place.key is None:
        return None
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    try:
        # Without a password of its own, an encrypted key would make OpenSSL ask on the terminal.
        context.load_cert_chain(place.certificate, place.key, password="")
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, FileNotFoundError | PermissionError) else "they do not fit together"
        raise CertificateRefused(
            f"The certificate {place.certificate} and the key {place.key} cannot be used ({why}). Both are PEM files, "
            "the key without a passphrase."
        ) from None
    return context


def serve(
    application: Application,
    secret_key: str,
    place: Place,
    listening: socket.socket,
    *,
    renewed: Callable[[], Application | None],
    ready: Callable[[], None],
) -> None:
    """Serve the office until SIGTERM or Ctrl-C; pages that are being made have a few seconds to end.

    `renewed` gives the office anew where it has changed, None where it has not; it is asked every few seconds, on a
    thread of its own, and must not raise. `ready` is called once when browsers are answered. Raises CertificateRefused.
    """
    certificate = tls(place)
    settings.configure(application, secret_key, hosts=place.hosts, over_tls=place.over_tls)
    stay_connected()
    # The few files of the desk's own are read whole; that Django says so once is no news to anybody.
    warnings.filterwarnings("ignore", message="StreamingHttpResponse must consume synchronous iterators")
    # A page that is not there, or not somebody's, is no fault of the program.
    logging.getLogger("django.request").setLevel(logging.ERROR)
    asyncio.run(_serve(certificate, listening, renewed, ready))


async def _serve(
    certificate: ssl.SSLContext | None,
    listening: socket.socket,
    renewed: Callable[[], Application | None],
    ready: Callable[[], None],
) -> None:
    stopping, threads = asyncio.Event(), Threads()
    config = uvicorn.Config(
        Doorway(get_asgi_application(), threads, stopping),
        http=_Patient,
        ws="none",
        lifespan="off",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=False,
        limit_concurrency=_CONNECTIONS,
        timeout_keep_alive=_SECONDS_KEPT,
        timeout_graceful_shutdown=SECONDS_TO_STOP,
        h11_max_incomplete_event_size=_HEAD_BYTES,
        ssl_context_factory=(lambda _config, _usual: certificate) if certificate is not None else None,
    )
    server = _Server(config, ready)

    def stop() -> None:
        stopping.set()
        server.should_exit = True

    for number in (signal.SIGTERM, signal.SIGINT):
        _on_signal(number, stop)
    renewing = asyncio.create_task(_renew(renewed), name="renew")
    try:
        await server.serve(sockets=[listening])
    finally:
        renewing.cancel()
        await asyncio.gather(renewing, return_exceptions=True)
        threads.close()


async def _renew(renewed: Callable[[], Application | None]) -> None:
    def look() -> Application | None:
        try:
            return renewed()
        finally:
            close_connection()

    while True:
        await asyncio.sleep(_RENEWED_SECONDS)
        found = await asyncio.to_thread(look)
        if found is not None:
            settings.renew(found)


class _Server(uvicorn.Server):
    """Uvicorn's own, but that a signal ends it as it should: the process goes on to close the office, and ends well."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    @contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The signals are taken by `serve`."""
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say so."""
        await super().startup(sockets)
        self._ready()


class _Patient(H11Protocol):
    """A browser's connection, which is given up when the head of a request does not come in time."""

    _waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn has it
        """See `asyncio.Protocol`."""
        super().connection_made(transport)
        self._look()

    def data_received(self, data: bytes) -> None:
        """See `asyncio.Protocol`."""
        super().data_received(data)
        self._look()

    def connection_lost(self, exc: Exception | None) -> None:
        """See `asyncio.Protocol`."""
        super().connection_lost(exc)
        if self._waiting is not None:
            self._waiting.cancel()

    def _look(self) -> None:
        head_awaited = self.conn.their_state is h11.IDLE
        if head_awaited and self._waiting is None:
            self._waiting = self.loop.call_later(_SECONDS_TO_ASK, self.transport.close)
        elif not head_awaited and self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None


def _on_signal(number: signal.Signals, stop: Callable[[], None]) -> None:
    loop = asyncio.get_running_loop()
    try:
        loop.add_signal_handler(number, stop)
    except NotImplementedError:  # Windows
        signal.signal(number, lambda _number, _frame: loop.call_soon_threadsafe(stop))
