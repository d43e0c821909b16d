"""A secret that the office chose for the program (a database's password) is sealed like every other."""

from pathlib import Path

from tests.vault.conftest import KeptAudit
from vault.keys import KeyFile
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault


def test_it_is_sealed_replaced_and_given_back(tmp_path: Path, key_file: KeyFile, audit: KeptAudit) -> None:
    file = tmp_path / "vault.json"
    vault = Vault.create(FileStorage(file), key_file, audit)
    assert vault.kept_secret("server-password") is None
    for password in ("canary-pw-1", "canary-pw-é"):
        before = vault.counter
        vault.keep_secret("server-password", Secret(password))
        assert vault.counter == before + 1
        assert "canary" not in file.read_text()
        kept = Vault.open(FileStorage(file), key_file, audit).kept_secret("server-password")
        assert kept == Secret(password)
    assert vault.check().system_secrets == 1
    assert audit.records == []
