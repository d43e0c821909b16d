"""What people of the made-up office have done at the desk: cases taken and put off, a text's meaning, reports."""

from dataclasses import replace
from datetime import datetime, timedelta

from console.reports import making
from console.reports.every import REPORTS
from console.reports.pieces import Asked
from console.reports.stored import as_stored
from flows.outcomes import Code
from ledger import audit_listed, case_work, cases, cases_listed, emergencies, reports_made, text_mappings
from ledger.accounts import Actor
from packs.learned_texts import place_of
from portalwright.desk.reports import Reports
from portalwright.office import Desk
from tests.console_office.claims import NATIONAL, number_of


def done_at_desk(desk: Desk, reviewer: Actor, other: Actor, now: datetime) -> None:
    """By `reviewer`, this morning; `other` has put a case off."""
    then = now - timedelta(hours=1)
    ours = {
        code: [one for one in cases.list_open(desk.practice.id, NATIONAL) if one.code is code]
        for code in (Code.DATA_INPUT, Code.DATA_CONFLICT, Code.DATA_UNMAPPED)
    }
    taken, put_off, unmapped = (found[0].id for found in ours.values())
    case_work.take(taken, reviewer, _changes(desk, taken), then)
    case_work.comment(taken, "The front desk asks the patient for the card.", reviewer, then)
    until = (now + timedelta(days=3)).date()
    case_work.snooze(put_off, until, other, _changes(desk, put_off), then, why="The payer calls back.")
    learned = place_of(desk.office.pack(NATIONAL), "claim.status")
    if learned is None:
        raise AssertionError("the portal's pack has a map of claim statuses")
    means = learned.codes[0]
    text_mappings.propose(unmapped, other, _changes(desk, unmapped), then, shown=0, place=learned.map, means=means)
    for name, kind in REPORTS.items():
        wanted = making.wanted_as(name, None, None, None)
        number, _ = reports_made.ask(wanted, reviewer, then)
        asked = Asked(desk.practice, making.days_of(wanted), None, then, Reports(replace(desk)).savings)
        reports_made.finish(desk.practice.id, number, as_stored(kind.made(asked)), then)


def looked_in_an_emergency(desk: Desk, now: datetime, *persons: Actor) -> None:
    """Each of them has opened a claim, and may look at it for some hours yet; nobody has reviewed it."""
    claim = audit_listed.claim_of(desk.practice.id, number_of(0))
    if claim is None:
        raise AssertionError("the made-up office has its first claim")
    for person in persons:
        reason = "The emergency room asks whether the patient is insured."
        emergencies.open_access(person, claim, reason, now, lasts=timedelta(hours=8))


def _changes(desk: Desk, case_id: int) -> int:
    return cases_listed.one(desk.practice.id, case_id).changes
