"""The four versions of the national portal's pages: other words (2), other order and names (3), other structure (4).

Version 1 is the one that everybody knows. What the pages say about a claim is the same in all of them.
"""

from collections.abc import Mapping

SECOND_WORDS = {
    # what version 1 says: what version 2 says instead
    "Sign in": "Log in",
    "User ID": "Username",
    "Password": "Your password",
    "The user ID or password you entered is not correct.": "We do not recognize that username and password.",
    "Your session has ended. Please sign in again.": "You have been away for a while. Log in to continue.",
    "Verify your identity": "Confirm it is you",
    "Enter the 6-digit verification code from your authenticator app.": "Type the six digits your app shows now.",
    "Verification code": "Security code",
    "Verify": "Confirm",
    "Select provider": "Who are you working for?",
    "Continue": "Next",
    "Welcome": "Hello",
    "Claim status search": "Find a claim",
    "Please correct the following": "There is a problem",
    "Member": "Patient",
    "Claim": "About this claim",
    "Service dates": "Dates of service",
    "Member ID": "Subscriber or member number",
    "Last name": "Surname",
    "First name": "Given name",
    "Date of birth": "Birth date",
    "Service date from": "First date of service",
    "Service date to": "Last date of service",
    "Claim number (optional)": "Payer control number (if you have it)",
    "Search": "Find claims",
    "Clear": "Start over",
    "Claim status results": "Claims found",
    "Too many results, refine your search.": "Your search is too broad. Narrow it down and try again.",
    "Member not found. No member matches the information entered.": "We could not match a patient to what you entered.",
    "No claims match your search.": "There is nothing to show for these dates.",
    "New search": "Find another claim",
    "Claim number": "Payer control number",
    "Patient": "Patient name",
    "Date(s) of service": "Service period",
    "Provider NPI": "NPI",
    "Charge": "Billed",
    "Status": "Where it stands",
    "Finalized": "Completed on",
    "Previous": "Back",
    "Next": "More",
    "Back to results": "Return to list",
    "Claim detail": "Claim summary",
    "Patient name": "Name of patient",
    "Patient account number": "Your reference",
    "Claim status": "Where it stands",
    "Status codes": "Codes",
    "Status effective date": "As of",
    "Received date": "Date we got it",
    "Finalized date": "Completed on",
    "Billing provider NPI": "Billing NPI",
    "Provider tax ID": "Tax number",
    "Totals": "Amounts",
    "Total charge": "Billed",
    "Allowed amount": "Contract amount",
    "Paid amount": "Plan paid",
    "Deductible": "Toward deductible",
    "Coinsurance": "Member's percentage",
    "Copay": "Visit fee",
    "Non-covered": "Not covered",
    "Patient responsibility": "Member owes",
    "Payment": "Remittance",
    "Payment method": "Paid by",
    "Payment number": "Trace or check number",
    "Payment date": "Sent on",
    "Payment amount": "Amount sent",
    "No payment information is available for this claim.": "Nothing has been sent for this claim.",
    "Service lines": "Procedures",
    "Line": "No.",
    "Procedure": "Code",
    "Modifiers": "Mod.",
    "Service date": "Day",
    "Units": "Qty",
    "Allowed": "Contract",
    "Paid": "Plan paid",
    "Adjustments": "Reductions",
    "Remark codes": "Remarks",
    "No service lines are available for this claim.": "There are no procedures to show.",
    "Requests": "What we need from you",
    "Information requested": "What",
    "Due date": "By when",
    "No information is requested for this claim.": "We need nothing from you.",
    "Related claims": "See also",
    "Relation": "How it belongs",
    "There are no related claims.": "Nothing else belongs to this claim.",
    "Actions": "What you can do",
    "Appeals allowed:": "You may dispute this:",
    "Eligibility and benefits": "Check a patient's coverage",
    "Coverage dates": "Days to check",
    "Coverage date from": "First day to check (date)",
    "Coverage date to": "Last day to check (date)",
    "Type of service": "Kind of care",
    "Check coverage": "Look up coverage",
    "Eligibility result": "What we found",
    "No coverage can be shown": "We cannot show coverage",
    "New eligibility search": "Check another patient",
    "Coverage": "Plan and coverage",
    "Member name": "Name on the card",
    "Sex": "Gender",
    "Relationship to subscriber": "Relation to policy holder",
    "Address": "Home",
    "Coverage status": "Coverage on these days",
    "For dates": "Days checked",
    "Plan": "Product",
    "Plan type": "Product type",
    "Group number": "Employer number",
    "Group name": "Employer",
    "Plan begins": "Effective from",
    "Plan ends": "Effective until",
    "Benefit year": "Plan year runs by",
    "Primary care and referrals": "Family doctor",
    "Primary care provider": "Doctor on file",
    "Primary care provider required": "Doctor must be chosen",
    "Referral required": "Doctor must refer",
    "Other insurance": "Coordination of benefits",
    "Insurance": "Carrier",
    "Policy number": "Carrier's policy",
    "Order": "Turn",
    "Begins": "Start",
    "Ends": "End",
    "We know of no other insurance for this member.": "No other carrier is on file.",
    "Deductible and out-of-pocket maximum": "Yearly amounts",
    "Amount": "Dollars",
    "For": "Who",
    "Network": "Where",
    "Plan total": "Yearly total",
    "Met so far": "Used",
    "Left": "Still open",
    "No deductible or out-of-pocket maximum to show.": "There are no yearly amounts.",
    "Benefits": "What the plan pays for",
    "Service": "Care",
    "Benefit": "Rule",
    "Patient pays or limit": "Share or limit",
    "Period": "How often",
    "Prior authorization": "Ask us first",
    "Remarks": "Small print",
    "No benefits to show.": "There is nothing to show for this product.",
    "Plan messages": "Please note",
    "There are no messages for this plan.": "There is nothing to note.",
    "Payments": "Money we sent",
    "Payment search": "Find a payment",
    "Payment date from": "Sent on or after (date)",
    "Payment date to": "Sent on or before (date)",
    "Payment number (optional)": "Trace or check number (if you have it)",
    "Search payments": "Find payments",
    "Payment results": "Payments found",
    "Method": "How",
    "835 file": "Electronic remittance",
    "Explanation of payment": "Printed remittance",
    "Download 835": "Get the 835",
    "Download PDF": "Get the PDF",
    "Not available": "None",
    "In document library": "Moved to the archive",
    "No payments match your search.": "We sent nothing in these days.",
    "New payment search": "Find another payment",
    "Payment detail": "About this payment",
    "Paid to": "Payee",
    "Payee NPI": "NPI paid",
    "Payee tax ID": "Tax number paid",
    "Claims in this payment": "What it pays for",
    "Account number": "Your reference number",
    "Provider adjustments": "Other additions and deductions",
    "Reason": "Why",
    "Reference": "Belongs to",
    "There are no claims in this payment.": "No claim belongs to this payment.",
    "There are no provider adjustments.": "Nothing was added or deducted.",
    "Document library": "Archive",
    "Library documents": "What the archive has",
    "Search documents": "Find documents",
    "Documents": "Files",
    "No documents match your search.": "The archive has nothing for these days.",
    "Data bundles": "Bulk downloads",
    "Create data bundle": "Prepare a bulk download",
    "Payment dates from": "First day paid",
    "Payment dates to": "Last day paid",
    "Requested": "Asked for at",
    "Available": "Can be fetched",
    "Bundle": "File",
    "Bundle number": "Our number",
    "Download data bundle": "Get the file",
    "You have not created a data bundle yet.": "You have no bulk downloads.",
}

FIRST_NAMES = {
    # the form's field: its name in the form of version 1
    "member_id": "mbrId",
    "last_name": "lastNm",
    "first_name": "firstNm",
    "birth_date": "dob",
    "service_from": "dosFrom",
    "service_to": "dosTo",
    "claim_number": "clmNbr",
    "user_name": "userId",
    "password": "passwd",
    "code": "otp",
    "coverage_from": "covFrom",
    "coverage_to": "covTo",
    "service_type": "svcType",
    "paid_from": "pymtFrom",
    "paid_to": "pymtTo",
    "trace": "pymtNbr",
}
THIRD_NAMES = {name: f"inq_{''.join(part[:3] for part in name.split('_'))}" for name in FIRST_NAMES}

FORM = {
    # the search form's sections and fields, in their order
    1: (
        ("Member", ("member_id", "last_name", "first_name", "birth_date")),
        ("Service dates", ("service_from", "service_to")),
        ("Claim", ("claim_number",)),
    ),
    3: (
        ("Claim", ("claim_number",)),
        ("Service dates", ("service_from", "service_to")),
        ("Member", ("birth_date", "first_name", "last_name", "member_id")),
    ),
}
RESULTS = {
    # the list's columns, in their order
    1: ("claim_number", "patient", "birth_date", "service_dates", "provider_npi", "charge", "status", "finalized"),
    3: ("status", "service_dates", "charge", "finalized", "patient", "provider_npi", "claim_number", "birth_date"),
    4: ("claim_number", "patient", "birth_date", "service_dates", "provider_npi", "charge", "status", "finalized", ""),
}
LINES = {
    # the service lines' columns, by their places in version 1
    1: (0, 1, 2, 3, 4, 5, 6, 7, 8, 9),
    3: (0, 3, 1, 2, 4, 7, 6, 5, 9, 8),
}
SECTIONS = {
    # the detail's sections, in their order
    1: ("member", "claim", "totals", "payment", "lines", "requests", "related", "actions"),
    3: ("actions", "related", "claim", "payment", "totals", "requests", "lines", "member"),
}

ELIGIBILITY_FORM = {
    # the eligibility form's sections and fields, in their order
    1: (
        ("Member", ("member_id", "last_name", "first_name", "birth_date")),
        ("Coverage dates", ("coverage_from", "coverage_to", "service_type")),
    ),
    3: (
        ("Coverage dates", ("service_type", "coverage_from", "coverage_to")),
        ("Member", ("birth_date", "first_name", "last_name", "member_id")),
    ),
}
COVERAGE_SECTIONS = {
    # the coverage page's sections, in their order
    1: ("member", "coverage", "care", "other", "amounts", "benefits", "messages"),
    3: ("messages", "coverage", "amounts", "other", "benefits", "care", "member"),
}
AMOUNTS = {
    # the columns of deductible and out-of-pocket maximum, by their places in version 1
    1: (0, 1, 2, 3, 4, 5),
    3: (2, 1, 0, 5, 4, 3),
}
BENEFITS = {
    1: (0, 1, 2, 3, 4, 5, 6, 7),
    3: (1, 0, 4, 5, 2, 3, 7, 6),
    4: (1, 2, 3, 4, 5, 6, 7),
}
OTHER_INSURANCE = {
    1: (0, 1, 2, 3, 4, 5),
    3: (3, 0, 2, 1, 4, 5),
}
PAYMENTS = {
    # the list of payments' columns, in their order
    1: ("trace", "paid_on", "method", "amount", "835", "eob"),
    3: ("835", "eob", "paid_on", "amount", "trace", "method"),
    4: ("trace", "paid_on", "method", "amount", "files"),
}


def said(layout: int, text: str) -> str:
    """A label or sentence as this version of the pages has it."""
    return SECOND_WORDS.get(text, text) if layout == 2 else text


def field_name(layout: int, field: str) -> str:
    """What a form of this version calls one of its fields."""
    return THIRD_NAMES[field] if layout == 3 else FIRST_NAMES[field]


def typed(layout: int, form: Mapping[str, str], field: str) -> str:
    """What was typed into one field of a form of this version."""
    return form.get(field_name(layout, field), "")
