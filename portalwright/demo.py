"""The demonstration: an office is made, the robot works, and every answer is held against the payer's own books."""

import json
import shutil
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from flows.answers import ClaimState
from flows.outcomes import Ending
from flows.questions import Flow
from ledger import answers, cases, permissions
from ledger.answers import AnswerRecord
from ledger.cases import CaseRecord
from ledger.permissions import Basis, Grant, Status
from portalwright.cli.tables import print_table
from portalwright.demo_check import Truth, wrong_answers
from portalwright.exit_codes import ExitCode
from portalwright.importing import import_claims_file
from portalwright.logs import Command, Event
from portalwright.office import Desk, Office, OfficeExists, utc_now
from portalwright.progress import shown_progress
from portalwright.running import exit_code, run_portal
from portalwright.settings import (
    DEFAULT_CREDENTIAL,
    SETTINGS_FILE,
    KeyKind,
    KeySettings,
    PortalSettings,
    PracticeSettings,
    settings_text,
)
from portalwright.words import category_words
from sandbox.process import PracticePortal
from vault.secret import Secret

PORTAL = "practice-national"

_ACCOUNT = "demo"
_MARK = ".demo-office"
"""Stands in a throw-away office, so that no other folder is ever wiped."""

_SAMPLE = 8


def run_demo(folder: Path, *, claims: int, seed: int, headed: bool) -> ExitCode:
    """Run the demonstration in `folder`, which is wiped first when it is an earlier demonstration's office.

    Prints the results, and a last line of JSON. Raises OfficeExists for a folder that is anything else.
    """
    began = time.monotonic()
    _wipe(folder)
    with PracticePortal(PORTAL, seed=seed, claims=claims) as portal:
        truth = portal.truth()
        _say(f"The practice portal serves at {portal.address}. Making a throw-away office in {folder} ...")
        office = _make_office(folder, truth["practice"], portal.address)
        with office.at_work(_ACCOUNT, _no_passphrase, unattended=True) as desk:
            desk.log.log(Event.COMMAND_STARTED, command=Command.DEMO)
            desk.vault.add_credential(
                PORTAL,
                DEFAULT_CREDENTIAL,
                Secret(portal.user_name),
                Secret(portal.password),
                owner=_ACCOUNT,
                totp_seed=Secret(portal.totp_seed),
            )
            permit_practice_portal(desk)
            questions = _import(desk, portal.worklist_csv())
            _say(f"{questions} claims to ask about. The robot signs in ...")
            with shown_progress() as show:
                report = run_portal(desk, PORTAL, Flow.CLAIM_STATUS, show, headed=headed)
            found = list(answers.list_current(portal=PORTAL))
            waiting = cases.list_open(PORTAL)
        wrong = wrong_answers(
            [(record.question.claim.patient_account_number, record.answer.normalised) for record in found], truth
        )
    _say("")
    _print_sample(found)
    _say("")
    _print_cases(waiting)
    _say("")
    _say(f"Run {report.run_id}: {report.why}{', signed out' if report.signed_out else ''}.")
    if report.stopped is not None:
        _say(f"It stopped: {report.stopped.what} ({report.stopped.code})")
    for one in wrong:
        _say(f"WRONG: claim {one.patient_account_number}: {', '.join(one.facts)}")
    _say("Look further:")
    for words in ("answers", "answers --claim NUMBER", "cases", "cases show NUMBER", "status", "audit verify"):
        _say(f"  portalwright {words} --office {folder}")
    endings = Counter(record.ending for record in found)
    summary = {
        "questions": questions,
        "answered": endings[Ending.ANSWERED],
        "negative": endings[Ending.NEGATIVE],
        "cases": len(waiting),
        "wrong": len(wrong),
        "seconds": round(time.monotonic() - began, 1),
    }
    _say(json.dumps(summary))
    if wrong:
        return ExitCode.NEEDS_PERSON
    return exit_code(report)


def _wipe(folder: Path) -> None:
    if folder.exists() and any(folder.iterdir()) and not (folder / _MARK).is_file():
        raise OfficeExists(
            f"{folder} is not an office of the demonstration; it was left as it is. Name another folder with --office."
        )
    shutil.rmtree(folder, ignore_errors=True)


def _make_office(folder: Path, practice: Truth, address: str) -> Office:
    folder.mkdir(parents=True, mode=0o700)
    (folder / _MARK).touch()
    about = PracticeSettings(
        name=practice["name"],
        tin=practice["tin"],
        npis=tuple(provider["npi"] for provider in practice["providers"]),
    )
    # A real office keeps its key elsewhere; this one is thrown away with it.
    key = KeySettings(provider=KeyKind.KEY_FILE, file=Path("demo.key"))
    office = Office.create(folder, settings_text(about, key, {PORTAL: PortalSettings(address=address)}))
    office.set_up(_ACCOUNT, _no_passphrase)
    return office


def _no_passphrase() -> Secret[str]:
    raise AssertionError(f"the demonstration's office has a key file ({SETTINGS_FILE})")


def permit_practice_portal(desk: Desk) -> None:
    """Enter the practice portal into the office's permission register, as the office's own test system."""
    now = utc_now()
    permissions.grant(
        Grant(
            portal=PORTAL,
            flow=Flow.CLAIM_STATUS,
            status=Status.SIMULATOR_ONLY,
            basis=Basis.OWN_TEST_SYSTEM,
            document="the practice portal of this program",
            granted_to=desk.practice.name,
            bot_identity="portalwright",
            valid_from=now.date(),
        ),
        desk.actor,
        now,
    )


def _import(desk: Desk, work_list: str) -> int:
    with tempfile.TemporaryDirectory() as temporary:
        file = Path(temporary) / "work-list.csv"
        file.write_text(work_list, encoding="utf-8", newline="")
        imported = import_claims_file(desk, file)
    for row in imported.rejected:
        _say(f"row {row.row}, {row.field}: {row.reason}")
    return imported.created + len(imported.rejected)


def _print_cases(waiting: tuple[CaseRecord, ...]) -> None:
    """How many cases of each code, with the sentence of one of them."""
    sentences = {case.code: case.what for case in waiting}
    times = Counter(case.code for case in waiting)
    print_table(
        ("code", "cases", "what, for example"),
        [(code, times[code], sentences[code]) for code in sorted(sentences)],
        empty="No case waits for a person.",
    )


def _print_sample(found: list[AnswerRecord]) -> None:
    """One answer of each kind, as far as they go."""
    kinds: dict[str, AnswerRecord] = {}
    for record in found:
        said = record.answer.normalised
        kinds.setdefault(said.category if isinstance(said, ClaimState) else "", record)
    rows = []
    for category in _sample_of(kinds):
        record = kinds[category]
        said, number = record.answer.normalised, record.question.claim.patient_account_number
        if isinstance(said, ClaimState):
            owed = said.patient_responsibility.total
            rows.append((number, category, category_words(category), said.portal_text, said.billed, said.paid, owed))
        else:
            rows.append((number, "", "not found", "", record.question.claim.billed, None, None))
    print_table(
        ("account number", "status", "meaning", "portal's words", "billed", "paid", "patient owes"),
        rows,
        empty="There is no answer.",
    )


def _sample_of(categories: Iterable[str]) -> list[str]:
    """All kinds of finalised claims, which an office waits for most, then one each of the others ("" is not found)."""
    finalised = sorted(name for name in categories if name.startswith("F"))
    others = {name[:1]: name for name in sorted(categories, reverse=True) if not name.startswith("F")}
    return [*finalised, *(others[family] for family in sorted(others))][:_SAMPLE]


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()
