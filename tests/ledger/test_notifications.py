"""What is to be told is found once, told once to each target, and tried again while a server is down."""

from datetime import timedelta

import pytest

from flows.questions import Flow
from ledger import audit, models, notifications
from ledger.accounts import Actor
from ledger.notifications import TAKEN_FOR, Found
from tests.ledger.office import NOW, PORTAL

LATE = Found("late:1", "run-late", PORTAL, Flow.CLAIM_STATUS, 12)
GONE = Found("worker:1", "worker-gone")
MINUTE = timedelta(minutes=1)


def test_the_same_is_found_once_ever(robot: Actor) -> None:
    assert notifications.find([LATE, GONE], robot, NOW) == 2
    assert notifications.find([LATE, GONE], robot, NOW + 60 * MINUTE) == 0
    taken = notifications.take(robot, NOW)
    assert [(one.found, one.found_at, one.told_to) for one in taken] == [
        (LATE, NOW, frozenset()), (GONE, NOW, frozenset())
    ]  # fmt: skip
    for one in taken:
        notifications.settle(one, {"manager"}, robot, NOW, wholly=True)
    assert notifications.find([LATE], robot, NOW + timedelta(days=30)) == 0
    assert notifications.take(robot, NOW + timedelta(days=30)) == ()
    assert audit.verify().ok


def test_of_several_processes_one_sends(robot: Actor) -> None:
    notifications.find([LATE], robot, NOW)
    assert len(notifications.take(robot, NOW)) == 1
    assert notifications.take(robot, NOW + TAKEN_FOR - MINUTE) == ()


def test_what_a_process_took_with_it_when_it_died_is_sent_by_another(robot: Actor) -> None:
    notifications.find([LATE], robot, NOW)
    notifications.take(robot, NOW)
    (again,) = notifications.take(robot, NOW + TAKEN_FOR)
    assert again.tries == 2


def test_a_server_that_is_down_is_tried_again_later_and_later(robot: Actor) -> None:
    notifications.find([LATE], robot, NOW)
    now, waits = NOW, []
    for _ in range(6):
        (taken,) = notifications.take(robot, now)
        notifications.settle(taken, (), robot, now, wholly=False)
        begin = now
        while not (ready := models.Notification.objects.filter(not_before__lte=now).exists()):
            now += MINUTE
        assert ready
        waits.append((now - begin) // MINUTE)
    assert waits == [1, 5, 15, 60, 60, 60]
    assert notifications.untold(robot.practice_id) == 1


def test_whoever_has_it_is_remembered_when_another_did_not_take_it(robot: Actor) -> None:
    notifications.find([LATE], robot, NOW)
    (taken,) = notifications.take(robot, NOW)
    notifications.settle(taken, {"manager"}, robot, NOW, wholly=False)
    (again,) = notifications.take(robot, NOW + 60 * MINUTE)
    assert again.told_to == {"manager"}


def test_after_two_days_nobody_is_told_any_more(robot: Actor) -> None:
    notifications.find([LATE], robot, NOW)
    notifications.take(robot, NOW)
    (taken,) = notifications.take(robot, NOW + timedelta(days=2))
    notifications.settle(taken, (), robot, NOW + timedelta(days=2), wholly=False)
    assert notifications.take(robot, NOW + timedelta(days=9)) == ()
    assert notifications.untold(robot.practice_id) == 0


def test_quiet_hours_put_it_off(robot: Actor) -> None:
    morning = NOW + timedelta(hours=6)
    notifications.find([LATE], robot, NOW, not_before=morning)
    assert notifications.take(robot, morning - MINUTE) == ()
    assert len(notifications.take(robot, morning)) == 1


@pytest.mark.parametrize("limit", [1, 2])
def test_no_more_is_taken_than_can_be_sent(robot: Actor, limit: int) -> None:
    notifications.find([LATE, GONE], robot, NOW)
    assert len(notifications.take(robot, NOW, limit)) == limit
    assert len(notifications.take(robot, NOW, 5)) == 2 - limit
