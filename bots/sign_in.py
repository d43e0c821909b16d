"""Signing in: an ordered table of what may be before us, one counted press for each secret, and nothing tried twice.

Whatever comes after a press and is not in the table is for a person (CREDENTIAL). A press whose answer never came stays
unproved in the ledger, so that the next process knows that it may have been a strike.
"""

from collections.abc import Callable

from bots.faults import PageFailed
from bots.found import Arrived
from bots.portal_page import PortalPage, interrupted, not_pressed, nothing_recognised, plain, unreachable
from bots.press_guard import PressGuard
from flows.outcomes import Code, Ending, Stop, stop
from ledger.presses import PressKind, PressResult
from packs.moves import Next, SignIn, SignInRow, SignOut
from vault.credential import Credential
from vault.secret import Secret


async def sign_in(page: PortalPage, guard: PressGuard, credential: Callable[[], Credential]) -> None:
    """Sign in, or raise Stop. `credential` opens the sealed secrets and is called only when they are about to be typed.

    On return the signed-in page is before us and every press is proved.
    """
    table = page.pack.sign_in
    await page.go(table.start)
    pressed: set[str] = set()
    while True:
        row = await _row_before_us(page, table, guard, after_press=bool(pressed))
        if row.then == "signed-in":
            await guard.prove()
            return
        if row.then == "stop":
            await _settle_stop(row, guard)
            raise _stopped(row)
        if row.then in pressed:
            await guard.answered(PressResult.UNKNOWN)
            raise _unknown("The page that we had answered came back without a word.", row.view)
        pressed.add(row.then)
        opened = credential()
        if row.then == "password":
            await _press_password(page, guard, opened)
        else:
            await _press_code(page, guard, opened)


async def sign_out(page: PortalPage) -> bool:
    """Sign out by the pack's steps; True when the portal's own page proves it. Raises Stop."""
    leave: SignOut = page.pack.sign_out
    followed = await page.take(leave.steps, [Next(view=leave.proof)])
    return followed.view == leave.proof


async def _row_before_us(page: PortalPage, table: SignIn, guard: PressGuard, *, after_press: bool) -> SignInRow:
    """The first row of the table whose view is before us.

    Before anything was pressed, the pack's interruptions (a captcha at the door, the portal's error page) count too.
    After a press they do not: then only the table tells a rejection from something that nobody knows.
    """
    interruptions = {row.view: row for row in page.pack.interruptions if not after_press and not row.expired}
    views = {name: page.pack.views[name] for name in (*(row.view for row in table.table), *interruptions)}
    try:
        arrived = await page.engine.wait_for(views, timeout=page.pack.limits.answer_seconds, new_document=after_press)
    except PageFailed as failed:
        if after_press:
            raise _unknown("The portal never answered the press of its sign-in button.", None) from None
        raise unreachable(failed) from None
    for row in table.table:
        if row.view in arrived.views:
            return row
    for name in arrived.views:
        raise interrupted(interruptions[name])
    if not after_press:
        raise nothing_recognised(arrived, None, new_document=False)
    await _settle_unrecognised(arrived, guard)
    raise _unknown("What came after the press of the sign-in button is not a page that we know.", None)


async def _settle_unrecognised(arrived: Arrived, guard: PressGuard) -> None:
    """A page that we do not know is an answer, and bars; no page at all is none, and the press stays unproved."""
    if arrived.new_document:
        await guard.answered(PressResult.UNKNOWN)


async def _settle_stop(row: SignInRow, guard: PressGuard) -> None:
    if guard.pressed:
        rejected = row.ending is Ending.CREDENTIAL
        await guard.answered(PressResult.REJECTED if rejected else PressResult.UNKNOWN)


async def _press_password(page: PortalPage, guard: PressGuard, credential: Credential) -> None:
    step = page.pack.sign_in.password
    user_name, password = f"{step.view}.{step.user_name}", f"{step.view}.{step.password}"
    await _type(page, user_name, credential.user_name)
    await _type(page, password, credential.password)
    held = await page.look([user_name, password])
    # A page script that empties or changes a field would cost a strike for nothing.
    if plain(held[user_name].text) != plain(credential.user_name.reveal()) or not held[password].filled:
        raise _not_taken(step.view)
    await _press_once(page, guard, PressKind.PASSWORD, f"{step.view}.{step.press}", None)


async def _press_code(page: PortalPage, guard: PressGuard, credential: Credential) -> None:
    step = page.pack.sign_in.code
    if step is None or credential.totp is None:
        what = "The portal asks for a one-time code and the vault holds no seed for one."
        raise stop(Ending.CREDENTIAL, Code.ACC_MFA, what, view=step.view if step else None)
    time_step = await guard.fresh_code_step(credential.totp)
    code = credential.totp.code_of(time_step)
    await _type(page, f"{step.view}.{step.code}", code)
    held = (await page.look([f"{step.view}.{step.code}"]))[f"{step.view}.{step.code}"]
    if held.kind != "password" and plain(held.text) != code.reveal():
        raise _not_taken(step.view)
    await _press_once(page, guard, PressKind.CODE, f"{step.view}.{step.press}", time_step)


async def _press_once(page: PortalPage, guard: PressGuard, kind: PressKind, path: str, code_step: int | None) -> None:
    """Make sure that the button can be told for certain and be pressed, count the press, press."""
    view, _, name = path.partition(".")
    found = (await page.look([path]))[path]
    if not found.there:
        what = "The sign-in button is not found by all of its ways. Nothing was pressed."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view, element=name)
    try:
        await page.engine.rehearse(page.pack.element(path))
        await page.engine.mark()
    except PageFailed as failed:
        raise not_pressed(failed, view, name) from None
    await guard.begin(kind, code_step)
    try:
        await page.engine.press(page.pack.element(path))
    except PageFailed:
        # Perhaps pressed, perhaps not: only the portal knows. The press stays unproved.
        raise _unknown("The sign-in button could not be pressed for certain.", view) from None


async def _type(page: PortalPage, path: str, secret: Secret[str]) -> None:
    view, _, name = path.partition(".")
    try:
        await page.engine.fill(page.pack.element(path), secret.reveal())
    except PageFailed:
        what = "A field of the sign-in page could not be filled. Nothing was pressed."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view, element=name) from None


def _not_taken(view: str) -> Stop:
    what = "A field of the sign-in page did not take what was typed. Nothing was pressed."
    return stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view)


def _stopped(row: SignInRow) -> Stop:
    ending, code = row.ending or Ending.CREDENTIAL, row.code or Code.ACC_UNKNOWN
    what = "The portal did not let us in and said why."
    if code is Code.ACC_MFA:
        what = (
            "The portal did not take the one-time code. Either this computer's clock is wrong (a code holds for half a "
            "minute), or the seed in the vault is not the portal's."
        )
    return stop(ending, code, what, view=row.view)


def _unknown(what: str, view: str | None) -> Stop:
    return stop(Ending.CREDENTIAL, Code.ACC_UNKNOWN, what, view=view)
