"""A payer portal as frozen data: how to sign in, what its pages look like, what its words mean.

These models are what a `portal.yaml` may say and nothing else. They hold no behaviour: `bots` acts on them, and
`packs.check` looks for contradictions between their parts.
"""

import re
from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal, Self, TypeVar
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import (
    AfterValidator,
    ConfigDict,
    Field,
    PlainSerializer,
    StringConstraints,
    field_validator,
    model_validator,
)

from flows.matching import MatchingRules
from flows.outcomes import Code, Ending
from flows.portal import Means
from flows.questions import Flow
from flows.values import Frozen

Name = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*$")]
"""A name inside a pack: lower case, digits, dash or underscore."""

ElementPath = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]*\.[a-z][a-z0-9_-]*$")]
"""`view.element`"""

PortalPath = Annotated[str, StringConstraints(pattern=r"^/[^\s?#]*$")]
"""A path of the portal below its address; starts with a slash."""

InputName = Annotated[str, StringConstraints(pattern=r"^[a-z_]+\.[a-z_]+$")]
"""An input of the question, such as `patient.member_id`."""

DateFormat = Literal["MM/DD/YYYY", "MM-DD-YYYY", "YYYY-MM-DD", "M/D/YYYY"]
"""How a date is written; years always have four digits."""

_Value = TypeVar("_Value")

Named = Annotated[Mapping[Name, _Value], AfterValidator(MappingProxyType), PlainSerializer(dict)]
"""Parts by their names; read-only, as all of a pack is."""


def compiled(expression: str) -> re.Pattern[str]:
    """A regular expression of a pack. Raises ValueError, in words for its author, when it is none."""
    try:
        return re.compile(expression)
    except re.error as error:
        raise ValueError(f"this is not a regular expression: {error}") from None


class Part(Frozen):
    """A part of a pack. YAML has no enumerations and no tuples, so the strict reading is relaxed for these alone."""

    model_config = ConfigDict(strict=False, validate_default=True, use_attribute_docstrings=True)


_KINDS = ("label", "role", "text", "matches", "near", "css", "xpath")


class Way(Part):
    """One way to find an element. Exactly one of the kinds below; `under` narrows any of them.

    - label: a form control by the text of its label
    - role + name: an element by its accessibility role and accessible name
    - text: the innermost element whose whole text is this
    - matches: the innermost element whose whole text fits this regular expression, for a sentence with a value in it
    - near: the value that stands beside this text: dd after dt, cell after its row heading, element after a caption
    - css, xpath: by the shape of the page; only beside one of the ways above
    - under: only inside the section whose heading is this text
    """

    label: str | None = None
    role: str | None = None
    name: str | None = None
    text: str | None = None
    matches: str | None = None
    near: str | None = None
    css: str | None = None
    xpath: str | None = None
    under: str | None = None

    @model_validator(mode="after")
    def _one_kind(self) -> Self:
        if sum(getattr(self, kind) is not None for kind in _KINDS) != 1:
            raise ValueError(f"a way to find an element is exactly one of {', '.join(_KINDS)}")
        if (self.name is not None) != (self.role is not None):
            raise ValueError("'role' and 'name' go together")
        return self

    @field_validator("matches")
    @classmethod
    def _is_expression(cls, matches: str | None) -> str | None:
        if matches is not None:
            compiled(matches)
        return matches

    @property
    def kind(self) -> str:
        """Which of the ways it is."""
        return next(kind for kind in _KINDS if getattr(self, kind) is not None)


class Action(StrEnum):
    """What is done with an element. Only `commit` changes something at the payer: sign in, submit, pay, attest."""

    READ = "read"
    NAVIGATE = "navigate"
    FILL = "fill"
    COMMIT = "commit"


class Type(StrEnum):
    """What a shown text is. A text that does not fit its type means that the page is not what the pack describes."""

    TEXT = "text"
    MONEY = "money"
    DATE = "date"
    INTEGER = "integer"
    DECIMAL = "decimal"
    YES_NO = "yes-no"
    MAPPED = "mapped"
    """Through one of the pack's text maps; a text that is not in the map is for a person."""
    LIST = "list"
    """Several short texts in one: split at `separator`."""


class Typed(Part):
    """A shown text and how to take it."""

    type: Type = Type.TEXT
    format: DateFormat | None = None
    """Dates only: MM/DD/YYYY, MM-DD-YYYY, YYYY-MM-DD or M/D/YYYY; the pack's own `formats.date` when left out."""
    map: Name | None = None
    separator: str = ","
    pattern: str | None = None
    """A regular expression with one group: the part of the text that counts ("Status code (\\d+)")."""
    required: bool = False
    """Must not be blank on this view."""

    @field_validator("pattern")
    @classmethod
    def _one_group(cls, pattern: str | None) -> str | None:
        if pattern is None:
            return None
        if compiled(pattern).groups != 1:
            raise ValueError("'pattern' needs exactly one group in parentheses: the part of the text that counts")
        return pattern

    @model_validator(mode="after")
    def _map_for_mapped(self) -> Self:
        if (self.type is Type.MAPPED) != (self.map is not None):
            raise ValueError("'map' names a text map, and goes with 'type: mapped' alone")
        if self.format is not None and self.type is not Type.DATE:
            raise ValueError("'format' says how a date is written, and goes with 'type: date' alone")
        if self.separator != "," and self.type is not Type.LIST:
            raise ValueError("'separator' splits a list, and goes with 'type: list' alone")
        return self


class Element(Typed):
    """Something on a page, with two or more independent ways to find it. All are tried; they must agree."""

    action: Action = Action.READ
    find: Annotated[tuple[Way, ...], Field(min_length=2)]
    optional: bool = False
    """May be absent from the page altogether; without it, absent means that the page has changed."""

    @model_validator(mode="after")
    def _independent_ways(self) -> Self:
        if len(set(self.find)) != len(self.find):
            raise ValueError("two ways to find the element are the same")
        if all(way.kind in ("css", "xpath") for way in self.find):
            raise ValueError("one way at least must be what a person sees: label, role and name, text, matches or near")
        return self


class Column(Typed):
    """A column of a table, by its heading and by its place; the two must agree."""

    header: str
    position: Annotated[int, Field(ge=1)]
    business_key: bool = False
    """One of the cells by which a row is found again; together they must tell the rows apart."""


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


class Paging(Part):
    """How a table goes on over several pages."""

    next: Name
    """The element that opens the next page; absent or disabled on the last one."""
    first: Name | None = None
    """The element that opens the first page again, where there is one."""
    previous: Name | None = None
    """The element that opens the page before; absent or disabled on the first one."""
    total: Name
    """The element that says how many rows there are in all; what was read must add up to it."""
    most_pages: Annotated[int, Field(ge=1)] = 50


class Table(Part):
    """Rows of a view. `empty` is the portal's own marker for "nothing": neither rows nor marker is drift."""

    find: Annotated[tuple[Way, ...], Field(min_length=2)]
    columns: Named[Column]
    empty: Name
    paging: Paging | None = None
    opens: Name | None = None
    """The column whose link opens the row's detail."""
    after_open: tuple[Next, ...] = ()
    back: tuple[Step, ...] = ()
    """Steps from the detail back to this table."""

    @model_validator(mode="after")
    def _can_be_found_again(self) -> Self:
        if self.opens is not None:
            if self.opens not in self.columns:
                raise ValueError(f"'opens' names the column '{self.opens}', which is not among the columns")
            if not any(column.business_key for column in self.columns.values()):
                raise ValueError("a table whose rows are opened needs a column with 'business_key: true'")
            if not self.after_open:
                raise ValueError("a table whose rows are opened says in 'after_open' what may follow")
        return self


class View(Part):
    """A page or a part of one: how to recognise it, and what can be read on it."""

    recognise: Annotated[tuple[Name, ...], Field(min_length=1)]
    """Elements of this view that are all there when the view is before us."""
    absent: tuple[Name, ...] = ()
    """Elements that must not be there; tells a view from a like one with a message on it."""
    busy: Name | None = None
    """While this element is there, the view is still being filled."""
    elements: Named[Element]
    tables: Named[Table] = Field(default_factory=dict)


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


class TextRow(Part):
    """A text as the portal shows it (compared without regard to case and spacing) and the code it stands for."""

    text: Annotated[str, StringConstraints(min_length=1)]
    code: Annotated[str, StringConstraints(min_length=1)]


class Lockout(Part):
    """When the payer locks an account: so many failed presses within the window.

    One-time codes have a count of their own.
    """

    attempts: Annotated[int, Field(ge=1)]
    """Wrong passwords until the account is locked."""
    code_attempts: Annotated[int, Field(ge=1)]
    """Wrong one-time codes until the account is locked."""
    window_hours: Annotated[int, Field(ge=1)]
    """Older presses no longer count; where the portal says nothing, a day."""

    @property
    def window(self) -> timedelta:
        return timedelta(hours=self.window_hours)


class Limits(Part):
    """What the payer allows a robot to do."""

    sessions: Annotated[int, Field(ge=1)] = 1
    """So many sessions of one user at a time."""
    lookups_a_minute: Annotated[float, Field(gt=0)]
    """So many presses of a search button in a minute, at most."""
    idle_minutes: Annotated[int, Field(ge=1)]
    """After so many minutes without a page the portal ends the session."""
    answer_seconds: Annotated[float, Field(gt=0)] = 60
    """How long the portal may take to answer a press before we call it down."""


class Formats(Part):
    """How the portal writes things unless an element says otherwise."""

    date: DateFormat
    blank: tuple[str, ...] = ("", "N/A", "n/a", "-", "--")
    """Texts that mean "nothing is shown", which is not zero."""
    yes: tuple[str, ...] = ("Yes", "Y")
    no: tuple[str, ...] = ("No", "N")


_LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def checked_address(address: str) -> str:
    """The address of a portal: scheme and host, nothing behind. Raises ValueError; plain http only to this machine."""
    parts = urlsplit(address)
    try:
        host, _ = parts.hostname, parts.port
    except ValueError:
        host = None
    plain = f"{parts.scheme}://{parts.netloc}"
    if not host or address not in (plain, plain + "/") or "@" in parts.netloc or parts.scheme not in ("http", "https"):
        raise ValueError("must be scheme and host alone, such as https://portal.example.com")
    if parts.scheme == "http" and parts.netloc.rpartition(":")[0] not in _LOOPBACK and parts.netloc not in _LOOPBACK:
        raise ValueError("must begin with https://, because passwords and patients' data go over this line")
    return plain


class Pack(Part):
    """A payer portal, whole."""

    portal: Name
    """The portal's name everywhere: in work lists, permissions and commands; the name of the pack's folder too."""
    title: str
    """The portal's name for people."""
    version: str
    """Goes up with every change; every answer says which version of the pack it was read with."""
    verified_on: date
    """The day (YYYY-MM-DD) on which somebody last compared the pack with the portal."""
    address: str
    """Scheme and host; an office may set its own. Paths in the pack are below it."""
    time_zone: str
    """Where the portal's days begin, such as America/Chicago."""
    flows: Annotated[Mapping[Flow, Literal["read", "write"]], AfterValidator(MappingProxyType), PlainSerializer(dict)]
    limits: Limits
    lockout: Lockout
    formats: Formats
    matching: MatchingRules
    sign_in: SignIn
    sign_out: SignOut
    interruptions: tuple[Interruption, ...]
    views: Named[View]
    forms: Named[Form]
    maps: Named[tuple[TextRow, ...]] = Field(default_factory=dict)

    @field_validator("address")
    @classmethod
    def _is_address(cls, address: str) -> str:
        return checked_address(address)

    @field_validator("time_zone")
    @classmethod
    def _is_time_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise ValueError("must be the name of a time zone, such as America/Chicago") from None
        return name

    def element(self, path: str) -> Element:
        """The element at `view.element`; KeyError when there is none (packs are checked, so there is)."""
        view, _, element = path.partition(".")
        return self.views[view].elements[element]
