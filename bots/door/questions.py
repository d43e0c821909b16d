"""Security questions: answered where the office has put the answer into the vault, told to a person elsewhere."""

from bots.door.at_hand import AtHand
from bots.door.pressing import after_press, holds, press_counted, type_secret
from bots.portal_page import PortalPage
from bots.press_guard import PressGuard
from flows.answers import Shown
from flows.outcomes import Code, Ending, stop
from ledger.presses import PressKind
from packs.signing_in import QuestionRow
from vault.credential import Credential, folded
from vault.secret import Secret


async def answer(page: PortalPage, row: QuestionRow, guard: PressGuard, at_hand: AtHand) -> None:
    """Type the vault's answer to the question that is shown, and press, once. Raises Stop."""
    path = f"{row.view}.{row.question}"
    found = (await page.look([path]))[path]
    if not found.there or not found.text:
        what = "The security question is not found by all of its ways. Nothing was pressed."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=row.view, element=row.question)
    await guard.may_press(PressKind.QUESTION)
    given = answer_to(found.text, at_hand.credential())
    if given is None:
        what = (
            "The portal asks a security question whose answer is not in the vault. Nothing was pressed; put it there "
            f"with `portalwright vault answer {page.pack.portal}`, then free the sign-in with `portalwright vault "
            f"release {page.pack.portal}`."
        )
        raise stop(Ending.CREDENTIAL, Code.ACC_MFA, what, view=row.view, seen=(Shown(where=path, text=found.text),))
    await type_secret(page, f"{row.view}.{row.answer}", given)
    await holds(page, f"{row.view}.{row.answer}", given, exact=True)
    await press_counted(page, guard, PressKind.QUESTION, f"{row.view}.{row.press}", after_press(row))


def answer_to(question: str, credential: Credential) -> Secret[str] | None:
    """The answer kept for this question, whatever its capitals, blanks and last mark; None when there is not one."""
    fitting = [given for asked, given in credential.security_answers.items() if folded(asked) == folded(question)]
    return fitting[0] if len(fitting) == 1 else None
