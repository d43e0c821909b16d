"""No writer loses another's entry, and a kill at any instant leaves the old vault or the new one."""

import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from tests.vault.conftest import KeptAudit
from vault.errors import VaultBusy, VaultMoved
from vault.keys import KeyFile
from vault.secret import Secret
from vault.storage import FileStorage, StoredVault
from vault.vault import Vault

ROOT = Path(__file__).parents[2]
DEADLINE_SECONDS = 60


def start_writer(storage: FileStorage, key_file: KeyFile, portal: str, *more: int) -> "subprocess.Popen[str]":
    arguments = [str(storage.path), str(key_file.path), portal, *map(str, more)]
    return subprocess.Popen(
        [sys.executable, "-m", "tests.vault.writer", *arguments], cwd=ROOT, stdout=subprocess.PIPE, text=True
    )


def acknowledged(writer: "subprocess.Popen[str]") -> list[int]:
    # Not `communicate`: it passes by what an earlier `readline` has read ahead.
    assert writer.stdout is not None
    with writer.stdout as lines:
        told = [int(line) for line in lines]
    writer.wait(timeout=DEADLINE_SECONDS)
    return told


def temporary_files(storage: FileStorage) -> list[Path]:
    return list(storage.path.parent.glob(".*"))


def test_processes_that_write_at_once_lose_nothing(vault: Vault, storage: FileStorage, key_file: KeyFile) -> None:
    portals = ("one", "two", "three")
    writers = [start_writer(storage, key_file, portal, 25) for portal in portals]
    for writer in writers:
        assert acknowledged(writer) == list(range(1, 26))
        assert writer.returncode == 0
    assert {(shown.portal, shown.version) for shown in vault.list()} == {(portal, 25) for portal in portals}
    assert vault.check().counter == 1 + 75
    assert temporary_files(storage) == []


def test_threads_of_one_process_lose_nothing_and_see_no_rollback(vault: Vault) -> None:
    def write_and_read(portal: str) -> None:
        for number in range(10):
            vault.add_credential(portal, "main", Secret("user"), Secret(f"{number}"), owner="o")
            assert vault.credential(portal, "main", "sign-in").password.reveal() == str(number)

    with ThreadPoolExecutor(4) as threads:
        list(threads.map(write_and_read, ["one", "two", "three", "four"]))
    assert vault.check().counter == 41


def test_a_change_made_while_another_thread_reads_is_no_rollback(
    storage: FileStorage, key_file: KeyFile, audit: KeptAudit, vault: Vault
) -> None:
    class OvertakenStorage(FileStorage):
        """Lets another change happen between a reader's reading and its looking at what it read."""

        def read_all(self) -> StoredVault:
            stored = super().read_all()
            if overtake:
                overtake.pop()()
            return stored

    overtake: list[Callable[[], object]] = []
    shared = Vault.open(OvertakenStorage(storage.path), key_file, audit)
    overtake.append(lambda: shared.system_secret("ledger"))
    assert shared.counter == 1
    assert shared.counter == 2


def test_two_processes_that_ask_first_for_a_system_secret_get_the_same(
    vault: Vault, storage: FileStorage, key_file: KeyFile, audit: KeptAudit
) -> None:
    vaults = [Vault.open(storage, key_file, audit) for _ in range(4)]
    with ThreadPoolExecutor(4) as threads:
        made = list(threads.map(lambda one: one.system_secret("ledger").reveal(), vaults))
    assert len(set(made)) == 1
    assert vault.counter == 2


@pytest.mark.parametrize("call_number", range(1, 12))
def test_a_kill_before_any_step_of_a_write_leaves_the_old_vault_or_the_new(
    vault: Vault, storage: FileStorage, key_file: KeyFile, call_number: int
) -> None:
    writer = start_writer(storage, key_file, "killed", 2, call_number)
    told = acknowledged(writer)
    assert told in ([1], [1, 2])
    assert writer.returncode == (0 if told == [1, 2] else -signal.SIGKILL)
    vault.check()
    credential = vault.credential("killed", "main", "sign-in")
    assert credential.version in {told[-1], 2}
    assert credential.password.reveal() == f"killed {credential.version}"
    vault.add_credential("next", "main", Secret("user"), Secret("password"), owner="o")
    assert temporary_files(storage) == [], "the next writer sweeps what the killed one left"
    assert vault.check().credentials == 2


def test_kills_at_random_instants_lose_nothing_that_was_acknowledged(
    vault: Vault, storage: FileStorage, key_file: KeyFile
) -> None:
    instants = random.Random(7)
    stored = 0
    for _ in range(6):
        writer = start_writer(storage, key_file, "killed", 100_000)
        assert writer.stdout is not None
        first = int(writer.stdout.readline())
        assert first == stored + 1
        time.sleep(instants.uniform(0, 0.04))
        writer.kill()
        told = [first, *acknowledged(writer)]
        assert told == list(range(first, first + len(told)))
        vault.check()
        credential = vault.credential("killed", "main", "sign-in")
        assert credential.version in (told[-1], told[-1] + 1)
        stored = credential.version
        assert credential.password.reveal() == f"killed {stored - first + 1}"
    assert len(temporary_files(storage)) <= 1


def test_a_write_against_a_moved_counter_changes_nothing(vault: Vault, storage: FileStorage) -> None:
    before = storage.path.read_bytes()
    for counter in (0, 2):
        with pytest.raises(VaultMoved):
            storage.put(counter, "a" * 32, b"entry", b"manifest")
        with pytest.raises(VaultMoved):
            storage.remove(counter, "a" * 32, b"manifest")
    assert storage.path.read_bytes() == before
    assert storage.read_all().counter == vault.counter == 1


def test_a_lock_that_is_never_given_back_is_told_and_reading_goes_on(
    vault: Vault, storage: FileStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    vault.add_credential("p", "a", Secret("user"), Secret("password"), owner="o")
    monkeypatch.setattr("vault.storage._LOCK_WAIT_SECONDS", 0.05)
    with FileLock(f"{storage.path}.lock"), ThreadPoolExecutor(1) as elsewhere:
        with pytest.raises(VaultBusy, match="Another program"):
            elsewhere.submit(vault.remove, "p", "a").result()
        assert vault.check().credentials == 1
    vault.remove("p", "a")


def test_a_write_that_fails_leaves_the_old_vault_and_no_other_file(
    vault: Vault, storage: FileStorage, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = storage.path.read_bytes()

    def full_disk(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("vault.files.os.fsync", full_disk)
        with pytest.raises(OSError, match="space"):
            vault.add_credential("p", "a", Secret("user"), Secret("password"), owner="o")
    assert storage.path.read_bytes() == before
    assert temporary_files(storage) == []
