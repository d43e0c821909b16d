"""`portalwright schedule`: the calendar by which the night shift works: what it does when, and what is paused."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from ledger.calendar_entries import Entry
    from portalwright.office import Desk
    from schedules.calendar import Calendar

app = typer.Typer(
    help="The calendar: shifts, maintenance, what is done at which time; and pausing it.\n\nExample:\n\n\b\n"
    "    portalwright schedule list\n    portalwright schedule next",
    no_args_is_help=True,
    rich_markup_mode=None,
)

_EVERYTHING = "everything"
_DAYS_OF_WEEK = 7

FiringArgument = Annotated[
    str | None, typer.Argument(metavar="[NAME]", help="One thing that is done at a time, by its name in the list.")
]

OneJobOption = Annotated[
    str | None, typer.Option("--flow", metavar="JOB", help="With --portal: only this job there; the others go on.")
]


@dataclass(frozen=True)
class _Row:
    """One row of the calendar. Instants are shown in the office's time zone."""

    kind: str
    name: str
    what: str
    when: str
    next: str
    last: str
    paused: str


@app.command("list")
def list_calendar(as_json: JsonOption = False, office: OfficeOption = None, account: AccountOption = None) -> None:
    """Everything in the calendar: shifts, maintenance, acts with their next and last time, and what is paused.

    Times are those of the office's time zone, which stands in the first line.

    Example:

    \b
        portalwright schedule list
    """
    from ledger import calendar_entries
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.office_calendar import office_calendar

    with at_desk(Command.SCHEDULE, office, account, any_practice=True) as desk:
        calendar, entries = office_calendar(desk.office), calendar_entries.entries()
        rows = [*_shifts(calendar), *_maintenance(calendar), *_firings(calendar, entries, utc_now()), *_paused(entries)]
    if as_json:
        typer.echo(json.dumps({"time_zone": calendar.time_zone, "rows": [asdict(row) for row in rows]}))
        return
    typer.echo(f"Time zone: {calendar.time_zone}")
    print_table(
        tuple(_Row.__dataclass_fields__), [tuple(asdict(row).values()) for row in rows], empty="The calendar is empty."
    )


@app.command("next")
def show_next(
    portal: PortalOption = None, as_json: JsonOption = False, office: OfficeOption = None, account: AccountOption = None
) -> None:
    """What would run now, and why the rest of what is due would not, or not yet. Nothing is started.

    Example:

    \b
        portalwright schedule next
        portalwright schedule next --portal practice-national --json
    """
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command

    with at_desk(Command.SCHEDULE, office, account) as desk:
        if portal is not None:
            desk.office.pack(portal)  # one that there is no pack for is a slip of the pen, and told
        rows = [row for row in _next(desk) if portal in (None, row["portal"])]
    if as_json:
        typer.echo(json.dumps(rows))
        return
    print_table(
        ("portal", "flow", "due", "now", "why", "until"),
        [(row["portal"], row["flow"], row["due"], row["now"], row["why"], row["until"]) for row in rows],
        empty="Nothing is due now.",
    )


@app.command("pause")
def pause(
    name: FiringArgument = None,
    *,
    portal: PortalOption = None,
    flow: OneJobOption = None,
    everything: Annotated[bool, typer.Option("--everything", help="The whole night shift.")] = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Leave something until it is resumed: an act of the calendar, a portal, a job of it, or everything.

    It is recorded who said so.

    A session that runs at a paused portal ends before its next question. What a person starts with `portalwright run`
    is not hindered.

    Example:

    \b
        portalwright schedule pause nightly-backup
        portalwright schedule pause --portal practice-national
        portalwright schedule pause --portal practice-national --flow eligibility
        portalwright schedule pause --everything
    """
    from ledger import calendar_entries
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.SCHEDULE, office, account, any_practice=True) as desk:
        entry, what = _entry(desk, name, portal, flow, everything=everything)
        calendar_entries.pause(entry, desk.actor, utc_now(), portal=portal or "")
    typer.echo(f"Paused: {what}. It stays so until `portalwright schedule resume`.")


@app.command("resume")
def resume(
    name: FiringArgument = None,
    *,
    portal: PortalOption = None,
    flow: OneJobOption = None,
    everything: Annotated[bool, typer.Option("--everything", help="The whole night shift.")] = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Go on with what was paused, from now on: what would have been done meanwhile is not made up for.

    Example:

    \b
        portalwright schedule resume nightly-backup
        portalwright schedule resume --portal practice-national
        portalwright schedule resume --portal practice-national --flow eligibility
        portalwright schedule resume --everything
    """
    from ledger import calendar_entries
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.SCHEDULE, office, account, any_practice=True) as desk:
        entry, what = _entry(desk, name, portal, flow, everything=everything)
        calendar_entries.resume(entry, desk.actor, utc_now(), portal=portal or "")
    typer.echo(f"Resumed: {what}.")


def _entry(
    desk: "Desk", name: str | None, portal: str | None, flow: str | None, *, everything: bool
) -> tuple[str, str]:
    """The calendar's entry that is meant, and how it is called. Raises a usage error."""
    from flows.questions import Flow
    from ledger.calendar_entries import EVERYTHING, firing_entry, flow_entry, portal_entry
    from portalwright.cli.choices import choice
    from portalwright.office_calendar import office_calendar

    if sum((name is not None, portal is not None, everything)) != 1:
        raise typer.BadParameter("say what: a NAME of `portalwright schedule list`, --portal PORTAL, or --everything")
    if flow is not None and portal is None:
        raise typer.BadParameter("a job is paused at one portal: name it with --portal", param_hint="--flow")
    if everything:
        return EVERYTHING, _EVERYTHING
    if portal is not None:
        desk.office.pack(portal)
        if flow is None:
            return portal_entry(portal), portal
        job = choice(Flow, flow, "--flow")
        return flow_entry(portal, job), f"{job} at {portal}"
    known = [firing.id for firing in office_calendar(desk.office).firings]
    if name not in known:
        raise typer.BadParameter(f"is not in the calendar; there is {', '.join(known)}", param_hint="NAME")
    return firing_entry(name), name


def _next(desk: "Desk") -> "list[dict[str, str | int | None]]":
    from ledger import due
    from portalwright.doors import dispatch_of
    from portalwright.office import utc_now

    now = utc_now()
    found = dispatch_of(desk, now)
    held = {(one.portal, one.flow): one for one in found.held}
    starting = {(order.portal, flow) for order in found.orders for flow in order.flows}
    rows: list[dict[str, str | int | None]] = []
    for group in due.due_for(desk.practice.id, None, now):
        key = (group.portal, group.flow)
        reason = held.get(key)
        state = "waits" if reason else "would run" if key in starting else "runs"
        until = reason.until if reason else None
        rows.append(
            {
                "portal": group.portal,
                "flow": group.flow.value,
                "due": group.due,
                "now": state,
                "why": reason.why if reason else "",
                "until": None if until is None else until.isoformat(timespec="minutes"),
            }
        )
    return rows


def _shifts(calendar: "Calendar") -> "Iterator[_Row]":
    for row in calendar.shifts:
        about = ", ".join((*row.portals, *row.flows)) or "every portal and job"
        when = f"{_days(row.days)} {row.from_}-{row.to}{_zone(row.time_zone)}{_skips(row.holidays)}"
        yield _Row("shift", row.id, about, when, "", "", "")


def _maintenance(calendar: "Calendar") -> "Iterator[_Row]":
    for row in calendar.maintenance:
        days = _days(row.days) if row.days else ", ".join(day.isoformat() for day in row.on)
        when = f"{days} {row.from_}-{row.to}{_zone(row.time_zone)}"
        yield _Row("maintenance", row.id, ", ".join(row.portals) or "every portal", when, "", "", "")


def _firings(calendar: "Calendar", entries: "Mapping[str, Entry]", now: "datetime") -> "Iterator[_Row]":
    from ledger.calendar_entries import firing_entry
    from schedules.firings import upcoming

    for row in calendar.firings:
        entry = entries.get(firing_entry(row.id))
        yield _Row(
            kind="act",
            name=row.id,
            what=row.act.value,
            when=f"{_days(row.days)} {row.at}{_zone(row.time_zone)}{_skips(row.holidays)}",
            next=_local(upcoming(calendar, row, max(now, entry.fired_for) if entry else now), calendar),
            last=_local(entry.fired_at if entry else None, calendar),
            paused=_who(entry),
        )


def _paused(entries: "Mapping[str, Entry]") -> "Iterator[_Row]":
    for name, entry in entries.items():
        kind, _, what = name.partition(" ")
        if entry.paused_at is not None and kind != "firing":
            yield _Row("paused", what or kind, "", "", "", "", _who(entry))


def _days(days: "tuple[str, ...]") -> str:
    return "daily" if len(days) == _DAYS_OF_WEEK else ",".join(days)


def _zone(name: str | None) -> str:
    return f" {name}" if name else ""


def _skips(holidays: str) -> str:
    return " but for holidays" if holidays == "skip" else ""


def _local(instant: "datetime | None", calendar: "Calendar") -> str:
    from zoneinfo import ZoneInfo

    return "" if instant is None else f"{instant.astimezone(ZoneInfo(calendar.time_zone)):%Y-%m-%d %H:%M}"


def _who(entry: "Entry | None") -> str:
    if entry is None or entry.paused_at is None:
        return ""
    return f"by {entry.paused_by} since {entry.paused_at:%Y-%m-%d %H:%M} UTC"
