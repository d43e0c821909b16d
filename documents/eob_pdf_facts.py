"""What a page of an explanation of benefits says: labels with their values, headings, and the rows of its tables.

Nothing here knows a payer's form. Wordings are data (documents.eob_pdf_labels); where things stand on the page says
what belongs together.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto

from documents.eob_pdf_labels import (
    CLAIM,
    CLAIM_STATUSES,
    LINE,
    PAYMENT,
    PROVIDER,
    TOTAL,
    is_provider_section,
    is_total_section,
    plain,
)
from documents.eob_pdf_pages import Box, Page, RuledTable, TextLine

SURE = 1.0
"""A known label with a colon, or a cell of a drawn table under a known heading."""
BY_PLACE = 0.9
"""A label without a colon, or a cell that stands below a known heading without lines around it."""

_TABLE_TEXTS = frozenset({"adjustments", "adjustment_amounts", "remark_codes", "modifiers"})
"""Columns whose cells may go on in further lines of text."""

_AMOUNT = re.compile(r"\(?-?\$?-?[0-9][0-9,]*\.[0-9]{2}\)?-?")
_CONTINUED = re.compile(r"\s*[(\[]?\bcont(?:inued|'d|d|\.)?[)\]]?\s*\.*$", re.IGNORECASE)


class Section(Enum):
    """Whose facts follow."""

    CLAIMS = auto()
    PROVIDER = auto()
    TOTALS = auto()


class TableKind(Enum):
    """What a row of a table is."""

    LINES = auto()
    CLAIMS = auto()
    PROVIDER = auto()


@dataclass(frozen=True, repr=False)
class Label:
    """A known label with its value as shown. `name` is ours; `of` says in which of our lists of wordings it stands."""

    of: str
    name: str
    text: str
    confidence: float
    continued: bool = False


@dataclass(frozen=True, repr=False)
class TableRow:
    """A row of a table; cells by our names of the columns. `total` is a row that adds others up."""

    kind: TableKind
    cells: Mapping[str, str]
    confidence: float
    total: bool = False


Fact = Label | TableRow | Section


@dataclass(frozen=True, repr=False)
class _Columns:
    """The columns of the table that is being read: our name (None: not known) and where each stands."""

    kind: TableKind
    columns: tuple[tuple[str | None, Box], ...]


class Reader:
    """Reads page after page; a table may go on from one to the next."""

    def __init__(self) -> None:
        self._open: _Columns | None = None
        self._section = Section.CLAIMS

    def facts(self, page: Page) -> list[Fact]:
        """The page's facts in reading order."""
        found: list[Fact] = []
        taken = False
        for place, block in enumerate(page.blocks):
            if taken:
                taken = False
            elif isinstance(block, RuledTable):
                found += self._ruled(block)
            else:
                below = page.blocks[place + 1] if place + 1 < len(page.blocks) else None
                taken = self._line(block, below if isinstance(below, TextLine) else None, found)
        return found

    def _ruled(self, table: RuledTable) -> Iterator[Fact]:
        boxed = [_boxed(row) for row in table.rows]
        headed = next(((place, found) for place, row in enumerate(boxed[:3]) if (found := self._heading(row))), None)
        if headed is None and self._open is not None and len(boxed[0]) == len(self._open.columns):
            headed = (-1, self._open)
        if headed is None:
            yield from self._form(boxed)
            return
        start, columns = headed
        self._open = columns
        for row in boxed[start + 1 :]:
            cells = {name: box.text for (name, _), box in zip(columns.columns, row, strict=False) if name and box.text}
            if cells and self._heading(row) is None:
                yield TableRow(columns.kind, cells, SURE, total=_is_total(row))

    def _form(self, rows: Sequence[tuple[Box, ...]]) -> Iterator[Fact]:
        """A drawn table that holds labels and values."""
        taken = False
        for place, row in enumerate(rows):
            if taken:
                taken = False
                continue
            below = TextLine(0.0, rows[place + 1]) if place + 1 < len(rows) else None
            labels, taken = self._labels([piece for box in row for piece in _pieces(box)], below)
            yield from labels

    def _line(self, line: TextLine, below: TextLine | None, found: list[Fact]) -> bool:
        """Put what the line says into `found`. True when the line below was read together with it."""
        alone = line.cells[0].text if len(line.cells) == 1 else ""
        if is_provider_section(alone) or is_total_section(alone):
            self._section = Section.PROVIDER if is_provider_section(alone) else Section.TOTALS
            self._open = None
            found.append(self._section)
            return False
        heading = self._heading(line.cells)
        both = self._heading(_stacked(line.cells, below.cells)) if below else None
        if both is not None and (heading is None or _known(both) > _known(heading)):
            self._open = both
            return True
        if heading is not None:
            self._open = heading
            return False
        if self._open is not None and (row := self._row(line, self._open, found)) is not None:
            found.append(row)
            return False
        labels, taken = self._labels(line.cells, below)
        if labels:
            self._open = None
        found += labels
        return taken

    def _row(self, line: TextLine, columns: _Columns, found: list[Fact]) -> TableRow | None:
        """The line as a row of the open table, None when it is none. A row that goes on is put into its beginning."""
        cells = _by_column(line.cells, columns)
        if not cells or any(_known_label(cell.text) for cell in line.cells):
            return None
        before = found[-1] if found else None
        if cells.keys() <= _TABLE_TEXTS and isinstance(before, TableRow) and before.kind is columns.kind:
            joined = dict(before.cells)
            for name, text in cells.items():
                joined[name] = f"{joined[name]}\n{text}" if name in joined else text
            found.pop()
            return TableRow(before.kind, joined, before.confidence, before.total)
        total = _is_total(line.cells)
        amount = cells.get("amount" if columns.kind is TableKind.PROVIDER else "paid")
        if amount is None or not (total or _AMOUNT.search(amount)):
            return None
        return TableRow(columns.kind, cells, BY_PLACE, total=total)

    def _heading(self, cells: Sequence[Box]) -> _Columns | None:
        """The columns when these cells are the heading of a table that we know."""
        if any(_AMOUNT.search(cell.text) for cell in cells):
            return None
        names = [plain(cell.text) for cell in cells]
        of_line = [LINE.get(name) or _identity(name) for name in names]
        if {"procedure", "revenue_code"} & {*of_line} and {"billed", "paid"} <= {*of_line}:
            return _Columns(TableKind.LINES, tuple(zip(of_line, cells, strict=True)))
        of_claim = [CLAIM.get(name) for name in names]
        if _identities({*of_claim}) and {"billed", "paid"} <= {*of_claim}:
            return _Columns(TableKind.CLAIMS, tuple(zip(of_claim, cells, strict=True)))
        of_provider = [PROVIDER.get(name) for name in names]
        if self._section is Section.PROVIDER and "amount" in of_provider and {"reason", "reference"} & {*of_provider}:
            return _Columns(TableKind.PROVIDER, tuple(zip(of_provider, cells, strict=True)))
        return None

    def _labels(self, cells: Sequence[Box], below: TextLine | None) -> tuple[list[Fact], bool]:
        """The labels of a line with their values, and whether these stood in the line below."""
        found: list[Fact] = []
        if len(cells) > 1 and below is not None and all(self._of(cell.text) for cell in cells):
            values = [_below(cell, below) for cell in cells]
            if any(values) and not any(value and self._of(value) for value in values):
                for cell, value in zip(cells, values, strict=True):
                    found += self._label(cell.text, value or "", BY_PLACE)
                return found, True
        skip = False
        for place, cell in enumerate(cells):
            if skip:
                skip = False
                continue
            after = cells[place + 1].text if place + 1 < len(cells) else ""
            if ":" in cell.text:
                told = list(_after_colons(cell.text))
                label, value = told[-1]
                if not value and ":" not in after:
                    told[-1], skip = (label, after), True
                for label, value in told:
                    found += self._label(label, value, SURE)
            elif (known := self._of(cell.text)) and ":" not in after and self._may_be_value(known[1], after):
                skip = True
                found += self._label(cell.text, after, BY_PLACE)
        return found, False

    def _may_be_value(self, name: str, text: str) -> bool:
        """`Paid` is a label, and it is what a claim's status says."""
        return self._of(text) is None or (name == "status" and plain(text) in CLAIM_STATUSES)

    def _of(self, text: str) -> tuple[str, str] | None:
        """In which list of wordings this label stands, and our name for it."""
        name = plain(text)
        lists = [("payment", PAYMENT), ("claim", CLAIM), ("total", TOTAL)]
        if self._section is Section.TOTALS:
            lists.reverse()
        for of, wordings in lists:
            if name in wordings:
                return of, wordings[name]
        return None

    def _label(self, label: str, value: str, confidence: float) -> Iterator[Label]:
        known = self._of(label)
        if known is None:
            return
        of, name = known
        if of == "payment" and name == "trace":
            self._section = Section.CLAIMS
        elif of == "claim" and self._section is Section.TOTALS and name in ("billed", "allowed", "paid"):
            of = "total"
        elif of == "claim":
            self._section = Section.CLAIMS
        text = _CONTINUED.sub("", value).strip()
        if text:
            yield Label(of, name, text, confidence, continued=text != value.strip())


def _identity(name: str) -> str | None:
    found = CLAIM.get(name)
    return found if found in ("patient", "patient_account_number", "payer_claim_number", "member_id") else None


def _identities(names: set[str | None]) -> bool:
    return bool(names & {"patient", "patient_account_number", "payer_claim_number"})


def _known(columns: _Columns) -> int:
    return sum(name is not None for name, _ in columns.columns)


def _known_label(text: str) -> bool:
    label, colon, _ = text.partition(":")
    name = plain(label)
    return bool(colon) and any(name in wordings for wordings in (PAYMENT, CLAIM, TOTAL))


def _after_colons(text: str) -> Iterator[tuple[str, str]]:
    """`Patient: DOE, JANE Member ID: 7` is two labels with their values; a colon after no known label is text."""
    label, _, rest = text.partition(":")
    label = label.strip()
    while ":" in rest:
        before, _, after = rest.partition(":")
        words = before.split()
        starts = (place for place in range(len(words)) if _known_label(f"{' '.join(words[place:])}:"))
        start = next(starts, None)
        if start is None:
            break
        yield label, " ".join(words[:start])
        label, rest = " ".join(words[start:]), after
    yield label, rest.strip()


def _boxed(row: Sequence[str]) -> tuple[Box, ...]:
    return tuple(Box(text, place * 100.0, place * 100.0 + 90.0, 0.0) for place, text in enumerate(row))


def _pieces(box: Box) -> list[Box]:
    """What stands in one drawn cell: each label with its value, which may go on in the next line of the cell."""
    if ":" not in box.text:
        return [replace(box, text=" ".join(box.text.split()))] if box.text else []
    pieces: list[str] = []
    for line in box.text.split("\n"):
        if ":" in line or not pieces:
            pieces.append(line)
        else:
            pieces[-1] += f" {line}"
    return [replace(box, text=piece) for piece in pieces]


def _below(cell: Box, line: TextLine) -> str | None:
    under = max(line.cells, key=lambda one: one.overlap(cell))
    return under.text if under.overlap(cell) > 0 else None


def _stacked(upper: Sequence[Box], lower: Sequence[Box]) -> tuple[Box, ...]:
    """Headings of two lines as one: what stands above each other is read together."""
    left = list(upper)
    stacked = []
    for cell in lower:
        above = [one for one in left if one.overlap(cell) > 0]
        for one in above:
            left.remove(one)
        parts = [*above, cell]
        stacked.append(
            Box(
                " ".join(part.text for part in parts),
                min(part.left for part in parts),
                max(part.right for part in parts),
                cell.top,
            )
        )
    return tuple(sorted([*left, *stacked], key=lambda box: box.left))


def _by_column(cells: Sequence[Box], columns: _Columns) -> Mapping[str, str]:
    """Each cell's text under the heading that it stands below; what stands below two is parted into its words."""
    found: dict[str, list[str]] = {}
    for cell in cells:
        under = [column for column in columns.columns if column[1].overlap(cell) > 0]
        for piece in cell.words if len(under) > 1 else (cell,):
            name, _ = min(columns.columns, key=lambda column: (column[1].apart(piece), -column[1].overlap(piece)))
            if name is not None:
                found.setdefault(name, []).append(piece.text)
    return {name: " ".join(texts) for name, texts in found.items()}


def _is_total(cells: Sequence[Box]) -> bool:
    first = next((cell.text for cell in cells if cell.text), "")
    return re.match(r"(?:claim |line |grand |sub-?)?totals?\b", first, re.IGNORECASE) is not None
