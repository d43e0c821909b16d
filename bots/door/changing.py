"""A portal goes no further without a new password: chosen, sealed, and sent off with one press that is counted first.

The write protocol (DESIGN 2.3, 8): the new password is on the disk before it is typed, the press is in the journal
before it is made, and what follows it is read but not believed: only a sign-in with the new password proves it.
"""

from dataclasses import dataclass

from bots.committed_at import CommittedAt
from bots.door.at_hand import AtHand
from bots.door.before_us import Pressed, row_before_us
from bots.door.new_password import NoPasswordFits, new_password
from bots.door.passwords import ONCE_IN, Passwords, two_passwords
from bots.door.pressing import after_press, holds, ready, type_secret
from bots.door.said import said
from bots.faults import PageFailed
from bots.portal_page import PortalPage
from bots.press_guard import PressGuard
from flows.outcomes import Code, Ending, Stop, stop
from ledger.presses import PressKind, PressResult
from packs.passwords import PasswordRules
from packs.signing_in import NewPasswordRow, PasswordRow, SignedInRow, SignInRow, StopRow, UserNameRow
from vault.pending_password import PendingPassword
from vault.secret import Secret


@dataclass(frozen=True)
class _Changing:
    """What one change works with. `rules` are the portal's; the password in use was proved before it began."""

    page: PortalPage
    row: NewPasswordRow
    guard: PressGuard
    at_hand: AtHand
    passwords: Passwords
    rules: PasswordRules


async def change_password(page: PortalPage, row: NewPasswordRow, guard: PressGuard, at_hand: AtHand) -> SignInRow:
    """Choose a new password, send it off once, and give the page that followed, when the portal may have taken it.

    A portal that refuses it by a rule which the pack does not know gets one more, by stricter rules. Raises Stop: where
    the office does not let the robot do this; where a second one was refused (nothing has changed at the portal then);
    and where what followed is not understood, so that both passwords are kept for a person.
    """
    passwords, rules = await _permitted(page, row, guard, at_hand)
    # The new password costs a press to prove: without one to spare, it is not even sent off.
    await guard.may_press(PressKind.PASSWORD)
    changing = _Changing(page, row, guard, at_hand, passwords, rules)
    view = row.view
    for strict in (False, True):
        waiting = await _send(changing, view, strict=strict)
        followed = await _followed(changing, view)
        if followed.view != row.refused:
            await _judge(changing, followed)
            return followed
        await guard.answered(PressResult.REJECTED)
        passwords.drop(waiting, "the portal refused it")
        view = followed.view
    what = (
        "The portal wants a new password and refused the two that were made by the rules of its pack. The one in use "
        "still stands. Sign in by hand, choose a new one, and enter it with `portalwright vault add`."
    )
    raise stop(Ending.CREDENTIAL, Code.ACC_EXPIRED, what, view=view)


async def _permitted(
    page: PortalPage, row: NewPasswordRow, guard: PressGuard, at_hand: AtHand
) -> tuple[Passwords, PasswordRules]:
    """Raises Stop where a new password is a person's: the office has not said otherwise, or something is odd."""
    passwords, rules = at_hand.passwords, page.pack.sign_in.passwords
    if passwords is None or rules is None or not passwords.may_change:
        raise stop(Ending.CREDENTIAL, Code.ACC_EXPIRED, said(Code.ACC_EXPIRED) or "", view=row.view)
    changed_at = await passwords.changed_at(at_hand.version)
    if guard.pressed or (changed_at is not None and at_hand.clock.now() - changed_at < ONCE_IN):
        what = (
            "The portal wants a new password, and the robot gave it one less than a day ago or cannot be sure of the "
            "one in use. Nothing was changed; sign in by hand and see what the portal wants."
        )
        raise stop(Ending.CREDENTIAL, Code.ACC_EXPIRED, what, view=row.view)
    return passwords, rules


async def _send(changing: _Changing, view: str, *, strict: bool) -> PendingPassword:
    """Seal a new password, type it, and press, once. Raises Stop; what was never pressed waits no more then."""
    page, passwords, row = changing.page, changing.passwords, changing.row
    credential = changing.at_hand.credential()
    try:
        chosen = new_password(changing.rules, credential.user_name, passwords.known, strict=strict)
    except NoPasswordFits:
        what = "No new password fits the rules that the portal's pack names. Nothing was changed."
        raise stop(Ending.CREDENTIAL, Code.ACC_EXPIRED, what, view=view) from None
    waiting = passwords.seal(chosen)
    try:
        for name, secret in _typed(row, credential.password, chosen):
            await type_secret(page, f"{view}.{name}", secret)
            await holds(page, f"{view}.{name}", secret, exact=True)
        await _press(changing, f"{view}.{row.press}", waiting.version)
    except Stop:
        if not changing.guard.pressed:
            passwords.drop(waiting, "it was never pressed")
        raise
    return waiting


def _typed(row: NewPasswordRow, in_use: Secret[str], chosen: Secret[str]) -> list[tuple[str, Secret[str]]]:
    fields = ((row.current, in_use), (row.new, chosen), (row.again, chosen))
    return [(name, secret) for name, secret in fields if name is not None]


async def _press(changing: _Changing, path: str, version: int) -> None:
    """Commit the press and make it, once, on the very button that was looked at, and only right then. Raises Stop."""
    page, view = changing.page, path.partition(".")[0]
    await ready(page, path, after_press(changing.row))
    try:
        button = await page.engine.hold(page.pack.element(path))
        await button.ready()
    except PageFailed:
        what = "The button that saves the new password could not be made ready. Nothing was pressed."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=view) from None
    committed = CommittedAt.now()
    await changing.guard.begin(PressKind.CHANGE, version=version)

    def check_age() -> None:
        if committed.too_long_ago:
            # Another process may have the lane by now, and a person may have said that the old password works.
            raise two_passwords(page.pack.portal, view)

    try:
        await button.press_once(check_age)
    except PageFailed:
        raise two_passwords(page.pack.portal, view) from None


async def _followed(changing: _Changing, view: str) -> SignInRow:
    """The row of the table that came after the press. Raises Stop for anything else, or nothing."""
    try:
        return await row_before_us(changing.page, changing.guard, Pressed(view, after_press(changing.row)))
    except Stop:
        raise two_passwords(changing.page.pack.portal, view) from None


async def _judge(changing: _Changing, followed: SignInRow) -> None:
    """May the portal have taken the new password, as far as the page tells? Then the press waits for its proof.

    A page that the portal shows only behind its door says so; its sign-in page, or maintenance, leaves it open. Raises
    Stop for anything else: the press was answered, and not as the pack says.
    """
    inside = followed.password_accepted and followed.code_accepted and followed.view != changing.row.view
    open_yet = isinstance(followed, StopRow) and followed.ending is Ending.TRANSIENT
    if inside or open_yet or isinstance(followed, SignedInRow | PasswordRow | UserNameRow):
        changing.guard.wait_for_proof()
        return
    await changing.guard.answered(PressResult.UNKNOWN)
    raise two_passwords(changing.page.pack.portal, followed.view)
