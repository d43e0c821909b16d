"""Reads a YAML file into plain data and remembers the line of every key, so that messages can name it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from packs.problems import Finding, PackError, Place, Problem, key_of

Plain = str | int | float | bool | None | list["Plain"] | dict[str, "Plain"]

_DEEPEST = 100
"""So many brackets open at once are a mistake, and the reader would look for its end for a very long time."""

_TAG = "tag:yaml.org,2002:"
_TEXT = ("str", "timestamp")
"""A date is taken as the text it is; what it means is said by the key that it stands under."""
_NUMBERS: Mapping[str, type[int] | type[float]] = {"int": int, "float": float}


@dataclass(frozen=True)
class Mark:
    """Where a part was written: the file, the line (from 1), and the place in that file."""

    file: str
    line: int
    place: Place


@dataclass(frozen=True)
class Source:
    """One file, or several put together, as plain data, with the mark of every key and list entry."""

    data: Plain
    marks: Mapping[Place, Mark]

    def at(self, place: Place) -> Plain:
        """What stands at this place, which must have a mark."""
        part: Any = self.data
        for step in place:
            part = part[step]
        found: Plain = part
        return found

    def mark(self, place: Place) -> Mark:
        """The mark of the place; where there is none, that of the nearest thing around it, with the way from there."""
        above = place
        while above not in self.marks and above:
            above = above[:-1]
        mark = self.marks[above]
        return Mark(mark.file, mark.line, mark.place + place[len(above) :])

    def problem(self, finding: Finding) -> Problem:
        """The finding with its file, line and key."""
        mark = self.mark(finding.place)
        return Problem(mark.file, mark.line, key_of(mark.place), finding.what)


def read_source(path: Path) -> Source:
    """Read one YAML file. Raises PackError for what is no plain YAML: tags, anchors, a key that stands twice.

    Tags could name Python; anchors and a key twice say one thing in one place and mean another elsewhere.
    """
    file = str(path)
    try:
        text = path.read_text(encoding="utf-8")
        if _brackets_deep(text) > _DEEPEST:
            raise PackError([_too_deep(file)])
        root = YAML(typ="rt").compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        what = f"this is not YAML: {error.problem or error.context}; look at indentation, colons and quotes here"
        raise PackError([Problem(file, mark.line + 1 if mark else 1, key_of(()), what)]) from None
    except (YAMLError, UnicodeDecodeError):
        what = "this is not YAML in UTF-8 text"
        raise PackError([Problem(file, 1, key_of(()), what)]) from None
    except RecursionError:
        raise PackError([_too_deep(file)]) from None
    except OSError as error:
        raise PackError([Problem(file, 1, key_of(()), f"the file cannot be read: {error.strerror}")]) from None
    lines: dict[Place, int] = {}
    findings: list[Finding] = []
    data = _plain(root, (), lines, findings) if root is not None else {}
    lines.setdefault((), 1)
    source = Source(data=data, marks={place: Mark(file, line, place) for place, line in lines.items()})
    if findings:
        raise PackError(source.problem(finding) for finding in findings)
    return source


def _brackets_deep(text: str) -> int:
    """How many brackets are open at most at once; those in texts count too, and no pack has many of them."""
    steps = ((bracket in "[{") - (bracket in "]}") for bracket in text if bracket in "[{]}")
    return max(accumulate(steps), default=0)


def _too_deep(file: str) -> Problem:
    what = "parts lie in one another far deeper than in any pack; look for brackets that are opened and never closed"
    return Problem(file, 1, key_of(()), what)


def _plain(node: Node, place: Place, lines: dict[Place, int], findings: list[Finding]) -> Plain:
    lines.setdefault(place, node.start_mark.line + 1)
    if node.anchor is not None:
        findings.append(
            Finding(place, f"'&{node.anchor}' is not allowed in a pack; write the part out where it is used")
        )
        return None
    tag = str(node.tag).removeprefix(_TAG)
    match node:
        case MappingNode() if tag == "map":
            return dict(_entries(node, place, lines, findings))
        case SequenceNode() if tag == "seq":
            return [_plain(child, (*place, index), lines, findings) for index, child in enumerate(node.value)]
        case ScalarNode() if tag in _TEXT:
            return str(node.value)
        case ScalarNode() if tag in _NUMBERS:
            try:
                return _NUMBERS[tag](node.value)
            except ValueError:
                findings.append(Finding(place, "write the number with digits alone, or put the text in quotes"))
                return None
        case ScalarNode() if tag == "bool":
            return str(node.value).lower() == "true"
        case ScalarNode() if tag == "null":
            return None
        case _:
            findings.append(
                Finding(place, f"the mark '!{tag}' is not allowed; a pack is plain text, numbers and lists")
            )
            return None


def _entries(
    node: MappingNode, place: Place, lines: dict[Place, int], findings: list[Finding]
) -> Iterator[tuple[str, Plain]]:
    seen: dict[str, int] = {}
    for key_node, value_node in node.value:
        line = key_node.start_mark.line + 1
        if not isinstance(key_node, ScalarNode):
            findings.append(Finding(place, "a key must be a plain word"))
            continue
        key = str(key_node.value)
        inside = (*place, key)
        if key in seen:
            lines[inside] = line
            findings.append(Finding(inside, f"the key stands twice here, first in line {seen[key]}; keep one"))
            continue
        seen[key] = line
        lines[inside] = line
        yield key, _plain(value_node, inside, lines, findings)
