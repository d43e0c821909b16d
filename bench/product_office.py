"""An office for the benchmark, as a real one is: sealed credential, ledger on the disk, permission, a work list."""

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.sides import PORTAL
from bench.talk import Task
from bots.assignment import Work
from bots.browser import BrowserHost
from bots.clock import SystemClock
from flows.questions import ClaimStatus, Flow
from ledger import work
from ledger.thread import LedgerThread
from packs.models import Pack
from packs.moves import HowRead
from portalwright.demo.office import permit_practice_portal
from portalwright.office import Desk, Office
from portalwright.settings import KeyKind, KeySettings, PortalSettings, PracticeSettings, settings_text
from vault.secret import Secret

_ALIAS = "main"


@contextlib.contextmanager
def opened(task: Task) -> Iterator[Desk]:
    """A new office in the task's folder with the task's questions as its work list, at work."""
    questions = [ClaimStatus.model_validate(question, strict=False) for question in task.questions]
    office = _make_office(Path(task.folder), task, questions[0])
    with office.at_work("bench", _no_passphrase, unattended=True) as desk:
        desk.vault.add_credential(PORTAL, _ALIAS, Secret(task.user_name), Secret(task.password), owner="bench")
        permit_practice_portal(desk, PORTAL)
        now = datetime.now(UTC)
        imported = work.import_claims(questions, desk.actor, now, digest=desk.vault.keyed_digest)
        if imported.rejected:
            raise SystemExit("The benchmark's own work list was not taken.")
        yield desk


def lane(
    desk: Desk, ledger: LedgerThread, browser: BrowserHost, slot: int, sessions: int, *, directly: bool = False
) -> Work:
    """The work of one of so many sessions, whose searches are read directly, or opened in the browser."""
    return Work(
        pack=_read_so(_unpaced(desk.office.pack(PORTAL), sessions), directly=directly),
        flow=Flow.CLAIM_STATUS,
        alias=_ALIAS,
        actor=desk.robot,
        vault=desk.vault,
        ledger=ledger,
        evidence=desk.evidence,
        browser=browser,
        clock=SystemClock(),
        slot=slot,
    )


def _unpaced(pack: Pack, sessions: int) -> Pack:
    """The pack without its limit of look-ups a minute: waiting costs no processor time, and would hide the speed."""
    limits = pack.limits.model_copy(update={"lookups_a_minute": 1_000_000, "sessions": sessions})
    return pack.model_copy(update={"limits": limits})


def _read_so(pack: Pack, *, directly: bool) -> Pack:
    """The pack with its searches read without opening pages where it says so, or with every page opened."""
    forms = {
        name: form if directly else form.model_copy(update={"reading": HowRead.OPENED})
        for name, form in pack.forms.items()
    }
    return pack.model_copy(update={"forms": forms})


def _make_office(folder: Path, task: Task, question: ClaimStatus) -> Office:
    provider = question.provider
    about = PracticeSettings(name="Benchmark", tin=provider.tin, npis=(provider.npi,))
    key = KeySettings(provider=KeyKind.KEY_FILE, file=Path("bench.key"))
    office = Office.create(folder, settings_text(about, key, {PORTAL: PortalSettings(address=task.address)}))
    office.set_up("bench", _no_passphrase)
    return office


def _no_passphrase() -> Secret[str]:
    raise AssertionError("the benchmark's office has a key file")
