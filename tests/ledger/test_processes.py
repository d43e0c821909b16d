"""Nothing lost, nothing double, nothing pressed twice: real processes, killed and paused."""

import collections
import os
import random
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import pytest

from flows.questions import Appeal, Flow
from ledger import answers, appeals, audit, models, presses, runs, work
from ledger.accounts import Actor
from ledger.errors import LaneBusy, PressRefused
from ledger.lanes import Lease
from ledger.presses import Bar, LockoutRule, PressKind
from ledger.start import close_connection
from ledger.states import ItemState
from tests.ledger.appeals import approved
from tests.ledger.office import LATER, NOW, PORTAL, bring_in, everything, paid, place

pytestmark = pytest.mark.django_db(transaction=True)
ROOT = Path(__file__).parents[2]

Process = subprocess.Popen[str]


@pytest.fixture
def start(transactional_db: None) -> Iterator[Callable[..., Process]]:
    """Starts a process of the office on this test's ledger; it is gone when the test ends."""
    with ExitStack() as stack:

        def _start(*arguments: str) -> Process:
            process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.ledger.office_process",
                    place(),
                    *arguments,
                ],
                cwd=ROOT,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            return process

        yield _start


def line(process: Process) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go_on(process: Process) -> None:
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()


@pytest.mark.usefixtures("practice")
def test_a_kill_between_press_and_answer_leaves_a_press_that_bars_the_next_one(
    start: Callable[..., Process], take: Callable[..., Lease], three_strikes: LockoutRule
) -> None:
    process = start("press")
    assert line(process) == "pressed"
    process.send_signal(signal.SIGKILL)
    process.wait()
    for hours in (1, 12, 23):
        at = timedelta(hours=hours)
        with pytest.raises(PressRefused) as refused:
            presses.begin(take("office:2", after=at), 1, PressKind.PASSWORD, three_strikes, NOW + at)
        assert refused.value.bar == Bar.BUDGET
    assert models.Press.objects.count() == 1


def test_a_paused_process_with_an_old_token_changes_nothing(
    start: Callable[..., Process], take: Callable[..., Lease], robot: Actor
) -> None:
    bring_in([1], robot)
    process = start("hold")
    assert line(process) == "asking"
    os.kill(process.pid, signal.SIGSTOP)
    newer = take("office:2", after=LATER)
    runs.start(newer, Flow.CLAIM_STATUS, NOW + LATER)
    item = work.next_item(newer, NOW + LATER)
    assert item is not None
    work.finish(newer, item, paid(amount="1.00"), NOW + LATER)
    before = everything()
    os.kill(process.pid, signal.SIGCONT)
    go_on(process)
    assert line(process) == "lease lost"
    assert everything() == before
    assert len(answers.history(robot.practice_id, PORTAL, "ACCT-000001")) == 1


@pytest.mark.parametrize("pressed_before", [True, False])
def test_an_appeal_is_pressed_by_one_process_and_once(
    start: Callable[..., Process], take: Callable[..., Lease], person: Actor, *, pressed_before: bool
) -> None:
    number = approved(person)
    process = start("appeal")
    assert line(process) == "asking"
    if pressed_before:
        go_on(process)
        assert line(process) == "pressed"
        process.send_signal(signal.SIGKILL)
    else:
        os.kill(process.pid, signal.SIGSTOP)
    newer = take("office:2", after=LATER)
    runs.start(newer, Flow.APPEAL, NOW + LATER)
    item = work.next_item(newer, NOW + LATER)
    assert item is not None
    assert isinstance(item.question, Appeal)
    assert item.question.pressed == pressed_before
    if not pressed_before:
        appeals.pressing(newer, item.question.contest.reference, NOW + LATER)
        os.kill(process.pid, signal.SIGCONT)
        go_on(process)
        assert line(process) == "lease lost"
    happened = [event.what for event in appeals.events(person.practice_id, number=number)]
    assert happened.count(appeals.Happening.PRESSING) == 1


@pytest.mark.usefixtures("robot")
def test_of_many_processes_that_want_a_lane_one_gets_it(start: Callable[..., Process]) -> None:
    processes = [start("race") for _ in range(4)]
    assert [line(process) for process in processes] == ["ready"] * 4
    for process in processes:
        go_on(process)
    assert sorted(line(process) for process in processes) == ["busy", "busy", "busy", "token 1"]


def test_of_many_threads_that_want_a_lane_one_gets_it(take: Callable[..., Lease]) -> None:
    def try_it(number: int) -> bool:
        try:
            take(f"office:{number}")
            return True
        except LaneBusy:
            return False
        finally:
            close_connection()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(try_it, range(8))) == 1


def test_of_many_threads_that_press_at_once_one_presses(take: Callable[..., Lease], three_strikes: LockoutRule) -> None:
    leases = [take(f"office:{slot}", slot=slot) for slot in range(8)]

    def try_it(lease: Lease) -> bool:
        try:
            presses.begin(lease, 1, PressKind.PASSWORD, three_strikes, NOW)
            return True
        except PressRefused:
            return False
        finally:
            close_connection()

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(try_it, leases)) == 1


def test_many_threads_add_to_the_audit_chain_without_breaking_it(robot: Actor) -> None:
    def add(number: int) -> None:
        for _ in range(10):
            audit.append(robot, "test.act", "thing", number, NOW)
        close_connection()

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(add, range(8)))
    assert audit.verify() == audit.AuditReport(80, ok=True, first_bad=None)


@pytest.mark.parametrize("kills", [25, pytest.param(100, marks=pytest.mark.long)])
def test_kills_lose_nothing_and_record_nothing_twice(start: Callable[..., Process], robot: Actor, kills: int) -> None:
    bring_in(range(2500), robot)
    seed = random.randrange(10**6)
    process = start("kills", str(seed), str(kills))
    acknowledged = collections.Counter(map(int, line(process).split()))
    assert process.wait() == 0, seed
    recorded = collections.Counter(models.AnswerVersion.objects.values_list("claim__items__id", flat=True).iterator())
    states = dict(models.WorkItem.objects.values_list("id", "state"))
    assert models.Run.objects.filter(why_ended="lost").count() > kills // 2, seed
    assert len(acknowledged) > kills // 5, seed
    assert set(acknowledged.values()) == {1}, seed
    assert set(acknowledged) <= set(recorded), seed
    assert set(recorded.values()) == {1}, seed
    assert {item for item, state in states.items() if state == ItemState.DONE} == set(recorded), seed
    assert set(states.values()) <= {ItemState.DONE, ItemState.READY}, seed
    assert len(states) == 2500, seed
    assert models.Attempt.objects.count() == len(recorded), seed
    assert audit.verify().ok, seed
