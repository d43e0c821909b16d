"""`portalwright claim`: everything that happened to one claim, in its order."""

from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, NamesOption, OfficeOption, PortalOption


def claim(
    number: Annotated[str, typer.Argument(metavar="NUMBER", help="The patient account number, in full.")],
    *,
    portal: PortalOption = None,
    names: NamesOption = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """A claim's time-line: when it came in, each attempt, answer, case and task, acknowledgements, payments.

    Every look is recorded.

    Example:

    \b
        portalwright claim ACCT-1001
        portalwright claim ACCT-1001 --portal practice-national --json
    """
    from ledger.time_line import time_lines
    from portalwright.claim_payments import events_of
    from portalwright.claim_tasks import task_events
    from portalwright.cli.opening import at_desk
    from portalwright.cli.time_line import print_time_lines
    from portalwright.logs import Command
    from portalwright.viewing import record_look

    with at_desk(Command.CLAIM, office, account) as desk:
        practice_id = desk.practice.id
        found = time_lines(practice_id, number, portal)
        portals = ((line, line.question.portal) for line in found)
        with_sent = [
            (line, [*events_of(practice_id, at, number), *task_events(practice_id, at, number)]) for line, at in portals
        ]
        record_look(desk, "claim.view", len(found), names=names or as_json, portal=portal)
    print_time_lines(with_sent, names=names, as_json=as_json)
