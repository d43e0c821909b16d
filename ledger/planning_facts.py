"""What is known about questions, put together for the rules of cadence; many are read with as few statements as one."""

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from django.db.models import F, Min

from flows.deadlines import Anchors, Event, deadline
from flows.outcomes import Ending
from flows.questions import Flow
from ledger import models
from ledger.canonical import to_dollars
from ledger.planning_values import (
    AppealToAsk,
    Check,
    ClaimToAsk,
    HoldWhy,
    PeriodToAsk,
    PrimaryPaid,
    Subject,
    ToAsk,
    VisitToAsk,
)
from ledger.portals import portals_with_claims
from ledger.states import AppealStage, ItemState
from ledger.subjects import period_number
from ledger.work_rules import RulesInForce

_PRIMARY, _CROSSOVER = "1", "19"
"""Claim status codes of a remittance (X12 CLP02): processed as primary; and forwarded to further payers."""
_REVERSAL = "22"
_ACKNOWLEDGED_LATELY = 2000


@dataclass
class _OfClaim:
    """What was read about one claim so far."""

    accepted_on: date | None = None
    rejected: bool = False
    checks: list[Check] = field(default_factory=list)
    received_on: date | None = None
    remitted: set[int] = field(default_factory=set)
    primary: PrimaryPaid | None = None


@dataclass(frozen=True)
class _Newest:
    """The newest answer of a question."""

    version: int
    observed_at: datetime
    recorded_at: datetime


class Known:
    """Reads what is known about questions of one practice; what holds for many of them is read once."""

    def __init__(self, practice_id: int, rules: RulesInForce) -> None:
        self._practice_id, self._rules = practice_id, rules
        self._limits: dict[tuple[str, date, date], tuple[date | None, str]] = {}
        self._acknowledging: frozenset[str] | None = None
        self._portals: Sequence[str] | None = None

    def to_ask(self, rows: Sequence[models.WorkItem]) -> dict[int, ToAsk]:
        """By the id of the question. The rows come with what they are about."""
        holds = self._holds(rows)
        claims = self._claims([row.claim for row in rows if row.claim is not None], holds)
        newest = _newest([row.answer_id for row in rows if row.answer_id is not None and row.claim_id is None])
        asked = {}
        for row in rows:
            about = claims[row.claim_id] if row.claim_id is not None else _other(row, newest, holds)
            asked[row.pk] = ToAsk(
                item_id=row.pk,
                flow=Flow(row.flow),
                portal=row.portal,
                payer=self._rules.payer(row.portal),
                state=ItemState(row.state),
                tries=row.tries,
                tried=row.taken_at is not None or row.answer_id is not None,
                not_before=row.not_before,
                by_hand=row.state == ItemState.DONE and row.case_id is not None,
                about=about,
            )
        return asked

    def _claims(self, claims: Sequence[models.Claim], holds: "_Holds") -> Mapping[int, ClaimToAsk]:
        if not claims:
            return {}
        known = {claim.pk: _OfClaim() for claim in claims}
        _acceptances(known)
        _checks(known, {claim.pk: claim for claim in claims})
        _received(known)
        _remittances(known)
        self._primaries(known, claims)
        posted = _posted(number for one in known.values() for number in one.remitted)
        return {claim.pk: self._claim(claim, known[claim.pk], posted, holds) for claim in claims}

    def _claim(self, claim: models.Claim, known: _OfClaim, posted: Collection[int], holds: "_Holds") -> ClaimToAsk:
        limit, rule = None, ""
        if not known.checks or known.checks[-1].negative:
            limit, rule = self._limit(claim)
        return ClaimToAsk(
            number=claim.patient_account_number,
            service_from=claim.service_from,
            service_to=claim.service_to,
            imported_at=claim.imported_at,
            billed=to_dollars(claim.billed_cents),
            accepted_on=known.accepted_on,
            rejected=known.rejected and known.accepted_on is None,
            acceptances_come=known.accepted_on is not None or claim.portal in self._acknowledging_portals(),
            checks=tuple(known.checks),
            received_on=known.received_on,
            remitted=bool(known.remitted),
            posted=any(number in posted for number in known.remitted),
            primary=known.primary,
            limit=limit,
            limit_rule=rule,
            hold=holds.of(claim.patient_id, claim.pk),
        )

    def _limit(self, claim: models.Claim) -> tuple[date | None, str]:
        key = (claim.portal, claim.service_from, claim.service_to)
        if key not in self._limits:
            anchors = Anchors(service_from=claim.service_from, service_to=claim.service_to)
            payer = self._rules.payer(claim.portal)
            found = deadline(Event.CLAIM_FILING, payer, claim.portal, anchors, self._rules.deadlines)
            self._limits[key] = (None, "") if found is None else (found.day, found.rule_id)
        return self._limits[key]

    def _acknowledging_portals(self) -> frozenset[str]:
        """The portals whose claims are acknowledged: those of the newest acceptances that the office has."""
        if self._acknowledging is None:
            # Not the practice itself: SQLite would go through all its claims.
            apart = models.Acknowledgement.objects.alias(of_practice=F("claim__practice_id") + 0)
            rows = apart.filter(kind="277CA", of_practice=self._practice_id)
            newest = rows.order_by("-id").values_list("claim__portal", flat=True)[:_ACKNOWLEDGED_LATELY]
            self._acknowledging = frozenset(portal for portal in newest if portal)
        return self._acknowledging

    def _primaries(self, known: Mapping[int, _OfClaim], claims: Sequence[models.Claim]) -> None:
        """Where another insurer has paid first for the visit: the same number, person and day at another portal."""
        if self._portals is None:
            self._portals = portals_with_claims(self._practice_id)
        if len(self._portals) < 2:
            return
        by_number: dict[str, list[models.Claim]] = {}
        for claim in claims:
            by_number.setdefault(claim.patient_account_number, []).append(claim)
        paid = models.RemitClaim.objects.filter(
            claim__practice_id=self._practice_id,
            claim__portal__in=self._portals,
            claim__patient_account_number__in=list(by_number),
            status__in=(_PRIMARY, _CROSSOVER),
            reading__leads__isnull=False,
            reversed_by=None,
        ).values_list(
            "claim_id", "claim__portal", "claim__patient_account_number", "claim__service_from",
            "claim__patient__birth_date", "status", "reading__paid_on", "reading__kept_at",
        )  # fmt: skip
        for claim_id, portal, number, service_from, born, status, paid_on, kept_at in paid:
            for claim in by_number[number]:
                same = claim.service_from == service_from and claim.patient.birth_date == born
                if same and claim.portal != portal and claim.pk != claim_id:
                    day = paid_on or kept_at.date()
                    known[claim.pk].primary = PrimaryPaid(day, crossover=status == _CROSSOVER)
        own = {claim_id for claim_id, *_ in paid}
        for claim_id in own & known.keys():
            # It was decided as the first payer's itself.
            known[claim_id].primary = None

    def _holds(self, rows: Sequence[models.WorkItem]) -> "_Holds":
        subjects = [row.claim or row.appointment for row in rows]
        patients = {one.patient_id for one in subjects if one is not None}
        held = models.Hold.objects.filter(ended_at=None, patient__in=patients)
        holds = _Holds()
        for one in held.order_by("-id"):
            if one.claim_id is None:
                holds.patients[one.patient_id] = HoldWhy(one.why)
            else:
                holds.claims[one.claim_id] = HoldWhy(one.why)
        return holds


@dataclass
class _Holds:
    patients: dict[int, HoldWhy] = field(default_factory=dict)
    claims: dict[int, HoldWhy] = field(default_factory=dict)

    def of(self, patient_id: int, claim_id: int | None = None) -> HoldWhy | None:
        """Why the payer is not to be asked."""
        return self.patients.get(patient_id) or (None if claim_id is None else self.claims.get(claim_id))


def _other(row: models.WorkItem, newest: Mapping[int, _Newest], holds: _Holds) -> Subject:
    answer = newest.get(row.answer_id or 0)
    if row.appointment is not None:
        visit = row.appointment
        answers_this = answer is not None and _is_about(visit, answer.recorded_at)
        return VisitToAsk(
            number=visit.appointment_number,
            service_from=visit.service_from,
            service_to=visit.service_to,
            imported_at=visit.imported_at,
            answered_at=answer.observed_at if answer is not None and answers_this else None,
            hold=holds.of(visit.patient_id),
        )
    if row.appeal is not None:
        appeal = row.appeal
        return AppealToAsk(
            number=str(appeal.pk),
            stage=AppealStage(appeal.stage),
            amount=to_dollars(appeal.amount_cents),
            deadline=appeal.deadline,
            filed_at=appeal.filed_at,
            filed_on=appeal.filed_on,
            confirmed=bool(appeal.confirmation),
            expected_by=appeal.expected_by,
            listed_after_hours=appeal.listed_after_hours,
            first_check_days=appeal.first_check_days,
            checked_at=None if answer is None else answer.observed_at,
            checks=0 if answer is None else answer.version,
        )
    if row.period is not None:
        period = row.period
        return PeriodToAsk(
            number=period_number(period.paid_from, period.paid_to),
            paid_from=period.paid_from,
            paid_to=period.paid_to,
            asked_for_at=period.asked_for_at,
            answered=answer is not None,
        )
    raise AssertionError("the database keeps no question without a subject")


def _newest(answer_ids: Collection[int]) -> Mapping[int, _Newest]:
    rows = models.AnswerVersion.objects.filter(pk__in=answer_ids)
    return {
        number: _Newest(version, observed_at, recorded_at)
        for number, version, observed_at, recorded_at in rows.values_list("id", "version", "observed_at", "recorded_at")
    }


def _acceptances(known: Mapping[int, _OfClaim]) -> None:
    said = models.Acknowledgement.objects.filter(claim__in=list(known), kind="277CA", level="claim")
    rows = said.values("claim_id", "accepted").annotate(first=Min("effective_date"))
    for claim_id, accepted, first in rows.values_list("claim_id", "accepted", "first"):
        if claim_id is not None and accepted:
            known[claim_id].accepted_on = first
        elif claim_id is not None and accepted is False:
            known[claim_id].rejected = True


def _is_about(form: models.Claim | models.Appointment, recorded_at: datetime) -> bool:
    """Was this claim or visit asked about as it is now? What was said about an older form says nothing about this one.

    Where there was no other form it was, whatever the clock said then: with one that went late for a while, an answer
    would seem older than the import before it, and the portal would be asked the same again and again.
    """
    return form.revision == 1 or recorded_at >= form.imported_at


def _checks(known: Mapping[int, _OfClaim], claims: Mapping[int, models.Claim]) -> None:
    rows = models.AnswerVersion.objects.filter(claim__in=list(known), flow=Flow.CLAIM_STATUS)
    for claim_id, recorded_at, at, ending, category, paid, text, decided_on in rows.order_by("version").values_list(
        "claim_id", "recorded_at", "observed_at", "ending", "category", "paid_cents", "portal_text", "finalised_date"
    ):
        if claim_id is not None and _is_about(claims[claim_id], recorded_at):
            known[claim_id].checks.append(
                Check(at, ending == Ending.NEGATIVE, category, _dollars(paid), text, decided_on)
            )


def _received(known: Mapping[int, _OfClaim]) -> None:
    """When the payer's page says that it received the claim, where nobody has said when it accepted it."""
    wanted = [claim_id for claim_id, one in known.items() if one.accepted_on is None and one.checks]
    rows = models.AnswerVersion.objects.filter(claim__in=wanted, flow=Flow.CLAIM_STATUS, newest_of__isnull=False)
    for claim_id, normalised in rows.values_list("claim_id", "normalised"):
        day = json.loads(normalised).get("received_date")
        if claim_id is not None and day is not None:
            known[claim_id].received_on = date.fromisoformat(day)


def _remittances(known: Mapping[int, _OfClaim]) -> None:
    """The payments that decide these claims and stand: nothing has taken them back."""
    decided = models.RemitClaim.objects.filter(
        claim__in=list(known),
        reading__leads__isnull=False,
        reading__line_balanced=True,
        reading__claim_balanced=True,
        reading__transaction_balanced=True,
        reversed_by=None,
    ).exclude(status=_REVERSAL)
    for claim_id, remittance_id in decided.values_list("claim_id", "reading__remittance_id"):
        if claim_id is not None:
            known[claim_id].remitted.add(remittance_id)


def _posted(remittance_ids: Iterable[int]) -> Collection[int]:
    given = models.Posting.objects.filter(remittance__in=set(remittance_ids))
    return set(given.values_list("remittance_id", flat=True))


def _dollars(cents: int | None) -> Decimal | None:
    return None if cents is None else to_dollars(cents)
