"""Plans the questions of a practice by its rules of cadence; the worker does it before it looks for what is due."""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from ledger import planning
from ledger.accounts import Actor
from ledger.planning_values import Plan, Planned, ToAsk
from ledger.work_rules import RulesInForce, in_force
from schedules.cadence import CadenceRules, rules_of
from schedules.cadence_plan import evaluate


def plan(actor: Actor, now: datetime, *, most: int = 5000) -> Planned:
    """Plan what has changed in the actor's practice, and by new rules what older ones planned; about `most` at once.

    What only a person can do now opens cases in the actor's name. Call it again while `Planned.left`.
    """
    held = in_force(actor.practice_id)
    rules = rules_of(held.cadence)

    def judge(item: ToAsk) -> Plan:
        return evaluate(item, rules, now, zone_of(held, item.portal))

    return planning.plan_changed(actor, judge, _digest(held, rules), now, most=most)


def explain(
    practice_id: int, number: str, now: datetime, *, portal: str | None = None
) -> tuple[tuple[ToAsk, Plan], ...]:
    """What the rules say now of each question of a claim (its appeals too), a visit or an appeal. Raises NotThere."""
    return _judged(practice_id, planning.look_at(practice_id, number, portal), now)


def explain_claim(practice_id: int, claim_id: int, now: datetime) -> tuple[tuple[ToAsk, Plan], ...]:
    """The same of the claim with this row, and its appeals; nothing for another practice's."""
    return _judged(practice_id, planning.look_at_claim(practice_id, claim_id), now)


def explain_visit(practice_id: int, appointment_id: int, now: datetime) -> tuple[tuple[ToAsk, Plan], ...]:
    """The same of a visit."""
    return _judged(practice_id, planning.look_at_visit(practice_id, appointment_id), now)


def _judged(practice_id: int, found: Sequence[ToAsk], now: datetime) -> tuple[tuple[ToAsk, Plan], ...]:
    held = in_force(practice_id)
    rules = rules_of(held.cadence)
    return tuple((item, evaluate(item, rules, now, zone_of(held, item.portal))) for item in found)


def zone_of(held: RulesInForce, portal: str) -> ZoneInfo:
    """The portal's time zone; UTC where no pack has said."""
    return ZoneInfo(held.zones.get(portal, "UTC"))


def _digest(held: RulesInForce, rules: CadenceRules) -> str:
    """Of all that a plan depends on beside the question: another digest means that every plan is made anew."""
    parts = (
        rules.model_dump_json(),
        *(rule.model_dump_json() for rule in held.deadlines),
        *(f"{portal} {kind}" for portal, kind in sorted(held.payers.items())),
        *(f"{portal} {zone}" for portal, zone in sorted(held.zones.items())),
    )
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()
