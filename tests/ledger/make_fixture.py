"""Makes the ledger of a release, with an office's made-up work in it, for the test that later releases upgrade it.

    python -m tests.ledger.make_fixture REVISION     writes tests/ledger/fixtures/release-NNNN.jsonl.gz

NNNN is the number of the release's newest migration. The release's own code fills the ledger, out of a copy of its
files; the rows are written down by this version, as a backup has them (`ledger.portable`). To be done once when a
release is made; older ones are kept as they are.
"""

import gzip
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
CLAIMS = range(100, 160)


def main(revision: str) -> None:
    """Fill a ledger with the code of that revision, and write down its rows."""
    with tempfile.TemporaryDirectory() as temporary:
        release, ledger = Path(temporary) / "release", Path(temporary) / "office.ledger"
        release.mkdir()
        archive = subprocess.run(["git", "archive", revision], cwd=ROOT, capture_output=True, check=True)
        subprocess.run(["tar", "-x"], cwd=release, input=archive.stdout, check=True)
        fill = [sys.executable, __file__, "fill", str(ledger)]
        subprocess.run(fill, cwd=release, env={"PYTHONPATH": str(release)}, check=True)
        subprocess.run([sys.executable, "-m", "tests.ledger.make_fixture", "write", str(ledger)], cwd=ROOT, check=True)


def fill(file: Path) -> None:
    """In the release: two practices with rows of every kind, and a pile of claims that were asked about."""
    from ledger import accounts, runs, work
    from ledger.start import open_ledger

    open_ledger(file, database_key)

    from flows.outcomes import Code, Ending
    from flows.questions import Flow
    from tests.ledger.office import NOW, bring_in, ended, not_found, paid
    from tests.ledger.two_practices import desk_of, filled
    from vault.envelope import KeyEncryptionKey
    from vault.sealed import SealedFolder, Sealer
    from vault.secret import Secret

    folder = SealedFolder(file.parent / "sealed", Sealer(KeyEncryptionKey(Secret(database_key())), "vault"))
    for number, name in enumerate(("dana", "lee")):
        practice = accounts.ensure_practice(f"Lakeside {name}", f"12345678{number}", ("1234567893",))
        desk = desk_of(practice, name)
        if number == 0:
            filled(desk, folder)
        bring_in(CLAIMS, desk.robot)
        runs.start(desk.lease, Flow.CLAIM_STATUS, NOW)
        several = ended(Ending.NEEDS_STAFF, Code.BUS_MULTI)
        for outcome in (paid(), not_found(), several, paid(amount="0.00"), ended(Ending.TRANSIENT, Code.TECH_5XX)) * 8:
            item = work.next_item(desk.lease, NOW)
            if item is not None:
                work.finish(desk.lease, item, outcome, NOW)


def write(file: Path) -> None:
    """In this version: the rows of the release's ledger, in its own tables."""
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    from ledger.portable import tables_of, written
    from ledger.start import open_ledger

    open_ledger(file, database_key, migrate=False)
    executor = MigrationExecutor(connection)
    applied = set(executor.loader.applied_migrations)
    leaves = {app: max(name for one, name in applied if one == app) for app, _ in applied}
    state = executor.loader.project_state(list(leaves.items()))
    lines = list(written(tables_of(state.apps), leaves, "default"))
    target = ROOT / "tests" / "ledger" / "fixtures" / f"release-{leaves['ledger'][:4]}.jsonl.gz"
    # The same rows always give the same bytes.
    target.write_bytes(gzip.compress(b"".join(lines), 9, mtime=0))
    print(target, target.stat().st_size, "bytes")


def database_key() -> bytes:
    """It guards nothing."""
    return bytes(range(32))


if __name__ == "__main__":
    if sys.argv[1] == "fill":
        sys.path[0] = str(Path.cwd())
        fill(Path(sys.argv[2]))
    elif sys.argv[1] == "write":
        write(Path(sys.argv[2]))
    else:
        main(sys.argv[1])
