"""Work lists and other lists of an office, spoilt by row, cell and byte: every row is taken or left out, and told."""

import io
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache, partial
from pathlib import Path
from typing import Any

import xlsxwriter

from documents.appointments import APPOINTMENT_COLUMNS, read_appointments
from documents.bank_deposits import DEPOSIT_COLUMNS, read_deposits
from documents.claims_table import read_claims
from documents.fee_schedules import FEE_COLUMNS, read_fees
from documents.headings import places
from documents.rows import RejectedRow
from documents.table import Columns, FileUnreadable, Table
from documents.table_file import open_table
from documents.work_list import CLAIM_COLUMNS
from ledger.imports import ImportResult, Keep
from ledger.imports import RejectedRow as Refused
from portalwright.importing import Reading, Wanted
from tests.documents.work_lists import SCOPE, TODAY
from tests.fuzz.canaries import ACCOUNT, FIRST_NAME, LAST_NAME, MEMBER_ID
from tests.fuzz.choices import Choices
from tests.fuzz.judge import Broken, Target, Told
from tests.fuzz.mutation import TOKENS, Grid, bytes_edited, grid_edited, grid_written

_PATIENT = (MEMBER_ID, LAST_NAME, FIRST_NAME)
_OFFICE = ("123456789", "1234567893", "practice-national")

_XML_TOKENS = (
    *TOKENS, b"<row>", b"</row>", b'<c r="A1" t="s"><v>0</v></c>', b'<c r="XFD1048576"><v>1</v></c>', b' t="d"',
    b' t="b"', b' t="e"', b' t="inlineStr"', b' s="99"', b"<v>1e400</v>", b"<v>999999</v>", b"<f>1+1</f>",
    b"<!DOCTYPE x>", b'<!ENTITY a "b">', b"&a;", b"&#0;", b"<is><t>QZXCANARY</t></is>", b'<row r="1048576">',
    b'<row r="-1">',
)  # fmt: skip

Rows = Iterator[Any]


@dataclass(frozen=True)
class _List:
    """A kind of list: its columns, some good rows, and how it is read."""

    name: str
    columns: Columns
    rows: Sequence[Sequence[str]]
    read: Callable[[Table, Mapping[str, int]], Rows]


_LISTS = (
    _List(
        "csv",
        CLAIM_COLUMNS,
        [
            (*_OFFICE, *_PATIENT, "1961-02-28", ACCOUNT, "", "2026-09-01", "2026-09-02", "1234.50", "99213"),
            (*_OFFICE, *_PATIENT, "02/28/1961", "ACCT-778", "7", "9/1/2026", "9/1/2026", "$1,234.5", "J1100"),
            (*_OFFICE, *_PATIENT, "22340", "ACCT-779", "", "46266", "46266", "85", ""),
        ],
        lambda table, at: read_claims(table, at, SCOPE, TODAY),
    ),
    _List(
        "csv-appointments",
        APPOINTMENT_COLUMNS,
        [
            ("A-1", *_OFFICE, *_PATIENT, "1961-02-28", "2026-12-01", "", "", "", "", ""),
            ("A-2", *_OFFICE, *_PATIENT, "1961-02-28", "2026-12-01", "2026-12-02", "98", "GOLD", "G1", "OTHER"),
        ],
        lambda table, at: read_appointments(table, at, SCOPE, TODAY),
    ),
    _List(
        "csv-deposits",
        DEPOSIT_COLUMNS,
        [
            ("2026-09-01", "131.37", "TRN*1*TRACE1*1999999999~", f"{LAST_NAME}", ""),
            ("09/02/2026", "-12.5", "", "PRACTICE PAYER", "R1"),
        ],
        lambda table, at: read_deposits(table, at, TODAY),
    ),
    _List(
        "csv-fees",
        FEE_COLUMNS,
        [("99213", "25", "120.00", "2026-01-01", "", "1234567893"), ("J1100", "", "1.5", "1/1/2026", "6/30/2026", "")],
        read_fees,
    ),
)


def table_targets() -> list[Target]:
    """The readers of lists."""
    lists = [Target(kind.name, partial(_spoilt, kind), partial(_read, kind), (FileUnreadable,)) for kind in _LISTS]
    return [*lists, Target("xlsx", _spoilt_workbook, partial(_read, _LISTS[0]), (FileUnreadable,))]


def _spoilt(kind: _List, choices: Choices) -> bytes:
    grid: Grid = [list(kind.columns.names), *map(list, kind.rows)]
    way = choices.number(4)
    written = grid_written(grid_edited(grid, Choices(choices.taken(40))) if way else grid, choices)
    return written if way > 1 else bytes_edited(written, choices)


def _spoilt_workbook(choices: Choices) -> bytes:
    """A workbook with one of the files in it spoilt, or with its own bytes."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(_workbook())) as archive, zipfile.ZipFile(out, "w") as written:
        names = archive.namelist()
        spoilt = choices.one([name for name in names if "sheet" in name] * 3 + names)
        for name in names:
            content = archive.read(name)
            if name == spoilt:
                content = bytes_edited(content, Choices(choices.taken(80)), _XML_TOKENS)
            written.writestr(name, content)
    return bytes_edited(out.getvalue(), choices) if choices.chance(4) else out.getvalue()


@cache
def _workbook() -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for row, cells in enumerate([list(_LISTS[0].columns.names), *_LISTS[0].rows]):
        sheet.write_row(row, 0, cells)
    book.close()
    return out.getvalue()


def _read(kind: _List, content: bytes) -> Told:
    with tempfile.NamedTemporaryFile(suffix=".csv") as file:
        file.write(content)
        file.flush()
        with open_table(Path(file.name)) as table:
            at = places(table.headings, None, SCOPE.known(), kind.columns)
            return _imported(kind, table, at)


def _imported(kind: _List, table: Table, at: Mapping[str, int]) -> Told:
    """The rows go the way of an import, to a ledger that takes two of three."""
    numbers: list[int] = []
    reading = Reading(kind.read(replace(table, rows=_counted(table, numbers)), at), lambda _: None)

    def take(keep: Keep) -> ImportResult:
        taken = sum(1 for _ in reading.taken())
        refused = tuple(Refused(number, "The ledger has another one.") for number in range(3, taken + 1, 3))
        result = ImportResult(created=taken - len(refused), changed=0, unchanged=0, rejected=refused)
        keep(result)
        return result

    imported = reading.imported(take, Wanted(), table.notes)
    if imported.created + imported.changed + imported.unchanged + len(imported.rejected) != len(numbers):
        raise Broken("rows taken and rows left out are all rows")
    left_out = {one.row for one in imported.rejected}
    if len(left_out) != len(imported.rejected) or not left_out <= set(numbers) or numbers != sorted(set(numbers)):
        raise Broken("a row that is left out is named by its own number")
    return Told((*imported.notes, *map(_told, imported.rejected)))


def _counted(table: Table, numbers: list[int]) -> Iterator[tuple[int, list[str]]]:
    for number, cells in table.rows:
        numbers.append(number)
        yield number, cells


def _told(rejected: RejectedRow) -> str:
    return f"{rejected.field}: {rejected.reason}"
