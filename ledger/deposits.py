"""Deposits: what came to the bank, by its own list; the same list twice, or two lists that overlap, change nothing."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from django.db import transaction

from flows.deposits import Deposit
from ledger import audit, matching, models
from ledger.canonical import canonical_json
from ledger.document_files import Source
from ledger.errors import RecordWrong
from ledger.imports import ImportResult, Keep, RejectedRow
from ledger.matching_keys import trace_key
from ledger.remittances_rows import cents

_BATCH = 400


def keep(deposits: Iterable[Deposit], source: Source, *, keep: Keep = lambda _: True) -> ImportResult:
    """Bring deposits in, all or none, and match them with payments.

    Two that are equal in everything are two where one list has both; a list that comes again brings nothing new.
    `keep` is asked at the end, when nothing is final yet.
    """
    created = unchanged = 0
    rejected: list[RejectedRow] = []
    seen: Counter[str] = Counter()
    with transaction.atomic():
        models.Practice.objects.select_for_update(no_key=True).get(pk=source.actor.practice_id)
        for batch in _batches(deposits):
            rows: list[models.Deposit] = []
            for place, deposit in batch:
                try:
                    rows.append(_row(deposit, source, seen))
                except RecordWrong as wrong:
                    rejected.append(RejectedRow(place, str(wrong)))
            known = set(
                models.Deposit.objects.filter(
                    practice_id=source.actor.practice_id, digest__in=[row.digest for row in rows]
                ).values_list("digest", "occurrence")
            )
            new = [row for row in rows if (row.digest, row.occurrence) not in known]
            models.Deposit.objects.bulk_create(new)
            created += len(new)
            unchanged += len(rows) - len(new)
        result = ImportResult(created, 0, unchanged, tuple(rejected))
        if keep(result):
            matching.settle_deposits(source)
            audit.append(
                source.actor, "deposits.import", "deposits", source.now.isoformat(), source.now,
                result=f"{created} new, {unchanged} as before, {len(rejected)} rejected",
            )  # fmt: skip
        else:
            transaction.set_rollback(True)
    return result


def matched(practice_id: int) -> tuple[int, int]:
    """How many deposits of the practice belong to a payment, and how many there are."""
    rows = models.Deposit.objects.filter(practice_id=practice_id)
    return rows.filter(remittance__isnull=False).count(), rows.count()


def _row(deposit: Deposit, source: Source, seen: "Counter[str]") -> models.Deposit:
    digest = hashlib.sha256(canonical_json(deposit.model_dump(mode="json")).encode()).hexdigest()
    amount = cents(deposit.amount)
    seen[digest] += 1
    return models.Deposit(
        practice_id=source.actor.practice_id,
        deposited_on=deposit.deposited_on,
        amount_cents=amount,
        trace=deposit.trace,
        trace_key=trace_key(deposit.trace),
        payer=deposit.payer,
        reference=deposit.reference,
        digest=digest,
        occurrence=seen[digest],
        imported_at=source.now,
        account_id=source.actor.account_id,
    )


def _batches(deposits: Iterable[Deposit]) -> Iterator[list[tuple[int, Deposit]]]:
    numbered = enumerate(deposits, start=1)
    while batch := list(islice(numbered, _BATCH)):
        yield batch
