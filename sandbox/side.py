"""Everything one practice portal stands on: the truth, its clock, its visitors, its switches and its record."""

import asyncio
from dataclasses import dataclass

from sandbox.accounts import Account
from sandbox.clock import Clock
from sandbox.events import EventLog
from sandbox.sessions import Sessions
from sandbox.switches import SwitchBoard
from sandbox.truth.model import Truth


@dataclass(frozen=True)
class PortalSide:
    """The state that a portal's pages and its control side share."""

    truth: Truth
    clock: Clock
    events: EventLog
    account: Account
    sessions: Sessions
    switches: SwitchBoard
    stopping: asyncio.Event
