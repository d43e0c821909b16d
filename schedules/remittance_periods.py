"""Payments to fetch: puts a period on the work list for each provider and each of the last business days."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from flows.business_days import business_days_after
from flows.questions import Provider
from ledger import periods
from ledger.accounts import Actor, Practice
from ledger.work_rules import in_force
from schedules.cadence_days import day_in
from schedules.planning import zone_of

LOOK_BACK = timedelta(days=14)
"""Payments of days that lie further back are asked for by a person."""


def ask_for_last_days(actor: Actor, practice: Practice, portal: str, now: datetime) -> int:
    """Put the payments of the last two weeks on the work list that are not there yet, for this portal and each provider
    of the practice (DOMAIN 3.1); returns how many periods are new.

    Each business day asks for what was paid since the one before: on a Monday from Friday to Sunday. A day on which
    this was not done, whatever the reason was, is made up for by the next on which it is. What is on the work list
    already stays as it is, so that it may be called at any time and again after a restart.
    """
    asked = 0
    today = day_in(now, zone_of(in_force(actor.practice_id), portal))
    for paid_from, paid_to in sorted(_periods(today)):
        for npi in practice.npis:
            provider = Provider(tin=practice.tin, npi=npi)
            asked += periods.ask_for(portal, provider, paid_from, paid_to, actor=actor, now=now, again=False).new
    return asked


def _periods(today: date) -> Iterator[tuple[date, date]]:
    """What each business day up to today asks for, the newest first."""
    morning = business_days_after(today + timedelta(days=1), -1)
    while morning > today - LOOK_BACK:
        before = business_days_after(morning, -1)
        yield before, morning - timedelta(days=1)
        morning = before
