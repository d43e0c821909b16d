"""`portalwright run`: the robot asks a portal everything that is due."""

import json
import time
from typing import Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalArgument


def run(
    portal: PortalArgument,
    *,
    flow: Annotated[
        str, typer.Option("--flow", help="The job: claim-status, eligibility, remittances, appeal or appeal-status.")
    ] = "claim-status",
    limit: Annotated[int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many questions.")] = None,
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser's window.")] = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Sign in once, ask what is due of one job, write the answers into the ledger, sign out.

    Claim status is asked about claims, eligibility about appointments; remittances are fetched for the periods that
    `portalwright remits ask` has put on the list; appeals are filed once each after a person has approved them, and
    asked about until they are decided. Reports that a portal makes ready first are fetched by a later run.
    Ctrl-C ends it cleanly. A run that leaves cases for a person has still done its work (exit code 0); one that was
    stopped by the portal, the credential or a page that is not recognised has not (exit code 7); one that should come
    again later says when (exit code 9). A run that waits for a one-time code says so: `portalwright code PORTAL`.

    Example:

    \b
        portalwright run practice-national --limit 20
        portalwright run practice-national --flow eligibility
    """
    from flows.questions import Flow
    from ledger.work import counts
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.office import utc_now
    from portalwright.progress import counts_text, shown_progress
    from portalwright.running import exit_code, run_portal
    from portalwright.words import full_minute

    job = choice(Flow, flow, "--flow")
    began = time.monotonic()
    with at_desk(Command.RUN, office, account, unattended=True) as desk, shown_progress() as show:
        report = run_portal(desk, portal, job, show, limit=limit, headed=headed)
        waiting = counts(desk.practice.id, portal, job, utc_now())
    seconds = round(time.monotonic() - began, 1)
    if as_json:
        stopped = report.stopped
        typer.echo(
            json.dumps(
                {
                    "run": report.run_id,
                    "flow": job.value,
                    "why": report.why,
                    "by_ending": {ending.value: times for ending, times in report.by_ending.items()},
                    "signed_out": report.signed_out,
                    "stopped": stopped
                    and {
                        "code": stopped.code,
                        "what": stopped.what,
                        "view": stopped.view,
                        "element": stopped.element,
                    },
                    "again_at": report.again_at and report.again_at.isoformat(),
                    "weak_elements": report.weak_elements,
                    "seconds": seconds,
                }
            )
        )
    else:
        typer.echo(
            f"Run {report.run_id}: {report.why}; {counts_text(report.by_ending) or 'nothing asked'}; {seconds} s."
        )
        if report.weak_elements:
            typer.echo(
                f"Found, but not by all their ways (the portal begins to change): {', '.join(report.weak_elements)}"
            )
        if report.again_at is not None:
            typer.echo(f"Run it again after {full_minute(report.again_at)} UTC.", err=True)
        elif not report.by_ending and waiting.next_at is not None:
            typer.echo(f"{waiting.waiting} wait, the first until {full_minute(waiting.next_at)} UTC.", err=True)
        if report.stopped is not None:
            typer.echo(
                f"It stopped: {report.stopped.what} ({report.stopped.code}) No question was lost; see "
                "`portalwright cases list`.",
                err=True,
            )
    if code := exit_code(report):
        raise typer.Exit(code)
