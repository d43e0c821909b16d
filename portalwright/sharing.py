"""One office on many computers: a single machine's vault, pages and files go to the server, and others join it there.

What a computer needs for itself is its key, and the server's address and password; all else comes from the server.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from flows.routing_rules import OfficeRules
from ledger import audit, shared_files, shared_vault
from ledger.errors import LedgerError
from ledger.move import no_session
from ledger.postgresql.address import PostgresAddress
from ledger.shared_items import SharedItems
from ledger.start import close_connection, is_on_server, open_on_server
from packs.load import load_pack, pack_names, stray_overlays
from packs.problems import PackError
from portalwright.office import Desk, NoAudit, Office, OfficeExists, utc_now
from portalwright.office_files import Base, base, collect, differing, note_base, settings_for, write_into
from portalwright.office_keys import key_provider
from portalwright.office_rules import check_templates, deadline_rules
from portalwright.settings import SETTINGS_FILE, KeySettings, SettingsWrong, machine_text, read_settings, read_toml
from portalwright.work_rules import ROUTING_FILE
from schedules.cadence import OfficeCadence, cadence_rules
from schedules.calendar import CALENDAR_FILE, CalendarRules, calendar_of
from vault.keys import KeyProvider
from vault.sealed import SealedFolder
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault


class NotShared(LedgerError):
    """Something was asked for that only an office on a server has."""


@dataclass(frozen=True)
class Shared:
    """What was brought to the server: sealed items, the version of the office's files, and what is kept aside here."""

    items: int
    version: int
    kept_aside: tuple[Path, ...]


@dataclass(frozen=True)
class Fetched:
    """Which files of the office folder became those of this version; what was there is in `set_aside`."""

    version: int
    changed: tuple[str, ...]
    set_aside: Path


def share(desk: Desk, key: KeyProvider, told: Callable[[str], None] = lambda _line: None) -> Shared:
    """Bring vault, sealed pages and files of this folder to the server, where every computer of the office has them.

    For an office whose ledger is there already. It can be broken off at any point and begun again: until the vault is
    there, the office works on with its folder. Raises NotShared where the ledger is a file, LaneBusy while a session
    runs, and what `publish` raises.
    """
    if not is_on_server():
        raise NotShared(
            "The ledger is a file in this office, which other computers cannot reach. Nothing was changed; move it to "
            "a server first (portalwright ledger move)."
        )
    now = utc_now()
    no_session(now)
    office = desk.office
    check(office.folder)
    keep_password_here(office, key)
    store, folder = SharedItems(desk.evidence.sealer), SealedFolder(office.evidence_folder, desk.evidence.sealer)
    items = store.bring(folder)
    told(f"{items} sealed pages and documents")
    aside = f"before-share-{now:%Y%m%dT%H%M%SZ}"
    kept: list[Path] = []
    if office.vault_file.exists():
        kept.append(office.vault_file.with_name(f"vault-{aside}.json"))
        # Where it was broken off right after the vault had arrived, there is nothing left to take.
        take = (lambda _content: None) if shared_vault.is_here() else shared_vault.bring
        FileStorage(office.vault_file).hand_over(take, kept[-1])
        told("the vault")
    items += store.bring(folder)  # what somebody sealed here until the vault was gone
    if any(folder.names()):
        kept.append(office.evidence_folder.with_name(f"evidence-{aside}"))
        office.evidence_folder.rename(kept[-1])
    version = shared_files.newest_version() or publish(desk)
    told("the office's files")
    audit.append(desk.actor, "office.share", "office", version, now, result=f"{items} sealed items")
    return Shared(items, version, tuple(kept))


def publish(desk: Desk) -> int:
    """Publish the files in this office folder for all its computers; returns the version's number.

    They are checked first. Raises NotShared, FilesPublishedSince, SettingsWrong or PackError, and publishes nothing.
    """
    _must_be_shared()
    folder = desk.office.folder
    check(folder)
    files = collect(folder)
    version = shared_files.publish(files, desk.evidence.sealer, desk.actor, utc_now(), based_on=base(folder).version)
    note_base(folder, Base(version, files.sha256))
    return version


def unpublished(desk: Desk) -> tuple[str, ...]:
    """The files of this office folder that somebody changed here and has not published."""
    made_from = base(desk.office.folder)
    if desk.office.published is None or collect(desk.office.folder).sha256 == made_from.sha256:
        return ()
    newest = shared_files.newest(desk.evidence.sealer)
    return differing(desk.office.folder, newest.holds) if newest is not None else ()


def fetch(desk: Desk) -> Fetched:
    """Make the files in this office folder those that were published last. Raises NotShared, SettingsWrong."""
    _must_be_shared()
    newest = shared_files.newest(desk.evidence.sealer)
    if newest is None:
        raise NotShared("No files of the office were published yet. Nothing was changed.")
    folder = desk.office.folder
    set_aside = desk.office.data / f"set-aside-{utc_now():%Y%m%dT%H%M%SZ}"
    changed = write_into(folder, newest.holds, set_aside)
    note_base(folder, Base(newest.version, newest.holds.sha256))
    return Fetched(newest.version, changed, set_aside)


def join(
    folder: Path,
    address: PostgresAddress,
    key: KeySettings,
    ask_passphrase: Callable[[], Secret[str]],
    password: Secret[str] | None,
) -> Office:
    """Make an office folder on this computer for the office at this address; returns the office, not yet opened.

    The key must be the office's own, brought here by a person. Raises OfficeExists, NotShared where the database holds
    no shared office, and what opening a ledger or a vault raises; nothing is made then.
    """
    settings_file = folder / SETTINGS_FILE
    if settings_file.exists():
        raise OfficeExists(f"There is an office in {folder.resolve()} already; it was left as it is.")
    machine = machine_text(address, key)
    provider = key_provider(folder.resolve(), key, ask_passphrase)
    try:
        # Not brought up to date yet: a slip in the address must not make tables in somebody else's database.
        open_on_server(address, lambda: password.reveal() if password is not None else None, migrate=False)
        if not shared_vault.is_shared_office():
            raise NotShared(
                f"There is no shared office in {address}. Nothing was made here; on the computer that has the office, "
                "say `portalwright ledger move` (or `portalwright ledger share`, where the ledger is there already)."
            )
        sealer = Vault.open(shared_vault.SharedVaultStorage(), provider, NoAudit()).sealer()
        newest = shared_files.newest(sealer)
    finally:
        close_connection()
    if newest is None:
        raise NotShared(
            f"The office in {address} has not published its files. Nothing was made here; say `portalwright ledger "
            "publish` on the computer that has them."
        )
    office = Office.create(folder, settings_for(machine, newest.holds))
    if password is not None:
        office.keep_server_password(password, provider)
    write_into(office.folder, newest.holds, office.data / "set-aside")
    note_base(office.folder, Base(newest.version, newest.holds.sha256))
    return office


def check(folder: Path) -> None:
    """Raises SettingsWrong or PackError for files of the office in this folder that could not be used."""
    settings = read_settings(folder / SETTINGS_FILE)
    deadline_rules(folder)
    check_templates(folder)
    if (folder / ROUTING_FILE).is_file():
        read_toml(folder / ROUTING_FILE, OfficeRules)
    calendar, cadence = folder / "schedules" / CALENDAR_FILE, folder / "schedules" / "cadence.toml"
    if calendar.is_file():
        calendar_of(read_toml(calendar, CalendarRules), lambda: "UTC")
    if cadence.is_file():
        try:
            cadence_rules(read_toml(cadence, OfficeCadence))
        except ValueError as error:
            raise SettingsWrong(f"{cadence}: {error}.") from None
    stray = stray_overlays(folder)
    if stray:
        raise PackError(stray)
    for name in pack_names(folder):
        load_pack(name, folder, address=settings.portal(name).address)


def _must_be_shared() -> None:
    if not (is_on_server() and shared_vault.is_here()):
        raise NotShared(
            "This office works on one computer, from its own folder. Nothing was changed, and nothing needs to be "
            "published; it is shared by `portalwright ledger move`."
        )


def keep_password_here(office: Office, key: KeyProvider) -> None:
    """Seal the server's password for this computer, where an earlier version had put it into the office's vault.

    It could not be had any more once that vault lies on the server. Raises what opening a vault raises.
    """
    password = office.server_password(key)()
    if password is not None:
        office.keep_server_password(Secret(password), key)
