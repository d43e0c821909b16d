"""Who can open the vault: its own key stands at its head, sealed once for each holder of a key.

Format 2. The vault's own key is random and never leaves it. Each holder (a key file, a keyring, a passphrase, a
command) has a key; from it an X25519 pair is derived. Of a holder the header has, in base64:

    mark_for_holder   a random mark, wrapped under the holder's key
    mark_for_vault    the same mark, sealed under the vault's own key
    sealed_key        the vault's own key, sealed under the mark and then for the holder's public key (HPKE, RFC 9180)

So the vault's key can be changed while other holders are away (their public keys suffice), nobody outside can make up a
vault that a holder's key would open (the mark is missing), and a holder that was taken away opens nothing that was
sealed since (its public key is not used again).

In format 1 the one holder's key was the vault's own key.
"""

import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Self

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError, model_validator

from vault.credential import checked_name
from vault.envelope import (
    KEY_LENGTH,
    Binding,
    KeyEncryptionKey,
    open_body,
    open_envelope,
    seal,
    seal_body,
    unwrap_data_key,
    wrap_new_data_key,
)
from vault.errors import (
    SealedItemDamaged,
    VaultDamaged,
    WrongKey,
    WrongKeyKind,
    WrongPassphrase,
)
from vault.keys import KeyProvider
from vault.secret import Secret
from vault.storage import FORMAT_VERSION, SealedBytes, StoredVault

FIRST_HOLDER = "office"
"""The name of the holder with whose key a vault was made."""

MOST_HOLDERS = 8

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class KeyDescription(_Stored):
    """Which key opens a vault of format 1: the kind of provider, its parameters, the key's id in hex."""

    kind: str
    key_id: str
    parameters: dict[str, str | int]


class Holder(_Stored):
    """One who can open the vault: how the key is had, its id in hex, and the vault's own key sealed for it."""

    name: str
    kind: str
    key_id: str
    parameters: dict[str, str | int]
    added_at: AwareDatetime
    public_key: SealedBytes
    mark_for_holder: SealedBytes
    mark_for_vault: SealedBytes
    sealed_key: SealedBytes

    def binding(self, vault_id: str, purpose: str) -> Binding:
        """What a part of this holder's is bound to."""
        return Binding(f"holder's {purpose}", vault_id, self.name, portal=self.kind, label=self.key_id)


class Header(_Stored):
    """What stands in the clear at the top of a vault; the sealed list is bound to every byte of it.

    Either `key` (format 1) or `key_id`, the id of the vault's own key in hex, and `holders`.
    """

    vault_id: str
    key: KeyDescription | None = None
    key_id: str = ""
    holders: tuple[Holder, ...] = ()

    @model_validator(mode="after")
    def _of_one_format(self) -> Self:
        names = {one.name for one in self.holders}
        if (self.key is None) != bool(self.holders) or bool(self.key_id) != bool(self.holders):
            raise ValueError("neither of format 1 nor of format 2")
        if len(names) != len(self.holders) or len(self.holders) > MOST_HOLDERS:
            raise ValueError("its holders")
        return self

    @classmethod
    def from_text(cls, text: str) -> Self:
        """Read a header; raises `VaultDamaged`."""
        try:
            return cls.model_validate_json(text)
        except ValidationError:
            raise VaultDamaged("its header") from None

    @classmethod
    def of(cls, stored: StoredVault) -> Self:
        """The header of what is stored; raises `VaultDamaged` where it is not of the format that is told."""
        header = cls.from_text(stored.header)
        if (header.key is None) != (stored.format_version == FORMAT_VERSION):
            raise VaultDamaged("its header")
        return header

    @property
    def own_key_id(self) -> str:
        """The id, in hex, of the key under which the vault's list and entries are sealed."""
        return self.key.key_id if self.key is not None else self.key_id

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of keys that open it, as a person calls them."""
        kinds = [self.key.kind] if self.key is not None else [one.kind for one in self.holders]
        return tuple(dict.fromkeys(kinds))

    def text(self) -> str:
        """As it is stored."""
        return self.model_dump_json(exclude_defaults=True)


@dataclass(frozen=True)
class OpenedHeader:
    """The vault's own key, and the name of the holder with whose key it was opened."""

    key: KeyEncryptionKey
    holder: str


def new_vault_key() -> KeyEncryptionKey:
    """A random key for a vault."""
    return KeyEncryptionKey(Secret(os.urandom(KEY_LENGTH)))


def open_header(header: Header, provider: KeyProvider) -> OpenedHeader:
    """The key under which the vault's list and entries are sealed.

    Raises `WrongKey`, `WrongPassphrase`, `WrongKeyKind`, `VaultDamaged`, or what the provider raises.
    """
    if provider.kind not in header.kinds:
        raise WrongKeyKind(" or a ".join(header.kinds), provider.kind)
    if header.key is not None:
        key = KeyEncryptionKey(provider.key(header.key.parameters))
        if key.key_id.hex() == header.key.key_id:
            return OpenedHeader(key, FIRST_HOLDER)
    for holder in header.holders:
        if holder.kind == provider.kind:
            key = KeyEncryptionKey(provider.key(holder.parameters))
            if key.key_id.hex() == holder.key_id:
                return OpenedHeader(_opened_by(holder, key, header), holder.name)
    raise WrongPassphrase if provider.kind == "passphrase" else WrongKey


def new_holder(name: str, provider: KeyProvider, vault_id: str, own_key: KeyEncryptionKey, now: datetime) -> Holder:
    """Seal the vault's own key for a new holder. Raises `NameNotAllowed`, or what the provider raises."""
    checked_name("holder's name", name)
    parameters = dict(provider.new_parameters())
    key = KeyEncryptionKey(provider.key(parameters))
    described = KeyDescription(kind=provider.kind, key_id=key.key_id.hex(), parameters=parameters)
    return holder_with(name, described, key, vault_id=vault_id, own_key=own_key, now=now)


def holder_with(
    name: str,
    described: KeyDescription,
    key: KeyEncryptionKey,
    *,
    vault_id: str,
    own_key: KeyEncryptionKey,
    now: datetime,
) -> Holder:
    """The same for a holder whose key is known already, such as that of a vault of format 1."""
    bare = Holder(
        name=name,
        kind=described.kind,
        key_id=described.key_id,
        parameters=described.parameters,
        added_at=now,
        public_key=_private_key(key).public_key().public_bytes_raw(),
        mark_for_holder=b"",
        mark_for_vault=b"",
        sealed_key=b"",
    )
    binding = bare.binding(vault_id, "mark")
    wrapped = wrap_new_data_key(key, binding)
    marked = bare.model_copy(update={"mark_for_holder": wrapped})
    return _sealed_for(marked, unwrap_data_key(key, wrapped, binding), vault_id, own_key)


def sealed_anew(
    holders: Iterable[Holder], vault_id: str, old_key: KeyEncryptionKey, new_key: KeyEncryptionKey
) -> tuple[Holder, ...]:
    """These holders, with a new key of the vault sealed for each. Nobody's own key is needed. Raises `VaultDamaged`."""
    return tuple(_sealed_for(one, _mark_of(one, vault_id, old_key), vault_id, new_key) for one in holders)


def _mark_of(holder: Holder, vault_id: str, own_key: KeyEncryptionKey) -> Secret[bytes]:
    try:
        return open_envelope(own_key, holder.mark_for_vault, holder.binding(vault_id, "mark"))
    except (SealedItemDamaged, WrongKey):
        raise VaultDamaged("its holders") from None


def _sealed_for(holder: Holder, mark: Secret[bytes], vault_id: str, own_key: KeyEncryptionKey) -> Holder:
    under_the_mark = seal_body(mark, own_key.secret, holder.binding(vault_id, "key"))
    public_key = X25519PublicKey.from_public_bytes(holder.public_key)
    info = holder.binding(vault_id, "key").encoded()
    return holder.model_copy(
        update={
            "mark_for_vault": seal(own_key, mark, holder.binding(vault_id, "mark")),
            "sealed_key": _SUITE.encrypt(under_the_mark, public_key, info),
        }
    )


def _opened_by(holder: Holder, key: KeyEncryptionKey, header: Header) -> KeyEncryptionKey:
    binding = holder.binding(header.vault_id, "key")
    try:
        mark = unwrap_data_key(key, holder.mark_for_holder, holder.binding(header.vault_id, "mark"))
        under_the_mark = _SUITE.decrypt(holder.sealed_key, _private_key(key), binding.encoded())
        own_key = KeyEncryptionKey(open_body(mark, under_the_mark, binding))
    except (SealedItemDamaged, WrongKey, InvalidTag, ValueError):
        raise VaultDamaged("its key") from None
    if own_key.key_id.hex() != header.key_id:
        raise VaultDamaged("its key")
    return own_key


def _private_key(key: KeyEncryptionKey) -> X25519PrivateKey:
    """The holder's private key: HKDF-SHA256 (RFC 5869) of the key that the provider gives."""
    derive = HKDF(algorithm=SHA256(), length=KEY_LENGTH, salt=None, info=b"portalwright vault holder")
    return X25519PrivateKey.from_private_bytes(derive.derive(key.secret.reveal()))
