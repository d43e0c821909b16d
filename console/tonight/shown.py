"""What the page of the night shows, part by part; each part has one template, for the page and for what comes live."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from console.application import Application
from console.board import Board, Job, PortalState, Session
from console.charts import Bar, Bars, Columns, Drawing, Lines, Series, draw
from console.request import DeskRequest
from console.tonight import words
from console.tonight.needs import SPAN_MINUTES, Alarm
from flows.outcomes import Ending
from ledger import calendar_entries
from ledger.calendar_entries import EVERYTHING, Entry, flow_entry, portal_entry

PARTS = ("alarms", "figures", "charts", "portals", "workers")
"""The parts of the page that change, in their order; each has a template of its own."""

HEADINGS: Mapping[str, str] = {
    "alarms": "What needs somebody",
    "figures": "The night so far",
    "charts": "How it goes",
    "portals": "Portals",
    "workers": "Workers",
}

MOST_TOLD = 8
"""So many alarms are shown; the others can be opened."""

LINES = 40
"""So many lines of the log are shown."""

_SHOWN_BY_ITSELF = "code-wanted"
"""It stands above the others, with its clock and its form."""

_SHOWN_APART = (Ending.ANSWERED, Ending.NEGATIVE, Ending.TRANSIENT)


@dataclass(frozen=True)
class Told:
    """Alarms that say the same of one portal, in a line, and what to do about them."""

    portal: str
    says: str
    to_do: words.ToDo


@dataclass(frozen=True)
class Code:
    """A one-time code that a session waits for."""

    request_id: int
    portal: str
    alias: str
    until: datetime
    seconds: int


@dataclass(frozen=True)
class JobRow:
    """One job of a portal. `frozen`: by whom and since when it stands still, where a person wants it to."""

    job: Job
    name: str
    in_time: bool | None
    frozen: Entry | None

    @property
    def is_quiet(self) -> bool:
        """Is there nothing to say of it tonight, but that it is permitted?"""
        job = self.job
        return not any((job.queued, job.running, job.by_ending, job.why_not)) and self.frozen is None


@dataclass(frozen=True)
class PortalCard:
    """One portal with its jobs and sessions. `paused` as `frozen` of a job."""

    state: PortalState
    jobs: tuple[JobRow, ...]
    sessions: tuple[Session, ...]
    paused: Entry | None

    @property
    def at_work(self) -> tuple[Session, ...]:
        """The sessions of which there is something to say."""
        return tuple(one for one in self.sessions if one.state != "free")


@dataclass(frozen=True)
class Totals:
    """Over all portals."""

    queued: int
    jumping: int
    running: int
    done: int
    excepted: int
    tried_again: int
    working: int
    finishes_at: datetime | None
    in_time: bool | None


@dataclass(frozen=True)
class Night:
    """All that the page shows of the night, but for the log."""

    board: Board
    told: tuple[Told, ...]
    codes: tuple[Code, ...]
    portals: tuple[PortalCard, ...]
    totals: Totals
    paused: Entry | None
    rate: Drawing
    outcomes: Drawing
    endings: Drawing


def night_of(request: DeskRequest, application: Application, *, new_enough: timedelta = timedelta(0)) -> Night:
    """The night as it stands for whoever asks. Raises LedgerError."""
    who, now = request.who, application.clock.now()
    board = application.night.board(who.practice, who.actor, now, new_enough=new_enough)
    entries = calendar_entries.entries()
    spans = application.night.outcomes(board)
    labels = _labels(board, len(spans), application.zone)
    return Night(
        board=board,
        told=_told(application.night.alarms(board)),
        codes=_codes(board, now),
        portals=tuple(_card(state, board, entries) for state in board.portals),
        totals=_totals(board),
        paused=paused(entries, EVERYTHING),
        rate=draw(Lines("Questions a minute", labels, [_rate(spans)])),
        outcomes=draw(Columns(f"How questions ended, in each {SPAN_MINUTES} minutes", labels, _outcomes(spans))),
        endings=draw(Bars("How questions ended tonight", _endings(board))),
    )


def part(request: DeskRequest, application: Application, night: Night, name: str) -> SafeString:
    """One part of the page, drawn for whoever asks."""
    zone, now = application.zone, night.board.at
    context: dict[str, Any] = {
        "who": request.who,
        "night": night,
        "board": night.board,
        "now": now,
        "zone": zone,
        "clock": lambda at: words.clock(at, now, zone),
        "figure": words.figure,
        "most_told": MOST_TOLD,
        "ending_word": words.ending_word,
        "bar_word": words.bar_word,
    }
    # It has been escaped by the template that made it.
    return mark_safe(render_to_string(f"tonight/parts/{name}.html", context))  # noqa: S308


def paused(entries: Mapping[str, Entry], name: str) -> Entry | None:
    """The entry, where a person has paused it."""
    entry = entries.get(name)
    return entry if entry is not None and entry.paused_at is not None else None


def _told(alarms: Sequence[Alarm]) -> tuple[Told, ...]:
    """A line for each portal and what is said of it, with the jobs that it is about."""
    alike: dict[tuple[str, str, str], list[Alarm]] = {}
    for alarm in alarms:
        if alarm.kind == _SHOWN_BY_ITSELF:
            continue
        alike.setdefault((alarm.kind, alarm.portal, alarm.what), []).append(alarm)
    told = []
    for (kind, portal, what), ones in alike.items():
        jobs = ", ".join(dict.fromkeys(words.job_word(one.flow) for one in ones if one.flow is not None))
        where = ", ".join(part for part in (portal, jobs) if part)
        times = len(ones) - len({one.flow for one in ones}) + 1
        says = f"{where}: {what}" if where else what
        counted = f" ({times} {'sessions' if kind == 'stuck' else 'cases'})" if times > 1 else ""
        told.append(Told(portal, says + counted, words.TO_DO[kind]))
    return tuple(told)


def _codes(board: Board, now: datetime) -> tuple[Code, ...]:
    return tuple(
        Code(one.code_request, one.portal, one.alias, one.code_wanted_until, _seconds(one.code_wanted_until - now))
        for state in board.portals
        for one in state.sign_ins
        if one.code_request is not None and one.code_wanted_until is not None
    )


def _seconds(left: timedelta) -> int:
    return max(0, int(left.total_seconds()))


def job_rows(board: Board, portal: str, entries: Mapping[str, Entry]) -> tuple[JobRow, ...]:
    """The jobs of one portal of the board. `entries`: those of the calendar."""
    return tuple(
        JobRow(
            job,
            words.job_word(job.flow),
            job.in_time(board.night, board.at),
            paused(entries, flow_entry(job.portal, job.flow)),
        )
        for job in board.jobs
        if job.portal == portal
    )


def _card(state: PortalState, board: Board, entries: Mapping[str, Entry]) -> PortalCard:
    sessions = tuple(one for one in board.sessions if one.portal == state.portal)
    jobs = job_rows(board, state.portal, entries)
    return PortalCard(state, jobs, sessions, paused(entries, portal_entry(state.portal)))


def _totals(board: Board) -> Totals:
    ends = [job.finishes_at for job in board.jobs if job.queued + job.running]
    known = [end for end in ends if end is not None]
    finishes_at = max(known) if known and len(known) == len(ends) else None
    in_time = None
    if board.at < board.night.ends:
        in_time = finishes_at <= board.night.ends if finishes_at is not None else None
    return Totals(
        queued=sum(job.queued for job in board.jobs),
        jumping=sum(job.jumping for job in board.jobs),
        running=sum(job.running for job in board.jobs),
        done=sum(job.done for job in board.jobs),
        excepted=sum(job.excepted for job in board.jobs),
        tried_again=sum(job.by_ending.get(Ending.TRANSIENT, 0) for job in board.jobs),
        working=sum(state.sessions_in_use for state in board.portals),
        finishes_at=finishes_at,
        in_time=in_time,
    )


def _labels(board: Board, count: int, zone: str) -> list[str]:
    spans = (board.night.begins + timedelta(minutes=SPAN_MINUTES) * number for number in range(count))
    return [words.clock(at, at, zone) for at in spans]


def _rate(spans: Sequence[Mapping[Ending, int]]) -> Series:
    values = [sum(span.values()) / SPAN_MINUTES for span in spans]
    return Series("a minute", values, [words.figure(value) for value in values])


def _outcomes(spans: Sequence[Mapping[Ending, int]]) -> list[Series]:
    apart = [Series(words.ending_word(one), [span.get(one, 0) for span in spans]) for one in _SHOWN_APART]
    rest = [sum(times for ending, times in span.items() if ending not in _SHOWN_APART) for span in spans]
    return [*apart, Series("for a person", rest)]


def _endings(board: Board) -> list[Bar]:
    times = {one: sum(job.by_ending.get(one, 0) for job in board.jobs) for one in Ending}
    return [Bar(words.ending_word(one), float(count), f"{count:,}") for one, count in times.items() if count]
