"""Which alarms hold: a pure function of the board. Each has a key that says what it is about: the same is told once."""

from collections.abc import Iterable, Iterator
from datetime import timedelta

from console.board import Board, Job, Night, PortalState
from flows.outcomes import Code, Ending
from ledger.notifications import Found
from ledger.states import Stops
from portalwright.watching.kinds import AlarmKind

_OF_CODE = {
    Code.ACC_BADPW: AlarmKind.LOCK_OUT,
    Code.ACC_LOCKED: AlarmKind.LOCK_OUT,
    Code.ACC_CAPTCHA: AlarmKind.CAPTCHA,
    Code.ACC_BLOCKED: AlarmKind.BOT_NOTICE,
    Code.ACC_MFA: AlarmKind.SIGN_IN_STOPPED,
    Code.ACC_EXPIRED: AlarmKind.PASSWORD_ENDS,
    Code.TECH_UNKNOWN_FILED: AlarmKind.FILING_UNCERTAIN,
    Code.BUS_DEADLINE: AlarmKind.DEADLINE,
}
_OF_STOP = {
    Stops.PORTAL: AlarmKind.PORTAL_STOPPED,
    Stops.CREDENTIAL: AlarmKind.SIGN_IN_STOPPED,
    Stops.VIEW: AlarmKind.PAGE_CHANGED,
}
TOLD_CODES = tuple(_OF_CODE)
"""The codes of cases that are told of whether they stop something or not."""

_ENDS_SOON = (30, 14, 7, 1)
"""Days before the end of a permission or a password on which it is told (DOMAIN 6)."""

_LEAST_SUCCESS = 0.8
_MANY = 10
"""So many answers in the night before are "many" (DOMAIN 5: zero results where yesterday had many)."""

_ENOUGH = 20
_NOT_FOUND_TIMES = 3
_NOT_FOUND_LEAST = 15
"""Fewer "not found" of 100 answers are no alarm, however seldom they were before."""

_NEARLY_OVER = timedelta(hours=1)

_UNDISPATCHED = timedelta(minutes=15)
"""A worker looks what is to run every few seconds; one that has failed at it for so long does not work."""


def alarms(board: Board) -> tuple[Found, ...]:
    """All that holds now, in the order of the kinds; each kind is an `AlarmKind`."""
    found = [*_of_cases(board), *_of_workers(board), *_of_office(board), *_of_sessions(board)]
    for portal in board.portals:
        found += _of_portal(portal, board.night)
    for job in board.jobs:
        found += _of_job(job, board)
    order = list(AlarmKind)
    return tuple(sorted(found, key=lambda one: (order.index(AlarmKind(one.kind)), one.key)))


def sentence(alarm: Found) -> str:
    """One line: what and where, for a subject and for the terminal."""
    where = ", ".join(part for part in (alarm.portal, alarm.flow.value if alarm.flow else "") if part)
    what = f"{AlarmKind(alarm.kind).subject}{_counted(alarm)}"
    return f"{where}: {what}" if where else what


def text(alarm: Found) -> str:
    """All of it, for the body of a message."""
    told = sentence(alarm)
    return f"{told[:1].upper()}{told[1:]}. {AlarmKind(alarm.kind).what_to_do}"


_COUNTED = {
    AlarmKind.DEADLINE_UNPROCESSED: ("{} question", "{} questions"),
    AlarmKind.RUN_LATE: ("{} question waits", "{} questions wait"),
    AlarmKind.SUCCESS_LOW: ("{} of the last 20", "{} of the last 20"),
    AlarmKind.NOTHING_ANSWERED: ("{} asked", "{} asked"),
    AlarmKind.NOT_FOUND_HIGH: ("{} tonight", "{} tonight"),
    AlarmKind.DOWNLOADS_BROKEN: ("{} tonight", "{} tonight"),
    AlarmKind.BACKUP_MISSED: ("the last one is {} day old", "the last one is {} days old"),
    AlarmKind.PERMISSION_ENDS: ("in {} day", "in {} days"),
    AlarmKind.PASSWORD_ENDS: ("in {} day", "in {} days"),
}


def _counted(alarm: Found) -> str:
    """How many (questions, days), where the kind counts something and it is known."""
    words = _COUNTED.get(AlarmKind(alarm.kind))
    if words is None or alarm.count == 0:
        return ""
    return f" ({words[alarm.count != 1].format(alarm.count)})"


def _of_cases(board: Board) -> Iterator[Found]:
    for case in board.cases:
        kind = _OF_CODE.get(case.code) or _OF_STOP.get(case.stops)
        if case.code is Code.ACC_EXPIRED and case.stops is not Stops.NOTHING:
            kind = AlarmKind.SIGN_IN_STOPPED
        if kind is not None:
            yield Found(f"case:{case.id}:{kind}", kind, case.portal, case.flow)


def _of_workers(board: Board) -> Iterator[Found]:
    for worker in board.workers:
        if worker.gone:
            yield Found(f"worker:{worker.name}", AlarmKind.WORKER_GONE)


def _of_office(board: Board) -> Iterator[Found]:
    """What befalls the whole office, and no portal of it."""
    if board.undispatched is not None and board.undispatched >= _UNDISPATCHED:
        yield Found(f"dispatch:{board.night.begins:%Y-%m-%d}", AlarmKind.NOTHING_DISPATCHED)
    if board.no_backup_since is not None:
        days = (board.at - board.no_backup_since).days
        # Told again each week: an office without a backup gets used to it.
        key = f"backup:{board.no_backup_since:%Y-%m-%d}:{days // 7}"
        yield Found(key, AlarmKind.BACKUP_MISSED, count=days)


def _of_sessions(board: Board) -> Iterator[Found]:
    for session in board.sessions:
        if session.stuck:
            yield Found(f"stuck:{session.run_id}", AlarmKind.STUCK, session.portal, session.flow)


def _of_portal(portal: PortalState, night: Night) -> Iterator[Found]:
    if portal.broken_downloads:
        key = f"downloads:{portal.portal}:{night.begins:%Y-%m-%d}"
        yield Found(key, AlarmKind.DOWNLOADS_BROKEN, portal.portal, count=portal.broken_downloads)
    for sign_in in portal.sign_ins:
        if sign_in.code_wanted_until is not None:
            yield Found(f"code:{sign_in.code_request}", AlarmKind.CODE_WANTED, portal.portal)
        for ahead in _reached(sign_in.password_days):
            key = f"password:{portal.portal}:{sign_in.alias}:{sign_in.password_version}:{ahead}"
            yield Found(key, AlarmKind.PASSWORD_ENDS, portal.portal, count=max(0, sign_in.password_days or 0))


def _of_job(job: Job, board: Board) -> Iterator[Found]:
    night = board.night
    at = f"{job.portal}:{job.flow}:{night.begins:%Y-%m-%d}"
    if job.permission_until is not None and job.permission_notice is not None:
        left = max(0, (job.permission_until - board.at.date()).days)
        key = f"permission:{job.portal}:{job.flow}:{job.permission_until}:{job.permission_notice}"
        yield Found(key, AlarmKind.PERMISSION_ENDS, job.portal, job.flow, left)
    if job.review_on is not None:
        key = f"review:{job.portal}:{job.flow}:{job.review_on}"
        yield Found(key, AlarmKind.PERMISSION_REVIEW, job.portal, job.flow)
    if job.jumping and board.at >= night.ends - _NEARLY_OVER:
        yield Found(f"jumping:{at}", AlarmKind.DEADLINE_UNPROCESSED, job.portal, job.flow, job.jumping)
    if job.in_time(night, board.at) is False:
        yield Found(f"late:{at}", AlarmKind.RUN_LATE, job.portal, job.flow, job.queued)
    if job.lately_tried >= _ENOUGH and job.lately < _LEAST_SUCCESS * job.lately_tried:
        yield Found(f"success:{at}", AlarmKind.SUCCESS_LOW, job.portal, job.flow, job.lately)
    asked = sum(job.by_ending.values())
    answered = job.by_ending.get(Ending.ANSWERED, 0)
    if asked >= _MANY and answered == 0 and job.yesterday.get(Ending.ANSWERED, 0) >= _MANY:
        yield Found(f"nothing:{at}", AlarmKind.NOTHING_ANSWERED, job.portal, job.flow, asked)
    elif _not_found_high(job):
        count = job.by_ending.get(Ending.NEGATIVE, 0)
        yield Found(f"not-found:{at}", AlarmKind.NOT_FOUND_HIGH, job.portal, job.flow, count)


def _not_found_high(job: Job) -> bool:
    """Three times as many "not found" among the answers as in the seven nights before (DOMAIN 5)."""
    tonight, answers = job.by_ending.get(Ending.NEGATIVE, 0), job.done
    before = job.last_week.get(Ending.NEGATIVE, 0)
    answers_before = before + job.last_week.get(Ending.ANSWERED, 0)
    if min(answers, answers_before) < _ENOUGH or 100 * tonight < _NOT_FOUND_LEAST * answers:
        return False
    return tonight * answers_before >= _NOT_FOUND_TIMES * before * answers


def _reached(days: int | None) -> Iterable[int]:
    """The nearest of the days ahead that has come; none while there is time."""
    return () if days is None else sorted(ahead for ahead in _ENDS_SOON if days <= ahead)[:1]
