"""The segments of an X12 file, each interchange with its own separators, however the file was wrapped or prefaced."""

import mmap
import re
from collections.abc import Iterator
from dataclasses import dataclass

import oxedi

_WINDOW = 1 << 20
"""Bytes that are taken apart at a time, so that memory does not grow with the file."""

_LONGEST_HEADER = 200
"""An ISA has 106 bytes; more when somebody wrapped its lines."""

_NO_ENVELOPE = "ISA*00*          *00*          *ZZ*{0:15}*ZZ*{0:15}*000101*0000*^*00501*000000000*0*P*:"

Content = bytes | mmap.mmap
"""A file's bytes, or the file itself mapped into memory."""


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
    """Does a file that begins so hold X12 segments?"""
    return next(_envelopes(head), None) is not None


def segments(content: Content) -> Iterator[Segment]:
    """Every segment of every interchange, in order; a file without a single one gives none.

    What stands before the first ISA is passed over. A file that has lost its ISA is read from its first GS or ST on,
    with the separators that are seen there.
    """
    envelopes = list(_envelopes(content))
    number = 0
    for place, envelope in enumerate(envelopes):
        end = envelopes[place + 1].start if place + 1 < len(envelopes) else len(content)
        for segment_id, elements, behind in _cut(content, envelope, end):
            number += 1
            yield Segment(number, segment_id, elements, behind)


def _cut(
    content: Content, envelope: _Envelope, end: int
) -> Iterator[tuple[str, tuple[str | tuple[str, ...], ...], int]]:
    start, own_header = envelope.body, envelope.body > envelope.start
    while start < end or own_header:
        window = _window_end(content, envelope.terminator, start, end)
        text = content[start:window].translate(None, envelope.breaks)
        document = oxedi.parse(envelope.header + text).document
        for index in range(0 if own_header else 1, len(document)):
            segment = document[index]
            segment_id = segment.id.strip(b" \t\r\n")
            if segment_id:
                yield _text(segment_id), tuple(map(_element, segment.elements)), window
        start, own_header = window, False


def _window_end(content: Content, terminator: bytes, start: int, end: int) -> int:
    if end - start <= _WINDOW:
        return end
    cut = content.rfind(terminator, start, start + _WINDOW)
    if cut < 0:
        cut = content.find(terminator, start, end)
    return end if cut < 0 else cut + 1


def _element(element: bytes | list[bytes]) -> str | tuple[str, ...]:
    return _text(element) if isinstance(element, bytes) else tuple(map(_text, element))


def _text(written: bytes) -> str:
    """X12's letters are ASCII; what goes beyond is UTF-8 from new systems and Latin-1 from old ones."""
    try:
        return written.decode("utf-8")
    except UnicodeDecodeError:
        return written.decode("latin-1")


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
    component, terminator = head[last + 1 : last + 2], head[last + 2 : last + 3]
    if not terminator or terminator.isalnum() or terminator in (b" ", separator, component) or component.isalnum():
        return None
    # No wrapped line is shorter than the last three bytes, so that a break there is the terminator.
    written = head[:last].translate(None, b"\r\n")
    elements = written.split(separator)
    date, time, version = elements[9], elements[10], elements[12]
    if not all(map(re.fullmatch, (rb"[0-9]{6}", rb"[0-9]{4}", rb"[0-9]{5}"), (date, time, version))):
        return None
    return _Envelope(at, at + last + 3, written + head[last : last + 3], terminator)


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
