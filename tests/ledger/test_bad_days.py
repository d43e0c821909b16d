"""A full disk and a ledger that somebody else holds: a sentence, nothing half-written, and the work goes on after."""

import re
import resource
import subprocess
import sys
from pathlib import Path

import pytest

from tests.django_settings import ON_POSTGRESQL

pytestmark = pytest.mark.skipif(ON_POSTGRESQL, reason="these tests are about the encrypted file")
ROOT = Path(__file__).parents[2]

FULL = """
import resource, sys
from pathlib import Path
from ledger import accounts, audit, models, work
from ledger.errors import LedgerDiskFull
from ledger.start import open_ledger
from tests.django_settings import database_key
from tests.ledger.office import NOW, digest, question
open_ledger(Path(sys.argv[1]), database_key)
practice = accounts.ensure_practice("Lakeside", "123456789")
robot = accounts.ensure_account("robot", is_robot=True, practice=practice, now=NOW)
work.import_claims(map(question, range(10)), robot, NOW, digest=digest)
_, most = resource.getrlimit(resource.RLIMIT_FSIZE)
resource.setrlimit(resource.RLIMIT_FSIZE, (900_000, most))
try:
    work.import_claims(map(question, range(20_000)), robot, NOW, digest=digest)
except LedgerDiskFull as error:
    print(error)
print(models.Claim.objects.count(), models.WorkItem.objects.count(), audit.verify())
resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))
print(work.import_claims(map(question, range(600)), robot, NOW, digest=digest))
print(audit.verify())
"""

LOCKED = """
import sys
from pathlib import Path
from django.db import transaction
from ledger import accounts, start
from ledger.errors import LedgerBusy
from tests.django_settings import database_key
from tests.ledger.office import NOW
start.BUSY_SECONDS = 0.3
start.open_ledger(Path(sys.argv[1]), database_key)
if sys.argv[2] == "hold":
    with transaction.atomic():
        accounts.ensure_practice("Lakeside", "123456789")
        print("held", flush=True)
        sys.stdin.readline()
else:
    try:
        accounts.ensure_practice("Other", "987654321")
    except LedgerBusy as error:
        print(error, flush=True)
    sys.stdin.readline()
    print(accounts.ensure_practice("Other", "987654321").name)
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="this system limits no file's size")
def test_a_full_disk_is_told_nothing_is_half_written_and_the_work_goes_on(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path / "office.ledger")],
        cwd=ROOT, capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    said = [re.sub(r", end=\(.*\)\)$", ")", line) for line in done.stdout.splitlines()]
    assert said == [
        "There is no room left on the disk where the ledger lies, or it cannot be written to. Nothing of this step was "
        "written, and all before it is kept; make room, and start again.",
        "10 10 AuditReport(entries=1, ok=True, first_bad=None)",
        "ImportResult(created=590, changed=0, unchanged=10, rejected=(), reused=0)",
        "AuditReport(entries=2, ok=True, first_bad=None)",
    ]


def test_a_ledger_that_another_process_holds_is_told_and_is_free_afterwards(tmp_path: Path) -> None:
    def started(what: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-c", LOCKED, str(tmp_path / "office.ledger"), what],
            cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True,
        )  # fmt: skip

    with started("hold") as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with started("try") as other:
            assert other.stdout is not None
            assert other.stdout.readline().startswith("The ledger is locked by another process")
            holder.communicate("\n")
            assert other.communicate("\n")[0] == "Other\n"
