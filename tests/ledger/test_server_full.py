"""The server's disk is full: it is told in a sentence, nothing of the step is kept, and it goes on with room."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql

from ledger.postgresql.address import PostgresAddress
from tests.django_settings import ON_POSTGRESQL
from tests.postgresql_server import SUPERUSER, Server

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="it has a server of its own, and is tested with the file")

FULL = """
import os, sys
from django.db import connection, transaction
from ledger.errors import LedgerDiskFull
from ledger.postgresql.address import read_address
from ledger.start import open_on_server
from tests.django_settings import no_password
open_on_server(read_address(sys.argv[1]), no_password, migrate=False)

def write(pages):
    with transaction.atomic(), connection.cursor() as cursor:
        for _ in range(pages):
            cursor.execute("INSERT INTO pages VALUES (%s)", [os.urandom(1 << 20)])

def count():
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pages")
        return cursor.fetchone()[0]

with connection.cursor() as cursor:
    cursor.execute("CREATE TABLE pages (sealed bytea)")
write(1)
try:
    write(64)
except LedgerDiskFull as error:
    print(error)
print(count())
os.unlink(sys.argv[2])
write(2)
print(count())
"""


@pytest.fixture
def on_a_small_disk(server: Server) -> Iterator[PostgresAddress]:
    """A database whose tables lie on a disk of their own, of 24 megabytes. Needs the right to mount."""
    disk = server.folder / "small-disk"
    disk.mkdir()
    owner = (server.folder / "cluster").stat().st_uid
    mount = ["mount", "-t", "tmpfs", "-o", f"size=24m,uid={owner},mode=700", "none", str(disk)]
    if sys.platform != "linux" or subprocess.run(mount, capture_output=True, check=False).returncode != 0:
        disk.rmdir()
        pytest.skip("a disk of its own can be made by root on Linux only")
    try:
        with psycopg.connect(
            host=str(server.folder), port=server.port, user=SUPERUSER, dbname="postgres", autocommit=True
        ) as connection:
            connection.execute(sql.SQL("CREATE TABLESPACE small LOCATION {}").format(str(disk)))
            connection.execute("CREATE DATABASE full_one TABLESPACE small")
            yield PostgresAddress(SUPERUSER, str(server.folder), server.port, "full_one", "disable")
            connection.execute("DROP DATABASE full_one WITH (FORCE)")
            connection.execute("DROP TABLESPACE small")
    finally:
        subprocess.run(["umount", "-l", str(disk)], check=True)


def test_a_full_disk_of_the_server_is_told_and_nothing_of_the_step_is_kept(on_a_small_disk: PostgresAddress) -> None:
    filler = Path(on_a_small_disk.host) / "small-disk" / "filler"
    filler.write_bytes(bytes(6 << 20))
    done = subprocess.run(
        [sys.executable, "-c", FULL, on_a_small_disk.line, str(filler)],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told, *counts = done.stdout.splitlines()
    assert "no room left on the disk where the ledger lies" in told
    assert counts == ["1", "3"]
