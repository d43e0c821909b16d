"""Several keys open one vault, its own key changes under way, and a vault of the first format is moved on."""

import base64
import io
import json
import os
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.vault.conftest import CANARIES, KeptAudit, add_canary
from tests.vault.writer import die_before
from vault.errors import HolderExists, HolderMissing, LastHolder, NotStretchable, VaultError, WrongKey, WrongPassphrase
from vault.keys import Argon2Cost, KeyFile, Passphrase
from vault.sealed_backup import BackupReader
from vault.secret import Secret
from vault.storage import FileStorage, VaultAction, read
from vault.vault import Vault

Reopen = Callable[[], Vault]

CHEAP = Argon2Cost(iterations=1, lanes=1, memory_kib=8192)
WORDS = Secret("correct horse battery staple")


def password(vault: Vault) -> str:
    return vault.credential("national", "main", "test").password.reveal()


def test_every_holder_opens_the_vault_with_a_key_of_its_own(
    vault: Vault, storage: FileStorage, tmp_path: Path, reopened: Reopen, audit: KeptAudit
) -> None:
    add_canary(vault)
    safe = KeyFile.create(tmp_path / "safe.key")
    vault.holders.add("safe", safe)
    vault.holders.add("dana", Passphrase(WORDS, CHEAP))
    assert [(one.name, one.kind, one.in_use) for one in vault.holders.all()] == [
        ("office", "key file", True),
        ("safe", "key file", False),
        ("dana", "passphrase", False),
    ]
    for provider in (safe, Passphrase(WORDS)):
        assert password(Vault.open(storage, provider, audit)) == CANARIES[1]
    assert password(reopened()) == CANARIES[1]
    with pytest.raises(HolderExists):
        vault.holders.add("safe", safe)
    with pytest.raises(WrongPassphrase):
        Vault.open(storage, Passphrase(Secret("another passphrase")), audit)


def test_a_holder_that_was_taken_away_opens_nothing_and_the_last_one_stays(
    vault: Vault, storage: FileStorage, tmp_path: Path, audit: KeptAudit, reopened: Reopen
) -> None:
    add_canary(vault)
    safe = KeyFile.create(tmp_path / "safe.key")
    vault.holders.add("safe", safe)
    kept = Vault.open(storage, safe, audit)
    vault.holders.remove("safe")
    with pytest.raises(WrongKey):
        Vault.open(storage, safe, audit)
    with pytest.raises(VaultError):
        kept.credential("national", "main", "test")
    with pytest.raises(LastHolder):
        vault.holders.remove("office")
    with pytest.raises(HolderMissing):
        vault.holders.remove("safe")
    assert password(reopened()) == CANARIES[1]
    told = [(action, alias) for action, alias, portal, *_ in audit.records if not portal]
    assert told == [(VaultAction.HOLDER_ADDED, "safe"), (VaultAction.HOLDER_REMOVED, "safe")]


def test_a_running_process_goes_on_over_a_rotation(vault: Vault, reopened: Reopen, storage: FileStorage) -> None:
    add_canary(vault)
    running, sealer = reopened(), vault.sealer()
    before = sealer.new_item_key()
    page = sealer.seal(before, b"a page", "page")
    old = storage.path.read_bytes()
    running_sealer = running.sealer()
    vault.holders.rotate()
    assert set(read(old).entries.values()).isdisjoint(read(storage.path.read_bytes()).entries.values())
    assert password(running) == CANARIES[1]
    running.keep_secret("mail", Secret("kept after the rotation"))
    assert password(reopened()) == CANARIES[1]
    newer = vault.sealer()
    assert newer.open(before, page, "page") == b"a page"
    after = newer.new_item_key()
    assert running_sealer.open(after, newer.seal(after, b"a newer page", "page"), "page") == b"a newer page"
    with pytest.raises(WrongKey):
        type(sealer)(sealer.key, sealer.vault_id).open(after, newer.seal(after, b"x", "page"), "page")


def test_stretching_raises_the_cost_of_a_guess_and_changes_the_key(storage: FileStorage, audit: KeptAudit) -> None:
    vault = Vault.create(storage, Passphrase(WORDS, CHEAP), audit)
    add_canary(vault)
    assert vault.holders.stretch().cost == Argon2Cost(iterations=1, lanes=1, memory_kib=16_384)
    assert json.loads(read(storage.path.read_bytes()).header)["holders"][0]["parameters"]["memory_kib"] == 16_384
    assert password(Vault.open(storage, Passphrase(WORDS), audit)) == CANARIES[1]
    assert password(vault) == CANARIES[1]


def test_no_key_file_is_stretched(vault: Vault) -> None:
    with pytest.raises(NotStretchable, match="key file"):
        vault.holders.stretch()


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")
@pytest.mark.parametrize("change", ["rotate", "add", "remove"])
def test_killed_at_any_step_of_a_change_the_vault_opens(
    vault: Vault, storage: FileStorage, reopened: Reopen, tmp_path: Path, change: str
) -> None:
    add_canary(vault)
    vault.holders.add("safe", KeyFile.create(tmp_path / "safe.key"))
    item_key = vault.sealer().new_item_key()
    page = vault.sealer().seal(item_key, b"a page", "page")
    start = storage.path.read_bytes()
    ended: list[int] = []
    third = KeyFile.create(tmp_path / "third.key")
    for call_number in range(1, 13):
        storage.path.write_bytes(start)
        vault = reopened()
        child = os.fork()
        if child == 0:
            die_before(call_number)
            try:
                if change == "rotate":
                    vault.holders.rotate()
                elif change == "add":
                    vault.holders.add("third", third)
                else:
                    vault.holders.remove("safe")
            finally:
                os._exit(0)
        ended.append(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
        after = reopened()
        after.check()
        assert password(after) == CANARIES[1]
        assert after.sealer().open(item_key, page, "page") == b"a page"
    assert ended[0] == -signal.SIGKILL
    assert ended[-1] == 0, "the last kill comes after the whole change"


@pytest.fixture(scope="module")
def first_format() -> dict[str, Any]:
    file = Path(__file__).parent / "recorded" / "format-1.json"
    recorded: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
    return recorded


@pytest.fixture
def old_key(tmp_path: Path) -> KeyFile:
    path = tmp_path / "old.key"
    path.write_bytes(bytes(range(32)))
    path.chmod(0o600)
    return KeyFile(path)


@pytest.fixture
def old_vault(first_format: dict[str, Any], storage: FileStorage, old_key: KeyFile, audit: KeptAudit) -> Vault:
    storage.path.parent.mkdir()
    storage.path.write_bytes(base64.b64decode(first_format["vault"]))
    return Vault.open(storage, old_key, audit)


def bytes_of(recorded: dict[str, Any], name: str) -> bytes:
    return base64.b64decode(recorded[name])


@pytest.mark.parametrize("moved_on_by", ["nothing", "rotate", "add"])
def test_a_vault_of_the_first_format_opens_and_is_moved_on_with_all_that_hangs_on_it(
    *,
    old_vault: Vault,
    first_format: dict[str, Any],
    storage: FileStorage,
    old_key: KeyFile,
    audit: KeptAudit,
    tmp_path: Path,
    moved_on_by: str,
) -> None:
    if moved_on_by == "rotate":
        old_vault.holders.rotate()
    if moved_on_by == "add":
        old_vault.holders.add("safe", KeyFile.create(tmp_path / "safe.key"))
        assert password(Vault.open(storage, KeyFile(tmp_path / "safe.key"), audit)) == CANARIES[1]
    assert read(storage.path.read_bytes()).format_version == (1 if moved_on_by == "nothing" else 2)
    vault = Vault.open(storage, old_key, audit)
    vault.keep_secret("mail", Secret("written since"))
    assert password(vault) == password(old_vault) == CANARIES[1]
    assert vault.system_secret("ledger").reveal().hex() == first_format["ledger_secret"]
    sealed = bytes_of(first_format, "sealed_page")
    assert vault.sealer().open(bytes_of(first_format, "item_key"), sealed, "page") == b"an old page"
    assert vault.holders.all()[0].name == "office"


def test_a_passphrase_of_the_first_format_opens_after_the_move_too(
    first_format: dict[str, Any], storage: FileStorage, audit: KeptAudit
) -> None:
    storage.path.parent.mkdir()
    storage.path.write_bytes(bytes_of(first_format, "passphrase_vault"))
    Vault.open(storage, Passphrase(WORDS), audit).holders.rotate()
    assert Vault.open(storage, Passphrase(WORDS), audit).check().counter == 2


def test_an_old_backup_opens_with_the_old_key(first_format: dict[str, Any], old_key: KeyFile) -> None:
    backup = bytes_of(first_format, "backup")
    assert BackupReader(io.BytesIO(backup), "old", old_key).read(100) == b"an old backup"
