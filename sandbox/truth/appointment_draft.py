"""Coverage and appointments of a truth ledger while they are being made."""

import random
from datetime import date, timedelta

from sandbox.truth.benefit_plans import ordinary_coverage
from sandbox.truth.coverage import (
    Appointment,
    AppointmentAsk,
    Coverage,
    CoverageOnDays,
    CoverageStatus,
    DifferenceField,
    Segment,
)
from sandbox.truth.draft import Draft
from sandbox.truth.model import Expect, Member
from sandbox.truth.payer_rules import ELIGIBILITY, EligibilityRules

SERVICE_TYPES = ("30", "30", "30", "98", "PT")
NOT_LOADED = "Benefits for this plan are not available here. Call the number on the member's card."


class AppointmentDraft:
    """Adds members, their coverage and appointments to a ledger. All chance comes from the draft's stream."""

    def __init__(self, draft: Draft) -> None:
        self.draft = draft
        self.coverages: dict[str, Coverage] = {}
        self._asks: list[tuple[Appointment, AppointmentAsk]] = []

    @property
    def rng(self) -> random.Random:
        return self.draft.rng

    @property
    def today(self) -> date:
        return self.draft.today

    @property
    def rules(self) -> EligibilityRules:
        """How this ledger's payer answers."""
        return ELIGIBILITY[self.draft.portal]

    def visit_day(self) -> date:
        """The day of a visit: mostly in the next two weeks, never outside the payer's window."""
        return self.today + timedelta(days=self.rng.randint(-5, 14))

    def ordinary(self, member: Member) -> Coverage:
        """Coverage that needs nobody's attention; not added yet."""
        return ordinary_coverage(self.rng, self.draft.portal, self.today, member)

    def cover(self, coverage: Coverage) -> Coverage:
        """Add a member's coverage."""
        self.coverages[coverage.patient] = coverage
        return coverage

    def cover_everybody_else(self, seed: int) -> None:
        """Ordinary coverage for every member without any, each from a stream of their own."""
        for patient, member in self.draft.people.items():
            if patient not in self.coverages:
                rng = random.Random(f"coverage:{seed}:{patient}")
                self.cover(ordinary_coverage(rng, self.draft.portal, self.today, member))

    def ask(
        self,
        scenario: str,
        expect: Expect,
        why: str,
        member: Member,
        *,
        coverage: Coverage | None = None,
        day: date | None = None,
        rejected: tuple[str, ...] = (),
        differences: tuple[DifferenceField, ...] = (),
        member_id: str = "",
        last_name: str = "",
        first_name: str = "",
        birth_date: date | None = None,
        plan_name: str | None = None,
        group_number: str | None = None,
        other_payer: str = "",
    ) -> None:
        """Add an appointment and what a right reader makes of it.

        The office holds what the payer holds unless something else is given; plan and group it holds every other time.
        """
        on = day or self.visit_day()
        holds = coverage is not None and self.rng.random() < 0.5
        appointment = Appointment(
            appointment_number=self.draft.numbers.appointment_number(),
            practice_tin=self.draft.practice.tin,
            billing_npi=self.draft.practice.providers[0].npi,
            portal=self.draft.portal,
            member_id=member_id or member.member_id,
            last_name=last_name or member.last_name.title(),
            first_name=first_name or member.first_name.title(),
            birth_date=birth_date or member.birth_date,
            service_from=on,
            service_to=on,
            service_type=self.rng.choice(SERVICE_TYPES),
            plan_name=plan_name if plan_name is not None else coverage.plan_name if coverage and holds else "",
            group_number=group_number
            if group_number is not None
            else (coverage.group_number or "")
            if coverage and holds
            else "",
            other_payer=other_payer,
        )
        answered = expect == "ANSWERED" and coverage is not None
        ask = AppointmentAsk(
            appointment_number=appointment.appointment_number,
            expect=expect,
            coverage=coverage_on_days(coverage, member, on, on) if answered and coverage is not None else None,
            rejected=rejected,
            differences=differences,
            why=why,
            scenario=scenario,
        )
        self._asks.append((appointment, ask))

    def mixed(self) -> tuple[tuple[Appointment, AppointmentAsk], ...]:
        """The appointments in the order of a calendar nobody sorted."""
        self.rng.shuffle(self._asks)
        return tuple(self._asks)


def coverage_on_days(coverage: Coverage, member: Member, first: date, last: date) -> CoverageOnDays:
    """What the payer knows about these days, both included."""
    segments = tuple(
        sorted((one for one in coverage.segments if one.covers(first, last)), key=lambda one: (one.begins, one.kind))
    )
    status = _status(coverage, segments, first, last)
    covered = status in ("1", "5")
    to_bill = [one.payer for one in segments if one.payer is not None and one.covers(last, last)]
    messages = coverage.messages
    if coverage.terminated_on is not None and coverage.plan_ends is not None:
        messages = (*messages, "Coverage was ended retroactively.")
    if not coverage.loaded:
        messages = (*messages, NOT_LOADED)
    return CoverageOnDays(
        patient=coverage.patient,
        member_id=member.member_id,
        last_name=member.last_name,
        first_name=member.first_name,
        middle_initial=member.middle_initial,
        birth_date=member.birth_date,
        sex=coverage.sex,
        address=coverage.address,
        relationship=coverage.relationship,
        first_day=first,
        last_day=last,
        status=status,
        plan_name=coverage.plan_name,
        insurance_type=coverage.insurance_type,
        group_number=coverage.group_number,
        group_name=coverage.group_name,
        plan_begins=coverage.plan_begins,
        plan_ends=coverage.plan_ends,
        benefit_year=coverage.benefit_year,
        payer_to_bill=to_bill[0] if covered and to_bill else None,
        primary_care_provider=coverage.primary_care_provider,
        primary_care_required=coverage.primary_care_required,
        referral_required=coverage.referral_required,
        other_payers=tuple(
            one for one in coverage.other_payers if one.begins <= last and (one.ends is None or one.ends >= first)
        ),
        benefits=coverage.benefits if covered else (),
        accumulators=coverage.accumulators if covered else (),
        segments=segments,
        messages=messages,
    )


def _status(coverage: Coverage, segments: tuple[Segment, ...], first: date, last: date) -> CoverageStatus:
    if not coverage.loaded:
        return "not-loaded"
    if coverage.plan_ends is not None and coverage.plan_ends < first:
        return "6"
    if coverage.plan_begins > last:
        return "7"
    if any(one.kind == "spend-down" and one.amount for one in segments):
        return "7"
    return "5" if coverage.pending else "1"
