"""A pack's recorded pages are read in a real browser and compared with what a person has reviewed."""

import json
from pathlib import Path

import pytest

from bots.browser import BrowserHost
from bots.recorded import check_recorded
from tests.bots.describing import claims_table, pack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

PACK = pack({"claims": claims_table()})
PAGE = """<!DOCTYPE html><h1>Claims</h1><table class=found><caption>Claims found</caption>
<tr><th>Claim number</th><th>Patient</th><th>Charge</th></tr>
<tr><td>C1</td><td>ROE, ANNA</td><td>$1.00</td></tr></table><script>document.body.innerHTML = '';</script>"""


async def test_a_page_without_an_expected_answer_gets_one_to_review(host: BrowserHost, tmp_path: Path) -> None:
    (tmp_path / "recorded").mkdir()
    (tmp_path / "recorded" / "claims.one.html").write_text(PAGE, encoding="utf-8")
    expected = tmp_path / "recorded" / "claims.one.json"
    first = await check_recorded(PACK, tmp_path, host)
    assert [(difference.page, difference.what) for difference in first] == [
        ("claims.one.html", "new: please review claims.one.json")
    ]
    written = json.loads(expected.read_text(encoding="utf-8"))
    assert written["tables"]["claims"][0]["billed"] == {"text": "$1.00", "normal": "1.00"}
    assert await check_recorded(PACK, tmp_path, host) == []

    written["tables"]["claims"][0]["billed"]["normal"] = "2.00"
    expected.write_text(json.dumps(written), encoding="utf-8")
    assert [difference.what for difference in await check_recorded(PACK, tmp_path, host)] == [
        'tables.claims[0].billed.normal: expected "2.00", read "1.00"'
    ]


async def test_a_page_that_cannot_be_read_is_a_difference(host: BrowserHost, tmp_path: Path) -> None:
    (tmp_path / "recorded").mkdir()
    (tmp_path / "recorded" / "claims.odd.html").write_text(PAGE.replace("Charge", "Paid"), encoding="utf-8")
    (tmp_path / "recorded" / "other.html").write_text(PAGE, encoding="utf-8")
    differences = await check_recorded(PACK, tmp_path, host)
    assert [(difference.page, difference.what) for difference in differences] == [
        (
            "claims.odd.html",
            "A column's heading is not where the pack says that it stands. (claims.claims.billed)",
        ),
        ("other.html", "the pack has no view 'other'"),
    ]
