"""The made-up office's payments: remittances that were matched, one that does not add up, deposits without any."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from documents.balance import balance
from flows.remittance import (
    Method,
    Party,
    ProviderAdjustment,
    RemitAdjustment,
    RemitClaim,
    RemitLine,
    RemitPerson,
    Remittance,
)
from portalwright.importing_deposits import import_deposits_file
from portalwright.importing_documents import import_remittances
from portalwright.office import Desk
from tests.console_office.answers import CENT, payer_number
from tests.console_office.claims import claim
from tests.documents.remittance_files import written


def payments_in(desk: Desk, now: datetime) -> None:
    """Import them from files, as an office does."""
    today = now.date()
    folder = desk.office.folder / "incoming"
    folder.mkdir(exist_ok=True)
    for number in range(5):
        on = today - timedelta(days=3 + 4 * number)
        claims = [_decided(place, today, number) for place in range(number * 5, number * 5 + 5)]
        taken = (ProviderAdjustment(reason="WO", reference=claims[0].payer_claim_number, amount=Decimal("12.34")),)
        made = _payment(claims, f"E77{number}0", on, taken if number == 2 else (), Decimal("7.50") * (number == 4))
        (folder / f"payment-{number}.835").write_bytes(written([made]))
    list(import_remittances(desk, sorted(folder.glob("*.835"))))
    deposits = [f"{today - timedelta(days=2)},512.20,UNKNOWN-TRACE", f"{today - timedelta(days=9)},88.00,LOCKBOX-4"]
    file = folder / "deposits.csv"
    file.write_text("deposited_on,amount,trace\n" + "\n".join(deposits) + "\n", encoding="ascii")
    import_deposits_file(desk, file)


def _decided(place: int, today: date, number: int) -> RemitClaim:
    asked = claim(place, today)
    billed = asked.claim.billed
    paid = Decimal("0.00") if place % 7 == 6 else (billed * Decimal("0.72")).quantize(CENT)
    carc = "50" if not paid else "45"
    line = RemitLine(
        number=1,
        procedure=asked.claim.first_procedure or "99213",
        units=Decimal(1),
        service_from=asked.claim.service_from,
        billed=billed,
        paid=paid,
        allowed=paid,
        adjustments=(RemitAdjustment(group="CO", carc=carc, amount=billed - paid),),
    )
    return RemitClaim(
        number=place - number * 5 + 1,
        patient_account_number=asked.claim.patient_account_number,
        status="1" if paid else "4",
        billed=billed,
        paid=paid,
        payer_claim_number=payer_number(asked),
        patient=RemitPerson(
            last_name=asked.patient.last_name.upper(),
            first_name=asked.patient.first_name.upper(),
            identifier=asked.patient.member_id,
        ),
        service_from=asked.claim.service_from,
        service_to=asked.claim.service_to,
        lines=(line,),
    )


def _payment(
    claims: Sequence[RemitClaim], trace: str, on: date, taken: tuple[ProviderAdjustment, ...], off_by: Decimal
) -> Remittance:
    amount = sum((one.paid for one in claims), Decimal(0)) - sum((one.amount for one in taken), Decimal(0)) + off_by
    found, places = balance(claims, taken, amount)
    return Remittance(
        source="835",
        method=Method.ACH,
        amount=amount,
        paid_on=on,
        trace=trace,
        originator="1987654321",
        payer=Party(name="PRACTICE NATIONAL", identifier="87726"),
        payee=Party(name="LAKESIDE FAMILY MEDICINE", identifier="1234567893", tin="123456789"),
        production_date=on,
        claims=tuple(claims),
        provider_adjustments=taken,
        balance=found,
        unbalanced=places,
    )


def files_of(folder: Path) -> list[Path]:
    """The files that were brought in."""
    return sorted((folder / "incoming").iterdir())
