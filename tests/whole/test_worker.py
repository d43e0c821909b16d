"""The real worker: it finds what is due by itself, ends in order when it is told to, and goes on where it stopped."""

import signal
import time

import pytest

from portalwright.exit_codes import ExitCode
from sandbox.process import PracticePortal
from tests.whole.office import Commands, presses, seen

pytestmark = pytest.mark.browser

END_SECONDS = 30
"""A worker that is told to stop has ended by then."""


def test_a_worker_that_is_told_to_stop_signs_out_and_another_goes_on(portal: PracticePortal, office: Commands) -> None:
    running = office.begin("worker", "--any-hour")
    running.wait_until(lambda: seen(portal, "detail") >= 3)
    told = time.monotonic()
    running.process.send_signal(signal.SIGTERM)
    ended = running.end()
    assert (ended.code, time.monotonic() - told < END_SECONDS) == (0, True), ended.err
    assert "Traceback" not in ended.err
    assert seen(portal, "sign_out") == 1
    after = office.standing()
    assert (after["running"], after["last_run"].endswith("told to leave")) == (0, True)
    assert after["done"] >= 1
    assert list((office.folder / "data" / "tmp").iterdir()) == []

    again = office("worker", "--once", "--any-hour")
    assert again.code == ExitCode.FINE, again.err
    standing = office.standing()
    assert (standing["ready"], standing["running"]) == (0, 0)
    assert len({one.number for one in office.answers()}) == standing["done"]
    assert (presses(portal), seen(portal, "sign_out")) == (["accepted"] * 2, 2)
