"""The claim inquiry of the contractor's portal: what the form takes, and what it says when it finds nobody."""

from dataclasses import dataclass
from datetime import date, datetime

from sandbox.listing import Listing
from sandbox.portals.contractor.layouts import Layout
from sandbox.search import ClaimSearch, Query, Refusal, SearchRules

RULES = SearchRules(
    ways=(("member_id", "last_name", "first_name", "birth_date", "service_from", "service_to"),),
    member_id="to-the-letter",
    names="as-on-the-card",
    longest_span_days=366,
    days_back=366,
    most=50,
)
REFUSALS = {
    "more-needed": "Beneficiary identifier, last name, first name and date of birth are required.",
    "no-dates": "From and to dates of service are required.",
    "dates-reversed": "The to date of service is before the from date of service.",
    "span-too-long": "The dates of service may not be more than 12 months apart.",
    "too-far-back": "The from date of service may not be more than 12 months in the past.",
    "bad-member-id": "Invalid beneficiary. The beneficiary identifier entered is not on file.",
}
INVALID = "Invalid beneficiary. The beneficiary identifier entered is not on file."
MISMATCH = "The name or date of birth entered does not match our records for this beneficiary identifier."
HINTS = {"birth_date": "MM-DD-YYYY", "service_from": "MM-DD-YYYY", "service_to": "MM-DD-YYYY"}
_CAPTIONS = {
    "member_id": "mbi",
    "last_name": "last_name",
    "first_name": "first_name",
    "birth_date": "birth_date",
    "service_from": "from_date",
    "service_to": "to_date",
}


@dataclass(frozen=True)
class Entry:
    """One field of the form: its key here, the name of its input, its caption and hint."""

    key: str
    name: str
    caption: str
    hint: str


def entries(layout: Layout) -> tuple[Entry, ...]:
    """The fields in the order of this layout."""
    return tuple(
        Entry(key, layout.form_names[key], layout.labels[_CAPTIONS[key]], HINTS.get(key, ""))
        for key in layout.form_order
    )


@dataclass(frozen=True)
class Said:
    """What the form says instead of a list."""

    messages: tuple[str, ...]
    refused: bool = False
    """The form was not filled as it must be; nobody was looked for."""


def inquire(
    search: ClaimSearch, layout: Layout, form: dict[str, str], acting_as: str, user_agent: str
) -> Said | Listing:
    """Look for the claims that the filled form asks for. Texts are taken as typed, blanks and all."""
    typed = {key: form.get(name, "") for key, name in layout.form_names.items()}
    wrong = [entry.caption for entry in entries(layout) if entry.hint and not is_day(typed[entry.key])]
    if wrong:
        search.quirks.events.add("search", user_agent, by="refused", found=None)
        return Said(tuple(f"{caption} must be in the format MM-DD-YYYY." for caption in wrong), refused=True)
    query = Query(
        member_id=typed["member_id"],
        last_name=typed["last_name"],
        first_name=typed["first_name"],
        birth_date=read_day(typed["birth_date"]),
        service_from=read_day(typed["service_from"]),
        service_to=read_day(typed["service_to"]),
    )
    found = search.ask(query, acting_as, user_agent)
    if isinstance(found, Refusal):
        return Said(tuple(REFUSALS[reason] for reason in found.reasons), refused=True)
    if found.mismatch:
        return Said((MISMATCH,))
    if not found.member_known:
        return Said((INVALID,))
    return found


def is_day(text: str) -> bool:
    """False for what was typed into a date field and is no date."""
    return not text.strip() or read_day(text) is not None


def read_day(text: str) -> date | None:
    """A date as the forms take it, MM-DD-YYYY."""
    try:
        if len(text) != 10:
            raise ValueError
        return datetime.strptime(text, "%m-%d-%Y").date()  # noqa: DTZ007 - a calendar day has no zone
    except ValueError:
        return None
