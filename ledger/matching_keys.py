"""Numbers as they are compared across files of payers and banks."""

import hashlib

_LONGEST = 100


def number_key(number: str | None) -> str:
    """A claim or account number as compared: letters and digits, upper case; leading zeros count. "" for none."""
    return _short("".join(letter for letter in (number or "").upper() if letter.isalnum()))


def trace_key(trace: str | None) -> str:
    """An EFT trace or check number as compared: as above, and without the leading zeros that banks leave out."""
    key = number_key(trace)
    return key.lstrip("0") or key[:1]


def _short(key: str) -> str:
    """What no index could hold is compared by its hash."""
    return key if len(key) <= _LONGEST else hashlib.sha256(key.encode()).hexdigest()
