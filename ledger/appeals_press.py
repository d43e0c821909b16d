"""The one press that files an appeal: committed before it happens, for exactly what a person approved, once."""

from datetime import datetime

from django.db import transaction

from flows.questions import Flow
from ledger import models
from ledger.appeals_rows import digest, locked, step
from ledger.appeals_values import Happening
from ledger.cases import check_stops
from ledger.errors import AlreadyPressed, LeaseLost, NotApproved
from ledger.lanes import Lease, beat, hold
from ledger.states import AppealStage, ItemState


def pressing(lease: Lease, reference: str, now: datetime) -> None:
    """Record that the button which files this appeal is about to be pressed. Committed when this returns.

    Must not be called inside another transaction: a press that could be rolled back could be made twice. The appeal
    must be what this lease is asking now, in the form that it was given and a person approved. Raises LeaseLost;
    Stopped while a person has to look at the portal first; AlreadyPressed or NotApproved (both PressingRefused). Then
    nothing may be pressed.
    """
    with transaction.atomic(durable=True):
        lane = hold(lease)
        # A press is made within seconds of its commit, or not at all: until then nobody else may have the lane, look at
        # the payer's list, and have a person say that nothing was filed.
        beat(lease, now)
        check_stops(lease.portal, flow=Flow.APPEAL, alias=lease.alias)
        item = (
            models.WorkItem.objects.select_for_update(of=("self",))
            .filter(
                appeal__reference=reference,
                flow=Flow.APPEAL,
                practice_id=lease.actor.practice_id,
                state=ItemState.RUNNING,
                lane_id=lease.lane_id,
                token=lease.token,
            )
            .first()
        )
        if item is None or item.appeal_id is None:
            raise LeaseLost
        appeal = locked(lease.actor.practice_id, item.appeal_id)
        if appeal.pressed_at is not None:
            raise AlreadyPressed
        if (
            appeal.stage != AppealStage.APPROVED
            or appeal.approvals != item.revision
            or appeal.approved_digest != digest(appeal)
        ):
            raise NotApproved
        step(
            appeal, Happening.PRESSING, lease.actor, now, run_id=lane.run_id,
            stage=AppealStage.PRESSING, pressed_at=now, pressed_by_id=lease.actor.account_id,
        )  # fmt: skip
