"""Never a lock-out: what was pressed and not proved bars the next press, on every lane, until a person clears it."""

from collections.abc import Callable
from datetime import timedelta
from functools import partial

import pytest

from flows.outcomes import Code, Ending
from ledger import cases, models, presses, runs
from ledger.accounts import Actor, Practice, ensure_account, ensure_practice
from ledger.errors import ClockOff, CredentialFrozen, LeaseLost, NotAPerson, PressRefused, PressSettled
from ledger.lanes import Lease
from ledger.presses import Bar, LockoutRule, PressKind, PressResult
from tests.ledger.office import ALIAS, LATER, NOW, PORTAL, ended, everything

DAY = timedelta(hours=24)
PASSWORD, CODE = PressKind.PASSWORD, PressKind.CODE


def refused(act: Callable[[], object]) -> Bar:
    """Why the press was refused; and that nothing was written."""
    before = everything()
    with pytest.raises(PressRefused) as error:
        act()
    assert everything() == before
    return Bar(error.value.bar)


def test_a_proved_press_no_longer_counts(lease: Lease, three_strikes: LockoutRule) -> None:
    for minute in range(20):
        press = presses.begin(lease, 1, PASSWORD, three_strikes, NOW + timedelta(minutes=minute))
        presses.settle(lease, press, PressResult.PROVED, NOW)


@pytest.mark.parametrize(("result", "bar"), [(PressResult.REJECTED, Bar.REJECTED), (PressResult.UNKNOWN, Bar.UNKNOWN)])
def test_a_press_that_was_not_accepted_is_the_last_one_ever(
    take: Callable[..., Lease], result: PressResult, bar: Bar
) -> None:
    rule = LockoutRule(attempts=50, window=timedelta(minutes=15))
    lease = take()
    presses.settle(lease, presses.begin(lease, 1, PASSWORD, rule, NOW), result, NOW)
    other_slot = take("office:2", slot=1)
    next_year = take("office:3", after=timedelta(days=365))
    for holder, at in ((other_slot, NOW), (next_year, NOW + timedelta(days=365))):
        for kind in PressKind:
            assert refused(partial(presses.begin, holder, 1, kind, rule, at)) is bar


def test_a_computer_whose_clock_was_set_presses_nothing(
    request: pytest.FixtureRequest, lease: Lease, three_strikes: LockoutRule
) -> None:
    presses.begin(lease, 1, PASSWORD, three_strikes, NOW)
    request.getfixturevalue("clock_off")
    before = everything()
    with pytest.raises(ClockOff):
        presses.begin(lease, 1, PASSWORD, three_strikes, NOW + 2 * DAY)
    assert everything() == before


@pytest.mark.parametrize(("attempts", "allowed"), [(1, 0), (2, 0), (3, 1), (4, 2), (6, 4)])
def test_unseen_presses_stay_two_below_the_portal_s_limit(lease: Lease, attempts: int, allowed: int) -> None:
    rule = LockoutRule(attempts=attempts, window=DAY)
    for _ in range(allowed):
        presses.begin(lease, 1, PASSWORD, rule, NOW)
    bar = refused(lambda: presses.begin(lease, 1, PASSWORD, rule, NOW))
    assert bar is (Bar.BUDGET if allowed else Bar.FEW_ATTEMPTS)
    assert models.Press.objects.count() == allowed


def test_an_unseen_press_counts_until_the_portal_s_window_is_over(lease: Lease, three_strikes: LockoutRule) -> None:
    presses.begin(lease, 1, PASSWORD, three_strikes, NOW)
    with pytest.raises(PressRefused) as error:
        presses.begin(lease, 1, PASSWORD, three_strikes, NOW + DAY - timedelta(seconds=1))
    assert error.value.until == NOW + DAY
    presses.begin(lease, 1, PASSWORD, three_strikes, NOW + DAY)


@pytest.mark.parametrize("result", [None, PressResult.REJECTED, PressResult.UNKNOWN])
def test_a_new_password_gives_no_new_strikes(
    lease: Lease, three_strikes: LockoutRule, result: PressResult | None
) -> None:
    press = presses.begin(lease, 1, PASSWORD, three_strikes, NOW)
    if result is not None:
        presses.settle(lease, press, result, NOW)
    assert refused(lambda: presses.begin(lease, 2, PASSWORD, three_strikes, NOW)) is Bar.BUDGET
    presses.begin(lease, 2, PASSWORD, three_strikes, NOW + DAY)


def test_codes_have_their_own_budget(lease: Lease, three_strikes: LockoutRule) -> None:
    presses.begin(lease, 1, PASSWORD, three_strikes, NOW)
    presses.begin(lease, 1, CODE, three_strikes, NOW, code_step=100)
    assert refused(lambda: presses.begin(lease, 1, CODE, three_strikes, NOW, code_step=101)) is Bar.BUDGET


def test_a_code_is_never_used_twice_even_when_its_answer_was_not_seen(
    take: Callable[..., Lease], practice: Practice
) -> None:
    rule = LockoutRule(attempts=9, window=DAY)
    presses.begin(take(), 1, CODE, rule, NOW, code_step=58)
    after_a_crash = take("office:2", after=LATER)
    assert presses.last_code_step(practice.id, PORTAL, ALIAS) == 58
    for step in (57, 58):
        act = partial(presses.begin, after_a_crash, 1, CODE, rule, NOW, code_step=step)
        assert refused(act) is Bar.CODE_USED
    presses.begin(after_a_crash, 1, CODE, rule, NOW, code_step=59)


def test_only_a_person_clears_and_it_is_on_record(
    lease: Lease, robot: Actor, person: Actor, three_strikes: LockoutRule
) -> None:
    press = presses.begin(lease, 1, PASSWORD, three_strikes, NOW)
    presses.settle(lease, press, PressResult.REJECTED, NOW)
    runs.report(lease, ended(Ending.CREDENTIAL, Code.ACC_BADPW), NOW)
    disguised = Actor(robot.account_id, robot.name, is_robot=False, practice_id=robot.practice_id)
    for account in (robot, disguised):
        with pytest.raises(NotAPerson):
            presses.clear(PORTAL, ALIAS, account, "it is fine", NOW)
    assert presses.clear(PORTAL, ALIAS, person, "signed in by hand", NOW) == 1
    assert models.AuditEntry.objects.filter(action="press.clear", actor="dana").count() == 1
    assert cases.list_open(person.practice_id) == ()
    presses.begin(lease, 1, PASSWORD, three_strikes, NOW)


def test_a_frozen_credential_is_not_pressed(lease: Lease, three_strikes: LockoutRule) -> None:
    runs.report(lease, ended(Ending.CREDENTIAL, Code.ACC_TERMS), NOW)
    with pytest.raises(CredentialFrozen):
        presses.begin(lease, 1, PASSWORD, three_strikes, NOW)


def test_an_older_token_presses_nothing_and_frees_nothing(
    lease: Lease, take: Callable[..., Lease], three_strikes: LockoutRule
) -> None:
    press = presses.begin(lease, 1, PASSWORD, three_strikes, NOW)
    newer = take("office:2", after=LATER)
    before = everything()
    with pytest.raises(LeaseLost):
        presses.begin(lease, 1, CODE, three_strikes, NOW)
    with pytest.raises(LeaseLost):
        presses.settle(lease, press, PressResult.PROVED, NOW)
    with pytest.raises(PressSettled):
        presses.settle(None, press, PressResult.PROVED, NOW)
    assert everything() == before
    presses.settle(None, press, PressResult.REJECTED, NOW)
    assert refused(lambda: presses.begin(newer, 1, PASSWORD, three_strikes, NOW + 2 * DAY)) is Bar.REJECTED


def test_a_result_is_recorded_once(lease: Lease, three_strikes: LockoutRule) -> None:
    press = presses.begin(lease, 1, PASSWORD, three_strikes, NOW)
    presses.settle(lease, press, PressResult.REJECTED, NOW)
    presses.settle(lease, press, PressResult.REJECTED, NOW)
    with pytest.raises(PressSettled):
        presses.settle(lease, press, PressResult.PROVED, NOW)
    assert models.Press.objects.get().result == PressResult.REJECTED


def test_another_credential_is_not_touched(take: Callable[..., Lease], three_strikes: LockoutRule) -> None:
    first, second = take(), take("office:2", alias="back-office")
    presses.settle(first, presses.begin(first, 1, PASSWORD, three_strikes, NOW), PressResult.REJECTED, NOW)
    presses.begin(second, 1, PASSWORD, three_strikes, NOW)


def test_standing_says_what_begin_would_say(lease: Lease, three_strikes: LockoutRule) -> None:
    assert presses.standing(lease.actor.practice_id, PORTAL, ALIAS, 1, three_strikes, now=NOW).bar is None
    presses.begin(lease, 1, PASSWORD, three_strikes, NOW)
    standing = presses.standing(lease.actor.practice_id, PORTAL, ALIAS, 1, three_strikes, now=NOW)
    assert (standing.bar, standing.until, standing.unproved) == (Bar.BUDGET, NOW + DAY, 1)
    assert standing.last_pressed_at == NOW


@pytest.mark.django_db(transaction=True)
def test_a_press_inside_another_transaction_is_refused_because_it_could_be_rolled_back(
    three_strikes: LockoutRule,
) -> None:
    from django.db import transaction

    from ledger import lanes

    practice = ensure_practice("Lakeside Family Practice", "123456789")
    robot = ensure_account("night-robot", is_robot=True, practice=practice, now=NOW)
    lease = lanes.take(PORTAL, ALIAS, 0, holder="office:1", actor=robot, now=NOW)
    with pytest.raises(RuntimeError), transaction.atomic():
        presses.begin(lease, 1, PASSWORD, three_strikes, NOW)
