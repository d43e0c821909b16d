"""After an appeal was filed: it is followed until the payer decides, and a person's word can be corrected."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest

from flows.answers import AppealStanding, ClaimState, Decision, PatientResponsibility
from flows.outcomes import Code, Ending, Outcome
from flows.questions import Flow
from ledger import appeals, audit, cases, lanes, models, patient_accounts, runs, work
from ledger.accounts import Actor
from ledger.appeals import AppealStage
from ledger.errors import (
    AppealExists,
    AppealFixed,
    RecordWrong,
)
from ledger.lanes import Lease
from ledger.states import ItemState
from tests.ledger.appeal_steps import DAY, ends, get, parked, pressed, taken, what_happened
from tests.ledger.appeals import approved, decided, filed, not_listed, stands
from tests.ledger.office import ALIAS, NOW, PORTAL
from tests.ledger.visits import answered


@pytest.fixture
def lease(take: Callable[..., Lease]) -> Lease:
    """A lane that is held, with a run of appeals on it."""
    lease = take()
    runs.start(lease, Flow.APPEAL, NOW)
    return lease


@pytest.fixture
def follow(lease: Lease, person: Actor) -> Callable[..., int]:
    """Files an appeal, with this receipt, and goes on to ask what became of it; gives its number."""

    def _follow(receipt: Outcome | None = None) -> int:
        number, item = pressed(lease, person)
        ends(lease, item, receipt or filed())
        runs.start(lease, Flow.APPEAL_STATUS, NOW)
        return number

    return _follow


def test_it_is_followed_every_two_weeks_until_the_payer_decides(
    lease: Lease, person: Actor, follow: Callable[..., int]
) -> None:
    number = follow()
    for days in (14, 28):
        finished = ends(lease, taken(lease, days * DAY), stands(NOW + days * DAY), days * DAY)
        assert (finished.state, finished.not_before) == (ItemState.READY, NOW + (days + 14) * DAY)
    assert get(person, number).standing is AppealStanding.IN_REVIEW
    assert what_happened(person, number).count("standing") == 1
    finished = ends(lease, taken(lease, 42 * DAY), decided(at=NOW + 42 * DAY), 42 * DAY)
    assert (finished.state, finished.version) == (ItemState.DONE, 3)
    record = get(person, number)
    assert (record.stage, record.decision, record.recovered) == (
        AppealStage.DECIDED, Decision.PARTLY, Decimal("51.25"),
    )  # fmt: skip
    assert (record.decided_on, record.next_level_due) == (NOW.date() + 42 * DAY, date(2026, 9, 1))
    assert work.next_item(lease, NOW + 365 * DAY) is None


@pytest.mark.parametrize(("decision", "held"), [(Decision.PARTLY, True), (Decision.UPHELD, False)])
def test_after_a_decision_in_our_favour_the_patient_is_not_billed_by_the_older_one(
    lease: Lease, person: Actor, follow: Callable[..., int], decision: Decision, *, held: bool
) -> None:
    number = follow()
    ends(lease, taken(lease, 14 * DAY), decided(decision, NOW + 14 * DAY), 14 * DAY)
    (account,) = patient_accounts.of_claim(person.practice_id, "ACCT-000001")
    assert account.open_appeals == ()
    assert account.unpaid_appeals == ((number,) if held else ())
    other = lanes.take(PORTAL, ALIAS, 1, holder="x", actor=person, now=NOW)
    runs.start(other, Flow.CLAIM_STATUS, NOW)
    anew = ClaimState(
        category="F1",
        status_codes=("65",),
        portal_text="Paid",
        payer_claim_number="2026-000001",
        billed=Decimal("120.50"),
        patient_responsibility=PatientResponsibility(),
        finalised_date=NOW.date() + 20 * DAY,
    )
    work.finish(other, taken(other), answered(Ending.ANSWERED, anew, NOW), NOW)
    (account,) = patient_accounts.of_claim(person.practice_id, "ACCT-000001")
    assert account.unpaid_appeals == ()


def test_a_decision_that_is_overdue_is_told_and_asked_for(
    lease: Lease, person: Actor, follow: Callable[..., int]
) -> None:
    number = follow(filed(expected_by=NOW.date() + 20 * DAY))
    ends(lease, taken(lease, 14 * DAY), stands(NOW + 14 * DAY), 14 * DAY)
    told_at = get(person, number).next_look
    assert told_at is not None
    assert told_at.date() == NOW.date() + 26 * DAY
    assert cases.list_open(person.practice_id) == ()
    ends(lease, taken(lease, told_at - NOW), stands(told_at), told_at - NOW)
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, case.number, case.items) == (Code.BUS_DEADLINE, "ACCT-000001", 0)
    assert get(person, number).next_look == told_at + 14 * DAY


def test_a_number_that_comes_later_is_looked_for_daily_and_kept(
    lease: Lease, person: Actor, follow: Callable[..., int]
) -> None:
    number = follow(filed(confirmation=None))
    assert (get(person, number).confirmation, get(person, number).next_look) == (None, NOW + DAY)
    finished = ends(lease, taken(lease, DAY), stands(NOW + DAY, confirmation=None), DAY)
    assert finished.not_before == NOW + 2 * DAY
    finished = ends(lease, taken(lease, 2 * DAY), stands(NOW + 2 * DAY, confirmation="D-12"), 2 * DAY)
    assert (get(person, number).confirmation, finished.not_before) == ("D-12", NOW + 14 * DAY)
    assert what_happened(person, number)[-3:] == ["filed", "standing", "number-came"]


def test_another_number_than_the_receipt_s_is_for_a_person(
    lease: Lease, person: Actor, follow: Callable[..., int]
) -> None:
    number = follow()
    ends(lease, taken(lease, 14 * DAY), decided(at=NOW + 14 * DAY), 14 * DAY)
    assert get(person, number).stage is AppealStage.DECIDED
    other = follow_with_other_number(lease, person)
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, case.number) == (Code.DATA_CONFLICT, "ACCT-000002")
    assert (get(person, other).stage, get(person, other).confirmation) == (AppealStage.FILED, "D-779")


def follow_with_other_number(lease: Lease, person: Actor) -> int:
    runs.start(lease, Flow.APPEAL, NOW)
    number, item = pressed(lease, person, 2)
    ends(lease, item, filed(confirmation="D-779"))
    runs.start(lease, Flow.APPEAL_STATUS, NOW)
    outcome = stands(NOW + 14 * DAY, AppealStanding.DECIDED, decision=Decision.UPHELD, confirmation="D-999")
    ends(lease, taken(lease, 14 * DAY), outcome, 14 * DAY)
    return number


def test_a_filed_appeal_that_the_list_does_not_show_is_told(
    lease: Lease, person: Actor, follow: Callable[..., int]
) -> None:
    number = follow()
    finished = ends(lease, taken(lease, 14 * DAY), not_listed(NOW + 14 * DAY), 14 * DAY)
    assert (finished.state, finished.not_before) == (ItemState.READY, NOW + 28 * DAY)
    (case,) = cases.list_open(person.practice_id)
    assert (case.code, case.number, case.items) == (Code.TECH_UNKNOWN_FILED, "ACCT-000001", 0)
    assert get(person, number).stage is AppealStage.FILED


def test_what_the_payer_holds_withdrawn_or_dismissed_may_be_begun_anew(
    lease: Lease, person: Actor, follow: Callable[..., int]
) -> None:
    number = follow()
    ends(lease, taken(lease, 14 * DAY), decided(Decision.DISMISSED, NOW + 14 * DAY), 14 * DAY)
    assert get(person, number).decision is Decision.DISMISSED
    runs.start(lease, Flow.APPEAL, NOW)
    again, item = pressed(lease, person)
    ends(lease, item, filed(confirmation="D-779"))
    runs.start(lease, Flow.APPEAL_STATUS, NOW)
    ends(lease, taken(lease, 14 * DAY), stands(NOW, AppealStanding.WITHDRAWN, confirmation="D-779"), 14 * DAY)
    assert get(person, again).stage is AppealStage.WITHDRAWN
    approved(person)


def test_no_confirmation_is_in_the_audit_log(lease: Lease, person: Actor, follow: Callable[..., int]) -> None:
    follow()
    ends(lease, taken(lease, 14 * DAY), decided(at=NOW + 14 * DAY), 14 * DAY)
    actions = set(models.AuditEntry.objects.values_list("action", flat=True))
    assert {"appeal.pressing", "appeal.filed", "appeal.decided"} <= actions
    assert "D-778" not in str(list(models.AuditEntry.objects.values()))
    assert audit.verify().ok


def test_a_wrong_word_of_a_person_is_corrected_by_another(lease: Lease, person: Actor) -> None:
    number, _ = parked(lease, person)
    appeals.settle(number, person, NOW + DAY, filed=True, confirmation="D-9")
    with pytest.raises(RecordWrong, match="say how you know"):
        appeals.settle(number, person, NOW + DAY, filed=False)
    appeals.settle(number, person, NOW + DAY, filed=True, confirmation="D-10", filed_on=date(2026, 3, 1))
    assert (get(person, number).confirmation, get(person, number).filed_on) == ("D-10", date(2026, 3, 1))
    appeals.settle(number, person, NOW + DAY, filed=False, note="it was another claim's")
    record = get(person, number)
    assert (record.stage, record.confirmation, record.filed_by, record.filed_on, record.expected_by) == (
        AppealStage.NOT_FILED, None, None, None, None,
    )  # fmt: skip
    runs.start(lease, Flow.APPEAL_STATUS, NOW)
    assert work.next_item(lease, NOW + 99 * DAY) is None
    with pytest.raises(AppealFixed):
        appeals.settle(number, person, NOW + DAY, filed=False, note="again")
    begun = approved(person, now=NOW + DAY, lines=("3",))
    with pytest.raises(AppealExists):
        appeals.settle(number, person, NOW + DAY, filed=True, note="called again")
    appeals.withdraw(begun, person, NOW + DAY)
    appeals.settle(number, person, NOW + DAY, filed=True, note="called again")
    assert get(person, number).stage is AppealStage.FILED


def test_what_the_portal_said_itself_is_no_word_of_a_person(lease: Lease, person: Actor) -> None:
    number, _ = parked(lease, person)
    appeals.settle(number, person, NOW + DAY, filed=True, confirmation="D-778")
    runs.start(lease, Flow.APPEAL_STATUS, NOW)
    ends(lease, taken(lease, 99 * DAY), stands(NOW + 99 * DAY), 99 * DAY)
    with pytest.raises(AppealFixed):
        appeals.settle(number, person, NOW + 99 * DAY, filed=False, note="really not")
