"""What the pages of claims and patients need of the application."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from flows.answers import Normalised
from ledger.accounts import Actor, Practice
from ledger.answers import AnswerRecord
from ledger.patient_accounts import ClaimAccount
from ledger.planning_values import Plan, ToAsk
from ledger.time_line import TimeLine


class EventKind(StrEnum):
    """What an event of a time-line belongs to; time-lines are filtered by it."""

    IMPORT = "import"
    ATTEMPT = "attempt"
    ANSWER = "answer"
    CASE = "case"
    TASK = "task"
    APPEAL = "appeal"
    ACKNOWLEDGEMENT = "acknowledgement"
    PAYMENT = "payment"


class TimeLineEvent(Protocol):
    """One thing that happened. `number` is that of the case, task, appeal, payment or run that it is about."""

    @property
    def at(self) -> datetime:
        """When, UTC."""

    @property
    def what(self) -> str:
        """What, in a word or two."""

    @property
    def details(self) -> str:
        """The rest, in a line."""

    @property
    def kind(self) -> EventKind:
        """What it belongs to."""

    @property
    def number(self) -> int | None:
        """Of the thing, where it has one."""


class ClaimNeeds(Protocol):
    """What only the application knows of a claim."""

    def events(self, practice: Practice, line: TimeLine) -> Sequence[TimeLineEvent]:
        """All that happened to the claim or visit, tasks, acknowledgements and payments among it; the oldest first."""

    def said(self, before: AnswerRecord | None, answer: AnswerRecord) -> str:
        """The first answer in short, a later one by what it changed."""

    def facts(self, said: Normalised) -> Sequence[tuple[str, str]]:
        """Every fact of an answer by its name."""

    def why_when(self, practice: Practice, claim_id: int, now: datetime) -> Sequence[tuple[ToAsk, Plan]]:
        """When the claim and its appeals are asked about, and every rule that spoke."""

    def why_when_visit(self, practice: Practice, appointment_id: int, now: datetime) -> Sequence[tuple[ToAsk, Plan]]:
        """The same of a visit."""

    def when(self, item: ToAsk, plan: Plan) -> str:
        """When a question is asked, in words."""

    def balance(self, practice: Practice, actor: Actor, account: ClaimAccount) -> tuple[Decimal | None, Sequence[str]]:
        """What the patient still has to pay, in dollars; or None, and why that cannot be said yet."""

    def code_words(self, practice: Practice, codes: Sequence[str]) -> Sequence[tuple[str, str, str]]:
        """Each code with our own words and the licensed text that the office has loaded."""
