"""Yesterday's payments: puts a period on the work list for each portal and provider, every business day."""

from collections.abc import Collection
from datetime import datetime, timedelta

from flows.business_days import business_days_after
from flows.questions import Provider
from ledger import periods
from ledger.accounts import Actor, Practice
from ledger.work_rules import in_force
from schedules.cadence_days import day_in
from schedules.planning import zone_of


def ask_for_yesterday(actor: Actor, practice: Practice, portals: Collection[str], now: datetime) -> int:
    """Put the payments made since the last business day on the work list, for each of these portals and each provider
    of the practice (DOMAIN 3.1); returns how many periods are new.

    On a Monday that is from Friday to Sunday. On days without business nothing is asked for: nothing is paid then, and
    the next business day looks back over it. The same day again changes nothing, so that it may be called at any time
    and again after a restart.
    """
    asked, held = 0, in_force(actor.practice_id)
    for portal in sorted(portals):
        today = day_in(now, zone_of(held, portal))
        yesterday = today - timedelta(days=1)
        if business_days_after(yesterday, 1) != today:
            continue
        since = business_days_after(today, -1)
        for npi in practice.npis:
            provider = Provider(tin=practice.tin, npi=npi)
            asked += periods.ask_for(portal, provider, since, yesterday, actor=actor, now=now, again=False).new
    return asked
