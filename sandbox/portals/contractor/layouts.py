"""What a redesign of the contractor's pages changes: labels, the order of sections and columns, names of inputs."""

from dataclasses import dataclass, field

from sandbox.portals.contractor.appeal_labels import APPEAL_LABELS, RENAMED_APPEAL
from sandbox.portals.contractor.labels import (
    ELIGIBILITY_LABELS,
    REMITTANCE_LABELS,
    RENAMED_ELIGIBILITY,
    RENAMED_REMITTANCE,
)

LABELS = {
    # key of a label: the words of today's pages
    "user_id": "User ID",
    "password": "Password",
    "log_in": "Log In",
    "menu_claims": "Claim Status Inquiry",
    "search_title": "Claim Status Inquiry",
    "mbi": "Medicare Beneficiary Identifier",
    "last_name": "Beneficiary Last Name",
    "first_name": "Beneficiary First Name",
    "birth_date": "Date of Birth",
    "from_date": "From Date of Service",
    "to_date": "To Date of Service",
    "search": "Submit Inquiry",
    "list_title": "Claim Status Results",
    "icn": "ICN/DCN",
    "list_from": "From DOS",
    "list_to": "To DOS",
    "list_status": "Status",
    "list_billed": "Billed Amount",
    "list_finalized": "Finalized Date",
    "list_payment": "EFT/Check No.",
    "list_paid": "Paid Amount",
    "nothing": "No claims were found for the beneficiary and dates of service entered.",
    "too_many": "Your inquiry matches more than 50 claims. Narrow the dates of service and submit again.",
    "detail_title": "Claim Detail",
    "beneficiary": "Beneficiary Information",
    "claim": "Claim Information",
    "amounts": "Claim Amounts",
    "payment": "Payment Information",
    "lines": "Service Line Information",
    "requests": "Additional Development Requests",
    "related": "Associated Claims",
    "appeals": "Appeal Rights",
    "name": "Beneficiary Name",
    "account": "Patient Control Number",
    "status": "Claim Status",
    "disposition": "Disposition",
    "codes": "Claim Status Codes",
    "effective": "Status Date",
    "received": "Receipt Date",
    "finalized": "Date Finalized",
    "npi": "Billing Provider NPI",
    "tin": "Billing Provider TIN",
    "ptan": "PTAN",
    "billed": "Total Billed",
    "allowed": "Total Allowed",
    "paid": "Paid to Provider",
    "deductible": "Deductible Applied",
    "coinsurance": "Coinsurance",
    "copay": "Copayment",
    "noncovered": "Noncovered Charges",
    "owed": "Total Beneficiary Responsibility",
    "method": "Payment Method",
    "number": "EFT/Check Number",
    "paid_on": "Payment Date",
    "amount": "Payment Amount",
    "line": "Line",
    "line_date": "Date of Service",
    "procedure": "HCPCS",
    "modifiers": "Modifiers",
    "units": "Units",
    "line_billed": "Billed",
    "line_allowed": "Allowed",
    "line_paid": "Paid",
    "adjustments": "Adjustment Reason Codes",
    "remarks": "Remark Codes",
    "what": "Documentation Requested",
    "due": "Respond By",
    "relation": "Relationship",
    "related_number": "Claim Number",
    "appeal_allowed": "Appeal may be filed",
    "close": "Close Window",
    **ELIGIBILITY_LABELS,
    **REMITTANCE_LABELS,
    **APPEAL_LABELS,
}

RENAMED = {
    "user_id": "Portal User Name",
    "password": "Passphrase",
    "log_in": "Sign On",
    "menu_claims": "Claims Lookup",
    "search_title": "Claims Lookup",
    "mbi": "MBI Number",
    "last_name": "Surname",
    "first_name": "Given Name",
    "birth_date": "Birthdate",
    "from_date": "Service Begin Date",
    "to_date": "Service End Date",
    "search": "Find Claims",
    "list_title": "Lookup Results",
    "icn": "Claim Control No.",
    "list_status": "Claim Stage",
    "list_billed": "Submitted Charges",
    "list_finalized": "Completed On",
    "list_paid": "Provider Paid",
    "nothing": "The lookup returned zero claims.",
    "too_many": "Result limit of 50 reached. Use a shorter period.",
    "detail_title": "Claim Record",
    "disposition": "Claim Outcome",
    "codes": "277 Status Codes",
    "effective": "As Of",
    "received": "Received On",
    "finalized": "Completed On",
    "billed": "Submitted Charges",
    "allowed": "Fee Schedule Amount",
    "paid": "Provider Paid",
    "owed": "Patient Owes",
    "account": "Provider Account No.",
    "procedure": "Service Code",
    "line_billed": "Submitted",
    "line_paid": "Provider Paid",
    "adjustments": "CARC",
    "remarks": "RARC",
    "appeal_allowed": "Redetermination available",
    "close": "Done",
    **RENAMED_ELIGIBILITY,
    **RENAMED_REMITTANCE,
    **RENAMED_APPEAL,
}

LIST_COLUMNS = (
    "icn",
    "list_from",
    "list_to",
    "list_status",
    "list_billed",
    "list_finalized",
    "list_payment",
    "list_paid",
)
LINE_COLUMNS = (
    "line",
    "line_date",
    "procedure",
    "modifiers",
    "units",
    "line_billed",
    "line_allowed",
    "line_paid",
    "adjustments",
    "remarks",
)
SECTIONS = ("beneficiary", "claim", "amounts", "payment", "lines", "requests", "related", "appeals")
FORM_NAMES = {
    # field of the inquiry: the name of its input
    "member_id": "hicNumber",
    "last_name": "benLastName",
    "first_name": "benFirstName",
    "birth_date": "benDob",
    "service_from": "fromDos",
    "service_to": "thruDos",
}
ELIGIBILITY_NAMES = {
    # field of the eligibility inquiry: the name of its input
    "member_id": "eligHic",
    "last_name": "eligLast",
    "first_name": "eligFirst",
    "birth_date": "eligDob",
    "service_from": "eligFrom",
    "service_to": "eligThru",
}
PAYMENT_NAMES = {"paid_from": "payFrom", "paid_to": "payThru", "trace": "payNbr"}
PAYMENT_COLUMNS = ("remit_trace", "remit_day", "remit_method", "remit_amount", "remit_835", "remit_pdf")


@dataclass(frozen=True)
class AppealNames:
    """The names of the inputs of an appeal's four steps."""

    level: str = "reqType"
    overpayment: str = "ovpInd"
    lines: str = "svcLine"
    reason: str = "reqReason"
    amount: str = "dispAmt"
    argument: str = "reqNarr"
    reference: str = "provRef"
    signature: str = "eSign"
    kind: str = "docType"
    file: str = "docFile"


APPEAL_LINES = ("dispute", "line", "line_date", "procedure", "modifiers", "line_billed", "line_paid", "adjustments")
APPEAL_COLUMNS = ("appeal_number", "icn", "request_kind", "list_lines", "submitted", "request_status")


@dataclass(frozen=True)
class Layout:
    """One version of the pages. What it does not change is as in the first."""

    number: int
    labels: dict[str, str] = field(default_factory=lambda: dict(LABELS))
    list_columns: tuple[str, ...] = LIST_COLUMNS
    line_columns: tuple[str, ...] = LINE_COLUMNS
    sections: tuple[str, ...] = SECTIONS
    form_names: dict[str, str] = field(default_factory=lambda: dict(FORM_NAMES))
    form_order: tuple[str, ...] = tuple(FORM_NAMES)
    eligibility_names: dict[str, str] = field(default_factory=lambda: dict(ELIGIBILITY_NAMES))
    payment_names: dict[str, str] = field(default_factory=lambda: dict(PAYMENT_NAMES))
    payment_columns: tuple[str, ...] = PAYMENT_COLUMNS
    appeal_names: AppealNames = AppealNames()
    appeal_lines: tuple[str, ...] = APPEAL_LINES
    """Columns of the lines that can be disputed."""
    appeal_columns: tuple[str, ...] = APPEAL_COLUMNS
    """Columns of the list of requests."""
    sign_in_names: tuple[str, str] = ("userId", "userPass")
    """Names of the inputs for user ID and password."""
    turned: bool = False
    """Pairs, and columns of eligibility, come in the opposite order, and the log-in box stands on the right."""
    notice: bool = False
    """A notice covers the inquiry page until it is closed."""


LAYOUTS = {
    1: Layout(1),
    2: Layout(2, labels={**LABELS, **RENAMED}),
    3: Layout(
        3,
        list_columns=(
            "list_status",
            "icn",
            "list_paid",
            "list_billed",
            "list_payment",
            "list_finalized",
            "list_from",
            "list_to",
        ),
        line_columns=(
            "line",
            "procedure",
            "modifiers",
            "line_date",
            "line_paid",
            "line_allowed",
            "line_billed",
            "units",
            "remarks",
            "adjustments",
        ),
        sections=("claim", "payment", "amounts", "related", "lines", "beneficiary", "appeals", "requests"),
        form_names={name: f"frm{place}_{name[:3]}" for place, name in enumerate(FORM_NAMES, start=7)},
        eligibility_names={name: f"frm{place}_{name[:3]}" for place, name in enumerate(ELIGIBILITY_NAMES, start=20)},
        payment_names={name: f"frm{place}_{name[:4]}" for place, name in enumerate(PAYMENT_NAMES, start=30)},
        appeal_names=AppealNames(
            "frm40_lvl",
            "frm41_ovp",
            "frm42_lin",
            "frm43_rsn",
            "frm44_amt",
            "frm45_arg",
            "frm46_ref",
            "frm47_sig",
            "frm48_knd",
            "frm49_fil",
        ),
        appeal_lines=(
            "line",
            "procedure",
            "modifiers",
            "adjustments",
            "line_date",
            "line_billed",
            "line_paid",
            "dispute",
        ),
        appeal_columns=("request_status", "appeal_number", "submitted", "request_kind", "list_lines", "icn"),
        payment_columns=("remit_835", "remit_pdf", "remit_amount", "remit_day", "remit_trace", "remit_method"),
        sign_in_names=("fld1_usr", "fld2_pwd"),
        turned=True,
        form_order=("service_from", "service_to", "member_id", "birth_date", "first_name", "last_name"),
    ),
    4: Layout(4, notice=True),
}
