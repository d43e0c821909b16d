"""The truth ledger can be believed: its money balances, and its questions have the answers it says."""

from datetime import date, timedelta
from decimal import Decimal

import pytest

from sandbox.clock import Clock
from sandbox.events import EventLog
from sandbox.listing import Listing
from sandbox.portals.national.search import RULES
from sandbox.quirks import NATIONAL, Quirks
from sandbox.search import ClaimSearch, Query
from sandbox.truth.generator import make_truth
from sandbox.truth.ledger import Truth
from sandbox.truth.model import WorkListRow
from sandbox.truth.numbers import npi_check_digit
from sandbox.truth.scenarios import SCENARIOS
from sandbox.worklist import HEADER, worklist_csv

TODAY = date(2026, 11, 22)
ZERO = Decimal(0)

CATEGORIES = {
    *("A0", "A1", "A2", "A3", "A5", "A6", "A7", "A8", "E0", "E1"),
    *("F0", "F1", "F2", "F3", "F3F", "F3N", "F4", "P0", "P1", "P2", "P3", "P4", "P5"),
    *(f"R{number}" for number in range(18) if number != 2),
}


@pytest.fixture(scope="module", params=[1, 7, 2026])
def truth(request: pytest.FixtureRequest) -> Truth:
    return make_truth(request.param, 400, TODAY)


def searched(truth: Truth, row: WorkListRow) -> list[str]:
    """Numbers of the claims that a right search for this row finds, with the row's charge."""
    clock = Clock(TODAY)
    search = ClaimSearch(truth, RULES, clock, Quirks(truth.seed, NATIONAL, {}, EventLog(clock)))
    query = Query(member_id=row.member_id, service_from=row.service_from, service_to=row.service_to)
    found = search.ask(query, row.billing_npi)
    assert isinstance(found, Listing)
    charges = {claim.payer_claim_number: claim.billed for claim in truth.claims}
    return [number for number in found.claims if charges[number] == row.billed]


def test_every_line_and_every_claim_balances_to_the_cent(truth: Truth) -> None:
    for claim in truth.claims:
        assert claim.billed == sum(line.billed for line in claim.lines)
        if claim.paid is None:
            assert claim.allowed is None
            assert claim.payment is None
            assert not any(line.adjustments for line in claim.lines)
            continue
        for line in claim.lines:
            assert line.paid == line.billed - sum((item.amount for item in line.adjustments), ZERO)
            assert all(item.amount == item.amount.quantize(Decimal("0.01")) for item in line.adjustments)
        adjusted = sum((item.amount for line in claim.lines for item in line.adjustments), ZERO)
        assert claim.billed - adjusted == claim.paid
        assert claim.allowed == sum((line.allowed or ZERO for line in claim.lines), ZERO)
        assert claim.payment is not None
        assert claim.payment.amount == claim.paid


def test_what_the_patient_owes_is_what_the_lines_leave_to_the_patient(truth: Truth) -> None:
    for claim in truth.claims:
        if claim.patient_responsibility is not None:
            adjustments = [item for line in claim.lines for item in line.adjustments if item.group == "PR"]
            assert claim.patient_responsibility.total == sum((item.amount for item in adjustments), ZERO)


def test_the_same_seed_gives_the_same_bytes_and_another_seed_another_ledger() -> None:
    first, again, other = (make_truth(seed, 60, TODAY).model_dump_json() for seed in (7, 7, 8))
    assert first == again
    assert first != other


def test_every_category_and_every_scenario_occurs_among_400(truth: Truth) -> None:
    assert {claim.category for claim in truth.claims} >= CATEGORIES
    assert {ask.scenario for ask in truth.asks} == {scenario.name for scenario in SCENARIOS}


def test_every_ordinary_scenario_occurs_among_60() -> None:
    truth = make_truth(5, 60, TODAY)
    assert {ask.scenario for ask in truth.asks} >= {one.name for one in SCENARIOS if one.ordinary}


@pytest.mark.parametrize("claims", [1, 2, 7, 60, 61])
def test_the_work_list_is_as_long_as_asked_for_and_names_each_account_once(claims: int) -> None:
    truth = make_truth(3, claims, TODAY)
    assert len(truth.rows) == len(truth.asks) == claims
    assert len({row.patient_account_number for row in truth.rows}) == claims
    assert [row.patient_account_number for row in truth.rows] == [ask.patient_account_number for ask in truth.asks]


def test_the_answer_of_every_answered_row_is_found_by_its_own_search(truth: Truth) -> None:
    for row, ask in zip(truth.rows, truth.asks, strict=True):
        if ask.expect == "ANSWERED":
            assert ask.payer_claim_number in searched(truth, row), ask
        else:
            assert ask.payer_claim_number is None


def test_no_claim_fits_a_row_whose_answer_is_not_found(truth: Truth) -> None:
    for row, ask in zip(truth.rows, truth.asks, strict=True):
        if ask.expect == "NEGATIVE":
            assert searched(truth, row) == [], ask


def test_nothing_happened_after_today(truth: Truth) -> None:
    for claim in truth.claims:
        assert claim.service_from <= claim.service_to < claim.received_date <= TODAY
        assert claim.finalised_date is None or claim.received_date < claim.finalised_date <= TODAY
        assert claim.payment is None or claim.payment.date <= TODAY
        assert all(request.due > TODAY for request in claim.requests)


def test_related_claims_name_each_other(truth: Truth) -> None:
    claims = {claim.payer_claim_number: claim for claim in truth.claims}
    for claim in truth.claims:
        for related in claim.related:
            if related.role != "crossover":
                back = [one.payer_claim_number for one in claims[related.payer_claim_number].related]
                assert claim.payer_claim_number in back


def test_numbers_belong_to_nobody(truth: Truth) -> None:
    # The NPI in the standard's own example, 1234567893, has the check digit 3.
    assert npi_check_digit("123456789") == "3"
    for provider in truth.practice.providers:
        assert len(provider.npi) == 10
        assert provider.npi[-1] == npi_check_digit(provider.npi[:9])
    assert all(member.member_id.startswith("PNH") for member in truth.members)


def test_nobody_is_born_after_being_treated(truth: Truth) -> None:
    births = {member.patient: member.birth_date for member in truth.members}
    assert all(births[claim.patient] + timedelta(days=1) < claim.service_from for claim in truth.claims)


def test_the_work_list_csv_has_the_offices_columns_and_a_row_per_question() -> None:
    truth = make_truth(7, 60, TODAY)
    lines = worklist_csv(truth).splitlines()
    assert lines[0] == (
        "practice_tin,billing_npi,portal,member_id,last_name,first_name,birth_date,patient_account_number,"
        "payer_claim_number,service_from,service_to,billed,first_procedure"
    )
    assert len(HEADER) == 13
    assert len(lines) == 61
