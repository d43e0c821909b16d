"""The list of exceptions: a page of them at a time, in the order of what has to be done first, found by index.

The list may be as long as it likes: a page is looked up by where the one before it ended, and what is counted is
counted up to a limit.
"""

from collections.abc import Iterable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, TypedDict, cast

from django.db.models import IntegerField, Q, QuerySet
from django.db.models.expressions import RawSQL

from flows.outcomes import Code, Family
from flows.questions import Flow
from ledger import models
from ledger.canonical import to_cents, to_dollars
from ledger.case_conditions import IS_CLOSED, IS_INCIDENT, IS_OPEN, STOPS_SOMETHING
from ledger.cases_values import (
    INCIDENTS,
    MOST_COUNTED,
    CaseEvent,
    CaseLine,
    CasePage,
    Key,
    Order,
    Standing,
    Wanted,
)
from ledger.errors import NotThere
from ledger.states import CaseState, Resolution, Stops
from ledger.subjects import JOINED_WITH_ANY, account_number_of

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations


class _Waiting(TypedDict):
    waiting: int


def page(practice_id: int, wanted: Wanted, today: date, *, after: Key | None = None, most: int = 50) -> CasePage:
    """The cases that are wanted, at most so many, after this place. Other practices' are not there."""
    rows = _ordered(_filtered(practice_id, wanted, today), wanted)
    parts = [rows]
    if after is not None:
        # A place that is none, in an address that somebody wrote: the beginning of the list.
        with suppress(ValueError):
            parts = [rows.filter(part) for part in _behind(wanted, after)]
    keys: list[models.Case] = []
    for part in parts:
        if len(keys) <= most:
            placed = part.only("id", "due", "money_cents", "opened_at", "closed_at", "snoozed_until")
            keys += placed[: most + 1 - len(keys)]
    found = _lines(practice_id, [row.pk for row in keys[:most]], wanted)
    return CasePage(found, _key(wanted, keys[most - 1]) if len(keys) > most else None)


def beside(practice_id: int, wanted: Wanted, case_id: int, today: date) -> tuple[int | None, int | None]:
    """The cases before and after this one in the list; None at its ends. It may itself be in the list no more."""
    row = models.Case.objects.filter(practice_id=practice_id, pk=case_id).first()
    if row is None:
        return None, None
    here = _key(wanted, row)
    rows = _ordered(_filtered(practice_id, wanted, today), wanted)
    return (
        _first(rows.reverse().filter(part) for part in _behind(wanted, here, backwards=True)),
        _first(rows.filter(part) for part in _behind(wanted, here)),
    )


def _first(parts: "Iterable[QuerySet[models.Case]]") -> int | None:
    """The first case of the first part that has any."""
    found = (part.values_list("id", flat=True).first() for part in parts)
    return next((case_id for case_id in found if case_id is not None), None)


def one(practice_id: int, case_id: int, *, incidents_only: bool = False) -> CaseLine:
    """One case, open or closed, as the list shows it. Raises NotThere, for what the reader may not see too."""
    wanted = Wanted(incidents_only=incidents_only)
    mine = models.Case.objects.filter(practice_id=practice_id, pk=case_id)
    if incidents_only:
        mine = mine.filter(IS_INCIDENT)
    lines = _lines(practice_id, list(mine.values_list("id", flat=True)), wanted)
    if not lines:
        raise NotThere(f"case {case_id}")
    return lines[0]


def several(practice_id: int, case_ids: Iterable[int], *, incidents_only: bool = False) -> tuple[CaseLine, ...]:
    """These cases, in this order, without those that are not there or that the reader may not see."""
    lines = _lines(practice_id, list(case_ids), Wanted(incidents_only=incidents_only))
    return tuple(line for line in lines if not incidents_only or line.family in INCIDENTS)


def history(practice_id: int, case_id: int) -> tuple[CaseEvent, ...]:
    """What people did to a case and wrote on it, the oldest first."""
    rows = models.CaseComment.objects.filter(case__practice_id=practice_id, case_id=case_id).select_related("account")
    return tuple(CaseEvent(what=row.what, text=row.text, by=row.account.name, at=row.at) for row in rows.order_by("id"))


def stopped_by_others(practice_id: int) -> tuple[tuple[str, Stops, Code, datetime], ...]:
    """What other practices' open cases stop for all: portal, what stands still, why, since when. No facts of theirs."""
    rows = models.Case.objects.filter(IS_OPEN, STOPS_SOMETHING, stops__in=(Stops.PORTAL, Stops.VIEW))
    others = rows.exclude(practice_id=practice_id).values_list("portal", "opened_at", "stops", "code")
    # They are few. Sorted by the database, they would be looked for among all open cases, which have an order.
    return tuple((portal, Stops(stops), Code(code), at) for portal, at, stops, code in sorted(others))


def _key(wanted: Wanted, row: models.Case) -> Key:
    """Where this row stands in the order."""
    if wanted.standing is Standing.CLOSED:
        return Key((row.closed_at or row.opened_at).isoformat(), 0, row.pk)
    if wanted.standing is Standing.SNOOZED:
        return Key((row.snoozed_until or row.opened_at.date()).isoformat(), 0, row.pk)
    match wanted.order:
        case Order.DUE:
            return Key((row.due or row.opened_at.date()).isoformat(), row.money_cents, row.pk)
        case Order.MONEY:
            return Key("", row.money_cents, row.pk)
        case Order.AGE:
            return Key(row.opened_at.isoformat(), 0, row.pk)


def _filtered(practice_id: int, wanted: Wanted, today: date) -> "QuerySet[models.Case]":
    rows = models.Case.objects.filter(practice_id=practice_id)
    match wanted.standing:
        case Standing.OPEN:
            rows = rows.filter(IS_OPEN, not_put_off(today))
        case Standing.SNOOZED:
            rows = rows.filter(IS_OPEN, snoozed_until__isnull=False, snoozed_until__gt=today)
        case Standing.CLOSED:
            rows = rows.filter(IS_CLOSED)
    if wanted.family is not None:
        # Nothing where somebody asks for a family that they may not see.
        hidden = wanted.incidents_only and wanted.family not in INCIDENTS
        rows = rows.none() if hidden else rows.filter(family=wanted.family)
    elif wanted.incidents_only:
        rows = rows.filter(IS_INCIDENT)
    named = {"portal": wanted.portal, "code": wanted.code, "queue": wanted.queue, "role": wanted.role}
    rows = rows.filter(**{name: value for name, value in named.items() if value is not None})
    if wanted.owner is not None:
        rows = rows.filter(owner_id=wanted.owner)
    elif wanted.nobodys:
        rows = rows.filter(owner_id__isnull=True)
    if wanted.stops:
        rows = rows.filter(STOPS_SOMETHING)
    if wanted.money_at_least is not None:
        rows = rows.filter(money_cents__gte=to_cents(wanted.money_at_least))
    if wanted.due_before is not None:
        rows = rows.filter(due__lt=wanted.due_before)
    return rows if wanted.like is None else rows.filter(**_like(practice_id, wanted.like))


def _like(practice_id: int, case_id: int) -> dict[str, object]:
    names = ("portal", "flow", "code", "view", "element")
    row = models.Case.objects.filter(practice_id=practice_id, pk=case_id).values(*names).first()
    return {"pk": case_id} if row is None else cast(dict[str, object], row)


def not_put_off(today: date) -> Q:
    """Those that nobody has put off until after this day. For the ledger's own functions."""
    return Q(snoozed_until__isnull=True) | Q(snoozed_until__lte=today)


def _ordered(rows: "QuerySet[models.Case]", wanted: Wanted) -> "QuerySet[models.Case]":
    if wanted.standing is Standing.CLOSED:
        return rows.order_by("-closed_at", "-id")
    if wanted.standing is Standing.SNOOZED:
        return rows.order_by("snoozed_until", "id")
    match wanted.order:
        case Order.DUE:
            return rows.order_by("due", "-money_cents", "id")
        case Order.MONEY:
            return rows.order_by("-money_cents", "id")
        case Order.AGE:
            return rows.order_by("opened_at", "id")


def _behind(wanted: Wanted, key: Key, *, backwards: bool = False) -> tuple[Q, ...]:
    """Rows after this place in the order, or before it, the nearest first.

    In parts, for each of which an index knows where to begin. In one condition it would begin at the first of all rows
    of the same day (or money), and an office may have thousands of them.
    """
    up, down = ("lt", "gt") if backwards else ("gt", "lt")
    later = Q(**{f"id__{up}": key.case_id})
    if wanted.standing is Standing.CLOSED:
        at = _moment(key.place)
        return Q(closed_at=at, **{f"id__{down}": key.case_id}), Q(**{f"closed_at__{down}": at})
    if wanted.standing is Standing.SNOOZED:
        day = date.fromisoformat(key.place)
        return Q(later, snoozed_until=day), Q(**{f"snoozed_until__{up}": day})
    of_less_money = Q(later, money_cents=key.cents), Q(**{f"money_cents__{down}": key.cents})
    match wanted.order:
        case Order.DUE:
            day = date.fromisoformat(key.place)
            same_day = (Q(part, due=day) for part in of_less_money)
            return *same_day, Q(**{f"due__{up}": day})
        case Order.MONEY:
            return of_less_money
        case Order.AGE:
            at = _moment(key.place)
            return Q(later, opened_at=at), Q(**{f"opened_at__{up}": at})


def _moment(text: str) -> datetime:
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _lines(practice_id: int, ids: list[int], wanted: Wanted) -> tuple[CaseLine, ...]:
    rows = models.Case.objects.filter(practice_id=practice_id, pk__in=ids).select_related(
        *JOINED_WITH_ANY, "owner", "closed_by"
    )
    found = {row.pk: row for row in rows.annotate(waiting=_waiting())}
    return tuple(_line(found[case_id], wanted) for case_id in ids if case_id in found)


def _waiting() -> RawSQL:
    counted = (
        "(SELECT COUNT(*) FROM (SELECT 1 FROM ledger_workitem WHERE ledger_workitem.case_id = ledger_case.id LIMIT %s) "
        "AS waits)"
    )
    return RawSQL(counted, (MOST_COUNTED + 1,), output_field=IntegerField())  # noqa: S611 - a text and a number of ours


def _line(row: "WithAnnotations[models.Case, _Waiting]", wanted: Wanted) -> CaseLine:
    of_a_patient = row.claim or row.appointment or (row.appeal.claim if row.appeal is not None else None)
    shown = not wanted.incidents_only
    return CaseLine(
        id=row.pk,
        family=Family(row.family),
        code=Code(row.code),
        what=row.what,
        portal=row.portal,
        flow=Flow(row.flow),
        alias=row.alias or None,
        view=row.view or None,
        stops=Stops(row.stops),
        state=CaseState(row.state),
        queue=row.queue,
        role=row.role,
        due=row.due,
        limit=row.limit,
        money=to_dollars(row.money_cents),
        times=row.times,
        waiting=row.waiting,
        of_a_patient=of_a_patient is not None,
        number=(account_number_of(row) or None) if shown else None,
        patient=of_a_patient.patient.reference if of_a_patient is not None and shown else None,
        opened_at=row.opened_at,
        last_at=row.last_at,
        owner=row.owner.name if row.owner else None,
        owner_id=row.owner_id,
        taken_at=row.taken_at,
        snoozed_until=row.snoozed_until,
        snooze_why=row.snooze_why,
        closed_at=row.closed_at,
        closed_by=row.closed_by.name if row.closed_by else None,
        resolution=Resolution(row.resolution) if row.resolution else None,
        changes=row.changes,
    )
