"""Reading without opening: what is sent and read is what an opened page sends and shows, or the page is opened."""

from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Page

from bots.clock import SystemClock
from bots.direct import reading
from bots.direct.engine import DirectEngine
from bots.direct.fetched import NotRead
from bots.direct.reading import DirectReading
from bots.direct.session import DirectSession
from bots.evidence import PagesSeen
from bots.pace import Pace
from bots.session import Session
from flows.answers import ClaimState
from flows.outcomes import Code, Ending, Outcome, Stop
from flows.questions import Flow
from packs.models import Pack
from tests.bots.describing import no_wait
from tests.bots.small_site import Site, button, field_of, heading, serving, session_on, small_pack
from tests.ledger.office import question

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.browser]

FACTS = {
    "Claim number": "C1",
    "Member ID": "MBR0000001",
    "Patient": "QUILLFEATHER, OTTOLINE",
    "Date of service": "01/12/2026",
    "Charge": "$120.50",
    "Status": "Pending",
}
SEARCH = (
    "<h1>Search</h1><form action=/found method=post><input type=hidden name=token value=T1>"
    "<label>Member <input name=member></label><button name=by value=member>Find</button></form>"
)


def claim(style: str = "", **changes: str) -> str:
    facts = FACTS | changes
    rows = "".join(f"<dt>{name}</dt><dd>{text}</dd>" for name, text in facts.items())
    return f"<html><head><style>{style}</style></head><body><h1>Claim</h1><dl>{rows}</dl></body></html>"


def fact(name: str, place: int, **more: object) -> dict[str, Any]:
    return {"find": [{"near": name}, {"css": f"dd:nth-of-type({place})"}], **more}


VIEWS: dict[str, Any] = {
    "search": {
        "recognise": ["heading"],
        "elements": {
            "heading": heading("Search"),
            "member": field_of("Member", "input[name=member]"),
            "find": button("Find", "button"),
        },
    },
    "claim": {
        "recognise": ["heading"],
        "elements": {
            "heading": heading("Claim"),
            "payer_claim_number": fact("Claim number", 1, required=True),
            "member_id": fact("Member ID", 2),
            "patient_name": fact("Patient", 3),
            "service_from": fact("Date of service", 4, type="date", required=True),
            "billed": fact("Charge", 5, type="money", required=True),
            "status": fact("Status", 6, type="mapped", map="status", required=True),
        },
    },
    "expired": {"recognise": ["heading"], "elements": {"heading": heading("Sign in")}},
}


def described(site: Site, **form: Any) -> Pack:
    search = {
        "view": "search",
        "reach": [{"go": "/search"}],
        "fill": {"member": {"from": "patient.member_id"}},
        "press": "find",
        "outcomes": [{"view": "claim"}],
        "reading": "direct",
        **form,
    }
    statuses = [{"text": "Pending", "code": "P1"}, {"text": "Pending 1", "code": "P2"}]
    return small_pack(
        site,
        VIEWS,
        forms={"claim-search": search},
        maps={"status": statuses},
        interruptions=[{"view": "expired", "expired": True}],
    )


@dataclass
class Asking:
    """A session on the site that reads directly, and what it heard of differences."""

    site: Site
    page: Page
    session: Session
    direct: DirectReading
    differences: list[Outcome] = field(default_factory=list)

    async def ask(self) -> Outcome:
        self.session.begin_item()
        return await self.direct.ask(question(1), self.session)

    async def category(self) -> str:
        outcome = await self.ask()
        answer = outcome.answer
        assert answer is not None
        assert isinstance(answer.normalised, ClaimState)
        return answer.normalised.category

    @property
    def opened(self) -> bool:
        """Was the claim's page opened, and not only fetched?"""
        return self.page.url.endswith("/found")


@pytest_asyncio.fixture(loop_scope="session")
async def asking(page: Page) -> AsyncIterator[Asking]:
    async with serving() as site:
        site.pages = {"/": "<h1>Home</h1>", "/search": SEARCH, "/found": claim()}
        yield await asking_at(site, page)


async def asking_at(site: Site, page: Page, flow: Flow = Flow.CLAIM_STATUS, **form: Any) -> Asking:
    await page.goto(site.url("/"))
    pack = described(site, **form)
    session = await session_on(page, pack)
    made: list[Asking] = []

    async def differs(outcome: Outcome, _seen: PagesSeen) -> None:
        made[0].differences.append(outcome)

    direct = DirectReading(pack, flow, SystemClock(), Pace(no_wait, SystemClock()), differs)
    made.append(Asking(site, page, session, direct))
    return made[0]


async def at_home(asking: Asking) -> None:
    """Be on another page than the one that a question ends on."""
    await asking.page.goto(asking.site.url("/"))


async def test_after_the_first_item_no_page_is_opened_and_the_answer_and_its_evidence_are_the_same(
    asking: Asking,
) -> None:
    proved = await asking.ask()
    was_opened = asking.opened
    pages = dict(asking.session.seen._pages)
    await at_home(asking)
    read = await asking.ask()
    assert (was_opened, asking.opened, asking.direct.read) == (True, False, 1)
    assert proved.answer is not None
    assert read.answer is not None
    assert read.ending is Ending.ANSWERED
    assert read.answer.normalised == proved.answer.normalised
    assert read.answer.extracted == proved.answer.extracted
    assert asking.session.seen._pages == pages


async def test_every_so_often_an_item_is_read_both_ways(asking: Asking, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(reading, "PROVED_EACH", 2)
    opened = []
    for _ in range(4):
        await at_home(asking)
        await asking.ask()
        opened.append(asking.opened)
    assert opened == [True, False, False, True]


async def test_what_a_style_sheet_hides_is_a_difference_and_the_opened_page_wins(asking: Asking) -> None:
    asking.site.pages["/found"] = claim(".gone {display: none}", Status="Pending<span class=gone> 1</span>")
    assert await asking.category() == "P1"
    (told,) = asking.differences
    assert told.ending is Ending.DRIFT
    assert told.reason is not None
    assert (told.reason.code, told.reason.view, told.reason.element) == (Code.TECH_LAYOUT, "claim", "status")
    assert [shown.text for shown in told.reason.seen] == ["Pending 1", "Pending"]
    await at_home(asking)
    assert await asking.category() == "P1"
    assert asking.opened, "direct reading goes on after a difference"
    assert len(asking.differences) == 1


async def test_mark_up_that_no_proof_has_seen_is_read_both_ways(asking: Asking) -> None:
    style = ".gone {display: none}"
    asking.site.pages["/found"] = claim(style)
    assert await asking.category() == "P1"
    asking.site.pages["/found"] = claim(style, Status="Pending<span class=gone> 1</span>")
    assert await asking.category() == "P1"
    assert len(asking.differences) == 1


async def test_the_sign_in_page_with_status_200_ends_as_by_browser(asking: Asking) -> None:
    await asking.ask()
    asking.site.pages["/found"] = "<h1>Sign in</h1>"
    with pytest.raises(Stop) as stopped:
        await asking.ask()
    assert stopped.value.outcome.reason is not None
    assert stopped.value.outcome.reason.code is Code.TECH_SESSION
    assert asking.differences == []


async def test_a_servers_error_and_a_page_that_nobody_described_are_said_by_the_opened_page(asking: Asking) -> None:
    await asking.ask()
    asking.site.headers["/found"] = "500 Broken"
    asking.site.pages["/found"] = "<h1>Broken</h1>"
    with pytest.raises(Stop) as broken:
        await asking.ask()
    asking.site.headers.clear()
    asking.site.pages["/found"] = "<h1>News</h1>"
    with pytest.raises(Stop) as other:
        await asking.ask()
    assert [each.value.outcome.reason.code for each in (broken, other) if each.value.outcome.reason] == [
        Code.TECH_5XX,
        Code.TECH_LAYOUT,
    ]


async def test_a_portal_that_asks_to_be_left_alone_is_asked_once(asking: Asking) -> None:
    await asking.ask()
    asking.site.headers["/found"] = "429 Too Many\r\nRetry-After: 90"
    before = asking.site.asked.count("/found")
    with pytest.raises(Stop) as stopped:
        await asking.ask()
    reason = stopped.value.outcome.reason
    assert reason is not None
    assert (stopped.value.outcome.ending, reason.code) == (Ending.TRANSIENT, Code.TECH_429)
    assert reason.not_before is not None
    assert asking.site.asked.count("/found") == before + 1


async def test_nothing_is_asked_of_another_site(asking: Asking) -> None:
    async with serving() as elsewhere:
        elsewhere.pages["/found"] = claim()
        away = elsewhere.url("/found")
        direct = DirectSession(asking.session, SystemClock(), Pace(no_wait, SystemClock()))
        asking.site.pages["/search"] = SEARCH.replace("action=/found", f"action={away}")
        with pytest.raises(NotRead):
            await asked(direct)
        asking.site.pages["/search"] = SEARCH
        asking.site.headers["/found"] = f"302 Found\r\nLocation: {away}"
        with pytest.raises(NotRead):
            await asked(direct)
        assert elsewhere.asked == []


async def asked(direct: DirectSession) -> None:
    direct.begin_item()
    await direct.open("claim-search", question(1))
    await direct.ask("claim-search", question(1))


SENT = {
    "a button's own name": SEARCH,
    "by its address": SEARCH.replace("method=post", "method=get"),
    "boxes, lists, and fields that are not sent": SEARCH.replace(
        "<button",
        "<input type=checkbox name=a checked><input type=checkbox name=b><input name=c disabled value=x>"
        "<select name=d multiple><option selected>1<option selected>2<option>3</select>"
        "<textarea name=e>one\ntwo</textarea><input type=hidden name=f value='&amp; = é'><button",
    ),
    "the button's own address": SEARCH.replace("<button", "<button formaction='/found?x=1'"),
}


@pytest.mark.parametrize("form", SENT.values(), ids=SENT)
async def test_what_is_sent_is_what_the_browser_sends(asking: Asking, form: str) -> None:
    asking.site.pages["/search"] = form
    await asking.ask()
    asked_for = [path for path in asking.site.asked if path.startswith("/found")]
    assert len(asked_for) == 2
    assert len(set(asked_for)) == 1
    assert len(set(asking.site.sent)) <= 1
    assert "MBR0000001" in (asking.site.sent or asked_for)[0]


UNREAD = {
    "a script that sends the form": SEARCH.replace("method=post", 'method=post onsubmit="return sign(this)"'),
    "a script that is pressed": SEARCH.replace("<button", '<button onclick="sign()"'),
    "a script that hears the field": SEARCH.replace("<input name=member", '<input name=member oninput="sign()"'),
    "a field that takes less": SEARCH.replace("<input name=member", "<input maxlength=3 name=member"),
    "a field that is locked": SEARCH.replace("<input name=member", "<input readonly name=member"),
    "a page that goes on by itself": "<meta http-equiv=refresh content='0;url=/search2'>" + SEARCH,
}


@pytest.mark.parametrize("form", UNREAD.values(), ids=UNREAD)
async def test_what_only_a_page_that_is_open_can_do_is_not_read_directly(asking: Asking, form: str) -> None:
    asking.site.pages["/search"] = form
    direct = DirectSession(asking.session, SystemClock(), Pace(no_wait, SystemClock()))
    with pytest.raises(NotRead):
        await asked(direct)
    assert asking.site.sent == []


HIDDEN = (
    "<span hidden> 1</span>",
    "<span style='display:none'> 1</span>",
    "<span style='visibility: hidden'> 1</span>",
    "<span style='opacity:0'> 1</span>",
    "<!-- 1 -->",
    "<template> 1</template>",
    "<noscript> 1</noscript>",
    "<dialog> 1</dialog>",
    "<script type=text/plain> 1</script>",
    "<span popover> 1</span>",
)


@pytest.mark.parametrize("hidden", HIDDEN)
async def test_what_is_hidden_by_its_mark_up_is_not_read(asking: Asking, hidden: str) -> None:
    asking.site.pages["/found"] = claim(Status="Pending" + hidden)
    assert await asking.category() == "P1"
    assert asking.differences == []
    await at_home(asking)
    assert await asking.category() == "P1"
    assert not asking.opened


UNTOLD = ("position:absolute;left:-9999px", "color:#fff", "font-size:0", "text-indent:-999px", "clip-path:inset(100%)")


@pytest.mark.parametrize("style", UNTOLD)
async def test_a_text_whose_inline_style_could_hide_it_is_read_on_the_opened_page(asking: Asking, style: str) -> None:
    asking.site.pages["/found"] = claim(Status=f"<span style='{style}'>Pending</span>")
    direct = DirectSession(asking.session, SystemClock(), Pace(no_wait, SystemClock()))
    await asked(direct)
    with pytest.raises(Stop):
        await direct.read("claim")


async def test_a_page_that_is_kept_is_fetched_once_and_comes_back_with_empty_fields(page: Page) -> None:
    async with serving() as site:
        site.pages = {"/": "<h1>Home</h1>", "/search": SEARCH, "/found": claim()}
        asking = await asking_at(site, page, keeps_page=True)
        await asking.ask()
        await at_home(asking)
        before = site.asked.count("/search")
        direct = DirectSession(asking.session, SystemClock(), Pace(no_wait, SystemClock()))
        for _ in range(3):
            await asked(direct)
        assert site.asked.count("/search") == before + 1
        direct.begin_item()
        await direct.open("claim-search", question(1))
        member = direct.page.pack.views["search"].elements["member"]
        assert (await direct.page.values({"member": member}))["member"].text == ""


async def test_looking_at_the_fields_and_pressing_is_one_visit(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    visits: list[object] = []
    visit = DirectEngine._visit

    async def counted(engine: DirectEngine, told: Mapping[str, str]) -> Mapping[str, Any]:
        visits.append(told)
        return await visit(engine, told)

    monkeypatch.setattr(DirectEngine, "_visit", counted)
    async with serving() as site:
        site.pages = {"/": "<h1>Home</h1>", "/search": SEARCH, "/found": claim()}
        asking = await asking_at(site, page, keeps_page=True)
        direct = DirectSession(asking.session, SystemClock(), Pace(no_wait, SystemClock()))
        await asked(direct)
        visits.clear()
        await asked(direct)
        assert len(visits) == 1
        assert site.asked.count("/found") == 2


async def test_nothing_is_asked_for_while_a_field_does_not_hold_what_was_told_of_it(asking: Asking) -> None:
    direct = DirectSession(asking.session, SystemClock(), Pace(no_wait, SystemClock()))
    direct.begin_item()
    await direct.open("claim-search", question(1))
    engine, pack = direct.page.engine, direct.page.pack
    assert isinstance(engine, DirectEngine)
    member, find = (pack.element(f"search.{name}") for name in ("member", "find"))
    await engine.fill(member, "MBR1")
    assert (await engine.values({"member": member, "find": find}))["member"].text == "MBR1"
    engine._fills[0]["text"] = "MBR2"
    await engine.press(find)
    with pytest.raises(NotRead):
        await engine.wait_for({"claim": pack.views["claim"]}, timeout=5)
    assert "/found" not in asking.site.asked


async def test_a_form_that_is_not_declared_is_opened(page: Page) -> None:
    async with serving() as site:
        site.pages = {"/": "<h1>Home</h1>", "/search": SEARCH, "/found": claim()}
        asking = await asking_at(site, page, reading="opened")
        for _ in range(2):
            await at_home(asking)
            await asking.ask()
            assert asking.opened
        assert site.asked.count("/found") == 2


async def test_a_press_that_changes_something_is_never_made_directly(asking: Asking) -> None:
    direct = DirectSession(asking.session, SystemClock(), Pace(no_wait, SystemClock()))
    with pytest.raises(NotRead):
        await direct.page.engine.press(direct.page.pack.element("sign-in.enter"))


async def test_a_session_that_files_something_opens_every_page(page: Page) -> None:
    async with serving() as site:
        site.pages = {"/": "<h1>Home</h1>", "/search": SEARCH, "/found": claim()}
        asking = await asking_at(site, page, Flow.APPEAL)
        for _ in range(2):
            await at_home(asking)
            await asking.ask()
            assert asking.opened
        assert site.asked.count("/found") == 2
