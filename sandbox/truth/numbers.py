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

    def __init__(self, rng: random.Random, portal: str) -> None:
        self._rng = rng
        self._portal = portal
        self._given: set[str] = set()

    def turn_to(self, rng: random.Random) -> None:
        """Take all further numbers from this stream; none is given out twice all the same."""
        self._rng = rng

    def _once(self, pattern: str, low: int, high: int) -> str:
        while True:
            number = pattern.format(self._rng.randrange(low, high))
            if number not in self._given:
                self._given.add(number)
                return number

    def member_id(self) -> str:
        """A member id as this portal's payer gives them: a subscriber's own has the dependent suffix 01."""
        return self._ids("01")[0]

    def siblings(self) -> tuple[str, str]:
        """The ids of two children of one family, who share a number where the payer numbers families."""
        first, second = self._ids("03", "04")
        return first, second

    def _ids(self, *suffixes: str) -> tuple[str, ...]:
        match self._portal:
            case "practice-contractor":
                return tuple(self._medicare_number() for _ in suffixes)
            case "practice-medicaid":
                return tuple(self._once("9{:09d}", 1, 1_000_000_000) for _ in suffixes)
            case "practice-multipayer":
                family = self._once("PXH{:07d}", 1_000_000, 10_000_000)
            case _:
                family = self._once("PNH{:07d}", 1_000_000, 10_000_000)
        return tuple(family + suffix for suffix in suffixes)

    def _medicare_number(self) -> str:
        """Eleven places like a Medicare number's; the S in the second one is never given out."""
        rng, letters, digits = self._rng, "ACDEFGHJKMNPQRTUVWXY", "0123456789"
        while True:
            either = letters + digits
            places = ("123456789", "S", either, digits, letters, either, digits, letters, letters, digits, digits)
            number = "".join(rng.choice(place) for place in places)
            if number not in self._given:
                self._given.add(number)
                return number

    def patient_account_number(self) -> str:
        """The office's number for one claim."""
        return self._once("PA{:06d}", 100_000, 1_000_000)

    def appointment_number(self) -> str:
        """The office's number for one visit."""
        return self._once("AP{:06d}", 100_000, 1_000_000)

    def group_number(self) -> str:
        """The number of an employer's group."""
        return self._once("G{:06d}", 100_000, 1_000_000)

    def policy_number(self) -> str:
        """A member's number at another payer."""
        return self._once("XP{:08d}", 10_000_000, 100_000_000)

    def payer_claim_number(self, received: date) -> str:
        """The payer's number: year and day of the year it came in, then a running number."""
        return self._once(f"{received:%Y%j}" + "{:06d}", 100_000, 1_000_000)

    def payment_number(self, method: str) -> str:
        """An EFT trace, a check number, or the number of a remittance that pays nothing."""
        if method == "EFT":
            return self._once("EFT{:09d}", 100_000_000, 1_000_000_000)
        if method == "NON":
            return self._once("NON{:09d}", 100_000_000, 1_000_000_000)
        return self._once("{:07d}", 1_000_000, 10_000_000)
