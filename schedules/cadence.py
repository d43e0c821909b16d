"""How often each question is asked, as rules that an office can read and change (DOMAIN 3.1).

The rules are data: `rules/cadence.toml` ships, an office's own file adds to it or takes the place of single rules, by
their id. What they say of one question is worked out in `cadence_claims`, `cadence_visits` and `cadence_appeals`.
"""

import tomllib
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache, lru_cache
from importlib.resources import files
from typing import Annotated, Literal, Protocol, Self, TypeVar

from pydantic import ConfigDict, Field, model_validator

from flows.payer_types import PayerType
from flows.values import Frozen

RuleName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,79}$")]
Days = Annotated[int, Field(ge=0, le=400)]
SomeDays = Annotated[int, Field(ge=1, le=400)]


class _Part(Frozen):
    model_config = ConfigDict(strict=False, use_attribute_docstrings=True)


class PayerOrder(StrEnum):
    """Whose turn a payer is for a visit that several insurers pay."""

    SECONDARY = "secondary"
    CROSSOVER = "crossover"
    """The primary payer has sent the claim on by itself."""


class ForPeople(_Part):
    """From this day on, a person does what asking the portal has not done."""

    day: SomeDays
    """Days after the day that is counted from."""
    what: Annotated[str, Field(min_length=1, max_length=200)]
    """What to do, in a sentence."""


class ClaimRule(_Part):
    """When to ask about claims: of one portal, of one kind of payer, of a payer's turn, or (none of them) of all."""

    id: RuleName
    """The rule's name; the office's rule with the same takes its place."""
    portal: str | None = None
    """Only at this portal."""
    payer: PayerType | None = None
    """Only at portals of this kind of payer."""
    order: PayerOrder | None = None
    """Only where another insurer has paid first: `secondary`, or `crossover` where it has sent the claim on by itself;
    counted from its payment."""
    first: Days
    """The first look: days after the payer has accepted the claim."""
    then: tuple[SomeDays, ...] = ()
    """Further looks, counted from the same day."""
    every: SomeDays | None = None
    """After the last of these, so many days from look to look; no more by itself when left out."""
    people: tuple[ForPeople, ...] = ()
    """From these days on a case tells a person; after the last one the portal is asked no more by itself."""
    source: Annotated[str, Field(min_length=1)] = "the office"
    """Who says so."""

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        days = [self.first, *self.then]
        if sorted(set(days)) != days:
            raise ValueError("'first' and 'then' must be days in ascending order")
        told = [one.day for one in self.people]
        if sorted(set(told)) != told:
            raise ValueError("'people' must be in the order of its days")
        return self


class VisitRule(_Part):
    """When to ask about coverage, beside the first look when the appointment comes in."""

    id: RuleName
    """The rule's name; the office's rule with the same takes its place."""
    portal: str | None = None
    """Only at this portal."""
    payer: PayerType | None = None
    """Only at portals of this kind of payer."""
    before: tuple[Days, ...] = (3,)
    """Days before the visit; 0 is the day itself."""
    source: Annotated[str, Field(min_length=1)] = "the office"
    """Who says so."""


class AppealRule(_Part):
    """When to ask what became of an appeal that was filed. The payer's own clock stands in its pack."""

    id: RuleName
    """The rule's name; the office's rule with the same takes its place."""
    portal: str | None = None
    """Only at this portal."""
    payer: PayerType | None = None
    """Only at portals of this kind of payer."""
    acknowledged_business_days: Days = 10
    """The first look: business days after it was filed, and never before the payer wants to be asked."""
    every: SomeDays = 14
    """After the day on which the payer should have decided, so many days from look to look."""
    grace_days: Days = 5
    """So many days after that day it is asked at once, and a person is told."""
    source: Annotated[str, Field(min_length=1)] = "the office"
    """Who says so."""


class Stops(_Part):
    """When a portal is asked less often, or not at all."""

    unchanged: Annotated[int, Field(ge=2, le=20)] = 3
    """After so many looks in a row that showed the same, the time to the next one grows."""
    widen_by: Annotated[Decimal, Field(ge=1, le=4)] = Decimal("1.5")
    """By this factor, with each further look."""
    widest_days: SomeDays = 21
    """But not to more days than this."""
    most_checks: Annotated[int, Field(ge=1, le=100)] = 8
    """After so many looks without a decision a person is told, and the portal is asked no more by itself."""
    least_days: SomeDays = 5
    """Two looks are never nearer than this, whatever the days of a rule."""
    settled_by: Literal["posted", "remitted"] = "posted"
    """A claim that the payer has paid is asked about no more when its money is `posted` (given to the practice system),
    or already when its remittance is here (`remitted`)."""
    small_balance: Annotated[Decimal, Field(ge=0)] = Decimal("0.00")
    """Claims of less than so many dollars are not asked about by themselves; 0 asks about all."""
    acceptance_days: SomeDays = 3
    """Where the office has acceptances (277CA) of a portal's claims: without one for so many days, a person asks the
    clearinghouse, and nobody the portal."""
    rebill_day: SomeDays = 5
    """On this day it should be sent anew."""
    presumed_sent_days: Days = 3
    """Where nobody knows when the payer took a claim in: so many days after the last day of service, or when it came
    into the work list, whichever is first."""


class Jumps(_Part):
    """What is asked before everything else that is due."""

    limit_days: Days = 30
    """The last day for filing the claim or the appeal is so near."""
    balance: Annotated[Decimal, Field(ge=0)] | None = Decimal("5000.00")
    """So many dollars or more."""
    changed: bool = True
    """The payer said something else last time than the time before."""
    categories: tuple[Annotated[str, Field(min_length=1, max_length=4)], ...] = ("P3", "R")
    """The newest status category (X12 507) begins so: the payer waits for something of ours."""
    visit_days: Days = 1
    """The visit is so near."""


class Spreads(_Part):
    """Looks that many questions would want on the same day, and for how long an answer is fresh."""

    month_start: bool = True
    """Appointments that run over several months are asked about again at the beginning of each."""
    month_start_days: Annotated[int, Field(ge=1, le=15)] = 4
    """Spread over so many business days."""
    new_year_days: Annotated[int, Field(ge=0, le=31)] = 10
    """Visits up to this day of January are asked about again in the new year, when deductibles begin anew; and the
    beginning of January is spread over so many days."""
    fresh_hours: Annotated[int, Field(ge=0, le=24 * 31)] = 72
    """An answer not older than this is not asked for again before a visit."""


class OfficeCadence(_Part):
    """A file of an office: rules of its own, or others in the place of shipped ones; and what it counts otherwise."""

    claims: tuple[ClaimRule, ...] = ()
    visits: tuple[VisitRule, ...] = ()
    appeals: tuple[AppealRule, ...] = ()
    stops: Stops = Stops()
    jumps: Jumps = Jumps()
    spreads: Spreads = Spreads()

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        for rules in (self.claims, self.visits, self.appeals):
            ids = [rule.id for rule in rules]
            if twice := next((name for name in ids if ids.count(name) > 1), None):
                raise ValueError(f"two rules have the id '{twice}'")
        return self


class _Rule(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def portal(self) -> str | None: ...
    @property
    def payer(self) -> PayerType | None: ...


AnyRule = TypeVar("AnyRule", bound=_Rule)


class CadenceRules(_Part):
    """All rules that hold in an office, each with one for every payer."""

    claims: tuple[ClaimRule, ...]
    visits: tuple[VisitRule, ...]
    appeals: tuple[AppealRule, ...]
    stops: Stops = Stops()
    jumps: Jumps = Jumps()
    spreads: Spreads = Spreads()

    def claim_rule(self, portal: str, payer: PayerType, order: PayerOrder | None) -> ClaimRule:
        """The rule for a claim: of its portal, else of its turn, else of its kind of payer, else the one for all."""
        fitting = [rule for rule in self.claims if rule.order in (None, order)]
        return max(
            (rule for rule in fitting if _fits(rule, portal, payer)),
            key=lambda rule: (rule.portal is not None, rule.order is not None, rule.payer is not None),
        )

    def visit_rule(self, portal: str, payer: PayerType) -> VisitRule:
        """The rule for an appointment."""
        return _nearest(self.visits, portal, payer)

    def appeal_rule(self, portal: str, payer: PayerType) -> AppealRule:
        """The rule for an appeal that was filed."""
        return _nearest(self.appeals, portal, payer)


def cadence_rules(office: OfficeCadence) -> CadenceRules:
    """The shipped rules as this office sees them. Raises ValueError (one sentence) where one for all is missing."""
    shipped = _shipped()
    rules = CadenceRules(
        claims=_with(shipped.claims, office.claims),
        visits=_with(shipped.visits, office.visits),
        appeals=_with(shipped.appeals, office.appeals),
        stops=office.stops,
        jumps=office.jumps,
        spreads=office.spreads,
    )
    if not any((rule.portal, rule.payer, rule.order) == (None, None, None) for rule in rules.claims):
        raise ValueError("no rule of 'claims' holds for every payer; leave the one with the id 'claims' so")
    for name, others in (("visits", rules.visits), ("appeals", rules.appeals)):
        if not any((rule.portal, rule.payer) == (None, None) for rule in others):
            raise ValueError(f"no rule of '{name}' holds for every payer; leave the one with the id '{name}' so")
    return rules


@lru_cache(maxsize=8)
def rules_of(kept: str) -> CadenceRules:
    """The rules as they are kept in the ledger: the office's own as JSON."""
    return cadence_rules(OfficeCadence.model_validate_json(kept))


def kept_rules(office: OfficeCadence) -> str:
    """The office's own rules as JSON, for the ledger; `rules_of` reads them."""
    return office.model_dump_json(exclude_defaults=True)


@cache
def _shipped() -> OfficeCadence:
    text = files("schedules").joinpath("rules", "cadence.toml").read_text(encoding="utf-8")
    return OfficeCadence.model_validate(tomllib.loads(text))


def _with(shipped: tuple[AnyRule, ...], office: tuple[AnyRule, ...]) -> tuple[AnyRule, ...]:
    return tuple(({rule.id: rule for rule in shipped} | {rule.id: rule for rule in office}).values())


def _fits(rule: _Rule, portal: str, payer: PayerType) -> bool:
    return rule.portal in (None, portal) and rule.payer in (None, payer)


def _nearest(rules: tuple[AnyRule, ...], portal: str, payer: PayerType) -> AnyRule:
    fitting = (rule for rule in rules if _fits(rule, portal, payer))
    return max(fitting, key=lambda rule: (rule.portal is not None, rule.payer is not None))


def days_of(first: date, last: date) -> int:
    """Days from one to the other; negative when it is over."""
    return (last - first).days
