"""`portalwright permit`: the permission register, without which nothing runs."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, OfficeOption, day

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date

    from flows.opening_hours import Window
    from ledger.permissions import Expiring, PermissionRecord
    from portalwright.office import Desk

_LIST, _POSITIONS = "list", "positions"


def permit(
    portal: Annotated[
        str | None,
        typer.Argument(
            metavar="PORTAL|list|positions",
            help="The portal; list, or nothing: show the register; positions: show what payers have published.",
        ),
    ] = None,
    *,
    flow: Annotated[
        list[str] | None,
        typer.Option(
            "--flow",
            help="The job that is permitted: claim-status (when left out), eligibility, remittances, appeal, "
            "appeal-status; repeat it.",
        ),
    ] = None,
    status: Annotated[
        str | None,
        typer.Option(
            "--status",
            help="permitted, permitted-attended (only while a person sits by), unknown, prohibited, "
            "simulator-only (the office's own test system).",
        ),
    ] = None,
    basis: Annotated[
        str,
        typer.Option(
            "--basis",
            help="On what it rests: written permission, programme registration, contract clause, own test system.",
        ),
    ] = "none",
    document: Annotated[str, typer.Option("--document", help="Where the permission can be read.")] = "",
    granted_to: Annotated[
        str | None, typer.Option("--granted-to", help="To whom the payer gave it; the practice when left out.")
    ] = None,
    bot: Annotated[str, typer.Option("--bot", help="Under which name the payer knows the robot.")] = "portalwright",
    since: Annotated[
        datetime | None,
        typer.Option("--from", parser=day, metavar="YYYY-MM-DD", help="First day; today when left out."),
    ] = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", parser=day, metavar="YYYY-MM-DD", help="Last day; until changed when left out."),
    ] = None,
    review: Annotated[
        datetime | None,
        typer.Option("--review", parser=day, metavar="YYYY-MM-DD", help="The day on which somebody looks at it again."),
    ] = None,
    reviewer: Annotated[str, typer.Option("--reviewer", metavar="NAME", help="Who looks at it then.")] = "",
    look_ups: Annotated[
        int | None,
        typer.Option("--look-ups", min=1, metavar="N", help="The payer's limit of look-ups a minute, if any."),
    ] = None,
    sessions: Annotated[
        int | None,
        typer.Option("--sessions", min=1, metavar="N", help="Its limit of sessions of one sign-in at a time."),
    ] = None,
    hours: Annotated[str, typer.Option("--hours", help="What the payer says about hours, in its own words.")] = "",
    window: Annotated[
        list[str] | None,
        typer.Option(
            "--window",
            metavar="HOURS",
            help='The same hours for the robot to keep to, such as "mon-fri 18:00-06:00 America/New_York"; repeat it. '
            "At any time when left out.",
        ),
    ] = None,
    despite_published: Annotated[
        bool,
        typer.Option(
            "--despite-published",
            help="The payer has published that it forbids robots, and gave you leave all the same.",
        ),
    ] = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Record what a payer permits, or show the register. What is not on record is not allowed.

    A permission against what the payer has published is not recorded without --despite-published. Permissions that end
    within 30 days, or are to be looked at again, are marked in the list.

    Example:

    \b
        portalwright permit practice-national --status simulator-only --basis "own test system" --document "our own"
        portalwright permit some-payer --status permitted --basis "written permission" --document "letter of 2026-03-02"
        portalwright permit practice-national --flow eligibility --flow remittances --status unknown
        portalwright permit list
        portalwright permit positions
    """
    from dataclasses import replace

    from flows.questions import Flow
    from ledger.permissions import Basis, Grant, Status, grant
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.positions import bring_positions

    if portal is None or portal in {_LIST, _POSITIONS}:
        with at_desk(Command.PERMIT, office, account) as desk:
            bring_positions(desk)
            if portal == _POSITIONS:
                _show_positions(desk)
            else:
                _show_register(desk)
        return
    if status is None:
        raise typer.BadParameter("say what the payer permits", param_hint="--status")
    what = Grant(
        portal=portal,
        flow=Flow.CLAIM_STATUS,
        status=choice(Status, status, "--status"),
        basis=choice(Basis, basis, "--basis"),
        document=document,
        granted_to=granted_to or "",
        bot_identity=bot,
        valid_from=utc_now().date() if since is None else since.date(),
        valid_to=_date(until),
        review_on=_date(review),
        reviewer=reviewer,
        lookups_per_minute=look_ups,
        sessions=sessions,
        hours=hours,
        windows=_windows(window or ()),
    )
    jobs = [choice(Flow, one, "--flow") for one in flow or [Flow.CLAIM_STATUS.value]]
    with at_desk(Command.PERMIT, office, account) as desk:
        address = desk.office.pack(portal).address
        for job in jobs:
            of_job = replace(what, flow=job, granted_to=granted_to or desk.practice.name)
            grant(of_job, desk.actor, utc_now(), address=address, despite_published=despite_published)
    for job in jobs:
        typer.echo(f"Recorded: {job} at {portal} is {what.status}.")


def _date(given: datetime | None) -> "date | None":
    return None if given is None else given.date()


def _windows(texts: "Sequence[str]") -> "tuple[Window, ...]":
    from flows.opening_hours import read_windows

    try:
        return tuple(window for text in texts for window in read_windows(text))
    except ValueError as wrong:
        raise typer.BadParameter(str(wrong), param_hint="--window") from None


def _show_register(desk: "Desk") -> None:
    """Every row that a person recorded, the newest first; of each portal and job the first is in force."""
    from ledger.permissions import expiring, history, in_force
    from portalwright.cli.tables import print_table
    from portalwright.office import utc_now

    holds = {record.id for record in in_force(desk.practice.id)}
    warned = {one.permission_id: one for one in expiring(desk.practice.id, utc_now().date())}
    print_table(
        ("portal", "flow", "status", "basis", "document", "from", "until", "notice", "look-ups a minute", "sessions",
         "hours", "review", "reviewer", "recorded by", "recorded at"),
        [
            (
                row.grant.portal, row.grant.flow, row.grant.status, row.grant.basis, row.grant.document,
                row.grant.valid_from, row.grant.valid_to, _notice(row, holds, warned.get(row.id)),
                row.grant.lookups_per_minute, row.grant.sessions, _hours(row),
                row.grant.review_on, row.grant.reviewer, row.recorded_by, row.recorded_at,
            )
            for row in history(desk.practice.id) if not row.published
        ],
        empty="Nothing is on record, so nothing is allowed; see `portalwright permit --help`.",
    )  # fmt: skip


def _notice(row: "PermissionRecord", holds: set[int], warned: "Expiring | None") -> str:
    if row.id not in holds:
        return "replaced"
    if warned is None:
        return ""
    told = []
    if warned.days_left is not None and warned.notice is not None:
        told.append("has ended" if warned.days_left < 0 else f"ends in {warned.days_left} days")
    if warned.review_due:
        told.append("review is due")
    return ", ".join(told)


def _hours(row: "PermissionRecord") -> str:
    return "; ".join(window.text for window in row.grant.windows) or row.grant.hours


def _show_positions(desk: "Desk") -> None:
    """What payers have published, with where it can be read and when it was last read."""
    from flows.positions import published
    from portalwright.cli.tables import print_table
    from portalwright.positions import packs_under

    known = published()
    ours = packs_under(desk.office, known)
    print_table(
        ("id", "portal", "status", "says", "lets robots in by", "instead", "your packs", "source", "verified on"),
        [
            (
                one.id, one.name, one.status, one.says, one.needs, one.instead, " ".join(ours.get(one.id, ())),
                "; ".join((one.mark, *(f"[{source.id}] {source.reference}" for source in known.references(one)))),
                one.verified_on,
            )
            for one in known.positions
        ],
        empty="No position is known.",
    )  # fmt: skip
