"""A run that waits for a code which a person reads: handed over, killed, too late; and the code is written nowhere."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from portalwright.exit_codes import ExitCode
from tests.canary.search import Search
from tests.practice_portal import PracticePortal
from tests.whole.cage import lying_in, said_by
from tests.whole.office import Commands, Ended, Running, make_office, presses, seen
from tests.whole.test_killed import SHORT_LEASE, all_gone, leftovers

pytestmark = pytest.mark.browser

PORTAL = "practice-contractor"


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=5, claims=2) as started:
        yield started


@pytest.fixture
def office(portal: PracticePortal, tmp_path: Path) -> Commands:
    """An office that has accepted the portal's terms, as its first run asked it to."""
    made = make_office(tmp_path, portal)
    first = made.run()
    assert first.code == ExitCode.STOPPED, (first.out, first.err)
    made.done("terms", PORTAL, "--accept", "--as", "Dana Doe")
    return made


def begin(office: Commands, portal: PracticePortal) -> Running:
    """A run that waits for its code."""
    sent = seen(portal, "code_sent")
    running = office.begin("run", PORTAL, "--limit", "1", before=SHORT_LEASE)
    running.wait_until(lambda: seen(portal, "code_sent") == sent + 1)
    running.wait_until(lambda: office.standing()["waits"].startswith("code wanted until"))
    portal.advance(10)
    return running


def hand_over(office: Commands, code: str) -> Ended:
    return office("code", PORTAL, "--from-stdin", stdin=f"{code}\n")


def test_a_code_that_is_handed_over_signs_in_once_and_is_written_nowhere(
    portal: PracticePortal, office: Commands
) -> None:
    running = begin(office, portal)
    code = portal.mailbox()[-1]["code"]
    given = hand_over(office, code)
    assert given.code == 0, given.err
    ended = running.end()
    assert "waiting for a code until" in ended.err
    assert f"portalwright code {PORTAL}" in ended.err
    assert presses(portal, "code") == ["accepted"]
    assert set(presses(portal)) == {"accepted"}
    assert hand_over(office, code).code == ExitCode.NOT_WANTED
    search = Search({portal.user_name, portal.password}, {code})
    assert [hit for command in (given, ended) for hit in said_by(command, search)] == []
    assert [hit for root in (office.folder, office.home, office.temporary) for hit in lying_in(root, search)] == []


@pytest.mark.long
def test_a_run_that_is_killed_while_it_waits_leaves_nothing_behind_and_presses_nothing_twice(
    portal: PracticePortal, office: Commands
) -> None:
    running = begin(office, portal)
    all_gone(running.kill())
    time.sleep(5)  # the dead process's lease
    assert hand_over(office, portal.mailbox()[-1]["code"]).code == ExitCode.NOT_WANTED
    assert office.standing()["waits"] == ""

    again = begin(office, portal)
    assert hand_over(office, portal.mailbox()[-1]["code"]).code == 0
    again.end()
    assert presses(portal, "code") == ["accepted"]
    assert set(presses(portal)) == {"accepted"}
    assert office.standing()["sign_in"] == "ready"
    assert leftovers(office) == []
