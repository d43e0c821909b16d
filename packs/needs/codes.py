"""The closed lists of codes that a text of a portal may stand for: no pack can name one that the flows do not know."""

from collections.abc import Mapping

from flows.answers import AppealStanding, Decision, Role
from flows.coverage import BenefitKind, CoverageStatus, Level, Network, SegmentKind
from flows.questions import AppealLevel, AppealReason, AttachmentKind

CLAIM_CATEGORIES = frozenset(
    [f"A{n}" for n in range(9)]
    + [f"E{n}" for n in range(5)]
    + [f"F{n}" for n in range(6)]
    + [f"P{n}" for n in range(6)]
    + [f"R{n}" for n in range(18) if n != 2]
    + ["D0", "F3F", "F3N", "RQ", "X0"]
)
"""The claim status category codes of the X12 277 (code list 507, as in DOMAIN 2.2)."""

PAYMENT_METHODS = frozenset({"EFT", "check", "virtual card", "non-payment"})
"""How a payer pays (DOMAIN 2.2)."""

CLAIM_ROLES = frozenset(Role)
"""What another claim number is to a claim."""

COVERAGE_STATUSES = frozenset(status.value for status in CoverageStatus if status is not CoverageStatus.UNKNOWN)
"""X12 271 EB01 as far as it says whether there is coverage, and `not-loaded`."""

BENEFIT_KINDS = frozenset(kind.value for kind in BenefitKind)
"""X12 271 EB01 as far as it says what a benefit is about."""

ACCUMULATOR_KINDS = frozenset({BenefitKind.DEDUCTIBLE.value, BenefitKind.OUT_OF_POCKET.value})

ACCUMULATOR_PARTS = frozenset({"total", "met", "remaining"})
"""Which of the three amounts a row shows, where each has a row of its own."""

NETWORKS = frozenset(network.value for network in Network)
"""X12 271 EB12."""

LEVELS = frozenset(level.value for level in Level)
"""X12 271 EB02."""

PERIODS = frozenset(
    {"6", "7", "13", "21", "22", "23", "24", "25", "26", "27", "28", "29", "30", "31", "32", "33", "34", "35", "36"}
)
"""X12 271 EB06: 23 calendar year, 25 contract, 27 visit, 29 remaining, 24 year to date, 32 lifetime, 34 month, ..."""

SERVICE_TYPES = frozenset(
    [str(number) for number in range(1, 100)]
    + [f"A{sign}" for sign in "0123456789ABCDEFGHIJKLMNOPQR"]
    + [f"B{sign}" for sign in "123ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    + [f"C{sign}" for sign in "1ABCDEFGHIJKLMNOPQ"]
    + ["DG", "DM", "DS", "E0", "GF", "GN", "GY", "IC", "MH", "NI", "ON", "PT", "PU", "RN", "RT", "TC", "TN", "UC"]
)
"""X12 271 EB03: 30 plan coverage, 98 office visit, 47 hospital, MH mental health, ..."""

UNITS = frozenset({"visits", "days", "hours", "units", "months", "admissions"})
"""What a benefit is counted in."""

PAYER_ORDERS = frozenset({"primary", "secondary", "tertiary"})

MSP_TYPES = frozenset({"12", "13", "14", "15", "16", "41", "42", "43", "47"})
"""Why Medicare pays second (X12 271 EB04): 12 working aged, 13 renal disease, 43 disability, 47 liability, ..."""

INSURANCE_TYPES = MSP_TYPES | frozenset(
    {"AP", "C1", "CO", "CP", "D", "DB", "EP", "FF", "GP", "HM", "HN", "HS", "IN", "IP", "LC", "LD", "LI", "LT", "MA"}
    | {"MB", "MC", "MH", "MI", "MP", "OT", "PE", "PL", "PP", "PR", "PS", "QM", "RP", "SP", "TF", "WC", "WU"}
)
"""X12 271 EB04: HM health maintenance, PR preferred provider, MA and MB Medicare, MC Medicaid, C1 commercial, ..."""

SEXES = frozenset({"F", "M", "U"})

RELATIONSHIPS = frozenset({"self", "spouse", "child", "other"})

BENEFIT_YEARS = frozenset({"calendar", "contract"})

SEGMENT_KINDS = frozenset(kind.value for kind in SegmentKind)

DOCUMENT_STATES = frozenset({"ready", "none", "archived"})
"""What the cell of a document says of it, where it says more than a link."""

REPORT_STATES = frozenset({"ready", "building", "failed", "expired"})
"""How far a report is that the portal builds."""

APPEAL_LEVELS = frozenset(level.value for level in AppealLevel)

APPEAL_REASONS = frozenset(reason.value for reason in AppealReason)

ATTACHMENT_KINDS = frozenset(kind.value for kind in AttachmentKind)

APPEAL_DECISIONS = frozenset(decision.value for decision in Decision)

APPEAL_STATES = APPEAL_DECISIONS | {standing.value for standing in AppealStanding}
"""Where an appeal stands. A state that says the decision too ("Overturned") means that it is decided."""

INPUT_CODES: Mapping[str, frozenset[str]] = {
    "service.service_type": SERVICE_TYPES,
    "contest.level": APPEAL_LEVELS,
    "contest.reason": APPEAL_REASONS,
    "filed.level": APPEAL_LEVELS,
    "attachment.kind": ATTACHMENT_KINDS,
}
"""Inputs that are one of a closed list of codes, which portals have words of their own for."""
