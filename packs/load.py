"""Finds a portal's pack, reads it, and hands it out only when nothing is wrong with it.

The office's own packs come before those that are shipped, so that an office can mend a portal on the day it changes.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from pydantic import ValidationError

from packs import wording
from packs.check import contradictions
from packs.layers import alike, merged
from packs.models import Pack, checked_address
from packs.overlay import OVERLAY_FILE, loosened, not_its
from packs.problems import Finding, PackError, Place, Problem, key_of
from packs.source import Source, read_source

PACK_FILE = "portal.yaml"
FAMILIES = "families"
"""The folder beside the packs with what several of them share."""
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


def families(office_folder: Path | None) -> Mapping[str, Path]:
    """Every family that a pack may extend, by name, with the file that counts: the office's before the shipped."""
    files: dict[str, Path] = {}
    for root in _roots(office_folder):
        for file in sorted((root / FAMILIES).glob("*.yaml")):
            files.setdefault(file.stem, file)
    return dict(sorted(files.items()))


def load_pack(name: str, office_folder: Path | None, *, address: str | None = None) -> Pack:
    """The pack of this portal; `address` (scheme and host) takes the place of the pack's own.

    Raises PackError with everything that is wrong with it, and LookupError when there is no such pack.
    """
    pack = layered_pack(name, office_folder).pack
    if address is None:
        return pack
    try:
        return pack.model_copy(update={"address": checked_address(address)})
    except ValueError as error:
        problem = Problem("the office's settings", 1, "address", str(error))
        raise PackError([problem]) from None


def stray_overlays(office_folder: Path | None) -> tuple[Problem, ...]:
    """Overlays of the office over a portal that there is no pack for: what they say counts nowhere."""
    if office_folder is None:
        return ()
    known = pack_names(office_folder)
    return tuple(
        Problem(str(file), 1, key_of(()), f"there is no pack for '{file.parent.name}'; packs: {', '.join(known)}")
        for file in sorted((office_folder / "selectors").glob(f"*/{OVERLAY_FILE}"))
        if file.parent.name not in known
    )


@dataclass(frozen=True)
class LayeredPack:
    """A pack, what it was put together from, and the file of the pack itself."""

    pack: Pack
    source: Source
    file: Path


def layered_pack(name: str, office_folder: Path | None) -> LayeredPack:
    """The pack of this portal with the source of each part. Raises PackError and LookupError as `load_pack` does."""
    folder = pack_folders(office_folder).get(name)
    if folder is None:
        known = ", ".join(pack_names(office_folder)) or "none"
        raise LookupError(f"There is no pack for a portal of this name. Packs that there are: {known}.")
    return read_layers(folder, office_folder)


def read_pack(folder: Path, office_folder: Path | None = None) -> Pack:
    """The pack in this folder, whole and without contradictions. Raises PackError with all its problems."""
    return read_layers(folder, office_folder).pack


def read_layers(folder: Path, office_folder: Path | None) -> LayeredPack:
    """The pack in this folder on its family, with what the office says otherwise. Raises PackError."""
    problems = [
        Problem(str(path), 1, key_of(()), "a pack is data and holds no Python; remove this file")
        for path in sorted(folder.rglob("*"))
        if path.suffix in _PYTHON
    ]
    try:
        layered = _put_together(folder, office_folder)
    except PackError as error:
        raise PackError([*problems, *error.problems]) from None
    if problems:
        raise PackError(problems)
    return layered


def _put_together(folder: Path, office_folder: Path | None) -> LayeredPack:
    file = folder / PACK_FILE
    own = read_source(file)
    family = _family_file(own, folder, office_folder)
    source = own if family is None else merged(_family(family), own, pack=own)
    pack = checked_source(source, folder, own_files={str(file)})
    overlay = _overlay_file(folder, office_folder)
    if overlay is not None:
        above = _overlay(overlay)
        source = merged(source, above, pack=source)
        pack = checked_source(source, folder, own_files={str(file), str(overlay)}, alone=pack)
    return LayeredPack(pack=_with_version(pack, (family, overlay), office_folder), source=source, file=file)


def _with_version(pack: Pack, layers: Sequence[Path | None], office_folder: Path | None) -> Pack:
    """The pack with a version that says which of the office's layers it was put together with."""
    whole = sha256()
    offices = [file for file in layers if file is not None and office_folder and file.is_relative_to(office_folder)]
    for file in offices:
        whole.update(file.read_bytes())
    version = f"{pack.version}+office.{whole.hexdigest()[:4]}"
    return pack.model_copy(update={"version": version}) if offices else pack


def _family_file(own: Source, folder: Path, office_folder: Path | None) -> Path | None:
    """The family that the pack extends, if any; what is wrong with the name is told of the pack.

    A pack of the product builds on the product's families alone: what an office says otherwise is in its overlay.
    """
    name = own.data.get("extends") if isinstance(own.data, dict) else None
    if not isinstance(name, str):
        return None
    in_office = office_folder is not None and folder.is_relative_to(office_folder)
    files = families(office_folder if in_office else None)
    if name not in files:
        what = f"there is no family '{name}'; families: {', '.join(files) or 'none'}"
        raise PackError([own.problem(Finding(("extends",), what))])
    return files[name]


def _family(file: Path) -> Source:
    family = read_source(file)
    wrong = [key for key in ("portal", "version", "extends") if isinstance(family.data, dict) and key in family.data]
    if wrong:
        what = "a family is no portal, has no version of its own, and builds on none"
        raise PackError(family.problem(Finding((key,), what)) for key in wrong)
    return family


def _overlay_file(folder: Path, office_folder: Path | None) -> Path | None:
    """The office's overlay over the pack in this folder. Raises PackError for one over a pack of its own."""
    if office_folder is None:
        return None
    file = office_folder / "selectors" / folder.name / OVERLAY_FILE
    if not file.is_file():
        return None
    if file.parent.resolve() == folder.resolve():
        what = f"an overlay goes over a pack of the product, and this is the office's own; write it into {PACK_FILE}"
        raise PackError([Problem(str(file), 1, key_of(()), what)])
    return file


def _overlay(file: Path) -> Source:
    overlay = read_source(file)
    refused = [overlay.problem(finding) for finding in not_its(overlay)]
    if refused:
        raise PackError(refused)
    return overlay


def checked_source(source: Source, folder: Path, own_files: set[str], alone: Pack | None = None) -> Pack:
    """The pack that the source describes; `alone` is what it must not loosen. Raises PackError with all problems."""
    source = alike(source)
    try:
        pack = Pack.model_validate(source.data)
    except ValidationError as error:
        raise PackError(map(source.problem, wording.findings(error, Pack))) from None
    findings = [*_wrong_folder(pack, folder), *contradictions(pack)]
    if alone is not None:
        findings.extend(loosened(alone, pack))
    problems = [
        source.problem(finding) for finding in findings if not finding.own or _is_own(source, finding.place, own_files)
    ]
    if problems:
        raise PackError(problems)
    return pack


def _is_own(source: Source, place: Place, own_files: set[str]) -> bool:
    """Was the part written where it stands, and not by a family or for a view that this one is like?"""
    mark = source.mark(place)
    return mark.file in own_files and mark.place == place


def _wrong_folder(pack: Pack, folder: Path) -> Iterator[Finding]:
    if pack.portal != folder.name:
        yield Finding(("portal",), f"must be the name of the pack's folder, '{folder.name}'")


def _roots(office_folder: Path | None) -> Iterator[Path]:
    if office_folder is not None:
        yield office_folder / "selectors"
    yield shipped_folder()
