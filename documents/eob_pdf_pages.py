"""The pages of a PDF as lines and ruled tables of text, after making sure that the file is whole and opens."""

import io
import logging
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from time import monotonic
from typing import TYPE_CHECKING, Any

from documents.eob_pdf_limits import must_draw_little, must_unpack_to_little
from documents.not_whole import NotWhole, PasswordNeeded

if TYPE_CHECKING:
    import pikepdf
    from pdfplumber.page import Page as PlumberPage

for _library in ("pdfminer", "pdfplumber"):
    # Their warnings quote what they stumble over, and that is the file.
    logging.getLogger(_library).addHandler(logging.NullHandler())
    logging.getLogger(_library).propagate = False

MOST_LINES = 4000
"""Lines and boxes drawn on a page; a table of 60 rows and 15 columns has 900. Finding tables takes their square."""

MOST_SECONDS = 300.0
"""For all pages of a file together; a page takes some hundredths."""

_TAIL = 1024
_SAME_LINE = 3.0
"""Points; words of one line of text stand no further apart in height."""

_CELL_GAP = 0.9
"""Of a word's height: a wider gap parts two cells, a narrower one two words."""


@dataclass(frozen=True, repr=False)
class Box:
    """A piece of text and where it stands on its page, in points from the left and from the top."""

    text: str
    left: float
    right: float
    top: float
    words: tuple["Box", ...] = ()
    """Of a cell: its words."""

    def overlap(self, other: "Box") -> float:
        """How far both stand above each other, in points; 0 where they do not."""
        return max(0.0, min(self.right, other.right) - max(self.left, other.left))

    def apart(self, other: "Box") -> float:
        """How far both are from standing above each other, in points."""
        return max(0.0, self.left - other.right, other.left - self.right)


@dataclass(frozen=True, repr=False)
class TextLine:
    """A line of text, cut into cells where the gaps are wide."""

    top: float
    cells: tuple[Box, ...]


@dataclass(frozen=True, repr=False)
class RuledTable:
    """A table whose cells are drawn with lines: its rows of cells, top first. A cell may hold several lines."""

    top: float
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, repr=False)
class Page:
    """A page, counted from 1. `blocks` stand in reading order. No blocks at all: it has no text layer."""

    number: int
    blocks: tuple[TextLine | RuledTable, ...]


def pages(content: bytes, password: str | None) -> Iterator[Page]:
    """The pages of a PDF, one after the other. Raises PasswordNeeded, before the first page, or NotWhole.

    Nothing is written anywhere: a protected file is opened in memory.
    """
    readable = _checked(content, password)
    return (Page(number, _blocks(words, drawn)) for number, words, drawn in _texts(readable))


Word = dict[str, Any]
Drawn = tuple[Sequence[float], RuledTable]


def _texts(content: bytes) -> Iterator[tuple[int, list[Word], list[Drawn]]]:
    import pdfplumber

    until = monotonic() + MOST_SECONDS
    with _reading(), pdfplumber.open(io.BytesIO(content)) as pdf:
        for page in pdf.pages:
            if monotonic() > until:
                raise NotWhole("The PDF takes longer to read than any explanation of benefits.")
            yield page.page_number, *_read(page)
            page.close()


@contextmanager
def _reading() -> Iterator[None]:
    """What the reader of PDFs stumbles over is damaged, whatever kind of error it stumbles with."""
    try:
        yield
    except NotWhole:
        raise
    except Exception as error:
        raise NotWhole("The PDF is damaged, or of a kind that cannot be read.") from error


def _checked(content: bytes, password: str | None) -> bytes:
    """The PDF without protection. It is whole when it has its end, opens, and all that its pages draw unpacks."""
    import pikepdf

    if b"%%EOF" not in content[-_TAIL:]:
        raise NotWhole("The PDF breaks off before its end.")
    must_unpack_to_little(content)
    try:
        with _opened(content, password) as pdf:
            must_draw_little(pdf)
            # Written out anew, in memory: without protection, and in order where a careless program wrote it.
            opened = io.BytesIO()
            pdf.save(opened)
            return opened.getvalue()
    except (
        pikepdf.PdfError, zlib.error, ValueError, TypeError, AttributeError, LookupError, RecursionError, OverflowError,
        NotImplementedError, RuntimeError,
    ):  # fmt: skip
        raise NotWhole("The PDF is damaged.") from None


def _opened(content: bytes, password: str | None) -> "pikepdf.Pdf":
    import pikepdf

    # Without a password first: the library complains about one that was not needed.
    for given in ("",) if password is None else ("", password):
        try:
            return pikepdf.open(io.BytesIO(content), password=given, suppress_warnings=True)
        except pikepdf.PasswordError:
            continue
    told = "no password was given" if password is None else "the password that was given does not open it"
    raise PasswordNeeded(f"The PDF is protected, and {told}.")


def _read(page: "PlumberPage") -> tuple[list[Word], list[Drawn]]:
    """The page's words, and its drawn tables with where they stand."""
    if _drawn_twice(page):
        page = page.dedupe_chars()
    if len(page.lines) + len(page.rects) + len(page.curves) > MOST_LINES:
        raise NotWhole("The PDF has a page with more lines than any table.")
    tables = page.find_tables() if page.lines or page.rects else []
    drawn: list[Drawn] = [(table.bbox, ruled) for table in tables if (ruled := _ruled(table)) is not None]
    return page.extract_words(x_tolerance=1.5, y_tolerance=_SAME_LINE), drawn


def _blocks(words: Sequence[Word], drawn: Sequence[Drawn]) -> tuple[TextLine | RuledTable, ...]:
    outside = [word for word in words if not any(_inside(word, bbox) for bbox, _ in drawn)]
    blocks: list[TextLine | RuledTable] = [*_lines(outside), *(ruled for _, ruled in drawn)]
    return tuple(sorted(blocks, key=lambda block: block.top))


def _drawn_twice(page: "PlumberPage") -> bool:
    """Bold is sometimes made by drawing each letter twice, a hair's breadth apart."""
    places = {(char["text"], round(char["x0"]), round(char["top"])) for char in page.chars}
    return len(places) < 0.99 * len(page.chars)


def _ruled(table: Any) -> RuledTable | None:
    """The table's cells, or None for a frame or a rule that is not one."""
    rows = tuple(tuple((cell or "").strip() for cell in row) for row in table.extract())
    if len(rows) < 2 or max(map(len, rows)) < 2:
        return None
    return RuledTable(float(table.bbox[1]), rows)


def _inside(word: Word, bbox: Sequence[float]) -> bool:
    across, down = (word["x0"] + word["x1"]) / 2, (word["top"] + word["bottom"]) / 2
    return bool(bbox[0] <= across <= bbox[2] and bbox[1] <= down <= bbox[3])


def _lines(words: Sequence[Word]) -> Iterator[TextLine]:
    """The words as lines, which are told apart by the words' feet: small and big letters of a line share those."""
    line: list[Word] = []
    for word in sorted(words, key=lambda one: (one["bottom"], one["x0"])):
        if line and word["bottom"] - line[-1]["bottom"] > _SAME_LINE:
            yield _line(line)
            line = []
        line.append(word)
    if line:
        yield _line(line)


def _line(words: Sequence[Word]) -> TextLine:
    row = sorted(words, key=lambda one: float(one["x0"]))
    cells: list[list[Word]] = [[row[0]]]
    for before, word in pairwise(row):
        if word["x0"] - before["x1"] > _CELL_GAP * (word["bottom"] - word["top"]):
            cells.append([])
        cells[-1].append(word)
    return TextLine(min(float(word["top"]) for word in row), tuple(map(_cell, cells)))


def _cell(words: Sequence[Word]) -> Box:
    boxes = tuple(Box(one["text"], float(one["x0"]), float(one["x1"]), float(one["top"])) for one in words)
    return Box(" ".join(box.text for box in boxes), boxes[0].left, boxes[-1].right, boxes[0].top, boxes)
