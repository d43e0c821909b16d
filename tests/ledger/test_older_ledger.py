"""A ledger that an earlier version made opens with everything that was in it, and the work goes on."""

import subprocess
import sys
from pathlib import Path

import pytest

from ledger.postgresql.address import PostgresAddress
from tests.django_settings import ON_POSTGRESQL

pytestmark = [
    pytest.mark.skipif(ON_POSTGRESQL, reason="it is tested with a file and with a server of its own"),
    pytest.mark.long,  # the ledger of the last release is upgraded each time: test_upgrade
]


def act(what: str, place: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ledger.older_ledger", what, place],
        cwd=Path(__file__).parents[2], capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def check(place: str) -> None:
    before = act("make", place)
    assert [before.count(table) for table in ("ledger_workitem", "ledger_answerversion", "ledger_case")] == [2, 1, 1]
    assert act("open", place) == f"{before}ACCT-1 [1, 2] 2 True\n"


def test_an_older_ledger_in_a_file_is_upgraded_whole(tmp_path: Path) -> None:
    check(str(tmp_path / "office.ledger"))


def test_an_older_ledger_on_a_server_is_upgraded_whole(by_socket: PostgresAddress) -> None:
    check(by_socket.line)
