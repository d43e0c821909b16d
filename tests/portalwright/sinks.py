"""A mail server and a web server on this computer that keep what they are sent, for the tests of notifications."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass
class Sink:
    """Where to send to, and what has come. `answers`: the status of the next answers, 200 when there is none left."""

    port: int
    got: list[str] = field(default_factory=list)
    answers: list[int] = field(default_factory=list)


@contextmanager
def mail_server() -> Iterator[Sink]:
    """Takes mail by SMTP, without a password."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        sink = Sink(listening.getsockname()[1])
        threading.Thread(target=_serve_mail, args=(listening, sink), daemon=True).start()
        yield sink


def _serve_mail(listening: socket.socket, sink: Sink) -> None:
    while True:
        try:
            line, _ = listening.accept()
        except OSError:
            return
        with line, line.makefile("rwb") as talk:

            def say(text: str, talk: object = talk) -> None:
                talk.write(text.encode() + b"\r\n")  # type: ignore[attr-defined] # a binary file
                talk.flush()  # type: ignore[attr-defined] # the same

            say("220 sink")
            for command in iter(talk.readline, b""):
                word = command[:4].upper()
                if word == b"DATA":
                    say("354 go on")
                    lines = list(iter(talk.readline, b".\r\n"))
                    sink.got.append(b"".join(lines).decode())
                say("221 bye" if word == b"QUIT" else "250 fine")
                if word == b"QUIT":
                    break


@contextmanager
def web_server() -> Iterator[Sink]:
    """Takes what is posted to it."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            sink.got.append(self.rfile.read(int(self.headers["Content-Length"])).decode())
            status = sink.answers.pop(0) if sink.answers else 200
            self.send_response(status)
            if 300 <= status < 400:
                self.send_header("Location", f"http://127.0.0.1:{sink.port}/elsewhere")
            self.end_headers()

        def log_message(self, *_line: object) -> None:
            """Nothing on the terminal."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        sink = Sink(server.server_port)
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield sink
        server.shutdown()


def free_port() -> int:
    """A port on which nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port: int = listening.getsockname()[1]
    return port
