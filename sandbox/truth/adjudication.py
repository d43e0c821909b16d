"""How the practice payer decides service lines: what it allows, adjusts and pays, always to the cent."""

import random
from collections.abc import Iterable
from datetime import date
from decimal import ROUND_HALF_UP, Decimal

from sandbox.truth.model import Adjustment, PatientResponsibility, ServiceLine

ZERO = Decimal("0.00")
CENT = Decimal("0.01")

PRICES = {
    # procedure number: what the practice charges for one unit, in dollars
    "99203": "212.00",
    "99213": "148.00",
    "99214": "209.50",
    "99215": "284.00",
    "20610": "187.25",
    "29881": "3120.00",
    "36415": "18.00",
    "71046": "96.40",
    "73721": "865.00",
    "80053": "47.30",
    "85025": "33.15",
    "93000": "72.00",
    "97110": "68.75",
    "97140": "61.20",
    "J1885": "24.60",
}
MODIFIERS = ("25", "59", "RT", "LT", "GP", "76")
DENIALS = (
    # group, CARC, remark codes
    ("CO", "16", ("M51", "N290")),
    ("CO", "18", ("N522",)),
    ("CO", "22", ("N598",)),
    ("CO", "29", ("N211",)),
    ("CO", "50", ("N115",)),
    ("CO", "97", ("M15",)),
    ("CO", "197", ()),
    ("CO", "252", ("N706",)),
    ("CO", "B7", ("N570",)),
    ("PR", "27", ("N30",)),
    ("PR", "204", ("N130",)),
    ("PR", "96", ("N425",)),
)


def cents(amount: Decimal) -> Decimal:
    """Round to whole cents, half up."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def billed_lines(
    rng: random.Random, service_from: date, service_to: date, procedures: tuple[str, ...] = ()
) -> tuple[ServiceLine, ...]:
    """Lines as billed, nothing decided; `procedures` fixes which."""
    chosen = procedures or tuple(rng.sample(sorted(PRICES), rng.choice((1, 1, 2, 2, 3, 4))))
    lines = []
    for number, procedure in enumerate(chosen, start=1):
        units = rng.choice((1, 1, 1, 2, 3)) if procedure in ("97110", "97140", "J1885") else 1
        last_day = service_to if number == len(chosen) else service_from
        lines.append(
            ServiceLine(
                number=number,
                procedure=procedure,
                modifiers=tuple(rng.sample(MODIFIERS, rng.choice((0, 0, 0, 1, 2)))),
                units=units,
                service_date=last_day,
                billed=Decimal(PRICES[procedure]) * units,
            )
        )
    return tuple(lines)


def with_units(line: ServiceLine, units: int) -> ServiceLine:
    """The billed line for another number of units, at the same price."""
    return line.model_copy(update={"units": units, "billed": Decimal(PRICES[line.procedure]) * units})


def decided(line: ServiceLine, allowed: Decimal, *reasons: tuple[str, str, Decimal]) -> ServiceLine:
    """The line with these adjustments; what they leave of the charge is paid."""
    adjustments = tuple(
        Adjustment(group=group, carc=carc, amount=amount) for group, carc, amount in reasons if amount != ZERO
    )
    paid = line.billed - sum((adjustment.amount for adjustment in adjustments), ZERO)
    return line.model_copy(update={"allowed": allowed, "paid": paid, "adjustments": adjustments})


def paid_line(rng: random.Random, line: ServiceLine) -> ServiceLine:
    """Contract price allowed; now and then a copay, coinsurance or part of the deductible."""
    allowed = cents(line.billed * Decimal(rng.randrange(520, 930)) / 1000)
    share = rng.choice(("none", "copay", "coinsurance", "deductible"))
    owed = {
        "none": ("PR", "1", ZERO),
        "copay": ("PR", "3", min(Decimal("25.00"), cents(allowed / 2))),
        "coinsurance": ("PR", "2", cents(allowed * Decimal("0.20"))),
        "deductible": ("PR", "1", cents(allowed * Decimal("0.40"))),
    }[share]
    return decided(line, allowed, ("CO", "45", line.billed - allowed), owed)


def deductible_line(rng: random.Random, line: ServiceLine) -> ServiceLine:
    """Contract price allowed, all of it the patient's deductible: nothing paid, nothing denied."""
    allowed = cents(line.billed * Decimal(rng.randrange(520, 930)) / 1000)
    return decided(line, allowed, ("CO", "45", line.billed - allowed), ("PR", "1", allowed))


def capitated_line(line: ServiceLine) -> ServiceLine:
    """Covered by the monthly capitation payment: nothing paid, nothing denied."""
    return decided(line, ZERO, ("CO", "24", line.billed))


def denied_line(line: ServiceLine, denial: tuple[str, str, tuple[str, ...]]) -> ServiceLine:
    """The whole charge refused for one reason."""
    group, carc, remark_codes = denial
    refused = decided(line, ZERO, (group, carc, line.billed))
    return refused.model_copy(update={"remark_codes": remark_codes})


def reversed_line(line: ServiceLine) -> ServiceLine:
    """The line with every amount taken back."""
    return line.model_copy(
        update={
            "billed": -line.billed,
            "allowed": None if line.allowed is None else -line.allowed,
            "paid": None if line.paid is None else -line.paid,
            "adjustments": tuple(item.model_copy(update={"amount": -item.amount}) for item in line.adjustments),
        }
    )


def total(amounts: Iterable[Decimal | None]) -> Decimal | None:
    """The sum, or None when one of the amounts is not decided."""
    result = ZERO
    for amount in amounts:
        if amount is None:
            return None
        result += amount
    return result


def responsibility(lines: tuple[ServiceLine, ...]) -> PatientResponsibility:
    """What the lines' PR adjustments leave to the patient: CARC 1, 2, 3, and everything else not covered."""
    sums = {"1": ZERO, "2": ZERO, "3": ZERO, "other": ZERO}
    for line in lines:
        for adjustment in line.adjustments:
            if adjustment.group == "PR":
                sums[adjustment.carc if adjustment.carc in sums else "other"] += adjustment.amount
    return PatientResponsibility(deductible=sums["1"], coinsurance=sums["2"], copay=sums["3"], noncovered=sums["other"])
