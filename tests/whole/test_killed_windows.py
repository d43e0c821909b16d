"""kill -9 while the robot is inside frames and windows of a portal: no browser is left, and the work goes on."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from portalwright.demo.claims_check import wrong_answers
from sandbox.quirks import CONTRACTOR, MULTIPAYER
from tests.practice_portal import PracticePortal
from tests.whole.office import make_office, presses, seen
from tests.whole.test_killed import SHORT_LEASE, all_gone, leftovers

pytestmark = pytest.mark.browser

CLAIMS = 8


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    """An application inside a frame, each of whose claims opens in a tab of its own."""
    with PracticePortal(MULTIPAYER, seed=9, claims=CLAIMS, quirks={"new-window": 1.0}) as started:
        yield started


@pytest.mark.long
def test_a_kill_inside_a_frame_and_its_windows_leaves_no_browser(portal: PracticePortal, tmp_path: Path) -> None:
    office = make_office(tmp_path, portal)
    running = office.begin("run", portal.name, before=SHORT_LEASE)
    running.wait_until(lambda: opened_windows(portal) >= 2)
    children = running.kill()
    assert any("chrom" in name for name in running.watch.processes)
    assert children
    all_gone(children)

    assert office.run().code == 0
    after = office.standing()
    assert (after["ready"], after["running"], after["done"] + after["parked"]) == (0, 0, CLAIMS)
    given = [(record.number, record.answer.normalised) for record in office.answers()]
    assert wrong_answers(given, portal.truth()) == ()
    assert set(presses(portal)) == {"accepted"}
    assert leftovers(office) == []


def opened_windows(portal: PracticePortal) -> int:
    return sum(event["kind"] == "quirk" and event["name"] == "new-window" for event in portal.events())


@pytest.mark.long
def test_a_kill_while_a_blank_window_fills_leaves_no_browser(tmp_path: Path) -> None:
    with PracticePortal(CONTRACTOR, seed=9, claims=CLAIMS, quirks={"popup-blank-first": 1.0}) as portal:
        office = make_office(tmp_path, portal)
        office.run()
        office.done("terms", portal.name, "--accept", "--as", "Dana Doe")
        running = office.begin("run", portal.name, before=SHORT_LEASE)
        running.wait_until(lambda: seen(portal, "code_sent") == 1)
        running.wait_until(lambda: office.standing()["waits"].startswith("code wanted until"))
        portal.advance(10)
        office.done("code", portal.name, "--from-stdin", stdin=portal.mailbox()[-1]["code"] + "\n")
        running.wait_until(lambda: any(event.get("name") == "popup-blank-first" for event in portal.events()))
        all_gone(running.kill())
        standing = office.standing()
        assert standing["ready"] + standing["running"] + standing["done"] + standing["parked"] == CLAIMS
        assert presses(portal, "code") == ["accepted"]
