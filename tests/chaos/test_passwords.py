"""The kills around a password's change are judged: what must not happen is counted, and a few of them are made."""

import random
from collections import Counter
from datetime import timedelta
from itertools import count, islice
from pathlib import Path
from typing import cast

import pytest
from django.db import connections
from pytest_django import DjangoDbBlocker

from tests.chaos.password_lane import Change, prepared
from tests.chaos.password_office import Found
from tests.chaos.password_steps import NAMED, RANDOM, STEPS
from tests.chaos.password_toll import BOTH, NEW_WORKS, OLD_WORKS, Toll, as_json, never_hit, print_table
from tests.chaos.passwords import PORTALS, kill, lane, steps_of
from tests.practice_portal import PracticePortal

OLD, NEW = "Old-password-1", "New-password-2"


class Portal:
    """A portal of which only the password is known."""

    def __init__(self, password: str) -> None:
        self.password = password

    def has_password(self, password: str) -> bool:
        return password == self.password

    def set_password(self, password: str) -> None:
        self.password = password


class Told(Change):
    """A change whose sessions end as they are told to."""

    def __init__(
        self, portal: Portal, found: Found, results: Counter[str], changes: int, never: str = "no step"
    ) -> None:
        super().__init__(Path("nowhere/office"), cast(PracticePortal, portal), random.Random(1))
        self._never = never
        self._found, self._results, self._changes = found, results, changes
        self.said: list[bool] = []

    def expire(self) -> None:
        self.ahead += timedelta(days=1)

    def killed(self, step: str) -> bool:
        return step != self._never

    def goes_on(self) -> Found:
        return self._found

    def person(self, *, new_works: bool) -> Found:
        self.said.append(new_works)
        return self._found

    def pressed(self) -> tuple[Counter[str], int]:
        return self._results, self._changes


def judged(password: str, found: Found, results: dict[str, int] | None = None, changes: int = 1) -> tuple[Toll, Told]:
    """One kill after which the portal has this password, and the session of the night after found that."""
    toll = Toll("practice-portal")
    told = Told(Portal(password), found, Counter(results or {"accepted": 2}), changes)
    kill(told, "pressed", toll)
    return toll, told


def test_a_password_that_works_and_is_known_is_as_promised() -> None:
    new, _ = judged(NEW, Found("", 1.0, NEW, None))
    old, _ = judged(OLD, Found("", 1.0, OLD, None), changes=0)
    assert (new.ends["pressed"], old.ends["pressed"]) == ({NEW_WORKS: 1}, {OLD_WORKS: 1})
    assert new.as_promised
    assert old.as_promised
    assert as_json([new, old], 10.0)["kills"] == 2
    assert as_json([new, old], 10.0)["seconds_a_kill"] == 5.0


@pytest.mark.parametrize("works", [NEW, OLD])
def test_a_case_that_holds_both_is_as_promised_and_a_person_says_which(works: str) -> None:
    toll, told = judged(works, Found("ACC-EXPIRED", 0.0, OLD, NEW))
    assert toll.ends["pressed"] == {BOTH: 1}
    assert told.said == [works == NEW]
    assert toll.as_promised


@pytest.mark.parametrize("found", [Found("ACC-EXPIRED", 0.0, OLD, NEW), Found("", 1.0, OLD, None)])
def test_a_password_that_nobody_knows_any_more_is_lost(found: Found) -> None:
    toll, _ = judged("Another-password-3", found)
    assert toll.lost_passwords == 1
    assert not toll.as_promised


@pytest.mark.parametrize(
    ("results", "changes", "figure"),
    [({"rejected": 2}, 1, "presses_over_budget"), ({"accepted": 1}, 3, "presses_over_budget"),
     ({"locked": 1}, 1, "locked_out")],
)  # fmt: skip
def test_a_press_too_many_is_counted(results: dict[str, int], changes: int, figure: str) -> None:
    toll, _ = judged(NEW, Found("", 1.0, NEW, None), results, changes)
    assert as_json([toll], 1.0)[figure] == 1
    assert not toll.as_promised


def test_the_table_has_a_line_for_each_step_with_its_kills() -> None:
    new, _ = judged(NEW, Found("", 1.0, NEW, None))
    lines: list[str] = []
    print_table([new, Toll("another")], lines.append)
    assert len([line for line in lines if line]) == 2 * (len(STEPS) + 2)
    assert [line.split() for line in lines if line.startswith("pressed ")] == [
        ["pressed", "1", "1", "0", "0"],
        ["pressed", "0", "0", "0", "0"],
    ]


def test_two_lanes_are_at_every_named_step_before_one_of_them_leaves_anything_to_chance() -> None:
    first, second = (list(islice(steps_of(at, 2, random.Random(1)), len(NAMED) + 6)) for at in range(2))
    half = len(NAMED) // 2 + 1
    assert {*first[:half], *second[:half]} == {*NAMED}
    assert set(first[: len(NAMED)]) == set(second[: len(NAMED)]) == {*NAMED}
    assert first.count(RANDOM) == second.count(RANDOM) == 3


def test_a_step_to_which_no_session_comes_is_told_and_the_others_go_on() -> None:
    told = Told(Portal(NEW), Found("", 1.0, NEW, None), Counter({"accepted": 2}), 1, never="pressed")
    toll = Toll("portal")
    lane(told, steps_of(0, 1, random.Random(1)), len(NAMED) - 1, count(1), toll)
    assert toll.missed == {"pressed"}
    assert never_hit([toll]) == ["pressed"]
    assert toll.ends.keys() == {*NAMED} - {"pressed"}


def test_a_step_that_nobody_aimed_at_was_never_hit() -> None:
    toll, _ = judged(NEW, Found("", 1.0, NEW, None))
    assert never_hit([toll]) == [step for step in NAMED if step != "pressed"]


@pytest.mark.long
@pytest.mark.browser
@pytest.mark.parametrize("name", PORTALS)
def test_kills_at_the_steps_that_matter_most(
    tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch, django_db_blocker: DjangoDbBlocker
) -> None:
    # The office is made by a fork of this process, which must not have another ledger open, nor be kept from its own.
    monkeypatch.setitem(connections.settings, "default", {**connections.settings["default"], "NAME": ""})
    toll = Toll(name)
    with django_db_blocker.unblock(), PracticePortal(name, claims=4, appointments=1) as portal:
        change = prepared(portal, tmp_path, 5)
        for step in ("new password sealed", "press committed", "pressed", "proof pressed"):
            assert kill(change, step, toll)
        toll.in_the_clear = change.in_the_clear()
    assert toll.kills == 4
    assert toll.as_promised
