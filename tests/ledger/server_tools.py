"""What the tests of a ledger on a server share: statements on it, and processes that open a ledger there."""

import subprocess
from typing import LiteralString

import psycopg

from tests.postgresql_server import SUPERUSER, Server

PASSWORD = "canary-pw-4711"

Process = subprocess.Popen[str]


def execute(server: Server, *statements: LiteralString, database: str = "postgres", user: str = SUPERUSER) -> None:
    """Run statements on the server, each committed at once."""
    with psycopg.connect(
        host=str(server.folder), port=server.port, user=user, dbname=database, autocommit=True
    ) as connection:
        for statement in statements:
            connection.execute(statement)


def table_count(server: Server, database: str) -> int:
    """How many tables the database has."""
    with psycopg.connect(host=str(server.folder), port=server.port, user=SUPERUSER, dbname=database) as connection:
        row = connection.execute("SELECT count(*) FROM pg_tables WHERE schemaname = 'public'").fetchone()
        assert row is not None
        return int(row[0])


def said(process: Process) -> str:
    """All that the process said until its end."""
    out, errors = process.communicate(timeout=60)
    assert errors == ""
    return out.strip()
