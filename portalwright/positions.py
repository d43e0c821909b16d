"""What payers have published about robots, brought into the register of the practice that a command works for."""

from collections import defaultdict
from collections.abc import Mapping

from flows.positions import Positions, published
from ledger import permissions
from packs.problems import PackError
from portalwright.office import Desk, Office, utc_now


def bring_positions(desk: Desk) -> int:
    """Bring the published positions into the practice's register where they are not, or are of an older program.

    Returns how many rows were added.
    """
    return permissions.publish(published(), desk.robot, utc_now())


def packs_under(office: Office, positions: Positions) -> Mapping[str, list[str]]:
    """By a position's id, the portals of this office that fall under it, by name or by the host of their address."""
    found: dict[str, list[str]] = defaultdict(list)
    for portal in office.portals():
        try:
            address = office.pack(portal).address
        except PackError:
            continue
        if (position := positions.about(portal, address)) is not None:
            found[position.id].append(portal)
    return found
