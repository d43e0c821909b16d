"""A portal's pages as they are read without opening them, for all that otherwise works on open pages."""

from urllib.parse import urljoin

from bots.clock import Clock
from bots.direct.engine import DirectEngine
from bots.engine import PageEngine
from bots.portal_page import PortalPage
from bots.windows import Windows
from packs.models import Pack
from packs.moves import HowRead


class _NoWindows(Windows):
    """What is only fetched has one window and opens none; those of the browser are the affair of whoever opens them."""

    def _listen(self) -> None:
        """Not to the browser's windows."""


class DirectPage(PortalPage):
    """The pages of a portal, fetched from inside one that is open. Raises NotRead beside what a `PortalPage` raises."""

    def __init__(self, opened: PageEngine, pack: Pack, clock: Clock) -> None:
        """`opened` is the engine of the window that is signed in."""
        self.asked_from = opened
        self.requests = DirectEngine(opened, _kept(pack), pack.limits.answer_seconds)
        super().__init__(self.requests, pack, clock)

    @staticmethod
    def _windows_of(engine: PageEngine, pack: Pack) -> Windows:
        return _NoWindows(engine, pack)


def _kept(pack: Pack) -> frozenset[str]:
    """Addresses of the pages whose forms the pack says can be sent again and again."""
    forms = (form for form in pack.forms.values() if form.reading is HowRead.DIRECT and form.keeps_page)
    return frozenset(urljoin(pack.address, form.reach[0].go) for form in forms if form.reach and form.reach[0].go)
