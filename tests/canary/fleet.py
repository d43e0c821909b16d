"""Two workers on PostgreSQL with canaries: what lies on the server, in the engine's tables, and on each computer.

Patients' rows are ordinary rows on a server, whose storage the office encrypts; secrets, pages and documents are not.
"""

import time
from contextlib import ExitStack
from pathlib import Path

import psycopg
from psycopg import sql

from portalwright.exit_codes import ExitCode
from tests.canary import night, values
from tests.canary.planted import Values, leaks, note
from tests.canary.search import Search
from tests.canary.tally import Place, Tally
from tests.postgresql_server import SUPERUSER, Server, start_server
from tests.whole.office import Running, seen

_PORTALS = ("practice-national", "practice-multipayer")
_CLAIMS = 6
_PAGE = ("</html>", "<!doctype html", "</body>")
"""What stands in a portal's pages and in no row."""
_ENGINE = "procrastinate"
_LOOK_SECONDS = 0.2


def work(root: Path, tally: Tally) -> None:
    """Move an office to a server, let two workers do what is due, and search everything."""
    with ExitStack() as stack:
        server = start_server(stack)
        _make_database(server)
        given = night.made(root, tally, stack, _PORTALS, _CLAIMS)
        office = given.office
        for portal in given.portals.values():
            portal.profile(second_factor="none")
        sealed = office("ledger", "password", "--from-stdin", stdin=f"{values.DATABASE_PASSWORD}\n")
        moved = office("ledger", "move", "--to", f"postgresql://billing@127.0.0.1:{server.port}/office")
        given.expect(f"an office on a server: {sealed.err} {moved.err}", moved.code == 0)
        running = [office.begin("worker", "--any-hour", "--once", before=night.SHORT_LEASE) for _ in range(2)]
        jobs = _seen_while(server, running)
        given.said += [sealed, moved, *(one.end(240) for one in running)]
        given.expect("jobs in the engine's tables while the workers worked", any(jobs))
        for portal in given.portals.values():
            given.expect(f"{portal.name}: a session of the fleet", seen(portal, "detail") > 0)
        _is_shared(given, root, f"postgresql://billing@127.0.0.1:{server.port}/office")
        given.search()
        portals = [*given.portals.values()]
        secrets = Search(
            {*values.secrets_of(portals), *_PAGE},
            values.codes_of(portals, given.began),
            values.documents_of(portals),
        )
        everything = values.search_of(portals, given.began)
        for content in sorted(jobs):
            tally.look(everything, Place.ENGINE, "", content)
        _search_server(tally, server, secrets, everything)
        _plant(tally, server)


def _is_shared(given: night.Canaries, root: Path, address: str) -> None:
    """The office is put onto the server as a whole, and another computer joins it."""
    joining = (address, root / "joined", "--key-file", next(root.rglob("*.key")), "--from-stdin")
    for words in (("share",), ("publish",), ("fetch",), ("join", *joining)):
        ended = given.office("ledger", *words, stdin=f"{values.DATABASE_PASSWORD}\n")
        given.said.append(ended)
        given.expect(f"ledger {words[0]}: {ended.err}", ended.code not in {ExitCode.USAGE, ExitCode.DEFECT})


def _make_database(server: Server) -> None:
    with _connected(server, "postgres") as connection:
        # The password itself is never sent to a log or kept: the server keeps what is derived from it.
        connection.execute("SET log_statement = 'none'")
        statement = sql.SQL("CREATE ROLE billing LOGIN PASSWORD {}")
        connection.execute(statement.format(sql.Literal(values.DATABASE_PASSWORD)))
        connection.execute("CREATE DATABASE office OWNER billing")


def _connected(server: Server, database: str) -> "psycopg.Connection[tuple[object, ...]]":
    return psycopg.connect(host=str(server.folder), port=server.port, user=SUPERUSER, dbname=database, autocommit=True)


def _seen_while(server: Server, running: list[Running]) -> set[bytes]:
    """What stood in the engine's tables while these ran: it removes what is done."""
    found: set[bytes] = set()
    with _connected(server, "office") as connection:
        while any(one.process.poll() is None for one in running):
            found |= {_content(connection, table) for table in _tables(connection)}
            time.sleep(_LOOK_SECONDS)
    return found


def _search_server(tally: Tally, server: Server, secrets: Search, everything: Search) -> None:
    with _connected(server, "office") as connection:
        connection.execute("CHECKPOINT")
        tables = _tables(connection)
        if not tables:
            tally.wrong.append("the engine has no tables on the server")
        for table in tables:
            tally.look(everything, Place.ENGINE, table, _content(connection, table))
    tally.folder(secrets, server.folder, Place.SERVER)


def _tables(connection: "psycopg.Connection[tuple[object, ...]]") -> list[str]:
    listed = connection.execute("SELECT tablename FROM pg_tables WHERE tablename LIKE %s", (f"{_ENGINE}%",))
    return sorted(str(row[0]) for row in listed)


def _content(connection: "psycopg.Connection[tuple[object, ...]]", table: str) -> bytes:
    with connection.cursor() as cursor:
        copying = sql.SQL("COPY {} TO STDOUT (FORMAT csv)").format(sql.Identifier(table))
        with cursor.copy(copying) as copy:
            return b"".join(bytes(piece) for piece in copy)


def _plant(tally: Tally, server: Server) -> None:
    """Leaks in a table of the engine and on the server's disk, which the same searches have to find."""
    known, scratch = Values(), Tally()
    with _connected(server, "office") as connection:
        connection.execute("CREATE TABLE procrastinate_planted (args text, raw bytea)")
        texts = [leak.decode().replace("\0", "") for leak in leaks(known, Place.ENGINE, packed=False)]
        for text in texts:
            connection.execute("INSERT INTO procrastinate_planted (args) VALUES (%s)", (text,))
        for leak in leaks(known, Place.SERVER):
            connection.execute("INSERT INTO procrastinate_planted (raw) VALUES (%s)", (leak,))
        _search_server(scratch, server, Search(known.known), Search(known.known))
    note(known, scratch, tally)
