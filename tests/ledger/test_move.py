"""Moving an office to a server: all of it, or it works on with the file it has, whenever the move is cut off."""

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from django.apps import apps

from ledger.postgresql.address import PostgresAddress, read_address
from tests.django_settings import ON_POSTGRESQL
from tests.ledger.server_tools import Process, execute, said, table_count
from tests.postgresql_server import Server

ROOT = Path(__file__).parents[2]
pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="it has a server of its own, and is tested with the file")


MAKE = """
import sys
from pathlib import Path
from ledger import accounts, appeals, audit, lanes, runs, work
from ledger.evidence import Evidence, EvidenceFile, EvidenceKind
from ledger.start import open_ledger
from flows.questions import Flow
from tests.django_settings import database_key
from ledger.remittances import keep
from tests.ledger.appeals import approve, document, drafted
from tests.ledger.office import *
from tests.ledger.payments import by_import, decided, payment, reversed_claim, sealed
open_ledger(Path(sys.argv[1]), database_key)
practice = accounts.ensure_practice("Lakeside", "123456789", ("1234567893",))
robot = accounts.ensure_account("robot", is_robot=True, practice=practice, now=NOW)
dana = accounts.ensure_account("dana", is_robot=False, practice=practice, now=NOW)
bring_in(range(int(sys.argv[2])), robot)
lease = lanes.take(PORTAL, ALIAS, 0, holder="x", actor=robot, now=NOW)
runs.start(lease, Flow.CLAIM_STATUS, NOW)
file = EvidenceFile(name="a", sha256="0", size=1, kind=EvidenceKind.PAGE)
page = Evidence(wrapped_key=bytes(range(256)), files=(file,))
for outcome in (paid(), not_found(), ended(Ending.NEEDS_STAFF, Code.BUS_MULTI)):
    work.finish(lease, work.next_item(lease, NOW), outcome, NOW, evidence_found=page)
    page = None
first = payment(decided(1))
second = payment(reversed_claim(decided(1), 1), decided(1, place=2, paid="60.00"), trace="E2")
keep(sealed(first, second), by_import(robot))
appeals.attach(drafted(dana), *document(), dana, NOW)
approve(1, dana)
runs.start(lease, Flow.APPEAL, NOW)
work.finish(lease, work.next_item(lease, NOW), ended(Ending.NEEDS_STAFF, Code.DATA_CONFLICT), NOW)
if sys.argv[3] == "end":
    runs.end(lease, "finished", NOW)
    lanes.release(lease, NOW)
"""

SEE = """
import sys
from ledger import answers, audit, models
from ledger.accounts import default_practice
from ledger.start import open_ledger
from tests.ledger.office import *
open_place(sys.argv[1])
report = audit.verify()
print(report.ok, report.entries, models.Claim.objects.count(), len(list(answers.list_current(default_practice().id))))
"""

WRITE_ON = """
import sys
from ledger import accounts, models
from tests.ledger.office import *
open_place(sys.argv[1])
practice = accounts.default_practice()
robot = accounts.ensure_account("robot", is_robot=True, practice=practice, now=NOW)
before = set(models.Claim.objects.values_list("id", flat=True))
bring_in(range(90000, 90010), robot)
print(min(set(models.Claim.objects.values_list("id", flat=True)) - before) > max(before))
"""


def run(program: str, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", program, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An office's ledger with some work done."""
    file = tmp_path_factory.mktemp("made") / "office.ledger"
    run(MAKE, str(file), "1500", "end")
    return file


@pytest.fixture
def old(made: Path, tmp_path: Path) -> Path:
    return Path(shutil.copy(made, tmp_path / "office.ledger"))


def test_everything_arrives_and_the_work_goes_on(
    begin: Callable[..., Process],
    old: Path,
    by_socket: PostgresAddress,
    tmp_path: Path,
) -> None:
    before = run(SEE, str(old))
    toml = tmp_path / "office.toml"
    *_, last = said(begin("move", str(old), by_socket.line, str(toml))).splitlines()
    word, rows, entries, kept = last.split()
    assert (word, kept) == ("moved", "office-before-move-20260302T010000Z.ledger")
    assert int(rows) > 4500
    assert not old.exists()
    assert read_address(toml.read_text()) == by_socket
    ok, seen, claims, answered = run(SEE, by_socket.line).split()
    assert (ok, claims, answered) == ("True", "1500", "2")
    assert int(seen) == int(entries) + 1  # the move itself
    assert run(SEE, str(tmp_path / kept)) == before
    assert run(WRITE_ON, by_socket.line) == "True"


@pytest.mark.parametrize(
    "moment", [0, pytest.param(1, marks=pytest.mark.long), pytest.param(2, marks=pytest.mark.long), 3]
)
def test_a_kill_in_the_middle_leaves_the_old_office_at_work(  # noqa: PLR0917 - fixtures
    begin: Callable[..., Process],
    old: Path,
    by_socket: PostgresAddress,
    server: Server,
    tmp_path: Path,
    moment: int,
) -> None:
    before = run(SEE, str(old))
    toml = tmp_path / "office.toml"
    process = begin("move", str(old), by_socket.line, str(toml))
    assert process.stdout is not None
    tables = len(apps.get_models(include_auto_created=True))
    for _ in range((1, 4, tables * 2 // 3, tables + 1)[moment]):  # "moving", then a line for each table
        assert process.stdout.readline()
    time.sleep(random.uniform(0, 0.05))
    process.send_signal(signal.SIGKILL)
    process.wait()
    if toml.exists():
        assert run(SEE, by_socket.line).startswith("True")
        return
    assert run(SEE, str(old)) == before
    deadline = time.monotonic() + 20
    while table_count(server, by_socket.database) and moment < 3 and time.monotonic() < deadline:
        time.sleep(0.1)
    if moment < 3:
        assert table_count(server, by_socket.database) == 0
        assert "moved" in said(begin("move", str(old), by_socket.line, str(toml)))


def test_a_database_with_something_in_it_is_refused(
    begin: Callable[..., Process],
    old: Path,
    by_socket: PostgresAddress,
    server: Server,
    tmp_path: Path,
) -> None:
    execute(server, "CREATE TABLE somebody_elses (id int)", database=by_socket.database, user=by_socket.user)
    told = said(begin("move", str(old), by_socket.line, str(tmp_path / "office.toml")))
    assert "MoveRefused The database is not empty" in told
    assert old.exists()
    assert table_count(server, by_socket.database) == 1


def test_a_ledger_that_somebody_else_has_open_is_not_moved(
    begin: Callable[..., Process],
    old: Path,
    by_socket: PostgresAddress,
    server: Server,
    tmp_path: Path,
) -> None:
    program = (
        "import sys\nfrom tests.ledger.office import *\nopen_place(sys.argv[1])\nprint('open', flush=True)\ninput()"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, str(old)], cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as other:
        assert other.stdout is not None
        assert other.stdout.readline() == "open\n"
        told = said(begin("move", str(old), by_socket.line, str(tmp_path / "office.toml")))
        other.communicate("\n")
    assert "MoveRefused Another process has the ledger open" in told
    assert table_count(server, by_socket.database) == 0


def test_an_office_with_a_session_at_work_is_not_moved(
    begin: Callable[..., Process],
    by_socket: PostgresAddress,
    server: Server,
    tmp_path: Path,
) -> None:
    file = tmp_path / "busy.ledger"
    run(MAKE, str(file), "5", "stay")
    told = said(begin("move", str(file), by_socket.line, str(tmp_path / "office.toml")))
    assert "LaneBusy This portal session is already run by x" in told
    assert table_count(server, by_socket.database) == 0


def test_a_row_that_does_not_fit_stops_the_move_and_names_its_table(
    begin: Callable[..., Process],
    old: Path,
    by_socket: PostgresAddress,
    server: Server,
    tmp_path: Path,
) -> None:
    run(
        "import sys\nfrom ledger import models\nfrom tests.ledger.office import *\nopen_place(sys.argv[1])\n"
        "models.Patient.objects.filter(pk=1).update(last_name='canary' * 99)",
        str(old),
    )
    told = said(begin("move", str(old), by_socket.line, str(tmp_path / "office.toml")))
    assert "MoveRefused A row of the table ledger_patient does not fit" in told
    assert "canary" not in told
    assert table_count(server, by_socket.database) == 0
