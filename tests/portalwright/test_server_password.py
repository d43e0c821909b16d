"""The password of the ledger's server is sealed for one computer, since it opens what holds the vault."""

import shutil
from pathlib import Path

import pytest

from portalwright.office import NoAudit, Office
from portalwright.sharing import keep_password_here
from vault.errors import WrongKey
from vault.keys import KeyFile
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault

PASSWORD = Secret("canary-pw-4714")


@pytest.fixture
def here(office: Path) -> Office:
    return Office.find(office)


@pytest.fixture
def key(here: Office) -> KeyFile:
    return KeyFile(here.key_file())


def given(here: Office, key: KeyFile) -> str | None:
    return here.server_password(key)()


def test_a_password_that_an_earlier_version_put_into_the_vault_is_found_and_kept(here: Office, key: KeyFile) -> None:
    assert given(here, key) is None
    Vault.open(FileStorage(here.vault_file), key, NoAudit()).keep_secret("ledger-server-password", PASSWORD)
    assert given(here, key) == PASSWORD.reveal()
    assert not here.machine_vault_file.exists()
    keep_password_here(here, key)
    here.vault_file.unlink()
    assert given(here, key) == PASSWORD.reveal()
    assert PASSWORD.reveal().encode() not in here.machine_vault_file.read_bytes()


def test_a_new_password_is_given_to_connections_that_open_later(here: Office, key: KeyFile) -> None:
    here.keep_server_password(PASSWORD, key)
    source = here.server_password(key)
    assert source() == PASSWORD.reveal()
    here.keep_server_password(Secret("another"), key)
    assert source() == "another"


def test_a_password_is_not_sealed_under_a_key_that_is_not_the_offices(here: Office, tmp_path: Path) -> None:
    other = KeyFile.create(tmp_path / "other.key")
    with pytest.raises(WrongKey):
        here.keep_server_password(PASSWORD, other)
    assert not here.machine_vault_file.exists()


def test_what_was_sealed_under_a_lost_key_is_entered_again(here: Office, key: KeyFile, tmp_path: Path) -> None:
    shutil.rmtree(here.vault_file.parent)
    other = KeyFile.create(tmp_path / "other.key")
    here.keep_server_password(PASSWORD, other)
    with pytest.raises(WrongKey):
        here.server_password(key)
    here.keep_server_password(PASSWORD, key)
    assert given(here, key) == PASSWORD.reveal()
