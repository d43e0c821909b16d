"""`portalwright notify`: who is told by e-mail or webhook when the night needs somebody."""

from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, FromStdinOption, OfficeOption

app = typer.Typer(no_args_is_help=True, rich_markup_mode=None)

NameArgument = Annotated[str, typer.Argument(metavar="NAME", help="Your name for the target, such as 'manager'.")]


@app.callback()
def group() -> None:
    """Who is told by e-mail or webhook when the night needs somebody: counts and names of portals, never a patient.

    Example:

    \b
        portalwright notify add manager
        portalwright notify test
    """


@app.command("add")
def add(
    name: NameArgument, office: OfficeOption = None, account: AccountOption = None, from_stdin: FromStdinOption = False
) -> None:
    """Seal the address of a mail server or webhook; it is asked for without showing it, because it holds a password.

    Addresses are written as Apprise has them: mailtos://user:password@mail.example.com?to=manager@example.com for
    e-mail, jsons://hooks.example.com/path for a webhook. The same name again takes the place of the old address.

    Example:

    \b
        portalwright notify add manager
    """
    from ledger import audit
    from portalwright.cli.asking import Asking
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.watching import sending, targets
    from portalwright.watching.targets import Target

    asking = Asking.of(from_stdin=from_stdin)
    with at_desk(Command.NOTIFY, office, account, asking) as desk:
        address = asking.secret("address to send to")
        kind = sending.kind_of(Target(name, address))
        replaced = targets.add(desk.vault, name, address)
        audit.append(desk.actor, "notify.add", "notification-target", name, utc_now())
    typer.echo(f"Target {name} ({kind}) is sealed{' in the place of the old one' if replaced else ''}.")
    typer.echo(f"See whether it works: portalwright notify test {name}")


@app.command("list")
def list_targets(office: OfficeOption = None, account: AccountOption = None) -> None:
    """The targets, and what kind of service each is; never an address.

    Example:

    \b
        portalwright notify list
    """
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.watching import sending, targets

    with at_desk(Command.NOTIFY, office, account) as desk:
        rows = [(one.name, sending.kind_of(one)) for one in targets.targets(desk.vault)]
    print_table(("target", "kind"), rows, empty="Nobody is told yet; add a target with `portalwright notify add NAME`.")


@app.command("remove")
def remove(name: NameArgument, office: OfficeOption = None, account: AccountOption = None) -> None:
    """Forget a target; nothing is sent there any more.

    Example:

    \b
        portalwright notify remove manager
    """
    from ledger import audit
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.watching import targets

    with at_desk(Command.NOTIFY, office, account) as desk:
        targets.remove(desk.vault, name)
        audit.append(desk.actor, "notify.remove", "notification-target", name, utc_now())
    typer.echo(f"Target {name} is forgotten.")


@app.command("test")
def test(
    name: Annotated[str | None, typer.Argument(metavar="[NAME]", help="The target; all of them when left out.")] = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Send a message that says it is a test; exit code 1 when one of the targets did not take it.

    Example:

    \b
        portalwright notify test
    """
    from portalwright.cli.opening import at_desk
    from portalwright.exit_codes import ExitCode
    from portalwright.logs import Command
    from portalwright.watching import sending, targets
    from portalwright.watching.targets import TargetRefused

    with at_desk(Command.NOTIFY, office, account) as desk:
        wanted = [one for one in targets.targets(desk.vault) if name is None or one.name == name]
        if not wanted:
            raise TargetRefused("There is no such target. Nothing was sent; see `portalwright notify list`.")
        taken = [
            (one.name, sending.send(one, "a test", "This office can reach you. Nothing has happened."))
            for one in wanted
        ]
    for target, done in taken:
        typer.echo(f"{target}: {'sent' if done else 'not taken by the server; look at the address and the server'}")
    if not all(done for _, done in taken):
        raise typer.Exit(ExitCode.NEEDS_PERSON)


@app.command("send")
def send(office: OfficeOption = None, account: AccountOption = None) -> None:
    """Look at the night once and tell what has not been told; for a timer beside the worker, which does it by itself.

    A worker that has died cannot say so: let a timer of the operating system call this every few minutes. Exit code 1
    when a message did not reach everybody; it is sent again later.

    Example:

    \b
        portalwright notify send
    """
    from ledger import notifications
    from portalwright.cli.opening import at_desk
    from portalwright.doors import OfficeDoors
    from portalwright.exit_codes import ExitCode
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.watching import sending
    from portalwright.watching.telling import tell
    from portalwright.watching.watch import log_sending, look_and_note

    sent = missed = 0
    with at_desk(Command.NOTIFY, office, account) as desk:
        looked = look_and_note(OfficeDoors({desk.practice.id: desk}), desk, utc_now())
        for taken in looked.taken:
            told, wholly = tell(taken, looked.to, sending.send)
            notifications.settle(taken, told, desk.robot, utc_now(), wholly=wholly)
            log_sending(desk.log, taken, wholly=wholly)
            sent, missed = sent + wholly, missed + (not wholly)
    if not looked.to:
        typer.echo("Nobody is told yet; add a target with `portalwright notify add NAME`.")
    else:
        typer.echo(
            f"{sent} messages sent" + (f", {missed} did not reach everybody and are sent again." if missed else ".")
        )
    if missed:
        raise typer.Exit(ExitCode.NEEDS_PERSON)
