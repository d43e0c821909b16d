"""Teaches an office's pack what a text of the portal means: which map reads it, and the new line in the office's file.

The line goes into the office's overlay, or into the pack itself where that is the office's own. Every other byte of the
file stays as somebody wrote it, and nothing is replaced before the whole pack, with the line in it, has been checked.
"""

import io
import json
import os
import re
import shutil
import tempfile
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.nodes import MappingNode, Node, SequenceNode
from ruamel.yaml.scalarstring import DoubleQuotedScalarString
from ruamel.yaml.util import load_yaml_guess_indent

from packs.elements import Type, Typed
from packs.load import FAMILIES, PACK_FILE, pack_folders, read_layers
from packs.models import Pack
from packs.needs import NEEDS
from packs.overlay import OVERLAY_FILE
from packs.problems import PackError, Problem
from packs.texts import folded

_ROW = re.compile(r"(?P<table>[a-z][a-z0-9_-]*)\[\d+\]\.(?P<column>.+)")
_UNSEEN = frozenset({"Cc", "Cf", "Co", "Cs", "Zl", "Zp"})
_LONGEST = 300


@dataclass(frozen=True)
class LearnedPlace:
    """The map of a pack by which a text is read, and the codes that a text may stand for there, sorted."""

    map: str
    codes: tuple[str, ...]


class TextRefused(Exception):
    """The text was not written into the office's file, and why; the file is as it was. Holds no text of the portal."""


def place_of(pack: Pack, where: str) -> LearnedPlace | None:
    """By which map the text at this place (`view.element` or `view.table[row].column`) is read; None for no map."""
    view_name, _, rest = where.partition(".")
    view = pack.views.get(view_name)
    if view is None:
        return None
    row = _ROW.fullmatch(rest)
    table = view.tables.get(row["table"]) if row is not None else None
    read: Typed | None
    if row is None:
        read, name, known_as = view.elements.get(rest), rest, None
    elif table is not None:
        read, name, known_as = table.columns.get(row["column"]), row["column"], table.as_ or row["table"]
    else:
        return None
    if read is None or read.type is not Type.MAPPED or read.map is None:
        return None
    codes: frozenset[str] | None = None
    for allowed in _allowed(pack, view_name, known_as, name):
        codes = allowed if codes is None else codes & allowed
    if codes is None:
        # What the flow takes as a text has no list of codes: one that the map leads to already.
        codes = frozenset(entry.code for entry in pack.maps.get(read.map, ()))
    return LearnedPlace(read.map, tuple(sorted(codes, key=_in_order)))


def meaning(pack: Pack, map_name: str, text: str) -> str | None:
    """The code that the map has for this text now, without regard to case and spacing; None where it has none."""
    sought = folded(text)
    return next((row.code for row in pack.maps.get(map_name, ()) if folded(row.text) == sought), None)


def file_of(office_folder: Path, portal: str) -> Path:
    """The office's own file for this portal, which need not be there yet. Raises LookupError without a pack."""
    folder = _folder(office_folder, portal)
    is_own = folder.is_relative_to(office_folder)
    return folder / PACK_FILE if is_own else office_folder / "selectors" / portal / OVERLAY_FILE


def learn(office_folder: Path, portal: str, map_name: str, text: str, code: str) -> Path:
    """Write into the office's own file that this text stands for this code; returns the file.

    Harmless where the pack says so already. Raises TextRefused, PackError (with the problems as they would stand in the
    file) where the pack with the line in it could not be used, LookupError for a portal without a pack; the file is as
    it was then.
    """
    text = _plain(text)
    folder = _folder(office_folder, portal)
    pack = read_layers(folder, office_folder).pack
    is_own = folder.is_relative_to(office_folder)
    file = file_of(office_folder, portal)
    if map_name not in pack.maps:
        raise TextRefused(f"The pack of {portal} has no map of texts with this name any more.")
    known = meaning(pack, map_name, text)
    if known == code:
        return file
    if known is not None:
        raise TextRefused(f"The pack of {portal} says by now that this text means {known}.")
    before = file.read_bytes() if file.is_file() else None
    _put(folder, file, before, _with_row(before, map_name, text, code, raise_version=is_own), office_folder)
    return file


def _folder(office_folder: Path, portal: str) -> Path:
    folder = pack_folders(office_folder).get(portal)
    if folder is None:
        raise LookupError("There is no pack for a portal of this name.")
    return folder


def _allowed(pack: Pack, view_name: str, table: str | None, name: str) -> Iterator[frozenset[str]]:
    read_with = {view_name, *(key for key, view in pack.views.items() if view_name in {m.view for m in view.more})}
    for flow in pack.flows:
        for key, readable in NEEDS[flow].views.items():
            if key in read_with:
                known = (readable.fields if table is None else readable.tables.get(table, {})).get(name)
                if known is not None and known.codes is not None:
                    yield known.codes


def _in_order(code: str) -> tuple[str, int, str]:
    """F2 before F10."""
    digits = re.search(r"\d+", code)
    return code.rstrip("0123456789"), int(digits[0]) if digits else -1, code


def _plain(text: str) -> str:
    spaced = " ".join(text.split())
    if not spaced or len(spaced) > _LONGEST:
        raise TextRefused(f"A text of a map has between 1 and {_LONGEST} characters.")
    if any(unicodedata.category(character) in _UNSEEN for character in spaced):
        raise TextRefused("The text holds characters that cannot be seen; a person has to look at the page.")
    return spaced


def _with_row(before: bytes | None, name: str, text: str, code: str, *, raise_version: bool) -> str:
    """The file with the new line. Where the list is written a line to an entry, only that line is added."""
    written = (before or b"").decode("utf-8")
    line_end = "\r\n" if "\r\n" in written else "\n"
    row = f"- {{text: {json.dumps(text, ensure_ascii=False)}, code: {json.dumps(code)}}}"
    if not written.strip():
        return f"{written}maps:\n  {name}:\n    {row}\n"
    entries = _node(_node(YAML(typ="rt").compose(written), "maps"), name)
    if isinstance(entries, SequenceNode) and entries.value and not entries.flow_style:
        lines = written.splitlines(keepends=True)
        if not lines[-1].endswith("\n"):
            lines[-1] += line_end
        lines.insert(_line_after(entries.value[-1]), " " * entries.start_mark.column + row + line_end)
        after = "".join(lines)
    else:
        after = _round_trip(written, name, text, code).replace("\n", line_end)
    return _raised(after) if raise_version else after


def _node(node: Node | None, key: str) -> Node | None:
    entries = node.value if isinstance(node, MappingNode) else ()
    return next((value for found, value in entries if str(found.value) == key), None)


def _line_after(entry: Node) -> int:
    """The line (from 0) that follows the last one of this entry; comments below it belong to what comes next."""
    if isinstance(entry, MappingNode) and not entry.flow_style and entry.value:
        return _line_after(entry.value[-1][1])
    ends: int = entry.end_mark.line
    # A block ends where the next thing begins; a text ends in its own line.
    return ends + 1 if entry.end_mark.column else ends


def _round_trip(written: str, name: str, text: str, code: str) -> str:
    """Where the file has no such list yet, or writes it in one line: read and written again, comments and all."""
    yaml = YAML(typ="rt")
    yaml.preserve_quotes = True
    yaml.width = 4096
    data, indent, offset = load_yaml_guess_indent(written, yaml=yaml)
    if not isinstance(data, CommentedMap):
        raise TextRefused("The office's file for this portal is not a list of keys; somebody has to look at it.")
    row = CommentedMap({"text": DoubleQuotedScalarString(text), "code": DoubleQuotedScalarString(code)})
    row.fa.set_flow_style()
    maps = data.setdefault("maps", CommentedMap())
    if maps is None:
        maps = data["maps"] = CommentedMap()
    entries = maps.get(name)
    if entries is None:
        entries = maps[name] = CommentedSeq()
    entries.append(row)
    yaml.indent(mapping=2, sequence=indent or 4, offset=offset if offset is not None else 2)
    out = io.StringIO()
    yaml.dump(data, out)
    return out.getvalue()


def _raised(written: str) -> str:
    """A pack of the office's own says itself which version it is: the last number of it goes up."""

    def up(found: "re.Match[str]") -> str:
        return f"{found['head']}{int(found['number']) + 1}{found['tail']}"

    raised, times = re.subn(
        r"(?m)^(?P<head>version:\s*[\"']?[^\"'\s#]*?)(?P<number>\d+)(?P<tail>[\"']?\s*(?:#.*)?\r?)$",
        up,
        written,
        count=1,
    )
    if not times:
        raise TextRefused(
            "The pack's version does not end in a number that could be raised; somebody has to look at it."
        )
    return raised


def _put(folder: Path, file: Path, before: bytes | None, after: str, office_folder: Path) -> None:
    """Check the pack with this file in it, somewhere aside, and only then put the file in its place."""
    selectors = office_folder / "selectors"
    selectors.mkdir(mode=0o700, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".learning-", dir=selectors) as aside:
        office = Path(aside)
        candidate = office / file.relative_to(office_folder)
        candidate.parent.mkdir(mode=0o700, parents=True)
        _write(candidate, after.encode(), file)
        if (selectors / FAMILIES).is_dir():
            shutil.copytree(selectors / FAMILIES, office / "selectors" / FAMILIES)
        is_own = folder.is_relative_to(office_folder)
        try:
            read_layers(candidate.parent if is_own else folder, office)
        except PackError as error:
            raise PackError(_named(error, {str(candidate): str(file)})) from None
        _only_added(file, before, candidate)
        if (file.read_bytes() if file.is_file() else None) != before:
            raise TextRefused("Somebody has changed the office's file for this portal at this moment; try again.")
        file.parent.mkdir(mode=0o700, exist_ok=True)
        candidate.replace(file)
    _sync(file.parent)


def _only_added(file: Path, before: bytes | None, candidate: Path) -> None:
    """Nothing but the new line and the version may be different."""
    was = YAML(typ="safe", pure=True).load((before or b"").decode()) or {}
    now = YAML(typ="safe", pure=True).load(candidate.read_text(encoding="utf-8"))
    kept = {key: value for key, value in now.items() if key not in ("maps", "version")}
    if kept != {key: value for key, value in was.items() if key not in ("maps", "version")}:
        raise TextRefused(f"{file.name} could not be written without changing something else in it.")
    old, new = was.get("maps") or {}, now["maps"]
    added = sum(len(rows) for rows in new.values()) - sum(len(rows) for rows in old.values())
    if added != 1 or any(row not in new.get(name, ()) for name, rows in old.items() for row in rows):
        raise TextRefused(f"{file.name} could not be written without changing something else in it.")


def _named(error: PackError, names: Mapping[str, str]) -> Iterator[Problem]:
    for problem in error.problems:
        yield replace(problem, file=names.get(problem.file, problem.file))


def _write(path: Path, content: bytes, like: Path) -> None:
    """On the disk when this returns, readable for whoever could read the file before."""
    mode = like.stat().st_mode & 0o777 if like.is_file() else 0o600
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode), "wb") as out:
        out.write(content)
        out.flush()
        os.fsync(out.fileno())


def _sync(folder: Path) -> None:
    """Make the new name survive a power cut; Windows does that by itself."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
