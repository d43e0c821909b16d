"""The appeals of the demonstration: denied claims are drafted, one at each portal is approved, and then filed once."""

import io
import tempfile
from collections.abc import Iterator
from pathlib import Path

from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

from flows.answers import ClaimState
from flows.drafting import DraftRefused
from flows.questions import AttachmentKind, Flow
from ledger import answers, appeals
from ledger.errors import LedgerError
from portalwright.drafting import Drafted, Paper, Wanted, draft
from portalwright.office import Desk, utc_now

_MOST_DRAFTS = 2
_ARGUMENT = (
    "We ask you to look again at {lines} of claim {claim_number}, which was denied with {carc} on {denied_on}. The "
    "attached records show that the service was needed and was given as billed. We ask for payment of {amount}."
)
_PAGES = 6


def draft_and_approve(desk: Desk, portal: str) -> int:
    """Draft appeals of the denied claims at this portal, and approve one of them; how many were approved.

    Whoever runs the demonstration is the person who approves. The others stay drafts, and nobody may file them.
    """
    approved = 0
    for made in _drafts(desk, portal):
        if made.missing or approved:
            continue
        appeals.approve(
            made.number, desk.actor, utc_now(), rules=desk.office.pack(portal).appeals, seen=made.record.digest
        )
        approved += 1
    return approved


def _drafts(desk: Desk, portal: str) -> Iterator[Drafted]:
    left = _MOST_DRAFTS
    with tempfile.TemporaryDirectory() as temporary:
        # Made up from its first letter to its last: there is nothing of anybody in it.
        argument, records = Path(temporary) / "argument.txt", Path(temporary) / "records.pdf"
        argument.write_text(_ARGUMENT, encoding="utf-8")
        records.write_bytes(_records())
        for number in _denied(portal, desk.practice.id):
            wanted = Wanted(
                lines=("1",) if desk.office.pack(portal).appeals.one_line else None,
                argument=argument,
                attach=(Paper(records, AttachmentKind.MEDICAL_RECORDS),),
                anyway="The demonstration appeals what an office might correct first.",
            )
            try:
                made = draft(desk, number, portal, wanted, utc_now())
            except (DraftRefused, LedgerError):
                continue  # nothing to appeal there, and the demonstration takes another claim
            yield made
            left -= 1
            if not left:
                return


def _denied(portal: str, practice_id: int) -> Iterator[str]:
    for record in answers.list_current(practice_id, portal=portal, flow=Flow.CLAIM_STATUS):
        said = record.answer.normalised
        if isinstance(said, ClaimState) and said.category.startswith("F2") and said.appeal_allowed is not False:
            yield record.number


def _records() -> bytes:
    """A PDF of some pages, as large as portals want them at least."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=letter, pageCompression=0)
    for page in range(1, _PAGES + 1):
        for line in range(30):
            canvas.drawString(
                72, 720 - 20 * line, f"Made-up record of the demonstration, page {page}, line {line + 1}."
            )
        canvas.showPage()
    canvas.save()
    return out.getvalue()
