"""Looks for protected values in bytes, in every form in which they could have been written down by accident.

All forms of all values are looked for in one pass over the bytes, so that a whole office is searched in seconds.
"""

import base64
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ahocorasick_rs import BytesAhoCorasick

from tests.canary.forms import Form, base64_of, forms
from tests.canary.unpacked import as_shown, members

SHORTEST = 6
"""Shorter values would be found in sealed bytes by chance. Each patient and each secret has longer ones."""

_LONGEST_SHORT_NUMBER = 9
_SHORTEST_HASH = 40
_BESIDE = 64
_HASHED_BEFORE, _HASHED_AFTER = re.compile(rb"[0-9a-f]*\Z"), re.compile(rb"[0-9a-f]*")
"""What is written of a hash or a commit before and behind a few digits of it, of so many letters at least."""

PIECE = 24
EVERY = 512
"""Of a document, so many bytes are looked for at each so many: packed and painted ones hold no readable name."""
_TELLING = 12
"""Pieces of fewer different bytes (blank paper) stand in other files too."""

_FILE = re.compile(rb"%pdf-[12]\.|isa([^a-z0-9\s])[0-9]{2}\1.{10}\1[0-9]{2}\1|pk\x03\x04[\x0a\x14]\0", re.DOTALL)
"""How an 835, a PDF and a ZIP begin, in lower case. A copy that is sealed anew each time is known by nothing else."""


@dataclass(frozen=True)
class Hit:
    """A protected value that lies somewhere in the clear: which kind of value, in which form, and where."""

    value: str
    form: str
    where: str


@dataclass(frozen=True)
class _Needle:
    """A form of a value. With `before` and `after` it counts only where these do not match the bytes right beside it,
    and where those are no part of a hash: digits of any number stand in enough hashes by chance.
    """

    value: str
    form: str
    before: re.Pattern[bytes] | None = None
    after: re.Pattern[bytes] | None = None

    def counts(self, content: bytes, start: int, end: int) -> bool:
        if self.before is None or self.after is None:
            return True
        ahead = content[max(0, start - _BESIDE) : start]
        if self.before.search(ahead) or self.after.match(content, end):
            return False
        hashed = _HASHED_BEFORE.search(ahead), _HASHED_AFTER.match(content, end, end + _BESIDE)
        return sum(len(part[0]) for part in hashed if part) + end - start < _SHORTEST_HASH


class _Needles:
    """Needles of one kind (letters of any size, or as they stand), and the machine that finds them all at once."""

    def __init__(self, needles: Iterable[tuple[_Needle, bytes]]) -> None:
        listed = list(needles)
        self._needles = [needle for needle, _ in listed]
        self._machine = BytesAhoCorasick([content for _, content in listed]) if listed else None

    def hits(self, content: bytes) -> Iterator[_Needle]:
        if self._machine is None:
            return
        for place, start, end in self._machine.find_matches_as_indexes(content, overlapping=True):
            if self._needles[place].counts(content, start, end):
                yield self._needles[place]


class Search:
    """The protected values of one test, ready to be looked for."""

    def __init__(self, values: Iterable[str], codes: Iterable[str] = (), documents: Iterable[bytes] = ()) -> None:
        """`codes` are one-time codes: six digits, which count only where no other digit stands beside them.

        `documents` are payers' files; where there are some, any other 835, PDF or ZIP is found too.
        """
        wanted = sorted({value for value in values if len(value) >= SHORTEST})
        known = sorted(set(codes))
        self.values = len(wanted) + len(known)
        needles = [(_needle(value, form), form) for value in wanted for form in forms(value)]
        needles += [pair for code in known for pair in _code(code)]
        pieces = sorted({piece for document in documents for piece in _pieces(document)})
        needles += [(_Needle("document", form.name), form) for piece in pieces for form in _coded(piece)]
        self._documents = bool(pieces)
        self._folded = _Needles((needle, form.content.lower()) for needle, form in needles if form.folded)
        self._exact = _Needles((needle, form.content) for needle, form in needles if not form.folded)

    def hits(self, content: bytes, where: str) -> list[Hit]:
        """Every value that is in these bytes, packed or split by tags too, or in the name of the place itself."""
        named = where.encode() + b"\n" + content
        found = self._in(named)
        found |= {(value, f"shown {form}") for value, form in self._in(as_shown(named)) - found}
        for member in members(content):
            found |= {(value, f"packed {form}") for value, form in self._in(member) | self._in(as_shown(member))}
        return [Hit(value, form, where) for value, form in sorted(found)]

    def _in(self, content: bytes) -> set[tuple[str, str]]:
        lower = content.lower()
        found = {(needle.value, needle.form) for needle in self._folded.hits(lower)}
        found |= {(needle.value, needle.form) for needle in self._exact.hits(content)}
        if self._documents and _FILE.search(lower):
            found.add(("document", "its beginning"))
        return found


def _needle(value: str, form: Form) -> _Needle:
    """A short number counts only where it is no part of a longer one, but for noughts around it: processes are handed
    long ones, among them how long the computer has been running, and some of those hold it by chance.
    """
    if len(value) > _LONGEST_SHORT_NUMBER or not value.isdecimal() or form.name not in {"plain", "reversed"}:
        return _Needle(value, form.name)
    return _Needle(value, form.name, before=re.compile(rb"[1-9]0*\Z"), after=re.compile(rb"0*[1-9]"))


def _code(code: str) -> Iterator[tuple[_Needle, Form]]:
    """A code's forms, with what may not stand beside each: it would be part of a longer number."""
    plain = code.encode()
    coded = base64.b64encode(plain)
    for content, before, after in (
        # The fraction of a second has six digits too.
        (plain, rb"[0-9]$|[0-9]\.$", rb"[0-9]"),
        (code.encode("utf-16-le")[:-1], rb"[0-9]\0$", rb"\0[0-9]"),
        (plain.hex().encode(), rb"[0-9a-f]$", rb"[0-9a-f]"),
        (coded, rb"[0-9A-Za-z+/]$", rb"[0-9A-Za-z+/]"),
    ):
        yield _Needle(code, "code", re.compile(before), re.compile(after)), Form("code", content, content is not coded)


def _pieces(document: bytes) -> Iterator[bytes]:
    for start in range(0, len(document), EVERY):
        piece = document[start : start + PIECE]
        if len(set(piece)) >= _TELLING:
            yield piece


def _coded(piece: bytes) -> Iterator[Form]:
    yield Form("plain", piece)
    yield Form("hex", piece.hex().encode())
    yield from (form for form in base64_of(piece) if not form.name.startswith("base64-url"))
