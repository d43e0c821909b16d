"""How much a PDF may hold before it is no explanation of benefits: looked at before anything is unpacked or drawn.

A few kilobytes can unpack to gigabytes, a form can draw another a million times, a font can list four thousand million
letters. The readers of PDFs know none of these limits; so what goes beyond them is never given to a reader.
"""

import base64
import re
import zlib
from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import TYPE_CHECKING, NamedTuple

from documents.not_whole import NotWhole

if TYPE_CHECKING:
    import pikepdf

MOST_PAGES = 2000
MOST_UNPACKED = 128 << 20
"""Bytes, of all that is packed in the file, pictures left out: 2,000 pages full of text and their fonts have a third of
this."""

MOST_PAGE_BYTES = 8 << 20
"""Of a page's drawing commands, unpacked, with what its forms draw; a page full of text has some ten thousand."""

MOST_PAGE_LETTERS = 60_000
"""A page of the smallest print has some fifteen thousand. Each takes over a kilobyte while the page is read."""

MOST_PAGE_STROKES = 20_000
"""Lines, boxes and curves that a page draws; a table of 60 rows and 15 columns has 900, a logo some hundred."""

MOST_LETTERS = 8_000_000
"""On all pages: 2,000 pages with 4,000 letters each."""

MOST_FONT_CODES = 200_000
"""Codes that one font tells the letters or the widths of; no font has more than 65,536 of them."""

_MOST_FORMS_DEEP = 8
_LARGEST_STREAM_HEAD = 2048
_PIECE = 1 << 16
_PACKED_AGAIN = 3

_STREAM = re.compile(rb"(?<!end)stream\r?\n")
_STRING = re.compile(rb"\((?:[^()\\]|\\.)*\)|<[0-9A-Fa-f\s]*>", re.DOTALL)
_DRAWS_FORM = re.compile(rb"(?<![^\s\])>}])Do(?![^\s\[(<{/%])")
_STROKE = re.compile(rb"(?<=\s)(?:re|[lcvy])(?=\s)")
_COMMENT = re.compile(rb"%[^\r\n]*")
_RANGES = re.compile(rb"begin(?:bf|cid|notdef)range(.*?)(?:end(?:bf|cid|notdef)range|\Z)", re.DOTALL)
_RANGE = re.compile(rb"<([0-9A-Fa-f\s]*)>\s*<([0-9A-Fa-f\s]*)>\s*(?:<[^>]*>|\[[^\]]*\]|\d+)")


def must_unpack_to_little(content: bytes) -> None:
    """Look at the packed parts of a PDF without opening it. Raises NotWhole when they unpack to too much."""
    room = MOST_UNPACKED
    for match in _STREAM.finditer(content):
        head = content[max(0, match.start() - _LARGEST_STREAM_HEAD) : match.start()].rpartition(b"obj")[2]
        picture = b"/Image" in head and not any(other in head for other in (b"/ObjStm", b"/XRef", b"#"))
        if not picture:
            room -= _unpacked_size(memoryview(content)[match.end() :], room, _PACKED_AGAIN)
        if room < 0:
            raise NotWhole("The PDF unpacks to more than any explanation of benefits.")


def _unpacked_size(packed: memoryview | bytes, most: int, again: int) -> int:
    """How many bytes this unpacks to, and what is packed in it once more; more than `most` when it is more than that.

    0 where it is not packed in this way. No more than `most` is ever held.
    """
    unpacking, size, inner, at, rest = zlib.decompressobj(), 0, bytearray(), 0, b""
    try:
        while not unpacking.eof and size <= most and (rest or at < len(packed)):
            given = rest or bytes(packed[at : at + _PIECE])
            at += 0 if rest else _PIECE
            piece = unpacking.decompress(given, _PIECE)
            rest = unpacking.unconsumed_tail
            size += len(piece)
            if again and (inner or (piece[:1] == b"\x78" and int.from_bytes(piece[:2]) % 31 == 0)):
                inner += piece
    except zlib.error:
        pass
    return size + (_unpacked_size(bytes(inner), most - size, again - 1) if inner and size <= most else 0)


def must_draw_little(pdf: "pikepdf.Pdf") -> None:
    """Look at what the pages draw, and at their fonts. Raises NotWhole when it is more than any page shows.

    Also when a page is packed in a way that cannot be told, or breaks off: the readers take what they can get of a
    stream that breaks off, and say so to nobody.
    """
    if not pdf.pages or len(pdf.pages) > MOST_PAGES:
        raise NotWhole(f"The PDF has no page, or more than {MOST_PAGES}.")
    drawn = _Drawn()
    letters = 0
    for page in pdf.pages:
        letters += drawn.by_page(page)
        if letters > MOST_LETTERS:
            raise NotWhole("The PDF has more text than any explanation of benefits.")


class _Amount(NamedTuple):
    """What a page or form draws at most, with what its forms draw: letters, bytes of commands, lines."""

    letters: int = 0
    size: int = 0
    strokes: int = 0


class _Drawn:
    """What pages and forms draw; forms and fonts are looked at once, however often they are used."""

    def __init__(self) -> None:
        self._forms: dict[tuple[int, int], _Amount] = {}
        self._fonts: set[tuple[int, int]] = set()

    def by_page(self, page: "pikepdf.Page") -> int:
        """How many letters the page draws at most."""
        import pikepdf

        contents = page.obj.get("/Contents")
        streams = list(contents) if isinstance(contents, pikepdf.Array) else [] if contents is None else [contents]
        resources = page.resources if "/Resources" in page.obj or "/Parent" in page.obj else pikepdf.Dictionary()
        return self._by([one for one in streams if isinstance(one, pikepdf.Stream)], resources, 0).letters

    def _by(self, streams: "Sequence[pikepdf.Stream]", resources: "pikepdf.Object | None", depth: int) -> _Amount:
        if depth > _MOST_FORMS_DEEP:
            raise NotWhole("The PDF has a page whose forms draw one another without end.")
        content, room = b"", MOST_PAGE_BYTES
        for stream in streams:
            content += b"\n" + unpacked(stream, room)
            room = MOST_PAGE_BYTES - len(content)
        times = len(_DRAWS_FORM.findall(content))
        inner = [self._form(form, resources, depth + 1) for form in _forms_of(resources)] if times else []
        self._look_at_fonts(resources)
        amount = _Amount(
            sum(len(match[0]) - 2 for match in _STRING.finditer(content))
            + times * max((form.letters for form in inner), default=0),
            len(content) + times * max((form.size for form in inner), default=0),
            len(_STROKE.findall(content)) + times * max((form.strokes for form in inner), default=0),
        )
        if amount.letters > MOST_PAGE_LETTERS or amount.size > MOST_PAGE_BYTES or amount.strokes > MOST_PAGE_STROKES:
            raise NotWhole("The PDF has a page that draws more than any page of text.")
        return amount

    def _form(self, form: "pikepdf.Stream", around: "pikepdf.Object | None", depth: int) -> _Amount:
        if form.objgen not in self._forms:
            own = form.get("/Resources")
            self._forms[form.objgen] = self._by([form], around if own is None else own, depth)
        return self._forms[form.objgen]

    def _look_at_fonts(self, resources: "pikepdf.Object | None") -> None:
        import pikepdf

        fonts = None if resources is None else resources.get("/Font")
        for font in fonts.values() if isinstance(fonts, pikepdf.Dictionary) else ():
            if font.is_indirect and font.objgen in self._fonts:
                continue
            self._fonts.add(font.objgen)
            descendants = font.get("/DescendantFonts")
            for each in (font, *(descendants if isinstance(descendants, pikepdf.Array) else ())):
                _must_have_few_codes(each)


def _forms_of(resources: "pikepdf.Object | None") -> Iterator["pikepdf.Stream"]:
    import pikepdf

    objects = None if resources is None else resources.get("/XObject")
    for each in objects.values() if isinstance(objects, pikepdf.Dictionary) else ():
        if isinstance(each, pikepdf.Stream) and each.get("/Subtype") == "/Form":
            yield each


def _must_have_few_codes(font: "pikepdf.Object") -> None:
    import pikepdf

    codes = 0
    for key, values in (("/W", 1), ("/W2", 3)):
        widths = font.get(key)
        codes += _codes_of(list(widths), values) if isinstance(widths, pikepdf.Array) else 0
    for key in ("/ToUnicode", "/Encoding"):
        table = font.get(key)
        if isinstance(table, pikepdf.Stream):
            codes += _codes_told(unpacked(table, MOST_PAGE_BYTES))
    if codes > MOST_FONT_CODES:
        raise NotWhole("The PDF has a font with more letters than there are.")


def _codes_of(widths: Sequence[object], values: int) -> int:
    """How many codes a list of widths is about: `first [width ...]` or `first last width`."""
    import pikepdf

    codes, at = 0, 0
    while at + 1 < len(widths):
        second = widths[at + 1]
        if isinstance(second, pikepdf.Array):
            codes, at = codes + len(second), at + 2
        else:
            codes, at = codes + max(0, int(str(second)) - int(str(widths[at]))) + 1, at + 2 + values
    return codes


def _codes_told(table: bytes) -> int:
    codes = 0
    for part in _RANGES.finditer(_COMMENT.sub(b"", table)):
        for first, last in _RANGE.findall(part[1]):
            codes += max(0, int(_hex(last), 16) - int(_hex(first), 16)) + 1
    return codes


def _hex(digits: bytes) -> bytes:
    return b"".join(digits.split()) or b"0"


def unpacked(stream: "pikepdf.Stream", room: int) -> bytes:
    """What the stream holds, no more than `room` bytes of it ever unpacked.

    Raises NotWhole when it is more, breaks off, or is packed in a way in which no text is; ValueError and zlib.error
    when it is damaged.
    """
    import pikepdf

    filters = stream.get("/Filter")
    content = stream.read_raw_bytes()
    for name in map(str, filters if isinstance(filters, pikepdf.Array) else [] if filters is None else [filters]):
        if name in ("/ASCII85Decode", "/A85"):
            content = base64.a85decode(content.strip().removesuffix(b"~>"))
        elif name in ("/ASCIIHexDecode", "/AHx"):
            content = bytes.fromhex(content.strip().removesuffix(b">").decode("ascii"))
        elif name in ("/FlateDecode", "/Fl"):
            unpacking = zlib.decompressobj()
            content = unpacking.decompress(content, room + 1)
            if len(content) <= room and not unpacking.eof:
                raise NotWhole("The PDF has a page that breaks off.")
        elif name in ("/LZWDecode", "/LZW", "/RunLengthDecode", "/RL"):
            content = _unpacked_the_old_way(content, name, room)
        else:
            raise NotWhole("The PDF has a page that is packed in a way that is not known here.")
        if len(content) > room:
            raise NotWhole("The PDF has a page that unpacks to more than any text.")
    if len(content) > room:
        raise NotWhole("The PDF has a page that unpacks to more than any text.")
    return content


def _unpacked_the_old_way(content: bytes, name: str, room: int) -> bytes:
    from pdfminer.lzw import LZWDecoder
    from pdfminer.runlength import rldecode

    if name in ("/RunLengthDecode", "/RL"):
        # Two bytes say up to 128.
        return rldecode(content) if len(content) * 64 <= room else bytes(room + 1)
    whole = bytearray()
    for piece in LZWDecoder(BytesIO(content)).run():
        whole += piece
        if len(whole) > room:
            break
    return bytes(whole)
