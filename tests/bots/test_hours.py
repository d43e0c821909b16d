"""Posted hours hold in the portal's own time, across midnights, weekends and changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bots.gate import BEFORE_CLOSING, Gate
from bots.hours import Opening, opening
from flows.opening_hours import Hours, Window, read_windows
from flows.questions import Flow
from ledger.errors import PortalClosed, SessionsUsedUp
from ledger.permissions import Permit
from ledger.thread import LedgerThread
from packs.models import Limits, Pack
from tests.bots import small_door
from tests.bots.test_pace import StillClock

ZONE = ZoneInfo("America/New_York")
WORKDAYS = ("mon", "tue", "wed", "thu", "fri")


def hours(days: tuple[str, ...], begin: str, end: str) -> Hours:
    return Hours.model_validate({"days": days, "from": begin, "to": end})


def at(text: str) -> datetime:
    """An instant of New York's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def test_a_portal_without_hours_is_always_open() -> None:
    assert opening((), ZONE, at("2026-11-22T03:00")) is None


@pytest.mark.parametrize(
    ("now", "begins", "ends"),
    [
        ("2026-11-23T10:00", "2026-11-23T06:00", "2026-11-23T22:00"),  # Monday, open
        ("2026-11-23T05:59", "2026-11-23T06:00", "2026-11-23T22:00"),
        ("2026-11-23T22:00", "2026-11-24T06:00", "2026-11-24T22:00"),  # the end is outside
        ("2026-11-27T23:00", "2026-11-30T06:00", "2026-11-30T22:00"),  # over the weekend
    ],
)
def test_the_opening_that_holds_or_comes_next(now: str, begins: str, ends: str) -> None:
    found = opening((hours(WORKDAYS, "06:00", "22:00"),), ZONE, at(now))
    assert found == Opening(at(begins), at(ends))
    assert found.holds(at(now)) == (at(begins) <= at(now) < at(ends))


def test_hours_that_touch_at_midnight_are_one_opening() -> None:
    rows = (hours(("mon",), "20:00", "24:00"), hours(("tue",), "00:00", "05:00"))
    assert opening(rows, ZONE, at("2026-11-23T23:59")) == Opening(at("2026-11-23T20:00"), at("2026-11-24T05:00"))


@pytest.mark.parametrize(("day", "length"), [("2026-03-08", 23), ("2026-11-01", 25), ("2026-11-08", 24)])
def test_a_day_is_as_long_as_the_clock_makes_it(day: str, length: int) -> None:
    found = opening((hours(("sun",), "00:00", "24:00"),), ZONE, at(f"{day}T12:00"))
    assert found is not None
    assert found.ends - found.begins == timedelta(hours=length)


def gate(
    now: datetime,
    *,
    windows: tuple[Window, ...] = (),
    permitted_sessions: int | None = None,
    permitted_rate: int | None = None,
    **limits: object,
) -> Gate:
    """Of a portal with these limits, and a permission with those."""
    pack: Pack = small_door.pack("http://127.0.0.1")
    changed = Limits.model_validate({"lookups_a_minute": 60, "idle_minutes": 15, **limits})
    permit = Permit(
        permission_id=1,
        portal=pack.portal,
        flow=Flow.CLAIM_STATUS,
        attended=False,
        simulator_only=False,
        lookups_per_minute=permitted_rate,
        sessions=permitted_sessions,
        windows=windows,
    )
    changed_pack = pack.model_copy(update={"limits": changed})
    return Gate(changed_pack, "main", LedgerThread(), StillClock(now), permit)


EVENINGS = {"days": ["mon"], "from": "18:00", "to": "23:00"}


async def test_outside_its_hours_a_portal_is_closed_until_they_begin() -> None:
    with pytest.raises(PortalClosed) as closed:
        await gate(at("2026-11-23T12:00"), hours=[EVENINGS]).check(0)
    assert closed.value.until == at("2026-11-23T18:00")


def test_shortly_before_the_hours_end_nothing_more_is_begun() -> None:
    end = at("2026-11-23T23:00")
    assert not gate(end - BEFORE_CLOSING - timedelta(seconds=1), hours=[EVENINGS]).hours_over()
    over = gate(end - BEFORE_CLOSING, hours=[EVENINGS])
    assert over.hours_over()
    assert over.opens_at() == at("2026-11-30T18:00")


def test_where_the_pace_is_slow_the_last_question_is_begun_earlier() -> None:
    end = at("2026-11-23T23:00")
    for minutes, over in ((6, True), (7, False)):
        slow = gate(end - timedelta(minutes=minutes), hours=[EVENINGS], lookups_a_minute=0.5)
        assert slow.hours_over() is over


def test_of_the_hours_of_the_portal_and_of_the_permission_those_count_that_both_have() -> None:
    permitted = read_windows("mon-fri 20:00-21:00 America/New_York")
    for clock, over in (("19:00", True), ("20:30", False), ("21:30", True)):
        assert gate(at(f"2026-11-23T{clock}"), windows=permitted, hours=[EVENINGS]).hours_over() is over
    assert gate(at("2026-11-23T19:00"), windows=permitted, hours=[EVENINGS]).opens_at() == at("2026-11-23T20:00")
    assert gate(at("2026-11-23T21:30"), windows=permitted, hours=[EVENINGS]).opens_at() == at("2026-11-30T20:00")


async def test_outside_the_hours_of_the_permission_the_portal_is_closed() -> None:
    with pytest.raises(PortalClosed) as closed:
        await gate(at("2026-11-23T12:00"), windows=read_windows("mon 20:00-21:00 America/New_York")).check(0)
    assert closed.value.until == at("2026-11-23T20:00")


@pytest.mark.parametrize(("permitted", "slot"), [(None, 2), (1, 1), (3, 2)])
async def test_no_more_sessions_than_the_portal_and_the_permission_allow(permitted: int | None, slot: int) -> None:
    with pytest.raises(SessionsUsedUp):
        await gate(at("2026-11-23T12:00"), sessions=2, permitted_sessions=permitted).check(slot)


@pytest.mark.parametrize(("permitted", "rate"), [(None, 30), (10, 10), (40, 30)])
def test_of_two_limits_to_the_pace_the_stricter_holds(permitted: int | None, rate: int) -> None:
    now = at("2026-11-23T12:00")
    assert gate(now, lookups_a_minute=30, permitted_rate=permitted).look_ups_a_minute() == rate


def test_a_session_counts_as_idle_a_minute_before_the_portal_ends_it() -> None:
    now = at("2026-11-23T12:00")
    assert gate(now).idle_limit() == timedelta(minutes=14)
    assert gate(now, idle_minutes=1).idle_limit() == timedelta(seconds=30)
