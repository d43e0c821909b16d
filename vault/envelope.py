"""The envelope: each secret is sealed under a key of its own, and that key is sealed under the vault's key.

AES-256-GCM (NIST SP 800-38D) twice over. Layout of a wrapped data key:

    "PWK1" | key id, 16 bytes | nonce, 12 bytes | sealed data key, 32 + 16 bytes

and of a sealed body: "PWB1" | nonce, 12 bytes | ciphertext and tag. An envelope is the one followed by the other.
"""

import hashlib
import hmac
import json
import os
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from vault.errors import SealedItemDamaged, WrongKey
from vault.secret import Secret

KEY_LENGTH = 32
KEY_ID_LENGTH = 16
_NONCE_LENGTH = 12
_TAG_LENGTH = 16
_KEY_MARK = b"PWK1"
_BODY_MARK = b"PWB1"
WRAPPED_KEY_LENGTH = len(_KEY_MARK) + KEY_ID_LENGTH + _NONCE_LENGTH + KEY_LENGTH + _TAG_LENGTH


@dataclass(frozen=True)
class Binding:
    """What a sealed value belongs to; opening it as anything else fails.

    `label` is the alias of a credential or the label of a sealed file; `version` is the credential's version, or
    the vault's counter for the vault's own list of entries.
    """

    purpose: str
    vault_id: str
    entry_id: str
    portal: str = ""
    label: str = ""
    version: int = 0

    def encoded(self) -> bytes:
        """The binding as unambiguous bytes, used as associated data."""
        fields = [self.purpose, self.vault_id, self.entry_id, self.portal, self.label, self.version]
        return json.dumps(fields, ensure_ascii=True).encode()


@dataclass(frozen=True)
class KeyEncryptionKey:
    """The vault's key of 32 bytes, which seals nothing but other keys."""

    secret: Secret[bytes]

    @property
    def key_id(self) -> bytes:
        """Sixteen bytes that name the key and say nothing about it."""
        return hmac.digest(self.secret.reveal(), b"portalwright key id", hashlib.sha256)[:KEY_ID_LENGTH]


def wrap_new_data_key(key: KeyEncryptionKey, binding: Binding) -> bytes:
    """Make a random data key and return it sealed under `key` for `binding`."""
    mark, nonce = _KEY_MARK + key.key_id, os.urandom(_NONCE_LENGTH)
    sealed = AESGCM(key.secret.reveal()).encrypt(nonce, os.urandom(KEY_LENGTH), mark + binding.encoded())
    return mark + nonce + sealed


def wrapped_under(wrapped: bytes) -> bytes:
    """The id of the key under which a data key was wrapped, as it stands there."""
    return wrapped[len(_KEY_MARK) : len(_KEY_MARK) + KEY_ID_LENGTH]


def unwrap_data_key(key: KeyEncryptionKey, wrapped: bytes, binding: Binding) -> Secret[bytes]:
    """Open a wrapped data key.

    Raises `WrongKey` when it was wrapped under another key, `SealedItemDamaged` when it or its binding was changed.
    """
    mark, nonce, sealed = _split(wrapped, len(_KEY_MARK) + KEY_ID_LENGTH)
    if len(wrapped) != WRAPPED_KEY_LENGTH or not mark.startswith(_KEY_MARK):
        raise SealedItemDamaged
    if mark != _KEY_MARK + key.key_id:
        raise WrongKey
    return _decrypted(key.secret, nonce, sealed, mark + binding.encoded())


def seal_body(data_key: Secret[bytes], plaintext: Secret[bytes], binding: Binding) -> bytes:
    """Seal `plaintext` under a data key for `binding`."""
    nonce = os.urandom(_NONCE_LENGTH)
    associated = _BODY_MARK + binding.encoded()
    return _BODY_MARK + nonce + AESGCM(data_key.reveal()).encrypt(nonce, plaintext.reveal(), associated)


def open_body(data_key: Secret[bytes], sealed_body: bytes, binding: Binding) -> Secret[bytes]:
    """Open what `seal_body` made; raises `SealedItemDamaged` when it or its binding was changed."""
    mark, nonce, sealed = _split(sealed_body, len(_BODY_MARK))
    if mark != _BODY_MARK:
        raise SealedItemDamaged
    return _decrypted(data_key, nonce, sealed, mark + binding.encoded())


def seal(key: KeyEncryptionKey, plaintext: Secret[bytes], binding: Binding) -> bytes:
    """Seal `plaintext` under a new data key of its own, wrapped under `key`."""
    wrapped = wrap_new_data_key(key, binding)
    return wrapped + seal_body(unwrap_data_key(key, wrapped, binding), plaintext, binding)


def open_envelope(key: KeyEncryptionKey, envelope: bytes, binding: Binding) -> Secret[bytes]:
    """Open what `seal` made; raises `WrongKey` or `SealedItemDamaged`."""
    data_key = unwrap_data_key(key, envelope[:WRAPPED_KEY_LENGTH], binding)
    return open_body(data_key, envelope[WRAPPED_KEY_LENGTH:], binding)


def _split(sealed: bytes, mark_length: int) -> tuple[bytes, bytes, bytes]:
    nonce_end = mark_length + _NONCE_LENGTH
    return sealed[:mark_length], sealed[mark_length:nonce_end], sealed[nonce_end:]


def _decrypted(key: Secret[bytes], nonce: bytes, sealed: bytes, associated: bytes) -> Secret[bytes]:
    if len(nonce) != _NONCE_LENGTH or len(sealed) <= _TAG_LENGTH:
        raise SealedItemDamaged
    try:
        return Secret(AESGCM(key.reveal()).decrypt(nonce, sealed, associated))
    except InvalidTag:
        raise SealedItemDamaged from None
