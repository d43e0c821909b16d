"""`portalwright selectors probe` and the probe before a run, on the real command line at a portal that changes."""

import json

import pytest

from portalwright.exit_codes import ExitCode
from sandbox.process import PracticePortal
from tests.whole.office import PORTAL, QUESTIONS, Commands, presses, seen

pytestmark = [pytest.mark.browser, pytest.mark.long]


def test_a_probe_tells_what_it_looked_at_and_a_changed_portal_lets_no_run_begin(
    portal: PracticePortal, office: Commands
) -> None:
    probed = office("selectors", "probe", PORTAL)
    assert probed.code == 0, probed.err
    assert "ok    view claim-search" in probed.out
    assert "none known yet" in probed.out
    assert "the portal is what version" in probed.out
    assert office.standing()["ready"] == QUESTIONS

    assert office.run("--limit", "6").code == 0
    known = json.loads(office.done("selectors", "probe", PORTAL, "--json"))
    assert known["passed"]
    assert known["checks"][-1] == {
        "what": "known answer",
        "result": "same number, same charge, a final status",
        "passed": True,
    }

    # A page that the pack does not know is waited for until the portal counts as down: shorter here, as an office may.
    overlay = office.folder / "selectors" / PORTAL / "overlay.yaml"
    overlay.parent.mkdir(parents=True, exist_ok=True)
    overlay.write_text("limits:\n  answer_seconds: 8\n")
    portal.faults(layout=4)
    searches = seen(portal, "search")
    left = office.standing()["ready"]
    changed = office("selectors", "probe", PORTAL)
    assert changed.code == ExitCode.STOPPED, (changed.out, changed.err)
    assert "FAIL" in changed.out
    assert "TECH-LAYOUT" in changed.err
    # The newest probe failed: the run looks for itself, and does not begin.
    assert office.run().code == ExitCode.STOPPED
    assert (seen(portal, "search"), office.standing()["ready"]) == (searches, left)
    (case,) = [case for case in office.cases() if case["code"] == "TECH-LAYOUT"]
    assert (case["view"], case["times"]) == ("claim-search", 2)
    assert set(presses(portal)) == {"accepted"}
