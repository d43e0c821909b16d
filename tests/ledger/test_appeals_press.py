"""Never filed twice: what is committed before the press, what every ending after it comes to, and who may end it."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal

import pytest

from flows.answers import Refusal
from flows.outcomes import Candidate, Code, Ending, Outcome, Reason
from flows.questions import AppealStatus, Flow
from ledger import appeals, cases, lanes, models, runs, work
from ledger.accounts import Actor
from ledger.appeals import AppealChange, AppealStage
from ledger.errors import (
    AlreadyPressed,
    AppealExists,
    AppealFixed,
    AppealUnsettled,
    LaneBusy,
    LeaseLost,
    NotApproved,
    PortalStopped,
    RecordWrong,
)
from ledger.lanes import Lease
from ledger.states import CaseState, ItemState, Resolution
from tests.ledger.appeal_steps import DAY, HOUR, asked, ends, get, parked, press, pressed, taken, what_happened
from tests.ledger.appeals import LOST, approve, approved, filed, refused
from tests.ledger.office import ALIAS, LATER, NOW, PORTAL, bring_in, ended, not_found, paid


@pytest.fixture
def lease(take: Callable[..., Lease]) -> Lease:
    """A lane that is held, with a run of appeals on it."""
    lease = take()
    runs.start(lease, Flow.APPEAL, NOW)
    return lease


# The press


def test_a_press_is_on_record_before_it_happens_and_never_a_second_time(lease: Lease, person: Actor) -> None:
    number, item = pressed(lease, person)
    assert (get(person, number).stage, get(person, number).pressed_at) == (AppealStage.PRESSING, NOW)
    with pytest.raises(AlreadyPressed):
        press(lease, item)
    assert what_happened(person, number).count("pressing") == 1


def test_an_older_token_presses_nothing(lease: Lease, person: Actor, take: Callable[..., Lease]) -> None:
    approved(person)
    item = taken(lease)
    newer = take("office:2", after=LATER)
    with pytest.raises(LeaseLost):
        press(lease, item)
    runs.start(newer, Flow.APPEAL, NOW + LATER)
    again = taken(newer, LATER)
    assert not asked(again).pressed
    press(newer, again, LATER)


def test_nobody_else_has_the_lane_while_a_press_may_still_be_made(
    lease: Lease, person: Actor, take: Callable[..., Lease]
) -> None:
    """Also where the lease was over by then, and nobody had come for the lane."""
    number = approved(person)
    item = taken(lease)
    press(lease, item, LATER)
    with pytest.raises(LaneBusy):
        take("office:2", after=LATER + lanes.LEASE_TIME / 2)
    assert get(person, number).stage is AppealStage.PRESSING
    take("office:2", after=LATER + lanes.LEASE_TIME)
    assert get(person, number).stage is AppealStage.UNCERTAIN


@pytest.mark.usefixtures("robot")
def test_what_this_session_is_not_asking_now_is_not_pressed(lease: Lease, person: Actor) -> None:
    numbers = [approved(person, one) for one in (1, 2)]
    first = taken(lease)
    other = get(person, numbers[1]).reference
    for reference in (other, "f" * 32, ""):
        with pytest.raises(LeaseLost):
            appeals.pressing(lease, reference, NOW)
    work.put_back(lease, first)
    with pytest.raises(LeaseLost):
        press(lease, first)


@pytest.mark.parametrize("how", ["changed", "withdrawn", "approved anew", "claim corrected"])
def test_what_is_not_as_it_was_approved_is_not_pressed(lease: Lease, person: Actor, how: str) -> None:
    number = approved(person)
    item = taken(lease)
    if how == "withdrawn":
        appeals.withdraw(number, person, NOW)
    elif how == "claim corrected":
        models.Claim.objects.update(billed_cents=1)
    else:
        appeals.change(number, AppealChange(amount=Decimal("1.00")), person, NOW)
        if how == "approved anew":
            approve(number, person)
    with pytest.raises(NotApproved):
        press(lease, item)
    assert get(person, number).pressed_at is None
    finished = ends(lease, item, LOST)
    assert finished.superseded == (how == "approved anew")
    if how == "approved anew":
        again = taken(lease)
        assert asked(again).contest.amount == Decimal("1.00")
        press(lease, again)
    elif how != "claim corrected":
        assert finished.state is ItemState.DONE
        assert work.next_item(lease, NOW + DAY) is None


def test_a_portal_that_was_stopped_meanwhile_is_not_pressed_at(lease: Lease, person: Actor) -> None:
    number = approved(person)
    item = taken(lease)
    runs.report(lease, ended(Ending.REFUSED, Code.ACC_CAPTCHA), NOW)
    with pytest.raises(PortalStopped):
        press(lease, item)
    assert get(person, number).stage is AppealStage.APPROVED


# What comes after it


def test_a_receipt_is_filed_and_followed_up_when_the_payer_wants_it(lease: Lease, person: Actor) -> None:
    number, item = pressed(lease, person)
    finished = ends(lease, item, filed())
    assert (finished.state, finished.version, finished.case_id) == (ItemState.DONE, 1, None)
    record = get(person, number)
    assert (record.stage, record.confirmation, record.filed_on) == (AppealStage.FILED, "D-778", NOW.date())
    assert (record.filed_by, record.expected_by) == ("night-robot", NOW.date() + 60 * DAY)
    assert record.next_look == NOW + 14 * DAY
    assert work.next_item(lease, NOW + 365 * DAY) is None
    runs.start(lease, Flow.APPEAL_STATUS, NOW)
    assert work.next_item(lease, NOW + 13 * DAY) is None
    question = taken(lease, 14 * DAY).question
    assert isinstance(question, AppealStatus)
    assert (question.filed.confirmation, question.filed.lines) == ("D-778", ("1", "3"))
    assert question.claim.payer_claim_number == "2026-000001"


@pytest.mark.parametrize(
    ("refusal", "before_the_press"),
    [(one, before) for one in Refusal for before in (True, False) if before or one is not Refusal.DUPLICATE],
)
def test_a_refusal_is_told_by_its_reason_and_frees_the_intent(
    lease: Lease, person: Actor, refusal: Refusal, *, before_the_press: bool
) -> None:
    number = approved(person)
    item = taken(lease)
    if not before_the_press:
        press(lease, item)
    finished = ends(lease, item, refused(refusal))
    assert finished.state is ItemState.DONE
    record = get(person, number)
    assert (record.stage, record.refusal, record.filed_at) == (AppealStage.REFUSED, refusal, None)
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, case.number, case.items) == (Code.BUS_NOTAPPEALABLE, "ACCT-000001", 0)
    assert refusal in case.what
    assert [shown.text for shown in case.seen] == ["Too late."]
    approved(person)


def test_a_press_that_the_portal_calls_a_duplicate_may_be_our_own_and_is_for_a_person(
    lease: Lease, person: Actor
) -> None:
    number, item = pressed(lease, person)
    assert ends(lease, item, refused(Refusal.DUPLICATE)).state is ItemState.PARKED
    assert (get(person, number).stage, get(person, number).refusal) == (AppealStage.UNCERTAIN, None)
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, case.number, case.items) == (Code.TECH_UNKNOWN_FILED, "ACCT-000001", 1)
    with pytest.raises(AppealExists):
        approved(person)


@pytest.mark.parametrize("found_on_list", [True, False])
def test_the_number_of_another_appeal_files_nothing(lease: Lease, person: Actor, *, found_on_list: bool) -> None:
    _, first = pressed(lease, person)
    ends(lease, first, filed())
    number, item = pressed(lease, person, 2)
    if found_on_list:
        ends(lease, item, LOST)
        item = taken(lease)
    assert ends(lease, item, filed(found_on_list=found_on_list)).state is ItemState.PARKED
    assert (get(person, number).stage, get(person, number).confirmation) == (AppealStage.UNCERTAIN, None)
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, case.number) == (Code.TECH_UNKNOWN_FILED, "ACCT-000002")


def test_a_receipt_without_a_press_on_record_files_nothing(lease: Lease, person: Actor) -> None:
    number = approved(person)
    assert ends(lease, taken(lease), filed()).state is ItemState.PARKED
    assert get(person, number).stage is AppealStage.APPROVED


ENDINGS = [
    LOST,
    ended(Ending.TRANSIENT, Code.TECH_5XX),
    ended(Ending.DRIFT, Code.TECH_LAYOUT, view="appeal-receipt"),
    ended(Ending.NEEDS_STAFF, Code.DATA_UNMAPPED),
    ended(Ending.DEFECT, Code.TECH_DEFECT),
    ended(Ending.CREDENTIAL, Code.ACC_UNKNOWN),
    ended(Ending.REFUSED, Code.ACC_CAPTCHA),
]


@pytest.mark.parametrize("outcome", ENDINGS, ids=lambda one: str(one.ending))
def test_whatever_else_follows_a_press_only_the_list_is_read_from_then_on(
    lease: Lease, person: Actor, outcome: Outcome
) -> None:
    number, item = pressed(lease, person)
    finished = ends(lease, item, outcome)
    assert (finished.state, get(person, number).stage) == (ItemState.READY, AppealStage.UNCERTAIN)
    for case in cases.list_open(person.practice_id):
        cases.close(case.id, person, Resolution.ASK_AGAIN, NOW)
    again = taken(lease, HOUR)
    assert (asked(again).pressed, asked(again).pressed_at) == (True, NOW)
    with pytest.raises(AlreadyPressed):
        press(lease, again, HOUR)
    ends(lease, again, filed(NOW + HOUR, found_on_list=True), HOUR)
    assert get(person, number).stage is AppealStage.FILED
    assert what_happened(person, number)[-2:] == ["uncertain", "found-on-list"]


def test_a_session_that_went_away_while_pressing_leaves_it_uncertain(
    lease: Lease, person: Actor, take: Callable[..., Lease]
) -> None:
    number, item = pressed(lease, person)
    newer = take("office:2", after=LATER)
    assert get(person, number).stage is AppealStage.UNCERTAIN
    assert what_happened(person, number)[-1] == "uncertain"
    with pytest.raises(LeaseLost):
        ends(lease, item, filed())
    runs.start(newer, Flow.APPEAL, NOW + LATER)
    assert asked(taken(newer, LATER)).pressed


@pytest.mark.parametrize("how", ["put back", "released"])
def test_a_lane_that_is_given_back_while_pressing_leaves_it_uncertain(
    lease: Lease, person: Actor, take: Callable[..., Lease], how: str
) -> None:
    number, item = pressed(lease, person)
    if how == "put back":
        work.put_back(lease, item)
    else:
        lanes.release(lease, NOW)
        lease = take()
        runs.start(lease, Flow.APPEAL, NOW)
    assert asked(taken(lease)).pressed
    assert get(person, number).stage is AppealStage.UNCERTAIN


def test_the_list_is_looked_at_until_it_must_show_it_and_then_a_person_is_asked(lease: Lease, person: Actor) -> None:
    number, item = pressed(lease, person)
    ends(lease, item, LOST)
    looks = []
    at = timedelta()
    for _ in range(3):
        next_look = get(person, number).next_look
        assert next_look is not None
        at = next_look - NOW
        looks.append(at)
        finished = ends(lease, taken(lease, at), LOST, at)
    assert looks == [timedelta(), HOUR, DAY]
    assert finished.state is ItemState.PARKED
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, case.number, case.items) == (Code.TECH_UNKNOWN_FILED, "ACCT-000001", 1)
    assert get(person, number).case_id == case.id
    assert what_happened(person, number).count("not-on-list") == 3


def test_no_person_is_asked_before_the_list_must_show_it(lease: Lease, person: Actor) -> None:
    number, item = pressed(lease, person)
    ends(lease, item, LOST)
    for _ in range(4):
        models.WorkItem.objects.update(not_before=NOW)
        finished = ends(lease, taken(lease), LOST)
        assert finished.state is ItemState.READY
    assert get(person, number).next_look == NOW + DAY


def test_two_rows_that_fit_are_for_a_person_at_once(lease: Lease, person: Actor) -> None:
    number, item = pressed(lease, person)
    ends(lease, item, LOST)
    reason = Reason(code=Code.TECH_UNKNOWN_FILED, what="Two fit.", candidates=(Candidate(cells={}),) * 2)
    finished = ends(lease, taken(lease), Outcome(ending=Ending.UNCERTAIN, reason=reason))
    assert finished.state is ItemState.PARKED
    assert len(cases.list_open(person.practice_id)[0].candidates) == 2
    assert get(person, number).stage is AppealStage.UNCERTAIN


def test_a_person_says_that_it_was_filed_and_it_is_followed_up(lease: Lease, person: Actor) -> None:
    number, case = parked(lease, person)
    appeals.settle(
        number, person, NOW + DAY, filed=True, confirmation=" D-9 ", filed_on=date(2026, 3, 1), note="called"
    )
    record = get(person, number)
    assert (record.stage, record.confirmation, record.filed_by) == (AppealStage.FILED, "D-9", "dana")
    assert (record.filed_on, record.expected_by) == (date(2026, 3, 1), date(2026, 4, 30))
    assert (cases.get(person.practice_id, case).state, cases.get(person.practice_id, case).note) == (
        CaseState.CLOSED,
        "called",
    )
    assert work.next_item(lease, NOW + 99 * DAY) is None
    runs.start(lease, Flow.APPEAL_STATUS, NOW)
    assert work.next_item(lease, NOW + 99 * DAY) is not None


def test_a_person_says_that_it_was_not_filed_and_a_new_one_needs_a_new_approval(lease: Lease, person: Actor) -> None:
    number, case = parked(lease, person)
    appeals.settle(number, person, NOW + DAY, filed=False, note="called")
    assert get(person, number).stage is AppealStage.NOT_FILED
    assert cases.get(person.practice_id, case).state is CaseState.CLOSED
    assert work.next_item(lease, NOW + 99 * DAY) is None
    with pytest.raises(RecordWrong, match="say how you know"):
        appeals.settle(number, person, NOW + DAY, filed=True)
    again = approved(person, now=NOW + DAY)
    item = taken(lease, DAY)
    assert asked(item).contest.reference == get(person, again).reference != get(person, number).reference
    press(lease, item, DAY)


def test_after_a_persons_word_nothing_is_filed_before_the_list_could_contradict_it(lease: Lease, person: Actor) -> None:
    number, item = pressed(lease, person)
    ends(lease, item, LOST)
    appeals.settle(number, person, NOW + HOUR, filed=False)
    other_line = approved(person, now=NOW + HOUR, lines=("2",))
    assert asked(taken(lease, HOUR)).contest.reference == get(person, other_line).reference
    again = approved(person, now=NOW + HOUR, lines=("3",))
    assert get(person, again).next_look == NOW + DAY
    assert work.next_item(lease, NOW + DAY - HOUR) is None
    assert asked(taken(lease, DAY)).contest.reference == get(person, again).reference


def test_nobody_settles_what_a_run_has_in_its_hands(lease: Lease, person: Actor) -> None:
    number, item = pressed(lease, person)
    with pytest.raises(AppealFixed, match="in the hands of a run"):
        appeals.settle(number, person, NOW, filed=False)
    ends(lease, item, LOST)
    appeals.settle(number, person, NOW, filed=False)


def test_a_case_that_an_appeal_waits_for_is_not_put_aside(lease: Lease, person: Actor) -> None:
    number, case = parked(lease, person)
    with pytest.raises(AppealUnsettled) as told:
        cases.close(case, person, Resolution.DONE_BY_HAND, NOW)
    assert told.value.number == number
    assert cases.close(case, person, Resolution.ASK_AGAIN, NOW) == 1
    assert asked(taken(lease)).pressed


def test_an_approved_appeal_that_waits_for_a_case_is_withdrawn_with_it(lease: Lease, person: Actor) -> None:
    number = approved(person)
    finished = ends(lease, taken(lease), ended(Ending.NEEDS_STAFF, Code.DATA_CONFLICT))
    assert finished.case_id is not None
    with pytest.raises(AppealUnsettled):
        cases.close(finished.case_id, person, Resolution.DONE_BY_HAND, NOW)
    appeals.withdraw(number, person, NOW)
    assert cases.get(person.practice_id, finished.case_id).state is CaseState.CLOSED
    assert work.next_item(lease, NOW + DAY) is None


@pytest.mark.parametrize("outcome", ENDINGS[1:], ids=lambda one: str(one.ending))
def test_before_the_press_an_appeal_is_tried_again_like_any_question(
    lease: Lease, person: Actor, outcome: Outcome
) -> None:
    number = approved(person)
    ends(lease, taken(lease), outcome)
    for case in cases.list_open(person.practice_id):
        cases.close(case.id, person, Resolution.ASK_AGAIN, NOW)
    item = taken(lease, HOUR)
    assert not asked(item).pressed
    press(lease, item, HOUR)
    assert get(person, number).stage is AppealStage.PRESSING


def test_a_credential_that_froze_stays_frozen_though_the_appeal_was_withdrawn(lease: Lease, person: Actor) -> None:
    number = approved(person)
    item = taken(lease)
    appeals.withdraw(number, person, NOW)
    assert ends(lease, item, ended(Ending.CREDENTIAL, Code.ACC_UNKNOWN)).state is ItemState.DONE
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, case.alias) == (Code.ACC_UNKNOWN, ALIAS)


def test_a_refusal_read_while_only_looking_ends_nothing(lease: Lease, person: Actor) -> None:
    number, item = pressed(lease, person)
    ends(lease, item, LOST)
    assert ends(lease, taken(lease), refused()).not_before == NOW + HOUR
    assert get(person, number).stage is AppealStage.UNCERTAIN


@pytest.mark.parametrize(("outcome", "code"), [(not_found(), Code.BUS_NOTFOUND), (paid(), Code.TECH_DEFECT)])
def test_an_answer_to_something_else_is_for_a_person_and_does_not_end_the_run(
    lease: Lease, person: Actor, outcome: Outcome, code: Code
) -> None:
    number = approved(person)
    finished = ends(lease, taken(lease), outcome)
    assert (finished.state, get(person, number).stage) == (ItemState.PARKED, AppealStage.APPROVED)
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, case.items) == (code, 1)
    cases.close(case.id, person, Resolution.ASK_AGAIN, NOW)
    assert not asked(taken(lease)).pressed


def test_appeals_are_never_asked_once_more_as_a_whole(lease: Lease, robot: Actor, person: Actor) -> None:
    _, item = pressed(lease, person)
    ends(lease, item, filed())
    with pytest.raises(RecordWrong):
        work.again(PORTAL, Flow.APPEAL, robot, NOW)


def test_what_a_person_took_back_as_not_filed_is_asked_about_no_more_and_stops_no_run(
    lease: Lease, person: Actor
) -> None:
    number, item = pressed(lease, person)
    ends(lease, item, LOST)
    appeals.settle(number, person, NOW, filed=True, confirmation="D-9")
    appeals.settle(number, person, NOW, filed=False, note="it was another one's number")
    runs.start(lease, Flow.APPEAL_STATUS, NOW)
    work.again(PORTAL, Flow.APPEAL_STATUS, person, NOW)
    assert work.next_item(lease, NOW + DAY) is None


def test_only_the_appeals_that_were_named_are_asked(lease: Lease, person: Actor) -> None:
    numbers = [approved(person, one) for one in (1, 2)]
    only = appeals.waiting(person.practice_id, numbers=numbers[1:])[PORTAL]
    item = work.next_item(lease, NOW, only=only)
    assert item is not None
    assert asked(item) == get(person, numbers[1]).question
    assert work.next_item(lease, NOW, only=only) is None


def test_the_claim_itself_is_asked_about_as_before(
    lease: Lease, person: Actor, robot: Actor, take: Callable[..., Lease]
) -> None:
    bring_in([1], robot)
    _, item = pressed(lease, person)
    ends(lease, item, LOST)
    other = take("office:2", slot=1)
    runs.start(other, Flow.CLAIM_STATUS, NOW)
    claim = taken(other)
    assert claim.question.flow is Flow.CLAIM_STATUS
    assert work.finish(other, claim, paid(), NOW).state is ItemState.DONE
