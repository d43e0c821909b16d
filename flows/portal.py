"""The only thing that a flow sees of a payer portal: no browser, no address, no selector."""

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Literal, Protocol

from flows.answers import Refusal, Shown
from flows.appeal_rules import AppealRules
from flows.matching import MatchingRules
from flows.questions import Appeal, Question
from flows.remittance import Remittance
from flows.remittance_rules import RemittanceRules
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
    REJECTED = "rejected"
    """The payer rejects the question and says why, by an AAA reason code."""
    BEING_BUILT = "being-built"
    """What was asked for is made ready and can be fetched later."""
    REFUSED = "refused"
    """The portal does not take this appeal, and says why (`refused`)."""


class Followed(Frozen):
    """What came after a form or a pick: a view that was recognised, or a message that the pack gives a meaning to.

    `rejected` is the AAA reason code (DOMAIN 2.1) that the message stands for, with `means: rejected`; `refused` why an
    appeal is not taken, with `means: refused`, and `shown` the message itself, where the portal gave one.
    """

    view: str | None = None
    means: Means | None = None
    rejected: str | None = None
    refused: Refusal | None = None
    shown: Shown | None = None


class Collected(Frozen):
    """A document that the portal gave, whole: it came to its end and opens as what it is. `content` is kept in memory
    until it is sealed. `remittances` is what was read in it; none for what only a person can read (a scan).

    `unread`: why a part of it was not read, in words of ours, one for each such part.
    """

    kind: Literal["835", "eob", "zip"]
    sha256: str
    size: int
    remittances: tuple[Remittance, ...] = ()
    unread: tuple[str, ...] = ()


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

    @property
    def remittances(self) -> RemittanceRules:
        """How this payer hands out its remittances."""
        ...

    @property
    def appeals(self) -> AppealRules:
        """How this payer takes appeals."""
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

    async def go_on(self, form: str, question: Question) -> Followed:
        """As `ask`, from the page that is before us, in the window that we are in: one form of several in a row.

        Only the form's own steps are taken first, where it has any; nothing is closed, and nothing is chosen anew.
        """
        ...

    async def read(self, view: str) -> Reading:
        """Read the view that is before us, every page of its tables included."""
        ...

    async def pick(self, view: str, table: str, row: Row) -> Followed:
        """Open the row of that table, found again by its cells, never by its place alone."""
        ...

    async def collect(self, view: str, document: str, row: Row | None = None) -> Collected | Followed:
        """Fetch a document that the view offers (`document` names it in the pack), of this row or of the whole view.

        What comes is whole, or TRANSIENT is raised. Where the portal answers with something else that the pack
        declares (a message that it is being built), that is returned.
        """
        ...

    def offers(self, view: str, document: str) -> bool:
        """Does the pack name a document of that name on this view?"""
        ...

    async def submit(self, form: str, appeal: Appeal) -> Followed:
        """Press the one button that files this appeal: once, ever.

        That the button is about to be pressed is committed in the ledger first, and refused there when it was pressed
        before. From then on whatever is not declared by the pack (another page, the sign-in page, no answer) raises
        Stop with UNCERTAIN; the press is never repeated, not by the browser either.
        """
        ...
