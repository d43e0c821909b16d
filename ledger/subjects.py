"""What a question is about: a claim, an appointment, a period of payments or an appeal; and the question itself."""

import json
from dataclasses import dataclass
from datetime import date
from typing import assert_never

from django.db.models import Q

from flows.questions import (
    Appeal,
    AppealLevel,
    AppealReason,
    AppealStatus,
    Attachment,
    AttachmentKind,
    Claim,
    ClaimStatus,
    Contest,
    Eligibility,
    Filed,
    Flow,
    Held,
    Patient,
    Period,
    Provider,
    Question,
    Remittances,
    Service,
)
from ledger import models
from ledger.canonical import to_dollars
from ledger.states import AppealStage

_LONGEST_NUMBER = 19
"""So many digits no row's number has, and no database could look for them."""

HasSubject = models.WorkItem | models.AnswerVersion | models.Case


@dataclass(frozen=True)
class Subject:
    """The row that something is about; at most one of the four is filled, none for what is a portal's own."""

    claim_id: int | None = None
    appointment_id: int | None = None
    period_id: int | None = None
    appeal_id: int | None = None

    def columns(self) -> dict[str, int | None]:
        """For a row that is about the same."""
        return dict(vars(self))


def subject_of(row: HasSubject) -> Subject:
    """What this row is about."""
    return Subject(row.claim_id, row.appointment_id, row.period_id, row.appeal_id)


def column_of(flow: Flow) -> str:
    """The column in which the questions of this flow have what they are about."""
    match flow:
        case Flow.CLAIM_STATUS:
            return "claim"
        case Flow.ELIGIBILITY:
            return "appointment"
        case Flow.REMITTANCES:
            return "period"
        case Flow.APPEAL | Flow.APPEAL_STATUS:
            return "appeal"
        case _:
            assert_never(flow)


def joined(flow: Flow) -> str:
    """What must be read beside a row of this flow, for `select_related`: one flow has one kind of subject."""
    return {"claim": "claim__patient", "appeal": "appeal__claim__patient", "period": "period"}.get(
        column_of(flow), f"{column_of(flow)}__patient"
    )


JOINED_WITH_ANY = tuple(dict.fromkeys(joined(flow) for flow in Flow))
"""The same for rows of any flow."""


def question_of(row: models.WorkItem | models.AnswerVersion) -> Question:
    """The question that this row is about, as the office holds it now."""
    if row.claim is not None:
        return question_of_claim(row.claim)
    if row.appointment is not None:
        return question_of_appointment(row.appointment)
    if row.period is not None:
        return question_of_period(row.period)
    if row.appeal is not None:
        return question_of_appeal(row.appeal) if row.flow == Flow.APPEAL else question_of_filed(row.appeal)
    raise AssertionError("the database keeps no such row without a subject")


def question_of_claim(claim: models.Claim) -> ClaimStatus:
    """What became of this claim?"""
    return ClaimStatus(
        portal=claim.portal,
        provider=_provider(claim),
        patient=patient_of(claim.patient),
        claim=_claim(claim, claim.payer_claim_number),
    )


def question_of_appointment(appointment: models.Appointment) -> Eligibility:
    """Is this patient covered on that day?"""
    return Eligibility(
        portal=appointment.portal,
        provider=_provider(appointment),
        patient=patient_of(appointment.patient),
        service=Service(
            service_from=appointment.service_from,
            service_to=appointment.service_to,
            service_type=appointment.service_type,
        ),
        held=Held(
            plan_name=appointment.plan_name,
            group_number=appointment.group_number,
            other_payer=appointment.other_payer,
        ),
    )


def question_of_period(period: models.PaymentPeriod) -> Remittances:
    """Which payments were made in these days?"""
    return Remittances(
        portal=period.portal,
        provider=_provider(period),
        period=Period(paid_from=period.paid_from, paid_to=period.paid_to),
    )


PRESSED = (AppealStage.PRESSING, AppealStage.UNCERTAIN)
"""Stages in which nobody knows whether the payer has the appeal: only its own list may say."""


def question_of_appeal(appeal: models.Appeal) -> Appeal:
    """File this appeal; or, when it was pressed before, look for it on the portal's own list."""
    claim = appeal.claim
    return Appeal(
        portal=appeal.portal,
        provider=_provider(claim),
        patient=patient_of(claim.patient),
        claim=_claim(claim, appeal.payer_claim_number),
        contest=Contest(
            reference=appeal.reference,
            level=AppealLevel(appeal.level),
            reason=AppealReason(appeal.reason),
            lines=tuple(json.loads(appeal.lines)),
            amount=to_dollars(appeal.amount_cents),
            argument=appeal.argument,
        ),
        attachments=tuple(
            Attachment(
                kind=AttachmentKind(row.kind),
                filename=row.filename,
                content_type=row.content_type,
                sha256=row.document.sha256,
                size=row.size,
                pages=row.pages,
            )
            for row in appeal.attachments.select_related("document").order_by("place")
        ),
        pressed=appeal.stage in PRESSED,
        pressed_at=appeal.pressed_at,
    )


def question_of_filed(appeal: models.Appeal) -> AppealStatus:
    """What became of this appeal?"""
    if appeal.filed_on is None:
        raise AssertionError("only an appeal that was filed is asked about")
    claim = appeal.claim
    return AppealStatus(
        portal=appeal.portal,
        provider=_provider(claim),
        patient=patient_of(claim.patient),
        claim=_claim(claim, appeal.payer_claim_number),
        filed=Filed(
            reference=appeal.reference,
            level=AppealLevel(appeal.level),
            lines=tuple(json.loads(appeal.lines)),
            confirmation=appeal.confirmation or None,
            filed_on=appeal.filed_on,
        ),
    )


def number_of(row: HasSubject) -> str:
    """The name that the office has for it: patient account number, appointment number, a period's two days, or the
    appeal's number."""
    if row.claim is not None:
        return row.claim.patient_account_number
    if row.appointment is not None:
        return row.appointment.appointment_number
    if row.appeal_id is not None:
        return str(row.appeal_id)
    return "" if row.period is None else period_number(row.period.paid_from, row.period.paid_to)


def account_number_of(row: HasSubject) -> str:
    """As `number_of`, but an appeal goes by the patient account number of its claim: for lists of many kinds."""
    return number_of(row) if row.appeal is None else row.appeal.claim.patient_account_number


def period_number(paid_from: date, paid_to: date) -> str:
    """How a period is called in lists: `2026-10-01..2026-10-31`."""
    return f"{paid_from}..{paid_to}"


def numbered(number: str, flow: Flow) -> Q:
    """Rows of this flow that are about what the office calls so; none for a period that is written otherwise."""
    match flow:
        case Flow.CLAIM_STATUS:
            return Q(claim__patient_account_number=number)
        case Flow.ELIGIBILITY:
            return Q(appointment__appointment_number=number)
        case Flow.REMITTANCES:
            try:
                first, last = (date.fromisoformat(day) for day in number.split(".."))
            except ValueError:
                return Q(pk__in=())
            return Q(period__paid_from=first, period__paid_to=last)
        case Flow.APPEAL | Flow.APPEAL_STATUS:
            is_one = number.isascii() and number.isdecimal() and len(number) < _LONGEST_NUMBER
            return Q(appeal_id=int(number)) if is_one else Q(pk__in=())
        case _:
            assert_never(flow)


def revision_of(item: models.WorkItem) -> int:
    """Which form of the claim or appointment the office holds now, or which approval of the appeal is the newest; a
    period has only one form."""
    if item.appeal is not None:
        return item.appeal.approvals
    changing = item.claim or item.appointment
    return 1 if changing is None else changing.revision


def patient_reference(item: models.WorkItem) -> str:
    """The keyed hash that stands for the patient in the audit log; "" for what is no patient's."""
    of_a_patient = item.claim or item.appointment or (item.appeal.claim if item.appeal is not None else None)
    return "" if of_a_patient is None else of_a_patient.patient.reference


def _provider(row: models.Claim | models.Appointment | models.PaymentPeriod) -> Provider:
    return Provider(tin=row.provider_tin, npi=row.provider_npi)


def _claim(row: models.Claim, payer_claim_number: str | None) -> Claim:
    return Claim(
        patient_account_number=row.patient_account_number,
        payer_claim_number=payer_claim_number,
        service_from=row.service_from,
        service_to=row.service_to,
        billed=to_dollars(row.billed_cents),
        first_procedure=row.first_procedure,
    )


def patient_of(row: models.Patient) -> Patient:
    """The row as a value. For the ledger's own functions."""
    return Patient(
        member_id=row.member_id, last_name=row.last_name, first_name=row.first_name, birth_date=row.birth_date
    )
