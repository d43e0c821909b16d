"""What is done in the process of a command before it starts, for the tests of backups: work, kills, and looks."""

import json
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import portalwright.backup
import portalwright.backup_nightly
import portalwright.restore
from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger import evidence, lanes, models, runs, work
from ledger.errors import OfficeHeld
from ledger.evidence import Evidence, EvidenceFile, EvidenceKind
from ledger.portable import snapshot, write_rows
from portalwright.backup_nightly import nightly_backup
from portalwright.office import Desk, Office
from tests.ledger.appeals import approved
from tests.ledger.office import ALIAS, NOW, PORTAL, bring_in, ended, paid
from vault.errors import VaultError
from vault.secret import Secret

PAGE = b"<p>Quillfeather, Ottoline: paid 80.10</p>" * 50
LABEL = "evidence"


@contextmanager
def _desk() -> Iterator[Desk]:
    at = sys.argv.index("--office") + 1 if "--office" in sys.argv else 0
    office = Office.find(Path(sys.argv[at] if at else os.environ["PORTALWRIGHT_OFFICE"]))
    with office.at_work("dana", lambda: Secret("correct horse battery staple")) as desk:
        yield desk


def fill() -> None:
    """Claims that were asked about, a sealed page, an approved appeal; and a run in the middle of a question."""
    with _desk() as desk:
        bring_in(range(1, 200), desk.actor)
        lease = lanes.take(PORTAL, ALIAS, 0, holder="tests:1", actor=desk.robot, now=NOW, ttl=timedelta(days=3))
        runs.start(lease, Flow.CLAIM_STATUS, NOW)
        key = desk.evidence.sealer.new_item_key()
        sealed = desk.evidence.write(key, PAGE, LABEL)
        page = EvidenceFile(name=sealed.name, sha256=sealed.sha256, size=sealed.size, kind=EvidenceKind.PAGE)
        for outcome in (paid(), ended(Ending.NEEDS_STAFF, Code.BUS_MULTI)):
            item = work.next_item(lease, NOW)
            assert item is not None
            given = Evidence(wrapped_key=key, files=(page,)) if outcome.answer else None
            work.finish(lease, item, outcome, NOW, evidence_found=given)
        approved(desk.actor, 500)
        assert work.next_item(lease, NOW) is not None


def show_rows() -> None:
    """Print the counts and hashes of all rows, table by table, and what the sealed page says."""
    with _desk() as desk:
        with snapshot() as database:
            *_, last = write_rows(database)
        kept = evidence.of_attempt(desk.practice.id, models.EvidenceKey.objects.get().attempt_id)
        assert kept is not None
        page = desk.evidence.read(kept.wrapped_key, kept.files[0].name, LABEL)
        print(json.dumps({"tables": json.loads(last)["end"], "page": page.decode()}))


def take_the_lane() -> None:
    """Begin a session, as every run and every worker does."""
    with _desk() as desk:
        try:
            lanes.take(PORTAL, ALIAS, 0, holder="tests:2", actor=desk.robot, now=datetime.now(UTC))
            print("a session has begun")
        except OfficeHeld as held:
            print(f"no session: {held}")


def lose_the_page() -> None:
    """Somebody has deleted the sealed page."""
    with _desk() as desk:
        desk.evidence.remove(models.EvidenceBlob.objects.get().name)


def nightly() -> None:
    """The nightly backups of two days, and once more on the second."""
    with _desk() as desk:
        key = desk.office.key_provider(lambda: Secret(""))
        for hours in (0, 30, 31):
            done = nightly_backup(desk.office, desk.vault, key, desk.robot, NOW + timedelta(hours=hours))
            print(done and done.file.name, done and [path.name for path in done.removed])


def nightly_unreadable() -> None:
    """A nightly backup that cannot be read when it has been written, and one an hour later that can."""
    nightly_room: Any = portalwright.backup_nightly
    read = nightly_room.verify_backup

    def damaged(file: Path, key: Any) -> Any:
        file.write_bytes(file.read_bytes()[:-1])
        return read(file, key)

    with _desk() as desk:
        key = desk.office.key_provider(lambda: Secret(""))
        nightly_room.verify_backup = damaged
        try:
            nightly_backup(desk.office, desk.vault, key, desk.robot, NOW)
        except VaultError as error:
            folder = desk.office.settings.backup.folder
            assert folder is not None
            print(type(error).__name__, [path.name for path in folder.iterdir()])
        nightly_room.verify_backup = read
        done = nightly_backup(desk.office, desk.vault, key, desk.robot, NOW + timedelta(hours=1))
        print(done is not None)


def killed_while_writing() -> None:
    """kill -9 in the middle of a backup."""
    _dies_at(portalwright.backup, "put_rows", 15)


def killed_while_reading() -> None:
    """kill -9 in the middle of a restore, when the ledger is about to be filled."""
    _dies_at(portalwright.restore, "read_rows", 1)


def killed_before_the_end() -> None:
    """kill -9 when all of a restored office is there but for the last rename."""
    rename = Path.rename

    def renamed(self: Path, target: Path) -> Path:
        if self.name == "office.toml":
            os.kill(os.getpid(), signal.SIGKILL)
        return rename(self, target)

    Path.rename = renamed  # type: ignore[method-assign,assignment]  # the double of a computer that dies


def _dies_at(module: Any, name: str, times: int) -> None:
    before: Callable[..., object] = getattr(module, name)
    count = 0

    def called(*given: object, **named: object) -> object:
        nonlocal count
        count += 1
        if count >= times:
            os.kill(os.getpid(), signal.SIGKILL)
        return before(*given, **named)

    setattr(module, name, called)
