"""What may change while a session goes on ends it in time: its permission, its hours, and a portal that goes down."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

import pytest

from bots.browser import BrowserHost
from flows.opening_hours import DAYS, Window
from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger import breakers, permissions, work
from ledger.breakers import BreakerState
from ledger.errors import NotPermitted, PortalClosed
from ledger.permissions import Basis, Grant, Status
from ledger.thread import LedgerThread
from tests.bots.night import PORTAL, Night, night
from tests.practice_portal import PracticePortal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

P = ParamSpec("P")
T = TypeVar("T")
CLAIMS, ASKED = 5, 2


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=11, claims=CLAIMS) as started:
        yield started


@pytest.fixture
async def office(portal: PracticePortal, host: BrowserHost, tmp_path: Path) -> AsyncIterator[Night]:
    async with night(tmp_path, portal, browser=host) as opened:
        yield opened


class Interrupted(LedgerThread):
    """A ledger beside which something happens as soon as so many questions have ended."""

    def __init__(self, ledger: LedgerThread, happens: Callable[[], Awaitable[None]]) -> None:
        self._ledger = ledger
        self._happens = happens
        self._ended = 0

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        result = await self._ledger.call(function, *args, **kwargs)
        if function is work.finish:
            self._ended += 1
            if self._ended == ASKED:
                await self._happens()
        return result


def grant(office: Night, **changes: Any) -> Grant:
    simulator = Grant(
        portal=PORTAL,
        flow=Flow.CLAIM_STATUS,
        status=Status.SIMULATOR_ONLY,
        basis=Basis.OWN_TEST_SYSTEM,
        document="the practice portal",
        granted_to="the office",
        bot_identity="robot",
        valid_from=office.clock.now().date(),
    )
    return replace(simulator, **changes)


async def record(office: Night, **changes: Any) -> None:
    await office.call(permissions.grant, grant(office, **changes), office.person, office.clock.now())


async def taken_back(office: Night) -> None:
    await record(office, status=Status.PROHIBITED, basis=Basis.NONE, document="")


async def limited_to_yesterdays_hours(office: Night) -> None:
    day = DAYS[(office.clock.now() - timedelta(days=1)).weekday()]
    hours = Window.model_validate({"days": [day], "from": "00:00", "to": "24:00", "time_zone": "UTC"})
    await record(office, windows=(hours,))


async def test_a_permission_whose_hours_end_or_that_is_taken_back_ends_the_session_before_the_next_question(
    office: Night,
) -> None:
    report = await office.run(ledger=Interrupted(office.work.ledger, lambda: limited_to_yesterdays_hours(office)))
    assert (report.why, sum(report.by_ending.values()), report.signed_out) == ("hours over", ASKED, True)
    with pytest.raises(PortalClosed) as closed:
        await office.run()
    assert closed.value.until == report.again_at

    await record(office)
    await office.clock.sleep(60)  # a new step of the one-time code
    report = await office.run(ledger=Interrupted(office.work.ledger, lambda: taken_back(office)))
    assert (report.why, sum(report.by_ending.values()), report.signed_out) == ("not permitted", ASKED, True)
    assert report.stopped is not None
    assert report.stopped.code is Code.POL_NOPERMIT
    counts = await office.counts()
    assert (counts.ready, counts.running) == (CLAIMS - 2 * ASKED, 0)
    with pytest.raises(NotPermitted):
        await office.run()


async def test_a_portal_that_was_down_is_left_alone_and_then_tried_by_one_session(office: Night) -> None:
    async def state() -> BreakerState:
        standing = await office.call(breakers.standing, PORTAL, office.clock.now())
        return standing.state

    down = office.work.pack.model_copy(update={"address": "http://127.0.0.1:9"})
    report = await office.run(pack=down)
    assert (report.why, await state()) == ("portal down", BreakerState.OPEN)
    with pytest.raises(PortalClosed) as closed:
        await office.run()
    assert closed.value.until == report.again_at
    await office.run(pack=down, by_person=True)
    assert (await office.call(breakers.standing, PORTAL, office.clock.now())).failures == 1
    await office.clock.sleep(5 * 60)
    assert await state() is BreakerState.HALF_OPEN
    report = await office.run()
    assert (report.why, await state()) == ("finished", BreakerState.CLOSED)


async def test_questions_that_fail_again_are_not_taken_for_a_portal_that_is_down(office: Night) -> None:
    office.portal.faults(line=[{"kind": "error", "path": "/claims/results", "every": 1}])
    report = await office.run()
    assert (report.why, report.by_ending) == ("portal down", {Ending.TRANSIENT: 3})
    await office.clock.sleep(10 * 60)
    report = await office.run()
    assert (report.why, report.by_ending) == ("finished", {Ending.TRANSIENT: CLAIMS})
    standing = await office.call(breakers.standing, PORTAL, office.clock.now())
    assert (standing.state, standing.failures) == (BreakerState.HALF_OPEN, 1)
    office.portal.faults()
    await office.clock.sleep(15 * 60)
    report = await office.run()
    assert (report.why, Ending.TRANSIENT in report.by_ending) == ("finished", False)
    standing = await office.call(breakers.standing, PORTAL, office.clock.now())
    assert standing.state is BreakerState.CLOSED
