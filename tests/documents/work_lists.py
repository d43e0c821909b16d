"""A small work list, as an office would write it, for the tests of reading."""

import csv
import io
from collections.abc import Iterable, Mapping
from datetime import date

from documents.claims_table import read_claims
from documents.csv_table import csv_table
from documents.headings import places
from documents.rows import OfficeScope, RejectedRow
from documents.work_list import COLUMNS, ClaimRow

TODAY = date(2026, 11, 22)
SCOPE = OfficeScope(tin="123456789", npis=frozenset({"1234567893"}), portals=frozenset({"practice-national"}))
GOOD = {
    "practice_tin": "123456789",
    "billing_npi": "1234567893",
    "portal": "practice-national",
    "member_id": "QZX100200300",
    "last_name": "O'Canary-Lópéz",
    "first_name": "Zephyrine",
    "birth_date": "1961-02-28",
    "patient_account_number": "ACCT-777",
    "payer_claim_number": "",
    "service_from": "2026-09-01",
    "service_to": "2026-09-02",
    "billed": "1234.50",
    "first_procedure": "99213",
}


def csv_text(*rows: Mapping[str, str], columns: Iterable[str] = COLUMNS, separator: str = ",") -> str:
    """The rows as a CSV file with these columns."""
    text = io.StringIO()
    writer = csv.DictWriter(text, list(columns), extrasaction="ignore", delimiter=separator)
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def as_csv(*rows: Mapping[str, str], columns: Iterable[str] = COLUMNS, separator: str = ",") -> list[str]:
    """The lines of such a file, with their ends."""
    return csv_text(*rows, columns=columns, separator=separator).splitlines(keepends=True)


def read_lines(lines: Iterable[str], scope: OfficeScope = SCOPE) -> list[ClaimRow | RejectedRow]:
    """What becomes of each row of a file with the documented headings."""
    table = csv_table(lines)
    return list(read_claims(table, places(table.headings, None, scope.known()), scope, TODAY))


def read(*rows: Mapping[str, str], scope: OfficeScope = SCOPE) -> list[ClaimRow | RejectedRow]:
    """What becomes of each of these rows."""
    return read_lines(as_csv(*rows, columns=rows[0]), scope)


def taken(result: ClaimRow | RejectedRow) -> ClaimRow:
    """The row, which must be a question."""
    assert isinstance(result, ClaimRow), result
    return result


def refused(result: ClaimRow | RejectedRow) -> RejectedRow:
    """The row, which must have been left out."""
    assert isinstance(result, RejectedRow)
    return result
