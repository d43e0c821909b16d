"""Signing in: an ordered table of what may be before us, one counted press for each secret, and nothing tried twice.

Whatever comes after a counted press and is not in the table is for a person (CREDENTIAL). A press whose answer never
came stays unproved in the ledger, so that the next process knows that it may have been a strike. The single pages and
what is done about them are in `bots.door`.
"""

from enum import Enum
from typing import assert_never

from bots.door import devices
from bots.door.at_hand import AtHand
from bots.door.before_us import Pressed, row_before_us
from bots.door.changing import change_password
from bots.door.codes import press_code
from bots.door.notices import tell
from bots.door.pressing import Answered, after_press, choose, holds, press_counted, press_freely, type_secret, unknown
from bots.door.questions import answer
from bots.door.said import said
from bots.door.terms import agree
from bots.portal_page import PortalPage
from bots.press_guard import PressGuard
from bots.steps import take
from flows.outcomes import Code, Ending, Stop, stop
from ledger.devices import Device
from ledger.presses import PressKind, PressResult
from packs.moves import Next, SignOut
from packs.signing_in import (
    ChooseRow,
    CodeRow,
    NewPasswordRow,
    PassRow,
    PasswordRow,
    QuestionRow,
    SignedInRow,
    SignInRow,
    StopRow,
    TermsRow,
    UserNameRow,
)


class Entered(Enum):
    """How a sign-in came to its end."""

    IN = "in"
    IN_BY_OLD_PASSWORD = "in, and the portal has a new password since"  # noqa: S105 - words, no secret
    """The new one is to be proved by another sign-in."""
    AT_DOOR = "at the door again, and the portal has a new password"
    """It wants us to sign in with the new one; nothing was pressed there yet."""


async def sign_in(page: PortalPage, guard: PressGuard, at_hand: AtHand) -> Entered:
    """Sign in, or raise Stop. On return every press is proved, but that by which a password was changed."""
    await _may_come_to_its_end(page, guard)
    await page.to_first_window()
    known = await devices.bring_back(page, at_hand)
    await page.go(page.pack.sign_in.start)
    answered: set[str] = set()
    last: Pressed | None = None
    ahead: SignInRow | None = None
    asked_anew = changed = False
    while True:
        row = ahead or await row_before_us(page, guard, last)
        ahead = None
        await _prove(row, guard, at_hand)
        if isinstance(row, SignedInRow):
            if not changed:
                await devices.keep(page, at_hand, known, asked_anew=asked_anew)
            return Entered.IN_BY_OLD_PASSWORD if changed else Entered.IN
        if changed and isinstance(row, UserNameRow | PasswordRow):
            return Entered.AT_DOOR
        if isinstance(row, StopRow):
            raise await _stopped(page, row, guard)
        if row.view in answered:
            raise await _came_back(row, guard)
        answered.add(row.view)
        if isinstance(row, NewPasswordRow):
            ahead, changed = await change_password(page, row, guard, at_hand), True
            last = Pressed(row.view, after_press(row))
            continue
        if isinstance(row, CodeRow | QuestionRow):
            # The portal asks who we are, so it does not know the device that was brought back.
            await _forget(known, at_hand)
            known, asked_anew = None, True
        await _answer(page, row, guard, at_hand)
        last = Pressed(row.view, after_press(row))


async def _may_come_to_its_end(page: PortalPage, guard: PressGuard) -> None:
    """Raises Stop when a press that this sign-in may come to would be refused: the password is not pressed for that."""
    kinds = {CodeRow: PressKind.CODE, QuestionRow: PressKind.QUESTION}
    for kind in dict.fromkeys(kinds[type(row)] for row in page.pack.sign_in.table if type(row) in kinds):
        await guard.may_press(kind)


async def sign_out(page: PortalPage) -> bool:
    """Sign out by the pack's steps; True when the portal's own page proves it. Raises Stop."""
    leave: SignOut = page.pack.sign_out
    followed = await take(page, leave.steps, [Next(view=leave.proof)])
    return followed.view == leave.proof


async def _answer(page: PortalPage, row: Answered, guard: PressGuard, at_hand: AtHand) -> None:
    """Do what the row says, up to and with its one press. Raises Stop."""
    match row:
        case UserNameRow():
            await _press_user_name(page, row, at_hand)
        case PasswordRow():
            await _press_password(page, row, guard, at_hand)
        case CodeRow():
            await press_code(page, row, guard, at_hand)
        case ChooseRow():
            await choose(page, f"{row.view}.{row.choose}", row.entry)
            await press_freely(page, f"{row.view}.{row.press}", after_press(row))
        case PassRow():
            if row.notice is not None:
                await tell(page, row.view, row.notice, at_hand)
            await press_freely(page, f"{row.view}.{row.press}", after_press(row))
        case TermsRow():
            await agree(page, row, at_hand)
        case QuestionRow():
            await answer(page, row, guard, at_hand)
        case _:
            assert_never(row)


async def _press_user_name(page: PortalPage, row: UserNameRow, at_hand: AtHand) -> None:
    user_name = at_hand.credential().user_name
    await type_secret(page, f"{row.view}.{row.user_name}", user_name)
    await holds(page, f"{row.view}.{row.user_name}", user_name)
    await press_freely(page, f"{row.view}.{row.press}", after_press(row))


async def _press_password(page: PortalPage, row: PasswordRow, guard: PressGuard, at_hand: AtHand) -> None:
    credential = at_hand.credential()
    if row.choose is not None and row.entry is not None:
        await choose(page, f"{row.view}.{row.choose}", row.entry)
    if row.user_name is not None:
        await type_secret(page, f"{row.view}.{row.user_name}", credential.user_name)
    await type_secret(page, f"{row.view}.{row.password}", credential.password)
    if row.user_name is not None:
        await holds(page, f"{row.view}.{row.user_name}", credential.user_name)
    await holds(page, f"{row.view}.{row.password}", credential.password, exact=True)
    await press_counted(page, guard, PressKind.PASSWORD, f"{row.view}.{row.press}", after_press(row))


async def _prove(row: SignInRow, guard: PressGuard, at_hand: AtHand) -> None:
    """Settle the presses that the page itself shows to have been right."""
    password = row.password_accepted and await guard.prove(PressKind.PASSWORD)
    if row.code_accepted:
        await guard.prove(PressKind.CODE, PressKind.QUESTION)
    if isinstance(row, SignedInRow):
        password = await guard.prove() or password
    if password and at_hand.passwords is not None:
        await at_hand.passwords.proved(at_hand.version, at_hand.beside)


async def _forget(known: Device | None, at_hand: AtHand) -> None:
    if known is not None:
        await devices.forget(at_hand)


async def _stopped(page: PortalPage, row: StopRow, guard: PressGuard) -> Stop:
    # A page that the pack knows and that says nothing of the secret (maintenance) is no answer to the press: it stays
    # unproved, counts as a possible strike for the portal's window, and bars nothing by itself.
    if guard.pressed and row.ending is not Ending.TRANSIENT:
        rejected = row.ending is Ending.CREDENTIAL
        await guard.answered(PressResult.REJECTED if rejected else PressResult.UNKNOWN)
    back = await page.until(f"{row.view}.{row.until}") if row.until is not None else None
    what = said(row.code) or "The portal did not let us in and said why."
    return stop(row.ending, row.code, what, view=row.view, not_before=back)


async def _came_back(row: SignInRow, guard: PressGuard) -> Stop:
    what = "The page that we had answered came back without a word. Nothing was tried twice."
    if guard.pressed:
        await guard.answered(PressResult.UNKNOWN)
        return unknown(what, row.view)
    return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=row.view)
