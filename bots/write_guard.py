"""Stands between a robot and the button that files an appeal: that it is pressed is committed first (DESIGN 2.3)."""

from bots.clock import Clock
from flows.outcomes import Code, Ending, Stop, stop
from ledger import appeals
from ledger.errors import AlreadyPressed, PressingRefused, Stopped
from ledger.lanes import Lease
from ledger.thread import LedgerThread


class WriteGuard:
    """The presses of one session. Nothing here can press; nothing may be pressed unless `pressing` returned."""

    def __init__(self, ledger: LedgerThread, lease: Lease, clock: Clock) -> None:
        self._ledger = ledger
        self._lease = lease
        self._clock = clock

    async def pressing(self, reference: str) -> None:
        """Commit that the button of this appeal is pressed next, once and never again.

        Raises Stop when it must not be: UNCERTAIN when it was pressed before. Raises LeaseLost when somebody else has
        taken the lane. Nothing was pressed then.
        """
        try:
            await self._ledger.call(appeals.pressing, self._lease, reference, self._clock.now())
        except AlreadyPressed as refused:
            raise stop(Ending.UNCERTAIN, Code.TECH_UNKNOWN_FILED, str(refused)) from None
        except PressingRefused as refused:
            raise stop(Ending.NEEDS_STAFF, Code.POL_APPROVAL, str(refused)) from None
        except Stopped as stopped:
            raise stop(Ending.TRANSIENT, Code.TECH_MAINT, str(stopped)) from None


def uncertain(stopped: Stop) -> Stop:
    """What followed a press that was committed, and is neither a receipt nor a refusal: only the portal's own list can
    say whether the appeal was filed. Where it ended and how stays in the reason."""
    if stopped.outcome.ending is Ending.UNCERTAIN:
        return stopped
    reason = stopped.outcome.reason
    what = "The button that files the appeal was pressed, and no confirmation was seen. It is not pressed again."
    details = {} if reason is None else {name: getattr(reason, name) for name in ("view", "element", "seen", "ways")}
    said = "" if reason is None else f" {reason.what}"
    return stop(Ending.UNCERTAIN, Code.TECH_UNKNOWN_FILED, what + said, **details)
