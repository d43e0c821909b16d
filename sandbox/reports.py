"""Reports that a portal builds later: all remittances of a date range in one archive, behind a link that expires."""

import secrets
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Literal

from sandbox.clock import Clock
from sandbox.quirks import Quirks
from sandbox.remit_documents import Document, day_file
from sandbox.remit_zip import SPOILED, Spoiled, bundle
from sandbox.remittances import RemittanceSearch

ReportState = Literal["building", "ready", "expired"]


@dataclass(frozen=True)
class Report:
    """One request for the remittances of some days (of payment, both included). Instants by the portal's clock, UTC."""

    reference: str
    """Opaque; it may stand in addresses."""
    acting_as: str
    paid_from: date
    paid_to: date
    requested_at: datetime
    ready_at: datetime
    expires_at: datetime


@dataclass
class Reports:
    """The reports that were asked for at one portal.

    The quirk `report-later`: where bundles are always built later there is nothing to throw; elsewhere a bundle takes a
    minute unless it happens. The quirk `many-files` spoils one fetch of an archive: a member is empty, broken or named
    as another one; the event has its shape. The next fetch is right.
    """

    remittances: RemittanceSearch
    clock: Clock
    quirks: Quirks
    _reports: dict[str, Report] = field(default_factory=dict)

    def request(self, paid_from: date, paid_to: date, acting_as: str, user_agent: str = "") -> Report:
        """Ask for the remittances of these days; writes the event `report_requested`."""
        rules, now = self.remittances.rules, self.clock.now()
        late = self.quirks.always("report-later") or self.quirks.happens("report-later", user_agent)
        low, high = rules.report_minutes
        minutes = self.quirks.pick("report-later", range(low, high + 1)) if late else 1
        ready_at = now + timedelta(minutes=minutes)
        report = Report(
            reference=secrets.token_hex(6),
            acting_as=acting_as,
            paid_from=paid_from,
            paid_to=paid_to,
            requested_at=now,
            ready_at=ready_at,
            expires_at=ready_at + timedelta(minutes=rules.link_minutes),
        )
        self._reports[report.reference] = report
        self.quirks.events.add("report_requested", user_agent, reference=report.reference)
        return report

    def all(self, acting_as: str) -> tuple[Report, ...]:
        """The provider's reports, newest first; they outlive the sessions of their users."""
        return tuple(report for report in reversed(self._reports.values()) if report.acting_as == acting_as)

    def state(self, report: Report) -> ReportState:
        """How the report stands now."""
        now = self.clock.now()
        if now < report.ready_at:
            return "building"
        return "ready" if now < report.expires_at else "expired"

    def fetch(self, reference: str, acting_as: str, user_agent: str = "") -> Document | None:
        """The archive; writes the event `report_fetched`. None when it is not ready, expired or unknown."""
        report = self._reports.get(reference)
        if report is None or report.acting_as != acting_as or self.state(report) != "ready":
            return None
        content = self.archive(report.paid_from, report.paid_to, acting_as, user_agent)
        self.quirks.events.add("report_fetched", user_agent, reference=reference)
        return Document(f"remittances_{report.reference}.zip", "application/zip", content)

    def archive(self, paid_from: date, paid_to: date, acting_as: str, user_agent: str = "") -> bytes:
        """A ZIP of what there is for these days of payment: one 835 file a day, one paper form a payment.

        Throws the die of `many-files`.
        """
        rows = self.remittances.in_days(paid_from, paid_to, acting_as)
        files = []
        for _, group in groupby(rows, key=lambda row: row.remittance.paid_on):
            day = list(group)
            electronic = [row.remittance for row in day if "835" in row.kinds]
            if electronic:
                files.append(day_file(electronic, self.remittances.portal))
            files += [self.remittances.made(row.remittance, "eob") for row in day if "eob" in row.kinds]
        spoiled: Spoiled | None = None
        if len(files) > 1 and self.quirks.thrown("many-files"):
            spoiled = self.quirks.pick("many-files", SPOILED)
            self.quirks.note("many-files", user_agent, shape=spoiled)
        return bundle(files, spoiled)
