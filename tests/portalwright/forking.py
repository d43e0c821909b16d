"""Runs commands as forks of one process that has everything imported: each like a new process, but quick.

Reads requests from standard input, a line of JSON each, and answers each with its exit code. A request may name a
function (`module:name`) that is called first in the fork: to bring about what no command can.
"""

import importlib
import json
import os
import sys
from typing import Any, NoReturn

import bots.worker
import ledger.work
import portalwright.demo.run
import portalwright.running
from portalwright.cli import main, refusals
from tests.forked import end_with

IMPORTED = (bots.worker, ledger.work, portalwright.demo.run, portalwright.running, refusals)


def serve() -> None:
    for line in sys.stdin:
        request = json.loads(line)
        child = os.fork()
        if child == 0:
            run(request)
        _, status = os.waitpid(child, 0)
        sys.stdout.write(f"{os.waitstatus_to_exitcode(status)}\n")
        sys.stdout.flush()


def run(request: dict[str, Any]) -> NoReturn:
    for place, name in enumerate(("stdin", "stdout", "stderr")):
        opened = os.open(request[name], os.O_RDONLY if place == 0 else os.O_WRONLY)
        os.dup2(opened, place)
        os.close(opened)
    sys.stdin = os.fdopen(0, closefd=False)
    os.environ.clear()
    os.environ.update(request["environment"])
    os.chdir(request["cwd"])
    sys.argv = ["portalwright", *request["arguments"]]

    def command() -> None:
        if request["before"]:
            place, _, name = request["before"].partition(":")
            getattr(importlib.import_module(place), name)()
        main()

    end_with(command)


if __name__ == "__main__":
    serve()
