"""A remittance as rows, and back: what a payer sent is there again to the cent, the unit and the order of its parts."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Literal, TypeVar, cast

from pydantic import TypeAdapter

from flows.remittance import (
    Balance,
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
from ledger import models
from ledger.canonical import canonical_json, to_cents, to_dollars
from ledger.errors import RecordWrong
from ledger.matching_keys import number_key

_PEOPLE = ("patient", "insured", "corrected_insured", "rendering_provider", "crossover_payer", "corrected_payer")
_BATCH = 500
_MOST_CENTS = 10**15
"""As for bills: every database can still add such amounts."""

_UNBALANCED = TypeAdapter(tuple[str, ...])
_CONFIDENCE = TypeAdapter(dict[str, float])

T = TypeVar("T")


@dataclass
class Rows:
    """A remittance's rows, made and not yet written: the reading, and everything below it in its order."""

    reading: models.RemittanceReading
    claims: list[models.RemitClaim] = field(default_factory=list)
    people: list[models.RemitPerson] = field(default_factory=list)
    lines: list[models.RemitLine] = field(default_factory=list)
    adjustments: list[models.RemitAdjustment] = field(default_factory=list)
    remarks: list[models.RemarkCode] = field(default_factory=list)
    references: list[models.RemitReference] = field(default_factory=list)
    provider_adjustments: list[models.ProviderAdjustment] = field(default_factory=list)

    def write(self) -> None:
        """Write the reading and all below it, within the caller's transaction."""
        self.reading.save(force_insert=True)
        models.RemitClaim.objects.bulk_create(self.claims, _BATCH)
        models.RemitLine.objects.bulk_create(self.lines, _BATCH)
        models.RemitPerson.objects.bulk_create(self.people, _BATCH)
        models.RemitAdjustment.objects.bulk_create(self.adjustments, _BATCH)
        models.RemarkCode.objects.bulk_create(self.remarks, _BATCH)
        models.RemitReference.objects.bulk_create(self.references, _BATCH)
        models.ProviderAdjustment.objects.bulk_create(self.provider_adjustments, _BATCH)


def header(
    said: Remittance, remittance: models.Remittance, document: models.Document, number: int, now: datetime
) -> models.RemittanceReading:
    """The reading's own row, not yet written. Raises RecordWrong for an amount that is none."""
    return models.RemittanceReading(
        remittance=remittance,
        document=document,
        number=number,
        source=said.source,
        method=said.method,
        trace=_text(said.trace),
        originator=_maybe(said.originator),
        payer_name=_maybe(said.payer.name),
        payer_identifier=_maybe(said.payer.identifier),
        payer_tin=_maybe(said.payer.tin),
        payee_name=_maybe(said.payee.name),
        payee_identifier=_maybe(said.payee.identifier),
        payee_tin=_maybe(said.payee.tin),
        amount_cents=cents(said.amount),
        paid_on=said.paid_on,
        production_date=said.production_date,
        claim_count=len(said.claims),
        line_balanced=said.balance.line,
        claim_balanced=said.balance.claim,
        transaction_balanced=said.balance.transaction,
        unbalanced=canonical_json(said.unbalanced),
        confidence=canonical_json({path: f"{share:.3f}" for path, share in said.confidence.items()}),
        kept_at=now,
    )


def rows_of(said: Remittance, reading: models.RemittanceReading) -> Rows:
    """All rows of a remittance below (and with) its reading, not yet written. Raises RecordWrong as above."""
    rows = Rows(reading)
    _references(rows, said.references)
    for claim in said.claims:
        _claim(rows, claim)
    rows.provider_adjustments = [
        models.ProviderAdjustment(
            reading=reading,
            number=number,
            reason=_text(taken.reason),
            reference=_maybe(taken.reference),
            reference_key=number_key(taken.reference),
            amount_cents=cents(taken.amount),
            fiscal_year_end=taken.fiscal_year_end,
        )
        for number, taken in enumerate(said.provider_adjustments, start=1)
    ]
    return rows


def cents(dollars: Decimal) -> int:
    """As `canonical.to_cents`, and within what every database can add. Raises RecordWrong."""
    amount = to_cents(dollars)
    if abs(amount) >= _MOST_CENTS:
        raise RecordWrong("An amount is larger than any payment. Nothing was recorded; look at it in its source.")
    return amount


def _claim(rows: Rows, claim: RemitClaim) -> None:
    row = models.RemitClaim(
        reading=rows.reading,
        number=claim.number,
        patient_account_number=_text(claim.patient_account_number),
        account_key=number_key(claim.patient_account_number),
        status=_text(claim.status),
        billed_cents=cents(claim.billed),
        paid_cents=cents(claim.paid),
        patient_responsibility_cents=_maybe_cents(claim.patient_responsibility),
        allowed_cents=_maybe_cents(claim.allowed),
        filing_indicator=_maybe(claim.filing_indicator),
        payer_claim_number=_maybe(claim.payer_claim_number),
        payer_claim_key=number_key(claim.payer_claim_number),
        facility_code=_maybe(claim.facility_code),
        frequency=_maybe(claim.frequency),
        service_from=claim.service_from,
        service_to=claim.service_to,
        received_date=claim.received_date,
        coverage_ends=claim.coverage_ends,
    )
    rows.claims.append(row)
    for role in _PEOPLE:
        person: RemitPerson | None = getattr(claim, role)
        if person is not None and (role != "patient" or person != RemitPerson()):
            rows.people.append(
                models.RemitPerson(
                    remit_claim=row,
                    role=role,
                    last_name=_maybe(person.last_name),
                    first_name=_maybe(person.first_name),
                    identifier=_maybe(person.identifier),
                )
            )
    _adjustments(rows, row, None, claim.adjustments)
    _remarks(rows, row, None, claim.remark_codes)
    _references(rows, claim.references, row)
    for line in claim.lines:
        line_row = models.RemitLine(
            remit_claim=row,
            number=line.number,
            procedure=_text(line.procedure),
            modifiers=" ".join(map(_text, line.modifiers)),
            billed_procedure=_maybe(line.billed_procedure),
            revenue_code=_maybe(line.revenue_code),
            units=_units(line.units),
            billed_units=_units(line.billed_units),
            service_from=line.service_from,
            service_to=line.service_to,
            billed_cents=_maybe_cents(line.billed),
            paid_cents=_maybe_cents(line.paid),
            allowed_cents=_maybe_cents(line.allowed),
        )
        rows.lines.append(line_row)
        _adjustments(rows, row, line_row, line.adjustments)
        _remarks(rows, row, line_row, line.remark_codes)
        _references(rows, line.references, row, line_row)


def _adjustments(
    rows: Rows, claim: models.RemitClaim, line: models.RemitLine | None, adjustments: Iterable[RemitAdjustment]
) -> None:
    rows.adjustments += [
        models.RemitAdjustment(
            remit_claim=claim,
            line=line,
            group=_text(adjustment.group),
            carc=_text(adjustment.carc),
            amount_cents=cents(adjustment.amount),
            quantity=_units(adjustment.quantity),
        )
        for adjustment in adjustments
    ]


def _remarks(rows: Rows, claim: models.RemitClaim, line: models.RemitLine | None, codes: Iterable[str]) -> None:
    rows.remarks += [models.RemarkCode(remit_claim=claim, line=line, code=_text(code)) for code in codes]


def _references(
    rows: Rows,
    references: Iterable[Reference],
    claim: models.RemitClaim | None = None,
    line: models.RemitLine | None = None,
) -> None:
    rows.references += [
        models.RemitReference(
            reading=rows.reading,
            remit_claim=claim,
            line=line,
            qualifier=_text(reference.qualifier),
            number=_text(reference.number),
        )
        for reference in references
    ]


def value_of(reading: models.RemittanceReading) -> Remittance:
    """The remittance as this reading has it; one that repeats another has that one's claims."""
    rows = reading.repeats if reading.repeats is not None else reading
    below = _Below({"remit_claim__reading": rows}, {"reading": rows})
    return Remittance(
        source=cast(Literal["835", "eob"], reading.source),
        method=Method(reading.method),
        amount=to_dollars(reading.amount_cents),
        paid_on=reading.paid_on,
        trace=reading.trace,
        originator=reading.originator,
        payer=Party(name=reading.payer_name, identifier=reading.payer_identifier, tin=reading.payer_tin),
        payee=Party(name=reading.payee_name, identifier=reading.payee_identifier, tin=reading.payee_tin),
        production_date=reading.production_date,
        references=below.references(None, None),
        claims=tuple(map(below.claim, rows.claims.order_by("number"))),
        provider_adjustments=tuple(
            ProviderAdjustment(
                reason=row.reason,
                reference=row.reference,
                amount=to_dollars(row.amount_cents),
                fiscal_year_end=row.fiscal_year_end,
            )
            for row in rows.provider_adjustments.order_by("number")
        ),
        balance=balance_of(reading),
        unbalanced=unbalanced_places(reading),
        confidence=_CONFIDENCE.validate_json(reading.confidence),
    )


def balance_of(reading: models.RemittanceReading) -> Balance:
    """Does this reading balance, as it was found when it was read?"""
    return Balance(line=reading.line_balanced, claim=reading.claim_balanced, transaction=reading.transaction_balanced)


def unbalanced_places(reading: models.RemittanceReading) -> tuple[str, ...]:
    """Where this reading does not balance, in our words without values."""
    return _UNBALANCED.validate_json(reading.unbalanced)


Place = tuple[int | None, int | None]
"""The ids of a claim and of a line in it; None for what stands above."""


def claims_of(rows: Sequence[models.RemitClaim]) -> tuple[RemitClaim, ...]:
    """These claims of any payments as values, in the order of the rows; read together, and nothing of other claims."""
    ids = [row.pk for row in rows]
    below = _Below({"remit_claim__in": ids}, {"remit_claim__in": ids})
    return tuple(map(below.claim, rows))


class _Below:
    """Everything below claims, read at once and sorted by the place where it belongs."""

    def __init__(self, claims: Mapping[str, Any], references: Mapping[str, Any]) -> None:
        """`claims` and `references` say which rows, as conditions of the database."""
        self._people: dict[int, list[models.RemitPerson]] = {}
        for person in models.RemitPerson.objects.filter(**claims).order_by("id"):
            self._people.setdefault(person.remit_claim_id, []).append(person)
        self._lines: dict[int, list[models.RemitLine]] = {}
        for line in models.RemitLine.objects.filter(**claims).order_by("number"):
            self._lines.setdefault(line.remit_claim_id, []).append(line)
        self._adjustments = _by_place(
            (
                (row.remit_claim_id, row.line_id),
                RemitAdjustment(
                    group=row.group,
                    carc=row.carc,
                    amount=to_dollars(row.amount_cents),
                    quantity=_decimal(row.quantity),
                ),
            )
            for row in models.RemitAdjustment.objects.filter(**claims).order_by("id")
        )
        self._remarks = _by_place(
            ((row.remit_claim_id, row.line_id), row.code)
            for row in models.RemarkCode.objects.filter(**claims).order_by("id")
        )
        self._references = _by_place(
            ((row.remit_claim_id, row.line_id), Reference(qualifier=row.qualifier, number=row.number))
            for row in models.RemitReference.objects.filter(**references).order_by("id")
        )

    def references(self, claim_id: int | None, line_id: int | None) -> tuple[Reference, ...]:
        return tuple(self._references.get((claim_id, line_id), ()))

    def claim(self, row: models.RemitClaim) -> RemitClaim:
        people = {
            person.role: RemitPerson(
                last_name=person.last_name, first_name=person.first_name, identifier=person.identifier
            )
            for person in self._people.get(row.pk, ())
        }
        return RemitClaim(
            number=row.number,
            patient_account_number=row.patient_account_number,
            status=row.status,
            billed=to_dollars(row.billed_cents),
            paid=to_dollars(row.paid_cents),
            patient_responsibility=_maybe_dollars(row.patient_responsibility_cents),
            filing_indicator=row.filing_indicator,
            payer_claim_number=row.payer_claim_number,
            facility_code=row.facility_code,
            frequency=row.frequency,
            patient=people.get("patient", RemitPerson()),
            insured=people.get("insured"),
            corrected_insured=people.get("corrected_insured"),
            rendering_provider=people.get("rendering_provider"),
            crossover_payer=people.get("crossover_payer"),
            corrected_payer=people.get("corrected_payer"),
            service_from=row.service_from,
            service_to=row.service_to,
            received_date=row.received_date,
            coverage_ends=row.coverage_ends,
            allowed=_maybe_dollars(row.allowed_cents),
            adjustments=tuple(self._adjustments.get((row.pk, None), ())),
            remark_codes=tuple(self._remarks.get((row.pk, None), ())),
            references=self.references(row.pk, None),
            lines=tuple(self._line(row.pk, line) for line in self._lines.get(row.pk, ())),
        )

    def _line(self, claim_id: int, row: models.RemitLine) -> RemitLine:
        return RemitLine(
            number=row.number,
            procedure=row.procedure,
            modifiers=tuple(row.modifiers.split(" ")) if row.modifiers else (),
            billed_procedure=row.billed_procedure,
            revenue_code=row.revenue_code,
            units=_decimal(row.units),
            billed_units=_decimal(row.billed_units),
            service_from=row.service_from,
            service_to=row.service_to,
            billed=_maybe_dollars(row.billed_cents),
            paid=_maybe_dollars(row.paid_cents),
            allowed=_maybe_dollars(row.allowed_cents),
            adjustments=tuple(self._adjustments.get((claim_id, row.pk), ())),
            remark_codes=tuple(self._remarks.get((claim_id, row.pk), ())),
            references=self.references(claim_id, row.pk),
        )


def _by_place(found: Iterable[tuple[Place, T]]) -> Mapping[Place, Sequence[T]]:
    by_place: dict[Place, list[T]] = {}
    for place, value in found:
        by_place.setdefault(place, []).append(value)
    return by_place


def _text(written: str) -> str:
    """NUL is no letter of any database's text."""
    return written.replace("\0", "\ufffd")


def _maybe(written: str | None) -> str | None:
    return None if written is None else _text(written)


def _maybe_cents(dollars: Decimal | None) -> int | None:
    return None if dollars is None else cents(dollars)


def _maybe_dollars(amount: int | None) -> Decimal | None:
    return None if amount is None else to_dollars(amount)


def _units(count: Decimal | None) -> str | None:
    return None if count is None else f"{count:f}"


def _decimal(written: str | None) -> Decimal | None:
    return None if written is None else Decimal(written)
