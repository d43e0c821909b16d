"""Signing in as an ordered table: what may be before us, and what is done about it. One row, one page, one action."""

from typing import Annotated, Literal, Self, assert_never

from pydantic import Field, StringConstraints, model_validator

from flows.outcomes import Code, Ending
from packs.elements import Action
from packs.parts import Name, Part, PortalPath
from packs.passwords import PasswordRules


class Row(Part):
    """A page that may come while signing in. The first row of the table whose view is before us counts."""

    view: Name
    """The view that is before us."""
    password_accepted: bool = False
    """The portal shows this page only after a right password: the press of the password is proved by it."""
    code_accepted: bool = False
    """The portal shows this page only after a right one-time code or security answer: it proves their presses."""


class SignedInRow(Row):
    """The portal has let us in."""

    then: Literal["signed-in"]
    """Says that the row is of this kind."""


class UserNameRow(Row):
    """A page that asks for the user name alone; the password is asked for on the next one."""

    then: Literal["user-name"]
    """Says that the row is of this kind."""
    user_name: Name
    """The field for the user name."""
    press: Name
    """The button that leads on."""
    new_page: bool = True
    """The press loads a new page; false where a script answers inside the same one."""


class PasswordRow(Row):
    """The page that takes the password, and mostly the user name with it. Its press is counted."""

    then: Literal["password"]
    """Says that the row is of this kind."""
    user_name: Name | None = None
    """Left out where a page before this one took the user name."""
    password: Name
    """The field for the password."""
    press: Name
    """The button that signs in; a `commit`."""
    choose: Name | None = None
    """A list or group of buttons on the same page (such as "public or private computer"), with `entry`."""
    entry: str | None = None
    """The entry to choose there: the one that is this text, else the only one that holds it as whole words."""
    new_page: bool = True
    """The press loads a new page; false where a script answers inside the same one."""

    @model_validator(mode="after")
    def _choice_whole(self) -> Self:
        if (self.choose is None) != (self.entry is None):
            raise ValueError("'choose' and 'entry' go together")
        return self


class CodeRow(Row):
    """The page that takes a one-time code. Its press is counted."""

    then: Literal["code"]
    """Says that the row is of this kind."""
    code: Name
    """The field for the code."""
    press: Name
    """The button that sends the code off; a `commit`."""
    source: Literal["authenticator", "person"] = "authenticator"
    """`authenticator`: made from the seed in the vault. `person`: it comes by e-mail, text or voice; the run waits."""
    life_minutes: Annotated[int, Field(ge=1)] = 10
    """`person` only: how long a code holds after it was sent. After that the run no longer waits."""
    remember: Name | None = None
    """The box that asks the portal to remember this device; see `sign_in.remembered`."""
    new_page: bool = True
    """The press loads a new page; false where a script answers inside the same one."""


class ChooseRow(Row):
    """A page with one choice to make, always the same: how the code is sent, public or private computer."""

    then: Literal["choose"]
    """Says that the row is of this kind."""
    choose: Name
    """The list or group of buttons."""
    entry: Annotated[str, StringConstraints(min_length=1)]
    """The entry to choose: the one that is this text, else the only one that holds it as whole words."""
    press: Name
    """The button that leads on."""
    new_page: bool = True
    """The press loads a new page; false where a script answers inside the same one."""


class PassRow(Row):
    """A page that only has to be left: an announcement, "your password expires in 9 days: remind me later"."""

    then: Literal["pass"]
    """Says that the row is of this kind."""
    press: Name
    """The link or button that leaves the page."""
    notice: Code | None = None
    """Tell a person with this code, once, and go on."""
    new_page: bool = True
    """The press loads a new page; false where a script answers inside the same one."""


class TermsRow(Row):
    """Terms of use. The robot agrees only to a text that a person of the office has accepted, to the letter."""

    then: Literal["terms"]
    """Says that the row is of this kind."""
    text: Name
    """The element that holds the whole text of the terms."""
    tick: Name | None = None
    """The box that says that one agrees, where there is one."""
    press: Name
    """The button that accepts; a `commit`."""
    new_page: bool = True
    """The press loads a new page; false where a script answers inside the same one."""


class QuestionRow(Row):
    """A security question. Answered only where the office has put the answer into the vault. Its press is counted."""

    then: Literal["question"]
    """Says that the row is of this kind."""
    question: Name
    """The element that shows the question."""
    answer: Name
    """The field for the answer."""
    press: Name
    """The button that sends the answer off; a `commit`."""
    new_page: bool = True
    """The press loads a new page; false where a script answers inside the same one."""


class NewPasswordRow(Row):
    """A page that goes no further without a new password. A case for a person, but where the office lets the robot."""

    then: Literal["new-password"]
    """Says that the row is of this kind."""
    current: Name | None = None
    """The field for the password in use, where the page asks for it."""
    new: Name
    """The field for the new password."""
    again: Name | None = None
    """The field for the new password once more, where the page asks for it."""
    press: Name
    """The button that saves it; a `commit`."""
    refused: Name | None = None
    """The view that says the new password was not taken, because of its length or its characters: nothing has changed
    then, and one more is made by stricter rules. It has the same fields and button, and a row of its own with `then:
    stop`. It must not be recognised where the portal says that a password was used before, or that the one in use is
    wrong: such a page may come because the portal has taken the new one already, and is for a person."""
    new_page: bool = True
    """The press loads a new page; false where a script answers inside the same one."""


class StopRow(Row):
    """A page on which signing in ends, and why."""

    then: Literal["stop"]
    """Says that the row is of this kind."""
    ending: Literal[Ending.TRANSIENT, Ending.CREDENTIAL, Ending.REFUSED]
    """Who has to act: `credential` a person, on the account; `refused` a person, before any run; `transient` nobody."""
    code: Code
    """What has happened, for the case."""
    until: Name | None = None
    """An element of the view, of `type: instant`, that says when the portal is back; with `ending: transient`."""

    @model_validator(mode="after")
    def _until_later(self) -> Self:
        if self.until is not None and self.ending is not Ending.TRANSIENT:
            raise ValueError("'until' says when to come again, and goes with 'ending: transient'")
        return self


SignInRow = Annotated[
    SignedInRow
    | UserNameRow
    | PasswordRow
    | CodeRow
    | ChooseRow
    | PassRow
    | TermsRow
    | QuestionRow
    | NewPasswordRow
    | StopRow,
    Field(discriminator="then"),
]


def row_elements(row: SignInRow) -> tuple[tuple[str, str, Action | None], ...]:
    """The elements of its view that a row names: key, element, and the action that the element must have, if any."""
    named: list[tuple[str, str | None, Action | None]]
    match row:
        case UserNameRow():
            named = [("user_name", row.user_name, Action.FILL), ("press", row.press, Action.NAVIGATE)]
        case PasswordRow():
            named = [
                ("user_name", row.user_name, Action.FILL),
                ("password", row.password, Action.FILL),
                ("choose", row.choose, Action.FILL),
                ("press", row.press, Action.COMMIT),
            ]
        case CodeRow():
            named = [
                ("code", row.code, Action.FILL),
                ("remember", row.remember, Action.FILL),
                ("press", row.press, Action.COMMIT),
            ]
        case ChooseRow():
            named = [("choose", row.choose, Action.FILL), ("press", row.press, Action.NAVIGATE)]
        case PassRow():
            named = [("press", row.press, Action.NAVIGATE)]
        case TermsRow():
            named = [("text", row.text, None), ("tick", row.tick, Action.FILL), ("press", row.press, Action.COMMIT)]
        case QuestionRow():
            named = [
                ("question", row.question, None),
                ("answer", row.answer, Action.FILL),
                ("press", row.press, Action.COMMIT),
            ]
        case NewPasswordRow():
            named = [
                ("current", row.current, Action.FILL),
                ("new", row.new, Action.FILL),
                ("again", row.again, Action.FILL),
                ("press", row.press, Action.COMMIT),
            ]
        case StopRow():
            named = [("until", row.until, None)]
        case SignedInRow():
            named = []
        case _:
            assert_never(row)
    return tuple((key, element, action) for key, element, action in named if element is not None)


class Remembered(Part):
    """How the portal remembers a device, so that it asks for no code for some days."""

    cookies: Annotated[tuple[str, ...], Field(min_length=1)]
    """The names of the cookies by which it does. They are kept sealed, and no other cookie is."""
    days: Annotated[int, Field(ge=1)]
    """After so many days we forget them ourselves."""


class SignIn(Part):
    """Signing in as an ordered table. What no row recognises is for a person, never for another try."""

    start: PortalPath
    """Where signing in begins."""
    table: Annotated[tuple[SignInRow, ...], Field(min_length=2)]
    """The rows, in order: the first one whose view is before us counts."""
    remembered: Remembered | None = None
    """Where the portal knows a computer again and then asks less."""
    passwords: PasswordRules | None = None
    """The portal's rules for a new password; needed with a row `then: new-password`."""

    @model_validator(mode="after")
    def _ends_signed_in(self) -> Self:
        thens = [row.then for row in self.table]
        if "signed-in" not in thens or "password" not in thens:
            raise ValueError("the sign-in table needs a row with 'then: signed-in' and one with 'then: password'")
        asked = [row for row in self.table if isinstance(row, CodeRow | QuestionRow)]
        if self.remembered is not None and not asked:
            raise ValueError("'remembered' saves a code or a security question, and no row asks for one")
        if self.remembered is None and any(isinstance(row, CodeRow) and row.remember is not None for row in asked):
            raise ValueError("a code page with 'remember' needs 'remembered', which names the cookies to keep")
        if self.passwords is None and any(isinstance(row, NewPasswordRow) for row in self.table):
            raise ValueError("a row with 'then: new-password' needs 'passwords', the portal's rules for a new one")
        return self
