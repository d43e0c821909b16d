"""What a portal is still building waits alone: the run goes on, says when to come again, and loses nothing of it."""

import hashlib
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from bots import attempts
from bots.browser import BrowserHost
from bots.direct.reading import DirectReading
from bots.session import Session
from flows.claim_status import claim_status
from flows.outcomes import Code, Ending, Outcome, stop
from flows.portal import Collected
from flows.questions import ClaimStatus, Question
from ledger import documents, models
from tests.bots.night import PORTAL, Night, night, questions
from tests.practice_portal import PracticePortal

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

FILE = b"ISA*00*~IEA~"


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=11, claims=12) as started:
        yield started


@pytest.fixture
async def office(portal: PracticePortal, host: BrowserHost, tmp_path: Path) -> AsyncIterator[Night]:
    async with night(tmp_path, portal, browser=host, asked=questions(portal)[:5]) as opened:
        yield opened


async def test_what_is_being_built_stops_nobody_and_the_run_says_when_to_come_again(
    office: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Question] = []
    ready_at = office.clock.now() + timedelta(minutes=30)

    async def building_the_first_four(question: ClaimStatus, portal: Session) -> Outcome:
        asked.append(question)
        if len(asked) > 4:
            return await claim_status(question, portal)
        content = FILE + bytes(len(asked))
        sha256 = hashlib.sha256(content).hexdigest()
        portal.seen.collected(content, Collected(kind="zip", sha256=sha256, size=len(content)))
        later = ready_at + timedelta(minutes=len(asked))
        raise stop(Ending.TRANSIENT, Code.TECH_BUILDING, "It is being built.", not_before=later)

    monkeypatch.setattr(attempts, "ask", building_the_first_four)
    monkeypatch.setattr(DirectReading, "declared", False)
    report = await office.run()
    # More of them in a row than would mean that the portal is down.
    assert (report.why, len(asked), report.by_ending[Ending.TRANSIENT]) == ("being built", 5, 4)
    assert report.again_at == ready_at + timedelta(minutes=1)
    assert (report.waits, report.stopped, report.signed_out) == (True, None, True)
    assert (await office.run()).why == "nothing due"
    await office.clock.sleep(40 * 60)
    last = await office.run()
    assert (last.why, last.again_at, len(asked)) == ("finished", None, 9)
    assert not office.defects
    # What had come already was kept with each attempt, sealed, and opens again.
    rows = await office.call(lambda: list(models.Document.objects.order_by("id")))
    assert [row.sha256 for row in rows] == [hashlib.sha256(FILE + bytes(n)).hexdigest() for n in (1, 2, 3, 4)]
    opened = await office.call(
        lambda: [documents.content(office.work.evidence, row.practice_id, row.pk) for row in rows]
    )
    assert opened == [FILE + bytes(n) for n in (1, 2, 3, 4)]
