"""A short excerpt of the soak at every practice portal with all its quirks, and the judge held against known faults."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.browser import BrowserHost
from packs.models import Lockout
from sandbox.quirks import EVERYWHERE
from tests.soak.cell import CellResult, Task, run_cell
from tests.soak.oracle import hidden_at_every_search, judge_manners
from tests.soak.table import Cell, failures, summary
from tests.soak.watch import Used

EXCERPT = 5
TOUCHLESS = 0.8
"""With so few questions one that is a person's weighs much; the whole soak asks for more."""


@pytest.mark.browser
@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("portal", EVERYWHERE)
async def test_with_ten_times_the_quirks_nothing_is_wrong_lost_or_locked(
    portal: str, host: BrowserHost, tmp_path: Path
) -> None:
    result = await run_cell(Task(portal, "x10", EXCERPT, 5), tmp_path, browser=host)
    cell = Cell(task=result.task, result=result, used=Used(0, 0), left_over=0, seconds=0)
    assert [line for line in failures([cell]) if "touchless" not in line] == []
    assert result.touchless >= TOUCHLESS, result
    assert result.questions == EXCERPT
    assert result.quirks


def event(kind: str, second: int = 0, **details: Any) -> dict[str, Any]:
    return {"kind": kind, "at": f"2026-11-22T07:00:{second:02}+00:00", **details}


def press(result: str, second: int = 0, kind: str = "password_press") -> dict[str, Any]:
    return event(kind, second, result=result)


LOCKOUT = Lockout(attempts=3, code_attempts=5, window_hours=24)


@pytest.mark.parametrize(
    ("presses", "over"),
    [
        ([press("accepted")] * 9, 0),
        ([press("rejected")], 0),
        ([press("rejected"), press("accepted")], 0),
        ([press("rejected"), press("rejected")], 1),
        ([press("rejected"), press("accepted"), press("rejected"), press("locked")], 2),
        ([press("rejected", kind="code_press")] * 3, 0),
        ([press("rejected", kind="code_press")] * 4, 1),
        ([press("rejected"), press("rejected", kind="code_press")], 0),
    ],
)
def test_each_unaccepted_press_above_the_budget_is_counted(presses: list[dict[str, Any]], over: int) -> None:
    assert judge_manners(presses, LOCKOUT).over_budget == over


def test_presses_that_the_portal_has_forgotten_no_longer_count() -> None:
    presses = [press("rejected"), press("rejected") | {"at": "2026-11-23T07:00:01+00:00"}]
    assert judge_manners(presses, LOCKOUT).over_budget == 0
    short = LOCKOUT.model_copy(update={"window_hours": 48})
    assert short.window == timedelta(hours=48)
    assert judge_manners(presses, short).over_budget == 1


def test_lock_outs_and_requests_that_came_too_early_are_counted() -> None:
    events = [
        press("locked"),
        event("throttled", retry_after=60, early=False),
        event("throttled", retry_after=30, early=True),
    ]
    manners = judge_manners(events, LOCKOUT)
    assert (manners.lockouts, manners.early) == (1, 1)


@pytest.mark.parametrize(
    ("kinds", "hidden"),
    [
        (["search", "delay"], {"A"}),
        (["search", "delay", "search", "delay"], {"A"}),
        (["search", "delay", "search"], set()),
        (["search"], set()),
        ([], set()),
    ],
)
def test_not_found_is_excused_only_when_no_search_could_have_shown_the_claim(
    kinds: list[str], hidden: set[str]
) -> None:
    made = {"search": event("search"), "delay": event("quirk", name="load-delay", payer_claim_number="A")}
    assert hidden_at_every_search([made[kind] for kind in kinds]) == hidden


def cell(**changes: Any) -> Cell:
    facts: dict[str, Any] = dict.fromkeys(CellResult.__dataclass_fields__, 0)
    facts |= {name: {} for name in ("defects", "person", "cases", "endings", "run_endings", "quirks", "left")}
    facts |= {"task": Task("practice-national", "field", 100, 1), "questions": 100, "wrong": ()}
    facts |= {"resolvable": 90, "resolved": 90, **changes}
    return Cell(task=facts["task"], result=CellResult(**facts), used=Used(1.0, 2.0), left_over=0, seconds=3.0)


@pytest.mark.parametrize(
    "changes",
    [
        {"wrong": ("paid: billed",)},
        {"lost": 1},
        {"lockouts": 1},
        {"presses_over_budget": 1},
        {"early": 1},
        {"resolved": 88},
        {"defects": {"KeyError: 'x'": 1}},
    ],
)
def test_whatever_is_not_as_promised_fails_the_soak(changes: dict[str, Any]) -> None:
    assert failures([cell()]) == []
    assert len(failures([cell(**changes)])) == 1


def test_a_cell_that_crashed_or_left_a_process_fails_the_soak_and_has_lost_its_questions() -> None:
    crashed = Cell(Task("practice-national", "x10", 100, 1), None, Used(1.0, 2.0), left_over=2, seconds=3.0)
    assert len(failures([crashed])) == 2
    assert summary([crashed])["runs"][0]["lost"] == 100


def test_the_last_line_says_what_the_issue_asks_for() -> None:
    assert summary([cell(wrong=("paid: billed",))]) == {
        "runs": [
            {
                "portal": "practice-national",
                "quirks": "field",
                "questions": 100,
                "touchless": 1.0,
                "wrong": 1,
                "lockouts": 0,
                "presses_over_budget": 0,
                "lost": 0,
                "leftover_processes": 0,
            }
        ],
        "wrong": 1,
    }


def test_a_result_goes_from_process_to_process_unchanged() -> None:
    made = cell(wrong=("paid: billed",), cases={"BUS-MULTI": 2}).result
    assert made is not None
    assert CellResult.from_json(made.as_json()) == made
