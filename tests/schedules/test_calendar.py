"""The calendar is rules in a file: what ships, what an office changes, and what is wrong told with its line."""

from pathlib import Path
from types import SimpleNamespace
from typing import cast

import pytest

from flows.questions import Flow
from portalwright.office import Office
from portalwright.office_calendar import office_calendar
from portalwright.settings import SettingsWrong
from schedules.calendar import Act, Calendar, shipped_rules


def calendar(folder: Path, text: str = "") -> Calendar:
    """The calendar of an office with this file."""
    if text:
        (folder / "schedules").mkdir(exist_ok=True)
        (folder / "schedules" / "calendar.toml").write_text(text, encoding="utf-8")
    return office_calendar(cast(Office, SimpleNamespace(files=folder)))


def test_the_shipped_calendar_works_by_night_and_does_every_act_once_a_day(tmp_path: Path) -> None:
    shipped = calendar(tmp_path)
    assert [(shift.id, shift.from_, shift.to) for shift in shipped.shifts] == [("night", "19:00", "07:00")]
    assert sorted(firing.act for firing in shipped.firings) == sorted(Act)
    assert shipped.firings == shipped_rules().firings


def test_an_office_replaces_takes_out_and_adds_rows_by_their_names(tmp_path: Path) -> None:
    own = calendar(
        tmp_path,
        """
        time_zone = "America/Denver"
        [[shifts]]
        id = "night"
        from = "20:00"
        to = "05:00"
        [[firings]]
        id = "nightly-backup"
        act = "back-up"
        at = "12:00"
        enabled = false
        [[firings]]
        id = "second-sweep"
        act = "sweep"
        at = "18:00"
        """,
    )
    assert own.time_zone == "America/Denver"
    assert [(shift.id, shift.from_) for shift in own.shifts] == [("night", "20:00")]
    names = {firing.id for firing in own.firings}
    assert "nightly-backup" not in names
    assert {"second-sweep", "daily-sweep"} <= names


def test_without_a_time_zone_the_computers_own_holds(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("portalwright.office_calendar.get_localzone_name", lambda: "America/Phoenix")
    assert calendar(tmp_path).time_zone == "America/Phoenix"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ('[[shifts]]\nid = "day"\nfrom = "25:00"\nto = "07:00"', "line 3, shifts[1].from"),
        ('[[shifts]]\nid = "day"\nfrom = "08:00"\nto = "17:00"\ndays = ["mon", "mon"]', "has a day twice"),
        (
            '[[shifts]]\nid = "day"\nfrom = "08:00"\nto = "17:00"\nhours = 3',
            "line 5, shifts[1].hours: is not a setting",
        ),
        ('time_zone = "Mars/Olympus"', "must be the name of a time zone"),
        ('[[firings]]\nid = "x"\nact = "run-python"\nat = "01:00"', "line 3, firings[1].act"),
        ('[[maintenance]]\nid = "x"\nfrom = "01:00"\nto = "02:00"', "'days' (of every week) or 'on'"),
        (
            '[[firings]]\nid = "x"\nact = "sweep"\nat = "01:00"\n[[firings]]\nid = "x"\nact = "sweep"\nat = "02:00"',
            "two firings have the id 'x'",
        ),
    ],
)
def test_a_mistake_is_told_with_its_line_and_key(tmp_path: Path, text: str, told: str) -> None:
    with pytest.raises(SettingsWrong) as wrong:
        calendar(tmp_path, text)
    assert told in str(wrong.value)
    assert "calendar.toml" in str(wrong.value)


def test_the_shift_that_names_a_portal_or_a_job_holds_in_the_place_of_the_general_one(tmp_path: Path) -> None:
    own = calendar(
        tmp_path,
        """
        [[shifts]]
        id = "visits-by-day"
        from = "06:00"
        to = "18:00"
        flows = ["eligibility"]
        [[shifts]]
        id = "state-portal"
        from = "22:00"
        to = "23:00"
        portals = ["state"]
        """,
    )

    def names(portal: str, flow: Flow) -> list[str]:
        return [shift.id for shift in own.shifts_for(portal, flow)]

    assert names("other", Flow.CLAIM_STATUS) == ["night"]
    assert names("other", Flow.ELIGIBILITY) == ["visits-by-day"]
    assert names("state", Flow.ELIGIBILITY) == ["state-portal"]
