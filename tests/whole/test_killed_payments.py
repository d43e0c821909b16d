"""kill -9 while payments are fetched, and between sealing and the ledger's commit: each payment is there once."""

import json
import os
import time
from pathlib import Path

import pytest

from sandbox.process import PracticePortal
from tests.whole.office import PORTAL, Commands, presses, seen
from tests.whole.payments import ask_for_payments, payments, permit_payments
from tests.whole.test_killed import SHORT_LEASE, all_gone, leftovers

pytestmark = [pytest.mark.browser, pytest.mark.long]

DAYS = 55
DELAY = {"kind": "delay", "path": "/payments/file", "every": 1, "seconds": 60}

HANGS_BEFORE_COMMIT = """
import pathlib, time
import ledger.work
from portalwright.office import Office
def hang(lease, item, outcome, now, *, evidence_found=None, documents=None):
    if documents is not None:
        pathlib.Path({sign!r}).write_text("\\n".join(file.name for file in documents.files))
        time.sleep(60)
    return real(lease, item, outcome, now, evidence_found=evidence_found, documents=documents)
real, ledger.work.finish = ledger.work.finish, hang
"""
"""Stands still when documents are sealed on the disk and the ledger knows nothing of them; writes their names."""


def sealed(office: Commands) -> set[str]:
    """The names of everything that lies sealed on the disk."""
    return {path.name for path in (office.folder / "data" / "evidence").rglob("*") if path.is_file()}


def grown_old(office: Commands) -> None:
    """What lies sealed is two days old: an orphan is swept when it is older than one."""
    then = time.time() - 2 * 24 * 3600
    for path in (office.folder / "data" / "evidence").rglob("*"):
        os.utime(path, (then, then))


def test_killed_while_fetching_and_before_the_commit_each_payment_is_there_once(
    portal: PracticePortal, office: Commands, tmp_path: Path
) -> None:
    # Nobody waits for the next window's code: presses and codes have tests of their own.
    portal.profile(second_factor="none")
    permit_payments(office, portal)
    right = ask_for_payments(office, portal, DAYS)
    assert len(right) >= 3

    # While the third document is on its way.
    portal.faults(line=[DELAY | {"after": 2}])
    running = office.begin("run", PORTAL, "--flow", "remittances", before=SHORT_LEASE)
    running.wait_until(lambda: seen(portal, "fault") > 0)
    assert seen(portal, "remit_document") == 2
    all_gone(running.kill())
    portal.faults()
    assert payments(office) == []

    # Between sealing and the ledger's commit.
    sign = tmp_path / "sealed"
    hangs = HANGS_BEFORE_COMMIT.format(sign=str(sign))
    running = office.begin("run", PORTAL, "--flow", "remittances", before=f"{SHORT_LEASE}\n{hangs}")
    running.wait_until(lambda: sign.exists() and bool(sign.read_text()))
    all_gone(running.kill())
    orphans = set(sign.read_text().splitlines())
    assert orphans
    assert orphans <= sealed(office)
    assert payments(office) == []

    grown_old(office)
    last = office("run", PORTAL, "--flow", "remittances")
    assert last.code == 0, last
    assert payments(office) == right
    assert orphans & sealed(office) == set()
    assert leftovers(office) == []
    assert set(presses(portal)) == {"accepted"}
    assert standing(office) == (0, 0)
    assert "sound" in office.done("vault", "check")
    office.done("audit", "verify")


def standing(office: Commands) -> tuple[int, int]:
    """How many questions about payments are due, and under way."""
    rows = json.loads(office.done("status", "--portal", PORTAL, "--json"))
    (row,) = (row for row in rows if row["flow"] == "remittances")
    return row["ready"], row["running"]
