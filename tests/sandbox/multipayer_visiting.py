"""A visitor of Practice Exchange who speaks its JSON API as its own scripts do, without a browser."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any, Self

import httpx

from sandbox.one_time_codes import code_for_step, step_at
from sandbox.process import PracticePortal

PORTAL = "practice-multipayer"
PAYER, NEAR_PAYER = "Practice Exchange Health Plan", "Practice Exchange Health Plan HMO"
REGION = "Harbor"


def us_date(iso: str) -> str:
    return f"{iso[5:7]}/{iso[8:10]}/{iso[:4]}"


class Exchange:
    """One cookie jar at one portal; `said` is the last JSON answer, `page` the last answer."""

    def __init__(self, portal: PracticePortal, *, seconds: float = 10) -> None:
        self.portal = portal
        self.http = httpx.Client(
            base_url=portal.address, trust_env=False, timeout=seconds, headers={"User-Agent": "visitor"}
        )
        self.csrf = self.bearer = ""
        self.ahead = timedelta()
        self.practice = portal.truth()["practice"]
        self._payers: dict[str, str] = {}
        self.page = self.http.get("/")

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.http.close()

    @property
    def said(self) -> dict[str, Any]:
        answer: dict[str, Any] = self.page.json()
        return answer

    @property
    def status(self) -> int:
        return self.page.status_code

    def ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        """One request of the API with the tokens that the scripts would send."""
        headers = {"X-CSRF-Token": self.csrf}
        if self.bearer:
            headers["Authorization"] = f"Bearer {self.bearer}"
        self.page = self.http.request(method, f"/api{path}", json=body, headers=headers)
        if not self.page.headers["content-type"].startswith("application/json"):
            return {}
        said = self.said
        self.csrf = said.get("csrf", self.csrf)
        return said

    def get(self, path: str) -> dict[str, Any]:
        return self.ask("GET", path)

    def post(self, path: str, **body: Any) -> dict[str, Any]:
        return self.ask("POST", path, body)

    # Signing in

    def press_password(self, password: str | None = None) -> dict[str, Any]:
        self.get("/sign-in")
        fields = {"user": self.portal.user_name, "word": password or self.portal.password}
        return self.post("/sign-in/password", fields=fields)

    def advance(self, seconds: float) -> None:
        self.portal.advance(seconds)
        self.ahead += timedelta(seconds=seconds)

    def code(self) -> str:
        """What an authenticator that goes with the portal's clock shows now."""
        return code_for_step(self.portal.totp_seed, step_at(datetime.now(UTC) + self.ahead))

    def press_code(self, code: str | None = None, *, trust: bool = False) -> dict[str, Any]:
        return self.post("/sign-in/code", fields={"code": code or self.code(), "trust": "yes" if trust else "no"})

    def choose_organization(self, tin: str | None = None, region: str = REGION) -> dict[str, Any]:
        """Choose the practice (or the office with this tax id) and the region whose payers hold its claims."""
        wanted = tin or self.practice["tin"]
        offered = self.get("/organizations")["fields"][0]["choices"]
        organization = next(key for key, words in offered if wanted in words)
        return self.post("/organizations", fields={"organization": organization, "region": region})

    def sign_in(self, *, trust: bool = False) -> Self:
        """All the way into the claim status application."""
        self.press_password()
        assert self.press_code(trust=trust)["page"] == "open"
        self.choose_organization()
        self.enter()
        return self

    def enter(self) -> None:
        """Get the application's own token, as the site hands it into the frame."""
        self.bearer = self.get("/applications/claim-status").get("token", "")

    # Claims

    def payer(self, name: str = PAYER) -> str:
        if name not in self._payers:
            found = self.post("/claim-status/payers", typed=name)["payers"]
            self._payers[name] = next(one["id"] for one in found if one["name"] == name)
        return self._payers[name]

    def search(self, option: str, fields: dict[str, str], *, provider: int = 0, payer: str = PAYER) -> dict[str, Any]:
        npi = self.practice["providers"][provider]["npi"]
        return self.post("/claim-status/searches", payer=self.payer(payer), provider=npi, option=option, fields=fields)

    def search_row(self, row: dict[str, Any], days: int = 0, **changes: Any) -> dict[str, Any]:
        """Search by member id; `days` widens the dates to both sides, `changes` replace fields."""
        start, end = (datetime.fromisoformat(row[name]).date() for name in ("service_from", "service_to"))
        fields = {
            "member_id": row["member_id"][3:],
            "birth_date": us_date(row["birth_date"]),
            "service_from": us_date((start - timedelta(days)).isoformat()),
            "service_to": us_date((end + timedelta(days)).isoformat()),
        }
        return self.search("member", fields | changes)

    def rows(self, found: dict[str, Any], start: int = 0) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self.get(f"/claim-status/searches/{found['reference']}/rows?from={start}")[
            "rows"
        ]
        return answer

    def claim(self, reference: str, *, tab: bool = False) -> dict[str, Any]:
        return self.get(f"/claim-status/claims/{reference}" + ("?in=tab" if tab else ""))

    def document(self, path: str) -> str:
        """A document of the site; gives the name of the script that fills it."""
        self.page = self.http.get(path)
        script = re.search(r'src="/assets/\w+/(\w+\.js)"', self.page.text)
        return script[1] if script else ""


def kinds(portal: PracticePortal) -> list[str]:
    return [event["kind"] for event in portal.events()]


def results(portal: PracticePortal, kind: str) -> list[str]:
    return [event["result"] for event in portal.events() if event["kind"] == kind]
