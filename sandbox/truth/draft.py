"""A truth ledger while it is being made: members, claims and questions are added."""

import random
from collections.abc import Mapping
from datetime import date, timedelta
from decimal import Decimal

from sandbox.truth.adjudication import PRICES, ZERO, billed_lines, responsibility, total
from sandbox.truth.model import (
    Ask,
    BillingProvider,
    Claim,
    Expect,
    Member,
    PageError,
    Payment,
    Practice,
    RelatedClaim,
    Request,
    ServiceLine,
    Wording,
    WorkListRow,
)
from sandbox.truth.names import FIRST_NAMES, LAST_NAMES
from sandbox.truth.numbers import NumberRange, make_npi, make_tin

SETTLED = (36, 75)
"""Days before today on which services lie whose claims are decided by now."""
RECENT = (9, 24)
"""The same for claims that are still on their way."""


class Draft:
    """Collects a ledger. All chance comes from `rng`."""

    def __init__(self, rng: random.Random, today: date, portal: str) -> None:
        """`portal` is the name that the work list carries; it also decides what member ids look like."""
        self.rng = rng
        self.today = today
        self.portal = portal
        self.numbers = NumberRange(rng, portal)
        first, second = make_npi(rng), make_npi(rng)
        while second == first:
            second = make_npi(rng)
        self.practice = Practice(
            tin=make_tin(rng),
            name="Harbor Lane Practice Group",
            providers=(
                BillingProvider(npi=first, name="Harbor Lane Practice Group - Main Street"),
                BillingProvider(npi=second, name="Harbor Lane Practice Group - Riverside"),
            ),
        )
        self._members: dict[str, Member] = {}
        self._claims: dict[str, Claim] = {}
        self._rows: list[tuple[WorkListRow, Ask]] = []

    def member(
        self,
        *,
        patient: str = "",
        last_name: str = "",
        first_name: str = "",
        member_id: str = "",
        former_member_ids: tuple[str, ...] = (),
        birth_date: date | None = None,
    ) -> Member:
        """Add a member; what is not given is made up. Names as the payer shows them."""
        person = Member(
            patient=patient or f"patient-{len(self._members) + 1:04d}",
            member_id=member_id or self.numbers.member_id(),
            former_member_ids=former_member_ids,
            last_name=(last_name or self.rng.choice(LAST_NAMES)).upper(),
            first_name=(first_name or self.rng.choice(FIRST_NAMES)).upper(),
            middle_initial=self.rng.choice(("", "", "A", "J", "M", "R")),
            birth_date=birth_date or self.birth_date(),
        )
        self._members[person.patient] = person
        return person

    def birth_date(self) -> date:
        """Somebody's birthday, now and then on a leap day."""
        if self.rng.random() < 0.03:
            return date(self.rng.choice((1952, 1976, 2000)), 2, 29)
        return date(1938, 1, 1) + timedelta(days=self.rng.randrange(80 * 365))

    def service_day(self, days_ago: tuple[int, int] = SETTLED) -> date:
        """A day on which somebody was treated."""
        return self.today - timedelta(days=self.rng.randint(*days_ago))

    def lines(
        self, service_from: date, service_to: date | None = None, procedures: tuple[str, ...] = ()
    ) -> tuple[ServiceLine, ...]:
        """Billed lines, nothing decided yet."""
        return billed_lines(self.rng, service_from, service_to or service_from, procedures)

    def procedure(self) -> str:
        """One procedure number."""
        return self.rng.choice(sorted(PRICES))

    def claim(
        self,
        member: Member,
        category: str,
        lines: tuple[ServiceLine, ...],
        *,
        status_codes: tuple[str, ...],
        patient_account_number: str | None = None,
        service_to: date | None = None,
        related: tuple[RelatedClaim, ...] = (),
        requests: tuple[Request, ...] = (),
        wording: Wording = "plain",
        text_hint: str = "",
        page_error: PageError | None = None,
        billing_npi: str = "",
        received_after: int = 0,
    ) -> Claim:
        """Add a claim. Money, payment and dates follow from the lines and the category."""
        service_from = min(line.service_date for line in lines)
        last_service = service_to or max(line.service_date for line in lines)
        received = last_service + timedelta(days=self.rng.randint(1, 4) + received_after)
        finalised = None
        if category.startswith("F"):
            finalised = received + timedelta(days=self.rng.randint(6, 14))
        paid = total(line.paid for line in lines)
        claim = Claim(
            payer_claim_number=self.numbers.payer_claim_number(received),
            patient=member.patient,
            patient_account_number=patient_account_number,
            billing_npi=billing_npi or self.practice.providers[0].npi,
            service_from=service_from,
            service_to=last_service,
            received_date=received,
            finalised_date=finalised,
            effective_date=finalised or received + timedelta(days=self.rng.randint(0, 3)),
            category=category,
            status_codes=status_codes,
            billed=sum((line.billed for line in lines), ZERO),
            allowed=total(line.allowed for line in lines),
            paid=paid,
            patient_responsibility=None if paid is None else responsibility(lines),
            payment=self._payment(paid, finalised),
            lines=lines,
            requests=requests,
            related=related,
            appeal_allowed=category in ("F1", "F2", "F3"),
            wording=wording,
            text_hint=text_hint,
            page_error=page_error,
        )
        self._claims[claim.payer_claim_number] = claim
        return claim

    def _payment(self, paid: Decimal | None, finalised: date | None) -> Payment | None:
        if paid is None or finalised is None:
            return None
        day = min(finalised + timedelta(days=self.rng.randint(1, 3)), self.today)
        if paid == ZERO:
            return Payment(method="non-payment", number=None, date=day, amount=ZERO)
        if self.rng.random() < 0.8:
            return Payment(method="EFT", number=self.numbers.payment_number("EFT"), date=day, amount=paid)
        return Payment(method="check", number=self.numbers.payment_number("check"), date=day, amount=paid)

    def relate(self, claim: Claim, *related: RelatedClaim) -> Claim:
        """Write the numbers of related claims into a claim that was added before them; returns it."""
        self._claims[claim.payer_claim_number] = claim.model_copy(update={"related": related})
        return self._claims[claim.payer_claim_number]

    def ask(
        self,
        scenario: str,
        expect: Expect,
        why: str,
        member: Member,
        lines: tuple[ServiceLine, ...],
        *,
        answer: Claim | None = None,
        patient_account_number: str = "",
        payer_claim_number: str = "",
        last_name: str = "",
        first_name: str = "",
        member_id: str = "",
        birth_date: date | None = None,
        service_to: date | None = None,
    ) -> None:
        """Add a row to the work list and what a right reader makes of it.

        The office holds what it billed (`lines`); names, id and birth date are the member's unless given.
        """
        row = WorkListRow(
            practice_tin=self.practice.tin,
            billing_npi=self.practice.providers[0].npi,
            portal=self.portal,
            member_id=member_id or member.member_id,
            last_name=last_name or member.last_name.title(),
            first_name=first_name or member.first_name.title(),
            birth_date=birth_date or member.birth_date,
            patient_account_number=patient_account_number or self.numbers.patient_account_number(),
            payer_claim_number=payer_claim_number,
            service_from=min(line.service_date for line in lines),
            service_to=service_to or max(line.service_date for line in lines),
            billed=sum((line.billed for line in lines), ZERO),
            first_procedure=lines[0].procedure,
        )
        ask = Ask(
            patient_account_number=row.patient_account_number,
            expect=expect,
            payer_claim_number=None if answer is None else answer.payer_claim_number,
            why=why,
            scenario=scenario,
        )
        self._rows.append((row, ask))

    @property
    def claims(self) -> tuple[Claim, ...]:
        """The claims so far, in the order in which they were added."""
        return tuple(self._claims.values())

    @property
    def people(self) -> Mapping[str, Member]:
        """The members so far, by their key."""
        return self._members

    def put(self, claim: Claim) -> Claim:
        """Let this claim take the place of the one with its number; returns it."""
        self._claims[claim.payer_claim_number] = claim
        return claim

    def close_work_list(self) -> tuple[tuple[WorkListRow, Ask], ...]:
        """The rows and what to make of them, in the order of a practice system: mixed. A new list begins."""
        rows, self._rows = self._rows, []
        self.rng.shuffle(rows)
        return tuple(rows)

    def turn_to(self, rng: random.Random) -> None:
        """Take all further chance from this stream, so that what was made before never depends on what follows."""
        self.rng = rng
        self.numbers.turn_to(rng)
