"""One-time codes: made from the seed in the vault, or read by a person; typed once, pressed once."""

from datetime import timedelta

from bots.door.at_hand import AtHand
from bots.door.code_on_its_way import from_person
from bots.door.pressing import after_press, holds, press_counted, tick, type_secret
from bots.portal_page import PortalPage
from bots.press_guard import PressGuard
from flows.outcomes import Code, Ending, stop
from ledger.presses import PressKind
from packs.signing_in import CodeRow
from vault.secret import Secret


async def press_code(page: PortalPage, row: CodeRow, guard: PressGuard, at_hand: AtHand) -> None:
    """Have a code, type it and press, once. Raises Stop."""
    await guard.may_press(PressKind.CODE)
    if row.source == "person":
        step = None
        code = await from_person(at_hand, page.pack.portal, row.view, timedelta(minutes=row.life_minutes))
    else:
        step, code = await _from_seed(row, guard, at_hand)
    await type_secret(page, f"{row.view}.{row.code}", code)
    await holds(page, f"{row.view}.{row.code}", code)
    if row.remember is not None:
        await tick(page, f"{row.view}.{row.remember}")
    await press_counted(page, guard, PressKind.CODE, f"{row.view}.{row.press}", after_press(row), code_step=step)


async def _from_seed(row: CodeRow, guard: PressGuard, at_hand: AtHand) -> tuple[int, Secret[str]]:
    totp = at_hand.credential().totp
    if totp is None:
        what = "The portal asks for a one-time code and the vault holds no seed for one."
        raise stop(Ending.CREDENTIAL, Code.ACC_MFA, what, view=row.view)
    step = await guard.fresh_code_step(totp)
    return step, totp.code_of(step)
