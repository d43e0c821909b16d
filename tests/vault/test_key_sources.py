"""The key may come from the operating system's keyring or from a command; what is no key of 32 bytes is told."""

import base64
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from keyring.backends.fail import Keyring as NoKeyring
from keyring.errors import KeyringLocked

from tests.vault.conftest import KeptAudit, add_canary
from vault.errors import KeyCommandFailed, KeyringEntryExists, KeyringEntryMissing, KeyringMissing
from vault.key_sources import KEYRING_SERVICE, KeyCommand, Keyring
from vault.storage import FileStorage
from vault.vault import Vault

KEY = bytes(range(1, 33))


class InMemory(KeyringBackend):
    """A keyring that keeps its entries in memory."""

    priority = 1.0

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call] # keyring's own is not typed
        self.kept: dict[tuple[str, str], str] = {}
        self.locked = False

    def get_password(self, service: str, username: str) -> str | None:
        if self.locked:
            raise KeyringLocked("hush")
        return self.kept.get((service, username))

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[service, username] = password


@pytest.fixture
def in_memory() -> Iterator[InMemory]:
    before, backend = keyring.get_keyring(), InMemory()
    keyring.set_keyring(backend)
    yield backend
    keyring.set_keyring(before)


def test_a_vault_opens_with_the_key_in_the_keyring(in_memory: InMemory, storage: FileStorage, audit: KeptAudit) -> None:
    add_canary(Vault.create(storage, Keyring.create("office-1"), audit))
    assert Vault.open(storage, Keyring("office-1"), audit).check().credentials == 1
    assert list(in_memory.kept) == [(KEYRING_SERVICE, "office-1")]
    with pytest.raises(KeyringEntryExists):
        Keyring.create("office-1")
    with pytest.raises(KeyringEntryMissing):
        Vault.open(storage, Keyring("office-2"), audit)


def test_a_keyring_that_is_locked_missing_or_in_the_clear_is_told(in_memory: InMemory) -> None:
    in_memory.locked = True
    with pytest.raises(KeyringMissing, match="KeyringLocked"):
        Keyring("office-1").key({})
    keyring.set_keyring(NoKeyring())  # type: ignore[no-untyped-call] # keyring's own is not typed
    with pytest.raises(KeyringMissing, match="none is there"):
        Keyring("office-1").key({})
    clear = type("PlaintextKeyring", (InMemory,), {"__module__": "keyrings.alt.file"})
    keyring.set_keyring(clear())
    with pytest.raises(KeyringMissing, match="in the clear"):
        Keyring.create("office-1")


def printing(content: bytes) -> KeyCommand:
    return KeyCommand((sys.executable, "-S", "-c", f"import sys; sys.stdout.buffer.write({content!r})"))


@pytest.mark.parametrize("content", [bytes([200]) + KEY[1:], KEY.hex().encode() + b"\n", base64.b64encode(KEY)])
def test_a_command_prints_the_key_as_it_is_in_hexadecimal_or_in_base64(content: bytes) -> None:
    assert printing(content).key({}).reveal()[1:] == KEY[1:]


@pytest.mark.parametrize(
    "content", [b"", b"short", KEY + b"\0", b"a password of thirty-two letters", KEY.hex()[:32].encode()]
)
def test_what_is_no_key_of_32_bytes_is_refused_and_not_shown(content: bytes) -> None:
    with pytest.raises(KeyCommandFailed, match="32 bytes") as refused:
        printing(content).key({})
    assert not content or content.decode("latin-1") not in str(refused.value)


def test_a_command_that_fails_or_takes_too_long_is_told_without_its_words(tmp_path: Path) -> None:
    canary = "canary-on-standard-error"
    script = f"import sys; sys.stderr.write({canary!r}); sys.exit(3)"
    with pytest.raises(KeyCommandFailed, match="code 3") as refused:
        KeyCommand((sys.executable, "-S", "-c", script)).key({})
    assert canary not in str(refused.value)
    with pytest.raises(KeyCommandFailed, match="cannot be run"):
        KeyCommand((f"{tmp_path}/not there",)).key({})
    started = time.monotonic()
    with pytest.raises(KeyCommandFailed, match="longer than"):
        KeyCommand((sys.executable, "-S", "-c", "import time; time.sleep(60)"), seconds=0.3).key({})
    assert time.monotonic() - started < 30


def test_no_shell_reads_the_command(tmp_path: Path) -> None:
    marker = f"{tmp_path}/made"
    with pytest.raises(KeyCommandFailed):
        KeyCommand(("true;", "touch", marker)).key({})
    with pytest.raises(KeyCommandFailed):
        KeyCommand(("echo", "$(id)", f"; touch {marker}")).key({})
    assert not Path(marker).exists()
