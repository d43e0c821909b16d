"""The vault's sealed list of entries, by which a removed, exchanged or older entry is noticed."""

import hashlib
from datetime import datetime
from enum import StrEnum
from typing import Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, ValidationError

from vault.envelope import Binding, KeyEncryptionKey, open_envelope, seal
from vault.errors import SealedItemDamaged, VaultDamaged, WrongKey
from vault.secret import Secret
from vault.storage import StoredVault


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class EntryKind(StrEnum):
    """What an entry holds."""

    CREDENTIAL = "credential"
    SYSTEM_SECRET = "system secret"  # noqa: S105 # the name of a kind, not a secret
    PENDING_PASSWORD = "pending password"  # noqa: S105 # the name of a kind, not a secret
    """A new password beside the credential of the same name, until one of the two is proved."""
    FORMER_PASSWORDS = "former passwords"
    """Keyed digests of a credential's former passwords, so that none is chosen again."""


class EntryRecord(_Stored):
    """One line of the sealed list. `label` is the alias of a credential or the name of a system secret."""

    entry_id: str
    kind: EntryKind
    portal: str
    label: str
    version: int
    created_at: AwareDatetime
    owner: str = ""
    has_totp: bool = False
    sha256: str = ""

    def binding(self, vault_id: str) -> Binding:
        """What the entry's envelope is bound to."""
        return Binding(self.kind, vault_id, self.entry_id, self.portal, self.label, self.version)


class RetiredVersion(_Stored):
    """The last version of a credential that was removed: versions are never given out again, since presses of a
    sign-in button are counted by them."""

    portal: str
    label: str
    version: int


class Manifest(_Stored):
    """The sealed list: every entry with its version and hash, at one count of the vault's changes."""

    counter: int
    written_at: AwareDatetime
    entries: tuple[EntryRecord, ...] = ()
    retired: tuple[RetiredVersion, ...] = ()

    def find(self, kind: EntryKind, portal: str, label: str) -> EntryRecord | None:
        """The entry of that name, if there is one."""
        wanted = (kind, portal, label)
        return next((e for e in self.entries if (e.kind, e.portal, e.label) == wanted), None)

    def next_version(self, portal: str, label: str) -> int:
        """The version for a new secret of a credential: one more than any it ever had."""
        pressed = (EntryKind.CREDENTIAL, EntryKind.PENDING_PASSWORD)
        known = [e.version for e in self.entries if e.kind in pressed and (e.portal, e.label) == (portal, label)]
        known += [r.version for r in self.retired if (r.portal, r.label) == (portal, label)]
        return max(known, default=0) + 1

    def moved_on(self, now: datetime, entries: tuple[EntryRecord, ...] | None = None) -> Self:
        """The list after one more change that adds and removes nothing; `entries` where they were sealed anew."""
        changed = {"counter": self.counter + 1, "written_at": now}
        return self.model_copy(update=changed if entries is None else {**changed, "entries": entries})

    def with_entry(self, record: EntryRecord, now: datetime) -> Self:
        """The list after one more change: `record` added, or in place of the one with its id."""
        others = tuple(entry for entry in self.entries if entry.entry_id != record.entry_id)
        return self.model_copy(update={"counter": self.counter + 1, "written_at": now, "entries": (*others, record)})

    def without_entry(self, record: EntryRecord, now: datetime) -> Self:
        """The list after one more change: `record` removed, its version kept as used."""
        used = [r.version for r in self.retired if (r.portal, r.label) == (record.portal, record.label)]
        gone = RetiredVersion(portal=record.portal, label=record.label, version=max([record.version, *used]))
        others = [r for r in self.retired if (r.portal, r.label) != (record.portal, record.label)]
        return self.model_copy(
            update={
                "counter": self.counter + 1,
                "written_at": now,
                "entries": tuple(entry for entry in self.entries if entry.entry_id != record.entry_id),
                "retired": (*others, gone),
            }
        )

    def sealed(self, key: KeyEncryptionKey, header: str) -> bytes:
        """The list sealed under the vault's key, bound to the header's bytes and to its counter."""
        plaintext = Secret(self.model_dump_json(exclude_defaults=True).encode())
        return seal(key, plaintext, _binding(header, self.counter))


def open_manifest(key: KeyEncryptionKey, stored: StoredVault) -> Manifest:
    """Open and check the list against what is stored.

    Raises `VaultDamaged` when header, counter, list or any entry is not what was last written, or when an entry is
    missing or too many.
    """
    try:
        plaintext = open_envelope(key, stored.manifest, _binding(stored.header, stored.counter))
        manifest = Manifest.model_validate_json(plaintext.reveal())
    except (WrongKey, SealedItemDamaged, ValidationError):
        raise VaultDamaged("its list of entries") from None
    if manifest.counter != stored.counter:
        raise VaultDamaged("its counter")
    if {entry.entry_id for entry in manifest.entries} != set(stored.entries):
        raise VaultDamaged("entries were taken away or put in")
    for entry in manifest.entries:
        if entry_hash(stored.entries[entry.entry_id]) != entry.sha256:
            raise VaultDamaged(f"its entry {entry.portal} {entry.label}")
    return manifest


def entry_hash(sealed: bytes) -> str:
    """The hash by which the list knows an entry's sealed bytes."""
    return hashlib.sha256(sealed).hexdigest()


_LIST_PURPOSE = "vault list"


def _binding(header: str, counter: int) -> Binding:
    return Binding(_LIST_PURPOSE, hashlib.sha256(header.encode()).hexdigest(), "", version=counter)
