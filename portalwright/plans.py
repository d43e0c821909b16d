"""Payment plans at the desk: made from what is left to pay, and held against it afterwards."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from flows.payment_plan import Every, PlanImpossible, in_so_many, of_so_much
from flows.statement import Held
from ledger import payment_plans
from ledger.errors import RecordWrong
from ledger.patient_accounts import of_claim
from ledger.payment_plans import PlanRecord
from portalwright.office import Desk, utc_now
from portalwright.statements import left_to_pay


def make_plan(
    desk: Desk,
    numbers: Sequence[str],
    portal: str | None,
    first: date,
    every: Every,
    *,
    count: int | None,
    amount: Decimal | None,
) -> PlanRecord:
    """A plan for what is left to pay for these claims of one patient, in so many instalments or of so much.

    Raises NotThere, or RecordWrong: claims of two patients, nothing left to pay, a claim that is held.
    """
    people = {
        (each.question.patient.last_name, each.question.patient.first_name, each.question.patient.birth_date)
        for number in numbers
        for each in of_claim(desk.practice.id, number, portal)
    }
    if len(people) != 1:
        raise RecordWrong("A plan is one patient's; these claims are of several. Nothing was written.")
    balances: dict[int, Decimal] = {}
    for number in numbers:
        try:
            claim_id, due = left_to_pay(desk, number, portal)
        except Held as held:
            raise RecordWrong(f"Claim {number} is held, so that no plan was made. {' '.join(held.why)}") from None
        if due <= 0:
            raise RecordWrong(f"Nothing is left to pay for claim {number}. Nothing was written.")
        balances[claim_id] = due
    whole = sum(balances.values(), Decimal("0.00"))
    try:
        if count is not None:
            instalments = in_so_many(whole, count, first, every)
        elif amount is not None:
            instalments = of_so_much(whole, amount, first, every)
        else:
            raise PlanImpossible("A plan needs a number of instalments or an amount.")
    except PlanImpossible as why:
        raise RecordWrong(f"{why} Nothing was written.") from None
    number_of_plan = payment_plans.make(balances, instalments, desk.actor, utc_now())
    return payment_plans.get(desk.practice.id, number_of_plan, utc_now().date())


def changed(desk: Desk, plan: PlanRecord) -> list[str]:
    """Where the balance is no longer what the plan was made for, in sentences; a person makes it anew."""
    if plan.ended_at is not None:
        return []
    left, told = Decimal("0.00"), []
    for claim in plan.claims:
        try:
            left += left_to_pay(desk, claim.patient_account_number, claim.portal)[1]
        except Held as held:
            told.append(f"Claim {claim.patient_account_number} is held now. {' '.join(held.why)}")
    if not told and left != plan.balance - plan.paid:
        told.append(
            f"{left:,.2f} is left to pay now, and {plan.balance - plan.paid:,.2f} by the plan: the balance changed. "
            "End this plan and make it anew, with the patient."
        )
    return told
