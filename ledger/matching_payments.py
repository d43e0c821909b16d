"""Payments that change earlier ones: reversals with their corrections, takebacks; and what the portal said of them.

Both a reversal and its correction are kept; they are netted in views only (DOMAIN 2.3). A takeback stands in a later,
unrelated remittance, and is linked by its reference number or left for a person.
"""

from collections.abc import Collection, Iterable, Sequence

from django.db.models import Q, QuerySet

from flows.answers import ClaimState
from flows.questions import Flow
from ledger import models
from ledger.canonical import to_cents
from ledger.document_files import Source
from ledger.matching_keys import number_key, trace_key
from ledger.remittances_findings import portal_says_otherwise, takeback_unknown

_REVERSAL = "22"
_TAKEBACKS = ("WO", "FB")
"""Recovery of an overpayment, and a balance carried forward (PLB03-1)."""

AGREES, DIFFERS = "agrees", "differs"


def link_reversals(source: Source) -> None:
    """Link each reversal with the payment that it takes back, and each correction with its reversal."""
    leading = _leading(source)
    for row in leading.filter(status=_REVERSAL, reverses=None).order_by("id"):
        taken_back = _the_only(_taken_back_by(row, leading))
        if taken_back is not None:
            models.RemitClaim.objects.filter(pk=row.pk).update(reverses=taken_back)
    for row in leading.filter(status=_REVERSAL, corrected_by=None).order_by("id"):
        correction = _correction_of(row, leading)
        if correction is not None:
            models.RemitClaim.objects.filter(pk=correction.pk).update(corrects=row)


def _leading(source: Source) -> QuerySet[models.RemitClaim]:
    return models.RemitClaim.objects.select_related("reading__remittance").filter(
        reading__leads__practice_id=source.actor.practice_id
    )


def _same_numbers(row: models.RemitClaim) -> Q:
    """The payer's number of this claim, as its own or as the original that it names (REF F8); or our number."""
    keys = {row.payer_claim_key} - {""}
    keys |= {number_key(number) for number in row.references.filter(qualifier="F8").values_list("number", flat=True)}
    wanted = Q(payer_claim_key__in=keys) if keys else Q(pk__in=())
    return wanted | Q(account_key=row.account_key) if row.account_key else wanted


def _taken_back_by(row: models.RemitClaim, leading: QuerySet[models.RemitClaim]) -> Sequence[models.RemitClaim]:
    """Payments that this reversal may take back: the same numbers, the very opposite amounts, not later, not yet."""
    opposite = leading.filter(
        _same_numbers(row), billed_cents=-row.billed_cents, paid_cents=-row.paid_cents, reversed_by=None
    )
    when = row.reading.remittance.paid_on
    earlier = [
        one
        for one in opposite.exclude(status=_REVERSAL).exclude(pk=row.pk).order_by("id")
        if when is None or (day := one.reading.remittance.paid_on) is None or day <= when
    ]
    by_payer_number = [one for one in earlier if one.payer_claim_key and one.payer_claim_key == row.payer_claim_key]
    return by_payer_number or earlier


def _correction_of(row: models.RemitClaim, leading: QuerySet[models.RemitClaim]) -> models.RemitClaim | None:
    """The claim that was decided anew: beside the reversal and behind it, else in the next payment that has one."""
    taken_back = row.reverses_id
    anew = leading.filter(_same_numbers(row), corrects=None).exclude(status=_REVERSAL)
    if taken_back is not None:
        anew = anew.exclude(pk=taken_back)
    beside = list(anew.filter(reading=row.reading, number__gt=row.number))
    if beside:
        return _the_only(beside)
    when = row.reading.remittance.paid_on
    if taken_back is None or when is None:
        return None
    later = anew.exclude(reading=row.reading).filter(reading__remittance__paid_on__gte=when)
    return later.order_by("reading__remittance__paid_on", "id").first()


def _the_only(found: Sequence[models.RemitClaim]) -> models.RemitClaim | None:
    return found[0] if len(found) == 1 else None


def link_takebacks(source: Source, new: Collection[int] = ()) -> None:
    """Link money that was taken back with the claim or payment that its reference names.

    What a `new` remittance (by id) takes back for something unknown is work for a person.
    """
    rows = models.ProviderAdjustment.objects.select_related("reading__remittance").filter(
        reading__leads__practice_id=source.actor.practice_id,
        reason__in=_TAKEBACKS,
        about_claim=None,
        about_remittance=None,
    )
    unknown: dict[models.Remittance, list[int]] = {}
    for row in rows.order_by("id"):
        claim = _claim_meant(row, source)
        payment = None if claim is not None else _payment_meant(row, source)
        if claim is not None or payment is not None:
            models.ProviderAdjustment.objects.filter(pk=row.pk).update(about_claim=claim, about_remittance=payment)
        elif row.amount_cents > 0 and row.reading.remittance_id in new:
            unknown.setdefault(row.reading.remittance, []).append(row.number)
    for remittance, numbers in unknown.items():
        takeback_unknown(remittance, numbers, source)


def _claim_meant(row: models.ProviderAdjustment, source: Source) -> models.RemitClaim | None:
    """The decided claim that the reference names, by the payer's or our number; the reversal of it, where there is one.

    Rows of one payer claim number are one claim; of several claims none is chosen.
    """
    if not row.reference_key:
        return None
    leading = _leading(source)
    named = list(leading.filter(Q(payer_claim_key=row.reference_key) | Q(account_key=row.reference_key)).order_by("id"))
    if len({one.account_key for one in named}) != 1:
        return None
    reversals = [one for one in named if one.status == _REVERSAL]
    return (reversals or named)[-1]


def _payment_meant(row: models.ProviderAdjustment, source: Source) -> models.Remittance | None:
    """The other payment that the reference names by its trace, or that carried this very balance forward."""
    if not row.reference_key:
        return None
    others = models.Remittance.objects.filter(practice_id=source.actor.practice_id).exclude(
        pk=row.reading.remittance_id
    )
    by_trace = list(others.filter(trace_key=trace_key(row.reference))[:2])
    if len(by_trace) == 1:
        return by_trace[0]
    carried = others.filter(
        leading__provider_adjustments__reference_key=row.reference_key,
        leading__provider_adjustments__amount_cents=-row.amount_cents,
    ).distinct()[:2]
    return carried[0] if len(carried) == 1 else None


def compare_with_claim_status(source: Source, remittance_ids: Collection[int] | None = None) -> None:
    """Compare decisions with what the portal last said of the same claim and payment, to the cent.

    Only answers that name this payment's number are compared: another one is about another payment.
    """
    rows = _leading(source).filter(claim__isnull=False)
    rows = rows.filter(status_fit="") if remittance_ids is None else rows.filter(reading__remittance__in=remittance_ids)
    answers = _newest_answers(source, rows)
    differing: dict[models.Remittance, list[int]] = {}
    for row in rows.exclude(status=_REVERSAL).filter(claim__in=answers).order_by("id"):
        said = answers.get(row.claim_id or 0)
        remittance = row.reading.remittance
        if said is None or said.payment is None or trace_key(said.payment.number) != remittance.trace_key:
            continue
        fit = AGREES if _same_money(said, row, remittance) else DIFFERS
        if fit != row.status_fit:
            models.RemitClaim.objects.filter(pk=row.pk).update(status_fit=fit)
            if fit == DIFFERS:
                differing.setdefault(remittance, []).append(row.number)
    for remittance, numbers in differing.items():
        portal_says_otherwise(remittance, numbers, source)


def _newest_answers(source: Source, rows: Iterable[models.RemitClaim]) -> dict[int, ClaimState]:
    wanted = {row.claim_id for row in rows if row.claim_id is not None}
    found: dict[int, ClaimState] = {}
    numbers = sorted(wanted)
    for start in range(0, len(numbers), 400):
        newest = models.AnswerVersion.objects.filter(
            claim__in=numbers[start : start + 400], flow=Flow.CLAIM_STATUS, newest_of__isnull=False
        ).exclude(payment_number="")
        for answer in newest:
            if answer.claim_id is not None:
                found[answer.claim_id] = ClaimState.model_validate_json(answer.normalised)
    return found


def _same_money(said: ClaimState, row: models.RemitClaim, remittance: models.Remittance) -> bool:
    payment = said.payment
    # Some portals show the whole payment on a claim's page, others the part of it that is the claim's.
    amounts = {remittance.amount_cents, row.paid_cents}
    if payment is not None and payment.amount is not None and to_cents(payment.amount) not in amounts:
        return False
    return said.paid is None or to_cents(said.paid) == row.paid_cents
