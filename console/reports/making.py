"""A report is made once, whoever asks for it, beside the pages; they show the newest that was made."""

from datetime import date

from console.application import Application
from console.reports.every import REPORTS
from console.reports.pieces import Asked
from console.reports.stored import as_stored
from ledger import reports_made
from ledger.accounts import Actor, Practice
from ledger.reports import Range
from ledger.reports_made import WantedReport


def make(application: Application, practice: Practice, actor: Actor, wanted: WantedReport) -> None:
    """Have the report made, unless it is being made already."""
    clock, needs = application.clock, application.reports
    number, ours = reports_made.ask(wanted, actor, clock.now())
    if not ours:
        return

    def work() -> None:
        asked = Asked(practice, days_of(wanted), wanted.portal, clock.now(), needs.savings)
        made = as_stored(REPORTS[wanted.name].made(asked))
        reports_made.finish(practice.id, number, made, clock.now())

    def gone_wrong() -> None:
        reports_made.finish(practice.id, number, None, clock.now())

    needs.beside(work, gone_wrong)


def wanted_as(name: str, portal: str | None, since: date | None, until: date | None) -> WantedReport:
    """The same report under one name: of one that does not count days, the days are left out."""
    if not REPORTS[name].of_days:
        since = until = None
    return WantedReport(name=name, portal=portal, since=since, until=until)


def days_of(wanted: WantedReport) -> Range:
    """The days that it counts."""
    return Range(since=wanted.since, until=wanted.until)


def days_shown(wanted: WantedReport) -> str:
    """The days, in words."""
    if wanted.since is None and wanted.until is None:
        return "all days, or the last thirteen weeks where it goes by weeks"
    return f"{wanted.since or 'the first day'} to {wanted.until or 'today'}"
