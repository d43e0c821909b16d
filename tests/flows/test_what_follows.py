"""Underpayment, the not-found ladder, words of codes, and which of several answers about one claim counts."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from types import MappingProxyType

import pytest

from flows.answers import AppealStanding, AppealState, ClaimState, Decision, Line, Request
from flows.claim_work import ClaimFacts, Remitted, Surroundings, follow_claim
from flows.codes import CodeSet, category_words, code_set_of, words
from flows.coverage import Coverage, CoverageStatus, Difference, Member, MemberNotFound
from flows.not_found import NotFoundFacts, Stand, coverage_found, finding_of_not_found, ladder
from flows.payer_types import PayerType
from flows.remittance import ProviderAdjustment, RemitAdjustment, RemitClaim, RemitLine, RemitPerson
from flows.routing import Circumstances, Contested, route
from flows.routing_findings import finding_of_appeal, finding_of_unknown_member, findings_of_takebacks
from flows.routing_rules import CoverageFound, Finding, routing_rules
from flows.tasks import Task, TaskKind
from flows.underpayment import Allowed, Fee, underpaid

RULES = routing_rules()
TODAY = date(2026, 11, 23)
DAY = date(2026, 3, 2)


def routed(*found: Finding, payer: PayerType = PayerType.COMMERCIAL) -> tuple[Task, ...]:
    return route(found, RULES, Circumstances(as_of=TODAY, payer=payer)).tasks


def line(procedure: str = "99213", allowed: str | None = "80.00", *modifiers: str, units: str | None = "1") -> Allowed:
    return Allowed(
        1, procedure, modifiers, None if units is None else Decimal(units), Decimal("150.00"),
        None if allowed is None else Decimal(allowed),
    )  # fmt: skip


def fee(amount: str, modifier: str = "", begins: date = date(2026, 1, 1), ends: date | None = None) -> Fee:
    return Fee(procedure="99213", modifier=modifier, amount=Decimal(amount), begins=begins, ends=ends)


@pytest.mark.parametrize(
    ("one", "fees", "short"),
    [
        (line(), [fee("92.40")], "12.40"),
        (line(units="2"), [fee("45.005")], "10.01"),
        (line(units=None), [fee("92.40")], "12.40"),
        (line(), [fee("80.00")], None),
        (line(), [fee("900.00")], "70.00"),  # the contract gives the lesser of its price and the charge
        (line(allowed="0.00"), [fee("92.40")], None),  # denied: no matter of price
        (line(allowed=None), [fee("92.40")], None),
        (line("99213", "80.00", "26"), [fee("92.40")], None),  # the price of a part is not known
        (line("99213", "80.00", "26"), [fee("92.40"), fee("90.00", "26")], "10.00"),
        (line("99213", "80.00", "25"), [fee("92.40")], "12.40"),  # this modifier changes no price
        (line("99213", "80.00", "26", "50"), [fee("90.00", "26")], None),
        (line(), [fee("92.40", ends=date(2026, 2, 1))], None),
        (line(), [fee("92.40", ends=date(2026, 2, 1)), fee("81.00", begins=date(2026, 2, 2))], "1.00"),
    ],
)
def test_less_than_the_contract_is_told_only_where_it_can_be_compared(
    one: Allowed, fees: list[Fee], short: str | None
) -> None:
    found = list(underpaid([one], lambda _: fees, DAY))
    assert [str(each.amount) for each in found] == ([] if short is None else [short])
    assert [task.kind for task in routed(*found)] == [TaskKind.UNDERPAYMENT] * len(found)


def facts(
    coverage: CoverageFound, accepted: date | None = None, *, rejected: bool = False, since: date = TODAY
) -> NotFoundFacts:
    return NotFoundFacts(
        searched=("claim-search", "claim-search-by-name"),
        coverage=coverage,
        accepted_on=accepted,
        rejected=rejected,
        since=since,
        billed=Decimal("120.50"),
    )


@pytest.mark.parametrize(
    ("known", "kind"),
    [
        (facts(CoverageFound.NOT_ASKED), TaskKind.CHECK_ELIGIBILITY),
        (facts(CoverageFound.INACTIVE, accepted=DAY), TaskKind.FIND_COVERAGE),
        (facts(CoverageFound.MEMBER_NOT_FOUND), TaskKind.FIND_COVERAGE),
        (facts(CoverageFound.OTHER_PAYER), TaskKind.CHANGE_PAYER),
        (facts(CoverageFound.CORRECTED), TaskKind.DEMOGRAPHICS),
        (facts(CoverageFound.ACTIVE, rejected=True), TaskKind.NEW_CLAIM),
        (facts(CoverageFound.ACTIVE, accepted=date(2026, 11, 20)), None),
        (facts(CoverageFound.ACTIVE, accepted=date(2026, 11, 19)), TaskKind.CALL_PAYER),
        (facts(CoverageFound.BY_HAND, accepted=date(2026, 11, 1)), TaskKind.CALL_PAYER),
        (facts(CoverageFound.ACTIVE, since=date(2026, 11, 21)), None),
        (facts(CoverageFound.ACTIVE, since=date(2026, 11, 20)), TaskKind.CHECK_CLEARINGHOUSE),
        (facts(CoverageFound.ACTIVE, since=date(2026, 11, 18)), TaskKind.REBILL),
    ],
)
def test_the_not_found_ladder_goes_step_by_step(known: NotFoundFacts, kind: TaskKind | None) -> None:
    tasks = routed(finding_of_not_found(known, TODAY))
    assert [task.kind for task in tasks] == ([] if kind is None else [kind])
    for task in tasks:
        assert "claim-search, claim-search-by-name" in task.why  # each way to search is on record
        assert task.money == Decimal("120.50")


def test_an_accepted_claim_is_never_billed_again() -> None:
    for days in range(200):
        known = facts(CoverageFound.ACTIVE, accepted=date.fromordinal(TODAY.toordinal() - days))
        assert TaskKind.REBILL not in {task.kind for task in routed(finding_of_not_found(known, TODAY))}


def test_the_ladder_says_where_it_stands() -> None:
    steps = ladder(facts(CoverageFound.ACTIVE, accepted=date(2026, 11, 1)), TODAY)
    assert [step.stand for step in steps] == [Stand.PASSED, Stand.PASSED, Stand.HERE]
    assert "accepted on 2026-11-01 (277CA), 22 days ago" in steps[2].known
    assert [step.stand for step in ladder(facts(CoverageFound.NOT_ASKED), TODAY)] == [
        Stand.HERE, Stand.PASSED, Stand.NOT_YET,
    ]  # fmt: skip


def test_what_coverage_says_about_the_right_payer() -> None:
    active = Coverage(status=CoverageStatus.ACTIVE, portal_text="Active", member=Member())
    other_id = Difference(field="member_id", ours="A", theirs="B")
    assert coverage_found(None) is CoverageFound.NOT_ASKED
    assert coverage_found(active) is CoverageFound.ACTIVE
    assert coverage_found(active.model_copy(update={"payer_to_bill": "PLAN"})) is CoverageFound.OTHER_PAYER
    assert coverage_found(active.model_copy(update={"status": CoverageStatus.INACTIVE})) is CoverageFound.INACTIVE
    assert coverage_found(active.model_copy(update={"differences": (other_id,)})) is CoverageFound.CORRECTED
    assert coverage_found(MemberNotFound(searched=("x",))) is CoverageFound.MEMBER_NOT_FOUND
    assert routed(finding_of_unknown_member(MemberNotFound(searched=("x",), rejected=("71",))))[0].kind is (
        TaskKind.DEMOGRAPHICS
    )
    assert routed(finding_of_unknown_member(MemberNotFound(searched=("x",), rejected=("75",))))[0].kind is (
        TaskKind.FIND_COVERAGE
    )


def test_an_appeal_that_is_decided_or_waits_becomes_work() -> None:
    def of(standing: AppealStanding, **more: object) -> tuple[Task, ...]:
        state = AppealState(standing=standing, portal_text="x").model_copy(update=more)
        return routed(finding_of_appeal(state, Decimal("300.00"), 7))

    decided = AppealStanding.DECIDED
    assert of(AppealStanding.IN_REVIEW) == ()
    (records,) = of(AppealStanding.INFORMATION_WANTED, requests=(Request(what="x", due=date(2026, 12, 2)),))
    assert (records.kind, records.due, records.topic) == (
        TaskKind.SEND_RECORDS, date(2026, 12, 2), "appeal-information-appeal-7",
    )  # fmt: skip
    (won,) = of(decided, decision=Decision.OVERTURNED, recovered=Decimal("250.00"))
    assert (won.kind, won.money, won.due) == (TaskKind.WATCH_PAYMENT, Decimal("250.00"), date(2026, 12, 23))
    (lost,) = of(decided, decision=Decision.UPHELD)
    assert (lost.kind, lost.role) == (TaskKind.WRITE_OFF, "manager")
    (next_level,) = of(decided, decision=Decision.UPHELD, next_level_due=date(2026, 12, 31))
    assert (next_level.kind, next_level.limit) == (TaskKind.APPEAL_DRAFT, date(2026, 12, 31))
    (part,) = of(decided, decision=Decision.PARTLY, recovered=Decimal("10.00"))
    assert part.kind is TaskKind.WATCH_PAYMENT


def test_money_taken_back_is_a_task_for_each_time_and_interest_is_none() -> None:
    taken = [
        (ProviderAdjustment(reason="WO", amount=Decimal("80.00")), 1, True),
        (ProviderAdjustment(reason="WO", amount=Decimal("20.00")), 2, False),
        (ProviderAdjustment(reason="L6", amount=Decimal("-3.00")), 3, False),
        (ProviderAdjustment(reason="ZZ", amount=Decimal("5.00")), 4, False),
    ]
    tasks = routed(*findings_of_takebacks(taken))
    assert [(task.kind, task.money) for task in tasks] == [
        (TaskKind.TAKEBACK, Decimal("80.00")),
        (TaskKind.TAKEBACK, Decimal("20.00")),
        (TaskKind.TAKEBACK, Decimal("5.00")),
    ]


def state(category: str = "F2", finalised: date | None = date(2026, 4, 1), paid: str = "0.00") -> ClaimState:
    return ClaimState(
        category=category,
        portal_text="x",
        payer_claim_number="ICN-1",
        billed=Decimal("100.00"),
        paid=Decimal(paid),
        finalised_date=finalised,
        lines=(Line(number=1, procedure="99213", billed=Decimal("100.00")),),
    )


def remitted(
    paid: str,
    adjustment: str,
    *,
    paid_on: date = date(2026, 4, 3),
    came_on: date = date(2026, 4, 10),
    claim: Mapping[str, object] = MappingProxyType({}),
    **flags: bool,
) -> Remitted:
    """A payment of a claim of 100.00 with this adjustment; `claim`: other fields of it."""
    code, amount = adjustment.split()
    group, _, carc = code.partition("-")
    one = RemitClaim(
        number=1, patient_account_number="A", status="1", billed=Decimal("100.00"), paid=Decimal(paid),
        payer_claim_number="ICN-9",
        lines=(
            RemitLine(
                number=1, procedure="99213", billed=Decimal("100.00"), paid=Decimal(paid),
                adjustments=(RemitAdjustment(group=group, carc=carc, amount=Decimal(amount)),),
            ),
        ),
    )  # fmt: skip
    return Remitted(claim=one.model_copy(update=claim), paid_on=paid_on, came_on=came_on, **flags)


def of_claim(**known: object) -> list[tuple[TaskKind, Decimal]]:
    around = Surroundings(RULES, PayerType.MEDICARE, TODAY, lambda _: (), lambda _service, _decided: None)
    made = ClaimFacts(service_from=DAY, member_id="M1", last_name="Quillfeather", **known)  # type: ignore[arg-type]  # named
    return [(task.kind, task.money) for task in follow_claim(made, around).tasks]


def test_the_remittance_counts_before_the_status_until_a_later_decision() -> None:
    by_remittance = remitted("0.00", "CO-B16 100.00")
    assert of_claim(said=state(), said_on=date(2026, 4, 2), remitted=(by_remittance,)) == [
        (TaskKind.CODER_REVIEW, Decimal("100.00"))
    ]
    later = state("F1", date(2026, 5, 1), "60.00")
    assert of_claim(said=later, said_on=date(2026, 5, 2), remitted=(by_remittance,)) == [
        (TaskKind.JUDGE_DENIAL, Decimal("40.00")),
        (TaskKind.POST, Decimal("60.00")),
    ]
    pending = state("P3", None)
    assert of_claim(said=pending, said_on=date(2026, 4, 2), remitted=(by_remittance,)) == [
        (TaskKind.CODER_REVIEW, Decimal("100.00"))
    ]


def test_a_posted_payment_is_no_work_any_more() -> None:
    assert of_claim(remitted=(remitted("60.00", "CO-45 40.00"),)) == [(TaskKind.POST, Decimal("60.00"))]
    assert of_claim(remitted=(remitted("60.00", "CO-45 40.00", posted=True),)) == []


def test_a_claim_paid_twice_is_given_back_within_sixty_days_where_the_law_says_so() -> None:
    twice = (
        remitted("60.00", "CO-45 40.00", posted=True),
        remitted("60.00", "CO-45 40.00", paid_on=date(2026, 5, 3), came_on=date(2026, 5, 4), posted=True),
    )
    assert of_claim(remitted=twice) == [(TaskKind.REFUND, Decimal("60.00"))]
    corrected = (twice[0], remitted("60.00", "CO-45 40.00", corrects=True, posted=True))
    assert of_claim(remitted=corrected) == []
    parts = tuple(remitted("60.00", "CO-45 40.00", is_part=True, posted=True) for _ in range(2))
    assert of_claim(remitted=parts) == []


def test_a_payment_taken_back_and_not_decided_anew_is_looked_into() -> None:
    assert of_claim(taken_back=Decimal("60.00")) == [(TaskKind.TAKEBACK, Decimal("60.00"))]
    assert of_claim(taken_back=Decimal("60.00"), remitted=(remitted("0.00", "CO-B16 100.00"),)) == [
        (TaskKind.CODER_REVIEW, Decimal("100.00"))
    ]


def test_what_the_remittance_says_of_the_patient_and_other_payers_is_work() -> None:
    corrected = remitted(
        "100.00", "CO-45 0.00", posted=True,
        claim={
            "corrected_insured": RemitPerson(last_name="QUILLFEATHER", identifier="M2"),
            "corrected_payer": RemitPerson(last_name="OTHER PLAN"),
        },
    )  # fmt: skip
    assert [kind for kind, _ in of_claim(remitted=(corrected,))] == [TaskKind.DEMOGRAPHICS, TaskKind.COORDINATION]
    same = remitted(
        "100.00", "CO-45 0.00", posted=True,
        claim={"corrected_insured": RemitPerson(last_name="Quillfeather", identifier="m-1")},
    )  # fmt: skip
    assert of_claim(remitted=(same,)) == []


def test_what_an_appeal_contests_is_no_work_for_anybody_else() -> None:
    denied = (remitted("0.00", "CO-50 100.00"),)
    assert of_claim(remitted=denied) == [(TaskKind.APPEAL_DRAFT, Decimal("100.00"))]
    assert of_claim(remitted=denied, contested=(Contested(3),)) == []
    assert of_claim(remitted=denied, contested=(Contested(3, frozenset({1})),)) == []
    assert of_claim(remitted=denied, contested=(Contested(3, frozenset({2})),)) != []


def test_appeals_of_single_lines_take_those_off_the_list_together_and_leave_what_nobody_contests() -> None:
    def left(*appeals: Contested) -> tuple[list[tuple[Decimal, tuple[int, ...]]], list[tuple[Decimal, str]]]:
        first, second = (
            RemitLine(
                number=number, procedure="99213", billed=Decimal(amount), paid=Decimal("0.00"),
                adjustments=(RemitAdjustment(group="CO", carc="50", amount=Decimal(amount)),),
            )
            for number, amount in ((1, "70.00"), (2, "30.00"))
        )  # fmt: skip
        denied = remitted("0.00", "CO-50 100.00", claim={"lines": (first, second)})
        around = Surroundings(RULES, PayerType.COMMERCIAL, TODAY, lambda _: (), lambda _service, _decided: None)
        facts = ClaimFacts(service_from=DAY, member_id="M1", last_name="Q", remitted=(denied,), contested=appeals)
        follows = follow_claim(facts, around)
        assert follows.explained == Decimal("100.00")
        return [(one.money, one.lines) for one in follows.tasks], [(one.amount, one.why) for one in follows.no_work]

    one, two = Contested(10, frozenset({1})), Contested(11, frozenset({2}))
    assert left() == ([(Decimal("100.00"), (1, 2))], [])
    assert left(one) == ([(Decimal("30.00"), (2,))], [(Decimal("70.00"), "contested by appeal 10")])
    assert left(one, two) == (
        [], [(Decimal("70.00"), "contested by appeal 10"), (Decimal("30.00"), "contested by appeal 11")],
    )  # fmt: skip


def test_an_appeal_that_the_portal_refused_is_not_drafted_again_until_the_payer_decides_anew() -> None:
    denied = (remitted("0.00", "CO-50 100.00", paid_on=date(2026, 5, 3)),)
    assert of_claim(remitted=denied, contested=(Contested(5, frozenset({1}), date(2026, 5, 3)),)) == []
    assert of_claim(remitted=denied, contested=(Contested(5, frozenset({1}), date(2026, 5, 2)),)) == [
        (TaskKind.APPEAL_DRAFT, Decimal("100.00"))
    ]


def test_codes_have_words_of_our_own() -> None:
    assert category_words("F2") == "denied"
    assert (
        words(CodeSet.CATEGORY, "F4")
        == "The payer is through with the claim and pays nothing; that alone is no denial."
    )
    assert code_set_of("CO-50") == (CodeSet.CARC, "50")
    assert code_set_of("PR-B7") == (CodeSet.CARC, "B7")
    assert code_set_of("N115") == (CodeSet.RARC, "N115")
    assert code_set_of("F2") == (CodeSet.CATEGORY, "F2")
    assert code_set_of("WO") == (CodeSet.PLB, "WO")
    assert words(CodeSet.STATUS, "65") == words(CodeSet.CARC, "Z999") == ""
    categories = [
        "A0", "A1", "A2", "A3", "A4", "A5", "A6", "A7", "A8", "D0", "E0", "E1", "E2", "E3", "E4", "F0", "F1", "F2",
        "F3", "F3F", "F3N", "F4", "F5", "P0", "P1", "P2", "P3", "P4", "P5", "R0", "R1", "RQ", "X0",
        *(f"R{number}" for number in range(3, 18)),
    ]  # fmt: skip
    assert all(words(CodeSet.CATEGORY, category) for category in categories)
