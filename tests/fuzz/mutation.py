"""Ways to spoil a file: its bytes, its rows and cells, its segments and elements, its keys and values."""

import copy
import csv
import io
from collections.abc import Sequence
from typing import Any

from tests.fuzz.canaries import TOKEN
from tests.fuzz.choices import Choices

_MOST_EDITS = 12
_MOST_PLACES = 20_000
LONGEST = 1 << 20
"""Bytes of an input: what is longer only takes longer."""

_NUMBERS = (b"0", b"-1", b"00", b"1E9", b"NaN", b"9" * 15, b"9" * 40, b"0.001", b".", b"-", b"+5", b"1,5", b"$1")
_DAYS = (b"20260231", b"00000000", b"99991231", b"20261", b"20260901-20260902", b"2026-13-01", b"0001-01-01")
_BYTES = (b"\x00", b"\xff", b"\xc3", b"\xe2\x80\x8b", b"\xe2\x80\xae", b"\xef\xbb\xbf", b"\xd9\xa1\xd9\xa2", b"\r\n")
TOKENS = (TOKEN, *_NUMBERS, *_DAYS, *_BYTES, b"", b" ", b"A" * 100, b"\xf0\x9f\x98\x80", b"\x1b[31m", b"=1+1")

_TEXTS = tuple(token.decode("utf-8", "replace") for token in TOKENS)


def bytes_edited(content: bytes, choices: Choices, tokens: Sequence[bytes] = TOKENS) -> bytes:
    """Some bytes changed, taken out, put in, repeated, moved or cut off."""
    edited = bytearray(content)
    for _ in range(_MOST_EDITS):
        if not choices.left or len(edited) > LONGEST:
            break
        start, end = choices.span(len(edited))
        match choices.number(9):
            case 0 if start < len(edited):
                edited[start] ^= 1 << choices.number(8)
            case 1 if start < len(edited):
                edited[start] = choices.number(256)
            case 2:
                del edited[start:end]
            case 3 | 4:
                edited[start:start] = choices.one(tokens)
            case 5:
                edited[start:end] = choices.one(tokens)
            case 6:
                edited[start:start] = edited[start:end] * choices.one((1, 2, 50, 2000))
            case 7:
                piece = bytes(edited[start:end])
                del edited[start:end]
                to = choices.number(len(edited) + 1)
                edited[to:to] = piece
            case _:
                del edited[start:]
    return bytes(edited[:LONGEST])


def text_edited(text: str, choices: Choices, tokens: Sequence[str] = _TEXTS) -> str:
    """A text with a piece changed, taken out or put in."""
    start, end = choices.span(len(text))
    match choices.number(5):
        case 0:
            return text[:start] + choices.one(tokens) + text[start:]
        case 1:
            return text[:start] + choices.one(tokens) + text[end:]
        case 2:
            return text[:start] + text[end:]
        case 3:
            return choices.one(tokens)
        case _:
            return (
                text[:start] + chr(choices.one((0x20, 0x300, 0x660, 0x2000, 0xFF00)) + choices.number(64)) + text[end:]
            )


Grid = list[list[str]]


def grid_edited(grid: Grid, choices: Choices) -> Grid:
    """A table with cells, rows and columns changed, doubled, moved or lost. The first row is the heading."""
    rows = [list(row) for row in grid]
    for _ in range(_MOST_EDITS):
        if not choices.left or not rows:
            break
        place = choices.number(len(rows))
        row = rows[place]
        column = choices.number(max(len(row), 1))
        match choices.number(9):
            case 0 | 1 | 2 if row:
                row[column] = text_edited(row[column], choices)
            case 3 if row:
                row[column] = choices.one(choices.one(rows) or [""])
            case 4:
                rows.insert(choices.number(len(rows) + 1), list(row))
            case 5:
                del rows[place]
            case 6:
                row.insert(column, choices.one(_TEXTS))
            case 7 if row:
                del row[column]
            case _:
                other = choices.number(len(rows))
                rows[place], rows[other] = rows[other], rows[place]
    return rows


def grid_written(grid: Grid, choices: Choices) -> bytes:
    """The table as a CSV file of some kind: separator, quotes, line ends and letters differ."""
    separator = choices.one((",", ",", ";", "\t", "|"))
    line_end = choices.one(("\n", "\r\n", "\r"))
    quoting: Any = choices.one((csv.QUOTE_MINIMAL, csv.QUOTE_ALL))
    out = io.StringIO()
    csv.writer(out, delimiter=separator, lineterminator=line_end, quoting=quoting).writerows(grid)
    head = f"sep={separator}{line_end}" if choices.chance(8) else ""
    encoding = choices.one(("utf-8", "utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-16-be"))
    return (head + out.getvalue()).encode(encoding, "replace")


def segments_edited(content: bytes, choices: Choices) -> bytes:
    """An X12 file written with `*`, `:` and `~`, spoilt by segments, elements and components, then written again."""
    segments = [segment.split(b"*") for segment in content.split(b"~")[:-1]]
    for _ in range(_MOST_EDITS):
        if not choices.left or not segments:
            break
        place = choices.number(len(segments))
        segment = segments[place]
        at = choices.number(len(segment))
        match choices.number(12):
            case 0:
                del segments[place]
            case 1:
                segments.insert(choices.number(len(segments) + 1), list(segment))
            case 2:
                other = choices.number(len(segments))
                segments[place], segments[other] = segments[other], segments[place]
            case 3 | 4:
                segment[at] = choices.one(TOKENS)
            case 5:
                segment[at] = choices.one(choices.one(segments))
            case 6:
                segment.insert(at, choices.one(TOKENS))
            case 7:
                del segment[max(at, 1) :]
            case 8:
                segment[at] = b":".join((segment[at], choices.one(TOKENS)))
            case 9:
                segment[at] = bytes_edited(segment[at], Choices(choices.taken(6)))
            case 10:
                segment[at] = _other_cent(segment[at])
            case _:
                start, end = choices.span(len(segments))
                segments[end:end] = copy.deepcopy(segments[start:end]) * choices.one((1, 3, 50))
    return _segments_written(segments, choices)[:LONGEST]


def _other_cent(element: bytes) -> bytes:
    """The last digit changed: an amount that is a little wrong."""
    return element[:-1] + bytes([ord(b"0") + (element[-1] - ord(b"0") + 1) % 10]) if element[-1:].isdigit() else element


def _segments_written(segments: Sequence[Sequence[bytes]], choices: Choices) -> bytes:
    """Mostly with the usual letters; sometimes with others, with line ends, or with something before and behind."""
    element, component, terminator = choices.one(((b"*", b":", b"~"),) * 5 + ((b"|", b">", b"\n"), (b"^", b"+", b"'")))
    after = choices.one((b"", b"", b"\n", b"\r\n"))
    ends = terminator + after
    written = b"".join(element.join(segment).replace(b":", component) + ends for segment in segments)
    return (
        choices.one((b"", b"", b"", b"\n\n", TOKEN, b"\xef\xbb\xbf")) + written + choices.one((b"", b"", b"\n", TOKEN))
    )


_PLAIN: tuple[Any, ...] = (None, True, 0, -1, 1.5, 10**30, "", "x", [], {}, ["x"], {"x": "y"}, [[]], "2026-02-31")


def tree_edited(tree: Any, choices: Choices, tokens: Sequence[str] = _TEXTS) -> Any:
    """Keys, list entries and values of plain data changed, doubled, moved or lost."""
    edited = copy.deepcopy(tree)
    for _ in range(_MOST_EDITS):
        if not choices.left:
            break
        places = list(_places(edited))
        if not 0 < len(places) < _MOST_PLACES:
            break
        around, key = choices.one(places)
        match choices.number(8):
            case 0:
                del around[key]
            case 1 | 2:
                around[key] = copy.deepcopy(choices.one(_PLAIN))
            case 3:
                other, from_ = choices.one(places)
                around[key] = copy.deepcopy(other[from_])
            case 4 if isinstance(around, list):
                around.insert(key, copy.deepcopy(around[key]))
            case 5 if isinstance(around, dict):
                around[text_edited(str(key), choices, tokens)] = around.pop(key)
            case 6 | 7 if isinstance(around[key], str):
                around[key] = text_edited(around[key], choices, tokens)
            case _:
                around[key] = [around[key]]
    return edited


def _places(tree: Any) -> Any:
    """Every key and list entry, as what it is in and its key."""
    inside = list(tree.items()) if isinstance(tree, dict) else list(enumerate(tree)) if isinstance(tree, list) else []
    for key, below in inside:
        yield tree, key
        yield from _places(below)
