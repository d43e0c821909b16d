"""What the ledger knows about claims, put together for the rules: answers, payments, coverage, appeals and the rest.

Many claims are read with as many statements as one.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Exists, Max, Min, OuterRef, Q, QuerySet

from flows.answers import AppealState, ClaimNotFound, ClaimState
from flows.claim_work import ClaimFacts, Remitted
from flows.coverage import Coverage, MemberNotFound
from flows.not_found import NotFoundFacts, coverage_found
from flows.questions import Flow
from flows.routing import Contested
from flows.routing_findings import finding_of_appeal
from flows.routing_rules import CoverageFound, Finding
from flows.tasks import TaskKind
from ledger import answers, models
from ledger.appeals_values import Happening
from ledger.canonical import to_dollars
from ledger.case_routing import has_open_case
from ledger.matching_claims import Fit
from ledger.prepared import Prepared
from ledger.remittances_rows import claims_of
from ledger.states import AppealStage

_REVERSAL = "22"
_IS_REMITTED, _IS_CONTESTED, _HAS_CASE = "is_remitted", "is_contested", "has_case"


@dataclass
class _Known:
    """What was read of one claim so far."""

    said: ClaimState | ClaimNotFound | None = None
    said_on: date | None = None
    remitted: list[Remitted] = field(default_factory=list)
    taken_back: Decimal = Decimal("0.00")
    contested: list[Contested] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def facts_of(practice_id: int, ids: Sequence[int]) -> Sequence[tuple[models.Claim, ClaimFacts]]:
    """Those of these claims that are the practice's, with their patients, and all that is known of each.

    Of such a claim, `has_case` tells whether an open case is about it.
    """
    claims = _CLAIMS.rows(practice_id=practice_id, ids=ids)
    known = {claim.pk: _Known() for claim in claims}
    _answers(known)
    _remittances(known, [claim.pk for claim in claims if vars(claim)[_IS_REMITTED]])
    _appeals(known, [claim.pk for claim in claims if vars(claim)[_IS_CONTESTED]])
    not_found = [claim for claim in claims if isinstance(known[claim.pk].said, ClaimNotFound)]
    ladders = not_found_facts(not_found, known_searches(known))
    return [
        (
            claim,
            ClaimFacts(
                service_from=claim.service_from,
                member_id=claim.patient.member_id,
                last_name=claim.patient.last_name,
                said=said if isinstance(said := known[claim.pk].said, ClaimState) else None,
                said_on=known[claim.pk].said_on,
                not_found=ladders.get(claim.pk),
                remitted=tuple(known[claim.pk].remitted),
                taken_back=known[claim.pk].taken_back,
                contested=tuple(known[claim.pk].contested),
                findings=tuple(known[claim.pk].findings),
            ),
        )
        for claim in claims
    ]


def has_case(claim: models.Claim) -> bool:
    """Is an open case about this claim, which `facts_of` gave, or about an appeal of it?"""
    return bool(vars(claim)[_HAS_CASE])


def known_searches(known: Mapping[int, _Known]) -> Mapping[int, tuple[str, ...]]:
    """By claim id: the searches that found nothing."""
    return {claim_id: one.said.searched for claim_id, one in known.items() if isinstance(one.said, ClaimNotFound)}


def not_found_facts(
    claims: Sequence[models.Claim], searched: Mapping[int, tuple[str, ...]]
) -> Mapping[int, NotFoundFacts]:
    """By claim id: what the not-found ladder asks about a claim that the payer does not have."""
    if not claims:
        return {}
    ids = [claim.pk for claim in claims]
    acknowledged = models.Acknowledgement.objects.filter(claim__in=ids, kind="277CA", level="claim")
    accepted: dict[int, date | None] = dict(
        acknowledged.filter(accepted=True)
        .values("claim_id")
        .annotate(first=Min("effective_date"))
        .values_list("claim_id", "first")
    )
    rejected = set(acknowledged.filter(accepted=False).values_list("claim_id", flat=True))
    by_hand = set(
        models.Task.objects.filter(claim__in=ids, kind=TaskKind.CHECK_ELIGIBILITY, closed_by__isnull=False).values_list(
            "claim_id", flat=True
        )
    )
    coverage = _coverage(claims)
    found = {}
    for claim in claims:
        covered = coverage.get(claim.pk, CoverageFound.NOT_ASKED)
        if covered is CoverageFound.NOT_ASKED and claim.pk in by_hand:
            covered = CoverageFound.BY_HAND
        found[claim.pk] = NotFoundFacts(
            searched=searched[claim.pk],
            coverage=covered,
            accepted_on=accepted.get(claim.pk),
            rejected=claim.pk in rejected and claim.pk not in accepted,
            since=claim.imported_at.date(),
            billed=to_dollars(claim.billed_cents),
        )
    return found


def _coverage(claims: Sequence[models.Claim]) -> dict[int, CoverageFound]:
    """What the newest eligibility answer for the patient and the day of service says, of this portal."""
    visits = models.AnswerVersion.objects.select_related("appointment").filter(
        flow=Flow.ELIGIBILITY,
        newest_of__isnull=False,
        appointment__patient__in={claim.patient_id for claim in claims},
        appointment__practice__in={claim.practice_id for claim in claims},
    )
    by_patient: dict[int, list[models.AnswerVersion]] = {}
    for row in visits.order_by("recorded_at", "id"):
        if row.appointment is not None:
            by_patient.setdefault(row.appointment.patient_id, []).append(row)
    found: dict[int, CoverageFound] = {}
    for claim in claims:
        for row in by_patient.get(claim.patient_id, ()):
            visit = row.appointment
            if (
                visit is not None
                and visit.portal == claim.portal
                and visit.service_from <= claim.service_from <= visit.service_to
            ):
                said = answers.normalised_of(row)
                found[claim.pk] = coverage_found(said if isinstance(said, Coverage | MemberNotFound) else None)
    return found


def _answers(known: Mapping[int, _Known]) -> None:
    for claim_id, normalised, recorded_at in _SAID.rows(claims=list(known)):
        said = answers.read_normalised(normalised)
        if claim_id is not None and isinstance(said, ClaimState | ClaimNotFound):
            known[claim_id].said, known[claim_id].said_on = said, _day(recorded_at)


def _remittances(known: Mapping[int, _Known], claims: Sequence[int]) -> None:
    rows = _DECIDED.rows(claims=claims)
    if not rows:
        return
    posted = set(
        models.Posting.objects.filter(remittance__in={row.reading.remittance_id for row in rows}).values_list(
            "remittance_id", flat=True
        )
    )
    taken_back = {row.reverses_id for row in rows if row.status == _REVERSAL and row.reverses_id is not None}
    for row, said in zip(rows, claims_of(rows), strict=True):
        one = known[row.claim_id or 0]
        if row.status == _REVERSAL:
            one.taken_back += -said.paid
        elif row.pk not in taken_back:
            one.remitted.append(
                Remitted(
                    claim=said,
                    paid_on=row.reading.remittance.paid_on,
                    came_on=_day(row.reading.remittance.first_at),
                    posted=row.reading.remittance_id in posted,
                    is_part=row.fit == Fit.SPLIT,
                    corrects=row.corrects_id is not None,
                )
            )


def _decisions(about: Q) -> "QuerySet[models.RemitClaim]":
    """What the leading readings of payments decide, the oldest first; what does not add up decides nothing."""
    rows = models.RemitClaim.objects.select_related("reading__remittance").filter(
        about,
        reading__leads__isnull=False,
        reading__line_balanced=True,
        reading__claim_balanced=True,
        reading__transaction_balanced=True,
    )
    return rows.order_by("reading__remittance__paid_on", "reading__remittance_id", "number")


def _appeals(known: Mapping[int, _Known], claims: Sequence[int]) -> None:
    """Those that live, and those that the portal did not take: what they contest is on the list already, as a case."""
    appeals = {row.pk: row for row in _CONTESTED.rows(claims=claims)}
    if not appeals:
        return
    told = models.AnswerVersion.objects.filter(
        appeal__in=list(appeals), flow=Flow.APPEAL_STATUS, newest_of__isnull=False
    )
    states = {row.appeal_id: answers.normalised_of(row) for row in told}
    for row in appeals.values():
        lines = frozenset(int(line) for line in json.loads(row.lines) if line.isdecimal())
        refused_on = _day(row.refused_at) if row.refused_at is not None else None
        known[row.claim_id].contested.append(Contested(row.pk, lines, refused_on))
        if isinstance(said := states.get(row.pk), AppealState):
            known[row.claim_id].findings.append(finding_of_appeal(said, to_dollars(row.amount_cents), row.pk))


def _claims(practice_id: int, ids: Sequence[int]) -> "QuerySet[models.Claim]":
    """Each with whether a payment brought anything about it, whether it was ever appealed, and whether a case about it
    is open. For most, nothing of it is so, and then nothing more is asked: the rows that tell of it are wide."""
    remitted, contested = (model.objects.filter(claim=OuterRef("pk")) for model in (models.RemitClaim, models.Appeal))
    rows = models.Claim.objects.select_related("patient").filter(practice_id=practice_id, pk__in=ids)
    told = {_IS_REMITTED: Exists(remitted), _IS_CONTESTED: Exists(contested), _HAS_CASE: has_open_case()}
    return rows.annotate(**told)


def _said(claims: Sequence[int]) -> "QuerySet[models.AnswerVersion, tuple[int | None, str, datetime]]":
    rows = models.AnswerVersion.objects.filter(claim__in=claims, flow=Flow.CLAIM_STATUS, newest_of__isnull=False)
    return rows.values_list("claim_id", "normalised", "recorded_at")


def _decided(claims: Sequence[int]) -> "QuerySet[models.RemitClaim]":
    return _decisions(Q(claim__in=claims))


def _contested(claims: Sequence[int]) -> "QuerySet[Any]":
    """Appeals, each with when it was refused."""
    rows = models.Appeal.objects.filter(claim__in=claims)
    asked = rows.exclude(stage__in=sorted(set(models.NEVER_FILED) - {AppealStage.REFUSED}))
    return asked.annotate(refused_at=Max("events__at", filter=Q(events__what=Happening.REFUSED))).order_by("id")


_CLAIMS, _SAID = Prepared(_claims), Prepared(_said)
_DECIDED, _CONTESTED = Prepared(_decided), Prepared(_contested)


def _day(at: datetime) -> date:
    return at.date()
