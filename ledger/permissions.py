"""The permission register: may the robot use this portal for this job? What is not on record is not allowed.

Every change is a new row; the newest row of a practice, portal and flow is in force. What payers have published is in
the register too, in the robot's name; a row that a person recorded always stands over it. (DOMAIN 6, portal permission
record.)
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction
from django.db.models import F, QuerySet
from pydantic import TypeAdapter

from flows.opening_hours import Opening, Window, opening
from flows.positions import Position, Positions, published
from flows.questions import Flow
from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.canonical import canonical_json
from ledger.errors import NotPermitted, PublishedOtherwise, RecordWrong
from ledger.prepared import Prepared
from ledger.wakes import Wake, wake

_WINDOWS = TypeAdapter(tuple[Window, ...])

WARN_AHEAD = (30, 14, 7, 1)
"""So many days before a permission ends somebody is told."""


class Status(StrEnum):
    """What the register says."""

    PERMITTED = "permitted"
    PERMITTED_ATTENDED = "permitted-attended"
    """Only while a person sits by."""
    UNKNOWN = "unknown"
    PROHIBITED = "prohibited"
    SIMULATOR_ONLY = "simulator-only"
    """The office's own test system, never a payer's portal."""


class Basis(StrEnum):
    """On what a permission rests."""

    WRITTEN_PERMISSION = "written permission"
    PROGRAMME_REGISTRATION = "programme registration"
    CONTRACT_CLAUSE = "contract clause"
    OWN_TEST_SYSTEM = "own test system"
    NONE = "none"


@dataclass(frozen=True)
class Grant:
    """What is recorded. Dates are UTC dates, both included; `valid_to` None: until changed.

    `document` says where the permission can be read, `granted_to` whom the payer gave it to, `bot_identity` under
    which name the robot signs in. `hours` is the payer's text, and `windows` the same as the robot keeps to it: none
    means at any time. `lookups_per_minute` and `sessions` (of one sign-in at a time) are the payer's limits, where it
    sets any. On `review_on` the `reviewer` looks whether all this still holds.
    """

    portal: str
    flow: Flow
    status: Status
    basis: Basis
    document: str
    granted_to: str
    bot_identity: str
    valid_from: date
    valid_to: date | None = None
    review_on: date | None = None
    lookups_per_minute: int | None = None
    hours: str = ""
    windows: tuple[Window, ...] = ()
    sessions: int | None = None
    reviewer: str = ""

    @property
    def allows(self) -> bool:
        """Does it let the robot in, if only under conditions?"""
        return self.status in _ALLOWING


_ALLOWING = frozenset({Status.PERMITTED, Status.PERMITTED_ATTENDED, Status.SIMULATOR_ONLY})


@dataclass(frozen=True)
class Permit:
    """Leave to run one flow at one portal now, within its `windows`.

    `simulator_only`: the office declared its own test system; a session must refuse any address but this machine's.
    `lookups_per_minute` and `sessions`: the payer's limits, None where it sets none. `valid_to`: its last day (UTC).
    """

    permission_id: int
    portal: str
    flow: Flow
    attended: bool
    simulator_only: bool
    lookups_per_minute: int | None
    sessions: int | None = None
    windows: tuple[Window, ...] = ()
    valid_to: date | None = None

    def opening(self, now: datetime) -> Opening | None:
        """The hours that hold now or come next; None where it holds at any time."""
        return opening(self.windows, now)


@dataclass(frozen=True)
class Refused:
    """No leave now, and why, in a sentence.

    Where only its hours are over, `permit` is what holds within them, and `until` (UTC) when they begin; otherwise a
    person has to record something first.
    """

    why: str
    until: datetime | None = None
    permit: Permit | None = None


@dataclass(frozen=True)
class PermissionRecord:
    """One row of the register, with who recorded it and when.

    `published`: nobody of the office recorded it, it is a payer's published position, last read on `verified_on`.
    """

    id: int
    grant: Grant
    recorded_by: str
    recorded_at: datetime
    verified_on: date | None = None

    @property
    def published(self) -> bool:
        """Is it what a payer has published, and not what a person recorded?"""
        return self.verified_on is not None


@dataclass(frozen=True)
class Expiring:
    """A permission in force that ends soon or has ended, or that was to be looked at again.

    `days_left` counts to its last day: 0 on that day, less when it is over; None where it has no last day. `notice` is
    the warning that is due of `WARN_AHEAD`, 0 when it is over; None where only its review is. `review_due`: its review
    date has come.
    """

    permission_id: int
    portal: str
    flow: Flow
    valid_to: date | None
    days_left: int | None
    notice: int | None
    review_on: date | None
    review_due: bool
    reviewer: str


def grant(
    what: Grant, actor: Actor, now: datetime, *, address: str | None = None, despite_published: bool = False
) -> int:
    """Record a permission (or a prohibition) of the actor's practice, and return its id.

    `address` is the portal's, by which it is known to be a payer's that has published what it thinks of robots.
    Raises NotAPerson for a robot's account; RecordWrong for a permission without basis or document, for a test system
    that is not `simulator-only`, and for the reverse: what rests on "own test system" never opens a payer's portal.
    Raises PublishedOtherwise for a permission against a payer's published word, unless `despite_published`.
    """
    must_be_person(actor, "change the permission register")
    allows, against = what.allows, _against(what, address)
    if allows and (what.basis is Basis.NONE or not what.document.strip()):
        raise RecordWrong("A permission needs a basis and the document that shows it. Nothing was recorded.")
    if allows and (what.status is Status.SIMULATOR_ONLY) != (what.basis is Basis.OWN_TEST_SYSTEM):
        raise RecordWrong(
            'An own test system is recorded as "simulator-only", and nothing else is. Nothing was recorded.'
        )
    if what.valid_to is not None and what.valid_to < what.valid_from:
        raise RecordWrong("The permission ends before it begins. Nothing was recorded.")
    if any(limit is not None and limit < 1 for limit in (what.sessions, what.lookups_per_minute)):
        raise RecordWrong("A limit of none is no permission. Nothing was recorded; record it as prohibited.")
    if against is not None and not despite_published:
        raise PublishedOtherwise(against.name, against.says, against.verified_on)
    with transaction.atomic():
        row = models.Permission.objects.create(
            practice_id=actor.practice_id,
            portal=what.portal,
            flow=what.flow,
            status=what.status,
            basis=what.basis,
            document=what.document,
            granted_to=what.granted_to,
            bot_identity=what.bot_identity,
            lookups_per_minute=what.lookups_per_minute,
            hours=what.hours,
            valid_from=what.valid_from,
            valid_to=what.valid_to,
            review_on=what.review_on,
            windows=canonical_json([window.model_dump(mode="json", by_alias=True) for window in what.windows]),
            sessions=what.sessions,
            reviewer=what.reviewer,
            account_id=actor.account_id,
            recorded_at=now,
        )
        wake(Wake.PERMITTED, now)
        audit.append(
            actor, "permission.record", "permission", row.pk, now,
            portal=what.portal, flow=what.flow,
            result=what.status if against is None else f"{what.status} despite what is published",
        )  # fmt: skip
        return row.pk


def publish(positions: Positions, actor: Actor, now: datetime) -> int:
    """Bring what payers have published into the register of the actor's practice; returns how many rows were added.

    Nothing where the register has this edition or a later one. For the robot's account: by that these rows are told
    from what persons recorded, over which they never stand. Raises RecordWrong for a person's account.
    """
    if not actor.is_robot:
        raise RecordWrong("What is published is brought in by the robot. Nothing was recorded.")
    rows = models.Permission.objects.filter(practice_id=actor.practice_id, verified_on__isnull=False)
    known = rows.filter(reviewer__gte=_edition(positions))
    if known.exists():
        return 0
    with transaction.atomic():
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        if known.exists():
            return 0
        added = models.Permission.objects.bulk_create(
            _published_row(positions, position, flow, actor, now) for position in positions.positions for flow in Flow
        )
        audit.append(actor, "permission.publish", "practice", actor.practice_id, now, result=_edition(positions))
        return len(added)


def check(portal: str, flow: Flow, practice_id: int, now: datetime, *, attended: bool = False) -> Permit:
    """Leave to run this flow at this portal within its hours, or NotPermitted with the reason.

    `attended`: a person sits by. Whether its hours hold now is the session's gate to see; `standing` says both.
    """
    found = standing(practice_id, portal, flow, now, attended=attended)
    if isinstance(found, Permit):
        return found
    if found.permit is not None:
        return found.permit
    raise NotPermitted(found.why)


def standing(practice_id: int, portal: str, flow: Flow, now: datetime, *, attended: bool = False) -> Permit | Refused:
    """Leave to run this flow at this portal now, or why not; raises nothing. `attended`: a person sits by."""
    row = _STANDING.first(practice_id=practice_id, portal=portal, flow=flow)
    if row is None:
        return Refused(f"No permission for {flow} at {portal} is on record.")
    status, today = Status(row.status), now.date()
    if status is Status.UNKNOWN:
        return Refused(f"Whether {flow} at {portal} is permitted is recorded as unknown, which means no.")
    if status is Status.PROHIBITED:
        return Refused(f"{flow} at {portal} is prohibited.")
    if today < row.valid_from or (row.valid_to is not None and today > row.valid_to):
        return Refused(f"The permission for {flow} at {portal} is not valid today.")
    if status is Status.PERMITTED_ATTENDED and not attended:
        return Refused(f"{flow} at {portal} is permitted only while a person sits by.")
    permit = Permit(
        permission_id=row.pk,
        portal=portal,
        flow=flow,
        attended=attended,
        simulator_only=status is Status.SIMULATOR_ONLY,
        lookups_per_minute=row.lookups_per_minute,
        sessions=row.sessions,
        windows=_windows(row),
        valid_to=row.valid_to,
    )
    hours = permit.opening(now)
    if hours is not None and not hours.holds(now):
        why = f"{flow} at {portal} is permitted only in its hours, which begin at {hours.begins:%Y-%m-%d %H:%M} UTC."
        return Refused(why, hours.begins, permit)
    return permit


def expiring(practice_id: int, today: date) -> tuple[Expiring, ...]:
    """The permissions in force that end within 30 days or have ended, or whose review date has come, first the
    soonest to end. Days are UTC.
    """
    found = []
    for record in in_force(practice_id):
        what = record.grant
        if not what.allows:
            continue
        days_left = None if what.valid_to is None else (what.valid_to - today).days
        notice = None
        if days_left is not None and days_left <= WARN_AHEAD[0]:
            notice = 0 if days_left < 0 else min(days for days in WARN_AHEAD if days_left <= days)
        review_due = what.review_on is not None and what.review_on <= today
        if notice is not None or review_due:
            found.append(
                Expiring(
                    record.id, what.portal, what.flow, what.valid_to, days_left, notice,
                    what.review_on, review_due, what.reviewer,
                )
            )  # fmt: skip
    return tuple(sorted(found, key=lambda one: (one.valid_to or date.max, one.portal, one.flow)))


def in_force(practice_id: int) -> tuple[PermissionRecord, ...]:
    """The row that holds for each portal and flow, by portal and flow: a person's newest, else what is published."""
    holds: dict[tuple[str, str], models.Permission] = {}
    for row in _in_force(practice_id).select_related("account"):
        holds.setdefault((row.portal, row.flow), row)
    return tuple(_record(holds[key]) for key in sorted(holds))


def history(practice_id: int, *, portal: str | None = None) -> tuple[PermissionRecord, ...]:
    """Every row of the register, the newest first, with what is published; `in_force` says which of them hold."""
    rows = models.Permission.objects.select_related("account").filter(practice_id=practice_id).order_by("-id")
    if portal is not None:
        rows = rows.filter(portal=portal)
    return tuple(_record(row) for row in rows)


def _against(what: Grant, address: str | None) -> Position | None:
    """The published position that speaks against this; an own test system is no payer's portal."""
    if not what.allows or what.status is Status.SIMULATOR_ONLY:
        return None
    position = published().about(what.portal, address)
    return position if position is not None and position.speaks_against(what.basis) else None


def _standing(practice_id: int, portal: str, flow: str) -> QuerySet[models.Permission]:
    return _in_force(practice_id).filter(portal=portal, flow=flow)[:1]


_STANDING = Prepared(_standing)


def _in_force(practice_id: int) -> QuerySet[models.Permission]:
    """The rows of a practice; of each portal and flow, the first is the one that holds."""
    rows = models.Permission.objects.filter(practice_id=practice_id)
    return rows.order_by(F("verified_on").asc(nulls_first=True), "-id")


def _edition(positions: Positions) -> str:
    return f"published positions of {positions.edition:%Y-%m-%d}"


def _published_row(
    positions: Positions, position: Position, flow: Flow, actor: Actor, now: datetime
) -> models.Permission:
    where = "; ".join((position.mark, *(source.reference for source in positions.references(position))))
    return models.Permission(
        practice_id=actor.practice_id,
        portal=position.id,
        flow=flow,
        status=position.status,
        basis=Basis.NONE,
        document=f"{position.name}: {position.says} ({where})",
        granted_to="",
        bot_identity="",
        reviewer=_edition(positions),
        verified_on=position.verified_on,
        valid_from=position.verified_on,
        account_id=actor.account_id,
        recorded_at=now,
    )


def _windows(row: models.Permission) -> tuple[Window, ...]:
    return _WINDOWS.validate_json(row.windows)


def _record(row: models.Permission) -> PermissionRecord:
    return PermissionRecord(
        id=row.pk,
        grant=Grant(
            portal=row.portal,
            flow=Flow(row.flow),
            status=Status(row.status),
            basis=Basis(row.basis),
            document=row.document,
            granted_to=row.granted_to,
            bot_identity=row.bot_identity,
            valid_from=row.valid_from,
            valid_to=row.valid_to,
            review_on=row.review_on,
            lookups_per_minute=row.lookups_per_minute,
            hours=row.hours,
            windows=_windows(row),
            sessions=row.sessions,
            reviewer=row.reviewer,
        ),
        recorded_by=row.account.name,
        recorded_at=row.recorded_at,
        verified_on=row.verified_on,
    )
