"""The door, page by page: each state ends as the pack says, nothing is pressed twice, and the ledger knows it."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.apps import apps

from bots.browser import BrowserHost
from bots.door.at_hand import AtHand
from bots.door.code_on_its_way import sealed
from bots.engine import PageEngine
from bots.portal_page import PortalPage
from bots.press_guard import PressGuard
from bots.sign_in import sign_in
from flows.outcomes import Code, Ending, Reason, Stop
from flows.questions import Flow
from ledger import accounts, cases, codes, devices, lanes, models, runs, terms
from ledger.accounts import Actor
from ledger.lanes import Lease
from ledger.presses import PressResult
from ledger.states import Resolution
from ledger.thread import LedgerThread
from packs.models import Pack
from tests.bots import small_door
from tests.bots.night import NoAudit
from tests.bots.small_door import QUESTION, TERMS, SmallDoor, served
from tests.canary.search import Search
from tests.whole.cage import lying_in
from vault.keys import KeyFile
from vault.sealed import SealedFolder
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]

USER, PASSWORD, ANSWER, SEED = "dana.desk", "Right-password-1", "Rover the Great", "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
PORTAL, ALIAS = "small-door", "main"
PROVED, REJECTED, UNKNOWN, UNPROVED = "proved", "rejected", "unknown", ""


@dataclass
class WaitingClock:
    """Waiting takes no time; `meanwhile` is what a person does in it."""

    ahead: timedelta = timedelta()
    meanwhile: Callable[[], Any] | None = None

    def now(self) -> datetime:
        return datetime.now(UTC) + self.ahead

    async def sleep(self, seconds: float) -> None:
        self.ahead += timedelta(seconds=seconds)
        await asyncio.sleep(0)
        if self.meanwhile is not None:
            await self.meanwhile()


@dataclass
class Desk:
    """An office before one door: signs in, and says what the ledger holds afterwards."""

    host: BrowserHost
    vault: Vault
    ledger: LedgerThread
    lease: Lease
    person: Actor
    evidence: SealedFolder
    clock: WaitingClock = field(default_factory=WaitingClock)
    told: list[str] = field(default_factory=list)

    async def sign_in(self, door: SmallDoor, **changes: Any) -> Reason | None:
        """The reason why not; None when we are in. A fresh browser context each time."""
        pack: Pack = small_door.pack(door.address, in_place=door.in_place, **changes)
        context = await self.host.new_context()
        try:
            page = PortalPage(await PageEngine.attach(await context.new_page()), pack)
            at_hand = AtHand(
                credential=lambda: self.vault.credential(PORTAL, ALIAS, "sign-in"),
                version=self.vault.list()[0].version,
                ledger=self.ledger,
                lease=self.lease,
                evidence=self.evidence,
                clock=self.clock,
                told=self.told.append,
            )
            guard = PressGuard(self.ledger, self.lease, at_hand.version, pack.lockout, self.clock)
            await sign_in(page, guard, at_hand)
        except Stop as stopped:
            self.ending = stopped.outcome.ending
            await self.call(runs.report, self.lease, stopped.outcome, self.clock.now())
            return stopped.outcome.reason
        finally:
            await context.close()
        return None

    async def must_sign_in(self, door: SmallDoor) -> None:
        reason = await self.sign_in(door)
        assert reason is None, reason

    async def call(self, function: Callable[..., Any], *arguments: Any, **keywords: Any) -> Any:
        return await self.ledger.call(function, *arguments, **keywords)

    async def presses(self) -> dict[str, list[str]]:
        """The results of the counted presses as the ledger holds them, by kind."""
        rows = await self.call(lambda: list(models.Press.objects.order_by("id").values_list("kind", "result")))
        return {kind: [result for one, result in rows if one == kind] for kind, _ in rows}

    async def open_cases(self) -> list[tuple[Code, str]]:
        return [(case.code, case.stops) for case in await self.call(cases.list_open, self.person.practice_id)]


@pytest.fixture
async def desk(host: BrowserHost, tmp_path: Path) -> AsyncIterator[Desk]:
    vault = Vault.create(FileStorage(tmp_path / "vault.json"), KeyFile.create(tmp_path / "office.key"), NoAudit())
    vault.add_credential(PORTAL, ALIAS, Secret(USER), Secret(PASSWORD), owner="dana", totp_seed=Secret(SEED))
    vault.keep_answer(PORTAL, ALIAS, QUESTION.lower(), Secret(ANSWER))
    now = datetime.now(UTC)
    async with LedgerThread() as ledger:
        practice = await ledger.call(accounts.ensure_practice, "Lakeside", "123456789", ("1234567893",))
        person = await ledger.call(accounts.ensure_account, "dana", is_robot=False, practice=practice, now=now)
        robot = await ledger.call(accounts.ensure_account, "robot", is_robot=True, practice=practice, now=now)
        lease = await ledger.call(
            lanes.take, PORTAL, ALIAS, 0, holder="h:1", actor=robot, now=now, ttl=timedelta(hours=9)
        )
        await ledger.call(runs.start, lease, Flow.CLAIM_STATUS, now)
        yield Desk(host, vault, ledger, lease, person, SealedFolder(tmp_path / "evidence", vault.sealer()))


@pytest.fixture
def door() -> Any:
    """Opens a door with these pages."""
    with ExitStack() as stack:

        def opened(*steps: str, **more: Any) -> SmallDoor:
            return stack.enter_context(served(SmallDoor(list(steps), **more)))

        yield opened


SIGN_IN = ("sign-in",)
WITH_CODE = ("sign-in", "code")


@dataclass(frozen=True)
class End:
    """A page that ends a sign-in: after which pages it came, its code, and how the ledger holds the presses."""

    page: str
    before: tuple[str, ...]
    code: Code
    passwords: list[str]
    codes: list[str]

    def __str__(self) -> str:
        return "-".join((*self.before, self.page))


ENDINGS = [
    End("rejected", SIGN_IN, Code.ACC_BADPW, [REJECTED], []),
    End("locked", SIGN_IN, Code.ACC_LOCKED, [REJECTED], []),
    End("disabled", SIGN_IN, Code.ACC_LOCKED, [REJECTED], []),
    End("code-rejected", WITH_CODE, Code.ACC_MFA, [PROVED], [REJECTED]),
    End("passkey-only", SIGN_IN, Code.ACC_MFA, [PROVED], []),
    End("expired", SIGN_IN, Code.ACC_EXPIRED, [PROVED], []),
    End("expired", WITH_CODE, Code.ACC_EXPIRED, [PROVED], [PROVED]),
    End("recertify", WITH_CODE, Code.ACC_ATTEST, [PROVED], [PROVED]),
    End("training", WITH_CODE, Code.ACC_ATTEST, [PROVED], [PROVED]),
    End("no-right", WITH_CODE, Code.ACC_ENTITLE, [PROVED], [PROVED]),
    End("in-use", WITH_CODE, Code.ACC_INUSE, [PROVED], [PROVED]),
    End("bot-notice", WITH_CODE, Code.ACC_BLOCKED, [PROVED], [PROVED]),
    End("captcha", (), Code.ACC_CAPTCHA, [], []),
    End("captcha", SIGN_IN, Code.ACC_CAPTCHA, [UNKNOWN], []),
    End("bot-notice", (), Code.ACC_BLOCKED, [], []),
    End("nobody-knows", SIGN_IN, Code.ACC_UNKNOWN, [UNKNOWN], []),
    End("nobody-knows", WITH_CODE, Code.ACC_UNKNOWN, [PROVED], [UNKNOWN]),
    End("nobody-knows", (), Code.TECH_LAYOUT, [], []),
]


@pytest.mark.parametrize("in_place", [False, True], ids=["new-page", "in-place"])
@pytest.mark.parametrize("end", ENDINGS, ids=str)
async def test_a_page_that_ends_the_sign_in(desk: Desk, door: Any, end: End, in_place: bool) -> None:
    portal = door(*end.before, end.page, in_place=in_place)
    reason = await desk.sign_in(portal)
    assert reason is not None
    assert reason.code is end.code
    held = await desk.presses()
    assert (held.get("password", []), held.get("code", [])) == (end.passwords, end.codes)
    assert len(portal.presses) == len(end.before)


WAYS_IN = [
    ("sign-in", "home"),
    ("user-name", "password", "home"),
    ("sign-in", "code", "home"),
    ("sign-in", "question", "home"),
    ("user-name", "password", "question", "code", "expiring", "home"),
]


@pytest.mark.parametrize("in_place", [False, True], ids=["new-page", "in-place"])
@pytest.mark.parametrize("steps", WAYS_IN, ids="-".join)
async def test_a_way_in_is_pressed_page_by_page_and_every_press_is_proved(
    desk: Desk, door: Any, steps: tuple[str, ...], in_place: bool
) -> None:
    portal = door(*steps, in_place=in_place)
    await desk.must_sign_in(portal)
    assert [page for page, _ in portal.presses] == list(steps[:-1])
    held = await desk.presses()
    assert {result for results in held.values() for result in results} == {PROVED}
    typed = {name: value for _, sent in portal.presses for name, value in sent.items()}
    assert (typed["user"], typed["password"]) == (USER, PASSWORD)
    assert typed.get("computer", "private") == "private"
    assert typed.get("answer", ANSWER) == ANSWER


@pytest.mark.parametrize("page", ["user-name", "sign-in", "code", "question", "expiring"])
async def test_a_page_that_comes_back_without_a_word_is_not_answered_again(desk: Desk, door: Any, page: str) -> None:
    portal = door(*(("sign-in",) if page in ("code", "question", "expiring") else ()), page, page)
    reason = await desk.sign_in(portal)
    assert reason is not None
    assert reason.code in (Code.ACC_UNKNOWN, Code.TECH_LAYOUT)
    assert len(portal.pressed(page)) == 1


async def test_a_security_question_without_an_answer_in_the_vault_is_a_persons(desk: Desk, door: Any) -> None:
    portal = door("sign-in", "question", "home", question="In which town were you born?")
    reason = await desk.sign_in(portal)
    assert reason is not None
    assert reason.code is Code.ACC_MFA
    assert "portalwright vault answer" in reason.what
    assert [shown.text for shown in reason.seen] == ["In which town were you born?"]
    assert not portal.pressed("question")
    assert await desk.presses() == {"password": [PROVED]}


async def test_a_wrong_answer_is_pressed_once_and_has_the_codes_budget(desk: Desk, door: Any) -> None:
    portal = door("sign-in", "question", "answer-rejected")
    reason = await desk.sign_in(portal)
    assert reason is not None
    assert reason.code is Code.ACC_MFA
    assert await desk.presses() == {"password": [PROVED], "question": [REJECTED]}


# Terms


async def test_terms_that_nobody_accepted_are_never_pressed_and_the_text_is_kept_for_a_person(
    desk: Desk, door: Any
) -> None:
    portal = door("sign-in", "terms", "home")
    reason = await desk.sign_in(portal)
    assert reason is not None
    assert reason.code is Code.ACC_TERMS
    assert [shown.text for shown in reason.seen] == [TERMS]
    assert not portal.pressed("terms")
    waiting = await desk.call(terms.waiting, PORTAL, desk.person.practice_id)
    assert waiting.text == TERMS


async def test_accepted_terms_are_ticked_at_each_sign_in_and_changed_ones_are_a_persons_again(
    desk: Desk, door: Any
) -> None:
    portal = door("sign-in", "terms", "home")
    await desk.sign_in(portal)
    waiting = await desk.call(terms.waiting, PORTAL, desk.person.practice_id)
    assert await desk.call(terms.accept, PORTAL, waiting.sha256, "Dana Doe", desk.person, desk.clock.now()) == 1
    assert await desk.open_cases() == []
    portal.terms = TERMS.replace(" All", "\n\n   All")
    for _ in range(2):
        await desk.must_sign_in(portal)
    assert [sent["agreed"] for sent in portal.pressed("terms")] == ["on", "on"]
    portal.terms = TERMS.replace("All use", "Almost all use")
    changed = await desk.sign_in(portal)
    assert changed is not None
    assert changed.code is Code.ACC_TERMS
    assert len(portal.pressed("terms")) == 2
    assert set((await desk.presses())["password"]) == {PROVED}


async def test_a_notice_at_the_door_is_told_once_and_stops_nothing(desk: Desk, door: Any) -> None:
    portal = door("sign-in", "expiring", "home")
    for _ in range(3):
        await desk.must_sign_in(portal)
    assert await desk.open_cases() == [(Code.ACC_EXPIRED, "")]
    (case,) = await desk.call(cases.list_open, desk.person.practice_id)
    await desk.call(cases.close, case.id, desk.person, Resolution.DONE_BY_HAND, desk.clock.now())
    await desk.sign_in(portal)
    assert await desk.open_cases() == []
    desk.clock.ahead += timedelta(days=2)
    await desk.sign_in(portal)
    assert await desk.open_cases() == [(Code.ACC_EXPIRED, "")]


# Codes that a person reads


async def test_a_code_that_a_person_hands_over_is_used_once_and_kept_nowhere(desk: Desk, door: Any) -> None:
    portal = door("sign-in", "method", "read-code", "home")

    async def hand_over() -> None:
        wanted = await desk.call(codes.waiting, desk.person.practice_id, PORTAL, ALIAS, desk.clock.now())
        if wanted is not None and desk.clock.ahead > timedelta(minutes=4):
            assert wanted.view == "read-code"
            on_its_way = sealed(desk.vault.sealer(), wanted, Secret(" 271828 "))
            await desk.call(codes.give, wanted, on_its_way, desk.person, desk.clock.now())

    desk.clock.meanwhile = hand_over
    await desk.must_sign_in(portal)
    assert portal.pressed("read-code") == [{"code": "271828"}]
    assert await desk.presses() == {"password": [PROVED], "code": [PROVED]}
    (row,) = await desk.call(lambda: list(models.CodeRequest.objects.all()))
    assert (row.sealed, row.wrapped_key) == (None, None)
    assert any("portalwright code small-door" in told for told in desk.told)


async def test_a_code_that_does_not_come_costs_no_strike_and_is_asked_for_again_an_hour_later(
    desk: Desk, door: Any
) -> None:
    portal = door("sign-in", "read-code", "home")
    began = desk.clock.now()
    reason = await desk.sign_in(portal)
    assert reason is not None
    assert (desk.ending, reason.code) == (Ending.CREDENTIAL, Code.ACC_MFA)
    assert timedelta(minutes=10) <= desk.clock.now() - began < timedelta(minutes=11)
    assert reason.not_before is not None
    assert timedelta(minutes=59) < reason.not_before - began < timedelta(minutes=61)
    assert await desk.presses() == {"password": [PROVED]}
    assert await desk.open_cases() == [(Code.ACC_MFA, "")]
    assert await desk.call(codes.waiting, desk.person.practice_id, PORTAL, ALIAS, desk.clock.now()) is None
    assert not portal.pressed("read-code")


# Remembered devices


async def test_a_remembered_device_is_asked_for_no_code_until_its_days_are_over(desk: Desk, door: Any) -> None:
    portal = door("sign-in", "code", "home")
    await desk.sign_in(portal)
    portal.known_device = portal.given_devices[-1]
    await desk.sign_in(portal)
    assert len(portal.pressed("code")) == 1
    kept = await desk.call(lambda: list(models.RememberedDevice.objects.all()))
    assert len(kept) == 1
    assert portal.known_device.encode() not in bytes(kept[0].sealed)
    desk.clock.ahead += timedelta(days=31)
    await desk.sign_in(portal)
    assert len(portal.pressed("code")) == 2


async def test_a_device_is_forgotten_when_the_portal_asks_for_a_code_all_the_same(desk: Desk, door: Any) -> None:
    portal = door("sign-in", "code", "home")
    await desk.sign_in(portal)
    portal.steps = ["sign-in", "code", "code-rejected"]
    await desk.sign_in(portal)
    assert await desk.call(devices.known, desk.lease, 1, desk.clock.now()) is None


async def test_a_device_of_another_version_of_the_credential_is_forgotten(desk: Desk, door: Any) -> None:
    portal = door("sign-in", "code", "home")
    await desk.sign_in(portal)
    portal.known_device = portal.given_devices[-1]
    desk.vault.add_credential(PORTAL, ALIAS, Secret(USER), Secret(PASSWORD), owner="dana", totp_seed=Secret(SEED))
    await desk.sign_in(portal)
    assert len(portal.pressed("code")) == 2


async def test_what_the_door_learned_lies_nowhere_in_the_clear(desk: Desk, door: Any, tmp_path: Path) -> None:
    async def hand_over() -> None:
        wanted = await desk.call(codes.waiting, desk.person.practice_id, PORTAL, ALIAS, desk.clock.now())
        if wanted is not None:
            on_its_way = sealed(desk.vault.sealer(), wanted, Secret("314159"))
            await desk.call(codes.give, wanted, on_its_way, desk.person, desk.clock.now())
            seen.append(await desk.call(everything))

    seen: list[bytes] = []
    desk.clock.meanwhile = hand_over
    portal = door("sign-in", "question", "code", "expiring", "home")
    await desk.must_sign_in(portal)
    await desk.must_sign_in(door("sign-in", "read-code", "home"))
    device = portal.given_devices[-1]
    seen.append(await desk.call(everything))
    search = Search({device, ANSWER, PASSWORD, USER, SEED}, {"314159"})
    assert len(seen) == 2
    assert [hit for rows in seen for hit in search.hits(rows, "the ledger")] == []
    assert search.hits("\n".join(desk.told).encode(), "what was told") == []
    assert lying_in(tmp_path, search) == []
    assert search.hits(f"cookie {device}".encode(), "a leak that was planted")


def everything() -> bytes:
    """Every row of every table of the ledger, as it lies there; bytes as they are, sealed or not."""
    rows = [row for table in apps.get_models() for row in table._base_manager.values_list()]
    texts = [
        bytes(cell) if isinstance(cell, bytes | memoryview) else repr(cell).encode() for row in rows for cell in row
    ]
    return b"\n".join(texts)


# What else may be in the way


@pytest.mark.parametrize("in_place", [False, True], ids=["new-page", "in-place"])
async def test_a_pop_up_over_the_door_is_closed_on_every_page(desk: Desk, door: Any, in_place: bool) -> None:
    portal = door("sign-in", "code", "home", covered=True, in_place=in_place)
    await desk.must_sign_in(portal)
    assert await desk.presses() == {"password": [PROVED], "code": [PROVED]}


async def test_maintenance_at_the_door_says_until_when(desk: Desk, door: Any) -> None:
    portal = door("maintenance", until="11/23/2026 6:00 AM")
    reason = await desk.sign_in(portal)
    assert reason is not None
    assert (desk.ending, reason.code) == (Ending.TRANSIENT, Code.TECH_MAINT)
    assert reason.not_before == datetime(2026, 11, 23, 11, 0, tzinfo=UTC)
    assert portal.presses == []


async def test_a_page_that_says_nothing_of_the_password_leaves_its_press_unproved_and_no_second_is_made(
    desk: Desk, door: Any
) -> None:
    portal = door("sign-in", "maintenance", until="11/23/2026 6:00 AM")
    reason = await desk.sign_in(portal)
    assert reason is not None
    assert reason.code is Code.TECH_MAINT
    assert await desk.presses() == {"password": [UNPROVED]}
    # It may have been a strike: with three of them, a person looks before the next.
    again = await desk.sign_in(portal)
    assert again is not None
    assert again.code is Code.ACC_UNKNOWN
    assert len(portal.presses) == 1
    assert await desk.open_cases() == [(Code.ACC_UNKNOWN, "credential")]


def test_the_results_are_the_ledgers_own() -> None:
    assert {PROVED, REJECTED, UNKNOWN} == {result.value for result in PressResult}
