"""A payment of an explanation of benefits: gathered from all its pages, then read and held against its own totals."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TypeVar

from documents import eob_pdf_values as values
from documents.balance import balance
from documents.eob_pdf_claims import TWICE, WORKED_OUT, ClaimForm, Doubts, Reading, read_claim
from documents.eob_pdf_facts import Label, TableRow
from flows.remittance import Method, Party, ProviderAdjustment, RemitClaim, Remittance

T = TypeVar("T")

_IDENTITIES = frozenset({"patient", "patient_account_number", "payer_claim_number"})
_NAMES = _IDENTITIES | {"member_id"}
"""What a claim's part of a form begins with."""

_DECISIVE = frozenset({"trace", "amount", "paid_on"})
"""Fields of a payment that must not be shown twice and differently."""


@dataclass
class PaymentForm:
    """What a form shows of one payment, as texts."""

    page: int
    fields: dict[str, Label] = field(default_factory=dict)
    twice: set[str] = field(default_factory=set)
    totals: dict[str, Label] = field(default_factory=dict)
    claims: list[ClaimForm] = field(default_factory=list)
    provider_rows: list[TableRow] = field(default_factory=list)

    def names_another(self, trace: str) -> bool:
        """Has this payment another number than this one?"""
        label = self.fields.get("trace")
        return label is not None and label.text != trace

    def label(self, label: Label) -> None:
        """A label of the payment, or of its totals. Pages repeat them; the first one counts."""
        kept = self.totals if label.of == "total" else self.fields
        first = kept.setdefault(label.name, label)
        if first.text != label.text and label.name in _DECISIVE and label.of == "payment":
            self.twice.add(label.name)

    def claim_label(self, label: Label, page: int) -> None:
        """A label of a claim. One that names a claim, when the claim above is named already, begins the next."""
        claim = self.claims[-1] if self.claims else None
        names = label.name in _NAMES
        if claim is None or (names and (label.name in claim.fields or claim.lines)):
            claim = self._next_claim(page)
        first = claim.fields.setdefault(label.name, label)
        if first.text != label.text:
            claim.twice.add(label.name)

    def claim_row(self, row: TableRow, page: int) -> None:
        """A row of a table of claims is a claim."""
        claim = ClaimForm(page)
        claim.fields = {name: Label("claim", name, text, row.confidence) for name, text in row.cells.items()}
        self.claims.append(claim)

    def line_row(self, row: TableRow, page: int) -> None:
        """A row of a table of lines belongs to the claim above it, or to the claim that the row itself names."""
        named = {name: text for name, text in row.cells.items() if name in _IDENTITIES}
        claim = self.claims[-1] if self.claims else None
        if (
            named
            and not row.total
            and (claim is None or any(_text(claim, name) != text for name, text in named.items()))
        ):
            claim = ClaimForm(page)
            claim.fields = {
                name: Label("claim", name, text, row.confidence) for name, text in row.cells.items() if name in _NAMES
            }
            self.claims.append(claim)
        if claim is not None:
            (claim.totals if row.total else claim.lines).append(row)

    def whole_claims(self) -> list[ClaimForm]:
        """The claims, those that go on over pages put together again."""
        whole: list[ClaimForm] = []
        for claim in self.claims:
            if whole and claim.goes_on(whole[-1]):
                before = whole[-1]
                before.fields = {**claim.fields, **before.fields}
                before.lines += claim.lines
                before.totals += claim.totals
                before.twice |= claim.twice
            else:
                whole.append(claim)
        return whole

    def _next_claim(self, page: int) -> ClaimForm:
        first_here = all(claim.page != page for claim in self.claims)
        claim = ClaimForm(page, may_go_on=bool(self.claims) and first_here)
        self.claims.append(claim)
        return claim


def read_payment(form: PaymentForm, doubts: Doubts) -> Remittance | None:
    """The payment as a remittance, or None when the form names no payment and amount, which is told."""
    confidence: dict[str, float] = {}
    reading = Reading("", f"the payment that begins on page {form.page}", confidence, doubts)

    def shown(name: str, read: Callable[[str], T]) -> T | None:
        label = form.fields.get(name)
        return None if label is None else reading.value(name, label.text, read, label.confidence)

    amount, trace = shown("amount", values.money), shown("trace", str.strip) or ""
    if amount is None:
        reading.doubt("its amount was not found: the form is not known, or no explanation of a payment")
        return None
    if not trace:
        reading.doubt("its payment number was not found")
    paid_on, production_date = shown("paid_on", values.day), shown("production_date", values.day)
    method = shown("method", values.method) or Method.OTHER
    payer = Party(name=shown("payer", str.strip), identifier=shown("payer_id", str.strip))
    payee = Party(
        name=shown("payee", str.strip), identifier=shown("payee_npi", str.strip), tin=shown("payee_tin", values.digits)
    )
    claims = _claims(form, confidence, doubts)
    provider_adjustments = _provider_adjustments(form, claims, amount, confidence, doubts)
    for name in sorted(form.twice):
        reading.sure(name, TWICE)
        reading.doubt(f"{name.replace('_', ' ')} is shown twice and differently")
    _hold_against_totals(form, claims, provider_adjustments, reading)
    found, unbalanced = balance(claims, provider_adjustments, amount)
    return Remittance(
        source="eob",
        method=method,
        amount=amount,
        paid_on=paid_on,
        trace=trace,
        payer=payer,
        payee=payee,
        production_date=production_date,
        claims=claims,
        provider_adjustments=provider_adjustments,
        balance=found,
        unbalanced=unbalanced,
        confidence=confidence,
    )


def _claims(form: PaymentForm, confidence: dict[str, float], doubts: Doubts) -> tuple[RemitClaim, ...]:
    found: list[RemitClaim] = []
    for claim in form.whole_claims():
        read = read_claim(claim, len(found) + 1, confidence, doubts)
        if read is not None:
            found.append(read)
    return tuple(found)


def _provider_adjustments(
    form: PaymentForm,
    claims: tuple[RemitClaim, ...],
    amount: Decimal,
    confidence: dict[str, float],
    doubts: Doubts,
) -> tuple[ProviderAdjustment, ...]:
    """With the signs of an 835. Forms show money taken away as positive or as negative; which, the balance tells."""
    found = []
    for place, row in enumerate(form.provider_rows):
        reading = Reading(f"provider_adjustments[{place}].", f"provider adjustment {place + 1}", confidence, doubts)
        taken = reading.value("amount", row.cells.get("amount"), values.money, row.confidence)
        if taken is None:
            reading.doubt("shows no amount that can be read, and is left out")
            continue
        reason = reading.value("reason", row.cells.get("reason"), values.provider_reason, row.confidence)
        found.append(ProviderAdjustment(reason=reason or "", reference=row.cells.get("reference"), amount=taken))
    turned = tuple(each.model_copy(update={"amount": -each.amount}) for each in found)
    as_shown = balance(claims, found, amount)[0].transaction
    if found and not as_shown and balance(claims, turned, amount)[0].transaction:
        for place in range(len(turned)):
            confidence[f"provider_adjustments[{place}].amount"] = WORKED_OUT
        return turned
    return tuple(found)


def _hold_against_totals(
    form: PaymentForm,
    claims: Sequence[RemitClaim],
    provider_adjustments: Sequence[ProviderAdjustment],
    reading: Reading,
) -> None:
    """What the form adds up itself must be what was read; else something of it was missed."""
    taken = sum((each.amount for each in provider_adjustments), Decimal(0))
    for name, label in form.totals.items():
        try:
            total = values.number(label.text) if name == "claims" else values.money(label.text)
        except ValueError:
            reading.doubt(f"the form's own total ({name}) was not understood")
            continue
        match name:
            case "claims":
                same = total == len(claims)
            case "adjusted":
                same = abs(total) == abs(taken)
            case _:
                amounts = [getattr(claim, name) for claim in claims]
                same = None in amounts or total == sum(amounts, Decimal(0))
        if not same:
            reading.doubt(f"the form's own total ({name}) is not that of what was read")


def _text(claim: ClaimForm, name: str) -> str | None:
    label = claim.fields.get(name)
    return None if label is None else label.text
