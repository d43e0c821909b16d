"""What is wrong with one portal or practice keeps no other from being served, is told, and is made up for."""

import json
from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, cast

import pytest

from flows.questions import Flow
from ledger import models, permissions
from ledger.accounts import Actor, ensure_practice
from ledger.planning_values import Planned
from ledger.thread import LedgerThread
from portalwright import night
from portalwright.browsers import Browsers
from portalwright.doors import Packs
from portalwright.night import Night
from portalwright.office import Desk, Office
from schedules.calendar import Act
from tests.ledger.office import PORTAL
from tests.portalwright.test_watching_look import NOW, MovedClock, opened, permit
from vault.keys import KeyProvider

DAY = timedelta(days=1)


class Nights:
    """The night shift of an office, without a browser. `said` is what was shown to a person."""

    def __init__(self, desk: Desk, ledger: LedgerThread) -> None:
        self.desk, self.ledger, self.clock = desk, ledger, MovedClock()
        self.said: list[str] = []
        self.night = Night(desk, ledger, self.clock, cast(Browsers, None), self.said.append, cast(KeyProvider, None))

    async def ask_for_remittances(self) -> int:
        """The morning's act; returns how many periods are on the work list then."""
        await self.night.carry_out(Act.ASK_FOR_REMITTANCES, self.clock.now())
        return await self.ledger.call(models.PaymentPeriod.objects.count)

    async def permit(self, **terms: Any) -> None:
        grant = permit(flow=Flow.REMITTANCES, **terms)
        await self.ledger.call(permissions.grant, grant, self.desk.actor, self.clock.now())

    def logged(self, event: str) -> list[dict[str, Any]]:
        lines = [json.loads(line) for path in self.desk.office.logs_folder.iterdir() for line in path.open()]
        return [one for one in lines if one["event"] == event]


@pytest.fixture
async def nights(transactional_db: None, tmp_path: Path) -> AsyncIterator[Nights]:
    async with LedgerThread() as ledger:
        making = opened(tmp_path)
        yield Nights(await ledger.call(next, making), ledger)
        await ledger.call(lambda: next(making, None))


async def test_a_morning_without_permission_is_told_and_made_up_for(nights: Nights) -> None:
    await nights.permit(valid_to=(NOW - DAY).date())
    assert await nights.ask_for_remittances() == 0
    assert [one["portal"] for one in nights.logged("remittances-left-out")] == [PORTAL]
    assert nights.said == [
        f"{PORTAL}: remittances are not asked for: The permission for remittances at {PORTAL} is not valid today."
    ]
    await nights.permit()
    nights.clock.at += DAY
    asked = await nights.ask_for_remittances()
    assert asked > 5
    assert await nights.ask_for_remittances() == asked
    assert len(nights.said) == 1


@pytest.mark.parametrize("why", ["the pack of", "no credential is in the vault", "a fault of the program"])
async def test_a_morning_on_which_a_portal_cannot_be_used_is_told_and_made_up_for(
    nights: Nights, monkeypatch: pytest.MonkeyPatch, why: str
) -> None:
    await nights.permit()
    with monkeypatch.context() as broken:
        if why == "the pack of":
            broken.setattr(Packs, "pack", lambda *_: "the pack of it cannot be used")
        elif why == "a fault of the program":
            broken.setattr(Packs, "pack", _raises(RuntimeError("a bad row")))
        else:
            broken.setattr(Desk, "usual_credential", lambda *_: "another")
        assert await nights.ask_for_remittances() == 0
    assert [why in line for line in nights.said] == [True]
    assert len(nights.logged("remittances-left-out")) == 1
    assert len(nights.logged("worker-failed")) == (why == "a fault of the program")
    assert await nights.ask_for_remittances() > 5


async def test_a_portal_that_only_a_person_may_ask_is_not_missed(nights: Nights) -> None:
    await nights.permit(status=permissions.Status.PERMITTED_ATTENDED)
    assert (await nights.ask_for_remittances(), nights.said) == (0, [])


async def test_a_practice_whose_planning_fails_keeps_no_other_from_being_planned(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    await nights.ledger.call(ensure_practice, "Hillside Pediatrics", "987654321", ("1999999984",))
    planned: list[int] = []

    def plan(actor: Actor, _now: datetime) -> Planned:
        if actor.practice_id == nights.desk.practice.id:
            raise RuntimeError("a bad row")
        planned.append(actor.practice_id)
        return Planned()

    monkeypatch.setattr(night, "plan", plan)
    for _ in range(3):
        assert not await nights.night.plan()
    assert len(planned) == 3
    assert len(nights.logged("worker-failed")) == 1, "the same fault is told once"


async def test_a_pack_that_cannot_even_be_read_is_no_portal_and_one_that_is_new_may_stand_in_the_log(
    nights: Nights, monkeypatch: pytest.MonkeyPatch
) -> None:
    practice, another = nights.desk.practice.id, "practice-medicaid"
    monkeypatch.setattr(Office, "pack", _raises(PermissionError("not yours")))
    found = await nights.ledger.call(nights.night.door, practice, another)
    assert found == f"the pack of {another} cannot be used (portalwright selectors check {another})"
    assert [one["portal"] for one in nights.logged("worker-failed")] == [another]


def _raises(error: Exception) -> Callable[..., Any]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail
