"""Why a lane stands still: what a person has to see to, or until when its portal or its sign-in is left alone."""

from dataclasses import dataclass
from datetime import datetime

from flows.questions import Flow
from ledger import breakers, closures, lanes
from ledger.cases import check_stops
from ledger.errors import Stopped


@dataclass(frozen=True)
class Standstill:
    """Why nothing is asked on a lane now, in a few words without patient data.

    `until` (UTC): when waiting ends it. `case_id`: the case that a person has to close first.
    """

    why: str
    until: datetime | None = None
    case_id: int | None = None


def standing(lane_id: int, flow: Flow | None, now: datetime) -> Standstill | None:
    """Why this job is not asked on this lane now; None where nothing holds it up. It never raises for that.

    Looked at are: a case that stops the portal, the sign-in or (where `flow` is given) a view of the job; what the
    portal said about when it is back; the portal's breaker, unless this lane is the one that tries. Raises NotThere.
    """
    lane = lanes.of(lane_id)
    try:
        check_stops(lane.portal, flow=flow, alias=lane.alias)
    except Stopped as stopped:
        what = {"portal": "the portal is stopped", "credential": "the sign-in is frozen"}.get(
            stopped.what, "a page was not recognised several times"
        )
        return Standstill(f"{what}: case {stopped.case_id}", case_id=stopped.case_id)
    if closed := closures.standing(lane.portal, now, alias=lane.alias):
        what = "the sign-in rests" if closed.alias else "the portal is closed"
        return Standstill(f"{what} until {closed.until:%Y-%m-%d %H:%M} UTC ({closed.code})", until=closed.until)
    breaker = breakers.standing(lane.portal, now)
    if breaker.until is not None and breaker.trying != lane_id:
        return Standstill(f"the portal {breaker.why}", until=breaker.until)
    return None
