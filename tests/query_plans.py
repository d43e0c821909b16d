"""How a database would answer queries: whether it goes through a table from end to end."""

import re
from collections.abc import Iterable, Mapping

from django.db import connection

SMALL = frozenset(
    f"ledger_{name}"
    for name in (
        "account", "account_practices", "audithead", "codetext", "consoleaccess", "practice", "practiceprovider",
        "roleheld", "workrules",
    )
)  # fmt: skip
"""Tables that have a few rows in any office."""


def whole_tables_read(queries: Iterable[Mapping[str, str]], small: frozenset[str] = SMALL) -> list[str]:
    """Every reading query among these that would go through a table, or all that a practice has in it, but for small
    ones."""
    read = [query["sql"] for query in queries if query["sql"].lstrip("(").startswith("SELECT")]
    found = _sqlite(read, small) if connection.vendor == "sqlite" else _postgresql(read, small)
    return sorted(set(found))


def _sqlite(read: Iterable[str], small: frozenset[str]) -> Iterable[str]:
    for sql in read:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}".replace("%", "%%"), ())
            steps = [row[3] for row in cursor.fetchall()]
        for step in steps:
            scanned = re.match(r"SCAN (\w+)", step) or re.match(r"SEARCH (\w+) .*\(practice_id=\?\)$", step)
            if scanned and scanned[1] in _tables(sql) - small:
                yield f"{step}: {sql}"


def _postgresql(read: Iterable[str], small: frozenset[str]) -> Iterable[str]:
    """So few rows as a test has are always read from end to end; told not to, the server does so without an index."""
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for sql in read:
            cursor.execute(f"EXPLAIN {sql}".replace("%", "%%"), ())
            for (step,) in cursor.fetchall():
                scanned = re.search(r"Seq Scan on (\w+)", step)
                if scanned and scanned[1] not in small:
                    yield f"{step.strip()}: {sql}"


def _tables(sql: str) -> set[str]:
    named = re.findall(r'(?:FROM|JOIN) "(\w+)"(?: (\w+))?', sql)
    return {name for name, _ in named} | {alias for _, alias in named if re.fullmatch(r"[TU]\d+", alias)}
