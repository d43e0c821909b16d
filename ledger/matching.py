"""Who belongs to whom: payments to claims, deposits and takebacks, acknowledgements to claims; done again at any time.

What is matched stays matched. What is open is looked at again whenever something new comes: a remittance, a deposit, a
work list. Two that fit are never chosen between: a person does that.
"""

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from ledger import models
from ledger.accounts import Actor
from ledger.document_files import Source
from ledger.matching_acknowledgements import match_acknowledgements
from ledger.matching_claims import match_claims
from ledger.matching_deposits import match_deposits
from ledger.matching_payments import compare_with_claim_status, link_reversals, link_takebacks
from ledger.tasks_payments import follow_payments


def settle(actor: Actor, now: datetime) -> None:
    """Match all that is open in the actor's practice: after an import of claims, deposits or acknowledgements."""
    source = Source(actor=actor, now=now)
    with transaction.atomic():
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        matched = match_claims(source)
        link_reversals(source)
        link_takebacks(source)
        compare_with_claim_status(source)
        match_deposits(source)
        match_acknowledgements(source)
        follow_payments(matched, source)


def settle_remittances(remittance_ids: Collection[int], source: Source) -> None:
    """Match remittances that have just come, within the transaction that brought them."""
    matched = match_claims(source, remittance_ids)
    link_reversals(source)
    link_takebacks(source, remittance_ids)
    compare_with_claim_status(source, remittance_ids)
    match_deposits(source)
    follow_payments({*remittance_ids, *matched}, source)


def settle_acknowledgements(source: Source) -> None:
    """Match acknowledgements, within the transaction that brought them."""
    match_acknowledgements(source)


def settle_deposits(source: Source) -> None:
    """Match deposits, within the transaction that brought them."""
    match_deposits(source)
