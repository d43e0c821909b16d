"""A document is sealed before the ledger knows of it, and known with its attempt or not at all; no orphan lasts."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from flows.outcomes import Code, Ending, Outcome
from flows.questions import Flow, Provider
from ledger import lanes, models, periods, runs, work
from ledger.accounts import Actor
from ledger.document_files import content, seal, sweep
from ledger.documents import Documents
from ledger.errors import LeaseLost, NotThere
from ledger.evidence import Evidence, EvidenceFile, EvidenceKind
from ledger.lanes import Lease
from ledger.remittances import keep
from ledger.remittances_listed import list_all
from tests.ledger.office import ALIAS, LATER, NOW, PORTAL, bring_in, ended, paid
from tests.ledger.payments import PAID_ON, by_import, decided, payment, sealed
from vault.envelope import KeyEncryptionKey
from vault.errors import SealedItemDamaged
from vault.sealed import SealedFolder, Sealer
from vault.secret import Secret

DAY = timedelta(days=1)
BROKEN_OFF: Outcome = ended(Ending.TRANSIENT, Code.TECH_DOWNLOAD)


@pytest.fixture
def folder(tmp_path: Path) -> SealedFolder:
    return SealedFolder(tmp_path / "evidence", Sealer(KeyEncryptionKey(Secret(bytes(range(32)))), "vault"))


def test_a_document_is_opened_with_its_own_key_alone(folder: SealedFolder, person: Actor) -> None:
    first, second = (seal(folder, text, "835") for text in (b"one canary", b"another"))
    for document in (first, second):
        keep(document, by_import(person))
    ids = dict(models.Document.objects.values_list("name", "id"))
    assert content(folder, person.practice_id, ids[first.name]) == b"one canary"
    with pytest.raises(SealedItemDamaged):
        folder.read(second.wrapped_key, first.name, "document")
    assert all(b"canary" not in path.read_bytes() for path in folder.folder.rglob("*") if path.is_file())
    models.DocumentKey.objects.filter(document=ids[first.name]).delete()
    with pytest.raises(NotThere):
        content(folder, person.practice_id, ids[first.name])


def test_what_no_row_names_is_swept_a_day_later_and_nothing_else(
    folder: SealedFolder, person: Actor, lease: Lease, robot: Actor
) -> None:
    kept, orphan = seal(folder, b"kept", "835"), seal(folder, b"orphan", "835")
    keep(kept, by_import(person))
    page_key = folder.sealer.new_item_key()
    page = folder.write(page_key, b"page", EvidenceKind.PAGE)
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    file = EvidenceFile(name=page.name, sha256=page.sha256, size=page.size, kind=EvidenceKind.PAGE)
    work.finish(lease, item, paid(), NOW, evidence_found=Evidence(wrapped_key=page_key, files=(file,)))
    now = datetime.now(UTC)
    assert sweep(folder, now) == 0
    assert sweep(folder, now + 400 * DAY) == 0, "a clock that runs ahead sweeps what is just about to be recorded"
    for path in folder.folder.glob("*/*"):
        os.utime(path, ((now - DAY).timestamp() - 60,) * 2)
    assert sweep(folder, now) == 1
    left = {path.name for path in folder.folder.rglob("*") if path.is_file()}
    assert left == {kept.name, page.name}
    assert orphan.name not in left


def test_a_stranger_in_the_evidence_folder_is_let_alone(folder: SealedFolder, person: Actor) -> None:
    seal(folder, b"orphan", "835")
    stranger = folder.folder / "aa" / "notes.txt"
    stranger.parent.mkdir(exist_ok=True)
    stranger.write_text("mine")
    os.utime(stranger, (0, 0))
    sweep(folder, datetime.now(UTC) + 2 * DAY)
    assert stranger.exists()


def asked(robot: Actor, lease: Lease) -> work.WorkItem:
    runs.start(lease, Flow.REMITTANCES, NOW)
    periods.ask_for(PORTAL, Provider(tin="123456789", npi="1234567893"), PAID_ON, PAID_ON, actor=robot, now=NOW)
    item = work.next_item(lease, NOW)
    assert item is not None
    return item


def test_what_an_attempt_collected_is_kept_with_it(lease: Lease, robot: Actor) -> None:
    item = asked(robot, lease)
    documents = Documents(files=(sealed(payment(decided(1))), sealed(payment(decided(2), trace="E2"), kind="eob")))
    work.finish(lease, item, BROKEN_OFF, NOW, documents=documents)
    assert [(record.trace, record.portal) for record in list_all(robot.practice_id)] == [
        ("E2", PORTAL),
        ("E7788", PORTAL),
    ]
    attempt = models.Attempt.objects.latest("id")
    assert attempt.documents.count() == 2


def test_an_attempt_that_is_not_recorded_keeps_no_document(lease: Lease, robot: Actor) -> None:
    item = asked(robot, lease)
    lanes.take(PORTAL, ALIAS, 0, holder="office:2", actor=robot, now=NOW + LATER)
    documents = Documents(files=(sealed(payment(decided(1))),))
    with pytest.raises(LeaseLost):
        work.finish(lease, item, BROKEN_OFF, NOW + LATER, documents=documents)
    assert not models.Document.objects.exists()
    assert not models.Remittance.objects.exists()


def test_documents_that_come_again_are_the_same_documents(lease: Lease, robot: Actor) -> None:
    documents = Documents(files=(sealed(payment(decided(1))),))
    item = asked(robot, lease)
    work.finish(lease, item, BROKEN_OFF, NOW, documents=documents)
    again = work.next_item(lease, NOW + LATER)
    assert again is not None
    work.finish(lease, again, BROKEN_OFF, NOW + LATER, documents=documents)
    assert (models.Document.objects.count(), models.DocumentArrival.objects.count()) == (1, 2)
    assert models.RemittanceReading.objects.count() == 1
