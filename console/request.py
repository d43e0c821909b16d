"""The request as the pages see it: who asks, for which practice, and the office that answers."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from django.http import HttpRequest

from console.application import Application
from console.rights import Right
from ledger.accounts import Actor, Practice
from ledger.roles import Role


@dataclass(frozen=True)
class Who:
    """Somebody who is signed in, and the practice that they work for now.

    `first` is the name of the page that they have to settle before any other; empty when all is settled.
    """

    actor: Actor
    practice: Practice
    practices: tuple[Practice, ...]
    roles: frozenset[Role]
    rights: frozenset[Right]
    first: str = ""

    def may(self, right: Right) -> bool:
        """Do the roles give this right?"""
        return right in self.rights


class DeskRequest(HttpRequest):
    """A request of somebody who is signed in; `console.access` makes sure of it before any page is called."""

    application: Application
    who: Who
    ended: str
    """Why the session that came with it counts no more (`console.sessions.Ended`); there only where one came."""

    now: datetime
    """When it came, UTC: one instant for all that is done for it."""


View = Callable[..., object]
