"""What only the application knows of a claim: its time-line in words, when it is asked about, what is left to pay."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from flows.answers import Normalised
from flows.questions import ClaimStatus
from flows.statement import Held
from ledger.accounts import Actor, Practice
from ledger.answers import AnswerRecord
from ledger.patient_accounts import ClaimAccount
from ledger.planning_values import Plan, ToAsk
from ledger.time_line import TimeLine
from portalwright import claim_payments, claim_tasks
from portalwright.code_words import code_words
from portalwright.desk.practices import desk_of
from portalwright.due_words import when_asked
from portalwright.facts import facts
from portalwright.office import Desk
from portalwright.statements import due_of
from portalwright.time_line_events import Happened, events_of, said
from schedules.planning import explain_claim, explain_visit


@dataclass(frozen=True)
class Claims:
    """See `console.claims.needs`."""

    desk: Desk

    def events(self, practice: Practice, line: TimeLine) -> Sequence[Happened]:
        """All that happened, the oldest first."""
        return sorted([*events_of(line), *_beside(practice.id, line)], key=lambda event: event.at)

    def said(self, before: AnswerRecord | None, answer: AnswerRecord) -> str:
        """The first answer in short, a later one by what it changed."""
        return said(before, answer)

    def facts(self, said: Normalised) -> Sequence[tuple[str, str]]:
        """Every fact of an answer by its name."""
        return tuple(facts(said).items())

    def why_when(self, practice: Practice, claim_id: int, now: datetime) -> Sequence[tuple[ToAsk, Plan]]:
        """When the claim and its appeals are asked about, and every rule that spoke."""
        return explain_claim(practice.id, claim_id, now)

    def why_when_visit(self, practice: Practice, appointment_id: int, now: datetime) -> Sequence[tuple[ToAsk, Plan]]:
        """The same of a visit."""
        return explain_visit(practice.id, appointment_id, now)

    def when(self, item: ToAsk, plan: Plan) -> str:
        """When a question is asked, in words."""
        return when_asked(item, plan)

    def balance(self, practice: Practice, actor: Actor, account: ClaimAccount) -> tuple[Decimal | None, Sequence[str]]:
        """What the patient still has to pay, in dollars; or None, and why that cannot be said yet."""
        try:
            return due_of(desk_of(self.desk, practice, actor), account), ()
        except Held as held:
            return None, held.why

    def code_words(self, practice: Practice, codes: Sequence[str]) -> Sequence[tuple[str, str, str]]:
        """Each code with our own words and the licensed text that the office has loaded."""
        return code_words(practice.id, codes)


def _beside(practice_id: int, line: TimeLine) -> list[Happened]:
    """What else is known of a claim: its acknowledgements, payments and tasks."""
    match line.question:
        case ClaimStatus(portal=portal):
            sent = claim_payments.events_of(practice_id, portal, line.number)
            return [*sent, *claim_tasks.task_events(practice_id, portal, line.number)]
        case _:
            return []
