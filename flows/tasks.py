"""Tasks: what a person has to do because of what a payer said; each with its queue, owner, day and money."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from enum import StrEnum
from types import MappingProxyType
from typing import Annotated, Literal

from pydantic import Field

from flows.values import Frozen


class TaskKind(StrEnum):
    """The kinds of work that answers and remittances make (DOMAIN 3.2 to 3.4)."""

    POST = "post"
    SEND_RECORDS = "send-records"
    CORRECTED_CLAIM = "corrected-claim"
    """Frequency 7 with the payer's claim number in REF*F8; 8 would void the claim."""
    NEW_CLAIM = "new-claim"
    """Frequency 1: the payer never took the claim in, so there is nothing to correct and nothing to appeal."""
    REOPENING = "reopening"
    """Medicare mends a clerical error without an appeal, for one year (42 CFR 405.980)."""
    APPEAL_DRAFT = "appeal-draft"
    JUDGE_DENIAL = "judge-denial"
    """Nobody but a person can say what this denial wants: appeal, correction, write-off (BUS-DENIED-JUDGE)."""
    COORDINATION = "cob"
    DEMOGRAPHICS = "demographics"
    CHECK_ELIGIBILITY = "check-eligibility"
    FIND_COVERAGE = "find-coverage"
    CHANGE_PAYER = "change-payer"
    UNDERPAYMENT = "underpayment"
    TAKEBACK = "takeback"
    REFUND = "refund"
    PATIENT_BALANCE = "patient-balance"
    PATIENT_CONTACT = "patient-contact"
    WRITE_OFF = "write-off"
    CODER_REVIEW = "coder-review"
    REBILL = "rebill"
    CHECK_CLEARINGHOUSE = "check-clearinghouse"
    CALL_PAYER = "call-payer"
    ENROLMENT = "enrolment"
    AUTHORIZATION = "authorization"
    WATCH_PAYMENT = "watch-payment"
    """Money is on its way, from this payer or the next; somebody looks when it should have come."""
    SEARCH_AGAIN = "search-again"


DECISIONS: Mapping[TaskKind, str] = MappingProxyType(
    {
        TaskKind.SEND_RECORDS: "which records to send, and that nothing beyond what was asked for goes out",
        TaskKind.CORRECTED_CLAIM: "what is changed on the claim",
        TaskKind.NEW_CLAIM: "what is changed on the claim",
        TaskKind.REOPENING: "that it is a clerical error, and its correction",
        TaskKind.APPEAL_DRAFT: "whether to appeal, the argument and the records; and the approval before it is filed",
        TaskKind.JUDGE_DENIAL: "what the denial wants: appeal, correction, another payer, patient or write-off",
        TaskKind.COORDINATION: "which insurance pays first",
        TaskKind.DEMOGRAPHICS: "whether the payer or the office holds the patient right",
        TaskKind.FIND_COVERAGE: "which insurance covers the day",
        TaskKind.CHANGE_PAYER: "which plan is billed",
        TaskKind.UNDERPAYMENT: "whether the contract really gives more",
        TaskKind.TAKEBACK: "whether the payer may take the money back",
        TaskKind.REFUND: "whether the money is owed back, to whom, and its payment",
        TaskKind.PATIENT_BALANCE: "whether the patient is billed",
        TaskKind.WRITE_OFF: "the approval of the write-off",
        TaskKind.CODER_REVIEW: "every change of a code or modifier",
        TaskKind.REBILL: "that the payer does not have the claim already",
        TaskKind.AUTHORIZATION: "whether an authorization was there, or may still be had",
    }
)
"""By kind: what only a person may decide in it (DOMAIN 3.6). The rest a person does, and decides nothing by it."""

OwnName = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
"""Names of queues, roles and rules: an office may have its own."""


class Task(Frozen):
    """One thing to do. Money in dollars, days are the office's.

    `topic` tells apart tasks of one kind about one thing; it is a name of ours. `money` is what is at stake;
    `explains` the part of the unpaid charge that this task stands for (0 where it is about other money). `codes` are
    those that it follows from (`CO-50`, `N115`, `F2`), `lines` the service lines that it is about; none, the whole.
    `due` is when it has to be done, `limit` the last day on which it still helps, where that is known: the payer's own
    due date, or the last day for an appeal.
    """

    kind: TaskKind
    topic: Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,99}$")]
    queue: OwnName
    role: OwnName
    due: date
    limit: date | None = None
    money: Decimal
    explains: Decimal = Decimal("0.00")
    why: str
    codes: tuple[str, ...] = ()
    lines: tuple[int, ...] = ()
    frequency: Literal["1", "7"] | None = None
    """Claim frequency code (CLM05-3) of the claim that has to be sent."""
    replaces: str | None = None
    """The payer's claim number that a corrected claim names in REF*F8."""

    @property
    def decision(self) -> str | None:
        """What only a person may decide; None where nothing is decided."""
        return DECISIONS.get(self.kind)


class NoWork(Frozen):
    """A part of the unpaid charge that raises no work, and why (the contract's discount, what another payer paid)."""

    group: str
    carc: str
    amount: Decimal
    why: str
    line: int | None = None


class WhatFollows(Frozen):
    """What follows from an answer: tasks, and the parts of the unpaid charge that raise none.

    For a finalised claim what all tasks explain and all that raises no work add up to charge less payment, to the cent.
    `without_appeals` are the tasks as they would be if nothing were contested; none where nothing is.
    """

    tasks: tuple[Task, ...] = ()
    no_work: tuple[NoWork, ...] = ()
    without_appeals: tuple[Task, ...] = ()

    @property
    def explained(self) -> Decimal:
        """The part of the charge that is accounted for, in dollars."""
        return sum((task.explains for task in self.tasks), Decimal("0.00")) + sum(
            (one.amount for one in self.no_work), Decimal("0.00")
        )


class TaskOutcome(StrEnum):
    """How a person ended a task."""

    DONE = "done"
    NOT_NEEDED = "not-needed"
