"""An office with a practice, a robot and a person, and a lane to work on."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from flows.questions import Flow
from ledger import lanes, runs
from ledger.accounts import Actor, Practice, ensure_account, ensure_practice
from ledger.lanes import Lease
from ledger.presses import LockoutRule
from tests.ledger.office import ALIAS, NOW, PORTAL


@pytest.fixture
def practice(db: None) -> Practice:
    return ensure_practice("Lakeside Family Practice", "123456789", ("1234567893",))


@pytest.fixture
def robot(practice: Practice) -> Actor:
    return ensure_account("night-robot", is_robot=True, practice=practice, now=NOW)


@pytest.fixture
def person(practice: Practice) -> Actor:
    return ensure_account("dana", is_robot=False, practice=practice, now=NOW)


@pytest.fixture
def take(robot: Actor) -> Callable[..., Lease]:
    """Takes the lane as the process `holder`, `after` the beginning of the test."""

    def _take(holder: str = "office:1", *, after: timedelta = timedelta(), slot: int = 0, alias: str = ALIAS) -> Lease:
        return lanes.take(PORTAL, alias, slot, holder=holder, actor=robot, now=NOW + after)

    return _take


@pytest.fixture
def lease(take: Callable[..., Lease]) -> Lease:
    """A lane that is held, with a run of claim-status on it."""
    lease = take()
    runs.start(lease, Flow.CLAIM_STATUS, NOW)
    return lease


@pytest.fixture
def three_strikes() -> LockoutRule:
    return LockoutRule(attempts=3, window=timedelta(hours=24))
