"""Reports by the command line: tables, CSV, JSON, and a page without scripts, outside references or patients' data."""

import csv
import json
import re
from pathlib import Path

from console.reports.every import REPORTS
from portalwright.exit_codes import ExitCode
from tests.portalwright.conftest import CommandLine
from tests.portalwright.test_commands import ROW, work_list
from tests.portalwright.test_statements import CANARY, paid


def test_reports_as_tables_csv_json_and_one_page(portalwright: CommandLine, office: Path, tmp_path: Path) -> None:
    portalwright("import", "claims", work_list(tmp_path / "work.csv", ROW), "--office", office)
    portalwright("import", "remits", paid(tmp_path, "CO-97 334.50"), "--office", office)
    shown = portalwright("report", "denials", "--office", office)
    assert (shown.code, "CO-97" in shown.out, "334.50" in shown.out) == (0, True, True)
    file = tmp_path / "denials.csv"
    assert portalwright("report", "denials", "--csv", file, "--office", office).code == 0
    with file.open(encoding="utf-8-sig", newline="") as rows:
        (row,) = csv.DictReader(rows)
    assert (row["code"], row["claims"], row["amount"]) == ("CO-97", "1", "334.50")
    whole = json.loads(portalwright("report", "all", "--json", "--office", office).out)
    assert whole["denials"]["Denials"][0]["amount"] == "334.50"
    assert set(whole) == set(REPORTS)
    assert whole["receivables"]["Open by payer and age"] == []
    html = tmp_path / "reports.html"
    assert portalwright("report", "all", "--html", html, "--office", office).code == 0
    page = html.read_text(encoding="utf-8")
    assert "<svg" in page
    assert "334.50" in page
    assert not re.search(r"<script|https?://|src=|@import|url\((?!#)", page)
    assert CANARY not in page
    assert "ACCTCANARY1" not in page


def test_a_wrong_name_or_range_is_told(portalwright: CommandLine, office: Path) -> None:
    for words in (
        ("report", "weather"),
        ("report", "all", "--csv", "x.csv"),
        ("report", "denials", "--since", "2026-02-01", "--until", "2026-01-01"),
        ("report", "denials", "--since", "yesterday"),
        ("report", "denials", "--portal", "nope"),
    ):
        assert portalwright(*words, "--office", office).code == ExitCode.USAGE
