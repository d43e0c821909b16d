"""A portal that wants a new password gets one press, and whoever dies around it leaves a password that we know."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bots.browser import BrowserHost
from bots.committed_at import CommittedAt
from bots.door.at_hand import AtHand
from bots.door.passwords import Passwords
from bots.engine import PageEngine
from bots.held_button import HeldButton
from bots.portal_page import PortalPage
from bots.press_guard import PressGuard
from bots.sign_in import Entered, sign_in
from flows.outcomes import Code, Reason, Stop
from flows.questions import Flow
from ledger import accounts, cases, lanes, models, password_changes, presses, runs
from ledger.accounts import Actor
from ledger.errors import PasswordUnsettled
from ledger.lanes import Lease
from ledger.states import Stops
from ledger.thread import LedgerThread
from tests.bots import small_door
from tests.bots.night import Night, NoAudit, night, questions
from tests.bots.small_door import SmallDoor, served
from tests.practice_portal import PracticePortal
from tests.soak.person import Person
from vault.keys import KeyFile
from vault.pending_password import PendingPasswords
from vault.sealed import SealedFolder
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

USER, PASSWORD = "dana.desk", "Right-password-1"
PORTAL, ALIAS = "small-door", "main"
WANTS_ONE = ("sign-in", "new-password")


class Killed(BaseException):
    """The process ends here."""


class RealClock:
    """The computer's own."""

    def now(self) -> datetime:
        return datetime.now(UTC)

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


@dataclass
class Desk:
    """An office before one door: sends one process after another to it."""

    host: BrowserHost
    folder: Path
    vault: Vault
    ledger: LedgerThread
    person: Actor
    robot: Actor

    async def session(self, door: SmallDoor, *, may_change: bool = True) -> Reason | None:
        """A process of its own: takes the lane, signs in, proves what was changed. The reason why not; None when in."""
        clock = RealClock()
        lease: Lease = await self.call(
            lanes.take, PORTAL, ALIAS, 0, holder="h:1", actor=self.robot, now=clock.now(), ttl=timedelta(hours=1)
        )
        await self.call(runs.start, lease, Flow.CLAIM_STATUS, clock.now())
        # A computer that is busy may take its time; only a page that nobody knows is waited for to the end.
        patience = 3 if door.after_change else 20
        limits = {"lookups_a_minute": 60, "idle_minutes": 15, "answer_seconds": patience}
        pack = small_door.pack(door.address, limits=limits)
        context = await self.host.new_context()
        try:
            page = PortalPage(await PageEngine.attach(await context.new_page()), pack)
            passwords = Passwords(self.vault, self.ledger, lease, clock, may_change)
            evidence = SealedFolder(self.folder, self.vault.sealer())
            for _ in range(2):
                chosen = await passwords.to_press()
                at_hand = AtHand(
                    chosen.credential, chosen.version, self.ledger, lease, evidence, clock, lambda _: None, passwords,
                    chosen.beside,
                )  # fmt: skip
                guard = PressGuard(self.ledger, lease, chosen.version, pack.lockout, clock)
                if await sign_in(page, guard, at_hand) is Entered.IN:
                    return None
        except Stop as stopped:
            await self.call(runs.report, lease, stopped.outcome, clock.now())
            return stopped.outcome.reason
        finally:
            await context.close()
            await self.call(lanes.release, lease, clock.now())
        raise AssertionError("the portal wanted two new passwords in one session")

    async def killed(self, door: SmallDoor) -> None:
        """A process that does not come to its end."""
        with pytest.raises(Killed):
            await self.session(door)

    async def call(self, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        return await self.ledger.call(function, *arguments, **keywords)

    async def presses(self) -> list[tuple[str, str]]:
        """Kind and result of each counted press, in order."""
        rows: list[tuple[str, str]] = await self.call(
            lambda: list(models.Press.objects.order_by("id").values_list("kind", "result"))
        )
        return rows

    def passwords(self) -> tuple[str, str | None]:
        """The password in use, and the one that waits."""
        waiting = self.vault.pending.find(PORTAL, ALIAS)
        new = None if waiting is None else self.vault.pending.credential(PORTAL, ALIAS, "test").password.reveal()
        return self.vault.credential(PORTAL, ALIAS, "test").password.reveal(), new

    async def frozen(self) -> bool:
        """Is there an open case by which this sign-in stands still?"""
        found = await self.call(cases.list_open, self.person.practice_id)
        return any(case.stops is Stops.CREDENTIAL for case in found)

    async def says(self, *, new_works: bool) -> None:
        """What `portalwright vault pending --works` does."""
        waiting = self.vault.pending.find(PORTAL, ALIAS)
        assert waiting is not None
        await self.call(
            password_changes.settle_by_person, PORTAL, ALIAS, waiting.version, self.person,
            new_works=new_works, reason="tried by hand", now=datetime.now(UTC),
        )  # fmt: skip


@pytest.fixture
async def desk(host: BrowserHost, tmp_path: Path) -> AsyncIterator[Desk]:
    vault = Vault.create(FileStorage(tmp_path / "vault.json"), KeyFile.create(tmp_path / "office.key"), NoAudit())
    vault.add_credential(PORTAL, ALIAS, Secret(USER), Secret(PASSWORD), owner="dana")
    now = datetime.now(UTC)
    async with LedgerThread() as ledger:
        practice = await ledger.call(accounts.ensure_practice, "Lakeside", "123456789", ("1234567893",))
        person = await ledger.call(accounts.ensure_account, "dana", is_robot=False, practice=practice, now=now)
        robot = await ledger.call(accounts.ensure_account, "robot", is_robot=True, practice=practice, now=now)
        yield Desk(host, tmp_path / "evidence", vault, ledger, person, robot)


@pytest.fixture
def door() -> Iterator[Callable[..., SmallDoor]]:
    """Opens a door whose password has expired."""
    with ExitStack() as stack:

        def opened(**more: Any) -> SmallDoor:
            return stack.enter_context(served(SmallDoor(list(WANTS_ONE), password=PASSWORD, **more)))

        yield opened


async def test_a_new_password_is_chosen_sent_once_proved_and_in_use_from_then_on(desk: Desk, door: Any) -> None:
    portal = door()
    assert await desk.session(portal) is None
    assert await desk.presses() == [("password", "proved"), ("change", "proved"), ("password", "proved")]
    assert desk.passwords() == (portal.password, None)
    assert portal.password != PASSWORD
    assert await desk.session(portal) is None
    assert (portal.wrong, len(portal.pressed("new-password"))) == (0, 1)


@pytest.mark.long
async def test_without_the_offices_word_it_is_a_persons_and_nothing_is_sent(desk: Desk, door: Any) -> None:
    portal = door()
    reason = await desk.session(portal, may_change=False)
    assert reason is not None and reason.code is Code.ACC_EXPIRED
    assert await desk.presses() == [("password", "proved")]
    assert desk.passwords() == (PASSWORD, None)
    assert portal.pressed("new-password") == []


@pytest.mark.long
async def test_a_rule_that_the_pack_does_not_know_gets_one_stricter_password_and_no_third(
    desk: Desk, door: Any
) -> None:
    once = door(refuses=1)
    assert await desk.session(once) is None
    assert desk.passwords() == (once.password, None)
    (first,), (second,) = once.pressed("new-password"), once.pressed("new-password-refused")
    assert len(second["new"]) < len(first["new"])


@pytest.mark.long
async def test_two_refusals_are_a_case_and_the_password_in_use_still_stands(desk: Desk, door: Any) -> None:
    portal = door(refuses=5)
    reason = await desk.session(portal)
    assert reason is not None and "refused the two" in reason.what
    assert await desk.presses() == [("password", "proved"), ("change", "rejected"), ("change", "rejected")]
    assert desk.passwords() == (PASSWORD, None)
    assert portal.password == PASSWORD
    assert await desk.frozen()


@pytest.mark.parametrize("new_works", [True, pytest.param(False, marks=pytest.mark.long)])
async def test_an_answer_that_nobody_understands_leaves_both_and_a_person_says_which(
    desk: Desk, door: Any, new_works: bool
) -> None:
    portal = door(after_change="nobody-knows")
    reason = await desk.session(portal)
    assert reason is not None and "vault pending" in reason.what
    assert desk.passwords() == (PASSWORD, portal.password)
    assert (await desk.presses())[-1] == ("change", "unknown")
    before = len(portal.presses)
    with pytest.raises(PasswordUnsettled):
        await desk.call(presses.clear, PORTAL, ALIAS, desk.person, "I looked", datetime.now(UTC))
    # Neither password is pressed, case or no case.
    assert (await desk.session(portal)) is not None
    assert len(portal.presses) == before
    if not new_works:
        portal.password = PASSWORD
    await desk.says(new_works=new_works)
    assert not await desk.frozen()
    assert await desk.session(portal) is None
    assert desk.passwords() == (portal.password, None)
    assert portal.wrong == 0


STEPS = {
    "sealed": (PendingPasswords, "seal", "after"),
    "first secret typed": (PageEngine, "fill", "new"),
    "press committed": (HeldButton, "press_once", "before"),
    "pressed": (HeldButton, "press_once", "after"),
    "answer read": (PressGuard, "wait_for_proof", "after"),
    "proof committed": (PressGuard, "begin", "proof"),
    "proved": (Passwords, "proved", "before-new"),
    "promoted": (PendingPasswords, "promote", "after"),
}


IN_EVERY_RUN = ("press committed", "pressed")
KILLS = [step if step in IN_EVERY_RUN else pytest.param(step, marks=pytest.mark.long) for step in STEPS]


@pytest.mark.parametrize("step", KILLS)
async def test_killed_at_any_step_a_password_that_works_is_known(
    desk: Desk, door: Any, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = door()
    with monkeypatch.context() as patched:
        _dies(patched, step)
        await desk.killed(portal)
    assert portal.password in desk.passwords()
    reason = await desk.session(portal)
    assert portal.password in desk.passwords()
    if reason is None:
        assert desk.passwords() == (portal.password, None)
    else:
        # A browser that ends right after its press may not have sent it yet: then the new one is wrong, once.
        assert step in ("press committed", "proof committed") or (step, portal.wrong) == ("pressed", 1)
        assert await desk.frozen()
        await desk.says(new_works=portal.password != PASSWORD)
        assert await desk.session(portal) is None
        assert desk.passwords() == (portal.password, None)
    assert portal.wrong <= 1
    changed = [kind for kind, _ in await desk.presses()].count("change")
    assert changed == len(portal.pressed("new-password")) + (reason is not None and step != "proof committed")


@pytest.mark.long
async def test_a_process_that_stood_still_after_its_commit_does_not_press_any_more(
    desk: Desk, door: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    portal = door()
    monkeypatch.setattr(CommittedAt, "too_long_ago", property(lambda _: True))
    reason = await desk.session(portal)
    assert reason is not None and reason.code is Code.ACC_EXPIRED
    assert (await desk.presses())[-1] == ("change", "")
    assert portal.pressed("new-password") == []


@dataclass
class Expired:
    """An office before a practice portal whose password has expired, with the person who reads its mail."""

    office: Night
    person: Person

    async def session(self) -> Reason | None:
        """One session, once more where its terms are to be accepted first. The reason why not; None when in."""
        report = await self.office.run(change_password=True, leave=lambda: True)
        if await self.person.after_run():
            report = await self.office.run(change_password=True, leave=lambda: True)
        return report.stopped

    def passwords(self) -> tuple[str, str | None]:
        """The password in use, and the one that waits."""
        name, alias, vault = self.office.name, self.office.work.alias, self.office.work.vault
        waits = vault.pending.find(name, alias) is not None
        new = vault.pending.credential(name, alias, "test").password.reveal() if waits else None
        return vault.credential(name, alias, "test").password.reveal(), new

    async def frozen(self) -> bool:
        """Is there an open case by which this sign-in stands still?"""
        found = await self.office.call(cases.list_open, self.office.person.practice_id)
        return any(case.stops is Stops.CREDENTIAL for case in found)

    def changes(self) -> list[bool]:
        """Of each new password that the portal was sent: did it take it?"""
        return [event["accepted"] for event in self.office.portal.events(kind="password_changed")]


@pytest.fixture
async def expired(host: BrowserHost, tmp_path: Path) -> AsyncIterator[Callable[..., Awaitable[Expired]]]:
    """Opens an office before a practice portal of this name."""
    async with AsyncExitStack() as stack:

        async def opened(name: str, **more: Any) -> Expired:
            portal = stack.enter_context(PracticePortal(name, claims=4, appointments=1))
            portal.account(password_age_days=91)
            some = questions(portal)[:1]
            office = await stack.enter_async_context(night(tmp_path, portal, browser=host, asked=some, **more))
            person = Person(office)
            office.clock.meanwhile = person.meanwhile
            return Expired(office, person)

        yield opened


async def test_the_contractors_portal_gets_a_new_password_and_the_night_after_proves_it(expired: Any) -> None:
    there = await expired("practice-contractor")
    portal = there.office.portal
    assert await there.session() is None
    old, new = there.passwords()
    # Each sign-in takes a code that a person reads from the mail: nobody is asked for a second one in one night.
    assert (old, portal.has_password(new)) == (portal.password, True)
    assert await there.session() is None
    assert there.passwords() == (new, None)
    assert there.changes() == [True]
    assert there.office.presses() == ["accepted"] * 3  # the first one met the terms, and a person accepted them
    assert there.office.presses("code") == ["accepted"] * 2


@pytest.mark.long
async def test_the_medicaid_portal_gets_a_new_password_that_is_proved_at_once(expired: Any) -> None:
    there = await expired("practice-medicaid")
    assert await there.session() is None
    new, waiting = there.passwords()
    assert (there.office.portal.has_password(new), waiting) == (True, None)
    assert there.changes() == [True]
    assert there.office.presses() == ["accepted"] * 2


@pytest.mark.long
async def test_a_portal_that_takes_it_and_answers_with_a_500_leaves_both_and_nothing_is_pressed(expired: Any) -> None:
    there = await expired("practice-medicaid")
    after = {"kind": "error", "status": 500, "path": "/ActingFor.aspx", "method": "GET", "every": 1, "times": 1}
    there.office.portal.faults(line=[after])
    await _leaves_both(there)


LOST = {"kind": "lost-answer", "path": "/PasswordChange.aspx", "method": "POST", "every": 1}


@pytest.mark.long
async def test_a_form_that_the_browser_sends_again_after_a_broken_line_changes_the_password_once(expired: Any) -> None:
    there = await expired("practice-medicaid")
    there.office.portal.faults(line=[LOST | {"times": 1}])
    # The portal does not know the page that comes a second time, and wants a sign-in: that proves the new password.
    assert await there.session() is None
    new, waiting = there.passwords()
    assert (there.office.portal.has_password(new), waiting) == (True, None)
    assert there.changes() == [True]


@pytest.mark.long
async def test_a_line_that_stays_broken_after_the_portal_took_it_leaves_both_for_a_person(expired: Any) -> None:
    there = await expired("practice-medicaid")
    there.office.portal.faults(line=[LOST])
    await _leaves_both(there)


async def _leaves_both(there: Any) -> None:
    """The portal took the new password, nobody knows it, and a person has both."""
    reason = await there.session()
    assert reason is not None and "vault pending" in reason.what
    old, new = there.passwords()
    assert (old, there.office.portal.has_password(new)) == (there.office.portal.password, True)
    assert await there.frozen()
    assert there.changes() == [True]
    assert there.office.presses() == ["accepted"]


def _dies(patched: pytest.MonkeyPatch, step: str) -> None:
    """The process ends at this step, and does nothing more."""
    owner, name, when = STEPS[step]
    whole = getattr(owner, name)
    seen: list[Any] = []

    async def dying(*arguments: Any, **keywords: Any) -> Any:
        if when == "before" or (when == "before-new" and arguments[1] == 2):
            raise Killed
        given: Any = whole(*arguments, **keywords)
        given = await given if isinstance(given, Awaitable) else given
        seen.append(arguments)
        # The password, the password in use once more, and then the new one for the first time.
        typed_new = when == "new" and len(seen) == 4
        proof = when == "proof" and len(seen) == 3
        if when == "after" or typed_new or proof:
            raise Killed
        return given

    def dying_at_once(*arguments: Any, **keywords: Any) -> Any:
        whole(*arguments, **keywords)
        raise Killed

    patched.setattr(owner, name, dying if asyncio.iscoroutinefunction(whole) else dying_at_once)
