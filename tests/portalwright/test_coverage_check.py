"""The demonstration's check finds every eligibility answer that is not the truth, by the fact that differs."""

from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import pytest

from flows.coverage import (
    Accumulator,
    Benefit,
    BenefitKind,
    Coverage,
    CoverageStatus,
    Difference,
    Level,
    Member,
    MemberNotFound,
    Network,
    OtherPayer,
    Segment,
    SegmentKind,
)
from portalwright.demo.coverage_check import wrong_coverages
from sandbox.truth.generator import make_truth

TODAY = date(2026, 11, 22)


@cache
def truth(portal: str) -> Mapping[str, Any]:
    made: Mapping[str, Any] = make_truth(11, 30, TODAY, portal, 40).model_dump(mode="json")
    return made


def asks(portal: str, expect: str) -> list[Mapping[str, Any]]:
    return [ask for ask in truth(portal)["appointment_asks"] if ask["expect"] == expect]


def day(text: str | None) -> date | None:
    return None if text is None else date.fromisoformat(text)


def number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)


def right_answer(ask: Mapping[str, Any]) -> Coverage:
    """What a perfect reader makes of an appointment of the truth ledger."""
    true = ask["coverage"]
    return Coverage(
        status=CoverageStatus(true["status"]),
        portal_text="whatever the portal calls it",
        member=Member(
            member_id=true["member_id"],
            last_name=true["last_name"],
            first_name=true["first_name"],
            birth_date=day(true["birth_date"]),
        ),
        plan_name=true["plan_name"],
        group_number=true["group_number"],
        plan_begins=day(true["plan_begins"]),
        plan_ends=day(true["plan_ends"]),
        payer_to_bill=true["payer_to_bill"],
        primary_care_provider=true["primary_care_provider"],
        other_payers=tuple(
            OtherPayer(
                name=one["name"],
                payer_id=one["payer_id"],
                order=one["order"],
                begins=day(one["begins"]),
                ends=day(one["ends"]),
                msp_type=one["msp_type"],
            )
            for one in true["other_payers"]
        ),
        benefits=tuple(_benefit(one) for one in true["benefits"]),
        accumulators=tuple(_accumulator(one) for one in true["accumulators"]),
        segments=tuple(_segment(one) for one in true["segments"]),
        differences=tuple(Difference(field=field, ours="ours", theirs="theirs") for field in ask["differences"]),
    )


def _benefit(one: Mapping[str, Any]) -> Benefit:
    return Benefit(
        kind=BenefitKind(one["kind"]),
        service_type=one["service_type"],
        network=Network(one["network"]),
        level=one["level"] and Level(one["level"]),
        period=one["period"],
        amount=number(one["amount"]),
        percent=number(one["percent"]),
        quantity=number(one["quantity"]),
        unit=one["unit"],
        authorization_required=one["authorization_required"],
    )


def _accumulator(one: Mapping[str, Any]) -> Accumulator:
    return Accumulator.model_validate(
        {
            "kind": BenefitKind(one["kind"]),
            "level": Level(one["level"]),
            "network": Network(one["network"]),
            "total": Decimal(one["total"]),
            "met": Decimal(one["met"]),
            "remaining": Decimal(one["remaining"]),
        }
    )


def _segment(one: Mapping[str, Any]) -> Segment:
    begins = day(one["begins"])
    assert begins is not None
    return Segment(
        kind=SegmentKind(one["kind"]),
        what=one["name"],
        begins=begins,
        ends=day(one["ends"]),
        payer=one["payer"],
        amount=number(one["amount"]),
    )


def rich(portal: str, part: str) -> tuple[str, Coverage]:
    """An appointment whose coverage has something of that part."""
    ask = next(ask for ask in asks(portal, "ANSWERED") if ask["coverage"][part])
    return ask["appointment_number"], right_answer(ask)


@pytest.mark.parametrize(
    "portal", ["practice-national", "practice-multipayer", "practice-contractor", "practice-medicaid"]
)
def test_the_truth_itself_is_never_wrong(portal: str) -> None:
    answers = [(ask["appointment_number"], right_answer(ask)) for ask in asks(portal, "ANSWERED")]
    assert len(answers) >= 10
    assert wrong_coverages(answers, truth(portal)) == ()


def test_what_a_page_does_not_show_is_not_wrong() -> None:
    (name, whole), portal = rich("practice-national", "benefits"), "practice-national"
    benefits = tuple(one.model_copy(update={"level": None, "period": None}) for one in whole.benefits)
    less = whole.model_copy(update={"plan_begins": None, "group_number": None, "benefits": benefits})
    told = tuple(one for one in less.differences if one.field != "group_number")
    assert wrong_coverages([(name, less.model_copy(update={"differences": told}))], truth(portal)) == ()


@pytest.mark.parametrize(
    ("portal", "part", "change", "fact"),
    [
        ("practice-national", "benefits", lambda c: {"benefits": c.benefits[1:]}, "benefits"),
        ("practice-national", "benefits", lambda c: {"benefits": (*c.benefits, c.benefits[0])}, "benefits"),
        (
            "practice-national",
            "benefits",
            lambda c: {"benefits": tuple(b.model_copy(update={"network": Network.UNKNOWN}) for b in c.benefits)},
            "benefits",
        ),
        (
            "practice-national",
            "accumulators",
            lambda c: {
                "accumulators": (
                    c.accumulators[0].model_copy(update={"remaining": Decimal("0.01")}),
                    *c.accumulators[1:],
                )
            },
            "accumulators",
        ),
        ("practice-national", "other_payers", lambda _: {"other_payers": ()}, "other payers"),
        ("practice-medicaid", "segments", lambda c: {"segments": c.segments[:-1]}, "segments"),
        ("practice-medicaid", "payer_to_bill", lambda _: {"payer_to_bill": None}, "payer to bill"),
        ("practice-national", "plan_name", lambda _: {"plan_name": "ANOTHER PLAN"}, "plan name"),
        ("practice-national", "plan_name", lambda _: {"status": CoverageStatus.UNKNOWN}, "status"),
        ("practice-national", "plan_begins", lambda c: {"plan_begins": c.plan_begins + timedelta(1)}, "plan begins"),
        (
            "practice-national",
            "member_id",
            lambda c: {"member": c.member.model_copy(update={"birth_date": date(1900, 1, 1)})},
            "birth date",
        ),
    ],
)
def test_a_fact_that_differs_is_named(portal: str, part: str, change: Any, fact: str) -> None:
    name, whole = rich(portal, part)
    (wrong,) = wrong_coverages([(name, whole.model_copy(update=change(whole)))], truth(portal))
    assert wrong.facts == (fact,)


def test_a_difference_that_is_kept_silent_or_made_up_is_wrong() -> None:
    portal = "practice-national"
    ask = next(ask for ask in asks(portal, "ANSWERED") if "member_id" in ask["differences"])
    silent = right_answer(ask).model_copy(update={"differences": ()})
    (wrong,) = wrong_coverages([(ask["appointment_number"], silent)], truth(portal))
    assert wrong.facts == ("a difference that was not told",)
    ask = next(ask for ask in asks(portal, "ANSWERED") if not ask["differences"])
    loud = right_answer(ask).model_copy(update={"differences": (Difference(field="member_id", ours="1", theirs="2"),)})
    (wrong,) = wrong_coverages([(ask["appointment_number"], loud)], truth(portal))
    assert wrong.facts == ("a difference that is none",)


def test_not_found_is_right_only_of_whom_the_payer_does_not_know() -> None:
    portal, missing = "practice-national", MemberNotFound(searched=("member-search",))
    unknown, known, persons = (asks(portal, expect)[0] for expect in ("NEGATIVE", "ANSWERED", "NEEDS_STAFF"))
    said = [(ask["appointment_number"], missing) for ask in (unknown, known)]
    (wrong,) = wrong_coverages(said, truth(portal))
    assert (wrong.appointment_number, wrong.facts) == (known["appointment_number"], ("not found",))
    answered = [(persons["appointment_number"], right_answer(known)), ("AP000000", right_answer(known))]
    assert [one.facts for one in wrong_coverages(answered, truth(portal))] == [("answered",), ("nobody asked",)]
