"""The claim search form of the national portal: how its fields are read and what it says of what it lacks."""

from collections.abc import Mapping
from datetime import date, datetime

from sandbox.search import Query, Reason, Refusal, SearchRules

LONGEST_RANGE_DAYS = 90

RULES = SearchRules(
    ways=(
        ("claim_number",),
        ("member_id", "service_from", "service_to"),
        ("last_name", "first_name", "birth_date", "service_from", "service_to"),
    ),
    names="three-letters",
    longest_span_days=LONGEST_RANGE_DAYS,
    most=50,
)
LABELS = {
    # the form's field: its label in version 1
    "member_id": "Member ID",
    "last_name": "Last name",
    "first_name": "First name",
    "birth_date": "Date of birth",
    "service_from": "Service date from",
    "service_to": "Service date to",
    "claim_number": "Claim number (optional)",
}
COMPLAINTS: dict[Reason, str] = {
    "no-dates": "Enter a service date range, or search by claim number.",
    "dates-reversed": "Service date to may not be earlier than service date from.",
    "span-too-long": f"The service date range may not exceed {LONGEST_RANGE_DAYS} days.",
    "more-needed": "Enter a member ID, or last name, first name and date of birth.",
}


def read_day(field: str, entered: Mapping[str, str], labels: Mapping[str, str], messages: list[str]) -> date | None:
    """The day typed into a field of a form; None when there is none. What cannot be read is added to the messages."""
    text = entered[field]
    if not text:
        return None
    try:
        if len(text) != 10:
            raise ValueError
        return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a calendar day has no zone
    except ValueError:
        messages.append(f"{labels[field]} must be entered as MM/DD/YYYY.")
        return None


def read_form(entered: Mapping[str, str]) -> Query | tuple[str, ...]:
    """The filled form, or the complaints about dates that cannot be read. Fields keep their blanks."""
    messages: list[str] = []
    query = Query(
        member_id=entered["member_id"],
        last_name=entered["last_name"],
        first_name=entered["first_name"],
        birth_date=read_day("birth_date", entered, LABELS, messages),
        service_from=read_day("service_from", entered, LABELS, messages),
        service_to=read_day("service_to", entered, LABELS, messages),
        claim_number=entered["claim_number"],
    )
    return tuple(messages) or query


def complaints(refusal: Refusal) -> tuple[str, ...]:
    """The portal's words for why a form was not accepted."""
    return tuple(COMPLAINTS[reason] for reason in refusal.reasons)
