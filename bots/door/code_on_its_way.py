"""A one-time code on its way from a person's hands to the run that waits for it: sealed, taken once, wiped."""

from datetime import timedelta

from bots.door.at_hand import AtHand
from flows.outcomes import Code, Ending, stop
from ledger import codes, lanes
from ledger.codes import CodeWanted
from vault.sealed import Sealer
from vault.secret import Secret

LOOK_EVERY_SECONDS = 2.0
ASK_AGAIN_AFTER = timedelta(hours=1)
"""A person who did not come is asked again by the next run, but not by every run of the night."""


def sealed(sealer: Sealer, wanted: CodeWanted, code: Secret[str]) -> bytes:
    """The code as it may lie in the ledger: under the key of this one request."""
    return sealer.seal(wanted.wrapped_key, code.reveal().strip().encode(), wanted.label)


async def from_person(at_hand: AtHand, portal: str, view: str, life: timedelta) -> Secret[str]:
    """Wait for the code that a person hands over, for as long as such a code lives.

    The lane stays ours meanwhile: its heartbeats go on. Raises Stop with CREDENTIAL when none came: that freezes
    nothing, because nothing was tried. The sign-in rests for an hour from the moment that it was asked for, and the
    first run after that asks again.
    """
    ledger, clock, sealer = at_hand.ledger, at_hand.clock, at_hand.sealer
    wanted_at = clock.now()
    until = wanted_at + life
    key = sealer.new_item_key()
    request = await ledger.call(codes.want, at_hand.lease, view, key, wanted_at, until)
    at_hand.told(f"waiting for a code until {until:%H:%M} UTC (portalwright code {portal})")
    while clock.now() < until:
        # Each look is a sign of life by this wait's own clock: a code is handed over only to a run that lives.
        await ledger.call(lanes.beat, at_hand.lease, clock.now())
        taken = await ledger.call(codes.take, at_hand.lease, request, clock.now())
        if taken is not None:
            at_hand.told("signing in")
            return Secret(sealer.open(key, taken, codes.label(wanted_at)).decode())
        await clock.sleep(LOOK_EVERY_SECONDS)
    await ledger.call(codes.end, at_hand.lease, clock.now())
    what = (
        "The portal asked for a one-time code that a person reads, and no code came in time. Nothing was tried; "
        f"the next run asks again. Hand it over with `portalwright code {portal}` while the run waits."
    )
    raise stop(Ending.CREDENTIAL, Code.ACC_MFA, what, view=view, not_before=wanted_at + ASK_AGAIN_AFTER)
