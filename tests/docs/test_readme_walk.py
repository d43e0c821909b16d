"""The documentation's commands, run in order as a biller would: the README's office first, then the other pages."""

import csv
import json
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from reportlab.pdfgen.canvas import Canvas

from tests.docs.pages import ROOT, Block, blocks
from tests.documents.remittance_files import claim, line, remittance, written
from tests.portalwright.conftest import Ended, Forks

pytestmark = pytest.mark.browser

COMMAND = Path(sys.executable).parent / "portalwright"

OTHER_PAGES = (
    "cases.md", "developers.md", "files.md", "operators.md", "backup.md", "permission.md", "remittances.md",
    "statements.md", "reports.md", "appeals.md", "work.md", "cadence.md", "practices.md",
)  # fmt: skip
"""In this order: with a second practice, which the last page adds, every command has to say for which one it is."""

OTHER_FILES = {"[[rule]]": "routing.toml", "[[verified]]": "deadlines.toml", "[[claims]]": "schedules/cadence.toml"}
"""Settings that have a file of their own beside office.toml, by how they begin."""

ENDS_OTHERWISE = {
    "ledger move": (5, "no such server"),
    "restore office.backup": (4, "the key lies nowhere"),
    "permit some-payer": (3, "there is no pack of that payer"),
    "code some-payer": (3, "there is no pack of that payer"),
    "terms some-payer": (3, "there is no pack of that payer"),
    "run some-payer": (3, "there is no pack of that payer"),
    "import claims batch.837": (1, "its claims are another practice's"),
    "remits --missing": (1, "one of the deposits has no remittance"),
    "appeal settle 1": (5, "it was filed, and needs nobody's word"),
    "appeal withdraw 2": (5, "there is one appeal"),
}
"""Commands whose files or servers exist only on the page: how they end here. All others end with 0."""

SENT = """ISA*00*          *00*          *ZZ*SENDER         *ZZ*RECEIVER       *260901*1200*^*00501*000000001*0*T*:~
GS*HC*SENDER*RECEIVER*20260901*1200*1*X*005010X222A1~ST*837*0001*005010X222A1~BHT*0019*00*1*20260901*1200*CH~
HL*1**20*1~NM1*85*2*ANOTHER PRACTICE*****XX*1234567893~REF*EI*123456789~
HL*2*1*22*0~SBR*P*18*******CI~NM1*IL*1*DOE*JANE****MI*XS12345~DMG*D8*19800101*F~NM1*PR*2*SOME PAYER*****PI*12345~
CLM*A1*150***11:B:1*Y*A*Y*Y~LX*1~SV1*HC:99213*150*UN*1***1~DTP*472*D8*20260901~SE*15*0001~GE*1*1~IEA*1*000000001~
"""


@dataclass
class Walk:
    """An empty folder in which the pages' commands are run; `printed` is what each kind of command said."""

    folder: Path
    portal: dict[str, str]
    printed: dict[str, str] = field(default_factory=dict)
    known: dict[str, str] = field(default_factory=dict)
    forks: Forks | None = None

    def follow(self, block: Block) -> None:
        """Do what the block shows: settings into office.toml, commands run, the practice portal being there already."""
        # The one line without a part of its own chooses a PostgreSQL server, which the ledger's own tests have.
        if block.language == "toml" and block.text.startswith("["):
            name = OTHER_FILES.get(block.text.partition("\n")[0], "office.toml")
            settings = self.folder / "my-office" / name
            with settings.open("a", encoding="utf-8") as file:
                file.write(block.text.replace("http://127.0.0.1:8811", self.portal["portal"]))
        for words in block.commands:
            if Path(words[0]).name == "portalwright" and words[1:3] != ["sandbox", "serve"]:
                self.run(words[1:])

    def run(self, words: list[str]) -> None:
        shown = " ".join(words)
        command = words[2:] if words[0] == "--practice" else words
        asks = command[:2] in (["vault", "add"], ["ledger", "password"])
        done = self.command(
            [*[self.meant(word) for word in words], *["--from-stdin"][:asks]], self.typed(command) if asks else ""
        )
        expected = next((code for start, (code, _) in ENDS_OTHERWISE.items() if shown.startswith(start)), 0)
        assert done.code == expected, (shown, done.out[-2000:], done.err[-2000:])
        self.printed[words[0]] = self.printed.get(words[0], "") + done.out

    def typed(self, words: list[str]) -> str:
        """What a person types where a command asks."""
        if words[0] == "ledger":
            return "a-server-password\n"
        return "\n".join(self.portal[name] for name in ("user_name", "password", "totp_seed")) + "\n"

    def command(self, words: list[str], typed: str = "") -> Ended:
        """Run the command: the README's as installed, the other pages' in forks of one process, which is faster."""
        place = {"HOME": str(self.folder), "PATH": "/usr/bin:/bin", "PORTALWRIGHT_OFFICE": "my-office"}
        if self.forks is not None:
            return self.forks.run(words, typed, self.folder, place)
        done = subprocess.run(
            [COMMAND, *words],
            cwd=self.folder,
            input=typed,
            capture_output=True,
            text=True,
            check=False,
            timeout=240,
            env=place,
        )
        return Ended(done.returncode, done.stdout, done.stderr)

    def denied_claim(self) -> str:
        """A claim that was asked about, was denied, and would be taken for an appeal."""
        answered = {record["number"] for record in self.records("answers")}
        with urllib.request.urlopen(self.portal["control"] + "/appealable", timeout=20) as answer:
            known: list[dict[str, Any]] = json.loads(answer.read())
        wanted = ("29", "50", "151", "197", "198")
        return next(
            str(one["patient_account_number"])
            for one in known
            if one["refused"] is None and one["level"] == "first" and one["patient_account_number"] in answered
            and set(one["carcs"].split()) & set(wanted)
        )  # fmt: skip

    def decided_claim(self) -> str:
        """A claim of which the patient owes a part."""
        said = {record["number"]: record["answer"]["normalised"] for record in self.records("answers")}
        return next(
            str(number)
            for number, state in said.items()
            if state.get("category") in {"F1", "F4"} and self.command(["statement", number]).code == 0
        )

    def records(self, *words: str) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.command([*words, "--json"]).out.splitlines()]

    def meant(self, word: str) -> str:
        """The word, or what stands in the office's lists for a number that the pages made up."""
        if word == "ACCT-2001":
            return self.denied_claim()
        if word == "ACCT-3001":
            if word not in self.known:
                self.known[word] = self.decided_claim()
            return self.known[word]
        if word == "12":
            return next(str(one["id"]) for one in self.records("work") if one["what"] == "task")
        listed = {
            "ACCT-1001": ("worklist.csv", "patient_account_number"),
            "VISIT-2001": ("appointments.csv", "appointment_number"),
        }
        if word not in listed:
            return word
        file, column = listed[word]
        lines = (self.folder / file).read_text(encoding="utf-8").splitlines()
        return next(csv.DictReader(lines))[column]

    def make_files(self) -> None:
        """The files that the pages speak of."""
        with urllib.request.urlopen(self.portal["control"] + "/worklist.csv", timeout=20) as answer:
            text = answer.read().decode()
        for name in ("worklist.csv", "work-list.csv"):
            (self.folder / name).write_text(text, encoding="utf-8")
        with urllib.request.urlopen(self.portal["control"] + "/appointments.csv", timeout=20) as answer:
            (self.folder / "appointments.csv").write_bytes(answer.read())
        (self.folder / "batch.837").write_text(SENT.replace("\n", ""), encoding="ascii")
        paid = remittance("60.00", [claim(1, "150.00", "60.00", line(1, "150.00", "60.00", "CO-45 90.00"))])
        (self.folder / "payment.835").write_bytes(written([paid]))
        (self.folder / "incoming").mkdir()
        ours = paid.model_copy(update={"payee": paid.payee.model_copy(update={"identifier": None})})
        (self.folder / "incoming" / "payment.835").write_bytes(written([ours]))
        deposits = "deposited_on,amount,trace\n2026-09-02,60.00,TRACE1\n2026-09-03,12.00,UNKNOWN\n"
        (self.folder / "deposits.csv").write_text(deposits, encoding="ascii")
        (self.folder / "acknowledgements").mkdir()
        with urllib.request.urlopen(self.portal["control"] + "/acknowledgements/999", timeout=20) as answer:
            (self.folder / "acknowledgements" / "batch.999").write_bytes(answer.read())
        canvas = Canvas(str(self.folder / "notes.pdf"), pageCompression=0)
        for line_number in range(40):
            canvas.drawString(72, 750 - 15 * line_number, "A note of nobody's visit, made up for the walk.")
        canvas.save()
        (self.folder / "letter.txt").write_text("Claim {claim_number}: the notes show the need. We ask for {amount}.")
        (self.folder / "contract-2026.csv").write_text("procedure,modifier,amount,from,to\n99213,,92.50,2026-01-01,\n")
        (self.folder / "carc-texts.csv").write_text("list,code,text\ncarc,50,A text of ours for the walk\n")
        self.make_workbook("export.xlsx", text, {"member_id": "Subscriber ID", "billed": "Total Charge"})
        visits = (self.folder / "appointments.csv").read_text(encoding="utf-8")
        self.make_workbook("visits.xlsx", visits, {"appointment_number": "Visit No"})

    def make_workbook(self, name: str, rows: str, other: dict[str, str]) -> None:
        """The same list as a practice system writes it, with headings of its own."""
        book = openpyxl.Workbook()
        sheet = book.worksheets[0]
        heading, *cells = csv.reader(rows.splitlines())
        sheet.append([other.get(column, column) for column in heading])
        for row in cells:
            sheet.append(row)
        book.save(self.folder / name)


@pytest.fixture
def portal() -> Iterator[dict[str, str]]:
    """The practice portal of the README's first block, on ports of its own."""
    words = next(words for block in blocks(ROOT / "README.md") for words in block.commands if words[1:2] == ["sandbox"])
    free = ["0" if word in {"8811", "8812"} else word for word in words[1:]]
    process = subprocess.Popen([COMMAND, *free], stdout=subprocess.PIPE, text=True)
    with process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.terminate()


def test_every_command_of_the_pages_does_what_it_says(portal: dict[str, str], tmp_path: Path) -> None:
    walk = Walk(tmp_path, portal)
    walk.make_files()
    for block in blocks(ROOT / "README.md"):
        if block.heading == "How an office starts":
            walk.follow(block)
    walk.forks = Forks()
    for page in OTHER_PAGES:
        for block in blocks(ROOT / "docs" / page):
            walk.follow(block)
    walk.forks.end()
    assert "The audit log is whole" in walk.printed["audit"]
    assert "practice-national" in walk.printed["answers"]
    assert "Case 1:" in walk.printed["cases"]
    assert (tmp_path / "answers.xlsx").stat().st_size > 0


def test_the_other_pages_show_no_command_that_is_not_run() -> None:
    elsewhere = {
        (block.page.name, words[1])
        for page in (ROOT / "docs").glob("*.md")
        if page.name not in OTHER_PAGES
        for block in blocks(page)
        for words in block.commands
        if Path(words[0].replace("\\", "/")).name == "portalwright"
    }
    # `make demo`, which the tests' own environment is made by, runs these two; the pages on packs have tests of theirs.
    # What needs a server of its own (machines.md) is run by tests/portalwright/test_sharing.py; what goes on until it
    # is stopped (desk.md, fleet.md, schedule.md, watching.md) by tests/whole/test_worker.py and the commands' tests.
    # What changes keys, passwords or the audit log is run by tests/portalwright/test_vault_commands.py,
    # test_retention.py and test_password_commands.py.
    assert {command for page, command in elsewhere if page == "install.md"} == {"browser", "demo"}
    assert {page for page, _ in elsewhere} <= {
        "audit.md", "desk.md", "fleet.md", "install.md", "machines.md", "password-change.md", "portal-packs.md",
        "schedule.md", "security.md", "vault.md", "watching.md",
    }  # fmt: skip


def test_windows_is_shown_the_same_steps_as_linux() -> None:
    steps = {
        block.language: [" ".join(words).replace("\\", "/").replace("/Scripts/", "/bin/") for words in block.commands]
        for block in blocks(ROOT / "docs" / "install.md")
        if "-m venv" in block.text
    }
    assert steps["powershell"] == [line.replace("python3 -m venv", "py -3.12 -m venv") for line in steps["sh"]]
