"""When sessions may run: shifts over midnight, the payer's hours, permissions, maintenance, holidays, clock changes."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any, cast

import pytest

from flows.opening_hours import Hours as PostedHours
from flows.opening_hours import Window, read_windows
from flows.questions import Flow
from ledger.permissions import Permit
from packs.models import Pack
from schedules.calendar import Calendar
from schedules.facts import open_for
from schedules.openings import Openness, night
from tests.schedules.calendars import calendar, local

NIGHT = {"from": "19:00", "to": "07:00"}


def pack(*hours: dict[str, Any], time_zone: str = "America/New_York") -> Pack:
    """A portal as far as its hours go."""
    posted = tuple(PostedHours.model_validate(row) for row in hours)
    return cast(Pack, SimpleNamespace(portal="portal", time_zone=time_zone, limits=SimpleNamespace(hours=posted)))


def openness(
    given: Calendar, at: str, portal: Pack | None = None, windows: tuple[Window, ...] = (), **more: Any
) -> Openness:
    """What holds for claim status at this local time."""
    permit = Permit(1, "portal", Flow.CLAIM_STATUS, False, False, None, windows=windows)
    return open_for(given, portal or pack(), permit, local(at), **more)


@pytest.mark.parametrize(
    ("at", "is_open", "changes_at"),
    [
        ("2026-06-01 18:59", False, "2026-06-01 19:00"),
        ("2026-06-01 19:00", True, "2026-06-02 07:00"),
        ("2026-06-02 03:00", True, "2026-06-02 07:00"),
        ("2026-06-02 07:00", False, "2026-06-02 19:00"),
        # The night of the spring change is an hour shorter, that of the autumn change an hour longer.
        ("2026-03-07 20:00", True, "2026-03-08 07:00"),
        ("2026-10-31 20:00", True, "2026-11-01 07:00"),
    ],
)
def test_a_shift_goes_over_midnight_and_over_changes_of_the_clock(at: str, is_open: bool, changes_at: str) -> None:
    found = openness(calendar(shifts=[NIGHT]), at)
    assert (found.is_open, found.changes_at) == (is_open, local(changes_at))


def test_a_shift_belongs_to_the_day_on_which_it_begins() -> None:
    fridays = calendar(shifts=[{**NIGHT, "days": ["fri"]}])
    assert openness(fridays, "2026-06-06 03:00").is_open  # Saturday before dawn
    assert not openness(fridays, "2026-06-05 03:00").is_open


def test_on_holidays_a_shift_is_left_out_where_the_office_says_so() -> None:
    thanksgiving = "2026-11-26 20:00"
    assert openness(calendar(shifts=[NIGHT]), thanksgiving).is_open
    skipping = openness(calendar(shifts=[{**NIGHT, "holidays": "skip"}]), thanksgiving)
    assert (skipping.is_open, skipping.changes_at) == (False, local("2026-11-27 19:00"))


def test_shift_posted_hours_and_permission_have_to_agree() -> None:
    portal = pack({"days": ["mon", "tue", "wed", "thu", "fri"], "from": "21:00", "to": "24:00"})
    windows = read_windows("mon-fri 22:00-23:00 America/New_York")
    nights = calendar(shifts=[NIGHT])
    early = openness(nights, "2026-06-01 18:00", portal, windows)
    assert (early.why, early.changes_at) == ("the office's shift", local("2026-06-01 22:00"))
    later = openness(nights, "2026-06-01 20:00", portal, windows)
    assert (later.why, later.changes_at) == ("the portal's posted hours", local("2026-06-01 22:00"))
    nearly = openness(nights, "2026-06-01 21:30", portal, windows)
    assert (nearly.why, nearly.changes_at) == ("the permission's hours", local("2026-06-01 22:00"))
    assert openness(nights, "2026-06-01 22:30", portal, windows) == Openness(
        is_open=True, changes_at=local("2026-06-01 23:00")
    )


def test_any_hour_leaves_out_the_shift_and_nothing_else() -> None:
    portal = pack({"days": ["mon"], "from": "12:00", "to": "13:00"})
    nights = calendar(shifts=[NIGHT])
    assert not openness(nights, "2026-06-01 12:30", portal).is_open
    assert openness(nights, "2026-06-01 12:30", portal, any_hour=True).is_open
    assert not openness(nights, "2026-06-01 20:00", portal, any_hour=True).is_open


def test_maintenance_is_in_the_portals_own_time() -> None:
    given = calendar(
        shifts=[{"from": "00:00", "to": "24:00"}],
        maintenance=[{"portals": ["portal"], "days": ["sun"], "from": "01:00", "to": "04:00"}],
    )
    chicago = pack(time_zone="America/Chicago")
    # One o'clock in Chicago is two in New York.
    found = openness(given, "2026-06-07 02:30", chicago)
    assert (found.is_open, found.why, found.changes_at) == (False, "maintenance", local("2026-06-07 05:00"))
    assert openness(given, "2026-06-07 01:30", chicago).changes_at == local("2026-06-07 02:00")


def test_maintenance_of_single_days_and_of_all_portals() -> None:
    given = calendar(
        shifts=[{"from": "00:00", "to": "24:00"}], maintenance=[{"on": ["2026-06-03"], "from": "22:00", "to": "02:00"}]
    )
    assert openness(given, "2026-06-02 23:00").is_open
    assert openness(given, "2026-06-04 01:00").changes_at == local("2026-06-04 02:00")


def test_what_closes_in_a_moment_is_closed_for_whoever_would_begin_now() -> None:
    found = openness(calendar(shifts=[NIGHT]), "2026-06-02 06:59")
    assert (found.is_open, found.changes_at) == (False, local("2026-06-02 19:00"))


def test_hours_that_have_nothing_in_common_never_open() -> None:
    found = openness(
        calendar(shifts=[NIGHT]), "2026-06-02 12:00", pack({"days": ["mon"], "from": "09:00", "to": "10:00"})
    )
    assert (found.is_open, found.changes_at) == (False, None)


def test_a_calendar_without_any_shift_lets_nothing_run() -> None:
    assert openness(calendar(), "2026-06-02 12:00") == Openness(False, None, "the office's shift")


def test_the_night_is_the_shift_that_is_on_or_was_last() -> None:
    nights = calendar(shifts=[NIGHT, {"from": "10:00", "to": "11:00", "flows": ["eligibility"]}])
    on = night(nights, local("2026-06-02 01:00"))
    assert on is not None
    assert (on.begins, on.ends) == (local("2026-06-01 19:00"), local("2026-06-02 07:00"))
    assert night(nights, local("2026-06-02 12:00")) == on
    assert on.ends - on.begins == timedelta(hours=12)
