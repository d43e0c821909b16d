"""Who can open the vault, and the change of its key: each change of either is one step of the stored vault."""

import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from vault.envelope import KEY_LENGTH, KeyEncryptionKey, open_envelope, seal
from vault.errors import (
    HolderExists,
    HolderMissing,
    LastHolder,
    NotStretchable,
    TooManyHolders,
)
from vault.header import FIRST_HOLDER, MOST_HOLDERS, Header, Holder, holder_with, new_holder, new_vault_key, sealed_anew
from vault.keys import KeyProvider, Passphrase
from vault.manifest import EntryKind, EntryRecord, entry_hash
from vault.secret import Secret
from vault.storage import VaultAction

if TYPE_CHECKING:
    from vault.vault import Vault, _State

EVIDENCE_KEYS = "evidence-keys"
"""Under this name the vault keeps the keys of sealed evidence, the newest first.

Between evidence and the vault's own key they are a level of their own: when that key changes, no page, document or
published file has to be sealed anew.
"""


@dataclass(frozen=True)
class HolderSummary:
    """A holder as it may be shown. `in_use`: it is with this one's key that the vault is open now."""

    name: str
    kind: str
    added_at: datetime | None
    in_use: bool


def evidence_keys(kept: Secret[bytes]) -> tuple[KeyEncryptionKey, ...]:
    """The keys in the vault's entry, the newest first."""
    together = kept.reveal()
    starts = range(0, len(together), KEY_LENGTH)
    return tuple(KeyEncryptionKey(Secret(together[start : start + KEY_LENGTH])) for start in starts)


class Holders:
    """The holders of one vault; had from `Vault.holders`. Every change is told to the audit after it was made."""

    def __init__(self, vault: "Vault") -> None:
        self._vault = vault

    def all(self) -> tuple[HolderSummary, ...]:
        """Every holder, in the order in which they came."""
        state = self._vault._load()
        header = Header.of(state.stored)
        if header.key is not None:
            return (HolderSummary(FIRST_HOLDER, header.key.kind, None, in_use=True),)
        return tuple(
            HolderSummary(one.name, one.kind, one.added_at, in_use=one.name == state.opened.holder)
            for one in header.holders
        )

    def add(self, name: str, provider: KeyProvider) -> None:
        """Seal the vault's key for one more holder. A vault of format 1 gets a key of its own first.

        Raises `NameNotAllowed`, `HolderExists`, `TooManyHolders`, or what the provider raises; nothing is changed then.
        """

        def attempt() -> int:
            state = self._vault._load()
            header = Header.of(state.stored)
            known = _holders_of(header, state.key, self._vault._clock())
            if name in {one.name for one in known}:
                raise HolderExists(name)
            if len(known) >= MOST_HOLDERS:
                raise TooManyHolders(str(MOST_HOLDERS))
            if header.key is not None:
                self._rotate(state, known, and_one=(name, provider))
            else:
                added = new_holder(name, provider, header.vault_id, state.key, self._vault._clock())
                self._put_header(state, (*header.holders, added))
            return state.stored.counter + 1

        self._told(VaultAction.HOLDER_ADDED, name, attempt)

    def remove(self, name: str) -> None:
        """Take a holder away and change the vault's key, since that holder may have kept it.

        Raises `HolderMissing`, and `LastHolder` where nobody else could open the vault.
        """

        def attempt() -> int:
            state = self._vault._load()
            known = _holders_of(Header.of(state.stored), state.key, self._vault._clock())
            others = [one for one in known if one.name != name]
            if len(others) == len(known):
                raise HolderMissing(name)
            if not others:
                raise LastHolder(name)
            self._rotate(state, others)
            return state.stored.counter + 1

        self._told(VaultAction.HOLDER_REMOVED, name, attempt)

    def rotate(self) -> None:
        """Change the vault's key: every entry is sealed anew, and evidence from now on lies under a key of its own.

        One step of the stored vault: whenever it is broken off, the old vault is there, or the new one. Processes that
        have the vault open go on: their next call gets the new key from their own key provider.
        """

        def attempt() -> int:
            state = self._vault._load()
            self._rotate(state, _holders_of(Header.of(state.stored), state.key, self._vault._clock()))
            return state.stored.counter + 1

        self._told(VaultAction.KEY_ROTATED, FIRST_HOLDER, attempt)

    def stretch(self) -> Passphrase:
        """Make each guess of this holder's passphrase cost twice the memory (or time), and change the vault's key.

        Returns the passphrase with its new cost. Raises `NotStretchable` where the vault is not open by a passphrase,
        or where the cost is at its bound.
        """
        vault = self._vault

        def attempt() -> tuple[Passphrase, int]:
            state = vault._load()
            header = Header.of(state.stored)
            known = _holders_of(header, state.key, vault._clock())
            ours = next(one for one in known if one.name == state.opened.holder)
            if not isinstance(vault._key_provider, Passphrase):
                raise NotStretchable(ours.kind)
            dearer = vault._key_provider.dearer_than(ours.parameters)
            anew = new_holder(ours.name, dearer, header.vault_id, state.key, ours.added_at)
            self._rotate(state, [anew if one is ours else one for one in known])
            return dearer, state.stored.counter + 1

        dearer, counter = vault._until_it_holds(attempt)
        vault._audit.record(VaultAction.KEY_ROTATED, FIRST_HOLDER, "", counter, "passphrase stretched")
        return dearer

    def _told(self, action: VaultAction, name: str, attempt: Callable[[], int]) -> None:
        counter = self._vault._until_it_holds(attempt)
        self._vault._audit.record(action, name, "", counter, "")

    def _put_header(self, state: "_State", holders: Sequence[Holder]) -> None:
        """The same key and entries under a header with these holders."""
        stored = state.stored
        header = Header.of(stored).model_copy(update={"holders": tuple(holders)}).text()
        manifest = state.manifest.moved_on(self._vault._clock()).sealed(state.key, header)
        self._vault._storage.replace(stored.counter, header, stored.entries, manifest)
        self._vault._saw(stored.counter + 1)

    def _rotate(
        self, state: "_State", holders: Sequence[Holder], and_one: tuple[str, KeyProvider] | None = None
    ) -> None:
        vault, now = self._vault, self._vault._clock()
        vault_id, key = Header.of(state.stored).vault_id, new_vault_key()
        sealed_for = sealed_anew(holders, vault_id, state.key, key)
        if and_one is not None:
            sealed_for = (*sealed_for, new_holder(*and_one, vault_id, key, now))
        header = Header(vault_id=vault_id, key_id=key.key_id.hex(), holders=sealed_for).text()
        plaintexts = [
            (record, open_envelope(state.key, state.stored.entries[record.entry_id], record.binding(vault_id)))
            for record in state.manifest.entries
        ]
        entries: dict[str, bytes] = {}
        records: list[EntryRecord] = []
        for entry, plaintext in self._with_new_evidence_key(state, plaintexts):
            entries[entry.entry_id] = seal(key, plaintext, entry.binding(vault_id))
            records.append(entry.model_copy(update={"sha256": entry_hash(entries[entry.entry_id])}))
        manifest = state.manifest.moved_on(now, tuple(records)).sealed(key, header)
        vault._storage.replace(state.stored.counter, header, entries, manifest)
        vault._saw(state.stored.counter + 1)

    def _with_new_evidence_key(
        self, state: "_State", plaintexts: Sequence[tuple[EntryRecord, Secret[bytes]]]
    ) -> Sequence[tuple[EntryRecord, Secret[bytes]]]:
        """The entries with one more evidence key, before those that older evidence needs."""
        fresh = os.urandom(KEY_LENGTH)
        known = state.manifest.find(EntryKind.SYSTEM_SECRET, "", EVIDENCE_KEYS)
        if known is not None:
            record = known.model_copy(update={"version": known.version + 1, "created_at": self._vault._clock()})
            return [
                (record, Secret(fresh + plaintext.reveal())) if entry is known else (entry, plaintext)
                for entry, plaintext in plaintexts
            ]
        record = self._vault._new_record(EntryKind.SYSTEM_SECRET, "", EVIDENCE_KEYS, 1)
        # In a vault of format 1 evidence lies under the vault's own key.
        before = state.key.secret.reveal() if Header.of(state.stored).key is not None else b""
        return [*plaintexts, (record, Secret(fresh + before))]


def _holders_of(header: Header, key: KeyEncryptionKey, now: datetime) -> tuple[Holder, ...]:
    """The holders; of a vault of format 1 the one whose key is the vault's own."""
    if header.key is None:
        return header.holders
    described = header.key
    first = holder_with(FIRST_HOLDER, described, key, vault_id=header.vault_id, own_key=key, now=now)
    return (first,)
