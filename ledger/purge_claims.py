"""What of claims, visits and answers is old enough to go, and how it goes with all that hangs on it."""

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet

from flows.retention import Kind
from ledger import models
from ledger.legal_holds import Held
from ledger.purge_rows import remove, remove_cases, rows_of
from ledger.purge_sealed import remove_evidence_of
from ledger.states import CaseState, ItemState


def ripe_subjects(kind: Kind, practice_id: int, before: datetime, held: Held) -> QuerySet[Any]:
    """Claims (or visits) about which nothing is left to do, and of which nothing was recorded since then.

    Not those with an open case, task, appeal or plan, a question that waits or is planned, an answer, payment or
    acknowledgement since, or a hold; nor those whose answer another claim's answer was taken from, which goes first.
    """
    claims = kind is Kind.CLAIMS
    table, about = (models.Claim, "claim") if claims else (models.Appointment, "appointment")
    here = {about: OuterRef("pk")}
    day = before.date()
    rows = rows_of(table).filter(practice=practice_id, imported_at__lt=before, service_to__lt=day)
    waiting = models.WorkItem.objects.filter(**here).exclude(state=ItemState.DONE, due_at=None)
    answers = models.AnswerVersion.objects
    living: list[QuerySet[Any]] = [
        waiting,
        models.Case.objects.filter(**here).filter(Q(state=CaseState.OPEN) | Q(closed_at__gte=before)),
        models.Task.objects.filter(**here).filter(Q(state="open") | Q(closed_at__gte=before)),
        answers.filter(**here, recorded_at__gte=before),
        answers.filter(**{f"taken_from__{about}": OuterRef("pk")}).exclude(**here),
    ]
    if claims:
        appeals = models.Appeal.objects.filter(**here)
        living += [
            appeals.filter(Q(drafted_at__gte=before) | Q(decided_on__gte=day)),
            appeals.filter(decision="").exclude(stage__in=models.NEVER_FILED),
            models.Case.objects.filter(appeal__claim=OuterRef("pk"), state=CaseState.OPEN),
            models.PatientPayment.objects.filter(**here, recorded_at__gte=before),
            models.BillingWord.objects.filter(**here, given_at__gte=before),
            models.PlanClaim.objects.filter(**here, living=True),
            models.RemitClaim.objects.filter(**here, reading__kept_at__gte=before),
            models.Acknowledgement.objects.filter(**here, document__kept_at__gte=before),
            models.Hold.objects.filter(**here, ended_at=None),
        ]
    for one in living:
        rows = rows.exclude(Exists(one))
    return rows.exclude(held.about("pk" if claims else "", "patient", "portal")) if held.anything else rows


def remove_subjects(kind: Kind, ids: list[int], now: datetime) -> None:
    """Delete them with their questions, attempts, answers, cases, tasks, appeals and payments by patients; and the
    patients of whom nothing is left."""
    claims = kind is Kind.CLAIMS
    table, about = (models.Claim, "claim") if claims else (models.Appointment, "appointment")
    which = {f"{about}__in": ids}
    people = list(rows_of(table).filter(pk__in=ids).values_list("patient", flat=True).distinct())
    appeals = list(models.Appeal.objects.filter(claim__in=ids).values_list("pk", flat=True)) if claims else []
    items = models.WorkItem.objects.filter(Q(**which) | Q(appeal__in=appeals))
    item_ids = list(items.values_list("pk", flat=True))
    attempts = rows_of(models.Attempt).filter(item__in=item_ids)
    of_these = Q(**which) | Q(appeal__in=appeals) | Q(attempt__in=attempts)
    cases = list(models.Case.objects.filter(of_these).values_list("pk", flat=True))
    items.update(answer=None, case=None)
    remove_evidence_of(attempts, now)
    _remove_answers(rows_of(models.AnswerVersion).filter(of_these))
    rows_of(models.DocumentArrival).filter(attempt__in=attempts).update(attempt=None)
    remove_cases(cases)
    remove(models.Attempt, item__in=item_ids)
    remove(models.WorkItem, pk__in=item_ids)
    remove(models.Task, **which)
    if claims:
        _remove_of_claims(ids, appeals)
    remove(table, pk__in=ids)
    _remove_people(people)


def _remove_answers(answers: QuerySet[Any]) -> None:
    """Those that were taken from another go before that other."""
    ids = list(answers.values_list("pk", flat=True))
    remove(models.AnswerVersion, pk__in=ids, taken_from__isnull=False)
    remove(models.AnswerVersion, pk__in=ids)


def _remove_of_claims(ids: list[int], appeals: list[int]) -> None:
    for table in (models.AppealEvent, models.AppealAttachment):
        remove(table, appeal__in=appeals)
    remove(models.Appeal, pk__in=appeals)
    rows_of(models.PatientPayment).filter(claim__in=ids).update(takes_back=None)
    plans = list(models.PlanClaim.objects.filter(claim__in=ids).values_list("plan", flat=True).distinct())
    for also in (models.PatientPayment, models.BillingWord, models.PlanClaim, models.Hold, models.Acknowledgement):
        remove(also, claim__in=ids)
    remove(models.LegalHold, claim__in=ids, released_at__isnull=False)
    empty = [plan for plan in plans if not models.PlanClaim.objects.filter(plan=plan).exists()]
    remove(models.PlanInstalment, plan__in=empty)
    remove(models.PaymentPlan, pk__in=empty)
    # A payment outlives its claim where its own rule is longer: it is then about a claim that is not here.
    models.RemitClaim.objects.filter(claim__in=ids).update(claim=None)


def _remove_people(ids: list[int]) -> None:
    gone = list(
        models.Patient.objects.filter(pk__in=ids, claim=None, appointment=None)
        .exclude(Exists(models.LegalHold.objects.filter(patient=OuterRef("pk"), released_at=None)))
        .values_list("pk", flat=True)
    )
    remove(models.Hold, patient__in=gone)
    remove(models.LegalHold, patient__in=gone)
    remove(models.Patient, pk__in=gone)


def ripe_answers(practice_id: int, before: datetime, held: Held) -> QuerySet[Any]:
    """Answers recorded before then that a newer one has followed."""
    ours = Q()
    for about in ("claim", "appointment", "period", "appeal"):
        ours |= Q(**{f"{about}__practice": practice_id})
    rows = rows_of(models.AnswerVersion).filter(ours, recorded_at__lt=before, newest_of=None)
    rows = rows.exclude(Exists(models.AnswerVersion.objects.filter(taken_from=OuterRef("pk"))))
    if not held.anything:
        return rows
    kept = rows_of(models.AnswerVersion).filter(
        held.about("claim", "claim__patient", "portal")
        | held.about("", "appointment__patient")
        | held.about("appeal__claim", "appeal__claim__patient")
    )
    return rows.exclude(pk__in=kept.values("pk"))
