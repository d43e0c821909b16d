"""Values that carry personal data cannot print themselves."""

from flows.questions import Flow, input_types, inputs
from tests.flows.scripted_portal import QUESTION


def test_a_question_never_prints_what_it_holds() -> None:
    printed = f"{QUESTION} {QUESTION!r} {[QUESTION]}"
    assert not any(part in printed for part in ("XS1234567", "Vale", "Ada", "1980", "150"))


def test_every_input_of_a_question_has_a_name_that_packs_may_use() -> None:
    assert set(inputs(QUESTION)) <= set(input_types(Flow.CLAIM_STATUS))
    assert inputs(QUESTION)["patient.member_id"] == "XS1234567-01"


def test_what_the_office_does_not_know_is_no_input() -> None:
    assert "claim.payer_claim_number" not in inputs(QUESTION)
