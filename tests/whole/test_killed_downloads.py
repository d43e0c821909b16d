"""kill -9 between every two steps of a download: nothing of it lies in the clear, and each document is there once."""

import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import psutil
import pytest

from bots import leftovers as private_folders
from flows.questions import Flow
from sandbox.quirks import MULTIPAYER, NATIONAL
from tests.chaos.inside import Order, Times
from tests.chaos.steps import STEPS, STORED, Step
from tests.practice_portal import PracticePortal
from tests.whole.office import Commands, make_office, presses
from tests.whole.payments import ask_for_payments, payments, permit_payments
from tests.whole.test_killed import all_gone, leftovers

pytestmark = [pytest.mark.browser, pytest.mark.long]

DAYS = 30
SEED = 7311
"""Of no other test: what these portals give is told from what a test beside us fetches."""
_LEASE_SECONDS = 4.0
_LOOK_SECONDS = 0.05
_KILLED = -9

_OF_A_DOCUMENT = STEPS[Flow.REMITTANCES][
    STEPS[Flow.REMITTANCES].index(Step("page read", "bots.session:Session.read")) :
]
_ACKNOWLEDGED = ("end committed", "end acknowledged")
"""Killed after these, the documents are there."""


def on_disk(canaries: Sequence[bytes], *folders: Path) -> list[str]:
    """Files in these folders in which a document, or a part of one, lies in the clear."""
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    return [path.name for path in files if any(canary in path.read_bytes() for canary in canaries)]


def in_memory(canaries: Sequence[bytes]) -> list[str]:
    """The same, in the folders in which browsers store files."""
    folder = private_folders.folder_in_memory()
    return [] if folder is None else on_disk(canaries, *folder.glob("portalwright-browser-*"))


@pytest.fixture(
    params=[(NATIONAL, _OF_A_DOCUMENT), (MULTIPAYER, STORED)], ids=["from the line", "stored by the browser"]
)
def given(request: pytest.FixtureRequest) -> Iterator[tuple[PracticePortal, Sequence[Step]]]:
    name, steps = request.param
    with PracticePortal(name, seed=SEED, claims=30) as portal:
        yield portal, steps


def test_killed_between_any_two_steps_of_a_download_it_is_recorded_once_and_nowhere_in_the_clear(
    given: tuple[PracticePortal, Sequence[Step]], tmp_path: Path
) -> None:
    portal, steps = given
    # Nobody waits for the next window's code: presses and codes have tests of their own.
    portal.profile(second_factor="none")
    office = make_office(tmp_path, portal)
    permit_payments(office, portal)
    right = ask_for_payments(office, portal, DAYS)
    canaries = [trace.encode() for trace, _, _ in right]
    assert len(right) >= 2

    for step in steps:
        if step.name in _ACKNOWLEDGED and payments(office):
            ask_for_payments(office, portal, DAYS)
        died_at(office, step)
        assert on_disk(canaries, tmp_path) == [], step
        # Acknowledged is all of it or nothing, and never before it is sealed.
        assert payments(office) == (right if step.name in _ACKNOWLEDGED else []), step

    if waits(office):
        last = office("run", portal.name, "--flow", "remittances")
        assert last.code == 0, last
    assert payments(office) == right
    assert on_disk(canaries, tmp_path) == []
    assert in_memory(canaries) == []
    assert leftovers(office) == []
    assert set(presses(portal)) == {"accepted"}
    assert "sound" in office.done("vault", "check")
    office.done("audit", "verify")


def waits(office: Commands) -> int:
    """How many questions about payments are not done."""
    rows = json.loads(office.done("status", "--portal", office.portal, "--json"))
    return sum(row["ready"] + row["running"] for row in rows if row["flow"] == Flow.REMITTANCES)


def died_at(office: Commands, step: Step) -> None:
    """A run that comes as far as this, and is dead then, with all that it had started."""
    clock = office.home / "ahead"
    clock.write_text("0")
    order = Order("killed", Times(_LEASE_SECONDS, str(clock)), step=step.name, flow=Flow.REMITTANCES)
    running = office.begin("run", office.portal, "--flow", "remittances", before=order.script())
    children: set[psutil.Process] = set()
    while running.process.poll() is None:
        with contextlib.suppress(psutil.Error):
            children |= set(psutil.Process(running.process.pid).children(recursive=True))
        time.sleep(_LOOK_SECONDS)
    ended = running.end()
    assert ended.code == _KILLED, (step, ended.out, ended.err)
    all_gone([*children])
