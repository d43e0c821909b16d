"""The ledger of an earlier release is upgraded whole, with all that was in it, and the work goes on.

The ledgers lie in `fixtures`, one for each release; `make_fixture` has made them.
"""

import gzip
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from flows.outcomes import Code
from flows.routing_rules import routing_rules
from ledger.errors import RowsRefused
from ledger.portable import examine, read_rows
from ledger.postgresql.address import PostgresAddress
from tests.django_settings import ON_POSTGRESQL

ROOT = Path(__file__).parents[2]
RELEASES = sorted((ROOT / "tests" / "ledger" / "fixtures").glob("release-*.jsonl.gz"))

own_ledger = pytest.mark.skipif(ON_POSTGRESQL, reason="it is tested with a file and with a server of its own")


def upgraded(release: Path, place: str) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, "-m", "tests.ledger.upgraded_process", str(release), place],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    told: dict[str, Any] = json.loads(done.stdout)
    return told


def lines_of(release: Path) -> list[bytes]:
    with gzip.open(release) as lines:
        return list(lines)


def check(release: Path, place: str) -> None:
    lines = lines_of(release)
    written = {name: count for name, (count, _) in json.loads(lines[-1])["end"].items()}
    items = [row for line in lines if b'"table":"ledger_workitem"' in line[:40] for row in json.loads(line)["rows"]]
    columns = json.loads(lines[0])["tables"]["ledger_workitem"]
    states = [row[columns.index("state")] for row in items]
    told = upgraded(release, place)
    assert told["rows"] == written
    assert (told["to migrate"], told["audit"], told["audit then"]) == (0, True, True)
    assert told["not planned"] == len(items)
    assert told["states"] == {state: states.count(state) for state in sorted(set(states))}
    assert told["permission"] == [["[]", None, None]] * written["ledger_permission"]
    rules = routing_rules().cases
    assert len(told["cases"]) == 20
    for code, queue, role, due, *_ in told["cases"]:
        assert (queue, role) == (rules[Code(code)].queue, rules[Code(code)].role)
        assert due is not None
    assert {money for code, *_, money, _ in told["cases"] if code == Code.BUS_MULTI} == {12050}
    assert any(limit is not None for *_, limit in told["cases"])
    assert sorted(told["appeals"]) == ["approved", "approved", "draft", "uncertain"]
    assert told["worked on"] == told["answers"] + 1


@own_ledger
@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name.partition(".")[0])
def test_a_ledger_of_an_earlier_release_in_a_file_is_upgraded_whole(release: Path, tmp_path: Path) -> None:
    check(release, str(tmp_path / "office.ledger"))


@own_ledger
@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.name.partition(".")[0])
def test_a_ledger_of_an_earlier_release_on_a_server_is_upgraded_whole(
    release: Path, by_socket: PostgresAddress
) -> None:
    check(release, by_socket.line)


def test_rows_that_were_changed_cut_off_or_moved_are_noticed() -> None:
    lines = lines_of(RELEASES[-1])
    assert examine(lines).total > 1000
    audit_line = next(number for number, line in enumerate(lines) if line.startswith(b'{"table":"ledger_auditentry"'))
    claims = next(number for number, line in enumerate(lines) if line.startswith(b'{"table":"ledger_claim"'))
    spoilt = {
        "cut off": lines[:-1],
        "a line less": [*lines[:claims], *lines[claims + 1 :]],
        "a claim changed": [*lines[:claims], lines[claims].replace(b"12050", b"12051"), *lines[claims + 1 :]],
        "an audit entry changed": [*lines[:audit_line], lines[audit_line].replace(b"run.start", b"run.stars"), *lines],
        "no head": lines[1:],
        "nothing": [],
    }
    for what, given in spoilt.items():
        with pytest.raises(RowsRefused):
            pytest.fail(f"{what}: {examine(given)}")


@pytest.mark.django_db
def test_rows_of_a_newer_version_and_a_ledger_that_is_not_empty_are_refused() -> None:
    lines = lines_of(RELEASES[-1])
    with pytest.raises(RowsRefused, match="A newer version of portalwright wrote the rows"):
        read_rows([lines[0].replace(b"0009_own_words", b"9999_to_come"), *lines[1:]])
    with pytest.raises(RowsRefused, match="The database is not empty"):
        read_rows(lines)
