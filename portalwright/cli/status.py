"""`portalwright status`: how the work stands at each portal, and what holds it up."""

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption

if TYPE_CHECKING:
    from collections.abc import Iterator

    from flows.questions import Flow
    from ledger.permissions import Expiring
    from ledger.work import Counts
    from portalwright.office import Desk


_NOT_PERMITTED = "not permitted"
_MINUTE = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class _Standing:
    """How one flow at one portal stands; numbers of questions. `cases`: those of this flow, and what stops it too."""

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

    @property
    def begun(self) -> bool:
        """Has anything been asked or permitted?"""
        asked = self.ready or self.waiting or self.running or self.done or self.parked
        return bool(asked) or self.permission != _NOT_PERMITTED


def status(
    *,
    portal: PortalOption = None,
    live: Annotated[
        bool, typer.Option("--live", help="The night as it goes: sessions, pace, when it will be done; until Ctrl-C.")
    ] = False,
    check: Annotated[
        bool, typer.Option("--check", help="Only what is not well, with an exit code for monitoring.")
    ] = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """How the work stands: questions, open cases, permission, sign-in and the last run of each job at each portal.

    Eligibility and remittances are left out where nothing was ever asked or permitted.

    With --live: the night as it goes, anew every two seconds; once where the output is no terminal. Its times are the
    office's own. With --check, the exit code is that of the worst finding: 13 no worker is at work, 7 something stands
    still until a person acts, 11 a session is stuck, 12 the work will not be done in time, 0 all is well.

    Example:

    \b
        portalwright status
        portalwright status --portal practice-national --json
        portalwright status --live
        portalwright status --check
    """
    from flows.questions import Flow
    from portalwright.cli import status_live
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command

    if live or check:
        with at_desk(Command.STATUS, office, account) as desk:
            show = status_live.check if check else status_live.live
            show(desk, None if portal is None else (portal,), as_json=as_json)
        return
    with at_desk(Command.STATUS, office, account) as desk:
        portals = desk.office.portals() if portal is None else (portal,)
        every = [row for name in portals for row in _standings(desk, name)]
        not_well = status_live.of_office(desk)
    rows = [row for row in every if row.flow == Flow.CLAIM_STATUS or row.begun]
    if as_json:
        typer.echo(json.dumps([asdict(row) for row in rows]))
        return
    print_table(
        tuple(name.replace("_", " ") for name in _Standing.__dataclass_fields__),
        [tuple(asdict(row).values()) for row in rows],
        empty="There is no pack for any portal.",
    )
    for one in not_well:
        typer.echo(f"{one.what[:1].upper()}{one.what[1:]}.", err=True)


def _standings(desk: "Desk", portal: str) -> "Iterator[_Standing]":
    """Every flow of a portal; what holds the portal itself up is looked up once."""
    from flows.questions import Flow
    from ledger import cases, permissions, runs, work
    from ledger.states import Stops
    from portalwright.office import utc_now

    now, waiting = utc_now(), cases.list_open(desk.practice.id, portal)
    ends = {one.flow: one for one in permissions.expiring(desk.practice.id, now.date()) if one.portal == portal}
    sign_in, waits = _sign_in(desk, portal), _waits(desk, portal)
    for flow in Flow:
        counts = work.counts(desk.practice.id, portal, flow, now)
        newest = next(iter(runs.latest(desk.practice.id, 1, portal=portal, flow=flow)), None)
        yield _Standing(
            portal=portal,
            flow=flow,
            ready=counts.ready,
            waiting=counts.waiting,
            running=counts.running,
            done=counts.done,
            parked=counts.parked,
            cases=sum(case.flow is flow or case.stops in {Stops.PORTAL, Stops.CREDENTIAL} for case in waiting),
            permission=_permission(desk, portal, flow) + _until(ends.get(flow)),
            sign_in=sign_in,
            waits=", ".join(one for one in (waits, _put_off(counts)) if one),
            last_run=f"{newest.started_at:{_MINUTE}} {newest.why_ended or 'running'}" if newest else "never",
        )


def _put_off(counts: "Counts") -> str:
    """Until when the first of the questions that wait does."""
    from portalwright.words import full_minute

    return f"questions until {full_minute(counts.next_at)} UTC" if counts.next_at is not None else ""


def _until(ends: "Expiring | None") -> str:
    """The last day of a permission that ends soon."""
    return f" until {ends.valid_to}" if ends is not None and ends.notice is not None else ""


def _permission(desk: "Desk", portal: str, flow: "Flow") -> str:
    from ledger import permissions
    from ledger.errors import NotPermitted
    from portalwright.office import utc_now

    try:
        permit = permissions.check(portal, flow, desk.practice.id, utc_now(), attended=True)
    except NotPermitted:
        return _NOT_PERMITTED
    return "own test system" if permit.simulator_only else "permitted"


def _sign_in(desk: "Desk", portal: str) -> str:
    """May the robot press the sign-in button of this portal's credential now?"""
    from ledger.presses import LockoutRule, PressKind, standing
    from portalwright.office import utc_now

    alias = desk.usual_credential(portal)
    held = [one for one in desk.credentials() if (one.portal, one.alias) == (portal, alias)]
    if not held:
        return "no credential"
    lockout = desk.office.pack(portal).lockout
    for kind, attempts in ((PressKind.PASSWORD, lockout.attempts), (PressKind.CODE, lockout.code_attempts)):
        rule = LockoutRule(attempts, lockout.window)
        if standing(desk.practice.id, portal, alias, held[0].version, rule, now=utc_now(), kind=kind).bar is not None:
            return "blocked, see cases"
    return "ready"


def _waits(desk: "Desk", portal: str) -> str:
    """What holds the portal up that is neither a case nor a block: a code, terms to read, closed until some time."""
    from ledger import closures, codes, terms
    from portalwright.office import utc_now

    now, alias = utc_now(), desk.usual_credential(portal)
    held = []
    if wanted := codes.waiting(desk.practice.id, portal, alias, now):
        held.append(f"code wanted until {wanted.until:%H:%M} UTC")
    if closed := closures.standing(portal, now, alias=alias):
        what = "sign-in rests" if closed.alias else "closed"
        held.append(f"{what} until {closed.until:{_MINUTE}} UTC ({closed.code})")
    if terms.waiting(portal, desk.practice.id):
        held.append("terms to read")
    return ", ".join(held)
