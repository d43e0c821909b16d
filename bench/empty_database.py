"""An empty database on a PostgreSQL server of the benchmark's own."""

from contextlib import ExitStack
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ledger.postgresql.address import PostgresAddress


def empty_database(stack: ExitStack) -> "PostgresAddress":
    """Start a server that ends with the stack, and make the database; its one user needs no password."""
    import psycopg

    from ledger.postgresql.address import PostgresAddress
    from tests.postgresql_server import SUPERUSER, start_server

    server = start_server(stack)
    with psycopg.connect(
        host=str(server.folder), port=server.port, user=SUPERUSER, dbname="postgres", autocommit=True
    ) as connection:
        connection.execute("CREATE DATABASE office")
    return PostgresAddress(SUPERUSER, str(server.folder), server.port, "office", "disable")
