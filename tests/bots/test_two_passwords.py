"""Which of two passwords is pressed, and what becomes of both, where processes stand still, die, or follow each other.

No browser: what the portal did is told by the journal of presses alone.
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.door.passwords import Passwords
from flows.outcomes import Code, Stop
from ledger import accounts, lanes, presses
from ledger.accounts import Actor
from ledger.errors import LeaseLost, PressRefused
from ledger.lanes import Lease
from ledger.presses import LockoutRule, PressKind, PressResult
from ledger.thread import LedgerThread
from tests.bots.night import NoAudit
from vault.errors import PasswordPending
from vault.keys import KeyFile
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault

pytestmark = pytest.mark.django_db(transaction=True)

PORTAL, ALIAS = "some-payer", "main"
OLD, NEW, NEWER = "Old-password-1", "New-password-2", "Newer-password-3"
RULE = LockoutRule(attempts=5, window=timedelta(hours=24))
TTL = timedelta(seconds=45)


@dataclass
class SetClock:
    """Tells what it is set to."""

    at: datetime = field(default_factory=lambda: datetime(2026, 11, 22, 3, tzinfo=UTC))

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        await asyncio.sleep(0)


@dataclass
class Office:
    """One vault file and one ledger, and as many computers as a test has use for."""

    folder: Path
    key: KeyFile
    ledger: LedgerThread
    robot: Actor
    clock: SetClock

    async def computer(self, name: str) -> Passwords:
        """A process on a computer of this name takes the lane; it has opened the vault for itself."""
        vault = Vault.open(FileStorage(self.folder / "vault.json"), self.key, NoAudit())
        lease = await self.call(
            lanes.take, PORTAL, ALIAS, 0, holder=f"{name}:1", actor=self.robot, now=self.clock.now(), ttl=TTL
        )
        return Passwords(vault, self.ledger, lease, self.clock, may_change=True)

    async def later(self, name: str, **more: float) -> Passwords:
        """The process after that, so much later that the lane is free."""
        self.clock.at += timedelta(**{"minutes": 2, **more})
        return await self.computer(name)

    async def press(self, lease: Lease, version: int, kind: PressKind) -> int:
        press: int = await self.call(presses.begin, lease, version, kind, RULE, self.clock.now())
        return press

    async def call(self, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        return await self.ledger.call(function, *arguments, **keywords)


@pytest.fixture
async def office(tmp_path: Path) -> AsyncIterator[Office]:
    key, clock = KeyFile.create(tmp_path / "office.key"), SetClock()
    vault = Vault.create(FileStorage(tmp_path / "vault.json"), key, NoAudit())
    vault.add_credential(PORTAL, ALIAS, Secret("dana.desk"), Secret(OLD), owner="dana")
    async with LedgerThread() as ledger:
        practice = await ledger.call(accounts.ensure_practice, "Lakeside", "123456789", ("1234567893",))
        robot = await ledger.call(accounts.ensure_account, "robot", is_robot=True, practice=practice, now=clock.now())
        yield Office(tmp_path, key, ledger, robot, clock)


async def pressed_by(passwords: Passwords) -> str:
    """The password that this process would press."""
    return (await passwords.to_press()).credential().password.reveal()


async def changed(office: Office, by: Passwords, password: str = NEW) -> int:
    """This process has sealed a new password and sent it off, and dies before the answer. The password's version."""
    version = by.seal(Secret(password)).version
    await office.press(by.lease, version, PressKind.CHANGE)
    return version


async def test_what_was_sealed_and_never_sent_waits_until_the_old_one_has_opened_the_door(office: Office) -> None:
    died = await office.computer("first")
    waiting = died.seal(Secret(NEW))
    second = await office.later("second")
    chosen = await second.to_press()
    assert (chosen.version, chosen.beside) == (1, waiting.version)
    assert second.vault.pending.find(PORTAL, ALIAS) is not None
    await second.proved(chosen.version, chosen.beside)
    assert second.vault.pending.find(PORTAL, ALIAS) is None
    # Its version is never given to another password: presses are counted by version.
    assert second.seal(Secret(NEWER)).version > waiting.version


async def test_a_process_that_stood_still_does_not_throw_away_what_another_has_sent_off(office: Office) -> None:
    stood_still = await office.computer("first")
    chosen = await stood_still.to_press()
    proof = await office.press(stood_still.lease, chosen.version, PressKind.PASSWORD)
    await office.call(presses.settle, stood_still.lease, proof, PressResult.PROVED, office.clock.now())
    # It stands still right here, for longer than its lease, and another signs in and changes the password.
    second = await office.later("second")
    version = await changed(office, second)
    await stood_still.proved(chosen.version, chosen.beside)
    waiting = second.vault.pending.find(PORTAL, ALIAS)
    assert waiting is not None and waiting.version == version
    assert await pressed_by(await office.later("third")) == NEW


async def test_two_computers_send_off_one_new_password_and_not_two(office: Office) -> None:
    first = await office.computer("first")
    version = first.seal(Secret(NEW)).version
    second = await office.later("second")
    with pytest.raises(PasswordPending):
        second.seal(Secret(NEWER))
    # The first one has lost its lane, and its press is not even counted.
    with pytest.raises(LeaseLost):
        await office.press(first.lease, version, PressKind.CHANGE)
    assert await pressed_by(second) == OLD


async def test_after_a_press_that_nobody_saw_answered_the_new_one_is_pressed_once_and_then_neither(
    office: Office,
) -> None:
    version = await changed(office, await office.computer("first"))
    second = await office.later("second")
    chosen = await second.to_press()
    assert (chosen.version, chosen.credential().password.reveal()) == (version, NEW)
    await office.press(second.lease, version, PressKind.PASSWORD)
    # The second one died too. Not the third one, and nobody ever after, whatever the time by its clock.
    for waits in ({"minutes": 2}, {"days": 1}, {"days": 400}):
        later = await office.later("third", **waits)
        with pytest.raises(Stop) as stopped:
            await later.to_press()
        reason = stopped.value.outcome.reason
        assert reason is not None and reason.code is Code.ACC_EXPIRED
        for one in (1, version):
            with pytest.raises(PressRefused):
                await office.press(later.lease, one, PressKind.PASSWORD)
        assert later.vault.credential(PORTAL, ALIAS, "test").password.reveal() == OLD
        assert later.vault.pending.credential(PORTAL, ALIAS, "test").password.reveal() == NEW


async def test_a_clock_that_is_ahead_does_not_make_the_old_password_good_again(office: Office) -> None:
    version = await changed(office, await office.computer("first"))
    ahead = await office.later("second", days=90)
    assert await pressed_by(ahead) == NEW
    with pytest.raises(PressRefused):
        await office.press(ahead.lease, 1, PressKind.PASSWORD)
    with pytest.raises(PressRefused):
        await office.press(ahead.lease, version + 1, PressKind.CHANGE)


async def test_a_proof_that_was_recorded_before_the_vault_knew_is_made_good_by_the_next_process(
    office: Office,
) -> None:
    first = await office.computer("first")
    version = await changed(office, first)
    proof = await office.press(first.lease, version, PressKind.PASSWORD)
    await office.call(presses.settle, first.lease, proof, PressResult.PROVED, office.clock.now())
    second = await office.later("second")
    assert await pressed_by(second) == NEW
    assert second.vault.pending.find(PORTAL, ALIAS) is None
    assert second.vault.credential(PORTAL, ALIAS, "test").version == version
