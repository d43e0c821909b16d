"""The appeals of a practice as a person works through them: by how far they have come, the nearest last day first.

Each page is found by an index and goes on from the last row of the one before, however many appeals there are.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType

from django.db.models import BooleanField, Q, QuerySet
from django.db.models.expressions import RawSQL

from flows.answers import AppealStanding, Decision, Refusal
from flows.questions import AppealLevel, AppealReason
from flows.values import Frozen
from ledger import claims_found, models
from ledger.canonical import to_dollars
from ledger.claims_found import ClaimHead
from ledger.errors import NotThere
from ledger.states import AppealStage

COUNTED = 200
"""More than so many are not counted."""


class Shelf(StrEnum):
    """How far appeals have come, as people ask for them."""

    TO_APPROVE = "to-approve"
    """Drafts without a gap, whose last day is known and not over."""
    DRAFTS = "drafts"
    """Drafts that somebody has to go on with."""
    APPROVED = "approved"
    UNCERTAIN = "uncertain"
    """Pressed, and nobody has seen what came of it."""
    FILED = "filed"
    DECIDED = "decided"
    NOT_FILED = "not-filed"
    """Refused by the portal, found not to be filed, or withdrawn."""


_STAGES = MappingProxyType(
    {
        Shelf.APPROVED: (AppealStage.APPROVED,),
        Shelf.UNCERTAIN: (AppealStage.PRESSING, AppealStage.UNCERTAIN),
        Shelf.FILED: (AppealStage.FILED,),
        Shelf.DECIDED: (AppealStage.DECIDED,),
        Shelf.NOT_FILED: (AppealStage.REFUSED, AppealStage.NOT_FILED, AppealStage.WITHDRAWN),
    }
)
_NEWEST_FIRST = frozenset({Shelf.DECIDED, Shelf.NOT_FILED})
"""What is over: the latest days are looked at first."""


class Place(Frozen):
    """Where a page ends: the last day and the number of its last appeal."""

    deadline: date | None
    number: int


class AppealLine(Frozen):
    """An appeal in a list. Amounts in dollars; `service_from` tells claims of one number apart."""

    number: int
    portal: str
    patient_account_number: str
    service_from: date
    level: AppealLevel
    reason: AppealReason
    amount: Decimal
    deadline: date | None
    verified: bool
    stage: AppealStage
    refusal: Refusal | None
    confirmation: str | None
    expected_by: date | None
    standing: AppealStanding | None
    decision: Decision | None
    recovered: Decimal | None
    next_level_due: date | None
    drafted_by: str
    approved_by: str | None

    @property
    def place(self) -> Place:
        """Where it stands in the order."""
        return Place(deadline=self.deadline, number=self.number)


class AppealPage(Frozen):
    """Some appeals in order; `more`: others follow after the last one."""

    lines: tuple[AppealLine, ...]
    more: bool


def page(
    practice_id: int,
    shelf: Shelf,
    today: date,
    *,
    portal: str | None = None,
    after: Place | None = None,
    most: int = 50,
) -> AppealPage:
    """The next appeals of this shelf. By last day, the nearest first; of what is over, the latest first. Those whose
    last day nobody knows come at the end."""
    newest_first = shelf in _NEWEST_FIRST
    found: list[models.Appeal] = []
    for rows in _rows(practice_id, shelf, today, portal):
        found += _from(rows, after, most + 1, newest_first=newest_first)
    ordered = sorted(found, key=lambda row: _order(row, newest_first=newest_first))
    return AppealPage(lines=tuple(map(_line, ordered[:most])), more=len(ordered) > most)


def counts(practice_id: int, today: date, *, portal: str | None = None) -> dict[Shelf, int]:
    """How many stand on each shelf; `COUNTED + 1` for more than are counted."""
    return {
        shelf: min(
            sum(rows.order_by()[: COUNTED + 1].count() for rows in _rows(practice_id, shelf, today, portal)),
            COUNTED + 1,
        )
        for shelf in Shelf
    }


def of_claim(practice_id: int, claim_id: int) -> tuple[AppealLine, ...]:
    """The appeals of one claim, the oldest first."""
    rows = models.Appeal.objects.filter(practice_id=practice_id, claim_id=claim_id)
    return tuple(map(_line, rows.select_related(*_JOINED).order_by("id")))


def claim_of(practice_id: int, number: int) -> ClaimHead:
    """The claim that this appeal is about. Raises NotThere."""
    row = models.Appeal.objects.filter(practice_id=practice_id, pk=number).first()
    if row is None:
        raise NotThere(f"appeal {number}")
    return claims_found.claim(practice_id, row.claim_id)


_JOINED = ("claim", "drafted_by", "approved_by")

# Written out, not as a parameter: an index of some rows only is used for what is known before the parameters are.
_IS_DRAFT = RawSQL("ledger_appeal.stage = 'draft'", (), output_field=BooleanField())


def _rows(practice_id: int, shelf: Shelf, today: date, portal: str | None) -> tuple[QuerySet[models.Appeal], ...]:
    """The shelf in parts, each found by an index, with no appeal in two of them."""
    rows = models.Appeal.objects.filter(practice_id=practice_id)
    if portal is not None:
        rows = rows.filter(portal=portal)
    complete, incomplete = (
        rows.filter(_IS_DRAFT, is_complete__in=[True]),
        rows.filter(_IS_DRAFT, is_complete__in=[False]),
    )
    match shelf:
        case Shelf.TO_APPROVE:
            return (complete.filter(deadline__gte=today),)
        case Shelf.DRAFTS:
            return complete.filter(deadline__lt=today), incomplete
        case _:
            return tuple(rows.filter(stage=stage) for stage in _STAGES[shelf])


def _from(
    rows: QuerySet[models.Appeal], after: Place | None, most: int, *, newest_first: bool
) -> Sequence[models.Appeal]:
    """At most so many rows after this place, those with a day first. Not every database puts blanks at the same end."""
    sign, beyond = ("-", "lt") if newest_first else ("", "gt")
    joined = rows.select_related(*_JOINED)
    dated, undated = joined.filter(deadline__isnull=False), joined.filter(deadline=None)
    if after is not None and after.deadline is not None:
        same = Q(deadline=after.deadline, **{f"pk__{beyond}": after.number})
        # The first condition says the same to the index.
        dated = dated.filter(**{f"deadline__{beyond}e": after.deadline})
        dated = dated.filter(same | Q(**{f"deadline__{beyond}": after.deadline}))
    elif after is not None:
        dated, undated = dated.none(), undated.filter(**{f"pk__{beyond}": after.number})
    found = list(dated.order_by(f"{sign}deadline", f"{sign}id")[:most])
    if len(found) < most:
        found += undated.order_by(f"{sign}id")[: most - len(found)]
    return found


def _order(row: models.Appeal, *, newest_first: bool) -> tuple[bool, int, int]:
    sign = -1 if newest_first else 1
    return row.deadline is None, sign * (row.deadline.toordinal() if row.deadline else 0), sign * row.pk


def _line(row: models.Appeal) -> AppealLine:
    return AppealLine(
        number=row.pk,
        portal=row.portal,
        patient_account_number=row.claim.patient_account_number,
        service_from=row.claim.service_from,
        level=AppealLevel(row.level),
        reason=AppealReason(row.reason),
        amount=to_dollars(row.amount_cents),
        deadline=row.deadline,
        verified=row.deadline_verified_on is not None,
        stage=AppealStage(row.stage),
        refusal=Refusal(row.refusal) if row.refusal else None,
        confirmation=row.confirmation or None,
        expected_by=row.expected_by,
        standing=AppealStanding(row.standing) if row.standing else None,
        decision=Decision(row.decision) if row.decision else None,
        recovered=None if row.recovered_cents is None else to_dollars(row.recovered_cents),
        next_level_due=row.next_level_due,
        drafted_by=row.drafted_by.name,
        approved_by=row.approved_by.name if row.approved_by else None,
    )
