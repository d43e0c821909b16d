"""The states that rows of the ledger can be in, as they are stored."""

from enum import StrEnum


class ItemState(StrEnum):
    """Where a question of the work list stands. A question that waits for its back-off is READY with a later time."""

    READY = "ready"
    RUNNING = "running"
    DONE = "done"
    PARKED = "parked"
    """A person has to close its case first."""


class AppealStage(StrEnum):
    """How far an appeal has come on our side. What the payer says of it is its standing, and its decision."""

    DRAFT = "draft"
    APPROVED = "approved"
    """A named person wants exactly this filed; nothing was pressed yet."""
    PRESSING = "pressing"
    """The button is being pressed at this moment, or the process that pressed it is gone."""
    UNCERTAIN = "uncertain"
    """It was pressed, and nobody saw what came of it. Only the portal's own list, or a person, may say."""
    FILED = "filed"
    DECIDED = "decided"
    REFUSED = "refused"
    """The portal did not take it; nothing was filed."""
    NOT_FILED = "not-filed"
    """A person found out that the press filed nothing."""
    WITHDRAWN = "withdrawn"


class CaseState(StrEnum):
    """Does a case still wait for a person?"""

    OPEN = "open"
    CLOSED = "closed"


class Stops(StrEnum):
    """What stands still while a case is open."""

    NOTHING = ""
    VIEW = "view"
    CREDENTIAL = "credential"
    PORTAL = "portal"


class Resolution(StrEnum):
    """By which outcome a person closed a case. There is no "seen": a case ends when its questions have a future."""

    ASK_AGAIN = "ask-again"
    """The cause is gone; the portal may be asked again."""
    DONE_BY_HAND = "done-by-hand"
    """A person found the answer elsewhere, or nobody needs it any more; the portal is not asked again."""
