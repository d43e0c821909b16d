"""The board is what ledger, packs and vault say of the night; the watch shows it, and tells people once."""

import asyncio
import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any, cast
from zoneinfo import ZoneInfo

import pytest

from console.board import Board, Night
from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger import (
    calendar_entries,
    credentials,
    lanes,
    models,
    notifications,
    permissions,
    presses,
    runs,
    work,
    worker_processes,
)
from ledger.accounts import ensure_account, ensure_practice
from ledger.calendar_entries import firing_entry
from ledger.lanes import Lease
from ledger.permissions import Basis, Grant, Status
from ledger.presses import LockoutRule, PressKind
from ledger.thread import LedgerThread
from packs.models import Pack
from portalwright.doors import OfficeDoors, Packs, of_practice
from portalwright.logs import Log
from portalwright.office import Desk, NoAudit, Office
from portalwright.settings import (
    BackupSettings,
    KeyKind,
    KeySettings,
    MetricsSettings,
    NotifySettings,
    PracticeSettings,
    Settings,
)
from portalwright.watching import targets
from portalwright.watching.look import look
from portalwright.watching.shown import alarm_lines, as_json, jobs_table, portals_table, sessions_table
from portalwright.watching.targets import Target
from portalwright.watching.watch import Looked, Watching, look_and_note, look_once, watch
from tests.ledger.office import PORTAL, bring_in, ended, not_found, paid
from tests.portalwright.sinks import free_port
from vault.keys import KeyFile
from vault.sealed import SealedFolder
from vault.secret import Secret
from vault.storage import FileStorage
from vault.vault import Vault

NOW = datetime(2026, 3, 3, 3, 0, tzinfo=UTC)
"""In the evening of 2 March, in Chicago."""

MINUTE = timedelta(minutes=1)
RULE = LockoutRule(attempts=3, window=timedelta(hours=24))
CALENDAR = 'time_zone = "America/Chicago"\n'


class OnePack(Packs):
    """The pack of the one portal, read once for all tests."""

    def pack(self, desk: Desk, portal: str) -> Pack | str:
        _, packs = self._read
        if portal not in packs:
            packs[portal] = desk.office.pack(portal)
        return packs[portal]


PACKS = OnePack()


@pytest.fixture
def desk(db: None, tmp_path: Path) -> Iterator[Desk]:
    yield from opened(tmp_path)


def opened(folder: Path, **settings: Any) -> Iterator[Desk]:
    """An office of one practice with a sign-in and a permission at one portal."""
    practice = ensure_practice("Lakeside Family Practice", "123456789", ("1234567893",))
    chosen = Settings(
        practice=PracticeSettings(name=practice.name, tin=practice.tin, npis=("1234567893",)),
        key=KeySettings(provider=KeyKind.KEY_FILE, file=Path("key")),
        **settings,
    )
    office = Office(folder, chosen)
    office.make_data_folders()
    (folder / "schedules").mkdir()
    (folder / "schedules" / "calendar.toml").write_text(CALENDAR)
    vault = Vault.create(FileStorage(office.vault_file), KeyFile.create(folder / "key"), _Quiet())
    vault.add_credential(PORTAL, "main", Secret("zephyrine"), Secret("o'canary"), owner="dana")
    person = ensure_account("dana", is_robot=False, practice=practice, now=NOW)
    credentials.claim(PORTAL, "main", person)
    permissions.grant(permit(), person, NOW)
    with Log(office.logs_folder) as log:
        log.learn([PORTAL])
        sealed = SealedFolder(office.evidence_folder, vault.sealer())
        made = Desk(office, vault, practice, person, person, sealed, log)
        yield replace(of_practice(made, practice, NOW), actor=person)


class _Quiet(NoAudit):
    def record(self, *_use: object) -> None:
        """Nobody reads it here."""


def permit(**changes: Any) -> Grant:
    of_march = Grant(
        PORTAL, Flow.CLAIM_STATUS, Status.PERMITTED, Basis.WRITTEN_PERMISSION, "letter", "us", "robot", date(2026, 1, 1)
    )
    return replace(of_march, **changes)


def take(desk: Desk, now: datetime = NOW) -> Lease:
    lease = lanes.take(PORTAL, "main", 0, holder="office:1", actor=desk.robot, now=now)
    runs.start(lease, Flow.CLAIM_STATUS, now)
    return lease


def doors(desk: Desk) -> OfficeDoors:
    return OfficeDoors({desk.practice.id: desk}, PACKS)


def seen(desk: Desk, now: datetime, **more: Any) -> Board:
    return look(doors(desk), desk, now, **more)


def test_the_board_shows_the_night_as_it_is(desk: Desk) -> None:
    bring_in(range(8), desk.robot, NOW)
    worker_processes.register("office:1:abc", 4, NOW)
    lease, at = take(desk), NOW
    for outcome in (paid(), paid(), not_found(), ended(Ending.NEEDS_STAFF, Code.BUS_MULTI)):
        item = work.next_item(lease, at)
        assert item is not None
        at += timedelta(seconds=30)
        work.finish(lease, item, outcome, at)
    work.next_item(lease, at)
    runs.stepped(lease, "asking", 8, at)
    lanes.beat(lease, at)
    board = seen(desk, at)
    assert board.night == Night(NOW.replace(hour=1), NOW.replace(hour=13)), "19:00 to 07:00 in Chicago"
    (job,) = board.jobs
    assert (job.queued, job.running, job.done, job.excepted) == (3, 1, 3, 1)
    assert (job.success, job.tried, job.lately, job.p95) == (3, 4, 3, 30)
    assert job.a_minute == pytest.approx(2)
    assert job.finishes_at == at + 2 * MINUTE
    assert job.in_time(board.night, at) is True
    (session,) = board.sessions
    assert (session.state, session.doing, session.done, session.due) == ("working", "asking", 4, 8)
    assert not session.stuck
    assert (board.portals[0].sessions_in_use, board.portals[0].sessions_allowed) == (1, 1)
    assert [(one.name, one.gone) for one in board.workers] == [("office:1:abc", True)], "silent for two minutes"


def test_a_session_that_makes_no_step_is_stuck(desk: Desk) -> None:
    lease = take(desk)
    runs.stepped(lease, "asking", 1, NOW)
    lanes.beat(lease, NOW + 4 * MINUTE)
    (session,) = seen(desk, NOW + 4 * MINUTE).sessions
    assert session.stuck
    runs.stepped(lease, "waiting until 03:09:00 UTC", 1, NOW)
    (session,) = seen(desk, NOW + 4 * MINUTE).sessions
    assert not session.stuck


def test_presses_that_nobody_saw_the_end_of_are_counted_for_their_sign_in(desk: Desk) -> None:
    presses.begin(take(desk), 1, PressKind.PASSWORD, RULE, NOW)
    (sign_in,) = seen(desk, NOW + MINUTE).portals[0].sign_ins
    assert (sign_in.unproved, sign_in.allowed, sign_in.blocked) == (1, 1, "budget")
    assert sign_in.blocked_until == NOW + timedelta(hours=24)


def test_what_is_due_and_not_asked_says_why_and_until_when(desk: Desk) -> None:
    bring_in([1], desk.robot, NOW)
    (job,) = seen(desk, NOW).jobs
    assert (job.queued, job.why_not) == (1, "")
    noon = NOW.replace(hour=18)
    (job,) = seen(desk, noon).jobs
    assert "shift" in job.why_not
    assert job.opens_at == datetime(2026, 3, 4, 1, tzinfo=UTC)
    permissions.grant(permit(status=Status.PROHIBITED), desk.actor, NOW)
    (job,) = seen(desk, NOW).jobs
    assert (job.permission, "prohibited" in job.why_not) == ("not permitted", True)


def test_a_permission_that_ends_soon_shows_its_last_day(desk: Desk) -> None:
    permissions.grant(permit(valid_to=date(2026, 3, 12)), desk.actor, NOW)
    board = seen(desk, NOW)
    assert (board.jobs[0].permission_until, board.jobs[0].permission_notice) == (date(2026, 3, 12), 14)
    assert "a permission ends soon (in 9 days)" in alarm_lines(board)[0]


def test_a_permission_that_is_to_be_looked_at_again_says_so(desk: Desk) -> None:
    permissions.grant(permit(review_on=date(2026, 3, 1)), desk.actor, NOW)
    board = seen(desk, NOW)
    assert board.jobs[0].review_on == date(2026, 3, 1)
    assert alarm_lines(board) == ("practice-national, claim-status: a permission is to be looked at again",)


def test_a_password_that_lasts_so_many_days_shows_how_many_are_left(db: None, tmp_path: Path) -> None:
    for desk in opened(tmp_path, portals={PORTAL: {"password-days": 90}}):
        sealed_on = desk.vault.list()[0].created_at
        (sign_in,) = seen(desk, sealed_on + timedelta(days=80)).portals[0].sign_ins
        assert sign_in.password_days == 10


def test_portals_that_the_practice_does_not_use_are_left_out(desk: Desk) -> None:
    assert [one.portal for one in seen(desk, NOW).portals] == [PORTAL]
    assert seen(desk, NOW, portals=("practice-medicaid",)).portals == ()


def test_the_nights_before_are_looked_up_once_a_night(desk: Desk) -> None:
    first = seen(desk, NOW)
    assert seen(desk, NOW + MINUTE, before=first.history).history is first.history
    assert seen(desk, NOW + timedelta(days=1), before=first.history).history is not first.history


def test_what_is_shown_names_no_user_and_is_whole_in_json(desk: Desk) -> None:
    bring_in([1], desk.robot, NOW)
    take(desk)
    board = seen(desk, NOW)
    zone = ZoneInfo("America/Chicago")
    tables = (jobs_table(board, zone), sessions_table(board), portals_table(board, zone))
    assert all(len(row) == len(table.columns) for table in tables for row in table.rows)
    shown = json.dumps(as_json(board))
    assert json.loads(shown)["jobs"][0]["queued"] == 1
    for secret in ("zephyrine", "canary", "Quillfeather", "ACCT-", "MBR"):
        assert secret not in shown + repr(tables)


def stopped(desk: Desk) -> None:
    """The portal has locked the sign-in."""
    runs.report(take(desk), ended(Ending.CREDENTIAL, Code.ACC_LOCKED), NOW)


def test_without_anybody_to_tell_nothing_is_noted(desk: Desk) -> None:
    stopped(desk)
    assert look_and_note(doors(desk), desk, NOW).taken == ()
    assert not models.Notification.objects.exists()


def test_an_alarm_is_taken_once(desk: Desk) -> None:
    stopped(desk)
    targets.add(desk.vault, "manager", Secret("json://127.0.0.1/"))
    looked = look_and_note(doors(desk), desk, NOW)
    assert [one.found.kind for one in looked.taken] == ["lock-out"]
    assert look_and_note(doors(desk), desk, NOW + MINUTE).taken == ()


def test_kinds_that_the_office_leaves_out_are_not_told(db: None, tmp_path: Path) -> None:
    for desk in opened(tmp_path, notify=NotifySettings.model_validate({"leave-out": ["lock-out"]})):
        stopped(desk)
        targets.add(desk.vault, "manager", Secret("json://127.0.0.1/"))
        assert look_and_note(doors(desk), desk, NOW).taken == ()


def test_what_is_not_urgent_waits_for_the_end_of_the_quiet_hours(db: None, tmp_path: Path) -> None:
    quiet = NotifySettings.model_validate({"quiet-from": "20:00", "quiet-to": "06:30"})
    for desk in opened(tmp_path, notify=quiet):
        stopped(desk)
        bring_in([1], desk.robot, NOW)
        permissions.grant(permit(valid_to=date(2026, 3, 5)), desk.actor, NOW)
        targets.add(desk.vault, "manager", Secret("json://127.0.0.1/"))
        (urgent,) = look_and_note(doors(desk), desk, NOW).taken
        assert urgent.found.kind == "lock-out"
        notifications.settle(urgent, ["manager"], desk.robot, NOW, wholly=True)
        morning = datetime(2026, 3, 3, 12, 30, tzinfo=UTC)
        assert look_and_note(doors(desk), desk, morning - MINUTE).taken == ()
        assert [one.found.kind for one in look_and_note(doors(desk), desk, morning).taken] == ["permission-ends"]


def test_a_nightly_backup_that_is_late_by_a_day_is_seen_where_the_office_wants_one(db: None, tmp_path: Path) -> None:
    for desk in opened(tmp_path, backup=BackupSettings(folder=Path("backups"))):
        assert seen(desk, NOW).no_backup_since is None, "the calendar has not begun yet"
        calendar_entries.begin(firing_entry("nightly-backup"), NOW)
        assert seen(desk, NOW + timedelta(hours=30)).no_backup_since is None
        assert seen(desk, NOW + timedelta(days=2, hours=1)).no_backup_since == NOW
        without = replace(
            desk,
            office=Office(desk.office.folder, desk.office.settings.model_copy(update={"backup": BackupSettings()})),
        )
        assert seen(without, NOW + timedelta(days=9)).no_backup_since is None


def test_of_several_practices_one_tells_of_the_workers(desk: Desk) -> None:
    worker_processes.register("office:1:abc", 4, NOW - timedelta(hours=1))
    targets.add(desk.vault, "manager", Secret("json://127.0.0.1/"))
    second = ensure_practice("Hillside Pediatrics", "987654321", ("1999999984",))
    other = of_practice(desk, second, NOW)
    both = OfficeDoors({desk.practice.id: desk, second.id: other}, PACKS)
    assert look_and_note(both, other, NOW, first=False).taken == ()
    assert [one.found.kind for one in look_and_note(both, desk, NOW).taken] == ["worker-gone"]


class MovedClock:
    """Counts the waits instead of waiting."""

    def __init__(self) -> None:
        self.at = NOW
        self.waits = 0
        self.waited = asyncio.Event()

    def now(self) -> datetime:
        return self.at

    async def sleep(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)
        self.waits += 1
        self.waited.set()
        await asyncio.sleep(0.01)


@pytest.fixture
def committed(transactional_db: None, tmp_path: Path) -> Iterator[Desk]:
    """The same desk, whose rows another thread can see."""
    yield from opened(tmp_path, metrics=MetricsSettings(port=free_port()))


async def test_the_watch_tells_tries_again_and_never_stops(committed: Desk) -> None:
    sent: list[str] = []

    def send(to: Target, subject: str, _body: str) -> bool:
        sent.append(f"{to.name}: {subject}")
        return len(sent) > 1

    async with LedgerThread() as ledger:
        await ledger.call(stopped, committed)
        await ledger.call(targets.add, committed.vault, "manager", Secret("json://127.0.0.1/"))
        clock = MovedClock()
        given = Watching(doors(committed), committed.log, ledger, clock, timedelta, send)
        newest: dict[int, Looked] = {}
        assert await look_once(given, newest) == 0
        clock.at += MINUTE
        assert await look_once(given, newest) == 1
        clock.at += timedelta(hours=2)
        assert await look_once(given, newest) == 0
        assert sent == ["manager: practice-national, claim-status: the portal rejected a sign-in, or locked it"] * 2
        assert await ledger.call(notifications.untold, committed.practice.id) == 0


async def test_a_fault_in_one_practice_keeps_nothing_from_the_others(committed: Desk) -> None:
    sent: list[str] = []

    def send(_to: Target, subject: str, _body: str) -> bool:
        sent.append(subject)
        return True

    class NoVault:
        def __getattr__(self, _name: str) -> object:
            raise RuntimeError("a fault")

    async with LedgerThread() as ledger:
        await ledger.call(stopped, committed)
        await ledger.call(targets.add, committed.vault, "manager", Secret("json://127.0.0.1/"))
        broken = replace(committed, practice=replace(committed.practice, id=0), vault=cast("Any", NoVault()))
        both = OfficeDoors({0: broken, committed.practice.id: committed}, PACKS)
        given = Watching(both, committed.log, ledger, MovedClock(), lambda: timedelta(minutes=20), send)
        with pytest.raises(RuntimeError, match="a fault"):
            await look_once(given, {})
    assert sent == [
        "practice-national, claim-status: the portal rejected a sign-in, or locked it",
        "the worker begins nothing any more",
    ]


async def test_whatever_goes_wrong_is_logged_and_looked_at_again(committed: Desk) -> None:
    clock = MovedClock()
    async with LedgerThread() as ledger:
        broken = OfficeDoors({committed.practice.id: committed}, PACKS)
        (committed.office.folder / "schedules" / "calendar.toml").write_text("nonsense")
        watching = asyncio.create_task(watch(Watching(broken, committed.log, ledger, clock, timedelta)))
        while clock.waits < 3:
            await asyncio.wait_for(clock.waited.wait(), 20)
            clock.waited.clear()
        assert not watching.done()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    logged = [json.loads(line) for path in committed.office.logs_folder.iterdir() for line in path.open()]
    assert [one["event"] for one in logged].count("watch-failed") == 1, "the same fault is told once"


async def test_a_mail_server_that_hangs_holds_nobody_up(committed: Desk) -> None:
    hangs = asyncio.Event()
    loop = asyncio.get_running_loop()
    released = threading.Event()

    def send(_to: Target, _subject: str, _body: str) -> bool:
        loop.call_soon_threadsafe(hangs.set)
        released.wait(30)
        return True

    async with LedgerThread() as ledger:
        await ledger.call(stopped, committed)
        await ledger.call(targets.add, committed.vault, "manager", Secret("json://127.0.0.1/"))
        watching = asyncio.create_task(
            watch(Watching(doors(committed), committed.log, ledger, MovedClock(), timedelta, send))
        )
        await asyncio.wait_for(hangs.wait(), 20)
        watching.cancel()
        await asyncio.wait_for(asyncio.gather(watching, return_exceptions=True), 5)
    released.set()
