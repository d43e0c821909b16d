"""An appeal that was pressed before is only looked up, and taken for ours where there is no doubt."""

from datetime import date, timedelta

import pytest

from flows.answers import AppealFiled
from flows.appeal_rules import AppealRules
from flows.outcomes import Ending, Stop
from flows.portal import Followed, Means
from tests.flows.appeal_ends import file, filed, uncertain
from tests.flows.appeal_pages import (
    IN_LIST,
    ON_PAGE,
    PRESSED,
    Fields,
    portal,
)

OURS = {**ON_PAGE, "reference": "PW-7F3A"}


async def test_an_appeal_that_was_pressed_is_only_looked_up() -> None:
    at = portal((IN_LIST, ON_PAGE))
    found = filed(await file(at, PRESSED))
    assert found == AppealFiled(
        confirmation="T-100", filed_on=date(2026, 11, 1), expected_by=date(2026, 12, 31), found_on_list=True
    )
    assert [form for form, _ in at.asked] == ["appeal-list"]


@pytest.mark.parametrize("listed", [[], [({**IN_LIST, "payer_claim_number": "C9"}, OURS)]])
async def test_an_appeal_that_is_not_on_the_list_stays_uncertain_and_no_form_is_opened(
    listed: list[tuple[Fields, Fields]],
) -> None:
    at = portal(*listed)
    uncertain(await file(at, PRESSED))
    assert [form for form, _ in at.asked] == ["appeal-list"]


@pytest.mark.parametrize(
    "changed",
    [
        {"level": "second"},
        {"lines": ("1",)},
        {"lines": ("1", "2")},
        {"reference": "PW-0001"},
        {"filed_on": date(2026, 10, 30)},
        {"patient_name": "OBRIEN VALE, IDA"},
    ],
)
async def test_an_appeal_that_differs_is_not_taken_for_ours(changed: Fields) -> None:
    uncertain(await file(portal((IN_LIST, {**ON_PAGE, **changed})), PRESSED))


@pytest.mark.parametrize(("filed_on", "status"), [(None, "upheld"), (None, "withdrawn"), (None, None)])
async def test_one_that_may_be_older_is_shown_to_a_person(filed_on: date | None, status: str | None) -> None:
    outcome = await file(portal((IN_LIST, {**ON_PAGE, "filed_on": filed_on, "status": status})), PRESSED)
    uncertain(outcome)
    assert outcome.reason is not None
    assert len(outcome.reason.candidates) == 1


@pytest.mark.parametrize("status", ["dismissed", "upheld", "withdrawn"])
async def test_one_that_is_over_already_is_not_taken_for_ours_because_of_its_day(status: str) -> None:
    outcome = await file(portal((IN_LIST, {**ON_PAGE, "status": status})), PRESSED)
    uncertain(outcome)
    assert outcome.reason is not None
    assert len(outcome.reason.candidates) == 1


async def test_one_without_a_reference_where_ours_has_one_is_not_taken_for_ours() -> None:
    outcome = await file(portal((IN_LIST, {**ON_PAGE, "reference": None})), PRESSED)
    uncertain(outcome)
    assert outcome.reason is not None
    assert len(outcome.reason.candidates) == 1


async def test_two_that_fit_are_shown_to_a_person() -> None:
    second = {**IN_LIST, "confirmation": "T-101"}
    outcome = await file(portal((IN_LIST, ON_PAGE), (second, {**ON_PAGE, "confirmation": "T-101"})), PRESSED)
    uncertain(outcome)
    assert outcome.reason is not None
    assert len(outcome.reason.candidates) == 2


async def test_of_two_that_fit_the_one_with_our_reference_is_ours() -> None:
    second = {**IN_LIST, "confirmation": "T-101"}
    at = portal((IN_LIST, ON_PAGE), (second, {**OURS, "confirmation": "T-101"}))
    assert filed(await file(at, PRESSED)).confirmation == "T-101"


async def test_a_list_that_shows_too_little_is_no_answer() -> None:
    uncertain(await file(portal(appeal_list=Followed(means=Means.TOO_MANY)), PRESSED))


async def test_the_list_is_looked_at_again_when_it_must_show_the_appeal() -> None:
    assert PRESSED.pressed_at is not None
    later = PRESSED.pressed_at + timedelta(hours=72)
    at = portal(rules=AppealRules(listed_after_hours=72))
    outcome = await file(at, PRESSED)
    assert outcome.reason is not None
    assert outcome.reason.not_before == later


async def test_a_page_that_is_not_the_one_of_its_row_is_drift() -> None:
    with pytest.raises(Stop) as stopped:
        await file(portal((IN_LIST, {**ON_PAGE, "confirmation": "T-999"})), PRESSED)
    assert stopped.value.outcome.ending is Ending.DRIFT
