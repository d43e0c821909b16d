"""Makes the paper form of a payment (explanation of benefits) as a PDF, in each payer's own words and order."""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pikepdf
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from sandbox.remit_835 import shown_claims
from sandbox.truth.model import Adjustment, ServiceLine
from sandbox.truth.remittance import RemitClaim, Remittance

ZERO = Decimal("0.00")
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True)
class Words:
    """How one payer's form is worded."""

    title: str
    payer: str
    payee: str
    npi: str
    tin: str
    method: str
    number: str
    paid_on: str
    amount: str
    patient: str
    member_id: str
    new_member_id: str
    account: str
    claim_number: str
    original: str
    status: str
    service_dates: str
    received: str
    forwarded: str
    billed: str
    allowed: str
    paid: str
    responsibility: str
    line_columns: tuple[str, ...]
    """No., procedure, modifiers, date, units, billed, allowed, adjustments, remarks, paid."""
    provider_adjustments: str
    adjustment_columns: tuple[str, str, str]
    """Reason, reference, amount."""
    claims_total: str
    methods: tuple[str, str, str]
    """Electronic, check, non-payment."""
    dates: str
    dollar: str
    statuses: dict[str, str]


_STATUSES = {
    "1": "Processed as primary",
    "4": "Denied",
    "19": "Processed as primary, forwarded to additional payer(s)",
    "22": "Reversal of previous payment",
}

WORDS = {
    "practice-national": Words(
        title="Provider Explanation of Benefits",
        payer="Payer",
        payee="Payee",
        npi="Payee NPI",
        tin="Payee tax ID",
        method="Payment method",
        number="Payment number",
        paid_on="Payment date",
        amount="Payment amount",
        patient="Patient",
        member_id="Member ID",
        new_member_id="Corrected member ID",
        account="Patient account number",
        claim_number="Claim number",
        original="Original claim number",
        status="Claim status",
        service_dates="Date(s) of service",
        received="Received date",
        forwarded="Forwarded to",
        billed="Total charge",
        allowed="Allowed amount",
        paid="Paid amount",
        responsibility="Patient responsibility",
        line_columns=(
            *("Line", "Procedure", "Modifiers", "Date of service", "Units", "Charge", "Allowed"),
            *("Adjustments", "Remarks", "Paid"),
        ),
        provider_adjustments="Provider adjustments",
        adjustment_columns=("Reason", "Reference", "Amount"),
        claims_total="Total paid for claims",
        methods=("EFT", "Check", "Non-payment"),
        dates="%m/%d/%Y",
        dollar="$",
        statuses=_STATUSES,
    ),
    "practice-multipayer": Words(
        title="Remittance Summary",
        payer="Health plan",
        payee="Provider",
        npi="Provider NPI",
        tin="Tax ID",
        method="Paid by",
        number="Check/EFT number",
        paid_on="Check/EFT date",
        amount="Check/EFT amount",
        patient="Patient name",
        member_id="Subscriber ID",
        new_member_id="New subscriber ID",
        account="Account no.",
        claim_number="Payer claim no.",
        original="Original payer claim no.",
        status="Status",
        service_dates="Service dates",
        received="Received",
        forwarded="Crossover to",
        billed="Billed",
        allowed="Allowed",
        paid="Paid",
        responsibility="Patient resp.",
        line_columns=(
            *("#", "Service", "Mod", "Service date", "Qty", "Billed", "Allowed"),
            *("Adjustment codes", "Remark codes", "Paid"),
        ),
        provider_adjustments="Provider level adjustments",
        adjustment_columns=("Code", "Reference ID", "Adjustment amount"),
        claims_total="Claims paid",
        methods=("EFT", "Check", "No payment"),
        dates="%Y-%m-%d",
        dollar="",
        statuses={**_STATUSES, "1": "Primary", "4": "Denied", "22": "Reversal"},
    ),
    "practice-contractor": Words(
        title="Remittance Advice",
        payer="Contractor",
        payee="Supplier/Provider",
        npi="NPI",
        tin="TIN",
        method="Payment type",
        number="Check/EFT no.",
        paid_on="Payment date",
        amount="Payment amount",
        patient="Beneficiary",
        member_id="MBI",
        new_member_id="Corrected MBI",
        account="Acct",
        claim_number="ICN",
        original="Original ICN",
        status="Claim status",
        service_dates="Serv dates",
        received="Receipt date",
        forwarded="Claim information forwarded to",
        billed="Billed",
        allowed="Allowed",
        paid="Prov pd",
        responsibility="Pt resp",
        line_columns=(
            *("Ln", "Proc", "Mods", "Serv date", "NOS", "Billed", "Allowed"),
            *("Grp/RC-Amt", "Remark", "Prov pd"),
        ),
        provider_adjustments="Provider adj details",
        adjustment_columns=("PLB reason code", "FCN/other identifier", "Amount"),
        claims_total="Total prov pd",
        methods=("EFT", "Check", "Non-payment"),
        dates="%m-%d-%Y",
        dollar="",
        statuses={**_STATUSES, "1": "1 Processed as primary", "4": "4 Denied", "22": "22 Reversal of previous payment"},
    ),
    "practice-medicaid": Words(
        title="Remittance Advice - Professional Claims",
        payer="Program",
        payee="Pay-to provider",
        npi="NPI",
        tin="FEIN",
        method="Payment type",
        number="Warrant/EFT number",
        paid_on="Cycle date",
        amount="Net payment",
        patient="Member",
        member_id="Member ID",
        new_member_id="Current member ID",
        account="Patient account no.",
        claim_number="Internal control number",
        original="Former ICN",
        status="Status",
        service_dates="Dates of service",
        received="Date received",
        forwarded="Forwarded to",
        billed="Billed amount",
        allowed="Allowed amount",
        paid="Paid amount",
        responsibility="Member share",
        line_columns=(
            *("Line", "Proc code", "Mod", "DOS", "Units", "Billed amt", "Allowed amt"),
            *("Reason codes", "Remark codes", "Paid amt"),
        ),
        provider_adjustments="Financial transactions",
        adjustment_columns=("Reason code", "Related number", "Amount"),
        claims_total="Total claims paid",
        methods=("EFT", "Warrant", "Zero payment"),
        dates="%m/%d/%Y",
        dollar="",
        statuses={**_STATUSES, "1": "Paid", "19": "Paid, forwarded", "22": "Voided"},
    ),
}

_TITLE = ParagraphStyle("title", fontName="Helvetica-Bold", fontSize=13, leading=17)
_HEADING = ParagraphStyle("heading", fontName="Helvetica-Bold", fontSize=9.5, leading=13, spaceBefore=8)
_GRID = TableStyle(
    [
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 7),
        ("FONT", (0, 1), (-1, -1), "Helvetica", 7),
        ("GRID", (0, 0), (-1, -1), 0.4, colors.grey),
        ("BACKGROUND", (0, 0), (-1, 0), colors.whitesmoke),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("TOPPADDING", (0, 0), (-1, -1), 2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 2),
    ]
)
_PAIRS = TableStyle(
    [
        ("FONT", (0, 0), (-1, -1), "Helvetica", 8),
        ("TOPPADDING", (0, 0), (-1, -1), 0),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1),
        ("LEFTPADDING", (0, 0), (-1, -1), 0),
    ]
)
_LINE_WIDTHS = tuple(inch * part for part in (0.4, 0.75, 0.7, 0.85, 0.45, 0.8, 0.75, 1.15, 0.8, 0.8))


def eob_pdf(remittance: Remittance, portal: str, *, scanned: bool = False, password: str | None = None) -> bytes:
    """The form of one payment; the same arguments give the same bytes, but for a form behind a password.

    `scanned`: pictures of pages, without any text. `password`: what opens it.
    """
    words = WORDS[portal]
    content = _scan(remittance, words) if scanned else _printed(remittance, words)
    return content if password is None else _protected(content, password)


def _printed(remittance: Remittance, words: Words) -> bytes:
    target = io.BytesIO()
    margin = 0.5 * inch
    document = SimpleDocTemplate(
        target, pagesize=letter, invariant=1, title=words.title, leftMargin=margin, rightMargin=margin
    )

    def on_page(canvas: Canvas, _: SimpleDocTemplate) -> None:
        canvas.setFont("Helvetica", 7.5)
        canvas.drawString(margin, letter[1] - 0.5 * inch, f"{remittance.payer_name} - {words.title}")
        canvas.drawRightString(letter[0] - margin, 0.45 * inch, f"Page {canvas.getPageNumber()}")

    document.build(_story(remittance, words), onFirstPage=on_page, onLaterPages=on_page)
    return target.getvalue()


def _story(remittance: Remittance, words: Words) -> list[Flowable]:
    story: list[Flowable] = [Paragraph(words.title, _TITLE), Spacer(0, 6), _pairs(_header(remittance, words))]
    for claim in shown_claims(remittance):
        lines = [_line(line, words) for line in claim.lines]
        table = Table([words.line_columns, *lines], colWidths=_LINE_WIDTHS, repeatRows=1)
        table.setStyle(_GRID)
        heading = Paragraph(f"{words.claim_number}: {claim.payer_claim_number}", _HEADING)
        story += [KeepTogether([heading, _pairs(_claim(claim, words))]), Spacer(0, 3), table]
    story.append(Paragraph(f"{words.claims_total}: {_paid_for_claims(remittance, words)}", _HEADING))
    if remittance.provider_adjustments:
        rows = [
            (one.reason, one.reference, _money(one.amount, words.dollar)) for one in remittance.provider_adjustments
        ]
        table = Table([words.adjustment_columns, *rows], colWidths=(1.4 * inch, 2.6 * inch, 1.4 * inch), hAlign="LEFT")
        table.setStyle(_GRID)
        story.append(KeepTogether([Paragraph(words.provider_adjustments, _HEADING), table]))
    return story


def _pairs(pairs: Pairs) -> Table:
    """Label and value, two pairs in a row."""
    texts = [f"{label}: {value}" for label, value in pairs if value]
    texts += [""] * (len(texts) % 2)
    rows = list(zip(texts[::2], texts[1::2], strict=True))
    table = Table(rows, colWidths=(3.7 * inch, 3.7 * inch), hAlign="LEFT")
    table.setStyle(_PAIRS)
    return table


def _header(remittance: Remittance, words: Words) -> Pairs:
    electronic, check, none = words.methods
    method = {"ACH": electronic, "CHK": check, "NON": none}[remittance.method]
    return (
        (words.payer, remittance.payer_name),
        (words.payee, remittance.payee_name),
        (words.number, remittance.trace),
        (words.npi, remittance.payee_npi),
        (words.paid_on, _day(remittance.paid_on, words)),
        (words.tin, remittance.payee_tin),
        (words.amount, _money(remittance.amount, words.dollar)),
        (words.method, method),
    )


def _claim(claim: RemitClaim, words: Words) -> Pairs:
    dates = _day(claim.service_from, words)
    if claim.service_to != claim.service_from:
        dates = f"{dates} - {_day(claim.service_to, words)}"
    corrected, forwarded = claim.corrected_insured, claim.crossover_payer
    return (
        (words.patient, f"{claim.insured.last_name}, {claim.insured.first_name}"),
        (words.status, words.statuses[claim.status]),
        (words.member_id, claim.insured.identifier),
        (words.new_member_id, corrected.identifier if corrected else ""),
        (words.account, claim.patient_account_number),
        (words.original, claim.original_claim_number or ""),
        (words.service_dates, dates),
        (words.received, _day(claim.received_date, words)),
        (words.billed, _money(claim.billed, words.dollar)),
        (words.allowed, "" if claim.allowed is None else _money(claim.allowed, words.dollar)),
        (words.paid, _money(claim.paid, words.dollar)),
        (words.responsibility, _money(claim.patient_responsibility, words.dollar)),
        (words.forwarded, f"{forwarded.last_name} ({forwarded.identifier})" if forwarded else ""),
    )


def _line(line: ServiceLine, words: Words) -> tuple[str, ...]:
    return (
        str(line.number),
        line.procedure,
        " ".join(line.modifiers),
        _day(line.service_date, words),
        str(line.units),
        _money(line.billed, words.dollar),
        "" if line.allowed is None else _money(line.allowed, words.dollar),
        "\n".join(_reason(one) for one in line.adjustments),
        " ".join(line.remark_codes),
        _money(line.paid or ZERO, words.dollar),
    )


def _reason(one: Adjustment) -> str:
    return f"{one.group}-{one.carc} {_money(one.amount, '')}"


def _paid_for_claims(remittance: Remittance, words: Words) -> str:
    return _money(sum((claim.paid for claim in shown_claims(remittance)), ZERO), words.dollar)


def _day(day: date, words: Words) -> str:
    return day.strftime(words.dates)


def _money(amount: Decimal, dollar: str) -> str:
    """Dollars with commas; negative amounts with a minus before."""
    return f"-{dollar}{-amount:,.2f}" if amount < ZERO else f"{dollar}{amount:,.2f}"


def _scan(remittance: Remittance, words: Words) -> bytes:
    """Pictures of typed pages, as a fax machine makes them."""
    lines = [words.title, "", *(f"{label}: {value}" for label, value in _header(remittance, words))]
    for claim in shown_claims(remittance):
        lines += ["", f"{words.claim_number}: {claim.payer_claim_number}"]
        lines += [f"{label}: {value}" for label, value in _claim(claim, words) if value]
        lines += ["   ".join(_line(line, words)).replace("\n", "; ") for line in claim.lines]
    for one in remittance.provider_adjustments:
        lines.append(f"{one.reason} {one.reference} {_money(one.amount, words.dollar)}")
    target = io.BytesIO()
    canvas = Canvas(target, pagesize=letter, invariant=1)
    for start in range(0, len(lines), _SCANNED_ROWS):
        picture = Image.new("L", (850, 1100), 250)
        ImageDraw.Draw(picture).multiline_text(
            (60, 60), "\n".join(lines[start : start + _SCANNED_ROWS]), fill=40, font=ImageFont.load_default(13)
        )
        canvas.drawImage(ImageReader(picture.rotate(0.4, fillcolor=250)), 0, 0, *letter)
        canvas.showPage()
    canvas.save()
    return target.getvalue()


_SCANNED_ROWS = 55


def _protected(content: bytes, password: str) -> bytes:
    target = io.BytesIO()
    with pikepdf.open(io.BytesIO(content)) as pdf:
        pdf.save(target, encryption=pikepdf.Encryption(user=password, owner=password, R=6))
    return target.getvalue()
