"""What the ledger refuses to have pressed ends the attempt in its own way, with nothing pressed."""

from datetime import UTC, datetime, timedelta

import pytest

from bots.clock import SystemClock
from bots.write_guard import WriteGuard
from flows.outcomes import Code, Ending, Stop
from ledger import appeals
from ledger.accounts import Actor
from ledger.errors import AlreadyPressed, LeaseLost, NotApproved, PortalStopped
from ledger.lanes import Lease
from ledger.thread import LedgerThread
from tests.bots.small_site import reason

LEASE = Lease(
    lane_id=1,
    token=1,
    portal="test",
    alias="main",
    slot=0,
    actor=Actor(account_id=1, name="robot", is_robot=True, practice_id=1),
    ttl=timedelta(seconds=45),
)


async def guarded(refusal: Exception, monkeypatch: pytest.MonkeyPatch) -> None:
    def pressing(lease: Lease, reference: str, now: datetime) -> None:
        assert (lease, reference, now.tzinfo) == (LEASE, "ref-1", UTC)
        raise refusal

    monkeypatch.setattr(appeals, "pressing", pressing)
    async with LedgerThread() as ledger:
        await WriteGuard(ledger, LEASE, SystemClock()).pressing("ref-1")


@pytest.mark.parametrize(
    ("refusal", "ending", "code"),
    [
        (AlreadyPressed(), Ending.UNCERTAIN, Code.TECH_UNKNOWN_FILED),
        (NotApproved(), Ending.NEEDS_STAFF, Code.POL_APPROVAL),
        (PortalStopped("portal", "test", "", 3), Ending.TRANSIENT, Code.TECH_MAINT),
    ],
    ids=["pressed before", "not approved", "portal stopped"],
)
async def test_what_must_not_be_pressed_ends_the_attempt(
    refusal: Exception, ending: Ending, code: Code, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(Stop) as stopped:
        await guarded(refusal, monkeypatch)
    assert (stopped.value.outcome.ending, reason(stopped.value).code) == (ending, code)


async def test_a_lease_that_is_lost_ends_the_session(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LeaseLost):
        await guarded(LeaseLost(), monkeypatch)
