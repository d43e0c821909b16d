"""Remittances at the desk: the list and its filters, one payment with its arithmetic, its papers, what is missing."""

import re
from decimal import Decimal

import pytest

from console.application import Application
from console.remittances.arithmetic import Sum, of_claim, of_line
from flows.remittance import ProviderAdjustment
from ledger import models
from ledger.document_files import seal
from ledger.remittances import keep
from ledger.roles import Role
from portalwright.office import Desk
from tests.console.conftest import SignedIn
from tests.console.test_reports import at_once
from tests.ledger.office import bring_in
from tests.ledger.payments import by_import, decided, payment, sealed

__all__ = ["at_once"]  # a fixture

TRACE = "TRACECANARY77"


@pytest.fixture
def paid(desk: Desk) -> int:
    """One payment about two claims of ours with interest beside them, sealed; and one that does not add up."""
    bring_in(range(1, 4), desk.robot)
    taken = ProviderAdjustment(reason="L6", reference="X1", amount=Decimal("-8.63"))
    said = payment(decided(1), decided(2, place=2, paid="20.00"), taken=(taken,), trace=TRACE)
    keep(seal(desk.evidence, b"ISA*paper", "835", remittances=(said,)), by_import(desk.actor))
    keep(sealed(payment(decided(3), trace="OFF1", off_by="1.00")), by_import(desk.actor))
    return models.Remittance.objects.get(trace_key=TRACE).pk


def test_the_list_shows_how_each_payment_stands_and_keeps_to_what_is_chosen(paid: int, signed_in: SignedIn) -> None:
    client = signed_in(Role.POSTER)
    page = client.get("/remittances/").content.decode()
    assert page.count("<tr data-row>") == 2
    assert "2 of 2 ours" in page
    assert "does not add up" in page
    page = client.get("/remittances/?balanced=no").content.decode()
    assert page.count("<tr data-row>") == 1
    assert "OFF1" in page
    page = client.get("/remittances/?since=2026-02-04&until=2026-02-03").content.decode()
    assert "This is before the first day." in page
    assert models.AuditEntry.objects.filter(action="remits.view").count() == 3


def test_a_payment_is_found_by_its_trace_which_stands_in_no_address(paid: int, signed_in: SignedIn) -> None:
    client = signed_in(Role.POSTER)
    answer = client.post("/remittances/find/", {"trace": TRACE.lower()})
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/remittances/{paid}/")
    page = client.post("/remittances/find/", {"trace": "nothing"}).content.decode()
    assert "No payment of this practice bears this trace." in page
    assert 'value="nothing"' in page
    assert client.get("/remittances/find/").status_code == 405


def test_a_payment_shows_its_arithmetic_in_numbers_and_its_codes_in_words(paid: int, signed_in: SignedIn) -> None:
    client = signed_in(Role.POSTER)
    page = " ".join(client.get(f"/remittances/{paid}/").content.decode().split())
    # 80.10 + 20.00 - (-8.63) = 108.73
    assert "claims paid 100.10 − taken beside them -8.63 = payment 108.73" in page
    assert "billed 120.50 − adjusted 40.40 = paid 80.10" in page
    assert re.search(r"<strong>CO-45</strong> 40.40 \(1 units\): [a-z]", page), "the code in plain words"
    assert "N130" in page
    assert "off by" not in page
    title = re.search("<title>(.*?)</title>", page)
    assert title is not None
    assert "ACCT" not in title[1]
    look = models.AuditEntry.objects.get(action="remit.view")
    assert (look.object_type, look.object_id, look.result) == ("remittance", str(paid), "2 claims shown")
    other = models.Remittance.objects.get(trace_key="OFF1").pk
    page = client.get(f"/remittances/{other}/").content.decode()
    assert "off by -1.00" in page
    assert "An open case holds it" in page
    assert client.get("/remittances/4711/").status_code == 404


def test_a_paper_is_downloaded_as_it_came_and_that_is_recorded(paid: int, signed_in: SignedIn) -> None:
    client = signed_in(Role.POSTER)
    page = client.get(f"/remittances/{paid}/").content.decode()
    (address,) = set(re.findall(rf"/remittances/{paid}/document/\d+/", page))
    answer = client.get(address)
    assert answer.content == b"ISA*paper"
    assert re.fullmatch(r'attachment; filename="document-\d+\.835"', answer.headers["Content-Disposition"])
    assert "no-store" in answer.headers["Cache-Control"]
    assert models.AuditEntry.objects.filter(action="document.export").count() == 1
    other = models.Remittance.objects.get(trace_key="OFF1").pk
    number = address.split("/")[-2]
    assert client.get(f"/remittances/{other}/document/{number}/").status_code == 404, "no paper of that payment"
    broken = models.Document.objects.exclude(readings__remittance_id=paid).get()
    assert client.get(f"/remittances/{other}/document/{broken.pk}/").status_code == 409, "its file is gone"


def test_an_operator_sees_no_payment(paid: int, signed_in: SignedIn) -> None:
    client = signed_in(Role.OPERATOR)
    for address in ("/remittances/", f"/remittances/{paid}/", "/remittances/missing/"):
        assert client.get(address).status_code == 403


def test_what_is_missing_is_looked_for_by_a_button(
    at_once: Application, paid: int, signed_in: SignedIn, desk: Desk
) -> None:
    models.Deposit.objects.create(
        practice_id=desk.practice.id, deposited_on="2026-01-05", amount_cents=7700, trace="LOST1", payer="SOME PAYER",
        digest="x", occurrence=1, imported_at=at_once.clock.now(), account_id=desk.actor.account_id,
    )  # fmt: skip
    client = signed_in(Role.POSTER)
    assert "Nobody has looked yet" in client.get("/remittances/missing/").content.decode()
    assert client.post("/remittances/missing/").status_code == 303
    page = client.get("/remittances/missing/").content.decode()
    assert "remittance of a deposit" in page
    assert "LOST1" in page
    assert "77.00" in page


def test_what_is_left_out_is_never_said_to_add_up() -> None:
    claim = decided(1)
    assert of_claim(claim).holds
    line = claim.lines[0].model_copy(update={"paid": None})
    assert (of_line(line).holds, of_line(line).off) == (False, None)
    assert Sum(Decimal("1.00"), Decimal("0.50"), Decimal("0.40")).off == Decimal("0.10")
