"""Finds a portal's pack, reads it, and hands it out only when nothing is wrong with it.

The office's own packs come before those that are shipped, so that an office can mend a portal on the day it changes.
"""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

from pydantic import ValidationError

from packs import wording
from packs.check import contradictions
from packs.models import Pack, checked_address
from packs.problems import Finding, PackError, Problem, key_of
from packs.source import read_source

PACK_FILE = "portal.yaml"
RECORDED = "recorded"
"""The folder beside a pack with its recorded pages and the expected answers."""

_NAME = re.compile(r"[a-z][a-z0-9_-]*")
_PYTHON = (".py", ".pyc", ".pyi", ".pyd", ".so", ".pth")


def shipped_folder() -> Path:
    """The packs that come with the product: inside the installed room, else beside it in a checkout."""
    room = Path(__file__).resolve().parent
    installed = room / "shipped"
    return installed if installed.is_dir() else room.parent / "selectors"


def pack_folders(office_folder: Path | None) -> Mapping[str, Path]:
    """Every portal that there is a pack for, by name, with the folder that counts. Sorted by name."""
    folders: dict[str, Path] = {}
    for root in _roots(office_folder):
        for file in root.glob(f"*/{PACK_FILE}"):
            if _NAME.fullmatch(file.parent.name):
                folders.setdefault(file.parent.name, file.parent)
    return dict(sorted(folders.items()))


def pack_names(office_folder: Path | None) -> tuple[str, ...]:
    """The names of all portals that there is a pack for, sorted; `office_folder` is the office itself or None."""
    return tuple(pack_folders(office_folder))


def load_pack(name: str, office_folder: Path | None, *, address: str | None = None) -> Pack:
    """The pack of this portal; `address` (scheme and host) takes the place of the pack's own.

    Raises PackError with everything that is wrong with it, and LookupError when there is no such pack.
    """
    folder = pack_folders(office_folder).get(name)
    if folder is None:
        known = ", ".join(pack_names(office_folder)) or "none"
        raise LookupError(f"There is no pack for a portal of this name. Packs that there are: {known}.")
    pack = read_pack(folder)
    if address is None:
        return pack
    try:
        return pack.model_copy(update={"address": checked_address(address)})
    except ValueError as error:
        problem = Problem("the office's settings", 1, "address", str(error))
        raise PackError([problem]) from None


def read_pack(folder: Path) -> Pack:
    """The pack in this folder, whole and without contradictions. Raises PackError with all its problems."""
    problems = [
        Problem(str(path), 1, key_of(()), "a pack is data and holds no Python; remove this file")
        for path in sorted(folder.rglob("*"))
        if path.suffix in _PYTHON
    ]
    try:
        source = read_source(folder / PACK_FILE)
    except PackError as error:
        raise PackError([*problems, *error.problems]) from None
    try:
        pack = Pack.model_validate(source.data)
    except ValidationError as error:
        raise PackError([*problems, *map(source.problem, wording.findings(error, Pack))]) from None
    problems.extend(map(source.problem, _wrong_folder(pack, folder)))
    problems.extend(map(source.problem, contradictions(pack)))
    if problems:
        raise PackError(problems)
    return pack


def _wrong_folder(pack: Pack, folder: Path) -> Iterator[Finding]:
    if pack.portal != folder.name:
        yield Finding(("portal",), f"must be the name of the pack's folder, '{folder.name}'")


def _roots(office_folder: Path | None) -> Iterator[Path]:
    if office_folder is not None:
        yield office_folder / "selectors"
    yield shipped_folder()
