"""Everything one practice portal stands on: the truth, its clock, its visitors, its switches and its record."""

import asyncio
from dataclasses import dataclass, field
from datetime import date
from zoneinfo import ZoneInfo

from sandbox.accounts import Account, sign_in_data
from sandbox.appeals import Appeals
from sandbox.clock import Clock
from sandbox.door import Door
from sandbox.eligibility import EligibilitySearch
from sandbox.events import EventLog
from sandbox.mailbox import Mailbox
from sandbox.maintenance import Maintenance, Planned
from sandbox.profile import Profile
from sandbox.quirks import Quirks
from sandbox.remittances import RemittanceSearch
from sandbox.reports import Reports
from sandbox.search import ClaimSearch, SearchRules
from sandbox.sessions import Session, Sessions
from sandbox.switches import SwitchBoard, Switches
from sandbox.throttle import Throttle
from sandbox.truth.generator import make_truth
from sandbox.truth.ledger import Truth


@dataclass(frozen=True)
class Archetype:
    """What makes one practice portal different from the others, apart from its pages."""

    name: str
    profile: Profile
    search: SearchRules
    planned: tuple[Planned, ...] = ()
    """Weekly hours of maintenance."""


@dataclass(frozen=True)
class PortalSide:
    """The state that a portal's pages and its control side share."""

    name: str
    truth: Truth
    clock: Clock
    events: EventLog
    account: Account
    sessions: Sessions
    switches: SwitchBoard
    mailbox: Mailbox
    quirks: Quirks
    maintenance: Maintenance
    door: Door
    search: ClaimSearch
    eligibility: EligibilitySearch
    remittances: RemittanceSearch
    reports: Reports
    appeals: Appeals
    throttle: Throttle
    stopping: asyncio.Event = field(default_factory=asyncio.Event)

    def layout(self, session: Session | None = None) -> int:
        """The version of the pages, 1 to 4, that this visitor gets."""
        own = session.layout if session is not None else 0
        return own or self.switches.now.layout


def make_side(
    archetype: Archetype,
    *,
    seed: int,
    claims: int,
    appointments: int = 20,
    today: date | None = None,
    quirks: dict[str, float] | None = None,
    switches: Switches | None = None,
) -> PortalSide:
    """Build the state of one portal from a seed.

    Raises QuirkRefused when the portal cannot have one of the quirks.
    """
    clock = Clock(today)
    events = EventLog(clock)
    die = Quirks(seed, archetype.name, quirks or {}, events)
    board = SwitchBoard(switches)
    truth = make_truth(seed, claims, clock.now().date(), archetype.name, appointments)
    remittances = RemittanceSearch(archetype.name, truth, clock, die)
    account = Account(sign_in_data(seed), clock, archetype.profile)
    sessions = Sessions(clock, archetype.profile)
    mailbox = Mailbox(clock)
    maintenance = Maintenance(clock, die, board, ZoneInfo(archetype.profile.time_zone), archetype.planned)
    return PortalSide(
        name=archetype.name,
        truth=truth,
        clock=clock,
        events=events,
        account=account,
        sessions=sessions,
        switches=board,
        mailbox=mailbox,
        quirks=die,
        maintenance=maintenance,
        door=Door(
            account=account,
            sessions=sessions,
            mailbox=mailbox,
            clock=clock,
            events=events,
            quirks=die,
            switches=board,
            seed=seed,
        ),
        search=ClaimSearch(truth, archetype.search, clock, die),
        eligibility=EligibilitySearch(archetype.name, truth, clock, die),
        remittances=remittances,
        reports=Reports(remittances, clock, die),
        appeals=Appeals(archetype.name, truth, clock, die, sessions, board),
        throttle=Throttle(clock, die, board),
    )
