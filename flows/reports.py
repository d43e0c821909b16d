"""Reports that a portal builds later: looked for before one is asked for, and fetched when they are ready."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from flows.downloads import Fetched, fetch
from flows.outcomes import Code, Ending, Reason, stop
from flows.portal import Collected, Means, Portal, Row
from flows.questions import Remittances
from flows.reading import day_of, instant_of, text_of
from flows.remittance_names import BUNDLE, REPORT_LIST, REPORT_REQUEST, REPORTS

_MOST_FAILURES = 2
"""A report of the same days that the portal failed to build this often is for a person."""


@dataclass(frozen=True)
class Report:
    """What became of a report; exactly one of the three.

    `ready_at` (aware, UTC): it is being built, and is looked for again then.
    """

    fetched: Fetched | None = None
    ready_at: datetime | None = None
    reason: Reason | None = None


async def report_of(portal: Portal, asked: Remittances, *, is_enough: Callable[[Collected], bool]) -> Report:
    """The report of exactly these days: the one that is ready, else when the one that is being built will be.

    One is asked for only where there is none, or only such as failed once or whose link has expired: never twice in
    one attempt. Raises `flows.outcomes.Stop` as portals do.
    """
    rows = await _reports(portal, asked)
    ready = _in_state(rows, "ready")
    if ready:
        fetched = await fetch(portal, REPORTS, BUNDLE, ready[0], is_enough=is_enough)
        if fetched.collected is not None or fetched.built_later or fetched.failed is not None:
            return _fetched(portal, fetched)
        # The link has expired since the list was made.
    elif building := _in_state(rows, "building"):
        return Report(ready_at=_ready_at(portal, building[0]))
    if len(_in_state(rows, "failed")) >= _MOST_FAILURES:
        what = "The portal failed to build the report of these days, however often it was asked."
        return Report(reason=Reason(code=Code.TECH_DOWNLOAD, what=what, view=REPORTS))
    return await _request(portal, asked, is_enough)


async def _request(portal: Portal, asked: Remittances, is_enough: Callable[[Collected], bool]) -> Report:
    if not portal.has_form(REPORT_REQUEST):
        what = "The portal has no report of these days, and there is no form to ask for one."
        return Report(reason=Reason(code=Code.DATA_PARTIAL, what=what, view=REPORTS))
    await portal.open(REPORT_REQUEST, asked)
    followed = await portal.ask(REPORT_REQUEST, asked)
    if followed.means is Means.BEING_BUILT:
        return Report(ready_at=_later(portal))
    if followed.view != REPORTS or followed.means is not None:
        what = "The request for a report led neither to a word that it is being built nor to the list of reports."
        raise stop(Ending.DRIFT, Code.TECH_LAYOUT, what, view=followed.view)
    rows = await _read(portal, asked)
    ready, building = _in_state(rows, "ready"), _in_state(rows, "building")
    if ready:
        return _fetched(portal, await fetch(portal, REPORTS, BUNDLE, ready[0], is_enough=is_enough))
    return Report(ready_at=_ready_at(portal, building[0]) if building else _later(portal))


def _fetched(portal: Portal, fetched: Fetched) -> Report:
    return Report(ready_at=_later(portal)) if fetched.built_later else Report(fetched=fetched)


async def _reports(portal: Portal, asked: Remittances) -> list[Row]:
    await portal.open(REPORT_LIST, asked)
    followed = await portal.ask(REPORT_LIST, asked)
    if followed.means is Means.NOT_FOUND:
        return []
    if followed.view != REPORTS or followed.means is not None:
        raise stop(
            Ending.DRIFT, Code.TECH_LAYOUT, "The way to the reports did not lead to their list.", view=followed.view
        )
    return await _read(portal, asked)


async def _read(portal: Portal, asked: Remittances) -> list[Row]:
    """The reports of exactly these days, in the portal's order."""
    period = asked.period
    listing = await portal.read(REPORTS)
    return [
        row
        for row in listing.tables[REPORTS]
        if (day_of(row.cells, "paid_from"), day_of(row.cells, "paid_to")) == (period.paid_from, period.paid_to)
    ]


def _in_state(rows: list[Row], state: str) -> list[Row]:
    for row in rows:
        if row.cells["state"].unmapped:
            shown = (row.cells["state"].shown,)
            what = "The state of a report is not in the portal's map of texts."
            raise stop(Ending.NEEDS_STAFF, Code.DATA_UNMAPPED, what, view=REPORTS, seen=shown)
    return [row for row in rows if text_of(row.cells, "state") == state]


def _ready_at(portal: Portal, row: Row) -> datetime:
    """When the report will be ready: what the portal says, where that is still to come."""
    told = instant_of(row.cells, "ready_at")
    return told if told is not None and told > portal.now() else _later(portal)


def _later(portal: Portal) -> datetime:
    return portal.now() + timedelta(minutes=portal.remittances.building_minutes)
