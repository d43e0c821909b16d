"""Stands before a practice portal and alters its pages, as a portal does that was changed over night."""

import threading
from collections.abc import Callable
from http.client import HTTPConnection
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

Alter = Callable[[str, str], str]
"""Gets the path and the HTML of a page, and gives the page that the visitor sees."""

_PER_HOP = frozenset({"connection", "content-length", "transfer-encoding", "keep-alive", "date", "server"})


class AlteredPortal:
    """Passes every request on to the portal at `behind`. Use it in a `with` statement; then it serves at `address`."""

    def __init__(self, behind: str, alter: Alter) -> None:
        place = urlsplit(behind)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler(str(place.netloc), alter))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.address = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def _handler(behind: str, alter: Alter) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._pass_on()

        def do_POST(self) -> None:
            self._pass_on()

        def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the standard library's name
            """Nothing: what the visitor does is in the portal's own event log."""

        def _pass_on(self) -> None:
            size = int(self.headers.get("Content-Length") or 0)
            headers = {name: value for name, value in self.headers.items() if name.lower() not in _PER_HOP}
            connection = HTTPConnection(behind, timeout=60)
            connection.request(self.command, self.path, self.rfile.read(size) if size else None, headers)
            answer = connection.getresponse()
            content = answer.read()
            if (answer.getheader("Content-Type") or "").startswith("text/html"):
                content = alter(urlsplit(self.path).path, content.decode()).encode()
            self.send_response(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in _PER_HOP:
                    self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)
            connection.close()

    return Handler
