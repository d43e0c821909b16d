"""A visitor who asks the Medicaid portal to reconsider lines: from the claim to the number, without a browser."""

import re
from html import unescape
from typing import Any, Self

import httpx

from sandbox.process import PracticePortal
from tests.sandbox.medicaid_visiting import MedicaidVisitor

PDF = b"%PDF-1.4\n" + b"a practice document " * 100
MEDICAL = "01"
DAY = 86_400


class Requester(MedicaidVisitor):
    """Somebody who is signed in and makes requests."""

    def __enter__(self) -> Self:
        return self

    def form(self) -> dict[str, str]:
        form = super().form()
        for name, text in re.findall(r'<textarea name="([^"]+)"[^>]*>\n?(.*?)</textarea>', self.page.text, re.DOTALL):
            form[name] = unescape(text)
        for tag in re.findall(r'<input type="checkbox"[^>]*>', self.page.text):
            if " checked" in tag:
                form[_named(tag)] = "on"
        return form

    def send_file(self, kind: str, filename: str, content: bytes, content_type: str) -> str:
        """Send the window of attachments back with a file."""
        fields = {**self.form(), self.name("ddlAttachment"): kind, self.name("btnAttachFile"): "pressed"}
        field = next(_named(tag) for tag in re.findall(r'<input type="file"[^>]*>', self.page.text))
        files = {field: (filename, content, content_type)} if filename else {"none": b""}
        self.page = self.http.post("/ReconsiderationAttachment.aspx", data=fields, files=files)
        return self.words

    def open_claim(self, payer_claim_number: str) -> str:
        self.search("icn", txtIcn=payer_claim_number)
        return self.open(payer_claim_number)

    def begin(self, payer_claim_number: str) -> str:
        self.open_claim(payer_claim_number)
        return self.press("btnReconsider")

    def line(self, *numbers: int, amount: str, reason: str = MEDICAL) -> str:
        """Tick these lines, and no other, and go on."""
        boxes = {tag: _named(tag) for tag in re.findall(r'<input type="checkbox"[^>]*>', self.page.text)}
        ticked = {
            name: "on" for tag, name in boxes.items() if int(re.findall(r'title="Line (\d+)"', tag)[0]) in numbers
        }
        filled = {self.name("txtAmount"): amount, self.name("ddlReason"): reason}
        form = {name: value for name, value in self.form().items() if name not in boxes.values()}
        self.page = self.http.post(
            "/Reconsideration.aspx", data={**form, **ticked, **filled, self.name("btnContinue"): "pressed"}
        )
        return self.words

    def statement(self, argument: str = "The records support the service.", reference: str = "") -> str:
        return self.press("btnContinue", txtStatement=argument, txtReference=reference)

    def document(self, name: str, content: bytes = PDF, content_type: str = "application/pdf") -> str:
        """Attach in the window for it, and come back to the request, which still shows what it showed."""
        behind = self.page
        opened = re.search(r"openAttachments\('([^']+)', \d+\)", unescape(behind.text))
        assert opened, "the page opens no window"
        self.get(opened[1])
        said = self.send_file("MR", name, content, content_type)
        self.page = behind
        return said

    def review(self, right: dict[str, Any], *, amount: str = "10.00", reference: str = "", papers: int = 1) -> str:
        """All the way to the review of a claim's first denied line."""
        self.begin(right["payer_claim_number"])
        self.line(right["lines"][0], amount=amount)
        self.statement(reference=reference)
        for number in range(papers):
            self.document(f"records-{number + 1}.pdf")
        return self.press("btnContinue")

    def file(self, right: dict[str, Any], **how: Any) -> str:
        """Review and press; gives the number."""
        self.review(right, **how)
        return number_on(self.press("btnSubmit"))

    def listed(self, by: str = "all", **fields: str) -> list[list[str]]:
        """The cells of every row of the list, over all its pages."""
        self.find(by, **fields)
        rows: list[list[str]] = []
        while True:
            for row in self.page.text.split("<tbody>")[-1].split("</tbody>")[0].split("</tr>")[:-1]:
                cells = re.findall(r"<td[^>]*>(.*?)</td>", row, re.DOTALL)
                rows.append([re.sub(r"<[^>]+>", "", cell).strip() for cell in cells])
            following = self.post_backs("$lnkNext")
            if not following:
                return rows
            self.follow(following[0][0])

    def find(self, by: str, **fields: str) -> str:
        self.get("/Reconsiderations.aspx")
        self.choose("ddlSearchBy", by)
        return self.press("btnSearch", **fields)

    def open_request(self, number: str) -> str:
        """Open a request by its number; gives the words in its window."""
        self.find("number", txtNumber=number)
        self.follow(self.post_backs("lnkNumber")[0][0])
        return self.get(self.window())

    def letter(self) -> httpx.Response:
        self.press("btnLetter")
        return self.page

    def advance(self, seconds: int) -> Self:
        """Let time go by for the portal, and sign in anew."""
        self.portal.advance(seconds)
        self.portal.account(password_age_days=0, idle_days=0)
        return self.sign_in()


def number_on(receipt: str) -> str:
    found = re.search(r"Reconsideration No\.: (94\d{11})", receipt)
    assert found, receipt
    return found[1]


def pressed(portal: PracticePortal) -> list[dict[str, Any]]:
    return [event for event in portal.events() if event["kind"] == "appeal_pressed"]


def _named(tag: str) -> str:
    found = re.search(r'\bname="([^"]*)"', tag)
    assert found, tag
    return found[1]
