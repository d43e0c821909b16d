"""What the office's contracts give: prices by procedure, modifier, provider and days, for each portal's payer.

No two prices hold for the same service on the same day. A new price ends the one that held until further notice.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from functools import cached_property

from django.db import transaction
from django.db.models import QuerySet

from flows.underpayment import Fee, FeesOf
from ledger import audit, models
from ledger.canonical import to_cents, to_dollars
from ledger.document_files import Source
from ledger.imports import ImportResult, Keep, RejectedRow
from ledger.prepared import Prepared

_BATCH = 500

Service = tuple[str, str, str]
"""Procedure, modifier, provider ("" for all)."""


def keep(fees: Iterable[Fee], portal: str, source: Source, *, keep: Keep = lambda _: True) -> ImportResult:
    """Bring in the prices of one portal's payer. The same file twice changes nothing.

    A price with the same first day replaces the one that is there. One that holds until further notice ends the day
    before the next begins. What else overlaps is rejected: two prices would hold on one day.
    """
    with transaction.atomic():
        models.Practice.objects.select_for_update(no_key=True).get(pk=source.actor.practice_id)
        bringing = _Bringing(portal, source)
        for place, fee in enumerate(fees, start=1):
            bringing.take(place, fee)
        result = bringing.result()
        if keep(result):
            bringing.write()
            audit.append(
                source.actor, "fees.import", "fees", source.now.isoformat(), source.now, portal=portal,
                result=f"{result.created} new, {result.changed} changed, {result.unchanged} as before, "
                f"{len(result.rejected)} rejected",
            )  # fmt: skip
        else:
            transaction.set_rollback(True)
    return result


def count(practice_id: int, portal: str) -> int:
    """How many prices the practice has for this portal's payer."""
    return models.Fee.objects.filter(practice_id=practice_id, portal=portal).count()


def _any(practice_id: int, portal: str) -> "QuerySet[models.Fee, tuple[int]]":
    return models.Fee.objects.filter(practice_id=practice_id, portal=portal).values_list("id")[:1]


_ANY = Prepared(_any)


class FeeBook:
    """The prices of one practice at one portal, looked up as they are needed and then kept for the while."""

    def __init__(self, practice_id: int, portal: str) -> None:
        self._by_procedure: dict[str, tuple[Fee, ...]] = {}
        self._practice_id, self._portal = practice_id, portal

    @cached_property
    def _empty(self) -> bool:
        return _ANY.first(practice_id=self._practice_id, portal=self._portal) is None

    def for_provider(self, npi: str) -> FeesOf:
        """Prices by procedure, those for this provider before those for all."""

        def fees_of(procedure: str) -> Sequence[Fee]:
            if self._empty:
                return ()
            if procedure not in self._by_procedure:
                rows = models.Fee.objects.filter(practice_id=self._practice_id, portal=self._portal)
                rows = rows.filter(procedure=procedure).order_by("-npi", "begins")
                self._by_procedure[procedure] = tuple(map(_fee, rows))
            return [fee for fee in self._by_procedure[procedure] if fee.npi in (npi, None)]

        return fees_of


@dataclass
class _Bringing:
    """One file of prices on its way in."""

    portal: str
    source: Source
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: list[RejectedRow] = field(default_factory=list)
    _touched: dict[int, models.Fee] = field(default_factory=dict)
    """By identity: rows that are new have no number yet, and one may be ended by a later row of the file."""
    _met: set[tuple[Service, date]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self._held: dict[Service, list[models.Fee]] = {}
        rows = models.Fee.objects.filter(practice_id=self.source.actor.practice_id, portal=self.portal)
        for row in rows.order_by("begins"):
            self._held.setdefault((row.procedure, row.modifier, row.npi), []).append(row)

    def take(self, place: int, fee: Fee) -> None:
        """One row of the file."""
        service = (fee.procedure, fee.modifier, fee.npi or "")
        held = self._held.setdefault(service, [])
        same = next((row for row in held if row.begins == fee.begins), None)
        if (service, fee.begins) in self._met:
            self.rejected.append(RejectedRow(place, "This service has a price from the same day in a row before."))
            return
        others = [row for row in held if row is not same]
        later = min((row.begins for row in others if row.begins > fee.begins), default=None)
        if fee.ends is None and later is not None:
            fee = fee.model_copy(update={"ends": later - timedelta(days=1)})
        ended = [row for row in others if row.ends is None and row.begins < fee.begins]
        if any(_overlap(row, fee) for row in others if row not in ended):
            self.rejected.append(RejectedRow(place, "Its days overlap with another price for the same service."))
            return
        self._met.add((service, fee.begins))
        for row in ended:
            row.ends = fee.begins - timedelta(days=1)
            self._touched[id(row)] = row
        cents = to_cents(fee.amount)
        if same is None:
            self.created += 1
            same = models.Fee(
                practice_id=self.source.actor.practice_id,
                portal=self.portal,
                procedure=fee.procedure,
                modifier=fee.modifier,
                npi=fee.npi or "",
                begins=fee.begins,
            )
            held.append(same)
        elif (same.amount_cents, same.ends) == (cents, fee.ends):
            self.unchanged += 1
            return
        else:
            self.changed += 1
        same.amount_cents, same.ends = cents, fee.ends
        same.imported_at, same.account_id = self.source.now, self.source.actor.account_id
        self._touched[id(same)] = same

    def result(self) -> ImportResult:
        """What has been done with the rows so far."""
        return ImportResult(self.created, self.changed, self.unchanged, tuple(self.rejected))

    def write(self) -> None:
        """Write what is new or changed."""
        models.Fee.objects.bulk_create([row for row in self._touched.values() if row.pk is None], _BATCH)
        old = {row.pk: row for row in self._touched.values() if row.pk is not None}
        models.Fee.objects.bulk_update(old.values(), ["amount_cents", "ends", "imported_at", "account"], _BATCH)


def _overlap(row: models.Fee, fee: Fee) -> bool:
    return (row.ends is None or row.ends >= fee.begins) and (fee.ends is None or fee.ends >= row.begins)


def _fee(row: models.Fee) -> Fee:
    return Fee(
        procedure=row.procedure,
        modifier=row.modifier,
        amount=to_dollars(row.amount_cents),
        begins=row.begins,
        ends=row.ends,
        npi=row.npi or None,
    )
