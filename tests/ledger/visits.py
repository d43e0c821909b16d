"""Appointments, what portals say about coverage, and periods of payments, for the ledger's tests."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from flows.answers import Answer, Shown
from flows.coverage import (
    Accumulator,
    Benefit,
    BenefitKind,
    Coverage,
    CoverageStatus,
    Level,
    Member,
    MemberNotFound,
    Network,
)
from flows.outcomes import Ending, Outcome
from flows.questions import Eligibility, Held, Patient, Provider, Service
from ledger.accounts import Actor
from ledger.appointments import import_appointments
from ledger.imports import ImportResult
from tests.ledger.office import NOW, PORTAL, digest

PROVIDER = Provider(tin="123456789", npi="1234567893")


def visit(number: int = 1, **changed: Any) -> Eligibility:
    """The visit of the patient with this number. `changed`: fields of its service, or of the question itself."""
    service = {"service_from": date(2026, 3, 10), "service_to": date(2026, 3, 10)}
    service |= {name: changed.pop(name) for name in ("service_from", "service_to", "service_type") if name in changed}
    service["service_to"] = max(service["service_from"], service["service_to"])
    question = Eligibility(
        portal=PORTAL,
        provider=PROVIDER,
        patient=Patient(
            member_id=f"MBR{number:07}", last_name="Quillfeather", first_name="Ottoline", birth_date=date(1961, 5, 17)
        ),
        service=Service.model_validate(service),
        held=Held(plan_name="Silver 70", group_number="G-7"),
    )
    return question.model_copy(update=changed)


def listed(numbers: Iterable[int]) -> list[tuple[str, Eligibility]]:
    """The visits of these patients, with the office's numbers."""
    return [(f"VISIT-{number:04}", visit(number)) for number in numbers]


def bring_visits(rows: Iterable[tuple[str, Eligibility]], actor: Actor, now: datetime = NOW) -> ImportResult:
    """Import these appointments."""
    return import_appointments(rows, actor, now, digest=digest)


def covered(at: datetime = NOW, **changed: Any) -> Outcome:
    """The portal says: active. `changed`: other fields of the coverage."""
    coverage = Coverage(
        status=CoverageStatus.ACTIVE,
        portal_text="Active Coverage",
        member=Member(member_id="MBR0000001", last_name="QUILLFEATHER", first_name="OTTOLINE"),
        plan_name="Silver 70",
        group_number="G-7",
        eligibility_begins=date(2026, 1, 1),
        eligibility_ends=date(2026, 12, 31),
        benefits=(
            Benefit(kind=BenefitKind.COPAY, service_type="98", network=Network.IN, amount=Decimal("25.00")),
            Benefit(kind=BenefitKind.COINSURANCE, service_type="98", network=Network.OUT, percent=Decimal(40)),
        ),
        accumulators=(
            Accumulator(
                kind=BenefitKind.DEDUCTIBLE, level=Level.INDIVIDUAL, network=Network.IN,
                total=Decimal("1500.00"), met=Decimal("400.00"), remaining=Decimal("1100.00"), derived="remaining",
            ),
        ),
    ).model_copy(update=changed)  # fmt: skip
    return answered(Ending.ANSWERED, coverage, at)


def no_member(at: datetime = NOW) -> Outcome:
    """The payer does not know this member."""
    return answered(Ending.NEGATIVE, MemberNotFound(searched=("member-search",), rejected=("75",)), at)


def answered(ending: Ending, said: Any, at: datetime = NOW, portal: str = PORTAL) -> Outcome:
    """An answer that says so."""
    shown = (Shown(where="coverage.status", text="Active Coverage"),)
    return Outcome(
        ending=ending,
        answer=Answer(portal=portal, pack_version="1", observed_at=at, normalised=said, extracted=shown),
    )
