"""A whole night in one process: practice portal, vault, ledger, browser, and a clock that waits for nobody."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, ParamSpec, TypeVar

from bots.browser import BrowserHost
from bots.installed_browser import find_browser
from bots.worker import Progress, Report, Work, run_lane
from documents.claims_table import read_claims
from documents.csv_table import csv_table
from documents.headings import places
from documents.rows import OfficeScope, RejectedRow
from documents.work_list import ClaimRow
from flows.questions import ClaimStatus, Flow
from ledger import accounts, permissions, work
from ledger.accounts import Actor
from ledger.permissions import Basis, Grant, Status
from ledger.thread import LedgerThread
from ledger.work import Counts
from packs.load import load_pack
from portalwright.intake import OfficeIntake
from sandbox.process import PracticePortal
from vault.keys import KeyFile
from vault.sealed import SealedFolder
from vault.secret import Secret
from vault.storage import FileStorage, VaultAction
from vault.vault import Vault

PORTAL = "practice-national"
"""The portal of the tests that are about no portal in particular."""

ALIAS = "main"

P = ParamSpec("P")
T = TypeVar("T")


class NoAudit:
    """The ledger's own tests look at the audit; here nobody does."""

    def record(self, action: VaultAction, alias: str, portal: str, version: int, purpose: str) -> None:
        """Nothing."""


@dataclass
class SharedClock:
    """Waiting moves the portal's clock and ours forward together, in no time."""

    portal: PracticePortal
    ahead: timedelta = timedelta()
    meanwhile: Callable[[], Awaitable[None]] | None = None
    """What a person does while somebody waits: called after each wait, with the clocks moved."""

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def sleep(self, seconds: float) -> None:
        self.portal.advance(seconds)
        self.ahead += timedelta(seconds=seconds)
        if self.meanwhile is not None:
            await self.meanwhile()


@dataclass
class Night:
    """Everything a session needs, and what it left behind."""

    portal: PracticePortal
    work: Work
    clock: SharedClock
    person: Actor
    defects: list[BaseException] = field(default_factory=list)

    @property
    def name(self) -> str:
        """The portal's name."""
        return self.work.pack.portal

    async def run(self, report: Callable[[Progress], None] = lambda _: None, **changes: Any) -> Report:
        """One session; keywords change what it works with."""
        return await run_lane(replace(self.work, **changes), report, self.defects.append)

    async def call(self, function: Callable[P, T], *arguments: P.args, **keywords: P.kwargs) -> T:
        return await self.work.ledger.call(function, *arguments, **keywords)

    async def counts(self) -> Counts:
        """How the work list stands now."""
        counts: Counts = await self.call(
            work.counts, self.person.practice_id, self.name, Flow.CLAIM_STATUS, self.clock.now()
        )
        return counts

    async def set_password(self, password: str) -> None:
        """A person enters a password into the vault (which makes a new version of the credential)."""
        add_credential(self.work.vault, self.portal, password)

    def presses(self, kind: str = "password") -> list[str]:
        """The results of the presses that the portal saw, in order."""
        return [event["result"] for event in self.portal.events() if event["kind"] == f"{kind}_press"]


def add_credential(
    vault: Vault, portal: PracticePortal, password: str | None = None, totp_seed: str | None = None
) -> None:
    """Enter the portal's credential into the vault, or one that is wrong in a part."""
    vault.add_credential(
        portal.name,
        ALIAS,
        Secret(portal.user_name),
        Secret(password or portal.password),
        owner="dana",
        totp_seed=Secret(totp_seed or portal.totp_seed),
        security_answers={question: Secret(answer) for question, answer in portal.security_answers.items()},
    )


def questions(portal: PracticePortal) -> list[ClaimStatus]:
    """The work list, read as the office's import reads it."""
    practice = portal.truth()["practice"]
    scope = OfficeScope(
        tin=practice["tin"],
        npis=frozenset(provider["npi"] for provider in practice["providers"]),
        portals=frozenset({portal.name}),
    )
    table = csv_table(StringIO(portal.worklist_csv()))
    rows = list(read_claims(table, places(table.headings, None), scope, datetime.now(UTC).date()))
    assert not [row for row in rows if isinstance(row, RejectedRow)]
    return [row.question for row in rows if isinstance(row, ClaimRow)]


@asynccontextmanager
async def night(
    folder: Path,
    portal: PracticePortal,
    *,
    browser: BrowserHost | None = None,
    asked: Sequence[ClaimStatus] | None = None,
    answer_seconds: float | None = None,
) -> AsyncIterator[Night]:
    """A permitted night at this portal with its whole work list imported, in this browser or in one of its own.

    `asked` are the questions when they are not all of them; `answer_seconds` takes the place of the pack's own limit
    where a test has to see the end of a long wait.
    """
    storage, key = FileStorage(folder / "vault.json"), KeyFile.create(folder / "office.key")
    vault = Vault.create(storage, key, NoAudit())
    add_credential(vault, portal)
    truth = portal.truth()["practice"]
    clock, name = SharedClock(portal), portal.name
    pack = load_pack(name, None, address=portal.address)
    if answer_seconds is not None:
        pack = pack.model_copy(update={"limits": pack.limits.model_copy(update={"answer_seconds": answer_seconds})})
    now = clock.now()
    async with LedgerThread() as ledger:
        npis = tuple(provider["npi"] for provider in truth["providers"])
        practice = await ledger.call(accounts.ensure_practice, truth["name"], truth["tin"], npis)
        person = await ledger.call(accounts.ensure_account, "dana", is_robot=False, practice=practice, now=now)
        robot = await ledger.call(accounts.ensure_account, "robot", is_robot=True, practice=practice, now=now)
        grant = Grant(
            portal=name,
            flow=Flow.CLAIM_STATUS,
            status=Status.SIMULATOR_ONLY,
            basis=Basis.OWN_TEST_SYSTEM,
            document="the practice portal",
            granted_to="the office",
            bot_identity="robot",
            valid_from=now.date(),
        )
        await ledger.call(permissions.grant, grant, person, now)
        rows = questions(portal) if asked is None else asked
        imported = await ledger.call(work.import_claims, rows, person, now, digest=vault.keyed_digest)
        assert not imported.rejected
        async with _own_browser(folder) if browser is None else nullcontext(browser) as host:
            yield Night(
                portal=portal,
                person=person,
                clock=clock,
                work=Work(
                    pack=pack,
                    flow=Flow.CLAIM_STATUS,
                    alias=ALIAS,
                    actor=robot,
                    vault=vault,
                    ledger=ledger,
                    evidence=SealedFolder(folder / "evidence", vault.sealer()),
                    browser=host,
                    clock=clock,
                    intake=OfficeIntake(),
                ),
            )


def _own_browser(folder: Path) -> BrowserHost:
    found = find_browser()
    assert found is not None
    return BrowserHost(folder / "tmp", found, "tests")
