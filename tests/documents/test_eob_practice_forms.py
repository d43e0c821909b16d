"""The forms of four payers, each with words of its own, say the same as the 835s of the same payments."""

from datetime import date

import pytest

from documents.remittance_835 import remittances
from documents.remittance_files import read_remittance_file
from flows.remittance import Remittance
from flows.remittance_differences import differences
from sandbox.remit_documents import as_document
from sandbox.truth.generator import make_truth
from sandbox.truth.remittance import Remittance as Payment

PORTALS = ("practice-national", "practice-multipayer", "practice-contractor", "practice-medicaid")


def payments(portal: str) -> list[Payment]:
    """The portal's share of the stories that payments tell: for each the payment with the fewest claims."""
    told: dict[str, Payment] = {}
    truth = make_truth(7, 150, date(2026, 11, 22), portal)
    for payment in sorted(truth.remittances, key=lambda one: len(one.claims)):
        for story in payment.stories if payment.deliveries else ():
            told.setdefault(story, payment)
    shared = sorted(told)[PORTALS.index(portal) :: len(PORTALS)]
    return list({told[story].trace: told[story] for story in shared}.values())


@pytest.mark.parametrize("portal", PORTALS)
def test_a_form_says_the_same_as_the_835(portal: str) -> None:
    chosen = payments(portal)
    assert len(chosen) >= 3
    for payment in chosen:
        leading = remittances(as_document(payment, "835", portal).content)
        read = read_remittance_file(as_document(payment, "eob", portal).content)
        assert read.unread == ()
        for ours, theirs in zip(leading, read.remittances, strict=True):
            assert isinstance(ours, Remittance)
            assert differences(ours, theirs) == ()
            assert (theirs.trace, theirs.amount, theirs.method) == (ours.trace, ours.amount, ours.method)
            assert theirs.balance == ours.balance
            assert [claim.status for claim in theirs.claims] == [claim.status for claim in ours.claims]
            assert theirs.balance.whole == (payment.mistake is None)


@pytest.mark.parametrize("portal", PORTALS)
def test_a_form_behind_a_password_opens_and_a_scan_is_told(portal: str) -> None:
    payment = payments(portal)[0]
    shut = as_document(payment, "eob", portal, protected=True).content
    (read,) = read_remittance_file(shut, password=payment.payee_npi).remittances
    assert read.trace == payment.trace
    scan = read_remittance_file(as_document(payment, "eob", portal, scanned=True).content)
    assert scan.remittances == ()
    assert "a scan?" in scan.unread[0]
