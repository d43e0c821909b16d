"""`portalwright due`: what the robot would ask now, what comes next, and why."""

from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from portalwright.cli.due_shown import Group
    from portalwright.office import Desk

app = typer.Typer(rich_markup_mode=None, invoke_without_command=True)

_MOST_ROUNDS = 1000

NumberArgument = Annotated[str, typer.Argument(metavar="NUMBER", help="The claim's patient account number, in full.")]


@app.callback()
def due(
    context: typer.Context,
    *,
    explain: Annotated[
        str | None,
        typer.Option(
            "--explain",
            metavar="NUMBER",
            help="Why one claim (with its appeals), appointment or appeal is asked about when it is.",
        ),
    ] = None,
    one_by_one: Annotated[bool, typer.Option("--list", help="The questions that are due, one by one.")] = False,
    most: Annotated[int, typer.Option("--most", min=1, metavar="N", help="With --list: at most so many.")] = 100,
    portal: PortalOption = None,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """What is due now, by portal and job: how many questions, how many jump the queue, since when, and what comes next.

    On which day a question is asked follows from rules (docs/cadence.md), your own in schedules/cadence.toml of the
    office. Looking plans what has changed, as the worker does each time: what was imported is from then on asked on
    its day, and no more at once. Times are UTC.

    Example:

    \b
        portalwright due
        portalwright due --list --portal practice-national
        portalwright due --explain ACCT-1001
    """
    if context.invoked_subcommand is not None:
        return
    from ledger.due import list_due
    from portalwright.cli.due_shown import print_explained, print_groups, print_listed
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.viewing import record_look
    from schedules.planning import explain as explain_number

    with at_desk(Command.DUE, office, account) as desk:
        now, practice_id = utc_now(), desk.practice.id
        if portal is not None:
            desk.office.pack(portal)  # one that there is no pack for is a slip of the pen, and told
        whole = _plan(desk, now)
        if explain is not None:
            explained = explain_number(practice_id, explain, now, portal=portal)
            record_look(desk, "due.view", len(explained), names=False, portal=portal, about="due")
            print_explained(explained, as_json=as_json)
        elif one_by_one:
            listed = list_due(practice_id, now, portal=portal, most=most)
            record_look(desk, "due.view", len(listed), names=False, portal=portal, about="due")
            print_listed(listed, as_json=as_json)
        else:
            print_groups(tuple(_groups(desk, portal, now)), as_json=as_json)
    if not whole:
        typer.echo("An import or the worker is at it: what changed a moment ago is not planned yet.", err=True)


@app.command("hold")
def hold(
    number: NumberArgument,
    *,
    why: Annotated[
        str,
        typer.Option(
            "--why",
            help="bankrupt or deceased: nothing of this patient is asked about. legal or other: this claim is not.",
        ),
    ],
    note: Annotated[str, typer.Option("--note", help="What you know; kept with the hold.")] = "",
    portal: PortalOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Leave the payer alone about a claim, or about all of its patient, until somebody ends the hold.

    Example:

    \b
        portalwright due hold ACCT-1001 --why legal --note "with the lawyer"
    """
    from ledger.holds import hold as put_on_hold
    from ledger.planning_values import HoldWhy
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    reason = choice(HoldWhy, why, "--why")
    with at_desk(Command.DUE, office, account) as desk:
        put_on_hold(number, reason, desk.actor, utc_now(), portal=portal, note=note)
    what = "Nothing of this patient is" if reason.of_patient else "This claim is not"
    typer.echo(f"{what} asked about by itself any more, until you end the hold.")


@app.command("release")
def release(
    number: NumberArgument,
    portal: PortalOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """End every hold on a claim and its patient; it is asked about again on the days of its rules.

    Example:

    \b
        portalwright due release ACCT-1001
    """
    from ledger.holds import release as end_holds
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.DUE, office, account) as desk:
        ended = end_holds(number, desk.actor, utc_now(), portal=portal)
    typer.echo(f"{ended} holds ended." if ended != 1 else "1 hold ended.")


def _plan(desk: "Desk", now: "datetime") -> bool:
    """Plan what has changed; False when another process kept us from planning all of it."""
    from ledger.due import wake_due
    from portalwright.work_rules import bring_rules, packs_not_known
    from schedules.planning import plan

    bring_rules(desk, packs_not_known(desk))
    for _ in range(_MOST_ROUNDS):
        planned = plan(desk.robot, now)
        if not planned.left:
            break
    wake_due(now)
    return not (planned.busy or planned.left)


def _groups(desk: "Desk", portal: str | None, now: "datetime") -> "Iterator[Group]":
    from flows.questions import Flow
    from ledger.due import due_for, next_for
    from ledger.portals import portals_asked
    from portalwright.cli.due_shown import Group

    practice_id = desk.practice.id
    found = {(one.portal, one.flow): one for one in due_for(practice_id, portal, now)}
    portals = {name for name, _ in found} | ({*portals_asked(practice_id)} if portal is None else {portal})
    for name in sorted(portals):
        for flow in Flow:
            one, following = found.get((name, flow)), next_for(practice_id, name, flow, now)
            if one is not None or following is not None:
                yield Group(name, flow, one, following)
