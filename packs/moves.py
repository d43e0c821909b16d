"""What is done on a portal's pages: steps, forms, signing out, and what may follow or come in between."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, PlainSerializer, StringConstraints, field_validator, model_validator

from flows.answers import Refusal
from flows.outcomes import Code, Ending
from flows.portal import Means
from flows.rejections import REJECTIONS
from packs.parts import DateFormat, ElementPath, InputName, Name, Named, Part, PortalPath, compiled

Halt = Literal[Ending.NEEDS_STAFF, Ending.TRANSIENT, Ending.CREDENTIAL, Ending.REFUSED]
"""How an attempt may end by what a portal shows; the other endings are for flows and for us to find."""


class Next(Part):
    """One thing that may follow a step: a view, or an element (a message) of the view that the step was taken on.

    A message has a meaning for the flow (`means`) or ends the attempt (`ending` with `code`).
    """

    view: Name | None = None
    """The view that may come."""
    element: Name | None = None
    """The message that may come, an element of the view that we were on."""
    means: Means | None = None
    """What the message means for the flow: nothing was found, too much was, the payer rejects the question (with
    `rejected`), what was asked for is still being built, or the appeal is not taken (with `refused`)."""
    rejected: Annotated[str | None, Field(examples=["75"])] = None
    """`means: rejected` only: the AAA reason code (X12 271) that the message stands for, in quotes."""
    refused: Refusal | None = None
    """`means: refused` only: why the portal does not take the appeal. Nothing was filed when this is shown."""
    ending: Halt | None = None
    """How the look-up ends when this comes; with `code`."""
    code: Code | None = None
    """What has happened, for the case."""

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if (self.view is None) == (self.element is None):
            raise ValueError("what follows is either a 'view' or an 'element' of the form's own view")
        if (self.ending is None) != (self.code is None):
            raise ValueError("'ending' and 'code' go together")
        if self.means is not None and self.ending is not None:
            raise ValueError("'means' is for messages that the flow goes on with, 'ending' for those that end it")
        if (self.rejected is not None) != (self.means is Means.REJECTED):
            raise ValueError("'means: rejected' and 'rejected', the AAA reason code, go together")
        if (self.refused is not None) != (self.means is Means.REFUSED):
            raise ValueError("'means: refused' and 'refused', which says why, go together")
        if self.rejected is not None and self.rejected not in REJECTIONS:
            raise ValueError(f"must be an AAA reason code in quotes, one of {', '.join(sorted(REJECTIONS))}")
        if self.element is not None and self.means is None and self.ending is None:
            raise ValueError("a message needs a meaning: 'means', or 'ending' and 'code'")
        return self


class Choice(Part):
    """A list or a group of buttons, and the entry to choose in it."""

    element: ElementPath
    """The list or group of buttons."""
    entry: Annotated[str, StringConstraints(min_length=1)]
    """The entry that holds this text as whole words; exactly one must."""


class Step(Part):
    """One named, general action on the way to somewhere. None of them changes anything at the payer. Exactly one of:

    - go: open this path of the portal in the window that we are in
    - click: press this element (`view.element`), which must not be a `commit`
    - choose: choose one entry of a list or of a group of buttons
    - tick, untick: make a box ticked, or not
    - close: close the window (popup or tab) that we are in, and be in the one before it again; nothing in the first one
    """

    go: PortalPath | None = None
    """Open this path."""
    click: ElementPath | None = None
    """Press this link or button."""
    choose: Choice | None = None
    """Choose an entry of a list."""
    tick: ElementPath | None = None
    """Make this box ticked."""
    untick: ElementPath | None = None
    """Make this box not ticked."""
    close: Literal["window"] | None = None
    """Close the window that we are in."""
    new_page: bool | None = None
    """The step loads a new page: true for `click` when left out, false for `choose`, `tick` and `untick`."""
    window: bool = False
    """`click` only: the press opens a new window or tab, and from then on we are in it."""
    if_there: bool = False
    """Nothing is done where the element is not there (a filter that is cleared already)."""
    then: Name | None = None
    """The view that must be before us after this step, before the next one is taken."""

    @model_validator(mode="after")
    def _one_action(self) -> Self:
        given = [
            name for name in ("go", "click", "choose", "tick", "untick", "close") if getattr(self, name) is not None
        ]
        if len(given) != 1:
            raise ValueError("a step is exactly one of 'go', 'click', 'choose', 'tick', 'untick' and 'close'")
        if self.new_page is not None and given[0] in ("go", "close"):
            raise ValueError("'new_page' goes with 'click', 'choose', 'tick' and 'untick'")
        if self.window and self.click is None:
            raise ValueError("'window' goes with 'click' alone")
        if self.if_there and given[0] in ("go", "close"):
            raise ValueError("'if_there' goes with 'click', 'choose', 'tick' and 'untick'")
        return self

    @property
    def loads(self) -> bool:
        """Does a new document follow the step?"""
        return self.click is not None if self.new_page is None else self.new_page


ATTACHED = "attachment.sha256"
"""The input that stands for the file itself, not for a text to type."""


class How(StrEnum):
    """How a field takes its value."""

    TYPE = "type"
    CHOOSE = "choose"
    """Choose one entry of a list or of a group of buttons: the one that is the value, else the one that holds it."""
    TYPE_AHEAD = "type-ahead"
    """Type, wait for the suggestions, and choose one: the one that is the value, else the one that holds it."""
    TICK = "tick"
    """A box: `value` is "yes" or "no"."""
    UPLOAD = "upload"
    """A file: with `from: attachment.sha256`, the attachment itself goes in. The element has `action: upload`."""


class Letters(StrEnum):
    """Which letters a field takes."""

    UPPER = "upper"
    LOWER = "lower"


class Only(StrEnum):
    """Which characters of a value a field takes; the others are left out."""

    LETTERS_AND_DIGITS = "letters-and-digits"
    LETTERS = "letters"
    DIGITS = "digits"


class Fill(Part):
    """One field of a form: what goes in, and how it is written. Either an input of the question or a fixed text."""

    from_: Annotated[InputName | None, Field(alias="from")] = None
    """The input of the question that goes into the field, such as `patient.member_id`."""
    value: str | None = None
    """A text that is the same for every question, such as the entry of a list of ways to search."""
    how: How = How.TYPE
    """How the field takes its value."""
    words: Name | None = None
    """The text map that says how the portal words the input: for the input's code, the text of the map goes in. An
    input for which the map has no text is for a person."""
    suggestions: Name | None = None
    """`type-ahead` only: the element that holds the suggestions once they are there."""
    format: DateFormat | None = None
    """Dates only; the pack's own `formats.date` when left out."""
    reloads: bool = False
    """Filling this field makes the portal load the page again; the next field waits for the form's view."""
    fits: str | None = None
    """A regular expression that the input must fit whole, as the office has it; any other input is for a person."""
    without_prefix: Annotated[int, Field(ge=0)] = 0
    """So many leading characters are left out, such as the plan's prefix of a member id."""
    without_suffix: Annotated[int, Field(ge=0)] = 0
    """So many trailing characters are left out, such as the dependent's suffix of a member id."""
    without_name_suffix: bool = False
    """Names only: without titles and generation suffixes (JR, III)."""
    without_accents: bool = False
    """Letters are written plain: e for é, ss for ß."""
    only: Only | None = None
    """Which characters of the value go in; the others are left out."""
    letters: Letters | None = None
    """Letters are written as capitals, or as small ones."""
    first: Annotated[int, Field(ge=1)] | None = None
    """Only the first so many characters of what is left, where the field takes no more."""

    @field_validator("fits")
    @classmethod
    def _is_expression(cls, fits: str | None) -> str | None:
        if fits is not None:
            compiled(fits)
        return fits

    @model_validator(mode="after")
    def _one_source(self) -> Self:
        if (self.from_ is None) == (self.value is None):
            raise ValueError("a field takes either 'from', an input of the question, or 'value', a fixed text")
        if (self.how is How.TYPE_AHEAD) != (self.suggestions is not None):
            raise ValueError("'suggestions' and 'how: type-ahead' go together")
        if self.how is How.TICK and self.value not in ("yes", "no"):
            raise ValueError("'how: tick' needs 'value: \"yes\"' or 'value: \"no\"'")
        rules = (self.fits, self.format, self.only, self.letters, self.first)
        flags = (self.without_prefix, self.without_suffix, self.without_name_suffix, self.without_accents)
        rewritten = any(flags) or any(rule is not None for rule in rules)
        if self.value is not None and (rewritten or self.words is not None):
            raise ValueError("a fixed 'value' is typed as it stands here; how to write it goes with 'from' alone")
        if self.words is not None and rewritten:
            raise ValueError("the text that 'words' gives is typed as it stands in the map; say nothing more about it")
        if (self.how is How.UPLOAD) != (self.from_ == ATTACHED):
            raise ValueError(f"'how: upload' and 'from: {ATTACHED}' go together")
        if self.how is How.UPLOAD and (rewritten or self.words is not None):
            raise ValueError("a file goes in as it is; how to write something goes with other fields")
        return self


class Select(Part):
    """Rows of a table that are ticked one by one: those that the input names are, all others are not, none is missing.

    A button or box that ticks all rows at once is never pressed.
    """

    table: Name
    """The table, of the form's view."""
    box: Name
    """The column that has the boxes."""
    column: Name
    """The column whose text says which row it is."""
    from_: Annotated[InputName, Field(alias="from")]
    """The input that names the rows to tick, such as `contest.lines`."""

    @model_validator(mode="after")
    def _two_columns(self) -> Self:
        if self.box == self.column:
            raise ValueError("'box' is the column with the boxes, 'column' another one that says which row it is")
        return self


class HowRead(StrEnum):
    """How a form is asked."""

    OPENED = "opened"
    """As a person does it: its pages are opened."""
    DIRECT = "direct"
    """Without opening a page: what the form would send is asked for, and the answer is read as it comes."""


class Form(Part):
    """Fields to fill, one press, and everything that may follow it."""

    view: Name
    """The view that the form is on."""
    reach: tuple[Step, ...]
    """Steps from any signed-in page to the view."""
    after: tuple[Name, ...] = ()
    """Forms that set the scene (such as the billing provider): asked first, and again when their inputs change."""
    fill: Named[Fill]
    """Element of the view -> input. Every other `fill` element of the view is left empty."""
    select: Select | None = None
    """Rows of a table of the view to tick, after the fields were filled."""
    press: Name
    """The one button to press."""
    new_page: bool = True
    """The press loads a new page; false where a script answers inside the same one."""
    window: bool = False
    """The press opens a new window or tab, and the outcomes are looked for there."""
    outcomes: Annotated[tuple[Next, ...], Field(min_length=1)]
    """Everything that may follow; anything else is drift."""
    echo: Annotated[Mapping[ElementPath, InputName], AfterValidator(MappingProxyType), PlainSerializer(dict)] = Field(
        default_factory=dict
    )
    """`view.element` that follows -> input that it must show."""
    reading: HowRead = HowRead.OPENED
    """`direct`: asked without opening its pages. Only for forms and links that are plain requests, which work where a
    browser runs no scripts, or are the post-backs of WebForms."""
    keeps_page: bool = False
    """`reading: direct` only: the form's page is fetched once in a session, and its hidden fields are sent again with
    every question. Only where they are the same all the time; left out, the page is fetched anew for each question."""

    @model_validator(mode="after")
    def _window_is_new(self) -> Self:
        if self.window and not self.new_page:
            raise ValueError("a new window shows a new page; leave 'new_page: false' or 'window: true' out")
        return self


class SignOut(Part):
    """How a session ends: steps, and the view that proves it."""

    steps: Annotated[tuple[Step, ...], Field(min_length=1)]
    """The way out."""
    proof: Name
    """The view that shows that we are out."""


class Interruption(Part):
    """A view that may come instead of any other, at any time. Exactly one of `expired`, `press` and `ending`."""

    view: Name
    """The view that may come."""
    expired: bool = False
    """The session has ended: sign in once more and go on with the same item."""
    press: Name | None = None
    """A pop-up in the way (announcement, survey, cookie bar, count-down): press this element of it and go on."""
    ending: Halt | None = None
    """The look-up ends, and the run with it unless it is `needs-staff` or `transient`; with `code`."""
    code: Code | None = None
    """What has happened, for the case."""
    until: Name | None = None
    """An element of the view, of `type: instant`, that says when the portal is back; with `ending: transient`."""

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        kinds = [self.expired, self.press is not None, self.ending is not None]
        if sum(kinds) != 1 or (self.ending is None) != (self.code is None):
            raise ValueError("an interruption is 'expired: true', or has 'press', or has 'ending' and 'code'")
        if self.until is not None and self.ending is not Ending.TRANSIENT:
            raise ValueError("'until' says when to come again, and goes with 'ending: transient'")
        return self
