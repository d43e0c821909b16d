"""What follows from an answer: every unpaid cent is somebody's work or nobody's, and nothing is passed over."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from flows.answers import Adjustment, ClaimState, Line, Request
from flows.codes import CodeSet, words
from flows.outcomes import Code
from flows.payer_types import PayerType
from flows.routing import NO_RULE, Circumstances, route
from flows.routing_findings import decision_of_state, findings_of_decision, findings_of_status
from flows.routing_rules import About, Finding, OfficeRules, RoutingRules, routing_rules
from flows.tasks import Task, TaskKind, WhatFollows

RULES = routing_rules()
MONDAY = date(2026, 11, 23)
"""The week of Thanksgiving."""

GROUPS = ("CO", "PR", "OA", "PI")
CODES = ("1", "2", "3", "4", "16", "18", "22", "23", "24", "29", "45", "50", "96", "97", "109", "119", "151", "197",
         "204", "234", "242", "252", "253", "256", "B7", "999")  # fmt: skip
REMARKS = ("MA130", "N704", "N115", "M127", "N781", "MA18", "N142", "N211", "Q9")


def adjusted(*lines: Sequence[str], billed: str = "100.00", paid: str = "0.00", category: str = "F2") -> ClaimState:
    """A claim with a line for each list of adjustments (`CO-50 100.00`) and remark codes (`N115`)."""
    made = []
    for number, texts in enumerate(lines, start=1):
        adjustments = tuple(
            Adjustment(group=code.partition("-")[0], carc=code.partition("-")[2], amount=Decimal(amount))
            for code, amount in (text.split() for text in texts if " " in text)
        )
        remarks = tuple(text for text in texts if " " not in text)
        made.append(
            Line(
                number=number, procedure="99213", billed=Decimal(billed), adjustments=adjustments, remark_codes=remarks
            )
        )
    return ClaimState(
        category=category,
        portal_text="as shown",
        payer_claim_number="ICN-1",
        billed=Decimal(billed) * len(made),
        paid=Decimal(paid),
        lines=tuple(made),
    )


def follows(
    state: ClaimState,
    payer: PayerType = PayerType.COMMERCIAL,
    rules: RoutingRules = RULES,
    appeal_until: date | None = None,
) -> WhatFollows:
    """What follows from a claim's status on that Monday."""
    decided = decision_of_state(state)
    findings = [*(findings_of_decision(decided) if decided else ()), *findings_of_status(state, MONDAY)]
    around = Circumstances(
        as_of=MONDAY, payer=payer, payer_claim_number=state.payer_claim_number, appeal_until=lambda: appeal_until
    )
    return route(findings, rules, around)


def only(state: ClaimState, payer: PayerType = PayerType.COMMERCIAL) -> Task:
    """The one task that follows."""
    (task,) = follows(state, payer).tasks
    return task


cents = st.integers(-500_00, 500_00).map(lambda amount: Decimal(amount).scaleb(-2))
adjustments = st.lists(st.tuples(st.sampled_from(GROUPS), st.sampled_from(CODES), cents), max_size=5)
lines = st.lists(st.tuples(adjustments, st.lists(st.sampled_from(REMARKS), max_size=2)), max_size=4)


@settings(max_examples=300)
@given(
    of_lines=lines,
    of_claim=adjustments,
    billed=cents,
    paid=cents,
    payer=st.sampled_from(list(PayerType)),
    category=st.sampled_from(("F1", "F2", "F4")),
)
def test_every_unpaid_cent_is_explained_by_a_task_or_by_what_raises_no_work(
    *,
    of_lines: list[tuple[list[tuple[str, str, Decimal]], list[str]]],
    of_claim: list[tuple[str, str, Decimal]],
    billed: Decimal,
    paid: Decimal,
    payer: PayerType,
    category: str,
) -> None:
    def made(given_ones: list[tuple[str, str, Decimal]]) -> tuple[Adjustment, ...]:
        return tuple(Adjustment(group=group, carc=carc, amount=amount) for group, carc, amount in given_ones)

    state = ClaimState(
        category=category,
        portal_text="as shown",
        payer_claim_number="ICN-1",
        billed=billed,
        paid=paid,
        adjustments=made(of_claim),
        lines=tuple(
            Line(number=number, procedure="99213", billed=billed, adjustments=made(some), remark_codes=tuple(remarks))
            for number, (some, remarks) in enumerate(of_lines, start=1)
        ),
    )
    what = follows(state, payer)
    assert what.explained == billed - paid
    for task in what.tasks:
        if task.kind is TaskKind.PATIENT_BALANCE:
            assert all(code.startswith("PR-") for code in task.codes if "-" in code)
        assert (task.frequency == "7") == (task.kind is TaskKind.CORRECTED_CLAIM)
    assert len({task.topic for task in what.tasks}) == len(what.tasks)


@pytest.mark.parametrize(
    ("adjustment", "remarks", "kind"),
    [
        ("CO-16", ("M51",), TaskKind.CORRECTED_CLAIM),
        ("CO-16", ("MA130",), TaskKind.NEW_CLAIM),
        ("CO-16", ("N704",), TaskKind.NEW_CLAIM),
        ("CO-50", ("MA130",), TaskKind.NEW_CLAIM),
        ("CO-16", ("M127",), TaskKind.SEND_RECORDS),
        ("CO-18", (), TaskKind.JUDGE_DENIAL),
        ("CO-22", (), TaskKind.COORDINATION),
        ("PR-26", (), TaskKind.FIND_COVERAGE),
        ("CO-27", (), TaskKind.FIND_COVERAGE),
        ("CO-29", (), TaskKind.APPEAL_DRAFT),
        ("PR-31", (), TaskKind.DEMOGRAPHICS),
        ("CO-50", ("N115",), TaskKind.APPEAL_DRAFT),
        ("PR-96", (), TaskKind.PATIENT_BALANCE),
        ("CO-96", (), TaskKind.JUDGE_DENIAL),
        ("CO-97", (), TaskKind.CODER_REVIEW),
        ("CO-109", (), TaskKind.CHANGE_PAYER),
        ("PR-119", (), TaskKind.PATIENT_BALANCE),
        ("CO-119", (), TaskKind.JUDGE_DENIAL),
        ("CO-4", (), TaskKind.CODER_REVIEW),
        ("CO-11", (), TaskKind.CODER_REVIEW),
        ("CO-151", (), TaskKind.APPEAL_DRAFT),
        ("CO-167", (), TaskKind.CODER_REVIEW),
        ("CO-197", (), TaskKind.AUTHORIZATION),
        ("CO-198", (), TaskKind.AUTHORIZATION),
        ("PR-204", (), TaskKind.PATIENT_BALANCE),
        ("CO-226", (), TaskKind.SEND_RECORDS),
        ("CO-252", (), TaskKind.SEND_RECORDS),
        ("CO-234", (), TaskKind.CODER_REVIEW),
        ("CO-236", (), TaskKind.CODER_REVIEW),
        ("CO-242", (), TaskKind.JUDGE_DENIAL),
        ("CO-256", (), TaskKind.JUDGE_DENIAL),
        ("CO-B7", (), TaskKind.ENROLMENT),
        ("PR-1", (), TaskKind.PATIENT_BALANCE),
        ("PR-2", ("N782",), TaskKind.COORDINATION),
        ("PR-3", ("MA18",), TaskKind.WATCH_PAYMENT),
        ("PR-45", (), TaskKind.JUDGE_DENIAL),
        ("PR-24", (), TaskKind.CHANGE_PAYER),
        ("CO-16", ("N142",), TaskKind.NEW_CLAIM),
        ("CO-999", (), TaskKind.JUDGE_DENIAL),
    ],
)
def test_the_table_of_denial_reasons(adjustment: str, remarks: tuple[str, ...], kind: TaskKind) -> None:
    task = only(adjusted([f"{adjustment} 100.00", *remarks]))
    assert (task.kind, task.money, task.explains, task.lines) == (kind, Decimal("100.00"), Decimal("100.00"), (1,))
    assert adjustment in task.codes


@pytest.mark.parametrize("adjustment", ["CO-45", "OA-23", "CO-253", "CO-24", "PI-45"])
def test_what_is_no_denial_raises_no_work(adjustment: str) -> None:
    what = follows(adjusted([f"{adjustment} 100.00"], category="F4"))
    assert what.tasks == ()
    (one,) = what.no_work
    assert (one.amount, one.line) == (Decimal("100.00"), 1)


def test_medicare_takes_no_appeal_of_a_late_claim_and_the_patient_is_not_billed() -> None:
    task = only(adjusted(["CO-29 100.00"]), PayerType.MEDICARE)
    assert (task.kind, task.role) == (TaskKind.WRITE_OFF, "supervisor")
    assert only(adjusted(["CO-29 9.00"], billed="9.00"), PayerType.MEDICARE).role == "biller"
    assert only(adjusted(["CO-29 900.00"], billed="900.00"), PayerType.MEDICARE).role == "manager"


def test_medicare_mends_a_clerical_error_by_a_reopening() -> None:
    task = only(adjusted(["CO-16 100.00", "M51"]), PayerType.MEDICARE)
    assert (task.kind, task.frequency) == (TaskKind.REOPENING, None)
    assert "reopening" in only(adjusted(["CO-4 100.00"]), PayerType.MEDICARE).why
    assert only(adjusted(["CO-16 100.00", "MA130"]), PayerType.MEDICARE).kind is TaskKind.NEW_CLAIM


def test_every_kind_of_task_follows_from_something() -> None:
    assert {rule.task for rule in RULES.rules} >= set(TaskKind)


def test_lines_of_one_reason_are_one_task_and_those_of_another_are_another() -> None:
    what = follows(adjusted(["CO-45 30.00", "PR-2 20.00"], ["CO-50 100.00"], ["CO-50 100.00"], paid="50.00"))
    told = {task.kind: (task.money, task.lines) for task in what.tasks}
    assert told == {
        TaskKind.PATIENT_BALANCE: (Decimal("20.00"), (1,)),
        TaskKind.APPEAL_DRAFT: (Decimal("200.00"), (2, 3)),
        TaskKind.POST: (Decimal("50.00"), ()),
    }


def test_a_corrected_claim_names_the_payers_claim_number_and_is_never_a_void() -> None:
    corrected = only(adjusted(["CO-16 100.00", "M51"]))
    assert (corrected.frequency, corrected.replaces) == ("7", "ICN-1")
    new = only(adjusted(["CO-16 100.00", "MA130"]))
    assert (new.frequency, new.replaces) == ("1", None)


def test_a_part_of_the_charge_without_a_reason_is_judged() -> None:
    task = only(adjusted(["CO-45 60.00"]))
    assert (task.kind, task.topic, task.money) == (TaskKind.JUDGE_DENIAL, "unexplained", Decimal("40.00"))


def test_what_no_rule_fits_is_judged_and_not_passed_over() -> None:
    assert only(adjusted(["CR-777 100.00"])).topic == NO_RULE
    (task,) = route([Finding(about=About.STATUS, amount=Decimal(7), category="Q7")], RULES, Circumstances(MONDAY)).tasks
    assert (task.kind, task.topic, task.queue) == (TaskKind.JUDGE_DENIAL, NO_RULE, "denials")


def test_days_are_business_days_and_the_payers_own_day_goes_first() -> None:
    judged = only(adjusted(["CO-18 100.00"]))
    assert judged.due == date(2026, 11, 27)  # Thanksgiving is the 26th
    pending = adjusted([], category="P3").model_copy(
        update={"requests": (Request(what="records", due=date(2026, 12, 9)), Request(what="notes"))}
    )
    task = only(pending)
    assert (task.kind, task.due, task.money) == (TaskKind.SEND_RECORDS, date(2026, 12, 9), Decimal("100.00"))
    assert only(adjusted([], category="R4")).due == date(2026, 11, 24)


def test_what_the_payer_asks_for_in_several_places_is_sent_once() -> None:
    denied = adjusted(["CO-252 100.00"]).model_copy(update={"requests": (Request(what="x", due=date(2026, 12, 1)),)})
    task = only(denied)
    assert (task.due, task.explains, task.codes) == (date(2026, 12, 1), Decimal("100.00"), ("F2", "CO-252")[::-1])


def test_an_appeal_is_drafted_a_month_before_its_last_day_and_near_to_it_the_supervisor_has_it_today() -> None:
    def due(until: date) -> tuple[date, str]:
        (task,) = follows(adjusted(["CO-50 100.00"]), appeal_until=until).tasks
        assert task.limit == until
        return task.due, task.role

    assert due(date(2027, 5, 1)) == (date(2026, 12, 1), "denial-specialist")
    assert due(date(2026, 12, 25)) == (date(2026, 11, 25), "denial-specialist")
    assert due(date(2026, 11, 30)) == (MONDAY, "supervisor")
    assert due(date(2026, 11, 1)) == (MONDAY, "supervisor")
    (over,) = follows(adjusted(["CO-50 100.00"]), appeal_until=date(2026, 11, 1)).tasks
    assert "seems to be over" in over.why


@pytest.mark.parametrize(
    ("category", "days", "kind"),
    [
        ("A0", 3, TaskKind.WATCH_PAYMENT), ("A2", 3, None), ("A2", 50, TaskKind.CALL_PAYER),
        ("A3", 3, TaskKind.NEW_CLAIM), ("A6", 3, TaskKind.NEW_CLAIM), ("A7", 3, TaskKind.NEW_CLAIM),
        ("A8", 3, TaskKind.NEW_CLAIM), ("A4", 3, TaskKind.CALL_PAYER), ("A5", 3, None), ("D0", 3, TaskKind.CALL_PAYER),
        ("P1", 10, None), ("P1", 61, TaskKind.CALL_PAYER), ("P5", 31, TaskKind.CALL_PAYER),
        ("P4", 3, TaskKind.PATIENT_CONTACT), ("R13", 3, TaskKind.SEND_RECORDS), ("F0", 3, None),
        ("F3N", 3, TaskKind.COORDINATION), ("F5", 3, TaskKind.CALL_PAYER), ("E1", 3, TaskKind.SEARCH_AGAIN),
    ],
)  # fmt: skip
def test_claims_that_are_not_decided_become_work_by_their_status_and_age(
    category: str, days: int, kind: TaskKind | None
) -> None:
    received = date.fromordinal(MONDAY.toordinal() - days)
    state = adjusted([], category=category).model_copy(update={"received_date": received})
    assert [task.kind for task in follows(state).tasks] == ([] if kind is None else [kind])


def test_medicare_owes_interest_from_day_31() -> None:
    state = adjusted([], category="P1").model_copy(update={"received_date": date(2026, 10, 22)})
    assert only(state, PayerType.MEDICARE).kind is TaskKind.CALL_PAYER
    assert follows(state, PayerType.COMMERCIAL).tasks == ()


def test_a_remark_on_a_paid_claim_makes_its_discount_no_work_and_its_unpaid_line_a_new_claim() -> None:
    what = follows(adjusted(["CO-45 20.00", "MA130"], ["CO-16 100.00", "MA130"], paid="80.00", category="F1"))
    assert [(task.kind, task.lines) for task in what.tasks] == [(TaskKind.NEW_CLAIM, (2,)), (TaskKind.POST, ())]
    assert only(adjusted(["CO-45 100.00", "MA130"])).kind is TaskKind.NEW_CLAIM


def test_an_offices_own_rule_goes_first_but_not_before_what_was_never_decided() -> None:
    own = OfficeRules.model_validate(
        {
            "rule": [
                {"id": "small", "when": {"about": "adjustment", "amount_at_most": "5.00"}, "no_work": "too small"},
                {
                    "id": "necessity", "when": {"about": "adjustment", "carc": ["50"]}, "task": "write-off",
                    "why": "We let these go.", "role": "owner",
                },
            ],
            "kind": {"post": {"queue": "money", "role": "poster", "days": 1}},
        }
    )  # fmt: skip
    rules = routing_rules(own)
    (task,) = follows(adjusted(["CO-50 95.00", "CO-16 5.00"]), rules=rules).tasks
    assert (task.kind, task.role) == (TaskKind.WRITE_OFF, "owner")
    (task,) = follows(adjusted(["CO-50 100.00", "MA130"]), rules=rules).tasks
    assert task.kind is TaskKind.NEW_CLAIM
    paid = follows(adjusted(["CO-45 50.00"], paid="50.00", category="F1"), rules=rules)
    assert [task.queue for task in paid.tasks] == ["money"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"id": "a", "when": {"about": "adjustment", "carc": ["50"]}, "task": "patient-balance", "why": "x"},
        {"id": "a", "when": {"about": "adjustment", "group": ["PR", "CO"]}, "task": "patient-balance", "why": "x"},
        {"id": "a", "when": {"about": "payment", "carc": ["50"]}, "task": "post", "why": "x"},
        {"id": "a", "when": {"about": "adjustment", "colour": ["red"]}, "task": "post", "why": "x"},
        {"id": "a", "when": {"about": "adjustment"}, "task": "post"},
        {"id": "a", "when": {"about": "adjustment"}, "task": "post", "no_work": "x", "why": "x"},
        {"id": "a", "when": {"about": "adjustment"}},
        {"id": "a", "when": {"about": "adjustment"}, "task": "dance", "why": "x"},
    ],
)
def test_a_rule_that_bills_a_patient_for_a_contract_or_can_never_fit_is_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        OfficeRules.model_validate({"rule": [wrong]})


def test_no_shipped_rule_stands_hidden_behind_another() -> None:
    for rule in RULES.rules:
        when = rule.when
        payer = when.payer[0] if when.payer else PayerType.COMMERCIAL
        found = [
            Finding(
                about=when.about,
                amount=Decimal(100),
                category=when.category[-1].replace("*", "1") if when.category else "",
                group=group,
                carc=carc,
                rarcs=frozenset(when.rarc),
                modifiers=frozenset(when.modifier),
                paid=bool(when.paid),
                forwarded=bool(when.forwarded),
                rung=when.rung[0] if when.rung else None,
                coverage=when.coverage[0] if when.coverage else None,
                accepted=when.accepted,
                rejected=when.rejected or False,
                days=days,
                standing=when.standing[0] if when.standing else None,
                decision=when.decision[0] if when.decision else None,
                next_level=when.next_level or False,
                reason=when.reason[-1] if when.reason else "",
                known=when.known,
            )
            for carc in when.carc or ("",)
            for group in when.group or ("CO", "PR")
            for days in (when.days_at_least or when.days_at_most or 0, 1, 40)
        ]
        assert any(RULES.first(one, payer) is rule for one in found), rule.id


def test_every_code_that_a_rule_names_has_words_and_every_case_a_queue() -> None:
    for rule in RULES.rules:
        for carc in rule.when.carc:
            assert words(CodeSet.CARC, carc), carc
        for rarc in rule.when.rarc:
            assert words(CodeSet.RARC, rarc), rarc
    assert set(RULES.cases) == set(Code)
