"""`portalwright selectors`: the portal packs, checked before they are trusted."""

from typing import TYPE_CHECKING, Annotated

import typer

from portalwright.cli.options import OfficeOption
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
    rows: list[tuple[str, str, str, str]] = []
    for name, folder in pack_folders(found.folder if found else None).items():
        whose = "office" if found and folder.is_relative_to(found.folder) else "shipped"
        try:
            pack = read_pack(folder)
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
    from packs.load import load_pack, pack_folders, read_pack
    from packs.problems import PackError
    from portalwright.cli.opening import office_or_none

    found = office_or_none(office)
    place = found.folder if found else None
    folders = pack_folders(place)
    if portal is not None:
        load_pack(portal, place)
        folders = {portal: folders[portal]}
    worst = ExitCode.FINE
    for name, folder in folders.items():
        try:
            pack = read_pack(folder)
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


@app.command("schema")
def schema() -> None:
    """Print the JSON Schema of packs, for editors.

    Example:

    \b
        portalwright selectors schema > selectors/portal.schema.json
    """
    from packs.schema import portal_schema

    typer.echo(portal_schema(), nl=False)


def _differences(pack: "Pack", folder: "Path") -> "list[Difference]":
    import asyncio
    import tempfile
    from pathlib import Path

    from bots.browser import BrowserHost, NoBrowser, find_browser
    from bots.recorded import check_recorded

    browser = find_browser()
    if browser is None:
        raise NoBrowser("There is no browser on this computer. Run `portalwright browser` to get one.")

    async def read(temporary: Path) -> "list[Difference]":
        async with BrowserHost(temporary, browser, "pack check") as host:
            return await check_recorded(pack, folder, host)

    with tempfile.TemporaryDirectory() as temporary:
        return asyncio.run(read(Path(temporary)))
