"""What is seen after a press counts, also when another process has the lane by then: it may bar, never free."""

from datetime import UTC, datetime, timedelta

import pytest

from bots.clock import SystemClock
from bots.press_guard import PressGuard
from ledger import accounts, lanes, models, presses
from ledger.errors import LeaseLost
from ledger.lanes import Lease
from ledger.presses import PressKind, PressResult
from ledger.thread import LedgerThread
from packs.models import Lockout

pytestmark = pytest.mark.django_db(transaction=True)
PORTAL, ALIAS = "practice-national", "main"
LOCKOUT = Lockout(attempts=5, code_attempts=5, window_hours=24)


def taken_over() -> Lease:
    """A lane of ours; another process takes it as soon as this lease is over."""
    now = datetime.now(UTC)
    practice = accounts.ensure_practice("Lakeside", "123456789", ("1234567893",))
    robot = accounts.ensure_account("robot", is_robot=True, practice=practice, now=now)
    return lanes.take(PORTAL, ALIAS, 0, holder="here:1", actor=robot, now=now)


def take_it(lease: Lease) -> None:
    later = datetime.now(UTC) + timedelta(hours=1)
    lanes.take(PORTAL, ALIAS, 0, holder="there:2", actor=lease.actor, now=later)


@pytest.mark.parametrize(
    ("seen", "kept"), [(PressResult.REJECTED, "rejected"), (PressResult.UNKNOWN, "unknown"), (PressResult.PROVED, "")]
)
async def test_a_rejection_that_is_seen_after_the_lane_was_lost_bars_everybody(seen: PressResult, kept: str) -> None:
    async with LedgerThread() as ledger:
        lease = await ledger.call(taken_over)
        guard = PressGuard(ledger, lease, 1, LOCKOUT, SystemClock())
        await guard.begin(PressKind.PASSWORD)
        await ledger.call(take_it, lease)
        with pytest.raises(LeaseLost):
            await (guard.prove() if seen is PressResult.PROVED else guard.answered(seen))
        press = await ledger.call(models.Press.objects.get)
        assert press.result == kept
        rule = presses.LockoutRule(5, timedelta(hours=24))
        standing = await ledger.call(
            presses.standing, lease.actor.practice_id, PORTAL, ALIAS, 1, rule, now=datetime.now(UTC)
        )
        assert (standing.bar is not None) is bool(kept)
