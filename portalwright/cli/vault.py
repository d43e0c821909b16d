"""`portalwright vault`: the sealed sign-ins of the office."""

from datetime import timedelta
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, CredentialOption, FromStdinOption, OfficeOption, PortalArgument

if TYPE_CHECKING:
    from portalwright.office import Office
    from vault.credential import CredentialSummary

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)


@app.callback()
def group() -> None:
    """The sealed sign-ins of the office.

    Example:

    \b
        portalwright vault add practice-national
        portalwright vault list
    """


@app.command("init")
def vault_init(office: OfficeOption = None, account: AccountOption = None, from_stdin: FromStdinOption = False) -> None:
    """Make the vault of an office that has none yet (`portalwright init` makes one by itself).

    Example:

    \b
        portalwright vault init --office my-office
    """
    from portalwright.cli.asking import Asking
    from portalwright.office import Office, account_name

    found = Office.find(office)
    asking = Asking.of(from_stdin=from_stdin)
    found.set_up(account_name(account), lambda: asking.secret("passphrase for the new vault", twice=True))
    typer.echo(f"The vault is in {found.vault_file}.")


@app.command("add")
def add(
    portal: PortalArgument,
    *,
    credential: CredentialOption = None,
    owner: Annotated[
        str | None, typer.Option("--owner", metavar="NAME", help="Who answers for this sign-in; you when left out.")
    ] = None,
    office: OfficeOption = None,
    account: AccountOption = None,
    from_stdin: FromStdinOption = False,
) -> None:
    """Seal a portal's user name, password and (where it has one) the seed of its one-time codes.

    They are asked for without showing them, or read with --from-stdin: one a line, in this order, the last may be
    blank. Adding again makes a new version, which the robot uses from then on.

    Example:

    \b
        portalwright vault add practice-national
    """
    from portalwright.cli.asking import Asking
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    asking = Asking.of(from_stdin=from_stdin)
    with at_desk(Command.VAULT, office, account, asking) as desk:
        desk.office.pack(portal)
        alias = desk.new_credential(portal, credential)
        added = desk.vault.add_credential(
            portal,
            alias,
            asking.secret("user name"),
            asking.secret("password", twice=True),
            owner=owner or desk.actor.name,
            totp_seed=asking.maybe_secret("seed of one-time codes (blank: none)"),
        )
    codes = "with one-time codes" if added.has_totp else "without one-time codes"
    typer.echo(f"Credential {alias} for {portal} is sealed, version {added.version}, {codes}.")


@app.command("answer")
def keep_answer(
    portal: PortalArgument,
    credential: CredentialOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
    from_stdin: FromStdinOption = False,
) -> None:
    """Seal the answer to a security question that the portal asks at its door; the robot answers no other.

    The question, as the portal writes it, and its answer are asked for without showing them, or read with --from-stdin:
    one a line, in this order.

    Example:

    \b
        portalwright vault answer practice-medicaid
    """
    from portalwright.cli.asking import Asking
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    asking = Asking.of(from_stdin=from_stdin)
    with at_desk(Command.VAULT, office, account, asking) as desk:
        alias = desk.credential(portal, credential)
        question = asking.secret("security question, as the portal writes it")
        count = desk.vault.keep_answer(portal, alias, question.reveal(), asking.secret("answer", twice=True))
    typer.echo(f"Credential {alias} for {portal} has {count} sealed answers to security questions.")


@app.command("list")
def list_credentials(office: OfficeOption = None, account: AccountOption = None) -> None:
    """List the credentials: never a secret, never a user name.

    Example:

    \b
        portalwright vault list
    """
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command

    with at_desk(Command.VAULT, office, account) as desk:
        print_table(
            ("portal", "credential", "version", "one-time codes", "owner", "since", "age in days", "password ends"),
            [
                (
                    one.portal,
                    one.alias,
                    one.version,
                    "yes" if one.has_totp else "no",
                    one.owner,
                    one.created_at.date(),
                    one.age.days,
                    _ends(one, desk.office),
                )
                for one in desk.credentials()
            ],
            empty="The vault holds no credential yet; add one with `portalwright vault add PORTAL`.",
        )


_WARNED_DAYS = 14
"""Before the end of a password this is said of it (DESIGN 8)."""


def _ends(credential: "CredentialSummary", office: "Office") -> str:
    """The day on which the portal's password ends, with a word from two weeks before; blank where nobody knows it."""
    from packs.problems import PackError

    try:
        lasts = office.password_lasts(credential.portal, office.pack(credential.portal))
    except (PackError, LookupError):
        return ""
    if lasts is None:
        return ""
    left, day = lasts - credential.age.days, (credential.created_at + timedelta(days=lasts)).date()
    if left > _WARNED_DAYS:
        return str(day)
    return f"{day}: in {left} days" if left > 0 else f"{day}: over"


@app.command("check")
def check(office: OfficeOption = None, account: AccountOption = None) -> None:
    """Open every entry of the vault, show none, and say whether all are sound.

    Example:

    \b
        portalwright vault check
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    with at_desk(Command.VAULT, office, account) as desk:
        report = desk.vault.check()
    typer.echo(
        f"The vault is sound: {report.credentials} credentials and {report.system_secrets} secrets of the program, "
        f"after {report.counter} changes."
    )


@app.command("remove")
def remove(
    portal: PortalArgument,
    credential: CredentialOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Remove a credential from the vault.

    Example:

    \b
        portalwright vault remove practice-national
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    with at_desk(Command.VAULT, office, account) as desk:
        alias = desk.credential(portal, credential)
        desk.vault.remove(portal, alias)
    typer.echo(f"Credential {alias} for {portal} is removed.")


@app.command("release")
def release(
    portal: PortalArgument,
    reason: Annotated[
        str,
        typer.Option("--reason", help="What you did at the portal. It is kept with the presses: no secrets in it."),
    ],
    credential: CredentialOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Say that a blocked sign-in is sound again, so that the robot may press it.

    Do this only after you signed in by hand, or after the payer's help desk unlocked the account: the presses that
    stopped the robot no longer count from then on.

    Example:

    \b
        portalwright vault release practice-national --reason "signed in by hand, password is right"
    """
    from ledger import presses
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    if not reason.strip():
        raise typer.BadParameter("say what you did", param_hint="--reason")
    with at_desk(Command.VAULT, office, account) as desk:
        alias = desk.credential(portal, credential)
        cleared = presses.clear(portal, alias, desk.actor, reason.strip(), utc_now())
    typer.echo(f"Credential {alias} for {portal} may be pressed again; {cleared} presses no longer count.")
