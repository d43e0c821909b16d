"""A signed-in session of one portal, as the flows see it: the `Portal` of `flows.portal` over a real browser page."""

import contextlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from bots.clock import Clock
from bots.collecting import Collector
from bots.downloads import Downloads
from bots.evidence import PagesSeen
from bots.filling import Attached, Filler
from bots.found import FoundElement
from bots.intake import Intake
from bots.pace import Pace
from bots.portal_page import PortalPage
from bots.reader import WeakWay
from bots.reading import ViewReader
from bots.rows import Rows
from bots.same_text import holds
from bots.steps import take
from bots.submitting import Pressing, Submitter
from bots.way_out import WayOut
from bots.written import written
from flows.answers import Shown
from flows.appeal_rules import AppealRules
from flows.matching import MatchingRules
from flows.outcomes import Code, Ending, Stop, stop
from flows.portal import Collected, Followed, Means, Reading, Row
from flows.questions import Appeal, Input, Question, inputs
from flows.remittance_rules import RemittanceRules
from packs.documents import Password
from packs.elements import Action
from packs.moves import Form, Next
from vault.secret import Secret


def _no_answer(_question: str) -> Secret[str] | None:
    return None


@dataclass(frozen=True)
class Writing:
    """What a session files with: what commits a press, and the way out that lets none through twice."""

    pressing: Pressing
    way_out: WayOut


class Session:
    """One session over many items. `begin_item` before each; the pages of the item are in `seen` afterwards."""

    def __init__(
        self,
        page: PortalPage,
        clock: Clock,
        pace: Pace,
        *,
        intake: Intake | None = None,
        answer_to: Callable[[str], Secret[str] | None] = _no_answer,
        attached: Attached | None = None,
        writing: Writing | None = None,
        downloads: Downloads | None = None,
    ) -> None:
        """`intake` opens the documents that are fetched, `attached` those that go with a question; `answer_to` gives
        what the vault holds for a question. Without `writing`, nothing can be filed. `downloads` are those of the
        browser context where another session of it looks after them already.
        """
        self._page = page
        self._filler = Filler(page, attached)
        self._clock = clock
        self._pace = pace
        self._answer_to = answer_to
        self._reader = ViewReader(page)
        self._rows = Rows(page, self._reader)
        self.downloads = downloads or Downloads(page.engine.page.context)
        self._collector = Collector(
            page,
            self._rows,
            clock=clock,
            intake=intake,
            password_for=self._password,
            pace=pace.wait,
            downloads=self.downloads,
        )
        self._submitter = None if writing is None else Submitter(page, self._reader, writing.pressing, writing.way_out)
        self._scene: dict[str, Mapping[str, Input]] = {}
        self._asked: Mapping[str, Input] = {}
        self._last_read: Reading | None = None
        self.seen = PagesSeen()
        self.readings: list[Reading] = []
        """Every view that was read for the item, in the order in which they were read."""

    def begin_item(self) -> None:
        """Forget the pages of the item before."""
        self.seen = PagesSeen()
        self.readings = []
        self._last_read = None
        if self._submitter is not None:
            self._submitter.begin_item()

    def signed_in_again(self) -> None:
        """Whatever was chosen in the portal before (such as the provider) is no longer chosen."""
        self._scene.clear()
        self._last_read = None

    @property
    def committed(self) -> bool:
        """Was a press that files something committed for this item? Then only a receipt or a refusal ends it."""
        return self._submitter is not None and self._submitter.committed

    @property
    def lost(self) -> bool:
        """Did a press end in the unknown, or did the window end, so that the page must be given up, and the portal
        entered anew?"""
        return self._page.windows.ended or (self._submitter is not None and self._submitter.lost)

    async def renew(self) -> None:
        """Give up a page that is `lost`, with all that it may still do, and be in a fresh window. Raises Stop."""
        await (self._page.start_afresh() if self._submitter is None else self._submitter.renew())

    @property
    def page(self) -> PortalPage:
        return self._page

    @property
    def weak(self) -> set[WeakWay]:
        """Elements that were found although some of their ways found nothing: the first signs of drift."""
        return self._reader.weak

    @property
    def name(self) -> str:
        return self._page.pack.portal

    @property
    def pack_version(self) -> str:
        return self._page.pack.version

    @property
    def matching(self) -> MatchingRules:
        return self._page.pack.matching

    @property
    def remittances(self) -> RemittanceRules:
        return self._page.pack.remittances

    @property
    def appeals(self) -> AppealRules:
        return self._page.pack.appeals

    def now(self) -> datetime:
        return self._clock.now()

    def has_form(self, form: str) -> bool:
        return form in self._page.pack.forms

    async def open(self, form: str, question: Question) -> None:
        self._asked, self._last_read = inputs(question), None
        await self._page.to_first_window()
        await self.set_scene(form, question)
        await self._reach(self._page.pack.forms[form])

    async def ask(self, form: str, question: Question) -> Followed:
        asked = self._page.pack.forms[form]
        if self._page.pack.element(f"{asked.view}.{asked.press}").action is Action.COMMIT:
            raise ValueError(f"the form '{form}' files something: it is for submit alone")
        self._asked, self._last_read = inputs(question), None
        await self._filler.fill(asked, self._asked)
        await self._pace.wait()
        followed = await self._filler.press(asked, self._asked)
        await self._check_echo(asked, self._asked, followed)
        return await self._followed(followed, asked.view)

    async def go_on(self, form: str, question: Question) -> Followed:
        self._last_read = None
        await self._reach(self._page.pack.forms[form])
        return await self.ask(form, question)

    async def read(self, view: str) -> Reading:
        self._last_read = None
        self._last_read = await self._reader.whole(view, self.seen)
        self.readings.append(self._last_read)
        return self._last_read

    async def pick(self, view: str, table: str, row: Row) -> Followed:
        self._last_read = None
        return await self._followed(await self._rows.open(view, table, row), view)

    async def submit(self, form: str, appeal: Appeal) -> Followed:
        filed, compared = self._page.pack.forms[form], self._last_read
        if self._submitter is None or appeal.pressed:
            raise ValueError("this session must not file this appeal")
        if compared is None or compared.view != filed.view:
            raise ValueError("what is filed must have been read just before, to be compared with what was approved")
        self._last_read = None
        await self._pace.wait()
        followed = await self._submitter.submit(filed, appeal.contest.reference, compared, self.seen)
        return await self._followed(followed, filed.view)

    async def collect(self, view: str, document: str, row: Row | None = None) -> Collected | Followed:
        return await self._collector.fetch(view, document, row, self.seen)

    def offers(self, view: str, document: str) -> bool:
        return self._collector.offers(view, document)

    def _password(self, password: Password) -> str | None:
        """What opens a protected document, by the question that is being asked or by the vault."""
        if password.from_ is not None:
            given = self._asked.get(password.from_)
            return None if given is None else written(given, self._page.pack.formats.date)
        kept = self._answer_to(password.answer or "")
        return None if kept is None else kept.reveal()

    async def set_scene(self, form: str, question: Question) -> bool:
        """Have chosen in the portal what this form asks for first. Was anything asked for that?"""
        asked = [await self._set_scene(name, question) for name in self._page.pack.forms[form].after]
        return any(asked)

    async def _set_scene(self, form: str, question: Question) -> bool:
        """Ask a form that sets the scene, unless it was last asked with the same inputs; was it asked?"""
        scene = self._page.pack.forms[form]
        given = inputs(question)
        sources = [fill.from_ for fill in scene.fill.values() if fill.from_ is not None]
        wanted = {source: given[source] for source in sources if source in given}
        if self._scene.get(form) == wanted:
            return False
        self._scene.pop(form, None)
        await self._reach(scene)
        await self._filler.fill(scene, given)
        followed = await self._filler.press(scene, given)
        if followed.view is None:
            what = "The portal did not let us choose what has to be chosen before the question."
            raise stop(Ending.NEEDS_STAFF, Code.DATA_INPUT, what, view=scene.view, element=followed.element)
        await self._check_echo(scene, given, followed)
        self._scene[form] = wanted
        return True

    async def _reach(self, form: Form) -> None:
        await take(self._page, form.reach, [Next(view=form.view)])

    async def _check_echo(self, form: Form, given: Mapping[str, Input], followed: Next) -> None:
        """What the portal shows after the press must be about what was asked, as far as the page that came shows it."""
        expected = {
            path: given[name]
            for path, name in form.echo.items()
            if name in given and path.partition(".")[0] == followed.view
        }
        if not expected:
            return
        shown = await self._page.look(list(expected))
        date_format = self._page.pack.formats.date
        wrong = next((path for path, value in expected.items() if not _shows(shown[path], value, date_format)), None)
        if wrong is not None:
            view, _, element = wrong.partition(".")
            what = "The portal shows something else than was asked for."
            raise stop(Ending.NEEDS_STAFF, Code.DATA_CONFLICT, what, view=view, element=element)

    async def _followed(self, followed: Next, view: str) -> Followed:
        """What followed, with the portal's own words where it says no."""
        shown = None
        if followed.means is Means.REFUSED and followed.element is not None:
            path = f"{view}.{followed.element}"
            with contextlib.suppress(Stop):
                # What it means is known; its words are only told along with it.
                shown = Shown(where=path, text=(await self._page.look([path]))[path].text)
        return Followed(
            view=followed.view,
            means=followed.means,
            rejected=followed.rejected,
            refused=followed.refused,
            shown=shown,
        )


def _shows(found: FoundElement, value: Input, date_format: str) -> bool:
    return holds(found.text, written(value, date_format))
