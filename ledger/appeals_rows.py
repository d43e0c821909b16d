"""The rows of an appeal: locked in one order, written with an event and an audit entry for each step.

Whoever changes an appeal locks its questions first and the appeal after them; persons and sessions alike.
"""

import hashlib
from datetime import datetime
from typing import Any

from django.db.models import Q

from flows.questions import Flow
from ledger import audit, models
from ledger.accounts import Actor
from ledger.appeals_values import Happening
from ledger.canonical import canonical_json
from ledger.case_routing import follow_claims
from ledger.errors import NotThere
from ledger.states import AppealStage, ItemState
from ledger.subjects import question_of_appeal
from ledger.unplanned import ASKED_ANEW
from ledger.work_rules import in_force

_OF_CASES = frozenset({"stage", "deadline", "amount_cents"})
"""Columns on which the last day and the money of open cases about the claim rest."""


def locked(practice_id: int, number: int) -> models.Appeal:
    """The appeal of this practice with its questions, all locked to the end of the transaction. Raises NotThere."""
    items = models.WorkItem.objects.select_for_update().filter(appeal_id=number, practice_id=practice_id)
    list(items.order_by("id").values_list("id", flat=True))
    rows = models.Appeal.objects.select_for_update(of=("self",)).select_related("claim__patient")
    row = rows.filter(pk=number, practice_id=practice_id).first()
    if row is None:
        raise NotThere(f"appeal {number}")
    return row


def digest(appeal: models.Appeal) -> str:
    """The hash of everything that would be filed, as the rows have it now: who, what, why, and which documents."""
    how_far = {"pressed", "pressed_at", "attachment"}
    filed = question_of_appeal(appeal).model_dump(mode="json", exclude=how_far, exclude_none=True)
    return hashlib.sha256(canonical_json(filed).encode()).hexdigest()


def step(
    appeal: models.Appeal,
    what: Happening,
    actor: Actor,
    now: datetime,
    *,
    note: str = "",
    run_id: int | None = None,
    fields: tuple[str, ...] = (),
    **columns: Any,
) -> None:
    """Write these columns, and that this happened. `fields`: names of what was changed, for the audit log.

    What an appeal says, and its confirmation, stand in no audit entry; nor do notes.
    """
    for name, value in columns.items():
        setattr(appeal, name, value)
    if columns:
        appeal.save(update_fields=[name.removesuffix("_id") for name in columns])
    if what is Happening.DRAFTED or not _OF_CASES.isdisjoint(columns):
        follow_claims(appeal.practice_id, [appeal.claim_id], in_force(appeal.practice_id).routing.cases)
    models.AppealEvent.objects.create(appeal=appeal, at=now, account_id=actor.account_id, what=what, note=note)
    audit.append(
        actor, f"appeal.{what}", "appeal", appeal.pk, now,
        patient_reference=appeal.claim.patient.reference, portal=appeal.portal, flow=Flow.APPEAL, run_id=run_id,
        result=appeal.stage, fields=fields,
    )  # fmt: skip


def ready(appeal: models.Appeal, flow: Flow, at: datetime) -> None:
    """Put the appeal's question of this flow on the work list; what is running is left to its session."""
    item, new = models.WorkItem.objects.get_or_create(
        appeal=appeal,
        flow=flow,
        defaults={
            "practice_id": appeal.practice_id,
            "portal": appeal.portal,
            "state": ItemState.READY,
            "not_before": at,
        },
    )
    if not new:
        models.WorkItem.objects.filter(pk=item.pk).exclude(state=ItemState.RUNNING).update(
            state=ItemState.READY, tries=0, not_before=at, case=None, **ASKED_ANEW
        )


def nothing_to_ask(appeal: models.Appeal, flow: Flow = Flow.APPEAL) -> None:
    """Take its question of this flow off the work list; what is running is left to its session."""
    questions = models.WorkItem.objects.filter(appeal=appeal, flow=flow)
    questions.exclude(state=ItemState.RUNNING).update(state=ItemState.DONE, case=None, **ASKED_ANEW)


def left_pressing(items: Q, actor: Actor, now: datetime) -> None:
    """What the session that ran these questions was pressing when it went away is uncertain from now on.

    For the change of hands of a lane, within its transaction.
    """
    held = models.WorkItem.objects.select_for_update(of=("self",)).filter(items, flow=Flow.APPEAL)
    ids = list(held.order_by("id").values_list("appeal_id", flat=True))
    rows = models.Appeal.objects.select_for_update(of=("self",)).select_related("claim__patient")
    for appeal in rows.filter(pk__in=ids, stage=AppealStage.PRESSING).order_by("id"):
        step(appeal, Happening.UNCERTAIN, actor, now, stage=AppealStage.UNCERTAIN)
