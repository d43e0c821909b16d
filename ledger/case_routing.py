"""Whose work a case is, by when it is to be done, until when that helps at all, and how much money it is about."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Exists, Min, OuterRef, Q, QuerySet

from flows.business_days import business_days_after
from flows.outcomes import Code
from flows.routing_rules import KindRule
from ledger import models
from ledger.prepared import Prepared
from ledger.states import AppealStage, CaseState
from ledger.whose import of_practice

_BEFORE_LIMIT = timedelta(days=30)
_ABOUT_A_DENIAL = frozenset({Code.BUS_NOTAPPEALABLE})
"""They may end in an appeal, for which time has to be left (DOMAIN 4: "3 bd, or limit - 30 d")."""
_NOT_FILED_YET = (AppealStage.DRAFT, AppealStage.APPROVED)
"""Stages of an appeal whose last day still has to be kept."""

_CHUNK = 500

CaseRules = Mapping[Code, KindRule]


def due_of(code: Code, rule: KindRule, opened_on: date, *, visit: date | None, limit: date | None) -> date:
    """The day by which the case is to be done: by its code's rule, before the visit, and not after its last day."""
    due = opened_on + timedelta(days=rule.calendar_days or 0)
    if rule.days is not None:
        due = business_days_after(opened_on, rule.days)
    if visit is not None:
        due = min(due, visit)
    if limit is None:
        return due
    return min(due, max(opened_on, limit - _BEFORE_LIMIT), limit) if code in _ABOUT_A_DENIAL else min(due, limit)


def fill(row: models.Case, rules: CaseRules) -> None:
    """Work all of it out for a case that is about to be written."""
    rule = rules[Code(row.code)]
    row.queue, row.role = rule.queue, rule.role
    _bring_up(row, rules, _limits([row]))


def follow_claims(practice_id: int, claim_ids: Collection[int], rules: CaseRules) -> None:
    """Something about these claims has changed (tasks, an appeal, the charge): so may the open cases about them.

    Within the caller's transaction. What a person has decided about a case, such as its queue, stays. A case that
    somebody has in their hands at this moment is not waited for (they may wait for us): it follows the next change.
    """
    ids = sorted(claim_ids)
    for start in range(0, len(ids), _CHUNK):
        # Few claims have any, and whole rows of cases are wide.
        chunk = [claim_id for (claim_id,) in _WITH_CASES.rows(claims=ids[start : start + _CHUNK])]
        if not chunk:
            continue
        with transaction.atomic():
            found = [rows.rows(practice_id=practice_id, claims=chunk) for rows in (_OF_CLAIMS, _OF_APPEALS)]
            _follow((*found[0], *found[1]), rules)


def follow_appointments(practice_id: int, appointment_ids: Collection[int], rules: CaseRules) -> None:
    """The same for visits whose day has changed."""
    mine = models.Case.objects.filter(practice_id=practice_id, state=CaseState.OPEN)
    with transaction.atomic():
        _follow(_joined(mine.filter(appointment__in=list(appointment_ids))), rules)


def follow_rules(practice_id: int, was: CaseRules, now_in_force: CaseRules) -> None:
    """The office has other rules: open cases of their codes go by them, but for the queue where a person chose it."""
    for code, rule in now_in_force.items():
        if rule != was[code]:
            rows = models.Case.objects.filter(practice_id=practice_id, state=CaseState.OPEN, code=code)
            rows.filter(queue=was[code].queue).update(queue=rule.queue, role=rule.role)
            with transaction.atomic():
                _follow(_joined(rows), now_in_force)


def _joined(rows: "QuerySet[models.Case]") -> "QuerySet[models.Case]":
    free = rows.select_for_update(skip_locked=True, of=("self",))
    return free.select_related("claim", "appeal", "appointment")


def has_open_case() -> Q:
    """For claims that are asked for: is an open case about the claim, or about an appeal of it?"""
    cases = models.Case.objects.filter(state=CaseState.OPEN)
    return Q(Exists(cases.filter(claim=OuterRef("pk")))) | Q(Exists(cases.filter(appeal__claim=OuterRef("pk"))))


def _with_cases(claims: Sequence[int]) -> "QuerySet[models.Claim, tuple[int]]":
    return models.Claim.objects.filter(has_open_case(), pk__in=claims).values_list("pk")


def _of_claims(practice_id: int, claims: Sequence[int]) -> "QuerySet[models.Case]":
    return _joined(models.Case.objects.filter(of_practice(practice_id), state=CaseState.OPEN, claim__in=claims))


def _of_appeals(practice_id: int, claims: Sequence[int]) -> "QuerySet[models.Case]":
    appeals = models.Appeal.objects.filter(claim__in=claims).values("id")
    return _joined(models.Case.objects.filter(of_practice(practice_id), state=CaseState.OPEN, appeal__in=appeals))


_WITH_CASES, _OF_CLAIMS, _OF_APPEALS = Prepared(_with_cases), Prepared(_of_claims), Prepared(_of_appeals)


def _follow(rows: Iterable[models.Case], rules: CaseRules) -> None:
    found = list(rows)
    limits = _limits(found)
    changed = []
    for row in found:
        before = (row.due, row.limit, row.money_cents)
        _bring_up(row, rules, limits)
        if before != (row.due, row.limit, row.money_cents):
            changed.append(row)
    models.Case.objects.bulk_update(changed, ["due", "limit", "money_cents"], batch_size=_CHUNK)


def _bring_up(row: models.Case, rules: CaseRules, limits: Mapping[int, date]) -> None:
    claim_id = _claim_of(row)
    row.limit = None if claim_id is None else limits.get(claim_id)
    visit = row.appointment.service_from if row.appointment is not None else None
    code = Code(row.code)
    row.due = due_of(code, rules[code], row.opened_at.date(), visit=visit, limit=row.limit)
    row.money_cents = _at_stake(row)


def _at_stake(row: models.Case) -> int:
    if row.appeal is not None:
        return row.appeal.amount_cents
    return row.claim.billed_cents if row.claim is not None else 0


def _claim_of(row: models.Case) -> int | None:
    return row.appeal.claim_id if row.appeal is not None else row.claim_id


def _limits(rows: Iterable[models.Case]) -> dict[int, date]:
    """By claim: the nearest last day that its open tasks, and its appeals that are not filed yet, hold."""
    claims = {claim_id for row in rows if (claim_id := _claim_of(row)) is not None}
    if not claims:
        return {}
    return nearest_limits(
        models.Task.objects.filter(claim__in=claims, state=CaseState.OPEN),
        models.Appeal.objects.filter(claim__in=claims, stage__in=_NOT_FILED_YET),
    )


def nearest_limits(tasks: "QuerySet[models.Task]", appeals: "QuerySet[models.Appeal]") -> dict[int, date]:
    """By claim: the nearest of the last days that these hold. For the ledger's own functions."""
    held = (
        *tasks.filter(limit__isnull=False).order_by().values_list("claim_id").annotate(nearest=Min("limit")),
        *appeals.filter(deadline__isnull=False).order_by().values_list("claim_id").annotate(nearest=Min("deadline")),
    )
    nearest: dict[int, date] = {}
    for claim_id, day in held:
        if claim_id is not None and day is not None:
            nearest[claim_id] = min(day, nearest.get(claim_id, day))
    return nearest
