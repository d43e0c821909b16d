"""By when something has to be with the payer: rules as data, each with its source, and the earliest day that may hold.

Lists of limits disagree for the same payer, and contracts differ. So every rule says where it was found, nobody's word
counts as verified until somebody of the office has looked, and until then the earliest plausible day is shown. Rules
ship in `rules/deadlines.toml`; an office adds, replaces and verifies them in a file of its own. (DOMAIN 3.5)
"""

import calendar
import tomllib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date, timedelta
from enum import IntEnum, StrEnum
from functools import cache
from importlib.resources import files
from typing import Annotated, Literal, Self

from pydantic import ConfigDict, Field, model_validator

from flows.business_days import business_days_after
from flows.payer_types import PayerType
from flows.questions import AppealLevel
from flows.values import Frozen

RuleName = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=80)]


class Event(StrEnum):
    """What has to be done in time."""

    CLAIM_FILING = "claim-filing"
    CORRECTED_CLAIM = "corrected-claim"
    RECORDS = "records"
    """Records or an attachment that the payer asked for."""
    REOPENING = "reopening"
    APPEAL_FIRST = "appeal-first"
    APPEAL_SECOND = "appeal-second"
    APPEAL_EXTERNAL = "appeal-external"


class DayType(StrEnum):
    """Which days count."""

    CALENDAR = "calendar"
    BUSINESS = "business"
    """Monday to Friday without federal holidays."""


class Anchor(StrEnum):
    """From which day the time runs."""

    SERVICE_FROM = "service-from"
    SERVICE_TO = "service-to"
    NOTICE = "notice"
    """The day on the payer's notice: remittance, EOB, decision letter."""
    RECEIPT = "receipt"
    """The day on which the notice came: so many days after the notice as the rule presumes."""
    PROCESSED = "processed"
    """The day on which the payer finalised the claim."""
    PRIMARY_EOB = "primary-eob"
    """The day on the notice of the payer who pays first."""


class DeadlineRule(Frozen):
    """One limit, as one source gives it. It holds for a portal, for a kind of payer, or (neither) for every payer.

    `product` is for people: whose plan, which kind of claim. `mark` says how good the source is. The last day is
    `days`, `months` or `years` after the anchor; a day that the month does not have is its last (29 February and a
    year: 28 February, as Medicare has it).
    """

    model_config = ConfigDict(strict=False)

    id: RuleName
    event: Event
    payer: PayerType | None = None
    portal: str | None = None
    product: str | None = None
    days: Annotated[int, Field(ge=1, le=3660)] | None = None
    months: Annotated[int, Field(ge=1, le=120)] | None = None
    years: Annotated[int, Field(ge=1, le=10)] | None = None
    day_type: DayType = DayType.CALENDAR
    anchor: Anchor
    presumed_days: Annotated[int, Field(ge=0, le=10)] = 0
    source: Annotated[str, Field(min_length=1)]
    mark: Literal["found", "second-hand", "general", "judgement", "office"] = "office"
    verified_on: date | None = None
    verified_by: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if sum(limit is not None for limit in (self.days, self.months, self.years)) != 1:
            raise ValueError("one of 'days', 'months' and 'years' is needed, and only one")
        if self.day_type is DayType.BUSINESS and self.days is None:
            raise ValueError("business days are counted in 'days'")
        if self.presumed_days and self.anchor is not Anchor.RECEIPT:
            raise ValueError("'presumed_days' goes with anchor = \"receipt\" alone")
        if (self.verified_on is None) != (self.verified_by is None):
            raise ValueError("'verified_on' and 'verified_by' go together")
        return self

    def last_day(self, start: date) -> date:
        """The last day on which it is in time, when the time runs from `start`."""
        if self.days is not None:
            return business_days_after(start, self.days) if self._business else start + timedelta(days=self.days)
        return _months_later(start, (self.months or 0) + 12 * (self.years or 0))

    @property
    def said_by(self) -> str:
        """The source, with how good it is where it is not the payer's own word."""
        return self.source if self.mark in ("found", "office") else f"{self.source} ({self.mark})"

    @property
    def _business(self) -> bool:
        return self.day_type is DayType.BUSINESS


class Verified(Frozen):
    """That somebody of the office has looked and a rule holds, for one portal or for all that the rule is about."""

    model_config = ConfigDict(strict=False)

    rule: RuleName
    portal: str | None = None
    on: date
    by: Annotated[str, Field(min_length=1)]


class DeadlineRules(Frozen):
    """A file of rules: new ones (or others in the place of shipped ones, by their id), and which of them hold."""

    model_config = ConfigDict(strict=False)

    rules: tuple[DeadlineRule, ...] = ()
    verified: tuple[Verified, ...] = ()

    @model_validator(mode="after")
    def _told_apart(self) -> Self:
        ids = [rule.id for rule in self.rules]
        if twice := next((name for name in ids if ids.count(name) > 1), None):
            raise ValueError(f"two rules have the id '{twice}'")
        return self


class Anchors(Frozen):
    """The days that limits are counted from, as far as they are known.

    For the second level and above, `notice` is that of the decision before. `stated` is the last day as the payer
    itself has written it about this very claim: nothing is better than that.
    """

    service_from: date | None = None
    service_to: date | None = None
    notice: date | None = None
    processed: date | None = None
    primary_eob: date | None = None
    stated: date | None = None


class Plausible(Frozen):
    """A day that another rule gives for the same."""

    day: date
    rule_id: str
    product: str | None
    source: str


STATED = "stated-by-the-payer"
"""In the place of a rule's id: the payer itself has written the day."""


class Deadline(Frozen):
    """The last day, and why: which rule, counted from what, who says so. `others` are later days of other rules.

    Not `verified`: nobody of the office has looked yet, and this is the earliest of all days that may hold.
    """

    event: Event
    day: date
    rule_id: str
    anchor: Anchor
    anchor_date: date
    source: str
    verified_on: date | None = None
    verified_by: str | None = None
    others: tuple[Plausible, ...] = ()

    @property
    def verified(self) -> bool:
        return self.verified_on is not None

    def days_left(self, today: date) -> int:
        """How many days are left, today not counted; negative when it is over."""
        return (self.day - today).days


class Warned(IntEnum):
    """How near a deadline is: the tightest of the days at which people are warned, or that it is over."""

    OVER = 0
    THREE_DAYS = 3
    SEVEN_DAYS = 7
    FOURTEEN_DAYS = 14
    THIRTY_DAYS = 30


def warned(day: date, today: date) -> Warned | None:
    """Which warning is due today; None while there is more time than that."""
    left = (day - today).days
    return Warned.OVER if left < 0 else next((step for step in Warned if step and left <= step), None)


def event_of(level: AppealLevel) -> Event:
    """What an appeal of this level has to be in time for."""
    return _EVENTS[level]


_EVENTS: Mapping[AppealLevel, Event] = {
    AppealLevel.REOPENING: Event.REOPENING,
    AppealLevel.FIRST: Event.APPEAL_FIRST,
    AppealLevel.SECOND: Event.APPEAL_SECOND,
    AppealLevel.EXTERNAL: Event.APPEAL_EXTERNAL,
}


@cache
def shipped_rules() -> tuple[DeadlineRule, ...]:
    """The rules that come with the product; none of them is verified."""
    text = files("flows").joinpath("rules", "deadlines.toml").read_text(encoding="utf-8")
    return DeadlineRules.model_validate(tomllib.loads(text)).rules


def with_office(rules: Iterable[DeadlineRule], office: DeadlineRules) -> tuple[DeadlineRule, ...]:
    """These rules as the office sees them: with its own, and with what it has verified.

    Raises ValueError (one sentence) when it verifies a rule that there is none of, or for a portal of another.
    """
    known = {rule.id: rule for rule in rules} | {rule.id: rule for rule in office.rules}
    for_one_portal: list[DeadlineRule] = []
    for one in office.verified:
        rule = known.get(one.rule)
        if rule is None:
            raise ValueError(f"there is no rule with the id '{one.rule}'")
        seen = {"verified_on": one.on, "verified_by": one.by}
        if one.portal is None or one.portal == rule.portal:
            known[one.rule] = rule.model_copy(update=seen)
        elif rule.portal is None:
            for_one_portal.append(rule.model_copy(update={**seen, "portal": one.portal}))
        else:
            raise ValueError(f"the rule '{one.rule}' is about the portal {rule.portal}, not {one.portal}")
    return (*for_one_portal, *known.values())


def deadline(
    event: Event, payer: PayerType, portal: str, anchors: Anchors, rules: Sequence[DeadlineRule]
) -> Deadline | None:
    """The last day for this event, or None when no rule speaks of it or the day that it counts from is not known.

    What the payer has written itself comes first. Then rules that were verified for this portal, alone. Else those that
    were verified for its kind of payer count in the place of unverified ones for that kind, and of all that may hold
    the earliest day.
    """
    if anchors.stated is not None:
        return Deadline(
            event=event,
            day=anchors.stated,
            rule_id=STATED,
            anchor=Anchor.NOTICE,
            anchor_date=anchors.notice or anchors.processed or anchors.stated,
            source="the payer's own page about this claim",
            verified_on=anchors.notice or anchors.processed or anchors.stated,
            verified_by="the payer",
        )
    days = sorted(_days(event, payer, portal, anchors, rules), key=lambda one: (one[0], one[2].id))
    if not days:
        return None
    (day, start, rule), *later = days
    return Deadline(
        event=event,
        day=day,
        rule_id=rule.id,
        anchor=rule.anchor,
        anchor_date=start,
        source=rule.said_by,
        verified_on=rule.verified_on,
        verified_by=rule.verified_by,
        others=tuple(Plausible(day=other, rule_id=its.id, product=its.product, source=its.said_by)
                     for other, _, its in later if other != day),
    )  # fmt: skip


def day_alone(
    event: Event, payer: PayerType, portal: str, anchors: Anchors, rules: Sequence[DeadlineRule]
) -> date | None:
    """The day of `deadline` without its reasons, for whoever wants it of very many things."""
    if anchors.stated is not None:
        return anchors.stated
    return min((day for day, _, _ in _days(event, payer, portal, anchors, rules)), default=None)


def _days(
    event: Event, payer: PayerType, portal: str, anchors: Anchors, rules: Sequence[DeadlineRule]
) -> Iterator[tuple[date, date, DeadlineRule]]:
    """Each day that may be the last, the day that it is counted from, and the rule."""
    for rule in _that_may_hold(event, payer, portal, rules):
        if (start := _start(rule, anchors)) is not None:
            yield rule.last_day(start), start, rule


def rules_for(event: Event, payer: PayerType, portal: str, rules: Sequence[DeadlineRule]) -> tuple[DeadlineRule, ...]:
    """Every rule that may hold for this event at this portal, verified or not."""
    about = [rule for rule in rules if rule.event is event and rule.portal in (None, portal)]
    its = [rule for rule in about if rule.portal == portal or rule.payer in (None, payer)]
    # A kind of payer that no rule speaks of is like one that nobody knows.
    known = payer is not PayerType.UNKNOWN and any(rule.portal == portal or rule.payer is payer for rule in its)
    return tuple(its if known else about)


def _that_may_hold(
    event: Event, payer: PayerType, portal: str, rules: Sequence[DeadlineRule]
) -> Iterator[DeadlineRule]:
    found = rules_for(event, payer, portal, rules)
    own = [rule for rule in found if rule.portal == portal]
    if any(rule.verified_on for rule in own):
        yield from (rule for rule in own if rule.verified_on)
        return
    yield from own
    of_its_kind = [rule for rule in found if rule.portal is None]
    # That a rule holds for one kind of payer says nothing about a payer of which nobody knows the kind.
    verified = [rule for rule in of_its_kind if rule.verified_on and rule.payer in (None, payer)]
    yield from verified or of_its_kind


def _start(rule: DeadlineRule, anchors: Anchors) -> date | None:
    match rule.anchor:
        case Anchor.SERVICE_FROM:
            return anchors.service_from
        case Anchor.SERVICE_TO:
            return anchors.service_to
        case Anchor.NOTICE:
            return anchors.notice or anchors.processed
        case Anchor.PROCESSED:
            return anchors.processed or anchors.notice
        case Anchor.PRIMARY_EOB:
            return anchors.primary_eob
        case Anchor.RECEIPT:
            notice = anchors.notice or anchors.processed
            return notice and notice + timedelta(days=rule.presumed_days)


def _months_later(start: date, months: int) -> date:
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(years, month + 1, min(start.day, calendar.monthrange(years, month + 1)[1]))
