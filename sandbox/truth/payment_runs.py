"""Groups the payer's decided claims into payments, as a payer's pay cycle does, and tells the office's bank."""

import random
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from sandbox.truth.adjudication import ZERO, paid_line, responsibility, reversed_line, total
from sandbox.truth.draft import Draft
from sandbox.truth.model import BillingProvider, Claim, Payment, ServiceLine
from sandbox.truth.payer_rules import PAYERS
from sandbox.truth.remittance import (
    Delivery,
    Deposit,
    EobForm,
    Mistake,
    PaymentMethod,
    ProviderAdjustment,
    RemitClaim,
    RemitName,
    Remittance,
)
from sandbox.truth.single_scenarios import paid_claim

PAY_DAYS = {
    # portal: weekdays (Monday is 0) on which its payer pays
    "practice-multipayer": (1, 3),
    "practice-national": (1, 4),
    "practice-contractor": (0, 2, 4),
    "practice-medicaid": (4,),
}
CLAIM_METHODS: dict[PaymentMethod, Literal["EFT", "check", "non-payment"]] = {
    "ACH": "EFT",
    "CHK": "check",
    "NON": "non-payment",
}
FRIDAY = 4
ENOUGH = 10
"""With so many ordinary paid claims there is at least one payment of every kind of story."""
ONE_STORY_IN = 60
"""From then on, one more of each story with so many ordinary paid claims."""


@dataclass
class Run:
    """One payment while it is being put together."""

    paid_on: date
    npi: str
    claims: list[RemitClaim] = field(default_factory=list)
    provider_adjustments: list[ProviderAdjustment] = field(default_factory=list)
    deliveries: tuple[Delivery, ...] = ("835", "eob")
    eob_form: EobForm = "text"
    mistake: Mistake | None = None
    stories: list[str] = field(default_factory=list)
    method: PaymentMethod = "ACH"
    trace: str = ""

    @property
    def amount(self) -> Decimal:
        """What arrives: the claims less what the provider adjustments take. Dollars."""
        taken = sum((one.amount for one in self.provider_adjustments), ZERO)
        return sum((claim.paid for claim in self.claims), ZERO) - taken

    @property
    def plain(self) -> bool:
        """True when nothing is special about the payment as a whole yet."""
        return not self.stories and self.deliveries == ("835", "eob")

    def tell(self, story: str) -> None:
        """Note a story once."""
        if story not in self.stories:
            self.stories.append(story)


@dataclass
class PaymentBook:
    """All payments of a ledger while they are being made. All chance comes from the draft's stream."""

    draft: Draft
    runs: list[Run] = field(default_factory=list)

    @property
    def rng(self) -> random.Random:
        return self.draft.rng

    def fill(self) -> None:
        """Group every decided claim by payee and pay day, tell the stories, then settle amounts and numbers."""
        plain = [claim for claim in self.draft.claims if _ordinary(claim)]
        times = 0 if len(plain) < ENOUGH else 1 + len(plain) // ONE_STORY_IN
        for _ in range(times):
            self._twice_the_same_amount()
        paid_apart = {part.payer_claim_number for run in self.runs for part in run.claims}
        for claim in self.draft.claims:
            decided = claim.paid is not None and claim.finalised_date is not None
            if decided and claim.payer_claim_number not in paid_apart:
                self._run(claim).claims.append(self._remit_claim(claim))
        for run in list(self.runs):
            self._tell_of_claims(run)
        for _ in range(times):
            self._stories()
        self._split_off_non_payments(times)
        self.runs.sort(key=lambda run: (run.paid_on, run.npi))
        self._carry_negative_balances()
        for run in self.runs:
            self._number(run)
        self._write_into_claims()

    def pay(self, claims: Iterable[Claim]) -> None:
        """Group these decided claims by payee and pay day, and nothing else: no stories."""
        for claim in claims:
            self._run(claim).claims.append(self._remit_claim(claim))
        self.runs.sort(key=lambda run: (run.paid_on, run.npi))
        for run in self.runs:
            self._tell_of_claims(run)
            self._number(run)
        self._write_into_claims()

    # Grouping

    def _run(self, claim: Claim) -> Run:
        """The ordinary payment of a claim's payee on the pay day after it was finalised."""
        day = self._pay_day(claim)
        for run in self.runs:
            if run.paid_on == day and run.npi == claim.billing_npi and _open(run):
                return run
        self.runs.append(Run(day, claim.billing_npi))
        return self.runs[-1]

    def _pay_day(self, claim: Claim) -> date:
        day = (claim.finalised_date or claim.received_date) + timedelta(days=1)
        while day.weekday() not in PAY_DAYS[self.draft.portal]:
            day += timedelta(days=1)
        return min(day, self.draft.today)

    def _remit_claim(self, claim: Claim) -> RemitClaim:
        member = self.draft.people[claim.patient]
        former = member.former_member_ids
        sent_as = RemitName(
            last_name=member.last_name,
            first_name=member.first_name,
            identifier=former[0] if former else member.member_id,
        )
        forwarded = any(related.role == "crossover" for related in claim.related)
        paid = claim.paid or ZERO
        originals = [one.payer_claim_number for one in claim.related if one.role == "original"]
        return RemitClaim(
            payer_claim_number=claim.payer_claim_number,
            original_claim_number=originals[0] if originals else None,
            patient=claim.patient,
            patient_account_number=claim.patient_account_number or "0",
            status=_status(claim, forwarded=forwarded),
            insured=sent_as,
            corrected_insured=sent_as.model_copy(update={"identifier": member.member_id}) if former else None,
            crossover_payer=RemitName(last_name="PRACTICE SUPPLEMENTAL PLAN", identifier="PS900")
            if forwarded
            else None,
            billed=claim.billed,
            paid=paid,
            patient_responsibility=responsibility(claim.lines).total,
            allowed=claim.allowed,
            service_from=claim.service_from,
            service_to=claim.service_to,
            received_date=claim.received_date,
            lines=claim.lines,
        )

    # Stories

    def _twice_the_same_amount(self) -> None:
        """Two payments of one day and one amount, each for one claim of its own."""
        billed = self.draft.lines(self.draft.service_day(), procedures=("99214",))
        first, _ = paid_claim(self.draft, self.draft.member(), lines=billed)
        second, _ = paid_claim(self.draft, self.draft.member(), lines=billed)
        alike = ("lines", "allowed", "paid", "patient_responsibility", "received_date", "finalised_date")
        second = second.model_copy(update={name: getattr(first, name) for name in (*alike, "effective_date")})
        for claim in (first, self.draft.put(second)):
            run = Run(self._pay_day(claim), claim.billing_npi, stories=["same amount"])
            run.claims.append(self._remit_claim(claim))
            self.runs.append(run)

    def _stories(self) -> None:
        for alone, story in (
            (self._off_cycle(), "eob only"),
            (self._off_cycle(), "missing"),
            (self._off_cycle(), "scanned"),
            (self._off_cycle(), "unbalanced"),
        ):
            if alone is None:
                continue
            alone.tell(story)
            if story == "unbalanced":
                alone.mistake = self.rng.choice(("wrong-line", "wrong-claim"))
            else:
                alone.deliveries = () if story == "missing" else ("eob",)
            if story == "scanned":
                alone.eob_form = "scanned"
        self._reversal_and_correction()
        self._repeated_claim_number()
        self._interest()
        self._takeback()

    def _off_cycle(self) -> Run | None:
        """One claim that is paid by itself on its pay day, apart from the others; added to the payments."""
        found = self._pick(lambda run, claim: len(run.claims) > 1 and _is_plain(claim))
        if found is None:
            return None
        run, claim = found
        run.claims.remove(claim)
        alone = Run(run.paid_on, run.npi, claims=[claim])
        self.runs.append(alone)
        return alone

    def _reversal_and_correction(self) -> None:
        """A claim was decided otherwise first; a later payment takes that back and pays what holds now."""
        later = {run.npi: max(one.paid_on for one in self.runs if one.npi == run.npi) for run in self.runs}
        found = self._pick(lambda run, claim: run.plain and _is_plain(claim) and run.paid_on < later[run.npi])
        if found is None:
            return
        first, claim = found
        following = [run for run in self.runs if run.npi == first.npi and run.paid_on > first.paid_on and _open(run)]
        if not following:
            return
        second = min(following, key=lambda run: run.paid_on)
        was = _decided_otherwise(self.rng, claim)
        first.claims[first.claims.index(claim)] = was
        second.claims += [_reversed(was), claim.model_copy(update={"original_claim_number": was.payer_claim_number})]
        second.tell("reversal and correction")
        second.tell("repeated claim number")

    def _repeated_claim_number(self) -> None:
        """One claim in two parts under one number, each with some of its lines."""
        found = self._pick(lambda run, claim: _open(run) and _is_plain(claim) and len(claim.lines) > 1)
        if found is None:
            return
        run, claim = found
        place = run.claims.index(claim)
        run.claims[place : place + 1] = [_with_lines(claim, claim.lines[:1]), _with_lines(claim, claim.lines[1:])]
        run.tell("repeated claim number")

    def _interest(self) -> None:
        """The payer was late and pays interest."""
        found = self._pick(lambda run, claim: _open(run) and _is_plain(claim))
        if found is not None:
            run, claim = found
            interest = -Decimal(self.rng.randrange(45, 1400)) / 100
            run.provider_adjustments.append(
                ProviderAdjustment(reason="L6", reference=claim.payer_claim_number, amount=interest)
            )
            run.tell("interest")

    def _takeback(self) -> None:
        """What an earlier payment paid too much for a claim is kept back from a later one."""
        runs = sorted((run for run in self.runs if _open(run)), key=lambda run: run.paid_on, reverse=True)
        for run in runs:
            for earlier in reversed(runs):
                if earlier.npi != run.npi or earlier.paid_on >= run.paid_on or "takeback" in run.stories:
                    continue
                for claim in earlier.claims:
                    owed = (claim.paid / 2).quantize(Decimal("0.01"))
                    if _is_plain(claim) and ZERO < owed < run.amount:
                        run.provider_adjustments.append(
                            ProviderAdjustment(reason="WO", reference=claim.payer_claim_number, amount=owed)
                        )
                        run.tell("takeback")
                        return

    def _split_off_non_payments(self, times: int) -> None:
        """Some runs send what is not paid in a remittance of its own, and one void comes alone."""
        mixed = [
            run for run in self.runs if _open(run) and {claim.paid == ZERO for claim in run.claims} == {True, False}
        ]
        for run in self.rng.sample(mixed, min(len(mixed), times)):
            unpaid = [claim for claim in run.claims if claim.paid == ZERO]
            run.claims = [claim for claim in run.claims if claim.paid != ZERO]
            apart = Run(run.paid_on, run.npi, claims=unpaid)
            run.stories = [story for story in run.stories if story != "denied"]
            self._tell_of_claims(apart)
            self.runs.append(apart)
        for run in [run for run in self.runs if len(run.claims) > 1 and "void" in run.stories][:times]:
            voids = [claim for claim in run.claims if claim.status == "22" and claim.original_claim_number]
            voids = [claim for claim in voids if claim.payer_claim_number != claim.original_claim_number]
            if voids:
                run.claims.remove(voids[0])
                alone = Run(run.paid_on, run.npi, claims=voids[:1])
                run.stories = [story for story in run.stories if story != "void"]
                self._tell_of_claims(run)
                self._tell_of_claims(alone)
                self.runs.append(alone)

    def _carry_negative_balances(self) -> None:
        """A run that would cost the provider money pays nothing; the next one of the payee that can, bears it."""
        for place, run in enumerate(list(self.runs)):
            if run.amount >= ZERO:
                continue
            owed, reference = -run.amount, f"FB{run.paid_on:%Y%m%d}{place:03d}"
            run.provider_adjustments.append(ProviderAdjustment(reason="FB", reference=reference, amount=-owed))
            run.tell("forwarding balance")
            able = [one for one in self.runs if one.npi == run.npi and one.paid_on > run.paid_on and _open(one)]
            bearing = next((one for one in able if one.amount >= owed), None) or self._one_more(run, owed)
            if bearing is not None:
                bearing.provider_adjustments.append(ProviderAdjustment(reason="FB", reference=reference, amount=owed))
                bearing.tell("forwarded balance taken")

    def _one_more(self, after: Run, owed: Decimal) -> Run | None:
        """A payment of today for one claim more, if it can bear what is owed; added to the payments."""
        if after.npi != self.draft.practice.providers[0].npi or after.paid_on >= self.draft.today:
            return None
        lines = self.draft.lines(self.draft.service_day(), procedures=("29881", "73721"))
        claim, _ = paid_claim(self.draft, self.draft.member(), lines=lines)
        run = Run(self.draft.today, claim.billing_npi, claims=[self._remit_claim(claim)])
        self.runs.append(run)
        return run if run.amount >= owed else None

    def _number(self, run: Run) -> None:
        """Give the run its method and number."""
        if run.amount == ZERO:
            run.method, run.trace = "NON", self.draft.numbers.payment_number("NON")
            run.tell("non-payment")
        else:
            by_check = self.rng.random() < 0.2 and run.deliveries != ()
            run.method = "CHK" if by_check else "ACH"
            run.trace = self.draft.numbers.payment_number("check" if by_check else "EFT")

    def _write_into_claims(self) -> None:
        """Each claim names the last payment that it stands in."""
        last = {part.payer_claim_number: run for run in self.runs for part in run.claims}
        for claim in self.draft.claims:
            if claim.payer_claim_number in last:
                payment = _payment(claim, last[claim.payer_claim_number])
                self.draft.put(claim.model_copy(update={"payment": payment}))

    def _pick(self, fits: Callable[[Run, RemitClaim], bool]) -> tuple[Run, RemitClaim] | None:
        """A claim by chance among those that fit, with its payment."""
        found = [(run, claim) for run in self.runs for claim in run.claims if _open(run) and fits(run, claim)]
        return self.rng.choice(found) if found else None

    def _tell_of_claims(self, run: Run) -> None:
        """What is special about the claims of a payment."""
        parents = {claim.payer_claim_number for claim in self.draft.claims if claim.category == "A5"}
        for claim in run.claims:
            if claim.status == "4":
                run.tell("denied")
            if claim.crossover_payer is not None:
                run.tell("crossover")
            if claim.corrected_insured is not None:
                run.tell("corrected insured")
            if claim.status == "22":
                run.tell("void")
            if claim.original_claim_number in parents:
                run.tell("split")

    # What comes of it

    def remittances(self) -> tuple[Remittance, ...]:
        """All payments, oldest first."""
        providers = {provider.npi: provider for provider in self.draft.practice.providers}
        return tuple(self._remittance(run, providers[run.npi]) for run in self.runs)

    def _remittance(self, run: Run, payee: BillingProvider) -> Remittance:
        payer_name, payer_id = PAYERS[self.draft.portal]
        return Remittance(
            trace=run.trace,
            method=run.method,
            amount=run.amount,
            paid_on=run.paid_on,
            payee_npi=payee.npi,
            payee_tin=self.draft.practice.tin,
            payee_name=payee.name,
            payer_name=payer_name,
            payer_id=payer_id,
            claims=tuple(run.claims),
            provider_adjustments=tuple(run.provider_adjustments),
            deliveries=run.deliveries,
            eob_form=run.eob_form,
            mistake=run.mistake,
            stories=tuple(run.stories) or ("plain",),
            expect=_expected(run),
        )

    def deposits(self, first_number: int = 0) -> tuple[Deposit, ...]:
        """What the bank shows of the payments: electronic ones within two days, checks when they were brought there.

        The bank's own words for a check hold no number of the payer's. Its own numbers run from `first_number`.
        """
        found = []
        for place, run in enumerate((run for run in self.runs if run.method != "NON"), first_number):
            electronic = run.method == "ACH"
            day = run.paid_on + timedelta(days=self.rng.randint(0, 2) if electronic else self.rng.randint(3, 6))
            day += timedelta(days=max(0, 7 - day.weekday()) if day.weekday() > FRIDAY else 0)
            if day <= self.draft.today:
                found.append(
                    Deposit(
                        deposited_on=day,
                        amount=run.amount,
                        trace=run.trace if electronic else "",
                        payer=PAYERS[self.draft.portal][0] if electronic else "",
                        reference=f"BK{day:%y%m%d}{place:04d}",
                    )
                )
        return tuple(found)


def _ordinary(claim: Claim) -> bool:
    """Paid, and nothing is special about it."""
    return claim.category == "F1" and not claim.related and claim.paid is not None and claim.paid > ZERO


def _is_plain(claim: RemitClaim) -> bool:
    special = claim.original_claim_number or claim.corrected_insured or claim.crossover_payer
    return claim.status == "1" and claim.paid > ZERO and not special


def _open(run: Run) -> bool:
    """True when more may be told of this payment: it is delivered, right, and not made to equal another one."""
    return run.deliveries == ("835", "eob") and run.mistake is None and "same amount" not in run.stories


def _status(claim: Claim, *, forwarded: bool) -> Literal["1", "4", "19", "22"]:
    if claim.paid is not None and claim.paid < ZERO:
        return "22"
    if forwarded:
        return "19"
    refused = claim.category == "F2" or claim.text_hint == "replaced"
    return "4" if refused else "1"


def _with_lines(claim: RemitClaim, lines: tuple[ServiceLine, ...]) -> RemitClaim:
    """The claim with these lines and the sums that follow from them."""
    return claim.model_copy(
        update={
            "lines": lines,
            "billed": sum((line.billed for line in lines), ZERO),
            "allowed": total(line.allowed for line in lines),
            "paid": total(line.paid for line in lines),
            "patient_responsibility": responsibility(lines).total,
        }
    )


def _decided_otherwise(rng: random.Random, claim: RemitClaim) -> RemitClaim:
    """The same claim as it was decided before: other prices allowed, perhaps other shares of the patient."""
    return _with_lines(claim, tuple(paid_line(rng, line) for line in claim.lines))


def _reversed(claim: RemitClaim) -> RemitClaim:
    """What takes the claim back as it was paid."""
    taken = _with_lines(claim, tuple(reversed_line(line) for line in claim.lines))
    return taken.model_copy(update={"status": "22", "original_claim_number": claim.payer_claim_number})


def _payment(claim: Claim, run: Run) -> Payment:
    """How the claim says it was paid; its amount is the claim's share. What pays nothing has no number.

    A void that only becomes a debt to the payer carries the number of the non-payment that says so.
    """
    share = claim.paid or ZERO
    if share == ZERO:
        return Payment(method="non-payment", number=None, date=run.paid_on, amount=ZERO)
    return Payment(method=CLAIM_METHODS[run.method], number=run.trace, date=run.paid_on, amount=share)


def _expected(run: Run) -> Literal["loaded", "flagged", "staff", "missing"]:
    if not run.deliveries:
        return "missing"
    if run.eob_form == "scanned":
        return "staff"
    return "flagged" if run.mistake else "loaded"
