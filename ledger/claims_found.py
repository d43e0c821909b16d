"""Search: claims and visits by a number, a member id or a name, each found by an index; and whose each of them is."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum

from django.db.models import BooleanField, F, QuerySet, TextField
from django.db.models.expressions import RawSQL

from flows.outcomes import Ending
from flows.questions import ClaimStatus, Eligibility, Flow, Patient
from flows.values import Frozen
from ledger import models
from ledger.canonical import to_dollars
from ledger.errors import NotThere
from ledger.matching_keys import number_key
from ledger.models.answers import SEARCHED_LETTERS
from ledger.portals import portals_asked
from ledger.states import ItemState
from ledger.subjects import patient_of, question_of_appointment, question_of_claim

MOST = 100
"""So many claims, and so many visits, are shown of what a search finds."""


class By(StrEnum):
    """What is searched by."""

    ACCOUNT = "account-number"
    PAYER = "payer-number"
    MEMBER = "member-id"
    NAME = "name"
    APPOINTMENT = "appointment-number"


class Sought(Frozen):
    """What somebody typed. `text` is a whole number, id or last name; `first_name` may be its beginning."""

    by: By
    text: str
    first_name: str = ""
    birth_date: date | None = None


class Found(Frozen):
    """Rows that fit, newest service first, at most `MOST` of each. `more`: there are others; ask more exactly."""

    claims: tuple[int, ...] = ()
    visits: tuple[int, ...] = ()
    more: bool = False


class ClaimLine(Frozen):
    """A claim in a list, with what its payer said last. Amounts in dollars; `paid` None: nothing is known of it."""

    claim_id: int
    patient_id: int
    portal: str
    number: str
    patient: Patient
    service_from: date
    service_to: date
    billed: Decimal
    state: ItemState
    category: str
    portal_text: str
    paid: Decimal | None


class VisitLine(Frozen):
    """A visit in a list, with the coverage that the payer told of last; "" where nothing is known."""

    appointment_id: int
    patient_id: int
    portal: str
    number: str
    patient: Patient
    service_from: date
    service_type: str
    state: ItemState
    coverage: str
    portal_text: str


class ClaimHead(Frozen):
    """Which claim it is and whose. `patient_reference` is the keyed hash that stands for the patient in the audit."""

    claim_id: int
    patient_id: int
    patient_reference: str
    question: ClaimStatus


class VisitHead(Frozen):
    """The same of a visit; `number` is the office's own."""

    appointment_id: int
    patient_id: int
    patient_reference: str
    number: str
    question: Eligibility


class PatientHead(Frozen):
    """A person. `rows` are all rows of the same names and birth date: a corrected member id makes another row."""

    patient_id: int
    reference: str
    patient: Patient
    rows: tuple[int, ...]


def search(practice_id: int, sought: Sought) -> Found:
    """What fits, of this practice; nothing for a blank text."""
    text = sought.text.strip()
    if not text or "\0" in text + sought.first_name:
        return Found()
    match sought.by:
        case By.ACCOUNT:
            return _found(
                _claims(practice_id).filter(
                    portal__in=portals_asked(practice_id), patient_account_number__in=_written(text)
                ),
                (),
            )
        case By.APPOINTMENT:
            return _found(
                (),
                _visits(practice_id).filter(
                    portal__in=portals_asked(practice_id), appointment_number__in=_written(text)
                ),
            )
        case By.PAYER:
            return _found(_claims(practice_id).filter(pk__in=_of_payer_number(practice_id, text)), ())
        case By.MEMBER:
            people = models.Patient.objects.filter(practice_id=practice_id, member_id__in=_written(text))
        case By.NAME:
            people = models.Patient.objects.filter(practice_id=practice_id, last_name__in=_written(text))
            if sought.first_name.strip():
                people = people.filter(first_name__istartswith=sought.first_name.strip())
            if sought.birth_date is not None:
                people = people.filter(birth_date=sought.birth_date)
    # In no order: SQLite would go through another index for the sake of it.
    ids = list(people.order_by().values_list("id", flat=True)[: MOST + 1])
    found = _of_people(ids)
    return found.model_copy(update={"more": found.more or len(ids) > MOST})


def claim_lines(practice_id: int, claim_ids: Sequence[int]) -> tuple[ClaimLine, ...]:
    """These claims of the practice, in this order; what is not there, or another practice's, is left out."""
    rows = models.Claim.objects.select_related("patient").filter(practice_id=practice_id, pk__in=claim_ids)
    claims = {row.pk: row for row in rows}
    items = models.WorkItem.objects.select_related("answer").filter(claim__in=list(claims), flow=Flow.CLAIM_STATUS)
    by_claim = {item.claim_id: item for item in items}
    return tuple(_claim_line(claims[one], by_claim.get(one)) for one in claim_ids if one in claims)


def visit_lines(practice_id: int, appointment_ids: Sequence[int]) -> tuple[VisitLine, ...]:
    """The same of visits."""
    rows = models.Appointment.objects.select_related("patient").filter(practice_id=practice_id, pk__in=appointment_ids)
    visits = {row.pk: row for row in rows}
    # Written out: the index has only the rows that have one.
    has_one = RawSQL("ledger_workitem.appointment_id IS NOT NULL", (), output_field=BooleanField())
    items = models.WorkItem.objects.select_related("answer").filter(has_one, appointment__in=list(visits))
    by_visit = {item.appointment_id: item for item in items}
    return tuple(_visit_line(visits[one], by_visit.get(one)) for one in appointment_ids if one in visits)


def claim(practice_id: int, claim_id: int) -> ClaimHead:
    """Raises NotThere, for another practice's too."""
    row = models.Claim.objects.select_related("patient").filter(practice_id=practice_id, pk=claim_id).first()
    if row is None:
        raise NotThere("such claim")
    return ClaimHead(
        claim_id=row.pk,
        patient_id=row.patient_id,
        patient_reference=row.patient.reference,
        question=question_of_claim(row),
    )


def visit(practice_id: int, appointment_id: int) -> VisitHead:
    """Raises NotThere, for another practice's too."""
    rows = models.Appointment.objects.select_related("patient").filter(practice_id=practice_id, pk=appointment_id)
    row = rows.first()
    if row is None:
        raise NotThere("such visit")
    return VisitHead(
        appointment_id=row.pk,
        patient_id=row.patient_id,
        patient_reference=row.patient.reference,
        number=row.appointment_number,
        question=question_of_appointment(row),
    )


def patient(practice_id: int, patient_id: int) -> PatientHead:
    """Raises NotThere, for another practice's too."""
    row = models.Patient.objects.filter(practice_id=practice_id, pk=patient_id).first()
    if row is None:
        raise NotThere("such patient")
    same = models.Patient.objects.filter(
        practice_id=practice_id,
        last_name__in=_written(row.last_name),
        first_name__iexact=row.first_name,
        birth_date=row.birth_date,
    )
    # In no order: SQLite would go through another index for the sake of it.
    rows = sorted(same.order_by().values_list("id", flat=True)[:MOST])
    return PatientHead(patient_id=row.pk, reference=row.reference, patient=patient_of(row), rows=tuple(rows))


def of_patient(practice_id: int, person: PatientHead) -> Found:
    """Every claim and visit of this person, as `search` gives them."""
    rows = models.Patient.objects.filter(practice_id=practice_id, pk__in=person.rows)
    return _of_people(list(rows.values_list("id", flat=True)))


def _of_people(patient_ids: Sequence[int]) -> Found:
    """Of patients of one practice. It is not named again: SQLite would rather go through all that the practice has."""
    claims = models.Claim.objects.filter(patient_id__in=patient_ids)
    return _found(claims, models.Appointment.objects.filter(patient_id__in=patient_ids))


def _written(text: str) -> tuple[str, ...]:
    """As somebody may have written it elsewhere: an index finds only what is written alike."""
    bare = "".join(letter for letter in text if letter.isalnum())
    return tuple(dict.fromkeys((text, text.upper(), text.title(), text.capitalize(), text.lower(), bare, bare.upper())))


def _claims(practice_id: int) -> QuerySet[models.Claim]:
    return models.Claim.objects.filter(practice_id=practice_id)


def _visits(practice_id: int) -> QuerySet[models.Appointment]:
    return models.Appointment.objects.filter(practice_id=practice_id)


def _found(claims: QuerySet[models.Claim] | tuple[()], visits: QuerySet[models.Appointment] | tuple[()]) -> Found:
    claim_ids = _newest(claims) if isinstance(claims, QuerySet) else []
    visit_ids = _newest(visits) if isinstance(visits, QuerySet) else []
    return Found(
        claims=tuple(claim_ids[:MOST]), visits=tuple(visit_ids[:MOST]), more=max(len(claim_ids), len(visit_ids)) > MOST
    )


def _newest(rows: QuerySet[models.Claim] | QuerySet[models.Appointment]) -> list[int]:
    return list(rows.order_by("-service_from", "-id").values_list("id", flat=True)[: MOST + 1])


def _of_payer_number(practice_id: int, text: str) -> set[int]:
    """Claims that have this number by the import, by what a portal said, in a remittance, or in an appeal."""
    written, key = _written(text), number_key(text)
    sent = _claims(practice_id).filter(payer_claim_number__in=written)
    # Written out as the index has it (SEARCHED_LETTERS); what is longer is compared after.
    begins = RawSQL("substr(ledger_answerversion.payer_claim_number, 1, 60)", (), output_field=TextField())
    said = models.AnswerVersion.objects.alias(begins=begins).filter(
        begins__in=[one[:SEARCHED_LETTERS] for one in written],
        claim__practice_id=practice_id,
        payer_claim_number__in=written,
    )
    remitted = models.RemitClaim.objects.filter(payer_claim_key=key, claim__practice_id=practice_id)
    appealed = models.Appeal.objects.alias(of_practice=F("practice_id") + 0).filter(
        payer_claim_key=key, of_practice=practice_id
    )
    found: set[int] = set(sent.values_list("id", flat=True)[: MOST + 1])
    if key:
        for ids in (said, remitted, appealed):
            found |= _claim_ids(ids.values_list("claim_id", flat=True)[: MOST + 1])
    return found


def _claim_ids(ids: Iterable[int | None]) -> set[int]:
    return {one for one in ids if one is not None}


def _claim_line(row: models.Claim, item: models.WorkItem | None) -> ClaimLine:
    answer = item.answer if item is not None else None
    return ClaimLine(
        claim_id=row.pk,
        patient_id=row.patient_id,
        portal=row.portal,
        number=row.patient_account_number,
        patient=patient_of(row.patient),
        service_from=row.service_from,
        service_to=row.service_to,
        billed=to_dollars(row.billed_cents),
        state=ItemState(item.state) if item is not None else ItemState.DONE,
        category=answer.category if answer is not None else "",
        portal_text=_said(answer),
        paid=None if answer is None or answer.paid_cents is None else to_dollars(answer.paid_cents),
    )


def _visit_line(row: models.Appointment, item: models.WorkItem | None) -> VisitLine:
    answer = item.answer if item is not None else None
    return VisitLine(
        appointment_id=row.pk,
        patient_id=row.patient_id,
        portal=row.portal,
        number=row.appointment_number,
        patient=patient_of(row.patient),
        service_from=row.service_from,
        service_type=row.service_type,
        state=ItemState(item.state) if item is not None else ItemState.DONE,
        coverage=answer.coverage_status if answer is not None else "",
        portal_text=_said(answer),
    )


def _said(answer: models.AnswerVersion | None) -> str:
    """What the portal showed, or that it did not know of it."""
    if answer is None:
        return ""
    return answer.portal_text or ("not found" if answer.ending == Ending.NEGATIVE else "")
