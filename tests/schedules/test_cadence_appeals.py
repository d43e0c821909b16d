"""When a portal is asked what became of an appeal: acknowledged, decided, and every so often after that."""

from datetime import date, timedelta
from decimal import Decimal

from flows.business_days import business_days_after
from flows.questions import Flow
from ledger.planning_values import Rank, Stop
from ledger.states import AppealStage, ItemState
from tests.schedules.cadence_cases import ACCEPTED, after, appeal, due_day, item, on, plan


def test_an_appeal_is_looked_for_ten_business_days_after_it_was_filed() -> None:
    assert due_day(plan(appeal(), after(1))) == business_days_after(ACCEPTED, 10)


def test_but_not_before_the_payer_wants_to_be_asked() -> None:
    assert due_day(plan(appeal(first_check_days=60), after(1))) == after(60)


def test_then_at_the_payers_own_clock_then_when_it_is_overdue_then_every_two_weeks() -> None:
    days, today = list[int](), after(1)
    checked = None
    for _ in range(5):
        found = plan(appeal(checked_at=checked), today)
        day = due_day(found)
        assert day is not None
        days.append((day - ACCEPTED).days)
        today, checked = day, on(day)
    assert days == [14, 60, 66, 80, 94]


def test_without_a_number_its_list_is_looked_at_daily_for_a_week() -> None:
    fresh = appeal(confirmed=False)
    assert plan(fresh, after(0)).due_at == on(ACCEPTED) + timedelta(days=1)
    looked = appeal(confirmed=False, checked_at=on(after(1)))
    assert plan(looked, after(1)).due_at == on(after(2))
    assert due_day(plan(appeal(confirmed=False, checked_at=on(after(7))), after(8))) == after(14)


def test_a_decided_appeal_is_not_asked_about() -> None:
    assert plan(appeal(stage=AppealStage.DECIDED), after(1)).stop is Stop.NOTHING_TO_ASK


def test_filing_jumps_the_queue_when_its_last_day_is_near() -> None:
    def rank(deadline: date, amount: str = "80.00") -> Rank:
        about = appeal(stage=AppealStage.APPROVED, filed_at=None, deadline=deadline, amount=Decimal(amount))
        return plan(about, after(0), flow=Flow.APPEAL, state=ItemState.READY).rank

    assert rank(after(30)) is Rank.JUMPS
    assert rank(after(31)) is Rank.NORMAL
    assert rank(after(31), "5000.00") is Rank.JUMPS


def test_filing_keeps_the_time_that_it_was_given() -> None:
    about = appeal(stage=AppealStage.APPROVED, filed_at=None)
    found = plan(about, after(0), flow=Flow.APPEAL, state=ItemState.READY)
    assert found.due_at == item(about).not_before
    over = appeal(stage=AppealStage.FILED)
    assert plan(over, after(0), flow=Flow.APPEAL).stop is Stop.NOTHING_TO_ASK
