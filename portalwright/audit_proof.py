"""What the calendar does each day: prove the audit log, write the result down, and tell people of a broken one."""

from collections.abc import Callable, Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ledger import audit, audit_reviews
from ledger.audit import AuditReport
from ledger.audit_proof import prove
from ledger.notifications import Found
from portalwright.office import Desk
from portalwright.office_calendar import office_calendar
from portalwright.watching.kinds import AlarmKind
from portalwright.watching.telling import note


def prove_nightly(desks: Sequence[Desk], now: Callable[[], datetime]) -> AuditReport:
    """Prove the office's log once; the result stands in the log of each practice, and a broken one is told."""
    begun = [audit.append(desk.robot, audit_reviews.PROVING, "audit", "chain", now()) for desk in desks]
    report = prove(desks[0].vault)
    for desk, sequence in zip(desks, begun, strict=True):
        audit_reviews.end_proof(desk.robot, sequence, report, now())
    if not report.ok:
        desk = desks[0]
        alarm = Found(f"audit:{report.first_bad}:{now():%Y-%m-%d}", AlarmKind.AUDIT_CHANGED)
        zone = ZoneInfo(office_calendar(desk.office).time_zone)
        note([alarm], desk.robot, desk.office.settings.notify, zone, now())
    return report
