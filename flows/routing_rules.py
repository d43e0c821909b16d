"""The rules by which answers become tasks: data with a small closed vocabulary, checked before it is believed.

Those that the product ships stand in `rules/routing.toml`; an office's own come before them.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache, cached_property
from importlib.resources import files
from types import MappingProxyType
from typing import Annotated, Self

from pydantic import AfterValidator, ConfigDict, Field, PlainSerializer, model_validator

from flows.answers import AppealStanding, Decision
from flows.outcomes import Code
from flows.payer_types import PayerType
from flows.tasks import OwnName, TaskKind
from flows.values import Frozen

SUPERVISOR = "supervisor"
"""The role that has what is urgent."""


class About(StrEnum):
    """What a finding is about."""

    STATUS = "status"
    """A claim's status that money does not explain: pending, rejected, finalised with details to follow."""
    REQUEST = "request"
    """Something that the payer asks for."""
    ADJUSTMENT = "adjustment"
    """A part of the charge that was not paid, with its group and reason code."""
    UNEXPLAINED = "unexplained"
    """A part of the charge that was not paid, and no adjustment says why."""
    PAYMENT = "payment"
    """Something was paid, and is not posted yet."""
    UNDERPAID = "underpaid"
    """Less was allowed than the contract gives."""
    NOT_FOUND = "not-found"
    """The payer has no such claim."""
    MEMBER_NOT_FOUND = "member-not-found"
    """The payer does not know the patient."""
    APPEAL = "appeal"
    """Where an appeal stands."""
    TAKEBACK = "takeback"
    """A payer took money back out of another payment (PLB)."""
    REVERSED = "reversed"
    """A payment was taken back and the claim was not decided anew."""
    PAID_TWICE = "paid-twice"
    """The payer paid a claim once more, or more than was charged."""
    CORRECTED_INSURED = "corrected-insured"
    """The remittance names the patient otherwise than the office does (NM1*74)."""
    CORRECTED_PAYER = "corrected-payer"
    """The remittance names another payer that has to be billed first (NM1*PR)."""


class Rung(StrEnum):
    """The step of the not-found ladder that is next (DOMAIN 3.2)."""

    RIGHT_PAYER = "right-payer"
    ACCEPTANCE = "acceptance"


class CoverageFound(StrEnum):
    """What is known about the patient's coverage on the day of service."""

    ACTIVE = "active"
    INACTIVE = "inactive"
    OTHER_PAYER = "other-payer"
    """Another plan has to be billed."""
    CORRECTED = "corrected"
    """The payer holds the patient under another id or name."""
    MEMBER_NOT_FOUND = "member-not-found"
    NOT_ASKED = "not-asked"
    BY_HAND = "by-hand"
    """A person has looked."""


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that an answer or a remittance says, in the words of the rules. Amounts in dollars.

    `amount` is what is at stake, `explains` the part of the unpaid charge that this is. `days` counts from when the
    payer took the claim in (or, not found, accepted it; without an acceptance, since the office had it on its list).
    `own` tells apart findings of one rule that are tasks of their own; `due` is the payer's own day.
    """

    about: About
    amount: Decimal
    explains: Decimal = Decimal("0.00")
    category: str = ""
    claim_status: str = ""
    group: str = ""
    carc: str = ""
    rarcs: frozenset[str] = frozenset()
    modifiers: frozenset[str] = frozenset()
    paid: bool = False
    forwarded: bool = False
    line: int | None = None
    rung: Rung | None = None
    coverage: CoverageFound | None = None
    accepted: bool | None = None
    rejected: bool | None = None
    days: int | None = None
    standing: AppealStanding | None = None
    decision: Decision | None = None
    next_level: bool | None = None
    reason: str = ""
    known: bool | None = None
    due: date | None = None
    own: str = ""
    says: str = ""
    """A sentence of ours that goes with the rule's."""


_ADJUSTED = frozenset({About.ADJUSTMENT})
_OF_CLAIM = frozenset({About.ADJUSTMENT, About.UNEXPLAINED, About.PAYMENT, About.STATUS, About.REQUEST})
_FIELDS: Mapping[str, frozenset[About]] = MappingProxyType(
    {
        "category": _OF_CLAIM,
        "claim_status": _OF_CLAIM,
        "group": _ADJUSTED,
        "carc": _ADJUSTED,
        "rarc": _OF_CLAIM,
        "modifier": _ADJUSTED,
        "paid": _OF_CLAIM,
        "forwarded": _OF_CLAIM,
        "rung": frozenset({About.NOT_FOUND}),
        "coverage": frozenset({About.NOT_FOUND}),
        "accepted": frozenset({About.NOT_FOUND}),
        "rejected": frozenset({About.NOT_FOUND}),
        "days_at_least": frozenset({About.NOT_FOUND, About.STATUS}),
        "days_at_most": frozenset({About.NOT_FOUND, About.STATUS}),
        "standing": frozenset({About.APPEAL}),
        "decision": frozenset({About.APPEAL}),
        "next_level": frozenset({About.APPEAL}),
        "reason": frozenset({About.TAKEBACK, About.MEMBER_NOT_FOUND}),
        "known": frozenset({About.TAKEBACK}),
    }
)
"""Which conditions can hold for which findings; any other would be a rule that never fits."""


class _Strictly(Frozen):
    model_config = ConfigDict(strict=False, use_attribute_docstrings=True)


class When(_Strictly):
    """The conditions of a rule. All that are written must hold; of several values in one, any."""

    about: About
    category: tuple[str, ...] = ()
    """Claim status categories; `R*` is all that begin so."""
    claim_status: tuple[str, ...] = ()
    """CLP02 of a remittance."""
    group: tuple[str, ...] = ()
    carc: tuple[str, ...] = ()
    rarc: tuple[str, ...] = ()
    """One of these remark codes stands with the line or with the whole claim."""
    modifier: tuple[str, ...] = ()
    payer: tuple[PayerType, ...] = ()
    paid: bool | None = None
    """Was anything paid for the claim?"""
    forwarded: bool | None = None
    """Has the payer sent the claim on to another?"""
    rung: tuple[Rung, ...] = ()
    coverage: tuple[CoverageFound, ...] = ()
    accepted: bool | None = None
    rejected: bool | None = None
    days_at_least: int | None = None
    days_at_most: int | None = None
    standing: tuple[AppealStanding, ...] = ()
    decision: tuple[Decision, ...] = ()
    next_level: bool | None = None
    """Is there a day until which the next level may be asked?"""
    reason: tuple[str, ...] = ()
    """PLB reason codes of a takeback; AAA reason codes of a member that is not found."""
    known: bool | None = None
    """Is the payment that money was taken back for in the ledger?"""
    amount_at_least: Decimal | None = None
    amount_at_most: Decimal | None = None

    @model_validator(mode="after")
    def _can_fit(self) -> Self:
        for name, abouts in _FIELDS.items():
            if getattr(self, name) not in ((), None) and self.about not in abouts:
                raise ValueError(f"`{name}` is no condition for findings about `{self.about.value}`")
        return self

    def fits(self, found: Finding, payer: PayerType) -> bool:
        """Does the finding meet every condition?"""
        return (
            self.about is found.about
            and _any_of(self.payer, payer)
            and _any_of(self.group, found.group)
            and _any_of(self.carc, found.carc)
            and (not self.rarc or not found.rarcs.isdisjoint(self.rarc))
            and (not self.modifier or not found.modifiers.isdisjoint(self.modifier))
            and _category(self.category, found.category)
            and _any_of(self.claim_status, found.claim_status)
            and _is(self.paid, found.paid)
            and _is(self.forwarded, found.forwarded)
            and _any_of(self.rung, found.rung)
            and _any_of(self.coverage, found.coverage)
            and _is(self.accepted, found.accepted)
            and _is(self.rejected, found.rejected)
            and (self.days_at_least is None or (found.days is not None and found.days >= self.days_at_least))
            and (self.days_at_most is None or (found.days is not None and found.days <= self.days_at_most))
            and _any_of(self.standing, found.standing)
            and _any_of(self.decision, found.decision)
            and _is(self.next_level, found.next_level)
            and _any_of(self.reason, found.reason)
            and _is(self.known, found.known)
            and (self.amount_at_least is None or found.amount >= self.amount_at_least)
            and (self.amount_at_most is None or found.amount <= self.amount_at_most)
        )


def _any_of(wanted: tuple[object, ...], found: object) -> bool:
    return not wanted or found in wanted


def _is(wanted: bool | None, found: bool | None) -> bool:
    return wanted is None or wanted is found


def _category(wanted: tuple[str, ...], found: str) -> bool:
    return not wanted or found in wanted or f"{found[:1]}*" in wanted


Days = Annotated[int, Field(ge=0, le=400)]


class Rule(_Strictly):
    """Findings that meet `when` become this task, or, with `no_work`, none at all."""

    id: OwnName
    when: When
    task: TaskKind | None = None
    no_work: str | None = None
    """Why nobody has to do anything."""
    why: str = ""
    """What a person is told: what happened and what to do, in a sentence or two."""
    queue: OwnName | None = None
    role: OwnName | None = None
    days: Days | None = None
    """Business days."""
    calendar_days: Days | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Self:
        if (self.task is None) == (self.no_work is None):
            raise ValueError("a rule names a `task`, or says with `no_work` why there is none")
        if self.task is not None and not self.why:
            raise ValueError("a task says `why`")
        if self.days is not None and self.calendar_days is not None:
            raise ValueError("a rule counts `days` (business days) or `calendar_days`")
        if self.task is TaskKind.PATIENT_BALANCE and self.when.group != ("PR",):
            raise ValueError("a patient is billed for group PR alone: a CO, OA or PI amount is never the patient's")
        return self


class KindRule(_Strictly):
    """Whose work a kind of task is, and how many days there are for it, where its rule says nothing else."""

    queue: OwnName
    role: OwnName
    days: Days | None = None
    """Business days."""
    calendar_days: Days | None = None

    @model_validator(mode="after")
    def _one_count(self) -> Self:
        if (self.days is None) == (self.calendar_days is None):
            raise ValueError("a kind counts `days` (business days) or `calendar_days`")
        return self


class Tier(_Strictly):
    """Who approves a write-off of at most so many dollars; without `up_to`, of any amount."""

    up_to: Decimal | None = None
    role: OwnName


class OfficeRules(_Strictly):
    """An office's own rules (`routing.toml` in its folder); what it leaves out is as shipped."""

    rule: tuple[Rule, ...] = ()
    kind: Annotated[Mapping[TaskKind, KindRule], AfterValidator(MappingProxyType), PlainSerializer(dict)] = Field(
        default_factory=dict
    )
    case: Annotated[Mapping[Code, KindRule], AfterValidator(MappingProxyType), PlainSerializer(dict)] = Field(
        default_factory=dict
    )
    """Whose work a case of each code is."""
    write_off: tuple[Tier, ...] = ()

    @model_validator(mode="after")
    def _once(self) -> Self:
        ids = [rule.id for rule in self.rule]
        if twice := sorted({one for one in ids if ids.count(one) > 1}):
            raise ValueError(f"two rules are called {twice[0]}")
        if self.write_off and (
            self.write_off[-1].up_to is not None
            or any(tier.up_to is None for tier in self.write_off[:-1])
            or [tier.up_to for tier in self.write_off[:-1]]
            != sorted(tier.up_to for tier in self.write_off[:-1] if tier.up_to is not None)
        ):
            raise ValueError("the tiers of `write_off` go up, and the last has no `up_to`")
        return self


class Shipped(OfficeRules):
    """The rules of the product. `before_all` come before the office's own: what no office can decide otherwise."""

    before_all: tuple[Rule, ...]

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if missing := sorted(set(TaskKind) - set(self.kind)):
            raise ValueError(f"no queue and role for {missing[0]}")
        if lacking := sorted(set(Code) - set(self.case)):
            raise ValueError(f"no queue and role for cases {lacking[0]}")
        return self


class RoutingRules(Frozen):
    """The rules in their order: those before all, the office's, the shipped ones; the first that fits counts."""

    rules: tuple[Rule, ...]
    kinds: Annotated[Mapping[TaskKind, KindRule], AfterValidator(MappingProxyType)]
    cases: Annotated[Mapping[Code, KindRule], AfterValidator(MappingProxyType)]
    write_off: tuple[Tier, ...]

    def first(self, found: Finding, payer: PayerType) -> Rule | None:
        """The rule that counts for this finding; None where none fits."""
        return next((rule for rule in self._by_about.get(found.about, ()) if rule.when.fits(found, payer)), None)

    def approver(self, amount: Decimal) -> str:
        """Whose approval a write-off of so many dollars needs."""
        return next(tier.role for tier in self.write_off if tier.up_to is None or amount <= tier.up_to)

    @property
    def queues(self) -> frozenset[str]:
        """Every queue that work may come into."""
        return frozenset(one.queue for one in self._owners if one.queue is not None)

    @property
    def roles(self) -> frozenset[str]:
        """Every role that may have work."""
        named = {one.role for one in self._owners if one.role is not None}
        return frozenset(named | {tier.role for tier in self.write_off} | {SUPERVISOR})

    @property
    def _owners(self) -> tuple[Rule | KindRule, ...]:
        return (*self.rules, *self.kinds.values(), *self.cases.values())

    @cached_property
    def _by_about(self) -> Mapping[About, tuple[Rule, ...]]:
        return {about: tuple(rule for rule in self.rules if rule.when.about is about) for about in About}


def routing_rules(office: OfficeRules | None = None) -> RoutingRules:
    """The rules that count for an office with these of its own."""
    shipped, own = _shipped(), office or OfficeRules()
    replaced = {rule.id for rule in own.rule}
    return RoutingRules(
        rules=(*shipped.before_all, *own.rule, *(rule for rule in shipped.rule if rule.id not in replaced)),
        kinds={**shipped.kind, **own.kind},
        cases={**shipped.case, **own.case},
        write_off=own.write_off or shipped.write_off,
    )


@cache
def _shipped() -> Shipped:
    text = files("flows").joinpath("rules/routing.toml").read_text(encoding="utf-8")
    return Shipped.model_validate(tomllib.loads(text))
