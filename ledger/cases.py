"""Cases: what waits for a person, what stands still meanwhile, and how a person ends it.

Failures that have one cause become one case (one broken element is not 400 tickets): for access, technical and policy
families, and for whatever stops a view, a credential or a portal, the cause is portal + code + view + element (+ the
credential, where it is about signing in). Everything else is a case of its own claim, appointment or period.

What an answer or a file gives a person to do, though its question is answered, is a finding: one open case for each
code, subject and topic.
"""

import hashlib
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict

from django.db import IntegrityError, transaction
from django.db.models import Count, F, Q
from pydantic import TypeAdapter

from flows.answers import Shown
from flows.outcomes import DRIFTS_BEFORE_STOP, Candidate, Code, Ending, Family, Outcome, Reason, Then, policy
from flows.questions import Flow
from flows.values import Frozen
from ledger import audit, case_routing, models
from ledger.accounts import Actor, must_be_person
from ledger.canonical import canonical_json
from ledger.case_conditions import IS_OPEN, STOPS_SOMETHING
from ledger.errors import (
    AlreadyClosed,
    AppealUnsettled,
    CredentialFrozen,
    NotThere,
    OthersCase,
    PortalStopped,
    ViewStopped,
)
from ledger.prepared import Prepared
from ledger.states import AppealStage, CaseState, ItemState, Resolution, Stops
from ledger.subjects import JOINED_WITH_ANY, PRESSED, Subject, account_number_of
from ledger.unplanned import ASKED_ANEW
from ledger.wakes import Wake, wake
from ledger.work_rules import in_force

if TYPE_CHECKING:
    from django.db.models import QuerySet
    from django_stubs_ext import WithAnnotations

_SEEN = TypeAdapter(tuple[Shown, ...])
_CANDIDATES = TypeAdapter(tuple[Candidate, ...])
_WAYS = TypeAdapter(tuple[str, ...])
_INCIDENT_FAMILIES = frozenset({Family.ACCESS, Family.TECHNICAL, Family.POLICY})
_STOPS = {Then.FREEZE_CREDENTIAL: Stops.CREDENTIAL, Then.STOP_PORTAL: Stops.PORTAL}


class CaseRecord(Frozen):
    """A case as it stands. `times` counts the failures of this cause, `items` the questions that wait for it.

    `number` is what the office calls the subject (patient account number, also of the claim that an appeal is about,
    appointment number, a period's two days), None for an incident, which is the portal's and nobody's own. `seen` and
    `candidates` are protected data.
    `attempt_id` leads to the evidence of its first failure; None for what was found in a file that no portal gave.
    Not `ours`: another practice of the office opened it and closes it; what is about that practice is left out.
    """

    id: int
    family: Family
    code: Code
    what: str
    portal: str
    flow: Flow
    alias: str | None
    view: str | None
    element: str | None
    seen: tuple[Shown, ...]
    candidates: tuple[Candidate, ...]
    ways: tuple[str, ...]
    stops: Stops
    state: CaseState
    times: int
    items: int
    number: str | None
    attempt_id: int | None
    opened_by_run: int | None
    opened_at: datetime
    last_at: datetime
    closed_at: datetime | None
    closed_by: str | None
    resolution: Resolution | None
    note: str
    ours: bool = True


_SHARED = Q(state=CaseState.OPEN, stops__in=(Stops.PORTAL, Stops.VIEW))
"""What stops a portal, or a view of it, stops it for every practice of the office, so that each has to see why."""


def list_open(practice_id: int, portal: str | None = None) -> tuple[CaseRecord, ...]:
    """The open cases of this practice, those that stop something first, then the oldest first.

    Among them are other practices' that stop a portal or a view for all; of these only what is about the portal.
    """
    rows = _rows().filter(Q(practice_id=practice_id) | _SHARED, state=CaseState.OPEN)
    if portal is not None:
        rows = rows.filter(portal=portal)
    found = (_seen_by(practice_id, row) for row in rows.order_by("id"))
    return tuple(sorted(found, key=lambda case: case.stops is Stops.NOTHING))


def get(practice_id: int, case_id: int) -> CaseRecord:
    """One case of this practice, open or closed, or one that stops a portal or a view for all. Raises NotThere."""
    row = _rows().filter(Q(practice_id=practice_id) | _SHARED, pk=case_id).first()
    if row is None:
        raise NotThere(f"case {case_id}")
    return _seen_by(practice_id, row)


def close(case_id: int, actor: Actor, how: Resolution, now: datetime, *, note: str = "") -> int:
    """End a case by its outcome; what it stopped goes on, and its questions are asked again or are done.

    Closing a case about a sign-in does not clear its presses: that is `presses.clear`. Returns how many questions were
    moved. Raises NotAPerson, NotThere or AlreadyClosed; OthersCase for what another practice has to see to;
    AppealUnsettled when an appeal that waits for it would be left
    with nobody who says what became of it.
    """
    must_be_person(actor, "close a case")
    with transaction.atomic():
        rows = models.Case.objects.select_for_update().filter(Q(practice_id=actor.practice_id) | _SHARED, pk=case_id)
        row = rows.first()
        if row is None:
            raise NotThere(f"case {case_id}")
        if row.practice_id != actor.practice_id:
            raise OthersCase(case_id)
        if row.state == CaseState.CLOSED:
            raise AlreadyClosed(case_id)
        if how is Resolution.DONE_BY_HAND:
            _no_appeal_may_wait(row)
        return _close(row, actor, how, note, now)


def check_stops(portal: str, *, flow: Flow | None = None, alias: str | None = None) -> None:
    """Raises PortalStopped, CredentialFrozen or ViewStopped when an open case stops this portal, credential or flow."""
    for case in _STOPPED.rows(portal=portal):
        if case.stops == Stops.PORTAL:
            raise PortalStopped("portal", portal, "", case.pk)
        if case.stops == Stops.CREDENTIAL and case.alias == alias:
            raise CredentialFrozen("credential", portal, case.alias, case.pk)
        if case.stops == Stops.VIEW and case.flow == flow:
            raise ViewStopped("view", portal, case.view, case.pk)


def _stopped(portal: str) -> "QuerySet[models.Case]":
    return models.Case.objects.filter(IS_OPEN, STOPS_SOMETHING, portal=portal).only("stops", "alias", "flow", "view")


_STOPPED = Prepared(_stopped)


def drift_in_a_row(practice_id: int, portal: str, flow: Flow, view: str) -> int:
    """How many DRIFT endings this view has had in sessions of this practice since one of them last read an answer, or a
    person last closed its case.

    Only ANSWERED breaks the row. A "not found", or a page that was busy, says nothing about a view that it may never
    have reached.
    """
    ours = models.Attempt.objects.filter(run__lane__credential__practice=practice_id)
    attempts = ours.filter(portal=portal, flow=flow)
    answered = attempts.filter(ending=Ending.ANSWERED).order_by("-id").values_list("id", flat=True).first()
    closed = (
        models.Case.objects.filter(practice_id=practice_id, portal=portal, flow=flow, view=view, state=CaseState.CLOSED)
        .order_by("-closed_at")
        .values_list("closed_at", flat=True)
        .first()
    )
    drifts = attempts.filter(ending=Ending.DRIFT, view=view, id__gt=answered or 0)
    return (drifts.filter(finished_at__gt=closed) if closed else drifts).count()


def open_for(
    attempt: models.Attempt, outcome: Outcome, *, alias: str, actor: Actor, subject: Subject, now: datetime
) -> models.Case:
    """The case for an attempt that ended without an answer: a new one, or the open incident of the same cause.

    For the ledger's own functions, within the transaction that recorded the attempt.
    """
    reason = outcome.reason
    if reason is None:
        raise AssertionError("only endings with a reason become cases")
    then = policy(outcome.ending).then
    rests = then is Then.FREEZE_CREDENTIAL and reason.not_before is not None
    stops = Stops.NOTHING if rests else _STOPS.get(then, Stops.NOTHING)
    flow = Flow(attempt.flow)
    if then is Then.STOP_VIEW and _drifts(actor, attempt) >= DRIFTS_BEFORE_STOP:
        stops = Stops.VIEW
    about_sign_in = reason.code.family is Family.ACCESS and then is not Then.STOP_PORTAL
    named = alias if then is Then.FREEZE_CREDENTIAL or about_sign_in else ""
    cause = _cause(attempt, reason, then, named)
    case = None
    if cause:
        case = _open_incident(actor.practice_id, cause)
    if case is not None:
        return _joined(case, stops, now)
    case = _new(reason, attempt.portal, flow, actor, now)
    case.alias, case.cause, case.stops, case.attempt = named, cause, stops, attempt
    if not cause:
        _set_subject(case, subject)
    return _opened(case, actor, now)


def _drifts(actor: Actor, attempt: models.Attempt) -> int:
    return drift_in_a_row(actor.practice_id, attempt.portal, Flow(attempt.flow), attempt.view)


def open_finding(
    reason: Reason,
    *,
    subject: Subject,
    topic: str,
    portal: str,
    flow: Flow,
    actor: Actor,
    now: datetime,
    attempt: models.Attempt | None = None,
) -> models.Case | None:
    """Work for a person that was found beside an answer or in a file, for which no question waits; or the open case.

    There is one open case for each code, portal, subject and `topic` (an opaque text of ours); an open one is brought
    up to what is seen now. None when a person has closed one that showed exactly the same. For the ledger's own
    functions, within the transaction that recorded what it was found in.
    """
    cause = cause_of_finding(reason.code, topic, portal, subject)
    case = _new(reason, portal, flow, actor, now)
    case.cause, case.attempt = cause, attempt
    _set_subject(case, subject)
    same = _open_incident(actor.practice_id, cause)
    if same is not None:
        case_routing.fill(case, in_force(actor.practice_id).routing.cases)
        models.Case.objects.filter(pk=same.pk).update(
            what=case.what, seen=case.seen, candidates=case.candidates, limit=case.limit, money_cents=case.money_cents
        )
        return _joined(same, Stops.NOTHING, now)
    closed = models.Case.objects.filter(practice_id=actor.practice_id, cause=cause, state=CaseState.CLOSED)
    if (last := closed.order_by("-id").first()) is not None and last.seen == case.seen:
        return None
    return _opened(case, actor, now)


def cause_of_finding(code: Code, topic: str, portal: str, subject: Subject) -> str:
    """What findings of one code, topic, portal and subject have in common. For the ledger's own functions."""
    parts = ("finding", portal, code, topic, *subject.columns().values())
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()


def _new(reason: Reason, portal: str, flow: Flow, actor: Actor, now: datetime) -> models.Case:
    return models.Case(
        practice_id=actor.practice_id,
        family=reason.code.family,
        code=reason.code,
        what=reason.what,
        portal=portal,
        flow=flow,
        view=reason.view or "",
        element=reason.element or "",
        seen=canonical_json([shown.model_dump(mode="json") for shown in reason.seen]),
        candidates=canonical_json([candidate.model_dump(mode="json") for candidate in reason.candidates]),
        ways=canonical_json(reason.ways),
        state=CaseState.OPEN,
        opened_at=now,
        last_at=now,
    )


def _set_subject(case: models.Case, subject: Subject) -> None:
    for column, row_id in subject.columns().items():
        setattr(case, column, row_id)


def _opened(case: models.Case, actor: Actor, now: datetime) -> models.Case:
    """The case, written; or the open case of the same cause that was there first."""
    case_routing.fill(case, in_force(actor.practice_id).routing.cases)
    try:
        with transaction.atomic():
            case.save(force_insert=True)
    except IntegrityError:
        # Another process has met the same cause at the same moment, and its case is there first.
        first = _open_incident(actor.practice_id, case.cause)
        if first is None:
            raise
        return _joined(first, Stops(case.stops), now)
    audit.append(
        actor, "case.open", "case", case.pk, now,
        portal=case.portal, flow=case.flow, run_id=case.attempt.run_id if case.attempt else None, result=case.code,
    )  # fmt: skip
    return case


def _open_incident(practice_id: int, cause: str) -> models.Case | None:
    """The open case of this cause, locked, so that nobody closes it while a failure is added."""
    open_cases = models.Case.objects.select_for_update().filter(state=CaseState.OPEN)
    return open_cases.filter(practice_id=practice_id, cause=cause).first()


def _joined(case: models.Case, stops: Stops, now: datetime) -> models.Case:
    case.times += 1
    case.last_at = now
    case.stops = stops or case.stops
    case.save(update_fields=["times", "last_at", "stops"])
    return case


def lift_credential(portal: str, alias: str, actor: Actor, note: str, now: datetime) -> None:
    """Close every open case that freezes this credential; its questions may be asked again."""
    frozen = models.Case.objects.select_for_update().filter(
        practice_id=actor.practice_id, portal=portal, alias=alias, state=CaseState.OPEN, stops=Stops.CREDENTIAL
    )
    for case in frozen:
        _close(case, actor, Resolution.ASK_AGAIN, note, now)


def close_held_by(appeal: models.Appeal, actor: Actor, note: str, now: datetime) -> None:
    """Close the case for which filing this appeal waits, where it is the appeal's own: a person has settled it."""
    waiting = models.WorkItem.objects.filter(appeal=appeal, flow=Flow.APPEAL, state=ItemState.PARKED).values("case")
    own = models.Case.objects.select_for_update().filter(pk__in=waiting, state=CaseState.OPEN, cause="")
    for case in own:
        _close(case, actor, Resolution.DONE_BY_HAND, note, now)


def _no_appeal_may_wait(row: models.Case) -> None:
    waiting = models.WorkItem.objects.filter(case=row, state=ItemState.PARKED, flow=Flow.APPEAL)
    unsettled = waiting.filter(appeal__stage__in=(AppealStage.APPROVED, *PRESSED))
    number = unsettled.order_by("appeal_id").values_list("appeal_id", flat=True).first()
    if number is not None:
        raise AppealUnsettled(number)


def _close(row: models.Case, actor: Actor, how: Resolution, note: str, now: datetime) -> int:
    models.Case.objects.filter(pk=row.pk).update(
        state=CaseState.CLOSED, closed_at=now, closed_by_id=actor.account_id, resolution=how, note=note,
        changes=F("changes") + 1,
    )  # fmt: skip
    models.CaseComment.objects.create(case=row, account_id=actor.account_id, at=now, what=f"closed: {how}", text=note)
    items = models.WorkItem.objects.filter(case=row, state=ItemState.PARKED)
    if how is Resolution.ASK_AGAIN:
        moved = items.update(state=ItemState.READY, tries=0, not_before=now, case=None, **ASKED_ANEW)
    else:
        moved = items.update(state=ItemState.DONE, **ASKED_ANEW)
    wake(Wake.CASE_CLOSED, now)
    audit.append(actor, "case.close", "case", row.pk, now, portal=row.portal, flow=row.flow, result=how)
    return moved


def _cause(attempt: models.Attempt, reason: Reason, then: Then, alias: str) -> str:
    stops_something = then in {Then.STOP_VIEW, Then.FREEZE_CREDENTIAL, Then.STOP_PORTAL}
    if then is Then.RECONCILE or not (stops_something or reason.code.family in _INCIDENT_FAMILIES):
        return ""
    parts = (attempt.portal, attempt.flow, then, reason.code, reason.view, reason.element, alias)
    return hashlib.sha256(canonical_json(parts).encode()).hexdigest()


class _Waiting(TypedDict):
    waiting: int


def _rows() -> "QuerySet[WithAnnotations[models.Case, _Waiting]]":
    return models.Case.objects.select_related(*JOINED_WITH_ANY, "attempt", "closed_by").annotate(waiting=Count("items"))


def _seen_by(practice_id: int, row: "WithAnnotations[models.Case, _Waiting]") -> CaseRecord:
    """The case whole; another practice's without all that is not the portal's own."""
    record = _record(row)
    if row.practice_id == practice_id:
        return record
    hidden = {
        "alias": None, "seen": (), "candidates": (), "ways": (), "times": 1, "items": 0, "number": None,
        "attempt_id": None, "opened_by_run": None, "note": "", "ours": False,
    }  # fmt: skip
    return record.model_copy(update=hidden)


def _record(row: "WithAnnotations[models.Case, _Waiting]") -> CaseRecord:
    return CaseRecord(
        id=row.pk,
        family=Family(row.family),
        code=Code(row.code),
        what=row.what,
        portal=row.portal,
        flow=Flow(row.flow),
        alias=row.alias or None,
        view=row.view or None,
        element=row.element or None,
        seen=_SEEN.validate_json(row.seen),
        candidates=_CANDIDATES.validate_json(row.candidates),
        ways=_WAYS.validate_json(row.ways),
        stops=Stops(row.stops),
        state=CaseState(row.state),
        times=row.times,
        items=row.waiting,
        number=account_number_of(row) or None,
        attempt_id=row.attempt_id,
        opened_by_run=row.attempt.run_id if row.attempt else None,
        opened_at=row.opened_at,
        last_at=row.last_at,
        closed_at=row.closed_at,
        closed_by=row.closed_by.name if row.closed_by else None,
        resolution=Resolution(row.resolution) if row.resolution else None,
        note=row.note,
    )
