"""The demonstration: the robot does four jobs at the practice portals; every answer is held against their books."""

import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import assert_never

from bots.clock import SystemClock
from bots.worker import Report
from flows.outcomes import Ending
from flows.questions import Flow, Provider, Remittances
from ledger import answers, appeals, cases, remittances_listed, tasks_listed, work
from ledger.answers import AnswerRecord
from ledger.appeals import AppealStage
from ledger.periods import ask_for
from portalwright.demo.appeals import draft_and_approve
from portalwright.demo.appeals_check import wrong_appeals
from portalwright.demo.claims_check import wrong_answers
from portalwright.demo.coverage_check import wrong_coverages
from portalwright.demo.office import ACCOUNT, admit, make_office, no_passphrase, wipe
from portalwright.demo.payments_check import wrong_payments
from portalwright.demo.person import Person
from portalwright.demo.shown import (
    print_answers,
    print_appeals,
    print_cases,
    print_coverages,
    print_payments,
    print_work,
)
from portalwright.exit_codes import ExitCode
from portalwright.importing import Imported, import_appointments_file, import_claims_file
from portalwright.importing_deposits import import_deposits_file
from portalwright.logs import Command, Event
from portalwright.office import Desk, utc_now
from portalwright.progress import shown_progress
from portalwright.running import exit_code, run_portal
from sandbox.process import PracticePortal
from sandbox.quirks import EVERYWHERE

PORTALS = tuple(sorted(EVERYWHERE))
"""Every practice portal, by name."""

_DAYS_OF_PAYMENTS = 60
_DAYS_TO_DECISION = 28
"""So long the demonstration waits for decisions about appeals; portals disable accounts that are idle for longer."""
_MOST_RUNS = 4
_LOOK_FURTHER = (
    "answers",
    "answers --flow eligibility",
    "remits",
    "appeal list",
    "work",
    "cases",
    "cases show NUMBER",
    "report all",
    "audit verify",
)


@dataclass
class _Job:
    """How one flow went, over all portals."""

    questions: int = 0
    answered: int = 0
    negative: int = 0
    cases: int = 0
    wrong: list[str] = field(default_factory=list)

    def figures(self) -> dict[str, int]:
        """For the last line."""
        return {
            "questions": self.questions,
            "answered": self.answered,
            "negative": self.negative,
            "cases": self.cases,
            "wrong": len(self.wrong),
        }


class _DemoClock(SystemClock):
    """The real time, moved on together with the portals' own clocks where nobody wants to wait."""

    def __init__(self, portals: Sequence[PracticePortal]) -> None:
        """All portals go with it: one that stayed behind would not take a one-time code of our time."""
        self._portals = portals
        self._ahead = timedelta()

    def now(self) -> datetime:
        """The instant that the robot takes it for."""
        return super().now() + self._ahead

    def move(self, until: datetime) -> None:
        """Go on to this instant, here and at the portals."""
        more = max(until - self.now(), timedelta()) + timedelta(seconds=1)
        self._ahead += more
        for portal in self._portals:
            portal.advance(more.total_seconds())


@dataclass(frozen=True)
class _Days:
    """The days whose payments are fetched, both included."""

    first: date
    last: date


@dataclass(frozen=True)
class _Task:
    """One flow at one portal."""

    portal: PracticePortal
    person: Person
    flow: Flow
    days: _Days
    headed: bool


def run_demo(
    folder: Path,
    *,
    claims: int,
    appointments: int,
    seed: int,
    headed: bool,
    portals: Sequence[str] = PORTALS,
) -> ExitCode:
    """Run the demonstration in `folder`, which is wiped first when it is an earlier demonstration's office.

    Each portal is asked about so many claims and appointments, and about the payments of sixty days. Prints the
    results, and a last line of JSON. Raises OfficeExists for a folder that is anything else.
    """
    began = time.monotonic()
    wipe(folder)
    with ExitStack() as stack:
        served = [
            stack.enter_context(PracticePortal(name, seed=seed, claims=claims, appointments=appointments))
            for name in portals
        ]
        truths = {portal.name: portal.truth() for portal in served}
        _say(f"{len(served)} practice portals serve. Making a throw-away office in {folder} ...")
        practice = next(iter(truths.values()))["practice"]
        office = make_office(folder, practice, {portal.name: portal.address for portal in served})
        with office.at_work(ACCOUNT, no_passphrase, unattended=True) as desk:
            desk.log.log(Event.COMMAND_STARTED, command=Command.DEMO)
            for portal in served:
                admit(desk, portal)
            days = _Days(utc_now().date() - timedelta(days=_DAYS_OF_PAYMENTS), utc_now().date())
            jobs = {flow: _Job() for flow in Flow}
            clock = _DemoClock(served)
            people = [Person(desk, portal) for portal in served]
            reports = []
            for flow in Flow:
                if flow is Flow.APPEAL_STATUS:
                    _say(f"{_DAYS_TO_DECISION} days go by ...")
                    clock.move(clock.now() + timedelta(days=_DAYS_TO_DECISION))
                for portal, person in zip(served, people, strict=True):
                    reports.append(_work(_Task(portal, person, flow, days, headed), desk, jobs[flow], clock))
            payments = _judge(jobs, truths, days, desk.practice.id)
            filed = _judge_appeals(jobs[Flow.APPEAL], served, desk.practice.id)
            _show(portals, desk.practice.id)
    for flow, job in jobs.items():
        for one in job.wrong:
            _say(f"WRONG: {flow}: {one}")
    _say("Look further:")
    for words in _LOOK_FURTHER:
        _say(f"  portalwright {words} --office {folder}")
    _say(json.dumps(_summary(jobs, payments, filed, time.monotonic() - began)))
    if any(job.wrong for job in jobs.values()):
        return ExitCode.NEEDS_PERSON
    return next((code for report in reports if report is not None and (code := exit_code(report))), ExitCode.FINE)


def _work(task: _Task, desk: Desk, job: _Job, clock: _DemoClock) -> Report | None:
    """Put the flow's questions for this portal on the work list, and run until nothing is due; None: not offered."""
    portal, flow = task.portal, task.flow
    if flow not in desk.office.pack(portal.name).flows:
        return None
    asked = _ask(desk, portal, flow, task.days)
    job.questions += asked
    _say(f"{portal.name}, {flow}: {asked} to ask. The robot signs in ...")
    for _ in range(_MOST_RUNS):
        with task.person.reading_the_mail(), shown_progress() as show:
            report = run_portal(desk, portal.name, flow, show, headed=task.headed, clock=clock)
        if report.why == "being built" and report.again_at is not None:
            # What the payer makes ready in a quarter of an hour is waited for by moving both clocks.
            clock.move(report.again_at)
        elif not task.person.accept_terms():
            break
    _say(f"  {report.why}{', signed out' if report.signed_out else ''}.")
    if report.stopped is not None:
        _say(f"  It stopped: {report.stopped.what} ({report.stopped.code})")
    return report


def _ask(desk: Desk, portal: PracticePortal, flow: Flow, days: _Days) -> int:
    """Put the flow's questions for this portal on the work list; how many."""
    match flow:
        case Flow.CLAIM_STATUS:
            return _import(desk, portal.worklist_csv(), import_claims_file)
        case Flow.ELIGIBILITY:
            return _import(desk, portal.appointments_csv(), import_appointments_file)
        case Flow.REMITTANCES:
            _import(desk, portal.deposits_csv(), import_deposits_file)
            npis = desk.practice.npis
            for npi in npis:
                provider = Provider(tin=desk.practice.tin, npi=npi)
                ask_for(portal.name, provider, days.first, days.last, actor=desk.actor, now=utc_now())
            return len(npis)
        case Flow.APPEAL:
            return draft_and_approve(desk, portal.name)
        case Flow.APPEAL_STATUS:
            return work.counts(desk.practice.id, portal.name, flow, utc_now() + timedelta(days=_DAYS_TO_DECISION)).ready
        case _:
            assert_never(flow)


def _import(desk: Desk, rows: str, take: Callable[[Desk, Path], Imported]) -> int:
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "rows.csv"
        file.write_text(rows, encoding="utf-8", newline="")
        imported = take(desk, file)
    for row in imported.rejected:
        _say(f"row {row.row}, {row.field}: {row.reason}")
    return imported.created + len(imported.rejected)


def _judge(
    jobs: Mapping[Flow, _Job], truths: Mapping[str, Mapping[str, object]], days: _Days, practice_id: int
) -> dict[str, object]:
    """Hold everything in the ledger against the truth; what was fetched of payments, for the last line."""
    payments, paid = 0, Decimal("0.00")
    for name, truth in truths.items():
        for flow, job in jobs.items():
            found = list(answers.list_current(practice_id, portal=name, flow=flow))
            endings = Counter(record.ending for record in found)
            job.answered += endings[Ending.ANSWERED]
            job.negative += endings[Ending.NEGATIVE]
            said = [(record.number, record.answer.normalised) for record in found]
            if flow is Flow.CLAIM_STATUS:
                job.wrong += [f"{name}: {', '.join(one.facts)}" for one in wrong_answers(said, truth)]
            if flow is Flow.ELIGIBILITY:
                job.wrong += [f"{name}: {', '.join(one.facts)}" for one in wrong_coverages(said, truth)]
            if flow is Flow.REMITTANCES and job.questions:
                fetched = [
                    remittances_listed.get(practice_id, record.id).said
                    for record in remittances_listed.list_all(practice_id, portal=name)
                ]
                payments += len(fetched)
                paid += sum((one.amount for one in fetched), Decimal("0.00"))
                wrong = wrong_payments(
                    fetched, truth, answered_for=_answered_for(found), paid_from=days.first, paid_to=days.last
                )
                job.wrong += [f"{name}: payment {one.trace}: {', '.join(one.facts)}" for one in wrong]
    for case in cases.list_open(practice_id):
        if case.flow in jobs:
            jobs[Flow(case.flow)].cases += 1
    return {"payments": payments, "paid": str(paid)}


def _judge_appeals(job: _Job, served: Sequence[PracticePortal], practice_id: int) -> dict[str, object]:
    """Hold every appeal against what the portals saw; what became of them, for the last line."""
    found = list(appeals.list_all(practice_id))
    for portal in served:
        ours = [record for record in found if record.portal == portal.name]
        wrong = wrong_appeals(ours, portal.appeals())
        job.wrong += [f"{portal.name}: appeal {one.number}: {', '.join(one.facts)}" for one in wrong]
    stages = Counter(record.stage for record in found)
    recovered = sum((record.recovered or Decimal(0) for record in found), Decimal("0.00"))
    filed = stages[AppealStage.FILED] + stages[AppealStage.DECIDED]
    return {"filed": filed, "decided": stages[AppealStage.DECIDED], "recovered": str(recovered)}


def _answered_for(found: Sequence[AnswerRecord]) -> frozenset[str]:
    """The providers whose payments the robot calls complete. What a case holds up is not missing."""
    return frozenset(record.question.provider.npi for record in found if isinstance(record.question, Remittances))


def _summary(
    jobs: Mapping[Flow, _Job], payments: Mapping[str, object], filed: Mapping[str, object], seconds: float
) -> dict[str, object]:
    """The last line: all jobs together, then each by itself. What became of appeals belongs to filing them."""
    names = ("questions", "answered", "negative", "cases", "wrong")
    looks = jobs[Flow.APPEAL_STATUS].figures()
    each = {
        flow.value: {name: one + looks[name] * (flow is Flow.APPEAL) for name, one in job.figures().items()}
        for flow, job in jobs.items()
        if job.questions and flow is not Flow.APPEAL_STATUS
    }
    together: dict[str, object] = {name: sum(figures[name] for figures in each.values()) for name in names}
    flows: dict[str, object] = dict(each)
    for flow, more in ((Flow.REMITTANCES, payments), (Flow.APPEAL, filed)):
        if flow.value in each:
            flows[flow.value] = {**each[flow.value], **more}
    return {**together, "seconds": round(seconds, 1), "flows": flows}


def _show(portals: Sequence[str], practice_id: int) -> None:
    found = [record for name in portals for record in answers.list_current(practice_id, portal=name)]
    covered = [
        record for name in portals for record in answers.list_current(practice_id, portal=name, flow=Flow.ELIGIBILITY)
    ]
    _say("")
    print_coverages(covered)
    _say("")
    print_answers(found)
    _say("")
    print_payments(list(remittances_listed.list_all(practice_id)))
    _say("")
    print_appeals(list(appeals.list_all(practice_id)))
    _say("")
    print_cases(cases.list_open(practice_id))
    _say("")
    _say("What follows from all of it, by whose desk it goes to:")
    print_work(tasks_listed.summary(practice_id, utc_now().date()))
    _say("")


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
