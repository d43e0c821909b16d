"""The claim search of the practice portals: what a form takes, which claims it finds, and how it lists them."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal

from sandbox.clock import Clock
from sandbox.listing import Listing, Mismatch
from sandbox.person_match import has_id, named
from sandbox.quirks import Quirks
from sandbox.truth.ledger import Truth
from sandbox.truth.model import Claim, Member
from sandbox.truth.payer_rules import IdRule, NameRule

Field = Literal["member_id", "last_name", "first_name", "birth_date", "service_from", "service_to", "claim_number"]
Reason = Literal["more-needed", "no-dates", "dates-reversed", "span-too-long", "too-far-back", "bad-member-id"]

LOADS_WITHIN = timedelta(days=3)
"""The longest that the quirk `load-delay` keeps a patient's claims from the portal."""


@dataclass(frozen=True)
class SearchRules:
    """What one portal's search form takes and finds."""

    ways: tuple[tuple[Field, ...], ...]
    """The combinations of fields that make a search; the first whose fields are all filled is used."""
    member_id: IdRule = "to-the-letter"
    """`to-the-letter`: as the payer has it, and a blank or a small letter finds nobody. `as-written`: the same, but
    outer blanks make the search refused (`bad-member-id`). `without-prefix`: to the letter, but the three letters
    before the number must be left out."""
    names: NameRule = "three-letters"
    longest_span_days: int | None = 90
    days_back: int | None = None
    """How far back services may lie."""
    most: int | None = 50
    """More results than this are not listed."""
    load_hours: int = 0
    """So long after its receipt a claim is not on the portal; receipt is taken as the start of its day (UTC)."""


@dataclass(frozen=True)
class Query:
    """A filled form. Texts as typed: nothing is trimmed."""

    member_id: str = ""
    last_name: str = ""
    first_name: str = ""
    birth_date: date | None = None
    service_from: date | None = None
    service_to: date | None = None
    claim_number: str = ""

    def has(self, name: Field) -> bool:
        """True when this field was filled."""
        value: str | date | None = getattr(self, name)
        return bool(value.strip()) if isinstance(value, str) else value is not None


@dataclass(frozen=True)
class Refusal:
    """Why a form was not accepted; each portal has its own words for it."""

    reasons: tuple[Reason, ...]


@dataclass
class ClaimSearch:
    """The search of one portal over its truth.

    How rows of the work list are judged when a quirk touches them: `load-delay` really hides all claims of a member
    until they are loaded (two hours to three days by the portal's clock), so that "not found" is the right answer of a
    look-up made before; each search writes an event `quirk` with the number of every claim that it did not show, and
    `delayed_rows` names the work-list rows for which "not found" was right at some time.
    `unstable-sort` and `default-filter` hide nothing from who reads to the portal's own total and clears the filter.
    """

    truth: Truth
    rules: SearchRules
    clock: Clock
    quirks: Quirks
    _thrown: set[str] = field(default_factory=set)
    _loads_at: dict[str, datetime] = field(default_factory=dict)

    def ask(self, query: Query, acting_as: str, user_agent: str = "") -> Refusal | Listing:
        """Search the claims of the provider with the NPI `acting_as`, newest receipt first; writes the event."""
        way = next((way for way in self.rules.ways if all(query.has(name) for name in way)), None)
        reasons = self._complaints(query, way)
        if reasons or way is None:
            self._note(user_agent, "refused", None)
            return Refusal(reasons)
        listing = self._find(query, way, acting_as, user_agent)
        self._note(user_agent, listing.by, len(listing.claims) if listing.member_known else None)
        return listing

    def _note(self, user_agent: str, by: str, found: int | None) -> None:
        self.quirks.events.add("search", user_agent, by=by, found=found)

    def _complaints(self, query: Query, way: tuple[Field, ...] | None) -> tuple[Reason, ...]:
        reasons: list[Reason] = []
        rules = self.rules
        start, end = query.service_from, query.service_to
        dated = way is None or "service_from" in way
        if dated and any("service_from" in one for one in rules.ways):
            if start is None or end is None:
                reasons.append("no-dates")
            elif end < start:
                reasons.append("dates-reversed")
            elif rules.longest_span_days is not None and (end - start).days > rules.longest_span_days:
                reasons.append("span-too-long")
            elif rules.days_back is not None and (self.clock.now().date() - start).days > rules.days_back:
                reasons.append("too-far-back")
        if not any(all(query.has(name) for name in one if not name.startswith("service_")) for one in rules.ways):
            reasons.append("more-needed")
        if rules.member_id == "as-written" and query.member_id != query.member_id.strip():
            reasons.append("bad-member-id")
        return tuple(reasons)

    def _find(self, query: Query, way: tuple[Field, ...], acting_as: str, user_agent: str) -> Listing:
        own = [claim for claim in self.truth.claims if claim.billing_npi == acting_as]
        if "claim_number" in way:
            by = "claim-number"
            found = [claim for claim in own if claim.payer_claim_number == query.claim_number]
        else:
            by = "member" if "member_id" in way else "name"
            members = {member.patient for member in self.members(query, way)}
            if not members:
                mismatch = self._mismatch(query, way)
                return Listing(by=by, member_known=bool(mismatch), mismatch=mismatch)
            found = [claim for claim in own if claim.patient in members and _on_days(claim, query)]
        found = [claim for claim in found if self._loaded(claim, user_agent)]
        found.sort(key=lambda claim: (claim.received_date, claim.payer_claim_number), reverse=True)
        return self._listing(by, found, user_agent)

    def members(self, query: Query, way: tuple[Field, ...]) -> tuple[Member, ...]:
        """The members that fit everything that this way of searching uses."""
        fitting: Iterable[Member] = self.truth.members
        if "member_id" in way:
            fitting = [member for member in fitting if has_id(member, query.member_id, self.rules.member_id)]
        if "birth_date" in way:
            fitting = [member for member in fitting if member.birth_date == query.birth_date]
        if "last_name" in way:
            fitting = [member for member in fitting if named(member.last_name, query.last_name, self.rules.names)]
        if "first_name" in way:
            fitting = [member for member in fitting if named(member.first_name, query.first_name, self.rules.names)]
        return tuple(fitting)

    def _mismatch(self, query: Query, way: tuple[Field, ...]) -> Mismatch:
        """Which of the other fields does not go with a member id that is known."""
        if "member_id" not in way or not self.members(query, ("member_id",)):
            return ""
        named = tuple(name for name in way if name in ("member_id", "last_name", "first_name"))
        return "birth-date" if self.members(query, named) else "name"

    def _loaded(self, claim: Claim, user_agent: str) -> bool:
        """Whether this claim is on the portal yet, by the portal's own delay and by the quirk `load-delay`."""
        now = self.clock.now()
        received = datetime.combine(claim.received_date, time(), UTC)
        if now < received + timedelta(hours=self.rules.load_hours):
            return False
        family = self._member_id(claim)
        if family not in self._thrown:
            self._thrown.add(family)
            if self.quirks.thrown("load-delay"):
                hours = self.quirks.pick("load-delay", range(2, int(LOADS_WITHIN / timedelta(hours=1)) + 1))
                self._loads_at[family] = now + timedelta(hours=hours)
        loaded = now >= self._loads_at.get(family, now)
        if not loaded:
            self.quirks.note("load-delay", user_agent, payer_claim_number=claim.payer_claim_number)
        return loaded

    def _member_id(self, claim: Claim) -> str:
        return next(member.member_id for member in self.truth.members if member.patient == claim.patient)

    def delayed_rows(self) -> tuple[str, ...]:
        """Patient account numbers of the work-list rows for which "not found" was right at some time."""
        delayed = {
            known
            for member in self.truth.members
            if member.member_id in self._loads_at
            for known in (member.member_id, *member.former_member_ids)
        }
        return tuple(row.patient_account_number for row in self.truth.rows if row.member_id in delayed)

    def _listing(self, by: str, found: list[Claim], user_agent: str) -> Listing:
        numbers = tuple(claim.payer_claim_number for claim in found)
        listing = Listing(by=by, claims=numbers)
        listing.too_many = self.rules.most is not None and len(found) > self.rules.most
        hidden = {name: self._hidden_by(name, found) for name in ("mine", "last-30-days")}
        possible = [name for name, claims in hidden.items() if claims]
        if possible and not listing.too_many and self.quirks.happens("default-filter", user_agent):
            listing.default_filter = self.quirks.pick("default-filter", possible)
            listing.hidden = hidden[listing.default_filter]
        return listing

    def _hidden_by(self, name: str, found: list[Claim]) -> frozenset[str]:
        """What a filter leaves out: claims that another user submitted, or that came in over thirty days ago."""
        today = self.clock.now().date()
        return frozenset(
            claim.payer_claim_number
            for claim in found
            if (
                hashlib.sha256(claim.payer_claim_number.encode()).digest()[1] % 2
                if name == "mine"
                else (today - claim.received_date).days > 30
            )
        )

    def listed(self, listing: Listing, number: int, rows: int, user_agent: str = "") -> tuple[Claim, ...]:
        """The claims on page `number` (from 1) of a listing; writes the event.

        The first load of a list of several pages throws the die of `unstable-sort`.
        """
        if listing.loads == 0 and listing.pages(rows) > 1:
            listing.unstable = self.quirks.happens("unstable-sort", user_agent)
        claims = {claim.payer_claim_number: claim for claim in self.truth.claims}
        page = tuple(claims[one] for one in listing.page(number, rows))
        self.quirks.events.add("results_page", user_agent, page=number, rows=len(page))
        return page


def _on_days(claim: Claim, query: Query) -> bool:
    if query.service_from is None or query.service_to is None:
        return True
    return claim.service_from <= query.service_to and claim.service_to >= query.service_from
