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
    """A claim's time-line: when it came in, each attempt, answer and case, acknowledgements and payments.

    Every look is recorded.

    Example:

    \b
        portalwright claim ACCT-1001
        portalwright claim ACCT-1001 --portal practice-national --json
    """
    from ledger.time_line import time_lines
    from portalwright.claim_payments import events_of
    from portalwright.cli.opening import at_desk
    from portalwright.cli.time_line import print_time_lines
    from portalwright.logs import Command
    from portalwright.viewing import record_look

    with at_desk(Command.CLAIM, office, account) as desk:
        found = time_lines(number, portal)
        with_sent = [(line, events_of(line.question.portal, number)) for line in found]
        record_look(desk, "claim.view", len(found), names=names or as_json, portal=portal)
    print_time_lines(with_sent, names=names, as_json=as_json)
