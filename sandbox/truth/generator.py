"""Makes a truth ledger from a seed: the same arguments give the same members, claims and questions."""

import random
from datetime import date

from sandbox.truth.draft import Draft
from sandbox.truth.model import Truth
from sandbox.truth.scenarios import SCENARIOS, Scenario


def make_truth(seed: int, claims: int, today: date, portal: str = "practice-national") -> Truth:
    """A ledger whose work list has `claims` rows for this portal, dated relative to `today`.

    From 60 rows on every scenario of ordinary work occurs, from 400 on every scenario in the table.
    """
    if claims < 1:
        raise ValueError("A work list needs at least one claim.")
    draft = Draft(random.Random(f"truth:{seed}:{claims}"), today, portal)
    for scenario in planned(draft.rng, claims):
        scenario.build(draft, scenario.name)
    return draft.finish(seed)


def planned(rng: random.Random, claims: int) -> list[Scenario]:
    """Which scenarios to build so that their rows add up to `claims`."""
    plan: list[Scenario] = []
    left = claims
    for scenario in sorted(SCENARIOS, key=lambda one: not one.ordinary):
        if scenario.rows <= left and (scenario.ordinary or claims >= 400):
            plan.append(scenario)
            left -= scenario.rows
    while left:
        fitting = [scenario for scenario in SCENARIOS if scenario.weight and scenario.rows <= left]
        scenario = rng.choices(fitting, [one.weight for one in fitting])[0]
        plan.append(scenario)
        left -= scenario.rows
    rng.shuffle(plan)
    return plan
