"""`portalwright appointment`: everything that happened to one appointment, in its order."""

from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, NamesOption, OfficeOption, PortalOption


def appointment(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The appointment number, in full.")],
    *,
    portal: PortalOption = None,
    names: NamesOption = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """An appointment's time-line: when it came in, each attempt, each answer about the coverage, each case.

    Every look is recorded.

    Example:

    \b
        portalwright appointment VISIT-2001
        portalwright appointment VISIT-2001 --portal practice-national --json
    """
    from flows.questions import Flow
    from ledger.time_line import time_lines
    from portalwright.cli.opening import at_desk
    from portalwright.cli.time_line import print_time_lines
    from portalwright.logs import Command
    from portalwright.viewing import record_look

    with at_desk(Command.APPOINTMENT, office, account) as desk:
        found = time_lines(desk.practice.id, number, portal, Flow.ELIGIBILITY)
        record_look(desk, "appointment.view", len(found), names=names or as_json, portal=portal, about="appointment")
    print_time_lines([(line, ()) for line in found], names=names, as_json=as_json)
