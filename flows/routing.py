"""From findings to tasks: which rule counts, whose work it is, until when, and how much money is in it.

The first rule that fits a finding counts; findings of one rule become one task. A finding that no rule fits becomes a
task for a denial specialist: nothing is ever passed over in silence.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from flows.business_days import business_days_after
from flows.payer_types import PayerType
from flows.routing_rules import SUPERVISOR, About, Finding, RoutingRules, Rule
from flows.tasks import NoWork, Task, TaskKind, WhatFollows

NO_RULE = "no-rule"
"""The topic of a task for what no rule fits."""

_ZERO = Decimal("0.00")
_URGENT = timedelta(days=7)
"""So near to the last day it is the supervisor's, and today's (BUS-DEADLINE, DOMAIN 4)."""

_BEFORE_LIMIT = timedelta(days=30)
"""A denial is judged and an appeal drafted at the latest so long before the last day for it (DOMAIN 4)."""

AGAINST_DENIAL = frozenset(
    {TaskKind.APPEAL_DRAFT, TaskKind.JUDGE_DENIAL, TaskKind.AUTHORIZATION, TaskKind.UNDERPAYMENT}
)
"""Kinds that may end in an appeal, so that its last day is theirs."""

_UNFORESEEN = (
    "No rule says what follows from this. Read the codes, and decide: correct, appeal, bill another, write off."
)
LATE = "The last day for an appeal seems to be over; see whether that day is right before anything else."


@dataclass(frozen=True, slots=True)
class Contested:
    """An appeal of the claim: its number, and the lines that it contests; none are all.

    `refused_on`: the portal did not take it on that day. Its case is the work then, until the payer decides anew.
    """

    number: int
    lines: frozenset[int] = frozenset()
    refused_on: date | None = None

    def covers(self, found: Finding, decided_on: date | None) -> bool:
        """Is what was decided about this line on that day no work for anybody else?"""
        if self.refused_on is not None and decided_on is not None and decided_on > self.refused_on:
            return False
        return not self.lines or found.line in self.lines

    @property
    def why(self) -> str:
        """Why a denial that it contests raises no work."""
        if self.refused_on is None:
            return f"contested by appeal {self.number}"
        return f"the portal refused appeal {self.number}, and its case is the work"


@dataclass(frozen=True)
class Circumstances:
    """What holds for all findings of one answer. `as_of` is the day from which is counted, the office's.

    `payer_claim_number` is what a corrected claim names; `appeal_until` gives the last day for an appeal, where it is
    known, and is asked only for what may end in one; `decided_on` is the day of the payer's decision, and `contested`
    the appeals against decisions about the claim.
    """

    as_of: date
    payer: PayerType = PayerType.UNKNOWN
    payer_claim_number: str | None = None
    appeal_until: Callable[[], date | None] = lambda: None
    decided_on: date | None = None
    contested: tuple[Contested, ...] = ()

    def appeal_of(self, kind: TaskKind, found: Finding) -> Contested | None:
        """The appeal because of which this finding is no task of this kind. What an appeal itself gives always is."""
        if kind not in AGAINST_DENIAL or found.about is About.APPEAL:
            return None
        return next((one for one in self.contested if one.covers(found, self.decided_on)), None)


@dataclass
class _Gathered:
    """The findings that one rule makes one task of."""

    rule: Rule | None
    kind: TaskKind
    topic: str
    found: list[Finding] = field(default_factory=list)


def route(findings: Iterable[Finding], rules: RoutingRules, around: Circumstances) -> WhatFollows:
    """The tasks that follow, and the parts of the unpaid charge that raise none."""
    gathered: dict[str, _Gathered] = {}
    no_work: list[NoWork] = []
    for found in findings:
        rule = rules.first(found, around.payer)
        if rule is not None and rule.no_work is not None:
            if found.explains:
                no_work.append(
                    NoWork(group=found.group, carc=found.carc, amount=found.explains, why=rule.no_work, line=found.line)
                )
            continue
        kind = TaskKind.JUDGE_DENIAL if rule is None or rule.task is None else rule.task
        if (appeal := around.appeal_of(kind, found)) is not None:
            if found.explains:
                no_work.append(
                    NoWork(group=found.group, carc=found.carc, amount=found.explains, why=appeal.why, line=found.line)
                )
            continue
        topic = _topic(rule, kind, found)
        gathered.setdefault(topic, _Gathered(rule, kind, topic)).found.append(found)
    return WhatFollows(
        tasks=tuple(_task(one, rules, around) for one in gathered.values()),
        no_work=tuple(no_work),
    )


def is_urgent(kind: TaskKind, limit: date | None, today: date) -> bool:
    """May this end in an appeal whose last day is over, or at most seven days away?"""
    return kind in AGAINST_DENIAL and limit is not None and limit <= urgent_until(today)


def urgent_until(today: date) -> date:
    """Up to which last day something is urgent today."""
    return today + _URGENT


def _topic(rule: Rule | None, kind: TaskKind, found: Finding) -> str:
    if kind is TaskKind.SEND_RECORDS and found.about is not About.APPEAL:
        # What a payer asks for in several places is sent to it once.
        return "records"
    name = NO_RULE if rule is None else rule.id
    return f"{name}-{found.own}" if found.own else name


def _task(one: _Gathered, rules: RoutingRules, around: Circumstances) -> Task:
    rule, defaults = one.rule, rules.kinds[one.kind]
    money = sum((found.amount for found in one.found), _ZERO)
    days, calendar_days = (defaults.days, defaults.calendar_days)
    if rule is not None and (rule.days is not None or rule.calendar_days is not None):
        days, calendar_days = rule.days, rule.calendar_days
    due = around.as_of + timedelta(days=calendar_days or 0)
    if days is not None:
        due = business_days_after(around.as_of, days)
    limit = min((found.due for found in one.found if found.due is not None), default=None)
    queue, role = (rule and rule.queue) or defaults.queue, (rule and rule.role) or defaults.role
    why = [_UNFORESEEN if rule is None else rule.why, *dict.fromkeys(found.says for found in one.found if found.says)]
    if one.kind is TaskKind.WRITE_OFF and (rule is None or rule.role is None):
        role = rules.approver(money)
    if one.kind is TaskKind.SEND_RECORDS and limit is not None:
        due = limit
    elif one.kind in AGAINST_DENIAL:
        limit = limit or around.appeal_until()
        if limit is not None:
            due = min(due, max(around.as_of, limit - _BEFORE_LIMIT))
            if is_urgent(one.kind, limit, around.as_of):
                due, role = around.as_of, SUPERVISOR
            if limit < around.as_of:
                why.append(LATE)
    corrected = one.kind is TaskKind.CORRECTED_CLAIM
    return Task(
        kind=one.kind,
        topic=one.topic,
        queue=queue,
        role=role,
        due=due,
        limit=limit,
        money=money,
        explains=sum((found.explains for found in one.found), _ZERO),
        why=" ".join(why),
        codes=tuple(dict.fromkeys(code for found in one.found for code in _codes(found))),
        lines=tuple(sorted({found.line for found in one.found if found.line is not None})),
        frequency="7" if corrected else "1" if one.kind in (TaskKind.NEW_CLAIM, TaskKind.REBILL) else None,
        replaces=around.payer_claim_number if corrected else None,
    )


def _codes(found: Finding) -> Iterable[str]:
    if found.carc:
        yield f"{found.group}-{found.carc}"
        yield from sorted(found.rarcs)
    elif found.about is About.TAKEBACK:
        yield found.reason
    elif found.category and found.about in (About.STATUS, About.REQUEST):
        yield found.category
