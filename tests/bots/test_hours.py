"""Posted hours hold in the portal's own time, across midnights, weekends and changes of the clock."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from bots.gate import BEFORE_CLOSING, Gate
from bots.hours import Opening, opening
from ledger.errors import PortalClosed, SessionsUsedUp
from ledger.thread import LedgerThread
from packs.models import Hours, Limits, Pack
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


def gate(now: datetime, **limits: object) -> Gate:
    pack: Pack = small_door.pack("http://127.0.0.1")
    changed = Limits.model_validate({"lookups_a_minute": 60, "idle_minutes": 15, **limits})
    return Gate(pack.model_copy(update={"limits": changed}), "main", LedgerThread(), StillClock(now))


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


async def test_no_more_sessions_than_the_portal_allows() -> None:
    with pytest.raises(SessionsUsedUp):
        await gate(at("2026-11-23T12:00"), sessions=2).check(2)


def test_sessions_at_the_same_time_share_the_look_ups_of_a_minute() -> None:
    two = gate(at("2026-11-23T12:00"), sessions=2, lookups_a_minute=30)
    assert (two.look_ups_a_minute(None), two.look_ups_a_minute(10)) == (15, 5)


def test_a_session_counts_as_idle_a_minute_before_the_portal_ends_it() -> None:
    now = at("2026-11-23T12:00")
    assert gate(now).idle_limit() == timedelta(minutes=14)
    assert gate(now, idle_minutes=1).idle_limit() == timedelta(seconds=30)
