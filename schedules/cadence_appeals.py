"""When the payer is asked about an appeal: when it should be acknowledged, then decided, and every so often after."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from flows.business_days import business_days_after
from flows.questions import Flow
from ledger.planning_values import AppealToAsk, Plan, Rank, Said, Stop, ToAsk
from ledger.states import AppealStage
from schedules.cadence import AppealRule, CadenceRules
from schedules.cadence_days import begins, day_in, day_words

_FOR_A_NUMBER = timedelta(days=1)
_NUMBER_EXPECTED = timedelta(days=7)
"""While the payer has given no number yet, its list is looked at daily, for so long."""

_TO_FILE = (AppealStage.APPROVED, AppealStage.PRESSING, AppealStage.UNCERTAIN)


def plan_appeal(item: ToAsk, about: AppealToAsk, rules: CadenceRules, now: datetime, zone: ZoneInfo) -> Plan:
    """What the rules say about filing an appeal, or about one that was filed, with each rule that spoke."""
    rank, why = _rank(about, rules, day_in(now, zone))
    if item.flow is Flow.APPEAL:
        if about.stage not in _TO_FILE:
            return _stop("The appeal is not to be filed, or was filed already.")
        return Plan(item.not_before, rank, said=(Said("appeal", "Filed as soon as a person has approved it."), *why))
    if about.stage is not AppealStage.FILED or about.filed_at is None:
        return _stop("The appeal is decided, or over.")
    if item.by_hand:
        return Plan(None, stop=Stop.BY_HAND, said=(Said("by-hand", "A person has ended it by hand."),))
    filed_at = about.filed_at
    if not about.confirmed and now < filed_at + _NUMBER_EXPECTED:
        listed = filed_at + timedelta(hours=about.listed_after_hours)
        daily = Said("appeal-number", "The payer has given no number yet: its list is looked at daily, for a week.")
        return Plan(max((about.checked_at or filed_at) + _FOR_A_NUMBER, listed), rank, said=(daily, *why))
    rule = rules.appeal_rule(item.portal, item.payer)
    asked_on = None if about.checked_at is None else day_in(about.checked_at, zone)
    looks = sorted(_looks(about, rule, day_in(filed_at, zone)))
    day, says = next((look for look in looks if asked_on is None or look[0] > asked_on), (None, ""))
    if day is None and asked_on is not None:
        day = asked_on + timedelta(days=rule.every)
        says = f"Asked every {day_words(rule.every)} until it is decided."
    if day is None:
        raise AssertionError("an appeal that was filed has a first look")
    return Plan(begins(day, zone), rank, said=(Said(rule.id, f"{says} ({rule.source})"), *why))


def _looks(about: AppealToAsk, rule: AppealRule, filed_at: date) -> Iterator[tuple[date, str]]:
    acknowledged = business_days_after(about.filed_on or filed_at, rule.acknowledged_business_days)
    wanted = filed_at + timedelta(days=about.first_check_days)
    first = max(acknowledged, wanted)
    yield first, f"{rule.acknowledged_business_days} business days after it was filed, and not before the payer wants."
    if about.expected_by is not None and about.expected_by > first:
        yield about.expected_by, "The payer should have decided by then."
    if about.expected_by is not None:
        overdue = about.expected_by + timedelta(days=rule.grace_days + 1)
        if overdue > first:
            yield overdue, f"{day_words(rule.grace_days)} after the payer should have decided a person is told."


def _rank(about: AppealToAsk, rules: CadenceRules, today: date) -> tuple[Rank, tuple[Said, ...]]:
    jumps = rules.jumps
    near = about.deadline is not None and about.stage in _TO_FILE
    if near and about.deadline is not None and (about.deadline - today).days <= jumps.limit_days:
        return Rank.JUMPS, (Said("jump-limit", f"The last day for filing is {about.deadline}."),)
    if jumps.balance is not None and about.amount >= jumps.balance:
        return Rank.JUMPS, (Said("jump-balance", f"{jumps.balance:,.2f} dollars or more are contested."),)
    return Rank.NORMAL, ()


def _stop(says: str) -> Plan:
    return Plan(None, stop=Stop.NOTHING_TO_ASK, said=(Said("nothing-to-ask", says),))
