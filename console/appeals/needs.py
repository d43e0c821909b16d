"""What the pages of appeals need of the application."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Protocol

from flows.appealable import Finding
from flows.questions import AppealLevel, AppealReason, AttachmentKind
from ledger.accounts import Actor, Practice
from ledger.appeals import AppealRecord
from packs.models import Pack


@dataclass(frozen=True)
class Asker:
    """Who wants something done, for which practice, and when (UTC)."""

    practice: Practice
    actor: Actor
    now: datetime


@dataclass(frozen=True)
class Upload:
    """A document that was sent to the desk: its bytes, which were never on a disk, and what it is."""

    content: bytes
    kind: AttachmentKind


@dataclass(frozen=True)
class Wish:
    """What a person wants of a draft; None is left to the office's rules, or as it is.

    `anyway` is why it is made although something else should come first; `seen` the digest of what they looked at.
    """

    level: AppealLevel | None = None
    lines: tuple[str, ...] | None = None
    reason: AppealReason | None = None
    argument: str | None = None
    notice: date | None = None
    attach: tuple[Upload, ...] = ()
    detach: tuple[str, ...] = ()
    anyway: str = ""
    seen: str = ""


class EnteredField(Protocol):
    """One field of a portal's form and what goes in; `text` None: the portal has no word for it, or it is not known."""

    @property
    def field(self) -> str:
        """Its name in the pack."""

    @property
    def text(self) -> str | None:
        """What is typed or chosen."""


class FilingStep(Protocol):
    """One form on the way. `files`: its button is the one that files."""

    @property
    def form(self) -> str:
        """Its name in the pack."""

    @property
    def entered(self) -> Sequence[EnteredField]:
        """Every field."""

    @property
    def ticked(self) -> Sequence[str]:
        """The lines that are ticked."""

    @property
    def button(self) -> str:
        """The button that is pressed, by its name in the pack."""

    @property
    def files(self) -> bool:
        """Is it the press that files the appeal?"""


class AppealNeeds(Protocol):
    """What only the application can do with an appeal. What is refused is told as `flows.drafting.DraftRefused`."""

    def missing(self, record: AppealRecord, pack: Pack, today: date) -> Sequence[str]:
        """Why the draft cannot be approved yet, one clause each."""

    def steps(self, record: AppealRecord, pack: Pack) -> Sequence[FilingStep]:
        """What the robot will enter and press, form by form; nothing for a portal that takes none this way."""

    def draft(self, asker: Asker, claim_id: int, wish: Wish) -> tuple[int, Sequence[Finding]]:
        """Draft an appeal; its number, and what its writer should know. Raises DraftRefused, AttachmentRefused."""

    def change(self, asker: Asker, number: int, wish: Wish) -> Sequence[Finding]:
        """Change an appeal that was not pressed yet. Raises as `draft` does."""

    def approve(self, asker: Asker, record: AppealRecord, pack: Pack, seen: str) -> None:
        """Approve exactly what was seen. Raises DraftRefused where something is missing."""

    def why_not_filed(self, asker: Asker, portal: str) -> str:
        """Why the robot may not file at this portal now; "" when it may."""

    def document(self, practice: Practice, sha256: str) -> bytes:
        """A document that goes with an appeal of the practice, opened in memory."""
