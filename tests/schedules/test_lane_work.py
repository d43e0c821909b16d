"""What a worker does on one lane: job after job, and what is wrong with one keeps no other from being asked."""

from collections.abc import Collection
from datetime import datetime
from typing import cast

import pytest

from bots.clock import SystemClock
from bots.worker import Report
from flows.questions import Flow
from ledger.thread import LedgerThread
from schedules.facts import Doors
from schedules.lane_work import LaneWork, Leave, SessionOrder


class Broken:
    """Sessions, some of which fail for a reason of their own."""

    def __init__(self, *broken: Flow) -> None:
        self.broken = broken
        self.ran: list[Flow] = []

    async def run(self, order: SessionOrder, leave: Leave) -> Report | None:
        self.ran.append(order.flow)
        return None if order.flow in self.broken else Report(run_id=1, why="finished", by_ending={})


@pytest.fixture
def all_due(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three jobs of one lane are due for ever, in this order."""

    def first(
        _self: LaneWork, lane_id: int, _now: datetime, barren: Collection[Flow]
    ) -> tuple[SessionOrder, datetime | None] | None:
        left = [flow for flow in (Flow.ELIGIBILITY, Flow.CLAIM_STATUS, Flow.REMITTANCES) if flow not in barren]
        return (SessionOrder(lane_id, 1, "north", "main", 0, left[0]), None) if left else None

    monkeypatch.setattr(LaneWork, "_next", first)


@pytest.mark.usefixtures("all_due")
@pytest.mark.parametrize(
    ("broken", "ran"),
    [
        ((), [Flow.ELIGIBILITY, Flow.CLAIM_STATUS, Flow.REMITTANCES]),
        ((Flow.ELIGIBILITY,), [Flow.ELIGIBILITY, Flow.CLAIM_STATUS, Flow.REMITTANCES]),
        # Two in one go: it is the lane, or the portal.
        ((Flow.ELIGIBILITY, Flow.CLAIM_STATUS), [Flow.ELIGIBILITY, Flow.CLAIM_STATUS]),
    ],
)
async def test_a_job_that_fails_keeps_no_other_job_of_its_sign_in_waiting(
    broken: tuple[Flow, ...], ran: list[Flow]
) -> None:
    sessions = Broken(*broken)
    async with LedgerThread() as ledger:
        work = LaneWork(cast(Doors, None), sessions, ledger, SystemClock(), lambda: False, lambda _portal, _flow: False)
        ended = await work.run(1)
    assert sessions.ran == ran
    assert ended.failed is bool(broken)
