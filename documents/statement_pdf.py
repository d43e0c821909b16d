"""A patient's statement as a letter-size PDF. Made in memory; the same statement gives the same bytes."""

import io
from xml.sax.saxutils import escape

from reportlab.lib import colors
from reportlab.lib.pagesizes import letter
from reportlab.lib.styles import ParagraphStyle
from reportlab.lib.units import inch
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, KeepTogether, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from documents.statement_words import Words, balance, day, decided_by, money, reasons
from flows.statement import Statement, StatementClaim

_PLAIN = ParagraphStyle("plain", fontName="Helvetica", fontSize=9.5, leading=12.5)
_SMALL = ParagraphStyle("small", parent=_PLAIN, fontSize=8.5, leading=11, leftIndent=10, bulletIndent=0)
_HEAD = ParagraphStyle("head", parent=_PLAIN, fontName="Helvetica-Bold", fontSize=11, leading=15)
_TITLE = ParagraphStyle("title", parent=_HEAD, fontSize=15, leading=20)
_LINE = colors.HexColor("#8a8f98")
_WINDOW_TOP = 2 * inch
"""The patient's name stands in the window of a number 10 envelope: 2 inches from the top of a sheet folded in three."""
_NUMBERS = TableStyle(
    [
        ("FONT", (0, 0), (-1, -1), "Helvetica", 8.5),
        ("FONT", (0, 0), (-1, 0), "Helvetica-Bold", 8.5),
        ("LINEBELOW", (0, 0), (-1, 0), 0.6, _LINE),
        ("LINEABOVE", (0, -1), (-1, -1), 0.6, _LINE),
        ("FONT", (0, -1), (-1, -1), "Helvetica-Bold", 8.5),
        ("ALIGN", (3, 0), (-1, -1), "RIGHT"),
        ("VALIGN", (0, 0), (-1, -1), "TOP"),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
        ("RIGHTPADDING", (-1, 0), (-1, -1), 0),
    ]
)
_COLUMNS = ("Line", "Service", "Date", "Billed", "Allowed", "Insurer paid", "Taken off", "You owe")
_WIDTHS = [0.4 * inch, 0.75 * inch, 0.8 * inch] + [0.97 * inch] * 5


def statement_pdf(statement: Statement, words: Words) -> bytes:
    """The statement as a file."""
    out = io.BytesIO()
    page = SimpleDocTemplate(
        out,
        pagesize=letter,
        leftMargin=0.75 * inch,
        rightMargin=0.75 * inch,
        topMargin=0.75 * inch,
        bottomMargin=0.75 * inch,
        title="Statement",
        author=statement.practice_name,
        invariant=1,
    )
    story: list[Flowable] = [
        Paragraph(escape(statement.practice_name), _TITLE),
        Paragraph(f"Statement of {day(statement.made_on)}", _PLAIN),
        Spacer(1, _WINDOW_TOP - 0.75 * inch - 32.5),
        Paragraph(escape(f"{statement.first_name} {statement.last_name}"), _PLAIN),
        Spacer(1, 0.6 * inch),
        _due(statement),
        Spacer(1, 0.25 * inch),
    ]
    for claim in statement.claims:
        story += [*_claim(claim, words), Spacer(1, 0.2 * inch)]
    page.build(story, onFirstPage=_footer, onLaterPages=_footer)
    return out.getvalue()


def _due(statement: Statement) -> Flowable:
    what, amount = "Left to pay, all together", f"${money(statement.due)}"
    if statement.due < 0:
        what, amount = "Paid too much, all together: we owe you", f"${money(-statement.due)}"
    elif statement.due == 0:
        amount = "Nothing is to be paid"
    table = Table([[what, amount]], colWidths=[4.8 * inch, 2 * inch], hAlign="LEFT")
    table.setStyle(
        TableStyle(
            [
                ("FONT", (0, 0), (-1, -1), "Helvetica-Bold", 12),
                ("ALIGN", (1, 0), (1, 0), "RIGHT"),
                ("BOX", (0, 0), (-1, -1), 0.8, _LINE),
                ("TOPPADDING", (0, 0), (-1, -1), 8),
                ("BOTTOMPADDING", (0, 0), (-1, -1), 8),
            ]
        )
    )
    return table


def _claim(claim: StatementClaim, words: Words) -> list[Flowable]:
    decided = claim.decided
    days = day(claim.service_from)
    if claim.service_to != claim.service_from:
        days += f" to {day(claim.service_to)}"
    head = [
        Paragraph(escape(f"Account {claim.patient_account_number}, services of {days}"), _HEAD),
        Paragraph(escape(decided_by(decided)), _PLAIN),
        Spacer(1, 4),
    ]
    rows = [list(_COLUMNS)]
    rows += [
        [
            str(line.number),
            line.procedure,
            day(line.service_date or (claim.service_from if claim.service_from == claim.service_to else None)),
            money(line.billed),
            money(line.allowed),
            money(line.insurer_paid),
            money(line.adjusted),
            money(line.owed),
        ]
        for line in decided.lines
    ]
    rows.append(
        ["Sum", "", "", money(decided.billed), money(decided.allowed), money(decided.insurer_paid),
         money(decided.adjusted), money(decided.owed)]
    )  # fmt: skip
    numbers = Table(rows, colWidths=_WIDTHS, repeatRows=1, hAlign="LEFT")
    numbers.setStyle(_NUMBERS)
    why = [Paragraph(escape(reason), _SMALL, bulletText="\u2022") for reason in reasons(claim, words)]
    paid = f"You have paid {money(claim.patient_paid)} so far: {balance(claim.due)}."
    return [KeepTogether([*head, numbers, Spacer(1, 4)]), *why, Spacer(1, 3), Paragraph(paid, _PLAIN)]


def _footer(canvas: Canvas, page: SimpleDocTemplate) -> None:
    canvas.saveState()
    canvas.setFont("Helvetica", 8)
    canvas.setFillColor(_LINE)
    canvas.drawRightString(letter[0] - 0.75 * inch, 0.45 * inch, f"Page {page.page}")
    canvas.restoreState()
