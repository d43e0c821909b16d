"""The office of the chaos asks everything once: whatever has two answers there was asked twice by mistake."""

import tomllib
from datetime import timedelta

import pytest

from flows.payer_types import PayerType
from ledger.planning_values import ClaimToAsk, VisitToAsk
from packs.load import load_pack
from sandbox.quirks import EVERYWHERE
from schedules.cadence import OfficeCadence, cadence_rules
from schedules.cadence_plan import evaluate
from tests.chaos.office import CADENCE
from tests.schedules.cadence_cases import ZONE, claim, item, on, pending, visit

PAYERS = sorted({load_pack(name, None).payer for name in EVERYWHERE})
RULES = cadence_rules(OfficeCadence.model_validate(tomllib.loads(CADENCE)))
CLOCK_IS_SET_BY = timedelta(days=300)

FIRST = claim()
TODAY = FIRST.service_to + timedelta(days=14)


@pytest.mark.parametrize("payer", PAYERS)
@pytest.mark.parametrize(
    "about",
    [
        FIRST,
        *(visit(TODAY + timedelta(days=days)) for days in (-3, 0, 1, 14)),
        visit(TODAY, service_to=TODAY + timedelta(days=200)),
    ],
)
def test_nobody_waits_for_the_day_on_which_something_is_asked(about: ClaimToAsk | VisitToAsk, payer: PayerType) -> None:
    due = evaluate(item(about, payer, tries=0), RULES, on(TODAY), ZONE).due_at
    assert due is not None
    assert due <= on(TODAY)


@pytest.mark.parametrize("payer", PAYERS)
@pytest.mark.parametrize(
    "about",
    [
        claim(checks=(pending(TODAY),)),
        claim(checks=(pending(TODAY, "F1", paid=FIRST.billed),)),
        *(visit(TODAY + timedelta(days=days), answered_at=on(TODAY)) for days in (-3, 0, 1, 14)),
        visit(TODAY, service_to=TODAY + timedelta(days=200), answered_at=on(TODAY)),
    ],
)
def test_what_is_answered_is_not_asked_again(about: ClaimToAsk | VisitToAsk, payer: PayerType) -> None:
    later = on(TODAY) + CLOCK_IS_SET_BY
    due = evaluate(item(about, payer), RULES, on(TODAY), ZONE).due_at
    assert due is None or due > later
