"""The product, as an office runs it: sealed credential, ledger on the disk, log, evidence, identity gate.

Only the gaps between two look-ups are ours: there the benchmark reads its meters.
"""

import asyncio
import os
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import ParamSpec, TypeVar

from bench.split import Split
from bench.talk import Task, answer, next_order
from bots.browser import BrowserHost, find_browser
from bots.clock import SystemClock
from bots.lane_session import LaneSession
from bots.worker import Progress, Work, run_lane
from flows.outcomes import Ending
from flows.questions import Flow
from ledger import work
from ledger.thread import LedgerThread
from packs.models import Pack
from packs.moves import HowRead
from portalwright.demo.office import permit_practice_portal
from portalwright.logs import Event
from portalwright.office import Desk, Office
from portalwright.settings import KeyKind, KeySettings, PortalSettings, PracticeSettings, settings_text
from vault.secret import Secret

PORTAL = "practice-national"
_ALIAS = "main"

P = ParamSpec("P")
T = TypeVar("T")


class _GatedLedger(LedgerThread):
    """The ledger's thread, with a gate before each next question: it opens as often as the benchmark says."""

    def __init__(self) -> None:
        super().__init__()
        self.right = 0
        self._left = 1
        self._begun = 0.0
        self._split: Split | None = None
        self._signed_in = False

    async def call(self, function: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        if getattr(function, "__func__", None) is LaneSession._taken:
            await self._gate()
        if self._split is None:
            return await super().call(function, *args, **kwargs)
        name = "evidence" if getattr(function, "__name__", "") == "seal" else "ledger"
        with self._split.step(name):
            return await super().call(function, *args, **kwargs)

    async def _gate(self) -> None:
        self._left -= 1
        if self._left >= 0:
            return
        if self._signed_in:
            steps = self._split.end() if self._split is not None else {}
            answer(seconds=time.perf_counter() - self._begun, right=self.right, steps=steps)
        else:
            # The first question is taken before the sign-in, and its look-up is the warming up.
            answer(ready=True)
        self._signed_in = True
        order = await next_order()
        if order is None:
            raise asyncio.CancelledError
        self._left, self.right = order["look_ups"] - 1, 0
        self._split = Split(os.getpid()) if order.get("split") else None
        self._begun = time.perf_counter()


def main() -> None:
    """Make an office in the task's folder, sign in, then look up as many claims as each order says."""
    task = Task.model_validate(asyncio.run(next_order()), strict=False)
    folder = Path(task.folder)
    office = _make_office(folder, task)
    with office.at_work("bench", _no_passphrase, unattended=True) as desk:
        desk.vault.add_credential(
            PORTAL,
            _ALIAS,
            Secret(task.user_name),
            Secret(task.password),
            owner="bench",
            totp_seed=Secret(task.totp_seed),
        )
        permit_practice_portal(desk, PORTAL)
        now = datetime.now(UTC)
        imported = work.import_claims(task.questions, desk.actor, now, digest=desk.vault.keyed_digest)
        if imported.rejected:
            raise SystemExit("The benchmark's own work list was not taken.")
        asyncio.run(_look_up(desk))


async def _look_up(desk: Desk) -> None:
    browser = find_browser()
    if browser is None:
        raise SystemExit("There is no browser: run 'portalwright browser' first.")
    async with (
        _GatedLedger() as ledger,
        BrowserHost(desk.office.temporary_folder, browser, desk.practice.name) as host,
    ):

        def tell(progress: Progress) -> None:
            if progress.ended is not None:
                ledger.right += progress.ended.ending is Ending.ANSWERED
                desk.log.log(
                    Event.ATTEMPT_ENDED,
                    outcome=progress.ended.ending,
                    duration_ms=progress.ended.milliseconds,
                    portal=PORTAL,
                    flow=Flow.CLAIM_STATUS,
                    item=progress.ended.item,
                )

        given = Work(
            pack=_read_so(_unpaced(desk.office.pack(PORTAL)), directly="--direct" in sys.argv),
            flow=Flow.CLAIM_STATUS,
            alias=_ALIAS,
            actor=desk.robot,
            vault=desk.vault,
            ledger=ledger,
            evidence=desk.evidence,
            browser=host,
            clock=SystemClock(),
        )
        try:
            await run_lane(given, tell)
        except asyncio.CancelledError:
            return


def _unpaced(pack: Pack) -> Pack:
    """The pack without its limit of look-ups a minute: waiting costs no processor time, and would hide the speed."""
    return pack.model_copy(update={"limits": pack.limits.model_copy(update={"lookups_a_minute": 1_000_000})})


def _read_so(pack: Pack, *, directly: bool) -> Pack:
    """The pack with its searches read without opening pages, or every page opened."""
    forms = {
        name: form if directly else form.model_copy(update={"reading": HowRead.OPENED})
        for name, form in pack.forms.items()
    }
    return pack.model_copy(update={"forms": forms})


def _make_office(folder: Path, task: Task) -> Office:
    provider = task.questions[0].provider
    about = PracticeSettings(name="Benchmark", tin=provider.tin, npis=(provider.npi,))
    key = KeySettings(provider=KeyKind.KEY_FILE, file=Path("bench.key"))
    office = Office.create(folder, settings_text(about, key, {PORTAL: PortalSettings(address=task.address)}))
    office.set_up("bench", _no_passphrase)
    return office


def _no_passphrase() -> Secret[str]:
    raise AssertionError("the benchmark's office has a key file")


if __name__ == "__main__":
    main()
