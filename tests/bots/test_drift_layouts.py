"""Portals change their pages without notice: the robot still answers right, or stops with one case that says where."""

import contextlib
import os
from collections import Counter
from pathlib import Path

import pytest

from bots.browser import BrowserHost
from bots.worker import Progress
from flows.outcomes import Code
from ledger import answers, cases, evidence
from ledger.cases import CaseRecord
from ledger.errors import PortalClosed, Stopped
from ledger.evidence import EvidenceKind
from portalwright.demo.claims_check import wrong_answers
from sandbox.quirks import EVERYWHERE
from tests.bots.night import Night, night
from tests.practice_portal import PracticePortal
from tests.soak.person import Person

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

CLAIMS = 7
LAYOUTS = {
    2: "labels and wording renamed",
    3: "columns and sections moved, ids and classes changed",
    4: "a new pop-up, a moved button, another structure",
}
SINCE = ("the door", "the first claim")
MOST_RUNS = 4
HOUR = 3600


def _cells() -> list[tuple[str, str, int]]:
    """Every portal with another layout from the door on and from the first claim on; all of them by `make drift`."""
    every = [(since, name, layout) for since in SINCE for name in EVERYWHERE for layout in LAYOUTS]
    if os.environ.get("PORTALWRIGHT_TEST_DRIFT") == "all":
        return every
    layouts = list(LAYOUTS)
    return [(SINCE[place % len(SINCE)], name, layouts[place % len(layouts)]) for place, name in enumerate(EVERYWHERE)]


@pytest.mark.parametrize(("since", "name", "layout"), _cells())
async def test_a_changed_layout_never_makes_a_wrong_answer(
    since: str, name: str, layout: int, host: BrowserHost, tmp_path: Path
) -> None:
    at_once = layout if since == "the door" else 1
    with PracticePortal(name, seed=23, claims=CLAIMS, layout=at_once) as portal:
        async with night(tmp_path, portal, browser=host, answer_seconds=8.0) as office:
            await _work_through(office, layout)
            given = await office.call(lambda: list(answers.list_current(office.person.practice_id, portal=name)))
            said = [(record.number, record.answer.normalised) for record in given]
            assert wrong_answers(said, portal.truth()) == ()
            assert not office.defects
            counts = await office.counts()
            assert (counts.done, counts.total, counts.running) == (len(given), CLAIMS, 0)
            drifted = [
                case
                for case in await office.call(cases.list_open, office.person.practice_id, name)
                if case.code is Code.TECH_LAYOUT
            ]
            if not drifted:
                assert counts.done + counts.parked == CLAIMS
                return
            # One broken view is one case, however many questions meet it; and it says all that mending takes.
            assert max(Counter(case.view for case in drifted).values()) == 1
            for case in drifted:
                assert case.view in office.work.pack.views
                assert case.element
                assert case.ways
                assert await _pages(office, case)


async def _work_through(office: Night, layout: int) -> None:
    """One run, and another each time that a person has done what is always a person's at this portal's door.

    The layout changes at the latest when the first claim has been asked about.
    """
    person = Person(office)
    office.clock.meanwhile = person.meanwhile

    def change(progress: Progress) -> None:
        if progress.ended is not None and progress.done == 1:
            office.portal.faults(layout=layout)

    for _ in range(MOST_RUNS):
        with contextlib.suppress(Stopped, PortalClosed):
            report = await office.run(change)
            if not report.waits:
                if await person.after_run():
                    continue
                return
        await office.clock.sleep(12 * HOUR)


async def _pages(office: Night, case: CaseRecord) -> list[bytes]:
    """The pages that the case shows: as text, and as a picture."""
    assert case.attempt_id is not None
    kept = await office.call(evidence.of_attempt, office.person.practice_id, case.attempt_id)
    assert kept is not None
    files = [file for file in kept.files if file.kind is EvidenceKind.PAGE]
    assert any(file.kind is EvidenceKind.PICTURE for file in kept.files)
    return [office.work.evidence.read(kept.wrapped_key, file.name, file.kind) for file in files]
