"""Looks for protected values in bytes, in every form in which they could have been written down by accident."""

import base64
import html
import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from urllib.parse import quote, quote_plus

SHORTEST = 6
"""Shorter values would be found in sealed bytes by chance. Each patient and each secret has longer ones."""

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


def forms(value: str) -> dict[str, bytes]:
    """The value as text, UTF-16, base64, hex and escaped; all in lower case, as the bytes searched are."""
    plain = value.encode()
    found = {
        "plain": plain,
        # Without the last byte it is found in either byte order.
        "utf-16": value.encode("utf-16-le")[:-1],
        "hex": plain.hex().encode(),
        "url": quote(value, safe="").encode(),
        "url-plus": quote_plus(value).encode(),
        "json": json.dumps(value)[1:-1].encode(),
        "html": html.escape(value).encode(),
        "latin-1": value.encode("latin-1", "replace"),
    }
    for lead in range(3):
        # What stands before the value shifts its base64; only the characters that hold nothing else count.
        for name, encoded in _base64(plain, lead):
            found[f"{name}-{lead}"] = encoded
    unique: dict[bytes, str] = {}
    for name, content in found.items():
        unique.setdefault(content.lower(), name)
    return {name: content for content, name in unique.items()}


def _base64(plain: bytes, lead: int) -> Iterator[tuple[str, bytes]]:
    skip, keep = -(-lead * 8 // 6), (lead + len(plain)) * 8 // 6
    for name, encode in (("base64", base64.b64encode), ("base64-url", base64.urlsafe_b64encode)):
        yield name, encode(b"\0" * lead + plain)[skip:keep]


class Search:
    """The protected values of one test, ready to be looked for."""

    def __init__(self, values: Iterable[str], codes: Iterable[str] = (), documents: Iterable[bytes] = ()) -> None:
        """`codes` are one-time codes: six digits, which count only where no other digit stands beside them.

        `documents` are payers' files; where there are some, any other 835, PDF or ZIP is found too.
        """
        self._forms: list[tuple[str, str, bytes]] = []
        for value in sorted({value for value in values if len(value) >= SHORTEST}):
            self._forms += [(value, name, content) for name, content in forms(value).items()]
        self._codes = [(code, _alone(code)) for code in sorted(set(codes))]
        self.values = len({value for value, _, _ in self._forms}) + len(self._codes)
        pieces = {piece for document in documents for piece in _pieces(document)}
        self._pieces = [(form, needle.lower()) for piece in sorted(pieces) for form, needle in _coded(piece)]

    def hits(self, content: bytes, where: str) -> list[Hit]:
        """Every value that is in these bytes, or in the name of the place itself."""
        lower = where.encode().lower() + b"\n" + content.lower()
        found = [Hit(value, name, where) for value, name, needle in self._forms if needle in lower]
        found += [Hit("document", form, where) for form, needle in self._pieces if needle in lower]
        found += [Hit("document", "its beginning", where)] if self._pieces and _FILE.search(lower) else []
        return found + [Hit(code, "code", where) for code, pattern in self._codes if pattern.search(lower)]


def _pieces(document: bytes) -> Iterator[bytes]:
    for start in range(0, len(document), EVERY):
        piece = document[start : start + PIECE]
        if len(set(piece)) >= _TELLING:
            yield piece


def _coded(piece: bytes) -> Iterator[tuple[str, bytes]]:
    yield "plain", piece
    yield "hex", piece.hex().encode()
    yield from ((name, encoded) for lead in range(3) for name, encoded in _base64(piece, lead) if name == "base64")


def _alone(code: str) -> re.Pattern[bytes]:
    plain = re.escape(code.encode())
    wide = re.escape(code.encode("utf-16-le")[:-1])
    coded = re.escape(base64.b64encode(code.encode()).lower())
    hexed = re.escape(code.encode().hex().encode())
    digit = rb"[0-9]"
    return re.compile(
        rb"(?<!" + digit + rb")" + plain + rb"(?!" + digit + rb")|(?<![0-9]\0)" + wide + rb"(?!\0[0-9])"
        rb"|(?<![0-9a-f])" + hexed + rb"(?![0-9a-f])|(?<![0-9a-z+/])" + coded + rb"(?![0-9a-z+/])"
    )


def written_days(day: str) -> tuple[str, ...]:
    """A day (ISO text) in the ways in which offices, portals and claims write it."""
    one = date.fromisoformat(day)
    return (day, f"{one:%m/%d/%Y}", f"{one:%Y%m%d}", f"{one:%m%d%Y}", f"{one:%m-%d-%Y}")
