"""The table of what an office may find when it asks for a patient's coverage, and how each gets into the ledger."""

import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from sandbox.truth.appointment_draft import AppointmentDraft
from sandbox.truth.benefit_plans import ADVANTAGE_PLANS, AID_CATEGORIES, MCOS, commercial, last_of_month_before
from sandbox.truth.coverage import OtherPayer, Segment
from sandbox.truth.model import Member
from sandbox.truth.names import NEAR_LAST_NAMES, NEAR_NAMES, TWINS

MULTIPAYER, NATIONAL = "practice-multipayer", "practice-national"
CONTRACTOR, MEDICAID = "practice-contractor", "practice-medicaid"
EVERYWHERE = (MULTIPAYER, NATIONAL, CONTRACTOR, MEDICAID)
EMPLOYERS_PLANS = (MULTIPAYER, NATIONAL)

Build = Callable[[AppointmentDraft, str], None]


def active(draft: AppointmentDraft, scenario: str) -> None:
    """Active, and nothing else to say."""
    member = draft.draft.member()
    coverage = draft.cover(draft.ordinary(member))
    draft.ask(scenario, "ANSWERED", "active", member, coverage=coverage)


def ended(draft: AppointmentDraft, scenario: str) -> None:
    """The plan ended before the visit, and the payer has long known it."""
    member = draft.draft.member()
    day = draft.visit_day()
    begins = draft.ordinary(member)
    end = last_of_month_before(day) - timedelta(days=draft.rng.choice((0, 31, 62)))
    end = max(end, begins.plan_begins)
    coverage = draft.cover(begins.model_copy(update={"plan_ends": end, "segments": _cut(begins.segments, end)}))
    draft.ask(scenario, "ANSWERED", "inactive on the day", member, coverage=coverage, day=day)


def ended_retroactively(draft: AppointmentDraft, scenario: str) -> None:
    """The payer learned after the end of the plan that it had ended."""
    member = draft.draft.member()
    ordinary = draft.ordinary(member)
    end = max(last_of_month_before(draft.today), ordinary.plan_begins)
    coverage = draft.cover(
        ordinary.model_copy(
            update={"plan_ends": end, "terminated_on": draft.today, "segments": _cut(ordinary.segments, end)}
        )
    )
    day = max(draft.today - timedelta(days=draft.rng.randint(0, 3)), end + timedelta(days=1))
    why = "inactive on the day, which the payer learned later"
    draft.ask(scenario, "ANSWERED", why, member, coverage=coverage, day=day)


def ends_soon(draft: AppointmentDraft, scenario: str) -> None:
    """Active on the day; the end is known."""
    member = draft.draft.member()
    day = draft.visit_day()
    end = day + timedelta(days=draft.rng.randint(1, 40))
    coverage = draft.cover(draft.ordinary(member).model_copy(update={"plan_ends": end}))
    draft.ask(scenario, "ANSWERED", "active on the day, with an end", member, coverage=coverage, day=day)


def begins_later(draft: AppointmentDraft, scenario: str) -> None:
    """The plan begins after the visit."""
    member = draft.draft.member()
    day = draft.visit_day()
    ordinary = draft.ordinary(member)
    begins = day + timedelta(days=draft.rng.randint(1, 25))
    segments = tuple(one.model_copy(update={"begins": begins}) for one in ordinary.segments)
    coverage = draft.cover(ordinary.model_copy(update={"plan_begins": begins, "segments": segments}))
    draft.ask(scenario, "ANSWERED", "not yet active on the day", member, coverage=coverage, day=day)


def pending(draft: AppointmentDraft, scenario: str) -> None:
    """Active, while the payer looks into whether it stays so."""
    member = draft.draft.member()
    coverage = draft.cover(
        draft.ordinary(member).model_copy(update={"pending": True, "messages": ("Premium payment is pending.",)})
    )
    draft.ask(scenario, "ANSWERED", "active, pending investigation", member, coverage=coverage)


def member_id_corrected(draft: AppointmentDraft, scenario: str) -> None:
    """The payer finds the member under the old id and shows a new one."""
    old = draft.draft.numbers.member_id()
    member = draft.draft.member(former_member_ids=(old,))
    coverage = draft.cover(draft.ordinary(member))
    draft.ask(
        scenario,
        "ANSWERED",
        "the payer shows another member id for the same person",
        member,
        coverage=coverage,
        member_id=old,
        differences=("member_id",),
    )


def last_name_changed(draft: AppointmentDraft, scenario: str) -> None:
    """Married: the payer holds a longer last name than the office."""
    member = draft.draft.member(last_name="Alder-Wexford")
    coverage = draft.cover(draft.ordinary(member))
    searched_by_name = all("last_name" in way for way in draft.rules.ways)
    if searched_by_name:
        why = "the payer has the id under another name"
        draft.ask(scenario, "NEEDS_STAFF", why, member, rejected=("73",), last_name="Alder")
    else:
        why = "the payer holds another last name for the same id, first name and birth date"
        draft.ask(scenario, "ANSWERED", why, member, coverage=coverage, last_name="Alder", differences=("last_name",))


def wrong_birth_date(draft: AppointmentDraft, scenario: str) -> None:
    """The office holds another birth date; the payer locates one person."""
    member = draft.draft.member()
    draft.cover(draft.ordinary(member))
    wrong = member.birth_date + timedelta(days=draft.rng.choice((-10, 9, 31, 365)))
    why = "probably the right person, with another birth date"
    draft.ask(scenario, "NEEDS_STAFF", why, member, rejected=("71",), birth_date=wrong)


def nobody_single(draft: AppointmentDraft, scenario: str) -> None:
    """Two people under one id, and the office's birth date is neither's."""
    first_name, second_name = draft.rng.choice(NEAR_NAMES)
    first = draft.draft.member(first_name=first_name)
    second = draft.draft.member(
        last_name=first.last_name,
        first_name=second_name,
        member_id=first.member_id,
        birth_date=first.birth_date + timedelta(days=draft.rng.randint(400, 3000)),
    )
    for member in (first, second):
        draft.cover(draft.ordinary(member))
    why = "no single person is located: the birth date is nobody's under this id"
    wrong = first.birth_date - timedelta(days=17)
    draft.ask(scenario, "NEEDS_STAFF", why, first, rejected=("58", "71", "76"), birth_date=wrong)


def not_found(draft: AppointmentDraft, scenario: str) -> None:
    """The payer knows nobody of this id or name."""
    stranger = Member(
        patient="",
        member_id=draft.draft.numbers.member_id(),
        last_name="Unbekant",
        first_name=draft.rng.choice(("Edda", "Falk", "Greta", "Hanno")),
        birth_date=draft.draft.birth_date(),
    )
    code = draft.rules.unknown
    draft.ask(scenario, "NEGATIVE", "the payer does not know the member", stranger, rejected=(code,))


def near_namesake(draft: AppointmentDraft, scenario: str) -> None:
    """The payer knows nobody of this id, but a near-namesake of the same birth date."""
    asked, known = draft.rng.choice(NEAR_LAST_NAMES)
    other = draft.draft.member(last_name=known)
    draft.cover(draft.ordinary(other))
    stranger = other.model_copy(update={"last_name": asked, "member_id": draft.draft.numbers.member_id()})
    why = "the member found by name is somebody else"
    draft.ask(scenario, "NEGATIVE", why, stranger, rejected=(draft.rules.unknown,))


def several(draft: AppointmentDraft, scenario: str) -> None:
    """Two children of one birth date under one member id; only the whole first name tells them apart."""
    elder, younger = draft.rng.choice(TWINS)
    first = draft.draft.member(first_name=elder)
    second = draft.draft.member(
        last_name=first.last_name, first_name=younger, member_id=first.member_id, birth_date=first.birth_date
    )
    coverage, _ = (draft.cover(draft.ordinary(member)) for member in (first, second))
    by_name = draft.rules.names == "as-on-the-card" and all("first_name" in way for way in draft.rules.ways[:1])
    if draft.rules.several == "list" or by_name:
        draft.ask(scenario, "ANSWERED", "the first name picks one of two", first, coverage=coverage)
    else:
        draft.ask(scenario, "NEEDS_STAFF", "the payer finds two and names neither", first, rejected=("76",))


def twins(draft: AppointmentDraft, scenario: str) -> None:
    """Two children, one birth date, an id for each, and coverage that differs."""
    elder, younger = draft.rng.choice(TWINS)
    first_id, second_id = draft.draft.numbers.siblings()
    first = draft.draft.member(first_name=elder, member_id=first_id)
    second = draft.draft.member(
        last_name=first.last_name, first_name=younger, member_id=second_id, birth_date=first.birth_date
    )
    for member in (first, second):
        coverage = draft.cover(draft.ordinary(member))
        draft.ask(scenario, "ANSWERED", "the twin has another id", member, coverage=coverage)


def newborn(draft: AppointmentDraft, scenario: str) -> None:
    """A child of a few days for whom the office holds the mother's id; the payer knows only the mother."""
    mother = draft.draft.member()
    draft.cover(draft.ordinary(mother))
    born = draft.today - timedelta(days=draft.rng.randint(6, 20))
    why = "the id is the mother's; the payer does not know the child yet"
    day = draft.today + timedelta(days=draft.rng.randint(0, 10))
    draft.ask(
        scenario,
        "NEEDS_STAFF",
        why,
        mother,
        rejected=("71", "73"),
        first_name="Baby Boy A",
        birth_date=born,
        day=day,
    )


def other_payer_primary(draft: AppointmentDraft, scenario: str) -> None:
    """Another insurance pays first, and the office does not know of it."""
    _with_other_payer(draft, scenario, "primary", known=False)


def other_payer_held(draft: AppointmentDraft, scenario: str) -> None:
    """Another insurance pays first, as the office has it."""
    _with_other_payer(draft, scenario, "primary", known=True)


def other_payer_secondary(draft: AppointmentDraft, scenario: str) -> None:
    """Another insurance pays second, and the office does not know of it."""
    _with_other_payer(draft, scenario, "secondary", known=False)


def _with_other_payer(
    draft: AppointmentDraft, scenario: str, order: Literal["primary", "secondary"], *, known: bool
) -> None:
    member = draft.draft.member()
    ordinary = draft.ordinary(member)
    employers = draft.draft.portal == CONTRACTOR and order == "primary"
    other = OtherPayer(
        name="PRACTICE EMPLOYER GROUP PLAN" if employers else "PRACTICE MUTUAL INSURANCE",
        payer_id="XG100" if employers else "XM200",
        policy_number=draft.draft.numbers.policy_number(),
        order=order,
        begins=max(ordinary.plan_begins, draft.today.replace(day=1) - timedelta(days=400)),
        msp_type=draft.rng.choice(("12", "43")) if employers else None,
    )
    coverage = draft.cover(ordinary.model_copy(update={"other_payers": (other,)}))
    why = (
        "active, and another payer has to be billed first" if order == "primary" else "active, and another pays second"
    )
    draft.ask(
        scenario,
        "ANSWERED",
        why,
        member,
        coverage=coverage,
        differences=() if known else ("other_payer",),
        other_payer=other.name.title() if known else "",
    )


def other_plan_held(draft: AppointmentDraft, scenario: str) -> None:
    """The office's file has last year's plan and group."""
    member = draft.draft.member()
    coverage = draft.cover(draft.ordinary(member))
    grouped = coverage.group_number is not None
    draft.ask(
        scenario,
        "ANSWERED",
        "active under another plan than the office holds",
        member,
        coverage=coverage,
        plan_name="OLD STANDARD PLAN",
        group_number=draft.draft.numbers.group_number() if grouped else "",
        differences=("plan_name", "group_number") if grouped else ("plan_name",),
    )


def outside_window(draft: AppointmentDraft, scenario: str) -> None:
    """The visit lies further away than the payer answers for."""
    member = draft.draft.member()
    draft.cover(draft.ordinary(member))
    if draft.rng.random() < 0.5:
        day, code = draft.today + timedelta(days=draft.rules.days_ahead + 20), "63"
    else:
        day, code = draft.today - timedelta(days=draft.rules.days_back + 20), "62"
    why = "the payer does not answer for that day"
    draft.ask(scenario, "NEEDS_STAFF", why, member, rejected=(code,), day=day)


def accumulators_contradict(draft: AppointmentDraft, scenario: str) -> None:
    """Total, met and remaining of a deductible do not fit together on the payer's page."""
    member = draft.draft.member()
    ordinary = draft.ordinary(member)
    if draft.draft.portal in EMPLOYERS_PLANS:
        ordinary = commercial(draft.rng, draft.draft.portal, draft.today, member, 0)
    draft.cover(ordinary.model_copy(update={"page_error": "wrong-remaining"}))
    draft.ask(scenario, "NEEDS_STAFF", "the amounts on the page contradict each other", member)


def primary_care(draft: AppointmentDraft, scenario: str) -> None:
    """A plan that wants a primary care provider and referrals."""
    member = draft.draft.member()
    coverage = draft.cover(commercial(draft.rng, draft.draft.portal, draft.today, member, 1))
    draft.ask(scenario, "ANSWERED", "active, a referral is needed", member, coverage=coverage)


def not_loaded(draft: AppointmentDraft, scenario: str) -> None:
    """The member is known; the benefits are not in the portal, a disclaimer says so."""
    member = draft.draft.member()
    coverage = draft.cover(draft.ordinary(member).model_copy(update={"loaded": False}))
    draft.ask(scenario, "ANSWERED", "the benefits are not loaded", member, coverage=coverage)


def advantage_plan(draft: AppointmentDraft, scenario: str) -> None:
    """Medicare by way of a Medicare Advantage plan, which has to be billed."""
    member = draft.draft.member()
    ordinary = draft.ordinary(member)
    code, name = draft.rng.choice(ADVANTAGE_PLANS)
    begins = max(ordinary.plan_begins, draft.today.replace(month=1, day=1))
    plan = Segment(kind="advantage-plan", code=code, name=name, begins=begins, payer=name)
    coverage = draft.cover(ordinary.model_copy(update={"segments": (*ordinary.segments, plan)}))
    draft.ask(scenario, "ANSWERED", "the Medicare Advantage plan is to be billed", member, coverage=coverage)


def hospice(draft: AppointmentDraft, scenario: str) -> None:
    """Medicare with a hospice election on the day."""
    election = Segment(kind="hospice", code="100001", name="HOSPICE ELECTION", begins=draft.today)
    _with_episode(draft, scenario, election, "in hospice on the day")


def home_health(draft: AppointmentDraft, scenario: str) -> None:
    """Medicare with a home health episode on the day."""
    ends = draft.today + timedelta(days=draft.rng.randint(20, 40))
    episode = Segment(kind="home-health", code="100002", name="HOME HEALTH EPISODE", begins=draft.today, ends=ends)
    _with_episode(draft, scenario, episode, "in home health care on the day")


def end_stage_renal(draft: AppointmentDraft, scenario: str) -> None:
    """Medicare because of end-stage renal disease."""
    period = Segment(kind="end-stage-renal", code="", name="COORDINATION PERIOD", begins=draft.today)
    _with_episode(draft, scenario, period, "in the coordination period on the day")


def _with_episode(draft: AppointmentDraft, scenario: str, episode: Segment, why: str) -> None:
    """A stretch of care that began weeks before the visit."""
    member = draft.draft.member()
    ordinary = draft.ordinary(member)
    began = max(ordinary.plan_begins, draft.today - timedelta(days=draft.rng.randint(15, 40)))
    segments = (*ordinary.segments, episode.model_copy(update={"begins": began}))
    coverage = draft.cover(ordinary.model_copy(update={"segments": segments}))
    draft.ask(scenario, "ANSWERED", why, member, coverage=coverage)


def managed_care(draft: AppointmentDraft, scenario: str) -> None:
    """Medicaid by way of a managed care organisation, which has to be billed."""
    member = draft.draft.member()
    ordinary = draft.ordinary(member)
    segments = tuple(one for one in ordinary.segments if one.kind != "managed-care")
    mco = draft.rng.choice(MCOS)
    plan = Segment(kind="managed-care", code="", name=mco, begins=ordinary.plan_begins, payer=mco)
    coverage = draft.cover(ordinary.model_copy(update={"segments": (*segments, plan)}))
    draft.ask(scenario, "ANSWERED", "the managed care organisation is to be billed", member, coverage=coverage)


def changes_on_the_day(draft: AppointmentDraft, scenario: str) -> None:
    """Aid category and managed care organisation change on the very day of the visit."""
    member = draft.draft.member()
    ordinary = draft.ordinary(member)
    day = draft.visit_day()
    (old_code, old_name), (code, name) = draft.rng.sample(AID_CATEGORIES, 2)
    before, after = draft.rng.sample(MCOS, 2)
    begins, end = ordinary.plan_begins, day - timedelta(days=1)
    segments = (
        Segment(kind="aid-category", code=old_code, name=old_name, begins=begins, ends=end),
        Segment(kind="managed-care", code="", name=before, begins=begins, ends=end, payer=before),
        Segment(kind="aid-category", code=code, name=name, begins=day),
        Segment(kind="managed-care", code="", name=after, begins=day, payer=after),
    )
    coverage = draft.cover(ordinary.model_copy(update={"segments": segments}))
    draft.ask(scenario, "ANSWERED", "the plan of the day itself is to be billed", member, coverage=coverage, day=day)


def spend_down(draft: AppointmentDraft, scenario: str) -> None:
    """The member has to spend an amount before coverage holds."""
    member = draft.draft.member()
    ordinary = draft.ordinary(member)
    day = draft.visit_day()
    amount = Decimal(draft.rng.randrange(4_000, 60_000)) / 100
    end = (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    segments = (
        Segment(kind="aid-category", code="63", name="MEDICALLY NEEDY", begins=ordinary.plan_begins),
        Segment(kind="spend-down", code="", name="SPEND-DOWN", begins=day.replace(day=1), ends=end, amount=amount),
    )
    coverage = draft.cover(ordinary.model_copy(update={"segments": segments}))
    draft.ask(scenario, "ANSWERED", "not eligible until the spend-down is met", member, coverage=coverage, day=day)


def lock_in(draft: AppointmentDraft, scenario: str) -> None:
    """The member may only see one provider."""
    member = draft.draft.member()
    ordinary = draft.ordinary(member)
    lock = Segment(kind="lock-in", code="", name="DR HENRY OKAFOR", begins=ordinary.plan_begins)
    coverage = draft.cover(ordinary.model_copy(update={"segments": (*ordinary.segments, lock)}))
    draft.ask(scenario, "ANSWERED", "active, locked in to one provider", member, coverage=coverage)


def _cut(segments: tuple[Segment, ...], end: date) -> tuple[Segment, ...]:
    """The segments, ended with the plan."""
    return tuple(one.model_copy(update={"ends": end}) for one in segments)


@dataclass(frozen=True)
class AppointmentScenario:
    """One kind of story. It adds `rows` appointments; `ordinary` ones occur in every list of 20."""

    name: str
    build: Build
    weight: int
    where: tuple[str, ...] = EVERYWHERE
    ordinary: bool = True
    rows: int = 1


SCENARIOS = (
    AppointmentScenario("active", active, 30),
    AppointmentScenario("inactive on the day", ended, 4),
    AppointmentScenario("ended retroactively", ended_retroactively, 2),
    AppointmentScenario("ends soon", ends_soon, 2),
    AppointmentScenario("begins later", begins_later, 2, ordinary=False),
    AppointmentScenario("pending", pending, 2),
    AppointmentScenario("member id corrected", member_id_corrected, 2),
    AppointmentScenario("last name changed", last_name_changed, 2),
    AppointmentScenario("wrong birth date", wrong_birth_date, 2),
    AppointmentScenario("birth date of nobody", nobody_single, 1),
    AppointmentScenario("member not found", not_found, 2),
    AppointmentScenario("near-namesake", near_namesake, 1, ordinary=False),
    AppointmentScenario("several members", several, 1),
    AppointmentScenario("twins", twins, 1, rows=2),
    AppointmentScenario("newborn", newborn, 1),
    AppointmentScenario("other payer primary", other_payer_primary, 3),
    AppointmentScenario("other payer held", other_payer_held, 1, ordinary=False),
    AppointmentScenario("other payer secondary", other_payer_secondary, 1, ordinary=False),
    AppointmentScenario("other plan held", other_plan_held, 2, ordinary=False),
    AppointmentScenario("day outside the window", outside_window, 1),
    AppointmentScenario("accumulators contradict", accumulators_contradict, 1, (MULTIPAYER, NATIONAL, CONTRACTOR)),
    AppointmentScenario("primary care provider required", primary_care, 3, EMPLOYERS_PLANS),
    AppointmentScenario("benefits not loaded", not_loaded, 2, (MULTIPAYER,)),
    AppointmentScenario("Medicare Advantage plan", advantage_plan, 4, (CONTRACTOR,)),
    AppointmentScenario("hospice", hospice, 1, (CONTRACTOR,)),
    AppointmentScenario("home health", home_health, 1, (CONTRACTOR,), ordinary=False),
    AppointmentScenario("end-stage renal disease", end_stage_renal, 1, (CONTRACTOR,), ordinary=False),
    AppointmentScenario("managed care organisation", managed_care, 4, (MEDICAID,)),
    AppointmentScenario("segments change on the day", changes_on_the_day, 1, (MEDICAID,)),
    AppointmentScenario("spend-down", spend_down, 1, (MEDICAID,)),
    AppointmentScenario("lock-in", lock_in, 1, (MEDICAID,), ordinary=False),
)


def planned(rng: random.Random, portal: str, appointments: int) -> list[AppointmentScenario]:
    """Which scenarios to build so that their rows add up to `appointments`."""
    here = [scenario for scenario in SCENARIOS if portal in scenario.where]
    plan: list[AppointmentScenario] = []
    left = appointments
    for scenario in sorted(here, key=lambda one: not one.ordinary):
        if scenario.rows <= left and (scenario.ordinary or appointments >= 40):
            plan.append(scenario)
            left -= scenario.rows
    while left:
        fitting = [scenario for scenario in here if scenario.rows <= left]
        scenario = rng.choices(fitting, [one.weight for one in fitting])[0]
        plan.append(scenario)
        left -= scenario.rows
    rng.shuffle(plan)
    return plan
