"""Never filed twice, whoever does what when: sessions that are cut off, paused and overtaken, and people in between."""

import random
from collections import Counter
from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db.models import QuerySet

from flows.answers import Refusal
from flows.outcomes import Code, Ending, Outcome
from flows.questions import Appeal, Flow
from ledger import appeals, cases, lanes, models, runs, work
from ledger.accounts import Actor
from ledger.appeals import AppealChange, AppealStage
from ledger.errors import AppealFixed, LaneBusy, LeaseLost, LedgerError, PressingRefused
from ledger.lanes import Lease
from ledger.states import ItemState, Resolution
from tests.ledger.appeals import LOST, approve, drafted, filed, refused
from tests.ledger.office import ALIAS, NOW, PORTAL, ended

INTERLEAVINGS, STEPS = 25, 12
AFTER_THE_PRESS = [
    LOST, ended(Ending.TRANSIENT, Code.TECH_5XX), ended(Ending.DEFECT, Code.TECH_DEFECT),
    ended(Ending.DRIFT, Code.TECH_LAYOUT, view="x"), ended(Ending.NEEDS_STAFF, Code.DATA_UNMAPPED),
]  # fmt: skip
BEFORE_THE_PRESS = AFTER_THE_PRESS[1:]


@dataclass
class World:
    """One appeal's claim, the payer's side of it, the time, and who works on it."""

    chance: random.Random
    robot: Actor
    person: Actor
    claim: int
    hours: int = 0
    presses: Counter[str] = field(default_factory=Counter)
    has: set[str] = field(default_factory=set)
    """References that the payer has."""
    wanted: dict[str, Decimal] = field(default_factory=dict)
    """What the newest approval of each reference is about."""

    @property
    def now(self) -> datetime:
        return NOW + timedelta(hours=self.hours)

    def mine(self) -> QuerySet[models.Appeal]:
        """The appeals of this claim."""
        return models.Appeal.objects.filter(claim__patient_account_number=f"ACCT-{self.claim:06}").order_by("id")

    def press(self, question: Appeal) -> None:
        """The button, as the payer sees it pressed."""
        reference = question.contest.reference
        assert not question.pressed
        assert self.wanted[reference] == question.contest.amount
        self.presses[reference] += 1
        if self.chance.random() < 0.7:
            self.has.add(reference)

    def session(self) -> Iterator[None]:
        """A process that works the lane, and stops for others wherever a real one could be paused or cut off."""
        try:
            lease = lanes.take(PORTAL, ALIAS, 0, holder="x", actor=self.robot, now=self.now)
        except LaneBusy:
            return
        try:
            runs.start(lease, Flow.APPEAL, self.now)
            yield
            while (item := work.next_item(lease, self.now)) is not None:
                yield
                assert isinstance(item.question, Appeal)
                if item.question.pressed:
                    outcome = self.look(item.question)
                elif self.chance.random() < 0.25:
                    outcome = self.chance.choice([*BEFORE_THE_PRESS, refused(Refusal.LINE_PAID, self.now)])
                else:
                    outcome = yield from self.file(lease, item.question)
                yield
                if self.chance.random() < 0.1:
                    work.put_back(lease, item)
                else:
                    work.finish(lease, item, outcome, self.now)
                yield
            lanes.release(lease, self.now)
        except LeaseLost:
            return

    def file(self, lease: Lease, question: Appeal) -> Generator[None, None, Outcome]:
        try:
            appeals.pressing(lease, question.contest.reference, self.now)
        except PressingRefused:
            return LOST
        committed_at = self.now
        yield
        if self.now != committed_at:
            # What was paused for longer than a press may wait does not press any more (`bots.committed_at`).
            return LOST
        self.press(question)
        yield
        if question.contest.reference in self.has and self.chance.random() < 0.5:
            return filed(self.now)
        return self.chance.choice(AFTER_THE_PRESS)

    def look(self, question: Appeal) -> Outcome:
        listed = question.contest.reference in self.has and self.chance.random() < 0.6
        return filed(self.now, found_on_list=True) if listed else LOST

    def somebody(self) -> None:
        """A person does something that people do, at a moment that nobody chose."""
        act = self.chance.choice(["draft", "approve", "approve", "change", "withdraw", "settle", "close", "close"])
        try:
            match act:
                case "draft":
                    drafted(self.person, self.claim, self.now)
                case "close":
                    for case in cases.list_open(self.person.practice_id):
                        cases.close(case.id, self.person, Resolution.ASK_AGAIN, self.now)
                case _:
                    numbers = list(self.mine().values_list("id", flat=True))
                    self.decide(act, self.chance.choice(numbers))
        except LedgerError:
            return

    def decide(self, act: str, number: int) -> None:
        match act:
            case "approve":
                self.approve(number)
            case "change":
                amount = Decimal(self.chance.randint(1, 9999)).scaleb(-2)
                appeals.change(number, AppealChange(amount=amount), self.person, self.now)
            case "withdraw" if self.chance.random() < 0.3:
                appeals.withdraw(number, self.person, self.now)
            case "settle":
                self.settle(number)

    def approve(self, number: int) -> None:
        approve(number, self.person, self.now)
        record = appeals.get(self.person.practice_id, number)
        self.wanted[record.reference] = record.amount

    def settle(self, number: int) -> None:
        """A person asks the payer, who knows."""
        reference = models.Appeal.objects.values_list("reference", flat=True).get(pk=number)
        appeals.settle(number, self.person, self.now, filed=reference in self.has)

    def goes_on(self) -> None:
        """So many steps of sessions, people and time, in any order."""
        sessions: list[Iterator[None]] = []
        for _ in range(STEPS):
            kind = self.chance.random()
            if kind < 0.15:
                self.hours += self.chance.choice([1, 1, 2, 30])
            elif kind < 0.35:
                self.somebody()
            elif kind < 0.55 or not sessions:
                sessions.append(self.session())
                next(sessions[-1], None)
            else:
                next(self.chance.choice(sessions), None)

    def comes_to_an_end(self) -> None:
        """From now on nobody disturbs the robot, and people do their part, for as long as there is anything to do."""
        undone = models.WorkItem.objects.filter(flow=Flow.APPEAL).exclude(state=ItemState.DONE)
        for _ in range(12):
            if not undone.exists():
                return
            self.hours += 26
            for case in cases.list_open(self.person.practice_id):
                if case.items and case.code is not Code.TECH_UNKNOWN_FILED:
                    cases.close(case.id, self.person, Resolution.ASK_AGAIN, self.now)
            for _ in self.session():
                pass
            waiting = models.WorkItem.objects.filter(flow=Flow.APPEAL, state=ItemState.PARKED)
            for number in waiting.filter(case__code=Code.TECH_UNKNOWN_FILED).values_list("appeal_id", flat=True):
                try:
                    self.settle(number)
                except AppealFixed:
                    appeals.withdraw(number, self.person, self.now)


@pytest.mark.django_db
def test_no_interleaving_of_sessions_and_people_presses_an_appeal_twice(robot: Actor, person: Actor) -> None:
    pressed, first = 0, random.randrange(10**6)
    for seed in range(first, first + INTERLEAVINGS):
        world = World(random.Random(seed), robot, person, claim=seed)
        number = drafted(person, world.claim)
        if seed % 5:
            world.approve(number)
        world.goes_on()
        world.comes_to_an_end()
        pressed += world.presses.total()
        assert max(world.presses.values(), default=0) <= 1, seed
        assert len(world.has) <= 1, seed
        for row in world.mine():
            assert row.stage not in {AppealStage.APPROVED, AppealStage.PRESSING, AppealStage.UNCERTAIN}, seed
            assert (row.stage == AppealStage.FILED) == (row.reference in world.has), (seed, row.stage)
            assert row.pressed_at is not None or not world.presses[row.reference], seed
    assert pressed > INTERLEAVINGS / 4, first
    assert models.AppealEvent.objects.filter(what="uncertain").exists(), first
