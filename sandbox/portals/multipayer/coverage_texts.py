"""The words in which Practice Exchange tells a member's coverage; it shows no code of X12."""

from collections.abc import Mapping

from sandbox.truth.coverage import BenefitKind, CoverageStatus, Level, Network

STATUS_TEXTS: dict[CoverageStatus, str] = {
    "1": "Active",
    "5": "Active - pending investigation",
    "6": "Inactive",
    "7": "Inactive - pending eligibility update",
    # Nothing stands there: only the disclaimer over the page says it.
    "not-loaded": "--",
}
KIND_TEXTS: dict[BenefitKind, str] = {
    "A": "Co-insurance",
    "B": "Co-payment",
    "C": "Deductible",
    "E": "Exclusion",
    "F": "Limitation",
    "G": "Out-of-pocket maximum",
    "I": "Non-covered",
    "1": "Covered benefit",
    "N": "Services restricted to provider",
    "Y": "Spend down",
}
NETWORK_TABS: dict[Network, str] = {
    # the tab on which a benefit stands; the payers of this site always state the network
    "Y": "In network",
    "N": "Out of network",
    "W": "Any network",
}
LEVEL_TEXTS: dict[Level, str] = {"IND": "Individual", "FAM": "Family"}
PERIOD_TEXTS = {
    "23": "Each calendar year",
    "24": "Year to date",
    "25": "Each contract year",
    "27": "Each visit",
    "29": "Remaining",
    "32": "In a lifetime",
    "33": "Remaining in a lifetime",
    "34": "Each month",
    "36": "Each admission",
}
SERVICE_TEXTS = {
    # the choices of the form, and the headings of the cards
    "30": "Health benefit plan coverage",
    "1": "Medical care",
    "33": "Chiropractic",
    "35": "Dental care",
    "47": "Hospital",
    "48": "Hospital - inpatient",
    "50": "Hospital - outpatient",
    "82": "Preventive care",
    "86": "Emergency services",
    "88": "Pharmacy",
    "98": "Professional visit - office",
    "AL": "Vision",
    "MH": "Mental health",
    "PT": "Physical therapy",
    "UC": "Urgent care",
}
INSURANCE_TEXTS = {
    "HM": "Health maintenance organization",
    "PR": "Preferred provider organization",
    "C1": "Commercial",
    "EP": "Exclusive provider organization",
    "PS": "Point of service",
    "IN": "Indemnity",
}
BENEFIT_YEAR_TEXTS = {"calendar": "Calendar", "contract": "Contract"}
RELATIONSHIP_TEXTS = {"self": "Self", "spouse": "Spouse", "child": "Dependent child"}
SEX_TEXTS = {"F": "Female", "M": "Male", "U": "Not known"}
ORDER_TEXTS = {"primary": "Primary", "secondary": "Secondary"}

REJECTION_TEXTS: Mapping[str, str] = {
    # AAA reason code that payers on this site give: the site's sentence for it
    "57": "Check the dates of service: they are missing or not in order.",
    "58": "The patient's date of birth is missing or does not tell one patient apart.",
    "62": "The payer does not answer for dates that far in the past.",
    "63": "The payer does not answer for dates that far in the future.",
    "71": "The patient's date of birth does not agree with the payer's records.",
    "73": "The member ID belongs to a patient with another name.",
    "75": "The payer has no record of this patient.",
}
