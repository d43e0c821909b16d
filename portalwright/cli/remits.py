"""`portalwright remits`: the payments of the payers, and what is missing between payers, portals and the bank."""

import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalArgument, PortalOption, day
from portalwright.exit_codes import ExitCode

if TYPE_CHECKING:
    from ledger.remittances_listed import RemittanceRecord
    from ledger.remittances_missing import Missing

app = typer.Typer(rich_markup_mode=None, invoke_without_command=True)

PaidSinceOption = Annotated[
    datetime | None,
    typer.Option("--since", parser=day, metavar="YYYY-MM-DD", help="Paid on this day or later."),
]


@app.callback()
def remits(
    context: typer.Context,
    *,
    portal: PortalOption = None,
    since: PaidSinceOption = None,
    missing: Annotated[
        bool,
        typer.Option("--missing", help="What is missing instead: remittances of payments, payments of remittances."),
    ] = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """The payments that came from the payers, the newest first: do they add up, are they matched, were they posted?

    With --missing: deposits and payments named by claims or portals for which no remittance came, remittances without
    their deposit, and money taken back for payments that are not here; four business days are given to each. Every look
    is recorded.

    Example:

    \b
        portalwright remits
        portalwright remits --portal practice-national --since 2026-11-01
        portalwright remits --missing
        portalwright remits ask practice-national --from 2026-11-01 --to 2026-11-15
    """
    if context.invoked_subcommand is not None:
        return
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    with at_desk(Command.REMITS, office, account) as desk:
        from ledger.remittances_listed import list_all
        from ledger.remittances_missing import missing as all_missing
        from portalwright.viewing import record_look

        listed: list[RemittanceRecord] = []
        lacking: list[Missing] = []
        if missing:
            today = datetime.now(UTC).date()
            lacking = [
                one
                for one in all_missing(desk.actor.practice_id, today)
                if (portal is None or one.portal in (portal, None))
                and (since is None or one.paid_on is None or one.paid_on >= since.date())
            ]
        else:
            listed = list(
                list_all(desk.actor.practice_id, portal=portal, since=since.date() if since is not None else None)
            )
        record_look(desk, "remits.view", len(listed) + len(lacking), names=False, portal=portal, about="payments")
    if as_json:
        for record in (*listed, *lacking):
            typer.echo(record.model_dump_json())
    elif missing:
        _print_missing(lacking)
    else:
        _print(listed)


@app.command("ask")
def ask(
    portal: PortalArgument,
    *,
    paid_from: Annotated[
        datetime,
        typer.Option("--from", parser=day, metavar="YYYY-MM-DD", help="The first day of payment to look at."),
    ],
    paid_to: Annotated[
        datetime, typer.Option("--to", parser=day, metavar="YYYY-MM-DD", help="The last day of payment to look at.")
    ],
    npi: Annotated[
        str | None,
        typer.Option("--npi", metavar="NPI", help="For this provider of the office; for each of them when left out."),
    ] = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Put the payments of these days on the work list; `run PORTAL --flow remittances` fetches them.

    Days that were asked about before are asked about again, once their question is done.

    Example:

    \b
        portalwright remits ask practice-national --from 2026-11-01 --to 2026-11-15
        portalwright run practice-national --flow remittances
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    if paid_to < paid_from:
        raise typer.BadParameter("lies before --from", param_hint="--to")
    with at_desk(Command.REMITS, office, account) as desk:
        from flows.questions import Provider
        from ledger.periods import ask_for
        from portalwright.office import utc_now

        if portal not in desk.office.portals():
            raise typer.BadParameter("there is no pack for a portal of this name", param_hint="PORTAL")
        ours = desk.practice.npis
        if npi is not None and npi not in ours:
            raise typer.BadParameter("is not one of the practice that you work for", param_hint="--npi")
        asked = [
            ask_for(
                portal,
                Provider(tin=desk.practice.tin, npi=one),
                paid_from.date(),
                paid_to.date(),
                actor=desk.actor,
                now=utc_now(),
            )
            for one in ([npi] if npi is not None else ours)
        ]
    waits = sum(one.waits for one in asked)
    new = len(asked) - waits
    typer.echo(
        f"{new} question{'s' if new != 1 else ''} put on the work list"
        + (f", {waits} wait{'s' if waits == 1 else ''} there already." if waits else ".")
    )
    if paid_to.date() >= datetime.now(UTC).date():
        typer.echo(
            "These days are not over: ask for them again later, for the payments that are yet to come.", err=True
        )


def _print(listed: "list[RemittanceRecord]") -> None:
    from portalwright.cli.tables import print_table

    columns = (
        "payment", "portal", "payer", "trace", "method", "paid on", "amount", "from", "claims", "matched", "balanced",
        "deposit", "posted", "held by",
    )  # fmt: skip
    rows = [
        (
            one.id,
            one.portal,
            one.payer,
            one.trace,
            one.method,
            one.paid_on,
            one.amount,
            one.source,
            one.claims,
            one.matched,
            "yes" if one.balance.whole else "no",
            one.deposited_on,
            one.posted_at,
            ", ".join(f"case {number}" for number in one.held_by),
        )
        for one in listed
    ]
    print_table(columns, rows, empty="There are no payments.")
    if not all(one.balance.whole for one in listed):
        sys.stdout.flush()
        typer.echo("Payments that do not add up are never posted; their cases say where.", err=True)


def _print_missing(lacking: "list[Missing]") -> None:
    from portalwright.cli.tables import print_table

    print_table(
        ("missing", "portal", "payer", "trace", "day", "amount", "known by"),
        [(one.lacks, one.portal, one.payer, one.trace, one.paid_on, one.amount, one.known_by) for one in lacking],
        empty="Nothing is missing.",
    )
    if lacking:
        raise typer.Exit(ExitCode.NEEDS_PERSON)
