"""The permission register: may the robot use this portal for this job? What is not on record is not allowed.

Every change is a new row; the newest row of a practice, portal and flow is in force. (DOMAIN 6, portal permission
record.)
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from django.db import transaction

from flows.questions import Flow
from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.errors import NotPermitted, RecordWrong


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
    which name the robot signs in. `hours` is the payer's text; `lookups_per_minute` its limit, where it sets one.
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


@dataclass(frozen=True)
class Permit:
    """Leave to run one flow at one portal now.

    `simulator_only`: the office declared its own test system; a session must refuse any address but this machine's.
    """

    permission_id: int
    portal: str
    flow: Flow
    attended: bool
    simulator_only: bool
    lookups_per_minute: int | None


@dataclass(frozen=True)
class PermissionRecord:
    """One row of the register, with who recorded it and when."""

    id: int
    grant: Grant
    recorded_by: str
    recorded_at: datetime


def grant(what: Grant, actor: Actor, now: datetime) -> int:
    """Record a permission (or a prohibition) of the actor's practice, and return its id.

    Raises NotAPerson for a robot's account; RecordWrong for a permission without basis or document, for a test system
    that is not `simulator-only`, and for the reverse: what rests on "own test system" never opens a payer's portal.
    """
    must_be_person(actor, "change the permission register")
    allows = what.status in {Status.PERMITTED, Status.PERMITTED_ATTENDED, Status.SIMULATOR_ONLY}
    if allows and (what.basis is Basis.NONE or not what.document.strip()):
        raise RecordWrong("A permission needs a basis and the document that shows it. Nothing was recorded.")
    if allows and (what.status is Status.SIMULATOR_ONLY) != (what.basis is Basis.OWN_TEST_SYSTEM):
        raise RecordWrong(
            'An own test system is recorded as "simulator-only", and nothing else is. Nothing was recorded.'
        )
    if what.valid_to is not None and what.valid_to < what.valid_from:
        raise RecordWrong("The permission ends before it begins. Nothing was recorded.")
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
            account_id=actor.account_id,
            recorded_at=now,
        )
        audit.append(
            actor, "permission.record", "permission", row.pk, now,
            portal=what.portal, flow=what.flow, result=what.status,
        )  # fmt: skip
        return row.pk


def check(portal: str, flow: Flow, practice_id: int, now: datetime, *, attended: bool = False) -> Permit:
    """Leave to run this flow at this portal now, or NotPermitted with the reason. `attended`: a person sits by."""
    row = models.Permission.objects.filter(practice_id=practice_id, portal=portal, flow=flow).order_by("-id").first()
    if row is None:
        raise NotPermitted(f"No permission for {flow} at {portal} is on record.")
    status, today = Status(row.status), now.date()
    if status is Status.UNKNOWN:
        raise NotPermitted(f"Whether {flow} at {portal} is permitted is recorded as unknown, which means no.")
    if status is Status.PROHIBITED:
        raise NotPermitted(f"{flow} at {portal} is prohibited.")
    if today < row.valid_from or (row.valid_to is not None and today > row.valid_to):
        raise NotPermitted(f"The permission for {flow} at {portal} is not valid today.")
    if status is Status.PERMITTED_ATTENDED and not attended:
        raise NotPermitted(f"{flow} at {portal} is permitted only while a person sits by.")
    return Permit(
        permission_id=row.pk,
        portal=portal,
        flow=flow,
        attended=attended,
        simulator_only=status is Status.SIMULATOR_ONLY,
        lookups_per_minute=row.lookups_per_minute,
    )


def history(practice_id: int, *, portal: str | None = None) -> tuple[PermissionRecord, ...]:
    """Every row of the register, the newest first: for each portal and flow, the first one is in force."""
    rows = models.Permission.objects.select_related("account").filter(practice_id=practice_id).order_by("-id")
    if portal is not None:
        rows = rows.filter(portal=portal)
    return tuple(
        PermissionRecord(
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
            ),
            recorded_by=row.account.name,
            recorded_at=row.recorded_at,
        )
        for row in rows
    )
