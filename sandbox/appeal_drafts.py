"""An appeal while it is being filled in at a practice portal: fields and documents, and what is wrong with them."""

import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Literal

from sandbox.appeal_terms import AppealTerms, UploadTerms
from sandbox.clock import Clock
from sandbox.quirks import Quirks
from sandbox.truth.appeal_rights import Level, RefusalKind

FileComplaint = Literal[
    "wrong-type", "too-small", "too-large", "too-many", "too-large-together", "same-name", "no-file"
]
FormComplaint = Literal[
    "no-level", "no-reason", "no-lines", "one-line-only", "no-amount", "no-argument", "argument-too-long", "scanning"
]
Strict = FileComplaint | Literal["slow-scan"]
STRICTER: tuple[Strict, ...] = ("wrong-type", "too-small", "too-large", "slow-scan")
"""What the quirk `upload-rules` does with a file that keeps to all that the page says."""
SCAN_SECONDS = (20, 60)
"""How long a slow virus scan takes, from and to."""
MAGIC = {
    "application/pdf": (b"%PDF-",),
    "image/jpeg": (b"\xff\xd8\xff",),
    "image/png": (b"\x89PNG\r\n\x1a\n",),
    "image/tiff": (b"II*\x00", b"MM\x00*"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": (b"PK\x03\x04",),
}
"""By media type: how a file of it begins. What it calls itself is not enough."""


@dataclass(frozen=True)
class DraftFile:
    """A document that was added, as the portal keeps it; sizes in bytes."""

    name: str
    content_type: str
    size: int
    sha256: str
    clean_at: datetime
    """The virus scan is over (portal's clock, UTC)."""


@dataclass
class AppealDraft:
    """What one visitor has filled in so far. Pages write the fields as they are posted; files go through the core."""

    key: str
    """Opaque; it may stand in addresses."""
    payer_claim_number: str
    acting_as: str
    began_at: datetime
    level: Level | None = None
    reason: str = ""
    """As the portal's own list names it."""
    lines: tuple[int, ...] = ()
    """Service line numbers, ascending."""
    amount: Decimal | None = None
    argument: str = ""
    reference: str = ""
    """The office's own name for the appeal, where the form has a field for it."""
    files: list[DraftFile] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)
    """What one portal's own form asks besides."""
    chance: RefusalKind | Literal["none"] | None = None
    """What the die of `appeal-refused` gave; None while it was not thrown."""
    strict: Strict | Literal["none"] | None = None
    """What the die of `upload-rules` gave; None while it was not thrown."""
    filed: bool = False

    def file(self, name: str) -> DraftFile | None:
        """The document of that name, if it was added."""
        return next((one for one in self.files if one.name == name), None)

    def remove_file(self, name: str) -> None:
        """Take a document out again."""
        self.files = [one for one in self.files if one.name != name]


def form_complaints(draft: AppealDraft, terms: AppealTerms, now: datetime) -> tuple[FormComplaint, ...]:
    """What the form still lacks before it can be filed."""
    found: list[FormComplaint] = []
    if draft.level not in terms.rule.levels:
        found.append("no-level")
    if not draft.reason:
        found.append("no-reason")
    if not draft.lines:
        found.append("no-lines")
    elif terms.one_line and len(draft.lines) > 1:
        found.append("one-line-only")
    if draft.amount is None or draft.amount <= 0:
        found.append("no-amount")
    if not draft.argument.strip():
        found.append("no-argument")
    elif len(draft.argument) > terms.longest_argument:
        found.append("argument-too-long")
    if any(now < one.clean_at for one in draft.files):
        found.append("scanning")
    return tuple(found)


@dataclass
class UploadDesk:
    """Takes the documents of drafts, by a portal's rules and by the quirk `upload-rules`."""

    rules: UploadTerms
    clock: Clock
    quirks: Quirks

    def add(
        self, draft: AppealDraft, filename: str, content_type: str, content: bytes, user_agent: str = ""
    ) -> FileComplaint | None:
        """Add a document, or say why not; writes the event `appeal_document` with its hash."""
        complaint = self._complaint(draft, filename, content_type, content)
        seconds = 0
        if complaint is None:
            strict = self._strict(draft, user_agent)
            if strict == "slow-scan":
                seconds = self.quirks.pick("upload-rules:seconds", range(SCAN_SECONDS[0], SCAN_SECONDS[1] + 1))
            elif strict != "none":
                complaint = strict
        sha256 = hashlib.sha256(content).hexdigest()
        self.quirks.events.add(
            "appeal_document",
            user_agent,
            payer_claim_number=draft.payer_claim_number,
            sha256=sha256,
            size=len(content),
            complaint=complaint,
        )
        if complaint is None:
            clean_at = self.clock.now() + timedelta(seconds=seconds)
            draft.files.append(DraftFile(filename, content_type, len(content), sha256, clean_at))
        return complaint

    def _complaint(self, draft: AppealDraft, filename: str, content_type: str, content: bytes) -> FileComplaint | None:
        rules, size = self.rules, len(content)
        if not filename or not size:
            return "no-file"
        if content_type not in rules.content_types or not content.startswith(MAGIC[content_type]):
            return "wrong-type"
        if size < rules.smallest:
            return "too-small"
        if size > rules.largest:
            return "too-large"
        if draft.file(filename) is not None:
            return "same-name"
        if len(draft.files) >= rules.most:
            return "too-many"
        return "too-large-together" if sum(one.size for one in draft.files) + size > rules.most_together else None

    def _strict(self, draft: AppealDraft, user_agent: str) -> Strict | Literal["none"]:
        """What the die of `upload-rules` gives for this draft, thrown once."""
        if draft.strict is not None:
            return draft.strict
        happens = self.quirks.thrown("upload-rules")
        strict: Strict | Literal["none"] = self.quirks.pick("upload-rules", STRICTER) if happens else "none"
        if happens:
            self.quirks.note("upload-rules", user_agent, shape=strict)
        draft.strict = strict
        return strict
