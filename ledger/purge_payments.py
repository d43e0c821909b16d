"""What of the payments is old enough to go, and how a payment goes with its readings, claims, lines and deposit."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from ledger import models
from ledger.legal_holds import Held
from ledger.purge_rows import remove, remove_cases, rows_of
from ledger.states import CaseState


def ripe_remittances(practice_id: int, before: datetime, held: Held) -> QuerySet[Any]:
    """Payments made and first seen before then, without an open case or task, and none with a claim under a hold."""
    rows = rows_of(models.Remittance).filter(practice=practice_id, first_at__lt=before)
    rows = rows.filter(Q(paid_on=None) | Q(paid_on__lt=before.date()))
    here = OuterRef("pk")
    for living in (
        models.RemittanceCase.objects.filter(remittance=here, case__state=CaseState.OPEN),
        models.Task.objects.filter(remittance=here, state="open"),
        models.RemittanceReading.objects.filter(remittance=here, kept_at__gte=before),
    ):
        rows = rows.exclude(Exists(living))
    if not held.anything:
        return rows
    under = models.RemitClaim.objects.filter(held.about("claim", "claim__patient", "claim__portal"))
    return rows.exclude(pk__in=under.values("reading__remittance")).exclude(held.about(portal="portal"))


def remove_remittances(ids: list[int], _now: datetime) -> None:
    """Delete them with all that was read of them. Other payments that refer to one of them keep its number as text."""
    readings = list(models.RemittanceReading.objects.filter(remittance__in=ids).values_list("pk", flat=True))
    claims = list(models.RemitClaim.objects.filter(reading__in=readings).values_list("pk", flat=True))
    cases = list(rows_of(models.RemittanceCase).filter(remittance__in=ids).values_list("case", flat=True))
    models.Remittance.objects.filter(pk__in=ids).update(leading=None)
    remove(models.Task, remittance__in=ids)
    remove(models.RemittanceCase, remittance__in=ids)
    remove_cases(cases)
    remove(models.Posting, remittance__in=ids)
    remove(models.Deposit, remittance__in=ids)
    models.ProviderAdjustment.objects.filter(about_remittance__in=ids).update(about_remittance=None)
    models.ProviderAdjustment.objects.filter(about_claim__in=claims).update(about_claim=None)
    remove(models.ProviderAdjustment, reading__in=readings)
    remove(models.RemitReference, reading__in=readings)
    for part in (models.RemarkCode, models.RemitAdjustment, models.RemitLine, models.RemitPerson):
        remove(part, remit_claim__in=claims)
    for link in ("reverses", "corrects"):
        models.RemitClaim.objects.filter(Q(**{f"{link}__in": claims}) | Q(pk__in=claims)).update(**{link: None})
    remove(models.RemitClaim, pk__in=claims)
    models.RemittanceReading.objects.filter(repeats__in=readings).update(repeats=None)
    remove(models.RemittanceReading, pk__in=readings)
    remove(models.Remittance, pk__in=ids)
