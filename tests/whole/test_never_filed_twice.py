"""Two robots, a robot that fell asleep, a restart, a person who was faster: no appeal is ever filed twice."""

import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psutil
import pytest

from portalwright.exit_codes import ExitCode
from tests.practice_portal import PracticePortal
from tests.sandbox.national_requests import Disputer
from tests.whole.disputes import CLAIMS, approved, disputing_office, first_rights, seen_of
from tests.whole.office import PORTAL, SEED, Commands, Ended, Running
from tests.whole.test_killed import SHORT_LEASE, all_gone

pytestmark = [pytest.mark.browser, pytest.mark.long]

ASLEEP = """
import os, signal
from bots.write_guard import WriteGuard
real = WriteGuard.pressing
async def asleep(self, reference):
    if {before}:
        os.kill(os.getpid(), signal.SIGSTOP)
    await real(self, reference)
    if not {before}:
        os.kill(os.getpid(), signal.SIGSTOP)
WriteGuard.pressing = asleep
"""
"""The process falls asleep right before, or right after, it has committed that the button is pressed next."""

TOGETHER, BEFORE, AFTER, BY_HAND, RESTARTED = range(1, 6)
"""The appeals, by number: each is of one test."""


@dataclass(frozen=True)
class Disputes:
    """The office, the payer, and the claims of the appeals that are approved: appeal 1 is of the first."""

    office: Commands
    portal: PracticePortal
    rights: list[dict[str, Any]]

    def file(self, number: int, before: str = "") -> Running:
        return self.office.begin("appeal", "file", str(number), before=before)

    def presses(self, number: int) -> tuple[int, int]:
        """How often the portal saw it pressed, and took it."""
        right = self.rights[number - 1]
        return seen_of(self.portal, "appeal_pressed", right), seen_of(self.portal, "appeal_filed", right)


@pytest.fixture(scope="module")
def disputes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Disputes]:
    with PracticePortal(PORTAL, seed=SEED, claims=CLAIMS, appointments=0) as portal:
        office = disputing_office(tmp_path_factory.mktemp("disputes"), portal)
        rights = first_rights(portal)[:RESTARTED]
        assert len(rights) == RESTARTED
        approved(office, rights)
        yield Disputes(office, portal, rights)


def asleep(running: Running) -> psutil.Process:
    """Wait until the process sleeps at its place."""
    process = psutil.Process(running.process.pid)
    running.wait_until(lambda: process.status() == psutil.STATUS_STOPPED)
    return process


def woken(process: psutil.Process, running: Running) -> Ended:
    process.send_signal(signal.SIGCONT)
    return running.end()


@pytest.mark.long
def test_two_robots_that_start_at_once_file_an_appeal_once(disputes: Disputes) -> None:
    both = [disputes.file(TOGETHER) for _ in range(2)]
    ended = [running.end() for running in both]
    assert [one.code for one in ended] == [0, 0], ended
    assert all(f"Appeal {TOGETHER}: filed, number T-" in one.out for one in ended)
    assert disputes.presses(TOGETHER) == (1, 1)


def test_a_robot_that_slept_before_its_press_was_committed_presses_nothing_when_another_filed_it(
    disputes: Disputes,
) -> None:
    sleeper = disputes.file(BEFORE, SHORT_LEASE + ASLEEP.format(before=True))
    process = asleep(sleeper)
    other = disputes.file(BEFORE).end()
    assert (other.code, disputes.presses(BEFORE)) == (0, (1, 1)), other
    late = woken(process, sleeper)
    assert late.code != 0, late
    assert "Traceback" not in late.err
    assert disputes.presses(BEFORE) == (1, 1)
    assert f"Appeal {BEFORE}: filed, number T-" in disputes.office("appeal", "file", str(BEFORE)).out


@pytest.mark.long
def test_what_a_sleeping_robot_may_still_press_no_other_presses(disputes: Disputes) -> None:
    sleeper = disputes.file(AFTER, SHORT_LEASE + ASLEEP.format(before=False))
    process = asleep(sleeper)
    other = disputes.file(AFTER).end()
    assert other.code == ExitCode.LATER, other
    assert f"Appeal {AFTER}: pressed, and nobody saw what came of it; looked for again after " in other.out
    assert disputes.presses(AFTER) == (0, 0)
    woken(process, sleeper)
    assert disputes.presses(AFTER)[0] <= 1
    again = disputes.office("appeal", "file", str(AFTER))
    assert again.code == ExitCode.LATER, again
    assert disputes.presses(AFTER)[0] <= 1
    assert disputes.office("appeal", "withdraw", str(AFTER)).code == ExitCode.LEDGER


def test_what_a_person_filed_by_hand_meanwhile_is_a_duplicate_and_not_pressed(disputes: Disputes) -> None:
    right = disputes.rights[BY_HAND - 1]
    with Disputer(disputes.portal) as person:
        person.press_password()
        person.post("/provider", actAs=right["billing_npi"])
        person.file(right, papers=0)
    assert disputes.presses(BY_HAND) == (1, 1)
    ended = disputes.file(BY_HAND).end()
    assert ended.code == 0, ended
    assert f"Appeal {BY_HAND}: refused by the portal (duplicate); nothing was filed" in ended.out
    assert disputes.presses(BY_HAND) == (1, 1)


@pytest.mark.long
def test_a_restart_between_the_approval_and_the_press_files_it_once(disputes: Disputes) -> None:
    right = disputes.rights[RESTARTED - 1]
    running = disputes.file(RESTARTED, SHORT_LEASE)
    running.wait_until(lambda: seen_of(disputes.portal, "appeal_begun", right) == 1)
    all_gone(running.kill())
    assert disputes.presses(RESTARTED) == (0, 0)
    for _ in range(2):
        ended = disputes.file(RESTARTED).end()
        assert (ended.code, disputes.presses(RESTARTED)) == (0, (1, 1)), ended
