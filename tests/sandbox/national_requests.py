"""A visitor who disputes claims at the national portal: from the claim to the ticket, without a browser."""

import re
from typing import Any, Self

import httpx

from sandbox.process import PracticePortal
from tests.sandbox.visiting import Visitor, words

PDF = b"%PDF-1.4\n" + b"a practice document " * 100
MEDICAL = "medical-necessity"


def lines_of(claim: dict[str, Any]) -> list[str]:
    return [str(number) for number in claim["lines"]]


class Disputer(Visitor):
    """Somebody who is signed in and makes requests."""

    def __enter__(self) -> Self:
        return self

    def open_claim(self, payer_claim_number: str) -> str:
        self.search(clmNbr=payer_claim_number)
        return self.open(payer_claim_number)

    def act(self, payer_claim_number: str) -> str:
        """From the claim's page to what can be done about it."""
        self.open_claim(payer_claim_number)
        link = re.search(r'href="(/claims/act\?ref=\w+)"', self.page.text)
        assert link, "the claim's page offers nothing"
        return self.get(link[1])

    def begin(self, payer_claim_number: str, level: str = "first") -> str:
        self.act(payer_claim_number)
        return self.post(str(self.page.url.raw_path, "ascii"), reqType=level)

    def send(self, path: str, fields: dict[str, Any], **files: tuple[str, bytes, str]) -> str:
        """A form with several values of a field, or with files."""
        token = re.search(r'name="formTkn" value="(\w+)"', self.page.text)
        posted = {"formTkn": token[1] if token else "", **fields}
        self.page = self.http.post(path, data=posted, files=files or None)
        return self.words

    def lines(self, *numbers: str, amount: str) -> str:
        return self.send("/disputes/lines", {"clmLine": list(numbers), "dispAmt": amount})

    def reason(self, argument: str = "The records support the service.", reference: str = "") -> str:
        return self.post("/disputes/reason", dispRsn=MEDICAL, rsnText=argument, provRef=reference)

    def document(self, name: str, content: bytes = PDF, content_type: str = "application/pdf") -> str:
        fields = {"docType": "medical-records"}
        return self.send("/disputes/documents", fields, docFile=(name, content, content_type))

    def review(self, right: dict[str, Any], *, amount: str = "10.00", reference: str = "", papers: int = 1) -> str:
        """All the way to the review of a claim's denied lines."""
        self.begin(right["payer_claim_number"], right["level"])
        self.lines(*lines_of(right), amount=amount)
        self.reason(reference=reference)
        for number in range(papers):
            self.document(f"records-{number + 1}.pdf")
        return self.post("/disputes/documents/done")

    def file(self, right: dict[str, Any], **how: Any) -> str:
        """Review and press; gives the ticket number."""
        self.review(right, **how)
        return ticket(self.post("/disputes/submit"))

    def tracked(self, show: str = "all") -> list[list[str]]:
        """The cells of every row of the list of requests, over all its pages."""
        self.get("/tracker")
        self.post("/tracker", reqView=show)
        rows: list[list[str]] = []
        while True:
            for row in self.page.text.split("<tbody>")[-1].split("</tbody>")[0].split("</tr>")[:-1]:
                cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
                rows.append([re.sub(r"<[^>]+>", "", cell).strip() for cell in cells])
            following = re.search(r'href="([^"]+)">Next</a>', self.page.text)
            if following is None:
                return rows
            self.get(following[1])

    def open_request(self, ticket_number: str) -> str:
        self.get("/tracker")
        self.post("/tracker", reqView="all")
        while True:
            link = re.search(rf'href="(/tracker/request\?ref=\w+)">{ticket_number}<', self.page.text)
            if link:
                return self.get(link[1])
            following = re.search(r'href="([^"]+)">Next</a>', self.page.text)
            assert following, "the ticket is not on the list"
            self.get(following[1])


def ticket(receipt: str) -> str:
    found = re.search(r"Ticket number (T-\d{8})", receipt)
    assert found, receipt
    return found[1]


def pressed(portal: PracticePortal) -> list[dict[str, Any]]:
    return [event for event in portal.events() if event["kind"] == "appeal_pressed"]


def letter(visitor: Disputer) -> httpx.Response:
    link = re.search(r'href="(/tracker/letter\?ref=\w+)"', visitor.page.text)
    assert link, words(visitor.page)
    return visitor.http.get(link[1])
