"""Plans questions: gives what is known about them to the rules of cadence, and writes down when each is asked again.

Only what has changed since it was planned is looked at (`WorkItem.planned_at`), a batch at a time. The rules are the
caller's (`Evaluate`): this room knows what is, not how often one should ask.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial

from django.db import connection, transaction
from django.db.models import BooleanField, F, Q, QuerySet
from django.db.models.expressions import RawSQL

from flows.outcomes import Reason
from flows.questions import Flow
from ledger import models
from ledger.accounts import Actor
from ledger.cases import cause_of_finding, open_finding
from ledger.errors import NotThere
from ledger.planning_facts import Known
from ledger.planning_values import Plan, Planned, ToAsk
from ledger.states import ItemState
from ledger.subjects import JOINED_WITH_ANY, numbered, subject_of
from ledger.unplanned import UNPLANNED
from ledger.work_rules import in_force

Evaluate = Callable[[ToAsk], Plan]

BATCH = 400

_WRITTEN = ("state", "not_before", "rank", "due_at", "review_at", "planned_at")


def plan_changed(actor: Actor, evaluate: Evaluate, rules: str, now: datetime, *, most: int = 5000) -> Planned:
    """Plan what has changed in the actor's practice since it was planned, and after that what other rules planned.

    `rules` is the digest of the rules by which `evaluate` judges: when it is another than the last time, every question
    is planned anew, once. At most about `most` questions; `Planned.left` says that there is more to do. What a person
    has to do opens cases in the actor's name. Another process that plans the same practice, or an import, is not waited
    for.
    """
    _review(actor.practice_id, now)
    known = Known(actor.practice_id, in_force(actor.practice_id))
    planning = _Planning(actor, evaluate, now, known)
    questions = opened = 0
    for batch in (planning.changed, partial(planning.by_new_rules, rules)):
        left = True
        while left:
            if questions + opened >= most:
                return Planned(questions, opened, left=True)
            done = batch()
            if done is None:
                return Planned(questions, opened, busy=True)
            questions, opened, left = questions + done.questions, opened + done.opened, done.left
    return Planned(questions, opened)


def look_at(practice_id: int, number: str, portal: str | None = None) -> tuple[ToAsk, ...]:
    """The questions about what the office calls so (a claim, a visit, an appeal's number), as the rules see them.

    A claim's appeals are among them. Raises NotThere.
    """
    about = Q(pk__in=())
    for flow in (Flow.CLAIM_STATUS, Flow.ELIGIBILITY, Flow.REMITTANCES, Flow.APPEAL, Flow.APPEAL_STATUS):
        about |= numbered(number, flow) & Q(flow=flow)
    about |= Q(appeal__claim__patient_account_number=number)
    rows = _rows().filter(about, practice_id=practice_id)
    if portal is not None:
        rows = rows.filter(portal=portal)
    found = list(rows.order_by("id"))
    if not found:
        raise NotThere(f"claim, appointment or appeal {number}")
    return _seen(practice_id, found)


def look_at_claim(practice_id: int, claim_id: int) -> tuple[ToAsk, ...]:
    """The questions about the claim with this row and its appeals; none for another practice's."""
    appeals = list(models.Appeal.objects.filter(claim_id=claim_id).values_list("id", flat=True))
    # Written out: the index has only the rows that have one.
    has_one = RawSQL("ledger_workitem.appeal_id IS NOT NULL", (), output_field=BooleanField())
    found = [
        *_rows().filter(claim_id=claim_id, practice_id=practice_id).order_by("id"),
        *_rows().filter(has_one, appeal__in=appeals, practice_id=practice_id).order_by("id"),
    ]
    return _seen(practice_id, found)


def look_at_visit(practice_id: int, appointment_id: int) -> tuple[ToAsk, ...]:
    """The same of a visit."""
    has_one = RawSQL("ledger_workitem.appointment_id IS NOT NULL", (), output_field=BooleanField())
    rows = _rows().filter(has_one, appointment_id=appointment_id, practice_id=practice_id)
    return _seen(practice_id, list(rows.order_by("id")))


def _seen(practice_id: int, rows: Sequence[models.WorkItem]) -> tuple[ToAsk, ...]:
    known = Known(practice_id, in_force(practice_id))
    return tuple(known.to_ask(rows).values()) if rows else ()


class _Planning:
    """One pass over the questions of a practice."""

    def __init__(self, actor: Actor, evaluate: Evaluate, now: datetime, known: Known) -> None:
        self._actor, self._evaluate, self._now, self._known = actor, evaluate, now, known

    def changed(self) -> Planned | None:
        """Plan a batch of what has changed; None while another process is at it."""
        with transaction.atomic():
            if not _alone(self._actor.practice_id):
                return None
            free = _rows().select_for_update(skip_locked=True, of=("self",))
            rows = free.filter(practice_id=self._actor.practice_id, planned_at__isnull=True)
            batch = list(rows.exclude(state=ItemState.RUNNING).order_by("id")[:BATCH])
            to_tell = self._plan(batch)
        opened = self._tell(to_tell)
        return Planned(len(batch) - len(to_tell), opened, left=len(batch) == BATCH or bool(to_tell))

    def by_new_rules(self, rules: str) -> Planned | None:
        """Plan a batch of what other rules planned; None while another process is at it."""
        with transaction.atomic():
            if not _alone(self._actor.practice_id):
                return None
            stands, _ = models.Planning.objects.get_or_create(
                practice_id=self._actor.practice_id, defaults={"rules": rules}
            )
            if stands.rules != rules:
                stands.rules, stands.again_after = rules, 0
            if stands.again_after is None:
                return Planned()
            free = _rows().select_for_update(skip_locked=True, of=("self",))
            rows = free.filter(practice_id=self._actor.practice_id, pk__gt=stands.again_after)
            batch = list(rows.order_by("id")[:BATCH])
            to_tell = self._plan([row for row in batch if row.state != ItemState.RUNNING])
            models.WorkItem.objects.filter(pk__in=[row.pk for row, _ in to_tell]).update(**UNPLANNED)
            stands.again_after = batch[-1].pk if len(batch) == BATCH else None
            stands.save()
        return Planned(len(batch), self._tell(to_tell), left=stands.again_after is not None)

    def _plan(self, rows: Sequence[models.WorkItem]) -> list[tuple[models.WorkItem, Plan]]:
        """Write the plans of these rows, all but of those of which a person has to be told first."""
        if not rows:
            return []
        to_ask = self._known.to_ask(rows)
        plans = [(row, self._evaluate(to_ask[row.pk])) for row in rows]
        told = self._told(plans)
        to_tell = [(row, plan) for row, plan in plans if plan.for_person is not None and _cause(row, plan) not in told]
        waiting = {row.pk for row, _ in to_tell}
        _write([(row, plan) for row, plan in plans if row.pk not in waiting], to_ask, self._now)
        return to_tell

    def _told(self, plans: Sequence[tuple[models.WorkItem, Plan]]) -> set[str]:
        """The causes of these that a case was opened for before, whatever became of it."""
        causes = [_cause(row, plan) for row, plan in plans if plan.for_person is not None]
        if not causes:
            return set()
        cases = models.Case.objects.filter(practice_id=self._actor.practice_id, cause__in=causes)
        return set(cases.values_list("cause", flat=True))

    def _tell(self, to_tell: Sequence[tuple[models.WorkItem, Plan]]) -> int:
        """Open their cases, in transactions of their own: whoever writes into the audit log waits for no question."""
        for row, plan in to_tell:
            if plan.for_person is None:
                continue
            with transaction.atomic():
                open_finding(
                    Reason(code=plan.for_person.code, what=plan.for_person.what),
                    subject=subject_of(row),
                    topic=plan.for_person.topic,
                    portal=row.portal,
                    flow=Flow(row.flow),
                    actor=self._actor,
                    now=self._now,
                )
        return len(to_tell)


def _rows() -> "QuerySet[models.WorkItem]":
    return models.WorkItem.objects.select_related(*JOINED_WITH_ANY)


def _review(practice_id: int, now: datetime) -> None:
    """What has to be looked at again today, though nothing has changed, counts as changed."""
    items = models.WorkItem.objects.select_for_update(skip_locked=True)
    with transaction.atomic():
        # Not `practice_id=`: SQLite would go through all that the practice has.
        mine = items.annotate(of_practice=F("practice_id") + 0).filter(of_practice=practice_id)
        due = mine.filter(review_at__isnull=False, review_at__lte=now)
        ids = list(due.order_by("review_at").values_list("id", flat=True)[: 10 * BATCH])
        models.WorkItem.objects.filter(pk__in=ids).update(review_at=None, **UNPLANNED)


def _alone(practice_id: int) -> bool:
    """Is no import, matching or other planning of this practice under way? Then none begins before we are done."""
    held = models.Practice.objects.select_for_update(no_key=True, skip_locked=True)
    return held.filter(pk=practice_id).first() is not None


def _cause(row: models.WorkItem, plan: Plan) -> str:
    if plan.for_person is None:
        return ""
    return cause_of_finding(plan.for_person.code, plan.for_person.topic, row.portal, subject_of(row))


def _write(plans: Sequence[tuple[models.WorkItem, Plan]], to_ask: dict[int, ToAsk], now: datetime) -> None:
    """Write the plans into their rows, which are locked; one prepared statement, far cheaper than a row at a time."""
    quoted, adapted = connection.ops.quote_name, connection.ops.adapt_datetimefield_value
    columns = ", ".join(f"{quoted(name)} = %s" for name in _WRITTEN)
    statement = f"UPDATE {quoted(models.WorkItem._meta.db_table)} SET {columns} WHERE id = %s"  # noqa: S608 - names of ours
    values = []
    for row, plan in plans:
        state, not_before, due_at = _when(row, plan, to_ask[row.pk], now)
        instants = (adapted(at) for at in (due_at, plan.review_at, now))
        values.append((state, adapted(not_before), plan.rank.order, *instants, row.pk))
    with connection.cursor() as cursor:
        cursor.executemany(statement, values)


def _when(row: models.WorkItem, plan: Plan, asked: ToAsk, now: datetime) -> tuple[str, datetime, datetime | None]:
    """State, earliest time and due time of a question by its plan.

    What is ready because a person or the portal wanted it at that time stays so, and so does what waits for its
    back-off. What cadence itself has made ready, and what nobody has asked yet, goes by the plan.
    """
    match ItemState(row.state):
        case ItemState.DONE if row.flow == Flow.APPEAL:
            return row.state, row.not_before, None
        case ItemState.DONE:
            return row.state, plan.due_at or min(row.not_before, now), plan.due_at
        case ItemState.READY if _by_cadence(row, asked, now):
            if plan.due_at is None:
                return ItemState.DONE, row.not_before, None
            return ItemState.READY, plan.due_at, plan.due_at
        case _:
            return row.state, row.not_before, None


def _by_cadence(row: models.WorkItem, asked: ToAsk, now: datetime) -> bool:
    if row.tries or row.flow == Flow.APPEAL:
        return False
    followed_up = row.flow == Flow.APPEAL_STATUS and row.not_before > now
    return not asked.tried or row.due_at == row.not_before or followed_up
