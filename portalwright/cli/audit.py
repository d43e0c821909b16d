"""`portalwright audit`: prove that the audit log is as it was written, and take it away as such a file."""

from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, OfficeOption, SinceOption, day
from portalwright.exit_codes import ExitCode

if TYPE_CHECKING:
    from ledger.audit import AuditReport

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """The audit log: who did what, when, in a chain that shows every later change.

    Example:

    \b
        portalwright audit verify
        portalwright audit export audit.jsonl --since 2026-01-01
    """


@app.command("verify")
def verify(
    *,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="Check a file of `audit export`; needs no office.")
    ] = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Recompute the chain of the audit log from its first entry to its end, and compare it with the vault's memory.

    Example:

    \b
        portalwright audit verify
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    if file is not None:
        from ledger.audit_file import check_file

        with file.open("rb") as lines:
            _tell(check_file(lines), "file")
        return
    from ledger.audit_proof import prove

    with at_desk(Command.AUDIT, office, account) as desk:
        report = prove(desk.vault)
    _tell(report, "audit log")


@app.command("export")
def export(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; a file that is there is not replaced.")],
    *,
    since: SinceOption = None,
    until: Annotated[
        datetime | None,
        typer.Option("--until", parser=day, metavar="YYYY-MM-DD", help="Recorded before this day (UTC)."),
    ] = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Write the office's audit log, all practices, as lines of JSON with its chain; `audit verify --file` checks it.

    Keep the hash that is said at the end apart from the file: with it a file that was written anew can be told.

    Example:

    \b
        portalwright audit export audit.jsonl --since 2026-01-01 --until 2026-07-01
    """
    import os
    from datetime import UTC

    from ledger import audit
    from ledger.accounts import must_be_person
    from ledger.audit_file import check_file, write_file
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    first, last = (None if one is None else one.replace(tzinfo=UTC) for one in (since, until))
    with at_desk(Command.AUDIT, office, account) as desk:
        must_be_person(desk.actor, "take the audit log away")
        audit.append(desk.actor, "audit.export", "audit", "chain", utc_now(), result="jsonl")
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
            out.writelines(write_file(first, last))
            out.flush()
            os.fsync(out.fileno())
    with file.open("rb") as lines:
        report = check_file(lines)
    _tell(report, "file")
    typer.echo(f"Its last entry is {report.end[0]}, hash {report.end[1]}.")


def _tell(report: "AuditReport", what: str) -> None:
    if report.ok:
        typer.echo(f"The {what} is whole: {report.entries} entries, each as it was written.")
        return
    typer.echo(
        f"The {what} was changed: entry {report.first_bad} is not as it was written. Nothing was mended; keep it as it "
        "is and ask whoever is in charge of security.",
        err=True,
    )
    raise typer.Exit(ExitCode.NEEDS_PERSON)
