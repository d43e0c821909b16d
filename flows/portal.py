"""The only thing that a flow sees of a payer portal: no browser, no address, no selector."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from flows.answers import Shown
from flows.matching import MatchingRules
from flows.questions import Question
from flows.values import Frozen

Normal = str | int | bool | date | datetime | Decimal | tuple[str, ...]


class Value(Frozen):
    """A text on a page and what it means by the pack's type for it.

    `normal` is None where the page shows nothing ("", "N/A") and where `unmapped` is set: a text that is not in the
    portal's map of texts.
    """

    shown: Shown
    normal: Normal | None
    unmapped: bool = False


class Row(Frozen):
    """One row of a table; `page` and `index` (both from 0) say where it stood, for `pick`."""

    page: int
    index: int
    cells: Mapping[str, Value]


class Reading(Frozen):
    """One view, read whole: its fields, and its tables over all their pages. An empty table showed its own marker."""

    view: str
    fields: Mapping[str, Value]
    tables: Mapping[str, tuple[Row, ...]]


class Means(StrEnum):
    """What a portal's message after a form means, where it is no view and no reason to stop."""

    NOT_FOUND = "not-found"
    TOO_MANY = "too-many"


class Followed(Frozen):
    """What came after a form or a pick: a view that was recognised, or a message that the pack gives a meaning to."""

    view: str | None = None
    means: Means | None = None


class Portal(Protocol):
    """A signed-in session of one payer portal.

    Every method raises `flows.outcomes.Stop` with DRIFT, TRANSIENT, CREDENTIAL or REFUSED when the portal does not do
    what its pack declares; a flow lets that pass.
    """

    @property
    def name(self) -> str: ...

    @property
    def pack_version(self) -> str: ...

    @property
    def matching(self) -> MatchingRules:
        """How this payer writes names and numbers."""
        ...

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        ...

    def has_form(self, form: str) -> bool:
        """Does this portal offer the form at all? Packs differ in the searches that their portals have."""
        ...

    async def open(self, form: str, question: Question) -> None:
        """Go to where the form is, with whatever must be chosen first (such as the billing provider) chosen."""
        ...

    async def ask(self, form: str, question: Question) -> Followed:
        """Fill the form from the question, check what was typed, press once and see what follows."""
        ...

    async def read(self, view: str) -> Reading:
        """Read the view that is before us, every page of its tables included."""
        ...

    async def pick(self, view: str, table: str, row: Row) -> Followed:
        """Open the row of that table, found again by its cells, never by its place alone."""
        ...
