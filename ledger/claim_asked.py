"""A person wants the payer asked about one claim or visit now, before its day."""

from datetime import datetime

from django.db import transaction

from flows.questions import Flow
from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.errors import NotThere, RecordWrong
from ledger.planning_values import Rank
from ledger.states import ItemState
from ledger.subjects import patient_reference
from ledger.wakes import Wake, wake


def ask_claim(claim_id: int, actor: Actor, now: datetime) -> None:
    """Have the claim's status asked at the next opportunity, before what is due by its day.

    Raises NotAPerson, NotThere, or RecordWrong while it is being asked, or waits for a case.
    """
    _ask(actor, now, flow=Flow.CLAIM_STATUS, claim_id=claim_id)


def ask_visit(appointment_id: int, actor: Actor, now: datetime) -> None:
    """The same for the coverage of a visit."""
    _ask(actor, now, flow=Flow.ELIGIBILITY, appointment_id=appointment_id)


def _ask(actor: Actor, now: datetime, *, flow: Flow, **about: int) -> None:
    must_be_person(actor, "have a payer asked")
    with transaction.atomic():
        rows = models.WorkItem.objects.select_for_update(of=("self",)).filter(
            practice_id=actor.practice_id, flow=flow, **about
        )
        item = rows.first()
        if item is None:
            raise NotThere("question of this kind about it")
        if item.state == ItemState.RUNNING:
            raise RecordWrong(
                "The portal is being asked about this at this moment. Nothing was changed; look again in a minute."
            )
        if item.state == ItemState.PARKED:
            raise RecordWrong(
                f"This waits for case {item.case_id}. Nothing was changed; end that case, and the portal is asked."
            )
        # It counts as planned: no rule moves it away again while nothing about it changes.
        models.WorkItem.objects.filter(pk=item.pk).update(
            state=ItemState.READY, tries=0, not_before=now, rank=Rank.JUMPS.order, planned_at=now, due_at=None,
            review_at=None,
        )  # fmt: skip
        wake(Wake.ASKED_AGAIN, now)
        audit.append(
            actor, "item.again", "item", item.pk, now,
            patient_reference=patient_reference(item), portal=item.portal, flow=flow,
        )  # fmt: skip
