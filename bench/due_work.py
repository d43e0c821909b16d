"""What finding, planning and handing out due work costs: 10,000 questions due, of 20,000 to 1,000,000 open claims.

One round is what a worker does with what became due: wake 10,000 questions, look what is due (as often as it does in
ten minutes), hand out 500 of them and take them back, and plan all 10,000 anew from their answers. Each size has a
ledger of its own, in a process of its own; on PostgreSQL the server's processor time for our connection counts too.
The promise is that 1,000,000 open claims cost at most twice what 20,000 do, and that memory stays as it is.

`python -m bench.due_work --engine postgresql` prints a table and, as its last line, JSON.
"""

import argparse
import json
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psutil

from bench.empty_database import empty_database

if TYPE_CHECKING:
    from ledger.accounts import Actor, Practice

_DUE = 10_000
_HANDED_OUT = 500
_LOOKS = 60
_ROUNDS = 3
_PORTAL = "practice-national"
_NOW = datetime(2026, 6, 1, 5, 0, tzinfo=UTC)
_PARTS = ("wake", "look", "hand out", "plan")


def main() -> None:
    """Measure and print; or, with `--size`, be one of the measured processes."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--engine", choices=("sqlite", "postgresql"), default="sqlite")
    parser.add_argument("--open", default="20000,100000,1000000", help="open claims (default: 20000,100000,1000000)")
    parser.add_argument("--size", type=int, help=argparse.SUPPRESS)
    parser.add_argument("--fill", type=Path, help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.fill is not None:
        _fill_file(given.fill, given.size)
        return
    if given.size is not None:
        sys.stdout.write(json.dumps(_measure(given.engine, given.size)) + "\n")
        return
    _print(given.engine, [_size(given.engine, int(size)) for size in given.open.split(",")])


def _size(engine: str, size: int) -> dict[str, Any]:
    command = [sys.executable, "-m", "bench.due_work", "--engine", engine, "--size", str(size)]
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True)  # noqa: S603 # our own
    measured: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return measured


def _print(engine: str, sizes: list[dict[str, Any]]) -> None:
    first = sizes[0]
    lines = [f"{'open claims':>12}" + "".join(f"{part:>12}" for part in (*_PARTS, "all")) + f"{'ratio':>8}{'MiB':>8}"]
    for one in sizes:
        seconds = "".join(f"{one[part]['cpu']:>12.3f}" for part in (*_PARTS, "all"))
        ratio = one["all"]["cpu"] / first["all"]["cpu"]
        lines.append(f"{one['open']:>12,}{seconds}{ratio:>8.2f}{one['memory']:>8.1f}")
    last = {
        "engine": engine,
        "due": _DUE,
        "open": [one["open"] for one in sizes],
        "cpu_seconds": [round(one["all"]["cpu"], 3) for one in sizes],
        "wall_seconds": [round(one["all"]["wall"], 3) for one in sizes],
        "cpu_ratio": round(sizes[-1]["all"]["cpu"] / first["all"]["cpu"], 2),
        "cpu_ratio_by_part": {
            part: round(sizes[-1][part]["cpu"] / max(first[part]["cpu"], 0.001), 2) for part in _PARTS
        },
        "memory_mib": [round(one["memory"], 1) for one in sizes],
    }
    sys.stdout.write("\n".join([f"{engine}, {_DUE:,} due; seconds of processor time", *lines, json.dumps(last)]) + "\n")


@dataclass
class _Meter:
    """Processor and wall time of this process and, on PostgreSQL, of the server's process for our connection."""

    backend: psutil.Process | None

    def of(self, work: Callable[[], object]) -> tuple[float, float]:
        """Seconds that it takes: of processors, and by the clock."""
        cpu, wall = self._cpu(), time.monotonic()
        work()
        return self._cpu() - cpu, time.monotonic() - wall

    def _cpu(self) -> float:
        used = time.process_time()
        if self.backend is not None:
            times = self.backend.cpu_times()
            used += times.user + times.system
        return used


def _measure(engine: str, size: int) -> dict[str, Any]:
    from ledger.start import close_connection, open_ledger, open_on_server

    with ExitStack() as stack:
        if engine == "sqlite":
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="portalwright-bench-"))
            file = Path(folder) / "ledger.db"
            # In a process of its own, so that its memory is not taken for that of the rounds.
            fill = [sys.executable, "-m", "bench.due_work", "--fill", str(file), "--size", str(size)]
            subprocess.run(fill, check=True)  # noqa: S603 # our own
            open_ledger(file, _key)
        else:
            open_on_server(empty_database(stack), lambda: None)
            _fill(size)
        stack.callback(close_connection)
        return _rounds(size)


def _key() -> bytes:
    return b"k" * 32


def _fill_file(file: Path, size: int) -> None:
    from ledger.start import close_connection, open_ledger

    open_ledger(file, _key)
    _fill(size)
    close_connection()


def _desk() -> "tuple[Practice, Actor]":
    from ledger.accounts import ensure_account, ensure_practice

    practice = ensure_practice("Lakeside Family Practice", "123456789", ("1234567893",))
    return practice, ensure_account("robot", is_robot=True, practice=practice, now=_NOW)


def _rounds(size: int) -> dict[str, Any]:
    from django.db import connection

    from flows.questions import Flow
    from ledger import due, lanes, runs, work
    from schedules.planning import plan

    practice, robot = _desk()
    plan(robot, _NOW)
    backend = None
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = psutil.Process(cursor.fetchone()[0])
    meter = _Meter(backend)
    lease = lanes.take(_PORTAL, "main", 0, holder="bench", actor=robot, now=_NOW)
    runs.start(lease, Flow.CLAIM_STATUS, _NOW)

    def look() -> None:
        for _ in range(_LOOKS):
            due.due_groups(_NOW)
            due.due_for(practice.id, _PORTAL, _NOW)
            due.due_count(practice.id, _PORTAL, Flow.CLAIM_STATUS, _NOW)

    def hand_out() -> None:
        for _ in range(_HANDED_OUT):
            if work.next_item(lease, _NOW) is None:
                raise AssertionError("there are more that are due")

    taken: dict[str, list[tuple[float, float]]] = {part: [] for part in (*_PARTS, "all")}
    for _ in range(_ROUNDS):
        _spread(_DUE_AGAIN, size)
        parts = {
            "wake": meter.of(lambda: _check(due.wake_due(_NOW), _DUE)),
            "look": meter.of(look),
            "hand out": meter.of(hand_out),
        }
        _spread(_CHANGED, size)
        parts["plan"] = meter.of(lambda: _check(plan(robot, _NOW, most=2 * _DUE).questions, _DUE))
        for part, seconds in parts.items():
            taken[part].append(seconds)
        taken["all"].append((sum(one[0] for one in parts.values()), sum(one[1] for one in parts.values())))
    most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (1 << 20 if sys.platform == "darwin" else 1 << 10)
    medians = {
        part: {
            "cpu": statistics.median(one[0] for one in seconds),
            "wall": statistics.median(one[1] for one in seconds),
        }
        for part, seconds in taken.items()
    }
    return {"open": size, "memory": most, **medians}


def _check(found: int, wanted: int) -> None:
    if found != wanted:
        raise AssertionError(f"{found} instead of {wanted}")


_NUMBERS = {
    "sqlite": """
        CREATE TEMPORARY TABLE numbers AS
        WITH RECURSIVE counted(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM counted WHERE i < %(size)s)
        SELECT i, date('2026-04-10', '+' || (i %% 30) || ' days') AS service_day, '1961-05-17' AS born FROM counted
        """,
    "postgresql": """
        CREATE TEMPORARY TABLE numbers AS
        SELECT i, DATE '2026-04-10' + i %% 30 AS service_day, DATE '1961-05-17' AS born
        FROM generate_series(1, %(size)s) AS i
        """,
}
_FILLING = (
    """
    INSERT INTO ledger_patient (id, practice_id, reference, member_id, last_name, first_name, birth_date)
    SELECT i, %(practice)s, 'r' || i, 'MBR' || i, 'Quillfeather', 'Ottoline', born FROM numbers
    """,
    """
    INSERT INTO ledger_claim (id, practice_id, portal, provider_tin, provider_npi, patient_id, patient_account_number,
                              service_from, service_to, billed_cents, revision, imported_at)
    SELECT i, %(practice)s, %(portal)s, '123456789', '1234567893', i, 'ACCT-' || i, service_day, service_day, 12050, 1,
           %(then)s FROM numbers
    """,
    """
    INSERT INTO ledger_attempt (id, key, portal, flow, ending, code, view, started_at, finished_at)
    SELECT i, 'k' || i, %(portal)s, 'claim-status', 'answered', '', '', %(then)s, %(then)s FROM numbers
    """,
    """
    INSERT INTO ledger_answerversion (id, claim_id, flow, version, attempt_id, author_id, recorded_at, observed_at,
                                      portal, pack_version, ending, normalised, extracted, category, coverage_status,
                                      portal_text, payer_claim_number, payment_number, manual_source)
    SELECT i, i, 'claim-status', 1, i, %(robot)s, %(then)s, %(then)s, %(portal)s, '1', 'answered', '{}', '[]', 'P1', '',
           'In process', '2026' || i, '', '' FROM numbers
    """,
)
_QUESTIONS = """
    INSERT INTO ledger_workitem (id, practice_id, portal, flow, claim_id, state, tries, not_before, rank, due_at,
                                 planned_at, token, attempt, taken_at, revision, answer_id)
    SELECT i, %(practice)s, %(portal)s, 'claim-status', i, CASE WHEN i %% 5 <> 1 THEN 'done' ELSE 'ready' END, 0,
           %(day)s, 1, %(day)s, %(then)s, 0, '', CASE WHEN i %% 5 <> 1 THEN %(then)s END, 1,
           CASE WHEN i %% 5 <> 1 THEN i END
    FROM numbers WHERE i %% 21 = %(rest)s
    """
_DUE_AGAIN = """
    UPDATE ledger_workitem SET state = 'done', due_at = %(at)s, not_before = %(at)s, lane_id = NULL, attempt = '',
           answer_id = id, taken_at = %(at)s, planned_at = %(at)s WHERE id %% %(step)s = 0
    """
_CHANGED = """
    UPDATE ledger_workitem SET state = 'done', lane_id = NULL, attempt = '', planned_at = NULL
    WHERE id %% %(step)s = 0
    """


def _fill(size: int) -> None:
    """So many open claims, each asked once and to be asked again in the next weeks; a fifth never asked yet."""
    from django.db import connection

    practice, robot = _desk()
    known: dict[str, Any] = {
        "size": size,
        "practice": practice.id,
        "robot": robot.account_id,
        "portal": _PORTAL,
        "then": _at(timedelta(days=-10)),
    }
    with connection.cursor() as cursor:
        for statement in (_NUMBERS[connection.vendor], *_FILLING):
            cursor.execute(statement, known)
        for days in range(1, 22):
            cursor.execute(_QUESTIONS, known | {"day": _at(timedelta(days=days)), "rest": days - 1})
        cursor.execute("DROP TABLE numbers")
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            # As a server does by itself.
            cursor.execute("VACUUM ANALYZE")


def _spread(statement: str, size: int) -> None:
    """Do this to 10,000 questions, spread over all of them."""
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(statement, {"at": _at(timedelta(hours=-5)), "step": size // _DUE})


def _at(after: timedelta) -> Any:
    from django.db import connection

    return connection.ops.adapt_datetimefield_value(_NOW + after)


if __name__ == "__main__":
    main()
