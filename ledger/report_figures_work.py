"""Figures of the work: how much ends without a person, week by week; how fast people resolve, what was too late.

A week begins on Monday, UTC. Nothing of patients; people of the office by the names of their accounts.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from django.db.models import Count, DateField, F, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from flows.outcomes import Ending
from flows.questions import Flow
from flows.values import Frozen
from ledger import models
from ledger.canonical import to_dollars
from ledger.reports import CASE_AGES, Range, attempts, claim_items
from ledger.states import AppealStage, CaseState

_PAGE = 2000
_DAY = timedelta(days=1)


class WeekOfQuestions(Frozen):
    """The attempts of one flow that ended in the week that begins on this day, and how many of them with an answer.

    What failed for the moment and is tried again by itself (TRANSIENT) is in neither.
    """

    week: date
    flow: Flow
    ended: int
    alone: int


class WeekOfCases(Frozen):
    """Cases of one kind that were opened in the week that begins on this day."""

    week: date
    family: str
    code: str
    cases: int


class Resolved(Frozen):
    """Closed cases of one family: hours from opening to closing (median and 90th percentile, nearest rank).

    `late` of them were closed after their day.
    """

    family: str
    closed: int
    median_hours: float
    p90_hours: float
    late: int


class Owned(Frozen):
    """Open cases that one person has taken ("": nobody has), open for at least `days`; `late`: past their day."""

    owner: str
    days: int
    cases: int
    late: int
    money: Decimal


class Person(Frozen):
    """What one person closed: cases, tasks, and the dollars at stake in them."""

    name: str
    cases: int
    tasks: int
    money: Decimal


class Coverage(Frozen):
    """Open claims of one payer that are asked about on a cadence; `in_time` of them are not more than a day late."""

    portal: str
    claims: int
    in_time: int


class Missed(Frozen):
    """Limits that passed before the thing was done: of one kind, at one payer, with the dollars at stake."""

    portal: str
    what: str
    times: int
    money: Decimal


def touchless(practice_id: int, within: Range, portal: str | None = None) -> list[WeekOfQuestions]:
    """Week by week and flow by flow: how many questions ended, and how many of them without a person."""
    rows = attempts(practice_id, within, portal).exclude(ending=Ending.TRANSIENT)
    alone = Q(ending__in=(Ending.ANSWERED, Ending.NEGATIVE))
    counted = rows.annotate(week=_week("finished_at")).values("week", "flow")
    return [
        WeekOfQuestions(week=row["week"], flow=Flow(row["flow"]), ended=row["all"], alone=row["alone"])
        for row in counted.annotate(all=Count("id"), alone=Count("id", filter=alone)).order_by("week", "flow")
    ]


def opened(practice_id: int, within: Range, portal: str | None = None) -> list[WeekOfCases]:
    """Cases by the week in which they were opened, by family and code."""
    rows = _cases(practice_id, portal).filter(within.of_instants("opened_at"))
    counted = rows.annotate(week=_week("opened_at")).values("week", "family", "code").annotate(all=Count("id"))
    return [
        WeekOfCases(week=row["week"], family=row["family"], code=row["code"], cases=row["all"])
        for row in counted.order_by("week", "family", "code")
    ]


def resolved(practice_id: int, within: Range, portal: str | None = None) -> list[Resolved]:
    """Cases that were closed in these days, by family."""
    rows = _cases(practice_id, portal).filter(within.of_instants("closed_at"), closed_at__isnull=False)
    took: dict[str, list[float]] = defaultdict(list)
    late: Counter[str] = Counter()
    columns = ("family", "opened_at", "closed_at", "due")
    for family, opened_at, closed_at, due in rows.values_list(*columns).iterator(_PAGE):
        if closed_at is None:
            continue
        took[family].append((closed_at - opened_at) / timedelta(hours=1))
        late[family] += due is not None and closed_at.astimezone(UTC).date() > due
    return [
        Resolved(
            family=family,
            closed=len(hours),
            median_hours=rank(hours, 50),
            p90_hours=rank(hours, 90),
            late=late[family],
        )
        for family, hours in sorted(took.items())
    ]


def rank(values: Sequence[float], percent: int) -> float:
    """The smallest value that is not below so many percent of all (nearest rank). There must be one."""
    ordered = sorted(values)
    return ordered[max(0, -(-percent * len(ordered) // 100) - 1)]


def owned(practice_id: int, now: datetime, portal: str | None = None) -> list[Owned]:
    """Open cases by who has taken them and how long they have been open."""
    rows = _cases(practice_id, portal).filter(state=CaseState.OPEN)
    cases: Counter[tuple[str, int]] = Counter()
    late: Counter[tuple[str, int]] = Counter()
    cents: Counter[tuple[str, int]] = Counter()
    columns = ("owner__name", "opened_at", "due", "money_cents")
    for owner, opened_at, due, money in rows.values_list(*columns).iterator(_PAGE):
        key = owner or "", max((days for days in CASE_AGES if now - opened_at >= days * _DAY), default=0)
        cases[key] += 1
        late[key] += due is not None and due < now.date()
        cents[key] += money
    return [
        Owned(owner=key[0], days=key[1], cases=cases[key], late=late[key], money=to_dollars(cents[key]))
        for key in sorted(cases)
    ]


def people(practice_id: int, within: Range, portal: str | None = None) -> list[Person]:
    """Who closed how many cases and tasks in these days, the most first. The robot's own closings are not people's."""
    by_hand = Q(closed_by__isnull=False, closed_by__is_robot=False)
    counted: dict[str, dict[str, int]] = {}
    tasks = models.Task.objects.filter(practice_id=practice_id)
    if portal is not None:
        tasks = tasks.filter(portal=portal)
    for kind, rows in (("cases", _cases(practice_id, portal)), ("tasks", tasks)):
        closed = rows.filter(within.of_instants("closed_at"), by_hand).values("closed_by__name")
        for row in closed.annotate(all=Count("id"), cents=Sum("money_cents")):
            of_person = counted.setdefault(row["closed_by__name"], {"cases": 0, "tasks": 0, "cents": 0})
            of_person[kind] += row["all"]
            of_person["cents"] += row["cents"] or 0
    found = [
        Person(name=name, cases=each["cases"], tasks=each["tasks"], money=to_dollars(each["cents"]))
        for name, each in counted.items()
    ]
    return sorted(found, key=lambda one: (-one.cases - one.tasks, one.name))


def coverage(practice_id: int, now: datetime, portal: str | None = None) -> list[Coverage]:
    """Of the claims that the cadence still wants asked about: how many are not more than a day behind."""
    wanted = claim_items(practice_id, portal).filter(due_at__isnull=False).values("portal")
    counted = wanted.annotate(all=Count("id"), in_time=Count("id", filter=Q(due_at__gte=now - _DAY)))
    return [
        Coverage(portal=row["portal"], claims=row["all"], in_time=row["in_time"]) for row in counted.order_by("portal")
    ]


def missed(practice_id: int, within: Range, today: date, portal: str | None = None) -> list[Missed]:
    """Limits that passed in these days before the thing was done; it may have been done since."""
    passed = within.model_copy(update={"until": min(within.until or today, today - _DAY)})
    appeals = models.Appeal.objects.filter(passed.of_days("deadline"), practice_id=practice_id, deadline__isnull=False)
    appeals = appeals.filter(Q(stage__in=(AppealStage.DRAFT, AppealStage.APPROVED)) | Q(filed_on__gt=F("deadline")))
    tasks = models.Task.objects.filter(passed.of_days("limit"), practice_id=practice_id, limit__isnull=False)
    cases = _cases(practice_id, portal).filter(passed.of_days("limit"), limit__isnull=False)
    if portal is not None:
        appeals, tasks = appeals.filter(portal=portal), tasks.filter(portal=portal)
    times: Counter[tuple[str, str]] = Counter()
    cents: Counter[tuple[str, str]] = Counter()
    for place, what, money in (
        *((place, "appeal", money) for place, money in appeals.values_list("portal", "amount_cents").iterator(_PAGE)),
        *_late(tasks.values_list("portal", "kind", "money_cents", "limit", "closed_at").iterator(_PAGE)),
        *_late(cases.values_list("portal", "code", "money_cents", "limit", "closed_at").iterator(_PAGE)),
    ):
        times[place, what] += 1
        cents[place, what] += money
    return [
        Missed(portal=place, what=what, times=count, money=to_dollars(cents[place, what]))
        for (place, what), count in sorted(times.items())
    ]


def _late(
    rows: Iterator[tuple[str, str, int, date | None, datetime | None]],
) -> Iterator[tuple[str, str, int]]:
    for place, what, money, limit, closed_at in rows:
        if limit is not None and (closed_at is None or closed_at.astimezone(UTC).date() > limit):
            yield place, what, money


def _week(column: str) -> TruncWeek:
    return TruncWeek(column, output_field=DateField(), tzinfo=UTC)


def _cases(practice_id: int, portal: str | None) -> QuerySet[models.Case]:
    rows = models.Case.objects.filter(practice_id=practice_id)
    return rows if portal is None else rows.filter(portal=portal)
