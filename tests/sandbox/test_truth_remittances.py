"""The payments of the truth ledger can be believed: they balance to the cent and pay exactly what the claims say."""

from collections import Counter, defaultdict
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sandbox.quirks import EVERYWHERE, NATIONAL
from sandbox.truth.generator import make_truth
from sandbox.truth.ledger import Truth
from sandbox.truth.remittance import RemitClaim, Remittance

TODAY = date(2026, 11, 22)
ZERO = Decimal(0)
STORIES = {
    *(
        "plain",
        "denied",
        "interest",
        "takeback",
        "reversal and correction",
        "repeated claim number",
        "corrected insured",
    ),
    *("non-payment", "same amount", "eob only", "missing", "scanned", "unbalanced", "void", "forwarding balance"),
}
RARE = {"crossover", "split", "forwarded balance taken"}
METHODS = {"ACH": "EFT", "CHK": "check", "NON": "non-payment"}


@pytest.fixture(scope="module", params=[(portal, seed) for portal in EVERYWHERE for seed in (1, 7)], ids=str)
def truth(request: pytest.FixtureRequest) -> Truth:
    portal, seed = request.param
    return make_truth(seed, 60, TODAY, portal)


def of_story(truth: Truth, story: str) -> list[Remittance]:
    found = [one for one in truth.remittances if story in one.stories]
    assert found
    return found


def adjusted(claim: RemitClaim) -> Decimal:
    return sum((item.amount for line in claim.lines for item in line.adjustments), ZERO)


def test_every_line_every_claim_and_every_payment_balances_to_the_cent(truth: Truth) -> None:
    for remittance in truth.remittances:
        for claim in remittance.claims:
            for line in claim.lines:
                assert line.billed - sum((item.amount for item in line.adjustments), ZERO) == line.paid
            assert claim.billed - adjusted(claim) == claim.paid
            owed = (item for line in claim.lines for item in line.adjustments if item.group == "PR")
            assert claim.patient_responsibility == sum((item.amount for item in owed), ZERO)
        taken = sum((one.amount for one in remittance.provider_adjustments), ZERO)
        assert sum((claim.paid for claim in remittance.claims), ZERO) - taken == remittance.amount >= ZERO


def test_every_decided_claim_is_paid_once_and_for_exactly_its_amount(truth: Truth) -> None:
    net: defaultdict[str, Decimal] = defaultdict(lambda: ZERO)
    for remittance in truth.remittances:
        for part in remittance.claims:
            net[part.payer_claim_number] += part.paid
    assert dict(net) == {claim.payer_claim_number: claim.paid for claim in truth.claims if claim.paid is not None}


def test_a_claims_payment_is_the_last_one_that_names_it(truth: Truth) -> None:
    last = {part.payer_claim_number: one for one in truth.remittances for part in one.claims}
    for claim in truth.claims:
        if claim.payment is None:
            assert claim.payer_claim_number not in last
            continue
        payment, remittance = claim.payment, last[claim.payer_claim_number]
        assert (payment.date, payment.amount) == (remittance.paid_on, claim.paid)
        if claim.paid:
            assert (payment.number, payment.method) == (remittance.trace, METHODS[remittance.method])
        else:
            assert (payment.number, payment.method) == (None, "non-payment")


def test_a_payment_comes_after_its_claims_were_decided_and_not_after_today(truth: Truth) -> None:
    decided = {claim.payer_claim_number: claim.finalised_date for claim in truth.claims}
    for remittance in truth.remittances:
        assert remittance.paid_on <= TODAY
        for part in remittance.claims:
            on = decided[part.payer_claim_number]
            assert on is not None
            assert part.received_date < on <= remittance.paid_on


def test_payments_are_shared_by_the_claims_of_a_cycle_and_numbered_once(truth: Truth) -> None:
    traces = [one.trace for one in truth.remittances]
    assert len(set(traces)) == len(traces)
    assert max(len(one.claims) for one in truth.remittances) >= 3
    assert [one.paid_on for one in truth.remittances] == sorted(one.paid_on for one in truth.remittances)


def test_every_story_is_told_among_sixty_claims_and_the_rare_ones_among_four_hundred(truth: Truth) -> None:
    assert {story for one in truth.remittances for story in one.stories} >= STORIES
    portal = truth.rows[0].portal
    many = make_truth(truth.seed, 400, TODAY, portal)
    assert {story for one in many.remittances for story in one.stories} >= STORIES | RARE


def test_what_becomes_of_a_payment_follows_from_what_is_delivered(truth: Truth) -> None:
    for one in truth.remittances:
        assert (one.expect == "missing") == (one.deliveries == ())
        assert (one.expect == "flagged") == (one.mistake is not None)
        assert (one.expect == "staff") == (one.eob_form == "scanned")
    assert Counter(one.expect for one in truth.remittances)["loaded"] > len(truth.remittances) / 2


def test_two_payments_of_one_day_have_the_same_amount(truth: Truth) -> None:
    first, second, *_ = of_story(truth, "same amount")
    assert (first.paid_on, first.amount) == (second.paid_on, second.amount)
    assert first.trace != second.trace
    assert first.claims[0].payer_claim_number != second.claims[0].payer_claim_number


def test_a_correction_follows_its_reversal_under_the_same_number(truth: Truth) -> None:
    for remittance in of_story(truth, "reversal and correction"):
        places = [place for place, one in enumerate(remittance.claims) if one.status == "22"]
        pairs = [(remittance.claims[place], remittance.claims[place + 1 :]) for place in places]
        pairs = [(back, after) for back, after in pairs if back.original_claim_number == back.payer_claim_number]
        assert pairs
        for back, after in pairs:
            assert back.payer_claim_number in [one.payer_claim_number for one in after if one.status == "1"]
            before = [one for one in truth.remittances if one.paid_on < remittance.paid_on]
            first = [c for one in before for c in one.claims if c.payer_claim_number == back.payer_claim_number]
            assert [(c.billed, c.paid) for c in first] == [(-back.billed, -back.paid)]


def test_what_is_taken_back_names_a_claim_of_an_earlier_payment(truth: Truth) -> None:
    for remittance in of_story(truth, "takeback"):
        for one in remittance.provider_adjustments:
            if one.reason == "WO":
                earlier = [before for before in truth.remittances if before.paid_on < remittance.paid_on]
                assert one.reference in [c.payer_claim_number for before in earlier for c in before.claims]
                assert one.amount > ZERO


def test_interest_adds_money_to_a_payment(truth: Truth) -> None:
    for remittance in of_story(truth, "interest"):
        claims = sum((claim.paid for claim in remittance.claims), ZERO)
        interest = [one.amount for one in remittance.provider_adjustments if one.reason == "L6"]
        others = [one.amount for one in remittance.provider_adjustments if one.reason != "L6"]
        assert all(amount < ZERO for amount in interest)
        assert remittance.amount + sum(others, ZERO) > claims


def test_a_run_that_would_cost_the_provider_money_pays_nothing_and_is_borne_once() -> None:
    for portal in EVERYWHERE:
        truth = make_truth(7, 400, TODAY, portal)
        carried: defaultdict[str, list[Decimal]] = defaultdict(list)
        for remittance in truth.remittances:
            for one in remittance.provider_adjustments:
                if one.reason == "FB":
                    carried[one.reference].append(one.amount)
                    assert (one.amount < ZERO) == (remittance.method == "NON" and remittance.amount == ZERO)
        assert carried
        borne = [amounts for amounts in carried.values() if len(amounts) == 2]
        assert borne
        assert all(sum(amounts, ZERO) == ZERO for amounts in borne)


def test_the_bank_shows_each_payment_once_on_a_working_day(truth: Truth) -> None:
    paid = {one.trace: one for one in truth.remittances}
    for deposit in truth.deposits:
        assert deposit.deposited_on <= TODAY
        assert deposit.deposited_on.weekday() < 5
        if deposit.trace:
            assert deposit.amount == paid[deposit.trace].amount
            assert timedelta() <= deposit.deposited_on - paid[deposit.trace].paid_on <= timedelta(days=4)
    traces = [one.trace for one in truth.deposits if one.trace]
    assert len(set(traces)) == len(traces)
    missing = {one.trace for one in truth.remittances if one.expect == "missing"}
    assert missing <= set(traces)


def test_claims_rows_and_asks_do_not_depend_on_how_many_appointments_there_are() -> None:
    few, many = (make_truth(7, 60, TODAY, NATIONAL, appointments) for appointments in (1, 60))
    for part in ("claims", "rows", "asks", "remittances", "deposits", "acknowledgements"):
        assert getattr(few, part) == getattr(many, part)


def test_a_claim_is_acknowledged_when_it_was_received_and_rejected_ones_have_no_number(truth: Truth) -> None:
    claims = {claim.patient_account_number: claim for claim in truth.claims if claim.billed > ZERO}
    accounts = [one.patient_account_number for one in truth.acknowledgements]
    assert set(accounts) == {number for number in claims if number is not None}
    rejected = {one.patient_account_number for one in truth.acknowledgements if not one.accepted}
    assert rejected == {number for number, claim in claims.items() if claim.category in ("A3", "A6", "A7", "A8")}
    for one in truth.acknowledgements:
        assert (one.payer_claim_number is None) == (not one.accepted)
