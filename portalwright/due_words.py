"""When a question is asked, in words."""

from ledger.planning_values import Plan, ToAsk
from ledger.states import ItemState
from portalwright.words import full_minute


def when_asked(item: ToAsk, plan: Plan) -> str:
    """From when on it is asked, or why it is not, in words; times are UTC."""
    match item.state:
        case ItemState.RUNNING:
            return "being asked at this moment"
        case ItemState.PARKED:
            return "waits for a person to close its case"
        case ItemState.READY:
            return f"asked from {full_minute(item.not_before)} UTC on"
        case ItemState.DONE if plan.due_at is not None:
            return f"asked again from {full_minute(plan.due_at)} UTC on"
        case _:
            return f"not asked by itself ({plan.stop})" if plan.stop else "not asked by itself"
