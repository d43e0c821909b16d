"""The outcome table: no member without a policy, and nothing unsafe is ever repeated by a machine."""

import pytest
from pydantic import ValidationError

from flows.outcomes import Code, Ending, Family, Outcome, Reason, Then, back_off, policy


@pytest.mark.parametrize("ending", list(Ending))
def test_every_ending_has_a_policy(ending: Ending) -> None:
    assert isinstance(policy(ending).then, Then)


def test_only_a_transient_failure_is_tried_again_by_the_engine() -> None:
    assert [ending for ending in Ending if policy(ending).retry] == [Ending.TRANSIENT]


def test_what_endangers_an_account_or_the_portal_ends_the_session() -> None:
    ended = {ending for ending in Ending if not policy(ending).session_goes_on}
    assert ended == {Ending.CREDENTIAL, Ending.REFUSED}


def test_back_off_grows_and_then_a_person_looks() -> None:
    waits = [wait for tries in range(1, 10) if (wait := back_off(tries)) is not None]
    assert waits == sorted(waits)
    assert back_off(len(waits) + 1) is None


@pytest.mark.parametrize("ending", list(Ending))
def test_an_outcome_without_its_answer_or_reason_cannot_be_made(ending: Ending) -> None:
    with pytest.raises(ValidationError):
        Outcome(ending=ending)


def test_an_answer_ending_takes_no_reason() -> None:
    with pytest.raises(ValidationError):
        Outcome(ending=Ending.ANSWERED, reason=Reason(code=Code.BUS_MULTI, what="two rows fit"))


@pytest.mark.parametrize("code", list(Code))
def test_every_code_belongs_to_a_family(code: Code) -> None:
    assert isinstance(code.family, Family)
