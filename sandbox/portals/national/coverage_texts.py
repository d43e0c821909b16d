"""The words in which Practice National Health tells a member's coverage; it shows no code of X12."""

from collections.abc import Mapping

from sandbox.truth.coverage import BenefitKind, CoverageStatus, Level, Network

STATUS_TEXTS: dict[CoverageStatus, str] = {
    "1": "Active coverage",
    "5": "Active coverage - premium review open",
    "6": "Not covered",
    "7": "Not yet covered",
    "not-loaded": "Benefits not available online",
}
KIND_TEXTS: dict[BenefitKind, str] = {
    "A": "Coinsurance",
    "B": "Copay",
    "C": "Deductible",
    "E": "Excluded",
    "F": "Benefit limit",
    "G": "Out-of-pocket maximum",
    "I": "Not covered",
    "1": "Covered",
    "N": "Only by the assigned provider",
    "Y": "Spend-down",
}
NETWORK_TEXTS: dict[Network, str] = {
    "Y": "In network",
    "N": "Out of network",
    "W": "In or out of network",
    "U": "Not stated",
}
LEVEL_TEXTS: dict[Level, str] = {"IND": "Individual", "FAM": "Family"}
PERIOD_TEXTS = {
    "23": "Calendar year",
    "24": "Year to date",
    "25": "Plan year",
    "27": "Per visit",
    "29": "Remaining",
    "32": "Lifetime",
    "33": "Lifetime remaining",
    "34": "Per month",
    "36": "Per admission",
}
SERVICE_TEXTS = {
    # the choices of the form, and the first column of the benefits
    "30": "Health plan",
    "1": "Medical care",
    "33": "Chiropractic",
    "35": "Dental care",
    "47": "Hospital",
    "48": "Hospital - inpatient",
    "50": "Hospital - outpatient",
    "82": "Preventive visit",
    "86": "Emergency services",
    "88": "Prescription drugs",
    "98": "Office visit",
    "AL": "Vision (optometry)",
    "MH": "Mental health",
    "PT": "Physical therapy",
    "UC": "Urgent care",
}
INSURANCE_TEXTS = {
    "HM": "HMO",
    "PR": "PPO",
    "C1": "Commercial",
    "EP": "EPO",
    "PS": "Point of service",
    "IN": "Indemnity",
}
BENEFIT_YEAR_TEXTS = {"calendar": "Calendar year", "contract": "Contract year"}
RELATIONSHIP_TEXTS = {"self": "Subscriber", "spouse": "Spouse", "child": "Child"}
SEX_TEXTS = {"F": "Female", "M": "Male", "U": "Unknown"}
ORDER_TEXTS = {"primary": "Pays first", "secondary": "Pays second"}

REJECTION_TEXTS: Mapping[str, str] = {
    # AAA reason code that this payer gives: the portal's sentence for it
    "57": "The coverage dates are missing or not in order.",
    "58": "A valid date of birth is needed to find one member.",
    "62": "The coverage dates are further back than we can answer.",
    "63": "The coverage dates are further ahead than we can answer.",
    "71": "We found the member, but with another date of birth.",
    "72": "We have no member with this ID or name.",
    "76": "More than one member matches the information entered.",
}
