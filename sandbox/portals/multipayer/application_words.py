"""The captions of the eligibility application and the remittance viewer, and the order of their parts, by version."""

from typing import Any

Words = dict[str, Any]
Pairs = list[list[str]]

TEXT: Words = {
    "patientsMenu": "Patient Registration",
    "eligibility": "Eligibility and Benefits",
    "eligibilityAbout": "Ask a payer for a patient's coverage and benefits.",
    "remittances": "Remittance Viewer",
    "remittancesAbout": "Find payments, look at explanations of payment and save 835 files.",
    "eligibilityHeading": "Eligibility and Benefits Inquiry",
    "eligibilityLead": "Choose a payer and a provider, then how you want to find the patient. Without dates the payer "
    "answers for today.",
    "asOf": "As of date",
    "through": "Through date",
    "benefitType": "Benefit type",
    "inquire": "Submit",
    "inquiring": "Waiting for the payer",
    "newInquiry": "New inquiry",
    "answerHeading": "Coverage and Benefits",
    "membersHeading": "Matching patients",
    "severalMembers": "More than one patient matches your inquiry. Choose one.",
    "noAnswer": "The payer did not return coverage for this inquiry.",
    "coverageSections": {
        "patient": "Patient",
        "coverage": "Plan and coverage",
        "care": "Primary care",
        "otherPayers": "Other payers",
        "benefits": "Benefits by network",
        "messages": "Messages from the payer",
    },
    "disclaimer": "Benefits not loaded",
    "yearlyAmounts": "Deductible and out-of-pocket",
    "benefits": "Benefits",
    "noAmounts": "The payer returned no deductible or out-of-pocket maximum.",
    "noBenefits": "The payer returned no benefits for these dates.",
    "noBenefitsHere": "The payer returned no benefits for this network.",
    "noOtherPayers": "The payer knows of no other payer.",
    "noMessages": "No messages.",
    "remittancesHeading": "Remittance Viewer",
    "remittancesLead": "Choose a payer and a provider, then how you want to search.",
    "findPayments": "Find remittances",
    "paymentsHeading": "Remittances",
    "payments": "Remittances",
    "loadingPayments": "Loading remittances",
    "era": "Download 835",
    "eob": "View PDF",
    "noDocument": "Not available",
    "documentGone": "This document is not available.",
    "paymentDetail": "Remittance details",
    "paymentSections": {"payment": "Payment", "claims": "Claims paid", "adjustments": "Provider adjustments"},
    "noPaidClaims": "No claims to show.",
    "noAdjustments": "No provider adjustments.",
}

_COVERAGE_FIELDS: dict[str, Pairs] = {
    "patient": [
        ["Member ID", "memberId"],
        ["Last name", "lastName"],
        ["First name", "firstName"],
        ["Date of birth", "birthDate"],
        ["Sex", "sex"],
        ["Relationship", "relationship"],
        ["Address", "address"],
    ],
    "coverage": [
        ["Coverage", "status"],
        ["Asked for", "days"],
        ["Plan name", "plan"],
        ["Insurance type", "insuranceType"],
        ["Group number", "groupNumber"],
        ["Group name", "groupName"],
        ["Plan begin", "planBegins"],
        ["Plan end", "planEnds"],
        ["Benefit year", "benefitYear"],
    ],
    "care": [
        ["Primary care provider", "provider"],
        ["Provider required", "providerRequired"],
        ["Referral required", "referralRequired"],
    ],
    "otherPayers": [
        ["Payer", "name"],
        ["Payer ID", "payerId"],
        ["Policy number", "policy"],
        ["Order", "order"],
        ["Begin", "begins"],
        ["End", "ends"],
    ],
}
_AMOUNTS: Pairs = [["Total", "total"], ["Met", "met"], ["Remaining", "remaining"]]
_BENEFITS: Pairs = [
    ["Benefit", "kind"],
    ["Level", "level"],
    ["Amount or limit", "worth"],
    ["Period", "period"],
    ["Authorization required", "authorization"],
    ["Notes", "notes"],
]
_MEMBERS: Pairs = [["Member ID", "memberId"], ["Patient", "patient"], ["Birth date", "birthDate"]]
_ORDER = ["patient", "coverage", "messages", "otherPayers", "care", "benefits"]

_PAYMENTS: Pairs = [
    ["Check or EFT number", "trace"],
    ["Issued", "issued"],
    ["Payment type", "method"],
    ["Claims", "claims"],
    ["Amount", "amount"],
    ["835", "era"],
    ["Explanation", "eob"],
]
_PAYMENT_FIELDS: dict[str, Pairs] = {
    "payment": [
        ["Check or EFT number", "trace"],
        ["Issued", "issued"],
        ["Payment type", "method"],
        ["Amount", "amount"],
        ["Payee", "payee"],
        ["Payee NPI", "npi"],
        ["Payee tax ID", "tin"],
    ],
    "claims": [
        ["Patient control number", "account"],
        ["Claim control number", "number"],
        ["Service dates", "dates"],
        ["Processed", "processed"],
        ["Billed", "billed"],
        ["Paid", "paid"],
        ["Member responsibility", "owed"],
    ],
    "adjustments": [["Reason", "reason"], ["Reference", "reference"], ["Amount", "amount"]],
}

REWORDED: Words = {
    "eligibilityHeading": "Coverage inquiry",
    "asOf": "Coverage on",
    "inquire": "Ask the plan",
    "newInquiry": "Start over",
    "answerHeading": "Coverage found",
    "coverageSections": {
        "patient": "Subscriber",
        "coverage": "Health plan",
        "care": "Family doctor",
        "otherPayers": "Other coverage",
        "benefits": "What the plan covers",
        "messages": "Plan notes",
    },
    "noBenefits": "The plan sent no benefits for these days.",
    "noOtherPayers": "There is no other coverage.",
    "remittancesHeading": "Payments",
    "findPayments": "Find payments",
    "paymentsHeading": "Payments found",
    "era": "Save 835 file",
    "eob": "Open explanation",
    "noDocument": "None",
    "paymentDetail": "Payment information",
}
"""What version 2 says otherwise."""
RENAMED = {
    "Coverage": "Coverage status",
    "Plan name": "Health plan",
    "Plan begin": "In force since",
    "Plan end": "In force until",
    "Check or EFT number": "Payment reference",
    "Issued": "Payment date",
    "Amount": "Payment",
    "Explanation": "Explanation of payment",
    "Benefit": "What",
    "Remaining": "Still to pay",
    "Member ID and date of birth": "Subscriber",
    "Patient name and date of birth": "Patient",
    "Issue dates": "Payment dates",
    "Issued from": "Paid from",
    "Issued to": "Paid to",
}
"""Captions that version 2 replaces, besides those of claim status."""


def applications(version: int, renamed: dict[str, str]) -> dict[str, Any]:
    """Fields, columns and their order of both applications; `renamed` are the captions that version 2 replaces."""

    def called(pairs: Pairs) -> Pairs:
        return [[renamed.get(caption, caption), key] for caption, key in pairs] if version == 2 else pairs

    def placed(pairs: Pairs, *places: int) -> Pairs:
        return called([pairs[place] for place in places] if version == 3 else pairs)

    def turned(pairs: Pairs) -> Pairs:
        return placed(pairs, *reversed(range(len(pairs))))

    order = ["benefits", "coverage", "otherPayers", "care", "messages", "patient"] if version == 3 else _ORDER
    return {
        "coverage": {
            "order": ["benefits", *order[:-1]] if version == 4 else order,
            "fields": {name: turned(pairs) for name, pairs in _COVERAGE_FIELDS.items()},
            "amounts": placed(_AMOUNTS, 2, 0, 1),
            "benefits": placed(_BENEFITS, 2, 0, 3, 1, 5, 4),
            "members": turned(_MEMBERS),
        },
        "payments": {
            "columns": placed(_PAYMENTS, 1, 4, 0, 3, 2, 6, 5),
            "fields": {name: turned(pairs) for name, pairs in _PAYMENT_FIELDS.items()},
        },
    }
