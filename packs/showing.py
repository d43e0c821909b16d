"""Prints a pack as it counts, all layers together, with the file and line of each part that is not the pack's own."""

import re
from io import StringIO

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from packs.load import LayeredPack
from packs.problems import Place
from packs.source import Plain, Source

_WIDTH = 120
"""Small parts that are no longer than this stand in one line."""


_PLAIN = re.compile(r"[A-Za-z][\w.-]*", re.ASCII)
_WORDS = frozenset({"yes", "no", "on", "off", "true", "false", "null", "y", "n"})
"""Words that a YAML reader takes for something else than a text."""


def as_yaml(layered: LayeredPack) -> str:
    """The pack as one YAML file. A note above a part says where it and what follows below it were written."""
    file = str(layered.file)
    shown = _part(layered.source, (), file)
    yaml = YAML()
    yaml.width = 1_000_000
    yaml.indent(mapping=2, sequence=4, offset=2)
    text = StringIO()
    text.write(f"# {layered.pack.title}, version {layered.pack.version}, as it counts.\n")
    text.write(f"# What has no note is from {file}\n\n")
    yaml.dump(shown, text)
    return text.getvalue()


def _part(source: Source, place: Place, around: str) -> object:
    """The part with a note at each place inside it that is from another file than what is around it."""
    part = source.at(place)
    if isinstance(part, str):
        return DoubleQuotedScalarString(part) if _needs_quotes(part) else part
    if not isinstance(part, dict | list):
        return part
    keys: list[str | int] = list(part) if isinstance(part, dict) else list(range(len(part)))
    inside = [(key, (*place, key)) for key in keys]
    whole: CommentedMap | CommentedSeq = CommentedMap() if isinstance(part, dict) else CommentedSeq()
    noted = False
    for key, below in inside:
        mark = source.mark(below)
        value = _part(source, below, mark.file)
        whole.insert(len(whole), key, value) if isinstance(whole, CommentedMap) else whole.append(value)
        if mark.file != around:
            noted = True
            note = f"from {mark.file}, line {mark.line}"
            whole.yaml_set_comment_before_after_key(key, before=note, indent=_indent(source, place))
    if not noted and _fits_in_a_line(part, place):
        whole.fa.set_flow_style()
    return whole


def _indent(source: Source, place: Place) -> int:
    """How far the keys of the part at this place are set in."""
    return sum(4 if isinstance(source.at(place[:depth]), list) else 2 for depth in range(len(place)))


def _fits_in_a_line(part: Plain, place: Place) -> bool:
    """Small parts without parts of their own, such as the ways to find an element."""
    values = list(part.values()) if isinstance(part, dict) else part if isinstance(part, list) else []
    plain = not any(isinstance(value, dict | list) for value in values)
    return len(place) > 1 and plain and len(str(part)) + 2 * len(place) < _WIDTH - 20


def _needs_quotes(text: str) -> bool:
    """Is the text taken for something else without quotes, by our reader or by another one?"""
    return not _PLAIN.fullmatch(text) or text.lower() in _WORDS
