"""Appeals as a practice payer has them: what was filed, how it stands, what came of a press, and a list of them."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Literal

from sandbox.listing import Paged
from sandbox.truth.appeal_rights import (
    Channel,
    DecisionKind,
    InformationWanted,
    Level,
    RefusalKind,
    Ruling,
)

Standing = Literal["received", "in-review", "information-wanted", "decided"]
Lost = Literal["time-out", "cut", "error"]
"""How an answer is lost: it never comes, the connection is reset, or an error page comes instead."""


@dataclass(frozen=True)
class FiledAppeal:
    """An appeal that the payer has. Instants are the portal's (UTC), dollars."""

    key: str
    """Opaque; it may stand in addresses."""
    payer_claim_number: str
    patient: str
    """Key of the member inside the truth ledger."""
    billing_npi: str
    level: Level
    lines: tuple[int, ...]
    amount: Decimal
    reason: str
    reference: str
    filenames: tuple[str, ...]
    sha256s: tuple[str, ...]
    channel: Channel
    by_hand: bool
    """Filed by somebody of the office, before the portal was started."""
    filed_at: datetime
    number: str
    """Its number in the end; pages show `AppealBook.number_of`, which is None while it is pending."""
    number_at: datetime
    listed_at: datetime
    expected_by: date
    """By the payer's own clock."""
    ruling: Ruling

    @property
    def filed_on(self) -> date:
        """The day on which it was filed."""
        return self.filed_at.date()

    @property
    def decided_at(self) -> datetime:
        """When the payer decides."""
        return self.filed_at + timedelta(days=self.ruling.days)


@dataclass(frozen=True)
class AppealState:
    """How an appeal stands now, as pages show it. What is not decided yet is None."""

    standing: Standing
    number: str | None
    """None: pending."""
    decision: DecisionKind | None = None
    decided_on: date | None = None
    recovered: Decimal | None = None
    next_level: Level | None = None
    next_level_due: date | None = None
    wanted: InformationWanted | None = None
    wanted_by: date | None = None


@dataclass(frozen=True)
class Submission:
    """What came of a press of the button that files.

    Exactly one of: `lost` (call `Visitors.lose` with it, whether or not it was filed), `refused` (say why in the
    portal's words), or an `appeal` alone (show the receipt).
    """

    appeal: FiledAppeal | None
    number: str | None = None
    refused: RefusalKind | None = None
    lost: Lost | None = None


@dataclass
class AppealListing(Paged):
    """The portal's own list of appeals, by their keys, the newest first."""

    keys: tuple[str, ...] = ()

    @property
    def found(self) -> tuple[str, ...]:
        """The appeals."""
        return self.keys
