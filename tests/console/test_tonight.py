"""Tonight shows all that the board holds, and its controls do what they say, once, in the name of who pressed them."""

from datetime import timedelta

import pytest
from django.test import Client

from console.tonight.words import TO_DO, ending_word
from flows.outcomes import Code, Ending
from flows.questions import Flow
from ledger import (
    breakers,
    calendar_entries,
    closures,
    codes,
    lanes,
    models,
    permissions,
    presses,
    runs,
    work,
    worker_processes,
)
from ledger.calendar_entries import EVERYTHING, flow_entry, portal_entry
from ledger.lanes import SIGNING_OUT, Lease
from ledger.presses import LockoutRule, PressKind
from ledger.roles import Role
from ledger.states import ItemState
from portalwright.office import Desk
from portalwright.watching.kinds import AlarmKind
from tests.console.conftest import SignedIn
from tests.console.night_desk import SetClock, application, clock, page
from tests.ledger.office import PORTAL, bring_in, ended, not_found, paid
from tests.portalwright.test_watching_look import NOW, permit, take

__all__ = ["application", "clock"]

MINUTE = timedelta(minutes=1)
JOB = f"{PORTAL}/claim-status"


@pytest.fixture
def operator(signed_in: SignedIn) -> Client:
    return signed_in(Role.OPERATOR)


def worked(desk: Desk) -> Lease:
    """Some questions were asked, and one is."""
    bring_in(range(8), desk.robot, NOW)
    lease, at = take(desk), NOW
    for outcome in (paid(), paid(), not_found(), ended(Ending.NEEDS_STAFF, Code.BUS_MULTI)):
        item = work.next_item(lease, at)
        assert item is not None
        at += timedelta(seconds=5)
        work.finish(lease, item, outcome, at)
    work.next_item(lease, at)
    runs.stepped(lease, "asking", 8, at)
    return lease


def test_everything_of_the_night_is_on_the_page(desk: Desk, clock: SetClock, operator: Client) -> None:
    worked(desk)
    worker_processes.register("office:1:abc", 4, NOW)
    clock.at = NOW + timedelta(seconds=30)
    shown = page(operator)
    assert '<th scope="row">claim status' in shown
    for words in (
        "1 of 1 sessions in use",
        "asking",
        "4 of 8",
        "3 of 4",
        "office:1:abc",
        "ready",
        "answered",
        "not found",
    ):
        assert words in shown, words
    breakers.failed(PORTAL, NOW)
    closures.close(PORTAL, NOW + 90 * MINUTE, Code.TECH_MAINT, NOW)
    models.Lane.objects.update(until=NOW + 90 * MINUTE)
    permissions.grant(permit(valid_to=(NOW + timedelta(days=3)).date()), desk.actor, NOW)
    clock.at = NOW + 4 * MINUTE
    shown = page(operator)
    for words in (
        "was down; tried again at",
        "closed until",
        "TECH-MAINT",
        "ends soon",
        "stuck",
        "gone without ending",
    ):
        assert words in shown, words
    assert "a session makes no step" in shown, "an alarm in words"


def test_no_patient_stands_on_any_page_of_the_night(desk: Desk, clock: SetClock, operator: Client) -> None:
    worked(desk)
    shown = page(operator) + page(operator, f"/night/questions/{JOB}/")
    for secret in ("zephyrine", "canary", "Quillfeather", "ACCT-", "MBR"):
        assert secret not in shown


def test_every_alarm_and_every_ending_has_its_words() -> None:
    assert set(TO_DO) == {kind.value for kind in AlarmKind}
    assert all(ending_word(ending) for ending in Ending)


def test_what_is_said_of_several_jobs_of_a_portal_is_said_once(desk: Desk, operator: Client) -> None:
    for flow in (Flow.CLAIM_STATUS, Flow.ELIGIBILITY):
        permissions.grant(permit(flow=flow, valid_to=(NOW + timedelta(days=3)).date()), desk.actor, NOW)
    shown = page(operator)
    assert f"{PORTAL}, claim status, eligibility: a permission ends soon (in 3 days)." in shown
    assert shown.count("a permission ends soon (") == 1


def test_a_job_with_nothing_to_say_is_only_named(desk: Desk, operator: Client) -> None:
    shown = page(operator)
    assert "Nothing to do: " in shown
    bring_in([1], desk.robot, NOW)
    assert "Nothing to do: " not in page(operator)


def test_who_may_not_run_the_night_sees_it_without_controls(desk: Desk, clock: SetClock, signed_in: SignedIn) -> None:
    worked(desk)
    shown = page(signed_in(Role.BILLER))
    assert "claim status" in shown
    assert "Pause" not in shown
    assert "Freeze" not in shown
    assert "End now" not in shown


CONTROLS = [
    ("/night/pause/", "/night/resume/", EVERYTHING),
    (f"/night/pause/{PORTAL}/", f"/night/resume/{PORTAL}/", portal_entry(PORTAL)),
    (f"/night/freeze/{JOB}/", f"/night/unfreeze/{JOB}/", flow_entry(PORTAL, Flow.CLAIM_STATUS)),
]


@pytest.mark.parametrize(("halt", "go_on", "entry"), CONTROLS, ids=["everything", "a portal", "a job"])
def test_what_is_paused_says_so_first_waits_and_goes_on(operator: Client, halt: str, go_on: str, entry: str) -> None:
    assert "<form" in page(operator, halt), "it is asked first"
    assert not calendar_entries.entries()
    answer = operator.post(halt)
    assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (302, "/")
    assert calendar_entries.entries()[entry].paused_by == "operator"
    assert 'role="status"' in page(operator, answer.headers["Location"])
    assert go_on in page(operator) + page(operator, f"/portals/{PORTAL}/")
    assert operator.post(go_on).status_code == 302
    assert calendar_entries.entries()[entry].paused_at is None
    assert operator.post(go_on).status_code == 404, "what goes on is not resumed again"
    acts = models.AuditEntry.objects.filter(object_type="calendar").order_by("sequence")
    assert [(one.action, one.actor, one.object_id) for one in acts] == [
        ("schedule.pause", "operator", entry),
        ("schedule.resume", "operator", entry),
    ]


def test_a_session_is_ended_at_once_and_its_question_is_asked_again(
    desk: Desk, clock: SetClock, operator: Client
) -> None:
    lease = worked(desk)
    assert "asked again" in page(operator, f"/night/end-session/{lease.lane_id}/")
    answer = operator.post(f"/night/end-session/{lease.lane_id}/", {"pause": "on"})
    assert answer.headers["Location"] == "/?done=ended-and-paused"
    assert calendar_entries.entries()[portal_entry(PORTAL)].paused_by == "operator"
    assert not models.WorkItem.objects.filter(state=ItemState.RUNNING).exists()
    assert "ending" in page(operator)
    assert operator.post(f"/night/end-session/{lease.lane_id}/").status_code == 404
    clock.at += SIGNING_OUT
    assert lanes.free(clock.at, [lease.lane_id]) == (lease.lane_id,)


def test_a_rate_is_only_ever_lowered(desk: Desk, operator: Client) -> None:
    posted = desk.office.pack(PORTAL).limits.lookups_a_minute
    assert operator.post(f"/night/rate/{JOB}/", {"look_ups": int(posted) + 1}).status_code == 422
    assert operator.post(f"/night/rate/{JOB}/", {"look_ups": "0"}).status_code == 422
    assert operator.post(f"/night/rate/{JOB}/", {"look_ups": "2"}).headers["Location"] == "/?done=rate"
    record = permissions.in_force(desk.practice.id)[0]
    assert (record.grant, record.recorded_by) == (permit(lookups_per_minute=2), "operator")
    raised = operator.post(f"/night/rate/{JOB}/", {"look_ups": "2"})
    assert raised.status_code == 422
    assert b"fewer than 2" in raised.content
    assert operator.get(f"/night/rate/{PORTAL}/eligibility/").status_code == 404, "no permission, no rate"


def test_a_question_is_left_out_or_put_first_by_its_number(desk: Desk, operator: Client) -> None:
    bring_in(range(3), desk.robot, NOW)
    first, second, third = models.WorkItem.objects.order_by("id").values_list("id", flat=True)
    assert "Leave out" in page(operator, f"/night/questions/{JOB}/")
    assert operator.post(f"/night/question/{first}/leave-out/").status_code == 302
    assert operator.post(f"/night/question/{third}/first/").status_code == 302
    lease = take(desk)
    asked = [item.id for item in iter(lambda: work.next_item(lease, NOW), None)]
    assert asked == [third, second]
    assert operator.get(f"/night/question/{third}/first/").status_code == 409, "a session has it"


def test_all_sign_ins_are_stopped_and_what_still_runs_is_told(desk: Desk, clock: SetClock, operator: Client) -> None:
    lease = take(desk)
    runs.stepped(lease, "signing in", 0, NOW)
    assert "Stop all sign-ins" in page(operator, "/night/stop/")
    answer = operator.post("/night/stop/")
    assert "No worker begins a session anywhere" in page(operator, answer.headers["Location"])
    with pytest.raises(Exception, match="no longer holds its lane"):
        presses.begin(lease, 1, PressKind.PASSWORD, LockoutRule(attempts=5, window=timedelta(hours=1)), NOW)
    clock.at += SIGNING_OUT
    lease = take(desk, clock.at)
    runs.stepped(lease, "asking", 3, clock.at)
    answer = operator.post("/night/stop/")
    lanes.beat(lease, clock.at)
    assert f"/night/end-session/{lease.lane_id}/" in page(operator, answer.headers["Location"])


def test_a_code_goes_sealed_to_the_run_that_waits_for_it_once(
    desk: Desk, clock: SetClock, operator: Client, signed_in: SignedIn
) -> None:
    lease, sealer = take(desk), desk.vault.sealer()
    key = sealer.new_item_key()
    request = codes.want(lease, "enter code", key, NOW, NOW + 2 * MINUTE)
    assert f"/night/code/{request}/" in page(operator)
    shown = page(operator, f"/night/code/{request}/")
    assert 'autocomplete="one-time-code"' in shown
    assert ">120<" in shown, "the seconds that are left"
    assert operator.post(f"/night/code/{request}/", {"code": ""}).status_code == 422
    answer = operator.post(f"/night/code/{request}/", {"code": " 135791 "})
    assert answer.headers["Location"] == "/?done=code"
    assert operator.post(f"/night/code/{request}/", {"code": "246802"}).status_code == 404
    taken = codes.take(lease, request, NOW)
    assert taken is not None
    assert sealer.open(key, taken, codes.label(NOW)) == b"135791"
    assert f"/night/code/{request}/" not in page(signed_in(Role.BILLER))
    kept = repr(list(models.AuditEntry.objects.values_list()))
    logs = "".join(path.read_text() for path in desk.office.logs_folder.iterdir())
    assert "135791" not in kept + logs


def test_a_page_that_is_asked_for_twice_looks_once(desk: Desk, clock: SetClock, operator: Client) -> None:
    night = operator.get("/").wsgi_request.application.night  # type: ignore[attr-defined]  # given by the middleware
    first = night.board(desk.practice, desk.actor, clock.at)
    assert night.board(desk.practice, desk.actor, clock.at + timedelta(seconds=2)) is first
    calendar_entries.pause(EVERYTHING, desk.actor, NOW)
    second = night.board(desk.practice, desk.actor, clock.at + timedelta(seconds=2))
    assert second is not first, "somebody has done something"
    later = clock.at + timedelta(seconds=2, milliseconds=500)
    calendar_entries.resume(EVERYTHING, desk.actor, NOW)
    assert night.board(desk.practice, desk.actor, later, new_enough=timedelta(seconds=1)) is second
    assert night.board(desk.practice, desk.actor, later + timedelta(seconds=9)) is not second
