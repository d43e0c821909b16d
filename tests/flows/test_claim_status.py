"""Claim status on a scripted portal: never a wrong answer, and a person is asked wherever the page does not decide."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import pytest

from flows.answers import ClaimNotFound, ClaimState
from flows.claim_status import claim_status
from flows.matching import MatchingRules, NameRule
from flows.outcomes import Code, Ending, Outcome, Stop, stop
from flows.portal import Followed, Means, Normal, Reading
from flows.questions import ClaimStatus, Question
from tests.flows.scripted_portal import LISTED, PAID, PAID_LINES, QUESTION, ScriptedPortal, detail, value

Fields = Mapping[str, Normal | None]


async def ask(page: Reading | Sequence[Reading], listed: Sequence[Fields] = (LISTED,)) -> Outcome:
    pages = [page] if isinstance(page, Reading) else list(page)
    return await claim_status(QUESTION, ScriptedPortal({"claim-search": listed}, {"C1": pages}))


def state(outcome: Outcome) -> ClaimState:
    assert outcome.answer is not None
    assert isinstance(outcome.answer.normalised, ClaimState)
    return outcome.answer.normalised


def code(outcome: Outcome) -> Code:
    assert outcome.ending is Ending.NEEDS_STAFF
    assert outcome.reason is not None
    return outcome.reason.code


async def test_a_claim_that_fits_and_adds_up_is_answered_whole() -> None:
    answer = state(await ask(detail()))
    assert (answer.category, answer.paid, answer.payer_claim_number) == ("F1", Decimal("100.00"), "C1")
    assert answer.lines[0].adjustments[1].carc == "3"
    assert answer.lines[0].modifiers == ("25",)
    assert answer.payment is not None
    assert answer.payment.number == "E77"


async def test_every_text_of_the_page_is_kept_beside_the_answer() -> None:
    outcome = await ask(detail())
    assert outcome.answer is not None
    assert {"paid", "adjustments", "birth_date"} <= {shown.where for shown in outcome.answer.extracted}


@pytest.mark.parametrize(
    ("field", "other"),
    [
        ("patient_name", "OBRIEN VALE, ADAM"),
        ("patient_name", "BRIEN, ADA"),
        ("birth_date", date(1980, 2, 28)),
        ("patient_account_number", "A-1002"),
        ("provider_npi", "1999999992"),
        ("service_from", date(2026, 9, 2)),
        ("billed", Decimal("150.01")),
    ],
)
async def test_a_page_that_differs_in_anything_it_shows_is_never_an_answer(field: str, other: Normal) -> None:
    assert code(await ask(detail({**PAID, field: other}))) is Code.DATA_CONFLICT


async def test_a_first_procedure_that_is_not_ours_is_never_an_answer() -> None:
    lines = [{**PAID_LINES[0], "procedure": "99214"}]
    assert code(await ask(detail(lines=lines))) is Code.DATA_CONFLICT


async def test_another_member_id_is_told_as_a_correction_for_a_person() -> None:
    assert code(await ask(detail({**PAID, "member_id": "XS9999999"}))) is Code.BUS_IDCORR


async def test_a_page_that_shows_too_little_is_no_answer() -> None:
    bare = {name: normal for name, normal in PAID.items() if name not in {"member_id", "birth_date"}}
    assert code(await ask(detail(bare))) is Code.DATA_PARTIAL


async def test_where_three_letters_of_a_name_count_everything_else_must_agree() -> None:
    page = detail({**PAID, "patient_name": "OBRIGHT, ADALYN", "member_id": None})
    rules = MatchingRules(names=NameRule.FIRST_THREE)
    outcome = await claim_status(QUESTION, ScriptedPortal({"claim-search": [LISTED]}, {"C1": [page]}, matching=rules))
    assert code(outcome) is Code.DATA_PARTIAL


@pytest.mark.parametrize(("member_id", "expected"), [("shown", None), ("not shown", Code.DATA_PARTIAL)])
async def test_where_a_name_is_cut_off_everything_else_must_agree(member_id: str, expected: Code | None) -> None:
    page = {**PAID, "patient_name": "O'BRIEN-VALE, AD"}
    rules = MatchingRules(longest_name=16)
    claim = detail(page if member_id == "shown" else {**page, "member_id": None})
    outcome = await claim_status(QUESTION, ScriptedPortal({"claim-search": [LISTED]}, {"C1": [claim]}, matching=rules))
    assert (outcome.ending is Ending.ANSWERED) is (expected is None)
    assert expected is None or code(outcome) is expected


async def test_a_row_that_opens_another_claim_is_drift() -> None:
    with pytest.raises(Stop) as stopped:
        await ask(detail({**PAID, "payer_claim_number": "C2"}))
    assert stopped.value.outcome.ending is Ending.DRIFT


async def test_a_text_that_nobody_mapped_is_a_case_with_the_text() -> None:
    outcome = await ask(detail(status=value("claim.status", None, "Adjudication cycle 9", unmapped=True)))
    assert code(outcome) is Code.DATA_UNMAPPED
    assert outcome.reason is not None
    assert outcome.reason.seen[0].text == "Adjudication cycle 9"


DENIED = {**PAID, "status": "F0", "allowed": None, "paid": Decimal(0), "patient_responsibility": None, "copay": None}
DEDUCTIBLE = {
    **PAID,
    "status": "F0",
    "paid": Decimal("0.00"),
    "patient_responsibility": Decimal("120.00"),
    "copay": None,
    "deductible": Decimal("120.00"),
}


def one_line(paid: str | None, allowed: str | None, *adjustments: str) -> list[Fields]:
    amounts = {name: None if text is None else Decimal(text) for name, text in (("paid", paid), ("allowed", allowed))}
    return [{**PAID_LINES[0], **amounts, "adjustments": adjustments}]


@pytest.mark.parametrize(
    ("fields", "lines", "category"),
    [
        ({**PAID, "status": "F0"}, PAID_LINES, "F1"),
        (DENIED, one_line("0.00", None, "CO-50 $150.00"), "F2"),
        (DEDUCTIBLE, one_line("0.00", "120.00", "CO-45 $30.00", "PR-1 $120.00"), "F4"),
    ],
)
async def test_processed_is_decided_by_money_and_lines(fields: Fields, lines: Sequence[Fields], category: str) -> None:
    assert state(await ask(detail(fields, lines))).category == category


@pytest.mark.parametrize(
    ("fields", "lines"),
    [
        ({**DENIED, "paid": None}, one_line("0.00", None)),
        (DENIED, one_line("0.00", None)),
        ({**DENIED, "billed": Decimal("150.00")}, ()),
    ],
)
async def test_processed_without_money_and_reasons_is_for_a_person(fields: Fields, lines: Sequence[Fields]) -> None:
    outcome = await ask(detail(fields, lines))
    assert outcome.ending is Ending.NEEDS_STAFF


async def test_finalised_without_any_detail_yet_is_just_that() -> None:
    bare = {**DENIED, "paid": None, "payment_number": None}
    assert state(await ask(detail(bare, one_line(None, None)))).category == "F0"


async def test_money_that_does_not_add_up_is_looked_at_once_more_and_then_a_case() -> None:
    wrong = detail({**PAID, "paid": Decimal("101.00")})
    portal = ScriptedPortal({"claim-search": [LISTED]}, {"C1": [wrong]})
    outcome = await claim_status(QUESTION, portal)
    assert code(outcome) is Code.DATA_INCONSISTENT
    assert portal.looks["C1"] == 2


async def test_money_that_adds_up_at_the_second_look_is_answered() -> None:
    wrong = detail({**PAID, "paid": Decimal("101.00")})
    assert state(await ask([wrong, detail()])).paid == Decimal("100.00")


async def test_paid_without_a_payment_number_is_a_case() -> None:
    assert code(await ask(detail({**PAID, "payment_number": None}))) is Code.DATA_INCONSISTENT


async def test_the_portals_own_nothing_found_is_an_answer_after_every_search() -> None:
    portal = ScriptedPortal({"claim-search": [], "claim-search-by-name": Means.NOT_FOUND}, {})
    outcome = await claim_status(QUESTION, portal)
    assert outcome.ending is Ending.NEGATIVE
    assert outcome.answer is not None
    assert outcome.answer.normalised == ClaimNotFound(searched=("claim-search", "claim-search-by-name"))


async def test_found_at_the_second_search_is_found() -> None:
    portal = ScriptedPortal({"claim-search": [], "claim-search-by-name": [LISTED]}, {"C1": [detail()]})
    assert (await claim_status(QUESTION, portal)).ending is Ending.ANSWERED


async def test_too_many_matches_are_never_not_found() -> None:
    assert code(await claim_status(QUESTION, ScriptedPortal({"claim-search": Means.TOO_MANY}, {}))) is Code.BUS_MULTI


async def test_a_claim_of_that_day_with_another_charge_is_not_called_not_found() -> None:
    outcome = await ask(detail(), listed=[{**LISTED, "billed": Decimal("140.00")}])
    assert code(outcome) is Code.BUS_MULTI
    assert outcome.reason is not None
    assert len(outcome.reason.candidates) == 1


async def test_a_twin_with_a_claim_of_the_same_day_is_not_the_patient() -> None:
    twin = {**LISTED, "payer_claim_number": "C2", "patient_name": "OBRIEN VALE, IDA"}
    portal = ScriptedPortal({"claim-search": [twin, LISTED]}, {"C1": [detail()]})
    assert state(await claim_status(QUESTION, portal)).payer_claim_number == "C1"


async def two_claims(first: Reading, second: Reading) -> Outcome:
    listed = [LISTED, {**LISTED, "payer_claim_number": "C2"}]
    return await claim_status(QUESTION, ScriptedPortal({"claim-search": listed}, {"C1": [first], "C2": [second]}))


SECOND = {**PAID, "payer_claim_number": "C2"}


async def test_two_claims_that_fit_equally_are_for_a_person() -> None:
    no_account = {**PAID, "patient_account_number": None}
    outcome = await two_claims(detail(no_account), detail({**SECOND, "patient_account_number": None}))
    assert code(outcome) is Code.BUS_MULTI
    assert outcome.reason is not None
    assert len(outcome.reason.candidates) == 2


async def test_same_day_claims_are_told_apart_by_what_only_their_pages_show() -> None:
    outcome = await two_claims(detail({**PAID, "patient_account_number": "A-1000"}), detail(SECOND))
    assert state(outcome).payer_claim_number == "C2"


async def test_a_replaced_claim_is_answered_by_its_replacement() -> None:
    old = detail({**PAID, "status": "F3"}, related=[("replacement", "C2")])
    outcome = await two_claims(old, detail(SECOND, related=[("original", "C1")]))
    assert state(outcome).payer_claim_number == "C2"


async def test_the_paper_that_voids_a_claim_is_not_its_answer() -> None:
    voided = detail({**PAID, "status": "F3F"}, related=[("void", "C2")])
    outcome = await two_claims(voided, detail({**SECOND, "status": "F3F"}, related=[("original", "C1")]))
    assert state(outcome).payer_claim_number == "C1"


async def test_a_replacement_that_the_list_hides_is_asked_for_by_its_number() -> None:
    old = detail({**PAID, "status": "F3"}, related=[("replacement", "C2")])
    new = {**LISTED, "payer_claim_number": "C2"}
    portal = ScriptedPortal(
        {"claim-search": [LISTED], "claim-search-by-number": [new]}, {"C1": [old], "C2": [detail(SECOND)]}
    )
    assert state(await claim_status(QUESTION, portal)).payer_claim_number == "C2"


async def test_a_replacement_that_cannot_be_seen_is_for_a_person_not_the_old_answer() -> None:
    old = detail({**PAID, "status": "F3"}, related=[("replacement", "C2")])
    assert code(await ask(old)) is Code.BUS_MULTI


async def test_the_payers_own_system_error_says_nothing_about_the_claim() -> None:
    with pytest.raises(Stop) as stopped:
        await ask(detail({**PAID, "status": "E1"}))
    assert stopped.value.outcome.ending is Ending.TRANSIENT


async def test_the_same_lines_in_any_sum_are_held_against_the_claim() -> None:
    short = [{**PAID_LINES[0], "billed": Decimal("140.00"), "paid": Decimal("90.00")}]
    assert code(await ask(detail(lines=short))) is Code.DATA_INCONSISTENT


BOTH_ENDS = MatchingRules(member_id_prefix=2, member_id_suffix=3)


async def test_an_id_that_is_not_found_is_asked_for_without_what_the_payer_leaves_out() -> None:
    portal = ScriptedPortal({"claim-search": Means.NOT_FOUND}, {}, matching=BOTH_ENDS)
    outcome = await claim_status(QUESTION, portal)
    assert [question.patient.member_id for _, question in portal.asked if isinstance(question, ClaimStatus)] == [
        "XS1234567-01",
        "1234567-01",
        "XS1234567",
    ]
    assert outcome.answer is not None
    assert outcome.answer.normalised == ClaimNotFound(
        searched=(
            "claim-search",
            "claim-search, member id without its prefix",
            "claim-search, member id without its suffix",
        )
    )


@dataclass
class FoundWithout(ScriptedPortal):
    """A portal that finds the member by the id without its first letters alone."""

    typed: str = "1234567-01"
    refuses: bool = False

    async def ask(self, form: str, question: Question) -> Followed:
        assert isinstance(question, ClaimStatus)
        if self.refuses and question.patient.member_id != QUESTION.patient.member_id:
            raise stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, "Not written as this portal's are.")
        followed = await super().ask(form, question)
        return followed if question.patient.member_id == self.typed else Followed(means=Means.NOT_FOUND)


async def test_what_is_found_by_a_shorter_id_is_compared_with_the_id_on_the_card() -> None:
    found = FoundWithout({"claim-search": [LISTED]}, {"C1": [detail()]}, matching=BOTH_ENDS)
    assert state(await claim_status(QUESTION, found)).category == "F1"
    stranger = detail({**PAID, "member_id": "XS7654321"})
    found = FoundWithout({"claim-search": [LISTED]}, {"C1": [stranger]}, matching=BOTH_ENDS)
    assert code(await claim_status(QUESTION, found)) is Code.BUS_IDCORR


async def test_a_shorter_id_that_the_search_does_not_take_is_left_out() -> None:
    portal = FoundWithout({"claim-search": [LISTED]}, {}, matching=BOTH_ENDS, refuses=True)
    outcome = await claim_status(QUESTION, portal)
    assert outcome.answer is not None
    assert outcome.answer.normalised == ClaimNotFound(searched=("claim-search",))


async def test_an_id_that_the_search_does_not_take_as_on_the_card_is_for_a_person() -> None:
    portal = FoundWithout({"claim-search": [LISTED]}, {}, matching=BOTH_ENDS, refuses=True)
    other = QUESTION.model_copy(update={"patient": QUESTION.patient.model_copy(update={"member_id": "7"})})
    with pytest.raises(Stop) as stopped:
        await claim_status(other, portal)
    assert stopped.value.outcome.ending is Ending.NEEDS_STAFF
