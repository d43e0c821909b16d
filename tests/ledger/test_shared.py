"""On a server, vault, sealed pages and files are one for all computers: nothing is lost, nothing old comes back."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.db.models import F

from ledger import models, shared_files, shared_vault, vault_state, work
from ledger.accounts import Actor
from ledger.documents import sweep
from ledger.errors import FilesPublishedSince, NotAPerson
from ledger.evidence import Evidence, EvidenceFile, EvidenceKind
from ledger.lanes import Lease
from ledger.shared_files import FileSet
from ledger.shared_items import SharedItems
from ledger.shared_vault import SharedVaultStorage
from ledger.start import close_connection
from tests.ledger.office import NOW, bring_in, paid
from tests.vault.conftest import KeptAudit
from vault.envelope import KeyEncryptionKey
from vault.errors import (
    SealedItemDamaged,
    SealedItemMissing,
    SealedItemTooLarge,
    VaultDamaged,
    VaultExists,
    VaultMissing,
    VaultMoved,
    VaultRolledBack,
    WrongKey,
)
from vault.keys import KeyFile
from vault.sealed import SealedFolder, Sealer
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault

DAY = timedelta(days=1)


@pytest.fixture
def key(tmp_path: Path) -> KeyFile:
    return KeyFile.create(tmp_path / "office.key")


@pytest.fixture
def sealer() -> Sealer:
    return Sealer(KeyEncryptionKey(Secret(bytes(range(32)))), "vault")


def opened(key: KeyFile) -> Vault:
    """The vault as another computer opens it."""
    return Vault.open(SharedVaultStorage(), key, KeptAudit())


def add(vault: Vault, portal: str, password: str = "canary-pw-1") -> int:
    return vault.add_credential(portal, "main", Secret("user"), Secret(password), owner="dana").version


@pytest.mark.django_db
def test_what_one_computer_seals_another_opens_with_the_same_key(key: KeyFile, tmp_path: Path) -> None:
    with pytest.raises(VaultMissing):
        opened(key)
    first = Vault.create(SharedVaultStorage(), key, KeptAudit())
    add(first, "national")
    second = opened(key)
    assert second.credential("national", "main", "sign-in").password.reveal() == "canary-pw-1"
    add(second, "national", "canary-pw-2")
    assert first.credential("national", "main", "sign-in").password.reveal() == "canary-pw-2"
    second.remove("national", "main")
    assert first.list() == ()
    row = models.SharedVault.objects.get()
    assert b"canary" not in bytes(row.content)
    assert row.counter == first.counter == vault_state.counter() == 4
    with pytest.raises(WrongKey):
        opened(KeyFile.create(tmp_path / "other.key"))


@pytest.mark.django_db
def test_the_file_of_a_single_machine_arrives_byte_for_byte_and_only_once(key: KeyFile, tmp_path: Path) -> None:
    storage = FileStorage(tmp_path / "vault" / "vault.json")
    single = Vault.create(storage, key, KeptAudit())
    add(single, "national")
    content = storage.path.read_bytes()
    aside = storage.path.with_name("aside.json")
    storage.hand_over(shared_vault.bring, aside)
    assert bytes(models.SharedVault.objects.get().content) == content == aside.read_bytes()
    assert opened(key).check().credentials == 1
    with pytest.raises(VaultMissing):
        add(single, "national")  # a process that still has the old place open
    with pytest.raises(VaultExists):
        shared_vault.bring(content)
    with pytest.raises(VaultDamaged):
        shared_vault.bring(content.replace(b'"counter": 2', b'"counter":  2'))


@pytest.mark.django_db
def test_a_write_against_a_vault_that_has_moved_changes_nothing(key: KeyFile) -> None:
    Vault.create(SharedVaultStorage(), key, KeptAudit())
    before = bytes(models.SharedVault.objects.get().content)
    for counter in (0, 2):
        with pytest.raises(VaultMoved):
            SharedVaultStorage().put(counter, "a" * 32, b"entry", b"manifest")
        with pytest.raises(VaultMoved):
            SharedVaultStorage().remove(counter, "a" * 32, b"manifest")
    assert bytes(models.SharedVault.objects.get().content) == before


@pytest.mark.django_db
def test_an_older_copy_of_the_vault_is_noticed_on_every_computer(key: KeyFile) -> None:
    first = Vault.create(SharedVaultStorage(), key, KeptAudit())
    add(first, "national")
    old = models.SharedVault.objects.values("counter", "content").get()
    add(first, "medicaid")
    models.SharedVault.objects.update(**old)
    with pytest.raises(VaultRolledBack):
        first.list()
    fresh = opened(key)
    with pytest.raises(VaultRolledBack):
        fresh.check_counter(vault_state.counter())
    models.SharedVault.objects.update(counter=F("counter") + 1, content=bytes(old["content"])[:-2] + b"\n\n")
    with pytest.raises(VaultDamaged):
        opened(key)


@pytest.mark.django_db(transaction=True)
def test_computers_that_add_credentials_at_once_lose_none(key: KeyFile) -> None:
    Vault.create(SharedVaultStorage(), key, KeptAudit())

    def one(portal: str) -> None:
        try:
            vault = opened(key)
            for _ in range(4):
                add(vault, portal)
        finally:
            close_connection()

    portals = ("one", "two", "three")
    with ThreadPoolExecutor(3) as computers:
        list(computers.map(one, portals))
    assert {(shown.portal, shown.version) for shown in opened(key).list()} == {(portal, 4) for portal in portals}
    assert opened(key).check().counter == 1 + 12 == vault_state.counter()


@pytest.mark.django_db(transaction=True)
async def test_a_session_under_an_event_loop_gets_its_credential_too(key: KeyFile) -> None:
    with ThreadPoolExecutor(1) as ledger:
        vault = ledger.submit(lambda: Vault.create(SharedVaultStorage(), key, KeptAudit())).result()
        ledger.submit(add, vault, "national").result()
        assert vault.credential("national", "main", "sign-in").password.reveal() == "canary-pw-1"
        add(vault, "national", "canary-pw-2")
        assert vault.list()[0].version == 2
        ledger.submit(close_connection).result()


@pytest.fixture
def items(sealer: Sealer, db: None) -> SharedItems:
    models.SharedVault.objects.create(pk=1, counter=1, content=b"")
    return SharedItems(sealer)


def aged(name: str, age: timedelta) -> None:
    models.SealedItem.objects.filter(name=name).update(kept_at=datetime.now(UTC) - age)


def test_a_page_is_opened_on_every_computer_with_its_own_key_alone(items: SharedItems, sealer: Sealer) -> None:
    keys = [sealer.new_item_key() for _ in range(2)]
    page, other = (items.write(key, b"a canary page", "page") for key in keys)
    again = SharedItems(sealer)
    assert again.read(keys[0], page.name, "page") == b"a canary page"
    assert b"canary" not in again.sealed(page.name)
    with pytest.raises(SealedItemDamaged):
        again.read(keys[1], page.name, "page")
    again.remove(other.name)
    with pytest.raises(SealedItemMissing):
        items.read(keys[1], other.name, "page")
    items.keep(page.name, b"something else")
    assert items.read(keys[0], page.name, "page") == b"a canary page"


def test_pages_of_a_single_machine_arrive_and_are_not_brought_twice(
    items: SharedItems, sealer: Sealer, tmp_path: Path
) -> None:
    folder = SealedFolder(tmp_path / "evidence", sealer)
    keys = [sealer.new_item_key() for _ in range(45)]
    names = [folder.write(key, b"page %d" % number, "page").name for number, key in enumerate(keys)]
    assert items.bring(folder) == 45
    assert items.bring(folder) == 0
    assert [items.read(key, name, "page") for key, name in zip(keys, names, strict=True)][44] == b"page 44"


def test_an_item_that_the_database_would_not_take_is_refused_before(
    items: SharedItems, sealer: Sealer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ledger.shared_items._MOST_BYTES", 100)
    with pytest.raises(SealedItemTooLarge, match="Split it"):
        items.write(sealer.new_item_key(), bytes(range(256)), "page")
    assert not models.SealedItem.objects.exists()


def test_what_no_row_names_is_swept_a_day_later_whatever_a_computers_clock_says(
    items: SharedItems, sealer: Sealer, lease: Lease, robot: Actor
) -> None:
    key = sealer.new_item_key()
    page, orphan, fresh = (items.write(key, text, "page") for text in (b"page", b"orphan", b"of another computer"))
    bring_in([1], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    file = EvidenceFile(name=page.name, sha256=page.sha256, size=page.size, kind=EvidenceKind.PAGE)
    work.finish(lease, item, paid(), NOW, evidence_found=Evidence(wrapped_key=key, files=(file,)))
    now = datetime.now(UTC)
    aged(page.name, timedelta(hours=23))
    aged(orphan.name, timedelta(hours=23))
    assert sweep(items, now) == 0
    assert sweep(items, now + 365 * DAY) == 1, "the clock of this computer runs a year ahead"
    assert set(models.SealedItem.objects.values_list("name", flat=True)) == {page.name, fresh.name}


def test_a_sweep_looks_at_each_item_once(items: SharedItems, sealer: Sealer) -> None:
    key = sealer.new_item_key()
    looked_at, later = (items.write(key, b"page", "page").name for _ in range(2))
    now = datetime.now(UTC)
    aged(looked_at, 3 * DAY)
    assert list(items.older_than(now - DAY)) == [looked_at]
    items.looked_through(now - DAY)
    assert list(items.older_than(now - DAY)) == []
    aged(later, timedelta(hours=20))
    assert list(items.older_than(now)) == [later]
    items.looked_through(now - 2 * DAY)
    assert list(items.older_than(now)) == [later], "an older sweep that ends late takes nothing back"


FILES = FileSet(content=b"files of the office", sha256="ab" * 32, files=2)


def test_files_are_published_by_a_person_and_opened_everywhere(db: None, person: Actor, sealer: Sealer) -> None:
    assert (shared_files.newest_version(), shared_files.newest(sealer)) == (0, None)
    assert shared_files.publish(FILES, sealer, person, NOW, based_on=0) == 1
    newest = shared_files.newest(sealer)
    assert newest is not None
    assert (newest.version, newest.holds, newest.published_by) == (1, FILES, "dana")
    entry = models.AuditEntry.objects.order_by("-sequence")[0]
    assert (entry.action, entry.object_id, "ab" * 32 in entry.result) == ("office.publish", "1", True)


def test_older_files_never_win_over_newer_ones(db: None, person: Actor, robot: Actor, sealer: Sealer) -> None:
    shared_files.publish(FILES, sealer, person, NOW, based_on=0)
    for based_on in (0, 2):
        with pytest.raises(FilesPublishedSince, match="Version 1 of the office's files"):
            shared_files.publish(FILES, sealer, person, NOW, based_on=based_on)
    with pytest.raises(NotAPerson):
        shared_files.publish(FILES, sealer, robot, NOW, based_on=1)
    assert shared_files.newest_version() == 1


@pytest.mark.parametrize("change", ["bytes", "version"])
def test_files_that_somebody_without_the_key_has_changed_count_nowhere(
    db: None, person: Actor, sealer: Sealer, change: str
) -> None:
    shared_files.publish(FILES, sealer, person, NOW, based_on=0)
    (row,) = models.PublishedFiles.objects.values("wrapped_key", "sealed", "sha256", "files", "account_id")
    sealed = bytes(row["sealed"])
    row["sealed"] = sealed[:-1] + bytes([sealed[-1] ^ 1]) if change == "bytes" else sealed
    models.PublishedFiles.objects.create(version=2, published_at=NOW, **row)
    with pytest.raises(SealedItemDamaged):
        shared_files.newest(sealer)


@pytest.mark.django_db(transaction=True)
def test_of_two_who_publish_at_once_one_is_told(person: Actor, sealer: Sealer) -> None:
    def publish(_: int) -> Iterator[str]:
        try:
            shared_files.publish(FILES, sealer, person, NOW, based_on=0)
            yield "published"
        except FilesPublishedSince:
            yield "told"
        finally:
            close_connection()

    with ThreadPoolExecutor(4) as people:
        became = [word for words in people.map(lambda number: list(publish(number)), range(4)) for word in words]
    assert sorted(became) == ["published", "told", "told", "told"]
