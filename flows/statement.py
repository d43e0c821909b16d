"""What a patient owes for a claim, and why: billed, allowed, insurer paid, adjusted, owed. Dollars.

The group of an adjustment decides who may owe (X12 CAS): PR the patient; CO nobody, it is the contract's; OA, PI and CR
nobody until a person has said so. What does not add up to the cent is no statement.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from flows.answers import ClaimState
from flows.remittance import RemitClaim
from flows.values import Frozen

PATIENT = "PR"
_ZERO = Decimal("0.00")
_RANKS = {"1": 1, "19": 1, "4": 1, "2": 2, "20": 2, "3": 3, "21": 3}
"""CLP02: whether the payer decided as primary, secondary or tertiary; what is not here decides nothing."""
_FORWARDED = frozenset({"19", "20", "21", "23"})
_DENIED = "4"
_PRIOR_PAYER = "23"
"""CARC: what the payer before has paid and adjusted. It is no adjustment of its own."""
_CONTRACT = frozenset({"CO", "OA", "PI", "CR"})


class Part(Frozen):
    """A part of the charge that the insurer did not pay: group (PR, CO, ...), claim adjustment reason code, dollars."""

    group: str
    carc: str
    amount: Decimal


class StatementLine(Frozen):
    """One service: `adjusted` is what nobody owes. `procedure` is the code as the payer decided it."""

    number: int
    procedure: str
    service_date: date | None
    billed: Decimal
    allowed: Decimal | None
    insurer_paid: Decimal
    adjusted: Decimal
    owed: Decimal
    parts: tuple[Part, ...]


class Source(StrEnum):
    """Where the decision was read."""

    REMITTANCE = "remittance"
    PORTAL = "portal"
    """The payer's portal shows it, and no remittance has come."""


class Decided(Frozen):
    """What the insurers decided about one claim. `parts` are those that belong to no line.

    `needs_word`: why a person must agree before the patient is billed; empty where nobody must.
    """

    source: Source
    payer: str | None
    decided_on: date | None
    billed: Decimal
    allowed: Decimal | None
    insurer_paid: Decimal
    adjusted: Decimal
    owed: Decimal
    lines: tuple[StatementLine, ...]
    parts: tuple[Part, ...]
    needs_word: tuple[str, ...] = ()


class StatementClaim(Frozen):
    """One claim on a statement. `patient_paid` is what the patient has paid for it so far, `due` what is left."""

    patient_account_number: str
    service_from: date
    service_to: date
    decided: Decided
    patient_paid: Decimal

    @property
    def due(self) -> Decimal:
        return self.decided.owed - self.patient_paid


class Statement(Frozen):
    """What one patient owes one practice, as of a day. All claims are of this patient."""

    practice_name: str
    last_name: str
    first_name: str
    made_on: date
    claims: tuple[StatementClaim, ...]

    @property
    def due(self) -> Decimal:
        return _sum(claim.due for claim in self.claims)


class Held(Exception):
    """No statement now: `why` says it, in sentences of ours without anything of the patient's."""

    def __init__(self, *why: str) -> None:
        super().__init__(" ".join(why))
        self.why = why


class Remitted(Frozen):
    """A claim of a payment: what the payer said, whose payment it was, and what became of it since."""

    claim: RemitClaim
    payer: str | None
    paid_on: date | None
    taken_back: bool
    """A later payment reverses it."""
    is_part: bool
    """The payer split our claim, and this is one of the parts."""
    balanced: bool


def from_remittances(remitted: Sequence[Remitted]) -> Decided:
    """What the payments say about one claim of ours, the oldest first. Raises Held."""
    standing = [each for each in remitted if not each.claim.is_reversal and not each.taken_back]
    deciding = [each for each in standing if each.claim.status in _RANKS]
    if not deciding:
        raise Held("No payment decides about this claim: what came was taken back, or is no decision.")
    after = remitted[remitted.index(deciding[0]) + 1 :]
    unlinked = sum(each.claim.is_reversal for each in remitted) - sum(each.taken_back for each in remitted)
    if unlinked > 0 and any(each.claim.is_reversal for each in after):
        raise Held("A payment about this claim was taken back, and it is not known which. A person looks first.")
    if not all(each.balanced for each in standing):
        raise Held("A payment about this claim does not add up; its case comes first.")
    rank = max(_RANKS[each.claim.status] for each in deciding)
    last = [each for each in deciding if _RANKS[each.claim.status] == rank]
    if any(each.claim.status in _FORWARDED for each in standing if each in last or each not in deciding):
        raise Held("The insurer has sent the claim on to another one, which decides next.")
    if len(last) > 1 and not all(each.is_part for each in last):
        raise Held("Two payments decide about this claim, and neither takes the other back. A person looks first.")
    before = [each for each in deciding if each not in last]
    return _added_up(last, before)


def _added_up(last: Sequence[Remitted], before: Sequence[Remitted]) -> Decided:
    claims = [each.claim for each in last]
    billed = _sum(claim.billed for claim in claims)
    insurer_paid = _sum(each.claim.paid for each in (*last, *before))
    parts = [_part(one) for claim in claims for one in claim.adjustments]
    lines: list[StatementLine] = []
    for claim in claims:
        for line in claim.lines:
            if line.billed is None or line.paid is None:
                raise Held("The payment leaves out a line's charge or what was paid for it.")
            day = line.service_from or claim.service_from
            explained = [_part(one) for one in line.adjustments]
            lines.append(
                _line(
                    number=len(lines) + 1,
                    procedure=line.procedure,
                    day=day,
                    billed=line.billed,
                    allowed=line.allowed,
                    paid=line.paid,
                    parts=explained,
                )
            )
    every = [*parts, *(part for line in lines for part in line.parts)]
    owed = _sum(part.amount for part in every if part.group == PATIENT)
    told = [claim.patient_responsibility for claim in claims if claim.patient_responsibility is not None]
    if told and _sum(told) != owed:
        raise Held(f"The payer says that the patient owes {_sum(told):.2f}, and its reasons add up to {owed:.2f}.")
    adjusted = _sum(part.amount for part in every if part.group != PATIENT and part.carc != _PRIOR_PAYER)
    if before:
        # What the payers before have adjusted stands in this one's "prior payer" amount, together with what they paid.
        adjusted += _sum(p.amount for p in every if p.carc == _PRIOR_PAYER) - _sum(e.claim.paid for e in before)
    elif any(part.carc == _PRIOR_PAYER and part.amount for part in every):
        raise Held("Another insurer has paid before this one, and its payment is not here.")
    if billed != insurer_paid + adjusted + owed or adjusted < 0 or owed < 0:
        raise Held(
            f"It does not add up: billed {billed:.2f}, insurers paid {insurer_paid:.2f}, adjusted {adjusted:.2f}, "
            f"owed {owed:.2f}."
        )
    newest = last[-1]
    return Decided(
        source=Source.REMITTANCE,
        payer=newest.payer,
        decided_on=newest.paid_on,
        billed=billed,
        allowed=_all(claim.allowed for claim in claims),
        insurer_paid=insurer_paid,
        adjusted=adjusted,
        owed=owed,
        lines=tuple(lines) if not before else (),
        parts=tuple(parts if not before else every),
        needs_word=_needs_word(any(claim.status == _DENIED for claim in claims), every, owed),
    )


def from_portal(state: ClaimState, payer: str | None) -> Decided:
    """What the payer's portal shows about one claim, where no payment has told it. Raises Held."""
    if not state.category.startswith("F"):
        raise Held("The insurer has not decided about this claim yet.")
    if state.category.startswith("F3F") or state.category == "F5":
        raise Held("The insurer has not decided finally: the claim was sent on or is looked at again.")
    if state.paid is None:
        raise Held("The portal does not show what the insurer paid.")
    lines = _portal_lines(state)
    parts = [_part(one) for one in state.adjustments]
    if not lines:
        parts += [_part(one) for line in state.lines for one in line.adjustments]
    every = [*parts, *(part for line in lines for part in line.parts)]
    reasons = _sum(part.amount for part in every if part.group == PATIENT)
    owed = state.patient_responsibility.total if state.patient_responsibility.total is not None else reasons
    if every and owed != reasons:
        raise Held(f"The portal says that the patient owes {owed:.2f}, and its reasons add up to {reasons:.2f}.")
    if owed and not every:
        parts = _shares(state, owed)
    adjusted = state.billed - state.paid - owed
    told = _sum(part.amount for part in every if part.group != PATIENT)
    if adjusted < 0 or owed < 0 or (every and adjusted != told):
        raise Held(
            f"It does not add up: billed {state.billed:.2f}, insurer paid {state.paid:.2f}, adjusted {told:.2f}, "
            f"owed {owed:.2f}."
        )
    if adjusted and not every and (state.allowed is None or state.billed - state.allowed != adjusted):
        raise Held("The portal does not say why the rest of the charge was not paid.")
    return Decided(
        source=Source.PORTAL,
        payer=payer,
        decided_on=state.finalised_date or (state.payment.paid_on if state.payment else None),
        billed=state.billed,
        allowed=state.allowed,
        insurer_paid=state.paid,
        adjusted=adjusted,
        owed=owed,
        lines=tuple(lines),
        parts=tuple(parts),
        needs_word=_needs_word(state.category.startswith("F2"), every, owed),
    )


def _portal_lines(state: ClaimState) -> list[StatementLine]:
    """The service lines, where the portal explains each of them; none otherwise."""
    if not all(line.paid is not None and (line.adjustments or line.paid == line.billed) for line in state.lines):
        return []
    return [
        _line(
            number=line.number,
            procedure=line.procedure,
            day=None,
            billed=line.billed,
            allowed=line.allowed,
            paid=line.paid if line.paid is not None else _ZERO,
            parts=[_part(one) for one in line.adjustments],
        )
        for line in state.lines
    ]


def _shares(state: ClaimState, owed: Decimal) -> list[Part]:
    """The patient's share by its kinds, where the portal names them and they add up."""
    shares = state.patient_responsibility
    named = (("1", shares.deductible), ("2", shares.coinsurance), ("3", shares.copay), ("96", shares.noncovered))
    parts = [Part(group=PATIENT, carc=carc, amount=amount) for carc, amount in named if amount]
    if not parts or _sum(part.amount for part in parts) != owed:
        raise Held("The portal does not say what the patient's share is made of.")
    return parts


def _needs_word(denied: bool, parts: Iterable[Part], owed: Decimal) -> tuple[str, ...]:
    """Why a person must agree before the patient is billed (DOMAIN 3.6)."""
    why = []
    if denied and owed:
        why.append("The insurer denied the claim, and says that the patient owes it.")
    if any(part.group in _CONTRACT - {"CO"} and part.amount and part.carc != _PRIOR_PAYER for part in parts) and owed:
        why.append("A part was adjusted for a reason that is neither the contract's nor the patient's.")
    return tuple(why)


class _Adjusted(Protocol):
    @property
    def group(self) -> str: ...
    @property
    def carc(self) -> str: ...
    @property
    def amount(self) -> Decimal: ...


def _part(one: _Adjusted) -> Part:
    return Part(group=one.group, carc=one.carc, amount=one.amount)


def _line(
    *,
    number: int,
    procedure: str,
    day: date | None,
    billed: Decimal,
    allowed: Decimal | None,
    paid: Decimal,
    parts: Sequence[Part],
) -> StatementLine:
    owed = _sum(part.amount for part in parts if part.group == PATIENT)
    adjusted = _sum(part.amount for part in parts if part.group != PATIENT)
    if billed != paid + adjusted + owed:
        raise Held(
            f"Line {number} does not add up: billed {billed:.2f}, paid {paid:.2f}, adjusted {adjusted:.2f}, "
            f"owed {owed:.2f}."
        )
    return StatementLine(
        number=number,
        procedure=procedure,
        service_date=day,
        billed=billed,
        allowed=allowed,
        insurer_paid=paid,
        adjusted=adjusted,
        owed=owed,
        parts=tuple(parts),
    )


def _sum(amounts: Iterable[Decimal]) -> Decimal:
    return sum(amounts, _ZERO)


def _all(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, or None when one of them is not known."""
    known = list(amounts)
    return None if any(amount is None for amount in known) else _sum(amount for amount in known if amount is not None)
