"""Numbers that look right and belong to nobody: NPIs, tax ids, member ids, claim numbers."""

import random
from datetime import date


def npi_check_digit(first_nine: str) -> str:
    """The tenth digit of an NPI: Luhn over the nine digits behind the card issuer prefix 80840."""
    total = 0
    for place, digit in enumerate(reversed("80840" + first_nine)):
        number = int(digit) * (2 if place % 2 == 0 else 1)
        total += number - 9 if number > 9 else number
    return str(-total % 10)


def make_npi(rng: random.Random) -> str:
    """An NPI with a right check digit, below the range from which numbers are given out."""
    first_nine = f"10000{rng.randrange(1000, 10_000)}"
    return first_nine + npi_check_digit(first_nine)


def make_tin(rng: random.Random) -> str:
    """A tax id with a prefix that is not given out."""
    return f"89{rng.randrange(1_000_000, 10_000_000)}"


class NumberRange:
    """Hands out member ids, account numbers, claim and payment numbers, each once."""

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._given: set[str] = set()

    def _once(self, pattern: str, low: int, high: int) -> str:
        while True:
            number = pattern.format(self._rng.randrange(low, high))
            if number not in self._given:
                self._given.add(number)
                return number

    def subscriber(self) -> str:
        """The part of a member id that a family shares."""
        return self._once("PNH{:07d}", 1_000_000, 10_000_000)

    def member_id(self) -> str:
        """A subscriber's own member id: family number and dependent suffix 01."""
        return self.subscriber() + "01"

    def patient_account_number(self) -> str:
        """The office's number for one claim."""
        return self._once("PA{:06d}", 100_000, 1_000_000)

    def payer_claim_number(self, received: date) -> str:
        """The payer's number: year and day of the year it came in, then a running number."""
        return self._once(f"{received:%Y%j}" + "{:06d}", 100_000, 1_000_000)

    def payment_number(self, method: str) -> str:
        """An EFT trace or a check number."""
        if method == "EFT":
            return self._once("EFT{:09d}", 100_000_000, 1_000_000_000)
        return self._once("{:07d}", 1_000_000, 10_000_000)
