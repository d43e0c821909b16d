"""Whatever happens around the press, the portal sees it once at most, and its list says what became of it."""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import timedelta
from pathlib import Path

import pytest
import pytest_asyncio

import bots.attempts
from bots.browser import BrowserHost
from bots.installed_browser import Browser
from flows.outcomes import Code, Ending, stop
from ledger.appeals import AppealStage
from ledger.thread import LedgerThread
from tests.bots.filing_night import DEATHS, FilingNight, file_or_look, open_all_night, prepare
from tests.bots.filing_portal import EXPIRED, REFUSED, FilingPortal, Writer, answer, filing_portal, reset
from tests.ledger.office import place

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

LATER = timedelta(hours=2)
"""Longer than any lease, and than the ledger waits with its second look at the list."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def careful(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[BrowserHost]:
    async with BrowserHost(tmp_path_factory.mktemp("careful"), browser, "tests", http2=False) as running:
        yield running


@pytest_asyncio.fixture(loop_scope="session")
async def portal() -> AsyncIterator[FilingPortal]:
    async with filing_portal() as running:
        open_all_night(running)
        yield running


Opened = Callable[..., Awaitable[FilingNight]]


@pytest_asyncio.fixture(loop_scope="session")
async def opened(
    portal: FilingPortal, careful: BrowserHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Opened]:
    monkeypatch.setattr(bots.attempts, "ask", file_or_look)
    async with LedgerThread() as ledger:

        async def open_night(ahead: timedelta = timedelta()) -> FilingNight:
            return await prepare(tmp_path, ledger, careful, portal.address, ahead)

        yield open_night


async def test_an_appeal_is_filed_and_its_receipt_kept(portal: FilingPortal, opened: Opened) -> None:
    night = await opened()
    report = await night.run()
    assert (report.why, report.signed_out, dict(report.by_ending)) == ("finished", True, {Ending.ANSWERED: 1})
    assert (portal.filed, await night.stage()) == (1, AppealStage.FILED)
    assert not night.defects


async def test_an_appeal_that_the_portal_refuses_is_not_filed(portal: FilingPortal, opened: Opened) -> None:
    portal.after = lambda writer: answer(writer, REFUSED)
    night = await opened()
    assert dict((await night.run()).by_ending) == {Ending.NEGATIVE: 1}
    assert (portal.filed, await night.stage()) == (1, AppealStage.REFUSED)


@pytest.mark.parametrize(
    "after",
    [reset, lambda writer: answer(writer, EXPIRED)],
    ids=["lost", "signed out"],
)
async def test_a_lost_receipt_is_looked_up_in_the_same_session_and_never_pressed_for_again(
    portal: FilingPortal, opened: Opened, after: Callable[[Writer], None]
) -> None:
    portal.after = after
    night = await opened()
    report = await night.run()
    assert dict(report.by_ending) == {Ending.UNCERTAIN: 1, Ending.ANSWERED: 1}
    assert report.signed_out
    assert (portal.filed, await night.stage()) == (1, AppealStage.FILED)


async def test_what_is_not_on_the_list_stays_uncertain_and_is_not_pressed_again(
    portal: FilingPortal, opened: Opened
) -> None:
    open_all_night(portal, takes=False)
    portal.after = reset
    night = await opened()
    assert dict((await night.run()).by_ending) == {Ending.UNCERTAIN: 2}
    assert (portal.filed, await night.stage()) == (1, AppealStage.UNCERTAIN)


@pytest.mark.parametrize(
    "fault",
    [RuntimeError("ours"), stop(Ending.TRANSIENT, Code.TECH_SESSION, "The session ended.")],
    ids=["our own fault", "a session that ended"],
)
async def test_what_a_flow_lets_through_after_the_press_is_uncertain_and_asked_again_of_the_list_alone(
    portal: FilingPortal, opened: Opened, monkeypatch: pytest.MonkeyPatch, fault: Exception
) -> None:
    async def faulty(*arguments: object) -> object:
        outcome = await file_or_look(*arguments)  # type: ignore[arg-type] # as it is called
        if portal.filed and outcome.answer is not None and '"found_on_list":false' in outcome.model_dump_json():
            raise fault
        return outcome

    monkeypatch.setattr(bots.attempts, "ask", faulty)
    night = await opened()
    assert dict((await night.run()).by_ending) == {Ending.UNCERTAIN: 1, Ending.ANSWERED: 1}
    assert (portal.filed, await night.stage()) == (1, AppealStage.FILED)


async def test_a_session_that_ended_before_the_press_is_signed_in_again_and_the_appeal_filed(
    portal: FilingPortal, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    ends = [stop(Ending.TRANSIENT, Code.TECH_SESSION, "The session ended.")]

    async def ended(*arguments: object) -> object:
        if ends:
            raise ends.pop()
        return await file_or_look(*arguments)  # type: ignore[arg-type] # as it is called

    monkeypatch.setattr(bots.attempts, "ask", ended)
    night = await opened()
    assert dict((await night.run()).by_ending) == {Ending.ANSWERED: 1}
    assert (portal.filed, await night.stage()) == (1, AppealStage.FILED)


async def test_a_browser_in_which_requests_share_a_line_files_nothing(
    portal: FilingPortal, opened: Opened, host: BrowserHost
) -> None:
    night = await opened()
    night.work = type(night.work)(**{**vars(night.work), "browser": host})
    with pytest.raises(ValueError, match="http2"):
        await night.run()
    assert (portal.filed, await night.stage()) == (0, AppealStage.APPROVED)


@pytest.mark.parametrize(
    "when", ["pressed", *(pytest.param(when, marks=pytest.mark.long) for when in DEATHS if when != "pressed")]
)
async def test_a_process_that_is_killed_around_the_press_is_followed_by_one_that_only_looks(
    portal: FilingPortal, opened: Opened, tmp_path: Path, when: str
) -> None:
    night = await opened(LATER)
    child = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bots.filing_night", place(), portal.address, str(tmp_path), when,
        cwd=Path(__file__).parents[2], env=dict(os.environ),
    )  # fmt: skip
    async with asyncio.timeout(60):
        assert await child.wait() == -signal.SIGKILL
    pressed = portal.filed
    assert pressed == (when != "committed")
    report = await night.run()
    assert dict(report.by_ending) == {Ending.ANSWERED if pressed else Ending.UNCERTAIN: 1}
    assert portal.filed == pressed
    assert await night.stage() is (AppealStage.FILED if pressed else AppealStage.UNCERTAIN)
