"""What the practice payer knows about its members' coverage, in words close to those of the X12 271."""

from datetime import date
from decimal import Decimal
from typing import Literal

from sandbox.truth.model import Frozen

CoverageStatus = Literal["1", "5", "6", "7", "not-loaded"]
"""EB01: active, active pending investigation, inactive, inactive pending eligibility; and benefits not loaded."""
BenefitKind = Literal["A", "B", "C", "E", "F", "G", "I", "1", "N", "Y"]
"""EB01: coinsurance, copay, deductible, exclusion, limitation, out of pocket, not covered, covered, restricted to a
provider, spend-down."""
Network = Literal["Y", "N", "W", "U"]
"""EB12: in the plan's network, out of it, both alike, unknown."""
Level = Literal["IND", "FAM"]
"""EB02: the individual, the family."""
SegmentKind = Literal[
    "part-a",
    "part-b",
    "part-d",
    "advantage-plan",
    "home-health",
    "hospice",
    "end-stage-renal",
    "aid-category",
    "managed-care",
    "spend-down",
    "lock-in",
]


class Benefit(Frozen):
    """One benefit line. Amounts in dollars; `percent` is the patient's share of 100."""

    kind: BenefitKind
    service_type: str
    """X12 service type code: 30 plan, 98 office visit, ..."""
    network: Network
    level: Level | None = None
    period: str | None = None
    """EB06: 23 calendar year, 25 contract, 27 visit, 29 remaining, 32 lifetime, 34 month, 36 admission."""
    amount: Decimal | None = None
    percent: Decimal | None = None
    quantity: Decimal | None = None
    unit: Literal["visits", "days"] | None = None
    authorization_required: bool | None = None
    messages: tuple[str, ...] = ()


class Accumulator(Frozen):
    """A deductible (C) or out-of-pocket maximum (G) of this benefit year, in dollars: total = met + remaining."""

    kind: Literal["C", "G"]
    level: Level
    network: Network
    total: Decimal
    met: Decimal
    remaining: Decimal


class OtherPayer(Frozen):
    """Another insurance of the member; `order` is when it pays. `msp_type`: why Medicare is second (12, 13, 43, 47)."""

    name: str
    payer_id: str
    policy_number: str
    order: Literal["primary", "secondary"]
    begins: date
    ends: date | None = None
    msp_type: str | None = None


class Segment(Frozen):
    """A stretch of coverage with its own rules, as Medicare and state Medicaid have them."""

    kind: SegmentKind
    code: str
    """An aid category ("MA-12"), a plan's contract number ("H9999-001"), a provider's number, or nothing."""
    name: str
    begins: date
    ends: date | None = None
    """None: open-ended; portals write 12/31/2299, 12/31/9999 or nothing."""
    payer: str | None = None
    """Who is to be billed in this stretch, where that is not the payer itself (MA plan, MCO)."""
    amount: Decimal | None = None
    """Spend-down: what the member has still to spend in this stretch, in dollars."""

    def covers(self, first: date, last: date) -> bool:
        """Whether one of these days lies in it."""
        return self.begins <= last and (self.ends is None or self.ends >= first)


class Address(Frozen):
    """Where the member lives, as the payer has it."""

    street: str
    city: str
    state: str
    postal_code: str


class Coverage(Frozen):
    """All that the payer knows about one member's coverage, past and future."""

    patient: str
    plan_name: str
    insurance_type: str
    """EB04: HM, PR, MB, MC, C1, ..."""
    group_number: str | None
    group_name: str | None
    plan_begins: date
    plan_ends: date | None = None
    terminated_on: date | None = None
    """When the payer learned that the plan had ended, where that was later than the end."""
    pending: bool = False
    """The payer still looks into whether the coverage holds (premium not received)."""
    loaded: bool = True
    """False: the benefits are not in the portal, only a disclaimer says so."""
    benefit_year: Literal["calendar", "contract"]
    sex: Literal["F", "M", "U"]
    address: Address
    relationship: Literal["self", "child", "spouse"]
    primary_care_provider: str | None = None
    primary_care_required: bool = False
    referral_required: bool = False
    other_payers: tuple[OtherPayer, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    accumulators: tuple[Accumulator, ...] = ()
    segments: tuple[Segment, ...] = ()
    messages: tuple[str, ...] = ()
    page_error: Literal["wrong-remaining"] | None = None
    """A mistake on the payer's page: total, met and remaining of a deductible contradict each other; here they fit."""


class CoverageOnDays(Frozen):
    """The coverage of one member on the days asked about: what pages show, and what a right answer says."""

    patient: str
    member_id: str
    last_name: str
    first_name: str
    middle_initial: str
    birth_date: date
    sex: str
    address: Address
    relationship: str
    first_day: date
    last_day: date
    status: CoverageStatus
    plan_name: str
    insurance_type: str
    group_number: str | None
    group_name: str | None
    plan_begins: date
    plan_ends: date | None
    benefit_year: str
    payer_to_bill: str | None
    """The MA plan or MCO that has to be billed on these days."""
    primary_care_provider: str | None
    primary_care_required: bool
    referral_required: bool
    other_payers: tuple[OtherPayer, ...]
    benefits: tuple[Benefit, ...]
    accumulators: tuple[Accumulator, ...]
    segments: tuple[Segment, ...]
    """Those that touch the days asked about, in order of their beginning."""
    messages: tuple[str, ...]


class Appointment(Frozen):
    """A visit that the office asks coverage for: the patient and the coverage as the office holds them."""

    appointment_number: str
    practice_tin: str
    billing_npi: str
    portal: str
    member_id: str
    last_name: str
    first_name: str
    birth_date: date
    service_from: date
    service_to: date
    service_type: str
    plan_name: str
    """As the office holds it; empty where it holds nothing."""
    group_number: str
    other_payer: str


DifferenceField = Literal[
    "member_id", "last_name", "first_name", "birth_date", "plan_name", "group_number", "other_payer"
]


class AppointmentAsk(Frozen):
    """What a right reader makes of an appointment (one per appointment, by its number).

    ANSWERED: the answer's facts must equal `coverage`. A reader may always ask a person instead; it may never
    answer other facts.
    """

    appointment_number: str
    expect: Literal["ANSWERED", "NEGATIVE", "NEEDS_STAFF"]
    coverage: CoverageOnDays | None
    rejected: tuple[str, ...] = ()
    """The AAA reason codes of which the portal gives one, where it rejects the question."""
    differences: tuple[DifferenceField, ...] = ()
    """What the payer holds otherwise than the office."""
    why: str
    scenario: str
