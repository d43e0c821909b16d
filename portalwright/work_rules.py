"""Brings the office's own rules into the ledger: routing.toml, deadlines.toml, and what kind of payer each portal has.

Every command that lets work follow from what came does it first, so that all machines of an office go by the same.
"""

from collections.abc import Iterable

from flows.deadlines import DeadlineRules
from flows.routing_rules import OfficeRules
from ledger import work_rules
from ledger.tasks import portals_in_use
from packs.models import Pack
from packs.problems import PackError
from portalwright.office import Desk, utc_now
from portalwright.office_rules import DEADLINES_FILE, deadline_rules
from portalwright.settings import read_toml

ROUTING_FILE = "routing.toml"
"""In the office folder."""


def bring_rules(desk: Desk, packs: Iterable[Pack]) -> bool:
    """From now on the office works by the rules in its folder; `packs` say what kind of payer their portals have.

    A rule that was taken out of its file is out. True when something has changed. Raises SettingsWrong.
    """
    folder = desk.office.folder
    deadline_rules(folder)  # tells what is wrong with the file as a whole
    deadlines = folder / DEADLINES_FILE
    return work_rules.adopt(
        desk.actor,
        utc_now(),
        routing=office_routing(desk),
        deadlines=read_toml(deadlines, DeadlineRules) if deadlines.is_file() else DeadlineRules(),
        payers={pack.portal: pack.payer for pack in packs},
    )


def office_routing(desk: Desk) -> OfficeRules:
    """The office's own rules for tasks. Raises SettingsWrong."""
    path = desk.office.folder / ROUTING_FILE
    return read_toml(path, OfficeRules) if path.is_file() else OfficeRules()


def packs_in_use(desk: Desk) -> list[Pack]:
    """The packs of the portals that anything is known from; one that cannot be used says so when it is run."""
    packs = []
    for portal in portals_in_use(desk.actor.practice_id) & set(desk.office.portals()):
        try:
            packs.append(desk.office.pack(portal))
        except PackError:
            continue
    return packs
