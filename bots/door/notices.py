"""What a portal says at the door that stops nothing, such as a password that expires soon: told to a person, once."""

from bots.door.at_hand import AtHand
from bots.evidence import PagesSeen
from bots.portal_page import PortalPage
from flows.outcomes import Code, Reason
from ledger import runs

_SAID = {
    Code.ACC_EXPIRED: (
        "The portal says that the password expires soon. The robot still signs in with it; choose a new one by hand in "
        "time, and enter it with `portalwright vault add`."
    ),
    Code.ACC_ATTEST: (
        "The portal announces a training, a recertification or an attestation with a deadline. The robot still signs "
        "in; the person to whom the account belongs has to do it in time."
    ),
}


async def tell(page: PortalPage, view: str, code: Code, at_hand: AtHand) -> None:
    """Open one case with the page as evidence; while it is open, and for a day after it was closed, no other."""
    what = _SAID.get(code, "The portal shows a notice at sign-in that a person should read. It stops nothing.")
    seen = PagesSeen()
    await seen.take_picture(page.engine)
    found = await at_hand.ledger.call(seen.seal, at_hand.evidence)
    reason = Reason(code=code, what=what, view=view)
    await at_hand.ledger.call(runs.notice, at_hand.lease, reason, at_hand.clock.now(), evidence_found=found)
