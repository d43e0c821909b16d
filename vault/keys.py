"""Where a key that opens the vault comes from: a key file on this computer, or a passphrase that a person types."""

import os
import stat
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.kdf.argon2 import Argon2id
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from vault.envelope import KEY_LENGTH
from vault.errors import (
    KeyFileExists,
    KeyFileMissing,
    KeyFileOpenToOthers,
    KeyFileWrongLength,
    NotStretchable,
    PassphraseTooShort,
    VaultDamaged,
)
from vault.files import sync_folder, write_new
from vault.secret import Secret

KeyParameters = Mapping[str, str | int]
"""What a provider needs besides its secret (a salt, a cost); kept in the vault's header, in the clear."""

PASSPHRASE_LENGTH = 15
"""Least characters of a new passphrase (NIST SP 800-63B-4, 3.1.1.2: a password that is the only factor)."""

MOST_ITERATIONS = 16
MOST_MEMORY_KIB = 1_048_576


class KeyProvider(Protocol):
    """A source of a 32-byte key that opens the vault."""

    @property
    def kind(self) -> str:
        """The name of this kind of source, as a person calls it and as the vault's header records it."""

    def new_parameters(self) -> KeyParameters:
        """Parameters for a new vault; raises a `VaultError` when the source is not fit for one."""

    def key(self, parameters: KeyParameters) -> Secret[bytes]:
        """The key of 32 bytes; raises a `VaultError` when it cannot be had."""


@dataclass(frozen=True)
class KeyFile:
    """A key of 32 random bytes in a file that only this account can read.

    On Windows the mode bits say nothing, so they are not checked there: keep the file in a folder of your own
    profile.
    """

    path: Path

    @property
    def kind(self) -> str:
        """See `KeyProvider`."""
        return "key file"

    @classmethod
    def create(cls, path: Path) -> "KeyFile":
        """Write a new random key to `path` with mode 0600; raises `KeyFileExists` and leaves that file alone."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        try:
            write_new(path, os.urandom(KEY_LENGTH))
        except FileExistsError:
            raise KeyFileExists(str(path)) from None
        sync_folder(path.parent)
        return cls(path)

    def new_parameters(self) -> KeyParameters:
        """A key file needs none."""
        return {}

    def key(self, parameters: KeyParameters) -> Secret[bytes]:
        """Read the key.

        Raises `KeyFileMissing`, `KeyFileOpenToOthers` (group or others have any right on it) or
        `KeyFileWrongLength`.
        """
        if parameters:
            raise VaultDamaged("its key's description")
        try:
            with self.path.open("rb", buffering=0) as file:
                status = os.fstat(file.fileno())
                if os.name != "nt" and stat.S_IMODE(status.st_mode) & 0o077:
                    raise KeyFileOpenToOthers(str(self.path))
                if not stat.S_ISREG(status.st_mode) or status.st_size != KEY_LENGTH:
                    raise KeyFileWrongLength(str(self.path))
                return Secret(file.read(KEY_LENGTH))
        except OSError:
            raise KeyFileMissing(str(self.path)) from None


class Argon2Cost(BaseModel):
    """What one guess of the passphrase costs: passes, lanes and memory in KiB.

    The defaults are RFC 9106's second recommendation (section 4). The bounds keep a changed header from asking for
    all the memory there is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, hide_input_in_errors=True)

    iterations: int = Field(default=3, ge=1, le=MOST_ITERATIONS)
    lanes: int = Field(default=4, ge=1, le=16)
    memory_kib: int = Field(default=65_536, ge=8_192, le=MOST_MEMORY_KIB)


class _PassphraseParameters(Argon2Cost):
    salt: str = Field(pattern=r"^[0-9a-f]{32}$")


@dataclass(frozen=True)
class Passphrase:
    """A passphrase stretched to a key by Argon2id (RFC 9106); salt and cost stand in the vault's header.

    The text is normalised (NFKC) first, so that it is the same from every keyboard.
    """

    passphrase: Secret[str]
    cost: Argon2Cost = field(default_factory=Argon2Cost)

    @property
    def kind(self) -> str:
        """See `KeyProvider`."""
        return "passphrase"

    def new_parameters(self) -> KeyParameters:
        """A fresh salt and the cost; raises `PassphraseTooShort`."""
        if len(self.passphrase.reveal()) < PASSPHRASE_LENGTH:
            raise PassphraseTooShort(str(PASSPHRASE_LENGTH))
        return {**self.cost.model_dump(), "salt": os.urandom(16).hex()}

    def dearer_than(self, parameters: KeyParameters) -> "Passphrase":
        """The same passphrase at twice the memory, or at one pass more where the memory is at its bound.

        `parameters` are those of the holder. Raises `NotStretchable` at the bound of both, `VaultDamaged`.
        """
        cost = _checked(parameters)
        memory = min(cost.memory_kib * 2, MOST_MEMORY_KIB)
        iterations = cost.iterations + (memory == cost.memory_kib)
        if iterations > MOST_ITERATIONS:
            raise NotStretchable(self.kind)
        return replace(self, cost=Argon2Cost(iterations=iterations, lanes=cost.lanes, memory_kib=memory))

    def key(self, parameters: KeyParameters) -> Secret[bytes]:
        """Stretch the passphrase with the vault's salt and cost; raises `VaultDamaged` for impossible ones."""
        given = _checked(parameters)
        stretch = Argon2id(
            salt=bytes.fromhex(given.salt),
            length=KEY_LENGTH,
            iterations=given.iterations,
            lanes=given.lanes,
            memory_cost=given.memory_kib,
        )
        return Secret(stretch.derive(unicodedata.normalize("NFKC", self.passphrase.reveal()).encode()))


def _checked(parameters: KeyParameters) -> _PassphraseParameters:
    try:
        return _PassphraseParameters.model_validate(dict(parameters))
    except ValidationError:
        raise VaultDamaged("its key's description") from None
