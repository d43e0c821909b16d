"""`portalwright backup`: the whole office in one sealed file, made while it works."""

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption
from portalwright.cli.usual import usual

if TYPE_CHECKING:
    from portalwright.backup_parts import BackupReport

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True, cls=usual("make"))

BackupFile = Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")]
KeyFileOption = Annotated[
    Path | None,
    typer.Option("--key-file", metavar="FILE", help="The vault's key file, for an office that is opened by one."),
]


@app.callback()
def group() -> None:
    """The whole office but its key in one sealed file. `portalwright backup FILE` makes it, while the office works.

    Example:

    \b
        portalwright backup /media/safe/office.backup
        portalwright backup verify /media/safe/office.backup
    """


@app.command("make")
def make(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where to; it must not be there yet.")],
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Back the office up into FILE: ledger, vault, sealed pages and documents, packs and settings.

    Nobody has to stop working. The file opens with the vault's key alone, which is not in it: keep a copy of the key
    file apart from the backups, or be sure of the passphrase. Logs are not in it.

    Example:

    \b
        portalwright backup /media/safe/office.backup
        portalwright backup make /media/safe/office.backup
    """
    from portalwright.backup import make_backup
    from portalwright.cli.opening import at_desk
    from portalwright.exit_codes import ExitCode
    from portalwright.logs import Command
    from portalwright.office import utc_now

    with at_desk(Command.BACKUP, office, account, any_practice=True) as desk:
        report = make_backup(desk.office, desk.vault, desk.actor, file.expanduser().absolute(), utc_now())
    _tell(report, f"The office is in {file}", as_json=as_json)
    if not as_json:
        typer.echo("Its key is not in it. Without the key file, or the passphrase, nobody can open it, you included.")
    if report.missing:
        typer.echo(
            f"{report.missing} sealed pages or documents that the ledger names are not where they were kept, and so "
            "not in the backup. Look for them in an older one.",
            err=True,
        )
        raise typer.Exit(ExitCode.NEEDS_PERSON)


@app.command("verify")
def verify(
    file: BackupFile, key_file: KeyFileOption = None, as_json: JsonOption = False, office: OfficeOption = None
) -> None:
    """Read a backup through without restoring it: every byte, the vault's entries, the chain of the audit log.

    Example:

    \b
        portalwright backup verify /media/safe/office.backup --key-file /media/other/office.key
    """
    from portalwright.backup import verify_backup
    from portalwright.cli.backup_key import key_of

    report = verify_backup(file, key_of(file, key_file, office))
    _tell(report, f"{file} is whole", as_json=as_json)


def _tell(report: "BackupReport", what: str, *, as_json: bool) -> None:
    if as_json:
        facts = {
            "backup": report.backup,
            "made_at": report.made_at.isoformat(),
            "bytes": report.size,
            "rows": report.rows.total,
            "tables": len(report.rows.counts),
            "credentials": report.credentials,
            "sealed": report.sealed,
            "missing": report.missing,
            "files": report.files,
        }
        typer.echo(json.dumps(facts))
        return
    typer.echo(
        f"{what}: {report.size / 1e6:,.1f} MB, as of {report.made_at:%Y-%m-%d %H:%M:%S} UTC; {report.rows.total:,} "
        f"rows in {len(report.rows.counts)} tables, {report.credentials} credentials, {report.sealed:,} sealed pages "
        f"and documents, {report.files} files of the office."
    )
