"""The claim search of the national portal: what the form accepts and which claims it finds."""

import unicodedata
from dataclasses import dataclass
from datetime import date, datetime

from sandbox.truth.model import Claim, Member, Truth

LONGEST_RANGE_DAYS = 90
MOST_RESULTS = 50
FORM_FIELDS = ("mbrId", "lastNm", "firstNm", "dob", "dosFrom", "dosTo", "clmNbr")


@dataclass(frozen=True)
class Search:
    """A search that the form accepted."""

    kind: str
    """"claim-number", "member" or "name": which of the form's three ways was used."""
    member_id: str
    last_name: str
    first_name: str
    birth_date: date | None
    service_from: date | None
    service_to: date | None
    claim_number: str


@dataclass(frozen=True)
class Refusal:
    """Why the form was not accepted, in the portal's words."""

    messages: tuple[str, ...]


def read_search(form: dict[str, str]) -> Search | Refusal:
    """Check the form as the portal does. Fields keep their blanks: this portal trims nothing."""
    messages: list[str] = []

    def day(field: str, label: str) -> date | None:
        text = form.get(field, "")
        if not text:
            return None
        try:
            if len(text) != 10:
                raise ValueError
            return datetime.strptime(text, "%m/%d/%Y").date()  # noqa: DTZ007 - a calendar day has no zone
        except ValueError:
            messages.append(f"{label} must be entered as MM/DD/YYYY.")
            return None

    birth_date = day("dob", "Date of birth")
    service_from = day("dosFrom", "Service date from")
    service_to = day("dosTo", "Service date to")
    member_id, claim_number = form.get("mbrId", ""), form.get("clmNbr", "")
    last_name, first_name = form.get("lastNm", ""), form.get("firstNm", "")
    if messages:
        return Refusal(tuple(messages))
    if not claim_number:
        if service_from is None or service_to is None:
            messages.append("Enter a service date range, or search by claim number.")
        elif service_to < service_from:
            messages.append("Service date to may not be earlier than service date from.")
        elif (service_to - service_from).days > LONGEST_RANGE_DAYS:
            messages.append(f"The service date range may not exceed {LONGEST_RANGE_DAYS} days.")
        by_name = last_name.strip() and first_name.strip() and birth_date is not None
        if not member_id and not by_name:
            messages.append("Enter a member ID, or last name, first name and date of birth.")
    if messages:
        return Refusal(tuple(messages))
    kind = "claim-number" if claim_number else "member" if member_id else "name"
    return Search(kind, member_id, last_name, first_name, birth_date, service_from, service_to, claim_number)


def find_members(truth: Truth, search: Search) -> tuple[Member, ...]:
    """Members that fit: an id to the letter, or three letters of both names and the birth date."""
    if search.kind == "member":
        return tuple(
            member for member in truth.members if search.member_id in (member.member_id, *member.former_member_ids)
        )
    wanted = (_three_letters(search.last_name), _three_letters(search.first_name))
    return tuple(
        member
        for member in truth.members
        if member.birth_date == search.birth_date
        and wanted == (_three_letters(member.last_name), _three_letters(member.first_name))
    )


def find_claims(truth: Truth, search: Search, acting_as: str) -> tuple[Claim, ...] | None:
    """Claims of the chosen provider that fit, newest receipt first; None when no member fits."""
    own = [claim for claim in truth.claims if claim.billing_npi == acting_as]
    if search.kind == "claim-number":
        found = [claim for claim in own if claim.payer_claim_number == search.claim_number]
    else:
        members = {member.patient for member in find_members(truth, search)}
        if not members:
            return None
        found = [
            claim
            for claim in own
            if claim.patient in members
            and search.service_from is not None
            and search.service_to is not None
            and claim.service_from <= search.service_to
            and claim.service_to >= search.service_from
        ]
    return tuple(sorted(found, key=lambda claim: (claim.received_date, claim.payer_claim_number), reverse=True))


def _three_letters(name: str) -> str:
    plain = unicodedata.normalize("NFKD", name)
    return "".join(letter for letter in plain if letter.isalpha()).upper()[:3]
