"""The fields and buttons of a sign-in: typed and checked, pressed once, a secret's press counted before it happens."""

from bots.endings import not_pressed
from bots.faults import PageFailed
from bots.portal_page import PortalPage
from bots.press_guard import PressGuard
from bots.same_text import plain
from bots.watched_page import After
from flows.outcomes import Code, Ending, Stop, stop
from ledger.presses import PressKind
from packs.moves import Next
from packs.signing_in import (
    ChooseRow,
    CodeRow,
    NewPasswordRow,
    PassRow,
    PasswordRow,
    QuestionRow,
    TermsRow,
    UserNameRow,
)
from vault.secret import Secret

Answered = ChooseRow | CodeRow | PassRow | PasswordRow | QuestionRow | TermsRow | UserNameRow
"""The rows whose page is answered by a press."""


def after_press(row: Answered | NewPasswordRow) -> After:
    """How the answer to the press of this row's button comes."""
    return After.NEW_PAGE if row.new_page else After.IN_PLACE


async def type_secret(page: PortalPage, path: str, secret: Secret[str]) -> None:
    """Put the secret into the field at `view.element`. Raises Stop; nothing was pressed then."""
    view, _, name = path.partition(".")
    element = page.pack.element(path)
    await page.through(lambda seconds: page.engine.fill(element, secret.reveal(), seconds), view, name)


async def holds(page: PortalPage, path: str, secret: Secret[str], *, exact: bool = False) -> None:
    """Make sure that the field took the secret: a script that changes or empties it would cost a strike for nothing.

    A field whose content is hidden must hold something. Raises Stop.
    """
    found = (await page.look([path]))[path]
    if found.kind == "password":
        taken = found.filled
    elif exact:
        taken = found.text == secret.reveal()
    else:
        taken = plain(found.text) == plain(secret.reveal())
    if not taken:
        raise _not_as_described(path, "A field of the sign-in page did not take what was typed.")


async def choose(page: PortalPage, path: str, entry: str) -> None:
    """Choose the entry in the list or group of buttons at `view.element`. Raises Stop; nothing was pressed then."""
    view, _, name = path.partition(".")
    element = page.pack.element(path)
    chosen: list[str | None] = []

    async def once(seconds: float) -> None:
        chosen.append(await page.engine.choose(element, entry, seconds))

    await page.through(once, view, name)
    if chosen[-1] is None:
        raise _not_as_described(path, "A list of the sign-in page has not the one entry that the pack names.")


async def tick(page: PortalPage, path: str) -> None:
    """Make the box at `view.element` ticked, and see that it is. Raises Stop; nothing was pressed then."""
    view, _, name = path.partition(".")
    element = page.pack.element(path)
    await page.through(lambda seconds: page.engine.tick(element, True, seconds), view, name)
    if not (await page.look([path]))[path].checked:
        raise _not_as_described(path, "A box of the sign-in page does not stay ticked.")


async def press_counted(
    page: PortalPage,
    guard: PressGuard,
    kind: PressKind,
    path: str,
    after: After,
    *,
    code_step: int | None = None,
) -> None:
    """Make sure that the button can be told for certain and be pressed, count the press, press. Raises Stop."""
    view, _, _ = path.partition(".")
    await ready(page, path, after)
    await guard.begin(kind, code_step)
    try:
        await page.engine.press(page.pack.element(path))
    except PageFailed:
        # Perhaps pressed, perhaps not: only the portal knows. The press stays unproved.
        raise unknown("The sign-in button could not be pressed for certain.", view) from None


async def press_freely(page: PortalPage, path: str, after: After) -> None:
    """Press a button that costs no strike, such as "remind me later". Raises Stop."""
    await page.press(path, after=after, outcomes=[Next(view=row.view) for row in page.pack.sign_in.table])


async def ready(page: PortalPage, path: str, after: After) -> None:
    """Mark the document, with the button found by all of its ways and nothing between it and a press. Raises Stop."""
    view, _, name = path.partition(".")
    if not (await page.look([path]))[path].there:
        raise _not_as_described(path, "The button of the sign-in page is not found by all of its ways.")
    element = page.pack.element(path)
    await page.through(lambda seconds: page.engine.rehearse(element, seconds), view, name)
    table = page.pack.sign_in.table if after is After.IN_PLACE else ()
    try:
        # What may come next is remembered as it is now, for answers that come in the same document.
        await page.engine.mark({row.view: page.pack.views[row.view] for row in table})
    except PageFailed as failed:
        raise not_pressed(failed, view, name) from None


def unknown(what: str, view: str | None) -> Stop:
    """Something that nobody knows followed a counted press: for a person, never for another try."""
    return stop(Ending.CREDENTIAL, Code.ACC_UNKNOWN, what, view=view)


def _not_as_described(path: str, what: str) -> Stop:
    view, _, name = path.partition(".")
    return stop(Ending.DRIFT, Code.TECH_LAYOUT, f"{what} Nothing was pressed.", view=view, element=name)
