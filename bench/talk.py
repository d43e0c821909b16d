"""How the benchmark talks with the sides that it compares: one line of JSON there, one line of JSON back.

Each side is a process of its own, so that neither carries the other's memory, threads or garbage.
"""

import asyncio
import json
import subprocess
import sys
from types import TracebackType
from typing import Any, Self

from pydantic import BaseModel, ConfigDict

from flows.questions import ClaimStatus


class Task(BaseModel):
    """What a side works on: where the practice portal is, how to sign in, and what to ask, in this order."""

    model_config = ConfigDict(frozen=True)

    folder: str
    address: str
    user_name: str
    password: str
    totp_seed: str
    questions: tuple[ClaimStatus, ...]


class Side:
    """A running side, as the benchmark sees it. Use it in a `with` statement."""

    def __init__(self, module: str, task: Task, *options: str) -> None:
        self._process = subprocess.Popen(  # noqa: S603 - our own interpreter and module, no shell
            [sys.executable, "-m", module, *options], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
        )
        self._task = task

    @property
    def process_id(self) -> int:
        return self._process.pid

    def __enter__(self) -> Self:
        """Wait until it has signed in."""
        self.ask(json.loads(self._task.model_dump_json()))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        try:
            self._process.wait(30)
        except subprocess.TimeoutExpired:
            self._process.kill()
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


async def next_order() -> dict[str, Any] | None:
    """Inside a side: the next order, or None when the benchmark is over."""
    line = await asyncio.to_thread(sys.stdin.readline)
    order: dict[str, Any] | None = json.loads(line) if line.strip() else None
    return order


def answer(**facts: Any) -> None:
    """Inside a side: say that the order was carried out."""
    sys.stdout.write(json.dumps(facts) + "\n")
    sys.stdout.flush()
