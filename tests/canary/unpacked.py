"""What stands inside of bytes: packed members are opened, and text is read past the tags that split it."""

import html
import re
import zlib
from collections.abc import Iterator

MOST = 16 * 1024 * 1024
"""Of a packed member so many bytes are read."""
DEPTH = 2
"""A file in an archive in an archive is opened; what lies deeper is not."""

_PACKED = re.compile(rb"\x1f\x8b\x08|x[\x01\x5e\x9c\xda]|PK\x03\x04")
_TAG = re.compile(rb"<!--.{0,400}?-->|<[a-z/!?][^<>]{0,400}>", re.IGNORECASE | re.DOTALL)
_ENTITY = re.compile(rb"&(?:#x[0-9a-f]{1,6}|#[0-9]{1,7}|[a-z]{2,12});", re.IGNORECASE)
_ZIP_HEADER, _STORED = 30, 0
_LEAST = 16
"""Shorter results come from bytes that only look like the beginning of a packed member."""


def as_shown(content: bytes) -> bytes:
    """The text that a browser would show, without tags and escapes; empty where there are none of either."""
    text = _TAG.sub(b"", content) if b"<" in content else content
    text = _ENTITY.sub(_shown, text) if b"&" in text else text
    return text if len(text) != len(content) else b""


def _shown(entity: re.Match[bytes]) -> bytes:
    return html.unescape(entity[0].decode("ascii")).encode("utf-8", "replace")


def members(content: bytes, depth: int = DEPTH) -> Iterator[bytes]:
    """Everything that is packed in these bytes with gzip, zlib or in a ZIP, wherever it begins."""
    if depth == 0:
        return
    for begin in _PACKED.finditer(content):
        unpacked = _unpacked(content, begin.start())
        if len(unpacked) >= _LEAST:
            yield unpacked
            yield from members(unpacked, depth - 1)


def _unpacked(content: bytes, at: int) -> bytes:
    if content.startswith(b"PK", at):
        method = int.from_bytes(content[at + 8 : at + 10], "little")
        names = sum(int.from_bytes(content[at + place : at + place + 2], "little") for place in (26, 28))
        # What is stored as it is has been searched already.
        return b"" if method == _STORED else _inflated(content, at + _ZIP_HEADER + names, -zlib.MAX_WBITS)
    return _inflated(content, at, zlib.MAX_WBITS | 32)


def _inflated(content: bytes, at: int, bits: int) -> bytes:
    opener, found = zlib.decompressobj(bits), bytearray()
    view = memoryview(content)
    piece = 4096
    try:
        while at < len(content) and not opener.eof and len(found) < MOST:
            found += opener.decompress(view[at : at + piece], MOST)
            at += piece
            piece = 65536
    except zlib.error:
        pass  # what was read of a broken one counts
    return bytes(found)
