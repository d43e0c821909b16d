"""The scripted person of the chaos: does at the portals' doors what is always a person's there, and counts it.

A code that came by mail is handed over, terms are accepted, and a sign-in that is frozen because a press was never
answered is cleared: they have signed in by hand, and the account is well.
"""

from collections import Counter

from flows.outcomes import Code
from ledger import cases, presses
from ledger.cases import CaseRecord
from ledger.states import Stops
from portalwright.demo.person import Person as AtTheDoor
from portalwright.office import Desk, utc_now
from tests.chaos.watched import Watched

_SECONDS_OF_MAIL = 10.0
_UNPROVED = frozenset({Code.ACC_UNKNOWN})
"""A robot that never saw the answer to a press stops with this."""


class Person:
    """Looks in again and again while the workers work."""

    def __init__(self, desk: Desk, watched: Watched) -> None:
        self._desk = desk
        self._watched = watched
        self._doors = [(portal, AtTheDoor(desk, portal)) for portal in watched.portals]
        self._read: Counter[str] = Counter()
        self.cleared = 0
        self.codes = 0

    def look(self) -> None:
        """Do what is to be done now."""
        for portal, door in self._doors:
            new = self._watched.events[portal.name][self._read[portal.name] :]
            self._read[portal.name] += len(new)
            if any(event["kind"] == "code_sent" for event in new):
                # The mail is on its way, and nobody waits for it.
                portal.advance(_SECONDS_OF_MAIL)
            self.codes += door.hand_over() + door.accept_terms()
            for case in cases.list_open(self._desk.practice.id, portal.name):
                if case.stops is Stops.CREDENTIAL and case.code in _UNPROVED:
                    self._clear(case)

    def _clear(self, case: CaseRecord) -> None:
        desk = self._desk
        presses.clear(case.portal, desk.credential(case.portal), desk.actor, "signed in by hand", utc_now())
        self.cleared += 1
