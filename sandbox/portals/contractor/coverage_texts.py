"""The words in which Practice Contractor Services tells a beneficiary's eligibility, and why it shows none."""

from collections.abc import Mapping

from sandbox.eligibility import RejectionCode
from sandbox.portals.contractor.inquiry import INVALID
from sandbox.truth.coverage import BenefitKind, CoverageStatus

STATUS_TEXTS: dict[CoverageStatus, str] = {
    "1": "Entitled",
    "5": "Entitled - premium status under review",
    "6": "Not entitled on the dates of service",
    "7": "Entitlement begins after the dates of service",
    "not-loaded": "Entitlement is not available online",
}
KIND_TEXTS: Mapping[BenefitKind, str] = {
    "A": "Coinsurance",
    "B": "Copayment",
    "C": "Deductible",
    "F": "Limitation",
    "I": "Not covered",
    "1": "Covered",
}
SERVICE_TEXTS = {
    "30": "Medicare Part A and Part B",
    "48": "Hospital inpatient",
    "50": "Hospital outpatient",
    "82": "Preventive services",
    "98": "Physician office visit",
    "MH": "Mental health",
    "PT": "Physical therapy",
}
PERIOD_TEXTS = {
    "23": "Calendar year",
    "27": "Each visit",
    "36": "Each admission",
}
PART_TEXTS = {"part-a": "Part A", "part-b": "Part B"}
MSP_TEXTS = {
    # why another insurer pays before Medicare
    "12": "12 - Working aged",
    "13": "13 - End-stage renal disease",
    "43": "43 - Disability",
    "47": "47 - Liability",
}
SEX_TEXTS = {"F": "Female", "M": "Male", "U": "Unknown"}

REJECTION_TEXTS: Mapping[RejectionCode, str] = {
    # AAA reason code that this payer gives: the portal's sentence for it
    "57": "The dates of service are missing or out of order.",
    "58": "A valid date of birth is needed to identify one beneficiary.",
    "62": "The from date of service may not be more than 12 months in the past.",
    "63": "The to date of service may not be more than 4 months in the future.",
    "71": "The date of birth entered does not match our records for this beneficiary.",
    "73": "The name entered does not match our records for this beneficiary identifier.",
    "75": INVALID,
    "76": "More than one beneficiary matches the information entered.",
}
