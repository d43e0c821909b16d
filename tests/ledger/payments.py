"""Payments of a small payer, put together so that they balance, for the ledger's tests."""

import hashlib
from collections.abc import Iterable
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from documents.balance import balance
from flows.remittance import (
    Method,
    Party,
    ProviderAdjustment,
    Reference,
    RemitAdjustment,
    RemitClaim,
    RemitLine,
    RemitPerson,
    Remittance,
)
from ledger.accounts import Actor
from ledger.document_files import SealedDocument, Source
from tests.ledger.office import NOW

PAID_ON = date(2026, 2, 3)


def dollars(text: str) -> Decimal:
    return Decimal(text)


def decided(
    number: int,
    *,
    place: int = 1,
    billed: str = "120.50",
    paid: str = "80.10",
    status: str = "1",
    payer_claim_number: str | None = None,
    references: tuple[Reference, ...] = (),
) -> RemitClaim:
    """The payer's decision on the office's claim of this number (as `office.question` makes it)."""
    left = dollars(billed) - dollars(paid)
    line = RemitLine(
        number=1,
        procedure="99213",
        modifiers=("25", "59"),
        billed_procedure="99214",
        units=Decimal("1.50"),
        service_from=date(2026, 1, 12),
        billed=dollars(billed),
        paid=dollars(paid),
        allowed=dollars(paid),
        adjustments=(RemitAdjustment(group="CO", carc="45", amount=left, quantity=Decimal("1")),),
        remark_codes=("N130",),
        references=(Reference(qualifier="6R", number="L1"),),
    )
    return RemitClaim(
        number=place,
        patient_account_number=f"ACCT-{number:06}",
        status=status,
        billed=dollars(billed),
        paid=dollars(paid),
        payer_claim_number=payer_claim_number or f"2026{number:06}",
        patient=RemitPerson(last_name="QUILLFEATHER", first_name="OTTOLINE", identifier=f"MBR{number:07}"),
        corrected_insured=RemitPerson(last_name="QUILLFEATHER", first_name="O", identifier="MBR-NEW"),
        service_from=date(2026, 1, 12),
        service_to=date(2026, 1, 12),
        remark_codes=("MA130",),
        references=references,
        lines=(line,),
    )


def reversed_claim(claim: RemitClaim, place: int) -> RemitClaim:
    """The claim taken back, as a payer writes it: every amount the other way round."""
    lines = tuple(
        line.model_copy(
            update={
                "billed": -(line.billed or Decimal(0)),
                "paid": -(line.paid or Decimal(0)),
                "allowed": None,
                "adjustments": tuple(one.model_copy(update={"amount": -one.amount}) for one in line.adjustments),
            }
        )
        for line in claim.lines
    )
    return claim.model_copy(
        update={"number": place, "status": "22", "billed": -claim.billed, "paid": -claim.paid, "lines": lines}
    )


def payment(
    *claims: RemitClaim,
    trace: str = "E7788",
    taken: tuple[ProviderAdjustment, ...] = (),
    paid_on: date = PAID_ON,
    source: Literal["835", "eob"] = "835",
    originator: str | None = "1987654321",
    off_by: str = "0.00",
) -> Remittance:
    """A payment of these claims less what is taken; `off_by` makes it not add up."""
    amount = sum((claim.paid for claim in claims), Decimal(0)) - sum((one.amount for one in taken), Decimal(0))
    amount += dollars(off_by)
    found, places = balance(claims, taken, amount)
    return Remittance(
        source=source,
        method=Method.ACH,
        amount=amount,
        paid_on=paid_on,
        trace=trace,
        originator=originator,
        payer=Party(name="PRACTICE NATIONAL", identifier="87726" if originator else None),
        payee=Party(name="LAKESIDE FAMILY PRACTICE", identifier="1234567893", tin="123456789"),
        production_date=paid_on,
        references=(Reference(qualifier="EV", number="REC1"),),
        claims=claims,
        provider_adjustments=taken,
        balance=found,
        unbalanced=places,
        confidence={"amount": 0.9} if source == "eob" else {},
    )


def sealed(*remittances: Remittance, name: str = "", kind: str = "835", unread: Iterable[str] = ()) -> SealedDocument:
    """A document that lies sealed already; another `name` is another content."""
    content = f"{name}{[one.model_dump_json() for one in remittances]}".encode()
    digest = hashlib.sha256(content).hexdigest()
    return SealedDocument(
        kind=kind,
        name=digest[:32],
        wrapped_key=b"key",
        sha256=digest,
        size=len(content),
        remittances=remittances,
        unread=tuple(unread),
    )


def by_import(actor: Actor, *, after: timedelta = timedelta(), portal: str = "") -> Source:
    """A person brings it in, `after` the beginning of the test."""
    return Source(actor=actor, now=NOW + after, portal=portal)
