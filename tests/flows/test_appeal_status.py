"""What became of an appeal is believed only from its own page, when it adds up."""

from datetime import date
from decimal import Decimal

import pytest

from flows.answers import AppealNotListed, AppealStanding, AppealState, Decision
from flows.appeal_status import appeal_status
from flows.outcomes import Code, Ending, Outcome, Stop
from flows.portal import Followed, Means, Reading
from tests.flows.appeal_pages import IN_LIST, ON_PAGE, STATUS, Fields, page, portal
from tests.flows.scripted_portal import cells, value

DECIDED: Fields = {
    **ON_PAGE,
    "filed_on": date(2026, 10, 1),
    "status": "decided",
    "decision": "partly",
    "decided_on": date(2026, 10, 30),
    "recovered": Decimal("30.00"),
    "next_level_due": date(2026, 12, 29),
}


async def ask(behind: Fields | Reading, row: Fields = IN_LIST) -> Outcome:
    return await appeal_status(STATUS, portal((row, behind)))


def state(outcome: Outcome) -> AppealState:
    assert outcome.ending is Ending.ANSWERED
    assert outcome.answer is not None
    assert isinstance(outcome.answer.normalised, AppealState)
    return outcome.answer.normalised


def for_a_person(outcome: Outcome, code: Code) -> None:
    assert outcome.ending is Ending.NEEDS_STAFF
    assert outcome.reason is not None
    assert outcome.reason.code is code


async def test_a_decision_is_answered_with_its_day_and_what_was_recovered() -> None:
    assert state(await ask(DECIDED)) == AppealState(
        standing=AppealStanding.DECIDED,
        portal_text="decided",
        confirmation="T-100",
        expected_by=date(2026, 12, 31),
        decision=Decision.PARTLY,
        decided_on=date(2026, 10, 30),
        recovered=Decimal("30.00"),
        next_level_due=date(2026, 12, 29),
    )


async def test_a_state_that_says_the_decision_means_decided() -> None:
    shown = {**DECIDED, "status": "overturned", "decision": None}
    found = state(await ask(shown))
    assert (found.standing, found.decision) == (AppealStanding.DECIDED, Decision.OVERTURNED)


async def test_an_appeal_in_review_has_no_decision() -> None:
    found = state(await ask(ON_PAGE))
    assert (found.standing, found.decision) == (AppealStanding.IN_REVIEW, None)


async def test_what_the_payer_waits_for_is_told_with_its_day() -> None:
    fields = {**ON_PAGE, "status": "information-wanted"}
    found = state(await ask(page("appeal", fields, requests=[{"what": "Operative note", "due": date(2026, 11, 20)}])))
    assert [(each.what, each.due) for each in found.requests] == [("Operative note", date(2026, 11, 20))]


async def test_a_number_that_comes_later_is_read_when_it_is_there() -> None:
    asked = STATUS.model_copy(update={"filed": STATUS.filed.model_copy(update={"confirmation": None})})
    found = state(await appeal_status(asked, portal((IN_LIST, ON_PAGE))))
    assert found.confirmation == "T-100"


async def test_an_appeal_that_is_not_on_the_list_is_told_as_such() -> None:
    for at in (portal(), portal(({**IN_LIST, "payer_claim_number": "C9"}, ON_PAGE))):
        outcome = await appeal_status(STATUS, at)
        assert outcome.ending is Ending.NEGATIVE
        assert outcome.answer is not None
        assert outcome.answer.normalised == AppealNotListed()


@pytest.mark.parametrize("changed", [{"level": "second"}, {"lines": ("1",)}, {"filed_on": date(2026, 9, 1)}])
async def test_another_appeal_of_the_claim_is_not_this_one(changed: Fields) -> None:
    row = {**IN_LIST, "confirmation": "T-090"}
    outcome = await appeal_status(STATUS, portal((row, {**ON_PAGE, "confirmation": "T-090", **changed})))
    assert outcome.ending is Ending.NEGATIVE


async def test_our_number_on_an_appeal_of_something_else_is_for_a_person() -> None:
    for_a_person(await ask({**ON_PAGE, "level": "second"}), Code.DATA_CONFLICT)


async def test_the_same_appeal_under_another_number_is_for_a_person() -> None:
    row = {**IN_LIST, "confirmation": "T-999"}
    at = portal((row, {**ON_PAGE, "confirmation": "T-999"}))
    for_a_person(await appeal_status(STATUS, at), Code.DATA_CONFLICT)


async def test_two_that_fit_are_for_a_person() -> None:
    asked = STATUS.model_copy(update={"filed": STATUS.filed.model_copy(update={"confirmation": None})})
    second = {**IN_LIST, "confirmation": "T-101"}
    at = portal((IN_LIST, ON_PAGE), (second, {**ON_PAGE, "confirmation": "T-101"}))
    for_a_person(await appeal_status(asked, at), Code.BUS_MULTI)


async def test_of_two_that_fit_the_one_with_the_number_is_meant() -> None:
    second = {**IN_LIST, "confirmation": "T-101"}
    at = portal((second, {**ON_PAGE, "confirmation": "T-101"}), (IN_LIST, ON_PAGE))
    assert state(await appeal_status(STATUS, at)).confirmation == "T-100"


async def test_too_many_appeals_are_never_not_listed() -> None:
    outcome = await appeal_status(STATUS, portal(appeal_list=Followed(means=Means.TOO_MANY)))
    for_a_person(outcome, Code.BUS_MULTI)


@pytest.mark.parametrize("changed", [{"decision": None}, {"decided_on": None}])
async def test_a_decision_without_what_or_when_is_for_a_person(changed: Fields) -> None:
    for_a_person(await ask({**DECIDED, **changed}), Code.DATA_PARTIAL)


@pytest.mark.parametrize("name", ["status", "decision"])
async def test_a_word_that_nobody_mapped_is_for_a_person(name: str) -> None:
    fields = {**cells(DECIDED), name: value(f"appeal.{name}", None, "Closed (7)", unmapped=True)}
    outcome = await ask(Reading(view="appeal", fields=fields, tables={}))
    for_a_person(outcome, Code.DATA_UNMAPPED)
    assert outcome.reason is not None
    assert [shown.text for shown in outcome.reason.seen] == ["Closed (7)"]


@pytest.mark.parametrize(
    "changed",
    [
        {"status": "upheld"},
        {"status": "in-review"},
        {"status": "in-review", "decision": None, "recovered": None},
        {"decided_on": date(2026, 9, 1)},
        {"decided_on": date(2026, 11, 9)},
        {"received_on": date(2026, 11, 9)},
        {"recovered": Decimal("-1.00")},
        {"recovered": Decimal("150.01")},
        {"decision": "upheld"},
    ],
)
async def test_what_cannot_be_true_together_is_looked_at_twice_and_then_for_a_person(changed: Fields) -> None:
    at = portal((IN_LIST, {**DECIDED, **changed}))
    for_a_person(await appeal_status(STATUS, at), Code.DATA_INCONSISTENT)
    assert [form for form, _ in at.asked] == ["appeal-list", "appeal-list"]


async def test_the_page_of_somebody_elses_appeal_is_never_an_answer() -> None:
    for_a_person(await ask({**DECIDED, "patient_name": "OBRIEN VALE, IDA"}), Code.DATA_CONFLICT)


async def test_a_row_that_opens_another_claims_appeal_is_drift() -> None:
    with pytest.raises(Stop) as stopped:
        await ask({**DECIDED, "payer_claim_number": "C2"})
    assert stopped.value.outcome.ending is Ending.DRIFT


async def test_a_way_that_leads_elsewhere_is_drift() -> None:
    with pytest.raises(Stop) as stopped:
        await appeal_status(STATUS, portal(appeal_list=Followed(view="home")))
    assert stopped.value.outcome.ending is Ending.DRIFT
