"""One night of the chaos: an office, its portals and its workers, a killer, a person, and the judge at the end."""

import contextlib
import random
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from django.db.models import Q

from flows.outcomes import Ending
from flows.questions import Flow, Remittances
from ledger import answers, appeals, models, remittances_listed
from ledger.states import ItemState
from portalwright.demo.appeals_check import wrong_appeals
from portalwright.demo.claims_check import wrong_answers
from portalwright.demo.coverage_check import wrong_coverages
from portalwright.demo.payments_check import wrong_payments
from portalwright.office import Desk, utc_now
from sandbox.process import PracticePortal
from tests.chaos import oracle
from tests.chaos.book import acknowledged, answers_now, read_book
from tests.chaos.facts import Acknowledged, Book
from tests.chaos.inside import Times
from tests.chaos.killer import Killer, Life
from tests.chaos.office import at_desk, days_of_payments
from tests.chaos.person import Person
from tests.chaos.toll import Toll
from tests.chaos.watched import Watched
from tests.chaos.workers import END_SECONDS, Worker, left_over
from tests.soak.watch import tell
from tests.whole.office import Commands

LEASE_SECONDS = 6.0
"""How long a lane stays taken after the last sign of life, so that nobody waits for it. The real one is longer."""

_TICK_SECONDS = 0.15
_LOOK_SECONDS = 1.0
_SAY_SECONDS = 60.0
_SOON = timedelta(seconds=10)
_SETTLE_SECONDS = 60.0
"""So long after the last question's end the workers may take to give up what dead ones held."""
_MOST_OF_A_TRACE = 4000
"""So many letters of a stack trace are told."""


@dataclass
class Night:
    """An office at work. `seen` are the answers that were in its ledger at any moment."""

    name: str
    office: Commands
    desk: Desk
    watched: Watched
    workers: Sequence[Worker]
    person: Person
    began: float = field(default_factory=time.monotonic)
    seen: dict[int, str] = field(default_factory=dict)
    killed: list[tuple[datetime, frozenset[int]]] = field(default_factory=list)
    """When a process was killed, and the lanes that it held then."""
    wrong: list[str] = field(default_factory=list)
    ahead: float = 0.0
    """By how many seconds the workers' clocks are ahead of ours."""
    clock_was_set: bool = False

    @property
    def portals(self) -> Sequence[PracticePortal]:
        """The practice portals of this night."""
        return self.watched.portals

    def until(self, over: Callable[[], bool], tick: Callable[[], None], seconds: float) -> bool:
        """Let the night go on until it is over, or for so many seconds; true when it is over."""
        deadline = time.monotonic() + seconds
        looked = said = time.monotonic()
        while time.monotonic() < deadline:
            self.watched.fetch()
            tick()
            if time.monotonic() - looked >= _LOOK_SECONDS:
                looked = time.monotonic()
                self.look()
                if over():
                    return True
                self._let_back_offs_pass()
            if time.monotonic() - said >= _SAY_SECONDS:
                said = time.monotonic()
                tell(f"{self.name}: {self.standing()}, {said - self.began:.0f} s")
            time.sleep(_TICK_SECONDS)
        return False

    def watch_workers(self) -> None:
        """Note what the workers have started."""
        for worker in self.workers:
            worker.look()

    def step_clock(self, seconds: float) -> None:
        """Set the workers' clocks forward, or back."""
        self.clock_was_set = True
        self._set_ahead(seconds)

    def workers_now(self) -> datetime:
        """The time by the workers' clocks."""
        return utc_now() + timedelta(seconds=self.ahead)

    def _let_back_offs_pass(self) -> None:
        """Where nothing is left but questions that wait for a try later on, it is later now, on both sides.

        No session runs then, and time moves forward alone, so that what happened before keeps its order.
        """
        now = self.workers_now()
        waits = models.WorkItem.objects.filter(state__in=(ItemState.READY, ItemState.RUNNING))
        waits = waits.exclude(flow=Flow.APPEAL_STATUS, not_before__gt=now + timedelta(minutes=10))
        if waits.filter(Q(state=ItemState.RUNNING) | Q(not_before__lte=now + _SOON)).exists():
            return
        if models.Lane.objects.exclude(holder="").exists():
            return
        earliest = waits.order_by("not_before").values_list("not_before", flat=True).first()
        if earliest is not None:
            seconds = (earliest - now).total_seconds() + 1
            tell(f"{self.name}: only what is tried again later is left; it is {seconds:.0f} s later now")
            self._set_ahead(seconds)
            for portal in self.portals:
                portal.advance(seconds)

    def _set_ahead(self, seconds: float) -> None:
        self.ahead += seconds
        set_clock(self.office, self.ahead)

    def look(self) -> None:
        """Let the person look in, and note what the ledger has."""
        self.watched.fetch()
        self.person.look()
        # What was seen first counts: an answer that changes or goes away is found out at the end.
        self.seen = answers_now() | self.seen

    def standing(self) -> str:
        """How many questions stand where, in a line."""
        counted = Counter(models.WorkItem.objects.values_list("state", flat=True))
        return ", ".join(f"{times} {state}" for state, times in sorted(counted.items()))

    def all_ended(self) -> bool:
        """Has every question come to an end? One about a filed appeal waits for another day."""
        waits = models.WorkItem.objects.filter(state__in=(ItemState.READY, ItemState.RUNNING))
        later = self.workers_now() + timedelta(minutes=10)
        return not waits.exclude(flow=Flow.APPEAL_STATUS, not_before__gt=later).exists()

    def nobody_left(self) -> bool:
        """Does no dead process hold anything any more?"""
        return not oracle.leases_left(read_book(self.workers_now()))

    def about_to_kill(self, worker: Worker) -> None:
        """Note which lanes the process holds, for how long it takes until work goes on there."""
        now = self.workers_now()
        holders = models.Lane.objects.filter(holder__endswith=f":{worker.process_id}", until__gt=now)
        self.killed.append((now, frozenset(holders.values_list("id", flat=True))))


def set_clock(office: Commands, ahead: float) -> Path:
    """By how many seconds the clocks of this office's workers are ahead; the file in which they read it."""
    file = office.home / "ahead"
    new = file.with_suffix(".new")
    new.write_text(str(ahead))
    return new.replace(file)


@contextmanager
def night(name: str, office: Commands, portals: Sequence[PracticePortal], workers: int, *more: str) -> Iterator[Night]:
    """Open the office here, with so many workers that are not started yet; whatever happens, none of them is left."""
    for portal in portals:
        # The portal would hide two sessions of one user from its own record: it ends the older one.
        portal.profile(sessions=9)
    times = Times(LEASE_SECONDS, str(set_clock(office, 0.0)))
    made = [Worker(f"worker{number}", office, times, *more) for number in range(1, workers + 1)]
    with at_desk(office) as desk, contextlib.ExitStack() as stack:
        for worker in made:
            stack.callback(_end_surely, worker)
        watched = Watched(portals)
        yield Night(name, office, desk, watched, made, Person(desk, watched))


def _end_surely(worker: Worker) -> None:
    if worker.runs:
        worker.kill()


def random_night(given: Night, blows: int, *, life: Life, seed: int, seconds: float) -> Toll:
    """Kill at random until so many were killed and every question has come to its end, then judge."""
    killer = Killer(
        workers=given.workers,
        blows=blows,
        life=life,
        lease_seconds=LEASE_SECONDS,
        chance=random.Random(seed),
        steps=lambda: given.watched.steps,
        about_to_kill=given.about_to_kill,
    )
    given.until(given.all_ended, killer.tick, seconds)
    killer.enough()
    return judged(given, kills=killer.kills, stops=killer.stops)


def judged(given: Night, *, kills: int, stops: int = 0, missed: Sequence[str] = ()) -> Toll:
    """Let living workers take over what dead ones held, end all of them in order, and look at everything."""
    for worker in given.workers:
        if not worker.runs:
            worker.start()
    given.until(lambda: given.all_ended() and given.nobody_left(), lambda: None, _SETTLE_SECONDS)
    given.look()
    end_all(given)
    gone = left_over(given.workers, given.office)
    return judge(given, gone, kills=kills, stops=stops, missed=missed)


def end_all(given: Night) -> None:
    """SIGTERM for every worker; one that does not end in time, or not well, is told of."""
    for worker in given.workers:
        worker.tell_to_end()
    deadline = time.monotonic() + END_SECONDS
    for worker in given.workers:
        code = worker.wait(max(deadline - time.monotonic(), 0.1))
        if code is None:
            given.wrong.append(f"{worker.name} did not end within {END_SECONDS:.0f} seconds")
            worker.kill()
        elif code != 0:
            given.wrong.append(f"{worker.name} ended with {code}")


def judge(given: Night, gone: Sequence[str], *, kills: int, stops: int, missed: Sequence[str]) -> Toll:
    """Hold the ledger, the log and the portals' records against each other. `gone` are processes that were left."""
    now = given.workers_now()
    book = read_book(now)
    given.watched.fetch()
    events = given.watched.events
    lockouts = {name: given.desk.office.pack(name).lockout for name in events}
    lanes_at = [line for name, seen in events.items() for line in oracle.lanes_twice_at(name, seen)]
    twice = [line for name, seen in events.items() for line in oracle.appeals_twice(name, seen)]
    endings = Counter(one.ending for one in book.tries if one.item is not None)
    told = acknowledged(given.desk.office.logs_folder)
    return Toll(
        name=given.name,
        questions=len(book.items),
        kills=kills,
        stops=stops,
        found={
            "lost": tuple(oracle.lost(book, told, given.seen, now)),
            "double": tuple(oracle.double(book)),
            "lanes_twice": (*oracle.lanes_twice(book, clock_was_set=given.clock_was_set), *lanes_at),
            "presses_over_budget": tuple(oracle.presses_over_budget(book.presses, lockouts, events)),
            "appeals_twice": tuple(twice),
            "leases_left": tuple(oracle.leases_left(book)),
            "browsers_left": tuple(gone),
        },
        wrong=(*given.wrong, *_wrong(given), *_defects(given, endings), *_unseen(given, book, told)),
        cleared=given.person.cleared,
        codes=given.person.codes,
        answered=endings[Ending.ANSWERED] + endings[Ending.NEGATIVE],
        parked=sum(item.state == ItemState.PARKED for item in book.items),
        seconds=time.monotonic() - given.began,
        again_seconds=_again_seconds(given),
        missed=tuple(missed),
    )


def _wrong(given: Night) -> Iterator[str]:
    """Every answer that is not the truth."""
    practice_id = given.desk.practice.id
    first, last = days_of_payments()
    filed = list(appeals.list_all(practice_id))
    for portal in given.portals:
        truth = portal.truth()
        found = {flow: list(answers.list_current(practice_id, portal=portal.name, flow=flow)) for flow in Flow}
        said = {flow: [(one.number, one.answer.normalised) for one in records] for flow, records in found.items()}
        for claim in wrong_answers(said[Flow.CLAIM_STATUS], truth):
            yield f"{portal.name}, a claim: {', '.join(claim.facts)}"
        for visit in wrong_coverages(said[Flow.ELIGIBILITY], truth):
            yield f"{portal.name}, an appointment: {', '.join(visit.facts)}"
        fetched = [
            remittances_listed.get(practice_id, record.id).said
            for record in remittances_listed.list_all(practice_id, portal=portal.name)
        ]
        payees = {one.question.provider.npi for one in found[Flow.REMITTANCES] if isinstance(one.question, Remittances)}
        for payment in wrong_payments(fetched, truth, answered_for=payees, paid_from=first, paid_to=last):
            yield f"{portal.name}, a payment: {', '.join(payment.facts)}"
        ours = [record for record in filed if record.portal == portal.name]
        for appeal in wrong_appeals(ours, portal.appeals()):
            yield f"{portal.name}, an appeal: {', '.join(appeal.facts)}"


def _defects(given: Night, endings: Counter[str]) -> Iterator[str]:
    if endings[Ending.DEFECT]:
        yield f"{endings[Ending.DEFECT]} attempts ended with a defect of ours"
    if endings[Ending.DRIFT]:
        yield f"{endings[Ending.DRIFT]} pages were not recognised"
    for worker in given.workers:
        _, trace, after = worker.said.read_text(errors="replace").partition("Traceback")
        if trace:
            yield f"{worker.name} wrote a stack trace:{after[:_MOST_OF_A_TRACE]}"


def _unseen(given: Night, book: Book, told: Acknowledged) -> Iterator[str]:
    """A judge who was shown nothing finds nothing: so it is made sure that there was something to be seen."""
    signed_in = [event for seen in given.watched.events.values() for event in seen if event["kind"] == "password_press"]
    if not signed_in or any(" worker" not in event["user_agent"] for event in signed_in):
        yield "the portals could not tell one process from the other"
    if not told or not given.seen or not book.presses:
        yield "nothing was acknowledged, answered or pressed"


def _again_seconds(given: Night) -> float:
    """From a kill to the next end of a question on a lane that the dead process held, on average."""
    waits = []
    for at, lanes in given.killed:
        for lane in lanes:
            after = models.Attempt.objects.filter(run__lane=lane, finished_at__gt=at).order_by("finished_at").first()
            if after is not None:
                waits.append((after.finished_at - at).total_seconds())
    return sum(waits) / len(waits) if waits else 0.0
