"""What work on the ledger costs beside its bare writes: the comparison that several benchmarks make.

The work is done once more over an equal ledger, where every statement that changed a row is written down with its
transaction; a third process runs only these over an equal ledger again. On PostgreSQL the server's processor time for
our connections counts too. The ratio is the median over the pairs of processor time, of the whole work to its bare
writes.
"""

import argparse
import asyncio
import json
import pickle
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from bench.empty_database import empty_database

if TYPE_CHECKING:
    from ledger.thread import LedgerThread

Statements = list[list[tuple[str, Any]]]
"""Statements with their parameters, by transaction."""


@dataclass(frozen=True)
class Work:
    """Work on a ledger. `make` is called on the thread of the ledger; it makes the same rows with the same numbers."""

    module: str
    """The benchmark's own name, by which its parts are started."""
    description: str
    ours: str
    """What the table calls it."""
    make: "Callable[[LedgerThread, int], Any]"
    """Everything that is there before the work, for so many questions."""
    do: "Callable[[LedgerThread, Any], Awaitable[None]]"
    """The work that is measured, with what `make` gave. Raises where it did not end as it should."""


def compare(work: Work) -> None:
    """Measure and print a table and, as the last line, JSON; or, with `--part`, be one of the measured processes."""
    parser = argparse.ArgumentParser(description=work.description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--questions", type=int, default=2000, help="questions of the work (default: 2000)")
    parser.add_argument("--pairs", type=int, default=3, help="turns of each side (default: 3)")
    parser.add_argument("--part", choices=("work", "write down", "bare"), help=argparse.SUPPRESS)
    parser.add_argument("--file", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.part is not None:
        sys.stdout.write(json.dumps(_part(work, given.part, given.engine, given.questions, given.file)) + "\n")
        return
    with tempfile.TemporaryDirectory(prefix="portalwright-bench-") as temporary:
        file = Path(temporary) / "statements"
        written = _process(work, "write down", given, file)
        pairs = [(_process(work, "work", given, file), _process(work, "bare", given, file)) for _ in range(given.pairs)]
    _print(work, given.engine, given.questions, written, pairs)


def _process(work: Work, part: str, given: argparse.Namespace, file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", work.module, "--engine", given.engine, "--part", part]
    command += ["--questions", str(given.questions), "--file", str(file)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 # our own
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _print(
    work: Work,
    engine: str,
    questions: int,
    written: dict[str, Any],
    pairs: Sequence[tuple[dict[str, Any], dict[str, Any]]],
) -> None:
    each = 1000 / questions
    ours, bare = (statistics.median(pair[side]["cpu"] for pair in pairs) * each for side in (0, 1))
    ratios = sorted(one["cpu"] / other["cpu"] for one, other in pairs)
    last = {
        "engine": engine,
        "questions": questions,
        "statements": written["statements"],
        "transactions": written["transactions"],
        "cpu_seconds_per_1000": round(ours, 3),
        "bare_cpu_seconds_per_1000": round(bare, 3),
        "ratio": round(statistics.median(ratios), 2),
        "ratios": [round(ratio, 2) for ratio in ratios],
    }
    lines = [
        f"{engine}, {questions:,} questions; seconds of processor time for 1,000",
        f"{work.ours:20} {ours:8.3f}",
        f"its writes alone     {bare:8.3f}  ({written['statements'] / questions:.1f} statements a question)",
        f"ratio                {last['ratio']:8.2f}",
        json.dumps(last),
    ]
    sys.stdout.write("\n".join(lines) + "\n")


def _part(work: Work, part: str, engine: str, questions: int, file: Path) -> dict[str, Any]:
    with ExitStack() as stack:
        _open(engine, stack)
        if part == "bare":
            from ledger.thread import LedgerThread

            work.make(LedgerThread(), questions)
            return _bare(pickle.loads(file.read_bytes()))  # noqa: S301 # our own, written a moment ago
        statements: Statements = []
        measured = asyncio.run(_work(work, questions, statements if part == "write down" else None))
        if part == "write down":
            file.write_bytes(pickle.dumps(statements))
            measured |= {"statements": sum(map(len, statements)), "transactions": len(statements)}
        return measured


def _open(engine: str, stack: ExitStack) -> None:
    from ledger.start import close_connection, open_ledger, open_on_server

    if engine == "sqlite":
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="portalwright-bench-"))
        open_ledger(Path(folder) / "ledger.db", lambda: b"k" * 32)
    else:
        open_on_server(empty_database(stack), lambda: None)
    stack.callback(close_connection)


async def _work(work: Work, questions: int, statements: Statements | None) -> dict[str, Any]:
    from ledger.thread import LedgerThread

    async with LedgerThread() as ledger:
        made = await ledger.call(work.make, ledger, questions)
        backends = await ledger.call(_backends)
        writing = _written_down(statements) if statements is not None else None
        if writing is not None:
            await ledger.call(writing.__enter__)
        cpu, wall = _cpu(backends), time.monotonic()
        await work.do(ledger, made)
        measured = {"cpu": _cpu(backends) - cpu, "wall": time.monotonic() - wall}
        if writing is not None:
            await ledger.call(writing.__exit__, None, None, None)
        return measured


def _backends() -> list[psutil.Process]:
    """On PostgreSQL, the server's process for this thread's connection."""
    from django.db import connection

    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return [psutil.Process(cursor.fetchone()[0])]


def _cpu(backends: Sequence[psutil.Process]) -> float:
    used = time.process_time()
    for backend in backends:
        times = backend.cpu_times()
        used += times.user + times.system
    return used


@contextmanager
def _written_down(statements: Statements) -> Iterator[None]:
    """Every statement of this thread's connection that changes rows and is committed."""
    from django.db import connections

    connection = connections["default"]
    pending: list[tuple[str, Any]] = []
    commit, rollback = connection.commit, connection.rollback

    def seen(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        result = execute(sql, params, many, context)
        if sql.lstrip().split(maxsplit=1)[0].upper() in ("INSERT", "UPDATE", "DELETE"):
            if many:
                raise AssertionError("nothing of a night is written by executemany")
            # A memory view is not pickled.
            one = (sql, [bytes(value) if isinstance(value, memoryview) else value for value in params or ()])
            if connection.in_atomic_block:
                pending.append(one)
            else:
                statements.append([one])
        return result

    def committed() -> None:
        commit()
        if pending:
            statements.append(list(pending))
            pending.clear()

    def rolled_back() -> None:
        rollback()
        pending.clear()

    replaced: dict[str, Any] = {"commit": committed, "rollback": rolled_back}
    with connection.execute_wrapper(seen):
        vars(connection).update(replaced)
        try:
            yield
        finally:
            for name in replaced:
                del vars(connection)[name]


def _bare(statements: Statements) -> dict[str, Any]:
    from django.db import connection, transaction

    backends = _backends()
    cpu, wall = _cpu(backends), time.monotonic()
    for group in statements:
        with transaction.atomic(), connection.cursor() as cursor:
            for sql, params in group:
                cursor.execute(sql, params)
    return {"cpu": _cpu(backends) - cpu, "wall": time.monotonic() - wall}
