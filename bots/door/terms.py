"""Terms of use at the door: agreed to only when a person of the office has accepted the same text before."""

from bots.door.at_hand import AtHand
from bots.door.pressing import after_press, press_freely, tick
from bots.portal_page import PortalPage
from flows.answers import Shown
from flows.outcomes import Code, Ending, stop
from ledger import terms
from packs.signing_in import TermsRow


async def agree(page: PortalPage, row: TermsRow, at_hand: AtHand) -> None:
    """Tick and press what a person has accepted to the letter. Raises Stop for any other text; nothing is pressed then.

    The text is what the element shows, whole; layout (line breaks, more blanks) does not change it, anything else does.
    """
    path = f"{row.view}.{row.text}"
    found = (await page.look([path]))[path]
    if not found.there or not terms.normalised(found.text):
        what = "The text of the terms is not found by all of its ways. Nothing was pressed."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=row.view, element=row.text)
    portal, actor = page.pack.portal, at_hand.lease.actor
    if not await at_hand.ledger.call(terms.met, portal, found.text, actor, at_hand.clock.now()):
        what = (
            "The portal wants terms accepted that nobody of the office has accepted. Nothing was pressed; read them "
            f"with `portalwright terms {portal}`, and accept them there or not."
        )
        shown = (Shown(where=path, text=found.text),)
        raise stop(Ending.CREDENTIAL, Code.ACC_TERMS, what, view=row.view, seen=shown)
    if row.tick is not None:
        await tick(page, f"{row.view}.{row.tick}")
    await press_freely(page, f"{row.view}.{row.press}", after_press(row))
