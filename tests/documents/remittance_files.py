"""835 files for the tests: remittances written out as X12, and single segments put into a whole file."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

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


@dataclass(frozen=True)
class Letters:
    """What parts elements, components and segments; `after` follows each segment."""

    element: str = "*"
    component: str = ":"
    terminator: str = "~"
    after: str = ""


PLAIN = Letters()
_PAYER_NUMBERS = ("2U", "EO", "HI", "NF")
_PAYEE_NUMBERS = ("0B", "D3", "PQ", "TJ")
_PERSONS = (
    ("QC", "patient"), ("IL", "insured"), ("74", "corrected_insured"), ("82", "rendering_provider"),
    ("TT", "crossover_payer"), ("PR", "corrected_payer"),
)  # fmt: skip

Element = str | Decimal | date | None | tuple[str | None, ...]
Written = tuple[Element, ...]


def interchange(transactions: Iterable[Iterable[Written]], letters: Letters = PLAIN, version: str = "00501") -> str:
    """A whole file: ISA and GS, an ST*835 for each of these, GE and IEA."""
    guide = "005010X221A1" if version == "00501" else "004010X091A1"
    isa = ("ISA", "00", " " * 10, "00", " " * 10, "ZZ", "PAYER".ljust(15), "ZZ", "OFFICE".ljust(15), "260901", "1200")
    whole = [_segment((*isa, "^" if version == "00501" else "U", version, "000000001", "0", "P"), letters)]
    whole[0] = whole[0][: -len(letters.terminator + letters.after)] + letters.element + letters.component
    whole[0] += letters.terminator + letters.after
    whole.append(_segment(("GS", "HP", "PAYER", "OFFICE", "20260901", "1200", "1", "X", guide), letters))
    count = 0
    for count, transaction in enumerate(transactions, start=1):
        segments = [("ST", "835", f"{count:04}"), *transaction]
        segments.append(("SE", str(len(segments) + 1), f"{count:04}"))
        whole += [_segment(segment, letters) for segment in segments]
    whole += [_segment(("GE", str(count), "1"), letters), _segment(("IEA", "1", "000000001"), letters)]
    return "".join(whole)


def of_lines(text: str) -> list[Written]:
    """Segments as they stand in the test, one a line, with * and : between their parts."""
    return [
        tuple(tuple(part.split(":")) if ":" in part else part for part in line.strip().split("*"))
        for line in text.strip().splitlines()
    ]


def segments_of(remittance: Remittance) -> Iterator[Written]:
    """The remittance as the segments between ST and SE."""
    method = {Method.OTHER: "BOP"}.get(remittance.method, remittance.method.value)
    debit = remittance.amount < 0
    yield "BPR", "I", abs(remittance.amount), "D" if debit else "C", method, *[""] * 11, remittance.paid_on
    yield "TRN", "1", remittance.trace, remittance.originator
    elsewhere = _PAYER_NUMBERS + _PAYEE_NUMBERS
    yield from _references(one for one in remittance.references if one.qualifier not in elsewhere)
    yield from _date("405", remittance.production_date)
    for code, party, own in (("PR", remittance.payer, _PAYER_NUMBERS), ("PE", remittance.payee, _PAYEE_NUMBERS)):
        if party != Party():
            kind = "FI" if party.tin is not None and party.tin == party.identifier else "XX"
            yield "N1", code, party.name, kind if party.identifier else None, party.identifier
            yield from _references(one for one in remittance.references if one.qualifier in own)
    yield "LX", "1"
    for claim in remittance.claims:
        yield from _claim(claim)
    for taken in remittance.provider_adjustments:
        yield "PLB", "1234567893", taken.fiscal_year_end, (taken.reason, taken.reference), taken.amount


def written(remittances: Sequence[Remittance], letters: Letters = PLAIN) -> bytes:
    """An 835 file with these payments."""
    return interchange(map(segments_of, remittances), letters).encode()


def _claim(claim: RemitClaim) -> Iterator[Written]:
    yield (
        "CLP", claim.patient_account_number, claim.status, claim.billed, claim.paid, claim.patient_responsibility,
        claim.filing_indicator, claim.payer_claim_number, claim.facility_code, claim.frequency,
    )  # fmt: skip
    yield from _adjustments(claim.adjustments)
    for code, role in _PERSONS:
        person: RemitPerson | None = getattr(claim, role)
        if person is not None and person != RemitPerson():
            yield "NM1", code, "1", person.last_name, person.first_name, "", "", "", "MI", person.identifier
    for first in range(0, len(claim.remark_codes), 5):
        yield "MOA", "", "", *claim.remark_codes[first : first + 5]
    yield from _references(claim.references)
    for code, day in (("232", claim.service_from), ("233", claim.service_to), ("050", claim.received_date)):
        yield from _date(code, day)
    yield from _date("036", claim.coverage_ends)
    if claim.allowed is not None:
        yield "AMT", "AU", claim.allowed
    for line in claim.lines:
        yield from _line(line)


def _line(line: RemitLine) -> Iterator[Written]:
    billed_as = ("HC", line.billed_procedure) if line.billed_procedure else None
    composite = ("HC", line.procedure, *line.modifiers)
    yield "SVC", composite, line.billed, line.paid, line.revenue_code, line.units, billed_as, line.billed_units
    if line.service_from is not None and line.service_from == line.service_to:
        yield "DTM", "472", line.service_from
    else:
        yield from _date("150", line.service_from)
        yield from _date("151", line.service_to)
    yield from _adjustments(line.adjustments)
    yield from _references(line.references)
    if line.allowed is not None:
        yield "AMT", "B6", line.allowed
    for code in line.remark_codes:
        yield "LQ", "HE", code


def _adjustments(adjustments: Sequence[RemitAdjustment]) -> Iterator[Written]:
    """As few CAS as possible: up to six triples of one group in each."""
    triples: list[Element] = []
    for place, one in enumerate(adjustments):
        triples += [one.carc, one.amount, one.quantity]
        last = place + 1 == len(adjustments)
        if last or adjustments[place + 1].group != one.group or len(triples) == 18:
            yield "CAS", one.group, *triples
            triples = []


def _references(references: Iterable[Reference]) -> Iterator[Written]:
    for one in references:
        yield "REF", one.qualifier, one.number


def _date(qualifier: str, day: date | None) -> Iterator[Written]:
    if day is not None:
        yield "DTM", qualifier, day


def _segment(segment: Sequence[Element], letters: Letters) -> str:
    elements = [_element(element, letters) for element in segment]
    while elements and not elements[-1]:
        elements.pop()
    return letters.element.join(elements) + letters.terminator + letters.after


def _element(element: Element, letters: Letters) -> str:
    match element:
        case None:
            return ""
        case tuple():
            return letters.component.join(component or "" for component in element).rstrip(letters.component)
        case date():
            return element.strftime("%Y%m%d").rjust(8, "0")
        case Decimal():
            # X12 drops what says nothing: 100.00 is 100.
            shown = f"{element:f}"
            return shown.rstrip("0").rstrip(".") if "." in shown else shown
        case _:
            return element


def remittance(
    amount: str,
    claims: Sequence[RemitClaim] = (),
    *,
    trace: str = "TRACE1",
    provider_adjustments: Sequence[ProviderAdjustment] = (),
) -> Remittance:
    """A payment with these parts, balanced or not: what it says of itself is what its parts say."""
    dollars = Decimal(amount)
    balanced, unbalanced = balance(claims, provider_adjustments, dollars)
    return Remittance(
        source="835",
        method=Method.ACH,
        amount=dollars,
        paid_on=date(2026, 9, 1),
        trace=trace,
        originator="1999999999",
        payer=Party(name="PRACTICE PAYER", identifier="87000"),
        payee=Party(name="LAKESIDE FAMILY MEDICINE", identifier="1234567893"),
        production_date=date(2026, 8, 31),
        claims=tuple(claims),
        provider_adjustments=tuple(provider_adjustments),
        balance=balanced,
        unbalanced=unbalanced,
    )


def claim(
    number: int, billed: str, paid: str, *lines: RemitLine, adjustments: str = "", status: str = "1"
) -> RemitClaim:
    """A claim whose adjustments are written as "CO-45 30.00 PR-1 20.00"."""
    return RemitClaim(
        number=number,
        patient_account_number=f"ACCT-{1000 + number}",
        status=status,
        billed=Decimal(billed),
        paid=Decimal(paid),
        adjustments=reasons(adjustments),
        lines=lines,
    )


def line(number: int, billed: str, paid: str, adjustments: str = "", procedure: str = "99213") -> RemitLine:
    """A service line, its adjustments written as for a claim."""
    return RemitLine(
        number=number,
        procedure=procedure,
        billed=Decimal(billed),
        paid=Decimal(paid),
        adjustments=reasons(adjustments),
    )


def reasons(text: str) -> tuple[RemitAdjustment, ...]:
    """Adjustments from "CO-45 30.00 PR-1 20.00"."""
    words = text.split()
    return tuple(
        RemitAdjustment(group=code[:2], carc=code[3:], amount=Decimal(amount))
        for code, amount in zip(words[::2], words[1::2], strict=True)
    )
