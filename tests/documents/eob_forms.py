"""Explanations of benefits as payers print them, in unlike forms, made of remittances, for the tests of reading."""

import io
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from decimal import Decimal

from reportlab.lib.pagesizes import LETTER
from reportlab.lib.styles import getSampleStyleSheet
from reportlab.pdfgen.canvas import Canvas
from reportlab.platypus import Flowable, PageBreak, Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

from documents.balance import balance
from flows.remittance import (
    Method,
    Party,
    ProviderAdjustment,
    Reference,
    RemitAdjustment,
    RemitClaim,
    RemitLine,
    RemitPerson,
    Remittance,
)

GRID = TableStyle(
    [
        ("GRID", (0, 0), (-1, -1), 0.5, "black"),
        ("FONTSIZE", (0, 0), (-1, -1), 7),
        ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
    ]
)


def dollars(text: str) -> Decimal:
    return Decimal(text)


def line(number: int, procedure: str, billed: str, *adjustments: tuple[str, str, str], **more: object) -> RemitLine:
    """A line that balances."""
    taken = tuple(
        RemitAdjustment(group=group, carc=carc, amount=dollars(amount)) for group, carc, amount in adjustments
    )
    paid = dollars(billed) - sum((each.amount for each in taken), Decimal(0))
    return RemitLine(
        number=number,
        procedure=procedure,
        modifiers=("25",) if procedure == "99213" else (),
        units=Decimal(1),
        service_from=date(2026, 9, 1),
        service_to=date(2026, 9, 1),
        billed=dollars(billed),
        paid=paid,
        allowed=paid,
        adjustments=taken,
        **more,  # type: ignore[arg-type] # a test names what it adds
    )


def claim(number: int, *lines: RemitLine, status: str = "1", account: str | None = None) -> RemitClaim:
    """A claim that balances, made of its lines."""
    return RemitClaim(
        number=number,
        patient_account_number=account or f"ACCT-{number:04}",
        status=status,
        billed=sum((each.billed or Decimal(0) for each in lines), Decimal(0)),
        paid=sum((each.paid or Decimal(0) for each in lines), Decimal(0)),
        patient_responsibility=sum(
            (taken.amount for each in lines for taken in each.adjustments if taken.group == "PR"), Decimal("0.00")
        ),
        payer_claim_number=f"2026{number:07}",
        patient=RemitPerson(last_name="OCANARY", first_name=f"ZEPH {chr(64 + number)}", identifier=f"QZX{number:06}"),
        service_from=date(2026, 9, 1),
        service_to=date(2026, 9, 1),
        allowed=sum((each.paid or Decimal(0) for each in lines), Decimal(0)),
        lines=lines,
    )


def payment(*claims: RemitClaim, taken: Sequence[tuple[str, str, str]] = (), trace: str = "EFT0090001") -> Remittance:
    """A payment of these claims that balances."""
    adjustments = tuple(
        ProviderAdjustment(reason=reason, reference=reference, amount=dollars(amount))
        for reason, reference, amount in taken
    )
    amount = sum((each.paid for each in claims), Decimal(0)) - sum((each.amount for each in adjustments), Decimal(0))
    found, unbalanced = balance(claims, adjustments, amount)
    return Remittance(
        source="eob",
        method=Method.ACH,
        amount=amount,
        paid_on=date(2026, 9, 20),
        trace=trace,
        payer=Party(name="Northfield Mutual"),
        payee=Party(name="Lakeside Practice", identifier="1234567893", tin="123456789"),
        claims=claims,
        provider_adjustments=adjustments,
        balance=found,
        unbalanced=unbalanced,
    )


def plain_payment(claims: int = 2) -> Remittance:
    """Visits with a contractual write-off and a co-payment, one denied line, and interest."""
    return payment(
        *(
            claim(
                number,
                line(1, "99213", "150.00", ("CO", "45", "30.00"), ("PR", "3", "20.00"), remark_codes=("N130",)),
                line(2, "36415", "1,015.25".replace(",", ""), ("CO", "97", "1015.25")),
            )
            for number in range(1, claims + 1)
        ),
        taken=[("L6", "2026-INT", "-1.37"), ("WO", "20250000077", "12.00")],
    )


def labelled(remittance: Remittance, *, continued: bool = False) -> bytes:
    """Labels with colons, tables drawn with lines, adjustments below each other in a cell, the head on each page."""
    small = getSampleStyleSheet()["BodyText"]
    story: list[Flowable] = []
    for each in remittance.claims:
        story += [Paragraph(f"<b>{text}</b>", small) for text in _claim_labels(each)]
        rows = [["Line", "Procedure", "Mod", "Date", "Units", "Billed", "Allowed", "Adjustments", "Remarks", "Paid"]]
        rows += [_cells(one, "\n") for one in each.lines]
        story += [Table(rows, style=GRID, repeatRows=1), Spacer(1, 8)]
        if continued:
            story.append(PageBreak())
    if remittance.provider_adjustments:
        story.append(Paragraph("Provider adjustments", small))
        rows = [["Reason", "Reference", "Amount"]]
        rows += [[one.reason, one.reference or "", _money(one.amount)] for one in remittance.provider_adjustments]
        story.append(Table(rows, style=GRID))
    for name in () if continued else ("billed", "paid"):
        total = sum((getattr(each, name) for each in remittance.claims), Decimal(0))
        story.append(Paragraph(f"Total {name}: {_money(total)}", small))

    def head(canvas: Canvas, _: object) -> None:
        canvas.setFont("Helvetica", 9)
        for place, text in enumerate(_head(remittance)):
            canvas.drawString(60, 760 - 12 * place, text)

    return _built(story, head)


def spaced(remittance: Remittance) -> bytes:
    """No colons and no lines: labels left of their values, tables by their places, the adjustments in two columns."""
    canvas, out = _canvas()
    height = _written(canvas, 750, [
        ("EXPLANATION OF BENEFITS",), ("Payer Name", remittance.payer.name), ("Pay To", remittance.payee.name),
        ("Provider NPI", remittance.payee.identifier), ("Check No.", remittance.trace),
        ("Check Date", "September 20, 2026"), ("Check Amt", _money(remittance.amount, sign="$")),
        ("Payment Method", "EFT"),
    ], (60, 220))  # fmt: skip
    for each in remittance.claims:
        height = _written(canvas, height - 10, [
            ("Patient Name", _name(each), "Claim No.", each.payer_claim_number),
            ("Acct No.", each.patient_account_number, "Member ID", each.patient.identifier),
            ("Claim Status", STATUS_WORDS[each.status], "Patient Owes", _money(each.patient_responsibility)),
        ], (60, 170, 330, 430))  # fmt: skip
        places = (60, 110, 160, 230, 290, 350, 410, 480, 540)
        height = _written(canvas, height - 4, [
            ("Service", "Proc", "", "Amount", "Amount", "Reason", "Adj", "Remark", "Amount"),
            ("Date", "Code", "Mods", "Billed", "Allowed", "Code", "Amount", "Code", "Paid"),
        ], places)  # fmt: skip
        for one in each.lines:
            height = _written(canvas, height, [(
                "09/01/2026", one.procedure, " ".join(one.modifiers), _money(one.billed), _money(one.allowed),
                " ".join(f"{taken.group}-{taken.carc}" for taken in one.adjustments[:1]),
                " ".join(_money(taken.amount) for taken in one.adjustments[:1]),
                " ".join(one.remark_codes), _money(one.paid),
            )], places)  # fmt: skip
            for taken in one.adjustments[1:]:
                more = ("", "", "", "", "", f"{taken.group}-{taken.carc}", _money(taken.amount))
                height = _written(canvas, height, [more], places)
        height = _written(
            canvas, height, [("Claim total", "", "", _money(each.billed), "", "", "", "", _money(each.paid))], places
        )
        if height < 200:
            canvas.showPage()
            height = 750
    if remittance.provider_adjustments:
        height = _written(canvas, height - 10, [("Provider Level Adjustments",)], (60,))
        height = _written(canvas, height, [("Adjustment Reason", "Reference No.", "Amount")], (60, 220, 400))
        for adjustment in remittance.provider_adjustments:
            words = {"L6": "Interest", "WO": "Overpayment recovery"}[adjustment.reason]
            # This payer shows what it takes away as negative.
            shown = (words, adjustment.reference, _money(-adjustment.amount))
            height = _written(canvas, height, [shown], (60, 220, 400))
    canvas.save()
    return out.getvalue()


def claim_rows(remittance: Remittance) -> bytes:
    """A claim a row, without service lines; the payment's labels stand above their values."""
    story: list[Flowable] = [
        Table(
            [
                ["Check Number", "Check Date", "Check Amount", "Payer"],
                [remittance.trace, "2026-09-20", _money(remittance.amount), remittance.payer.name],
            ],
            colWidths=130,
        ),
        Spacer(1, 12),
        Table(
            [
                ["Patient", "Account", "ICN", "Status", "Charges", "Allowed", "Adjustments", "Pt Resp", "Paid"],
                *(
                    [
                        _name(each),
                        each.patient_account_number,
                        each.payer_claim_number,
                        each.status,
                        _money(each.billed),
                        _money(each.allowed),
                        "\n".join(_taken(each.adjustments)),
                        _money(each.patient_responsibility),
                        _money(each.paid),
                    ]
                    for each in remittance.claims
                ),
            ],
            style=GRID,
        ),
    ]
    return _built(story, lambda canvas, document: None)


STATUS_WORDS = {
    "1": "Processed as Primary",
    "2": "Processed as Secondary",
    "4": "Denied",
    "22": "Reversal of Previous Payment",
}


def _name(claim: RemitClaim) -> str:
    return f"{claim.patient.last_name}, {claim.patient.first_name}"


def _claim_labels(claim: RemitClaim) -> list[str]:
    original = [one.number for one in claim.references if one.qualifier == "F8"]
    return [
        f"Patient: {_name(claim)}",
        f"Member ID: {claim.patient.identifier} &nbsp;&nbsp;&nbsp;&nbsp;&nbsp; Account number: "
        f"{claim.patient_account_number}",
        f"Claim number: {claim.payer_claim_number}",
        *(f"Original claim number: {number}" for number in original),
        f"Claim status: {STATUS_WORDS.get(claim.status, claim.status)}",
        "Service dates: 09/01/2026 - 09/01/2026",
        f"Billed: {_money(claim.billed)} Allowed: {_money(claim.allowed)} Paid: {_money(claim.paid)}",
        f"Patient responsibility: {_money(claim.patient_responsibility)}",
        *(["Claim adjustments: " + "; ".join(_taken(claim.adjustments))] if claim.adjustments else []),
    ]


def _head(remittance: Remittance) -> list[str]:
    return [
        "EXPLANATION OF PAYMENT",
        f"Payer: {remittance.payer.name}      Payee: {remittance.payee.name}",
        f"Payee NPI: {remittance.payee.identifier}      Tax ID: 12-3456789",
        f"Payment method: {'EFT' if remittance.method is Method.ACH else 'Non-payment'}",
        f"Payment number: {remittance.trace}      Payment date: 09/20/2026",
        f"Payment amount: {_money(remittance.amount, sign='$')}",
    ]


def _cells(line: RemitLine, between: str) -> list[str]:
    return [
        str(line.number),
        line.procedure,
        ", ".join(line.modifiers),
        "09/01/2026",
        str(line.units),
        _money(line.billed),
        _money(line.allowed),
        between.join(_taken(line.adjustments)),
        ", ".join(line.remark_codes),
        _money(line.paid),
    ]


def _taken(adjustments: Iterable[RemitAdjustment]) -> list[str]:
    return [f"{each.group}-{each.carc} {_money(each.amount)}" for each in adjustments]


def _money(amount: Decimal | None, sign: str = "") -> str:
    return "" if amount is None else f"{'-' if amount < 0 else ''}{sign}{abs(amount):,.2f}"


def _built(story: list[Flowable], head: Callable[[Canvas, object], None]) -> bytes:
    out = io.BytesIO()
    document = SimpleDocTemplate(out, pagesize=LETTER, topMargin=120, invariant=1)
    document.build(story, onFirstPage=head, onLaterPages=head)
    return out.getvalue()


def _canvas() -> tuple[Canvas, io.BytesIO]:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=LETTER, invariant=1)
    canvas.setFont("Helvetica", 8)
    return canvas, out


def _written(canvas: Canvas, height: float, rows: Iterable[Sequence[str | None]], places: Sequence[float]) -> float:
    for row in rows:
        height -= 12
        canvas.setFont("Helvetica", 8)
        for place, text in zip(places, row, strict=False):
            if text:
                canvas.drawString(place, height, text)
    return height


def with_original(claim: RemitClaim, number: str) -> RemitClaim:
    """The claim with the number of the one that it replaces or takes back."""
    return claim.model_copy(update={"references": (Reference(qualifier="F8", number=number),)})
