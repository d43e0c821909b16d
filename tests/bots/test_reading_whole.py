"""A view is read whole: its tabs and further pages, its tables of one kind together, and boxes that are no table."""

from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bots.session import Session
from flows.outcomes import Code, Ending, Stop
from flows.portal import Normal, Row
from packs import needs
from tests.bots.small_site import Site, heading, link, open_page, reason, serving, session_on, shown, small_pack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

PERCENT_OR_AMOUNT = {
    "amount": {"header": "You pay", "position": 2, "type": "money", "pattern": r"^(\$[\d.]+)$", "if_fits": True},
    "percent": {"header": "You pay", "position": 2, "type": "percent", "pattern": r"^(\d+%)$", "if_fits": True},
}
AS_BENEFITS = {"as": "benefits"}
COUNT = {"find": [{"matches": r"\d+ in all"}, {"css": ".count"}]}
KINDS = [{"text": "Copay", "code": "B"}, {"text": "Coinsurance", "code": "A"}]


def table(caption: str, rows: str, heads: str = "<th>Benefit</th><th>You pay</th>") -> str:
    return f"<table><caption>{caption}</caption><tr>{heads}</tr>{rows}</table>"


def benefits(caption: str, place: str, **more: Any) -> dict[str, Any]:
    kind = {"header": "Benefit", "position": 1, "type": "mapped", "map": "kinds", "required": True}
    return {
        "find": [{"role": "table", "name": caption}, {"css": place}],
        "columns": {"kind": kind, **PERCENT_OR_AMOUNT},
        "empty": "none",
        **more,
    }


def views() -> dict[str, Any]:
    """Coverage on two tabs: in and out of network on the first, a table over two pages on the second."""
    name = {"find": [{"near": "Name"}, {"css": "dd.name"}]}
    return {
        "coverage": {
            "recognise": ["heading"],
            "fixed": {"status": "1"},
            "elements": {
                "heading": {**heading("Coverage"), "action": "read"},
                "patient_name": name,
                "none": shown("No benefits.", ".none"),
                "part_b": link("Part B", "a.b", optional=True),
            },
            "tables": {
                "benefits": benefits("In network", "table:nth-of-type(1)", fixed={"network": "Y"}),
                "outside": benefits(
                    "Out of network", "table:nth-of-type(2)", fixed={"network": "N"}, **{"as": "benefits"}
                ),
            },
            "more": [{"view": "part-b", "if_there": True, "steps": [{"click": "coverage.part_b"}]}],
        },
        "part-b": {
            "recognise": ["heading"],
            "elements": {
                "heading": {**heading("Part B"), "action": "read"},
                "patient_name": name,
                "plan_name": {"find": [{"near": "Plan"}, {"css": "dd.plan"}]},
                "none": shown("No benefits.", ".none"),
                "count": {
                    "find": [{"matches": r"\d+ in all"}, {"css": ".count"}],
                    "type": "integer",
                    "pattern": r"(\d+)",
                },
                "next": link("Next", "a.next"),
                "first": link("First", "a.first"),
            },
            "tables": {
                "further": benefits(
                    "Further",
                    "table",
                    fixed={"network": "Y"},
                    paging={"next": "next", "first": "first", "total": "count"},
                    **AS_BENEFITS,
                )
            },
        },
        "expired": {"recognise": ["heading"], "elements": {"heading": heading("Sign in")}},
    }


NAME = "<dl><dt>Name</dt><dd class=name>ROE, ANNA</dd></dl>"
FIRST_TAB = (
    f"<h1>Coverage</h1>{NAME}{{link}}"
    + table("In network", "<tr><td>Copay</td><td>$20.00</td></tr><tr><td>Coinsurance</td><td>10%</td></tr>")
    + table("Out of network", "<tr><td>Coinsurance</td><td>{outside}</td></tr>")
)
SECOND_TAB = f"<h1>Part B</h1>{NAME}<dl><dt>Plan</dt><dd class=plan>Gold</dd></dl><p class=count>2 in all</p>"


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        link_there = "<a class=b href=/b>Part B</a>"
        running.pages["/"] = FIRST_TAB.format(link=link_there, outside="40%")
        running.pages["/b"] = (
            SECOND_TAB + table("Further", "<tr><td>Copay</td><td>$1.00</td></tr>") + "<a class=next href=/b2>Next</a>"
        )
        running.pages["/b2"] = SECOND_TAB + table("Further", "<tr><td>Copay</td><td>$2.00</td></tr>")
        yield running


async def session(site: Site, page: Page, described: dict[str, Any] | None = None) -> Session:
    pack = small_pack(
        site,
        described or views(),
        interruptions=[{"view": "expired", "expired": True}],
        flows={"eligibility": "read"},
        maps={"kinds": KINDS},
    )
    on = await session_on(page, pack)
    await open_page(on, "/")
    return on


def normals(rows: tuple[Row, ...], *columns: str) -> list[tuple[Normal | None, ...]]:
    return [tuple(row.cells[column].normal for column in columns) for row in rows]


async def test_tabs_pages_and_tables_of_one_kind_are_one_reading(site: Site, page: Page) -> None:
    on = await session(site, page)
    reading = await on.read("coverage")
    assert reading.view == "coverage"
    assert list(reading.tables) == ["benefits"]
    assert normals(reading.tables["benefits"], "network", "kind", "amount", "percent") == [
        ("Y", "B", Decimal("20.00"), None),
        ("Y", "A", None, Decimal(10)),
        ("N", "A", None, Decimal(40)),
        ("Y", "B", Decimal("1.00"), None),
        ("Y", "B", Decimal("2.00"), None),
    ]
    fields = {name: value.normal for name, value in reading.fields.items()}
    assert fields["status"] == "1"
    assert fields["plan_name"] == "Gold"
    # What no flow knows is not mixed up between the tabs.
    assert fields["heading"] == "Coverage"
    assert "plan_name" in needs.fields_read(on.page.pack, "part-b")
    kept = [view for view, _page in on.seen._pages]
    assert kept == ["coverage", "part-b", "part-b"]


async def test_a_tab_that_only_some_members_have_is_left_out_for_the_others(site: Site, page: Page) -> None:
    site.pages["/"] = FIRST_TAB.format(link="", outside="40%")
    reading = await (await session(site, page)).read("coverage")
    assert len(reading.tables["benefits"]) == 3
    assert "plan_name" not in reading.fields


async def test_tabs_that_contradict_one_another_are_for_a_person(site: Site, page: Page) -> None:
    site.pages["/b"] = str(site.pages["/b"]).replace("ROE, ANNA", "ROE, ANN")
    on = await session(site, page)
    with pytest.raises(Stop) as stopped:
        await on.read("coverage")
    why = reason(stopped.value)
    assert (stopped.value.outcome.ending, why.code) == (Ending.NEEDS_STAFF, Code.DATA_INCONSISTENT)
    assert (why.view, why.element) == ("part-b", "patient_name")


@pytest.mark.parametrize("odd", ["40", "40 % or $5", "see plan"])
async def test_a_text_in_a_form_that_no_column_takes_is_drift(site: Site, page: Page, odd: str) -> None:
    site.pages["/"] = FIRST_TAB.format(link="", outside=odd)
    on = await session(site, page)
    with pytest.raises(Stop) as stopped:
        await on.read("coverage")
    assert stopped.value.outcome.ending is Ending.DRIFT


CARD = "<article><h3>{0}</h3><dl><dt>Place</dt><dd class=place>{1}</dd></dl>{2}</article>"
ONE_ROW = {
    "service_type": {"find": [{"css": "h3"}, {"xpath": "*[1]"}], "required": True},
    "place": {"find": [{"near": "Place"}, {"css": ".place"}]},
}


def blocks(columns: dict[str, Any]) -> dict[str, Any]:
    described = views()
    coverage = described["coverage"]
    del described["part-b"], coverage["more"], coverage["elements"]["part_b"]
    find = [{"role": "region", "name": "Benefits"}, {"css": "section"}]
    coverage["tables"] = {"benefits": {"find": find, "blocks": {"css": "article"}, "columns": columns, "empty": "none"}}
    return described


def cards(*each: str) -> str:
    return f"<h1>Coverage</h1>{NAME}<section aria-label=Benefits><div>{''.join(each)}</div></section>"


@pytest.mark.parametrize("count", [1, 3])
async def test_boxes_that_look_alike_are_rows(site: Site, page: Page, count: int) -> None:
    site.pages["/"] = cards(*(CARD.format(f"Service {n}", f"Place {n}", "") for n in range(count)))
    reading = await (await session(site, page, blocks(ONE_ROW))).read("coverage")
    assert normals(reading.tables["benefits"], "service_type", "place") == [
        (f"Service {n}", f"Place {n}") for n in range(count)
    ]


async def test_a_box_may_hold_a_table_whose_rows_are_its_own(site: Site, page: Page) -> None:
    columns = {**ONE_ROW, "kind": {"header": "Benefit", "position": 1}, **PERCENT_OR_AMOUNT}
    site.pages["/"] = cards(
        CARD.format(
            "Office",
            "Office",
            table("In", "<tr><td>Copay</td><td>$20.00</td></tr><tr><td>Coinsurance</td><td>5%</td></tr>"),
        ),
        CARD.format("Therapy", "", table("In", "<tr><td>Copay</td><td>$30.00</td></tr>")),
    )
    reading = await (await session(site, page, blocks(columns))).read("coverage")
    assert normals(reading.tables["benefits"], "service_type", "place", "kind", "amount", "percent") == [
        ("Office", "Office", "Copay", Decimal("20.00"), None),
        ("Office", "Office", "Coinsurance", None, Decimal(5)),
        ("Therapy", None, "Copay", Decimal("30.00"), None),
    ]


TWO_ROWS = "<tr><td>Copay</td><td>$20.00</td></tr><tr><td>Coinsurance</td><td>5%</td></tr>"

BROKEN = {
    "a box without what is never blank": ("<article><dl><dt>Place</dt><dd class=place>x</dd></dl></article>", ONE_ROW),
    "what a person sees is gone": ("<article><h3>A</h3><dl><dt>At</dt><dd class=place>x</dd></dl></article>", ONE_ROW),
    "a box inside a box": (CARD.format("A", "B", CARD.format("C", "D", "")), ONE_ROW),
    "ways that disagree": (
        "<article><h3>A</h3><dl><dt>Place</dt><dd>x</dd></dl><b class=place>y</b></article>",
        ONE_ROW,
    ),
    "neither boxes nor the marker": ("<p>Nothing here</p>", ONE_ROW),
    "a box without its table": (CARD.format("A", "B", ""), {**ONE_ROW, "kind": {"header": "Benefit", "position": 1}}),
}


@pytest.mark.parametrize("fault", BROKEN)
async def test_boxes_that_are_not_as_described_are_not_read(site: Site, page: Page, fault: str) -> None:
    html, columns = BROKEN[fault]
    site.pages["/"] = cards(html)
    on = await session(site, page, blocks(columns))
    with pytest.raises(Stop) as stopped:
        await on.read("coverage")
    assert stopped.value.outcome.ending is Ending.DRIFT


async def test_no_boxes_are_an_answer_where_the_portal_says_so(site: Site, page: Page) -> None:
    site.pages["/"] = cards("<p class=none>No benefits.</p>")
    assert (await (await session(site, page, blocks(ONE_ROW))).read("coverage")).tables["benefits"] == ()
