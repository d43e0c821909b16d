"""`portalwright report`: what managers ask for, as tables, CSV, JSON, and one page with charts."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption, day

if TYPE_CHECKING:
    from console.reports.shape import Report
    from ledger.reports import Range

_ALL = "all"


def report(
    name: Annotated[
        str,
        typer.Argument(
            metavar="NAME",
            help="One of the reports that docs/reports.md lists (denials, pending, money, ...), or all of them.",
        ),
    ],
    *,
    since: Annotated[
        datetime | None, typer.Option("--since", parser=day, metavar="YYYY-MM-DD", help="From this day on.")
    ] = None,
    until: Annotated[
        datetime | None, typer.Option("--until", parser=day, metavar="YYYY-MM-DD", help="Up to this day, included.")
    ] = None,
    portal: PortalOption = None,
    csv: Annotated[
        Path | None, typer.Option("--csv", metavar="FILE", help="Write the report's first table as CSV.")
    ] = None,
    html: Annotated[
        Path | None, typer.Option("--html", metavar="FILE", help="Write one page with tables and charts.")
    ] = None,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Figures of the practice: denials, pending claims, deadlines, touchless rate, days in A/R, savings, and others.

    The page has charts, no script and nothing from outside, and no patient's data. What each figure counts:
    docs/reports.md.

    Example:

    \b
        portalwright report denials --since 2026-10-01
        portalwright report pending --csv pending.csv
        portalwright report all --html reports.html
    """
    import json

    from console.reports.every import REPORTS
    from console.reports.page import page
    from console.reports.pieces import Asked
    from console.reports.tables_out import as_csv, as_values
    from documents.written_whole import write_whole
    from ledger.portals_in_use import portals_in_use
    from ledger.reports import Range
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.viewing import record_look

    if name != _ALL and name not in REPORTS:
        raise typer.BadParameter(f"must be one of: {', '.join((*REPORTS, _ALL))}", param_hint="NAME")
    if name == _ALL and csv is not None:
        raise typer.BadParameter("goes with one report; --html takes all of them", param_hint="--csv")
    within = Range(since=since.date() if since else None, until=until.date() if until else None)
    if within.since and within.until and within.until < within.since:
        raise typer.BadParameter("is before --since", param_hint="--until")
    with at_desk(Command.REPORT, office, account) as desk:
        if portal is not None and portal not in {*desk.office.portals(), *portals_in_use(desk.practice.id)}:
            raise typer.BadParameter(
                f"there is no portal {portal!r}; there are: {', '.join(desk.office.portals())}", param_hint="--portal"
            )
        asked = Asked(desk.practice, within, portal, utc_now(), desk.office.settings.savings)
        made = [kind.made(asked) for each, kind in REPORTS.items() if name in (each, _ALL)]
        record_look(desk, "report.view", len(made), names=False, portal=portal, about="figures")
        if csv is not None:
            write_whole(csv, as_csv(made[0].tables[0]))
        if html is not None:
            write_whole(html, page(made, practice=desk.practice.name, made_on=asked.today, days=_days(within)))
    if as_json:
        typer.echo(json.dumps({one.name: as_values(one) for one in made}, indent=2))
        return
    for path in (csv, html):
        if path is not None:
            typer.echo(f"{path} written.")
    if csv is None and html is None:
        for one in made:
            _print(one)


def _print(made: "Report") -> None:
    from portalwright.cli.tables import print_table

    typer.echo(f"\n{made.title}")
    for table in made.tables:
        print_table([column.name for column in table.columns], table.rows, empty=table.empty)
    for note in made.notes:
        typer.echo(note)


def _days(within: "Range") -> str:
    if within.since is None and within.until is None:
        return "All days."
    return f"Days: {within.since or 'the first'} to {within.until or 'the last'}."
