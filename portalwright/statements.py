"""Statements: what a patient owes the practice, from what insurers decided and what was paid; or why there is none."""

from dataclasses import dataclass
from decimal import Decimal

from flows.statement import Decided, Held, Statement, StatementClaim, from_portal, from_remittances
from ledger import patient_accounts
from ledger.patient_accounts import ClaimAccount
from portalwright.office import Desk, utc_now


@dataclass(frozen=True)
class HeldClaim:
    """A claim that is on no statement now, and why, in sentences."""

    number: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class Stated:
    """The statement, and the claims that it leaves out; None where nothing can be stated."""

    statement: Statement | None
    held: tuple[HeldClaim, ...]


def state(desk: Desk, number: str, *, portal: str | None, whole_patient: bool, agreed: bool) -> Stated:
    """The statement for this claim, or for every claim of its patient. With `agreed`, the person at the desk agrees to
    bill what needs a person's word (DOMAIN 3.6), and that is written down. Raises NotThere."""
    read = patient_accounts.of_patient if whole_patient else patient_accounts.of_claim
    accounts = read(desk.practice.id, number, portal)
    ready: list[tuple[ClaimAccount, Decided]] = []
    held: list[HeldClaim] = []
    for account in accounts:
        try:
            ready.append((account, _decided(desk, account, agreed=agreed)))
        except Held as why:
            held.append(HeldClaim(account.question.claim.patient_account_number, why.why))
    if not ready:
        return Stated(None, tuple(held))
    patient = accounts[0].question.patient
    patient_accounts.stated(
        tuple(account for account, _ in ready), desk.actor, utc_now(), result=f"{len(ready)} claims"
    )
    return Stated(
        Statement(
            practice_name=desk.practice.name,
            last_name=patient.last_name,
            first_name=patient.first_name,
            made_on=utc_now().date(),
            claims=tuple(_stated(account, decided) for account, decided in ready),
        ),
        tuple(held),
    )


def due_of(desk: Desk, account: ClaimAccount) -> Decimal:
    """What the patient still has to pay for this claim, in dollars; negative: they paid more. Raises Held."""
    return _stated(account, _decided(desk, account, agreed=False)).due


def left_to_pay(desk: Desk, number: str, portal: str | None) -> tuple[int, Decimal]:
    """The one claim with this number (its id), and what its patient still has to pay, in dollars.

    Raises NotThere, and Held where no statement can be made.
    """
    accounts = patient_accounts.of_claim(desk.practice.id, number, portal)
    if len(accounts) > 1:
        raise Held("Claims at several portals have this number; name one with --portal.")
    account = accounts[0]
    return account.claim_id, due_of(desk, account)


def too_much(desk: Desk, number: str, portal: str | None) -> Decimal | None:
    """How much more than is owed the patient has paid for this claim, in dollars; None where that cannot be said."""
    try:
        due = left_to_pay(desk, number, portal)[1]
    except Held:
        return None
    return max(-due, Decimal("0.00"))


def _stated(account: ClaimAccount, decided: Decided) -> StatementClaim:
    claim = account.question.claim
    return StatementClaim(
        patient_account_number=claim.patient_account_number,
        service_from=claim.service_from,
        service_to=claim.service_to,
        decided=decided,
        patient_paid=account.paid,
    )


def _decided(desk: Desk, account: ClaimAccount, *, agreed: bool) -> Decided:
    """What the insurers decided. Raises Held while something keeps a statement back."""
    waits = []
    if account.open_appeals:
        one = len(account.open_appeals) == 1
        waits.append(
            f"{_named('Appeal', account.open_appeals)} {'is' if one else 'are'} open: nothing is billed before "
            f"{'it is' if one else 'they are'} decided."
        )
    if account.unpaid_appeals:
        waits.append(
            f"{_named('Appeal', account.unpaid_appeals)} {'was' if len(account.unpaid_appeals) == 1 else 'were'} "
            "decided in our favour, and the insurer has not decided about the claim anew yet."
        )
    if account.also_at:
        waits.append(
            f"Other insurers have this visit under the same number ({', '.join(account.also_at)}). What each of them "
            "leaves to the patient is not added up; a person looks first."
        )
    if account.other_payer_cases:
        waits.append(f"Another insurer may have to pay first: {_named('case', account.other_payer_cases)}.")
    if account.other_payer_tasks:
        waits.append(
            f"Another insurer may have to pay first: {_named('task', account.other_payer_tasks)} of the work list. "
            "Close it there when that is settled."
        )
    if account.open_cases:
        waits.append(
            f"{_named('Case', account.open_cases)} about this claim or its payment "
            f"{'is' if len(account.open_cases) == 1 else 'are'} open."
        )
    if waits:
        raise Held(*waits)
    decided = _as_told(account)
    if not decided.needs_word or account.agreed == decided.owed:
        return decided
    if not agreed:
        raise Held(*decided.needs_word, "A person who agrees to bill it says so with --agree.")
    patient_accounts.agree(account.claim_id, decided.owed, " ".join(decided.needs_word), desk.actor, utc_now())
    return decided


def _as_told(account: ClaimAccount) -> Decided:
    if account.remitted:
        decided, billed = from_remittances(account.remitted), account.question.claim.billed
        if decided.billed != billed:
            # A part of a split claim that has not come, or a payment that decides about another bill than ours.
            raise Held(f"We billed {billed:.2f}, and the payments decide about {decided.billed:.2f}.")
        return decided
    if account.shown is not None:
        return from_portal(account.shown, None)
    raise Held("No insurer has decided about this claim, as far as this office knows.")


def _named(what: str, ids: tuple[int, ...]) -> str:
    if len(ids) == 1:
        return f"{what} {ids[0]}"
    return f"{what}s {', '.join(map(str, ids[:-1]))} and {ids[-1]}"
