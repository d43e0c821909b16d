"""What only the application knows for the reports, and the thread on which they are made."""

import threading
from collections.abc import Callable
from dataclasses import dataclass, field

from console.reports.needs import Minutes
from ledger.start import close_connection
from portalwright.logs import Event
from portalwright.office import Desk


@dataclass(frozen=True)
class Reports:
    """See `console.reports.needs`."""

    desk: Desk
    turn: threading.Lock = field(default_factory=threading.Lock)
    """Who holds it makes a report: at a million claims two at once would slow down the pages."""

    @property
    def savings(self) -> Minutes:
        """The office's minutes (office.toml)."""
        return self.desk.office.settings.savings

    def beside(self, work: Callable[[], None], gone_wrong: Callable[[], None]) -> None:
        """Do this on a thread of its own, one after another; nobody waits for it when the console ends."""
        threading.Thread(target=self.in_turn, args=(work, gone_wrong), name="report", daemon=True).start()

    def in_turn(self, work: Callable[[], None], gone_wrong: Callable[[], None]) -> None:
        """Do it now, when whoever came before is done."""
        with self.turn:
            try:
                work()
            except Exception as error:
                # Whatever it was, the page must not wait for a report that nobody makes.
                self.desk.log.failure(Event.REPORT_FAILED, error)
                gone_wrong()
            finally:
                close_connection()
