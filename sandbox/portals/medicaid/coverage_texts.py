"""The words in which Practice State Medical Assistance tells a member's eligibility; it shows no code of X12."""

from collections.abc import Mapping

from sandbox.truth.coverage import BenefitKind, CoverageStatus

STATUS_TEXTS: Mapping[CoverageStatus, str] = {
    "1": "Eligible",
    "5": "Eligible - Under Review",
    "6": "Not Eligible",
    "7": "Not Eligible - Pending",
    "not-loaded": "Not Available Online",
}
SEGMENT_TEXTS = {
    # the kinds of segments that a state program has
    "aid-category": "Aid Category",
    "managed-care": "Managed Care",
    "spend-down": "Spend-Down",
    "lock-in": "Lock-In",
}
KIND_TEXTS: Mapping[BenefitKind, str] = {
    "A": "Coinsurance",
    "B": "Co-pay",
    "C": "Deductible",
    "E": "Excluded",
    "F": "Limit",
    "G": "Out-of-Pocket Maximum",
    "I": "Not Covered",
    "1": "Covered",
    "N": "Lock-In Provider Only",
    "Y": "Spend-Down",
}
PERIOD_TEXTS = {
    "23": "Calendar Year",
    "25": "Benefit Year",
    "27": "Visit",
    "29": "Remaining",
    "34": "Month",
    "36": "Admission",
}
SERVICE_TEXTS = {
    "30": "All Program Services",
    "33": "Chiropractic Services",
    "35": "Dental Services",
    "48": "Inpatient Hospital",
    "50": "Outpatient Hospital",
    "82": "Preventive Services",
    "86": "Emergency Room",
    "88": "Pharmacy",
    "98": "Physician Office Visit",
    "AL": "Vision Services",
    "MH": "Behavioral Health",
    "PT": "Physical Therapy",
    "UC": "Urgent Care",
}
PROGRAM_TEXTS = {"MC": "Medicaid"}
SEX_TEXTS = {"F": "Female", "M": "Male", "U": "Unknown"}
ORDER_TEXTS = {"primary": "Before Medicaid", "secondary": "After Medicaid"}

REJECTION_TEXTS: Mapping[str, str] = {
    # AAA reason code that this payer gives: the portal's sentence for it
    "57": "The dates of service are out of order or span more than one year.",
    "58": "Birth date is needed to identify one member.",
    "62": "Dates of service more than one year ago cannot be verified.",
    "63": "Dates of service more than 31 days ahead cannot be verified.",
    "67": "No member was found for the criteria entered.",
}
