"""Amounts of money as people and portals write them, taken strictly (DOMAIN 2.5)."""

import re
from decimal import Decimal

_MONEY = re.compile(
    r"""
    (?P<open>\()? \s* (?P<minus>-)? \s* \$? \s* (?P<minus_after_sign>-)?
    (?P<dollars>\d{1,3}(?:,\d{3})+|\d{1,12}) (?:\.(?P<cents>\d{2}))?
    \s* (?P<close>\))? \s* (?P<credit>CR|-)?
    """,
    re.VERBOSE | re.ASCII,
)


def parse_money(text: str) -> Decimal:
    """Dollars with two decimals from `$1,234.56`, `1234.56`, `1234`, `(12.34)`, `-$12.34`, `$-12.34` or `12.34 CR`.

    Raises ValueError, without the text, for anything else: one or three decimals, misplaced commas, two signs, `NaN`. A
    blank is not zero and is the caller's to tell apart.
    """
    match = _MONEY.fullmatch(text.strip())
    if match is None or bool(match["open"]) != bool(match["close"]):
        raise ValueError("not an amount of money")
    signs = [match["open"], match["minus"], match["minus_after_sign"], match["credit"]]
    if sum(sign is not None for sign in signs) > 1:
        raise ValueError("an amount of money with two signs")
    amount = Decimal(f"{match['dollars'].replace(',', '')}.{match['cents'] or '00'}")
    return -amount if any(signs) and amount else amount
