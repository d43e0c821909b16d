"""A night on which one approved appeal is filed at a portal of the tests; also as a process that dies in the middle.

    python -m tests.bots.filing_night LEDGER ADDRESS FOLDER committed | pressed | read

The process kills itself right after the press was committed, right after the press, or before the receipt is recorded.
The flow itself is a short one: the review page, or, when the button was pressed before, the portal's list.
"""

import asyncio
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import bots.attempts
from bots.attempts import Attempts
from bots.browser import BrowserHost
from bots.clock import Clock
from bots.held_button import HeldButton
from bots.installed_browser import find_browser
from bots.session import Session
from bots.worker import Report, Work, run_lane
from bots.write_guard import WriteGuard
from flows.answers import Answer, AppealFiled, AppealRefused, Normalised, Refusal
from flows.outcomes import Code, Ending, Outcome, Reason
from flows.portal import Means, Portal
from flows.questions import Appeal, Flow, Question
from ledger import accounts, permissions
from ledger.accounts import Actor
from ledger.appeals import AppealStage, get
from ledger.permissions import Basis, Grant, Status
from ledger.thread import LedgerThread
from packs.models import Pack
from tests.bots.filing_portal import VIEWS, FilingPortal, be_on, filing_pack
from tests.bots.night import NoAudit
from tests.ledger.appeals import approved
from tests.ledger.office import ALIAS, NOW, PORTAL, open_place
from vault.keys import KeyFile
from vault.sealed import SealedFolder
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault

HOME, OUT = "<title>Home</title><h1>Home</h1>", "<title>Out</title><h1>Good-bye</h1>"
DEATHS = ("committed", "pressed", "read")


@dataclass
class Ahead:
    """The clock of the ledger's tests, so much later, and running."""

    ahead: timedelta = timedelta()
    _begun: float = field(default_factory=time.monotonic)

    def now(self) -> datetime:
        return (NOW + self.ahead + timedelta(seconds=time.monotonic() - self._begun)).astimezone(UTC)

    async def sleep(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)


def _view(heading: str, **elements: Any) -> dict[str, Any]:
    found = {"find": [{"role": "heading", "name": heading}, {"css": "h1"}]}
    return {"recognise": ["heading"], "elements": {"heading": found, **elements}}


def night_pack(address: str) -> Pack:
    """The portal's pack with a door that is open, and the list of what was filed."""
    described = filing_pack(address).model_dump(by_alias=True, mode="json")
    in_all = {"find": [{"near": "In all"}, {"css": "b"}], "type": "integer"}
    views = {"home": _view("Home"), "out": _view("Good-bye"), "appeals": _view("Your appeals", in_all=in_all)}
    table = [{"view": "home", "then": "signed-in"}, *described["sign_in"]["table"][:1]]
    return Pack.model_validate(
        {
            **described,
            "portal": PORTAL,
            "views": {**described["views"], **VIEWS, **views},
            "sign_in": {**described["sign_in"], "start": "/in", "table": table},
            "sign_out": {"steps": [{"go": "/out"}], "proof": "out"},
        }
    )


def open_all_night(portal: FilingPortal, *, takes: bool = True) -> None:
    """Give the portal its other pages; its list shows what was filed, where it `takes` anything."""
    portal.pages |= {
        "/in": HOME,
        "/out": OUT,
        "/list": lambda: f"<title>List</title><h1>Your appeals</h1><p><i>In all</i> <b>{portal.filed * takes}</b></p>",
    }


async def file_or_look(question: Question, portal: Portal) -> Outcome:
    """In the place of the flow: what it does with the one press, and nothing around it."""
    assert isinstance(question, Appeal)
    assert isinstance(portal, Session)
    if question.pressed:
        await be_on(portal, "/list", "appeals")
        if (await portal.read("appeals")).fields["in_all"].normal:
            return _said(AppealFiled(confirmation="A-1", found_on_list=True), portal)
        return Outcome(ending=Ending.UNCERTAIN, reason=Reason(code=Code.TECH_UNKNOWN_FILED, what="Not on the list."))
    await be_on(portal, "/", "appeal-review")
    await portal.read("appeal-review")
    followed = await portal.submit("appeal-submit", question)
    if followed.means is Means.REFUSED:
        return _said(AppealRefused(refusal=followed.refused or Refusal.DUPLICATE), portal, Ending.NEGATIVE)
    receipt = await portal.read("appeal-receipt")
    return _said(AppealFiled(confirmation=receipt.fields["confirmation"].shown.text), portal)


def _said(said: Normalised, portal: Portal, ending: Ending = Ending.ANSWERED) -> Outcome:
    answer = Answer(portal=PORTAL, pack_version="1", observed_at=portal.now(), normalised=said, extracted=())
    return Outcome(ending=ending, answer=answer)


@dataclass
class FilingNight:
    """One approved appeal on the work list, and everything that a session needs."""

    work: Work
    person: Actor
    number: int
    defects: list[BaseException] = field(default_factory=list)

    async def run(self) -> Report:
        return await run_lane(self.work, crashed=self.defects.append)

    async def stage(self) -> AppealStage:
        return (await self.work.ledger.call(get, self.person.practice_id, self.number)).stage


async def prepare(folder: Path, ledger: LedgerThread, host: BrowserHost, address: str, ahead: timedelta) -> FilingNight:
    """An office whose one appeal is approved, with leave to file it; it runs so much later."""
    vault = Vault.create(FileStorage(folder / "vault.json"), KeyFile.create(folder / "office.key"), NoAudit())
    vault.add_credential(PORTAL, ALIAS, Secret("night"), Secret("never typed"), owner="dana")
    practice = await ledger.call(accounts.ensure_practice, "Test Practice", "123456789", ("1234567893",))
    person = await ledger.call(accounts.ensure_account, "dana", is_robot=False, practice=practice, now=NOW)
    grant = Grant(
        portal=PORTAL, flow=Flow.APPEAL, status=Status.SIMULATOR_ONLY, basis=Basis.OWN_TEST_SYSTEM,
        document="the portal of the tests", granted_to="the office", bot_identity="night", valid_from=NOW.date(),
    )  # fmt: skip
    await ledger.call(permissions.grant, grant, person, NOW)
    number = await ledger.call(approved, person)
    robot = await ledger.call(accounts.ensure_account, "night-robot", is_robot=True, practice=practice, now=NOW)
    return FilingNight(_work(folder, vault, ledger, host, address, robot, Ahead(ahead)), person, number)


def _work(  # noqa: PLR0917 - everything that a session needs, as it is
    folder: Path, vault: Vault, ledger: LedgerThread, host: BrowserHost, address: str, robot: Actor, clock: Clock
) -> Work:
    return Work(
        pack=night_pack(address),
        flow=Flow.APPEAL,
        alias=ALIAS,
        actor=robot,
        vault=vault,
        ledger=ledger,
        evidence=SealedFolder(folder / "evidence", vault.sealer()),
        browser=host,
        clock=clock,
    )


# As a process


def _die_after(when: str) -> None:
    """From now on this process ends with its next step of that kind, as if somebody had pulled the plug."""
    of = {
        "committed": (WriteGuard, "pressing"),
        "pressed": (HeldButton, "press_once"),
        "read": (Attempts, "attempt"),
    }
    owner, name = of[when]
    as_it_is = getattr(owner, name)

    async def last_step(*arguments: Any) -> None:
        await as_it_is(*arguments)
        if when == "pressed":
            await asyncio.sleep(0.3)  # the press is on its way out of the browser
        os.kill(os.getpid(), signal.SIGKILL)

    setattr(owner, name, last_step)


async def main(address: str, folder: Path) -> None:
    browser = find_browser()
    assert browser is not None
    async with LedgerThread() as ledger, BrowserHost(folder, browser, "tests", http2=False) as host:
        practice = await ledger.call(accounts.default_practice)
        robot = await ledger.call(accounts.ensure_account, "night-robot", is_robot=True, practice=practice, now=NOW)
        vault = Vault.open(FileStorage(folder / "vault.json"), KeyFile(folder / "office.key"), NoAudit())
        await run_lane(_work(folder, vault, ledger, host, address, robot, Ahead()))


if __name__ == "__main__":
    open_place(sys.argv[1])
    _die_after(sys.argv[4])
    bots.attempts.ask = file_or_look  # type: ignore[attr-defined] # the flow that the tries call
    asyncio.run(main(sys.argv[2], Path(sys.argv[3])))
