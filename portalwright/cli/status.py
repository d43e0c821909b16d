"""`portalwright status`: how the work stands at each portal, and what holds it up."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption

if TYPE_CHECKING:
    from flows.questions import Flow
    from portalwright.office import Desk


@dataclass(frozen=True)
class _Standing:
    """How one flow at one portal stands; numbers of questions."""

    portal: str
    flow: str
    ready: int
    waiting: int
    running: int
    done: int
    parked: int
    cases: int
    permission: str
    sign_in: str
    waits: str
    last_run: str


def status(
    portal: PortalOption = None, as_json: JsonOption = False, office: OfficeOption = None, account: AccountOption = None
) -> None:
    """How the work stands: questions, open cases, permission, sign-in and the last run of each portal.

    Example:

    \b
        portalwright status
        portalwright status --portal practice-national --json
    """
    from flows.questions import Flow
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command

    with at_desk(Command.STATUS, office, account) as desk:
        portals = desk.office.portals() if portal is None else (portal,)
        rows = [_standing(desk, name, flow) for name in portals for flow in Flow]
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows]))
        return
    print_table(
        tuple(name.replace("_", " ") for name in _Standing.__dataclass_fields__),
        [tuple(asdict(row).values()) for row in rows],
        empty="There is no pack for any portal.",
    )


def _standing(desk: "Desk", portal: str, flow: "Flow") -> _Standing:
    from ledger import cases, permissions, runs, work
    from ledger.errors import NotPermitted
    from portalwright.office import utc_now

    now = utc_now()
    counts = work.counts(portal, flow, now)
    try:
        permit = permissions.check(portal, flow, desk.practice.id, now, attended=True)
        permission = "own test system" if permit.simulator_only else "permitted"
    except NotPermitted:
        permission = "not permitted"
    newest = next(iter(runs.latest(1, portal=portal)), None)
    return _Standing(
        portal=portal,
        flow=flow,
        ready=counts.ready,
        waiting=counts.waiting,
        running=counts.running,
        done=counts.done,
        parked=counts.parked,
        cases=len(cases.list_open(portal)),
        permission=permission,
        sign_in=_sign_in(desk, portal),
        waits=_waits(desk, portal),
        last_run=f"{newest.started_at:%Y-%m-%d %H:%M} {newest.why_ended or 'running'}" if newest else "never",
    )


def _sign_in(desk: "Desk", portal: str) -> str:
    """May the robot press the sign-in button of this portal's credential now?"""
    from ledger.presses import LockoutRule, PressKind, standing
    from portalwright.office import utc_now

    alias = desk.office.settings.portal(portal).credential
    held = [one for one in desk.vault.list() if (one.portal, one.alias) == (portal, alias)]
    if not held:
        return "no credential"
    lockout = desk.office.pack(portal).lockout
    for kind, attempts in ((PressKind.PASSWORD, lockout.attempts), (PressKind.CODE, lockout.code_attempts)):
        rule = LockoutRule(attempts, lockout.window)
        if standing(portal, alias, held[0].version, rule, now=utc_now(), kind=kind).bar is not None:
            return "blocked, see cases"
    return "ready"


def _waits(desk: "Desk", portal: str) -> str:
    """What holds the portal up that is neither a case nor a block: a code, terms to read, closed until some time."""
    from ledger import closures, codes, terms
    from portalwright.office import utc_now

    now, alias = utc_now(), desk.office.settings.portal(portal).credential
    held = []
    if wanted := codes.waiting(portal, alias, now):
        held.append(f"code wanted until {wanted.until:%H:%M} UTC")
    if closed := closures.standing(portal, now, alias=alias):
        what = "sign-in rests" if closed.alias else "closed"
        held.append(f"{what} until {closed.until:%Y-%m-%d %H:%M} UTC ({closed.code})")
    if terms.waiting(portal, desk.practice.id):
        held.append("terms to read")
    return ", ".join(held)
