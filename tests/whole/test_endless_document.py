"""A portal whose document never ends costs one try: it is let go at the limit, and the run goes on to the others."""

from pathlib import Path

import pytest

from sandbox.quirks import NATIONAL
from tests.practice_portal import PracticePortal
from tests.whole.office import make_office, presses
from tests.whole.payments import ask_for_payments, payments, permit_payments
from tests.whole.test_killed import leftovers

pytestmark = [pytest.mark.browser, pytest.mark.long]  # in every run: bots/test_endless_downloads.py

DAYS = 30
SMALL_LIMIT = "import bots.downloads\nbots.downloads.MOST_BYTES = 1 << 20"


def test_a_document_without_end_is_fetched_again_and_the_run_goes_on(tmp_path: Path) -> None:
    with PracticePortal(NATIONAL, seed=7311, claims=30) as portal:
        portal.profile(second_factor="none")
        office = make_office(tmp_path, portal)
        permit_payments(office, portal)
        right = ask_for_payments(office, portal, DAYS)
        portal.faults(line=[{"kind": "endless-download", "every": 1, "after": 1, "times": 1}])
        ended = office("run", portal.name, "--flow", "remittances", before=SMALL_LIMIT)
        assert ended.code == 0, ended
        assert [event["path"] for event in portal.events() if event["kind"] == "fault"] == ["/payments/file"]
        assert payments(office) == right
        assert presses(portal) == ["accepted"]
        assert leftovers(office) == []
