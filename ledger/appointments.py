"""Appointments come in: visits for which coverage is needed, each a question about eligibility to its portal.

An appointment for which a fresh answer is at hand is not asked about (DOMAIN 3.1): the answer was given for the same
patient, at the same portal, for the same provider and service type, at most 72 hours ago, to an office that held the
same; both visits are in one calendar month; the coverage is active; and no date in the answer parts the two visits.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import F

from flows.coverage import Coverage, CoverageStatus
from flows.outcomes import Ending
from flows.questions import Eligibility, Flow
from ledger import answers, audit, models
from ledger.accounts import Actor
from ledger.found_work import open_found_work
from ledger.imports import ImportResult, Keep, Key, Kind, bring_in, why_not_kept
from ledger.states import ItemState
from ledger.unplanned import ASKED_ANEW

REUSED_FOR = timedelta(hours=72)
"""So long after the portal was looked at, its answer also answers for another visit."""

Listed = tuple[str, Eligibility]
"""The office's appointment number, and the question."""

_ACTIVE = (
    CoverageStatus.ACTIVE,
    CoverageStatus.ACTIVE_FULL_RISK_CAPITATION,
    CoverageStatus.ACTIVE_SERVICES_CAPITATED,
    CoverageStatus.ACTIVE_CAPITATED_PRIMARY_CARE,
)
_HELD = ("plan_name", "group_number", "other_payer")
_COLUMNS = ("provider_tin", "provider_npi", "patient_id", "service_from", "service_to", "service_type", *_HELD)
_SAME = ("portal", "provider_tin", "provider_npi", "patient_id", "service_type", *_HELD)


def import_appointments(
    rows: Iterable[Listed],
    actor: Actor,
    now: datetime,
    *,
    digest: Callable[[str], str],
    keep: Keep = lambda _: True,
) -> ImportResult:
    """Bring appointments into the work list of the actor's practice, as `ledger.imports.bring_in` says.

    `rows` are the office's numbers, each with its question.
    """
    return bring_in(_APPOINTMENTS, rows, actor, now, digest=digest, keep=keep)


def _key(listed: Listed) -> Key:
    number, question = listed
    return question.portal, number


def _columns(listed: Listed, patient_id: int) -> dict[str, Any]:
    _, question = listed
    provider, service, held = question.provider, question.service, question.held
    values = (
        provider.tin, provider.npi, patient_id, service.service_from, service.service_to, service.service_type,
        held.plan_name, held.group_number, held.other_payer,
    )  # fmt: skip
    return dict(zip(_COLUMNS, values, strict=True))


def _why_not(listed: Listed) -> str:
    number, question = listed
    if not question.portal or not number:
        return "The portal or the appointment number is missing."
    service, held = question.service, question.held
    texts = (
        ("appointment number", number, 80),
        ("service type", service.service_type, 10),
        ("plan name", held.plan_name, 200),
        ("group number", held.group_number, 80),
        ("other payer", held.other_payer, 200),
    )
    if why := why_not_kept(question.portal, question.provider, question.patient, texts):
        return why
    return "The service ends before it begins." if service.service_to < service.service_from else ""


def _reuse(rows: Sequence[models.Appointment], actor: Actor, now: datetime) -> int:
    """Give each of these the answer that is at hand, if one is; returns how many were given one."""
    if not rows:
        return 0
    at_hand = _fresh_answers(rows, now)
    if not at_hand:
        return 0
    items = models.WorkItem.objects.select_related("appointment__patient").filter(
        appointment__in=[row.pk for row in rows], flow=Flow.ELIGIBILITY, state=ItemState.READY
    )
    given = 0
    for item in items:
        if item.appointment is None:
            continue
        source = next((one for one in at_hand[_same(item.appointment)] if _answers_too(one, item.appointment)), None)
        if source is None:
            continue
        version = answers.take_over(item, source, now)
        models.WorkItem.objects.filter(pk=item.pk).update(state=ItemState.DONE, answer=version, **ASKED_ANEW)
        audit.append(
            actor, "item.reuse", "item", item.pk, now, patient_reference=item.appointment.patient.reference,
            portal=item.portal, flow=item.flow, result=f"answer {source.pk}",
        )  # fmt: skip
        open_found_work(item, version, actor, now)
        given += 1
    return given


def _fresh_answers(
    rows: Sequence[models.Appointment], now: datetime
) -> defaultdict[tuple[object, ...], list[models.AnswerVersion]]:
    """The answers of the last days about the patients of these appointments, the newest look at the portal first."""
    found = models.AnswerVersion.objects.select_related("appointment", "attempt").filter(
        appointment__patient__in={row.patient_id for row in rows},
        flow=Flow.ELIGIBILITY,
        ending=Ending.ANSWERED,
        coverage_status__in=_ACTIVE,
        observed_at__gte=now - REUSED_FOR,
        # It answers the appointment as it is now, and nobody wants it asked again.
        newest_of__state=ItemState.DONE,
        recorded_at__gte=F("appointment__imported_at"),
    )
    fresh: defaultdict[tuple[object, ...], list[models.AnswerVersion]] = defaultdict(list)
    for row in found.order_by("-observed_at", "-id"):
        if row.appointment is not None:
            fresh[_same(row.appointment)].append(row)
    return fresh


def _same(row: models.Appointment) -> tuple[object, ...]:
    return tuple(getattr(row, name) for name in _SAME)


def _answers_too(source: models.AnswerVersion, wanted: models.Appointment) -> bool:
    """Does what was said about one visit hold for the other? Any date between the two is a reason to ask."""
    asked, said = source.appointment, answers.normalised_of(source)
    if asked is None or not isinstance(said, Coverage):
        return False
    days = (asked.service_from, asked.service_to, wanted.service_from, wanted.service_to)
    if len({(day.year, day.month) for day in days}) != 1:
        return False
    first, last = min(days), max(days)
    begins = (
        said.plan_begins,
        said.eligibility_begins,
        *(segment.begins for segment in said.segments),
        *(payer.begins for payer in said.other_payers),
    )
    ends = (
        said.plan_ends,
        said.eligibility_ends,
        *(segment.ends for segment in said.segments),
        *(payer.ends for payer in said.other_payers),
    )
    begun_between = any(begin is not None and first < begin <= last for begin in begins)
    ended_between = any(end is not None and first <= end < last for end in ends)
    return not begun_between and not ended_between


_APPOINTMENTS = Kind(
    table=models.Appointment,
    flow=Flow.ELIGIBILITY,
    what="appointments",
    number="appointment_number",
    twice="This appointment number stands in the list before, with other contents.",
    key=_key,
    patient=lambda listed: listed[1].patient,
    why_not=_why_not,
    changing=_COLUMNS,
    columns=_columns,
    settle=_reuse,
)
