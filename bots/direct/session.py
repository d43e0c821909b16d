"""A session that asks a portal without opening its pages: the `Portal` of `flows.portal` over requests alone."""

from bots.clock import Clock
from bots.direct.fetched import NotRead
from bots.direct.page import DirectPage
from bots.pace import Pace
from bots.session import Session
from flows.portal import Collected, Followed, Reading, Row
from flows.questions import Appeal, Question
from packs.moves import HowRead


class DirectSession(Session):
    """Asks what the pack declares as `reading: direct`, and raises NotRead for everything else."""

    def __init__(self, opened: Session, clock: Clock, pace: Pace) -> None:
        """`opened` is the session whose page is asked from; it chooses what has to be chosen before a question."""
        self._requests = DirectPage(opened.page.engine, opened.page.pack, clock)
        super().__init__(self._requests, clock, pace, downloads=opened.downloads)
        self._opened = opened

    @property
    def is_current(self) -> bool:
        """Is the window that is asked from still the one of the opened session?"""
        return self._requests.asked_from is self._opened.page.engine

    @property
    def marks(self) -> frozenset[str]:
        """Every kind of mark-up of the pages that were fetched for this item."""
        return frozenset(self._requests.requests.marks)

    @property
    def interrupts(self) -> tuple[str, ...]:
        """The views of the pack's interruptions that came for this item."""
        return self._requests.requests.interrupts

    def begin_item(self) -> None:
        """Forget the pages of the item before."""
        super().begin_item()
        self._requests.requests.begin()

    def page_was_left(self) -> None:
        """The browser has opened another page since: what was kept in the one before is gone."""
        self._requests.requests.forget()

    async def set_scene(self, form: str, question: Question) -> bool:
        """By the pages themselves: it is done once for many questions."""
        chosen = await self._opened.set_scene(form, question)
        if chosen:
            self.page_was_left()
        return chosen

    async def open(self, form: str, question: Question) -> None:
        if self._requests.pack.forms[form].reading is not HowRead.DIRECT:
            raise NotRead("a form that is opened")
        await super().open(form, question)

    async def go_on(self, form: str, question: Question) -> Followed:
        raise NotRead("one form of several in a row")

    async def submit(self, form: str, appeal: Appeal) -> Followed:
        raise NotRead("a press that changes something")

    async def collect(self, view: str, document: str, row: Row | None = None) -> Collected | Followed:
        raise NotRead("a document")

    async def read(self, view: str) -> Reading:
        if self._requests.pack.views[view].frame is not None:
            raise NotRead("a view in a frame")
        return await super().read(view)
