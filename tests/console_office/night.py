"""The nights of the made-up office: runs, answers, exceptions with their evidence, a sign-in that waits for a code."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.outcomes import Code, Ending, Outcome, Reason
from flows.questions import ClaimStatus, Flow
from ledger import codes, lanes, models, notifications, runs, work, worker_processes
from ledger.lanes import Lease
from ledger.notifications import Found
from portalwright.office import Desk
from portalwright.watching.kinds import AlarmKind
from tests.console_office import answers
from tests.console_office.claims import CONTRACTOR, MEDICAID, MULTIPAYER, NATIONAL
from tests.console_office.evidence import kept
from tests.ledger.visits import covered, no_member

MINUTE = timedelta(minutes=1)

ALIAS = "main"

ROUTINE = (
    Code.BUS_MULTI, Code.DATA_UNMAPPED, Code.BUS_IDCORR, Code.DATA_INCONSISTENT, Code.DATA_INPUT, Code.DATA_CONFLICT,
    Code.DATA_PARTIAL, Code.BUS_COB, Code.TECH_DEFECT,
)  # fmt: skip
"""The codes that a question of its own may end with."""

SAME_CAUSE = 32
"""So many more end with two rows that fit."""

_ANSWERS: tuple[Callable[[ClaimStatus, datetime], Outcome], ...] = (
    answers.paid, answers.paid, answers.in_process, answers.denied, answers.paid, answers.not_found,
    answers.records_wanted, answers.paid,
)  # fmt: skip


@dataclass(frozen=True)
class Run:
    """A session that is at work."""

    desk: Desk
    lease: Lease
    _at: list[datetime]

    @classmethod
    def begin(cls, desk: Desk, portal: str, flow: Flow, at: datetime, ttl: timedelta = lanes.LEASE_TIME) -> "Run":
        """Take the portal's lane and start a run."""
        lease = lanes.take(portal, ALIAS, 0, holder="desk-office:4711", actor=desk.robot, now=at, ttl=ttl)
        runs.start(lease, flow, at)
        return cls(desk, lease, [at])

    @classmethod
    def go_on(cls, desk: Desk, portal: str, at: datetime) -> "Run":
        """The session that works at this portal now, for another process."""
        lane = models.Lane.objects.get(credential__portal=portal, credential__alias=ALIAS, slot=0)
        lease = Lease(lane.pk, lane.token, portal, ALIAS, 0, desk.robot, timedelta(days=1))
        return cls(desk, lease, [at])

    def ask(self, endings: Iterable[Callable[[ClaimStatus, datetime], Outcome]], seconds: int = 45) -> int:
        """Ask a question for each of these, as long as there are any; how many were asked."""
        at, asked = self._at[-1], 0
        for ending in endings:
            lanes.beat(self.lease, at)
            item = work.next_item(self.lease, at)
            if item is None:
                break
            at += timedelta(seconds=seconds + 7 * (asked % 5))
            outcome = ending(item.question, at)  # type: ignore[arg-type]  # questions of claims, or endings of no claim
            evidence = None
            if outcome.answer is None and isinstance(item.question, ClaimStatus):
                evidence = kept(self.desk, "Claim details", answers.shown(item.question), "claim")
            lanes.beat(self.lease, at)
            work.finish(self.lease, item, outcome, at, evidence_found=evidence)
            asked += 1
        self._at.append(at)
        return asked

    def end(self, at: datetime, why: str = "finished") -> None:
        """End the run and give the lane back."""
        lanes.beat(self.lease, at)
        runs.end(self.lease, why, at)
        lanes.release(self.lease, at)


def nights_before(desk: Desk, now: datetime) -> None:
    """A night of some weeks ago and those before last, with answers alone; last night, with all the rest."""
    for days in (24, 3, 2):
        run = Run.begin(desk, NATIONAL, Flow.CLAIM_STATUS, now - timedelta(days=days, hours=8))
        run.ask([*_ANSWERS, _busy] * 3)
        run.end(now - timedelta(days=days, hours=7))
    begun = now - timedelta(hours=8)
    run = Run.begin(desk, NATIONAL, Flow.CLAIM_STATUS, begun)
    run.ask(_mixed(72))
    run.ask([_case(Code.BUS_MULTI)] * SAME_CAUSE)
    run.end(begun + timedelta(hours=2))
    for place, portal in enumerate((MULTIPAYER, MEDICAID, CONTRACTOR)):
        run = Run.begin(desk, portal, Flow.CLAIM_STATUS, begun + place * 20 * MINUTE)
        run.ask(_mixed(9))
        run.end(begun + place * 20 * MINUTE + timedelta(hours=1))
    run = Run.begin(desk, NATIONAL, Flow.ELIGIBILITY, begun + timedelta(hours=3))
    run.ask([_covered, _covered, _no_member, _covered, _inactive, _covered])
    run.end(begun + timedelta(hours=3, minutes=20))


def incidents(desk: Desk, now: datetime) -> None:
    """What stops a page, a sign-in and a portal: three pages that changed, a password that ran out, a captcha."""
    begun = now - timedelta(hours=4)
    drift = _without_answer(Ending.DRIFT, Code.TECH_LAYOUT, "Neither rows nor the page's own word for none.", "claims")
    run = Run.begin(desk, CONTRACTOR, Flow.CLAIM_STATUS, begun)
    run.ask([drift] * 3)
    run.end(begun + 10 * MINUTE, "view-stopped")
    run = Run.begin(desk, MEDICAID, Flow.CLAIM_STATUS, begun)
    expired = Reason(code=Code.ACC_EXPIRED, what="The portal wants a new password before it goes on.", view="sign-in")
    runs.report(run.lease, Outcome(ending=Ending.CREDENTIAL, reason=expired), begun + MINUTE)
    run.end(begun + MINUTE, "credential-frozen")
    run = Run.begin(desk, MULTIPAYER, Flow.CLAIM_STATUS, begun)
    puzzle = Reason(code=Code.ACC_CAPTCHA, what="The portal shows a captcha. Nothing was tried.", view="puzzle")
    runs.report(run.lease, Outcome(ending=Ending.REFUSED, reason=puzzle), begun + 2 * MINUTE)
    run.end(begun + 2 * MINUTE, "portal-stopped")
    notifications.find(
        [Found("made-up:1", AlarmKind.PORTAL_STOPPED, MULTIPAYER), Found("made-up:2", AlarmKind.CODE_WANTED, NATIONAL)],
        desk.robot,
        begun + 3 * MINUTE,
    )


def at_work_now(desk: Desk, now: datetime) -> tuple[Run, int]:
    """A session that works now, whose portal asks for a code that a person reads; the run, and the code's request."""
    worker_processes.register("desk-office:4711:a1b2c3", 3, now - timedelta(hours=9))
    worker_processes.beat("desk-office:4711:a1b2c3", 3, now)
    run = Run.begin(desk, NATIONAL, Flow.CLAIM_STATUS, now - 12 * MINUTE, ttl=timedelta(days=1))
    run.ask([answers.paid, answers.in_process, answers.denied, answers.paid] * 2)
    runs.stepped(run.lease, "signing in", 40, now - timedelta(seconds=20))
    key = desk.vault.sealer().new_item_key()
    return run, codes.want(run.lease, "code", key, now, now + 30 * MINUTE)


def _mixed(count: int) -> list[Callable[[ClaimStatus, datetime], Outcome]]:
    """Two answers, then an exception of the next code, and so on."""
    found = []
    for place in range(count):
        if place % 2:
            code = ROUTINE[(place // 2) % len(ROUTINE)]
            found.append(_case(code))
        else:
            found.append(_ANSWERS[(place // 2) % len(_ANSWERS)])
    return found


def _case(code: Code) -> Callable[[ClaimStatus, datetime], Outcome]:
    return lambda asked, _at: answers.case_of(asked, code)


def _without_answer(ending: Ending, code: Code, what: str, view: str) -> Callable[[object, datetime], Outcome]:
    reason = Reason(code=code, what=what, view=view, element="rows", ways=('label "Claims": nothing', "table: nothing"))
    return lambda _asked, _at: Outcome(ending=ending, reason=reason)


_busy = _without_answer(Ending.TRANSIENT, Code.TECH_429, "The portal asks to come back later.", "claim-search")
_inactive = _without_answer(Ending.NEEDS_STAFF, Code.BUS_INACTIVE, "Coverage ended before the visit.", "coverage")


def _covered(_asked: object, at: datetime) -> Outcome:
    return covered(at)


def _no_member(_asked: object, at: datetime) -> Outcome:
    return no_member(at)
