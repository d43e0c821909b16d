"""One cell of the crash table: appeals at a practice portal, each of them disturbed once at one step, then the judge.

Every appeal of a row is approved, its run is killed at the row's step (or its confirmation is lost in the row's way),
and then ordinary runs go on, with the clocks of both sides moved, until nothing is due any more. What the portal's own
record of events says of presses and filings is held against what the ledger says became of the appeal.

    python -m tests.soak.appeals_cell TASK
"""

import asyncio
import hashlib
import json
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from decimal import Decimal
from io import StringIO
from itertools import islice
from math import ceil
from pathlib import Path
from typing import Any

from bots.browser import BrowserHost
from bots.installed_browser import find_browser
from documents.claims_table import read_claims
from documents.csv_table import csv_table
from documents.headings import places
from documents.rows import OfficeScope
from documents.work_list import ClaimRow
from flows.questions import AppealLevel, AppealReason, Attachment, AttachmentKind, ClaimStatus, Flow
from ledger import appeals, cases, document_files, permissions
from ledger.appeals import AppealDraft, AppealKind, AppealRecord, AppealStage, Happening
from ledger.errors import PortalClosed
from ledger.permissions import Basis, Grant, Status
from ledger.start import close_connection, open_ledger
from portalwright.papers import OfficePapers
from sandbox.process import PracticePortal
from tests.bots.night import Night, night
from tests.django_settings import database_key
from tests.soak.appeals_worker import PRESSED, STEPS, Order
from tests.soak.person import Person

LOOKED_FOR = "killed twice: after the press, and looking for it"
KILLED: dict[str, tuple[str, ...]] = {step: (step,) for step in STEPS}
KILLED[LOOKED_FOR] = ("receipt before us", "list read")
"""Rows whose runs are killed, each with the steps at which that happens, one run after the other."""

LOST = ("reset-before", "error-before", "lost-answer", "time-out", "error-after", "session-killed-after")
"""Rows whose confirmation is lost, as the practice portal calls it. Two of these file nothing."""

UNDISTURBED, REFUSED = "nothing happens", "refused by the portal"
ROWS = (UNDISTURBED, REFUSED, *KILLED, *LOST)

_ANSWER_SECONDS = 6.0
_LEASE_OVER = 60.0
_LATE = 0.4
"""The plug is pulled between the beginning of the press and so many seconds later."""
_MOST_RUNS = 12
_WORKER_SECONDS = 120.0
_PAPER = b"%PDF-1.4\n" + b"a made-up record " * 100
_FEWEST_OF_SIXTY = 6
"""Of sixty rows of a work list so many denied claims at least can be appealed."""


@dataclass(frozen=True)
class Task:
    """Which rows of the table at which portal, with how many appeals each."""

    portal: str
    rows: tuple[str, ...]
    times: int
    seed: int = 20


@dataclass(frozen=True)
class RowResult:
    """What became of one row's appeals. Counts of appeals; each is in one of the four that follow `approved`."""

    row: str
    approved: int
    filed: int
    """The receipt was read."""
    reconciled: int
    """Pressed, uncertain, and then found on the portal's own list."""
    refused: int
    handed_over: int
    """Pressed, uncertain, not on the portal's list, and now a person's."""
    most_presses: int
    """Of one appeal, by the portal's record."""
    pressed_twice: int
    unexplained: tuple[str, ...]
    """One line for each appeal that ended in no such way, or not as the portal has it."""


@dataclass(frozen=True)
class _Case:
    row: str
    number: int
    reference: str
    payer_claim_number: str


@dataclass
class _Cell:
    """The office and the portal of one cell, and the claims that are left to appeal."""

    task: Task
    office: Night
    person: Person
    folder: Path
    place: str
    good: Iterator[dict[str, Any]]
    refused: Iterator[dict[str, Any]]

    @property
    def portal(self) -> PracticePortal:
        return self.office.portal

    async def approved(self, row: str, right: dict[str, Any], *, approve: bool = True) -> _Case:
        """An appeal of this claim, drafted and approved by a person; every third one with a document."""
        office, rules = self.office, self.office.work.pack.appeals
        now, person = office.clock.now(), office.person
        wanted = AppealDraft(
            portal=office.name,
            patient_account_number=right["patient_account_number"],
            payer_claim_number=right["payer_claim_number"],
            level=AppealLevel(right["level"]),
            reason=AppealReason.MEDICAL_NECESSITY,
            kind=AppealKind.CLINICAL,
            lines=tuple(map(str, right["lines"])),
            amount=Decimal(right["amount"]),
            argument='The records show that the service was needed.\n\nSee page 2; "worse" & <better>.',
            carcs=tuple(right["carcs"]),
            rules=rules,
        )
        number: int = await office.call(appeals.draft, wanted, person, now)
        if number % 3 == 0 and rules.uploads.most:
            await self._attach(number)
        record: AppealRecord = await office.call(appeals.get, person.practice_id, number)
        if approve:
            await office.call(appeals.approve, number, person, now, rules=rules, seen=record.digest)
        return _Case(row, number, record.reference, record.payer_claim_number)

    async def _attach(self, number: int) -> None:
        office, content = self.office, _PAPER + str(number).encode()
        sealed = await office.call(document_files.seal, office.work.evidence, content, "attachment")
        described = Attachment(
            kind=AttachmentKind.MEDICAL_RECORDS,
            filename=f"records-{number}.pdf",
            content_type="application/pdf",
            sha256=hashlib.sha256(content).hexdigest(),
            size=len(content),
        )
        await office.call(appeals.attach, number, sealed, described, office.person, office.clock.now())

    async def run(self) -> None:
        """An ordinary run, with a person who accepts the terms where that is wanted."""
        papers = OfficePapers(self.office.work.evidence, self.office.person.practice_id)
        for _ in range(_MOST_RUNS):
            try:
                await self.office.run(flow=Flow.APPEAL, papers=papers)
            except PortalClosed as closed:
                wait = 60.0 if closed.until is None else (closed.until - self.office.clock.now()).total_seconds()
                await self.office.clock.sleep(max(wait, 0.0) + 1.0)
                continue
            if not await self.person.after_run():
                return

    async def until_nothing_is_due(self) -> None:
        """Run after run, with the clocks moved to the next look, until every appeal has ended or is a person's."""
        for _ in range(_MOST_RUNS):
            await self.run()
            looks = [record.next_look for record in await self.records() if record.next_look is not None]
            if not looks:
                return
            # All of them at once: there are as many next looks as appeals, each at a time of its own.
            wait = (max(looks) - self.office.clock.now()).total_seconds()
            await self.office.clock.sleep(max(wait, 0.0) + 1.0)

    async def records(self) -> list[AppealRecord]:
        """The appeals that are neither filed nor over."""
        practice, stages = self.office.person.practice_id, (AppealStage.APPROVED, *_PRESSED)
        found: list[AppealRecord] = await self.office.call(lambda: list(appeals.list_all(practice, stages=stages)))
        return found

    async def killed(self, case: _Case, step: str, late: float) -> str | None:
        """One run that is killed at this step; what was wrong with that, if anything was."""
        order = Order(
            folder=str(self.folder),
            place=self.place,
            portal=self.office.name,
            address=self.portal.address,
            ahead=self.office.clock.ahead.total_seconds(),
            number=case.number,
            reference=case.reference,
            step=step,
            late=late,
        )
        worker = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tests.soak.appeals_worker", json.dumps(asdict(order)), stdin=subprocess.DEVNULL
        )
        try:
            async with asyncio.timeout(_WORKER_SECONDS):
                code = await worker.wait()
        finally:
            if worker.returncode is None:
                worker.kill()
                await worker.wait()
        # The dead run's lease ends, and the code of its sign-in.
        await self.office.clock.sleep(_LEASE_OVER)
        return None if code == -9 else f"its run ended with {code} before the step '{step}' came"


_PRESSED = (AppealStage.PRESSING, AppealStage.UNCERTAIN)


async def run_cell(task: Task, folder: Path, place: str) -> list[RowResult]:
    """All rows of the task, in a browser of its own. The ledger at `place` is open in this process."""
    needed = task.times * len(task.rows)
    claims = 60 * (ceil(needed / _FEWEST_OF_SIXTY) + 1)
    found = find_browser()
    assert found is not None
    async with BrowserHost(folder / "browser", found, "tests", http2=False) as host:
        with PracticePortal(task.portal, seed=task.seed, claims=claims, appointments=0) as portal:
            # Nobody waits for the next one-time code after each kill; the way in is the business of other tests.
            portal.profile(second_factor="none")
            asked = claims_of(portal)
            opened = night(folder, portal, browser=host, asked=asked, answer_seconds=_ANSWER_SECONDS)
            async with opened as office:
                person = Person(office)
                await permit(office)
                good, refused = _rights(portal)
                cell = _Cell(task, office, person, folder, place, iter(good), iter(refused))
                cases_made, said = await _rows(cell)
                return [await _judge(cell, row, cases_made[row], said) for row in task.rows]


def claims_of(portal: PracticePortal) -> list[ClaimStatus]:
    """Both lists of the office: its work list, and what it knows to be denied."""
    practice = portal.truth()["practice"]
    npis = frozenset(provider["npi"] for provider in practice["providers"])
    scope = OfficeScope(tin=practice["tin"], npis=npis, portals=frozenset({portal.name}))
    today, found = datetime.now(UTC).date(), []
    for text in (portal.worklist_csv(), portal.denials_csv()):
        table = csv_table(StringIO(text))
        rows = read_claims(table, places(table.headings, None), scope, today)
        found += [row.question for row in rows if isinstance(row, ClaimRow)]
    return found


async def permit(office: Night) -> None:
    """Let the robot file at this portal."""
    now = office.clock.now()
    grant = Grant(
        portal=office.name,
        flow=Flow.APPEAL,
        status=Status.SIMULATOR_ONLY,
        basis=Basis.OWN_TEST_SYSTEM,
        document="the practice portal",
        granted_to="the office",
        bot_identity="robot",
        valid_from=now.date(),
    )
    await office.call(permissions.grant, grant, office.person, now)


def _rights(portal: PracticePortal) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """First-level appeals that the payer takes, and those that it refuses; each claim once."""
    first = [
        right
        for right in portal.appealable()
        if right["level"] == "first" and right["list"] and right["patient_account_number"]
    ]
    return (
        [right for right in first if right["refused"] is None],
        [right for right in first if right["refused"] is not None and right["list"] == "denials"],
    )


async def _rows(cell: _Cell) -> tuple[dict[str, list[_Case]], dict[int, str]]:
    """Everything that happens to the appeals of all rows; what was wrong with a kill, by the appeal's number."""
    made: dict[str, list[_Case]] = {}
    said: dict[int, str] = {}
    for row in cell.task.rows:
        claims = list(islice(cell.refused if row == REFUSED else cell.good, cell.task.times))
        if len(claims) < cell.task.times and row != REFUSED:
            raise ValueError(f"{cell.task.portal} has too few claims that can be appealed for '{row}'")
        made[row] = []
        if row in KILLED:
            for place, right in enumerate(claims):
                case = await cell.approved(row, right, approve=KILLED[row][0] != STEPS[0])
                made[row].append(case)
                for step in KILLED[row]:
                    late = _LATE * (place + 0.5) / cell.task.times if step == PRESSED else 0.0
                    wrong = await cell.killed(case, step, late)
                    if wrong is not None:
                        said[case.number] = wrong
        else:
            # What an earlier row left undone is not to meet this one's fault.
            await cell.run()
            made[row] = [await cell.approved(row, right) for right in claims]
            if row in LOST:
                cell.portal.faults(appeal_press=[{"kind": row, "every": 1}])
            await cell.run()
            cell.portal.faults()
    await cell.until_nothing_is_due()
    return made, said


async def _judge(cell: _Cell, row: str, made: Sequence[_Case], said: dict[int, str]) -> RowResult:
    """Hold what the ledger says of the row's appeals against the portal's record of events."""
    seen = Counter((event["kind"], event["payer_claim_number"]) for event in _events(cell.portal))
    numbers = {
        one["payer_claim_number"]: one["number"]
        for one in cell.portal.appeals()
        if not one["by_hand"] and one["level"] == "first"
    }
    ended: Counter[str] = Counter()
    unexplained, presses = [], [0]
    for case in made:
        pressed = seen["appeal_pressed", case.payer_claim_number]
        filings = seen["appeal_filed", case.payer_claim_number]
        presses.append(max(pressed, filings))
        how = await _ended(cell, case, filings, numbers.get(case.payer_claim_number))
        if how in _ENDS and case.number not in said:
            ended[how] += 1
        else:
            unexplained.append(f"{row}, appeal {case.number}: {said.get(case.number, how)}")
    return RowResult(
        row=row,
        approved=len(made),
        filed=ended["filed"],
        reconciled=ended["reconciled"],
        refused=ended["refused"],
        handed_over=ended["handed over"],
        most_presses=max(presses),
        pressed_twice=sum(one > 1 for one in presses),
        unexplained=tuple(unexplained),
    )


_ENDS = frozenset({"filed", "reconciled", "refused", "handed over"})


async def _ended(cell: _Cell, case: _Case, filings: int, number: str | None) -> str:
    """How the appeal ended: one of `_ENDS`, or what is wrong with it."""
    office = cell.office
    record: AppealRecord = await office.call(appeals.get, office.person.practice_id, case.number)
    match record.stage:
        case AppealStage.FILED if filings == 1 and record.confirmation in {number, None}:
            happened = await office.call(appeals.events, office.person.practice_id, number=case.number)
            found = any(event.what is Happening.FOUND_ON_LIST for event in happened)
            return "reconciled" if found else "filed"
        case AppealStage.REFUSED if filings == 0:
            return "refused"
        case AppealStage.UNCERTAIN if record.case_id is not None:
            return "handed over"
        case _:
            held = (
                None
                if record.case_id is None
                else await office.call(cases.get, office.person.practice_id, record.case_id)
            )
            why = "" if held is None else f", with a case {held.code}"
            return f"{record.stage} here{why}, filed {filings} times there"


def _events(portal: PracticePortal) -> list[dict[str, Any]]:
    return [event for event in portal.events() if event["kind"] in {"appeal_pressed", "appeal_filed"}]


def main(task: Task) -> list[RowResult]:
    """Run the cell in a throw-away office."""
    with tempfile.TemporaryDirectory(prefix="portalwright-soak-") as temporary:
        folder = Path(temporary)
        open_ledger(folder / "ledger.db", database_key)
        try:
            return asyncio.run(run_cell(task, folder, str(folder / "ledger.db")))
        finally:
            close_connection()


if __name__ == "__main__":
    given = json.loads(sys.argv[1])
    results = main(Task(**{**given, "rows": tuple(given["rows"])}))
    sys.stdout.write(json.dumps([asdict(one) for one in results]) + "\n")
