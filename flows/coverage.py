"""What an eligibility answer says, in the words of the X12 271 (DOMAIN 2.1). Absent is None: a blank is not zero."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from flows.values import Frozen


class CoverageStatus(StrEnum):
    """EB01 as far as it says whether there is coverage, and two of our own."""

    ACTIVE = "1"
    ACTIVE_FULL_RISK_CAPITATION = "2"
    ACTIVE_SERVICES_CAPITATED = "3"
    ACTIVE_CAPITATED_PRIMARY_CARE = "4"
    ACTIVE_PENDING = "5"
    INACTIVE = "6"
    INACTIVE_PENDING_ELIGIBILITY = "7"
    INACTIVE_PENDING_INVESTIGATION = "8"
    NOT_LOADED = "not-loaded"
    """The member is known, and the portal says that the benefits are not in it (quirk 39)."""
    UNKNOWN = "unknown"


class Network(StrEnum):
    """EB12: does the benefit hold inside the plan's network?"""

    IN = "Y"
    OUT = "N"
    BOTH = "W"
    UNKNOWN = "U"


class Level(StrEnum):
    """EB02: whom the benefit covers."""

    INDIVIDUAL = "IND"
    FAMILY = "FAM"
    EMPLOYEE_ONLY = "EMP"
    EMPLOYEE_AND_CHILDREN = "ECH"
    EMPLOYEE_AND_SPOUSE = "ESP"


class BenefitKind(StrEnum):
    """EB01 as far as it says what a benefit line is about."""

    COINSURANCE = "A"
    COPAY = "B"
    DEDUCTIBLE = "C"
    EXCLUSION = "E"
    LIMITATION = "F"
    OUT_OF_POCKET = "G"
    NOT_COVERED = "I"
    COVERED = "1"
    RESTRICTED = "N"
    SPEND_DOWN = "Y"


class Benefit(Frozen):
    """One benefit line: what kind, for which service type, network and level, over which period (EB06).

    `amount` in dollars, `percent` as the patient's share of 100 (20 is 20 %), `quantity` in `unit` (visits, days).
    """

    kind: BenefitKind
    service_type: str
    network: Network = Network.UNKNOWN
    level: Level | None = None
    period: str | None = None
    amount: Decimal | None = None
    percent: Decimal | None = None
    quantity: Decimal | None = None
    unit: str | None = None
    place: str | None = None
    authorization_required: bool | None = None
    messages: tuple[str, ...] = ()


AccumulatorKind = Literal[BenefitKind.DEDUCTIBLE, BenefitKind.OUT_OF_POCKET]
AmountName = Literal["total", "met", "remaining"]


class Accumulator(Frozen):
    """A deductible or out-of-pocket maximum over the year, in dollars. `derived`: what we computed from the others."""

    kind: AccumulatorKind
    level: Level
    network: Network
    total: Decimal | None = None
    met: Decimal | None = None
    remaining: Decimal | None = None
    derived: AmountName | None = None


class OtherPayer(Frozen):
    """Another insurance of the member (EB01 = R). `order`: who pays first; `msp_type`: why Medicare is second."""

    name: str
    payer_id: str | None = None
    order: Literal["primary", "secondary", "tertiary"] | None = None
    begins: date | None = None
    ends: date | None = None
    msp_type: str | None = None


class SegmentKind(StrEnum):
    """What a stretch of time in a member's coverage is about, as Medicare and state Medicaid have them."""

    COVERAGE = "coverage"
    AID_CATEGORY = "aid-category"
    PART_A = "part-a"
    PART_B = "part-b"
    PART_D = "part-d"
    ADVANTAGE_PLAN = "advantage-plan"
    MANAGED_CARE = "managed-care"
    HOME_HEALTH = "home-health"
    HOSPICE = "hospice"
    END_STAGE_RENAL = "end-stage-renal"
    SPEND_DOWN = "spend-down"
    LOCK_IN = "lock-in"


class Segment(Frozen):
    """A stretch of coverage with its own plan, as Medicare and state Medicaid show it. `amount` in dollars: what is
    still to be spent in it (spend-down)."""

    kind: SegmentKind = SegmentKind.COVERAGE
    what: str
    begins: date
    ends: date | None = None
    """None: open-ended (shown as 12/31/2299, 12/31/9999 or nothing)."""
    payer: str | None = None
    """Who is to be billed in this stretch, where that is not the payer itself."""
    amount: Decimal | None = None


class Member(Frozen):
    """The member as the payer returned them; None where the page does not show it."""

    member_id: str | None = None
    last_name: str | None = None
    first_name: str | None = None
    birth_date: date | None = None
    sex: str | None = None
    address: str | None = None
    relationship: str | None = None


class Difference(Frozen):
    """What the payer holds otherwise than the office: demographic or COB work for a person, never silent."""

    field: Literal["member_id", "last_name", "first_name", "birth_date", "plan_name", "group_number", "other_payer"]
    ours: str | None
    theirs: str | None


class Coverage(Frozen):
    """The coverage of one member on the days asked about."""

    kind: Literal["coverage"] = "coverage"
    status: CoverageStatus
    portal_text: str
    """The status as shown."""
    member: Member
    plan_name: str | None = None
    insurance_type: str | None = None
    group_number: str | None = None
    plan_begins: date | None = None
    plan_ends: date | None = None
    eligibility_begins: date | None = None
    eligibility_ends: date | None = None
    benefit_year: str | None = None
    payer_to_bill: str | None = None
    """The plan that has to be billed, where it is not the payer that was asked (MA plan, Medicaid MCO)."""
    primary_care_provider: str | None = None
    primary_care_required: bool | None = None
    referral_required: bool | None = None
    other_payers: tuple[OtherPayer, ...] = ()
    benefits: tuple[Benefit, ...] = ()
    accumulators: tuple[Accumulator, ...] = ()
    segments: tuple[Segment, ...] = ()
    messages: tuple[str, ...] = ()
    differences: tuple[Difference, ...] = ()

    @property
    def id_corrected(self) -> bool:
        """Did the payer return another member id than was sent?"""
        return any(difference.field == "member_id" for difference in self.differences)


class MemberNotFound(Frozen):
    """The payer does not know this member; `rejected` are its AAA reason codes, `searched` the searches."""

    kind: Literal["member-not-found"] = "member-not-found"
    searched: tuple[str, ...]
    rejected: tuple[str, ...] = ()
