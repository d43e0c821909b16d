"""The judge of the chaos is told of a loss, a double, a lane run twice, a press too many, and finds each of them."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from packs.models import Lockout
from tests.chaos.facts import Book, Event, Item, LaneRow, OpenCase, Pressed, Said, Session, Try
from tests.chaos.oracle import (
    appeals_twice,
    double,
    lanes_twice,
    lanes_twice_at,
    leases_left,
    lost,
    presses_over_budget,
)

NOW = datetime(2026, 3, 2, 1, 0, tzinfo=UTC)
PORTAL = "practice-national"
LOCKOUT = Lockout(attempts=3, code_attempts=4, window_hours=24)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


ITEM = Item(1, PORTAL, "claim-status", "done", None, has_case=False)
TRY = Try(11, 1, 101, "answered", at(5))
ANSWER = Said(21, 11, "claim-status claim 1", 1, copied=False, words="paid")
FIRST = Session(101, 1, 1, "claim-status", at(0), at(10))
SECOND = Session(102, 1, 2, "claim-status", at(20), at(30))
LANE = LaneRow(1, PORTAL, "main", 0, 3, "")

SOUND = Book(
    items=[ITEM],
    tries=[TRY],
    answers=[ANSWER],
    sessions=[FIRST, SECOND],
    lanes=[LANE],
    presses=[],
    cases=[],
    payments=[(PORTAL, "E1"), (PORTAL, "E2"), ("practice-medicaid", "E1")],
    codes_wanted=0,
)
ACKNOWLEDGED = {(1, "answered"): 1}
SEEN = {21: "paid"}


def with_(**changes: Any) -> Book:
    return replace(SOUND, **changes)


def all_of(book: Book) -> list[str]:
    return [*lost(book, ACKNOWLEDGED, SEEN, NOW), *double(book), *lanes_twice(book), *leases_left(book)]


def test_a_sound_book_has_nothing_to_find() -> None:
    assert all_of(SOUND) == []


@pytest.mark.parametrize(
    "book",
    [
        with_(tries=[replace(TRY, ending="transient")], items=[replace(ITEM, state="parked", has_case=True)]),
        with_(tries=[], answers=[ANSWER], items=[replace(ITEM, state="parked", has_case=True)]),
        with_(answers=[]),
        with_(answers=[replace(ANSWER, words="denied")]),
        with_(items=[replace(ITEM, state="running")]),
        with_(items=[replace(ITEM, state="ready")]),
        with_(items=[replace(ITEM, state="ready", waits_until=at(600))]),
        with_(items=[replace(ITEM, state="parked")]),
        with_(items=[ITEM, replace(ITEM, id=2)]),
    ],
)
def test_what_was_acknowledged_and_is_not_there_is_lost_and_so_is_a_question_without_an_end(book: Book) -> None:
    assert len(lost(book, ACKNOWLEDGED, SEEN, NOW)) == 1


def test_a_filed_appeal_may_wait_for_another_day() -> None:
    waits = replace(ITEM, id=2, flow="appeal-status", state="ready", waits_until=at(10**6))
    assert lost(with_(items=[ITEM, waits]), ACKNOWLEDGED, SEEN, NOW) == []
    assert len(lost(with_(items=[ITEM, replace(waits, waits_until=None)]), ACKNOWLEDGED, SEEN, NOW)) == 1


def test_an_end_that_was_acknowledged_twice_must_be_there_twice() -> None:
    assert len(lost(SOUND, Counter({(1, "answered"): 2}), SEEN, NOW)) == 1


@pytest.mark.parametrize(
    "book",
    [
        with_(answers=[ANSWER, replace(ANSWER, id=22, version=2)]),
        with_(tries=[TRY, replace(TRY, id=12)]),
        with_(answers=[ANSWER, replace(ANSWER, id=22, attempt=12)]),
        with_(payments=[(PORTAL, "E1"), (PORTAL, "E1")]),
        with_(
            cases=[OpenCase(1, "claim-status claim 1", "BUS-MULTI"), OpenCase(2, "claim-status claim 1", "BUS-MULTI")]
        ),
    ],
)
def test_what_is_there_twice_is_found(book: Book) -> None:
    assert len(double(book)) == 1


def test_an_answer_given_to_another_question_too_is_no_double() -> None:
    copied = replace(ANSWER, id=22, subject="appeal-status appeal 2", copied=True)
    assert double(with_(answers=[ANSWER, copied])) == []


@pytest.mark.parametrize(
    "book",
    [
        with_(tries=[replace(TRY, finished_at=at(21))]),
        with_(sessions=[FIRST, replace(SECOND, started_at=at(4))]),
    ],
)
def test_an_act_under_an_older_token_after_the_newer_session_began_is_a_lane_run_twice(book: Book) -> None:
    assert len(lanes_twice(book)) == 1


def test_where_the_clock_was_set_only_the_order_of_what_was_written_counts() -> None:
    set_back = with_(sessions=[FIRST, replace(SECOND, started_at=at(-7200))])
    assert len(lanes_twice(set_back)) == 1
    assert lanes_twice(set_back, clock_was_set=True) == []
    acted = with_(tries=[replace(TRY, run=102), replace(TRY, id=12)])
    assert len(lanes_twice(acted, clock_was_set=True)) == 1
    assert lanes_twice(with_(tries=[TRY, replace(TRY, id=12, run=102)]), clock_was_set=True) == []


def test_two_sessions_of_different_lanes_may_overlap() -> None:
    assert lanes_twice(with_(sessions=[FIRST, replace(SECOND, lane=2, started_at=at(1))])) == []


def seen(who: str, kind: str, **more: Any) -> Event:
    return {"kind": kind, "user_agent": who, "at": NOW.isoformat(), **more}


def signs_in(who: str, result: str = "accepted") -> Event:
    return seen(who, "password_press", result=result)


def test_a_page_asked_for_after_another_process_signed_in_is_a_lane_run_twice() -> None:
    handed_over = [signs_in("one"), seen("one", "search"), signs_in("two"), seen("two", "search")]
    assert lanes_twice_at(PORTAL, handed_over) == []
    assert lanes_twice_at(PORTAL, [*handed_over, seen("one", "sign_out")]) == []
    assert len(lanes_twice_at(PORTAL, [*handed_over, seen("one", "detail"), seen("one", "line")])) == 1
    assert lanes_twice_at(PORTAL, [*handed_over, signs_in("one"), seen("one", "search")]) == []
    refused = [signs_in("one"), signs_in("two", "rejected"), seen("one", "search")]
    assert lanes_twice_at(PORTAL, refused) == []


PRESS = Pressed(1, PORTAL, "main", "password", at(0), "", None, None)
NEXT = replace(PRESS, id=2, pressed_at=at(60))


def proved(press: Pressed) -> Pressed:
    return replace(press, result="proved", settled_at=at(2))


@pytest.mark.parametrize(
    ("presses", "over"),
    [
        ([PRESS], 0),
        ([proved(PRESS), NEXT], 0),
        ([replace(PRESS, cleared_at=at(30)), NEXT], 0),
        ([PRESS, NEXT], 1),
        ([replace(PRESS, result="unknown", settled_at=at(2)), NEXT], 1),
        ([replace(PRESS, result="proved", settled_at=at(90)), NEXT], 1),
        ([replace(PRESS, cleared_at=at(90)), NEXT], 1),
        ([PRESS, replace(NEXT, pressed_at=at(25 * 3600))], 0),
        ([PRESS, replace(NEXT, kind="code")], 0),
        ([PRESS, replace(NEXT, portal="practice-medicaid")], 0),
        ([replace(PRESS, kind="code"), replace(NEXT, kind="code")], 0),
    ],
)
def test_a_press_beyond_the_unproved_ones_that_may_be_is_found(presses: list[Pressed], over: int) -> None:
    lockouts = {PORTAL: LOCKOUT, "practice-medicaid": LOCKOUT}
    assert len(presses_over_budget(presses, lockouts, {})) == over


def test_a_press_that_only_the_portal_knows_of_is_found() -> None:
    events = {PORTAL: [signs_in("one"), signs_in("one")]}
    assert presses_over_budget([proved(PRESS), proved(NEXT)], {PORTAL: LOCKOUT}, events) == []
    assert len(presses_over_budget([proved(PRESS)], {PORTAL: LOCKOUT}, events)) == 1


def test_an_appeal_that_the_portal_saw_pressed_twice_is_found() -> None:
    pressed = seen("one", "appeal_pressed", payer_claim_number="C1", level="first", lines="1")
    other = seen("one", "appeal_pressed", payer_claim_number="C1", level="first", lines="2")
    assert appeals_twice(PORTAL, [pressed, other, seen("one", "search")]) == []
    assert len(appeals_twice(PORTAL, [pressed, pressed])) == 1


@pytest.mark.parametrize(
    "book",
    [
        with_(lanes=[replace(LANE, holder="here:17")]),
        with_(sessions=[replace(FIRST, ended_at=None), SECOND]),
        with_(items=[replace(ITEM, state="running")]),
        with_(codes_wanted=1),
    ],
)
def test_whoever_still_seems_to_be_at_work_is_found(book: Book) -> None:
    assert len(leases_left(book)) == 1
