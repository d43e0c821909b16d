"""The vault: keeps the office's portal sign-ins and the program's own secrets sealed until the moment of use."""

import hashlib
import hmac
import os
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import BinaryIO, TypeVar

from vault.credential import Credential, CredentialSummary, SignInSecrets, checked_name
from vault.envelope import KEY_LENGTH, KeyEncryptionKey, open_envelope, seal
from vault.errors import (
    CredentialMissing,
    VaultBusy,
    VaultMoved,
    VaultRolledBack,
)
from vault.keys import KeyProvider
from vault.manifest import (
    EntryKind,
    EntryRecord,
    Header,
    KeyDescription,
    Manifest,
    entry_hash,
    key_from,
    open_manifest,
)
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
    """One consistent, authenticated state of the vault. Holds no secret: entries stay sealed in it."""

    stored: StoredVault
    manifest: Manifest


class Vault:
    """Sealed credentials and system secrets.

    Every call reads the stored vault anew, authenticates the whole of it, and opens no more than the one entry asked
    for; nothing opened is kept. The vault's own key stays in memory as long as this object. Any call raises
    `VaultDamaged` when what is stored was changed by anyone else, and `VaultRolledBack` when it is older than what
    this object or `check_counter` has seen. Calls are safe from several threads and processes at once.
    """

    def __init__(
        self,
        storage: EntryStorage,
        key: KeyEncryptionKey,
        audit: AuditSink,
        clock: Callable[[], datetime] = utc_now,
    ) -> None:
        """Use `create` or `open`, which get the key and check it."""
        self._storage = storage
        self._key = key
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
        parameters = dict(key_provider.new_parameters())
        key = KeyEncryptionKey(key_provider.key(parameters))
        description = KeyDescription(kind=key_provider.kind, key_id=key.key_id.hex(), parameters=parameters)
        header = Header(vault_id=secrets.token_hex(16), key=description).model_dump_json()
        storage.create(header, Manifest(counter=1, written_at=clock()).sealed(key, header))
        return cls(storage, key, audit, clock)

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
        key = key_from(Header.from_text(storage.read_all().header).key, key_provider)
        vault = cls(storage, key, audit, clock)
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
            record = EntryRecord(
                entry_id=known.entry_id if known else secrets.token_hex(16),
                kind=EntryKind.CREDENTIAL,
                portal=portal,
                label=alias,
                version=state.manifest.next_version(portal, alias),
                created_at=self._clock(),
                owner=owner,
                has_totp=totp_seed is not None,
            )
            self._put(state, record, plaintext)
            return record

        added = self._until_it_holds(attempt)
        action = VaultAction.CREDENTIAL_ADDED if added.version == 1 else VaultAction.CREDENTIAL_REPLACED
        self._audit.record(action, alias, portal, added.version, "")
        return self._summary(added)

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
            shorter = state.manifest.without_entry(record, self._clock())
            sealed = shorter.sealed(self._key, state.stored.header)
            self._storage.remove(state.stored.counter, record.entry_id, sealed)
            self._saw(state.stored.counter + 1)
            return record

        removed = self._until_it_holds(attempt)
        self._audit.record(VaultAction.CREDENTIAL_REMOVED, alias, portal, removed.version, "")

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
            record = EntryRecord(
                entry_id=secrets.token_hex(16),
                kind=EntryKind.SYSTEM_SECRET,
                portal="",
                label=name,
                version=1,
                created_at=self._clock(),
            )
            self._put(state, record, made)
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
            record = EntryRecord(
                entry_id=known.entry_id if known else secrets.token_hex(16),
                kind=EntryKind.SYSTEM_SECRET,
                portal="",
                label=name,
                version=known.version + 1 if known else 1,
                created_at=self._clock(),
            )
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
        return Sealer(self._key, Header.from_text(self._load().stored.header).vault_id)

    @property
    def name(self) -> str:
        """The opaque name of this vault, 32 hex digits; it says nothing of what is in it."""
        return Header.from_text(self._load().stored.header).vault_id

    def seal_backup(self, file: BinaryIO, made_at: datetime) -> BackupWriter:
        """What seals a backup of the office into this (empty) file, so that only this vault's key opens it."""
        described = Header.from_text(self._load().stored.header)
        return BackupWriter(
            file, self._key, BackupHeader(backup=secrets.token_hex(16), made_at=made_at, vault=described)
        )

    def _load(self) -> _State:
        # The number is taken before reading: a thread that writes in between must not make this one see a rollback.
        newest_seen = self._newest_seen
        stored = self._storage.read_all()
        state = _State(stored, open_manifest(self._key, stored))
        if stored.counter < newest_seen:
            raise VaultRolledBack(str(stored.counter), str(newest_seen))
        self._saw(stored.counter)
        return state

    def _saw(self, counter: int) -> None:
        with self._lock:
            self._newest_seen = max(self._newest_seen, counter)

    def _put(self, state: _State, record: EntryRecord, plaintext: Secret[bytes]) -> None:
        stored = state.stored
        envelope = seal(self._key, plaintext, record.binding(Header.from_text(stored.header).vault_id))
        record = record.model_copy(update={"sha256": entry_hash(envelope)})
        manifest = state.manifest.with_entry(record, self._clock()).sealed(self._key, stored.header)
        self._storage.put(stored.counter, record.entry_id, envelope, manifest)
        self._saw(stored.counter + 1)

    def _opened(self, state: _State, record: EntryRecord) -> Secret[bytes]:
        binding = record.binding(Header.from_text(state.stored.header).vault_id)
        return open_envelope(self._key, state.stored.entries[record.entry_id], binding)

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
