"""The vault: keeps the office's portal sign-ins and the program's own secrets sealed until the moment of use."""

import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import BinaryIO, TypeVar

from vault.credential import Credential, CredentialSummary, SignInSecrets, checked_name
from vault.envelope import KEY_LENGTH, KeyEncryptionKey, open_envelope, seal
from vault.errors import CredentialMissing, PasswordUnchanged, VaultBusy, VaultMoved, VaultRolledBack
from vault.header import FIRST_HOLDER, Header, OpenedHeader, new_holder, new_vault_key, open_header
from vault.holders import EVIDENCE_KEYS, Holders, evidence_keys
from vault.keys import KeyProvider
from vault.manifest import EntryKind, EntryRecord, Manifest, entry_hash, open_manifest
from vault.pending_password import PendingPasswords
from vault.sealed import Sealer
from vault.sealed_backup import BackupHeader, BackupWriter
from vault.secret import Secret
from vault.storage import AuditSink, EntryStorage, StoredVault, VaultAction
from vault.totp import Totp

T = TypeVar("T")

_ATTEMPTS = 200
_DIGEST_SECRET = "keyed-digest"  # noqa: S105 # the name of a secret, not a secret


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class CheckReport:
    """What a full check opened: the counter of changes, and how many entries of each kind are sound."""

    counter: int
    credentials: int
    system_secrets: int


@dataclass(frozen=True)
class _State:
    """One consistent, authenticated state of the vault and the key it is sealed under. Entries stay sealed in it."""

    stored: StoredVault
    manifest: Manifest
    opened: OpenedHeader

    @property
    def key(self) -> KeyEncryptionKey:
        """The vault's own key, as it was in this state."""
        return self.opened.key


class Vault:
    """Sealed credentials and system secrets.

    Every call reads the stored vault anew, authenticates the whole of it, and opens no more than the one entry asked
    for; nothing opened is kept. The vault's own key stays in memory as long as this object; when another process has
    made a new one, the next call gets it from the key provider, and goes on. Any call raises
    `VaultDamaged` when what is stored was changed by anyone else, and `VaultRolledBack` when it is older than what
    this object or `check_counter` has seen. Calls are safe from several threads and processes at once.
    """

    def __init__(
        self,
        storage: EntryStorage,
        key_provider: KeyProvider,
        opened: OpenedHeader,
        audit: AuditSink,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Use `create` or `open`, which get the key and check it."""
        self._storage = storage
        self._key_provider = key_provider
        self._opened_header = opened
        self._audit = audit
        self._clock = clock
        self._newest_seen = 0
        self._lock = threading.Lock()

    @classmethod
    def create(
        cls,
        storage: EntryStorage,
        key_provider: KeyProvider,
        audit: AuditSink,
        clock: Callable[[], datetime] = utc_now,
    ) -> "Vault":
        """Make a new, empty vault; raises `VaultExists`, or what the key provider raises."""
        key, vault_id, now = new_vault_key(), secrets.token_hex(16), clock()
        first = new_holder(FIRST_HOLDER, key_provider, vault_id, key, now)
        header = Header(vault_id=vault_id, key_id=key.key_id.hex(), holders=(first,)).text()
        storage.create(header, Manifest(counter=1, written_at=now).sealed(key, header))
        return cls(storage, key_provider, OpenedHeader(key, FIRST_HOLDER), audit, clock)

    @classmethod
    def open(
        cls,
        storage: EntryStorage,
        key_provider: KeyProvider,
        audit: AuditSink,
        clock: Callable[[], datetime] = utc_now,
    ) -> "Vault":
        """Open a stored vault.

        `audit` is first used when a credential is, so it may be a ledger whose own key is in this vault. Raises
        `VaultMissing`, `VaultDamaged`, `WrongKey`, `WrongPassphrase`, `WrongKeyKind`, or what the key provider
        raises.
        """
        opened = open_header(Header.of(storage.read_all()), key_provider)
        vault = cls(storage, key_provider, opened, audit, clock)
        vault._load()
        return vault

    @property
    def counter(self) -> int:
        """The number of changes made to the vault, authenticated. Keep it elsewhere too, after every change."""
        return self._load().manifest.counter

    def check_counter(self, expected: int) -> None:
        """Raise `VaultRolledBack` when the stored vault has seen fewer changes than `expected`.

        More changes are no fault: whoever keeps the number may have been stopped before writing it down.
        """
        self._saw(expected)
        self._load()

    def add_credential(
        self,
        portal: str,
        alias: str,
        user_name: Secret[str],
        password: Secret[str],
        *,
        owner: str,
        totp_seed: Secret[str] | None = None,
        security_answers: Mapping[str, Secret[str]] | None = None,
    ) -> CredentialSummary:
        """Seal a credential, or a new version of it in place of the old one.

        `owner` is the person who answers for the account; `security_answers` go by the portal's question. A version
        number is never used twice for an alias, not even after `remove`. Raises `NameNotAllowed` or
        `SeedNotUnderstood`. The audit record follows the change; if it fails, the change stands.
        """
        checked_name("portal", portal)
        checked_name("credential's name", alias)
        if totp_seed is not None:
            Totp.from_text(totp_seed)
        plaintext = SignInSecrets(user_name, password, totp_seed, dict(security_answers or {})).encoded()

        def attempt() -> EntryRecord:
            state = self._load()
            known = state.manifest.find(EntryKind.CREDENTIAL, portal, alias)
            version = state.manifest.next_version(portal, alias)
            record = self._new_record(EntryKind.CREDENTIAL, portal, alias, version, owner=owner, in_place_of=known)
            record = record.model_copy(update={"has_totp": totp_seed is not None})
            self._put(state, record, plaintext)
            return record

        added = self._until_it_holds(attempt)
        action = VaultAction.CREDENTIAL_ADDED if added.version == 1 else VaultAction.CREDENTIAL_REPLACED
        self._audit.record(action, alias, portal, added.version, "")
        return self._summary(added)

    def replace_password(self, portal: str, alias: str, password: Secret[str]) -> CredentialSummary:
        """Seal the password that a person has set at the portal by hand, as a new version; all else stays as it is.

        Of the old one a keyed digest is kept, by which it is never chosen again. Raises `CredentialMissing`, and
        `PasswordUnchanged` for the one that is here already. The audit record follows.
        """

        def attempt() -> EntryRecord:
            state = self._load()
            known = state.manifest.find(EntryKind.CREDENTIAL, portal, alias)
            if known is None:
                raise CredentialMissing(portal, alias)
            opened = SignInSecrets.from_encoded(self._opened(state, known))
            if opened.password == password:
                raise PasswordUnchanged(portal, alias)
            self.pending._remember(portal, alias, opened.password)
            state = self._load()
            if state.manifest.find(EntryKind.CREDENTIAL, portal, alias) != known:
                raise VaultMoved
            version = state.manifest.next_version(portal, alias)
            record = known.model_copy(update={"version": version, "created_at": self._clock()})
            self._put(state, record, replace(opened, password=password).encoded())
            return record

        replaced = self._until_it_holds(attempt)
        self._audit.record(VaultAction.CREDENTIAL_REPLACED, alias, portal, replaced.version, "")
        return self._summary(replaced)

    def keep_answer(self, portal: str, alias: str, question: str, answer: Secret[str]) -> int:
        """Seal the answer to one security question of a credential; returns how many answers it has now.

        The credential keeps its version: what is pressed at the sign-in button has not changed. A question that is the
        same but for capitals and blanks gets the new answer. Raises `CredentialMissing`. The audit record follows.
        """

        def attempt() -> tuple[EntryRecord, int]:
            state = self._load()
            record = state.manifest.find(EntryKind.CREDENTIAL, portal, alias)
            if record is None:
                raise CredentialMissing(portal, alias)
            opened = SignInSecrets.from_encoded(self._opened(state, record)).with_answer(question, answer)
            self._put(state, record, opened.encoded())
            return record, len(opened.security_answers)

        record, count = self._until_it_holds(attempt)
        self._audit.record(VaultAction.ANSWER_KEPT, alias, portal, record.version, "")
        return count

    def credential(self, portal: str, alias: str, purpose: str) -> Credential:
        """Open a credential for one use and record that use in the audit, in words that hold no patient data.

        The record is made first: a use that cannot be recorded does not happen. Raises `CredentialMissing`.
        """
        state = self._load()
        record = state.manifest.find(EntryKind.CREDENTIAL, portal, alias)
        if record is None:
            raise CredentialMissing(portal, alias)
        self._audit.record(VaultAction.CREDENTIAL_USED, alias, portal, record.version, purpose)
        return self._opened_credential(state, record)

    def list(self) -> tuple[CredentialSummary, ...]:
        """Every credential by portal and alias, without opening one."""
        entries = self._load().manifest.entries
        shown = [self._summary(entry) for entry in entries if entry.kind is EntryKind.CREDENTIAL]
        return tuple(sorted(shown, key=lambda summary: (summary.portal, summary.alias)))

    def remove(self, portal: str, alias: str) -> None:
        """Remove a credential; raises `CredentialMissing`. The audit record follows the change."""

        def attempt() -> EntryRecord:
            state = self._load()
            record = state.manifest.find(EntryKind.CREDENTIAL, portal, alias)
            if record is None:
                raise CredentialMissing(portal, alias)
            self._take_away(state, record)
            return record

        removed = self._until_it_holds(attempt)
        waiting = self.pending.find(portal, alias)
        if waiting is not None:
            self.pending.drop(portal, alias, waiting.version, "its credential was removed")
        self._audit.record(VaultAction.CREDENTIAL_REMOVED, alias, portal, removed.version, "")

    @property
    def pending(self) -> PendingPasswords:
        """The new passwords that portals have asked for and that are not proved yet."""
        return PendingPasswords(self)

    @property
    def holders(self) -> Holders:
        """Who can open this vault, and its key."""
        return Holders(self)

    def check(self) -> CheckReport:
        """Open every entry, give nothing out, and say how many are sound; raises `VaultDamaged` at the first not."""
        state = self._load()
        kinds = [record.kind for record in state.manifest.entries]
        for record in state.manifest.entries:
            if record.kind is EntryKind.CREDENTIAL:
                self._opened_credential(state, record)
            else:
                self._opened(state, record)
        return CheckReport(
            counter=state.manifest.counter,
            credentials=kinds.count(EntryKind.CREDENTIAL),
            system_secrets=kinds.count(EntryKind.SYSTEM_SECRET),
        )

    def system_secret(self, name: str) -> Secret[bytes]:
        """The program's own secret of that name: 32 random bytes, made on first demand, the same ever after.

        Not recorded in the audit, since the audit lies in the ledger and the ledger's key is such a secret.
        """
        checked_name("secret's name", name)

        def attempt() -> Secret[bytes]:
            state = self._load()
            known = state.manifest.find(EntryKind.SYSTEM_SECRET, "", name)
            if known is not None:
                return self._opened(state, known)
            made = Secret(os.urandom(KEY_LENGTH))
            self._put(state, self._new_record(EntryKind.SYSTEM_SECRET, "", name, 1), made)
            return made

        return self._until_it_holds(attempt)

    def keep_secret(self, name: str, value: Secret[str]) -> None:
        """Seal a secret that the program needs and the office chose, such as a database's password; a new one replaces.

        Not recorded in the audit: the audit may lie behind this very secret. Whoever calls it records it afterwards.
        """
        checked_name("secret's name", name)

        def attempt() -> None:
            state = self._load()
            known = state.manifest.find(EntryKind.SYSTEM_SECRET, "", name)
            version = known.version + 1 if known else 1
            record = self._new_record(EntryKind.SYSTEM_SECRET, "", name, version, in_place_of=known)
            self._put(state, record, Secret(value.reveal().encode()))

        self._until_it_holds(attempt)

    def kept_secret(self, name: str) -> Secret[str] | None:
        """What `keep_secret` sealed under this name; None when nothing was."""
        state = self._load()
        known = state.manifest.find(EntryKind.SYSTEM_SECRET, "", name)
        return None if known is None else Secret(self._opened(state, known).reveal().decode())

    def keyed_digest(self, text: str) -> str:
        """A name for a patient that says nothing: HMAC-SHA256 in hex under a system secret of this vault.

        The same text gives the same digest in this office only. Give it normalised text.
        """
        key = self.system_secret(_DIGEST_SECRET)
        return hmac.new(key.reveal(), text.encode(), hashlib.sha256).hexdigest()

    def sealer(self) -> Sealer:
        """What seals evidence under this vault's key."""
        newest, *earlier = self._evidence_keys()
        return Sealer(newest, self.name, tuple(earlier), self._evidence_keys)

    @property
    def name(self) -> str:
        """The opaque name of this vault, 32 hex digits; it says nothing of what is in it."""
        return Header.from_text(self._load().stored.header).vault_id

    def seal_backup(self, file: BinaryIO, made_at: datetime) -> BackupWriter:
        """What seals a backup of the office into this (empty) file, so that only this vault's key opens it."""
        state = self._load()
        header = Header.of(state.stored)
        return BackupWriter(file, state.key, BackupHeader(backup=secrets.token_hex(16), made_at=made_at, vault=header))

    def _evidence_keys(self) -> tuple[KeyEncryptionKey, ...]:
        """The keys of sealed evidence, the newest first; in a vault of format 1 it is the vault's own."""
        state = self._load()
        if Header.of(state.stored).key is not None:
            return (state.key,)
        return evidence_keys(self.system_secret(EVIDENCE_KEYS))

    def _load(self) -> _State:
        # The number is taken before reading: a thread that writes in between must not make this one see a rollback.
        newest_seen = self._newest_seen
        stored = self._storage.read_all()
        opened = self._opened_header
        header = Header.of(stored)
        if header.own_key_id != opened.key.key_id.hex():
            opened = open_header(header, self._key_provider)
        state = _State(stored, open_manifest(opened.key, stored), opened)
        if stored.counter < newest_seen:
            raise VaultRolledBack(str(stored.counter), str(newest_seen))
        self._saw(stored.counter)
        self._opened_header = opened
        return state

    def _saw(self, counter: int) -> None:
        with self._lock:
            self._newest_seen = max(self._newest_seen, counter)

    def _put(self, state: _State, record: EntryRecord, plaintext: Secret[bytes]) -> None:
        stored = state.stored
        envelope = seal(state.key, plaintext, record.binding(Header.from_text(stored.header).vault_id))
        record = record.model_copy(update={"sha256": entry_hash(envelope)})
        manifest = state.manifest.with_entry(record, self._clock()).sealed(state.key, stored.header)
        self._storage.put(stored.counter, record.entry_id, envelope, manifest)
        self._saw(stored.counter + 1)

    def _take_away(self, state: _State, record: EntryRecord) -> None:
        shorter = state.manifest.without_entry(record, self._clock())
        sealed = shorter.sealed(state.key, state.stored.header)
        self._storage.remove(state.stored.counter, record.entry_id, sealed)
        self._saw(state.stored.counter + 1)

    def _new_record(
        self,
        kind: EntryKind,
        portal: str,
        label: str,
        version: int,
        *,
        owner: str = "",
        in_place_of: EntryRecord | None = None,
    ) -> EntryRecord:
        """A line of the sealed list as of now; with the id of the one that it takes the place of."""
        return EntryRecord(
            entry_id=in_place_of.entry_id if in_place_of is not None else secrets.token_hex(16),
            kind=kind,
            portal=portal,
            label=label,
            version=version,
            created_at=self._clock(),
            owner=owner,
        )

    def _opened(self, state: _State, record: EntryRecord) -> Secret[bytes]:
        binding = record.binding(Header.from_text(state.stored.header).vault_id)
        return open_envelope(state.key, state.stored.entries[record.entry_id], binding)

    def _opened_credential(self, state: _State, record: EntryRecord) -> Credential:
        opened = SignInSecrets.from_encoded(self._opened(state, record))
        return opened.as_credential(record.portal, record.label, record.version)

    def _summary(self, record: EntryRecord) -> CredentialSummary:
        return CredentialSummary(
            portal=record.portal,
            alias=record.label,
            version=record.version,
            has_totp=record.has_totp,
            owner=record.owner,
            created_at=record.created_at,
            age=self._clock() - record.created_at,
        )

    def _until_it_holds(self, attempt: Callable[[], T]) -> T:
        """Try again while other writers are quicker; each round at least one of them gets its change in."""
        for _ in range(_ATTEMPTS):
            try:
                return attempt()
            except VaultMoved:
                time.sleep(secrets.randbelow(10) / 1000)
        raise VaultBusy
