"""The captions of Practice Exchange and the order of its parts, in each of the four versions of its pages.

Version 1 is today's. Version 2 says the same in other words, version 3 puts columns and sections elsewhere, version 4
builds the pages another way and greets everybody with a window. What is shown is the same in all of them.
"""

from collections.abc import Mapping
from typing import Any

from sandbox.portals.multipayer import appeal_words
from sandbox.portals.multipayer.application_words import RENAMED, REWORDED, TEXT, applications

Words = dict[str, Any]
Layout = dict[str, Any]

_TEXT: Words = {
    "loading": "Loading",
    "home": "Home",
    "claimsMenu": "Claims & Payments",
    "claimStatus": "Claim Status",
    "noApplications": "No applications",
    "changeOrganization": "Change organization",
    "signOut": "Sign out",
    "organization": "Organization",
    "taxId": "Tax ID",
    "region": "Region",
    "footer": "Practice Exchange is a practice site: every payer, member, provider and claim on it is made up.",
    "notGuarantee": "Claim status, coverage and benefits are what the payer tells us. They are not a promise to pay.",
    "signInFailed": "We could not complete your sign-in. Try again later.",
    "signedOutHeading": "You are signed out",
    "signedOutText": "You have signed out of Practice Exchange. Close this window if you share this computer.",
    "signInAgain": "Sign in again",
    "welcome": "Your applications",
    "claimStatusAbout": "Find out where a claim stands with the payers on Practice Exchange.",
    "askAdministrator": "You do not have access to this application. Ask your administrator.",
    "organizationTile": "Organization and region",
    "organizationAbout": "Change the organization that you work for, or the region whose payers you see.",
    "openApplication": "Open",
    "news": "News",
    "newsText": "Claim details now show the adjustment codes of each service line.",
    "countDownHeading": "Are you still there?",
    "countDown": "Your session will end in",
    "seconds": "seconds",
    "stay": "Stay signed in",
    "tooMany": "You have made too many requests. Try again in",
    "gotIt": "Got it",
    "welcomeHeading": "A new look",
    "welcomeText": "We have rearranged Claim Status. Everything you are used to is still here.",
    "searchHeading": "Claim Status",
    "searchLead": "Choose a payer and a provider, then how you want to search.",
    "payer": "Payer",
    "provider": "Provider",
    "searchBy": "Search by",
    "choosePayerFirst": "Choose a payer first",
    "chooseOption": "Choose an option",
    "fieldsFollow": "The fields for your search appear when you have chosen an option.",
    "clearFilters": "Clear filters",
    "search": "Search",
    "clear": "Clear",
    "correct": "Please correct the following:",
    "searching": "Searching",
    "failed": "Something went wrong on our side. Your request was not completed.",
    "again": "Try again",
    "resultsHeading": "Search results",
    "newSearch": "New search",
    "filters": "Filters",
    "claims": "Claims",
    "loadingClaims": "Loading claims",
    "previous": "Previous page",
    "next": "Next page",
    "detail": "Claim details",
    "close": "Close",
    "noPayment": "No payment has been issued.",
    "noLines": "No service lines to show.",
    "noRequests": "The payer is not waiting for anything.",
    "noRelated": "No related claims.",
    "dispute": "Dispute available",
    "sections": {
        "member": "Member",
        "claim": "Claim",
        "money": "Amounts",
        "payment": "Remittance",
        "lines": "Service lines",
        "requests": "Information requests",
        "related": "Related claims",
        "dispute": "Next steps",
    },
}

_FIELDS: Layout = {
    "member": [
        ["Member ID", "memberId"],
        ["Last name", "lastName"],
        ["First name", "firstName"],
        ["Date of birth", "birthDate"],
        ["Patient control number", "accountNumber"],
    ],
    "claim": [
        ["Claim control number", "claimNumber"],
        ["Status", "status"],
        ["Status codes", "statusCodes"],
        ["Status as of", "effectiveDate"],
        ["Service from", "serviceFrom"],
        ["Service to", "serviceTo"],
        ["Received", "receivedDate"],
        ["Finalized", "finalizedDate"],
        ["Billing NPI", "npi"],
        ["Billing tax ID", "tin"],
    ],
    "money": [
        ["Billed", "billed"],
        ["Allowed", "allowed"],
        ["Paid", "paid"],
        ["Member responsibility", "owed"],
        ["Deductible", "deductible"],
        ["Coinsurance", "coinsurance"],
        ["Copayment", "copay"],
        ["Not covered", "noncovered"],
    ],
    "payment": [
        ["Payment type", "method"],
        ["Check or EFT number", "number"],
        ["Issued", "date"],
        ["Payment", "amount"],
    ],
    "lines": [
        ["Line", "number"],
        ["Procedure", "procedure"],
        ["Date", "date"],
        ["Units", "units"],
        ["Billed", "billed"],
        ["Allowed", "allowed"],
        ["Paid", "paid"],
        ["Adjustments", "adjustments"],
        ["Remarks", "remarks"],
    ],
    "requests": [["Needed", "what"], ["Needed by", "due"]],
    "related": [["This is", "role"], ["Claim control number", "number"]],
}

_LAYOUT: Layout = {
    "form": ["who", "how", "buttons"],
    "results": ["heading", "asked", "found", "again"],
    "table": "grid",
    "pairs": "spans",
    "closeAtTop": True,
    "welcome": False,
    "columns": [
        ["Claim number", "claimNumber"],
        ["Patient", "patient"],
        ["Birth date", "birthDate"],
        ["Service dates", "serviceDates"],
        ["Billed", "charge"],
        ["Status", "status"],
        ["Finalized", "finalizedDate"],
    ],
    "tabs": [["Claim", ["member", "claim", "money", "payment", "lines", "requests", "related", "dispute"]]],
    "fields": _FIELDS,
}

_RENAMED = {
    "Member ID": "Subscriber number",
    "Patient control number": "Account number",
    "Claim control number": "Payer claim ID",
    "Status": "Claim state",
    "Status as of": "State since",
    "Service from": "First date of service",
    "Service to": "Last date of service",
    "Billed": "Charges",
    "Paid": "Plan payment",
    "Member responsibility": "Patient owes",
    "Check or EFT number": "Payment reference",
    "Claim number": "Payer claim ID",
    "Service dates": "Dates of service",
    "Finalized": "Completed",
}
_REWORDED: Words = {
    "searchHeading": "Claim inquiry",
    "resultsHeading": "Claims found",
    "search": "Find claims",
    "payer": "Health plan",
    "provider": "Billing provider",
    "searchBy": "Find by",
    "newSearch": "Start over",
    "detail": "Claim information",
    "noPayment": "Nothing has been paid yet.",
    "noRelated": "There are no other claims.",
    "noRequests": "Nothing is requested.",
    "dispute": "Can be disputed",
    "sections": {
        "member": "Subscriber",
        "claim": "Claim data",
        "money": "Totals",
        "payment": "Payment data",
        "lines": "Services",
        "requests": "Requests",
        "related": "Other claims",
        "dispute": "Dispute",
    },
}


def _renamed(pairs: list[list[str]]) -> list[list[str]]:
    return [[_RENAMED.get(caption, caption), key] for caption, key in pairs]


def words(version: int) -> dict[str, Any]:
    """Captions (`text`) and order of parts (`layout`) of one version of the pages."""
    text = appeal_words.TEXT | _TEXT | TEXT
    layout = _LAYOUT | applications(version, RENAMED | _RENAMED)
    layout |= appeal_words.appeals(version, appeal_words.RENAMED | _RENAMED)
    if version == 2:
        text |= appeal_words.REWORDED | _REWORDED | REWORDED
        layout["columns"] = _renamed(_LAYOUT["columns"])
        layout["fields"] = {name: _renamed(pairs) for name, pairs in _FIELDS.items()}
    if version == 3:
        layout["columns"] = [_LAYOUT["columns"][place] for place in (5, 3, 0, 4, 6, 1, 2)]
        layout["fields"] = {name: list(reversed(pairs)) for name, pairs in _FIELDS.items()} | {
            "lines": [_FIELDS["lines"][place] for place in (0, 2, 1, 3, 7, 4, 6, 5, 8)]
        }
        layout["form"] = ["how", "who", "buttons"]
        layout["tabs"] = [["Claim", ["money", "lines", "claim", "requests", "payment", "related", "member", "dispute"]]]
    if version == 4:
        layout |= {"table": "table", "pairs": "dl", "closeAtTop": False, "welcome": True}
        layout["form"] = ["buttons", "who", "how"]
        layout["results"] = ["again", "heading", "found", "asked"]
        layout["tabs"] = [
            ["Overview", ["member", "claim", "requests", "related"]],
            ["Money", ["money", "payment", "dispute"]],
            ["Lines", ["lines"]],
        ]
    return {"text": text, "layout": layout}


SIGN_IN_WORDS: Mapping[int, Mapping[str, str]] = {
    # what the pages on the way in say otherwise, by version
    2: {"Sign in": "Log in", "User ID": "User name", "Verification code": "Security code", "Continue": "Next"},
}
"""Captions of the sign-in pages that a version replaces."""


def option_caption(caption: str, version: int) -> str:
    """A caption of the search form's fields and options in one version of the pages."""
    if version != 2:
        return caption
    return {
        "Member ID, date of birth and service dates": "Subscriber",
        "Patient name, date of birth and service dates": "Patient",
    }.get(caption, (appeal_words.RENAMED | RENAMED | _RENAMED).get(caption, caption))
