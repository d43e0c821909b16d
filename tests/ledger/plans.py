"""How the database goes about what it is asked: the statements that are sent, and the indexes that find their rows."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from django.db import connection


@contextmanager
def statements() -> Iterator[list[tuple[str, Any]]]:
    """Every statement that is sent, with its parameters."""
    found: list[tuple[str, Any]] = []

    def look(execute: Callable[..., object], sql: str, params: Any, many: bool, context: object) -> object:
        found.append((sql, params))
        return execute(sql, params, many, context)

    with connection.execute_wrapper(look):
        yield found


def way_of(sql: str, params: Any) -> str:
    """How the database goes about this statement. Within a transaction, which remembers what is asked here."""
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            # Of the few rows of a test it would read all, or sort them, whatever indexes there are.
            for way in ("seqscan", "bitmapscan", "sort", "incremental_sort"):
                cursor.execute(f"SET LOCAL enable_{way} = off")
        asked = "EXPLAIN QUERY PLAN " if connection.vendor == "sqlite" else "EXPLAIN "
        cursor.execute(asked + sql, params)
        return "\n".join(str(cells[-1]) for cells in cursor.fetchall())


def is_sorted_afterwards(way: str) -> bool:
    """Does the database sort what it has found, because no index gives it in order?"""
    return "Sort" in way or "USE TEMP B-TREE" in way
