"""From alarms to messages: noted in the ledger once, kept back in quiet hours, sent to each target, tried again."""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from ledger import notifications
from ledger.accounts import Actor
from ledger.notifications import Found, Taken
from portalwright.settings import NotifySettings
from portalwright.watching.alarms import sentence, text
from portalwright.watching.kinds import AlarmKind
from portalwright.watching.targets import Target

Send = Callable[[Target, str, str], bool]
"""Sends a subject and a body to a target; True when it was taken."""


def note(found: Sequence[Found], actor: Actor, settings: NotifySettings, zone: ZoneInfo, now: datetime) -> int:
    """Note in the ledger what is new among these alarms; returns how many. The rest has been noted before."""
    wanted = [one for one in found if one.kind not in settings.leave_out]
    ends = quiet_until(settings, zone, now)
    if ends is None:
        return notifications.find(wanted, actor, now)

    def is_told_now(one: Found) -> bool:
        return settings.urgent_in_quiet_hours and AlarmKind(one.kind).urgent

    told_now = notifications.find([one for one in wanted if is_told_now(one)], actor, now)
    return told_now + notifications.find([one for one in wanted if not is_told_now(one)], actor, now, not_before=ends)


def quiet_until(settings: NotifySettings, zone: ZoneInfo, now: datetime) -> datetime | None:
    """When the quiet hours that are on end (UTC); None when none are."""
    if settings.quiet_from is None or settings.quiet_to is None:
        return None
    begins, ends = time.fromisoformat(settings.quiet_from), time.fromisoformat(settings.quiet_to)
    local = now.astimezone(zone)
    clock = local.timetz().replace(tzinfo=None)
    if not (begins <= clock < ends if begins < ends else clock >= begins or clock < ends):
        return None
    day = local.date() if clock < ends else local.date() + timedelta(days=1)
    return datetime.combine(day, ends, zone).astimezone(UTC)


def message(taken: Taken) -> tuple[str, str]:
    """Subject and body."""
    return sentence(taken.found), f"{text(taken.found)}\n\nFound at {taken.found_at:%Y-%m-%d %H:%M} UTC."


def tell(taken: Taken, to: Sequence[Target], send: Send) -> tuple[frozenset[str], bool]:
    """Send to every target that does not have it yet; returns who has it now, and whether that is everybody."""
    subject, body = message(taken)
    told = {target.name for target in to if target.name in taken.told_to or send(target, subject, body)}
    return frozenset(told), len(told) == len(to)
