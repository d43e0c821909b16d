"""`portalwright cases`: what waits for a person."""

import json
from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalOption

if TYPE_CHECKING:
    from ledger.cases import CaseRecord

app = typer.Typer(rich_markup_mode=None, invoke_without_command=True)

CaseNumber = Annotated[int, typer.Argument(metavar="NUMBER", help="The case's number, from the list.")]


@app.callback()
def cases(
    context: typer.Context, portal: PortalOption = None, office: OfficeOption = None, account: AccountOption = None
) -> None:
    """What the robot could not settle and a person must. Without a further word: the list of open cases.

    Example:

    \b
        portalwright cases
        portalwright cases show 12
        portalwright cases close 12 --how ask-again
    """
    if context.invoked_subcommand is None:
        list_cases(portal, as_json=False, office=office, account=account)


@app.command("list")
def list_cases(
    portal: PortalOption = None,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """The open cases: first those that stop a portal, a credential or a view, then the oldest.

    Example:

    \b
        portalwright cases list --portal practice-national
    """
    from ledger.cases import list_open
    from portalwright.cli.opening import at_desk
    from portalwright.cli.tables import print_table
    from portalwright.logs import Command
    from portalwright.viewing import record_look

    with at_desk(Command.CASES, office, account) as desk:
        found = list_open(desk.practice.id, portal)
        record_look(desk, "cases.view", len(found), names=as_json, portal=portal)
    if as_json:
        for case in found:
            typer.echo(case.model_dump_json())
        return
    print_table(
        ("case", "code", "portal", "flow", "stops", "number", "questions", "opened", "what"),
        [
            (
                case.id,
                case.code,
                case.portal,
                case.flow,
                case.stops,
                case.number or "",
                case.items,
                case.opened_at,
                case.what,
            )
            for case in found
        ],
        empty="No case is open.",
    )


@app.command("show")
def show(
    number: CaseNumber, as_json: JsonOption = False, office: OfficeOption = None, account: AccountOption = None
) -> None:
    """One case whole, with what the portal showed. Every look is recorded.

    Example:

    \b
        portalwright cases show 12
    """
    from ledger.cases import get
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.viewing import record_look

    with at_desk(Command.CASES, office, account) as desk:
        case = get(desk.practice.id, number)
        record_look(desk, "case.view", 1, names=True, portal=case.portal, case_id=case.id)
    if as_json:
        typer.echo(json.dumps(case.model_dump(mode="json")))
        return
    for line in _lines(case):
        typer.echo(line)


@app.command("close")
def close(
    number: CaseNumber,
    how: Annotated[
        str,
        typer.Option(
            "--how",
            help="ask-again: the cause is gone, ask the portal again. done-by-hand: you found the answer yourself, or "
            "nobody needs it any more.",
        ),
    ],
    note: Annotated[str, typer.Option("--note", help="What you did; kept with the case.")] = "",
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """End a case by what becomes of its questions; what it stopped goes on.

    A case about a sign-in does not free the credential: that is `portalwright vault release`. A payment that the case
    held is posted from then on, if it adds up.

    Example:

    \b
        portalwright cases close 12 --how ask-again
    """
    from ledger.cases import close as close_case
    from ledger.posting import freed
    from ledger.states import Resolution
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now

    resolution = choice(Resolution, how, "--how")
    with at_desk(Command.CASES, office, account) as desk:
        moved = close_case(number, desk.actor, resolution, utc_now(), note=note)
        payments = freed(desk.practice.id, number)
    then = "will be asked again" if resolution is Resolution.ASK_AGAIN else "are done"
    typer.echo(f"Case {number} is closed" + (f"; {moved} questions {then}." if moved else "."))
    if payments:
        listed = ", ".join(map(str, payments))
        typer.echo(f"Nothing holds payment {listed} any more: the next `portalwright posting export` gives it.")


def _lines(case: "CaseRecord") -> list[str]:
    from portalwright.cli.tables import printable

    facts = [
        ("what", case.what),
        ("portal", case.portal),
        ("flow", case.flow),
        ("credential", case.alias),
        ("view", case.view),
        ("element", case.element),
        ("number", case.number),
        ("stops", case.stops),
        ("questions waiting", case.items),
        ("times seen", case.times),
        ("opened by", "" if case.ours else "another practice of this office, which closes it"),
        ("opened", f"{case.opened_at:%Y-%m-%d %H:%M} UTC"),
        ("closed", case.closed_at and f"{case.closed_at:%Y-%m-%d %H:%M} UTC by {case.closed_by}: {case.resolution}"),
        ("note", case.note),
    ]
    lines = [f"Case {case.id}: {case.code} ({case.family}), {case.state}"]
    lines += [f"  {name}: {printable(str(fact))}" for name, fact in facts if fact]
    if case.ways:
        lines.append("  the ways to find it:")
        lines += [f"    {printable(way)}" for way in case.ways]
    if case.seen:
        lines.append("  what was seen:")
        lines += [f"    {shown.where}: {printable(shown.text)}" for shown in case.seen]
    for place, candidate in enumerate(case.candidates, start=1):
        lines.append(f"  candidate {place}:")
        lines += [f"    {name}: {printable(shown.text)}" for name, shown in candidate.cells.items()]
    return lines
