"""The practice payers: their names, and how each answers a question about eligibility."""

from dataclasses import dataclass
from typing import Literal

EligibilityField = Literal["member_id", "last_name", "first_name", "birth_date"]
Way = tuple[EligibilityField, ...]
IdRule = Literal["to-the-letter", "as-written", "without-prefix"]
NameRule = Literal["three-letters", "as-on-the-card"]
"""`as-on-the-card`: all letters of the name; a typed suffix, middle initial, nickname or accent does not fit."""


@dataclass(frozen=True)
class EligibilityRules:
    """What one payer's eligibility form takes, finds and rejects."""

    ways: tuple[Way, ...]
    """The combinations of fields that make a search; the first whose fields are all filled is used."""
    member_id: IdRule
    """As in the claim search (`sandbox.search.SearchRules`)."""
    names: NameRule
    several: Literal["rejected", "list"]
    """Several members fit: the payer rejects (AAA 76), or the portal lists them."""
    unknown: Literal["67", "72", "75"]
    """The AAA code when nobody fits."""
    days_back: int = 365
    days_ahead: int = 120
    longest_span_days: int | None = None
    """How many days may lie between the first and the last day asked about."""


PAYERS = {
    # portal: name and id of its payer in remittances
    "practice-multipayer": ("PRACTICE EXCHANGE HEALTH PLAN", "PX001"),
    "practice-national": ("PRACTICE NATIONAL HEALTH", "PN001"),
    "practice-contractor": ("PRACTICE CONTRACTOR SERVICES", "PC001"),
    "practice-medicaid": ("PRACTICE STATE MEDICAL ASSISTANCE", "PM001"),
}

ELIGIBILITY: dict[str, EligibilityRules] = {
    "practice-multipayer": EligibilityRules(
        ways=(
            ("member_id", "birth_date"),
            ("member_id", "last_name", "first_name"),
            ("last_name", "first_name", "birth_date"),
        ),
        member_id="without-prefix",
        names="as-on-the-card",
        several="list",
        unknown="75",
    ),
    "practice-national": EligibilityRules(
        ways=(("member_id", "birth_date"), ("last_name", "first_name", "birth_date")),
        member_id="to-the-letter",
        names="three-letters",
        several="rejected",
        unknown="72",
        days_back=540,
        days_ahead=90,
    ),
    "practice-contractor": EligibilityRules(
        ways=(("member_id", "last_name", "first_name", "birth_date"), ("member_id", "last_name", "birth_date")),
        member_id="as-written",
        names="as-on-the-card",
        several="rejected",
        unknown="75",
    ),
    "practice-medicaid": EligibilityRules(
        ways=(("member_id",), ("last_name", "first_name", "birth_date")),
        member_id="to-the-letter",
        names="as-on-the-card",
        several="list",
        unknown="67",
        days_ahead=31,
        longest_span_days=366,
    ),
}
