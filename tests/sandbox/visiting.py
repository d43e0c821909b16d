"""A visitor of the practice portal who reads pages as text and fills forms, without a browser."""

import re
from datetime import UTC, datetime, timedelta
from html import unescape
from typing import Any

import httpx

from sandbox.one_time_codes import code_for_step, step_at
from sandbox.process import PracticePortal


def words(page: httpx.Response) -> str:
    """The words of a page's main part, one blank between them."""
    main = page.text.split("<main", 1)[-1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", main.split(">", 1)[-1]))).strip()


def us_date(iso: str) -> str:
    return f"{iso[5:7]}/{iso[8:10]}/{iso[:4]}"


class Visitor:
    """One cookie jar at one portal."""

    def __init__(self, portal: PracticePortal, *, seconds: float = 10) -> None:
        self.portal = portal
        self.ahead = timedelta()
        self.http = httpx.Client(
            base_url=portal.address,
            follow_redirects=True,
            trust_env=False,
            timeout=seconds,
            headers={"User-Agent": "visitor"},
        )
        self.page = self.http.get("/")

    def __enter__(self) -> "Visitor":
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    @property
    def words(self) -> str:
        return words(self.page)

    @property
    def path(self) -> str:
        return self.page.url.path

    def post(self, path: str, **fields: str) -> str:
        """Send the form on the present page; gives the words of the page that follows."""
        token = re.search(r'name="formTkn" value="(\w+)"', self.page.text)
        self.page = self.http.post(path, data={"formTkn": token[1] if token else "", **fields})
        return self.words

    def get(self, path: str) -> str:
        self.page = self.http.get(path)
        return self.words

    def press_password(self, password: str | None = None) -> str:
        self.page = self.http.get("/signin")
        return self.post("/signin", userId=self.portal.user_name, passwd=password or self.portal.password)

    def code(self) -> str:
        """What an authenticator that goes with the portal's clock shows now."""
        return code_for_step(self.portal.totp_seed, step_at(datetime.now(UTC) + self.ahead))

    def advance(self, seconds: float) -> None:
        self.portal.advance(seconds)
        self.ahead += timedelta(seconds=seconds)

    def press_code(self, code: str | None = None) -> str:
        return self.post("/verify", otp=code or self.code())

    def sign_in(self, provider: int = 0) -> "Visitor":
        """All the way to the home page, acting as this provider of the practice."""
        self.press_password()
        self.press_code()
        self.post("/provider", actAs=self.portal.truth()["practice"]["providers"][provider]["npi"])
        assert self.path == "/home"
        return self

    def sign_in_again(self) -> "Visitor":
        """Two windows later, because the code of this one is used up."""
        self.advance(60)
        return self.sign_in()

    def search(self, **fields: str) -> str:
        self.page = self.http.get("/claims/search")
        return self.post("/claims/search", **fields)

    def search_row(self, row: dict[str, Any], days: int = 0, **fields: str) -> str:
        """Search by what the office holds; `days` widens the range to both sides."""
        start, end = (datetime.fromisoformat(row[name]).date() for name in ("service_from", "service_to"))
        asked = {
            "mbrId": row["member_id"],
            "dosFrom": us_date((start - timedelta(days)).isoformat()),
            "dosTo": us_date((end + timedelta(days)).isoformat()),
        }
        return self.search(**{**asked, **fields})

    def claim_numbers(self) -> list[str]:
        """The claim numbers listed on this page."""
        return re.findall(r">(\d{13})</a></td>", self.page.text)

    def open(self, payer_claim_number: str) -> str:
        """Follow the link of a listed claim."""
        link = re.search(rf'href="(/claims/detail\?ref=\w+)">{payer_claim_number}<', self.page.text)
        assert link, "the claim is not on this page"
        return self.get(link[1])


def kinds(portal: PracticePortal) -> list[str]:
    return [event["kind"] for event in portal.events()]


def presses(portal: PracticePortal, kind: str = "password_press") -> list[str]:
    return [event["result"] for event in portal.events() if event["kind"] == kind]
