"""The eligibility search of the practice portals: whom a form finds, what the payer rejects, and the coverage shown."""

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from sandbox.clock import Clock
from sandbox.person_match import has_id, named
from sandbox.quirks import Quirks
from sandbox.search import Refusal
from sandbox.truth.appointment_draft import coverage_on_days
from sandbox.truth.coverage import Coverage, CoverageOnDays
from sandbox.truth.ledger import Truth
from sandbox.truth.model import Member
from sandbox.truth.payer_rules import ELIGIBILITY, EligibilityField, EligibilityRules, Way

RejectionCode = Literal["57", "58", "62", "63", "67", "71", "72", "73", "75", "76"]
REJECTIONS: dict[RejectionCode, str] = {
    # AAA reason code: what it says, in plain words
    "57": "The service dates are missing, reversed or too far apart.",
    "58": "The birth date is missing or not valid, and no single person was located.",
    "62": "The service date lies too far back.",
    "63": "The service date lies too far in the future.",
    "67": "The patient was not found.",
    "71": "One person was located, and the birth date is not theirs.",
    "72": "The member id is not known.",
    "73": "The member id is known under another name.",
    "75": "The subscriber was not found.",
    "76": "The payer finds more than one such subscriber.",
}
SERVICE_TYPES = {
    # X12 service type code: its name
    "30": "Health benefit plan coverage",
    "33": "Chiropractic",
    "35": "Dental care",
    "48": "Hospital - inpatient",
    "50": "Hospital - outpatient",
    "82": "Preventive visit",
    "86": "Emergency services",
    "88": "Pharmacy",
    "98": "Professional (physician) visit - office",
    "AL": "Vision",
    "MH": "Mental health",
    "PT": "Physical therapy",
    "UC": "Urgent care",
}
WRONG_BY = Decimal("125.00")
"""By so much a page errs that shows another remaining amount than total and met leave."""


@dataclass(frozen=True)
class EligibilityQuery:
    """A filled form. Texts as typed: nothing is trimmed. Without a first day it is today, without a last the first."""

    member_id: str = ""
    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    service_from: date | None = None
    service_to: date | None = None
    service_type: str = "30"

    def has(self, name: EligibilityField) -> bool:
        """True when this field was filled."""
        value: str | date | None = getattr(self, name)
        return bool(value.strip()) if isinstance(value, str) else value is not None


@dataclass(frozen=True)
class Rejected:
    """The payer does not answer the question, and says why by an AAA reason code."""

    code: RejectionCode


@dataclass(frozen=True)
class SeveralMembers:
    """More than one member fits; the visitor chooses (`EligibilitySearch.open`)."""

    members: tuple[Member, ...]
    first_day: date
    last_day: date


@dataclass(frozen=True)
class Found:
    """One member and their coverage on the days asked about, as the pages show it."""

    member: Member
    coverage: CoverageOnDays


EligibilityAnswer = Refusal | Rejected | SeveralMembers | Found


@dataclass
class EligibilitySearch:
    """The eligibility inquiry of one portal over its truth, by its payer's rules (`sandbox.truth.payer_rules`).

    When the quirk `benefits-not-loaded` touches an answer, "not loaded" is what a right reader of that page says; the
    event `quirk` names the member (by the key of the truth ledger).
    """

    portal: str
    truth: Truth
    clock: Clock
    quirks: Quirks
    _members: dict[str, Member] = field(init=False)
    _coverages: dict[str, Coverage] = field(init=False)

    def __post_init__(self) -> None:
        self._members = {member.patient: member for member in self.truth.members}
        self._coverages = {coverage.patient: coverage for coverage in self.truth.coverages}

    @property
    def rules(self) -> EligibilityRules:
        """What this payer's form takes, finds and rejects."""
        return ELIGIBILITY[self.portal]

    def ask(self, query: EligibilityQuery, user_agent: str = "") -> EligibilityAnswer:
        """Ask for the coverage of somebody; writes the events `eligibility` and, with an answer, `coverage`."""
        way = next((way for way in self.rules.ways if all(query.has(name) for name in way)), None)
        if self.rules.member_id == "as-written" and query.member_id != query.member_id.strip():
            return self._refused("bad-member-id", user_agent)
        if way is None:
            # Only the birth date is left out of a way: the payer itself says so, every other gap is the form's.
            ways = [tuple(name for name in way if name != "birth_date") for way in self.rules.ways]
            if not query.has("birth_date") and any(way and all(query.has(name) for name in way) for way in ways):
                return self._rejected("58", "", user_agent)
            return self._refused("more-needed", user_agent)
        by = "member" if "member_id" in way else "name"
        first = query.service_from or self.clock.now().date()
        last = query.service_to or first
        wrong_days = self._wrong_days(first, last)
        if wrong_days is not None:
            return self._rejected(wrong_days, by, user_agent)
        found = self._fitting(query, way)
        if not found:
            return self._rejected(self._why_nobody(query, way), by, user_agent)
        if len(found) > 1 and self.rules.several == "rejected":
            return self._rejected("76", by, user_agent)
        self.quirks.events.add("eligibility", user_agent, by=by, found=len(found), rejected=None)
        if len(found) > 1:
            return SeveralMembers(found, first, last)
        return self.open(found[0].patient, first, last, user_agent)

    def unreadable(self, name: Literal["service_date", "birth_date"], user_agent: str = "") -> Rejected:
        """The answer to a form with a date that is none; writes the event."""
        return self._rejected("58" if name == "birth_date" else "57", "", user_agent)

    def open(self, patient: str, first_day: date, last_day: date, user_agent: str = "") -> Found:
        """The coverage of one member, by the key in the truth ledger; throws the die of `benefits-not-loaded`."""
        member, coverage = self._members[patient], self._coverages[patient]
        if coverage.loaded and self.quirks.happens("benefits-not-loaded", user_agent, member=patient):
            coverage = coverage.model_copy(update={"loaded": False})
        shown = coverage_on_days(coverage, member, first_day, last_day)
        if coverage.page_error == "wrong-remaining" and shown.accumulators:
            wrong = shown.accumulators[0]
            wrong = wrong.model_copy(update={"remaining": wrong.remaining + WRONG_BY})
            shown = shown.model_copy(update={"accumulators": (wrong, *shown.accumulators[1:])})
        self.quirks.events.add("coverage", user_agent, member=patient)
        return Found(member, shown)

    def _refused(self, reason: Literal["more-needed", "bad-member-id"], user_agent: str) -> Refusal:
        self.quirks.events.add("eligibility", user_agent, by="refused", found=None, rejected=None)
        return Refusal((reason,))

    def _rejected(self, code: RejectionCode, by: str, user_agent: str) -> Rejected:
        self.quirks.events.add("eligibility", user_agent, by=by, found=0, rejected=code)
        return Rejected(code)

    def _wrong_days(self, first: date, last: date) -> RejectionCode | None:
        today, longest = self.clock.now().date(), self.rules.longest_span_days
        if last < first or (longest is not None and (last - first).days > longest):
            return "57"
        if first < today - timedelta(days=self.rules.days_back):
            return "62"
        return "63" if last > today + timedelta(days=self.rules.days_ahead) else None

    def _fitting(self, query: EligibilityQuery, way: Way) -> tuple[Member, ...]:
        """The members that fit everything that this way of searching uses."""
        found = self.truth.members
        if "member_id" in way:
            found = tuple(one for one in found if has_id(one, query.member_id, self.rules.member_id))
        if "last_name" in way:
            found = tuple(one for one in found if named(one.last_name, query.last_name, self.rules.names))
        if "first_name" in way:
            found = tuple(one for one in found if named(one.first_name, query.first_name, self.rules.names))
        if "birth_date" in way:
            found = tuple(one for one in found if one.birth_date == query.birth_date)
        return found

    def _why_nobody(self, query: EligibilityQuery, way: Way) -> RejectionCode:
        """71 only when one person was located by everything but the birth date, 58 when several were (X12's rule)."""
        if "member_id" not in way or not self._fitting(query, ("member_id",)):
            return self.rules.unknown
        others = tuple(name for name in way if name != "birth_date")
        located = self._fitting(query, others)
        if not located:
            return "73"
        return "71" if len(located) == 1 else "58"
