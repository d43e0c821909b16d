"""A practice's name and numbers as they are given on the command line."""

from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from portalwright.settings import PracticeSettings


def checked_practice(name: str, tin: str, npis: str) -> "PracticeSettings":
    """The practice, its NPIs parted by commas; raises a usage error that says what a wrong one must be."""
    from pydantic import ValidationError

    from portalwright.settings import PracticeSettings

    try:
        return PracticeSettings(name=name, tin=tin, npis=tuple(part.strip() for part in npis.split(",")))
    except ValidationError as error:
        field = str(error.errors()[0]["loc"][0])
        hints = {"name": "a name", "tin": "nine digits", "npis": "ten digits each, with a right check digit"}
        raise typer.BadParameter(f"must be {hints[field]}", param_hint=f"--{field.removesuffix('s')}") from None
