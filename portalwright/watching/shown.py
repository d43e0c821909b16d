"""The board as a person reads it, in tables (times are the office's own), and as a program does, in JSON (UTC)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, is_dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from console.board import Board, Job, PortalState, Session, SignIn
from portalwright.watching.alarms import alarms, sentence
from portalwright.watching.checking import findings

Json = str | int | float | bool | None | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True)
class Table:
    """Column names, rows, and what is said when there are none."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | int, ...], ...]
    empty: str


def heading(board: Board, zone: ZoneInfo) -> str:
    """One line over the tables: which night, what time it is, who works."""
    night = board.night
    at_work = sum(not worker.gone for worker in board.workers)
    workers = f"{at_work} worker{'' if at_work == 1 else 's'} at work" if at_work else "no worker is at work"
    untold = f"; {board.untold} notifications not delivered yet" if board.untold else ""
    held = f"; {board.held}" if board.held else ""
    return (
        f"{board.at.astimezone(zone):%Y-%m-%d %H:%M:%S} ({zone.key}); night from "
        f"{night.begins.astimezone(zone):%a %H:%M} to {night.ends.astimezone(zone):%a %H:%M}; {workers}{untold}{held}"
    )


def jobs_table(board: Board, zone: ZoneInfo) -> Table:
    """A row for each job at each portal."""
    columns = (
        "portal", "job", "queued", "first", "running", "done", "excepted", "a minute", "usual", "done at", "in time",
        "of last 50", "p95 s", "permission", "waits for",
    )  # fmt: skip
    rows = tuple(_job_row(job, board, zone) for job in board.jobs)
    return Table(columns, rows, "No job is permitted, due or worked on tonight.")


def sessions_table(board: Board) -> Table:
    """A row for each session that a portal allows."""
    columns = ("portal", "sign-in", "slot", "state", "job", "doing", "done", "of", "last step")
    return Table(columns, tuple(map(_session_row, board.sessions)), "No session was ever begun.")


def portals_table(board: Board, zone: ZoneInfo) -> Table:
    """A row for each sign-in of each portal."""
    columns = (
        "portal", "sessions", "sign-in", "stands", "presses left", "password", "throttled", "broken files", "breaker",
        "closed until",
    )  # fmt: skip
    rows = tuple(
        _portal_row(state, sign_in, zone) for state in board.portals for sign_in in (state.sign_ins or (None,))
    )
    return Table(columns, rows, "There is no sign-in at any portal.")


def alarm_lines(board: Board) -> tuple[str, ...]:
    """What somebody is told of, a line each."""
    return tuple(sentence(alarm) for alarm in alarms(board))


def as_json(board: Board) -> dict[str, Json]:
    """All of it for programs: times in UTC as ISO 8601, lengths of time in seconds."""
    shown = _plain(board)
    if not isinstance(shown, dict):
        raise TypeError("a board is a dataclass")
    del shown["history"]
    shown["jobs"] = [
        {**job_plain, "done": job.done, "excepted": job.excepted, "in_time": job.in_time(board.night, board.at)}
        for job in board.jobs
        if isinstance(job_plain := _plain(job), dict)
    ]
    shown["alarms"] = [{"kind": str(one.kind), "what": sentence(one)} for one in alarms(board)]
    shown["findings"] = [{"code": one.code.value, "what": one.what} for one in findings(board)]
    return shown


def _job_row(job: Job, board: Board, zone: ZoneInfo) -> tuple[str | int, ...]:
    in_time = job.in_time(board.night, board.at)
    return (
        job.portal,
        job.flow.value,
        job.queued,
        job.jumping,
        job.running,
        job.done,
        job.excepted,
        _number(job.a_minute),
        _number(job.usual),
        _moment(job.finishes_at, board.at, zone),
        "" if in_time is None else "yes" if in_time else "NO",
        f"{100 * job.success // job.tried} %" if job.tried else "",
        _number(job.p95),
        _until(job),
        _waits(job, board, zone),
    )


def _until(job: Job) -> str:
    """What the register says, and until when where that is near."""
    if job.permission_notice is None or job.permission_until is None:
        return job.permission
    return f"{job.permission} until {job.permission_until}"


def _waits(job: Job, board: Board, zone: ZoneInfo) -> str:
    if job.why_not:
        return job.why_not
    if job.next_at is not None and not job.queued:
        return f"next due {_moment(job.next_at, board.at, zone)}"
    return ""


def _session_row(session: Session) -> tuple[str | int, ...]:
    step = "" if session.quiet is None else f"{round(session.quiet.total_seconds())} s ago"
    return (
        session.portal,
        session.alias,
        session.slot + 1,
        "STUCK" if session.stuck else session.state,
        session.flow.value if session.flow else "",
        session.doing,
        session.done,
        session.due or "",
        step,
    )


def _portal_row(state: PortalState, sign_in: SignIn | None, zone: ZoneInfo) -> tuple[str | int, ...]:
    sessions = f"{state.sessions_in_use} of {state.sessions_allowed}"
    breaker = state.breaker
    if state.breaker_until is not None:
        breaker = f"{breaker} until {state.breaker_until.astimezone(zone):%H:%M}"
    closed = f"{state.closed_until.astimezone(zone):%H:%M} ({state.closed_why})" if state.closed_until else ""
    if sign_in is None:
        return (
            state.portal,
            sessions,
            "",
            "no credential",
            "",
            "",
            state.throttled,
            state.broken_downloads,
            breaker,
            closed,
        )
    return (
        state.portal,
        sessions,
        sign_in.alias,
        _stands(sign_in, zone),
        f"{max(0, sign_in.allowed - sign_in.unproved)} of {sign_in.allowed}",
        "" if sign_in.password_days is None else f"{sign_in.password_days} days",
        state.throttled,
        state.broken_downloads,
        breaker,
        closed,
    )


def _stands(sign_in: SignIn, zone: ZoneInfo) -> str:
    if sign_in.code_wanted_until is not None:
        return f"code wanted until {sign_in.code_wanted_until.astimezone(zone):%H:%M}"
    if not sign_in.blocked:
        return "ready"
    until = f" until {sign_in.blocked_until.astimezone(zone):%H:%M}" if sign_in.blocked_until else ""
    return f"{sign_in.blocked}{until}"


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.0f}" if value >= 10 else f"{value:.1f}"


def _moment(at: datetime | None, now: datetime, zone: ZoneInfo) -> str:
    """The time of day; with its day where that is not within a day of now."""
    if at is None:
        return ""
    local = at.astimezone(zone)
    return f"{local:%H:%M}" if abs(at - now) < timedelta(hours=20) else f"{local:%Y-%m-%d %H:%M}"


def _plain(value: object) -> Json:
    """Dataclasses as objects, times as text, lengths of time as seconds."""
    match value:
        case None | bool() | int() | float():
            return value
        case str():
            return str(value)
        case datetime() | date():
            return value.isoformat()
        case timedelta():
            return round(value.total_seconds(), 3)
        case Mapping():
            return {str(key): _plain(one) for key, one in value.items()}
        case Sequence():
            return [_plain(one) for one in value]
        case _ if is_dataclass(value):
            return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}
        case _:
            raise TypeError(f"a board holds no {type(value).__name__}")
