"""Sealed evidence: pages, pictures and downloads, each item under a key of its own that can be thrown away."""

import contextlib
import hashlib
import os
import re
import secrets
import time
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from vault.envelope import (
    Binding,
    KeyEncryptionKey,
    open_body,
    seal_body,
    unwrap_data_key,
    wrap_new_data_key,
    wrapped_under,
)
from vault.errors import SealedItemDamaged, SealedItemMissing
from vault.files import sync_folder, write_atomically
from vault.secret import Secret

_ITEM_ID_LENGTH = 16
_FORMAT = b"\x01"
_YOUNGEST_SWEPT_SECONDS = 3600.0
_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Sealer:
    """Seals bytes under an item's key: bytes in, bytes out; had from `Vault.sealer()`.

    The wrapped key of an item is kept by the caller (in the ledger). Deleting it deletes the item: no sealed bytes
    of it can be opened any more.
    """

    key: KeyEncryptionKey
    vault_id: str
    earlier: tuple[KeyEncryptionKey, ...] = ()
    """Keys of before a rotation, under which older items lie."""
    renewed: Callable[[], tuple[KeyEncryptionKey, ...]] | None = field(default=None, repr=False, compare=False)
    """The keys as the vault has them now: asked for an item that came under a key that was made since."""

    def new_item_key(self) -> bytes:
        """A random key for one item, wrapped under the vault's key; safe to store."""
        item_id = os.urandom(_ITEM_ID_LENGTH)
        return item_id + wrap_new_data_key(self.key, self._key_binding(item_id))

    def seal(self, wrapped_key: bytes, plaintext: bytes, label: str) -> bytes:
        """Compress and seal `plaintext`; it opens only with the same item's key and the same label.

        Raises `WrongKey` or `SealedItemDamaged` when the wrapped key does not open.
        """
        packed = Secret(_FORMAT + zlib.compress(plaintext))
        return seal_body(self._data_key(wrapped_key), packed, self._body_binding(wrapped_key, label))

    def open(self, wrapped_key: bytes, sealed: bytes, label: str) -> bytes:
        """Open what `seal` made.

        Raises `SealedItemDamaged` when the bytes, the key or the label are not the ones sealed, `WrongKey` when the
        item belongs to another vault key.
        """
        binding = self._body_binding(wrapped_key, label)
        packed = open_body(self._data_key(wrapped_key), sealed, binding)
        if packed.reveal()[:1] != _FORMAT:
            raise SealedItemDamaged
        return zlib.decompress(packed.reveal()[1:])

    def _data_key(self, wrapped_key: bytes) -> Secret[bytes]:
        item_id = wrapped_key[:_ITEM_ID_LENGTH]
        wrapped = wrapped_key[_ITEM_ID_LENGTH:]
        return unwrap_data_key(self._key_of(wrapped), wrapped, self._key_binding(item_id))

    def _key_of(self, wrapped: bytes) -> KeyEncryptionKey:
        """The key whose name stands on the wrapped one; where none has it, the present one, which says so."""
        key_id = wrapped_under(wrapped)
        known = (self.key, *self.earlier)
        if all(key.key_id != key_id for key in known) and self.renewed is not None:
            known = self.renewed()
        return next((key for key in known if key.key_id == key_id), self.key)

    def _key_binding(self, item_id: bytes) -> Binding:
        return Binding("evidence key", self.vault_id, item_id.hex())

    def _body_binding(self, wrapped_key: bytes, label: str) -> Binding:
        return Binding("evidence", self.vault_id, wrapped_key[:_ITEM_ID_LENGTH].hex(), label=label)


@dataclass(frozen=True)
class SealedFile:
    """Where sealed bytes were written, and of what: hash (hex) and size in bytes of the plaintext.

    The hash of a page with patient data is patient data: keep it in the ledger, never in a log or a name.
    """

    name: str
    sha256: str
    size: int


class SealedStore(Protocol):
    """Keeps sealed items under random names that say nothing: in a folder, or for many computers in one database."""

    @property
    def sealer(self) -> Sealer:
        """What seals and opens the items."""

    def write(self, wrapped_key: bytes, plaintext: bytes, label: str) -> SealedFile:
        """Seal and keep; it is kept durably when this returns."""

    def read(self, wrapped_key: bytes, name: str, label: str) -> bytes:
        """The plaintext; raises `SealedItemMissing`, `SealedItemDamaged` or `WrongKey`."""

    def older_than(self, instant: datetime) -> Iterator[str]:
        """The names of items kept before this (aware) instant, without those that were looked through already."""

    def looked_through(self, instant: datetime) -> None:
        """Whoever asked for all that is older than this instant has removed what nobody needs of it."""

    def remove(self, name: str) -> None:
        """Remove an item that nobody needs; harmless when it is gone already."""

    def sealed(self, name: str) -> bytes:
        """The item as it lies there, for a copy; raises `SealedItemMissing`."""

    def keep(self, name: str, sealed: bytes) -> None:
        """Put such bytes back under their name, durably; harmless when they are there already."""


def seal_new(sealer: Sealer, wrapped_key: bytes, plaintext: bytes, label: str) -> tuple[SealedFile, bytes]:
    """A new item for a store: what is told of it, and the sealed bytes to keep under its name."""
    told = SealedFile(name=secrets.token_hex(16), sha256=hashlib.sha256(plaintext).hexdigest(), size=len(plaintext))
    return told, sealer.seal(wrapped_key, plaintext, label)


@dataclass(frozen=True)
class SealedFolder:
    """A `SealedStore` of files in a folder, for one machine."""

    folder: Path
    sealer: Sealer

    def write(self, wrapped_key: bytes, plaintext: bytes, label: str) -> SealedFile:
        """Seal and write; the file (mode 0600) is on the disk when this returns."""
        file, sealed = seal_new(self.sealer, wrapped_key, plaintext, label)
        self.keep(file.name, sealed)
        return file

    def read(self, wrapped_key: bytes, name: str, label: str) -> bytes:
        """The plaintext; raises `SealedItemMissing`, `SealedItemDamaged` or `WrongKey`."""
        return self.sealer.open(wrapped_key, self.sealed(name), label)

    def older_than(self, instant: datetime) -> Iterator[str]:
        """See `SealedStore`; read as they are taken, and nothing of the last hour by this computer's own clock."""
        # Files have their times from that clock: when it was set while somebody was just about to record one, the
        # instant alone would make it old.
        before = min(instant.timestamp(), time.time() - _YOUNGEST_SWEPT_SECONDS)
        for name in self.names():
            with contextlib.suppress(FileNotFoundError):
                if self._path(name).stat().st_mtime < before:
                    yield name

    def looked_through(self, instant: datetime) -> None:
        """A folder remembers nothing: the next time all of it is looked through again."""

    def remove(self, name: str) -> None:
        """Remove a file that nobody needs; harmless when it is gone already."""
        self._path(name).unlink(missing_ok=True)

    def sealed(self, name: str) -> bytes:
        """See `SealedStore`."""
        try:
            return self._path(name).read_bytes()
        except FileNotFoundError:
            raise SealedItemMissing(name) from None

    def keep(self, name: str, sealed: bytes) -> None:
        """See `SealedStore`."""
        path = self._path(name)
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(path.parent.parent)
        write_atomically(path, sealed)

    def names(self) -> Iterator[str]:
        """The name of every item in the folder."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            if _NAME.fullmatch(path.name):
                yield path.name

    def _path(self, name: str) -> Path:
        """Spread over 256 folders, since folders of a million files are slow to list and to copy."""
        if not _NAME.fullmatch(name):
            raise SealedItemMissing("of that name")
        return self.folder / name[:2] / name
