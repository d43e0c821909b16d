"""What of an office has been kept for as long as its rules say, counted or removed: ledger, sealed files and logs."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from pathlib import Path

from flows.retention import Kind
from ledger import audit, legal_holds, purge
from ledger.accounts import Actor
from portalwright.office import Desk


def before_when(desk: Desk, now: datetime, until: date | None = None) -> Mapping[Kind, datetime]:
    """By kind, before when what is kept is ripe, by this office's rules."""
    return purge.cutoffs(desk.office.settings.retention.by_kind(), now, until)


def ripe(desk: Desk, now: datetime, until: date | None = None) -> dict[Kind, int]:
    """How much of each kind would be removed now; of the practice, and of the office's own logs."""
    before = before_when(desk, now, until)
    return {
        **purge.ripe(desk.practice.id, before),
        Kind.AUDIT: purge.ripe_audit(before[Kind.AUDIT]),
        Kind.LOGS: len(_old_logs(desk, before[Kind.LOGS])),
    }


def remove(desk: Desk, actor: Actor, now: datetime, until: date | None = None) -> dict[Kind, int]:
    """Remove it, and say how much of each kind was. It may take minutes, in portions that keep nobody waiting."""
    before = before_when(desk, now, until)
    removed = purge.purge(actor, before, desk.evidence, now)
    removed[Kind.AUDIT] = purge.purge_audit(actor, before[Kind.AUDIT], now)
    logs = _old_logs(desk, before[Kind.LOGS])
    for path in logs:
        path.unlink(missing_ok=True)
    removed[Kind.LOGS] = len(logs)
    if logs:
        rule = f"{len(logs)} before {before[Kind.LOGS]:%Y-%m-%d}"
        audit.append(actor, "purge.remove", "retention", Kind.LOGS, now, result=rule)
    return removed


def retention_nightly(desks: Sequence[Desk], now: datetime, show: Callable[[str], None]) -> None:
    """What the calendar does each night for each practice: remove, where office.toml wants that; else say how much."""
    for desk in desks:
        if desk.office.settings.retention.nightly == "purge":
            counts, words = remove(desk, desk.robot, now), "removed by the rules of retention"
        else:
            counts, words = ripe(desk, now), "ripe to be removed (`portalwright purge`)"
        if total := sum(counts.values()):
            show(f"{total} {words}")


def _old_logs(desk: Desk, before: datetime) -> list[Path]:
    """Log files whose last line was written before then; none while anything in the office is under a hold.

    They tell of all of its practices.
    """
    if legal_holds.office_holds_anything():
        return []
    files = desk.office.logs_folder.glob("*.jsonl*") if desk.office.logs_folder.is_dir() else ()
    return [path for path in files if datetime.fromtimestamp(path.stat().st_mtime, UTC) < before]
