"""The names under which a member's coverage is read from a portal's pages: fields, tables and their columns."""

from collections.abc import Mapping

from flows.coverage import SegmentKind

COVERAGE_VIEWS = ("coverage", "coverage-inactive", "coverage-not-loaded")
"""The views that show a member's coverage. Most portals have one; some show those without benefits on a page of their
own. All are read alike."""

MEMBERS = "members"
"""The view, and its table, that lists several members who fit a search."""

PERSON_FIELDS = ("member_id", "patient_name", "last_name", "first_name", "birth_date")
"""Fields that say whose coverage it is; the identity gate compares them."""

ASKED_FIELDS = ("provider_npi", "provider_tin", "service_from", "service_to")
"""Fields that repeat what was asked; the gate compares them too."""

ACCUMULATOR_KIND_WORDS: Mapping[str, str] = {"deductible": "C", "out_of_pocket": "G"}
LEVEL_WORDS: Mapping[str, str] = {"individual": "IND", "family": "FAM"}
NETWORK_WORDS: Mapping[str, str] = {"in": "Y", "out": "N", "both": "W"}
AMOUNT_NAMES = ("total", "met", "remaining")

ACCUMULATOR_FIELDS = tuple(
    f"{kind}_{level}_{network}_{amount}"
    for kind in ACCUMULATOR_KIND_WORDS
    for level in LEVEL_WORDS
    for network in NETWORK_WORDS
    for amount in AMOUNT_NAMES
)
"""Accumulators that stand as fields of their own, such as `deductible_individual_in_remaining`."""

SEGMENT_PARTS = ("begins", "ends", "what", "payer", "amount")
SEGMENT_FIELDS = tuple(f"{kind.replace('-', '_')}_{part}" for kind in SegmentKind for part in SEGMENT_PARTS)
"""Segments that stand as fields of their own, such as `part_b_begins`."""

OTHER_PAYER_FIELDS = (
    "other_payer_name",
    "other_payer_id",
    "other_payer_order",
    "other_payer_begins",
    "other_payer_ends",
    "other_payer_msp_type",
)
"""One other payer, where the page shows it as fields and not as a table."""

PLAN_FIELDS = (
    "status",
    "plan_name",
    "insurance_type",
    "group_number",
    "plan_begins",
    "plan_ends",
    "eligibility_begins",
    "eligibility_ends",
    "benefit_year",
    "payer_to_bill",
    "primary_care_provider",
    "primary_care_required",
    "referral_required",
    "sex",
    "address",
    "relationship",
    "messages",
)

COVERAGE_FIELDS = (*PLAN_FIELDS, *OTHER_PAYER_FIELDS, *ACCUMULATOR_FIELDS, *SEGMENT_FIELDS)
"""Every field of a coverage view that becomes part of an answer, beside those of the identity gate."""

COVERAGE_TABLES: Mapping[str, tuple[str, ...]] = {
    "benefits": (
        "kind",
        "service_type",
        "network",
        "level",
        "period",
        "amount",
        "percent",
        "quantity",
        "unit",
        "place",
        "authorization_required",
        "message",
    ),
    "accumulators": ("kind", "level", "network", "total", "met", "remaining", "part", "amount"),
    "other_payers": ("name", "payer_id", "order", "begins", "ends", "msp_type"),
    "segments": ("kind", "what", "begins", "ends", "payer", "amount"),
    "messages": ("message",),
}
"""Every table of a coverage view, with its columns, that becomes part of an answer."""

MEMBER_COLUMNS = (*PERSON_FIELDS, "relationship", "sex", "plan_name", "group_number", "plan_begins", "plan_ends")
"""Columns of the list of members."""

MEMBER_SEARCHES = ("member-search", "member-search-by-name")
"""The search forms that a pack may have, in the order in which they are tried (not-found ladder, DOMAIN 3.2)."""
