"""Looks at the ledger, the packs and the vault, and puts the board of a night together."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from console.board import (
    NONE,
    Board,
    History,
    Job,
    Night,
    PortalState,
    Session,
    SignIn,
    WorkerState,
)
from flows.outcomes import Code
from flows.questions import Flow
from ledger import (
    breakers,
    calendar_entries,
    closures,
    codes,
    due,
    night_board,
    notifications,
    permissions,
    restorations,
)
from ledger.accounts import Practice
from ledger.breakers import BreakerState
from ledger.calendar_entries import firing_entry
from ledger.night_values import Endings, LaneFigures, Tried
from ledger.permissions import Expiring, Permit, Refused
from ledger.planning_values import DueGroup
from ledger.presses import LockoutRule, PressKind, standing
from ledger.worker_processes import SILENT
from packs.models import Pack
from portalwright.doors import OfficeDoors
from portalwright.office import Desk, Office
from portalwright.watching.alarms import TOLD_CODES
from portalwright.watching.figures import LAST_20, LAST_50, is_stuck, p95, rate, success, usual, with_ends
from schedules import openings
from schedules.calendar import Act, Calendar
from schedules.dispatch import Held, decide
from schedules.facts import facts
from schedules.firings import upcoming
from vault.credential import CredentialSummary

_DAY = timedelta(days=1)
_WEEK = timedelta(days=7)
_WORKERS_GONE_SINCE = timedelta(hours=12)


def history_of(practice: Practice, night: Night, packs: Sequence[Pack]) -> History:
    """How the nights before this one went."""
    begins = night.begins
    jobs = [(pack.portal, flow) for pack in packs for flow in pack.flows]
    return History(
        night=night,
        yesterday=night_board.endings(practice.id, begins - _DAY, begins),
        last_week=night_board.endings(practice.id, begins - _WEEK, begins),
        usual={job: usual(night_board.past_runs(practice.id, *job, begins)) for job in jobs},
    )


def night_of(calendar: Calendar, now: datetime) -> Night:
    """The shift that is on, or the last one that was; of a calendar without one, the day since noon (local)."""
    found = openings.night(calendar, now)
    if found is not None:
        return Night(found.begins, found.ends)
    local = now.astimezone(ZoneInfo(calendar.time_zone))
    noon = local.replace(hour=12, minute=0, second=0, microsecond=0)
    begins = (noon if noon <= local else noon - _DAY).astimezone(UTC)
    return Night(begins, begins + _DAY)


def look(
    doors: OfficeDoors,
    desk: Desk,
    now: datetime,
    *,
    portals: Collection[str] | None = None,
    before: History | None = None,
) -> Board:
    """The board of the desk's practice now. `before` is used where it is of the same night.

    `portals`: only these, of those that the practice uses. For the ledger's thread; raises SettingsWrong for a calendar
    that cannot be read. A portal whose pack cannot be used is left out; dispatch says so.
    """
    practice = desk.practice
    calendar = doors.calendar()
    night = night_of(calendar, now)
    groups = due.due_for(practice.id, None, now)
    used = {one.portal for one in groups} | _in_use(practice.id)
    shown_portals = sorted(used if portals is None else used & set(portals))
    packs = [pack for portal in shown_portals if not isinstance(pack := doors.packs.pack(desk, portal), str)]
    history = before if before is not None and before.night == night else history_of(practice, night, packs)
    held_up = decide(facts(doors, groups, now, any_hour=False)).held
    seen = _Seen.of(desk, history, groups, held_up, now)
    shown = [_portal(desk.office, pack, seen) for pack in packs]
    return Board(
        at=now,
        practice_id=practice.id,
        night=night,
        portals=tuple(one.state for one in shown),
        jobs=tuple(job for one in shown for job in one.jobs),
        sessions=tuple(session for one in shown for session in one.sessions),
        workers=_workers(now),
        cases=tuple(
            case
            for case in night_board.open_cases(practice.id, TOLD_CODES)
            if portals is None or case.portal in portals
        ),
        untold=notifications.untold(practice.id),
        held=restored.why if (restored := restorations.held()) is not None else "",
        no_backup_since=_no_backup_since(desk.office, calendar, now),
        history=history,
    )


def _no_backup_since(office: Office, calendar: Calendar, now: datetime) -> datetime | None:
    """When the last nightly backup was made, where office.toml wants them and the one after it is late by a day."""
    if office.settings.backup.folder is None:
        return None
    entries = calendar_entries.entries()
    for firing in calendar.firings:
        entry = entries.get(firing_entry(firing.id))
        if firing.act is Act.BACK_UP and entry is not None:
            wanted = upcoming(calendar, firing, entry.fired_for)
            if wanted is not None and now - wanted > _DAY:
                return entry.fired_for
    return None


def _in_use(practice_id: int) -> set[str]:
    """The portals for which the practice has a sign-in or a permission."""
    permitted = {one.grant.portal for one in permissions.in_force(practice_id) if one.grant.allows}
    return permitted | {portal for portal, _alias in night_board.sign_ins(practice_id)}


def _workers(now: datetime) -> tuple[WorkerState, ...]:
    return tuple(
        WorkerState(
            name=one.name,
            started_at=one.started_at,
            sessions=one.sessions,
            quiet=now - one.beat_at,
            gone=one.lost or now - one.beat_at > SILENT,
        )
        for one in night_board.workers(now - _WORKERS_GONE_SINCE)
    )


@dataclass(frozen=True)
class _Seen:
    """What is looked up once for all portals."""

    practice_id: int
    now: datetime
    history: History
    due: Mapping[tuple[str, Flow], DueGroup]
    held_up: Mapping[tuple[str, Flow], Held]
    running: Mapping[tuple[str, Flow], int]
    tonight: Endings
    codes: Mapping[tuple[str, Code], int]
    lanes: tuple[LaneFigures, ...]
    expiring: Mapping[tuple[str, Flow], Expiring]
    held: Mapping[tuple[str, str], CredentialSummary]
    sign_ins: tuple[tuple[str, str], ...]

    @classmethod
    def of(
        cls, desk: Desk, history: History, groups: Iterable[DueGroup], held_up: Iterable[Held], now: datetime
    ) -> "_Seen":
        practice_id, night = desk.practice.id, history.night
        return cls(
            practice_id=practice_id,
            now=now,
            history=history,
            due={(one.portal, one.flow): one for one in groups},
            held_up={(one.portal, one.flow): one for one in held_up},
            running=night_board.running(practice_id),
            tonight=night_board.endings(practice_id, night.begins, now + _DAY),
            codes=night_board.codes(practice_id, night.begins),
            lanes=night_board.lanes(practice_id, now),
            expiring={(one.portal, one.flow): one for one in permissions.expiring(practice_id, now.date())},
            held={(one.portal, one.alias): one for one in desk.vault.list()},
            sign_ins=night_board.sign_ins(practice_id),
        )


@dataclass(frozen=True)
class _Shown:
    state: PortalState
    jobs: tuple[Job, ...]
    sessions: tuple[Session, ...]


def _portal(office: Office, pack: Pack, seen: _Seen) -> _Shown:
    portal, now = pack.portal, seen.now
    lanes = [lane for lane in seen.lanes if lane.portal == portal]
    tried = {flow: night_board.recent(seen.practice_id, portal, flow) for flow in pack.flows}
    sessions = tuple(_session(lane, tried, now) for lane in lanes)
    sign_ins = tuple(_sign_in(office, pack, alias, seen) for name, alias in seen.sign_ins if name == portal)
    permits = {flow: permissions.standing(seen.practice_id, portal, flow, now) for flow in pack.flows}
    closed, breaker = closures.standing(portal, now), breakers.standing(portal, now)
    state = PortalState(
        portal=portal,
        sessions_in_use=sum(lane.held for lane in lanes),
        sessions_allowed=_allowed(pack, permits.values()) * max(1, len(sign_ins)),
        throttled=seen.codes.get((portal, Code.TECH_429), 0),
        broken_downloads=seen.codes.get((portal, Code.TECH_DOWNLOAD), 0),
        breaker=breaker.state,
        breaker_until=breaker.until if breaker.state is BreakerState.OPEN else None,
        closed_until=closed.until if closed is not None else None,
        closed_why=closed.code if closed is not None else "",
        sign_ins=sign_ins,
    )
    jobs = [_job((portal, flow), permits[flow], tried[flow], lanes, seen) for flow in pack.flows]
    begun = [job for job in jobs if _begun(job)]
    return _Shown(state, with_ends(begun, sessions, state.sessions_allowed, now), sessions)


def _begun(job: Job) -> bool:
    """Is there anything to tell of it: permitted, due, or worked on tonight?"""
    return bool(job.permission != _NOT_PERMITTED or job.queued or job.running or job.by_ending)


_NOT_PERMITTED = "not permitted"


def _job(
    pair: tuple[str, Flow],
    permit: Permit | Refused,
    tried: Sequence[Tried],
    lanes: Sequence[LaneFigures],
    seen: _Seen,
) -> Job:
    (portal, flow), night = pair, seen.history.night
    waits = seen.due.get(pair)
    working = [lane for lane in lanes if lane.held and lane.flow is flow and lane.started_at is not None]
    # A worker that was started for any hour works outside of the shift too: then nothing holds it up.
    held_up = None if working else seen.held_up.get(pair)
    began = min((lane.started_at for lane in working if lane.started_at is not None), default=None)
    answered, counted = success(tried, LAST_50)
    lately, lately_counted = success([one for one in tried if one.finished_at >= night.begins], LAST_20)
    holds = permit if isinstance(permit, Permit) else permit.permit
    expiring = seen.expiring.get(pair)
    return Job(
        portal=portal,
        flow=flow,
        queued=waits.due if waits else 0,
        jumping=waits.jumping if waits else 0,
        running=seen.running.get(pair, 0),
        by_ending=seen.tonight.get(pair, NONE),
        a_minute=rate(tried, seen.now, began),
        usual=seen.history.usual.get(pair),
        success=answered,
        tried=counted,
        lately=lately,
        lately_tried=lately_counted,
        p95=p95(tried),
        permission=_NOT_PERMITTED if holds is None else "own test system" if holds.simulator_only else "permitted",
        permission_until=expiring.valid_to if expiring else holds.valid_to if holds else None,
        permission_notice=expiring.notice if expiring else None,
        review_on=expiring.review_on if expiring and expiring.review_due else None,
        why_not=held_up.why if held_up else "",
        opens_at=held_up.until if held_up else None,
        next_at=None if waits else due.next_for(seen.practice_id, portal, flow, seen.now),
        yesterday=seen.history.yesterday.get(pair, NONE),
        last_week=seen.history.last_week.get(pair, NONE),
    )


def _allowed(pack: Pack, permits: Iterable[Permit | Refused]) -> int:
    """Sessions of one sign-in at a time, as the portal and the permissions for its jobs have it."""
    limits = [pack.limits.sessions]
    for one in permits:
        holds = one if isinstance(one, Permit) else one.permit
        if holds is not None and holds.sessions is not None:
            limits.append(holds.sessions)
    return min(limits)


def _session(lane: LaneFigures, tried: Mapping[Flow, Sequence[Tried]], now: datetime) -> Session:
    stepped = lane.stepped_at or lane.started_at
    quiet = now - stepped if stepped is not None else None
    running = lane.held and quiet is not None
    usually = p95(tried.get(lane.flow, ())) if lane.flow is not None else None
    return Session(
        portal=lane.portal,
        alias=lane.alias,
        slot=lane.slot,
        state=_state(lane),
        run_id=lane.run_id,
        flow=lane.flow,
        doing=lane.doing,
        done=sum(lane.by_ending.values()),
        due=lane.due,
        started_at=lane.started_at,
        quiet=quiet,
        stuck=running and quiet is not None and is_stuck(lane.doing, quiet, usually),
        lane_id=lane.lane_id,
    )


def _state(lane: LaneFigures) -> str:
    if lane.held:
        return "working"
    return "ending" if lane.ending else "lost" if lane.lost else "free"


def _sign_in(office: Office, pack: Pack, alias: str, seen: _Seen) -> SignIn:
    """How one sign-in stands: its presses that may have been wrong, and what it waits for."""
    portal, now = pack.portal, seen.now
    held = seen.held.get((portal, alias))
    lockout, blocked, until = pack.lockout, "", None
    budgets = []
    for kind, attempts in ((PressKind.PASSWORD, lockout.attempts), (PressKind.CODE, lockout.code_attempts)):
        if held is None:
            break
        rule = LockoutRule(attempts, lockout.window)
        found = standing(seen.practice_id, portal, alias, held.version, rule, now=now, kind=kind)
        budgets.append((found.unproved, max(0, attempts - 2)))
        if found.bar is not None and not blocked:
            blocked, until = found.bar.value, found.until
    unproved, allowed = min(budgets, key=lambda one: one[1] - one[0], default=(0, max(0, lockout.attempts - 2)))
    wanted = codes.waiting(seen.practice_id, portal, alias, now)
    rests = closures.standing(portal, now, alias=alias)
    if rests is not None and rests.alias and not blocked:
        blocked, until = "rests", rests.until
    lasts = office.password_lasts(portal, pack)
    return SignIn(
        portal=portal,
        alias=alias,
        unproved=unproved,
        allowed=allowed,
        blocked=blocked if held is not None else "no credential",
        blocked_until=until,
        code_wanted_until=wanted.until if wanted is not None else None,
        code_request=wanted.id if wanted is not None else None,
        password_version=held.version if held is not None else 0,
        password_days=lasts - (now - held.created_at).days if held is not None and lasts is not None else None,
    )
