"""A page that is not as its pack says is never read: every doubt ends as DRIFT, with what and where, and no guess."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from bots.engine import PageEngine
from bots.reader import ViewRead, read_view
from flows.outcomes import Code, Ending, Stop
from tests.bots.describing import claims_table, pack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

CLAIM = {
    "recognise": ["heading"],
    "busy": "loading",
    "elements": {
        "heading": {"find": [{"role": "heading", "name": "Claim"}, {"css": "h1"}], "action": "navigate"},
        "loading": {"find": [{"text": "Loading"}, {"css": ".loading"}]},
        "member_id": {"find": [{"near": "Member ID"}, {"css": ".member"}], "required": True},
        "paid": {"find": [{"near": "Paid"}, {"css": ".paid"}], "type": "money", "optional": True},
        "finalised": {"find": [{"near": "Finalised"}, {"css": ".finalised"}], "type": "date", "optional": True},
        "status": {
            "find": [{"near": "Status"}, {"css": ".status"}],
            "type": "mapped",
            "map": "status",
            "optional": True,
        },
    },
}
PACK = pack(
    {"claim": CLAIM, "claims": claims_table()},
    maps={"status": [{"text": "Paid in full", "code": "F1"}]},
)
HEAD = "<h1>Claim</h1><dl><dt>Member ID</dt><dd class=member>W1</dd>"
TABLE = """<h1>Claims</h1><table class=found><caption>Claims found</caption>
<tr><th>Claim number</th><th>Patient</th><th>Charge</th></tr>{0}</table>{1}"""
ROW = "<tr><td><a href=#>{0}</a></td><td>ROE, ANNA</td><td>{1}</td></tr>"
NOTHING = "<p class=nothing>No claims match.</p>"


async def read(engine: PageEngine, view: str, html: str, **more: Any) -> ViewRead:
    await engine.page.set_content(html)
    return read_view(await engine.read(PACK.views[view]), PACK, view, **more)


async def drift(engine: PageEngine, view: str, html: str) -> str | None:
    with pytest.raises(Stop) as stopped:
        await read(engine, view, html)
    outcome = stopped.value.outcome
    assert outcome.ending is Ending.DRIFT
    assert outcome.reason is not None
    assert (outcome.reason.code, outcome.reason.view) == (Code.TECH_LAYOUT, view)
    return outcome.reason.element


async def test_a_view_is_read_with_its_meanings_and_where_they_stood(engine: PageEngine) -> None:
    html = f"""{HEAD}<dt>Paid</dt><dd class=paid>$5.00</dd><dt>Finalised</dt><dd class=finalised>07/04/2026</dd>
    <dt>Status</dt><dd class=status>Paid in full</dd></dl>"""
    got = await read(engine, "claim", html)
    fields = got.reading.fields
    assert {name: value.normal for name, value in fields.items()} == {
        "member_id": "W1",
        "paid": Decimal("5.00"),
        "finalised": date(2026, 7, 4),
        "status": "F1",
    }
    assert (fields["paid"].shown.where, fields["paid"].shown.text) == ("claim.paid", "$5.00")
    assert got.warnings == ()


async def test_absent_and_blank_are_not_the_same_and_neither_is_zero(engine: PageEngine) -> None:
    fields = (await read(engine, "claim", f"{HEAD}<dt>Paid</dt><dd class=paid></dd></dl>")).reading.fields
    assert fields["paid"].normal is None
    assert "finalised" not in fields


async def test_a_status_text_that_nobody_mapped_is_said_to_be_unmapped(engine: PageEngine) -> None:
    fields = (await read(engine, "claim", f"{HEAD}<dt>Status</dt><dd class=status>Odd</dd></dl>")).reading.fields
    assert (fields["status"].normal, fields["status"].unmapped) == (None, True)


async def test_a_way_that_finds_nothing_is_a_warning(engine: PageEngine) -> None:
    got = await read(engine, "claim", f"{HEAD}<dt>Paid</dt><dd>$5.00</dd></dl>")
    assert got.reading.fields["paid"].normal == Decimal("5.00")
    assert [(warning.view, warning.element, warning.ways) for warning in got.warnings] == [("claim", "paid", (1,))]


@pytest.mark.parametrize(
    ("html", "at"),
    [
        ("<h1>Another page</h1>", None),
        (HEAD + "</dl><p class=loading>Loading</p>", "loading"),
        ("<h1>Claim</h1>", "member_id"),
        (HEAD.replace("W1", "") + "</dl>", "member_id"),
        (HEAD.replace("W1", "N/A") + "</dl>", "member_id"),
        (HEAD + "<dt>Paid</dt><dd>$5.00</dd><dt>Other</dt><dd class=paid>$6.00</dd></dl>", "paid"),
        (HEAD + "<dt>Paid</dt><dd class=paid>Pending</dd></dl>", "paid"),
        (HEAD + "<dt>Paid</dt><dd class=paid>$1\u200b.00</dd></dl>", "paid"),
        (HEAD + "<dt>Amount due</dt><dd class=paid>$9.00</dd></dl>", "paid"),
        (HEAD + "<dt>Finalised</dt><dd class=finalised>07/04/26</dd></dl>", "finalised"),
    ],
    ids=[
        "unknown",
        "busy",
        "missing",
        "blank",
        "not-available",
        "conflict",
        "type",
        "unseen",
        "by-shape",
        "short-year",
    ],
)
async def test_a_field_that_is_not_as_declared_is_drift(engine: PageEngine, html: str, at: str | None) -> None:
    assert await drift(engine, "claim", html) == at


async def test_rows_are_read_with_page_index_and_place(engine: PageEngine) -> None:
    html = TABLE.format(ROW.format("C11", "$1.00") + ROW.format("C12", "$2.00"), "")
    rows = (await read(engine, "claims", html, page=1, first_row=10)).reading.tables["claims"]
    assert [(row.page, row.index, row.cells["payer_claim_number"].normal) for row in rows] == [
        (1, 0, "C11"),
        (1, 1, "C12"),
    ]
    assert rows[1].cells["billed"].shown.where == "claims.claims[11].billed"
    assert rows[1].cells["billed"].normal == Decimal("2.00")


@pytest.mark.parametrize("html", [TABLE.format("", NOTHING), "<h1>Claims</h1>" + NOTHING])
async def test_the_portals_own_word_for_nothing_is_an_empty_table(engine: PageEngine, html: str) -> None:
    assert (await read(engine, "claims", html)).reading.tables["claims"] == ()


@pytest.mark.parametrize(
    ("html", "at"),
    [
        (TABLE.format("", ""), "claims"),
        ("<h1>Claims</h1>", "claims"),
        (TABLE.format(ROW.format("C1", "$1.00"), NOTHING), "claims"),
        (TABLE.format("", "<p class=nothing>Try again later.</p>"), "nothing"),
        (TABLE.format("", "<p>No claims match.</p>"), "nothing"),
        (TABLE.replace("Charge", "Paid").format(ROW.format("C1", "$1.00"), ""), "claims.billed"),
        (TABLE.format(ROW.format("C1", ""), ""), "claims.billed"),
        (TABLE.format(ROW.format("C1", "Pending"), ""), "claims.billed"),
        (TABLE.format(ROW.format("C1", "$1.00") * 2, ""), "claims"),
        (TABLE.format(ROW.format("C1", "$1.00") + "<tr><td>C2</td></tr>", ""), "claims"),
    ],
    ids=["neither", "no-table", "both", "other-text", "half-marker", "heading", "blank", "type", "same-key", "shape"],
)
async def test_a_table_that_is_not_as_declared_is_drift(engine: PageEngine, html: str, at: str) -> None:
    assert await drift(engine, "claims", html) == at
