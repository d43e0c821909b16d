"""Every state of a portal's door (DOMAIN 1.6, 1 to 20, 48, 49, 51, 52) against the practice portals' own event logs.

One line a state: which quirk, how the run ends, what the person is told, and what was pressed. Nothing is ever pressed
twice, and where nothing may be pressed nothing is.
"""

from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from _pytest.mark.structures import ParameterSet

from bots.browser import BrowserHost
from flows.outcomes import Code
from flows.questions import Flow
from ledger import cases, models, presses, runs, work
from ledger.errors import CredentialFrozen, LedgerError, PortalClosed, PortalStopped
from ledger.states import Stops
from tests.bots.night import ALIAS, Night, night
from tests.practice_portal import PracticePortal
from tests.soak.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

A, B, C, D = "practice-multipayer", "practice-national", "practice-contractor", "practice-medicaid"
Open = Callable[..., Any]


@pytest.fixture
async def opened(host: BrowserHost, tmp_path: Path) -> AsyncIterator[Open]:
    """Opens a night at a practice portal, with a person who hands over mailed codes and accepts terms once."""
    async with AsyncExitStack() as stack:

        async def _open(portal: str, quirks: dict[str, float] | None = None, **more: Any) -> Night:
            started = stack.enter_context(PracticePortal(portal, **{"seed": 11, "claims": 4, **more}, quirks=quirks))
            office = await stack.enter_async_context(night(tmp_path, started, browser=host))
            office.clock.meanwhile = Person(office).meanwhile
            return office

        yield _open


async def until_in(office: Night, **changes: Any) -> Any:
    """Run; once more after a person accepted the terms, where the portal has them at its door."""
    report = await office.run(**changes)
    if await Person(office).after_run():
        report = await office.run(**changes)
    return report


def pressed(office: Night) -> dict[str, list[str]]:
    """What the portal saw of every counted press."""
    kinds = ("password", "code", "question")
    return {kind: results for kind in kinds if (results := office.presses(kind))}


def seen(office: Night, kind: str) -> list[dict[str, Any]]:
    return [event for event in office.portal.events() if event["kind"] == kind]


@dataclass(frozen=True)
class State:
    """A state of the door: where and by which quirk, how the run ends, and what the portal saw pressed."""

    portal: str
    quirk: str
    why: str
    code: Code
    presses: dict[str, list[str]] = field(default_factory=dict)
    stands: type[LedgerError] | None = None
    """What the next run is told."""

    def __str__(self) -> str:
        return f"{self.portal.removeprefix('practice-')}-{self.quirk}"


OK = ["accepted"]
STOPPED, PAUSED, ROBOT = "credential stopped", "in use elsewhere", "portal stopped"
STATES = [
    # 1: somebody has used this window's code
    State(B, "code-already-used", STOPPED, Code.ACC_MFA, {"password": OK, "code": ["already-used"]}, CredentialFrozen),
    State(A, "code-already-used", STOPPED, Code.ACC_MFA, {"password": OK, "code": ["already-used"]}, CredentialFrozen),
    # 5: only a passkey signs in
    State(B, "method-retired", STOPPED, Code.ACC_MFA, {"password": OK}, CredentialFrozen),
    State(A, "method-retired", STOPPED, Code.ACC_MFA, {"password": OK}, CredentialFrozen),
    # 7, 8: found locked or disabled
    State(C, "locked-out", STOPPED, Code.ACC_LOCKED, {"password": ["locked"]}, CredentialFrozen),
    State(C, "idle-disabled", STOPPED, Code.ACC_LOCKED, {"password": ["disabled"]}, CredentialFrozen),
    State(D, "idle-disabled", STOPPED, Code.ACC_LOCKED, {"password": ["disabled"]}, CredentialFrozen),
    # 10: terms that nobody accepted
    State(B, "new-terms", STOPPED, Code.ACC_TERMS, {"password": OK, "code": OK}, CredentialFrozen),
    # 11: recertification or training
    State(C, "recertify", STOPPED, Code.ACC_ATTEST, {"password": OK, "code": OK}, CredentialFrozen),
    # 15: the right to see claims is missing
    State(B, "entitlement-missing", STOPPED, Code.ACC_ENTITLE, {"password": OK, "code": OK}, CredentialFrozen),
    State(A, "entitlement-missing", STOPPED, Code.ACC_ENTITLE, {"password": OK, "code": OK}, CredentialFrozen),
    # 17: signed in elsewhere, in mid-run. The first says so once, and not again to whoever looks a second time.
    State(D, "kicked-out", PAUSED, Code.ACC_INUSE, {"password": OK, "question": OK}, PortalClosed),
    State(B, "kicked-out", PAUSED, Code.ACC_INUSE, {"password": OK, "code": OK}, PortalClosed),
    State(C, "kicked-out", PAUSED, Code.ACC_INUSE, {"password": OK, "code": OK}, PortalClosed),
    State(A, "kicked-out", PAUSED, Code.ACC_INUSE, {"password": OK, "code": OK}, PortalClosed),
    # 48: a captcha, or "unusual activity"
    State(B, "captcha", ROBOT, Code.ACC_CAPTCHA, {}, PortalStopped),
    State(D, "captcha", ROBOT, Code.ACC_CAPTCHA, {}, PortalStopped),
    # 49: maintenance with a stated end
    State(A, "maintenance", "portal closed", Code.TECH_MAINT, {}, PortalClosed),
    State(B, "maintenance", "portal closed", Code.TECH_MAINT, {}, PortalClosed),
    State(C, "maintenance", "portal closed", Code.TECH_MAINT, {}, PortalClosed),
    State(D, "maintenance", "portal closed", Code.TECH_MAINT, {}, PortalClosed),
    # 52: robots are not wanted
    State(A, "bot-notice", ROBOT, Code.ACC_BLOCKED, {"password": OK, "code": OK}, PortalStopped),
    State(B, "bot-notice", ROBOT, Code.ACC_BLOCKED, {"password": OK, "code": OK}, PortalStopped),
    State(C, "bot-notice", ROBOT, Code.ACC_BLOCKED, {"password": OK, "code": OK}, PortalStopped),
    State(D, "bot-notice", ROBOT, Code.ACC_BLOCKED, {"password": OK, "question": OK}, PortalStopped),
]


def _states() -> list[ParameterSet]:
    """Every state at the first portal that has it; at the others with the long tests."""
    first: set[str] = set()
    found = []
    for state in STATES:
        marks = [pytest.mark.long] if state.quirk in first else []
        first.add(state.quirk)
        found.append(pytest.param(state, marks=marks, id=str(state)))
    return found


@pytest.mark.parametrize("state", _states())
async def test_a_state_of_the_door_ends_the_run_and_loses_nothing(opened: Open, state: State) -> None:
    office = await opened(state.portal, claims=24 if state.quirk == "kicked-out" else 2)
    if state.portal == C:
        # Its terms come at each sign-in; a person has accepted them long ago.
        await until_in(office, limit=1)
        await office.clock.sleep(3600)
    before = await office.counts()
    events = len(office.portal.events())
    office.portal.quirks(**{state.quirk.replace("-", "_"): 1.0})
    report = await office.run()
    assert report.stopped is not None, report
    assert (report.why, report.stopped.code) == (state.why, state.code), report
    after = office.portal.events()[events:]
    assert _presses(after) == state.presses
    assert not [event for event in after if event["kind"] == "terms_agreed" and state.code is Code.ACC_TERMS]
    counts = await office.counts()
    assert (counts.total, counts.running) == (before.total, 0)
    assert counts.ready + counts.waiting > 0
    events = len(office.portal.events())
    if state.stands is not None:
        with pytest.raises(state.stands):
            await office.run()
    assert len(office.portal.events()) == events, "the next run sent something"
    # A press that the portal took for right bars nothing, and one that it did not bars all.
    rule = presses.LockoutRule(3, timedelta(hours=24))
    standing = await office.call(
        presses.standing, office.person.practice_id, office.name, ALIAS, 1, rule, now=office.clock.now()
    )
    wrong = [result for results in state.presses.values() for result in results if result != "accepted"]
    assert (standing.bar is not None) == bool(wrong)


def _presses(events: list[dict[str, Any]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for event in events:
        kind, _, press = event["kind"].rpartition("_")
        if press == "press" and "result" in event:
            found.setdefault(kind, []).append(event["result"])
    return found


# States that a robot passes by itself

PASSED = [
    (B, "modal"),
    pytest.param(A, "modal", marks=pytest.mark.long),
    (C, "password-expiring"),
    pytest.param(D, "password-expiring", marks=pytest.mark.long),
    (D, "security-question"),
    pytest.param(C, "same-code", marks=pytest.mark.long),
    pytest.param(C, "late-code", marks=pytest.mark.long),
    pytest.param(B, "throttle", marks=pytest.mark.long),
    (A, "device-forgotten"),
]


@pytest.mark.parametrize(("portal", "quirk"), PASSED)
async def test_a_state_that_a_robot_may_pass_stops_nothing(opened: Open, portal: str, quirk: str) -> None:
    office = await opened(portal, {quirk: 0.3 if quirk == "throttle" else 1.0})
    # Some are met at the second sign-in only: the same code again, a known device that is asked all the same.
    await until_in(office, limit=1)
    for _ in range(6):
        await office.clock.sleep(3600)
        report = await until_in(office)
        if not report.waits:
            break
    assert report.why == "finished", report
    assert [event for event in seen(office, "quirk") if event["name"] == quirk]
    assert {result for results in pressed(office).values() for result in results} == {"accepted"}
    told = {
        case.code
        for case in await office.call(cases.list_open, office.person.practice_id)
        if case.stops is Stops.NOTHING and case.alias
    }
    assert told == ({Code.ACC_EXPIRED} if quirk == "password-expiring" else set())


async def test_a_maintenance_window_is_waited_for_on_every_machine_and_then_the_work_goes_on(opened: Open) -> None:
    office = await opened(B, {"maintenance": 1.0})
    report = await office.run()
    assert report.why == "portal closed"
    assert report.again_at is not None
    assert report.waits
    counts = await office.counts()
    assert (counts.ready, counts.running) == (4, 0)
    with pytest.raises(PortalClosed) as closed:
        await office.run(alias=ALIAS)
    assert closed.value.until == report.again_at
    office.portal.quirks()
    await office.clock.sleep((report.again_at - office.clock.now()).total_seconds() + 1)
    assert (await office.run()).why == "finished"
    assert await office.call(cases.list_open, office.person.practice_id) == ()


async def test_no_request_comes_before_the_time_that_a_throttled_portal_asked_for(opened: Open) -> None:
    office = await opened(B, {"throttle": 0.5}, claims=12)
    for _ in range(8):
        try:
            report = await office.run()
        except PortalClosed as closed:
            await office.clock.sleep((closed.until - office.clock.now()).total_seconds() + 1)
            continue
        counts = await office.counts()
        if counts.ready + counts.waiting == 0:
            break
        await office.clock.sleep(3600)
    assert report.why == "finished"
    assert seen(office, "quirk")
    assert not [event for event in seen(office, "throttled") if event.get("early")]


@pytest.mark.long  # a page alone: test_sign_in.py
async def test_a_mailed_code_that_never_comes_costs_no_strike_and_no_night(opened: Open) -> None:
    office = await opened(C)
    await until_in(office, limit=1)
    office.clock.meanwhile = None
    await office.clock.sleep(3600)
    began = office.clock.now()
    report = await office.run()
    assert (report.why, report.stopped and report.stopped.code) == ("no code came", Code.ACC_MFA)
    with pytest.raises(PortalClosed) as closed:
        await office.run()
    assert timedelta(minutes=59) < closed.value.until - began < timedelta(minutes=62)
    passwords = await office.call(
        lambda: set(models.Press.objects.filter(kind="password").values_list("result", flat=True))
    )
    assert passwords == {"proved"}
    office.clock.meanwhile = Person(office).meanwhile
    await office.clock.sleep(3600)
    assert (await office.run()).why == "finished"


async def test_a_session_that_waited_too_long_signs_in_again_before_it_presses_anything(opened: Open) -> None:
    office = await opened(B)
    slow = office.work.pack.limits.model_copy(update={"lookups_a_minute": 0.05})
    report = await office.run(pack=office.work.pack.model_copy(update={"limits": slow}), limit=3)
    assert report.why == "limit reached"
    assert seen(office, "session_expired") == []
    assert len(office.presses()) > 1
    assert set(office.presses()) == {"accepted"}


async def test_a_session_ends_in_time_for_the_posted_hours(opened: Open) -> None:
    office = await opened(B)
    now = office.clock.now()
    ahead = 12 - now.hour  # a zone in which it is midday: the hours below are then all of one day
    zone = ZoneInfo(f"Etc/GMT{-ahead:+d}")  # by the name's convention, GMT-5 is five hours ahead
    zoned = office.work.pack.model_copy(update={"time_zone": zone.key})
    days = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]

    def limits(begin: datetime, end: datetime) -> Any:
        row = {"days": days, "from": f"{begin.astimezone(zone):%H:%M}", "to": f"{end.astimezone(zone):%H:%M}"}
        kept = {**zoned.limits.model_dump(by_alias=True), "hours": [row]}
        return zoned.model_copy(update={"limits": type(zoned.limits).model_validate(kept)})

    closed = limits(now + timedelta(hours=2), now + timedelta(hours=3))
    with pytest.raises(PortalClosed):
        await office.run(pack=closed)
    assert office.portal.events() == []

    async def wait(_: Any = None) -> None:
        await office.clock.sleep(600)

    soon = limits(now - timedelta(hours=1), now + timedelta(minutes=12))
    asked: list[int] = []

    def dawdle(progress: Any) -> None:
        if progress.ended is not None:
            asked.append(progress.ended.item)
            office.clock.ahead += timedelta(minutes=6)
            office.portal.advance(360)

    report = await office.run(dawdle, pack=soon)
    assert report.why == "hours over"
    assert report.again_at is not None
    assert 0 < len(asked) < 4
    counts = await office.counts()
    assert (counts.ready + counts.waiting, counts.running) == (4 - len(asked), 0)


async def test_what_a_run_met_at_the_door_stands_in_the_ledger_with_the_page(opened: Open) -> None:
    office = await opened(B, {"new-terms": 1.0})
    await office.run()
    (case,) = await office.call(cases.list_open, office.person.practice_id)
    assert (case.code, case.stops, case.alias) == (Code.ACC_TERMS, Stops.CREDENTIAL, ALIAS)
    assert "All use of this portal is recorded." in case.seen[0].text
    assert seen(office, "terms_agreed") == []
    assert await Person(office).after_run()
    office.portal.quirks()
    assert (await office.run()).why == "finished"
    assert [event["ticked"] for event in seen(office, "terms_agreed")] == [True]
    last = await office.call(runs.latest, office.person.practice_id, 1)
    assert last[0].why_ended == "finished"
    assert (
        await office.call(work.counts, office.person.practice_id, office.name, Flow.CLAIM_STATUS, office.clock.now())
    ).ready == 0
