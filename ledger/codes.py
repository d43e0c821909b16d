"""One-time codes that only a person can read: which run waits for one, and the sealed code on its way to that run.

The code is never here in the clear. The run seals a key of its own beside its request; the code is sealed under that
key when a person hands it over, is taken once, and both are wiped in the same step. A run that ends or dies wipes them
too, so that nothing is left that a later copy of the vault could open.
"""

from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet

from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.errors import CodeNotWanted, NotThere
from ledger.lanes import Lease, hold


@dataclass(frozen=True)
class CodeWanted:
    """A run that waits: for which sign-in, on which page of the portal, since when, and until when a code is of use."""

    id: int
    portal: str
    alias: str
    view: str
    wanted_at: datetime
    until: datetime
    wrapped_key: bytes

    @property
    def label(self) -> str:
        """What the sealed code is bound to besides its key."""
        return label(self.wanted_at)


def label(wanted_at: datetime) -> str:
    """The label under which the code of the request of this instant is sealed and opened."""
    return f"one-time code {wanted_at.timestamp():.6f}"


def want(lease: Lease, view: str, wrapped_key: bytes, now: datetime, until: datetime) -> int:
    """Ask for a code, and return the request's id. `view` tells the person which code is meant. Raises LeaseLost."""
    with transaction.atomic():
        lane = hold(lease)
        _wipe(lane.pk, now)
        row = models.CodeRequest.objects.create(
            lane=lane, token=lease.token, view=view, wanted_at=now, until=until, wrapped_key=wrapped_key
        )
        audit.append(
            lease.actor, "code.want", "code-request", row.pk, now, portal=lease.portal, run_id=lane.run_id, result=view
        )
        return row.pk


def waiting(practice_id: int, portal: str, alias: str, now: datetime) -> CodeWanted | None:
    """The run of this practice that waits for a code of this sign-in now, in a process that lives, if there is one."""
    rows = _wanted_now(practice_id, now).filter(lane__credential__portal=portal, lane__credential__alias=alias)
    return next((_value(row) for row in rows.order_by("wanted_at") if _is_alive(row)), None)


def wanted(practice_id: int, request_id: int, now: datetime) -> CodeWanted:
    """The request of this practice with this id, which waits now. Raises NotThere: it is over, or was answered."""
    row = _wanted_now(practice_id, now).filter(pk=request_id).first()
    if row is None or not _is_alive(row):
        raise NotThere("run that waits for this code any more")
    return _value(row)


def _wanted_now(practice_id: int, now: datetime) -> QuerySet[models.CodeRequest]:
    return models.CodeRequest.objects.select_related("lane__credential").filter(
        lane__credential__practice=practice_id, lane__until__gt=now, ended_at=None, given_at=None, until__gt=now
    )


def _is_alive(row: models.CodeRequest) -> bool:
    return row.token == row.lane.token and row.wrapped_key is not None


def _value(row: models.CodeRequest) -> CodeWanted:
    credential = row.lane.credential
    return CodeWanted(
        row.pk, credential.portal, credential.alias, row.view, row.wanted_at, row.until, bytes(row.wrapped_key or b"")
    )


def give(wanted: CodeWanted, sealed: bytes, actor: Actor, now: datetime) -> None:
    """Hand the sealed code over. Raises NotAPerson, or CodeNotWanted when it is late or another one came first."""
    must_be_person(actor, "hand over a one-time code")
    with transaction.atomic():
        ours = models.CodeRequest.objects.filter(lane__credential__practice=actor.practice_id)
        given = ours.filter(
            pk=wanted.id, ended_at=None, given_at=None, until__gt=now, wrapped_key__isnull=False
        ).update(sealed=sealed, given_at=now, given_by_id=actor.account_id)
        if not given:
            raise CodeNotWanted(wanted.portal, late=True)
        audit.append(actor, "code.give", "code-request", wanted.id, now, portal=wanted.portal)


def take(lease: Lease, request_id: int, now: datetime) -> bytes | None:
    """The sealed code, once: with it, key and code are wiped. None while there is none. Raises LeaseLost."""
    with transaction.atomic():
        lane = hold(lease)
        row = models.CodeRequest.objects.select_for_update().get(pk=request_id, lane=lane, token=lease.token)
        if row.sealed is None:
            return None
        sealed = bytes(row.sealed)
        _wipe(lane.pk, now)
        audit.append(lease.actor, "code.take", "code-request", request_id, now, portal=lease.portal)
        return sealed


def end(lease: Lease, now: datetime) -> None:
    """Nobody waits any more. Raises LeaseLost."""
    with transaction.atomic():
        _wipe(hold(lease).pk, now)


def _wipe(lane_id: int, now: datetime) -> None:
    models.CodeRequest.objects.filter(lane_id=lane_id, ended_at=None).update(
        sealed=None, wrapped_key=None, ended_at=now
    )
