"""`portalwright selectors`: the portal packs, checked before they are trusted."""

from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import AccountOption, JsonOption, OfficeOption, PortalArgument
from portalwright.exit_codes import ExitCode

if TYPE_CHECKING:
    from pathlib import Path

    from bots.recorded import Difference
    from packs.models import Pack

app = typer.Typer(rich_markup_mode=None, no_args_is_help=True)


@app.callback()
def group() -> None:
    """The portal packs: what the robot knows of each portal, as data.

    Example:

    \b
        portalwright selectors list
        portalwright selectors check practice-national
    """


@app.command("list")
def list_packs(office: OfficeOption = None) -> None:
    """The portals that there is a pack for: the office's own before the shipped ones.

    Example:

    \b
        portalwright selectors list
    """
    from packs.load import pack_folders, read_pack
    from packs.problems import PackError
    from portalwright.cli.opening import office_or_none
    from portalwright.cli.tables import print_table

    found = office_or_none(office)
    place = found.folder if found else None
    rows: list[tuple[str, str, str, str]] = []
    for name, folder in pack_folders(place).items():
        whose = "office" if place and folder.is_relative_to(place) else "shipped"
        try:
            pack = read_pack(folder, place)
            rows.append((name, pack.title, pack.version, whose))
        except PackError as error:
            rows.append((name, f"cannot be used: {len(error.problems)} problems", "", whose))
    print_table(("portal", "title", "version", "from"), rows, empty="There is no pack.")


@app.command("check")
def check(
    portal: Annotated[str | None, typer.Argument(metavar="[PORTAL]", help="One portal; all when left out.")] = None,
    recorded: Annotated[
        bool, typer.Option("--recorded", help="Read the recorded pages in a browser too, and compare the answers.")
    ] = False,
    office: OfficeOption = None,
) -> None:
    """Check packs for contradictions; each problem is told with file, line and key.

    Example:

    \b
        portalwright selectors check practice-national --recorded
    """
    from packs.load import load_pack, pack_folders, read_pack, stray_overlays
    from packs.problems import PackError
    from portalwright.cli.opening import office_or_none

    found = office_or_none(office)
    place = found.folder if found else None
    folders = pack_folders(place)
    if portal is not None:
        load_pack(portal, place)
        folders = {portal: folders[portal]}
    worst = ExitCode.FINE
    for problem in stray_overlays(place) if portal is None else ():
        typer.echo(str(problem), err=True)
        worst = ExitCode.OFFICE
    for name, folder in folders.items():
        try:
            pack = read_pack(folder, place)
        except PackError as error:
            typer.echo(str(error), err=True)
            worst = ExitCode.OFFICE
            continue
        typer.echo(f"{name}: version {pack.version}, no contradictions.")
        for difference in _differences(pack, folder) if recorded else ():
            typer.echo(f"{name}, recorded/{difference.page}: {difference.what}", err=True)
            worst = worst or ExitCode.NEEDS_PERSON
    if worst:
        raise typer.Exit(worst)


@app.command("show")
def show(
    portal: Annotated[str, typer.Argument(metavar="PORTAL", help="The portal whose pack to show.")],
    office: OfficeOption = None,
) -> None:
    """Print a pack as it counts: with its family's parts and the office's, and the file that each came from.

    Example:

    \b
        portalwright selectors show practice-national
    """
    from packs.load import layered_pack
    from packs.showing import as_yaml
    from portalwright.cli.opening import office_or_none

    found = office_or_none(office)
    typer.echo(as_yaml(layered_pack(portal, found.folder if found else None)), nl=False)


@app.command("probe")
def probe(
    portal: PortalArgument,
    *,
    flow: Annotated[str, typer.Option("--flow", help="The job whose pages are looked at.")] = "claim-status",
    headed: Annotated[bool, typer.Option("--headed", help="Show the browser's window.")] = False,
    as_json: JsonOption = False,
    office: OfficeOption = None,
    account: AccountOption = None,
) -> None:
    """Sign in and see whether the portal is still what its pack says. Searches only; no question is taken.

    Every search form is opened and asked for somebody who does not exist, and a claim with a final answer is asked
    about again. Runs do the same by themselves when this version of the pack has not passed in the last 24 hours, and
    do not start when it fails.

    Example:

    \b
        portalwright selectors probe practice-national
    """
    import json

    from bots.probe import Probing
    from flows.questions import Flow
    from portalwright.cli.choices import choice
    from portalwright.cli.opening import at_desk
    from portalwright.logs import Command
    from portalwright.progress import shown_progress
    from portalwright.running import exit_code, run_portal

    job = choice(Flow, flow, "--flow")
    with at_desk(Command.SELECTORS, office, account, unattended=True) as desk, shown_progress() as show:
        version = desk.office.pack(portal).version
        report = run_portal(desk, portal, job, show, headed=headed, probing=Probing.ONLY)
    probed, stopped = report.probed, report.stopped
    if as_json:
        typer.echo(
            json.dumps(
                {
                    "portal": portal,
                    "version": version,
                    "passed": probed is not None and probed.passed,
                    "checks": [checked.model_dump() for checked in probed.checks] if probed else [],
                    "weak_elements": probed.weak if probed else (),
                    "stopped": stopped
                    and {
                        "code": stopped.code,
                        "what": stopped.what,
                        "view": stopped.view,
                        "element": stopped.element,
                        "ways": stopped.ways,
                    },
                }
            )
        )
    else:
        for checked in probed.checks if probed else ():
            typer.echo(f"{'ok  ' if checked.passed else 'FAIL'}  {checked.what}: {checked.result}")
        if probed and probed.weak:
            typer.echo(f"Found, but not by all their ways (the portal begins to change): {', '.join(probed.weak)}")
        if probed and probed.passed:
            typer.echo(f"{portal}: the portal is what version {version} of its pack says.")
        elif stopped is not None:
            typer.echo(f"It stopped: {stopped.what} ({stopped.code}) See `portalwright cases list`.", err=True)
            for way in stopped.ways:
                typer.echo(f"  {way}", err=True)
    if code := exit_code(report):
        raise typer.Exit(code)


@app.command("schema")
def schema(
    layer: Annotated[
        bool, typer.Option("--layer", help="The schema of families, overlays and packs that extend a family.")
    ] = False,
) -> None:
    """Print the JSON Schema of packs, for editors.

    Example:

    \b
        portalwright selectors schema > selectors/portal.schema.json
        portalwright selectors schema --layer > selectors/layer.schema.json
    """
    from packs.schema import layer_schema, portal_schema

    typer.echo(layer_schema() if layer else portal_schema(), nl=False)


def _differences(pack: "Pack", folder: "Path") -> "list[Difference]":
    import asyncio
    import tempfile
    from pathlib import Path

    from bots.browser import BrowserHost
    from bots.installed_browser import NoBrowser, find_browser
    from bots.recorded import check_recorded

    browser = find_browser()
    if browser is None:
        raise NoBrowser("There is no browser on this computer. Run `portalwright browser` to get one.")

    async def read(temporary: Path) -> "list[Difference]":
        async with BrowserHost(temporary, browser, "pack check") as host:
            return await check_recorded(pack, folder, host)

    with tempfile.TemporaryDirectory() as temporary:
        return asyncio.run(read(Path(temporary)))
