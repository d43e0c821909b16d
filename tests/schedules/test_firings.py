"""Nothing that the calendar does is left out or done twice: not by a restart, a clock that was set, or summer time."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schedules.calendar import Calendar
from schedules.firings import newest, to_carry_out, upcoming, wrongly_ahead
from tests.schedules.calendars import calendar, local

BEGAN = st.integers(0, 3 * 365 * 24 * 60).map(
    lambda minutes: datetime(2025, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
ZONES = ("America/New_York", "America/Phoenix", "Pacific/Honolulu", "America/St_Johns", "UTC")


def daily(at: str, zone: str = "America/New_York", **more: object) -> Calendar:
    """One act a day, at this local time."""
    return calendar(time_zone=zone, firings=[{"at": at, **more}])


@pytest.mark.parametrize(
    ("day", "at", "instant"),
    [
        ("2026-03-07", "02:30", local("2026-03-07 02:30")),
        # The spring change leaves 02:30 out: it is done at 03:30, once.
        ("2026-03-08", "02:30", datetime(2026, 3, 8, 7, 30, tzinfo=UTC)),
        # The autumn change brings 01:30 twice: it is done the first time.
        ("2026-11-01", "01:30", datetime(2026, 11, 1, 5, 30, tzinfo=UTC)),
    ],
)
def test_each_day_has_one_instant_whatever_the_clocks_do(day: str, at: str, instant: datetime) -> None:
    rules = daily(at)
    (firing,) = rules.firings
    noon = local(f"{day} 12:00")
    assert newest(rules, firing, noon) == instant
    assert upcoming(rules, firing, instant - timedelta(seconds=1)) == instant


def test_days_and_holidays_choose_the_instants() -> None:
    rules = daily("04:00", days=["thu", "fri"], holidays="skip")
    (firing,) = rules.firings
    # Thursday the 26th is Thanksgiving.
    assert upcoming(rules, firing, local("2026-11-20 12:00")) == local("2026-11-27 04:00")


def test_what_was_missed_is_done_once_for_the_newest_instant() -> None:
    rules = daily("04:00")
    (firing,) = rules.firings
    last = local("2026-06-01 04:00")
    assert to_carry_out(rules, firing, last, local("2026-06-05 09:00")) == local("2026-06-05 04:00")


class Played:
    """A worker that is started, stopped and given wrong clocks; `done` are the instants that it carried out."""

    def __init__(self, rules: Calendar, began: datetime) -> None:
        self.rules, (self.firing,) = rules, rules.firings
        self.fired_for = began
        self.done: list[datetime] = []

    def tick(self, now: datetime) -> None:
        if (right := wrongly_ahead(self.rules, self.firing, self.fired_for, now)) is not None:
            self.fired_for = right
            return
        instant = to_carry_out(self.rules, self.firing, self.fired_for, now)
        if instant is not None:
            self.done.append(instant)
            self.fired_for = instant


@settings(max_examples=60)
@given(
    zone=st.sampled_from(ZONES),
    at=st.times().map(lambda time: f"{time:%H:%M}"),
    began=BEGAN,
    awake=st.lists(st.booleans(), min_size=80, max_size=80),
    steps=st.lists(st.integers(-600, 600), min_size=80, max_size=80),
)
def test_each_instant_is_done_once_or_with_the_next_one_that_finds_a_worker(
    zone: str, at: str, began: datetime, awake: list[bool], steps: list[int]
) -> None:
    """Ticks every hour of a clock that is up to ten hours wrong either way; the worker sleeps now and then."""
    rules = daily(at, zone)
    (firing,) = rules.firings
    played = Played(rules, began)
    shown = [began + timedelta(hours=number, minutes=step) for number, step in enumerate(steps, start=1)]
    for now, is_awake in zip(shown, awake, strict=True):
        if is_awake:
            played.tick(now)
    last = max([began, *(now for now, is_awake in zip(shown, awake, strict=True) if is_awake)])
    played.tick(last)

    assert [count for count in Counter(played.done).values() if count > 1] == []
    assert played.done == sorted(played.done)
    # Every instant so far is covered: by its own firing, or by a later one after a time without a worker.
    final = newest(rules, firing, last)
    if final is not None and final > began:
        assert played.done
        assert played.done[-1] == final
    local_days = [instant.astimezone(ZoneInfo(zone)).date() for instant in played.done]
    assert len(set(local_days)) == len(local_days)


@settings(max_examples=40)
@given(
    zone=st.sampled_from(ZONES),
    at=st.times().map(lambda time: f"{time:%H:%M}"),
    began=BEGAN,
)
def test_a_worker_that_is_always_awake_does_it_every_single_day(zone: str, at: str, began: datetime) -> None:
    rules = daily(at, zone)
    played = Played(rules, began)
    for number in range(1, 24 * 12):
        played.tick(began + timedelta(hours=number))
    days = [instant.astimezone(ZoneInfo(zone)).date() for instant in played.done]
    assert days == [days[0] + timedelta(days=number) for number in range(len(days))]
    assert len(days) >= 11


def test_a_clock_that_was_wrong_by_days_does_not_silence_the_calendar() -> None:
    rules = daily("04:00")
    played = Played(rules, local("2026-06-01 12:00"))
    played.tick(local("2027-06-01 12:00"))
    for day in range(2, 6):
        for hour in (1, 3, 5, 9):
            played.tick(local(f"2026-06-0{day} {hour:02}:00"))
    assert played.done == [
        local("2027-06-01 04:00"), *(local(f"2026-06-0{day} 04:00") for day in range(2, 6)),
    ]  # fmt: skip


def test_a_clock_that_is_set_back_by_hours_repeats_nothing() -> None:
    rules = daily("04:00")
    played = Played(rules, local("2026-06-01 12:00"))
    for at in ("2026-06-02 04:05", "2026-06-02 03:05", "2026-06-02 04:10", "2026-06-01 20:00", "2026-06-02 23:00"):
        played.tick(local(at))
    assert played.done == [local("2026-06-02 04:00")]
