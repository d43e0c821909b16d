"""Writes payments as X12 835 files, each payer with delimiters of its own."""

import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby

from sandbox.truth.model import Adjustment, ServiceLine
from sandbox.truth.remittance import RemitClaim, RemitName, Remittance

MISTAKE = Decimal("10.00")
"""By so much a document errs whose remittance has a mistake. Dollars."""
RECEIVER = "HARBORLANE"


@dataclass(frozen=True)
class Style:
    """How one payer writes X12: its delimiters, and whether whole dollars have decimals."""

    element: str = "*"
    component: str = ":"
    repetition: str = "^"
    segment: str = "~"
    line_end: str = ""
    """What follows each terminator and means nothing."""
    short_amounts: bool = False
    """100 instead of 100.00, and 12.5 instead of 12.50, as the standard wants it and few payers do."""
    filing_indicator: str = "12"
    """CLP06: 12 preferred providers, MB Medicare Part B, MC Medicaid, CI commercial."""


STYLES = {
    "practice-multipayer": Style(component=">", line_end="\n", filing_indicator="CI"),
    "practice-national": Style(short_amounts=True),
    "practice-contractor": Style(element="|", component=">", segment="'", line_end="\r\n", filing_indicator="MB"),
    "practice-medicaid": Style(segment="\n", filing_indicator="MC"),
}

Segment = tuple[str, ...]


@dataclass(frozen=True)
class Envelope:
    """What ISA and GS say of a file: who sent it, what it holds (GS01, GS08), the day, the control number."""

    sender: str
    group: str
    version: str
    produced: date
    control: int


def interchange(remittances: Sequence[Remittance], style: Style, produced: date) -> bytes:
    """One ISA..IEA with a transaction for each payment; the same arguments give the same bytes.

    `produced` is the day in the envelope. The control number follows from the payments' numbers.
    """
    segments: list[Segment] = []
    for number, remittance in enumerate(remittances, start=1):
        body = [("ST", "835", f"{number:04d}"), *_transaction(remittance, style)]
        segments += [*body, ("SE", str(len(body) + 1), f"{number:04d}")]
    control = zlib.crc32("/".join(one.trace for one in remittances).encode()) % 1_000_000_000
    payer_id = remittances[0].payer_id
    envelope = Envelope(payer_id, "HP", "005010X221A1", produced, control)
    return enveloped(segments, style, envelope, count=len(remittances))


def enveloped(transactions: Sequence[Segment], style: Style, envelope: Envelope, *, count: int) -> bytes:
    """An X12 interchange round `count` transactions: ISA and GS before their segments, GE and IEA behind."""
    control, day = str(envelope.control), f"{envelope.produced:%Y%m%d}"
    before: Segment = (
        *("GS", envelope.group, envelope.sender, RECEIVER, day, "0600"),
        *(control, "X", envelope.version),
    )
    after: list[Segment] = [("GE", str(count), control), ("IEA", "1", f"{envelope.control:09d}")]
    segments = [_isa(style, envelope), before, *transactions, *after]
    return "".join(_written(segment, style) for segment in segments).encode("ascii")


def _isa(style: Style, envelope: Envelope) -> Segment:
    sender, receiver = f"{envelope.sender:<15}", f"{RECEIVER:<15}"
    return (
        *("ISA", "00", " " * 10, "00", " " * 10, "ZZ", sender, "ZZ", receiver),
        *(f"{envelope.produced:%y%m%d}", "0600", style.repetition, "00501"),
        *(f"{envelope.control:09d}", "0", "T", style.component),
    )


def _written(segment: Segment, style: Style) -> str:
    """The segment with its delimiters; empty elements at the end are left out."""
    elements = list(segment)
    while elements[0] != "ISA" and not elements[-1]:
        elements.pop()
    return style.element.join(elements) + style.segment + style.line_end


def _text(text: str, style: Style) -> str:
    """A name in capitals, without any sign that this payer uses as a delimiter: O'DUNMORE may become ODUNMORE."""
    delimiters = (style.element, style.component, style.repetition, style.segment)
    return "".join(letter for letter in text.upper() if letter not in delimiters)


def _amount(amount: Decimal, style: Style) -> str:
    text = f"{amount:.2f}"
    if style.short_amounts:
        text = text.rstrip("0").rstrip(".")
    return text


def _transaction(remittance: Remittance, style: Style) -> Iterator[Segment]:
    yield _financial(remittance, style)
    yield ("TRN", "1", remittance.trace, f"1{_originator(remittance)}")
    yield ("DTM", "405", f"{remittance.paid_on:%Y%m%d}")
    yield ("N1", "PR", _text(remittance.payer_name, style), "XV", remittance.payer_id)
    yield ("N3", "1 PAYER PLAZA")
    yield ("N4", "EASTHAVEN", "ZZ", "00100")
    yield ("PER", "BL", "PROVIDER SERVICES", "TE", "5550100")
    yield ("N1", "PE", _text(remittance.payee_name, style), "XX", remittance.payee_npi)
    yield ("REF", "TJ", remittance.payee_tin)
    yield ("LX", "1")
    for claim in shown_claims(remittance):
        yield from _claim(claim, style)
    year_end = f"{remittance.paid_on.year}1231"
    for one in remittance.provider_adjustments:
        reference = style.component.join((one.reason, one.reference))
        yield ("PLB", remittance.payee_npi, year_end, reference, _amount(one.amount, style))


def _originator(remittance: Remittance) -> str:
    return f"99{zlib.crc32(remittance.payer_id.encode()) % 10_000_000:07d}"


def _financial(remittance: Remittance, style: Style) -> Segment:
    """BPR: how the money comes, with made-up bank numbers."""
    handling = "H" if remittance.method == "NON" else "I"
    day = f"{remittance.paid_on:%Y%m%d}"
    amount = _amount(remittance.amount, style)
    if remittance.method != "ACH":
        return ("BPR", handling, amount, "C", remittance.method, *("",) * 11, day)
    sender = ("01", "000000019", "DA", "1000001", f"1{_originator(remittance)}", "")
    return ("BPR", handling, amount, "C", "ACH", "CCP", *sender, "01", "000000027", "DA", "2000002", day)


def shown_claims(remittance: Remittance) -> tuple[RemitClaim, ...]:
    """The claims as the payer's documents have them: the first one of a payment with a mistake errs."""
    claim, *others = remittance.claims
    if remittance.mistake == "wrong-claim":
        claim = claim.model_copy(update={"paid": claim.paid + MISTAKE})
    elif remittance.mistake == "wrong-line":
        line, *more = claim.lines
        line = line.model_copy(update={"paid": (line.paid or Decimal(0)) + MISTAKE})
        claim = claim.model_copy(update={"lines": (line, *more)})
    return (claim, *others)


def _claim(claim: RemitClaim, style: Style) -> Iterator[Segment]:
    frequency = "8" if claim.status == "22" else "7" if claim.original_claim_number else "1"
    yield (
        *("CLP", claim.patient_account_number, claim.status, _amount(claim.billed, style)),
        *(_amount(claim.paid, style), _amount(claim.patient_responsibility, style)),
        *(style.filing_indicator, claim.payer_claim_number, "11", frequency),
    )
    yield _name("QC", claim.insured, "MI", style)
    if claim.corrected_insured is not None:
        yield _name("74", claim.corrected_insured, "C", style)
    if claim.crossover_payer is not None:
        yield (
            "NM1",
            "TT",
            "2",
            _text(claim.crossover_payer.last_name, style),
            *("",) * 4,
            "PI",
            claim.crossover_payer.identifier,
        )
    if claim.original_claim_number is not None:
        yield ("REF", "F8", claim.original_claim_number)
    yield ("DTM", "232", f"{claim.service_from:%Y%m%d}")
    yield ("DTM", "233", f"{claim.service_to:%Y%m%d}")
    yield ("DTM", "050", f"{claim.received_date:%Y%m%d}")
    for line in claim.lines:
        yield from _line(line, style)


def _name(role: str, name: RemitName, qualifier: str, style: Style) -> Segment:
    last_name, first_name = _text(name.last_name, style), _text(name.first_name, style)
    return ("NM1", role, "1", last_name, first_name, "", "", "", qualifier, name.identifier)


def _line(line: ServiceLine, style: Style) -> Iterator[Segment]:
    procedure = style.component.join(("HC", line.procedure, *line.modifiers))
    paid = _amount(line.paid or Decimal(0), style)
    yield ("SVC", procedure, _amount(line.billed, style), paid, "", str(line.units))
    yield ("DTM", "472", f"{line.service_date:%Y%m%d}")
    yield from _adjustments(line.adjustments, style)
    yield ("REF", "6R", str(line.number))
    if line.allowed is not None:
        yield ("AMT", "B6", _amount(line.allowed, style))
    for code in line.remark_codes:
        yield ("LQ", "HE", code)


def _adjustments(adjustments: Iterable[Adjustment], style: Style) -> Iterator[Segment]:
    """CAS: one segment for each group code; no line here has more reasons of one group than fit in."""
    for group, same in groupby(sorted(adjustments, key=lambda one: one.group), key=lambda one: one.group):
        triples = [(one.carc, _amount(one.amount, style), "") for one in same]
        yield ("CAS", group, *(element for triple in triples for element in triple))
