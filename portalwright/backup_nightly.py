"""The nightly backup: one a day into a folder, read back before it counts, and older ones removed by rule."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from ledger.accounts import Actor
from portalwright.backup import make_backup, verify_backup
from portalwright.backup_parts import BackupReport
from portalwright.office import Office
from vault.files import sync_folder
from vault.keys import KeyProvider
from vault.vault import Vault

_LEFT_BEHIND = timedelta(days=1)
_WRITTEN = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True)
class NightlyBackup:
    """What was made, and which older ones were removed."""

    file: Path
    report: BackupReport
    removed: tuple[Path, ...]


def nightly_backup(office: Office, vault: Vault, key: KeyProvider, actor: Actor, now: datetime) -> NightlyBackup | None:
    """Today's backup into the folder that office.toml names, unless it is there already or none is named (then None).

    It is read through before any older one is removed. A day is a day of UTC. For a thread of its own, which closes
    the ledger's connection afterwards: it may take minutes. Raises BackupRefused, VaultError, LedgerError or OSError.
    """
    wanted = office.settings.backup
    if wanted.folder is None:
        return None
    folder = office.folder / wanted.folder.expanduser()
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    ours = f"portalwright-{vault.name[:8]}"
    _sweep(folder, ours, now)
    there = dict(_made(folder, ours))
    if any(made_at.date() == now.astimezone(UTC).date() for made_at in there.values()):
        return None
    file = folder / f"{ours}-{now.astimezone(UTC):{_WRITTEN}}.backup"
    unread = file.with_name(f"{file.name}.unread")
    make_backup(office, vault, actor, unread, now)
    try:
        report = verify_backup(unread, key)
    except BaseException:
        # One that cannot be read is none, and must not take the place of one that can.
        unread.unlink(missing_ok=True)
        raise
    unread.rename(file)
    sync_folder(folder)
    there[file] = now
    kept = set(to_keep(there.values(), daily=wanted.daily, weekly=wanted.weekly))
    removed = tuple(sorted(path for path, made_at in there.items() if made_at not in kept))
    for path in removed:
        path.unlink(missing_ok=True)
    return NightlyBackup(file, report, removed)


def to_keep(made: Iterable[datetime], *, daily: int, weekly: int) -> list[datetime]:
    """Of backups made at these (aware) instants, those to keep: the newest of each of the last `daily` days that have
    one, and of each of the last `weekly` weeks (from Monday) that have one. Days and weeks of UTC."""
    newest_first = sorted((one.astimezone(UTC) for one in made), reverse=True)
    of_days: dict[object, datetime] = {}
    of_weeks: dict[object, datetime] = {}
    for one in newest_first:
        of_days.setdefault(one.date(), one)
        of_weeks.setdefault(one.isocalendar()[:2], one)
    return sorted({*list(of_days.values())[:daily], *list(of_weeks.values())[:weekly]})


def _made(folder: Path, ours: str) -> Iterable[tuple[Path, datetime]]:
    for path in folder.glob(f"{ours}-*.backup"):
        if match := re.fullmatch(rf"{re.escape(ours)}-(\d{{8}}T\d{{6}}Z)\.backup", path.name):
            yield path, datetime.strptime(match[1], _WRITTEN).replace(tzinfo=UTC)


def _sweep(folder: Path, ours: str, now: datetime) -> None:
    """Remove what backups that were cut off have left; one that is being written is younger than a day."""
    for path in (*folder.glob(f"{ours}-*.part"), *folder.glob(f"{ours}-*.unread")):
        if path.stat().st_mtime < (now - _LEFT_BEHIND).timestamp():
            path.unlink(missing_ok=True)
