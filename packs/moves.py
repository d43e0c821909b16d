"""What is done on a portal's pages: steps, forms, signing in and out, and what may follow or come in between."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PlainSerializer, model_validator

from flows.outcomes import Code, Ending
from flows.portal import Means
from packs.parts import DateFormat, ElementPath, InputName, Name, Named, Part, PortalPath


class Next(Part):
    """One thing that may follow a step: a view, or an element (a message) of the view that the step was taken on.

    A message has a meaning for the flow (`means`) or ends the attempt (`ending` with `code`).
    """

    view: Name | None = None
    element: Name | None = None
    means: Means | None = None
    ending: Ending | None = None
    code: Code | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.view is None) == (self.element is None):
            raise ValueError("what follows is either a 'view' or an 'element' of the form's own view")
        if (self.ending is None) != (self.code is None):
            raise ValueError("'ending' and 'code' go together")
        if self.means is not None and self.ending is not None:
            raise ValueError("'means' is for messages that the flow goes on with, 'ending' for those that end it")
        if self.element is not None and self.means is None and self.ending is None:
            raise ValueError("a message needs a meaning: 'means', or 'ending' and 'code'")
        return self


class Step(Part):
    """One named, general action on the way to somewhere. Exactly one of:

    - go: open this path of the portal
    - click: press this element (`view.element`), which must not be a `commit`
    """

    go: PortalPath | None = None
    click: ElementPath | None = None

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        if (self.go is None) == (self.click is None):
            raise ValueError("a step is exactly one of 'go' and 'click'")
        return self


class How(StrEnum):
    """How a field takes its value."""

    TYPE = "type"
    CHOOSE = "choose"
    """Choose the one entry of a list, or the one of a group of buttons, that holds the value as a whole word."""


class Fill(Part):
    """One field of a form: which input of the question goes in, and how it is written."""

    from_: Annotated[InputName, Field(alias="from")]
    """The input of the question that goes into the field, such as `patient.member_id`."""
    how: How = How.TYPE
    format: DateFormat | None = None
    """Dates only; the pack's own `formats.date` when left out."""


class Form(Part):
    """Fields to fill, one press, and everything that may follow it."""

    view: Name
    reach: tuple[Step, ...]
    """Steps from any signed-in page to the view."""
    after: tuple[Name, ...] = ()
    """Forms that set the scene (such as the billing provider): asked first, and again when their inputs change."""
    fill: Named[Fill]
    """Element of the view -> input. Every other `fill` element of the view is left empty."""
    press: Name
    new_page: bool = True
    """The press loads a new page; false where a script answers inside the same one."""
    outcomes: Annotated[tuple[Next, ...], Field(min_length=1)]
    echo: Annotated[Mapping[ElementPath, InputName], AfterValidator(MappingProxyType), PlainSerializer(dict)] = Field(
        default_factory=dict
    )
    """`view.element` that follows -> input that it must show."""


class SignInRow(Part):
    """One row of the sign-in table: when this view is before us, then this. First row that fits counts."""

    view: Name
    then: Literal["signed-in", "password", "code", "stop"]
    ending: Ending | None = None
    code: Code | None = None

    @model_validator(mode="after")
    def _stop_has_reason(self) -> Self:
        if (self.then == "stop") != (self.ending is not None and self.code is not None):
            raise ValueError("'then: stop' needs 'ending' and 'code', the others take neither")
        return self


class PasswordStep(Part):
    """The page that takes user name and password."""

    view: Name
    user_name: Name
    password: Name
    press: Name


class CodeStep(Part):
    """The page that takes a one-time code."""

    view: Name
    code: Name
    press: Name


class SignIn(Part):
    """Signing in as an ordered table. What no row recognises is for a person, never for another try."""

    start: PortalPath
    """Where signing in begins."""
    table: Annotated[tuple[SignInRow, ...], Field(min_length=2)]
    password: PasswordStep
    code: CodeStep | None = None

    @model_validator(mode="after")
    def _ends_signed_in(self) -> Self:
        thens = {row.then for row in self.table}
        if not {"signed-in", "password"} <= thens:
            raise ValueError("the sign-in table needs a row with 'then: signed-in' and one with 'then: password'")
        if ("code" in thens) != (self.code is not None):
            raise ValueError("a row with 'then: code' and the 'code' step go together")
        return self


class SignOut(Part):
    """How a session ends: steps, and the view that proves it."""

    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    proof: Name


class Interruption(Part):
    """A view that may come instead of any other, at any time."""

    view: Name
    expired: bool = False
    """The session has ended: sign in once more and go on with the same item."""
    ending: Ending | None = None
    code: Code | None = None

    @model_validator(mode="after")
    def _expired_or_ending(self) -> Self:
        if self.expired == (self.ending is not None) or (self.ending is None) != (self.code is None):
            raise ValueError("an interruption is 'expired: true', or has 'ending' and 'code'")
        return self
