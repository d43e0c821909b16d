"""Who runs next: urgent questions first, as many lanes as the questions are worth, and a reason for all that waits."""

from datetime import UTC, datetime, timedelta

from flows.questions import Flow
from ledger.planning_values import DueGroup
from ledger.standstill import Standstill
from schedules.dispatch import QUESTIONS_A_LANE, decide
from schedules.facts import Facts, LaneStanding
from schedules.openings import Openness

NOW = datetime(2026, 6, 2, 2, 0, tzinfo=UTC)


def group(portal: str, flow: Flow = Flow.CLAIM_STATUS, *, due: int = 5, jumping: int = 0, hours: int = 1) -> DueGroup:
    """Questions of one practice, the oldest due for so many hours."""
    return DueGroup(1, portal, flow, due, jumping, NOW - timedelta(hours=hours))


def free(*lane_ids: int) -> tuple[LaneStanding, ...]:
    return tuple(LaneStanding(lane_id, True, None) for lane_id in lane_ids)


def test_urgent_questions_go_first_then_those_that_have_waited_longest() -> None:
    found = decide(
        [
            Facts(group("north", hours=2), free(1)),
            Facts(group("south", hours=1, jumping=1), free(2)),
            Facts(group("east", hours=9), free(3)),
        ]
    )
    assert [order.portal for order in found.orders] == ["south", "east", "north"]


def test_the_jobs_of_one_lane_are_one_order_the_urgent_one_first() -> None:
    found = decide(
        [
            Facts(group("north", Flow.CLAIM_STATUS, hours=9), free(1)),
            Facts(group("north", Flow.ELIGIBILITY, jumping=2), free(1)),
        ]
    )
    assert [(order.lane_id, order.flows) for order in found.orders] == [(1, (Flow.ELIGIBILITY, Flow.CLAIM_STATUS))]


def test_another_sign_in_is_made_where_there_is_enough_to_ask_and_the_payer_allows_it() -> None:
    few, many = group("north", due=QUESTIONS_A_LANE), group("north", due=3 * QUESTIONS_A_LANE)
    assert len(decide([Facts(few, free(1, 2, 3), sessions=3)]).orders) == 1
    assert len(decide([Facts(many, free(1, 2, 3), sessions=3)]).orders) == 3
    assert len(decide([Facts(many, free(1, 2, 3), sessions=2)]).orders) == 2
    busy = (LaneStanding(1, False, None), *free(2, 3))
    assert [order.lane_id for order in decide([Facts(many, busy, sessions=2)]).orders] == [2]
    assert decide([Facts(many, busy, sessions=1)]).orders == ()
    assert decide([Facts(few, busy, sessions=3)]).running == (1,)


def test_everything_that_waits_says_why_and_until_when() -> None:
    until = NOW + timedelta(hours=3)
    stopped = Standstill("the sign-in is frozen: case 12", case_id=12)
    found = decide(
        [
            Facts(group("north"), barred="no permission"),
            Facts(group("south"), free(2), openness=Openness(False, until, "the office's shift")),
            Facts(group("east"), (LaneStanding(3, True, stopped),)),
            Facts(group("west"), (LaneStanding(4, True, Standstill("closed", until=until)),)),
        ]
    )
    assert found.orders == ()
    told = {one.portal: (one.why, one.until, one.needs_person) for one in found.held}
    assert told == {
        "north": ("no permission", None, True),
        "south": ("the office's shift opens at 2026-06-02 05:00 UTC", until, False),
        "east": ("the sign-in is frozen: case 12", None, True),
        "west": ("closed", until, False),
    }


def test_a_lane_on_which_one_job_is_stopped_runs_the_others() -> None:
    stopped = LaneStanding(1, True, Standstill("a page was not recognised: case 3", case_id=3))
    found = decide([Facts(group("north"), (stopped,)), Facts(group("north", Flow.ELIGIBILITY), free(1))])
    assert [order.flows for order in found.orders] == [(Flow.ELIGIBILITY,)]
    assert [one.flow for one in found.held] == [Flow.CLAIM_STATUS]


def test_an_account_that_would_be_disabled_is_signed_in_to_where_nothing_else_does() -> None:
    idle = Facts(group("north", due=1), free(1), sign_in_only=True)
    assert len(decide([idle]).orders) == 1
    assert [order.flows for order in decide([idle, Facts(group("north", Flow.ELIGIBILITY), free(1))]).orders] == [
        (Flow.ELIGIBILITY,)
    ]
    closed = Facts(group("north", Flow.ELIGIBILITY), barred="no permission")
    assert [order.flows for order in decide([idle, closed]).orders] == [(Flow.CLAIM_STATUS,)]
