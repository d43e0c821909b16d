"""The opened office as each of its practices has it: the same packs, vault and files, another practice's name."""

from dataclasses import replace
from datetime import datetime

from ledger import accounts
from ledger.accounts import Actor, Practice
from portalwright.doors import OfficeDoors, Packs, of_practice
from portalwright.office import Desk


def desk_of(desk: Desk, practice: Practice, actor: Actor) -> Desk:
    """The opened office for the practice and the person of one request."""
    robot = replace(desk.robot, practice_id=practice.id)
    return replace(desk, practice=practice, actor=actor, robot=robot)


def doors_of(desk: Desk, now: datetime, packs: Packs | None = None) -> OfficeDoors:
    """The ways into the portals for every practice that the office has now; `packs` that were read already are kept."""
    desks = {desk.practice.id: desk}
    for practice in accounts.practices():
        if practice.id not in desks:
            desks[practice.id] = of_practice(desk, practice, now)
    return OfficeDoors(desks, packs or Packs())
