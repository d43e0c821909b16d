"""How the benchmark talks with the sides that it compares: one line of JSON there, one line of JSON back.

Each side is a process of its own, so that neither carries the other's memory, threads or garbage. This file imports the
standard library alone: sides in other environments use it too, and nobody's memory is counted that they do not need.
"""

import asyncio
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Asked:
    """What a script types to find a claim, and how it knows the claim's row: texts as the portal writes them."""

    member_id: str
    first_day: str
    last_day: str
    billed: str


@dataclass(frozen=True)
class Task:
    """What a side works on: where the portal is, how to sign in, which browser, and what to ask, in this order.

    `driver` is chromedriver's path, "" where there is none. `questions` are claim-status questions as JSON.
    """

    folder: str
    address: str
    user_name: str
    password: str
    npi: str
    browser: str
    arguments: tuple[str, ...]
    driver: str
    questions: tuple[dict[str, Any], ...]

    @classmethod
    def of_order(cls, order: dict[str, Any] | None) -> Self:
        """The task, from the first order of the benchmark. Raises SystemExit when there was none."""
        if order is None:
            raise SystemExit("A side of the benchmark is started by the benchmark: python -m bench.look_up")
        return cls(**{**order, "arguments": tuple(order["arguments"]), "questions": tuple(order["questions"])})

    def as_order(self) -> dict[str, Any]:
        """The task as an order."""
        return asdict(self)

    def asked(self, begin: int, count: int) -> list[Asked]:
        """What to type for so many questions from this one on (counted from 0)."""
        return [_asked(question) for question in self.questions[begin : begin + count]]


def _asked(question: dict[str, Any]) -> Asked:
    claim = question["claim"]
    first, last = (f"{date.fromisoformat(claim[name]):%m/%d/%Y}" for name in ("service_from", "service_to"))
    return Asked(question["patient"]["member_id"], first, last, f"${Decimal(claim['billed']):,.2f}")


class Work(Protocol):
    """What a side works on, told with its first order."""

    def as_order(self) -> dict[str, Any]:
        """As an order."""


class Side:
    """A running side, as the benchmark sees it. Use it in a `with` statement."""

    def __init__(self, module: str, task: Work, *options: str, python: str = sys.executable) -> None:
        # The process in between collects what ended on the way, so that its processor time is counted: bench.reaper.
        command = [sys.executable, "-m", "bench.reaper", python, "-m", module, *options]
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT
        )
        self._task = task
        self.ready: dict[str, Any] = {}
        """What it said when it was ready."""

    @property
    def process_id(self) -> int:
        """The process above all that belongs to the side; it does nothing itself."""
        return self._process.pid

    def __enter__(self) -> Self:
        """Wait until it is ready."""
        self.ready = self.ask(self._task.as_order())
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            # The one in between passes this on.
            self._process.terminate()
            self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()

    def ask(self, order: dict[str, Any]) -> dict[str, Any]:
        """Send an order and wait for what it answers. Raises RuntimeError when the side has ended."""
        if self._process.stdin is None or self._process.stdout is None:
            raise RuntimeError("The side was not started with pipes.")
        self._process.stdin.write(json.dumps(order) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise RuntimeError("A side of the benchmark ended; its own message stands above.")
        answer: dict[str, Any] = json.loads(line)
        return answer


def read_order() -> dict[str, Any] | None:
    """Inside a side: the next order, or None when the benchmark is over. Waits for it."""
    line = sys.stdin.readline()
    order: dict[str, Any] | None = json.loads(line) if line.strip() else None
    return order


async def next_order() -> dict[str, Any] | None:
    """The same inside an event loop."""
    return await asyncio.to_thread(read_order)


def answer(**facts: Any) -> None:
    """Inside a side: say that the order was carried out."""
    # Not through sys.stdout, which some sides' tools replace.
    os.write(1, json.dumps(facts).encode() + b"\n")


def carry_out(task: Task, look_up: Callable[[Asked], bool]) -> None:
    """Inside a side that has signed in: look up as many claims as each order says, until there are no more orders.

    `look_up` says whether it found the claim's page.
    """
    done = 0
    answer(ready=True)
    while (order := read_order()) is not None:
        begun = time.perf_counter()
        right = sum(look_up(asked) for asked in task.asked(done, order["look_ups"]))
        done += order["look_ups"]
        answer(seconds=time.perf_counter() - begun, right=right)
