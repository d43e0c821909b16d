"""Two more places where a key that opens the vault may come from: the operating system's keyring, and a command.

Both are for computers that work unattended: nobody types anything, and no file of the office holds the key.
"""

import base64
import binascii
import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from vault.envelope import KEY_LENGTH
from vault.errors import (
    KeyCommandFailed,
    KeyringEntryExists,
    KeyringEntryMissing,
    KeyringMissing,
    VaultDamaged,
)
from vault.keys import KeyParameters
from vault.secret import Secret

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

KEYRING_SERVICE = "portalwright"
"""Under this name the operating system lists our keys."""

COMMAND_SECONDS = 30.0
"""So long the command may take; a person may have to touch a security key meanwhile."""

_KEPT_IN_THE_CLEAR = ("keyrings.alt", "keyring.backends.null", "keyring.backends.fail")
_HEX = re.compile(rb"[0-9a-fA-F]{64}")


@dataclass(frozen=True)
class Keyring:
    """A key in the operating system's keyring (Keychain, Credential Locker, Secret Service), under this name."""

    entry: str

    @property
    def kind(self) -> str:
        """See `KeyProvider`."""
        return "keyring"

    @classmethod
    def create(cls, entry: str) -> "Keyring":
        """Put a new random key into the keyring. Raises `KeyringEntryExists`, `KeyringMissing`."""
        made = cls(entry)
        if made._kept() is not None:
            raise KeyringEntryExists(entry)
        made._keep(base64.b64encode(os.urandom(KEY_LENGTH)).decode())
        return made

    def new_parameters(self) -> KeyParameters:
        """A keyring needs none."""
        return {}

    def key(self, parameters: KeyParameters) -> Secret[bytes]:
        """Read the key. Raises `KeyringMissing`, `KeyringEntryMissing`."""
        if parameters:
            raise VaultDamaged("its key's description")
        kept = self._kept()
        key = None if kept is None else _as_key(kept.reveal().encode())
        if key is None:
            raise KeyringEntryMissing(self.entry)
        return key

    def _kept(self) -> Secret[str] | None:
        from keyring.errors import KeyringError

        try:
            kept = _backend().get_password(KEYRING_SERVICE, self.entry)
        except (KeyringError, OSError, RuntimeError) as refused:
            raise KeyringMissing(type(refused).__name__) from None
        return Secret(kept) if kept else None

    def _keep(self, key: str) -> None:
        from keyring.errors import KeyringError

        try:
            _backend().set_password(KEYRING_SERVICE, self.entry, key)
        except (KeyringError, OSError, RuntimeError) as refused:
            raise KeyringMissing(type(refused).__name__) from None


@dataclass(frozen=True)
class KeyCommand:
    """A program whose standard output is the key, so that any secret store can be used.

    `arguments` is the program and what it is given, run as it stands, without a shell. Its output is the key: 32 bytes,
    or 64 hexadecimal digits, or base64 of 32 bytes, as text with or without a line end. What it says on its standard
    error is thrown away, since nobody knows what such programs print.
    """

    arguments: tuple[str, ...]
    seconds: float = COMMAND_SECONDS

    @property
    def kind(self) -> str:
        """See `KeyProvider`."""
        return "command"

    def new_parameters(self) -> KeyParameters:
        """A command needs none."""
        return {}

    def key(self, parameters: KeyParameters) -> Secret[bytes]:
        """Run the command. Raises `KeyCommandFailed`: not there, too slow, an error, or no key of 32 bytes."""
        if parameters:
            raise VaultDamaged("its key's description")
        key = _as_key(self._output())
        if key is None:
            raise KeyCommandFailed("did not print a key of 32 bytes (as they are, in hexadecimal or in base64)")
        return key

    def _output(self) -> bytes:
        try:
            ran = subprocess.run(  # noqa: S603 # the office's own settings name the program; no shell, no patient data
                self.arguments,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                timeout=self.seconds,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise KeyCommandFailed(f"took longer than {self.seconds:g} seconds") from None
        except (OSError, ValueError):
            raise KeyCommandFailed("cannot be run") from None
        if ran.returncode != 0:
            raise KeyCommandFailed(f"ended with code {ran.returncode}")
        return ran.stdout


def _as_key(given: bytes) -> Secret[bytes] | None:
    """The key in what a keyring or a command gave; None for anything that is not one.

    Thirty-two readable characters are refused: they are a password somebody chose, or half of a key in hexadecimal.
    """
    if len(given) == KEY_LENGTH and not given.isascii():
        return Secret(given)
    text = given.strip()
    if _HEX.fullmatch(text):
        return Secret(bytes.fromhex(text.decode()))
    try:
        decoded = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return Secret(decoded) if len(decoded) == KEY_LENGTH else None


def _backend() -> "KeyringBackend":
    """The keyring of this computer; raises `KeyringMissing` for none, and for one that keeps keys in the clear."""
    import keyring

    backend = keyring.get_keyring()
    module = type(backend).__module__
    if module.startswith(_KEPT_IN_THE_CLEAR):
        raise KeyringMissing("none is there" if module.endswith("fail") else "it would keep the key in the clear")
    return backend
