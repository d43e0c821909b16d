"""What must never be appealed, and what to do instead."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest

from flows.answers import Adjustment, ClaimState, Line
from flows.appeal_rules import AppealRules
from flows.appealable import Judgement, Weight, Why, appeal_codes, judge
from flows.contested import changed_meanwhile
from flows.deadlines import Anchor, Deadline, Event
from flows.decided_claim import DecidedClaim, DecidedLine, of_claim_status
from flows.payer_types import PayerType
from flows.questions import AppealLevel, AppealReason, Contest
from flows.sanity import NO_DENIAL

TODAY = date(2026, 3, 2)
MEDICARE, OTHER = PayerType.MEDICARE, PayerType.COMMERCIAL


def adjusted(*told: str) -> tuple[Adjustment, ...]:
    """From `CO-50 100.00`."""
    parts = [(*one.split()[0].split("-"), one.split()[1]) for one in told]
    return tuple(Adjustment(group=group, carc=carc, amount=Decimal(amount)) for group, carc, amount in parts)


def line(number: int, billed: str, paid: str, *told: str, remarks: Sequence[str] = ()) -> DecidedLine:
    return DecidedLine(
        number=str(number),
        procedure="99213",
        billed=Decimal(billed),
        paid=Decimal(paid),
        adjustments=adjusted(*told),
        remark_codes=tuple(remarks),
    )


DENIED = line(1, "100.00", "0.00", "CO-50 70.00", "CO-45 30.00")
PAID = line(2, "80.00", "60.00", "CO-45 20.00")
CUT = line(3, "40.00", "10.00", "CO-151 30.00")


def claim(*lines: DecidedLine, category: str = "F1", told: Sequence[str] = (), **more: object) -> DecidedClaim:
    values: dict[str, object] = {
        "source": "claim-status",
        "payer_claim_number": "2026012345",
        "category": category,
        "billed": sum((one.billed for one in lines), Decimal("0.00")) or Decimal("100.00"),
        "paid": sum((one.paid or Decimal(0) for one in lines), Decimal("0.00")),
        "lines": lines,
        "adjustments": adjusted(*told),
        **more,
    }
    return DecidedClaim.model_validate(values)


def last_day(day: date, *, verified: bool = False) -> Deadline:
    return Deadline(
        event=Event.APPEAL_FIRST, day=day, rule_id="r", anchor=Anchor.NOTICE, anchor_date=day, source="s",
        verified_on=TODAY if verified else None, verified_by="dana" if verified else None,
    )  # fmt: skip


def judged(
    what: DecidedClaim,
    payer: PayerType = PayerType.COMMERCIAL,
    *,
    lines: Sequence[str] | None = None,
    rules: AppealRules | None = None,
    level: AppealLevel = AppealLevel.FIRST,
    deadline: Deadline | None = None,
) -> Judgement:
    return judge(
        what, payer, rules or AppealRules(), level=level,
        deadline=deadline or last_day(date(2026, 5, 1)), today=TODAY, lines=lines,
    )  # fmt: skip


def whys(judgement: Judgement, weight: Weight) -> set[Why]:
    return {one.why for one in judgement.findings if one.weight is weight}


def test_only_what_was_denied_is_contested_never_all_of_a_claim() -> None:
    found = judged(claim(DENIED, PAID, CUT))
    assert (found.lines, found.amount, found.carcs) == (("1",), Decimal("70.00"), ("50",))
    assert found.reason is AppealReason.MEDICAL_NECESSITY
    assert found.weight is Weight.NOTE


def test_of_a_line_that_was_cut_what_was_cut_off_is_contested_when_it_is_named() -> None:
    found = judged(claim(DENIED, PAID, CUT), lines=["1", "3"])
    assert (found.lines, found.amount, found.carcs) == (("1", "3"), Decimal("100.00"), ("50", "151"))
    assert (found.reason, found.weight) == (AppealReason.UNDERPAYMENT, Weight.NOTE)


@pytest.mark.parametrize(
    ("what", "payer", "lines", "why", "instead"),
    [
        (claim(DENIED, remark_codes=("MA130",)), OTHER, None, Why.UNPROCESSABLE, "new claim"),
        (claim(line(1, "9.00", "0.00", "CO-16 9.00", remarks=["N704"])), MEDICARE, None, Why.UNPROCESSABLE, "a new"),
        (claim(line(1, "9.00", "0.00", "CO-29 9.00")), MEDICARE, None, Why.REASON_CODE, "exception to timely filing"),
        (claim(DENIED, category="P1"), OTHER, None, Why.NOT_DECIDED, "again when it has"),
        (claim(DENIED, category="P3"), OTHER, None, Why.NOT_DECIDED, "Send what it asked for"),
        (claim(DENIED, category="R4"), OTHER, None, Why.NOT_DECIDED, "Send what it asked for"),
        (claim(DENIED, category="F3N"), OTHER, None, Why.NOT_DECIDED, "whoever decides on it now"),
        (claim(DENIED, category="F3"), OTHER, None, Why.NOT_DECIDED, "took its place"),
        (claim(DENIED, category="A7"), OTHER, None, Why.REJECTED, "new claim"),
        (claim(DENIED, PAID), OTHER, ["2"], Why.LINE_PAID, "Leave it out"),
        (claim(DENIED, line(2, "9.00", "0.00", "PR-1 9.00")), OTHER, ["2"], Why.NOTHING_DENIED, "Leave it out"),
        (claim(DENIED), OTHER, ["7"], Why.LINE_NOT_THERE, "has no line 7"),
        (claim(line(1, "9.00", "0.00", "PR-1 9.00"), category="F4"), OTHER, None, Why.NOTHING_DENIED, "Post it"),
        (claim(line(1, "9.00", "0.00", "CO-45 2.00", "OA-23 7.00")), OTHER, None, Why.NOTHING_DENIED, "Post it"),
        (claim(line(1, "9.00", "0.00")), OTHER, None, Why.LINE_UNEXPLAINED, "Import the"),
        (claim(PAID), OTHER, None, Why.NOTHING_DENIED, "underpayment review"),
        (claim(DENIED, appeal_allowed=False), OTHER, None, Why.PORTAL_SAYS_NO, "by post"),
        (claim(category="F1", told=["CO-45 40.00"]), OTHER, None, Why.NOTHING_DENIED, "Post it"),
        (claim(category="F2", told=["CO-50 40.00"]), OTHER, ["1"], Why.LINE_NOT_THERE, "as a whole"),
    ],
)  # fmt: skip
def test_what_cannot_be_appealed_is_stopped_with_what_to_do_instead(
    what: DecidedClaim, payer: PayerType, lines: list[str] | None, why: Why, instead: str
) -> None:
    found = judged(what, payer, lines=lines)
    assert found.weight is Weight.STOP
    assert why in whys(found, Weight.STOP)
    assert instead in " ".join(one.what for one in found.findings)


@pytest.mark.parametrize("carc", ["4", "11", "16", "18", "22", "31", "109", "226", "252"])
def test_what_wants_something_else_first_is_drafted_only_with_a_reason(carc: str) -> None:
    found = judged(claim(line(1, "9.00", "0.00", f"CO-{carc} 9.00")))
    assert whys(found, Weight.WANTS_REASON) == {Why.REASON_CODE}
    assert found.weight is Weight.WANTS_REASON


def contested(judgement: Judgement) -> Contest:
    return Contest(
        reference="r", level=AppealLevel.FIRST, reason=judgement.reason, lines=judgement.lines,
        amount=judgement.amount, argument="a",
    )  # fmt: skip


@pytest.mark.parametrize("lines", [None, ["1"], ["3"], ["1", "3"]])
def test_what_is_drafted_is_still_appealable_when_the_robot_looks_at_the_page(lines: list[str] | None) -> None:
    state = ClaimState(
        category="F1",
        portal_text="Finalized",
        payer_claim_number="2026012345",
        billed=Decimal("220.00"),
        paid=Decimal("70.00"),
        lines=tuple(
            Line(
                number=int(one.number),
                procedure=one.procedure,
                billed=one.billed,
                paid=one.paid,
                adjustments=one.adjustments,
            )
            for one in (DENIED, PAID, CUT)
        ),
    )
    assert changed_meanwhile(contested(judged(of_claim_status(state), lines=lines)), state) is None


@pytest.mark.parametrize("carc", ["29", "50", "151", "197", "198"])
def test_the_usual_grounds_of_an_appeal_stop_nothing(carc: str) -> None:
    found = judged(claim(line(1, "9.00", "0.00", f"CO-{carc} 9.00"), category="F2"))
    assert (found.carc, found.amount) == (carc, Decimal("9.00"))
    assert found.weight in (None, Weight.NOTE)


def test_late_filing_is_appealable_with_proof_but_not_at_medicare() -> None:
    late = claim(line(1, "9.00", "0.00", "CO-29 9.00"), category="F2")
    assert {payer for payer in PayerType if judged(late, payer).weight is Weight.STOP} == {PayerType.MEDICARE}


def test_a_reason_said_of_the_whole_claim_counts_its_money_once() -> None:
    lines = [line(number, "50.00", "0.00") for number in (1, 2)]
    found = judged(claim(*lines, category="F2", told=["CO-29 100.00"]))
    assert (found.lines, found.amount, found.carc) == (("1", "2"), Decimal("100.00"), "29")
    part = judged(claim(*lines, category="F2", told=["CO-29 100.00"]), lines=["2"])
    assert (part.lines, part.amount, part.carc) == (("2",), Decimal("50.00"), "29")


def test_a_claim_without_lines_is_contested_as_a_whole() -> None:
    found = judged(claim(category="F2", told=["CO-50 60.00", "CO-45 40.00"]))
    assert (found.lines, found.amount, found.carc) == ((), Decimal("60.00"), "50")
    silent = judged(claim(category="F2"))
    assert (silent.amount, silent.carc) == (Decimal("100.00"), None)
    assert Why.REASON_UNKNOWN in whys(silent, Weight.NOTE)


def test_the_reason_is_that_for_which_most_of_the_money_was_denied() -> None:
    found = judged(claim(line(1, "30.00", "0.00", "CO-97 30.00"), line(2, "70.00", "0.00", "CO-197 70.00")))
    assert (found.carcs, found.reason) == (("197", "97"), AppealReason.AUTHORIZATION)


def test_a_closed_window_stops_and_only_another_verified_rule_opens_it() -> None:
    yesterday = date(2026, 3, 1)
    unsure = judged(claim(DENIED), deadline=last_day(yesterday))
    assert whys(unsure, Weight.STOP) == {Why.WINDOW_CLOSED}
    assert "verify its rule" in unsure.findings[0].what
    sure = judged(claim(DENIED), deadline=last_day(yesterday, verified=True))
    assert whys(sure, Weight.STOP) == {Why.WINDOW_CLOSED}
    assert "verify" not in sure.findings[0].what
    assert judged(claim(DENIED), deadline=last_day(TODAY)).weight is Weight.NOTE


def test_what_the_portal_does_not_take_is_stopped() -> None:
    two = claim(DENIED, line(2, "9.00", "0.00", "CO-50 9.00"))
    assert whys(judged(two, rules=AppealRules(one_line=True)), Weight.STOP) == {Why.ONE_LINE}
    assert judged(two, rules=AppealRules(one_line=True), lines=["2"]).weight is Weight.NOTE
    assert whys(judged(two, level=AppealLevel.SECOND), Weight.STOP) == {Why.LEVEL}


def test_a_denial_that_was_taken_back_is_none() -> None:
    found = judged(claim(line(1, "9.00", "0.00", "CO-50 9.00", "CO-50 -9.00", "PR-1 9.00")))
    assert whys(found, Weight.STOP) == {Why.NOTHING_DENIED}
    again = judged(claim(line(1, "9.00", "0.00", "CO-50 9.00", "CO-50 -9.00", "CO-97 9.00")))
    assert (again.carcs, again.amount) == (("97",), Decimal("9.00"))


def test_every_rule_of_a_code_says_what_to_do_first_unless_an_appeal_is_the_usual_way() -> None:
    codes = appeal_codes()
    assert all(rule.first for rule in codes.carc if rule.appeal != "yes")
    assert not {rule.code for rule in codes.carc} & codes.no_denial
    assert codes.no_denial >= NO_DENIAL  # what a claim's page is read by
    keys = [(rule.code, rule.for_) for rule in codes.carc]
    assert len(set(keys)) == len(keys)
