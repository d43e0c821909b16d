"""The office: a folder with its settings, its own packs and its sealed data; made once, then opened by each command."""

import asyncio
import getpass
import re
import secrets
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from os import environ
from pathlib import Path

from ledger import accounts, audit, credentials, membership, vault_state
from ledger.accounts import Actor, Practice
from ledger.start import PasswordSource, close_connection, open_ledger, open_on_server
from packs.load import load_pack, pack_names
from packs.models import Pack
from portalwright.logs import Log
from portalwright.settings import SETTINGS_FILE, KeyKind, KeySettings, Settings, read_settings
from vault.credential import CredentialSummary
from vault.errors import CredentialMissing, VaultExists
from vault.keys import KeyFile, KeyProvider, Passphrase
from vault.sealed import SealedFolder
from vault.secret import Secret
from vault.storage import FileStorage, VaultAction
from vault.vault import Vault

ROBOT = "robot"
"""The account under which unattended runs are recorded."""

_LEDGER_KEY = "ledger"
"""Under this name the vault keeps the ledger's database key."""

_SERVER_PASSWORD = "ledger-server-password"  # noqa: S105 - the name of a secret, not a secret

AskPassphrase = Callable[[], Secret[str]]


class OfficeMissing(Exception):
    """There is no office where one was looked for."""


class OfficeExists(Exception):
    """An office would have been made over another one."""


class AccountUnknown(Exception):
    """The name of the person at the desk is not known or cannot be used."""


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class Office:
    """An office folder and its settings. Nothing secret is open yet; `at_work` opens it."""

    folder: Path
    settings: Settings

    @classmethod
    def find(cls, folder: Path | None) -> "Office":
        """The office in `folder`, or in the current folder when none is given.

        Raises OfficeMissing, or SettingsWrong when its office.toml cannot be used.
        """
        place = (folder or Path.cwd()).resolve()
        if not (place / SETTINGS_FILE).is_file():
            raise OfficeMissing(
                f"There is no office in {place} (no {SETTINGS_FILE}). Name the office with --office DIR or "
                "PORTALWRIGHT_OFFICE, or make one with `portalwright init DIR`."
            )
        return cls(place, read_settings(place / SETTINGS_FILE))

    @classmethod
    def create(cls, folder: Path, settings_text: str) -> "Office":
        """Write a new office folder with these settings (see `settings.settings_text`); no vault and no ledger yet.

        Raises OfficeExists and changes nothing when there is an office already.
        """
        settings_file = folder / SETTINGS_FILE
        if settings_file.exists():
            raise OfficeExists(f"There is an office in {folder.resolve()} already; it was left as it is.")
        for place in (folder, *(folder / name for name in ("selectors", "schedules", "appeals"))):
            place.mkdir(mode=0o700, parents=True, exist_ok=True)
        office = cls(folder.resolve(), read_settings_text(settings_file, settings_text))
        office.make_data_folders()
        return office

    @property
    def data(self) -> Path:
        """Everything that is sealed or encrypted, and the logs, which hold no protected data."""
        return self.folder / "data"

    @property
    def vault_file(self) -> Path:
        """The vault."""
        return self.data / "vault" / "vault.json"

    @property
    def ledger_file(self) -> Path:
        """The encrypted database."""
        return self.data / "ledger" / "ledger.db"

    @property
    def evidence_folder(self) -> Path:
        """Sealed pages and pictures."""
        return self.data / "evidence"

    @property
    def logs_folder(self) -> Path:
        """The log, a file a day."""
        return self.data / "logs"

    @property
    def temporary_folder(self) -> Path:
        """Where browsers keep their profile while they run; swept at each start of a browser."""
        return self.data / "tmp"

    def make_data_folders(self) -> None:
        """Make the data folders, for this account alone (0700); harmless when they are there."""
        for place in (
            self.data,
            self.vault_file.parent,
            self.ledger_file.parent,
            self.evidence_folder,
            self.logs_folder,
            self.temporary_folder,
        ):
            place.mkdir(mode=0o700, exist_ok=True)

    def key_file(self) -> Path:
        """Where the key file is, for an office that has one."""
        if self.settings.key.file is None:
            raise AssertionError("an office that is opened by passphrase has no key file")
        return self.folder / self.settings.key.file.expanduser()

    def key_provider(self, ask_passphrase: AskPassphrase) -> KeyProvider:
        """What opens the vault; a passphrase is asked for only when the office has one."""
        match self.settings.key.provider:
            case KeyKind.KEY_FILE:
                return KeyFile(self.key_file())
            case KeyKind.PASSPHRASE:
                return Passphrase(ask_passphrase())

    def set_up(self, account: str, ask_passphrase: AskPassphrase) -> None:
        """Make what the settings speak of: the key file if it is not there, the vault, the ledger, the first account.

        Raises VaultExists when there is a vault already, and other VaultErrors; what was made before stays, and
        calling again goes on from there.
        """
        self.make_data_folders()
        if self.vault_file.exists():
            raise VaultExists(str(self.vault_file))
        if self.settings.key.provider is KeyKind.KEY_FILE and not self.key_file().exists():
            KeyFile.create(self.key_file())
        storage = FileStorage(self.vault_file)
        vault = Vault.create(storage, self.key_provider(ask_passphrase), _NoAudit())
        with self._ledger_of(vault):
            practice = self._practice()
            actor = accounts.ensure_account(account, is_robot=False, practice=practice, now=utc_now())
            accounts.ensure_account(ROBOT, is_robot=True, practice=practice, now=utc_now())
            audit.append(actor, "office.set-up", "vault", "vault", utc_now())
            vault_state.set_counter(vault.counter)

    @contextmanager
    def at_work(
        self,
        account: str,
        ask_passphrase: AskPassphrase,
        *,
        unattended: bool = False,
        practice: str | None = None,
        any_practice: bool = False,
        known_account: bool = False,
    ) -> Iterator["Desk"]:
        """Open vault and ledger for one command, in the name of a person's account and for one practice.

        `practice` is the practice's tax number, needed where the account works for several, unless what is done is the
        same in all of them (`any_practice`). With `known_account`, an account that nobody has made is refused. With
        `unattended` the robot uses the credentials, on that person's behalf.

        Raises a VaultError (also for an older copy of the vault than the ledger has seen) or a LedgerError.
        """
        self.make_data_folders()
        trail = _AuditTrail()
        vault = Vault.open(FileStorage(self.vault_file), self.key_provider(ask_passphrase), trail)
        with self._ledger_of(vault), Log(self.logs_folder) as log:
            vault.check_counter(vault_state.counter())
            log.learn(self.portals())
            self._practice()
            at_work_for, actor = membership.enter(
                account, practice, utc_now(), any_of_them=any_practice, known=known_account
            )
            robot = accounts.ensure_account(ROBOT, is_robot=True, practice=at_work_for, now=utc_now())
            trail.acts(robot if unattended else actor, on_behalf_of=actor.name if unattended else "")
            desk = Desk(
                office=self,
                vault=vault,
                practice=at_work_for,
                actor=actor,
                robot=robot,
                evidence=SealedFolder(self.evidence_folder, vault.sealer()),
                log=log,
            )
            yield desk
            # Left out after an error: more changes than were written down are no fault, fewer are.
            vault_state.set_counter(vault.counter)

    def keep_server_password(self, password: Secret[str], key: KeyProvider) -> None:
        """Seal the password of the ledger's server in the vault. The ledger is not opened: it may lie behind it."""
        vault = Vault.open(FileStorage(self.vault_file), key, _NoAudit())
        vault.keep_secret(_SERVER_PASSWORD, password)

    def pack(self, portal: str) -> Pack:
        """The portal's pack with the office's own address. Raises PackError or LookupError."""
        return load_pack(portal, self.folder, address=self.settings.portal(portal).address)

    def portals(self) -> tuple[str, ...]:
        """The portals that there is a pack for."""
        return pack_names(self.folder)

    @contextmanager
    def _ledger_of(self, vault: Vault) -> Iterator[None]:
        if self.settings.ledger is None:
            open_ledger(self.ledger_file, lambda: vault.system_secret(_LEDGER_KEY).reveal())
        else:
            open_on_server(self.settings.ledger, server_password(vault))
        try:
            yield
        finally:
            close_connection()

    def _practice(self) -> Practice:
        """The practice of office.toml, the first one; others are added with `portalwright practice add`."""
        practice = self.settings.practice
        return accounts.home_practice(practice.name, practice.tin, practice.npis)


@dataclass(frozen=True)
class Desk:
    """An opened office: everything a command needs. `actor` is the person who acts, `robot` who runs unattended."""

    office: Office
    vault: Vault
    practice: Practice
    actor: Actor
    robot: Actor
    evidence: SealedFolder
    log: Log

    def credential(self, portal: str, name: str | None = None) -> str:
        """The name of this practice's sign-in at a portal: the one given, else that of office.toml.

        There, practices other than the office's first one have its name with their own number after it. Raises
        CredentialMissing for another practice's, as for none.
        """
        alias = name or self.usual_credential(portal)
        if not credentials.is_ours(self.practice.id, portal, alias):
            raise CredentialMissing(portal, alias)
        return alias

    def usual_credential(self, portal: str) -> str:
        """The name that this practice's sign-in at a portal has where nobody gives it another."""
        usual = self.office.settings.portal(portal).credential
        first = self.practice.tin == self.office.settings.practice.tin
        return usual if first else f"{usual}-{self.practice.id}"

    def new_credential(self, portal: str, name: str | None = None) -> str:
        """The same for one that is about to be sealed: it is this practice's from now on. Raises RecordWrong."""
        alias = name or self.usual_credential(portal)
        if any((one.portal, one.alias) == (portal, alias) for one in self.vault.list()):
            return self.credential(portal, alias)
        credentials.claim(portal, alias, self.actor)
        return alias

    def credentials(self) -> tuple[CredentialSummary, ...]:
        """What the vault has for this practice."""
        held = self.vault.list()
        return tuple(one for one in held if credentials.is_ours(self.practice.id, one.portal, one.alias))


class _AuditTrail:
    """Writes the vault's uses and changes into the ledger's audit log, in the name of whoever acts."""

    def __init__(self) -> None:
        self._actor: Actor | None = None
        self._on_behalf_of = ""

    def acts(self, actor: Actor, *, on_behalf_of: str) -> None:
        """From now on this account uses the vault."""
        self._actor, self._on_behalf_of = actor, on_behalf_of

    def record(self, action: VaultAction, alias: str, portal: str, version: int, purpose: str) -> None:
        """See `vault.storage.AuditSink`; without an account no credential is used."""
        actor = self._actor
        if actor is None:
            raise AssertionError("a credential was asked for before it was known who asks")
        write = partial(
            audit.append,
            actor,
            action.value.replace(" ", "."),
            "credential",
            f"{alias} version {version}",
            utc_now(),
            portal=portal,
            result=purpose,
            on_behalf_of=self._on_behalf_of,
        )
        if _in_event_loop():
            _on_a_thread_of_its_own(write)
        else:
            write()


def _in_event_loop() -> bool:
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _on_a_thread_of_its_own(write: Callable[[], object]) -> None:
    """The database layer refuses to be called under an event loop, and a credential's use has to be on record first."""

    def work() -> None:
        try:
            write()
        finally:
            close_connection()

    with ThreadPoolExecutor(max_workers=1) as executor:
        executor.submit(work).result()


def server_password(vault: Vault) -> PasswordSource:
    """Gives the password of the ledger's server as the vault has it at the time; None when a passfile has it."""

    def give() -> str | None:
        kept = vault.kept_secret(_SERVER_PASSWORD)
        return kept.reveal() if kept is not None else None

    return give


class _NoAudit:
    """For a vault that is opened while the ledger is not: no credential is used or changed then."""

    def record(self, action: VaultAction, alias: str, portal: str, version: int, purpose: str) -> None:
        """Must not happen."""
        raise AssertionError("a credential was touched while nothing could be recorded")


def read_settings_text(path: Path, text: str) -> Settings:
    """Write new settings and read them back, so that what is wrong is told with its line. Raises SettingsWrong."""
    path.write_text(text, encoding="utf-8")
    path.chmod(0o600)
    return read_settings(path)


def account_name(given: str | None) -> str:
    """The account in whose name a command acts: the one given, else the operating system's user name.

    Raises AccountUnknown for a name that could not stand in the audit log.
    """
    try:
        name = given or getpass.getuser()
    except (OSError, KeyError):
        name = ""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._@-]{0,149}", name) or name == ROBOT:
        raise AccountUnknown(
            "Every act is recorded under a person's account name (letters, digits, dots, dashes, @; not "
            f"'{ROBOT}'). Nothing was done; name yours with --account."
        )
    return name


def default_key_file(folder: Path) -> Path:
    """A place for a new key outside the office folder, so that a copy of the folder alone opens nothing."""
    if sys.platform == "win32":
        root = Path(environ.get("APPDATA") or Path.home() / "AppData" / "Roaming")
    else:
        root = Path(environ.get("XDG_CONFIG_HOME") or Path.home() / ".config")
    name = re.sub(r"[^A-Za-z0-9_-]", "-", folder.resolve().name) or "office"
    return root / "portalwright" / "keys" / f"{name}-{secrets.token_hex(4)}.key"


def key_settings(key_file: Path | None, *, passphrase: bool, folder: Path) -> KeySettings:
    """The key's settings for a new office."""
    if passphrase:
        return KeySettings(provider=KeyKind.PASSPHRASE)
    chosen = default_key_file(folder) if key_file is None else Path.cwd() / key_file.expanduser()
    inside = chosen.is_relative_to(folder.resolve())
    return KeySettings(provider=KeyKind.KEY_FILE, file=chosen.relative_to(folder.resolve()) if inside else chosen)
