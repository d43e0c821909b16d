"""Eligibility answers, as the ledger would hand them out."""

from datetime import date
from decimal import Decimal

from flows.answers import Answer
from flows.coverage import (
    Accumulator,
    Benefit,
    BenefitKind,
    Coverage,
    CoverageStatus,
    Difference,
    Level,
    Member,
    MemberNotFound,
    Network,
    OtherPayer,
    Segment,
    SegmentKind,
)
from flows.outcomes import Ending
from flows.questions import Eligibility, Flow, Held, Patient, Provider, Service
from tests.documents.answered import SEEN, Answered


def covered(number: str = "00V-1") -> Answered:
    """Every fact that an answer about coverage can hold."""
    said = Coverage(
        status=CoverageStatus.ACTIVE,
        portal_text="Active – Coverage",
        member=Member(member_id="00MBR9", last_name="MUÑOZ", first_name="ZOË", birth_date=date(1961, 5, 17), sex="F"),
        plan_name="Silver 70",
        insurance_type="HM",
        group_number="007",
        plan_begins=date(2026, 1, 1),
        plan_ends=date(2026, 12, 31),
        eligibility_begins=date(2025, 1, 1),
        benefit_year="calendar",
        payer_to_bill="Sunrise MCO",
        primary_care_provider="Lee, Robin",
        primary_care_required=True,
        referral_required=False,
        other_payers=(OtherPayer(name="Auto Mutual", order="primary", begins=date(2026, 2, 1)), OtherPayer(name="B")),
        benefits=(
            Benefit(
                kind=BenefitKind.COPAY, service_type="98", network=Network.IN, level=Level.INDIVIDUAL, period="27",
                amount=Decimal("25.00"), place="11", authorization_required=False, messages=("Per visit", "No limit"),
            ),
            Benefit(kind=BenefitKind.OUT_OF_POCKET, service_type="30", percent=Decimal("12.5")),
        ),
        accumulators=(
            Accumulator(
                kind=BenefitKind.DEDUCTIBLE, level=Level.INDIVIDUAL, network=Network.IN,
                total=Decimal("1500.00"), met=Decimal("400.00"), remaining=Decimal("1100.00"), derived="remaining",
            ),
            Accumulator(
                kind=BenefitKind.OUT_OF_POCKET, level=Level.FAMILY, network=Network.BOTH, total=Decimal("9000")
            ),
            Accumulator(
                kind=BenefitKind.DEDUCTIBLE, level=Level.EMPLOYEE_ONLY, network=Network.IN, met=Decimal("1.5")
            ),
        ),
        segments=(
            Segment(kind=SegmentKind.MANAGED_CARE, what="Plan A", begins=date(2026, 1, 1), payer="Sunrise MCO"),
            Segment(
                kind=SegmentKind.SPEND_DOWN, what="Spend-down", begins=date(2026, 1, 1), ends=date(2026, 6, 30),
                amount=Decimal("120.5"),
            ),
        ),
        messages=("Benefits are subject to change",),
        differences=(
            Difference(field="member_id", ours="00MBR1", theirs="00MBR9"),
            Difference(field="group_number", ours=None, theirs="007"),
        ),
    )  # fmt: skip
    return _answered(number, Ending.ANSWERED, said)


def no_member(number: str = "00V-2") -> Answered:
    return _answered(number, Ending.NEGATIVE, MemberNotFound(searched=("member-search",), rejected=("75", "72")))


def _answered(number: str, ending: Ending, said: Coverage | MemberNotFound) -> Answered:
    question = Eligibility(
        portal="practice-national",
        provider=Provider(tin="123456789", npi="1234567893"),
        patient=Patient(member_id="00MBR1", last_name="Muñoz-Ångström", first_name="Zoë", birth_date=date(1961, 5, 17)),
        service=Service(service_from=date(2026, 1, 12), service_to=date(2026, 1, 13), service_type="98"),
        held=Held(plan_name="Silver 70"),
    )
    answer = Answer(portal="practice-national", pack_version="7", observed_at=SEEN, normalised=said, extracted=())
    return Answered(question, number, ending, answer, flow=Flow.ELIGIBILITY, reused=True)
