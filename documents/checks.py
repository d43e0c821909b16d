"""Do the numbers that a billing office writes down have the right shape and check digits?"""

import re

_NPI_PREFIX_SUM = 24
"""What the prefix 80840 of a card issuer adds to the Luhn sum (45 CFR 162.406; CMS, "NPI Check Digit Calculation")."""


def is_npi(text: str) -> bool:
    """Ten digits, the first a 1 or a 2, whose last is the right check digit (Luhn over 80840 and the number)."""
    if not re.fullmatch(r"[12][0-9]{9}", text):
        return False
    digits = [int(digit) for digit in text]
    doubled = [2 * digit - 9 if digit > 4 else 2 * digit for digit in digits[0:9:2]]
    return (_NPI_PREFIX_SUM + sum(doubled) + sum(digits[1:10:2])) % 10 == 0


def tax_number(text: str) -> str:
    """The nine digits of a tax number written as 123456789 or 12-3456789; raises ValueError, without the text."""
    if not re.fullmatch(r"[0-9]{9}|[0-9]{2}-[0-9]{7}", text):
        raise ValueError("is not a tax number of nine digits")
    return text.replace("-", "")
