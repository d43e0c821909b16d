"""Eligibility on a played portal: the coverage of the member who was asked about, in full, or a person is asked."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

import pytest

from flows.coverage import (
    BenefitKind,
    Coverage,
    CoverageStatus,
    Difference,
    Level,
    MemberNotFound,
    Network,
    SegmentKind,
)
from flows.eligibility import eligibility
from flows.matching import MatchingRules, NameRule
from flows.outcomes import Code, Ending, Outcome, Stop
from flows.portal import Followed, Means, Normal, Reading, Row
from flows.questions import Eligibility, Held, Service
from flows.rejections import REJECTIONS, Leads
from tests.flows.coverage_pages import COPAY, FIELDS, QUESTION, Rows, page, page_with, portal_with
from tests.flows.played_portal import PlayedPortal
from tests.flows.scripted_portal import cells, value

Fields = Mapping[str, Normal | None]


async def ask(reading: Reading, *later: Reading, question: Eligibility = QUESTION) -> Outcome:
    return await eligibility(question, portal_with(reading, *later))


def coverage(outcome: Outcome) -> Coverage:
    assert outcome.answer is not None, outcome.reason and (outcome.reason.code, outcome.reason.what)
    assert isinstance(outcome.answer.normalised, Coverage)
    return outcome.answer.normalised


def code(outcome: Outcome) -> Code:
    assert outcome.ending is Ending.NEEDS_STAFF
    assert outcome.reason is not None
    return outcome.reason.code


async def test_a_member_who_fits_is_answered_with_plan_dates_and_benefits() -> None:
    answer = coverage(await ask(page()))
    assert (answer.status, answer.plan_name, answer.plan_ends) == (CoverageStatus.ACTIVE, "BLUE-ONE 20", None)
    assert answer.member.last_name == "OBRIEN VALE"
    assert answer.differences == ()
    assert [(b.kind, b.amount, b.percent) for b in answer.benefits] == [(BenefitKind.COPAY, Decimal("25.00"), None)]


async def test_every_text_of_the_page_is_kept_beside_the_answer() -> None:
    outcome = await ask(page())
    assert outcome.answer is not None
    assert {"plan_name", "amount", "birth_date"} <= {shown.where for shown in outcome.answer.extracted}


# Whose coverage it is


async def test_another_member_id_is_answered_and_never_silent() -> None:
    answer = coverage(await ask(page({**FIELDS, "member_id": "XS9999999-01"})))
    assert answer.id_corrected
    assert answer.differences == (Difference(field="member_id", ours="XS1234567-01", theirs="XS9999999-01"),)


async def test_another_last_name_with_the_same_id_and_birth_date_is_told() -> None:
    answer = coverage(await ask(page({**FIELDS, "patient_name": "MARSH, ADA"})))
    assert [(d.field, d.theirs) for d in answer.differences] == [("last_name", "MARSH")]


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({"patient_name": "OBRIEN VALE, IDA"}, Code.DATA_CONFLICT),
        ({"patient_name": "OBRIEN VALE, ADAM"}, Code.DATA_CONFLICT),
        ({"patient_name": "MARSH, IDA"}, Code.DATA_CONFLICT),
        ({"patient_name": "MARSH, ADA", "member_id": None}, Code.DATA_CONFLICT),
        ({"patient_name": "MARSH, ADA", "birth_date": None}, Code.DATA_CONFLICT),
        ({"birth_date": date(1980, 2, 28)}, Code.BUS_IDCORR),
        ({"birth_date": date(1980, 2, 28), "member_id": "XS9999999"}, Code.DATA_CONFLICT),
        ({"birth_date": None, "member_id": "XS9999999"}, Code.DATA_CONFLICT),
        ({"birth_date": None, "member_id": None}, Code.DATA_PARTIAL),
        ({"service_from": date(2026, 11, 6)}, Code.DATA_CONFLICT),
        ({"provider_npi": "1999999992"}, Code.DATA_CONFLICT),
    ],
)
async def test_another_persons_page_is_never_an_answer(fields: Fields, expected: Code) -> None:
    assert code(await ask(page({**FIELDS, **fields}))) is expected


@pytest.mark.parametrize("name", ["MARSH, ADA", "OBRIGHT, ADA", "MARSH, IDA"])
async def test_somebody_with_another_id_and_another_name_is_not_our_member_whom_the_payer_does_not_know(
    name: str,
) -> None:
    outcome = await ask(page({**FIELDS, "patient_name": name, "member_id": "XS9999999"}))
    assert outcome.ending is Ending.NEGATIVE


async def test_where_three_letters_of_a_name_count_another_id_is_never_taken_for_a_correction() -> None:
    portal = portal_with(page({**FIELDS, "patient_name": "OBRIGHT, ADALYN", "member_id": "XS9999999"}))
    portal.matching = MatchingRules(names=NameRule.FIRST_THREE)
    assert code(await eligibility(QUESTION, portal)) is Code.DATA_CONFLICT


# The list of several members

OURS: Fields = {"member_id": "XS1234567", "patient_name": "OBRIEN VALE, ADA", "birth_date": date(1980, 2, 29)}
TWIN: Fields = {"member_id": "XS1234567", "patient_name": "OBRIEN VALE, IDA", "birth_date": date(1980, 2, 29)}


def listing(*rows: Fields) -> Reading:
    listed = tuple(Row(page=0, index=index, cells=cells(row)) for index, row in enumerate(rows))
    return Reading(view="members", fields={}, tables={"members": listed})


async def pick_from(*rows: Fields, behind: Reading | None = None) -> Outcome:
    followed = (Followed(view="coverage"), behind or page({**FIELDS, "member_id": "XS1234567"}))
    portal = PlayedPortal(
        forms={"member-search": [Followed(view="members")]},
        views={"members": [listing(*rows)]},
        picked={"XS1234567": followed, "XS9999999": followed},
        matching=MatchingRules(member_id_suffix=2),
    )
    return await eligibility(QUESTION, portal)


async def test_the_one_member_of_a_list_who_fits_is_opened_and_not_the_twin() -> None:
    assert coverage(await pick_from(TWIN, OURS)).member.first_name == "ADA M"


async def test_two_members_who_fit_are_for_a_person() -> None:
    outcome = await pick_from(OURS, {**OURS, "birth_date": None})
    assert code(outcome) is Code.BUS_MULTI
    assert outcome.reason is not None
    assert len(outcome.reason.candidates) == 2


async def test_a_list_with_nobody_but_a_near_namesake_is_for_a_person_and_not_called_not_found() -> None:
    outcome = await pick_from(TWIN)
    assert code(outcome) is Code.BUS_MULTI
    assert outcome.reason is not None
    assert len(outcome.reason.candidates) == 1


async def test_a_member_of_the_list_under_a_new_id_is_opened_and_told() -> None:
    renewed = page({**FIELDS, "member_id": "XS9999999"})
    assert coverage(await pick_from({**OURS, "member_id": "XS9999999"}, TWIN, behind=renewed)).id_corrected


async def test_a_row_that_opens_another_member_is_drift() -> None:
    with pytest.raises(Stop) as stopped:
        await pick_from(OURS, behind=page({**FIELDS, "member_id": "XS9999999"}))
    assert stopped.value.outcome.ending is Ending.DRIFT


# What the payer rejects


async def rejected(*codes: str | Means) -> Outcome:
    forms = ("member-search", "member-search-by-name")
    followed = [
        Followed(means=each) if isinstance(each, Means) else Followed(means=Means.REJECTED, rejected=each)
        for each in codes
    ]
    return await eligibility(
        QUESTION, PlayedPortal(forms={f: [after] for f, after in zip(forms, followed, strict=False)})
    )


async def test_not_found_is_an_answer_after_every_search_with_the_payers_reasons() -> None:
    outcome = await rejected("72", "75")
    assert outcome.ending is Ending.NEGATIVE
    assert outcome.answer is not None
    assert outcome.answer.normalised == MemberNotFound(
        searched=("member-search", "member-search-by-name"), rejected=("72", "75")
    )


async def test_found_at_the_second_search_is_found() -> None:
    portal = PlayedPortal(
        forms={
            "member-search": [Followed(means=Means.REJECTED, rejected="75")],
            "member-search-by-name": [Followed(view="coverage")],
        },
        views={"coverage": [page({**FIELDS, "member_id": "XS9999999"})]},
    )
    assert coverage(await eligibility(QUESTION, portal)).id_corrected


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (("71", "75"), Code.BUS_IDCORR),
        (("58", "75"), Code.DATA_INPUT),
        (("58", Means.NOT_FOUND), Code.DATA_INPUT),
        (("73", "75"), Code.DATA_INPUT),
        (("76",), Code.BUS_MULTI),
        (("43",), Code.DATA_INPUT),
        (("62",), Code.DATA_INPUT),
        (("41",), Code.ACC_ENTITLE),
        ((Means.TOO_MANY,), Code.BUS_MULTI),
    ],
)
async def test_rejections_that_are_not_not_found_never_end_as_not_found(
    codes: tuple[str | Means, ...], expected: Code
) -> None:
    assert code(await rejected(*codes)) is expected


async def test_58_tries_the_next_search_and_71_does_not() -> None:
    forms = {
        name: [Followed(means=Means.REJECTED, rejected="58")] for name in ("member-search", "member-search-by-name")
    }
    nobody_single = PlayedPortal(forms=forms)
    await eligibility(QUESTION, nobody_single)
    one_person = PlayedPortal(forms={**forms, "member-search": [Followed(means=Means.REJECTED, rejected="71")]})
    await eligibility(QUESTION, one_person)
    assert (len(nobody_single.asked), len(one_person.asked)) == (2, 1)


@pytest.mark.parametrize("reason", ["42", "80"])
async def test_a_payer_that_cannot_answer_now_is_asked_again_later(reason: str) -> None:
    with pytest.raises(Stop) as stopped:
        await rejected(reason)
    assert stopped.value.outcome.ending is Ending.TRANSIENT


def test_every_rejection_says_what_is_the_matter_and_those_that_wait_say_no_data_code() -> None:
    assert all(rejection.what.endswith(".") for rejection in REJECTIONS.values())
    waiting = {code for code, rejection in REJECTIONS.items() if rejection.leads is Leads.LATER}
    assert waiting == {"42", "80"}
    assert all(REJECTIONS[code].code.value.startswith("TECH") for code in waiting)


async def test_a_reason_that_nobody_knows_is_for_a_person() -> None:
    assert code(await rejected("99")) is Code.DATA_UNMAPPED


# Deductibles and out-of-pocket maximums

DEDUCTIBLE: Fields = {
    "kind": "C",
    "level": "IND",
    "network": "Y",
    "total": Decimal("1500.00"),
    "met": Decimal("300.00"),
}


async def test_the_third_amount_is_worked_out_and_marked() -> None:
    (sums,) = coverage(await ask(page(accumulators=[DEDUCTIBLE]))).accumulators
    assert (sums.remaining, sums.derived) == (Decimal("1200.00"), "remaining")


async def test_three_amounts_that_fit_are_not_marked() -> None:
    (sums,) = coverage(await ask(page(accumulators=[{**DEDUCTIBLE, "remaining": Decimal("1200.00")}]))).accumulators
    assert (sums.met, sums.derived) == (Decimal("300.00"), None)


@pytest.mark.parametrize(
    "rows",
    [
        [{**DEDUCTIBLE, "remaining": Decimal("1200.01")}],
        [{**DEDUCTIBLE, "met": Decimal("1500.01")}],
        [DEDUCTIBLE, {**DEDUCTIBLE, "met": Decimal("301.00")}],
        [DEDUCTIBLE, {**DEDUCTIBLE, "total": None, "met": None, "part": "total", "amount": Decimal("1400.00")}],
    ],
)
async def test_amounts_that_contradict_each_other_are_asked_for_once_more_and_then_a_case(rows: Rows) -> None:
    portal = portal_with(page(accumulators=rows))
    assert code(await eligibility(QUESTION, portal)) is Code.DATA_INCONSISTENT
    assert len(portal.asked) == 2


async def test_amounts_that_fit_at_the_second_look_are_answered() -> None:
    wrong = page(accumulators=[{**DEDUCTIBLE, "remaining": Decimal("1.00")}])
    assert coverage(await ask(wrong, page(accumulators=[DEDUCTIBLE]))).accumulators


async def test_each_level_and_network_has_its_own_sums_however_they_are_shown() -> None:
    fields = {**FIELDS, "out_of_pocket_family_out_total": Decimal("9000.00")}
    parts: Rows = [
        {"kind": "C", "level": "FAM", "network": "Y", "part": "total", "amount": Decimal("3000.00")},
        {"kind": "C", "level": "FAM", "network": "Y", "part": "remaining", "amount": Decimal("3000.00")},
    ]
    lines: Rows = [
        {**COPAY, "kind": "C", "service_type": "30", "period": "23", "amount": Decimal("500.00")},
        {**COPAY, "kind": "C", "service_type": "30", "period": "29", "amount": Decimal("100.00")},
        {**COPAY, "kind": "C", "service_type": "35", "period": "23", "amount": Decimal("50.00")},
    ]
    found = coverage(await ask(page(fields, accumulators=parts, benefits=lines))).accumulators
    assert {(s.kind, s.level, s.network): (s.total, s.met, s.derived) for s in found} == {
        (BenefitKind.OUT_OF_POCKET, Level.FAMILY, Network.OUT): (Decimal("9000.00"), None, None),
        (BenefitKind.DEDUCTIBLE, Level.FAMILY, Network.IN): (Decimal("3000.00"), Decimal("0.00"), "met"),
        (BenefitKind.DEDUCTIBLE, Level.INDIVIDUAL, Network.IN): (Decimal("500.00"), Decimal("400.00"), "met"),
    }


async def test_one_benefit_with_two_different_amounts_is_a_case() -> None:
    outcome = await ask(page(benefits=[COPAY, {**COPAY, "amount": Decimal("30.00")}]))
    assert code(outcome) is Code.DATA_INCONSISTENT


async def test_a_blank_amount_is_not_zero() -> None:
    (benefit,) = coverage(await ask(page(benefits=[{**COPAY, "amount": None, "percent": Decimal("20")}]))).benefits
    assert (benefit.amount, benefit.percent) == (None, Decimal("20"))


async def test_a_benefit_in_words_that_nobody_mapped_is_a_case_with_the_text() -> None:
    reading = page()
    (row,) = reading.tables["benefits"]
    odd = row.model_copy(update={"cells": {**row.cells, "network": value("network", None, "Tier 9", unmapped=True)}})
    outcome = await ask(reading.model_copy(update={"tables": {"benefits": (odd,)}}))
    assert code(outcome) is Code.DATA_UNMAPPED
    assert outcome.reason is not None
    assert outcome.reason.seen[0].text == "Tier 9"


# Status and dates


@pytest.mark.parametrize(
    ("fields", "tables"),
    [
        ({"plan_ends": date(2026, 11, 4)}, {}),
        ({"plan_begins": date(2026, 11, 6)}, {}),
        ({"eligibility_begins": date(2026, 12, 1)}, {}),
        ({"plan_begins": date(2026, 12, 1), "plan_ends": date(2026, 1, 1)}, {}),
        ({"status": "6"}, {"benefits": []}),
        ({"status": "6", "plan_ends": date(2026, 10, 31)}, {}),
        ({"status": "not-loaded"}, {}),
        ({}, {"segments": [{"kind": "aid-category", "begins": date(2026, 1, 1), "ends": date(2026, 10, 31)}]}),
        (
            {"status": "6", "plan_ends": None},
            {"benefits": [], "segments": [{"begins": date(2026, 1, 1), "ends": None}]},
        ),
    ],
)
async def test_a_status_that_its_dates_or_benefits_contradict_is_a_case(
    fields: Fields, tables: Mapping[str, Rows]
) -> None:
    assert code(await ask(page_with({**FIELDS, **fields}, tables))) is Code.DATA_INCONSISTENT


@pytest.mark.parametrize(
    ("fields", "status"),
    [
        ({"status": "6", "plan_ends": date(2026, 10, 31)}, CoverageStatus.INACTIVE),
        ({"status": "6", "plan_begins": date(2026, 12, 1), "plan_ends": None}, CoverageStatus.INACTIVE),
        ({"status": "5"}, CoverageStatus.ACTIVE_PENDING),
        ({"status": "1", "plan_ends": date(2026, 11, 5)}, CoverageStatus.ACTIVE),
        ({"status": "not-loaded", "messages": "Benefits are not available here."}, CoverageStatus.NOT_LOADED),
    ],
)
async def test_each_status_is_answered_as_it_is(fields: Fields, status: CoverageStatus) -> None:
    answer = coverage(await ask(page({**FIELDS, **fields}, benefits=[])))
    assert answer.status is status


async def test_benefits_that_are_not_loaded_are_never_called_inactive_and_keep_the_portals_words() -> None:
    reading = page(
        {**FIELDS, "messages": "Benefits are not available here."}, view="coverage-not-loaded", benefits=None
    )
    fixed = value("coverage-not-loaded.status", "not-loaded", "")
    reading = reading.model_copy(update={"fields": {**reading.fields, "status": fixed}})
    answer = coverage(await ask(reading))
    assert (answer.status, answer.portal_text) == (CoverageStatus.NOT_LOADED, "Benefits are not available here.")


# Stretches of coverage

MEDICAID = {name: normal for name, normal in FIELDS.items() if name not in {"status", "plan_begins", "plan_ends"}}


def stretch(kind: str, begins: date, ends: date | None, **more: Normal | None) -> Fields:
    return {"kind": kind, "what": kind, "begins": begins, "ends": ends, **more}


OPEN = date(2299, 12, 31)
OLD, NEW = date(2026, 1, 1), date(2026, 11, 5)


async def test_the_segments_of_the_service_day_decide_coverage_and_who_is_billed() -> None:
    rows = [
        stretch("aid-category", OLD, date(2026, 11, 4)),
        stretch("managed-care", OLD, date(2026, 11, 4), payer="PLAN BEFORE"),
        stretch("aid-category", NEW, OPEN),
        stretch("managed-care", NEW, OPEN, payer="PLAN AFTER"),
    ]
    answer = coverage(await ask(page(MEDICAID, segments=rows, benefits=None)))
    assert (answer.status, answer.payer_to_bill) == (CoverageStatus.ACTIVE, "PLAN AFTER")
    assert [segment.ends for segment in answer.segments if segment.begins == NEW] == [None, None]


@pytest.mark.parametrize(
    ("rows", "status"),
    [
        ([], CoverageStatus.INACTIVE),
        ([stretch("aid-category", OLD, date(2026, 10, 31))], CoverageStatus.INACTIVE),
        (
            [stretch("aid-category", OLD, OPEN), stretch("spend-down", OLD, OPEN, amount=Decimal("90.00"))],
            CoverageStatus.INACTIVE_PENDING_ELIGIBILITY,
        ),
        (
            [stretch("aid-category", OLD, OPEN), stretch("spend-down", OLD, OPEN, amount=Decimal("0.00"))],
            CoverageStatus.ACTIVE,
        ),
    ],
)
async def test_without_a_word_for_the_status_the_segments_decide_it(rows: Rows, status: CoverageStatus) -> None:
    assert coverage(await ask(page(MEDICAID, segments=rows, benefits=None))).status is status


@pytest.mark.parametrize(
    "rows",
    [
        [stretch("aid-category", date(2026, 11, 6), OPEN)],
        [stretch("lock-in", OLD, OPEN)],
        [stretch("part-a", OLD, OPEN)],
    ],
)
async def test_segments_that_do_not_decide_are_for_a_person(rows: Rows) -> None:
    two_days = QUESTION.model_copy(
        update={"service": Service(service_from=date(2026, 11, 5), service_to=date(2026, 11, 6))}
    )
    assert code(await ask(page(MEDICAID, segments=rows, benefits=None), question=two_days)) is Code.DATA_PARTIAL


async def test_two_plans_to_bill_on_one_day_are_a_case() -> None:
    rows = [stretch("managed-care", OLD, OPEN, payer="PLAN ONE"), stretch("managed-care", OLD, OPEN, payer="PLAN TWO")]
    assert code(await ask(page(segments=rows))) is Code.DATA_INCONSISTENT


async def test_segments_that_stand_as_fields_are_read_too() -> None:
    fields = {
        **FIELDS,
        "part_b_begins": OLD,
        "part_b_ends": OPEN,
        "advantage_plan_begins": OLD,
        "advantage_plan_payer": "ADVANTAGE PLAN",
        "hospice_begins": None,
    }
    answer = coverage(await ask(page(fields)))
    assert [segment.kind for segment in answer.segments] == [SegmentKind.PART_B, SegmentKind.ADVANTAGE_PLAN]
    assert answer.payer_to_bill == "ADVANTAGE PLAN"


async def test_a_stretch_without_a_beginning_is_for_a_person() -> None:
    outcome = await ask(page({**FIELDS, "advantage_plan_begins": None, "advantage_plan_payer": "ADVANTAGE PLAN"}))
    assert code(outcome) is Code.DATA_UNMAPPED


# What the office holds otherwise

EMPLOYER: Fields = {"name": "EMPLOYER GROUP PLAN", "order": "primary", "begins": OLD, "ends": None, "msp_type": "12"}


async def test_another_payer_that_the_office_does_not_know_is_told() -> None:
    answer = coverage(await ask(page(other_payers=[EMPLOYER])))
    assert [(payer.name, payer.order, payer.msp_type) for payer in answer.other_payers] == [
        ("EMPLOYER GROUP PLAN", "primary", "12")
    ]
    assert answer.differences == (Difference(field="other_payer", ours=None, theirs="EMPLOYER GROUP PLAN"),)


@pytest.mark.parametrize(
    ("held", "rows", "expected"),
    [
        ("Employer Group Plan", [EMPLOYER], []),
        ("Employer Group Plan", [], [("other_payer", None)]),
        ("Employer Group Plan", None, []),
        (None, [{**EMPLOYER, "ends": date(2026, 10, 31)}], []),
        ("Old Plan", [EMPLOYER], [("other_payer", "EMPLOYER GROUP PLAN")]),
    ],
)
async def test_other_payers_of_the_service_day_are_compared_with_what_is_held(
    held: str | None, rows: Rows | None, expected: list[tuple[str, str | None]]
) -> None:
    question = QUESTION.model_copy(update={"held": Held(other_payer=held)})
    answer = coverage(await ask(page(other_payers=rows), question=question))
    assert [(difference.field, difference.theirs) for difference in answer.differences] == expected


async def test_another_plan_and_group_than_the_office_holds_are_told() -> None:
    answer = coverage(await ask(page({**FIELDS, "plan_name": "BLUE TWO", "group_number": "G-78"})))
    assert [(d.field, d.ours, d.theirs) for d in answer.differences] == [
        ("plan_name", "Blue One 20", "BLUE TWO"),
        ("group_number", "G-77", "G-78"),
    ]


async def test_an_answer_that_is_prepared_later_is_asked_for_again_later() -> None:
    with pytest.raises(Stop) as stopped:
        await rejected(Means.BEING_BUILT)
    reason = stopped.value.outcome.reason
    assert reason is not None
    assert reason.code is Code.TECH_BUILDING
    assert reason.not_before is not None
