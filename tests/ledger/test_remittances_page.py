"""Payments a page at a time: each once, in their order, by what is wanted, and nothing of another practice."""

from datetime import timedelta
from decimal import Decimal

import pytest

from flows.remittance import ProviderAdjustment
from ledger import models, posting, remittances_page
from ledger.accounts import Actor, ensure_account, ensure_practice
from ledger.errors import NotThere
from ledger.remittances import keep
from ledger.remittances_page import CameBy, Last, WantedPayments, claims, head, page, paper_kind, payers, providers
from tests.ledger.office import NOW, bring_in
from tests.ledger.payments import PAID_ON, by_import, decided, payment, sealed

ALL = WantedPayments()


@pytest.fixture
def kept(robot: Actor, person: Actor) -> Actor:
    """Seven payments on three days and one without a day: the second does not add up, the third is of a stranger."""
    bring_in(range(1, 9), robot)
    for number in range(1, 8):
        said = payment(
            decided(number if number != 3 else 99),
            trace=f"T{number}",
            paid_on=PAID_ON + timedelta(days=number // 3),
            off_by="1.00" if number == 2 else "0.00",
        )
        keep(sealed(said), by_import(person, portal="practice-national" if number == 5 else ""))
    undated = payment(decided(8), trace="T8").model_copy(update={"paid_on": None})
    keep(sealed(undated), by_import(person))
    return person


def traces(actor: Actor, wanted: WantedPayments = ALL) -> list[str]:
    return [record.trace for record in page(actor.practice_id, wanted).payments]


@pytest.mark.parametrize("most", [1, 3, 7, 8])
def test_pages_of_any_size_show_each_payment_once_in_order(kept: Actor, most: int) -> None:
    shown: list[str] = []
    after: Last | None = None
    for _ in range(9):
        found = page(kept.practice_id, ALL, after, most)
        shown += [record.trace for record in found.payments]
        after = found.after
        if after is None:
            break
    assert shown == ["T7", "T6", "T5", "T4", "T3", "T2", "T1", "T8"]
    assert after is None


def test_a_page_looks_at_a_bounded_number_and_the_next_goes_on(kept: Actor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remittances_page, "_LOOKED_AT", 3)
    rare = WantedPayments(balanced=False)
    first = page(kept.practice_id, rare)
    assert first.payments == ()
    assert first.after is not None
    assert first.after.paid_on == PAID_ON + timedelta(days=1)
    second = page(kept.practice_id, rare, first.after)
    assert [record.trace for record in second.payments] == ["T2"]
    third = page(kept.practice_id, rare, second.after)
    assert (third.payments, third.after) == ((), None)


def test_what_is_wanted_is_shown_and_nothing_else(kept: Actor) -> None:
    assert traces(kept, WantedPayments(balanced=False)) == ["T2"]
    assert traces(kept, WantedPayments(matched=False)) == ["T3"]
    assert "T3" not in traces(kept, WantedPayments(matched=True))
    assert traces(kept, WantedPayments(came_by=CameBy.PORTAL)) == ["T5"]
    assert traces(kept, WantedPayments(portal="practice-national")) == ["T5"]
    assert traces(kept, WantedPayments(since=PAID_ON + timedelta(days=2))) == ["T7", "T6"]
    assert traces(kept, WantedPayments(until=PAID_ON)) == ["T2", "T1"]
    assert traces(kept, WantedPayments(payer="ANOTHER")) == []
    assert traces(kept, WantedPayments(npi="1234567893", held=True)) == ["T2"], "what does not add up is held"
    deposited = models.Remittance.objects.get(trace_key="T6")
    models.Deposit.objects.create(
        practice_id=kept.practice_id, deposited_on=PAID_ON, amount_cents=1, digest="x", occurrence=1,
        imported_at=NOW, account_id=kept.account_id, remittance=deposited,
    )  # fmt: skip
    assert traces(kept, WantedPayments(deposited=True)) == ["T6"]
    posting.give(kept, NOW, "csv", lambda payments: [*payments].clear(), since=PAID_ON + timedelta(days=2))
    assert traces(kept, WantedPayments(posted=True)) == ["T7", "T6"]


def test_the_choices_are_those_of_the_newest_payments(kept: Actor) -> None:
    assert payers(kept.practice_id) == ("PRACTICE NATIONAL",)
    assert providers(kept.practice_id) == ("1234567893",)


def test_one_payment_tells_what_it_comes_to_and_what_belongs_to_it(robot: Actor, person: Actor) -> None:
    bring_in([1, 2], robot)
    taken = ProviderAdjustment(reason="L6", reference="X1", amount=Decimal("-8.63"))
    said = payment(decided(1), decided(2, place=2, paid="20.00"), taken=(taken,))
    keep(sealed(said), by_import(person))
    row = models.Remittance.objects.get()
    found = head(person.practice_id, row.pk)
    # 80.10 + 20.00 paid, 40.40 + 100.50 adjusted of 241.00; 100.10 - (-8.63) = 108.73.
    assert (found.sums.billed, found.sums.paid, found.sums.adjusted) == (
        Decimal("241.00"), Decimal("100.10"), Decimal("140.90"),
    )  # fmt: skip
    assert found.record.amount == Decimal("108.73")
    assert found.provider_adjustments == (taken,)
    (paper,) = found.papers
    assert (paper.kind, paper.portal, paper.copy_of.leads) == ("835", "", True)
    assert paper_kind(person.practice_id, row.pk, paper.copy_of.document_id) == "835"
    first, second = claims(person.practice_id, row.pk)
    assert first.said == said.claims[0]
    assert (first.claim_id, first.link.fit) == (
        models.Claim.objects.get(patient_account_number="ACCT-000001").pk,
        "account number",
    )
    assert claims(person.practice_id, row.pk, after=1) == (second,)
    assert claims(person.practice_id, row.pk, most=1) == (first,)


def test_another_practice_sees_nothing_of_it(kept: Actor) -> None:
    other = ensure_practice("Another Practice", "987654321", ())
    there = ensure_account("stranger", is_robot=False, practice=other, now=NOW).practice_id
    row = models.Remittance.objects.first()
    assert row is not None
    assert page(there, ALL).payments == ()
    assert payers(there) == ()
    assert claims(there, row.pk) == ()
    with pytest.raises(NotThere):
        head(there, row.pk)
    with pytest.raises(NotThere):
        paper_kind(there, row.pk, models.Document.objects.values_list("pk", flat=True)[0])
