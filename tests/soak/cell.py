"""One cell of the soak: a practice portal at one level of quirks, an office of its own, and night after night at it.

The cell goes on, with the clocks of both sides moved, until nothing is due any more; then everything that the robot
wrote down is held against what the payer really knows, and everything it pressed against the portal's own record.
"""

import contextlib
import math
from collections import Counter
from collections.abc import AsyncIterator
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from bots.browser import BrowserHost
from bots.worker import Progress, Report
from flows.questions import Flow
from ledger import answers, cases, work
from ledger.errors import PortalClosed, Stopped
from ledger.work import Counts
from sandbox.process import PracticePortal
from tests.bots.night import Night, night
from tests.soak.jobs import judge_job, put_on_list
from tests.soak.oracle import Heard, Judged, judge, judge_manners
from tests.soak.person import Person

HOUR = 3600.0
ANSWER_SECONDS = 15.0
"""A portal on this computer answers at once, or it is one of its quirks: nobody waits a minute for the end of that."""
_VISITS = 20
"""Appointments that nobody asks about: as many as a practice portal has by itself."""
MOST_RUNS = 150
"""After so many runs for each hundred claims whatever is still due counts as lost. With ten times the field's quirks a
portal is under maintenance every few look-ups."""


@dataclass(frozen=True)
class Task:
    """Which cell: the portal, the level of quirks ("none", "field", "x10"), the seed of both, and the job.

    `claims` are so many appointments where the job is eligibility.
    """

    portal: str
    level: str
    claims: int
    seed: int
    flow: str = Flow.CLAIM_STATUS.value

    @property
    def job(self) -> Flow:
        """The flow itself."""
        return Flow(self.flow)


@dataclass(frozen=True)
class CellResult:
    """What a cell came to. Counts of questions unless they say otherwise."""

    task: Task
    questions: int
    answered: int
    negative: int
    parked: int
    lost: int
    """Questions that are neither answered nor a person's."""
    resolvable: int
    """Questions that truth calls resolvable: it knows an answer, or that there is none."""
    resolved: int
    """Those of them that the robot answered alone."""
    wrong: tuple[str, ...]
    """One line for each answer that is not the truth."""
    delayed: int
    """Answers "not found" for claims that the portal did not show yet at any look-up: right when they were given."""
    runs: int
    sign_ins: int
    presses: int
    presses_over_budget: int
    lockouts: int
    early: int
    """Requests that came before the portal's Retry-After was over."""
    defects: dict[str, int]
    person: dict[str, int]
    """What the scripted person did at the door."""
    cases: dict[str, int]
    """Questions that wait for a person, by code; incidents without a question count as one."""
    endings: dict[str, int]
    """How the tries ended."""
    quirks: dict[str, int]
    """Which quirks the portal had, and how often."""
    run_endings: dict[str, int]
    """Why the runs ended."""
    left: dict[str, int]
    """Resolvable questions that were left to a person: scenario and code."""

    @property
    def touchless(self) -> float:
        """The share of the resolvable questions that the robot answered alone."""
        return self.resolved / self.resolvable if self.resolvable else 1.0

    def as_json(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_json(cls, given: dict[str, Any]) -> "CellResult":
        return cls(**{**given, "wrong": tuple(given["wrong"]), "task": Task(**given["task"])})


async def run_cell(task: Task, folder: Path, *, browser: BrowserHost | None = None) -> CellResult:
    """Run one cell in this process, whose ledger is open, in this browser or in one of its own."""
    job, visits = task.job, task.claims if task.job is Flow.ELIGIBILITY else _VISITS
    served = PracticePortal(task.portal, seed=task.seed, claims=task.claims, appointments=visits, level=task.level)
    with served as portal:
        asked = None if job is Flow.CLAIM_STATUS else ()
        opened = night(folder, portal, browser=browser, asked=asked, answer_seconds=ANSWER_SECONDS)
        async with opened as office, _person_at(office) as person:
            if job is not Flow.CLAIM_STATUS:
                await put_on_list(office, job)
            heard = Heard(portal)
            endings: Counter[str] = Counter()
            runs = await _work_through(office, task, person, heard, endings)
            if job is Flow.CLAIM_STATUS:
                found = await office.call(
                    lambda: list(answers.list_current(office.person.practice_id, portal=office.name))
                )
                judged = judge(portal.truth(), found, heard)
            else:
                judged = await judge_job(office, job)
            told = {
                "runs": runs.total(),
                "run_endings": dict(runs),
                "endings": dict(endings),
                "person": dict(person.did),
            }
            return await _result(task, office, judged, told)


@contextlib.asynccontextmanager
async def _person_at(office: Night) -> AsyncIterator[Person]:
    person = Person(office)
    office.clock.meanwhile = person.meanwhile
    try:
        yield person
    finally:
        office.clock.meanwhile = None


async def _counts(office: Night, job: Flow) -> Counts:
    """How the job's work list stands now."""
    counts: Counts = await office.call(work.counts, office.person.practice_id, office.name, job, office.clock.now())
    return counts


async def _work_through(office: Night, task: Task, person: Person, heard: Heard, endings: Counter[str]) -> Counter[str]:
    """Run after run until nothing is due; returns why the runs ended."""
    whys: Counter[str] = Counter()

    def note(progress: Progress) -> None:
        if progress.ended is not None:
            endings[progress.ended.ending.value] += 1
            heard.try_ended(office.clock.now())

    for _ in range(MOST_RUNS * math.ceil(task.claims / 100)):
        again_at: datetime | None = None
        stands_still = False
        try:
            report = await office.run(note, flow=task.job)
            whys[_why(report)] += 1
            again_at = report.again_at
        except PortalClosed as closed:
            whys[f"closed {closed.why}"] += 1
            again_at = closed.until
        except Stopped as stopped:
            whys[type(stopped).__name__] += 1
            stands_still = True
        counts = await _counts(office, task.job)
        if counts.ready + counts.waiting == 0:
            break
        heard.try_ended(office.clock.now())
        if await person.after_run():
            continue
        if stands_still:
            # What stands still now is not for the scripted person: the rest counts as lost, and is told.
            break
        await office.clock.sleep(_wait(again_at, office.clock.now()))
    return whys


def _why(report: Report) -> str:
    stopped = report.stopped
    if stopped is None:
        return report.why
    return " ".join((report.why, *filter(None, (stopped.code.value, stopped.view, stopped.element))))


def _wait(again_at: datetime | None, now: datetime) -> float:
    """Seconds until the next run: until the portal is to be asked again, or an hour."""
    return HOUR if again_at is None else max((again_at - now).total_seconds(), 60.0)


def _least(task: Task) -> int:
    """So many questions were asked at least: each row of a list, or one for each provider."""
    return 1 if task.job is Flow.REMITTANCES else task.claims


async def _result(task: Task, office: Night, judged: Judged, told: dict[str, Any]) -> CellResult:
    """All together; `told` is what was noted on the way."""
    counts = await _counts(office, task.job)
    by_code: Counter[str] = Counter()
    of_claim: dict[str, str] = {}
    for case in await office.call(cases.list_open, office.person.practice_id, office.name):
        by_code[case.code.value] += max(case.items, 1)
        if case.number is not None:
            of_claim[case.number] = case.code.value
    events = office.portal.events()
    manners = judge_manners(events, office.work.pack.lockout)
    defects = Counter(f"{type(defect).__name__}: {defect}" for defect in office.defects)
    return CellResult(
        task=task,
        questions=counts.total,
        answered=judged.answered,
        negative=judged.negative,
        parked=counts.parked,
        lost=max(_least(task), counts.total) - judged.answered - judged.negative - counts.parked,
        resolvable=judged.resolvable,
        resolved=judged.resolved,
        wrong=judged.wrong,
        delayed=judged.delayed,
        sign_ins=manners.sign_ins,
        presses=manners.presses,
        presses_over_budget=manners.over_budget,
        lockouts=manners.lockouts,
        early=manners.early,
        defects=dict(defects),
        cases=dict(by_code),
        quirks=dict(Counter(event["name"] for event in events if event["kind"] in {"quirk", "fault"})),
        left=dict(Counter(f"{scenario}: {of_claim.get(number, 'incident')}" for number, scenario in judged.unresolved)),
        **told,
    )
