"""Periods of payments: the days whose remittances are to be fetched from a portal for one provider."""

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from flows.questions import Flow, Provider
from ledger import audit, models
from ledger.accounts import Actor
from ledger.errors import RecordWrong
from ledger.states import ItemState
from ledger.subjects import period_number
from ledger.unplanned import ASKED_ANEW
from ledger.wakes import Wake, wake


@dataclass(frozen=True)
class Asked:
    """What became of the wish. `waits`: the question stands on the work list or with a person already."""

    period_id: int
    item_id: int
    new: bool
    again: bool

    @property
    def waits(self) -> bool:
        return not (self.new or self.again)


def ask_for(
    portal: str,
    provider: Provider,
    paid_from: date,
    paid_to: date,
    *,
    actor: Actor,
    now: datetime,
    again: bool = True,
) -> Asked:
    """Put the payments of these days, both included, on the work list of the actor's practice.

    The same period again is asked again once it is done, unless `again` says no; until then nothing changes. Raises
    RecordWrong for a period that ends before it begins.
    """
    if paid_to < paid_from:
        raise RecordWrong("The period ends before it begins. Nothing was recorded; give the earlier day first.")
    with transaction.atomic():
        # Two at once would both make the same period.
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        period, _ = models.PaymentPeriod.objects.get_or_create(
            practice_id=actor.practice_id,
            portal=portal,
            provider_tin=provider.tin,
            provider_npi=provider.npi,
            paid_from=paid_from,
            paid_to=paid_to,
            defaults={"asked_for_at": now},
        )
        item, new = models.WorkItem.objects.get_or_create(
            period=period,
            flow=Flow.REMITTANCES,
            defaults={
                "practice_id": actor.practice_id,
                "portal": portal,
                "state": ItemState.READY,
                "not_before": now,
            },
        )
        anew = (
            again
            and not new
            and bool(
                models.WorkItem.objects.filter(pk=item.pk, state=ItemState.DONE).update(
                    state=ItemState.READY, tries=0, not_before=now, case=None, **ASKED_ANEW
                )
            )
        )
        if new or anew:
            wake(Wake.ASKED_AGAIN, now)
            audit.append(
                actor, "period.ask", "period", period.pk, now,
                portal=portal, flow=Flow.REMITTANCES, result=period_number(paid_from, paid_to),
            )  # fmt: skip
        return Asked(period.pk, item.pk, new=new, again=anew)
