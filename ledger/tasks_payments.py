"""Which tasks payments bear on: of the claims that they decide, and of the money that they take back."""

from collections.abc import Collection

from ledger import models
from ledger.document_files import Source
from ledger.tasks import OPEN, follow_claims, follow_remittances
from ledger.unplanned import unplan_claims

_BATCH = 400


def follow_payments(remittance_ids: Collection[int], source: Source) -> None:
    """Bring up to date what these payments bear on, within the transaction that brought or matched them.

    Takebacks of earlier payments count too: what they were for may have come with these.
    """
    if not remittance_ids:
        return
    ids = sorted(remittance_ids)
    for start in range(0, len(ids), _BATCH):
        decided = models.RemitClaim.objects.filter(reading__leads__in=ids[start : start + _BATCH], claim__isnull=False)
        claim_ids = set(decided.values_list("claim_id", flat=True)) - {None}
        follow_claims(claim_ids, source.actor, source.now)
        unplan_claims(source.actor.practice_id, claim_ids)
    earlier = models.Task.objects.filter(
        practice_id=source.actor.practice_id, state=OPEN, remittance__isnull=False
    ).values_list("remittance_id", flat=True)
    follow_remittances({*remittance_ids, *earlier}, source.actor, source.now)


def follow_acknowledged(document: models.Document, source: Source) -> None:
    """Bring the claims up to date that this document acknowledges: the not-found ladder asks for an acceptance."""
    acknowledged = models.Acknowledgement.objects.filter(document=document, claim__isnull=False)
    follow_claims(set(acknowledged.values_list("claim_id", flat=True)), source.actor, source.now)
