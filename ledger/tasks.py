"""Tasks follow from what is known: brought up to date with every answer and payment, closed when they follow no more.

A task that a person has closed stays closed while nothing about it is new. Everything is worked out from what the
ledger holds, so that the same answer twice, or all of it once more, changes nothing.
"""

import hashlib
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from typing import Literal, get_args

from django.db import transaction
from django.db.models import QuerySet

from flows.claim_work import Surroundings, follow_claim
from flows.coverage import MemberNotFound
from flows.deadlines import Anchors, Event, day_alone
from flows.questions import Flow
from flows.remittance import ProviderAdjustment
from flows.routing import Circumstances, route
from flows.routing_findings import finding_of_unknown_member, findings_of_takebacks
from flows.tasks import Task, TaskOutcome
from ledger import answers, audit, models
from ledger.accounts import Actor, must_be_person
from ledger.canonical import canonical_json, to_cents, to_dollars
from ledger.case_routing import follow_claims as follow_cases
from ledger.errors import AlreadyClosed, NotThere, RecordWrong
from ledger.fee_schedules import FeeBook
from ledger.prepared import Prepared
from ledger.prepared_writes import PreparedInsert
from ledger.states import CaseState
from ledger.tasks_facts import facts_of, has_case
from ledger.whose import of_practice
from ledger.work_rules import RulesInForce, in_force

OPEN, CLOSED = CaseState.OPEN, CaseState.CLOSED
SETTLED = "settled"
"""The outcome of a task that follows no more: what is known now no longer gives it."""

_BATCH = 200

About = Literal["claim", "appointment", "remittance"]


@dataclass(frozen=True)
class Refreshed:
    """What a refresh did, in tasks; `open` is how many are open then."""

    opened: int
    changed: int
    settled: int
    open: int


@dataclass
class _Counted:
    opened: int = 0
    changed: int = 0
    settled: int = 0


@dataclass(frozen=True)
class _Wanted:
    """The tasks that one thing should have, and as they would be without its appeals; is a case about it open?"""

    portal: str
    tasks: Sequence[Task]
    without_appeals: Sequence[Task] = ()
    has_case: bool = False


def follow_claims(claim_ids: Collection[int], actor: Actor, now: datetime) -> None:
    """Bring the tasks of these claims of the actor's practice up to date, within the caller's transaction."""
    if claim_ids:
        following = _Following(actor, now)
        ids = sorted(claim_ids)
        for start in range(0, len(ids), _BATCH):
            following.claims(ids[start : start + _BATCH])


def follow_remittances(remittance_ids: Collection[int], actor: Actor, now: datetime) -> None:
    """The same for what payments take back beside their claims."""
    if remittance_ids:
        following = _Following(actor, now)
        ids = sorted(remittance_ids)
        for start in range(0, len(ids), _BATCH):
            following.remittances(ids[start : start + _BATCH])


def follow_appointments(appointment_ids: Collection[int], actor: Actor, now: datetime) -> None:
    """The same for visits whose patient the payer does not know."""
    if appointment_ids:
        _Following(actor, now).appointments(sorted(appointment_ids))


def refresh(actor: Actor, now: datetime, report: Callable[[int], None] = lambda _: None) -> Refreshed:
    """Work out all tasks of the practice anew, a batch at a time; `report` hears how many things were looked at.

    What is done in one batch stays when a later one fails; doing it again changes nothing.
    """
    following = _Following(actor, now)
    done = 0
    mine = {"practice_id": actor.practice_id}
    for rows, follow in (
        (models.Claim.objects.filter(**mine), following.claims),
        (models.Appointment.objects.filter(**mine), following.appointments),
        (models.Remittance.objects.filter(**mine), following.remittances),
    ):
        for ids in _ids(rows):
            with transaction.atomic():
                follow(ids)
            done += len(ids)
            report(done)
    counted = following.counted
    open_now = models.Task.objects.filter(**mine, state=OPEN).count()
    told = f"{counted.opened} opened, {counted.changed} changed, {counted.settled} settled, {open_now} open"
    audit.append(actor, "tasks.refresh", "tasks", "all", now, result=told)
    return Refreshed(counted.opened, counted.changed, counted.settled, open_now)


def close(number: int, actor: Actor, outcome: TaskOutcome, now: datetime, *, note: str = "") -> None:
    """A person ends a task. Raises NotAPerson, NotThere (another practice's too) or AlreadyClosed."""
    must_be_person(actor, "close a task")
    with transaction.atomic():
        row = _of_practice(number, actor)
        if row.state != OPEN:
            raise AlreadyClosed(number, "Task")
        row.state, row.outcome, row.note = CLOSED, outcome, note
        row.closed_at, row.closed_by_id = now, actor.account_id
        row.save(update_fields=["state", "outcome", "note", "closed_at", "closed_by"])
        audit.append(actor, "task.close", "task", number, now, portal=row.portal, result=f"{row.kind}: {outcome}")
        if row.claim_id is not None:
            follow_cases(actor.practice_id, [row.claim_id], in_force(actor.practice_id).routing.cases)
            # The not-found ladder goes on from what a person has looked up.
            follow_claims([row.claim_id], actor, now)


def assign(number: int, owner: str | None, actor: Actor, now: datetime, *, was: str | None = None) -> None:
    """Give an open task to a person of the practice, by account name, or to nobody.

    `was` is whose it was when somebody looked at it ("" for nobody's); None for whoever gives it as it is now. Raises
    NotThere, AlreadyClosed, or RecordWrong where it has become another's meanwhile.
    """
    with transaction.atomic():
        row = _of_practice(number, actor)
        if row.state != OPEN:
            raise AlreadyClosed(number, "Task")
        has = row.owner.name if row.owner is not None else ""
        if was is not None and has != was:
            raise RecordWrong(f"Task {number} is {has or 'nobody'}'s by now. Nothing was changed; look at it again.")
        account = None
        if owner is not None:
            people = models.Account.objects.filter(practices=actor.practice_id, is_robot=False, is_active=True)
            account = people.filter(name=owner).first()
            if account is None:
                raise NotThere("person of this practice with that name")
        row.owner = account
        row.save(update_fields=["owner"])
        audit.append(actor, "task.assign", "task", number, now, portal=row.portal, result=owner or "nobody")


def take(number: int, actor: Actor, now: datetime) -> None:
    """A person takes an open task that nobody else has. Raises NotAPerson, NotThere, AlreadyClosed, or RecordWrong."""
    must_be_person(actor, "take a task")
    with transaction.atomic():
        row = _of_practice(number, actor)
        if row.state != OPEN:
            raise AlreadyClosed(number, "Task")
        if row.owner is not None and row.owner_id != actor.account_id:
            raise RecordWrong(
                f"{row.owner.name} has taken task {number} meanwhile. Nothing was changed; ask them, or assign it."
            )
        if row.owner is None:
            models.Task.objects.filter(pk=row.pk).update(owner_id=actor.account_id)
            audit.append(actor, "task.assign", "task", number, now, portal=row.portal, result=actor.name)


def _of_practice(number: int, actor: Actor) -> models.Task:
    rows = models.Task.objects.select_for_update(of=("self",)).filter(practice_id=actor.practice_id)
    row = rows.filter(pk=number).first()
    if row is None:
        raise NotThere(f"task {number}")
    return row


class _Following:
    """The rules, prices and day by which tasks are worked out, for one practice."""

    def __init__(self, actor: Actor, now: datetime) -> None:
        self._actor, self._now = actor, now
        self._rules = in_force(actor.practice_id)
        self._books: dict[str, FeeBook] = {}
        self.counted = _Counted()

    def claims(self, ids: Sequence[int]) -> None:
        """Of these claims."""
        wanted = {}
        for claim, known in facts_of(self._actor.practice_id, ids):
            follows = follow_claim(known, self._around(claim))
            wanted[claim.pk] = _Wanted(claim.portal, follows.tasks, follows.without_appeals, has_case(claim))
        self._settle("claim", wanted)

    def appointments(self, ids: Sequence[int]) -> None:
        """Of these visits."""
        told = models.AnswerVersion.objects.select_related("appointment").filter(
            appointment__in=ids,
            appointment__practice=self._actor.practice_id,
            flow=Flow.ELIGIBILITY,
            newest_of__isnull=False,
        )
        wanted = {}
        for row in told:
            if row.appointment is None:
                continue
            said = answers.normalised_of(row)
            findings = [finding_of_unknown_member(said)] if isinstance(said, MemberNotFound) else []
            around = Circumstances(as_of=row.recorded_at.date(), payer=self._rules.payer(row.portal))
            tasks = route(findings, self._rules.routing, around).tasks
            wanted[row.appointment.pk] = _Wanted(row.portal, _before(tasks, row.appointment.service_from))
        self._settle("appointment", wanted)

    def remittances(self, ids: Sequence[int]) -> None:
        """Of these payments."""
        rows = models.Remittance.objects.filter(practice_id=self._actor.practice_id, pk__in=ids)
        payments = {row.pk: row for row in rows}
        taken: dict[int, list[tuple[ProviderAdjustment, int, bool]]] = {number: [] for number in payments}
        adjustments = models.ProviderAdjustment.objects.select_related("reading").filter(
            reading__leads__in=list(payments)
        )
        for row in adjustments.order_by("number"):
            said = ProviderAdjustment(reason=row.reason, reference=row.reference, amount=to_dollars(row.amount_cents))
            known = row.about_claim_id is not None or row.about_remittance_id is not None
            taken[row.reading.remittance_id].append((said, row.number, known))
        wanted = {}
        for number, payment in payments.items():
            around = Circumstances(as_of=payment.first_at.date(), payer=self._rules.payer(payment.portal))
            findings = findings_of_takebacks(taken[number])
            wanted[number] = _Wanted(payment.portal, route(findings, self._rules.routing, around).tasks)
        self._settle("remittance", wanted)

    def _around(self, claim: models.Claim) -> Surroundings:
        portal = claim.portal
        if portal not in self._books:
            self._books[portal] = FeeBook(self._actor.practice_id, portal)
        payer = self._rules.payer(portal)
        return Surroundings(
            rules=self._rules.routing,
            payer=payer,
            today=self._now.date(),
            fees_of=self._books[portal].for_provider(claim.provider_npi),
            appeal_until=lambda service_from, decided_on: _appeal_until(self._rules, portal, service_from, decided_on),
        )

    def _settle(self, about: About, wanted: Mapping[int, _Wanted]) -> None:
        """Make the open tasks of these things what they should be."""
        practice_id, ids = self._actor.practice_id, list(wanted)
        held: dict[tuple[int, str, str], models.Task] = {}
        # By thing, kind and topic: what the task rested on that a person closed last.
        ended: dict[tuple[int, str, str], str] = {}
        for row in _HELD[about].rows(practice_id=practice_id, ids=ids):
            key = (getattr(row, f"{about}_id"), row.kind, row.topic)
            if row.state == OPEN:
                held[key] = row
            else:
                ended[key] = row.digest
        new: list[models.Task] = []
        moved: set[int] = set()
        for subject, one in wanted.items():
            whole = {(task.kind, task.topic): _digest(task) for task in one.without_appeals}
            for task in one.tasks:
                digest = _digest(task)
                key = (subject, task.kind.value, task.topic)
                if key in held:
                    if self._bring_up(held.pop(key), task, digest):
                        moved.add(subject)
                # What an appeal leaves of a task that a person has closed as a whole is nothing new.
                elif key not in ended or ended[key] not in (digest, whole.get((task.kind, task.topic))):
                    new.append(self._new(about, subject, one.portal, task, digest))
        # Another process may have met the same at the same moment: its task is there first, and is ours too.
        _NEW.add_all(new)
        self.counted.opened += len(new)
        if held:
            models.Task.objects.filter(pk__in=[row.pk for row in held.values()]).update(
                state=CLOSED, outcome=SETTLED, closed_at=self._now
            )
            self.counted.settled += len(held)
        if about == "claim":
            moved |= {row.claim_id for row in (*new, *held.values()) if row.claim_id is not None}
            with_cases = {claim_id for claim_id in moved if wanted[claim_id].has_case}
            follow_cases(self._actor.practice_id, with_cases, self._rules.routing.cases)

    def _bring_up(self, row: models.Task, task: Task, digest: str) -> bool:
        """The open task as it follows now; the same thing keeps its day, unless a nearer one has come. Changed?"""
        columns = _columns(task)
        if row.digest == digest:
            columns["due"] = min(row.due, task.due)
        if all(getattr(row, name) == value for name, value in columns.items()):
            return False
        models.Task.objects.filter(pk=row.pk).update(**columns, digest=digest, changed_at=self._now)
        self.counted.changed += 1
        return True

    def _new(self, about: About, subject: int, portal: str, task: Task, digest: str) -> models.Task:
        return models.Task(
            practice_id=self._actor.practice_id,
            portal=portal,
            kind=task.kind,
            topic=task.topic,
            digest=digest,
            state=OPEN,
            opened_at=self._now,
            changed_at=self._now,
            **{f"{about}_id": subject},
            **_columns(task),
        )


def _held(about: About, practice_id: int, ids: Sequence[int]) -> "QuerySet[models.Task]":
    """Those that are open, and those that a person closed, the newest last."""
    rows = models.Task.objects.filter(of_practice(practice_id), **{f"{about}__in": ids})
    return rows.exclude(state=CLOSED, outcome=SETTLED).order_by("id")


_HELD = {about: Prepared(partial(_held, about)) for about in get_args(About)}
_NEW = PreparedInsert(models.Task, ignore_conflicts=True)


def _columns(task: Task) -> dict[str, object]:
    return {
        "queue": task.queue,
        "role": task.role,
        "due": task.due,
        "limit": task.limit,
        "money_cents": to_cents(task.money),
        "explains_cents": to_cents(task.explains),
        "why": task.why,
        "codes": canonical_json(task.codes),
        "lines": canonical_json(task.lines),
        "frequency": task.frequency or "",
        "replaces": (task.replaces or "").replace("\0", "\ufffd"),
    }


def _digest(task: Task) -> str:
    """Of what the task rests on. Days, queues and words may change without making it another."""
    parts = (str(task.money), str(task.explains), list(task.codes), list(task.lines), task.replaces)
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()


def _before(tasks: Iterable[Task], visit: date) -> tuple[Task, ...]:
    """What is about a visit that is still to come has to be done before it."""
    return tuple(task.model_copy(update={"due": min(task.due, visit)}) for task in tasks)


def _appeal_until(rules: RulesInForce, portal: str, service_from: date, decided_on: date | None) -> date | None:
    """The last day for a first appeal, by the office's rules for deadlines."""
    anchors = Anchors(service_from=service_from, processed=decided_on)
    return day_alone(Event.APPEAL_FIRST, rules.payer(portal), portal, anchors, rules.deadlines)


def _ids(
    rows: "QuerySet[models.Claim] | QuerySet[models.Appointment] | QuerySet[models.Remittance]",
) -> Iterator[list[int]]:
    last = 0
    while ids := list(rows.filter(pk__gt=last).order_by("id").values_list("id", flat=True)[:_BATCH]):
        yield ids
        last = ids[-1]
