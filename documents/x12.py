"""The segments of an X12 file, each interchange with its own separators, however the file was wrapped or prefaced."""

import json
import mmap
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import BinaryIO

import oxedi

_WINDOW = 1 << 17
"""Bytes that are taken apart at a time, so that memory does not grow with the file. What is taken apart needs up to a
thousand times as much room: a file may be nothing but the shortest segments."""

BLANKS = b" \t\r\n"
"""What may stand around the name of a segment."""

_LONGEST_HEADER = 200
"""An ISA has 106 bytes; more when somebody wrapped its lines."""

_NO_ENVELOPE = "ISA*00*          *00*          *ZZ*{0:15}*ZZ*{0:15}*000101*0000*^*00501*000000000*0*P*:"

RawSegment = tuple[bytes, list[bytes | list[bytes]], int]
"""A segment's name, its elements (a composite one as the list of its components), and the offset in the file up to
which it has been read."""


class FileBytes:
    """An open file that is searched and cut like bytes, a piece at a time, so that it never stands in memory whole."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._length = file.seek(0, os.SEEK_END)

    def __len__(self) -> int:
        return self._length

    def __getitem__(self, wanted: slice) -> bytes:
        start, end, _ = wanted.indices(self._length)
        self._file.seek(start)
        return self._file.read(max(0, end - start))

    def find(self, wanted: bytes, start: int = 0, end: int | None = None) -> int:
        """As `bytes.find`."""
        end = self._length if end is None else end
        while start < end:
            found = self[start : min(start + _WINDOW + len(wanted) - 1, end)].find(wanted)
            if found >= 0:
                return start + found
            start += _WINDOW
        return -1


Content = bytes | mmap.mmap | FileBytes
"""A file's bytes, or the file itself."""


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment: `number` is its place in the file (from 1), `end` the offset behind it in the file's bytes.

    Elements and components are counted as X12 does, from 1.
    """

    number: int
    id: str
    elements: tuple[str | tuple[str, ...], ...]
    end: int

    def element(self, place: int) -> str:
        """The element, "" when it is not there; of a composite its first component."""
        return self.component(place, 1)

    def component(self, place: int, component: int) -> str:
        """The component of an element, "" when it is not there; a plain element is its own first component."""
        if place > len(self.elements):
            return ""
        element = self.elements[place - 1]
        if isinstance(element, str):
            return element if component == 1 else ""
        return element[component - 1] if component <= len(element) else ""

    def __repr__(self) -> str:
        return f"<Segment {self.number}>"


@dataclass(frozen=True, slots=True)
class Piece:
    """Some segments in a row, to be gone through once, with the separator of their components and the offset behind
    them in the file. A segment's name may have blanks around it, or be blank as a whole."""

    segments: Iterator[oxedi.Segment]
    component: bytes
    end: int

    def __repr__(self) -> str:
        return f"<Piece up to {self.end}>"


@dataclass(frozen=True)
class _Envelope:
    """Where an interchange starts, what goes before each window of it, and how it is cut."""

    start: int
    body: int
    header: bytes
    terminator: bytes

    @property
    def breaks(self) -> bytes:
        """Line breaks that mean nothing: all but the terminator."""
        return b"\r\n".replace(self.terminator, b"")


def is_x12(head: bytes) -> bool:
    """Is a file that begins so X12? A ZIP file or a PDF is none, even where X12 stands in it readably."""
    return other_form(head) is None and next(_envelopes(head), None) is not None


def other_form(head: bytes) -> str | None:
    """`ZIP file` or `PDF`, for a file that begins so; None for any other."""
    if head.startswith((b"PK\x03\x04", b"PK\x05\x06")):
        return "ZIP file"
    return "PDF" if b"%PDF-" in head[:1024] else None


def segments(content: Content) -> Iterator[Segment]:
    """Every segment of every interchange, in order, as texts; a file without a single one gives none."""
    for number, (segment_id, elements, end) in enumerate(raw_segments(content), start=1):
        yield Segment(number, text(segment_id), tuple(map(_element, elements)), end)


def raw_segments(content: Content) -> Iterator[RawSegment]:
    """Every segment of every interchange, in order, as the bytes that stand in the file."""
    for piece in pieces(content):
        for segment in piece.segments:
            segment_id = segment.id.strip(BLANKS)
            if not segment_id:
                continue
            elements = segment.elements
            if segment_id == b"ISA":
                # Its last element is the separator of components itself, which is read as two blank ones.
                elements[15:] = [piece.component]
            yield segment_id, elements, piece.end


def pieces(content: Content) -> Iterator[Piece]:
    """The file, cut between segments into pieces of about a megabyte, each interchange for itself.

    What stands before the first ISA is passed over. A file that has lost its ISA is read from its first GS or ST on,
    with the separators that are seen there. Memory holds a piece of the file, not the file.
    """
    envelopes = list(_envelopes(content))
    for place, envelope in enumerate(envelopes):
        end = envelopes[place + 1].start if place + 1 < len(envelopes) else len(content)
        yield from _cut(content, envelope, end)


def text(written: bytes) -> str:
    """X12's letters are ASCII; what goes beyond is UTF-8 from new systems and Latin-1 from old ones."""
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError:
        return written.decode("latin-1")


def _cut(content: Content, envelope: _Envelope, end: int) -> Iterator[Piece]:
    start, own_header = envelope.body, envelope.body > envelope.start
    while start < end or own_header:
        window = _window_end(content, envelope.terminator, start, end)
        piece = content[start:window]
        if b"\n" in piece or b"\r" in piece:
            piece = piece.translate(None, envelope.breaks)
        document = oxedi.parse(envelope.header + piece, spec=_segments_only()).document
        segments = map(document.__getitem__, range(0 if own_header else 1, len(document)))
        yield Piece(segments, envelope.header[-2:-1], window)
        start, own_header = window, False


@cache
def _segments_only() -> oxedi.Spec:
    """oxedi's own description of the format without what we do not ask it for: its tables and its balance."""
    whole = json.loads(oxedi.Spec.builtin().to_json())
    return oxedi.Spec.from_json(json.dumps({**whole, "tables": {}, "balancing": {}}))


def _window_end(content: Content, terminator: bytes, start: int, end: int) -> int:
    if end - start <= _WINDOW:
        return end
    last = content[start : start + _WINDOW].rfind(terminator)
    cut = start + last if last >= 0 else content.find(terminator, start, end)
    return end if cut < 0 else cut + 1


def _element(element: bytes | list[bytes]) -> str | tuple[str, ...]:
    return text(element) if isinstance(element, bytes) else tuple(map(text, element))


def _envelopes(content: Content) -> Iterator[_Envelope]:
    found = False
    at = content.find(b"ISA")
    while at >= 0:
        envelope = _envelope(content, at)
        if envelope is not None:
            found = True
            yield envelope
        at = content.find(b"ISA", at + 3 if envelope is None else envelope.body)
    lost = None if found else _without_envelope(content)
    if lost is not None:
        yield lost


def _envelope(content: Content, at: int) -> _Envelope | None:
    """The envelope that begins here, if this is a believable ISA: sixteen elements, a date, a time and a version."""
    head = content[at : at + _LONGEST_HEADER]
    separator = head[3:4]
    if not separator or separator.isalnum() or separator.isspace():
        return None
    last = -1
    for _ in range(16):
        last = head.find(separator, last + 1)
        if last < 0:
            return None
    component, body = head[last + 1 : last + 2], last + 3
    before_breaks = re.match(rb"[\r\n]+([^A-Za-z0-9\s])GS", head[last + 2 :])
    if before_breaks is not None and before_breaks[1] != separator:
        # Somebody broke the lines in front of the terminators instead of behind them.
        body = last + 2 + before_breaks.end(1)
    terminator = head[body - 1 : body]
    if not terminator or terminator.isalnum() or terminator in (b" ", separator, component) or component.isalnum():
        return None
    # No wrapped line is shorter than the last three bytes, so that a break there is the terminator.
    written = head[:last].translate(None, b"\r\n")
    elements = written.split(separator)
    date, time, version = elements[9], elements[10], elements[12]
    if not all(map(re.fullmatch, (rb"[0-9]{6}", rb"[0-9]{4}", rb"[0-9]{5}"), (date, time, version))):
        return None
    return _Envelope(at, at + body, written + head[last : last + 2] + terminator, terminator)


def _without_envelope(content: Content) -> _Envelope | None:
    """An interchange that has lost its ISA, and perhaps its GS too."""
    head = bytes(content[: _LONGEST_HEADER * 3])
    match = re.match(
        rb"\s*(?:GS(?P<gs>[^A-Za-z0-9\s]).{10,120}?(?P<end>[^A-Za-z0-9 ])\s*)?ST(?P<st>[^A-Za-z0-9\s])[0-9]{3}(?P=st)"
        rb"[^~\r\n]{1,60}?(?P<terminator>[^A-Za-z0-9 *:.-]|\r?\n)\s*[A-Z][A-Z0-9]{1,2}(?P=st)",
        head,
        re.DOTALL,
    )
    if match is None or match["gs"] not in (None, match["st"]) or match["end"] not in (None, match["terminator"][-1:]):
        return None
    terminator = match["terminator"][-1:]
    made = _NO_ENVELOPE.format("").encode().replace(b"*", match["st"])
    return _Envelope(0, 0, made + terminator, terminator)
