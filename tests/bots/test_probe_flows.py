"""A probe of eligibility asks about nobody, one of remittances looks at one day; neither fetches or orders anything."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bots.probe import Probed, probe
from flows.questions import Eligibility, Patient, Period, Provider, Question, Remittances, Service
from tests.bots.small_site import Site, button, field_of, heading, serving, session_on, shown, small_pack

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

PROVIDER = Provider(tin="123456789", npi="1234567893")
PATIENT = Patient(member_id="XYZ1234", last_name="ROE", first_name="ANNA", birth_date=date(1980, 2, 3))
VISIT = Eligibility(
    portal="test",
    provider=PROVIDER,
    patient=PATIENT,
    service=Service(service_from=date(2026, 11, 20), service_to=date(2026, 11, 20)),
)
PAID = Remittances(
    portal="test", provider=PROVIDER, period=Period(paid_from=date(2026, 10, 1), paid_to=date(2026, 10, 31))
)
SEARCH = "<h1>Search</h1><form action=/found><label>What <input name=what></label><button>Find</button></form>"


def views() -> dict[str, Any]:
    search = {"heading": heading("Search"), "what": field_of("What", "input"), "go": button("Find", "button")}
    return {
        "search": {
            "recognise": ["heading"],
            "elements": {**search, "nobody": shown("Not on file.", ".nobody", optional=True)},
        },
        "payments": {
            "recognise": ["heading"],
            "elements": {"heading": heading("Payments"), "empty": shown("No payments.", ".empty")},
            "tables": {
                "payments": {
                    "find": [{"role": "table", "name": "Paid"}, {"css": "table"}],
                    "columns": {"trace": {"header": "Trace", "position": 1}},
                    "empty": "empty",
                }
            },
        },
    }


def form(source: str, *outcomes: dict[str, str]) -> dict[str, Any]:
    return {
        "view": "search",
        "reach": [{"go": "/"}],
        "fill": {"what": {"from": source}},
        "press": "go",
        "outcomes": list(outcomes),
    }


FORMS = {
    "member-search": form(
        "patient.member_id", {"element": "nobody", "means": "rejected", "rejected": "75"}, {"view": "payments"}
    ),
    "payment-search": form("period.paid_from", {"view": "payments"}),
    "report-request": form("period.paid_from", {"view": "payments"}),
}


@pytest_asyncio.fixture(loop_scope="session")
async def site() -> AsyncIterator[Site]:
    async with serving() as running:
        running.pages["/"] = SEARCH
        running.pages["/found"] = SEARCH + "<p class=nobody>Not on file.</p>"
        yield running


async def probed(site: Site, page: Page, like: Question) -> Probed:
    return await probe(await session_on(page, small_pack(site, views(), forms=FORMS)), like, [])


async def test_a_patient_who_cannot_exist_is_rejected_as_the_pack_expects(site: Site, page: Page) -> None:
    result = await probed(site, page, VISIT)
    assert result.passed
    assert site.asked[-1] == "/found?what=XYZ0000"
    assert "finds nobody" in {checked.what: checked.result for checked in result.checks}["member-search"]


async def test_somebody_found_in_their_place_is_a_changed_portal(site: Site, page: Page) -> None:
    site.pages["/found"] = "<h1>Payments</h1><p class=empty>No payments.</p>"
    assert not (await probed(site, page, VISIT)).passed


async def test_payments_are_searched_for_on_one_day_and_nothing_is_ordered(site: Site, page: Page) -> None:
    site.pages["/found"] = "<h1>Payments</h1><p class=empty>No payments.</p>"
    result = await probed(site, page, PAID)
    assert result.passed
    assert [asked.partition("?")[0] for asked in site.asked] == ["/", "/found"]
    site.pages["/found"] = "<h1>Payments</h1><p>Something new</p>"
    assert not (await probed(site, page, PAID)).passed
