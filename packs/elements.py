"""What stands on a portal's pages: elements with two or more ways to find each, and what their texts are."""

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, field_validator, model_validator

from packs.parts import DateFormat, Name, Part, compiled

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
    """The text of a field's label."""
    role: str | None = None
    """What the element is: button, link, heading, table, group, textbox, checkbox, dialog, ..."""
    name: str | None = None
    """What the element is called: its text, label or heading; with `role`."""
    text: str | None = None
    """The whole text of the element."""
    matches: str | None = None
    """A regular expression that the whole text fits."""
    near: str | None = None
    """The text beside which the value stands."""
    css: str | None = None
    """A css selector."""
    xpath: str | None = None
    """An XPath 1.0 path."""
    under: str | None = None
    """The heading of the section to look in."""

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
    DOWNLOAD = "download"
    """Fetches a document; named by `press` of one of the view's `documents`."""
    UPLOAD = "upload"
    """Takes a file; filled by `how: upload`."""


class Type(StrEnum):
    """What a shown text is. A text that does not fit its type means that the page is not what the pack describes."""

    TEXT = "text"
    MONEY = "money"
    DATE = "date"
    INTEGER = "integer"
    DECIMAL = "decimal"
    PERCENT = "percent"
    """A share with its sign: `20%` is 20."""
    FRACTION = "fraction"
    """A share of one: `0.2` is 20 %. More than one is not this type."""
    YES_NO = "yes-no"
    INSTANT = "instant"
    """A day and a time of day ("11/23/2026 6:00 AM") in the portal's time zone; `format` says how a day is written."""
    MAPPED = "mapped"
    """Through one of the pack's text maps; a text that is not in the map is for a person."""
    LIST = "list"
    """Several short texts in one: split at `separator`."""


class Typed(Part):
    """A shown text and how to take it."""

    type: Type = Type.TEXT
    """What the text is."""
    format: DateFormat | None = None
    """Dates only: MM/DD/YYYY, MM-DD-YYYY, YYYY-MM-DD or M/D/YYYY; the pack's own `formats.date` when left out."""
    map: Name | None = None
    """The text map that says what the text means."""
    separator: str = ","
    """What stands between the texts of a list."""
    pattern: str | None = None
    """A regular expression with one group: the part of the text that counts ("Status code (\\d+)")."""
    if_fits: bool = False
    """With `pattern`: where the text does not fit it, another column of the same cell (or another element of the same
    place) takes it, and this one is blank. A text that none of them takes means that the page has changed."""
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
        if self.format is not None and self.type not in (Type.DATE, Type.INSTANT):
            raise ValueError("'format' says how a date is written, and goes with 'type: date' and 'type: instant'")
        if self.if_fits and (self.pattern is None or self.required):
            raise ValueError("'if_fits' goes with 'pattern', and not with 'required'")
        if self.separator != "," and self.type is not Type.LIST:
            raise ValueError("'separator' splits a list, and goes with 'type: list' alone")
        return self


class Element(Typed):
    """Something on a page, with two or more independent ways to find it. All are tried; they must agree."""

    action: Action = Action.READ
    """What is done with the element."""
    find: Annotated[tuple[Way, ...], Field(min_length=2)]
    """Ways to find the element, two or more."""
    optional: bool = False
    """May be absent from the page altogether; without it, absent means that the page has changed."""

    @model_validator(mode="after")
    def _independent_ways(self) -> Self:
        if len(set(self.find)) != len(self.find):
            raise ValueError("two ways to find the element are the same")
        if all(way.kind in ("css", "xpath") for way in self.find):
            raise ValueError("one way at least must be what a person sees: label, role and name, text, matches or near")
        return self
