"""Hours as a person writes them are the hours that hold, and several timetables are open only together."""

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from flows.opening_hours import HORIZON, Opening, common_opening, opening, read_windows

ZONE = ZoneInfo("America/New_York")
NIGHTS = read_windows("mon-fri 18:00-06:00 America/New_York")


def at(text: str) -> datetime:
    """An instant of New York's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE).astimezone(UTC)


def test_hours_over_midnight_are_those_of_the_evening_and_of_the_next_morning() -> None:
    assert [window.text for window in NIGHTS] == [
        "mon,tue,wed,thu,fri 18:00-24:00 America/New_York",
        "tue,wed,thu,fri,sat 00:00-06:00 America/New_York",
    ]
    assert opening(NIGHTS, at("2026-11-23T23:00")) == Opening(at("2026-11-23T18:00"), at("2026-11-24T06:00"))
    assert opening(NIGHTS, at("2026-11-28T06:00")) == Opening(at("2026-11-30T18:00"), at("2026-12-01T06:00"))


@pytest.mark.parametrize(
    ("text", "days"),
    [
        ("sat-mon 0:00-24:00 UTC", "mon,sat,sun"),
        ("Mon,Wed,mon 09:00-17:00 UTC", "mon,wed"),
        ("sun 22:00-00:00 UTC", "sun"),
    ],
)
def test_days_are_taken_as_they_are_meant(text: str, days: str) -> None:
    (window,) = read_windows(text)
    assert ",".join(window.days) == days


@pytest.mark.parametrize(
    "wrong",
    ["", "at night", "mon 9-17 UTC", "mon 09:00-09:00 UTC", "mox 09:00-17:00 UTC", "mon 09:00-17:00 Mars/North",
     "mon 09:00-25:00 UTC", "mon-fir 09:00-17:00 UTC", "mon 09:00-17:00"],
)  # fmt: skip
def test_hours_that_cannot_be_meant_are_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match=r"write|whole day") as told:
        read_windows(wrong)
    assert "\n" not in str(told.value)


def test_what_is_written_out_reads_back_the_same() -> None:
    assert tuple(one for window in NIGHTS for one in read_windows(window.text)) == NIGHTS


def test_timetables_of_two_time_zones_are_open_when_both_are() -> None:
    mornings = read_windows("sat 00:00-12:00 America/Los_Angeles")
    found = common_opening((NIGHTS, mornings), at("2026-11-23T12:00"))
    assert found == Opening(at("2026-11-28T03:00"), at("2026-11-28T06:00"))


def test_an_opening_with_too_little_left_is_passed_over() -> None:
    now = at("2026-11-24T05:59")
    assert common_opening((NIGHTS,), now) == opening(NIGHTS, now)
    late = common_opening((NIGHTS,), now, at_least=timedelta(minutes=2))
    assert late is not None
    assert late.begins == at("2026-11-24T18:00")


def test_timetables_with_nothing_in_common_are_looked_at_again_in_two_weeks() -> None:
    now = at("2026-11-23T12:00")
    never = common_opening((NIGHTS, read_windows("sun 10:00-12:00 America/New_York")), now)
    assert never == Opening(now + HORIZON, now + HORIZON)
    assert never.holds(now + HORIZON) is False


def test_no_timetable_is_always_open() -> None:
    assert common_opening(((), ()), at("2026-11-23T12:00")) is None
