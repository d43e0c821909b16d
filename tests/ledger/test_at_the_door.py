"""What a portal's door leaves in the ledger: closing times, codes on their way, terms, known devices."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from flows.outcomes import Code, Ending, Outcome, Reason
from flows.questions import Flow
from ledger import cases, closures, codes, devices, lanes, models, presses, runs, terms, work
from ledger.accounts import Actor
from ledger.codes import CodeWanted
from ledger.devices import Device
from ledger.errors import CodeNotWanted, LeaseLost, NotAPerson, NotThere, PortalClosed, RecordWrong
from ledger.lanes import Lease
from ledger.presses import PressKind, PressResult
from ledger.states import Resolution, Stops
from tests.ledger.office import ALIAS, LATER, NOW, PORTAL, bring_in

MINUTE = timedelta(minutes=1)


def until(ending: Ending, code: Code, wait: timedelta | None) -> Outcome:
    return Outcome(ending=ending, reason=Reason(code=code, what="A sentence.", not_before=NOW + wait if wait else None))


# Closing times


def test_what_the_portal_says_of_its_return_rules_over_the_back_off_and_holds_for_every_machine(
    lease: Lease, robot: Actor, take: Callable[..., Lease]
) -> None:
    bring_in([1, 2], robot)
    item = work.next_item(lease, NOW)
    assert item is not None
    finished = work.finish(lease, item, until(Ending.TRANSIENT, Code.TECH_MAINT, 40 * MINUTE), NOW)
    assert finished.not_before == NOW + 40 * MINUTE
    other = take(slot=1)
    runs.start(other, Flow.CLAIM_STATUS, NOW)
    for one in (lease, other):
        with pytest.raises(PortalClosed) as closed:
            work.next_item(one, NOW + 39 * MINUTE)
        assert closed.value.until == NOW + 40 * MINUTE
    later = work.next_item(lease, NOW + 40 * MINUTE)
    assert later is not None
    assert later.tries == 0


def test_a_misread_return_closes_a_portal_for_a_day_at_most_and_a_shorter_one_opens_nothing(db: None) -> None:
    assert closures.close(PORTAL, NOW + timedelta(days=400), Code.TECH_MAINT, NOW) == NOW + closures.LONGEST
    closures.close(PORTAL, NOW + MINUTE, Code.TECH_429, NOW)
    found = closures.standing(PORTAL, NOW + LATER, alias=ALIAS)
    assert found is not None
    assert (found.until, found.code) == (NOW + closures.LONGEST, Code.TECH_MAINT)
    assert closures.standing(PORTAL, NOW + closures.LONGEST) is None
    assert closures.standing("another", NOW) is None


def test_a_sign_in_that_is_used_elsewhere_rests_longer_each_time_until_a_person_is_told(
    take: Callable[..., Lease], robot: Actor
) -> None:
    now, told = NOW, list[int | None]()
    for _ in range(5):
        lease = take(after=now - NOW)
        runs.start(lease, Flow.CLAIM_STATUS, now)
        told.append(runs.report(lease, until(Ending.TRANSIENT, Code.ACC_INUSE, None), now))
        runs.end(lease, "in use elsewhere", now)
        lanes.release(lease, now)
        found = closures.standing(PORTAL, now, alias=ALIAS)
        assert found is not None
        assert closures.standing(PORTAL, now, alias="another") is None
        now = found.until
    assert now - NOW == timedelta(minutes=2 + 10 + 45 + 45 + 45)
    assert told[:3] == [None, None, None]
    assert told[3] is not None
    assert told[4] == told[3]
    (case,) = cases.list_open(robot.practice_id)
    assert (case.code, case.alias, case.stops, case.times) == (Code.ACC_INUSE, ALIAS, Stops.NOTHING, 2)


def test_a_person_who_clears_a_sign_in_ends_its_rest(lease: Lease, person: Actor) -> None:
    runs.report(lease, until(Ending.CREDENTIAL, Code.ACC_MFA, LATER), NOW)
    with pytest.raises(PortalClosed):
        closures.check(PORTAL, NOW, alias=ALIAS)
    presses.clear(PORTAL, ALIAS, person, "signed in by hand", NOW)
    closures.check(PORTAL, NOW, alias=ALIAS)


def test_a_sign_in_that_rests_is_not_frozen(lease: Lease, robot: Actor) -> None:
    bring_in([1], robot)
    runs.report(lease, until(Ending.CREDENTIAL, Code.ACC_MFA, LATER), NOW)
    (case,) = cases.list_open(robot.practice_id)
    assert (case.stops, case.alias) == (Stops.NOTHING, ALIAS)
    assert work.next_item(lease, NOW + LATER) is not None


def test_a_notice_joins_its_open_case_and_is_not_repeated_on_the_day_that_it_was_closed(
    lease: Lease, person: Actor
) -> None:
    notice = Reason(code=Code.ACC_EXPIRED, what="The password expires soon.", view="expiring")
    first = runs.notice(lease, notice, NOW)
    assert first is not None
    assert runs.notice(lease, notice, NOW + timedelta(days=3)) == first
    cases.close(first, person, Resolution.DONE_BY_HAND, NOW + timedelta(days=3))
    again = NOW + timedelta(days=3, hours=1)
    told = runs.notice(lease, notice, again)
    assert told is None or told != first


# One-time codes


@pytest.fixture
def wanted(lease: Lease) -> CodeWanted:
    codes.want(lease, "code", b"a wrapped key", NOW, NOW + 10 * MINUTE)
    found = codes.waiting(lease.actor.practice_id, PORTAL, ALIAS, NOW)
    assert found is not None
    return found


def test_a_code_is_taken_once_and_wiped(lease: Lease, wanted: CodeWanted, person: Actor) -> None:
    assert codes.take(lease, wanted.id, NOW) is None
    codes.give(wanted, b"sealed", person, NOW + MINUTE)
    with pytest.raises(CodeNotWanted):
        codes.give(wanted, b"another", person, NOW + MINUTE)
    assert codes.take(lease, wanted.id, NOW + MINUTE) == b"sealed"
    assert codes.take(lease, wanted.id, NOW + MINUTE) is None
    row = models.CodeRequest.objects.get()
    assert (row.sealed, row.wrapped_key) == (None, None)


def test_a_code_is_taken_from_a_person_only_and_within_its_life(
    wanted: CodeWanted, robot: Actor, person: Actor
) -> None:
    with pytest.raises(NotAPerson):
        codes.give(wanted, b"sealed", robot, NOW)
    assert codes.waiting(person.practice_id, PORTAL, ALIAS, NOW + 10 * MINUTE) is None
    with pytest.raises(CodeNotWanted):
        codes.give(wanted, b"sealed", person, NOW + 10 * MINUTE)
    assert models.CodeRequest.objects.get().sealed is None


def test_a_run_that_died_while_it_waited_leaves_no_code_behind(
    lease: Lease, wanted: CodeWanted, person: Actor, take: Callable[..., Lease]
) -> None:
    codes.give(wanted, b"sealed", person, NOW)
    take("office:2", after=LATER)
    row = models.CodeRequest.objects.get()
    assert (row.sealed, row.wrapped_key) == (None, None)
    assert codes.waiting(person.practice_id, PORTAL, ALIAS, NOW + LATER) is None
    with pytest.raises(LeaseLost):
        codes.take(lease, wanted.id, NOW + LATER)


def test_nobody_is_asked_for_the_code_of_a_process_that_no_longer_lives(lease: Lease, wanted: CodeWanted) -> None:
    assert codes.waiting(lease.actor.practice_id, PORTAL, ALIAS, NOW + lease.ttl) is None


# Terms


def test_terms_are_accepted_by_a_person_with_a_name_and_free_what_they_stopped(
    lease: Lease, robot: Actor, person: Actor
) -> None:
    assert not terms.met(PORTAL, "Be  good.\n", robot, NOW)
    runs.report(lease, until(Ending.CREDENTIAL, Code.ACC_TERMS, None), NOW)
    waiting = terms.waiting(PORTAL, person.practice_id)
    assert waiting is not None
    assert waiting.text == "Be good."
    with pytest.raises(NotAPerson):
        terms.accept(PORTAL, waiting.sha256, "Dana Doe", robot, NOW)
    with pytest.raises(RecordWrong):
        terms.accept(PORTAL, waiting.sha256, " ", person, NOW)
    assert terms.accept(PORTAL, waiting.sha256, "Dana Doe", person, NOW) == 1
    assert cases.list_open(person.practice_id) == ()
    assert terms.met(PORTAL, " Be good.", robot, NOW)
    with pytest.raises(NotThere):
        terms.accept(PORTAL, waiting.sha256, "Dana Doe", person, NOW)


@pytest.mark.parametrize("other", ["Be good!", "be good.", "Be go od.", "Be good. "])
def test_only_the_layout_of_a_text_may_change(other: str) -> None:
    assert (terms.digest(other) == terms.digest("Be good.")) == (other.strip() == "Be good.")


def test_an_old_text_no_longer_waits_when_the_portal_shows_an_accepted_one(robot: Actor, person: Actor) -> None:
    terms.met(PORTAL, "old", robot, NOW)
    terms.met(PORTAL, "new", robot, NOW + MINUTE)
    terms.accept(PORTAL, terms.digest("new"), "Dana Doe", person, NOW + MINUTE)
    assert terms.waiting(PORTAL, person.practice_id) is None
    assert not terms.met(PORTAL, "old", robot, NOW + 2 * MINUTE)
    assert terms.waiting(PORTAL, person.practice_id) is not None


# Remembered devices


def test_a_device_is_of_one_version_and_some_days(lease: Lease) -> None:
    device = Device(b"key", b"sealed", NOW + timedelta(days=30))
    devices.keep(lease, 1, device, NOW)
    assert devices.known(lease, 1, NOW + timedelta(days=29)) == device
    assert devices.known(lease, 2, NOW) is None
    assert devices.known(lease, 1, NOW) is None
    devices.keep(lease, 2, device, NOW)
    assert devices.known(lease, 2, NOW + timedelta(days=30)) is None
    devices.keep(lease, 2, device, NOW)
    devices.forget(lease, NOW)
    assert models.RememberedDevice.objects.count() == 0


def test_an_answer_to_a_question_has_a_budget_of_its_own_and_bars_all_when_it_is_wrong(
    lease: Lease, three_strikes: presses.LockoutRule
) -> None:
    press = presses.begin(lease, 1, PressKind.QUESTION, three_strikes, NOW)
    assert presses.standing(lease.actor.practice_id, PORTAL, ALIAS, 1, three_strikes, now=NOW).bar is None
    presses.settle(lease, press, PressResult.REJECTED, NOW)
    assert (
        presses.standing(lease.actor.practice_id, PORTAL, ALIAS, 1, three_strikes, now=NOW).bar is presses.Bar.REJECTED
    )
