"""One way to write values as text: canonical JSON for what is stored and hashed, whole cents for money."""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal

from ledger.errors import RecordWrong

Json = None | bool | int | str | Sequence["Json"] | Mapping[str, "Json"]


_written = json.JSONEncoder(sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode


def canonical_json(value: Json) -> str:
    """The same value always gives the same text: keys sorted, no spaces, no floats (amounts are strings)."""
    return _written(value)


def to_cents(dollars: Decimal) -> int:
    """Dollars as whole cents; raises RecordWrong for a fraction of a cent, which no payer pays."""
    cents = dollars * 100
    if not cents.is_finite() or cents != cents.to_integral_value():
        raise RecordWrong("An amount is not in whole cents. Nothing was recorded; look at the amount in its source.")
    return int(cents)


def to_dollars(cents: int) -> Decimal:
    """Cents as dollars with two decimals."""
    return Decimal(cents).scaleb(-2)
