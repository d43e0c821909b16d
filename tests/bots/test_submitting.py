"""The one press: committed before it is made, made once, and UNCERTAIN whenever no receipt and no refusal is seen."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass, field

import pytest
import pytest_asyncio

from bots.allowed_hosts import AllowedHosts
from bots.browser import BrowserHost
from bots.faults import PageFailed
from bots.held_button import HeldButton
from bots.session import Session
from bots.way_out import WayOut
from flows.answers import Refusal
from flows.outcomes import Code, Ending, Stop, stop
from flows.portal import Means
from ledger.errors import LeaseLost
from tests.bots.filing_portal import (
    EXPIRED,
    NEWS,
    RECEIPT,
    REFUSED,
    REVIEW,
    FilingPortal,
    Writer,
    answer,
    appeal,
    be_on,
    filing_pack,
    filing_portal,
    filing_session,
    reset,
)
from tests.bots.small_site import open_page, reason

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]


@dataclass
class Filing:
    """A session with the review page read, and what was committed of its presses."""

    portal: FilingPortal
    session: Session
    way_out: WayOut
    committed: list[str] = field(default_factory=list)
    meanwhile: Callable[[], object] | None = None
    """What happens while the commit is made."""

    async def pressing(self, reference: str) -> None:
        self.committed.append(reference)
        if self.meanwhile is not None:
            result = self.meanwhile()
            if asyncio.iscoroutine(result):
                await result

    async def stopped(self) -> Stop:
        with pytest.raises(Stop) as stopped:
            await self.session.submit("appeal-submit", appeal())
        return stopped.value

    async def now_shows(self, script: str) -> None:
        await self.session.page.engine.page.evaluate(script)


@pytest_asyncio.fixture(loop_scope="session")
async def filing(host: BrowserHost) -> AsyncIterator[Filing]:
    made: list[Filing] = []

    async def pressing(reference: str) -> None:
        await made[0].pressing(reference)

    async with filing_portal() as portal, WayOut(AllowedHosts.of_pack(filing_pack(portal.address))) as way_out:
        context = await host.new_context(proxy=way_out.address)
        session = await filing_session(context, filing_pack(portal.address), way_out, pressing)
        made.append(Filing(portal, session, way_out))
        session.begin_item()
        await session.read("appeal-review")
        yield made[0]
        await context.close()


# What ends well


async def test_a_receipt_follows_one_committed_press(filing: Filing) -> None:
    followed = await filing.session.submit("appeal-submit", appeal())
    assert followed.view == "appeal-receipt"
    assert (filing.portal.filed, filing.committed) == (1, ["ref-1"])
    assert filing.session.committed and not filing.session.lost
    assert (await filing.session.read("appeal-receipt")).fields["confirmation"].normal == "A-1"


async def test_the_portals_refusal_after_the_press_is_told_in_its_words(filing: Filing) -> None:
    filing.portal.after = lambda writer: answer(writer, REFUSED)
    followed = await filing.session.submit("appeal-submit", appeal())
    assert (followed.means, followed.refused) == (Means.REFUSED, Refusal.WINDOW_CLOSED)
    assert followed.shown is not None and followed.shown.text == "The time to appeal this claim is over."


# Pressed, and nobody knows


def silent(_writer: Writer) -> None:
    """No answer ever comes."""


def late(writer: Writer) -> None:
    asyncio.get_running_loop().call_later(0.5, answer, writer)


@pytest.mark.parametrize(
    "after",
    [
        reset,
        silent,
        lambda writer: answer(writer, "<h1>Sorry</h1>", "500 Internal Server Error"),
        lambda writer: answer(writer, EXPIRED),
        lambda writer: answer(writer, "<h1>Are you a robot?</h1>"),
        lambda writer: answer(writer, "<h1>Somewhere else</h1><p>Welcome.</p>"),
    ],
    ids=["lost", "silent", "server fails", "signed out", "captcha", "foreign page"],
)
async def test_whatever_is_no_receipt_after_the_press_is_uncertain_and_pressed_once(
    filing: Filing, after: Callable[[Writer], None]
) -> None:
    filing.portal.after = after
    stopped = await filing.stopped()
    assert (stopped.outcome.ending, reason(stopped).code) == (Ending.UNCERTAIN, Code.TECH_UNKNOWN_FILED)
    assert filing.session.committed and filing.session.lost
    await asyncio.sleep(0.1)
    assert (filing.portal.filed, filing.committed) == (1, ["ref-1"])


async def test_a_receipt_and_a_refusal_at_once_are_neither(filing: Filing) -> None:
    filing.portal.after = lambda writer: answer(
        writer, RECEIPT + "<p class=no>The time to appeal this claim is over.</p>"
    )
    stopped = await filing.stopped()
    assert stopped.outcome.ending is Ending.UNCERTAIN
    assert "two things at once" in reason(stopped).what
    assert (filing.portal.filed, filing.committed) == (1, ["ref-1"])


async def test_a_receipt_that_comes_late_is_read(filing: Filing) -> None:
    filing.portal.after = late
    assert (await filing.session.submit("appeal-submit", appeal())).view == "appeal-receipt"
    assert filing.portal.filed == 1


@pytest.mark.parametrize("how", ["crash", "close"])
async def test_a_page_that_dies_under_the_press_leaves_it_uncertain(filing: Filing, how: str) -> None:
    page = filing.session.page.engine.page
    browser = await page.context.new_cdp_session(page)
    dying: list[asyncio.Future[object]] = []

    def die(_writer: Writer) -> None:
        ending = browser.send("Page.crash") if how == "crash" else page.close()
        dying.append(asyncio.ensure_future(ending))

    filing.portal.after = die
    stopped = await filing.stopped()
    assert stopped.outcome.ending is Ending.UNCERTAIN
    await filing.session.renew()
    await be_on(filing.session, "/", "appeal-review")
    assert filing.portal.filed == 1
    await asyncio.gather(*dying, return_exceptions=True)


async def test_a_page_that_was_given_up_is_gone_and_the_portal_can_be_entered_anew(filing: Filing) -> None:
    filing.portal.after = reset
    await filing.stopped()
    pressed = filing.session.page.engine.page
    await filing.session.renew()
    assert pressed.is_closed() and not filing.session.lost
    await be_on(filing.session, "/", "appeal-review")
    assert (await filing.session.read("appeal-review")).fields["payer_claim_number"].normal == "C77"
    assert filing.portal.filed == 1


# Not pressed


def unpressed(filing: Filing, stopped: Stop, ending: Ending) -> None:
    assert stopped.outcome.ending is ending
    assert (filing.portal.filed, filing.committed) == (0, [])
    assert not filing.session.committed and not filing.session.lost


async def test_a_review_page_that_changed_since_it_was_compared_is_not_filed(filing: Filing) -> None:
    await filing.now_shows("document.querySelector('.number').textContent = 'C78'")
    unpressed(filing, await filing.stopped(), Ending.DRIFT)


async def test_a_button_that_one_way_does_not_find_is_not_pressed(filing: Filing) -> None:
    await filing.now_shows("document.querySelector('.send').className = 'other'")
    stopped = await filing.stopped()
    unpressed(filing, stopped, Ending.DRIFT)
    assert any("found nothing" in way for way in reason(stopped).ways)


async def test_a_button_that_is_disabled_is_not_pressed(filing: Filing, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(HeldButton.ready, "__defaults__", (0.2,))
    await filing.now_shows("document.querySelector('.send').disabled = true")
    unpressed(filing, await filing.stopped(), Ending.DRIFT)


async def test_a_session_that_ended_before_the_press_is_not_pressed_on(filing: Filing) -> None:
    filing.portal.pages["/"] = EXPIRED
    await open_page(filing.session, "/")
    stopped = await filing.stopped()
    unpressed(filing, stopped, Ending.TRANSIENT)
    assert reason(stopped).code is Code.TECH_SESSION


async def test_what_was_not_read_just_before_is_never_filed(filing: Filing) -> None:
    filing.session.begin_item()
    with pytest.raises(ValueError, match="read just before"):
        await filing.session.submit("appeal-submit", appeal())
    with pytest.raises(ValueError, match="must not file"):
        await filing.session.submit("appeal-submit", appeal().model_copy(update={"pressed": True}))
    assert (filing.portal.filed, filing.committed) == (0, [])


async def test_a_form_that_files_is_not_pressed_by_any_other_way(filing: Filing) -> None:
    for press in (filing.session.ask, filing.session.go_on):
        with pytest.raises(ValueError, match="submit alone"):
            await press("appeal-submit", appeal())
    assert filing.portal.filed == 0


async def test_a_pop_up_before_the_press_is_closed_and_the_page_compared_again(filing: Filing) -> None:
    await filing.now_shows(f"document.body.insertAdjacentHTML('beforeend', `{NEWS}`)")
    assert (await filing.session.submit("appeal-submit", appeal())).view == "appeal-receipt"
    assert filing.portal.filed == 1


@pytest.mark.parametrize(
    "refusal",
    [stop(Ending.UNCERTAIN, Code.TECH_UNKNOWN_FILED, "It was pressed before."), LeaseLost()],
    ids=["pressed before", "lane lost"],
)
async def test_what_the_ledger_refuses_is_not_pressed(filing: Filing, refusal: Exception) -> None:
    def refused() -> None:
        raise refusal

    filing.meanwhile = refused
    with pytest.raises(type(refusal)):
        await filing.session.submit("appeal-submit", appeal())
    assert filing.portal.filed == 0
    assert not filing.session.committed and not filing.session.lost


async def test_a_button_that_is_drawn_anew_while_the_press_is_committed_is_not_pressed_in_its_place(
    filing: Filing,
) -> None:
    filing.meanwhile = lambda: filing.now_shows("document.body.innerHTML += ''")
    stopped = await filing.stopped()
    assert stopped.outcome.ending is Ending.UNCERTAIN
    assert filing.portal.filed == 0


@dataclass
class Clocks:
    """Both clocks of a computer, as `time` tells them."""

    wall: float = 1000.0
    running: float = 50.0

    def time(self) -> float:
        return self.wall

    def monotonic(self) -> float:
        return self.running


@pytest.mark.parametrize(
    ("wall", "running"),
    [(16, 16), (3600, 0.1), (0, 16), (-3600, 0.1)],
    ids=["process stopped", "computer asleep", "clock held", "clock set back"],
)
async def test_a_process_that_stood_still_between_commit_and_press_does_not_press_any_more(
    filing: Filing, monkeypatch: pytest.MonkeyPatch, wall: float, running: float
) -> None:
    clocks = Clocks()
    monkeypatch.setattr("bots.committed_at.time", clocks)

    def stand_still() -> None:
        clocks.wall, clocks.running = clocks.wall + wall, clocks.running + running

    filing.meanwhile = stand_still
    stopped = await filing.stopped()
    assert (stopped.outcome.ending, reason(stopped).code) == (Ending.UNCERTAIN, Code.TECH_UNKNOWN_FILED)
    assert "not made" in reason(stopped).what and "was pressed" not in reason(stopped).what
    assert (filing.portal.filed, filing.session.committed, filing.session.lost) == (0, True, True)


async def test_the_clocks_are_looked_at_after_everything_else_that_may_take_its_time(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The process stops while the button is looked at for the last time."""
    clocks, ready = Clocks(), HeldButton.ready

    async def slow(button: HeldButton, *seconds: float) -> None:
        await ready(button, *seconds)
        clocks.running += 16 if filing.committed else 0

    monkeypatch.setattr("bots.committed_at.time", clocks)
    monkeypatch.setattr(HeldButton, "ready", slow)
    assert (await filing.stopped()).outcome.ending is Ending.UNCERTAIN
    assert filing.portal.filed == 0


async def test_a_button_that_moves_away_under_the_press_is_pressed_once_at_most(filing: Filing) -> None:
    """A page that files when the mouse goes down, and a button that is elsewhere when it comes up."""
    await filing.now_shows(
        "{ const send = document.querySelector('.send'); send.type = 'button'; send.onmousedown = () => {"
        " fetch('/file', {method: 'POST', body: 'appeal'}); send.style.marginLeft = '300px'; }; 0 }"
    )
    stopped = await filing.stopped()
    assert stopped.outcome.ending is Ending.UNCERTAIN
    assert filing.portal.filed == 1


HEARS = """<script>let near = 0;
window.addEventListener('click', () => { fetch('/file', {method: 'POST', body: 'a'}) }, true);
window.addEventListener('mousemove', () => { if (near++ < 2) { const cover = document.createElement('div');
  cover.style = 'position:fixed;inset:0'; document.body.append(cover); setTimeout(() => cover.remove(), 40) } }, true);
</script>"""


async def test_a_page_that_hears_every_click_is_clicked_once_and_only_after_the_commit(filing: Filing) -> None:
    """It files by itself whenever it hears a click, and covers the button when the mouse comes near."""
    filing.portal.pages["/"] = HEARS + REVIEW
    await be_on(filing.session, "/", "appeal-review")
    await filing.session.read("appeal-review")
    heard: list[int] = []
    filing.meanwhile = lambda: heard.append(filing.portal.filed)
    assert (await filing.stopped()).outcome.ending is Ending.UNCERTAIN
    assert (heard, filing.portal.filed) == ([0], 1)


async def test_a_button_that_something_unknown_covers_is_not_pressed(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HeldButton.ready, "__defaults__", (0.2,))
    await filing.now_shows("document.body.insertAdjacentHTML('beforeend', '<p style=\"position:fixed;inset:0\"></p>')")
    unpressed(filing, await filing.stopped(), Ending.DRIFT)


async def test_a_button_in_a_frame_is_pressed_there_and_not_where_the_page_around_covers_it(
    filing: Filing, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HeldButton.ready, "__defaults__", (0.2,))
    page = filing.session.page.engine.page
    filing.portal.pages["/inner"] = REVIEW
    await page.set_content("<div style='height:70px'></div><iframe src='/inner' style='height:400px'></iframe>")
    button = HeldButton(await page.frame_locator("iframe").locator(".send").element_handle())
    await button.ready()
    await filing.now_shows("document.body.insertAdjacentHTML('beforeend', '<p style=\"position:fixed;inset:0\"></p>')")
    with pytest.raises(PageFailed):
        await button.ready()
    await filing.now_shows("document.querySelector('p').remove()")
    await button.press_once()
    await asyncio.wait_for(filing.portal.arrived.wait(), 5)
    assert filing.portal.filed == 1
