"""A long night goes on in a fresh window again and again: what the driver keeps of pages goes with their window."""

from pathlib import Path

import pytest

from bots import lane_session
from bots.browser import BrowserHost
from bots.windows import Windows
from tests.bots.night import night
from tests.practice_portal import PracticePortal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLAIMS, IN_ONE_WINDOW = 12, 3


@pytest.mark.parametrize(
    "name",
    [
        "practice-national",
        *(pytest.param(name, marks=pytest.mark.long) for name in ("practice-medicaid", "practice-multipayer")),
    ],
)
async def test_the_window_is_renewed_between_questions_and_the_session_stays_signed_in(
    name: str, host: BrowserHost, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    left_behind: list[bool] = []
    renew = Windows.renew_first

    async def noted(windows: Windows) -> None:
        old = windows.top.page
        await renew(windows)
        left_behind.append(not old.is_closed())

    monkeypatch.setattr(lane_session, "_ITEMS_IN_ONE_WINDOW", IN_ONE_WINDOW)
    monkeypatch.setattr(Windows, "renew_first", noted)
    with PracticePortal(name, seed=11, claims=CLAIMS) as portal:
        async with night(tmp_path, portal, browser=host) as office:
            report = await office.run()
            presses = office.presses()
    assert (report.why, office.defects, presses) == ("finished", [], ["accepted"])
    assert sum(report.by_ending.values()) == CLAIMS
    assert left_behind == [False] * ((CLAIMS - 1) // IN_ONE_WINDOW)
