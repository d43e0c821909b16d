"""What the page engine gives back: elements and tables as found, a view as read, what a wait ended with."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Literal

from flows.values import Frozen


class State(StrEnum):
    """What all ways to find an element say together."""

    FOUND = "found"
    WEAK = "weak"
    """Found, but one way or more found nothing."""
    MISSING = "missing"
    CONFLICT = "conflict"
    """The ways lead to different places, or none of them to a single one."""


class FoundElement(Frozen):
    """An element of a view as the page shows it now.

    `text` is the shown text of a plain element, the value of an input, the chosen entry of a list, "" for a password.
    `silent` are the indexes of ways that found nothing; `by_shape` says that only css or xpath found anything.
    """

    state: State
    kind: Literal["none", "text", "value", "choice", "box", "password"] = "none"
    text: str = ""
    checked: bool = False
    disabled: bool = False
    filled: bool = False
    silent: tuple[int, ...] = ()
    places: tuple[int, ...] = ()
    """How many places each way leads to."""
    by_shape: bool = False
    unseen: bool = False
    """Its text is there, and covered, cut off or in the colour of its ground; known only of a view as read."""

    @property
    def there(self) -> bool:
        """All ways agree that it is there. What decides what happens next takes nothing less."""
        return self.state is State.FOUND


class FoundTable(Frozen):
    """A table of a view: the texts of its data rows in the order of `columns`, or what is wrong with its layout."""

    state: State
    problem: Literal["headings", "row-shape", "unseen"] | None = None
    problem_at: str | None = None
    """The pack's column whose heading and place disagree or whose text nobody sees, or the index of the odd row."""
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[str, ...], ...] = ()
    silent: tuple[int, ...] = ()
    ways: tuple[int, ...] = ()
    """How many tables each way leads to."""


class RowBox(Frozen):
    """A row of a table that has a box to tick: the texts of its cells, and the box; None where there is no such box."""

    cells: Mapping[str, str]
    ticked: bool | None


class FoundBoxes(Frozen):
    """The boxes of the rows of a table that are shown now."""

    state: State
    problem: Literal["headings", "row-shape"] | None
    boxes: tuple[RowBox, ...]


class RawReading(Frozen):
    """Everything of one view from one visit to the page. `html` is the evidence, with password values blanked."""

    recognised: bool
    busy: bool
    ready: Literal["loading", "interactive", "complete"]
    status: int | None
    """HTTP status of the document; None where there was none."""
    address: str
    """Scheme, host and path: no query and no fragment, which may hold patient data."""
    html: str
    elements: Mapping[str, FoundElement]
    tables: Mapping[str, FoundTable]


class Arrived(Frozen):
    """What stood before us when the waiting ended. Empty `views` and `elements`: nothing was recognised in time."""

    views: tuple[str, ...] = ()
    elements: tuple[str, ...] = ()
    new_document: bool = False
    """False: still the document that was marked before the press; the portal has not answered."""
    status: int | None = None
    busy: bool = False
    """Something was recognised, but its busy marker never went away."""
    blank: bool = False
    """A window or frame that the portal has opened and not filled yet."""
    loading: bool = False
    """The document had not come whole, or the frame was not there."""
    changed: bool = False
    """The document that was marked before the press shows another text now; known only for answers in place."""
    settled: bool = False
    """Nothing changes there any more: waiting longer would not help."""

    @property
    def recognised(self) -> bool:
        return bool(self.views or self.elements)
