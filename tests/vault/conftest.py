"""A small vault with canary secrets, and an audit that keeps what it is told."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from vault.keys import KeyFile
from vault.secret import Secret
from vault.storage import FileStorage, VaultAction
from vault.vault import Vault

CANARIES = ("canary-user-4711", "canary-pass-4712", "JBSWY3DPEHPK3PXPCANARY23", "canary-answer-4713")


@dataclass
class KeptAudit:
    """Keeps every record in a list."""

    records: list[tuple[VaultAction, str, str, int, str]] = field(default_factory=list)

    def record(self, action: VaultAction, alias: str, portal: str, version: int, purpose: str) -> None:
        self.records.append((action, alias, portal, version, purpose))


class BrokenAudit:
    """Cannot keep a record."""

    def record(self, action: VaultAction, alias: str, portal: str, version: int, purpose: str) -> None:
        raise OSError("the audit's disk is full")


@pytest.fixture
def audit() -> KeptAudit:
    return KeptAudit()


@pytest.fixture
def key_file(tmp_path: Path) -> KeyFile:
    return KeyFile.create(tmp_path / "keys" / "vault.key")


@pytest.fixture
def storage(tmp_path: Path) -> FileStorage:
    return FileStorage(tmp_path / "office" / "vault.json")


@pytest.fixture
def vault(storage: FileStorage, key_file: KeyFile, audit: KeptAudit) -> Vault:
    return Vault.create(storage, key_file, audit)


@pytest.fixture
def reopened(storage: FileStorage, key_file: KeyFile, audit: KeptAudit) -> Callable[[], Vault]:
    """Opens the stored vault anew, as another process would."""
    return lambda: Vault.open(storage, key_file, audit)


def add_canary(vault: Vault, portal: str = "national", alias: str = "main") -> None:
    user_name, password, totp_seed, answer = CANARIES
    vault.add_credential(
        portal,
        alias,
        Secret(user_name),
        Secret(password),
        owner="A. Biller",
        totp_seed=Secret(totp_seed),
        security_answers={"First pet?": Secret(answer)},
    )
