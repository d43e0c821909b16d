"""Remittances come into the ledger: each payment once, however often and in however many forms its papers come.

An 835 and an EOB of one payment are two readings of one remittance; so are two copies of an 835. They are told to be of
one payment by trace, amount and payer. The first copy leads, an 835 before an EOB; what contradicts it opens a case.
What does not balance is kept too, and is never given to the practice system.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import chain

from django.db import transaction

from flows.remittance import Party, Remittance
from flows.remittance_differences import differences
from ledger import audit, matching, models
from ledger.document_files import SealedDocument, Source, note
from ledger.errors import RecordWrong
from ledger.matching_keys import number_key, trace_key
from ledger.remittances_compare import PaidBy, Payer, repeats, same_payer
from ledger.remittances_findings import (
    another_payee,
    could_be_a_copy,
    does_not_balance,
    not_read,
    one_trace_two_amounts,
    read_in_doubt,
    says_otherwise,
)
from ledger.remittances_rows import balance_of, header, rows_of, value_of

_UNSURE = 0.5
"""Fields of a form that are less sure than this were shown twice and differently (`documents.eob_pdf`)."""


@dataclass(frozen=True)
class Kept:
    """What became of one document, in payments: `ids` are those of their remittances, in the document's order.

    `duplicate`: this content was here before, and nothing but its arrival was written. `new` payments were not known
    and come to `amount` (dollars); `again` are further copies of known ones, `differing` of which contradict the copy
    that leads. `unbalanced` are those that do not add up, `not_ours` those of another payee.
    `unread` says what could not be taken, in words of ours.
    """

    duplicate: bool = False
    ids: tuple[int, ...] = ()
    new: int = 0
    amount: Decimal = Decimal("0.00")
    again: int = 0
    differing: int = 0
    unbalanced: int = 0
    not_ours: int = 0
    unread: tuple[str, ...] = ()

    @property
    def flagged(self) -> bool:
        """Does something in it need a person?"""
        return bool(self.differing or self.unbalanced or self.not_ours or self.unread)


def keep(document: SealedDocument, source: Source, more: Iterable[Remittance] = (), unread: Iterable[str] = ()) -> Kept:
    """Write down a document, which lies sealed already, and the remittances in it: all of it, or nothing.

    `more` are remittances that are still being read, taken one at a time, so that a file of any length can be kept;
    when reading them breaks off, nothing is written. `unread` is looked at after that. Call it within the transaction
    that records the attempt.
    """
    with transaction.atomic():
        # Two copies of one payment that come at once would each be taken for the first.
        models.Practice.objects.select_for_update(no_key=True).get(pk=source.actor.practice_id)
        row, new = note(document, source)
        if not new:
            ids = models.RemittanceReading.objects.filter(document=row).order_by("number")
            return Kept(duplicate=True, ids=tuple(ids.values_list("remittance_id", flat=True)))
        keeping = _Keeping(row, source, document.unread if document.kind == "eob" else ())
        for said in chain(document.remittances, more):
            keeping.take(said)
        kept = keeping.result((*document.unread, *unread))
        if kept.unread and not keeping.doubted:
            not_read(row, kept.unread, source)
        audit.append(
            source.actor, "document.keep", "document", row.pk, source.now, portal=source.portal,
            run_id=source.attempt.run_id if source.attempt else None,
            result=f"{kept.new} new, {kept.again} again, {kept.unbalanced} unbalanced, {len(kept.unread)} unread",
        )  # fmt: skip
        matching.settle_remittances(set(kept.ids), source)
        return kept


class _Keeping:
    """One document on its way into the ledger."""

    def __init__(self, document: models.Document, source: Source, unread: Sequence[str]) -> None:
        """`unread` is what could not be read of the one payment of a paper form."""
        self._document, self._source, self._unread_of_form = document, source, unread
        self.doubted = False
        self._number = self._new = self._again = self._differing = self._unbalanced = self._not_ours = 0
        self._our_numbers = _numbers_of(source.actor.practice_id)
        self._amount = Decimal("0.00")
        self._ids: list[int] = []
        self._unread: list[str] = []

    def take(self, said: Remittance) -> None:
        """Write one payment of the document."""
        self._number += 1
        try:
            with transaction.atomic():
                self._ids.append(self._keep(said))
        except RecordWrong as wrong:
            self._unread.append(f"payment {self._number}: {wrong}")

    def result(self, unread: Iterable[str]) -> Kept:
        """What was done so far."""
        return Kept(
            ids=tuple(self._ids),
            new=self._new,
            amount=self._amount,
            again=self._again,
            differing=self._differing,
            unbalanced=self._unbalanced,
            not_ours=self._not_ours,
            unread=(*unread, *self._unread),
        )

    def _keep(self, said: Remittance) -> int:
        known = _known(said, self._source)
        if len(known.same) == 1:
            self._add(said, known.same[0])
            return known.same[0].pk
        remittance = models.Remittance(
            practice_id=self._source.actor.practice_id,
            portal=self._source.portal,
            trace_key=trace_key(said.trace),
            paid_on=said.paid_on,
            first_at=self._source.now,
        )
        reading = header(said, remittance, self._document, self._number, self._source.now)
        remittance.amount_cents = reading.amount_cents
        rows = rows_of(said, reading)
        remittance.save(force_insert=True)
        reading.remittance = remittance
        rows.write()
        self._new += 1
        self._amount += said.amount
        self._lead(remittance, reading, said)
        if not self._is_ours(said):
            self._not_ours += 1
            another_payee(remittance, self._source)
        if known.same or known.perhaps:
            could_be_a_copy(remittance, (*known.same, *known.perhaps), self._source)
        if known.other_amount:
            one_trace_two_amounts(remittance, known.other_amount, self._source)
        return remittance.pk

    def _is_ours(self, said: Remittance) -> bool:
        """Nothing is said of the payee that could be compared, or one of its numbers is the practice's."""
        told = {number_key(said.payee.identifier), number_key(said.payee.tin)}
        comparable = {number for number in told if number.isdecimal() and len(number) in (9, 10)}
        return not comparable or bool(comparable & self._our_numbers)

    def _add(self, said: Remittance, remittance: models.Remittance) -> None:
        """A further copy of a payment that is known."""
        leading = remittance.leading
        if leading is None:
            raise AssertionError("a remittance has a leading reading from its first moment on")
        was = value_of(leading)
        reading = header(said, remittance, self._document, self._number, self._source.now)
        self._again += 1
        if not remittance.portal and self._source.portal:
            models.Remittance.objects.filter(pk=remittance.pk).update(portal=self._source.portal)
        if repeats(said, was):
            reading.repeats = leading.repeats or leading
            reading.save(force_insert=True)
            return
        rows_of(said, reading).write()
        if found := differences(was, said):
            self._differing += 1
            says_otherwise(remittance, reading, found, self._source)
        if _comes_first(reading, leading) and not remittance.postings.exists():
            self._lead(remittance, reading, said)

    def _lead(self, remittance: models.Remittance, reading: models.RemittanceReading, said: Remittance) -> None:
        models.Remittance.objects.filter(pk=remittance.pk).update(
            leading=reading, paid_on=reading.paid_on or remittance.paid_on
        )
        remittance.leading = reading
        if not balance_of(reading).whole:
            self._unbalanced += 1
            does_not_balance(remittance, reading, self._source)
        if doubts := (*self._unread_of_form, *_doubts(said)):
            self.doubted = True
            read_in_doubt(remittance, doubts, self._source)


@dataclass(frozen=True)
class _Known:
    """The remittances of this trace that are here: of this payer, by their amounts; and those that perhaps are."""

    same: tuple[models.Remittance, ...] = ()
    other_amount: tuple[models.Remittance, ...] = ()
    perhaps: tuple[models.Remittance, ...] = ()


def _known(said: Remittance, source: Source) -> _Known:
    """What this one may be another copy of. One without a trace is a copy of none."""
    key = trace_key(said.trace)
    if not key:
        return _Known()
    rows = models.Remittance.objects.select_related("leading", "leading__repeats").filter(
        practice_id=source.actor.practice_id, trace_key=key
    )
    by_payer: dict[Payer, list[models.Remittance]] = {payer: [] for payer in Payer}
    for row in rows.order_by("id"):
        if row.leading is not None:
            same_portal = bool(source.portal) and row.portal == source.portal
            paid_by = PaidBy(said.originator, said.payer, said.paid_on)
            by_payer[same_payer(paid_by, _paid_by(row.leading), same_portal=same_portal)].append(row)
    amount = said.amount * 100
    return _Known(
        same=tuple(row for row in by_payer[Payer.SAME] if row.amount_cents == amount),
        # Payers that pay nothing write what they like for a trace.
        other_amount=tuple(row for row in by_payer[Payer.SAME] if amount and row.amount_cents not in (0, amount)),
        perhaps=tuple(row for row in by_payer[Payer.PERHAPS] if row.amount_cents == amount),
    )


def _doubts(said: Remittance) -> list[str]:
    """What of a paper form was read, but so that a person should look at it before it is posted."""
    if said.source != "eob":
        return []
    unsure = [f"{path} is shown twice and differently" for path, sure in said.confidence.items() if sure < _UNSURE]
    return [*unsure, *(f"claim {claim.number}: its status is not known" for claim in said.claims if not claim.status)]


def _paid_by(row: models.RemittanceReading) -> PaidBy:
    payer = Party(name=row.payer_name, identifier=row.payer_identifier, tin=row.payer_tin)
    return PaidBy(row.originator, payer, row.paid_on)


def _numbers_of(practice_id: int) -> set[str]:
    """The practice's tax number and national provider identifiers."""
    npis = models.PracticeProvider.objects.filter(practice_id=practice_id).values_list("npi", flat=True)
    return {models.Practice.objects.get(pk=practice_id).tin, *npis}


def _comes_first(reading: models.RemittanceReading, leading: models.RemittanceReading) -> bool:
    """An 835 leads before an EOB; of two of a kind, one that balances before one that does not."""
    if reading.source != leading.source:
        return reading.source == "835"
    return balance_of(reading).whole and not balance_of(leading).whole
