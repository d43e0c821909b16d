"""kill -9 of the real program: nothing pressed again, nothing lost, nothing twice, nothing left behind."""

import time
from collections import Counter

import psutil
import pytest

from portalwright.demo.claims_check import wrong_answers
from portalwright.exit_codes import ExitCode
from sandbox.process import PracticePortal
from tests.whole.office import PORTAL, PROFILE_ON_DISK, QUESTIONS, Commands, presses, seen

pytestmark = pytest.mark.browser

GONE_SECONDS = 10
"""So long after a kill a browser may still be there (promise 4 of the design)."""

SHORT_LEASE = "import bots.lane\nbots.lane.LEASE_SECONDS = 4.0\nbots.lane._BEAT_SECONDS = 1.0"
"""Makes the lease of a process short where a test is not about its length, so that nobody waits for it."""


def all_gone(processes: list[psutil.Process]) -> None:
    _, alive = psutil.wait_procs(processes, timeout=GONE_SECONDS)
    assert [process.name() for process in alive if process.status() != psutil.STATUS_ZOMBIE] == []


def leftovers(office: Commands) -> list[str]:
    return [path.name for path in (office.folder / "data" / "tmp").iterdir()]


def test_a_kill_between_press_and_answer_never_leads_to_a_second_press(
    portal: PracticePortal, office: Commands
) -> None:
    portal.faults(password_press="hang")
    running = office.begin("run", PORTAL, before=SHORT_LEASE)
    running.wait_until(lambda: seen(portal, "password_press") == 1)
    all_gone(running.kill())
    portal.faults()

    first = office.run()
    assert first.code == ExitCode.STOPPED, (first.out, first.err)
    for _ in range(2):
        assert office.run().code == ExitCode.STOPPED
    assert len(presses(portal)) == 1
    assert office.standing()["sign_in"] == "blocked, see cases"
    assert office.standing()["ready"] == QUESTIONS
    assert leftovers(office) == []


@pytest.mark.long  # the password's press: above; every step of the door: `make chaos`
def test_a_kill_between_the_code_and_its_answer_never_leads_to_a_second_press(
    portal: PracticePortal, office: Commands
) -> None:
    portal.faults(code_press="hang")
    running = office.begin("run", PORTAL, before=SHORT_LEASE)
    running.wait_until(lambda: seen(portal, "code_press") == 1)
    all_gone(running.kill())
    portal.faults()

    for _ in range(2):
        assert office.run().code == ExitCode.STOPPED
    assert (len(presses(portal)), len(presses(portal, "code"))) == (1, 1)
    assert office.standing()["ready"] == QUESTIONS


@pytest.mark.long  # a worker that is killed again and again: test_chaos_short.py
def test_a_kill_in_mid_run_loses_nothing_repeats_no_answer_and_leaves_no_browser(
    portal: PracticePortal, office: Commands
) -> None:
    running = office.begin("run", PORTAL, before=SHORT_LEASE)
    running.wait_until(lambda: seen(portal, "detail") >= 4)
    children = running.kill()
    killed_at = time.monotonic()
    assert children
    all_gone(children)

    standing = office.standing()
    assert standing["done"] >= 1
    assert standing["ready"] + standing["running"] + standing["done"] + standing["parked"] == QUESTIONS
    acknowledged = {record.number: record for record in office.answers()}
    assert len(acknowledged) == standing["done"]

    # The lane comes back when its lease has run out, and the next run waits for that by itself.
    second = office.run()
    assert second.code == 0, (second.out, second.err)
    assert time.monotonic() - killed_at < 110
    after = office.standing()
    assert (after["ready"], after["running"], after["waiting"]) == (0, 0, 0)
    assert after["done"] + after["parked"] == QUESTIONS
    assert leftovers(office) == []

    records = office.answers()
    now = {record.number: record for record in records}
    assert len(now) == len(records) == after["done"]
    asked = {ask["patient_account_number"] for ask in portal.truth()["asks"]}
    given = [(number, record.answer.normalised) for number, record in now.items() if number in asked]
    assert wrong_answers(given, portal.truth()) == ()
    # What was acknowledged before the kill is still that: the same answer, and never asked again.
    assert {number: now[number] for number in acknowledged} == acknowledged
    assert {record.version for record in records} == {1}
    assert Counter(presses(portal)) == {"accepted": 2}
    assert office.run("--json").out.count("nothing due") == 1
    assert "sound" in office.done("vault", "check")
    office.done("audit", "verify")


def test_what_a_killed_run_left_in_the_temporary_folder_is_swept_at_the_next_start(
    portal: PracticePortal, office: Commands
) -> None:
    running = office.begin("run", PORTAL, before=f"{SHORT_LEASE}\n{PROFILE_ON_DISK}")
    running.wait_until(lambda: seen(portal, "sign_in_page") >= 1 or bool(presses(portal)))
    all_gone(running.kill())
    left = leftovers(office)
    assert left
    portal.faults(maintenance=True)
    assert office.run().code == ExitCode.LATER
    assert leftovers(office) == []


def test_a_wrong_password_is_pressed_once_whatever_is_started_again(portal: PracticePortal, office: Commands) -> None:
    portal.set_password("Another-password-7")
    for _ in range(3):
        assert office.run().code == ExitCode.STOPPED
    assert presses(portal) == ["rejected"]
    assert office.standing()["sign_in"] == "blocked, see cases"
    assert [case["code"] for case in office.cases()] == ["ACC-BADPW"]
