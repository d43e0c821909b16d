"""Canaries go through appeals, statements and plans: drafted, approved, killed in mid-upload, filed, settled, billed.

What the views show is the office's own and is not searched; everything else is: other output, logs, database,
temporary files, the browser's profile, and the arguments and environments of the runs. (What a person typed as an
argument of another command stands there by their own wish.)
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from reportlab.lib.pagesizes import letter
from reportlab.pdfgen.canvas import Canvas

import ledger.appeals
import portalwright.drafting
from ledger import document_files
from ledger.document_files import SealedDocument
from portalwright.exit_codes import ExitCode
from tests.canary.search import Hit, Search
from tests.portalwright.conftest import Forks
from tests.practice_portal import PracticePortal
from tests.whole.cage import Cage, gone, lying_in
from tests.whole.disputes import CLAIMS, disputing_office, first_rights
from tests.whole.office import PORTAL, SEED, seen
from tests.whole.test_killed import SHORT_LEASE
from vault.sealed import SealedFolder

pytestmark = pytest.mark.browser

FIRST_ARGUMENT, ARGUMENT = "Gefiederschaden-Gutachten", "Volierenordnung, Absatz"
"""Each stands in an argument; the second one takes the place of the first."""
IN_PAPER, PAPER_NAME = "Schnabelvermessung 4711-A", "kanarienakte-3311"
NUMBER_BY_HAND, NOTE = "KANARI-77-4711", "Rueckruf der Vogelwarte"
"""What a person says of an appeal that was pressed: the payer's number, on standard input, and a note."""

DEFECT_IN_THE_SECOND = """
import bots.asking
real, asked = bots.asking.appeal, []
async def appeal(question, portal):
    if not question.pressed:
        asked.append(question)
        if len(asked) == 2:
            raise RuntimeError(f"{question!r} {question.contest.argument} {question.attachments!r}")
    return await real(question, portal)
bots.asking.appeal = appeal
"""
"""A fault of our own in the second appeal; its text holds the whole of it."""


def fails_while_drafting() -> None:
    """A fault of our own when a draft is written down; its text holds the argument and the document."""
    sealed: list[bytes] = []

    def seal(folder: SealedFolder, content: bytes, kind: str) -> SealedDocument:
        sealed.append(content)
        return document_files.seal(folder, content, kind)

    def broken(*arguments: object, **more: object) -> int:
        raise RuntimeError(f"{arguments!r} {more!r} {sealed!r} {sealed[0].hex()}")

    portalwright.drafting.seal = seal  # type: ignore[attr-defined, assignment] # the function that drafting calls
    ledger.appeals.draft = broken


@dataclass
class Disputed:
    """The caged office, its denied claims, one of which the patient owes a part, and the forks of its commands."""

    cage: Cage
    forks: Forks
    incoming: Path
    rights: list[dict[str, Any]]
    billed: str
    printed: list[str] = field(default_factory=list)

    def __call__(self, *words: str | Path, code: int = 0, stdin: str = "", before: str = "", view: bool = False) -> str:
        """A command, whose output is searched at the end; of a `view` not what it shows. What was typed may be told."""
        office = self.cage.office
        ended = self.forks.run(list(map(str, words)), stdin, office.home, office.environment(), before)
        assert ended.code == code, (words, ended)
        told = ended.err if view else ended.out + ended.err
        for word in words:
            told = told.replace(str(word), "")
        self.printed.append(told)
        return ended.out

    def robot(self, *words: str, code: int = 0) -> None:
        """A run, in a process of its own, which is watched. What it shows at its end is a view too."""
        ended = self.cage.office(*words)
        assert ended.code == code, (words, ended.out, ended.err)
        self.cage.said.append(replace(ended, out=""))

    def hits(self) -> list[Hit]:
        """Every canary that got out."""
        search = self.cage.search([path.read_bytes() for path in self.incoming.rglob("*.pdf")])
        found = [hit for text in self.printed for hit in search.hits(text.encode(), "output")]
        return found + self.cage.hits_of(search)

    def stages(self) -> dict[int, str]:
        """The appeals by number, and where each stands."""
        rows = map(json.loads, self("appeal", "list", "--json", view=True).splitlines())
        return {row["number"]: row["stage"] for row in rows}


@pytest.fixture
def disputed(tmp_path: Path) -> Iterator[Disputed]:
    with PracticePortal(PORTAL, seed=SEED, claims=CLAIMS, appointments=0) as portal:
        rights = first_rights(portal)[:3]
        billed = partly_owed(portal)
        text, rows = work_list(portal, {billed, *(right["patient_account_number"] for right in rights)})
        office = disputing_office(tmp_path / "made", portal, text)
        canaries = frozenset({FIRST_ARGUMENT, ARGUMENT, IN_PAPER, PAPER_NAME, NUMBER_BY_HAND, NOTE})
        incoming = tmp_path / "incoming"
        write_papers(incoming, len(rights))
        forks = Forks()
        try:
            yield Disputed(Cage(portal, office, datetime.now(UTC), rows, canaries), forks, incoming, rights, billed)
        finally:
            forks.end()


def partly_owed(portal: PracticePortal) -> str:
    """A claim of the work list of which the patient owes a part, by its patient account number."""
    truth = portal.truth()
    owed = {
        claim["payer_claim_number"]
        for claim in truth["claims"]
        if claim["category"] == "F1" and Decimal(claim["patient_responsibility"]["copay"]) > 0
    }
    plain = (ask for ask in truth["asks"] if ask["scenario"] == "paid" and ask["payer_claim_number"] in owed)
    return str(next(plain)["patient_account_number"])


def work_list(portal: PracticePortal, numbers: set[str]) -> tuple[str, tuple[dict[str, str], ...]]:
    """Of both lists of the office only these claims, as CSV and as rows."""
    both = (row for text in (portal.worklist_csv(), portal.denials_csv()) for row in csv.DictReader(io.StringIO(text)))
    rows = tuple(row for row in both if row["patient_account_number"] in numbers)
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue(), rows


def write_papers(folder: Path, count: int) -> None:
    """Arguments, and documents of two readable pages each."""
    folder.mkdir()
    for place, words in enumerate((FIRST_ARGUMENT, ARGUMENT)):
        (folder / f"argument-{place}.txt").write_text(f"The {words} shows that {{lines}} was needed: {{amount}}.")
    for place in range(count):
        canvas = Canvas(str(folder / f"{PAPER_NAME}-{place}.pdf"), pagesize=letter, pageCompression=0)
        for page in range(2):
            for line in range(40):
                canvas.drawString(72, 720 - 15 * line, f"{IN_PAPER} {place}.{page}.{line}")
            canvas.showPage()
        canvas.save()


@pytest.mark.long
def test_appeals_statements_and_plans_show_nothing_not_even_killed_in_mid_upload(disputed: Disputed) -> None:
    disputed.robot("run", PORTAL)
    drafts_and_approves(disputed)
    is_killed_while_it_files(disputed)
    assert disputed.hits() == []
    settles_what_is_left(disputed)
    bills_the_patient(disputed)
    numbers = {one["number"] for one in disputed.cage.portal.appeals() if one["number"] and not one["by_hand"]}
    assert numbers
    disputed.cage.more |= numbers
    assert disputed.hits() == []


def drafts_and_approves(disputed: Disputed) -> None:
    """Three appeals with a document each; one argument is changed, and two commands fail with all they hold."""
    papers = sorted(disputed.incoming.glob("*.pdf"))
    first, second = (str(disputed.incoming / f"argument-{place}.txt") for place in range(2))
    drafted = ("--argument", first, "--anyway", "The aviary insists.")
    for number, (right, paper) in enumerate(zip(disputed.rights, papers, strict=True), start=1):
        words = ("appeal", "draft", right["patient_account_number"], *drafted, "--attach", f"{paper}:medical-records")
        if number == 1:
            disputed(*words, before=f"{__name__}:{fails_while_drafting.__name__}", code=ExitCode.DEFECT)
        disputed(*words, view=True)
        disputed("appeal", "change", str(number), "--argument", second, view=True)
        disputed("appeal", "approve", str(number), "--yes", view=True)


def is_killed_while_it_files(disputed: Disputed) -> None:
    """One is filed and its receipt lost, one meets a fault of our own, one hangs with its document handed over."""
    portal, office = disputed.cage.portal, disputed.cage.office
    hangs = {"kind": "delay", "path": "/disputes/documents/done", "after": 1, "every": 1, "seconds": 60}
    portal.faults(appeal_press=[{"kind": "lost-answer", "every": 1, "times": 1}], line=[hangs])
    running = office.begin("appeal", "file", before=f"{SHORT_LEASE}\n{DEFECT_IN_THE_SECOND}")
    running.wait_until(lambda: any(event["name"] == "delay" for event in portal.events(kind="fault")))
    disputed.cage.said.append(gone(running))
    portal.faults()
    assert seen(portal, "appeal_document") == 2
    assert list((office.folder / "data" / "tmp").iterdir())
    logged = "".join(path.read_text() for path in (office.folder / "data" / "logs").iterdir())
    assert logged.count('"errors"') == 2


def settles_what_is_left(disputed: Disputed) -> None:
    """The hanging one is pressed and its end never seen; a person settles that, and takes the parked one back."""
    portal = disputed.cage.portal
    stages = disputed.stages()
    (hung,) = (number for number, stage in stages.items() if stage == "approved" and not parked(disputed, number))
    (broken,) = (number for number, stage in stages.items() if stage == "approved" and number != hung)
    portal.faults(appeal_press=[{"kind": "error-before", "every": 1, "times": 1}])
    disputed.robot("appeal", "file", code=ExitCode.NEEDS_PERSON)
    portal.faults()
    settled = disputed("appeal", "settle", str(hung), "--how", "filed", "--note", NOTE, stdin=f"{NUMBER_BY_HAND}\n")
    assert NUMBER_BY_HAND not in settled
    disputed("appeal", "withdraw", str(broken), "--note", NOTE)
    assert sorted(disputed.stages().values()) == ["filed", "filed", "withdrawn"]
    for words in (("appeal", "show", str(hung)), ("appeal", "preview", str(broken)), ("work",), ("report", "all")):
        disputed(*words, view=True)


def parked(disputed: Disputed, number: int) -> bool:
    return json.loads(disputed("appeal", "show", str(number), "--json", view=True))["case_id"] is not None


def bills_the_patient(disputed: Disputed) -> None:
    """A statement as text and as PDF, a payment, a plan; and the statement of a claim under appeal, which is held."""
    out = disputed.incoming / "statement.pdf"
    assert disputed.billed in disputed("statement", disputed.billed, view=True)
    disputed("statement", disputed.billed, "--pdf", out, view=True)
    assert out.read_bytes().startswith(b"%PDF")
    disputed("patient", "paid", disputed.billed, "1.00", "--on", str(datetime.now(UTC).date()))
    disputed("plan", "make", disputed.billed, "--instalments", "3", "--first", "2027-01-15", view=True)
    disputed("plan", "show", "1", view=True)
    disputed("statement", disputed.rights[0]["patient_account_number"], code=ExitCode.NEEDS_PERSON, view=True)


def test_what_a_command_or_an_appeal_let_out_would_be_found(tmp_path: Path) -> None:
    paper = tmp_path / "paper"
    write_papers(paper, 1)
    (content,) = (path.read_bytes() for path in paper.glob("*.pdf"))
    search = Search({ARGUMENT, IN_PAPER, NUMBER_BY_HAND}, (), [content])
    place = tmp_path / "place"
    place.mkdir()
    for leak in (f'{{"note": "{ARGUMENT}"}}'.encode(), NUMBER_BY_HAND.lower().encode(), content[700:1500]):
        (place / "log").write_bytes(b"\x00 a line " + leak + b" and more")
        assert lying_in(place, search), leak
    (place / "log").write_bytes(b"appeal 1 filed, 1 document")
    assert lying_in(place, search) == []
