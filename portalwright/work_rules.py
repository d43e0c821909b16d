"""Brings the office's own rules into the ledger: of tasks, deadlines and cadence; and each portal's kind of payer.

Every command that lets work follow from what came does it first, so that all machines of an office go by the same.
"""

from collections.abc import Collection
from pathlib import Path

from flows.deadlines import DeadlineRules
from flows.routing_rules import OfficeRules
from ledger import work_rules
from ledger.portals import portals_asked
from ledger.portals_in_use import portals_in_use
from packs.models import Pack
from packs.problems import PackError
from portalwright.office import Desk, utc_now
from portalwright.office_rules import DEADLINES_FILE, deadline_rules
from portalwright.settings import SettingsWrong, read_toml
from schedules.cadence import OfficeCadence, cadence_rules, kept_rules

ROUTING_FILE = "routing.toml"
"""In the office folder."""

CADENCE_FILE = Path("schedules") / "cadence.toml"


def bring_rules(desk: Desk, packs: Collection[Pack]) -> bool:
    """From now on the office works by the rules in its folder; `packs` say what kind of payer their portals have.

    A rule that was taken out of its file is out. True when something has changed. Raises SettingsWrong.
    """
    folder = desk.office.files
    deadline_rules(folder)  # tells what is wrong with the file as a whole
    deadlines = folder / DEADLINES_FILE
    return work_rules.adopt(
        desk.actor,
        utc_now(),
        routing=office_routing(desk),
        deadlines=read_toml(deadlines, DeadlineRules) if deadlines.is_file() else DeadlineRules(),
        cadence=kept_rules(office_cadence(folder)),
        payers={pack.portal: pack.payer for pack in packs},
        zones={pack.portal: pack.time_zone for pack in packs},
    )


def office_routing(desk: Desk) -> OfficeRules:
    """The office's own rules for tasks. Raises SettingsWrong."""
    path = desk.office.files / ROUTING_FILE
    return read_toml(path, OfficeRules) if path.is_file() else OfficeRules()


def office_cadence(folder: Path) -> OfficeCadence:
    """How often the office in this folder wants questions asked, where that is not what ships. Raises SettingsWrong."""
    path = folder / CADENCE_FILE
    if not path.is_file():
        return OfficeCadence()
    office = read_toml(path, OfficeCadence)
    try:
        cadence_rules(office)
    except ValueError as error:
        raise SettingsWrong(f"{path}: {error}.") from None
    return office


def packs_not_known(desk: Desk) -> list[Pack]:
    """The packs of the portals of claims and visits of which the ledger does not know yet what kind of payer, and which
    time zone, they have; for commands that are not to wait for all packs."""
    known = work_rules.in_force(desk.practice.id).zones
    return _packs(desk, set(portals_asked(desk.practice.id)) - known.keys())


def packs_in_use(desk: Desk) -> list[Pack]:
    """The packs of the portals that anything is known from; one that cannot be used says so when it is run."""
    return _packs(desk, portals_in_use(desk.actor.practice_id))


def _packs(desk: Desk, portals: Collection[str]) -> list[Pack]:
    packs = []
    for portal in set(portals) & set(desk.office.portals()):
        try:
            packs.append(desk.office.pack(portal))
        except PackError:
            continue
    return packs
