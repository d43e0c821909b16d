"""Sealed evidence: pages, pictures and downloads, each item under a key of its own that can be thrown away."""

import contextlib
import hashlib
import os
import re
import secrets
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from vault.envelope import Binding, KeyEncryptionKey, open_body, seal_body, unwrap_data_key, wrap_new_data_key
from vault.errors import SealedItemDamaged, SealedItemMissing
from vault.files import sync_folder, write_atomically
from vault.secret import Secret

_ITEM_ID_LENGTH = 16
_FORMAT = b"\x01"
_NAME = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class Sealer:
    """Seals bytes under an item's key. Pure: bytes in, bytes out; had from `Vault.sealer()`.

    The wrapped key of an item is kept by the caller (in the ledger). Deleting it deletes the item: no sealed bytes
    of it can be opened any more.
    """

    key: KeyEncryptionKey
    vault_id: str

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
        return unwrap_data_key(self.key, wrapped_key[_ITEM_ID_LENGTH:], self._key_binding(item_id))

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


@dataclass(frozen=True)
class SealedFolder:
    """A folder of sealed files with random names that say nothing."""

    folder: Path
    sealer: Sealer

    def write(self, wrapped_key: bytes, plaintext: bytes, label: str) -> SealedFile:
        """Seal and write; the file (mode 0600) is on the disk when this returns."""
        name = secrets.token_hex(16)
        sealed = self.sealer.seal(wrapped_key, plaintext, label)
        path = self._path(name)
        if not path.parent.is_dir():
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            sync_folder(path.parent.parent)
        write_atomically(path, sealed)
        return SealedFile(name=name, sha256=hashlib.sha256(plaintext).hexdigest(), size=len(plaintext))

    def read(self, wrapped_key: bytes, name: str, label: str) -> bytes:
        """The plaintext; raises `SealedItemMissing`, `SealedItemDamaged` or `WrongKey`."""
        try:
            sealed = self._path(name).read_bytes()
        except FileNotFoundError:
            raise SealedItemMissing(name) from None
        return self.sealer.open(wrapped_key, sealed, label)

    def older_than(self, instant: datetime) -> Iterator[str]:
        """The names of the files that were written before this (aware) instant, read as they are taken."""
        for path in self.folder.glob("[0-9a-f][0-9a-f]/*"):
            with contextlib.suppress(FileNotFoundError):
                if _NAME.fullmatch(path.name) and path.stat().st_mtime < instant.timestamp():
                    yield path.name

    def remove(self, name: str) -> None:
        """Remove a file that nobody needs; harmless when it is gone already."""
        self._path(name).unlink(missing_ok=True)

    def _path(self, name: str) -> Path:
        """Spread over 256 folders, since folders of a million files are slow to list and to copy."""
        if not _NAME.fullmatch(name):
            raise SealedItemMissing("of that name")
        return self.folder / name[:2] / name
