"""Makes the letter in which a practice payer tells the decision on an appeal, as a PDF."""

import io
from xml.sax.saxutils import escape

from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.platypus import Flowable, Paragraph, SimpleDocTemplate, Spacer, Table

from sandbox.appeal_values import AppealState, FiledAppeal
from sandbox.truth.appeal_rights import DecisionKind
from sandbox.truth.ledger import Truth
from sandbox.truth.payer_rules import PAYERS

SENTENCES: dict[DecisionKind, str] = {
    "overturned": "We have changed our determination in your favor. The services below will be paid.",
    "partly": "We have changed our determination in part.",
    "upheld": "We have reviewed the claim, and our determination stands.",
    "dismissed": "We cannot review this request. It is dismissed.",
}


def appeal_letter(portal: str, appeal: FiledAppeal, state: AppealState, truth: Truth) -> bytes:
    """The letter about a decided appeal: one page with a text layer. Raises ValueError while it is not decided."""
    if state.decision is None or state.decided_on is None or state.recovered is None:
        raise ValueError("there is no letter before the decision")
    plain = ParagraphStyle("plain", fontName="Helvetica", fontSize=10, leading=14)
    heading = ParagraphStyle("heading", parent=plain, fontName="Helvetica-Bold", fontSize=13, leading=18)
    member = next(one for one in truth.members if one.patient == appeal.patient)
    claim = next(one for one in truth.claims if one.payer_claim_number == appeal.payer_claim_number)
    provider = next(one for one in truth.practice.providers if one.npi == appeal.billing_npi)
    facts = [
        ("Appeal number", appeal.number),
        ("Claim number", appeal.payer_claim_number),
        ("Patient", f"{member.first_name} {member.last_name}"),
        ("Member ID", member.member_id),
        ("Dates of service", f"{claim.service_from:%m/%d/%Y} - {claim.service_to:%m/%d/%Y}"),
        ("Service lines reviewed", ", ".join(str(number) for number in appeal.lines)),
        ("Amount in dispute", f"${appeal.amount:,.2f}"),
        ("Date of decision", f"{state.decided_on:%m/%d/%Y}"),
        ("Additional payment", f"${state.recovered:,.2f}"),
    ]
    story: list[Flowable] = [
        Paragraph(escape(PAYERS[portal][0]), heading),
        Paragraph("Notice of appeal decision", plain),
        Spacer(1, 0.3 * inch),
        Paragraph(escape(f"{provider.name} (NPI {provider.npi})"), plain),
        Spacer(1, 0.2 * inch),
        Table([[Paragraph(escape(text), plain) for text in row] for row in facts], (1.9 * inch, 4.4 * inch)),
        Spacer(1, 0.2 * inch),
        Paragraph(SENTENCES[state.decision], plain),
        Paragraph(escape(appeal.ruling.rationale), plain),
    ]
    if state.next_level_due is not None:
        story.append(Paragraph(f"You may ask for another review until {state.next_level_due:%m/%d/%Y}.", plain))
    file = io.BytesIO()
    # Without an encoding date the same decision gives the same bytes.
    SimpleDocTemplate(file, pagesize=letter, title="Notice of appeal decision", invariant=1).build(story)
    return file.getvalue()
