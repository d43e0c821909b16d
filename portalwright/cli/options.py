"""The options that many commands share, said once."""

import re
from contextvars import ContextVar
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated

import typer


def day(text: str) -> datetime:
    """The beginning of a day that is written as YYYY-MM-DD; raises a usage error for any other text."""
    try:
        if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text):
            return datetime.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text} is a day that no calendar has") from None
    raise typer.BadParameter("is not a day as YYYY-MM-DD, such as 2026-11-21")


def dollars(text: str) -> Decimal:
    """An amount that is written as dollars and cents; raises a usage error for any other text."""
    if not re.fullmatch(r"[0-9]{1,9}(\.[0-9]{2})?", text):
        raise typer.BadParameter("is not an amount as dollars and cents, such as 25.00")
    return Decimal(text)


WANTED_PRACTICE: ContextVar[str | None] = ContextVar("WANTED_PRACTICE", default=None)
"""The tax number that was given before the command; a context's own, so that each command has its own."""


def everywhere(
    practice: Annotated[
        str | None,
        typer.Option(
            "--practice",
            envvar="PORTALWRIGHT_PRACTICE",
            metavar="TIN",
            help="The practice to work for, by its tax number; needed where your account works for several.",
        ),
    ] = None,
) -> None:
    """Options that stand before the command. `opening.at_desk` looks at them."""
    WANTED_PRACTICE.set(practice)


OfficeOption = Annotated[
    Path | None,
    typer.Option(
        "--office",
        envvar="PORTALWRIGHT_OFFICE",
        metavar="DIR",
        help="The office folder; the current folder when it holds an office.toml.",
    ),
]

AccountOption = Annotated[
    str | None,
    typer.Option(
        "--account", metavar="NAME", help="In whose name this is recorded; your name on this computer when left out."
    ),
]

FromStdinOption = Annotated[
    bool,
    typer.Option(
        "--from-stdin",
        help="Read secrets from standard input, one a line, instead of asking. A passphrase, where the office has one, "
        "is the first line.",
    ),
]

CredentialOption = Annotated[
    str | None,
    typer.Option(
        "--credential", metavar="NAME", help="The credential's name; office.toml's, or 'main', when left out."
    ),
]

SinceOption = Annotated[
    datetime | None,
    typer.Option("--since", parser=day, metavar="YYYY-MM-DD", help="Recorded on this day (UTC) or later."),
]

NamesOption = Annotated[bool, typer.Option("--names", help="Patients' names too.")]

LinesOption = Annotated[
    bool, typer.Option("--lines", help="A row for each service line (or benefit) instead of each claim (csv and xlsx).")
]

JsonOption = Annotated[bool, typer.Option("--json", help="JSON on standard output, for programs.")]

PortalArgument = Annotated[str, typer.Argument(metavar="PORTAL", help="The portal's name: that of its pack.")]

PortalOption = Annotated[str | None, typer.Option("--portal", metavar="PORTAL", help="Only this portal.")]

KeyKindOption = Annotated[
    str | None,
    typer.Option(
        "--key",
        metavar="KIND",
        help="Where the key comes from: file, passphrase, keyring or command; a file if unsaid.",
    ),
]

KeyCommandOption = Annotated[
    str | None,
    typer.Option(
        "--key-command",
        metavar="WORDS",
        help="The program that prints the key, and what it is given; no shell runs it.",
    ),
]
