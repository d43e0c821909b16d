"""Claims, visits and appeals in front of the rules of cadence, as their tests need them."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from flows.payer_types import PayerType
from flows.questions import Flow
from ledger.planning_values import AppealToAsk, Check, ClaimToAsk, Plan, Subject, ToAsk, VisitToAsk
from ledger.states import AppealStage, ItemState
from schedules.cadence import CadenceRules, OfficeCadence, cadence_rules
from schedules.cadence_plan import evaluate

ZONE = ZoneInfo("America/Chicago")
RULES = cadence_rules(OfficeCadence())
ACCEPTED = date(2026, 3, 2)
"""A Monday on which the payer accepted a claim."""


def on(day: date, hour: int = 3) -> datetime:
    """This hour of a day at the portal, as an instant in UTC."""
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZONE).astimezone(UTC)


def after(days: int) -> date:
    """So many days after the acceptance."""
    return ACCEPTED + timedelta(days=days)


def claim(**known: Any) -> ClaimToAsk:
    """A claim of 100 dollars that the payer has accepted, and nobody has asked about."""
    facts: dict[str, Any] = {
        "number": "ACCT-1",
        "service_from": date(2026, 2, 20),
        "service_to": date(2026, 2, 20),
        "imported_at": on(date(2026, 2, 27)),
        "billed": Decimal("100.00"),
        "accepted_on": ACCEPTED,
    }
    return ClaimToAsk(**facts | known)


def pending(day: date, category: str = "P1", **known: Any) -> Check:
    """An answer: still in process."""
    return Check(on(day), negative=False, category=category, **known)


def visit(day: date, **known: Any) -> VisitToAsk:
    """An appointment on this day that came in on 2 February."""
    facts: dict[str, Any] = {
        "number": "V-1",
        "service_from": day,
        "service_to": day,
        "imported_at": on(date(2026, 2, 2)),
    }
    return VisitToAsk(**facts | known)


def appeal(**known: Any) -> AppealToAsk:
    """An appeal that was filed on 2 March, with a number, to be decided within 60 days."""
    facts: dict[str, Any] = {
        "number": "7",
        "stage": AppealStage.FILED,
        "amount": Decimal("80.00"),
        "deadline": None,
        "filed_at": on(ACCEPTED),
        "filed_on": ACCEPTED,
        "confirmed": True,
        "expected_by": after(60),
        "listed_after_hours": 24,
        "first_check_days": 14,
    }
    return AppealToAsk(**facts | known)


def item(about: Subject, payer: PayerType = PayerType.COMMERCIAL, **known: Any) -> ToAsk:
    """The question about it."""
    flow = Flow.CLAIM_STATUS
    if isinstance(about, VisitToAsk):
        flow = Flow.ELIGIBILITY
    elif isinstance(about, AppealToAsk):
        flow = Flow.APPEAL_STATUS
    facts: dict[str, Any] = {
        "item_id": 4,
        "flow": flow,
        "portal": "practice-national",
        "payer": payer,
        "state": ItemState.DONE,
        "tries": 0,
        "tried": True,
        "not_before": on(ACCEPTED),
        "by_hand": False,
        "about": about,
    }
    return ToAsk(**facts | known)


def plan(
    about: Subject, today: date, payer: PayerType = PayerType.COMMERCIAL, rules: CadenceRules = RULES, **known: Any
) -> Plan:
    """What the rules say about it on this day, at three in the morning."""
    return evaluate(item(about, payer, **known), rules, on(today), ZONE)


def due_day(found: Plan) -> date | None:
    """The day at the portal on which it is due."""
    return None if found.due_at is None else found.due_at.astimezone(ZONE).date()


def spoke(found: Plan) -> set[str]:
    """The rules that spoke."""
    return {one.rule for one in found.said}
