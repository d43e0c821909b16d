"""`portalwright vault pending`: a sign-in with two passwords, and a person's word on which one of them works."""

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, CredentialOption, OfficeOption, PortalArgument

if TYPE_CHECKING:
    from ledger.password_changes import Change
    from portalwright.office import Desk
    from vault.pending_password import PendingPassword

_NEW, _OLD = "new", "old"


def pending(
    portal: PortalArgument,
    *,
    show: Annotated[
        bool,
        typer.Option("--show", help="Show both passwords, to the one who answers for the sign-in; only at a terminal."),
    ] = False,
    works: Annotated[
        str | None,
        typer.Option("--works", metavar="new|old", help="Say which one works, after you tried it by hand."),
    ] = None,
    drop: Annotated[
        bool, typer.Option("--drop", help="Let go of a new password that was never sent to the portal.")
    ] = False,
    reason: Annotated[
        str, typer.Option("--reason", help="What you did at the portal, for the audit log: no secrets in it.")
    ] = "",
    credential: CredentialOption = None,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Show which two passwords a sign-in has after a change whose end nobody saw, and say which one works.

    The robot presses neither until one is proved. Sign in at the portal by hand, once, with the new one first; then say
    what you found. It is recorded in your name, the other password is let go of, and the robot signs in again.

    Example:

    \b
        portalwright vault pending practice-medicaid
        portalwright vault pending practice-medicaid --works new --reason "signed in by hand with the new one"
    """
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command

    if works is not None and works not in (_NEW, _OLD):
        raise typer.BadParameter("must be 'new' or 'old'", param_hint="--works")
    if sum((show, works is not None, drop)) > 1:
        raise typer.BadParameter("--show, --works and --drop are three different acts", param_hint="--works")
    if (works is not None or drop) and not reason.strip():
        raise typer.BadParameter("say what you did", param_hint="--reason")
    if show and not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise typer.BadParameter("shown at a terminal only, never into a file or a pipe", param_hint="--show")
    with at_desk(Command.VAULT, office, account) as desk:
        alias = desk.credential(portal, credential)
        if works is not None:
            said = _settle(desk, portal, alias, new_works=works == _NEW, reason=reason.strip())
        elif drop:
            said = _drop(desk, portal, alias, reason.strip())
        elif show:
            said = _shown(desk, portal, alias)
        else:
            said = _listed(desk, portal, alias)
    for line in said:
        typer.echo(line)


def _listed(desk: "Desk", portal: str, alias: str) -> list[str]:
    """Both passwords by version and age, and what is known of the new one; no secret is opened."""
    waiting = desk.vault.pending.find(portal, alias)
    if waiting is None:
        return [f"No new password of credential {alias} for {portal} waits to be proved."]
    in_use = next(one for one in desk.vault.list() if (one.portal, one.alias) == (portal, alias))
    return [
        f"Credential {alias} for {portal}, for which {in_use.owner} answers, has two passwords:",
        f"  old: version {in_use.version}, since {in_use.created_at:%Y-%m-%d %H:%M} UTC ({_age(in_use.age.days)}).",
        f"  new: version {waiting.version}, since {waiting.created_at:%Y-%m-%d %H:%M} UTC ({_age(waiting.age.days)}).",
        _known(_change(desk, waiting)),
    ]


def _shown(desk: "Desk", portal: str, alias: str) -> list[str]:
    """The two passwords themselves. Each is recorded as used, for this purpose, before it is opened."""
    from vault.errors import PendingPasswordMissing, ShownToOwnerOnly

    waiting = desk.vault.pending.find(portal, alias)
    if waiting is None:
        raise PendingPasswordMissing(portal, alias)
    if desk.actor.name != waiting.owner:
        raise ShownToOwnerOnly(portal, alias, waiting.owner)
    purpose = "shown to its owner"
    old = desk.vault.credential(portal, alias, purpose)
    new = desk.vault.pending.credential(portal, alias, purpose)
    return [f"old: {old.password.reveal()}", f"new: {new.password.reveal()}", "Clear this screen when you are done."]


def _settle(desk: "Desk", portal: str, alias: str, *, new_works: bool, reason: str) -> list[str]:
    """The ledger learns it first: should we die before the vault does, the next sign-in acts on that word."""
    from ledger import password_changes
    from portalwright.office import utc_now
    from vault.errors import PendingPasswordMissing

    waiting = desk.vault.pending.find(portal, alias)
    if waiting is None:
        raise PendingPasswordMissing(portal, alias)
    cleared = password_changes.settle_by_person(
        portal, alias, waiting.version, desk.actor, new_works=new_works, reason=reason, now=utc_now()
    )
    if new_works:
        desk.vault.pending.promote(portal, alias, waiting.version)
    else:
        desk.vault.pending.drop(portal, alias, waiting.version, "a person says that the old one works")
    which = f"new password, version {waiting.version}," if new_works else "old password"
    return [f"The {which} of credential {alias} for {portal} is used from now on; {cleared} presses no longer count."]


def _drop(desk: "Desk", portal: str, alias: str, reason: str) -> list[str]:
    from ledger import password_changes
    from portalwright.office import utc_now
    from vault.errors import PendingPasswordMissing

    waiting = desk.vault.pending.find(portal, alias)
    if waiting is None:
        raise PendingPasswordMissing(portal, alias)
    password_changes.check_unpressed(portal, alias, waiting.version, desk.actor, utc_now())
    desk.vault.pending.drop(portal, alias, waiting.version, reason)
    return [f"The new password of credential {alias} for {portal} is dropped; the one in use still stands."]


def _change(desk: "Desk", waiting: "PendingPassword") -> "Change | None":
    from ledger import password_changes

    return password_changes.of_version(desk.practice.id, waiting.portal, waiting.alias, waiting.version)


def _known(change: "Change | None") -> str:
    """What is known of the new password, and who has to do what."""
    if change is None or change.took is False:
        return "The new one was not taken by the portal, or never sent. The robot uses the old one and drops it."
    if change.took:
        return "The new one has opened the door. The robot uses it from its next sign-in on."
    sent = f"The new one was sent at {change.pressed_at:%Y-%m-%d %H:%M} UTC, and its answer is not known."
    if change.result is None and not change.tried:
        return f"{sent} The robot's next sign-in tries it once; or try it by hand and say with --works."
    return f"{sent} The robot presses neither. Try the new one by hand, once, then the old one, and say with --works."


def _age(days: int) -> str:
    return "today" if days < 1 else "1 day old" if days == 1 else f"{days} days old"
