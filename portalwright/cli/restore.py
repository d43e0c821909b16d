"""`portalwright restore`: an office out of its backup, and the word with which it may work again."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.backup import BackupFile, KeyFileOption
from portalwright.cli.options import AccountOption, FromStdinOption, OfficeOption
from portalwright.cli.usual import usual

if TYPE_CHECKING:
    from ledger.restorations import AppealInDoubt, HeldOffice
    from portalwright.office import Desk

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, cls=usual("from"))


@app.callback()
def group() -> None:
    """An office out of its backup. `portalwright restore FILE --into DIR` makes it; then a person says go.

    Example:

    \b
        portalwright restore /media/safe/office.backup --into my-office --key-file /media/other/office.key
        portalwright restore confirm --office my-office
    """


@app.command("from")
def restore_from(
    file: BackupFile,
    *,
    into: Annotated[Path, typer.Option("--into", metavar="DIR", help="An empty folder, or one that is not there yet.")],
    key_file: KeyFileOption = None,
    to: Annotated[
        str | None,
        typer.Option(
            "--to",
            metavar="ADDRESS",
            help="Put the ledger into this empty database: postgresql://user@host:5432/database.",
        ),
    ] = None,
    server_login: Annotated[
        bool, typer.Option("--ask-login", help="Ask for the database server's password; else a passfile has it.")
    ] = False,
    from_stdin: FromStdinOption = False,
    account: AccountOption = None,
) -> None:
    """Restore an office from FILE into an empty folder; its ledger into a file there, or with --to onto a server.

    All of it is looked at before the folder becomes an office. Until somebody has said go, nothing is asked and nothing
    pressed there: `portalwright restore confirm`. The office that was backed up must not work any more.

    Example:

    \b
        portalwright restore /media/safe/office.backup --into my-office --key-file /media/other/office.key
        portalwright restore from /media/safe/office.backup --into my-office
    """
    from ledger.postgresql.address import read_address
    from portalwright.cli.asking import Asking
    from portalwright.cli.backup_key import key_of
    from portalwright.office import account_name, utc_now
    from portalwright.restore import Place, restore

    who = account_name(account)
    key = key_of(file, key_file)
    place = Place(
        into.expanduser(),
        None if key_file is None else key_file,
        None if to is None else read_address(to),
        Asking.of(from_stdin=from_stdin).secret("password of the database server") if server_login else None,
    )
    report = restore(file, place, key, who, utc_now())
    typer.echo(
        f"The office is in {into}, as it was at {report.made_at:%Y-%m-%d %H:%M:%S} UTC: {report.rows.total:,} rows, "
        f"{report.credentials} credentials, {report.sealed:,} sealed pages and documents, {report.files} files. All of "
        "it was compared with the backup, and the audit log is whole."
    )
    typer.echo(
        "It stands still until somebody says go, since nobody knows what was done after the backup: "
        f"portalwright restore confirm --office {into}"
    )


@app.command("confirm")
def confirm(
    nothing_since: Annotated[
        bool,
        typer.Option(
            "--nothing-since",
            help="The office that was backed up has done nothing since, and is gone: a planned move.",
        ),
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask: it was looked at before.")] = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Say that a restored office may work, after it was shown what has to be checked.

    Sign-ins are barred until somebody has signed in by hand once (`portalwright vault release`), because the lost
    office may have used up attempts. Appeals that were approved may have been filed: the robot only looks for them on
    the portals' own lists, and files no other before those lists must show whatever the lost office filed.

    Example:

    \b
        portalwright restore confirm --office my-office
    """
    from ledger import restorations
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.RESTORE, office, account, any_practice=True, known_account=True) as desk:
        waiting = restorations.held()
        if waiting is None:
            typer.echo("This office was not restored from a backup, or somebody has said go already.")
            return
        _show(desk, waiting, restorations.in_doubt(desk.practice.id), nothing_since=nothing_since)
        if not yes:
            typer.confirm("May this office work from now on?", abort=True)
        versions = {(one.portal, one.alias): one.version for one in desk.vault.list()}
        done = restorations.confirm(desk.actor, utc_now(), versions=versions, nothing_since=nothing_since)
    if nothing_since:
        typer.echo("The office works again, as if it had never stood still.")
        return
    typer.echo(
        f"The office works again. {done.sign_ins} sign-ins wait for `portalwright vault release`, and {done.appeals} "
        "appeals are only looked for."
    )


def _show(desk: "Desk", waiting: "HeldOffice", appeals: "tuple[AppealInDoubt, ...]", *, nothing_since: bool) -> None:
    from ledger.states import AppealStage

    typer.echo(
        f"This office is as it was at {waiting.made_at:%Y-%m-%d %H:%M} UTC, and was restored at "
        f"{waiting.restored_at:%Y-%m-%d %H:%M} UTC. It knows nothing of what was done in between."
    )
    if nothing_since:
        typer.echo("You say that nothing was: sign-ins and approved appeals stay as they are.")
        return
    typer.echo("Be sure that the office which was backed up does not work any more, on any computer. Then check:")
    for one in desk.credentials():
        typer.echo(
            f"  {one.portal}, sign-in {one.alias}: sign in by hand, then `portalwright vault release {one.portal}`"
        )
    told = {
        AppealStage.DRAFT: "a draft in the backup; look at the payer's list before you approve it",
        AppealStage.APPROVED: "approved in the backup, perhaps filed since; it is only looked for from now on",
        AppealStage.PRESSING: "pressed when the backup was made; it is only looked for",
        AppealStage.UNCERTAIN: "pressed before the backup; it is only looked for",
    }
    for each in appeals:
        typer.echo(f"  appeal {each.number} at {each.portal}: {told[each.stage]}")
    typer.echo("  appeals, payments and corrections of that time that are not in it: enter them again")
