"""Every claim of a night at the practice portals, read without opening pages and by opening them: the same texts."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from bots.browser import BrowserHost
from bots.direct import reading
from bots.direct.proof import difference
from flows.outcomes import Code, Ending, Outcome
from flows.portal import Reading
from ledger import cases
from tests.bots.night import night
from tests.practice_portal import PracticePortal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLAIMS = 14
PORTALS = ("practice-national", pytest.param("practice-medicaid", marks=pytest.mark.long))


@pytest.mark.parametrize("name", PORTALS)
async def test_each_claim_reads_the_same_in_both_ways(
    name: str, host: BrowserHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(reading, "PROVED_EACH", 0)
    compared = []

    def noted(*both: object) -> object:
        compared.append(both)
        return difference(*both)  # type: ignore[arg-type]

    monkeypatch.setattr(reading, "difference", noted)
    with PracticePortal(name, seed=5, claims=CLAIMS) as portal:
        async with night(tmp_path, portal, browser=host) as office:
            report = await office.run()
            found = await office.call(cases.list_open, office.person.practice_id, office.name)
    assert (office.defects, report.read_directly) == ([], 0)
    answered = report.by_ending.get(Ending.ANSWERED, 0) + report.by_ending.get(Ending.NEGATIVE, 0)
    assert len(compared) == answered > CLAIMS // 2
    assert "without opening" not in " ".join(case.what for case in found)


async def test_a_difference_is_a_case_and_every_answer_is_an_opened_pages(
    host: BrowserHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def otherwise(directly: Outcome, fetched: Sequence[Reading], *opened: Any) -> Outcome | None:
        """As if the last page that was fetched had not been there."""
        return difference(directly, fetched[:-1], *opened)

    monkeypatch.setattr(reading, "difference", otherwise)
    with PracticePortal("practice-national", seed=11, claims=CLAIMS) as portal:
        async with night(tmp_path, portal, browser=host) as office:
            report = await office.run()
            found = await office.call(cases.list_open, office.person.practice_id, office.name)
    assert (report.why, report.read_directly, office.defects) == ("finished", 0, [])
    assert report.by_ending[Ending.ANSWERED] > CLAIMS // 2
    assert [(case.view, case.times) for case in found if case.code is Code.TECH_LAYOUT] == [("claim", 1)]


@pytest.mark.parametrize("name", PORTALS)
async def test_a_night_opens_few_pages(name: str, host: BrowserHost, tmp_path: Path) -> None:
    with PracticePortal(name, seed=11, claims=CLAIMS) as portal:
        async with night(tmp_path, portal, browser=host) as office:
            report = await office.run()
    assert (office.defects, report.why) == ([], "finished")
    assert report.read_directly > CLAIMS // 2
