"""The office: a folder with its settings, its own packs and its sealed data; made once, then opened by each command."""

import getpass
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from flows.positions import published
from ledger import accounts, audit, credentials, membership, permissions, shared_files, shared_vault, vault_state
from ledger.accounts import Actor, Practice
from ledger.shared_items import SharedItems
from ledger.shared_vault import SharedVaultStorage
from ledger.start import PasswordSource, close_connection, is_on_server, open_ledger, open_on_server
from ledger.thread import off_the_event_loop
from packs.load import load_pack, pack_names
from packs.models import Pack
from portalwright.logs import Log
from portalwright.office_files import FilesCopy, take_copy
from portalwright.office_keys import key_provider, make_key
from portalwright.settings import SETTINGS_FILE, Settings, read_settings
from vault.credential import CredentialSummary
from vault.errors import CredentialMissing, VaultError, VaultExists
from vault.keys import KeyProvider
from vault.sealed import SealedFolder, SealedStore, Sealer
from vault.secret import Secret
from vault.storage import AuditSink, EntryStorage, FileStorage, VaultAction
from vault.vault import Vault

ROBOT = "robot"
"""The account under which unattended runs are recorded."""

LEDGER_KEY = "ledger"
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
    """An office folder and its settings. Nothing secret is open yet; `at_work` opens it.

    `published` is this computer's copy of the files that were published last, once the office is open, where several
    computers share one; the settings are then those that were published, with this computer's own parts.
    """

    folder: Path
    settings: Settings
    published: FilesCopy | None = None

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
    def machine_vault_file(self) -> Path:
        """What this computer alone needs where the vault lies on a server: the server's password, sealed."""
        return self.data / "vault" / "machine.json"

    @property
    def files(self) -> Path:
        """Where the office's own files (packs, calendar, templates, rules) are read from."""
        return self.published.folder if self.published is not None else self.folder

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
            raise AssertionError("an office that is opened in another way has no key file")
        return self.folder / self.settings.key.file.expanduser()

    def key_provider(self, ask_passphrase: AskPassphrase) -> KeyProvider:
        """What opens the vault; a passphrase is asked for only when the office has one."""
        return key_provider(self.folder, self.settings.key, ask_passphrase)

    def set_up(self, account: str, ask_passphrase: AskPassphrase) -> None:
        """Make what the settings speak of: the key if it is not there, the vault, the ledger, the first account.

        Raises VaultExists when there is a vault already, and other VaultErrors; what was made before stays, and
        calling again goes on from there.
        """
        self.make_data_folders()
        if self.vault_file.exists():
            raise VaultExists(str(self.vault_file))
        make_key(self.folder, self.settings.key)
        key = self.key_provider(ask_passphrase)
        try:
            if self.settings.ledger is None:
                vault = Vault.create(FileStorage(self.vault_file), key, NoAudit())
                open_ledger(self.ledger_file, lambda: vault.system_secret(LEDGER_KEY).reveal())
            else:
                open_on_server(self.settings.ledger, self.server_password(key))
                if self.is_shared():
                    raise VaultExists(str(self.settings.ledger))
                vault = Vault.create(FileStorage(self.vault_file), key, NoAudit())
            practice = self._practice()
            actor = accounts.ensure_account(account, is_robot=False, practice=practice, now=utc_now())
            robot = accounts.ensure_account(ROBOT, is_robot=True, practice=practice, now=utc_now())
            audit.append(actor, "office.set-up", "vault", "vault", utc_now())
            permissions.publish(published(), robot, utc_now())
            vault_state.set_counter(vault.counter)
        finally:
            close_connection()

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
        with self._opened(self.key_provider(ask_passphrase), trail) as vault, Log(self.logs_folder) as log:
            vault.check_counter(vault_state.counter())
            office = self.with_newest_files(vault.sealer())
            log.learn(office.portals())
            office._practice()
            at_work_for, actor = membership.enter(
                account, practice, utc_now(), any_of_them=any_practice, known=known_account
            )
            robot = accounts.ensure_account(ROBOT, is_robot=True, practice=at_work_for, now=utc_now())
            trail.acts(robot if unattended else actor, on_behalf_of=actor.name if unattended else "")
            desk = Desk(
                office=office,
                vault=vault,
                practice=at_work_for,
                actor=actor,
                robot=robot,
                evidence=self.sealed_store(vault.sealer()),
                log=log,
            )
            yield desk
            # Left out after an error: more changes than were written down are no fault, fewer are. A vault in the
            # ledger, or one that was brought there meanwhile, has its changes written down with each of them.
            if not self.is_shared():
                vault_state.set_counter(vault.counter)

    def is_shared(self) -> bool:
        """Do vault, sealed pages and files lie in the opened ledger, for many computers, and not in this folder?"""
        return is_on_server() and shared_vault.is_here()

    def entry_storage(self) -> EntryStorage:
        """Where the vault lies, once the ledger is open."""
        return SharedVaultStorage() if self.is_shared() else FileStorage(self.vault_file)

    def sealed_store(self, sealer: Sealer) -> SealedStore:
        """Where sealed pages, pictures and documents lie, once the ledger is open."""
        return SharedItems(sealer) if self.is_shared() else SealedFolder(self.evidence_folder, sealer)

    def with_newest_files(self, sealer: Sealer) -> "Office":
        """The same office with the files that were published last; itself when it has them, or shares none.

        Raises FilesOlder when the server offers older ones than this computer has worked with; SettingsWrong.
        """
        if not is_on_server():
            return self
        newest = shared_files.newest_version()
        if self.published is not None and self.published.version == newest:
            return self
        copy = take_copy(self.folder, shared_files.newest(sealer))
        return self if copy is None else Office(self.folder, read_settings(copy.folder / SETTINGS_FILE), copy)

    def keep_server_password(self, password: Secret[str], key: KeyProvider) -> None:
        """Seal the password of the ledger's server for this computer. The ledger is not opened: it may lie behind it.

        Raises WrongKey or WrongPassphrase where the office's vault is in this folder and does not open.
        """
        if self.vault_file.exists():
            Vault.open(FileStorage(self.vault_file), key, NoAudit())
        storage = FileStorage(self.machine_vault_file)
        try:
            machine = Vault.open(storage, key, NoAudit())
        except VaultError:
            # Not there, or of another key: it holds nothing but what is being entered now.
            self.machine_vault_file.unlink(missing_ok=True)
            machine = Vault.create(storage, key, NoAudit())
        machine.keep_secret(_SERVER_PASSWORD, password)

    def server_password(self, key: KeyProvider) -> PasswordSource:
        """Gives the password of the ledger's server as it is sealed at the time; None when a passfile has it.

        It is sealed for this computer alone, since it opens what holds the vault. Raises what opening a vault raises.
        """
        # Offices of earlier versions have it in their own vault, as long as that is in the folder.
        files = [file for file in (self.machine_vault_file, self.vault_file) if file.exists()]
        vaults = [Vault.open(FileStorage(file), key, NoAudit()) for file in files]

        def give() -> str | None:
            for vault in vaults:
                kept = vault.kept_secret(_SERVER_PASSWORD)
                if kept is not None:
                    return kept.reveal()
            return None

        return give

    def pack(self, portal: str) -> Pack:
        """The portal's pack with the office's own address. Raises PackError or LookupError."""
        return load_pack(portal, self.files, address=self.settings.portal(portal).address)

    def password_lasts(self, portal: str, pack: Pack) -> int | None:
        """So many days a password lasts at this portal: as office.toml says, else as its pack says; None: not known."""
        rules = pack.sign_in.passwords
        return self.settings.portal(portal).password_days or (None if rules is None else rules.days)

    def portals(self) -> tuple[str, ...]:
        """The portals that there is a pack for."""
        return pack_names(self.files)

    @contextmanager
    def _opened(self, key: KeyProvider, trail: AuditSink) -> Iterator[Vault]:
        """Vault and ledger, each opened with what it needs of the other."""
        try:
            if self.settings.ledger is None:
                vault = Vault.open(FileStorage(self.vault_file), key, trail)
                open_ledger(self.ledger_file, lambda: vault.system_secret(LEDGER_KEY).reveal())
            else:
                open_on_server(self.settings.ledger, self.server_password(key))
                vault = Vault.open(self.entry_storage(), key, trail)
            yield vault
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
    evidence: SealedStore
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

    def renewed(self) -> "Desk":
        """This desk with the office's files as they were published last; itself when nothing has changed.

        For whoever works on for hours. Raises what `Office.with_newest_files` raises.
        """
        office = self.office.with_newest_files(self.evidence.sealer)
        return self if office is self.office else replace(self, office=office)

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
            "credential" if portal else "vault",
            f"{alias} version {version}" if portal else f"{alias} at change {version}",
            utc_now(),
            portal=portal,
            result=purpose,
            on_behalf_of=self._on_behalf_of,
        )
        # A credential's use has to be on record first, also where it is asked for under an event loop.
        off_the_event_loop(write)


class NoAudit:
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
