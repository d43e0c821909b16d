"""`portalwright audit`: prove that the audit log is as it was written."""

import typer

from portalwright.cli.options import AccountOption, OfficeOption
from portalwright.exit_codes import ExitCode

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """The audit log: who did what, when, in a chain that shows every later change.

    Example:

    \b
        portalwright audit verify
    """


@app.command("verify")
def verify(office: OfficeOption = None, account: AccountOption = None) -> None:
    """Recompute the chain of the audit log from its first entry to its end.

    Example:

    \b
        portalwright audit verify
    """
    from ledger import audit
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    with at_desk(Command.AUDIT, office, account):
        report = audit.verify()
    if report.ok:
        typer.echo(f"The audit log is whole: {report.entries} entries, each as it was written.")
        return
    typer.echo(
        f"The audit log was changed: entry {report.first_bad} is not as it was written. Nothing was mended; keep this "
        "ledger as it is and ask whoever is in charge of security.",
        err=True,
    )
    raise typer.Exit(ExitCode.NEEDS_PERSON)
