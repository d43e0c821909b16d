"""The weekly look over the audit log, signed off by name, and the proof on demand that the log is whole.

A review is of one week, Monday to Sunday, UTC, once the week is over. (45 CFR 164.308(a)(1)(ii)(D); DOMAIN 6.)
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum

from django.db import transaction
from django.db.models import Count

from flows.values import Frozen
from ledger import audit, models
from ledger.accounts import Actor, must_be_person
from ledger.audit_listed import acts
from ledger.errors import RecordWrong

_WEEK = timedelta(days=7)
_LONGEST_PROOF = timedelta(hours=1)
"""A proof that was begun so long ago and has no end went away with the console that made it."""

REVIEWED, PROVING, PROVED = "audit.reviewed", "audit.verify", "audit.verified"

_BY_THE_THOUSAND = frozenset(
    {
        "case.open", "document.keep", "item.finish", "item.reuse", "items.again", "period.ask", "press.begin",
        "press.presume", "press.prove", "press.settle", "run.end", "run.start", "tasks.refresh",
    }
)  # fmt: skip
"""What the robot does all night: it is listed, and left out where the acts of people are counted."""


class Week(Frozen):
    """A week of the log: its Monday, and who looked it over when. Nobody has yet: `by` is ""."""

    monday: date
    by: str = ""
    at: datetime | None = None

    @property
    def sunday(self) -> date:
        """Its last day."""
        return self.monday + _WEEK - timedelta(days=1)


class ActsOfOne(Frozen):
    """How often somebody did something in a week."""

    actor: str
    action: str
    times: int


class ProofState(StrEnum):
    """How far a proof of the chain is."""

    RUNNING = "running"
    WHOLE = "whole"
    CHANGED = "changed"
    CUT_OFF = "cut off"
    """It has no end: the console that made it went away."""


class Proof(Frozen):
    """A proof of the chain. `entries` were found as they were written; `first_bad` is the first that was not."""

    state: ProofState
    by: str
    begun_at: datetime
    entries: int = 0
    first_bad: int | None = None


def weeks(practice_id: int, today: date, *, most: int) -> tuple[Week, ...]:
    """The weeks that are over, newest first, from the practice's first entry on; at most so many."""
    began = _first_day(practice_id)
    if began is None:
        return ()
    first, this = _monday(began), _monday(today)
    mondays = [this - _WEEK * back for back in range(1, most + 1) if this - _WEEK * back >= first]
    if not mondays:
        return ()
    signed = _signed_off(practice_id, mondays)
    return tuple(signed.get(monday, Week(monday=monday)) for monday in mondays)


def week(practice_id: int, monday: date, today: date) -> Week:
    """One week. Raises RecordWrong when the day is no Monday, or the week is not over."""
    _must_be_over(monday, today)
    return _signed_off(practice_id, [monday]).get(monday, Week(monday=monday))


def acts_in(practice_id: int, monday: date) -> tuple[ActsOfOne, ...]:
    """What was done in a week, by whom, how often; without what the robot does by the thousand."""
    telling = [action for action in acts(practice_id) if action not in _BY_THE_THOUSAND]
    rows = (
        models.AuditEntry.objects.filter(practice_id=practice_id, action__in=telling, at__gte=_day_starts(monday))
        .filter(at__lt=_day_starts(monday + _WEEK))
        .values_list("actor", "action")
        .annotate(times=Count("sequence"))
        .order_by("actor", "action")
    )
    return tuple(ActsOfOne(actor=actor, action=action, times=times) for actor, action, times in rows)


def sign_off(actor: Actor, monday: date, now: datetime) -> Week:
    """Record that the actor has looked this week over. The first to do so stays; whoever comes later is told.

    Raises RecordWrong when the week is not over or signed off already, NotAPerson for the robot.
    """
    must_be_person(actor, "sign off a review")
    _must_be_over(monday, now.astimezone(UTC).date())
    with transaction.atomic():
        models.Practice.objects.select_for_update().get(pk=actor.practice_id)
        done = _signed_off(actor.practice_id, [monday])
        if done:
            raise RecordWrong(f"{done[monday].by} has signed this week off already. Nothing was changed.")
        audit.append(actor, REVIEWED, "audit", monday.isoformat(), now, result=f"to {monday + timedelta(days=6)}")
    return Week(monday=monday, by=actor.name, at=now)


def begin_proof(actor: Actor, now: datetime) -> int:
    """Record that the chain is being proved, and return the number to end it with.

    Raises RecordWrong while another proof of this practice's people runs.
    """
    with transaction.atomic():
        models.Practice.objects.select_for_update().get(pk=actor.practice_id)
        last = latest_proof(actor.practice_id, now)
        if last is not None and last.state is ProofState.RUNNING:
            raise RecordWrong(f"{last.by} has it verified just now. Its result will stand here; nothing was changed.")
        return audit.append(actor, PROVING, "audit", "chain", now)


def end_proof(actor: Actor, begun: int, report: audit.AuditReport, now: datetime) -> None:
    """Record what the proof found."""
    found = f"whole {report.entries}" if report.ok else f"changed {report.first_bad}"
    audit.append(actor, PROVED, "audit", begun, now, result=found)


def latest_proof(practice_id: int, now: datetime) -> Proof | None:
    """The proof that this practice's people asked for last."""
    begun = _newest(practice_id, PROVING)
    if begun is None:
        return None
    ended = _newest(practice_id, PROVED)
    if ended is None or ended.object_id != str(begun.sequence):
        running = now - begun.at < _LONGEST_PROOF
        state = ProofState.RUNNING if running else ProofState.CUT_OFF
        return Proof(state=state, by=begun.actor, begun_at=begun.at)
    word, number = ended.result.split()
    if word == "whole":
        return Proof(state=ProofState.WHOLE, by=begun.actor, begun_at=begun.at, entries=int(number))
    return Proof(state=ProofState.CHANGED, by=begun.actor, begun_at=begun.at, first_bad=int(number))


def _newest(practice_id: int, action: str) -> models.AuditEntry | None:
    return models.AuditEntry.objects.filter(practice_id=practice_id, action=action).order_by("-at", "-sequence").first()


def _signed_off(practice_id: int, mondays: Iterable[date]) -> dict[date, Week]:
    wanted = {monday.isoformat(): monday for monday in mondays}
    rows = models.AuditEntry.objects.filter(
        practice_id=practice_id, action=REVIEWED, at__gte=_day_starts(min(wanted.values())), object_id__in=wanted
    ).order_by("-at")
    return {wanted[row.object_id]: Week(monday=wanted[row.object_id], by=row.actor, at=row.at) for row in rows}


def _first_day(practice_id: int) -> date | None:
    at = models.AuditEntry.objects.filter(practice_id=practice_id).order_by("at").values_list("at", flat=True).first()
    return None if at is None else at.astimezone(UTC).date()


def _day_starts(day: date) -> datetime:
    return datetime.combine(day, time(), UTC)


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _must_be_over(monday: date, today: date) -> None:
    if monday.weekday() != 0 or _monday(today) <= monday:
        raise RecordWrong("A review is of one week, from its Monday on, once the week is over. Nothing was changed.")
