"""Moving sign-ins to another office: a sealed file of them, for a passphrase or for one holder of this vault.

The file is a small vault of its own (format 2, a key of its own, one holder) after a line that says what it is, so
that it is never taken for an office's vault. Nothing of it is written in the clear, here or there.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING

from vault.credential import CredentialSummary, SignInSecrets
from vault.envelope import open_envelope, seal
from vault.errors import (
    CredentialExists,
    CredentialMissing,
    HolderMissing,
    NotAnExport,
    PasswordPending,
    VaultDamaged,
    VaultFormatUnknown,
)
from vault.files import sync_folder, write_new
from vault.header import Header, Holder, new_holder, new_vault_key, open_header, sealed_anew
from vault.keys import KeyProvider
from vault.manifest import EntryKind, EntryRecord, Manifest, entry_hash, open_manifest
from vault.secret import Secret
from vault.storage import StoredVault, VaultAction, read, written

if TYPE_CHECKING:
    from vault.vault import Vault

_MARK = b"portalwright sign-ins, sealed for a move\n"
PASSPHRASE_HOLDER = "passphrase"  # noqa: S105 # the name of a holder, not a secret


@dataclass(frozen=True)
class Export:
    """A file of sealed sign-ins, read but not opened. `kind` is what opens it: "passphrase", "key file" or another."""

    header: Header
    stored: StoredVault

    @property
    def kind(self) -> str:
        """The kind of key that opens it."""
        return self.header.kinds[0]


def export(vault: "Vault", chosen: Sequence[tuple[str, str]], file: Path, to: KeyProvider | str) -> int:
    """Seal these credentials (portal, alias) into a new file (0600); returns how many there are.

    `to` is a passphrase, or the name of a holder of this vault, with whose key it opens then. Each is on record before
    it is opened. Raises `CredentialMissing`, `PasswordPending` (which of its two passwords holds is not known yet),
    `HolderMissing`, FileExistsError, or what the provider raises.
    """
    state, now = vault._load(), vault._clock()
    ours = Header.of(state.stored)
    key = new_vault_key()
    if isinstance(to, str):
        # Under the same name of the vault, to which what this holder has of it is bound.
        vault_id = ours.vault_id
        holder = sealed_anew((_holder(ours, to),), vault_id, state.key, key)[0]
    else:
        vault_id = token_hex(16)
        holder = new_holder(PASSPHRASE_HOLDER, to, vault_id, key, now)
    records: list[EntryRecord] = []
    entries: dict[str, bytes] = {}
    for portal, alias in chosen:
        record = state.manifest.find(EntryKind.CREDENTIAL, portal, alias)
        if record is None:
            raise CredentialMissing(portal, alias)
        if state.manifest.find(EntryKind.PENDING_PASSWORD, portal, alias) is not None:
            raise PasswordPending(portal, alias)
        vault._audit.record(VaultAction.CREDENTIAL_EXPORTED, alias, portal, record.version, "")
        envelope = seal(key, vault._opened(state, record), record.binding(vault_id))
        entries[record.entry_id] = envelope
        records.append(record.model_copy(update={"sha256": entry_hash(envelope)}))
    header = Header(vault_id=vault_id, key_id=key.key_id.hex(), holders=(holder,)).text()
    manifest = Manifest(counter=1, written_at=now, entries=tuple(records)).sealed(key, header)
    write_new(file, _MARK + written(StoredVault(header=header, counter=1, manifest=manifest, entries=entries)))
    sync_folder(file.parent)
    return len(records)


def read_export(file: Path) -> Export:
    """What is in an exported file, sealed as it is. Raises `NotAnExport`, OSError."""
    content = file.read_bytes()
    try:
        if not content.startswith(_MARK):
            raise NotAnExport(str(file))
        stored = read(content.removeprefix(_MARK))
        header = Header.of(stored)
    except (VaultDamaged, VaultFormatUnknown):
        raise NotAnExport(str(file)) from None
    if len(header.holders) != 1:
        raise NotAnExport(str(file))
    return Export(header, stored)


@dataclass(frozen=True)
class OpenedExport:
    """An exported file that its key has opened; each sign-in stays sealed until it is taken over."""

    export: Export
    records: tuple[EntryRecord, ...]
    provider: KeyProvider

    @property
    def names(self) -> tuple[tuple[str, str], ...]:
        """Portal and name of each sign-in."""
        return tuple((one.portal, one.label) for one in self.records)

    def must_be_new_to(self, vault: "Vault") -> None:
        """Raise `CredentialExists` where one of the sign-ins would take another's place in this vault."""
        known = {(one.portal, one.alias) for one in vault.list()}
        for name in self.names:
            if name in known:
                raise CredentialExists(*name)

    def take_over(self, vault: "Vault") -> tuple[CredentialSummary, ...]:
        """Seal every sign-in into this vault, with its owner and its age; each is on record afterwards.

        One that is there already gets another version. When it is broken off, those that came are whole; do it again.
        """
        key = open_header(self.export.header, self.provider).key
        source = self.export.stored
        taken: list[CredentialSummary] = []
        for record in self.records:
            binding = record.binding(self.export.header.vault_id)
            taken.append(_taken_over(vault, record, open_envelope(key, source.entries[record.entry_id], binding)))
        return tuple(taken)


def open_export(export: Export, provider: KeyProvider) -> OpenedExport:
    """Open the list of an exported file. Raises `WrongKey`, `WrongPassphrase`, `WrongKeyKind`, `VaultDamaged`."""
    manifest = open_manifest(open_header(export.header, provider).key, export.stored)
    return OpenedExport(export, manifest.entries, provider)


def _taken_over(vault: "Vault", coming: EntryRecord, plaintext: Secret[bytes]) -> CredentialSummary:
    """Seal it here under the next version, with the owner and the age that it has.

    The password that is here already keeps its version, by which its presses are counted.
    """

    def attempt() -> EntryRecord:
        state = vault._load()
        known = state.manifest.find(EntryKind.CREDENTIAL, coming.portal, coming.label)
        if known is not None and _same_password(vault._opened(state, known), plaintext):
            vault._put(state, known, plaintext)
            return known
        record = coming.model_copy(
            update={
                "entry_id": known.entry_id if known else token_hex(16),
                "version": state.manifest.next_version(coming.portal, coming.label),
                "sha256": "",
            }
        )
        vault._put(state, record, plaintext)
        return record

    taken = vault._until_it_holds(attempt)
    vault._audit.record(VaultAction.CREDENTIAL_IMPORTED, taken.label, taken.portal, taken.version, "")
    return vault._summary(taken)


def _same_password(one: Secret[bytes], other: Secret[bytes]) -> bool:
    return SignInSecrets.from_encoded(one).password == SignInSecrets.from_encoded(other).password


def _holder(header: Header, name: str) -> Holder:
    found = next((one for one in header.holders if one.name == name), None)
    if found is None:
        raise HolderMissing(name)
    return found
