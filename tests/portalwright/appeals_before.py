"""Called in the process of a command before it starts: appeals that are approved, and portals that take them."""

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import portalwright.running
from bots.worker import Report
from flows.answers import Refusal
from flows.outcomes import Outcome
from flows.questions import Appeal, Flow
from ledger import appeals, lanes, runs, work
from ledger.errors import NotPermitted
from portalwright.office import Desk, Office, utc_now
from tests.ledger.appeals import LOST, approved, drafted, filed, refused
from tests.ledger.office import ALIAS
from vault.secret import Secret


def three_appeals() -> None:
    """Appeals 1 and 2 are approved, 3 is a draft. For an office in PORTALWRIGHT_OFFICE."""
    office = Office.find(Path(os.environ["PORTALWRIGHT_OFFICE"]))
    with office.at_work("dana", lambda: Secret("")) as desk:
        approved(desk.actor, 1, utc_now())
        approved(desk.actor, 2, utc_now())
        drafted(desk.actor, 3, utc_now())


def takes_them() -> None:
    """The portal takes the first appeal, and refuses every other one."""
    _portal(lambda place: filed(utc_now()) if place == 0 else refused(Refusal.LINE_PAID, utc_now()))


def says_nothing() -> None:
    """The portal never shows a receipt, nor what is on its list."""
    _portal(lambda _: LOST)


def is_not_permitted() -> None:
    """The register does not allow it."""

    def run(*_: Any, **__: Any) -> Report:
        raise NotPermitted("No permission for appeal at practice-national is on record.")

    portalwright.running.run_portal = run


def _portal(ends: Callable[[int], Outcome]) -> None:
    def run(desk: Desk, portal: str, flow: Flow, *_: Any, only: frozenset[int] | None = None, **__: Any) -> Report:
        lease = lanes.take(portal, ALIAS, 0, holder="tests:1", actor=desk.robot, now=utc_now())
        run_id, place = runs.start(lease, flow, utc_now()), 0
        while (item := work.next_item(lease, utc_now(), only)) is not None:
            assert isinstance(item.question, Appeal)
            if not item.question.pressed:
                appeals.pressing(lease, item.question.contest.reference, utc_now())
            work.finish(lease, item, ends(place), utc_now())
            place += 1
        lanes.release(lease, utc_now())
        return Report(run_id=run_id, why="finished", by_ending=runs.summary(desk.practice.id, run_id).by_ending)

    portalwright.running.run_portal = run
