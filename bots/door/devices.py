"""Remembered devices: the few cookies by which the portal knows us again, sealed between two nights.

Nothing else of the browser is kept. The cookies are of one version of the credential and are forgotten after the pack's
days, when the portal asks for a code all the same, and when the credential changes.
"""

import json
from datetime import datetime, timedelta
from typing import Any

from bots.door.at_hand import AtHand
from bots.faults import PageFailed, no_browser_text
from bots.portal_page import PortalPage
from ledger import devices
from ledger.devices import Device
from packs.signing_in import Remembered
from vault.errors import SealedItemDamaged, WrongKey
from vault.secret import Secret

_LABEL = "remembered device"
_KEPT = ("name", "value", "domain", "path", "expires", "httpOnly", "secure", "sameSite")


async def bring_back(page: PortalPage, at_hand: AtHand) -> Device | None:
    """Put the kept cookies into the page's context; gives what was kept, None where nothing is."""
    if page.pack.sign_in.remembered is None:
        return None
    known = await at_hand.ledger.call(devices.known, at_hand.lease, at_hand.version, at_hand.clock.now())
    if known is None:
        return None
    try:
        cookies: list[Any] = json.loads(at_hand.sealer.open(known.wrapped_key, known.sealed, _LABEL))
        async with no_browser_text():
            await page.engine.page.context.add_cookies(cookies)
    except (SealedItemDamaged, WrongKey, PageFailed, ValueError):
        # A device that cannot be brought back is one that is not remembered: the portal asks for a code.
        await forget(at_hand)
        return None
    return known


async def keep(page: PortalPage, at_hand: AtHand, known: Device | None, *, asked_anew: bool) -> None:
    """Seal the cookies as they are now that we are signed in.

    `asked_anew`: the portal was asked just now to remember us, and the pack's days begin; else they run on from before.
    """
    remembered = page.pack.sign_in.remembered
    if remembered is None or not (asked_anew or known is not None):
        return
    cookies = await _cookies(page, remembered)
    if cookies is None:
        return
    until: datetime = at_hand.clock.now() + timedelta(days=remembered.days)
    if known is not None and not asked_anew:
        until = known.until
    key = at_hand.sealer.new_item_key()
    sealed = at_hand.sealer.seal(key, cookies.reveal(), _LABEL)
    device = Device(key, sealed, until)
    await at_hand.ledger.call(devices.keep, at_hand.lease, at_hand.version, device, at_hand.clock.now())


async def forget(at_hand: AtHand) -> None:
    """The portal no longer knows us, or we no longer know how."""
    await at_hand.ledger.call(devices.forget, at_hand.lease, at_hand.clock.now())


async def _cookies(page: PortalPage, remembered: Remembered) -> Secret[bytes] | None:
    try:
        async with no_browser_text():
            all_cookies = await page.engine.page.context.cookies()
    except PageFailed:
        return None
    named = [
        {name: value for name, value in cookie.items() if name in _KEPT}
        for cookie in all_cookies
        if cookie.get("name") in remembered.cookies
    ]
    return Secret(json.dumps(named).encode()) if named else None
