"""What is judged appealable is what the practice payers take: held against the truth behind their pages."""

from datetime import date

import pytest

from flows.answers import Adjustment
from flows.appeal_rules import AppealRules
from flows.appealable import Judgement, Weight, Why, judge
from flows.decided_claim import DecidedClaim, DecidedLine
from flows.payer_types import PayerType
from flows.questions import AppealLevel
from sandbox.truth.generator import make_truth
from sandbox.truth.model import Claim

TODAY = date(2026, 11, 22)


def judged(claim: Claim, payer: PayerType) -> Judgement:
    """The claim as its page shows it, in time."""
    lines = tuple(
        DecidedLine(
            number=str(line.number),
            procedure=line.procedure,
            billed=line.billed,
            allowed=line.allowed,
            paid=line.paid,
            adjustments=tuple(
                Adjustment(group=one.group, carc=one.carc, amount=one.amount) for one in line.adjustments
            ),
            remark_codes=line.remark_codes,
        )
        for line in claim.lines
    )
    decided = DecidedClaim(
        source="claim-status",
        payer_claim_number=claim.payer_claim_number,
        category=claim.category,
        billed=claim.billed,
        paid=claim.paid,
        lines=lines,
    )
    return judge(decided, payer, AppealRules(), level=AppealLevel.FIRST, deadline=None, today=TODAY)


@pytest.mark.parametrize(
    ("portal", "payer"),
    [
        ("practice-multipayer", PayerType.COMMERCIAL),
        ("practice-national", PayerType.COMMERCIAL),
        ("practice-contractor", PayerType.MEDICARE),
        ("practice-medicaid", PayerType.MEDICAID),
    ],
)
def test_what_is_contested_is_what_the_payer_denied_and_what_it_would_refuse_is_stopped(
    portal: str, payer: PayerType
) -> None:
    truth = make_truth(11, 60, TODAY, portal)
    rights = {right.payer_claim_number: right for right in truth.appeal_rights if right.level == "first"}
    taken = 0
    for claim in truth.claims:
        found, right = judged(claim, payer), rights.get(claim.payer_claim_number)
        if right is None or claim.category == "F3":  # another claim took its place
            assert found.weight is Weight.STOP, claim.category
            continue
        assert found.lines == tuple(map(str, right.lines))
        assert found.amount > 0
        why = {one.why for one in found.findings if one.weight is not Weight.NOTE}
        if right.refused is None:
            assert found.weight is not Weight.STOP
            taken += not why
        # What no page says (a contract, a line that another claim paid) only the payer can refuse.
        elif any(code in ("MA130", "N704") for line in claim.lines for code in line.remark_codes):
            assert Why.UNPROCESSABLE in why
        elif payer is PayerType.MEDICARE and "29" in found.carcs:
            assert found.weight is Weight.STOP
    assert taken >= 8
