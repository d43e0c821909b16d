"""A visitor of the contractor's portal who follows its forms, frames and windows over plain HTTP."""

import re
from html import unescape
from typing import Any, Self

import httpx

from sandbox.portals.contractor.layouts import LAYOUTS
from sandbox.process import PracticePortal


def hyphen_date(iso: str) -> str:
    """A date as the inquiry takes it."""
    return f"{iso[5:7]}-{iso[8:10]}-{iso[:4]}"


def slash_date(iso: str | None) -> str:
    """A date as a claim's window shows it."""
    return "" if iso is None else f"{iso[5:7]}/{iso[8:10]}/{iso[:4]}"


class ContractorVisitor:
    """One browser: `page` is what the last request answered, wherever it was shown."""

    def __init__(self, portal: PracticePortal, *, layout: int = 1, seconds: float = 10) -> None:
        self.portal = portal
        self.since = len(portal.events())
        self.layout = LAYOUTS[layout]
        self.window = ""
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
        body = self.page.text.split("<body", 1)[-1].split(">", 1)[-1]
        body = re.sub(r"<(script|style)\b.*?</\1>", " ", body, flags=re.DOTALL)
        return re.sub(r"\s+", " ", unescape(re.sub(r"<[^>]+>", " ", body))).strip()

    @property
    def heading(self) -> str:
        """The heading of the page, or nothing."""
        found = re.search(r"<h2>(.*?)</h2>", self.page.text)
        return unescape(found[1]) if found else ""

    def hidden(self, name: str) -> str:
        """What a hidden field of the page holds."""
        found = re.search(rf'type="hidden" name="{name}" value="([^"]*)"', self.page.text)
        return found[1] if found else ""

    def get(self, path: str, **headers: str) -> str:
        """Open an address."""
        self.page = self.http.get(path, headers=headers)
        return self.words

    def link(self, caption: str) -> str:
        """The address of the link with this caption."""
        found = re.search(rf'href="([^"]+)"[^>]*>{re.escape(caption)}', self.page.text)
        assert found, caption
        return unescape(found[1])

    def press(self, path: str, **fields: str) -> str:
        """Send the form on the page with its own key."""
        key = "pageKey" if self.hidden("pageKey") else "formKey"
        self.page = self.http.post(f"/pcs/{path}.do", data={key: self.hidden(key), **fields})
        return self.words

    # The way in

    def press_password(self, password: str = "", user_name: str = "") -> str:
        names = self.layout.sign_in_names
        given = (user_name or self.portal.user_name, password or self.portal.password)
        return self.press("login", **dict(zip(names, given, strict=True)))

    def code(self) -> str:
        """The passcode that arrived last, a few seconds after it was sent."""
        self.portal.advance(6)
        return self.portal.mailbox()[-1]["code"]

    def sign_in(self, npi: str = "") -> Self:
        """All the way to the frameset, as the given provider or the billing location."""
        self.press_password()
        self.press("terms", agree="Y")
        self.press("mfaMethod", channel="text")
        self.press("mfaCode", task="verify", passcode=self.code())
        self.choose_account(npi)
        if self.heading == "Message Center":
            self.get(self.link("Mark as read"))
        self.window = self.frames()["menu"].split("wk=")[1]
        return self

    def choose_account(self, npi: str = "") -> str:
        npi = npi or self.portal.truth()["practice"]["providers"][0]["npi"]
        row = next(row for row in self.page.text.split("<tr>") if npi in row)
        number = re.search(r'name="combination" value="(\d)"', row)
        assert number
        return self.press("account", combination=number[1])

    def frames(self) -> dict[str, str]:
        """Name and address of each frame of the page."""
        return {name: unescape(path) for name, path in re.findall(r'<frame name="(\w+)" src="([^"]+)"', self.page.text)}

    # Inside

    def go(self, place: str) -> str:
        """A link of the menu."""
        return self.get(f"/pcs/nav.do?wk={self.window}&to={place}")

    def inquire(self, **fields: str) -> str:
        """A fresh inquiry with these fields."""
        self.go("claims")
        return self.press("claimInquiry", **{self.layout.form_names[name]: text for name, text in fields.items()})

    def inquire_row(self, row: dict[str, Any], **changes: str) -> str:
        """An inquiry about a row of the work list, with its names as they are on the card."""
        filled = {
            "member_id": row["member_id"],
            "last_name": row["last_name"],
            "first_name": row["first_name"],
            "birth_date": hyphen_date(row["birth_date"]),
            "service_from": hyphen_date(row["service_from"]),
            "service_to": hyphen_date(row["service_to"]),
        }
        return self.inquire(**{**filled, **changes})

    def openers(self) -> dict[str, tuple[str, str]]:
        """Claim number -> what its link in the list calls the window with: reference and key."""
        pattern = r"viewClaim\('(\w+)', '(\w+)', \d+\)\">(\d+)</a>"
        return {number: (reference, key) for reference, key, number in re.findall(pattern, self.page.text)}

    def open(self, number: str) -> str:
        """The claim's window."""
        reference, key = self.openers()[number]
        return self.get(f"/pcs/claimDetail.do?claim={reference}&wk={key}")

    def kinds(self) -> list[str]:
        """The kinds of the portal's events since this visitor came, in order."""
        return [event["kind"] for event in self.portal.events(self.since)]

    def results(self, kind: str) -> list[str]:
        """The results of the presses of one kind since then, in order."""
        return [event["result"] for event in self.portal.events(self.since) if event["kind"] == kind]


def row_of(truth: dict[str, Any], scenario: str) -> dict[str, Any]:
    """The first work-list row of a scenario, with the expected claim's number as `answer`."""
    place = next(number for number, ask in enumerate(truth["asks"]) if ask["scenario"] == scenario)
    return {**truth["rows"][place], "answer": truth["asks"][place]["payer_claim_number"]}


def claim_of(truth: dict[str, Any], number: str) -> dict[str, Any]:
    """The claim with this number."""
    found: dict[str, Any] = next(one for one in truth["claims"] if one["payer_claim_number"] == number)
    return found


def member_of(truth: dict[str, Any], member_id: str) -> dict[str, Any]:
    """The member with this id."""
    found: dict[str, Any] = next(one for one in truth["members"] if one["member_id"] == member_id)
    return found


def as_new(portal: PracticePortal) -> None:
    """Take back what a test did to a portal that many tests share; its clock and its events go on."""
    portal.quirks()
    portal.faults()
    portal.expire_sessions()
    # Past any maintenance, and past the hours in which a passcode may be the same one again.
    portal.advance(9 * 3600)
    portal.set_password(portal.password)
    portal.account(waiting=[])
