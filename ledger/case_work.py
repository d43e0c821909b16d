"""What people do with a case: take it, give it to somebody, write on it, put it off, send it on, close it, undo that.

Whoever acts says with `changes` which state of the case they have seen: where somebody has done something since, the
case stays as it is, and CaseChanged says who it was. Every act stands in the case's own history and in the audit log.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q

from flows.questions import Flow
from ledger import audit, cases, models
from ledger.accounts import Actor, must_be_person
from ledger.errors import (
    AlreadyClosed,
    CaseChanged,
    CaseTaken,
    DatabaseRefused,
    LedgerError,
    NotThere,
    OthersCase,
    ReopenRefused,
    SnoozeRefused,
)
from ledger.states import CaseState, ItemState, Resolution, Stops
from ledger.subjects import Subject, subject_of
from ledger.unplanned import UNPLANNED
from ledger.work_rules import in_force

LONGEST_SNOOZE = timedelta(days=30)
"""Where nobody knows a last day."""
UNDO = timedelta(hours=24)
"""For so long the closing of a case may be taken back."""

_PORTION = 50
"""So many cases are changed in one transaction, so that a long list keeps the robot waiting for no longer than that."""
_SHARED = Q(stops__in=(Stops.PORTAL, Stops.VIEW))


@dataclass(frozen=True)
class Bulk:
    """What became of many cases: which were changed, and which were not with the sentence that says why."""

    done: tuple[int, ...]
    not_done: tuple[tuple[int, str], ...]


def take(case_id: int, actor: Actor, changes: int, now: datetime) -> int:
    """The case is the actor's work from now on. Raises CaseTaken when it is somebody else's."""
    must_be_person(actor, "take a case")
    with transaction.atomic():
        row = _open(case_id, actor)
        if row.owner is not None and row.owner_id != actor.account_id:
            raise CaseTaken(case_id, row.owner.name)
        _compare(row, changes)
        return note_act(row, actor, "taken", now, owner_id=actor.account_id, taken_at=now)


def release(case_id: int, actor: Actor, changes: int, now: datetime) -> int:
    """Nobody has the case any more."""
    return assign(case_id, None, actor, changes, now)


def assign(case_id: int, owner: str | None, actor: Actor, changes: int, now: datetime) -> int:
    """Give the case to a person of the practice, by account name, or to nobody. Raises NotThere for an unknown name."""
    must_be_person(actor, "assign a case")
    with transaction.atomic():
        row = locked(case_id, actor, changes)
        if owner is None:
            return note_act(row, actor, "released", now, owner_id=None, taken_at=None)
        people = models.Account.objects.filter(practices=actor.practice_id, is_robot=False, is_active=True)
        account = people.filter(name=owner).first()
        if account is None:
            raise NotThere("person of this practice with that name")
        return note_act(row, actor, "assigned", now, text=account.name, owner_id=account.pk, taken_at=now)


def comment(case_id: int, text: str, actor: Actor, now: datetime) -> None:
    """Write on the case, open or closed. It overwrites nothing, so that it never comes too late."""
    must_be_person(actor, "write on a case")
    with transaction.atomic():
        row = models.Case.objects.filter(practice_id=actor.practice_id, pk=case_id).first()
        if row is None:
            raise NotThere(f"case {case_id}")
        note_act(row, actor, "comment", now, text=text)


def snooze(
    case_id: int, until: date, actor: Actor, changes: int, now: datetime, *, why: str, today: date | None = None
) -> int:
    """Put the case off until that day, on which it comes back by itself. Raises SnoozeRefused.

    It comes back before its last day, or the day of its visit; without these, in at most `LONGEST_SNOOZE`. What stops
    something is not put off: questions wait for it (DOMAIN 4: "snooze with reason until date < deadline"). `today` is
    the office's, where that is not the day in UTC.
    """
    must_be_person(actor, "put off a case")
    with transaction.atomic():
        row = locked(case_id, actor, changes)
        _may_snooze(row, until, today or now.date())
        return note_act(row, actor, "snoozed", now, text=f"until {until}: {why}", snoozed_until=until, snooze_why=why)


def bring_back(case_id: int, actor: Actor, changes: int, now: datetime) -> int:
    """Nobody puts the case off any more."""
    must_be_person(actor, "bring back a case")
    with transaction.atomic():
        row = locked(case_id, actor, changes)
        return note_act(row, actor, "brought back", now, snoozed_until=None, snooze_why="")


def send(case_id: int, queue: str, actor: Actor, changes: int, now: datetime) -> int:
    """The case is another queue's work; nobody of the first one has it any more. Raises NotThere for no such queue."""
    must_be_person(actor, "send a case to another queue")
    with transaction.atomic():
        row = locked(case_id, actor, changes)
        rules = in_force(actor.practice_id).routing
        if queue not in rules.queues:
            raise NotThere("queue of that name")
        roles = [one.role for one in (*rules.cases.values(), *rules.kinds.values()) if one.queue == queue]
        role = roles[0] if roles else row.role
        return note_act(row, actor, "sent", now, text=queue, queue=queue, role=role, owner_id=None, taken_at=None)


def close(case_id: int, actor: Actor, how: Resolution, changes: int, now: datetime, *, note: str = "") -> int:
    """End the case by its outcome, as `cases.close` does it; returns how many questions were moved."""
    with transaction.atomic():
        _compare(_open(case_id, actor), changes)
        return cases.close(case_id, actor, how, now, note=note)


def reopen(case_id: int, actor: Actor, changes: int, now: datetime) -> int:
    """Take back that the case was closed, within `UNDO`; its questions wait for it again. Raises ReopenRefused.

    Refused when anything was asked since: then what it was about is over, and the robot opens a case of its own.
    """
    must_be_person(actor, "open a case again")
    with transaction.atomic():
        row = models.Case.objects.select_for_update(of=("self",)).filter(practice_id=actor.practice_id, pk=case_id)
        case = row.select_related("owner", "closed_by").first()
        if case is None:
            raise NotThere(f"case {case_id}")
        if case.state == CaseState.OPEN or case.closed_at is None:
            raise ReopenRefused(case_id, "it is open. Nothing was changed.")
        _compare(case, changes)
        if now - case.closed_at > UNDO:
            raise ReopenRefused(case_id, "it was closed more than a day ago. Ask the portal again from the claim.")
        same = models.Case.objects.filter(practice_id=actor.practice_id, cause=case.cause, state=CaseState.OPEN)
        if case.cause and same.exists():
            raise ReopenRefused(case_id, "the same has come up again, and has an open case of its own.")
        _park_again(case, case.closed_at)
        ended: dict[str, Any] = {"closed_at": None, "closed_by_id": None, "resolution": "", "note": ""}
        return note_act(case, actor, "reopened", now, state=CaseState.OPEN, **ended)


def people(practice_id: int) -> tuple[tuple[int, str], ...]:
    """Whom a case of the practice may be given to: account and name, by name."""
    rows = models.Account.objects.filter(practices=practice_id, is_robot=False, is_active=True)
    return tuple(rows.order_by("name").values_list("id", "name"))


def close_all(seen: Mapping[int, int], actor: Actor, how: Resolution, now: datetime, *, note: str = "") -> Bulk:
    """Close these cases, as each was seen (by id: its `changes`)."""
    return _each(seen, lambda case_id, changes: close(case_id, actor, how, changes, now, note=note))


def assign_all(seen: Mapping[int, int], owner: str | None, actor: Actor, now: datetime) -> Bulk:
    """Give them to one person, or to nobody."""
    return _each(seen, lambda case_id, changes: assign(case_id, owner, actor, changes, now))


def snooze_all(
    seen: Mapping[int, int], until: date, actor: Actor, now: datetime, *, why: str, today: date | None = None
) -> Bulk:
    """Put them off until that day."""
    return _each(seen, lambda case_id, changes: snooze(case_id, until, actor, changes, now, why=why, today=today))


def send_all(seen: Mapping[int, int], queue: str, actor: Actor, now: datetime) -> Bulk:
    """Send them to another queue."""
    return _each(seen, lambda case_id, changes: send(case_id, queue, actor, changes, now))


def locked(case_id: int, actor: Actor, changes: int) -> models.Case:
    """The open case, locked, as the actor has seen it. For the ledger's own functions, within their transaction.

    Raises NotThere, OthersCase, AlreadyClosed or CaseChanged. What is done then is told by `note_act`, which counts it.
    """
    row = _open(case_id, actor)
    _compare(row, changes)
    return row


def note_act(row: models.Case, actor: Actor, what: str, now: datetime, text: str = "", **columns: Any) -> int:
    """Write these columns of a locked case, and into its history that this was done; returns its new `changes`.

    `what` is a word of ours with at most 20 characters; `text` is what a person wrote and stands in no log. A comment
    changes nothing of the case. For the ledger's own functions, within their transaction.
    """
    if what != "comment":
        row.changes += 1
        models.Case.objects.filter(pk=row.pk).update(changes=row.changes, **columns)
    models.CaseComment.objects.create(case=row, account_id=actor.account_id, at=now, what=what, text=text)
    audit.append(actor, f"case.{what.replace(' ', '-')}", "case", row.pk, now, portal=row.portal, flow=row.flow)
    return row.changes


def _open(case_id: int, actor: Actor) -> models.Case:
    rows = models.Case.objects.select_for_update(of=("self",)).select_related("owner", "closed_by", "appointment")
    row = rows.filter(Q(practice_id=actor.practice_id) | _SHARED, pk=case_id).first()
    if row is None or (row.practice_id != actor.practice_id and row.state == CaseState.CLOSED):
        raise NotThere(f"case {case_id}")
    if row.practice_id != actor.practice_id:
        raise OthersCase(case_id)
    if row.state == CaseState.CLOSED:
        raise AlreadyClosed(case_id)
    return row


def _compare(row: models.Case, changes: int) -> None:
    if row.changes == changes:
        return
    acts = models.CaseComment.objects.exclude(what="comment").filter(case=row).select_related("account")
    last = acts.order_by("-id").first()
    if last is None:
        raise CaseChanged(row.pk, "somebody", "did something to it", None)
    raise CaseChanged(row.pk, last.account.name, WORDS.get(last.what, f"has it {last.what}"), last.at)


WORDS: Mapping[str, str] = {
    "taken": "took it",
    "released": "gave it back",
    "assigned": "assigned it",
    "snoozed": "put it off",
    "brought back": "brought it back",
    "sent": "sent it to another queue",
    "reopened": "opened it again",
    f"closed: {Resolution.ASK_AGAIN}": "closed it, so that the portal is asked again",
    f"closed: {Resolution.DONE_BY_HAND}": "closed it as done by hand",
    "comment": "wrote on it",
}
"""What was done, for "somebody ... ": of the acts that stand here."""


def _may_snooze(row: models.Case, until: date, today: date) -> None:
    if row.stops:
        raise SnoozeRefused("Questions wait until this case is closed.")
    if until <= today:
        raise SnoozeRefused("A case is put off until a day that is still to come.")
    last = row.limit or (row.appointment.service_from if row.appointment is not None else None)
    if last is not None and until >= last:
        raise SnoozeRefused(f"It has to come back before its last day, {last}.")
    if last is None and until > today + LONGEST_SNOOZE:
        raise SnoozeRefused(f"It comes back after at most {LONGEST_SNOOZE.days} days.")


def _park_again(case: models.Case, closed_at: datetime) -> None:
    """Let the questions that the closing of this case moved wait for it again. Raises ReopenRefused."""
    if case.flow == Flow.APPEAL:
        raise ReopenRefused(case.pk, "it was about filing an appeal. See what became of the appeal.")
    if case.stops and models.Run.objects.filter(portal=case.portal, started_at__gte=closed_at).exists():
        raise ReopenRefused(case.pk, "the portal has been asked since. If the cause is there still, it comes up again.")
    if case.resolution == Resolution.DONE_BY_HAND:
        models.WorkItem.objects.filter(case=case, state=ItemState.DONE).update(state=ItemState.PARKED, **UNPLANNED)
        return
    about = subject_of(case)
    if case.cause:
        # For what was found beside an answer no question waited; an incident's own went back to work, unless all stood.
        if about == Subject() and not case.stops:
            raise ReopenRefused(case.pk, "its questions have gone back to work.")
        return
    untouched = Q(taken_at__isnull=True) | Q(taken_at__lte=closed_at)
    items = models.WorkItem.objects.filter(untouched, flow=case.flow, state=ItemState.READY, case=None)
    if not items.filter(**about.columns()).update(state=ItemState.PARKED, case=case, **UNPLANNED):
        raise ReopenRefused(case.pk, "the portal has been asked since. See its newest answer.")


def _each(seen: Mapping[int, int], act: Callable[[int, int], object]) -> Bulk:
    done: list[int] = []
    not_done: list[tuple[int, str]] = []
    pairs = sorted(seen.items())
    for start in range(0, len(pairs), _PORTION):
        with transaction.atomic():
            for case_id, changes in pairs[start : start + _PORTION]:
                try:
                    with transaction.atomic():
                        act(case_id, changes)
                except DatabaseRefused:
                    raise
                except LedgerError as error:
                    not_done.append((case_id, str(error)))
                else:
                    done.append(case_id)
    return Bulk(tuple(done), tuple(not_done))
