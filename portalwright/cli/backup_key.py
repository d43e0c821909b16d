"""What opens a backup, for commands that have no opened office."""

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from vault.keys import KeyProvider


def key_of(file: Path, key_file: Path | None, office: Path | None = None) -> "KeyProvider":
    """The key file that was named, else the office's; a passphrase is asked for where the backup wants one."""
    from portalwright.cli.asking import Asking
    from portalwright.office import Office, OfficeMissing
    from vault.keys import KeyFile, Passphrase
    from vault.sealed_backup import read_header

    with file.open("rb") as source:
        kinds = read_header(source, file.name).key_kinds
    if key_file is not None:
        return KeyFile(key_file.expanduser())
    if kinds == ("passphrase",):
        return Passphrase(Asking.of(from_stdin=False).secret("passphrase of the vault"))
    try:
        found = Office.find(office)
    except OfficeMissing:
        if office is not None:
            raise
        raise typer.BadParameter(
            "is needed: this backup opens with the key file of the office that it was made of", param_hint="--key-file"
        ) from None
    return found.key_provider(partial(Asking.of(from_stdin=False).secret, "passphrase of the vault"))
