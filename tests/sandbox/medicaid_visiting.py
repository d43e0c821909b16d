"""A visitor of the Medicaid portal who sends pages back as its script does, without a browser."""

import re
from datetime import date, timedelta
from html import unescape
from typing import Any, Self

import httpx

from tests.practice_portal import PracticePortal

NAME = "practice-medicaid"


def us_date(iso: str) -> str:
    return f"{iso[5:7]}/{iso[8:10]}/{iso[:4]}"


class SharedPortal(PracticePortal):
    """One portal for several tests: each begins with a sound account, and with no event but its own."""

    begun = 0

    def afresh(self) -> Self:
        """As it was in the beginning, but for its clock."""
        self.quirks()
        self.faults()
        self.expire_sessions()
        self.account(password=self.password, password_age_days=0, idle_days=0, lock_outs=0, waiting=[])
        self.begun = max((event["sequence"] for event in super().events()), default=0)
        return self

    def events(self, since: int = 0, kind: str = "") -> list[dict[str, Any]]:
        """What this test's visitors did."""
        return super().events(max(since, self.begun), kind)


class MedicaidVisitor:
    """One cookie jar at one portal; `page` is the page in the window that was opened last."""

    def __init__(self, portal: PracticePortal, *, seconds: float = 10) -> None:
        self.portal = portal
        self.http = httpx.Client(
            base_url=portal.address,
            follow_redirects=True,
            trust_env=False,
            timeout=seconds,
            headers={"User-Agent": "visitor"},
        )
        self.page = self.http.get("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    @property
    def words(self) -> str:
        """The words of the page, one blank between them."""
        text = re.sub(r"<(script|style|option|title)\b.*?</\1>", " ", self.page.text, flags=re.DOTALL)
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", text)).replace("\xa0", " ")).strip()

    @property
    def path(self) -> str:
        return self.page.url.path

    def get(self, path: str) -> str:
        self.page = self.http.get(path)
        return self.words

    # The form of the page

    def form(self) -> dict[str, str]:
        """Everything the browser would send of the present page, without a button."""
        form = {}
        for tag in re.findall(r"<input [^>]*>", self.page.text):
            kind, name = _attribute(tag, "type"), _attribute(tag, "name")
            if kind in ("hidden", "text", "password") or (kind == "radio" and " checked" in tag):
                form[name] = _attribute(tag, "value")
        for name, options in re.findall(r'<select name="([^"]+)".*?>(.*?)</select>', self.page.text, re.DOTALL):
            chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(r'value="([^"]*)"', options)
            form[name] = chosen[1] if chosen else ""
        return form

    def name(self, control: str) -> str:
        """The name of the field or button whose last part this is."""
        found = re.search(rf'name="([^"]*\${control})"', self.page.text)
        assert found, f"{control} is not on this page"
        return found[1]

    def send(self, changed: dict[str, str]) -> str:
        """Send the page back as its script does, with these fields changed."""
        action = re.search(r'<form method="post" action="\.(/[^"]+)"', self.page.text)
        assert action, "this page cannot be sent back"
        self.page = self.http.post(action[1], data={**self.form(), **changed})
        return self.words

    def press(self, button: str, **fields: str) -> str:
        """Press a button, with these fields filled (by the last part of their names)."""
        filled = {self.name(control): text for control, text in fields.items()}
        return self.send({**filled, self.name(button): "pressed"})

    def choose(self, control: str, value: str) -> str:
        """Choose an entry of a list that sends the page back."""
        name = self.name(control)
        return self.send({name: value, "__EVENTTARGET": name})

    def follow(self, target: str, argument: str = "") -> str:
        """What a link with `__doPostBack` does."""
        return self.send({"__EVENTTARGET": target, "__EVENTARGUMENT": argument})

    def post_backs(self, control: str = "") -> list[tuple[str, str, str]]:
        """Target, argument and text of the page's post-back links whose name ends so."""
        links = re.findall(r"""href="javascript:__doPostBack\('([^']*)','([^']*)'\)"[^>]*>([^<]*)<""", self._plain)
        return [link for link in links if link[0].endswith(control)]

    @property
    def _plain(self) -> str:
        return self.page.text.replace("&#39;", "'")

    # Signing in

    def press_password(self, password: str | None = None, computer: str = "public") -> str:
        self.get("/Default.aspx")
        self.press("btnContinue", txtUserId=self.portal.user_name)
        return self.press("btnSignIn", txtPassword=password or self.portal.password, rblComputer=computer)

    def answer(self) -> str:
        """The right answer to the question on the page."""
        return next(answer for question, answer in self.portal.security_answers.items() if question in self.words)

    def sign_in(self, provider: int = 0, computer: str = "public") -> Self:
        """All the way to the home page, acting for this location of the practice."""
        self.press_password(computer=computer)
        if self.path == "/Question.aspx":
            self.press("btnAnswer", txtAnswer=self.answer())
        self.act_for(provider)
        assert self.path == "/Home.aspx", self.words
        return self

    def act_for(self, provider: int) -> str:
        npi = self.portal.truth()["practice"]["providers"][provider]["npi"]
        self.choose("ddlLocation", npi)
        return self.press("btnAct")

    # Claims

    def search(self, by: str, **fields: str) -> str:
        self.get("/ClaimSearch.aspx")
        self.choose("ddlSearchBy", by)
        return self.press("btnSearch", **fields)

    def search_row(self, row: dict[str, Any], days: int = 0, **fields: str) -> str:
        """Search by what the office holds; `days` widens the range to both sides."""
        start, end = (date.fromisoformat(row[name]) for name in ("service_from", "service_to"))
        asked = {
            "txtMemberId": row["member_id"],
            "txtFromDos": us_date((start - timedelta(days)).isoformat()),
            "txtToDos": us_date((end + timedelta(days)).isoformat()),
        }
        return self.search("member", **{**asked, **fields})

    def claim_numbers(self) -> list[str]:
        """The claim numbers listed on this page."""
        return [text for _, _, text in self.post_backs("lnkIcn")]

    def window(self) -> str:
        """The address that the page's script opens in a window of its own."""
        opened = re.search(r"openDetail\('([^']+)', (\d+)\)", self._plain)
        assert opened, "the page opens no window"
        return opened[1]

    def open(self, payer_claim_number: str) -> str:
        """Open a listed claim; gives the words in the window, where `page` is from then on."""
        target = next(target for target, _, text in self.post_backs("lnkIcn") if text == payer_claim_number)
        self.follow(target)
        return self.get(self.window())


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return unescape(found[1]) if found else ""
