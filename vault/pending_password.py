"""A new password that a portal has asked for: sealed beside the one in use before it is typed, until one is proved.

A portal that wants a new password takes one press. Whoever is killed around that press leaves two passwords, and only
the portal knows which of them works; so neither is let go of before one of them has opened the door (DESIGN 2.3, 8).
"""

import json
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from vault.credential import Credential, CredentialSummary, SignInSecrets
from vault.errors import CredentialMissing, PasswordPending, PendingPasswordMissing, VaultMoved
from vault.manifest import EntryKind, EntryRecord, Manifest
from vault.secret import Secret
from vault.storage import VaultAction

if TYPE_CHECKING:
    from vault.vault import Vault

FORMER_KEPT = 30
"""So many former passwords of a sign-in are known again; portals that say how many they look back say 24 at most."""


@dataclass(frozen=True)
class PendingPassword:
    """What may be shown of a password that waits to be proved: never the password. Instants are UTC.

    `version` is the one that the credential has from the moment at which this password is promoted.
    """

    portal: str
    alias: str
    version: int
    owner: str
    created_at: datetime
    age: timedelta


class PendingPasswords:
    """The passwords of one vault that wait to be proved: one for a credential at most.

    Every act is recorded in the audit: before it where a password is opened, after it where something was changed.
    """

    def __init__(self, vault: "Vault") -> None:
        self._vault = vault

    def seal(self, portal: str, alias: str, password: Secret[str]) -> PendingPassword:
        """Keep a new password beside the credential's own, on the disk when this returns.

        Its version is one that no secret of this credential ever had, so that presses with it are told from all others.
        Raises `CredentialMissing`, and `PasswordPending` where one waits already: that one may be the portal's by now.
        """
        vault = self._vault

        def attempt() -> EntryRecord:
            state = vault._load()
            current = _current(state.manifest, portal, alias)
            if state.manifest.find(EntryKind.PENDING_PASSWORD, portal, alias) is not None:
                raise PasswordPending(portal, alias)
            opened = SignInSecrets.from_encoded(vault._opened(state, current))
            record = vault._new_record(
                EntryKind.PENDING_PASSWORD,
                portal,
                alias,
                state.manifest.next_version(portal, alias),
                owner=current.owner,
            )
            vault._put(state, record, replace(opened, password=password).encoded())
            return record

        sealed = vault._until_it_holds(attempt)
        self._record(VaultAction.PENDING_SEALED, sealed)
        return self._shown(sealed)

    def find(self, portal: str, alias: str) -> PendingPassword | None:
        """The password that waits for this credential; None where none does. Opens nothing."""
        record = self._vault._load().manifest.find(EntryKind.PENDING_PASSWORD, portal, alias)
        return None if record is None else self._shown(record)

    def all(self) -> tuple[PendingPassword, ...]:
        """Every password that waits, by portal and alias. Opens nothing."""
        entries = self._vault._load().manifest.entries
        waiting = [self._shown(entry) for entry in entries if entry.kind is EntryKind.PENDING_PASSWORD]
        return tuple(sorted(waiting, key=lambda one: (one.portal, one.alias)))

    def credential(self, portal: str, alias: str, purpose: str) -> Credential:
        """The credential as it is with the password that waits, opened for one use that is recorded first.

        Raises `CredentialMissing` or `PendingPasswordMissing`.
        """
        state = self._vault._load()
        record = state.manifest.find(EntryKind.PENDING_PASSWORD, portal, alias)
        if record is None:
            raise PendingPasswordMissing(portal, alias)
        current = _current(state.manifest, portal, alias)
        self._record(VaultAction.PENDING_USED, record, purpose)
        password = SignInSecrets.from_encoded(self._vault._opened(state, record)).password
        secrets = replace(SignInSecrets.from_encoded(self._vault._opened(state, current)), password=password)
        return secrets.as_credential(portal, alias, record.version)

    def promote(self, portal: str, alias: str, version: int) -> CredentialSummary:
        """The password that waits under this version has opened the door: it is the credential's from now on.

        The other one is retired; what is kept of it is a keyed digest, by which it is never chosen again. Done twice,
        it changes nothing more. Raises `CredentialMissing`, and `PendingPasswordMissing` where neither the password
        that waits nor the one in use has this version.
        """
        vault = self._vault

        def attempt() -> EntryRecord:
            state = vault._load()
            current = _current(state.manifest, portal, alias)
            waiting = state.manifest.find(EntryKind.PENDING_PASSWORD, portal, alias)
            if current.version == version:
                return current
            if waiting is None or waiting.version != version or version < current.version:
                raise PendingPasswordMissing(portal, alias)
            in_use = SignInSecrets.from_encoded(vault._opened(state, current))
            self._remember(portal, alias, in_use.password)
            state = vault._load()
            if state.manifest.find(EntryKind.CREDENTIAL, portal, alias) != current:
                raise VaultMoved
            proved = SignInSecrets.from_encoded(vault._opened(state, waiting)).password
            # A credential's entry keeps its id; only what it holds, its version and its age are new.
            record = current.model_copy(update={"version": version, "created_at": waiting.created_at})
            vault._put(state, record, replace(in_use, password=proved).encoded())
            return record

        promoted = vault._until_it_holds(attempt)
        self._record(VaultAction.PENDING_PROMOTED, promoted)
        self._take_away(portal, alias, version)
        return vault._summary(promoted)

    def drop(self, portal: str, alias: str, version: int, reason: str) -> bool:
        """Let go of the password that waits under this version; False where none does.

        Only for one that the portal certainly has not taken. `reason` goes into the audit: no secret in it.
        """
        dropped = self._take_away(portal, alias, version)
        if dropped is None:
            return False
        self._record(VaultAction.PENDING_DROPPED, dropped, reason)
        return True

    def known_before(self, portal: str, alias: str, password: Secret[str]) -> bool:
        """Is it the password in use, the one that waits, or one of those that were?"""
        state = self._vault._load()
        for kind in (EntryKind.CREDENTIAL, EntryKind.PENDING_PASSWORD):
            record = state.manifest.find(kind, portal, alias)
            if (
                record is not None
                and SignInSecrets.from_encoded(self._vault._opened(state, record)).password == password
            ):
                return True
        return self._digest(portal, alias, password) in self._former(portal, alias)

    def _take_away(self, portal: str, alias: str, version: int) -> EntryRecord | None:
        vault = self._vault

        def attempt() -> EntryRecord | None:
            state = vault._load()
            record = state.manifest.find(EntryKind.PENDING_PASSWORD, portal, alias)
            if record is None or record.version != version:
                return None
            vault._take_away(state, record)
            return record

        return vault._until_it_holds(attempt)

    def _remember(self, portal: str, alias: str, password: Secret[str]) -> None:
        """Keep the digest of a password that is about to be retired, newest last."""
        vault = self._vault
        digest = self._digest(portal, alias, password)
        former = self._former(portal, alias)
        if digest in former:
            return

        def attempt() -> None:
            state = vault._load()
            known = state.manifest.find(EntryKind.FORMER_PASSWORDS, portal, alias)
            version = known.version + 1 if known else 1
            record = vault._new_record(EntryKind.FORMER_PASSWORDS, portal, alias, version, in_place_of=known)
            vault._put(state, record, Secret(json.dumps([*former, digest][-FORMER_KEPT:]).encode()))

        vault._until_it_holds(attempt)

    def _former(self, portal: str, alias: str) -> list[str]:
        state = self._vault._load()
        record = state.manifest.find(EntryKind.FORMER_PASSWORDS, portal, alias)
        if record is None:
            return []
        digests: list[str] = json.loads(self._vault._opened(state, record).reveal())
        return digests

    def _digest(self, portal: str, alias: str, password: Secret[str]) -> str:
        return self._vault.keyed_digest(f"former password\n{portal}\n{alias}\n{password.reveal()}")

    def _record(self, action: VaultAction, record: EntryRecord, purpose: str = "") -> None:
        self._vault._audit.record(action, record.label, record.portal, record.version, purpose)

    def _shown(self, record: EntryRecord) -> PendingPassword:
        return PendingPassword(
            portal=record.portal,
            alias=record.label,
            version=record.version,
            owner=record.owner,
            created_at=record.created_at,
            age=self._vault._clock() - record.created_at,
        )


def _current(manifest: Manifest, portal: str, alias: str) -> EntryRecord:
    record = manifest.find(EntryKind.CREDENTIAL, portal, alias)
    if record is None:
        raise CredentialMissing(portal, alias)
    return record
