"""What only the application knows for the reports."""

from dataclasses import dataclass

from console.reports.needs import Minutes
from portalwright.office import Desk


@dataclass(frozen=True)
class Reports:
    """See `console.reports.needs`."""

    desk: Desk

    @property
    def savings(self) -> Minutes:
        """The office's minutes (office.toml)."""
        return self.desk.office.settings.savings
