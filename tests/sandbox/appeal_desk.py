"""The appeals of one practice portal without its pages: drafts that lack nothing, presses, and what was recorded."""

from datetime import date
from decimal import Decimal
from typing import Any

from sandbox.appeal_drafts import AppealDraft, FileComplaint
from sandbox.appeal_oracle import appealable_claims
from sandbox.appeal_values import FiledAppeal, Submission
from sandbox.portals.registry import PORTALS
from sandbox.quirks import NATIONAL
from sandbox.side import make_side
from sandbox.truth.appeal_rights import Level

TODAY = date(2026, 11, 22)
PDF = b"%PDF-1.7\n" + b"x" * 4000
HOUR, DAY = 3600, 86_400


class Desk:
    """The appeals of one portal, by the first provider's eyes."""

    def __init__(self, portal: str = NATIONAL, *, seed: int = 7, **quirks: float) -> None:
        archetype, _ = PORTALS[portal].load()
        named = {name.replace("_", "-"): probability for name, probability in quirks.items()}
        self.side = make_side(archetype, seed=seed, claims=60, today=TODAY, quirks=named)
        self.appeals, self.book = self.side.appeals, self.side.appeals.book
        self.npi = self.side.truth.practice.providers[0].npi
        self.session = self.side.sessions.begin()
        self.session.acting_as = self.npi

    def entry(self, story: str, level: Level = "first") -> dict[str, Any]:
        """What the oracle says of the denial with this story."""
        return next(
            one
            for one in appealable_claims(self.side)
            if (one["scenario"], one["level"]) == (f"denial: {story}", level)
        )

    def taken(self) -> list[dict[str, Any]]:
        """Everything that the payer would take now at the first level."""
        mine = (one for one in appealable_claims(self.side) if one["billing_npi"] == self.npi)
        return [one for one in mine if one["refused"] is None and one["level"] == "first"]

    def filled(self, entry: dict[str, Any], **changes: Any) -> AppealDraft:
        """A draft that lacks nothing."""
        draft = self.appeals.begin(self.session, entry["payer_claim_number"])
        lines = tuple(entry["lines"][:1] if self.appeals.terms.one_line else entry["lines"])
        fields = {
            "level": entry["level"],
            "reason": "RECORDS",
            "lines": lines,
            "amount": Decimal(entry["amount"]),
            "argument": "The records show why.",
            "reference": f"R-{entry['payer_claim_number']}",
        }
        for name, value in {**fields, **changes}.items():
            setattr(draft, name, value)
        return draft

    def press(self, entry: dict[str, Any], **changes: Any) -> Submission:
        return self.appeals.submit(self.session, self.filled(entry, **changes))

    def file(self, entry: dict[str, Any], **changes: Any) -> FiledAppeal:
        appeal = self.press(entry, **changes).appeal
        assert appeal is not None
        return appeal

    def add(
        self, draft: AppealDraft, name: str = "notes.pdf", media_type: str = "application/pdf", content: bytes = PDF
    ) -> FileComplaint | None:
        return self.appeals.add_file(draft, name, media_type, content)

    def events(self, kind: str) -> list[dict[str, Any]]:
        return [dict(event.details) for event in self.side.events.since() if event.kind == kind]

    def listed(self) -> list[str]:
        return [one.payer_claim_number for one in self.book.filed(self.npi)]

    def later(self, seconds: float) -> None:
        self.side.clock.advance(seconds)
