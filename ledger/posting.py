"""Which payments may be given to the practice system, and that they were: each once, unless somebody asks again.

A payment is given when it adds up at every level and no open case holds it. Reversals and corrections are given in the
payments in which they came: what was posted from the first has to be taken back there too, or the sums would not be
those of the bank.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from flows.remittance import Remittance
from ledger import models
from ledger.accounts import Actor
from ledger.document_files import Source
from ledger.remittances_rows import balance_of, value_of
from ledger.states import CaseState
from ledger.tasks_payments import follow_payments

_BATCH = 500


@dataclass(frozen=True)
class Given:
    """How many payments were given, and how many were left out: those that do not add up, those that a case holds."""

    payments: int
    unbalanced: int
    held: int


Write = Callable[[Iterator[tuple[Remittance, str]]], None]


def give(
    actor: Actor, now: datetime, file_format: str, write: Write, *, again: bool = False, since: date | None = None
) -> Given:
    """Let `write` take the payments that are ready (in the order of days) and write down that they were given.

    Each comes with its state: `new`, or `again` where `again` asks for what was given before, too. `since` leaves out
    what was paid before. When `write` raises, nothing counts as given; it has to be done with its file when it returns.
    """
    with transaction.atomic():
        # Two exports at once would each give the same payments.
        models.Practice.objects.select_for_update(no_key=True).get(pk=actor.practice_id)
        giving = _Giving(actor, again=again, since=since)
        write(giving.payments())
        models.Posting.objects.bulk_create(
            (
                models.Posting(
                    remittance_id=remittance_id,
                    reading_id=reading_id,
                    exported_at=now,
                    account_id=actor.account_id,
                    file_format=file_format,
                )
                for remittance_id, reading_id in giving.given
            ),
            _BATCH,
        )
        follow_payments({remittance_id for remittance_id, _ in giving.given}, Source(actor, now))
        return Given(len(giving.given), giving.unbalanced, giving.held)


def freed(practice_id: int, case_id: int) -> tuple[int, ...]:
    """The payments of this practice that this closed case held and that may be given now.

    They add up, and nothing else holds them.
    """
    held = models.RemittanceCase.objects.filter(remittance=OuterRef("pk"), holds=True, case__state=CaseState.OPEN)
    given = models.Posting.objects.filter(remittance=OuterRef("pk"))
    about = models.RemittanceCase.objects.filter(case=case_id, holds=True)
    ours = models.Remittance.objects.select_related("leading").filter(practice_id=practice_id)
    rows = ours.filter(pk__in=about.values("remittance"))
    free = rows.filter(~Exists(held), ~Exists(given), leading__isnull=False).order_by("id")
    return tuple(row.pk for row in free if row.leading is not None and balance_of(row.leading).whole)


@dataclass
class _Giving:
    """The payments on their way out, counted."""

    actor: Actor
    again: bool
    since: date | None
    unbalanced: int = 0
    held: int = 0
    given: list[tuple[int, int]] = field(default_factory=list)

    def payments(self) -> Iterator[tuple[Remittance, str]]:
        held = models.RemittanceCase.objects.filter(remittance=OuterRef("pk"), holds=True, case__state=CaseState.OPEN)
        given = models.Posting.objects.filter(remittance=OuterRef("pk"))
        rows = models.Remittance.objects.select_related("leading", "leading__repeats").filter(
            practice_id=self.actor.practice_id, leading__isnull=False
        )
        if self.since is not None:
            rows = rows.filter(paid_on__gte=self.since)
        marked = rows.annotate(is_held=Exists(held), is_given=Exists(given)).order_by("paid_on", "id")
        for row in marked.iterator(chunk_size=_BATCH):
            if row.leading is None or (row.is_given and not self.again):
                continue
            if not balance_of(row.leading).whole:
                self.unbalanced += 1
            elif row.is_held:
                self.held += 1
            else:
                self.given.append((row.pk, row.leading.pk))
                yield value_of(row.leading), "again" if row.is_given else "new"
