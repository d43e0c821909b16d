"""A backup of the office as one sealed file, written and read piece by piece, whatever its length.

Layout: "PWB" and the number of the format | length of the header, 4 bytes | header (JSON, in the clear) | the wrapped
key of this file alone | pieces. A piece is a MiB of the content, the last one shorter, under AES-256-GCM: its nonce is
its number in 11 bytes and a byte that is 1 for the last, so that pieces cannot be moved, left out or cut off at the end
(STREAM: Hoang, Reyhanitabar, Rogaway, Vizár, CRYPTO 2015). Every piece is bound to all that stands before the pieces.
"""

import hashlib
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from vault.envelope import WRAPPED_KEY_LENGTH, Binding, KeyEncryptionKey, unwrap_data_key, wrap_new_data_key
from vault.errors import BackupDamaged, BackupFormatUnknown, NotABackup, SealedItemDamaged, WrongKey
from vault.header import Header, open_header
from vault.keys import KeyProvider

_MARK = b"PWB"
_FORMAT = 2
_FORMATS = (1, 2)  # 1: of a vault of format 1, otherwise the same
_LONGEST_HEADER = 20_000
_PIECE = 1 << 20
_TAG = 16


class BackupHeader(BaseModel):
    """What stands in the clear at the head of a backup: its opaque name, when it was made, and which key opens it."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    backup: str
    made_at: AwareDatetime
    vault: Header

    @property
    def key_kinds(self) -> tuple[str, ...]:
        """What opens it, as a person calls it: "key file", "passphrase" or another; one of them is enough."""
        return self.vault.kinds

    def binding(self, text: bytes) -> Binding:
        """What the file's own key is bound to: this header, letter by letter."""
        return Binding("backup", self.vault.vault_id, self.backup, label=hashlib.sha256(text).hexdigest())


class BackupWriter:
    """Seals what is written to it; the file is whole once `end` was called. Holds two pieces in memory at most."""

    def __init__(self, file: BinaryIO, key: KeyEncryptionKey, header: BackupHeader) -> None:
        """Writes the head. Had from `Vault.seal_backup`."""
        text = header.model_dump_json(exclude_defaults=True).encode()
        wrapped = wrap_new_data_key(key, header.binding(text))
        head = _MARK + bytes([_FORMAT]) + len(text).to_bytes(4) + text + wrapped
        self.header = header
        self._cipher = AESGCM(unwrap_data_key(key, wrapped, header.binding(text)).reveal())
        self._bound_to = hashlib.sha256(head).digest()
        self._file = file
        self._number = 0
        self._waiting = bytearray()
        file.write(head)

    def write(self, content: bytes) -> None:
        """Add to the content."""
        self._waiting += content
        # The last piece has to be known as such, so that one is always held back.
        while len(self._waiting) > _PIECE:
            self._seal(bytes(self._waiting[:_PIECE]), last=False)
            del self._waiting[:_PIECE]

    def end(self) -> None:
        """Write the last piece."""
        self._seal(bytes(self._waiting), last=True)
        self._waiting.clear()

    def _seal(self, piece: bytes, *, last: bool) -> None:
        self._file.write(self._cipher.encrypt(_nonce(self._number, last=last), piece, self._bound_to))
        self._number += 1


class BackupReader:
    """Opens what `BackupWriter` made, in order. Nothing is given out of a piece that is not as it was written."""

    def __init__(self, file: BinaryIO, name: str, provider: KeyProvider) -> None:
        """Reads the head. `name` is for messages.

        Raises `NotABackup`, `BackupFormatUnknown`, `BackupDamaged`; `WrongKey`, `WrongPassphrase`, `WrongKeyKind`, or
        what the provider raises.
        """
        self.header, head, wrapped, text = _read_head(file, name)
        key = open_header(self.header.vault, provider).key
        try:
            self._cipher = AESGCM(unwrap_data_key(key, wrapped, self.header.binding(text)).reveal())
        except (SealedItemDamaged, WrongKey):
            raise BackupDamaged("its beginning") from None
        self._bound_to = hashlib.sha256(head).digest()
        self._file = file
        self._number = 0
        self._opened = bytearray()
        self._next: bytes | None = file.read(_PIECE + _TAG)

    def read(self, size: int) -> bytes:
        """The next `size` bytes of the content, fewer at its end. Raises `BackupDamaged`."""
        while len(self._opened) < size and self._next is not None:
            self._open_piece()
        given = bytes(self._opened[:size])
        del self._opened[:size]
        return given

    def read_all_of(self, size: int) -> bytes:
        """The next `size` bytes, all of them. Raises `BackupDamaged`."""
        given = self.read(size)
        if len(given) != size:
            raise BackupDamaged("it ends too early")
        return given

    def _open_piece(self) -> None:
        sealed, ahead = self._next, self._file.read(_PIECE + _TAG)
        if sealed is None:
            raise AssertionError("there is no piece after the last")
        last = not ahead
        try:
            self._opened += self._cipher.decrypt(_nonce(self._number, last=last), sealed, self._bound_to)
        except (InvalidTag, ValueError):  # ValueError: shorter than a tag
            raise BackupDamaged(f"piece {self._number + 1}") from None
        self._next = None if last else ahead
        self._number += 1


def read_header(file: BinaryIO, name: str) -> BackupHeader:
    """What a backup says of itself, not authenticated yet: which key it wants. Raises as `BackupReader`."""
    header, _, _, _ = _read_head(file, name)
    return header


def _read_head(file: BinaryIO, name: str) -> tuple[BackupHeader, bytes, bytes, bytes]:
    start = file.read(len(_MARK) + 1 + 4)
    if len(start) < len(_MARK) + 5 or not start.startswith(_MARK):
        raise NotABackup(name)
    if start[len(_MARK)] not in _FORMATS:
        raise BackupFormatUnknown(str(start[len(_MARK)]))
    length = int.from_bytes(start[-4:])
    if length > _LONGEST_HEADER:
        raise NotABackup(name)
    text, wrapped = file.read(length), file.read(WRAPPED_KEY_LENGTH)
    try:
        header = BackupHeader.model_validate_json(text)
    except ValidationError:
        raise NotABackup(name) from None
    return header, start + text + wrapped, wrapped, text


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11) + bytes([last])
