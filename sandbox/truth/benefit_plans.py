"""The plans of the practice payers: what each member has unless a story says otherwise."""

import random
from datetime import date, timedelta
from decimal import Decimal

from sandbox.truth.adjudication import ZERO
from sandbox.truth.coverage import Accumulator, Address, Benefit, Coverage, Level, Network, Segment
from sandbox.truth.model import Member

D = Decimal
CONTRACTOR, MEDICAID = "practice-contractor", "practice-medicaid"
STREETS = ("ALDER", "BIRCH", "CHESTNUT", "ELM", "HAWTHORN", "JUNIPER", "LINDEN", "MAPLE", "ROWAN", "WILLOW")
CITIES = ("EASTHAVEN", "FAIRBROOK", "GLENMOOR", "MILLFORD", "NORTHFIELD", "RIVERTON")
EMPLOYERS = ("ACORN TOOL WORKS", "BLUE HERON LOGISTICS", "CEDAR VALLEY SCHOOLS", "DELTA PRINTING", "FERN HOTELS")
PHYSICIANS = ("DR ADA LINDQVIST", "DR HENRY OKAFOR", "DR MEI TANAKA", "DR SAMUEL PRICE")
MCOS = ("PRACTICE CARE PLUS", "PRACTICE FAMILY HEALTH", "PRACTICE COMMUNITY PLAN")
ADVANTAGE_PLANS = (("H9001-004", "PRACTICE SENIOR ADVANTAGE"), ("H9017-001", "PRACTICE GOLDEN YEARS HMO"))
DRUG_PLANS = (("S9003-012", "PRACTICE RX SAVER"), ("S9008-002", "PRACTICE RX CHOICE"))
AID_CATEGORIES = (
    ("11", "AGED"),
    ("35", "PARENT OR CARETAKER"),
    ("42", "CHILD UNDER 19"),
    ("71", "ADULT EXPANSION"),
)
BEFORE = "Contact the plan before the service."


def _in_and_out(kind: str, service_type: str, inside: Decimal, outside: Decimal, **more: object) -> tuple[Benefit, ...]:
    """The same benefit inside and outside the network; copays in dollars, coinsurance in percent."""
    name = "amount" if kind == "B" else "percent"
    period = "27" if kind == "B" else None
    made = []
    for network, value in (("Y", inside), ("N", outside)):
        fields = {"kind": kind, "service_type": service_type, "network": network, "period": period, name: value}
        made.append(Benefit.model_validate({**fields, **more}))
    return tuple(made)


PREFERRED = (
    Benefit(kind="1", service_type="30", network="W"),
    *_in_and_out("A", "30", D(20), D(40)),
    Benefit(kind="B", service_type="98", network="Y", period="27", amount=D("25.00")),
    Benefit(kind="A", service_type="98", network="N", percent=D(40)),
    Benefit(kind="B", service_type="UC", network="W", period="27", amount=D("50.00")),
    Benefit(
        kind="B", service_type="86", network="W", period="27", amount=D("250.00"), messages=("Waived if admitted.",)
    ),
    *_in_and_out("A", "48", D(20), D(40), authorization_required=True, messages=(BEFORE,)),
    *_in_and_out("A", "50", D(20), D(40)),
    Benefit(kind="B", service_type="MH", network="Y", period="27", amount=D("25.00")),
    Benefit(kind="A", service_type="MH", network="N", percent=D(40)),
    Benefit(kind="B", service_type="33", network="Y", period="27", amount=D("35.00")),
    Benefit(kind="F", service_type="33", network="W", period="23", quantity=D(20), unit="visits"),
    *_in_and_out("A", "PT", D(20), D(40)),
    Benefit(kind="F", service_type="PT", network="W", period="23", quantity=D(30), unit="visits"),
    Benefit(kind="B", service_type="88", network="Y", period="27", amount=D("15.00"), messages=("Generic drugs.",)),
    Benefit(kind="I", service_type="35", network="W"),
    Benefit(kind="1", service_type="AL", network="Y", messages=("One examination each benefit year.",)),
)
MAINTENANCE = (
    Benefit(kind="1", service_type="30", network="Y"),
    Benefit(kind="I", service_type="30", network="N", messages=("Emergencies are covered.",)),
    Benefit(kind="B", service_type="98", network="Y", period="27", amount=D("20.00")),
    Benefit(kind="I", service_type="98", network="N"),
    Benefit(kind="B", service_type="UC", network="Y", period="27", amount=D("40.00")),
    Benefit(
        kind="B", service_type="86", network="W", period="27", amount=D("150.00"), messages=("Waived if admitted.",)
    ),
    Benefit(kind="B", service_type="48", network="Y", period="36", amount=D("300.00"), authorization_required=True),
    Benefit(kind="B", service_type="50", network="Y", period="27", amount=D("100.00"), authorization_required=True),
    Benefit(kind="B", service_type="MH", network="Y", period="27", amount=D("20.00")),
    Benefit(kind="E", service_type="33", network="W"),
    Benefit(kind="B", service_type="PT", network="Y", period="27", amount=D("20.00"), authorization_required=True),
    Benefit(kind="F", service_type="PT", network="Y", period="23", quantity=D(20), unit="visits"),
    Benefit(kind="B", service_type="88", network="Y", period="27", amount=D("10.00"), messages=("Generic drugs.",)),
)
HIGH_DEDUCTIBLE = (
    Benefit(kind="1", service_type="30", network="W"),
    *_in_and_out("A", "30", D(10), D(30)),
    *_in_and_out("A", "98", D(10), D(30)),
    *_in_and_out("A", "48", D(10), D(30), authorization_required=True),
    *_in_and_out("A", "50", D(10), D(30)),
    Benefit(kind="A", service_type="86", network="W", percent=D(10)),
    *_in_and_out("A", "MH", D(10), D(30)),
    *_in_and_out("A", "PT", D(10), D(30)),
    Benefit(kind="F", service_type="PT", network="W", period="25", quantity=D(40), unit="visits"),
)
MEDICARE = (
    Benefit(kind="1", service_type="30", network="U"),
    Benefit(kind="A", service_type="98", network="U", percent=D(20)),
    Benefit(kind="A", service_type="50", network="U", percent=D(20)),
    Benefit(kind="C", service_type="48", network="U", period="36", amount=D("1736.00")),
    Benefit(kind="A", service_type="MH", network="U", percent=D(20)),
    Benefit(kind="A", service_type="PT", network="U", percent=D(20)),
    Benefit(kind="1", service_type="82", network="U", messages=("Yearly wellness visit.",)),
)
ASSISTANCE = (
    Benefit(kind="1", service_type="30", network="U"),
    Benefit(kind="B", service_type="98", network="U", period="27", amount=D("2.00")),
    Benefit(kind="B", service_type="88", network="U", period="27", amount=D("1.00")),
    Benefit(kind="B", service_type="86", network="U", period="27", amount=D("0.00")),
    Benefit(kind="1", service_type="48", network="U", authorization_required=True),
    Benefit(kind="F", service_type="AL", network="U", period="23", quantity=D(1), unit="visits"),
)

COMMERCIAL = (
    # plan name by portal follows; insurance type, benefit year, benefits, deductible and out-of-pocket (in, out)
    ("PREFERRED 1500", "PR", "calendar", PREFERRED, (D(1500), D(3000)), (D(5000), D(10000))),
    ("SELECT HMO", "HM", "calendar", MAINTENANCE, (D(0), None), (D(3500), None)),
    ("SAVER 3300", "C1", "contract", HIGH_DEDUCTIBLE, (D(3300), D(6600)), (D(6600), D(13200))),
)
PLAN_PREFIX = {"practice-multipayer": "EXCHANGE", "practice-national": "NATIONAL"}


def ordinary_coverage(rng: random.Random, portal: str, today: date, member: Member) -> Coverage:
    """Coverage that is active today and needs nobody's attention."""
    if portal == CONTRACTOR:
        return _medicare(rng, today, member)
    if portal == MEDICAID:
        return _assistance(rng, today, member)
    return commercial(rng, portal, today, member, rng.choice((0, 0, 1, 2)))


def commercial(rng: random.Random, portal: str, today: date, member: Member, plan: int) -> Coverage:
    """Coverage by one of an employer's plans: 0 preferred providers, 1 health maintenance, 2 high deductible."""
    name, insurance_type, year, benefits, deductible, out_of_pocket = COMMERCIAL[plan]
    begins = _year_begins(today, year)
    accumulators = [
        *_accumulators(rng, "C", deductible),
        *_accumulators(rng, "G", out_of_pocket),
    ]
    left = [
        one.model_copy(update={"period": "29", "quantity": D(rng.randint(2, int(one.quantity)))})
        for one in benefits
        if one.quantity is not None
    ]
    return Coverage(
        plan_name=f"{PLAN_PREFIX[portal]} {name}",
        insurance_type=insurance_type,
        group_number=f"G{rng.randrange(100_000, 1_000_000)}",
        group_name=rng.choice(EMPLOYERS),
        plan_begins=_years_before(begins, rng.randint(0, 3)),
        benefit_year="contract" if year == "contract" else "calendar",
        primary_care_provider=rng.choice(PHYSICIANS) if plan == 1 else None,
        primary_care_required=plan == 1,
        referral_required=plan == 1,
        benefits=(*benefits, *left),
        accumulators=tuple(accumulators),
        **_person(rng, member, today),
    )


def _accumulators(rng: random.Random, kind: str, totals: tuple[Decimal, Decimal | None]) -> list[Accumulator]:
    """Individual and family (twice as much), inside and outside the network."""
    found = []
    levels: tuple[tuple[Level, int], ...] = (("IND", 1), ("FAM", 2))
    networks: tuple[tuple[Network, Decimal | None], ...] = (("Y", totals[0]), ("N", totals[1]))
    for network, single in networks:
        if single is None:
            continue
        met = D(rng.randrange(int(single) * 100 + 1)) / 100 if rng.random() < 0.8 else ZERO
        for level, times in levels:
            total = (single * times).quantize(D("0.01"))
            so_far = min(total, met * times if level == "IND" else met + D(rng.randrange(50_000)) / 100)
            so_far = so_far.quantize(D("0.01"))
            found.append(
                Accumulator.model_validate(
                    {
                        "kind": kind,
                        "level": level,
                        "network": network,
                        "total": total,
                        "met": so_far,
                        "remaining": total - so_far,
                    }
                )
            )
    return found


def _medicare(rng: random.Random, today: date, member: Member) -> Coverage:
    begins = max(date(today.year - 12, 1, 1), date(min(member.birth_date.year + 65, today.year - 1), 1, 1))
    begins = date(begins.year, rng.randint(1, 12) if begins.year < today.year - 1 else 1, 1)
    deductible = D("283.00")
    met = min(deductible, D(rng.randrange(40_000)) / 100)
    segments = [
        Segment(kind="part-a", code="", name="PART A", begins=begins),
        Segment(kind="part-b", code="", name="PART B", begins=begins),
    ]
    if rng.random() < 0.4:
        code, name = rng.choice(DRUG_PLANS)
        segments.append(Segment(kind="part-d", code=code, name=name, begins=max(begins, date(today.year, 1, 1))))
    return Coverage(
        plan_name="MEDICARE PART A AND PART B",
        insurance_type="MB",
        group_number=None,
        group_name=None,
        plan_begins=begins,
        benefit_year="calendar",
        benefits=MEDICARE,
        accumulators=(
            Accumulator(kind="C", level="IND", network="U", total=deductible, met=met, remaining=deductible - met),
        ),
        segments=tuple(segments),
        **_person(rng, member, today),
    )


def _assistance(rng: random.Random, today: date, member: Member) -> Coverage:
    begins = date(today.year - rng.randint(0, 1), rng.randint(1, 6), 1)
    code, name = rng.choice(AID_CATEGORIES)
    segments = [Segment(kind="aid-category", code=code, name=name, begins=begins)]
    if rng.random() < 0.5:
        mco = rng.choice(MCOS)
        segments.append(Segment(kind="managed-care", code="", name=mco, begins=begins, payer=mco))
    return Coverage(
        plan_name="STATE MEDICAL ASSISTANCE FULL BENEFITS",
        insurance_type="MC",
        group_number=None,
        group_name=None,
        plan_begins=begins,
        benefit_year="calendar",
        benefits=ASSISTANCE,
        segments=tuple(segments),
        **_person(rng, member, today),
    )


def _person(rng: random.Random, member: Member, today: date) -> dict[str, object]:
    """What the payer knows about the member beside names and birth date."""
    young = (today - member.birth_date).days < 19 * 365
    return {
        "patient": member.patient,
        "sex": rng.choice(("F", "M")),
        "address": Address(
            street=f"{rng.randint(10, 989)} {rng.choice(STREETS)} STREET",
            city=rng.choice(CITIES),
            state="ZZ",
            postal_code=f"00{rng.randrange(100, 1000)}",
        ),
        "relationship": "child" if young else rng.choice(("self", "self", "self", "spouse")),
    }


def _year_begins(today: date, year: str) -> date:
    """The first day of the present benefit year: 1 January, or 1 July of a contract."""
    if year == "calendar":
        return date(today.year, 1, 1)
    return date(today.year if today.month >= 7 else today.year - 1, 7, 1)


def _years_before(day: date, years: int) -> date:
    return date(day.year - years, day.month, day.day)


def last_of_month_before(day: date) -> date:
    """The last day of the month before this day's."""
    return day.replace(day=1) - timedelta(days=1)
