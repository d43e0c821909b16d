"""What the rules of cadence say about one question, whatever it is about. Pure: no clock, no ledger."""

from datetime import datetime
from typing import assert_never
from zoneinfo import ZoneInfo

from ledger.planning_values import AppealToAsk, ClaimToAsk, PeriodToAsk, Plan, Rank, Said, Stop, ToAsk, VisitToAsk
from schedules.cadence import CadenceRules
from schedules.cadence_appeals import plan_appeal
from schedules.cadence_claims import plan_claim
from schedules.cadence_visits import plan_visit


def evaluate(item: ToAsk, rules: CadenceRules, now: datetime, zone: ZoneInfo) -> Plan:
    """When this question is asked (again), how urgently and why (DOMAIN 3.1). Days are those of the portal's zone."""
    match item.about:
        case ClaimToAsk() as about:
            return plan_claim(item, about, rules, now, zone)
        case VisitToAsk() as about:
            return plan_visit(item, about, rules, now, zone)
        case AppealToAsk() as about:
            return plan_appeal(item, about, rules, now, zone)
        case PeriodToAsk() as about:
            return _plan_period(about)
        case _:
            assert_never(item.about)


def _plan_period(about: PeriodToAsk) -> Plan:
    if about.answered:
        says = "A period is looked through once, and again when somebody asks for it again."
        return Plan(None, stop=Stop.ASKED_ONCE, said=(Said("asked-once", says),))
    return Plan(about.asked_for_at, Rank.NORMAL, said=(Said("asked-for", "Looked through when it is asked for."),))
