"""When the payer is asked about coverage: when the appointment comes in, before the visit, as months and years begin.

An answer that is fresh is not asked for again, because payers watch who asks the same thing over and over.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flows.business_days import business_days_after
from ledger.planning_values import Plan, Rank, Said, Stop, ToAsk, VisitToAsk
from schedules.cadence import CadenceRules, VisitRule
from schedules.cadence_days import begins, day_in, day_words


@dataclass(frozen=True)
class _Look:
    """A day on which coverage is looked at. `anew`: the day itself makes an older answer stale, however fresh it is."""

    day: date
    rule: str
    says: str
    anew: bool = False
    rank: Rank = Rank.NORMAL


def plan_visit(item: ToAsk, about: VisitToAsk, rules: CadenceRules, now: datetime, zone: ZoneInfo) -> Plan:
    """What the rules say about an appointment, with each rule that spoke."""
    today = day_in(now, zone)
    if item.by_hand:
        return _stop(Stop.BY_HAND, "A person has ended it by hand.")
    if about.hold is not None:
        return _stop(Stop.HELD, f"It is on hold ({about.hold}) until a person ends that.")
    if about.answered_at is None:
        return _never_asked(about, rules, today)
    if today > about.service_to:
        return _stop(Stop.VISIT_OVER, f"The visit was on {about.service_to}, and coverage was looked at.")
    rule = rules.visit_rule(item.portal, item.payer)
    asked_on = day_in(about.answered_at, zone)
    asked = Said("asked", f"Last asked on {asked_on}.")
    for look in sorted(_looks(item, about, rule, rules), key=lambda one: one.day):
        if look.day <= asked_on or look.day > about.service_to:
            continue
        if not look.anew and begins(look.day, zone) - about.answered_at <= timedelta(hours=rules.spreads.fresh_hours):
            continue
        rank, why = _rank(about, rules, max(look.day, today), look.rank)
        return Plan(begins(look.day, zone), rank, said=(asked, Said(look.rule, look.says), *why))
    return _stop(Stop.VISIT_OVER, "No further look is needed before the visit.", asked)


def _never_asked(about: VisitToAsk, rules: CadenceRules, today: date) -> Plan:
    rank, why = _rank(about, rules, today, Rank.NORMAL)
    says = "Asked as soon as the appointment comes in."
    return Plan(about.imported_at, rank, said=(Said("at-scheduling", says), *why))


def _looks(item: ToAsk, about: VisitToAsk, rule: VisitRule, rules: CadenceRules) -> Iterator[_Look]:
    for before in rule.before:
        says = f"{day_words(before)} before the visit" if before else "On the day of the visit"
        # On the day itself it is asked again because coverage may have changed since the look before.
        yield _Look(about.service_from - timedelta(days=before), rule.id, f"{says} ({rule.source}).", anew=before == 0)
    spreads = rules.spreads
    if 0 < about.service_from.day <= spreads.new_year_days and about.service_from.month == 1:
        yield _Look(
            date(about.service_from.year, 1, 1 + item.item_id % about.service_from.day),
            "new-year",
            "The visit is in the first days of January: deductibles begin anew.",
            anew=True,
        )
    if spreads.month_start:
        yield from _month_starts(item, about, rules)


def _month_starts(item: ToAsk, about: VisitToAsk, rules: CadenceRules) -> Iterator[_Look]:
    """One look at the beginning of each month after the first, spread over its first business days."""
    spreads = rules.spreads
    month = _next_month(about.service_from)
    while month <= about.service_to:
        days = spreads.month_start_days
        if month.month == 1 and spreads.new_year_days:
            days = max(1, sum(1 for _ in _business_days(month, month + timedelta(days=spreads.new_year_days - 1))))
        yield _Look(
            business_days_after(month - timedelta(days=1), 1 + item.item_id % days),
            "month-start",
            f"A standing appointment, asked about as the month begins, spread over {days} business days.",
            anew=True,
            rank=Rank.CAN_WAIT,
        )
        month = _next_month(month)


def _business_days(first: date, last: date) -> Iterator[date]:
    day = business_days_after(first - timedelta(days=1), 1)
    while day <= last:
        yield day
        day = business_days_after(day, 1)


def _next_month(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=32)).replace(day=1)


def _rank(about: VisitToAsk, rules: CadenceRules, on: date, otherwise: Rank) -> tuple[Rank, tuple[Said, ...]]:
    left = (about.service_from - on).days
    if 0 <= left <= rules.jumps.visit_days:
        return Rank.JUMPS, (Said("jump-visit", f"The visit is on {about.service_from}."),)
    return otherwise, ()


def _stop(why: Stop, says: str, *before: Said) -> Plan:
    return Plan(due_at=None, stop=why, said=(*before, Said(why.value, says)))
