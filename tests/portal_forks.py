"""Starts practice portals as forks of one process that has everything imported: each like a new process, but quick.

Takes a line of JSON for each from its standard input, a socket, and with it the three standard files of the portal;
answers with the process's number. The portals outlive it, as they end with their own standard input.
"""

import gc
import json
import os
import signal
import socket
import sys
import time
from typing import Any, NoReturn

from sandbox.__main__ import main
from sandbox.portals.registry import PORTALS
from tests.forked import end_with

STANDARD_FILES = 3
_MOST_BYTES = 1 << 16


def serve() -> None:
    """Start what is asked for until the other end of the socket is gone."""
    for portal in PORTALS.values():
        portal.load()
    # What is imported is never rubbish: without a look at it the forks go on sharing its memory.
    gc.freeze()
    # A person's Ctrl+C is for the tests and the portals.
    interrupted = signal.signal(signal.SIGINT, signal.SIG_IGN)
    # Nobody here asks how a portal ended.
    ended = signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    with socket.socket(fileno=os.dup(0)) as asked:
        while request := _next(asked):
            text, files = request
            child = os.fork()
            if child == 0:
                asked.close()
                signal.signal(signal.SIGINT, interrupted)
                signal.signal(signal.SIGCHLD, ended)
                run(json.loads(text), files)
            for file in files:
                os.close(file)
            asked.sendall(f"{child}\n".encode())


def _next(asked: socket.socket) -> tuple[bytes, list[int]] | None:
    text, files, _, _ = socket.recv_fds(asked, _MOST_BYTES, STANDARD_FILES)
    while text and not text.endswith(b"\n"):
        text += asked.recv(_MOST_BYTES)
    return (text, files) if text else None


def run(request: dict[str, Any], files: list[int]) -> NoReturn:
    """The fork itself."""
    for place, file in enumerate(files):
        os.dup2(file, place)
        os.close(file)
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")

    def portal() -> object:
        os.chdir(request["cwd"])
        os.environ.clear()
        os.environ.update(request["environment"])
        time.tzset()
        return main(request["arguments"])

    end_with(portal)


if __name__ == "__main__":
    serve()
