"""Makes a truth ledger from a seed: the same arguments give the same members, claims, payments and questions."""

import random
from datetime import date

from sandbox.truth import appointment_scenarios
from sandbox.truth.acknowledged import acknowledgements
from sandbox.truth.appeal_rights import rights_of
from sandbox.truth.appointment_draft import AppointmentDraft
from sandbox.truth.denial_scenarios import DENIALS, EVERY, tell_denials
from sandbox.truth.draft import Draft
from sandbox.truth.ledger import Truth
from sandbox.truth.payment_runs import PaymentBook
from sandbox.truth.scenarios import SCENARIOS, Scenario

EVERYTHING_FROM = 150
"""So many rows of a work list, and more, hold every scenario of the table."""


def make_truth(seed: int, claims: int, today: date, portal: str = "practice-national", appointments: int = 20) -> Truth:
    """A ledger whose work list has `claims` rows for this portal, dated relative to `today`.

    From 60 rows on every scenario of ordinary work occurs, from 150 on every scenario in the table; from 20
    appointments on every ordinary one of theirs, from 40 on every one. What is made of the claims never depends on
    the number of appointments. Every 60 rows bring the denials of `denial_scenarios` once, in a list of their own.
    """
    if claims < 1:
        raise ValueError("A work list needs at least one claim.")
    draft = Draft(random.Random(f"truth:{seed}:{claims}"), today, portal)
    for scenario in planned(draft.rng, claims):
        scenario.build(draft, scenario.name)
    rows = draft.close_work_list()

    draft.turn_to(random.Random(f"payments:{portal}:{seed}:{claims}"))
    book = PaymentBook(draft)
    book.fill()
    deposits = book.deposits()

    draft.turn_to(random.Random(f"coverage:{portal}:{seed}:{appointments}"))
    visits = AppointmentDraft(draft)
    for story in appointment_scenarios.planned(draft.rng, portal, appointments):
        story.build(visits, story.name)
    visits.cover_everybody_else(seed)
    asked = visits.mixed()

    draft.turn_to(random.Random(f"denials:{portal}:{seed}:{claims}"))
    denials = tell_denials(draft, DENIALS * (claims // EVERY))
    later = PaymentBook(draft)
    later.pay(denials.claims)
    visits.cover_everybody_else(seed)
    denial_rows = draft.close_work_list()
    deposits += later.deposits(len(deposits))

    return Truth(
        seed=seed,
        today=today,
        practice=draft.practice,
        members=tuple(draft.people.values()),
        claims=draft.claims,
        rows=tuple(row for row, _ in rows),
        asks=tuple(ask for _, ask in rows),
        coverages=tuple(visits.coverages.values()),
        appointments=tuple(appointment for appointment, _ in asked),
        appointment_asks=tuple(ask for _, ask in asked),
        remittances=tuple(sorted(book.remittances() + later.remittances(), key=lambda one: one.paid_on)),
        deposits=deposits,
        acknowledgements=acknowledgements(draft.claims),
        denial_rows=tuple(row for row, _ in denial_rows),
        denial_asks=tuple(ask for _, ask in denial_rows),
        appeal_rights=tuple(
            right
            for claim in draft.claims
            for right in rights_of(claim, portal, seed, denials.specials.get(claim.payer_claim_number))
        ),
        earlier_appeals=tuple(denials.earlier),
    )


def planned(rng: random.Random, claims: int) -> list[Scenario]:
    """Which scenarios to build so that their rows add up to `claims`."""
    plan: list[Scenario] = []
    left = claims
    for scenario in sorted(SCENARIOS, key=lambda one: not one.ordinary):
        if scenario.rows <= left and (scenario.ordinary or claims >= EVERYTHING_FROM):
            plan.append(scenario)
            left -= scenario.rows
    while left:
        fitting = [scenario for scenario in SCENARIOS if scenario.weight and scenario.rows <= left]
        scenario = rng.choices(fitting, [one.weight for one in fitting])[0]
        plan.append(scenario)
        left -= scenario.rows
    rng.shuffle(plan)
    return plan
