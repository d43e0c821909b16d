"""What happens inside the processes of a password's chaos: a session that dies at a step, one that comes to its end,
and the person who says which of two passwords works. Each is a process of its own and opens the office anew."""

import asyncio
import os
import signal
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from bots.allowed_hosts import AllowedHosts
from bots.assignment import Report
from bots.probe import Probing
from flows.questions import Flow
from ledger.thread import LedgerThread
from portalwright.demo.office import ACCOUNT, no_passphrase
from portalwright.office import Desk, Office
from tests.chaos.password_steps import LATE_SECONDS, die_at
from vault.secret import Secret

CODE_WANTED = "a code is wanted"
"""What a session sends back while it waits for the code that the portal has mailed; it is sent the code."""
_LOOKS_SECONDS = 0.05


@dataclass(frozen=True)
class Order:
    """One process: in which office, at which portal, how far its clock is ahead, and at which step it dies, if it does.

    `seconds`: how long after the step's beginning a late one may come. `person`: it is the person, who says whether the
    new password works, and no session.
    """

    folder: Path
    portal: str
    ahead: timedelta
    step: str = ""
    seconds: float = LATE_SECONDS
    seed: int = 0
    person: bool = False
    new_works: bool = False


@dataclass(frozen=True)
class Found:
    """How a process that came to its end left the office: why it could not sign in ("" when it could), how long the
    sign-in took, and the passwords that the vault has."""

    why: str
    seconds: float
    in_use: str
    waiting: str | None


def work(order: Order, back: Connection) -> None:
    """One process, whole. It has a group of its own, so that its browser can be ended with it."""
    os.setsid()
    if order.step:
        die_at(order.step, order.seconds, order.seed)
    office = Office.find(order.folder)
    with office.at_work(ACCOUNT, no_passphrase, unattended=True) as desk:
        why, seconds = ("", 0.0) if order.person else _session(desk, order, back)
        if order.person:
            _say(desk, order)
        alias = desk.credential(order.portal)
        waiting = desk.vault.pending.find(order.portal, alias)
        new = desk.vault.pending.credential(order.portal, alias, "judged") if waiting is not None else None
        in_use = desk.vault.credential(order.portal, alias, "judged").password.reveal()
        back.send(Found(why, seconds, in_use, None if new is None else new.password.reveal()))


def _session(desk: Desk, order: Order, back: Connection) -> tuple[str, float]:
    """What a worker does, but for the questions: the session ends when it is signed in."""
    from bots.clock import SystemClock
    from bots.door import code_on_its_way
    from ledger.errors import Stopped

    took: list[float] = []
    _timed(took)
    SystemClock.now = lambda _clock: datetime.now(UTC) + order.ahead  # type: ignore[method-assign, assignment] # a clock ahead
    # The person who has the mail is quick, and nobody waits for the next look.
    code_on_its_way.LOOK_EVERY_SECONDS = _LOOKS_SECONDS
    try:
        report = asyncio.run(_signed_in(desk, desk.credential(order.portal), order, back))
    except Stopped as stopped:
        return str(stopped), 0.0
    why = "" if report.stopped is None else f"{report.stopped.code}: {report.stopped.what}"
    return why, took[0] if took else 0.0


async def _signed_in(desk: Desk, alias: str, order: Order, back: Connection) -> Report:
    from bots.clock import SystemClock
    from portalwright.running import browser_host, browser_of, run_session, session_work

    pack = desk.office.pack(order.portal)
    host = browser_host(desk, browser_of(desk), http2=True, names=AllowedHosts.of_pack(pack).names)
    async with LedgerThread() as ledger, host as running:
        given = session_work(desk, pack, Flow.CLAIM_STATUS, alias, ledger=ledger, host=running, clock=SystemClock())
        mail = asyncio.create_task(_hands_over(desk, alias, order, ledger, back))
        try:
            return await run_session(desk, replace(given, leave=lambda: True, probing=Probing.NEVER))
        finally:
            mail.cancel()
            with suppress(asyncio.CancelledError):
                await mail


async def _hands_over(desk: Desk, alias: str, order: Order, ledger: LedgerThread, back: Connection) -> None:
    """What `portalwright code` does, whenever the session waits for a code: it is asked for where the mail arrives."""
    from bots.door.code_on_its_way import sealed
    from ledger import codes

    while True:
        now = datetime.now(UTC) + order.ahead
        wanted = await ledger.call(codes.waiting, desk.practice.id, order.portal, alias, now)
        if wanted is not None:
            back.send(CODE_WANTED)
            code = Secret(await asyncio.to_thread(back.recv))
            given = sealed(desk.vault.sealer(), wanted, code)
            await ledger.call(codes.give, wanted, given, desk.actor, datetime.now(UTC) + order.ahead)
        await asyncio.sleep(_LOOKS_SECONDS)


def _timed(took: list[float]) -> None:
    import time

    from bots.doorway import Doorway

    whole = Doorway.sign_in

    async def timed(*arguments: Any) -> None:
        begun = time.monotonic()
        await whole(*arguments)
        took.append(time.monotonic() - begun)

    Doorway.sign_in = timed  # type: ignore[method-assign, assignment] # measures, and passes on


def _say(desk: Desk, order: Order) -> None:
    """What `portalwright vault pending --works` does, by a clock that is ahead; and `vault release`, where there is no
    doubt about the password, but about a press of the sign-in button; and `terms accept`, where a text waits."""
    from ledger import password_changes, presses, terms
    from ledger.errors import PasswordNotInDoubt

    alias, now = desk.credential(order.portal), datetime.now(UTC) + order.ahead
    text = terms.waiting(order.portal, desk.practice.id)
    if text is not None:
        terms.accept(order.portal, text.sha256, "Dana", desk.actor, now)
        return
    waiting = desk.vault.pending.find(order.portal, alias)
    try:
        if waiting is None:
            raise PasswordNotInDoubt(order.portal)
        password_changes.settle_by_person(
            order.portal, alias, waiting.version, desk.actor, new_works=order.new_works, reason="tried both", now=now
        )
    except PasswordNotInDoubt:
        presses.clear(order.portal, alias, desk.actor, "signed in by hand", now)
        return
    if order.new_works:
        desk.vault.pending.promote(order.portal, alias, waiting.version)
    else:
        desk.vault.pending.drop(order.portal, alias, waiting.version, "a person says that the old one works")


def end_group(process_id: int) -> None:
    """End what a dead process has left running: its browser."""
    try:
        os.killpg(process_id, signal.SIGKILL)
    except ProcessLookupError:
        return
