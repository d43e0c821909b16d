"""The denials and appeal rights of the truth ledger: enough of every kind, and nothing else changed by them."""

from collections import Counter
from datetime import date, timedelta
from decimal import Decimal

import pytest

from sandbox.quirks import CONTRACTOR, EVERYWHERE, MEDICAID, NATIONAL
from sandbox.truth.appeal_rights import APPEAL_RULES, denied_lines, rights_of
from sandbox.truth.denial_scenarios import DENIALS
from sandbox.truth.generator import make_truth
from sandbox.truth.ledger import Truth

TODAY = date(2026, 11, 22)
SEEDS = (1, 7)


@pytest.fixture(scope="module", params=[(portal, seed) for portal in EVERYWHERE for seed in SEEDS], ids=str)
def truth(request: pytest.FixtureRequest) -> Truth:
    portal, seed = request.param
    return make_truth(seed, 60, TODAY, portal)


def portal_of(truth: Truth) -> str:
    return truth.rows[0].portal


def test_every_sixty_rows_bring_each_kind_of_denial_once_and_fewer_rows_none() -> None:
    for claims, times in ((59, 0), (60, 1), (130, 2)):
        made = make_truth(7, claims, TODAY)
        assert Counter(ask.scenario for ask in made.denial_asks) == (
            Counter({f"denial: {one.name}": times for one in DENIALS} if times else {})
        )


def test_a_denial_is_a_row_with_the_payers_number_of_a_claim_with_adjustments(truth: Truth) -> None:
    claims = {claim.payer_claim_number: claim for claim in truth.claims}
    work = {row.patient_account_number for row in truth.rows}
    for row, ask in zip(truth.denial_rows, truth.denial_asks, strict=True):
        claim = claims[row.payer_claim_number]
        assert (ask.expect, ask.payer_claim_number) == ("ANSWERED", row.payer_claim_number)
        assert (row.patient_account_number, row.billed) == (claim.patient_account_number, claim.billed)
        assert row.patient_account_number not in work
        assert denied_lines(claim)
        assert row.portal == portal_of(truth)


def test_at_least_six_denials_can_be_appealed_and_every_decision_is_among_them(truth: Truth) -> None:
    told = {one.name: one for one in DENIALS}
    asked = {ask.payer_claim_number: ask.scenario.removeprefix("denial: ") for ask in truth.denial_asks}
    open_rights = [
        right
        for right in truth.appeal_rights
        if right.level == "first"
        and right.refused is None
        and right.payer_claim_number in asked
        and not told[asked[right.payer_claim_number]].filed_by_hand
        and right.closes_on is not None
        and right.closes_on >= TODAY + timedelta(days=30)
    ]
    assert len(open_rights) >= 8 - (portal_of(truth) == CONTRACTOR)
    decisions = Counter(right.ruling.decision for right in open_rights)
    assert set(decisions) == {"overturned", "partly", "upheld", "dismissed"}
    assert any(right.ruling.information is not None for right in open_rights)


def test_a_right_names_the_denied_lines_and_pays_no_more_than_was_billed_for_them(truth: Truth) -> None:
    claims = {claim.payer_claim_number: claim for claim in truth.claims}
    levels = APPEAL_RULES[portal_of(truth)].levels
    assert {right.level for right in truth.appeal_rights} == set(levels)
    for right in truth.appeal_rights:
        claim = claims[right.payer_claim_number]
        billed = {line.number: line.billed for line in claim.lines}
        assert right.lines == denied_lines(claim) != ()
        assert levels[right.level].decision_days[0] <= right.ruling.days <= levels[right.level].decision_days[1]
        for payment in right.ruling.payments:
            assert Decimal(0) < payment.amount < billed[payment.number]
            assert payment.amount == payment.amount.quantize(Decimal("0.01"))
        pays = right.ruling.recovered(right.lines) > 0
        assert pays == (right.ruling.decision in ("overturned", "partly"))
        first, *others = right.lines
        parts = right.ruling.recovered([first]) + right.ruling.recovered(others)
        assert parts == right.ruling.recovered(right.lines)
        assert right.ruling.recovered([99]) == 0


def test_what_is_put_right_otherwise_cannot_be_appealed() -> None:
    national, contractor = (make_truth(7, 400, TODAY, portal) for portal in (NATIONAL, CONTRACTOR))
    for truth in (national, contractor):
        claims = {claim.payer_claim_number: claim for claim in truth.claims}
        told = {ask.payer_claim_number for ask in truth.denial_asks}
        seen = set()
        for right in truth.appeal_rights:
            claim = claims[right.payer_claim_number]
            if right.payer_claim_number in told or right.level != "first":
                continue
            carcs = {item.carc for line in claim.lines if line.number in right.lines for item in line.adjustments}
            barred = carcs & {"16", "252"} or (truth is contractor and "29" in carcs) or claim.text_hint
            assert right.refused == ("not-appealable" if barred else None), (right, carcs)
            seen |= carcs
        assert seen >= {"16", "29", "50", "252"}


@pytest.mark.parametrize("remark", ["MA130", "N704"])
def test_a_claim_that_was_not_decided_has_no_appeal_right_whatever_the_reason_code(remark: str) -> None:
    truth = make_truth(7, 60, TODAY)
    number = next(one.payer_claim_number for one in truth.denial_asks if one.scenario == "denial: medical necessity")
    claim = next(claim for claim in truth.claims if claim.payer_claim_number == number)
    lines = tuple(line.model_copy(update={"remark_codes": (remark,)}) for line in claim.lines)
    unprocessable = claim.model_copy(update={"lines": lines})
    said = [right.refused for one in (claim, unprocessable) for right in rights_of(one, NATIONAL, 7)[:1]]
    assert said == [None, "not-appealable"]


def test_medicaid_has_one_level_and_the_window_is_counted_from_the_decision() -> None:
    truth = make_truth(3, 60, TODAY, MEDICAID)
    claims = {claim.payer_claim_number: claim for claim in truth.claims}
    special = {ask.payer_claim_number for ask in truth.denial_asks if "early" in ask.scenario}
    for right in truth.appeal_rights:
        decided = claims[right.payer_claim_number].finalised_date
        assert decided is not None
        early = right.payer_claim_number in special
        assert right.level == "first"
        assert right.closes_on == (TODAY - timedelta(days=4) if early else decided + timedelta(days=90))


def test_work_list_and_appointments_are_those_of_a_ledger_without_denials(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = make_truth(7, 60, TODAY)
    monkeypatch.setattr("sandbox.truth.generator.DENIALS", ())
    bare = make_truth(7, 60, TODAY)
    for part in ("rows", "asks", "appointments", "appointment_asks"):
        assert getattr(whole, part) == getattr(bare, part)
    for part in ("members", "claims", "coverages", "deposits"):
        kept = getattr(bare, part)
        assert getattr(whole, part)[: len(kept)] == kept
    assert [one for one in whole.remittances if one in bare.remittances] == list(bare.remittances)


def test_an_appeal_filed_by_hand_is_older_than_today_and_younger_than_the_denial(truth: Truth) -> None:
    claims = {claim.payer_claim_number: claim for claim in truth.claims}
    assert sorted(one.channel for one in truth.earlier_appeals) == ["paper", "portal"]
    for one in truth.earlier_appeals:
        decided = claims[one.payer_claim_number].finalised_date
        assert decided is not None
        assert decided < one.filed_on < TODAY
