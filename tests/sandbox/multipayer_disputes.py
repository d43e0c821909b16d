"""A visitor of Practice Exchange who disputes claims: from the claim to the dispute's number, without a browser."""

from typing import Any

from sandbox.process import PracticePortal
from tests.sandbox.multipayer_visiting import Exchange

PDF = b"%PDF-1.4\n" + b"a practice document " * 200
"""Just over the 3 KB that a file must have."""


class Disputer(Exchange):
    """Somebody who is signed in and disputes claims; `work` is the dispute in the worklist, as it was last shown."""

    work: dict[str, Any]

    def open_claim(self, payer_claim_number: str) -> str:
        """Find the claim and open it; gives the reference under which the session has it."""
        found = self.search("number", {"claim_number": payer_claim_number})
        reference: str = self.rows(found)[0]["reference"]
        self.claim(reference)
        return reference

    def dispute(self, payer_claim_number: str) -> dict[str, Any]:
        """Press the button on the claim."""
        return self.post(f"/claim-status/claims/{self.open_claim(payer_claim_number)}/dispute")

    def begin(self, payer_claim_number: str) -> dict[str, Any]:
        """Press it, and open the dispute in the worklist."""
        self.work = self.get(f"/appeals/worklist/{self.dispute(payer_claim_number)['added']}")
        return self.work

    def step(self, what: str, /, **fields: Any) -> dict[str, Any]:
        return self.post(f"/appeals/worklist/{self.work['reference']}/{what}", **fields)

    def lines(self, *numbers: int, amount: str, level: str = "first") -> dict[str, Any]:
        return self.step("lines", level=level, lines=list(numbers), amount=amount)

    def reason(self, argument: str = "The records support the service.", reference: str = "") -> dict[str, Any]:
        return self.step("reason", reason="medical-necessity", argument=argument, ownReference=reference)

    def upload(
        self, name: str, content: bytes = PDF, content_type: str = "application/pdf", kind: str = "medical-records"
    ) -> dict[str, Any]:
        """Upload one document as the site's script does."""
        self.page = self.http.post(
            f"/api/appeals/worklist/{self.work['reference']}/documents",
            data={"kind": kind},
            files={"file": (name, content, content_type)} if name else None,
            headers={"Authorization": f"Bearer {self.bearer}"},
        )
        return self.said

    def review(self, right: dict[str, Any], *, amount: str = "10.00", reference: str = "", papers: int = 1) -> Any:
        """All the way to the review of a claim's denied lines."""
        self.begin(right["payer_claim_number"])
        self.lines(*right["lines"], amount=amount, level=right["level"])
        self.reason(reference=reference)
        for number in range(papers):
            self.upload(f"records-{number + 1}.pdf")
        return self.get(f"/appeals/worklist/{self.work['reference']}/review")

    def file(self, right: dict[str, Any], **how: Any) -> str:
        """Review and press; gives the dispute's number."""
        self.review(right, **how)
        self.step("submit")
        number: str = self.get("/appeals/receipt")["number"]
        return number

    def disputes(self, option: str = "all", **fields: str) -> dict[str, Any]:
        """Search the list of disputes of the provider for whom we act."""
        npi = self.practice["providers"][0]["npi"]
        return self.post("/appeals/searches", payer=self.payer(), provider=npi, option=option, fields=fields)

    def listed(self, found: dict[str, Any], start: int = 0) -> list[dict[str, Any]]:
        answer: list[dict[str, Any]] = self.get(f"/appeals/searches/{found['reference']}/rows?from={start}")["rows"]
        return answer

    def every_dispute(self) -> list[dict[str, Any]]:
        """All rows of the list."""
        found = self.disputes()
        return [row for start in range(0, found["total"], 10) for row in self.listed(found, start)]

    def open_dispute(self, number: str) -> dict[str, Any]:
        row = self.listed(self.disputes("dispute", dispute_id=number))[0]
        return self.get(f"/appeals/disputes/{row['reference']}?in=tab")


def pressed(portal: PracticePortal) -> list[dict[str, Any]]:
    return portal.events(kind="appeal_pressed")


def first_rights(portal: PracticePortal) -> list[dict[str, Any]]:
    """Of the provider for whom the visitor acts, at the first level."""
    npi = portal.truth()["practice"]["providers"][0]["npi"]
    return [one for one in portal.appealable() if one["level"] == "first" and one["billing_npi"] == npi]
