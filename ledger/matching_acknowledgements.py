"""Which of our claims did a payer acknowledge? By the account number that we sent, and the charge to the cent."""

from itertools import islice

from ledger import models
from ledger.document_files import Source
from ledger.matching_claims import claims_by_account
from ledger.unplanned import unplan_claims

_BATCH = 400


def match_acknowledgements(source: Source) -> None:
    """Match what names an account number and has no claim of ours yet; one that two claims fit is left as it is."""
    rows = models.Acknowledgement.objects.filter(document__practice_id=source.actor.practice_id, claim=None).exclude(
        account_key=""
    )
    last = 0
    while batch := list(islice(rows.filter(pk__gt=last).order_by("id")[:_BATCH], _BATCH)):
        last = batch[-1].pk
        ours = claims_by_account(source.actor.practice_id, (row.patient_account_number or "" for row in batch))
        matched = []
        for row in batch:
            fitting = [
                claim
                for claim in ours.get(row.account_key, [])
                if (row.amount_cents is None or row.amount_cents == claim.billed_cents)
                and (row.service_from is None or row.service_from <= claim.service_to)
                and (row.service_to is None or row.service_to >= claim.service_from)
            ]
            if len(fitting) == 1:
                row.claim = fitting[0]
                matched.append(row)
        models.Acknowledgement.objects.bulk_update(matched, ["claim"], _BATCH)
        unplan_claims(source.actor.practice_id, {row.claim_id for row in matched if row.claim_id is not None})
