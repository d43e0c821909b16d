"""What happens to questions, passwords and appeals when a page takes too much memory and is ended under them."""

import json
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import psutil
import pytest
from playwright.async_api import BrowserContext

import bots.attempts
from bots.installed_browser import Browser
from bots.memory_bound import Ended
from flows.outcomes import Code, Ending
from ledger import cases
from ledger.appeals import AppealStage
from ledger.cases import CaseRecord
from ledger.errors import CredentialFrozen
from ledger.thread import LedgerThread
from sandbox.process import PracticePortal
from tests.bots.eaters import eater
from tests.bots.filing_night import file_or_look, open_all_night, prepare
from tests.bots.filing_portal import FilingPortal, answer, filing_portal
from tests.bots.night import PORTAL, Night, night, questions
from tests.bots.small_browser import Watched, watched

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLAIMS = 5
WHERE = """addEventListener('DOMContentLoaded', () => {
  const shown = document.body.innerText.toLowerCase();
  if (shown.includes(%s.toLowerCase())) { document.body.replaceChildren(); %s }
})"""


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=11, claims=CLAIMS) as started:
        yield started


@pytest.fixture
async def small(browser: Browser, tmp_path: Path) -> AsyncIterator[Watched]:
    async with watched(tmp_path / "browser", browser) as one:
        yield one


@pytest.fixture
async def office(portal: PracticePortal, small: Watched, tmp_path: Path) -> AsyncIterator[Night]:
    async with night(tmp_path, portal, browser=small.host) as opened:
        yield opened


def eat_where(office: Night, monkeypatch: pytest.MonkeyPatch, kind: str, text: str) -> None:
    """From now on every page with this text shows nothing instead, and takes memory without end."""
    plain = office.work.browser.new_context

    async def hungry(**options: Any) -> BrowserContext:
        context = await plain(**options)
        await context.add_init_script(WHERE % (json.dumps(text), eater(kind)))
        return context

    monkeypatch.setattr(office.work.browser, "new_context", hungry)


async def open_cases(office: Night) -> tuple[CaseRecord, ...]:
    found: tuple[CaseRecord, ...] = await office.call(cases.list_open, office.person.practice_id)
    return found


async def test_a_page_that_eats_memory_costs_its_own_question_and_no_other(
    office: Night, small: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    eat_where(office, monkeypatch, "buffers", questions(office.portal)[1].patient.last_name)
    report = await office.run()
    assert (report.why, dict(report.by_ending)) == ("finished", {Ending.ANSWERED: CLAIMS - 1, Ending.TRANSIENT: 1})
    assert report.signed_out
    assert [one.ended for one in small.ended] == [Ended.PAGE]
    assert not await open_cases(office)

    for tries in range(2, 5):
        await office.clock.sleep(3600)
        report = await office.run()
        assert dict(report.by_ending) == {Ending.TRANSIENT: 1}
        assert len(small.ended) == tries
    assert [(case.code, case.portal) for case in await open_cases(office)] == [(Code.TECH_TIMEOUT, PORTAL)]
    counts = await office.counts()
    assert (counts.done, counts.parked) == (CLAIMS - 1, 1)
    assert not office.defects


async def test_a_browser_that_was_ended_whole_ends_the_session_and_a_fresh_one_goes_on(
    office: Night, small: Watched, monkeypatch: pytest.MonkeyPatch, browser: Browser, tmp_path: Path
) -> None:
    eat_where(office, monkeypatch, "blobs", questions(office.portal)[1].patient.last_name)
    report = await office.run()
    assert (report.why, report.by_ending[Ending.TRANSIENT], report.waits) == ("browser ended", 1, True)
    assert small.ended[-1].ended is Ended.BROWSER
    await office.clock.sleep(3600)
    async with watched(tmp_path / "fresh", browser) as fresh:
        assert (await office.run(browser=fresh.host)).why == "finished"
    assert (await office.counts()).done == CLAIMS
    assert not office.defects


async def test_a_password_whose_answer_eats_memory_is_not_typed_twice(
    office: Night, small: Watched, monkeypatch: pytest.MonkeyPatch
) -> None:
    eat_where(office, monkeypatch, "buffers", "Verify your identity")
    report = await office.run()
    assert (report.why, sum(report.by_ending.values())) == ("credential stopped", 0)
    assert [one.ended for one in small.ended] == [Ended.PAGE]
    with pytest.raises(CredentialFrozen):
        await office.run()
    assert office.presses() == ["accepted"]
    assert (await office.counts()).ready == CLAIMS


EATING = "<title>Wait</title><script>%s</script>"


@pytest.fixture
async def appeals(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[FilingPortal]:
    """A portal that takes appeals."""
    monkeypatch.setattr(bots.attempts, "ask", file_or_look)
    async with filing_portal() as running:
        open_all_night(running)
        yield running


async def test_an_appeal_whose_receipt_eats_memory_is_looked_up_and_never_pressed_for_again(
    appeals: FilingPortal, browser: Browser, tmp_path: Path
) -> None:
    async with watched(tmp_path / "b", browser, http2=False) as small, LedgerThread() as ledger:
        appeals.after = lambda writer: answer(writer, EATING % eater("buffers"))
        office = await prepare(tmp_path, ledger, small.host, appeals.address, timedelta())
        report = await office.run()
        assert dict(report.by_ending) == {Ending.UNCERTAIN: 1, Ending.ANSWERED: 1}
        assert [one.ended for one in small.ended] == [Ended.PAGE]
        assert (appeals.filed, await office.stage()) == (1, AppealStage.FILED)
        assert not office.defects


async def test_an_appeal_in_a_browser_that_was_ended_whole_is_looked_up_by_the_next_one(
    appeals: FilingPortal, browser: Browser, tmp_path: Path
) -> None:
    async with LedgerThread() as ledger:
        async with watched(tmp_path / "b", browser, http2=False) as small:
            # As the watch does it.
            appeals.after = lambda _writer: psutil.Process(small.host.process).kill()
            office = await prepare(tmp_path, ledger, small.host, appeals.address, timedelta())
            report = await office.run()
            assert (report.why, dict(report.by_ending)) == ("browser ended", {Ending.UNCERTAIN: 1})
            assert (appeals.filed, await office.stage()) == (1, AppealStage.UNCERTAIN)
        async with watched(tmp_path / "fresh", browser, http2=False) as fresh:
            office.work = type(office.work)(**{**vars(office.work), "browser": fresh.host})
            assert dict((await office.run()).by_ending) == {Ending.ANSWERED: 1}
        assert (appeals.filed, await office.stage()) == (1, AppealStage.FILED)
        assert not office.defects
