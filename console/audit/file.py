"""The audit log as a file: CSV for a spreadsheet, or lines of JSON for a program."""

import io
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from documents.columns import Cell, Column, Kind
from documents.table_out import write_csv
from ledger.audit_listed import AuditLine

_NAMES = tuple(AuditLine.model_fields)
_TABLE = tuple(Column(name, Kind.TEXT) for name in _NAMES)


@dataclass(frozen=True)
class Format:
    """A kind of file: what stands at its top, and how an entry is written."""

    ending: str
    words: str
    content_type: str
    head: bytes
    line: Callable[[AuditLine], bytes]


def _csv(rows: list[tuple[Cell, ...]]) -> bytes:
    out = io.BytesIO()
    write_csv(_TABLE, rows, out)
    return out.getvalue()


_HEAD = _csv([])


def _csv_line(line: AuditLine) -> bytes:
    values = {**line.model_dump(), "fields": " ".join(line.fields)}
    return _csv([tuple(values[name] for name in _NAMES)])[len(_HEAD) :]


def _json_line(line: AuditLine) -> bytes:
    return json.dumps(line.model_dump(mode="json"), ensure_ascii=False).encode() + b"\n"


FORMATS: Mapping[str, Format] = MappingProxyType(
    {
        "csv": Format("csv", "CSV", "text/csv; charset=utf-8", _HEAD, _csv_line),
        "jsonl": Format("jsonl", "lines of JSON", "application/jsonl", b"", _json_line),
    }
)
