"""`portalwright browser`: find the browser that the robot will use, or install one."""

from typing import Annotated

import typer

from portalwright.cli.options import OfficeOption


def browser(
    path: Annotated[str | None, typer.Option("--path", metavar="FILE", help="Try this browser.")] = None,
    headed: Annotated[bool, typer.Option("--headed", help="One that can show a window.")] = False,
    office: OfficeOption = None,
) -> None:
    """Say which browser is used, and install one where there is none.

    Example:

    \b
        portalwright browser
        portalwright browser --path /usr/bin/chromium
    """
    from bots.installed_browser import find_browser, install_browser
    from portalwright.cli.opening import office_or_none

    configured = opened.settings.browser.path if (opened := office_or_none(office)) else None
    chosen = path or configured
    found = find_browser(chosen, headed=headed)
    if found is None:
        found = install_browser(typer.echo, headed=headed)
    typer.echo(f"Browser: {found.path} ({' '.join(part for part in (found.kind.value, found.version) if part)})")
