"""`portalwright purge`: remove what has been kept for as long as the office's rules say."""

import json
from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, day
from portalwright.exit_codes import ExitCode

if TYPE_CHECKING:
    from flows.retention import Kind
    from portalwright.office import Desk


def purge(
    *,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    until: Annotated[
        datetime | None,
        typer.Option("--until", parser=day, metavar="YYYY-MM-DD", help="Nothing of this day (UTC) or later."),
    ] = None,
    report: Annotated[
        Path | None, typer.Option("--report", metavar="FILE", help="Write the counts and rules to a file (JSON).")
    ] = None,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask; for an account with the role admin.")] = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Remove what has been kept for as long as its rule says ([retention] in office.toml), keys first, for ever.

    Says what would go, by kind; then asks. What is under a legal hold stays. That it was done, with counts and rules,
    stands in the audit log. A purge that was cut off has removed whole items, and the next one goes on.

    Example:

    \b
        portalwright purge --dry-run
        portalwright purge --until 2020-01-01 --report purge.json
    """
    from ledger.accounts import must_be_person
    from portalwright import retention
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    last = None if until is None else until.date()
    with at_desk(Command.PURGE, office, account) as desk:
        must_be_person(desk.actor, "purge")
        now = utc_now()
        before = retention.before_when(desk, now, last)
        counts = retention.ripe(desk, now, last)
        _print(counts, before, "would go", as_json=as_json and dry_run)
        if dry_run:
            _write(report, counts, before, now, removed=False)
            return
        _agreed(desk, counts, yes=yes)
        removed = retention.remove(desk, desk.actor, now, last)
    _write(report, removed, before, now, removed=True)
    _print(removed, before, "removed", as_json=as_json)


def _agreed(desk: "Desk", counts: "Mapping[Kind, int]", *, yes: bool) -> None:
    """A person has said so at the terminal, or is an admin who said so beforehand."""
    from ledger.console_accounts import roles_of
    from ledger.roles import Role

    if yes:
        if Role.ADMIN not in roles_of(desk.actor.account_id, desk.practice.id):
            typer.echo("--yes is for an account with the role admin. Nothing was removed.", err=True)
            raise typer.Exit(ExitCode.NOT_PERMITTED)
        return
    if sum(counts.values()):
        typer.confirm("Remove it for ever?", abort=True, err=True)


def _print(counts: "Mapping[Kind, int]", before: "Mapping[Kind, datetime]", words: str, *, as_json: bool) -> None:
    from portalwright.cli.tables import print_table

    if as_json:
        typer.echo(json.dumps(_as_json(counts, before)))
        return
    rows = [(kind, count, f"{before[kind]:%Y-%m-%d}") for kind, count in counts.items() if count]
    print_table(("kind", words, "older than"), rows, empty="Nothing is old enough to go.")


def _as_json(counts: "Mapping[Kind, int]", before: "Mapping[Kind, datetime]") -> dict[str, dict[str, object]]:
    return {kind.value: {"count": count, "before": before[kind].date().isoformat()} for kind, count in counts.items()}


def _write(
    file: Path | None,
    counts: "Mapping[Kind, int]",
    before: "Mapping[Kind, datetime]",
    now: datetime,
    *,
    removed: bool,
) -> None:
    from portalwright.settings import write_durably

    if file is not None:
        said = {"at": now.isoformat(), "removed": removed, "kinds": _as_json(counts, before)}
        write_durably(file, json.dumps(said, indent=2) + "\n")
