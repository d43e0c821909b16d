"""`portalwright permit`: the permission register, without which nothing runs."""

from datetime import datetime
from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, OfficeOption, day


def permit(
    portal: Annotated[
        str | None, typer.Argument(metavar="[PORTAL]", help="The portal; none: show the register.")
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
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Record what a payer permits, or show the register. What is not on record is not allowed.

    Example:

    \b
        portalwright permit practice-national --status simulator-only --basis "own test system" --document "our own"
        portalwright permit some-payer --status permitted --basis "written permission" --document "letter of 2026-03-02"
        portalwright permit practice-national --flow eligibility --flow remittances --status unknown
        portalwright permit
    """
    from flows.questions import Flow
    from ledger.permissions import Basis, Grant, Status, grant, history
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.office import utc_now

    if portal is None:
        with at_desk(Command.PERMIT, office, account) as desk:
            print_table(
                ("portal", "flow", "status", "basis", "document", "from", "until", "recorded by", "recorded at"),
                [
                    (
                        row.grant.portal, row.grant.flow, row.grant.status, row.grant.basis, row.grant.document,
                        row.grant.valid_from, row.grant.valid_to, row.recorded_by, row.recorded_at,
                    )
                    for row in history(desk.practice.id)
                ],
                empty="Nothing is on record, so nothing is allowed; see `portalwright permit --help`.",
            )  # fmt: skip
        return
    if status is None:
        raise typer.BadParameter("say what the payer permits", param_hint="--status")
    wanted, rests_on = choice(Status, status, "--status"), choice(Basis, basis, "--basis")
    jobs = [choice(Flow, one, "--flow") for one in flow or [Flow.CLAIM_STATUS.value]]
    with at_desk(Command.PERMIT, office, account) as desk:
        desk.office.pack(portal)
        now = utc_now()
        for job in jobs:
            grant(
                Grant(
                    portal=portal,
                    flow=job,
                    status=wanted,
                    basis=rests_on,
                    document=document,
                    granted_to=granted_to or desk.practice.name,
                    bot_identity=bot,
                    valid_from=since.date() if since else now.date(),
                    valid_to=until.date() if until else None,
                ),
                desk.actor,
                now,
            )
    for job in jobs:
        typer.echo(f"Recorded: {job} at {portal} is {wanted}.")
