"""A claim of an explanation of benefits: gathered from its labels and table rows, then read value by value."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import TypeVar

from documents import eob_pdf_values as values
from documents.eob_pdf_facts import BY_PLACE, Label, TableRow
from documents.eob_pdf_labels import PATIENT_SHARES
from flows.remittance import Reference, RemitAdjustment, RemitClaim, RemitLine, RemitPerson

WORKED_OUT = 0.7
TWICE = 0.3

REVERSAL = "22"
_LINE_CONTROL_NUMBER = "6R"
_ORIGINAL_CLAIM_NUMBER = "F8"

T = TypeVar("T")


@dataclass
class Doubts:
    """What was not read, in our words; and how sure each field is, by its path."""

    told: list[str] = field(default_factory=list)

    def add(self, sentence: str) -> None:
        """Tell it, once."""
        if sentence not in self.told:
            self.told.append(sentence)


@dataclass
class ClaimForm:
    """What a form shows of one claim, as texts."""

    page: int
    fields: dict[str, Label] = field(default_factory=dict)
    lines: list[TableRow] = field(default_factory=list)
    totals: list[TableRow] = field(default_factory=list)
    twice: set[str] = field(default_factory=set)
    """Fields that are shown twice and differently; the first one counts."""
    may_go_on: bool = False
    """It stands first on its page: perhaps it is the claim of the page before, named again."""

    def goes_on(self, before: "ClaimForm") -> bool:
        """Is this the same claim, named again at the head of the next page?"""
        if not self.may_go_on:
            return False
        same = [name for name, label in self.fields.items() if name in before.fields]
        if any(self.fields[name].text != before.fields[name].text for name in same):
            return False
        return len(same) == len(self.fields) or any(label.continued for label in self.fields.values())


class Reading:
    """Reads the texts of one part of a form, keeps how sure each field is, and tells what it cannot read."""

    def __init__(self, path: str, where: str, confidence: dict[str, float], doubts: Doubts) -> None:
        """`path` is that of the fields (`claims[0].`), `where` how a person is told about them (`claim 1 (page 2)`)."""
        self._path = path
        self._where = where
        self._confidence = confidence
        self._doubts = doubts

    def value(self, name: str, text: str | None, read: Callable[[str], T], sure: float) -> T | None:
        """What `read` makes of the text; None where it is not shown, or cannot be read, which is told."""
        if text is None or not text.strip():
            return None
        try:
            found = read(text)
        except ValueError:
            self.doubt(f"{name.replace('_', ' ')} was not understood")
            return None
        self.sure(name, sure)
        return found

    def sure(self, name: str, sure: float) -> None:
        """Keep how sure a field is."""
        self._confidence[f"{self._path}{name}"] = sure

    def doubt(self, what: str) -> None:
        """Tell what was not read here."""
        self._doubts.add(f"{self._where}: {what}")


def read_claim(form: ClaimForm, number: int, confidence: dict[str, float], doubts: Doubts) -> RemitClaim | None:
    """The claim, or None when it shows no charge or no payment anywhere, which is told."""
    path, where = f"claims[{number - 1}].", f"claim {number} (page {form.page})"
    reading = Reading(path, where, confidence, doubts)
    lines = tuple(
        line
        for place, row in enumerate(form.lines, start=1)
        if (
            line := _line(
                row, place, Reading(f"{path}lines[{place - 1}].", f"line {place} of {where}", confidence, doubts)
            )
        )
    )

    def shown(name: str, read: Callable[[str], T]) -> T | None:
        label = form.fields.get(name)
        return None if label is None else reading.value(name, label.text, read, label.confidence)

    amounts = {name: shown(name, values.money) for name in ("billed", "paid", "allowed", "patient_responsibility")}
    for name in ("billed", "paid"):
        if amounts[name] is None and name not in form.fields:
            amounts[name] = _in_all(name, form, lines, reading)
    billed, paid = amounts["billed"], amounts["paid"]
    if billed is None or paid is None:
        reading.doubt("shows no charge or no payment that can be read, and is left out")
        return None
    first, last = _days(form.fields, reading)
    patient = shown("patient", values.person)
    corrected = shown("corrected_name", values.person)
    found = RemitClaim(
        number=number,
        patient_account_number=shown("patient_account_number", str.strip) or "",
        status=_status(form, billed, paid, reading),
        billed=billed,
        paid=paid,
        patient_responsibility=amounts["patient_responsibility"],
        payer_claim_number=shown("payer_claim_number", str.strip),
        patient=_person(patient, shown("member_id", str.strip), "patient", reading) or RemitPerson(),
        corrected_insured=_person(corrected, shown("corrected_member_id", str.strip), "corrected_name", reading),
        rendering_provider=shown("rendering_provider", values.named),
        crossover_payer=shown("crossover_payer", values.named),
        service_from=first,
        service_to=last,
        received_date=shown("received_date", values.day),
        allowed=amounts["allowed"],
        adjustments=shown("adjustments", values.adjustments) or (),
        remark_codes=shown("remark_codes", values.remark_codes) or (),
        references=_references(_ORIGINAL_CLAIM_NUMBER, shown("original_claim_number", str.strip)),
        lines=lines,
    )
    for name in sorted(form.twice):
        reading.sure(name, TWICE)
        reading.doubt(f"{name.replace('_', ' ')} is shown twice and differently")
    return found


def _in_all(name: str, form: ClaimForm, lines: tuple[RemitLine, ...], reading: Reading) -> Decimal | None:
    """What the table's total says, else the sum of lines that were all read."""
    for row in form.totals:
        if (found := reading.value(name, row.cells.get(name), values.money, row.confidence)) is not None:
            return found
    if not lines or len(lines) != len(form.lines):
        return None
    amounts = [line.billed if name == "billed" else line.paid for line in lines]
    known = [amount for amount in amounts if amount is not None]
    if len(known) < len(amounts):
        return None
    reading.sure(name, WORKED_OUT)
    return sum(known, Decimal(0))


def _status(form: ClaimForm, billed: Decimal, paid: Decimal, reading: Reading) -> str:
    """CLP02. A charge below zero is a reversal, whatever the form calls it; what is not known is blank, and told."""
    label = form.fields.get("status")
    found = None if label is None else reading.value("status", label.text, values.claim_status, label.confidence)
    if billed < 0 and paid <= 0:
        if found is None:
            reading.sure("status", WORKED_OUT)
        elif found != REVERSAL:
            reading.doubt("the status and the sign of the charge contradict each other")
        return found or REVERSAL
    if label is None:
        reading.doubt("shows no status")
    return found or ""


def _days(fields: Mapping[str, Label], reading: Reading) -> tuple[date | None, date | None]:
    whole = fields.get("service_dates")
    both = None if whole is None else reading.value("service_from", whole.text, values.days, whole.confidence)
    if both is not None and whole is not None:
        reading.sure("service_to", whole.confidence)
        return both
    found = []
    for name in ("service_from", "service_to"):
        label = fields.get(name)
        found.append(None if label is None else reading.value(name, label.text, values.day, label.confidence))
    return found[0], found[1]


def _person(
    read: tuple[RemitPerson, bool] | None, identifier: str | None, name: str, reading: Reading
) -> RemitPerson | None:
    if read is None:
        return RemitPerson(identifier=identifier) if identifier else None
    person, surely_parted = read
    if not surely_parted:
        reading.sure(name, WORKED_OUT)
    return person.model_copy(update={"identifier": identifier})


def _references(qualifier: str, number: str | None) -> tuple[Reference, ...]:
    return (Reference(qualifier=qualifier, number=number),) if number else ()


def _line(row: TableRow, number: int, reading: Reading) -> RemitLine | None:
    cells, sure = row.cells, row.confidence
    billed = reading.value("billed", cells.get("billed"), values.money, sure)
    paid = reading.value("paid", cells.get("paid"), values.money, sure)
    if billed is None or paid is None:
        reading.doubt("shows no charge or no payment that can be read, and is left out")
        return None
    code, modifiers = reading.value("procedure", cells.get("procedure"), values.procedure, sure) or ("", ())
    more = cells.get("modifiers")
    first, last = _days({name: Label("", name, text, sure) for name, text in cells.items()}, reading)
    return RemitLine(
        number=number,
        procedure=code,
        modifiers=tuple(more.replace(",", " ").replace(";", " ").split()) if more else modifiers,
        revenue_code=cells.get("revenue_code"),
        units=reading.value("units", cells.get("units"), values.number, sure),
        service_from=first,
        service_to=last,
        billed=billed,
        paid=paid,
        allowed=reading.value("allowed", cells.get("allowed"), values.money, sure),
        adjustments=_adjustments(row, reading),
        remark_codes=reading.value("remark_codes", cells.get("remark_codes"), values.remark_codes, sure) or (),
        references=_references(_LINE_CONTROL_NUMBER, cells.get("line_control_number")),
    )


def _adjustments(row: TableRow, reading: Reading) -> tuple[RemitAdjustment, ...]:
    cells, sure = row.cells, row.confidence
    amounts = cells.get("adjustment_amounts")
    found = list(
        reading.value("adjustments", cells.get("adjustments"), lambda text: values.adjustments(text, amounts), sure)
        or ()
    )
    for name, (group, carc) in PATIENT_SHARES.items():
        amount = reading.value(name, cells.get(name), values.money, min(sure, BY_PLACE))
        # A form with both shows the same dollars twice: as an amount of its own, and among the codes.
        if amount and not any((each.group, each.carc) == (group, carc) for each in found):
            found.append(RemitAdjustment(group=group, carc=carc, amount=amount))
    return tuple(found)
