"""A run that files appeals and dies in the middle, as if somebody had pulled the plug: kill -9 at one named step.

    python -m tests.soak.appeals_worker ORDER

ORDER is an `Order` as JSON. The process opens the office that the cell of the crash table made, and either approves the
appeal and dies, or works the portal until the step of this appeal comes.
"""

import asyncio
import json
import sys
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import flows.appeal
from bots.attempts import Attempts
from bots.browser import BrowserHost
from bots.held_button import HeldButton
from bots.installed_browser import find_browser
from bots.submitting import Submitter
from bots.worker import Work, run_lane
from bots.write_guard import WriteGuard
from flows.questions import Flow
from ledger import accounts, appeals
from ledger.accounts import Actor
from ledger.start import close_connection
from ledger.thread import LedgerThread
from packs.load import load_pack
from portalwright.papers import OfficePapers
from tests.bots.night import ALIAS, NoAudit
from tests.ledger.office import open_place
from tests.soak.plug import pull, pull_after
from vault.keys import KeyFile
from vault.sealed import SealedFolder
from vault.storage import FileStorage
from vault.vault import Vault

APPROVED = "draft approved"
PRESSED = "pressed"

_AFTER: dict[str, tuple[Any, str]] = {
    "list read": (flows.appeal, "listed_for_claim"),
    "claim found": (flows.appeal, "find_claim"),
    "form filled": (flows.appeal, "_fill"),
    "review compared": (flows.appeal, "_review"),
    "pressing committed": (WriteGuard, "pressing"),
    "receipt before us": (Submitter, "submit"),
    "receipt read": (Attempts, "attempt"),
    "receipt recorded": (Attempts, "finish"),
}
"""After the return of which function the process dies."""

STEPS = (APPROVED, "taken up", *tuple(_AFTER)[:5], PRESSED, *tuple(_AFTER)[5:])
"""Where a run can be killed, in the order in which an appeal comes through them."""


@dataclass(frozen=True)
class Order:
    """Which office, and where to die: at this step of the appeal with this number and reference.

    `ahead` is by how many seconds the clocks are ahead; `late` how many seconds after the press begins it is killed.
    """

    folder: str
    place: str
    portal: str
    address: str
    ahead: float
    number: int
    reference: str
    step: str
    late: float = 0.0


@dataclass(frozen=True)
class _Ahead:
    """The real time, so much later."""

    ahead: timedelta

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


def _die_at(order: Order) -> None:
    """From now on this process ends with that step of that appeal."""
    asked = ""
    attempt = Attempts.attempt

    async def noted(self: Attempts, session: Any, item: Any) -> Any:
        nonlocal asked
        asked = item.question.contest.reference
        if order.step == "taken up" and asked == order.reference:
            pull()
        return await attempt(self, session, item)

    Attempts.attempt = noted  # type: ignore[method-assign] # tells whose turn it is
    if order.step == PRESSED:
        press_once = HeldButton.press_once

        async def pressed(self: HeldButton, *last_look: Callable[[], None]) -> None:
            if asked == order.reference:
                asyncio.get_running_loop().call_later(order.late, pull)
            await press_once(self, *last_look)

        HeldButton.press_once = pressed  # type: ignore[method-assign, assignment] # the plug is pulled while it is pressed
    if order.step in _AFTER:
        owner, name = _AFTER[order.step]
        pull_after(owner, name, lambda *_arguments, **_more: asked == order.reference)


async def _work(order: Order) -> None:
    folder, clock = Path(order.folder), _Ahead(timedelta(seconds=order.ahead))
    browser = find_browser()
    assert browser is not None
    async with LedgerThread() as ledger:
        practice = await ledger.call(accounts.default_practice)

        async def account(name: str, *, is_robot: bool) -> Actor:
            actor: Actor = await ledger.call(
                accounts.ensure_account, name, is_robot=is_robot, practice=practice, now=clock.now()
            )
            return actor

        pack = load_pack(order.portal, None, address=order.address)
        if order.step == APPROVED:
            person = await account("dana", is_robot=False)
            seen = (await ledger.call(appeals.get, person.practice_id, order.number)).digest
            await ledger.call(appeals.approve, order.number, person, clock.now(), rules=pack.appeals, seen=seen)
            pull()
        vault = Vault.open(FileStorage(folder / "vault.json"), KeyFile(folder / "office.key"), NoAudit())
        evidence = SealedFolder(folder / "evidence", vault.sealer())
        robot = await account("robot", is_robot=True)
        async with BrowserHost(folder / "tmp", browser, "tests", http2=False) as host:
            work = Work(
                pack=pack,
                flow=Flow.APPEAL,
                alias=ALIAS,
                actor=robot,
                vault=vault,
                ledger=ledger,
                evidence=evidence,
                browser=host,
                clock=clock,
                papers=OfficePapers(evidence, robot.practice_id),
            )
            await run_lane(work)


def main(order: Order) -> None:
    """Work until the step comes. A process that ends by itself did not come to it."""
    open_place(order.place)
    _die_at(order)
    try:
        asyncio.run(_work(order))
    finally:
        close_connection()


if __name__ == "__main__":
    main(Order(**json.loads(sys.argv[1])))
