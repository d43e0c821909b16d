"""A disk that is full: a sentence, nothing half taken, and the same command does it when there is room."""

import shutil
from collections.abc import Callable
from pathlib import Path

from portalwright.exit_codes import ExitCode
from tests.documents.remittance_files import written
from tests.portalwright.conftest import CommandLine
from tests.portalwright.test_bad_days import fill
from tests.portalwright.test_remits import paid


def test_a_payment_that_comes_while_the_disk_is_full_is_taken_whole_or_not_at_all(
    portalwright: CommandLine, office: Path, tmp_path: Path, small_disk: Callable[[str], Path]
) -> None:
    disk = small_disk("48m")
    folder = shutil.copytree(office, disk / "office")
    payment = tmp_path / "payment.835"
    payment.write_bytes(written([paid()]))
    take = ("import", "remits", payment, "--office", folder)
    assert portalwright("status", "--office", folder).code == 0
    fill(disk / "filler")
    full = portalwright(*take)
    assert (full.code, full.out) == (ExitCode.OFFICE, "")
    assert "no room left on the disk" in full.err
    assert "Traceback" not in full.err
    assert [path for path in (folder / "data" / "evidence").rglob("*") if path.is_file()] == []
    (disk / "filler").unlink()
    assert "There are no payments" in portalwright("remits", "--office", folder).out
    assert "1 new payment" in portalwright(*take).out
    assert portalwright("audit", "verify", "--office", folder).code == 0
